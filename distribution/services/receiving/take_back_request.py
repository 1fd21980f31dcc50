"""Ask to take an act back after the period for it; the unit that gave the letter grants or refuses it.

The issuer's senders decide on direct deliveries, and a unit that passed a letter on decides on the copies below it.
"""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.models import User
from agencies.models.succession import active_or_successor
from agencies.services.refusal import ActionRefused
from distribution.event_log import TakeBackAskedData, TakeBackRefusedData, append_event
from distribution.models import Delivery, NoticeKind, TakeBackRequest
from distribution.models.acts.take_back import LastAct
from distribution.models.notices.notice_details import TakeBackAskedDetails, TakeBackDecidedDetails
from distribution.outbox.write import post, to_unit
from distribution.services.due_time import moment_words
from distribution.services.receiving.own_delivery import (
    Doer,
    by_user,
    can_wait,
    deciding,
    lock_with_absent_person,
)
from distribution.services.receiving.take_back import clear, lock_letters_of, refuse_if_acted_on, standing_act
from distribution.visibility import take_backs_decidable_by


@transaction.atomic
def ask_take_back(*, delivery: UUID, stamp: str, by: User, at: datetime, reason: str) -> TakeBackRequest:
    """Ask the unit that gave the letter to take back the act named by the `stamp` of LastAct.

    Raises Delivery.DoesNotExist if the user may not act for the unit, and ActionRefused.
    """
    lock_letters_of([delivery])
    found, absent = lock_with_absent_person(delivery, by=by, at=at)
    done = refuse_take_back_request(found, stamp=stamp, at=at, reason=reason)
    return record_take_back_request(found, by_user(by, found, absent), done=done, at=at, reason=reason)


def refuse_take_back_request(found: Delivery, *, stamp: str, at: datetime, reason: str) -> LastAct:
    """The act to ask about. Raises ActionRefused if it can't be asked to take it back."""
    if not reason.strip():
        raise ActionRefused("reason", _("Say why it is to be taken back: whoever decides reads it."))
    done = standing_act(found, stamp)
    refuse_if_acted_on(found, done)
    if at < done.until:
        raise ActionRefused(
            "reason",
            _("Until %(until)s the unit takes it back by itself; nobody has to be asked.")
            % {"until": moment_words(done.until)},
        )
    if found.take_back_requests.filter(decided_at=None, act=done.act, act_at=done.at).exists():
        raise ActionRefused("reason", _("A request is open already. Wait for its answer."))
    return done


def record_take_back_request(
    found: Delivery, doer: Doer, *, done: LastAct, at: datetime, reason: str
) -> TakeBackRequest:
    """Record a request for a locked delivery, and tell the unit that decides."""
    reason = reason.strip()
    request = TakeBackRequest.objects.create(
        delivery=found,
        act=done.act,
        act_at=done.at,
        reason=reason,
        asked_by=doer.by,
        asked_name=doer.name_without_account,
        asked_at=at,
    )
    asked = TakeBackAskedData(
        actor=doer.actor, act=done.act.value, reason=reason, via=doer.via, address=doer.address
    )
    append_event(delivery=found, data=asked, at=at, by=doer.by, for_agency=found.answering_unit)
    details = TakeBackAskedDetails(
        name=doer.actor.name,
        job_title=doer.actor.job_title or "",
        reason=reason,
        by_link=doer.by_link,
        act=done.act.value,
        request=str(request.public_id),
    )
    giver = active_or_successor(found.giver, timezone.localdate(at)) or found.giver
    post(
        [
            to_unit(
                giver,
                delivery=found,
                kind=NoticeKind.TAKE_BACK_ASKED,
                at=at,
                details=details,
                in_digest=can_wait(found),
            )
        ]
    )
    return request


@transaction.atomic
def decide_take_back(
    *, request: UUID, by: User, at: datetime, grant: bool, answer: str = ""
) -> TakeBackRequest:
    """Take the act back as the unit asked, or refuse it with a word in `answer`.

    Raises TakeBackRequest.DoesNotExist if the user may not decide it, and ActionRefused.
    """
    answer = answer.strip()
    asked = take_backs_decidable_by(by).select_related("delivery").get(public_id=request)
    lock_letters_of([asked.delivery.public_id])
    found = (
        Delivery.objects.select_for_update(of=("self",))
        .select_related("circular__issuer", "agency", "successor", "parent__agency", "parent__successor")
        .get(pk=asked.delivery_id)
    )
    decided = TakeBackRequest.objects.select_for_update(of=("self",)).get(pk=asked.pk)
    if decided.decided_at is not None:
        raise ActionRefused(
            "answer",
            _("%(person)s decided this request on %(moment)s already; that stands unchanged.")
            % {"person": decided.decided_by, "moment": moment_words(decided.decided_at)},
        )
    done = standing_act(found, decided.stamp)
    if grant:
        refuse_if_acted_on(found, done)
    elif not answer:
        raise ActionRefused("answer", _("Say why it is not taken back: the unit reads it."))
    decided.granted, decided.answer, decided.decided_by, decided.decided_at = grant, answer, by, at
    decided.save(update_fields=["granted", "answer", "decided_by", "decided_at"])
    actor = deciding(by, found, at)
    if grant:
        clear([(found, actor)], done.act, by=by, at=at, request=decided)
    else:
        refused = TakeBackRefusedData(actor=actor, act=decided.act, reason=answer)
        append_event(delivery=found, data=refused, at=at, by=by, for_agency=found.giver)
    details = TakeBackDecidedDetails(
        name=str(by),
        job_title=by.job_title,
        reason=answer,
        act=decided.act,
        agency=found.giver.name,
        granted=grant,
    )
    kind, in_digest = NoticeKind.TAKE_BACK_DECIDED, can_wait(found)
    post(
        [
            to_unit(
                found.answering_unit, delivery=found, kind=kind, at=at, details=details, in_digest=in_digest
            )
        ]
    )
    return decided

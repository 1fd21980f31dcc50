"""Request a later due time; the unit that gave the letter grants or refuses it.

The issuer's senders decide on direct deliveries, and a unit that passed a letter on decides on the copies below
it, which can't be due later than its own.
"""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.models import User
from agencies.models.succession import active_or_successor
from agencies.services.refusal import ActionRefused
from distribution.event_log import (
    ExtensionAskedData,
    ExtensionGrantedData,
    ExtensionRefusedData,
    append_event,
)
from distribution.models import Delivery, ExtensionRequest, NoticeKind
from distribution.models.notice_kind import ExtensionAskedDetails, ExtensionDecidedDetails
from distribution.outbox.write import post, to_unit
from distribution.reminders.plan import plan_reminders
from distribution.services.due_time import changes_below, moment_words, set_due
from distribution.services.receiving.own_delivery import (
    Doer,
    absent_person,
    by_user,
    can_wait,
    deciding,
    lock_own,
    refuse_unless_in_force,
)
from distribution.visibility import decidable_by


@transaction.atomic
def ask_extension(
    *, delivery: UUID, by: User, at: datetime, wanted: datetime, reason: str
) -> ExtensionRequest:
    """Request an extension until `wanted`.

    Raises Delivery.DoesNotExist if the user may not act for the unit, and ActionRefused.
    """
    found = lock_own(delivery, by=by)
    refuse_extension_request(found, at=at, wanted=wanted, reason=reason)
    absent = absent_person(by, found.answering_unit, at)
    return record_extension_request(found, by_user(by, found, absent), at=at, wanted=wanted, reason=reason)


def refuse_extension_request(found: Delivery, *, at: datetime, wanted: datetime, reason: str) -> None:
    """Raise ActionRefused if an extension until `wanted` can't be requested."""
    if not reason.strip():
        raise ActionRefused("reason", _("Say what the time is needed for: whoever decides reads it."))
    refuse_unless_in_force(found, "wanted")
    if not found.is_owing:
        raise ActionRefused("wanted", _("The letter asks for nothing any more, so no more time is needed."))
    if found.due_at is None:
        raise ActionRefused("wanted", _("The letter has no due time, so there is nothing to extend."))
    if wanted <= max(found.due_at, at):
        raise ActionRefused(
            "wanted",
            _("Choose a time after %(due)s, when the letter is due, and after now.")
            % {"due": moment_words(found.due_at)},
        )
    if found.extension_requests.filter(decided_at=None).exists():
        raise ActionRefused("wanted", _("A request is open already. Wait for its answer."))


def record_extension_request(
    found: Delivery, doer: Doer, *, at: datetime, wanted: datetime, reason: str
) -> ExtensionRequest:
    """Record a request for a locked delivery, and tell the unit that decides."""
    reason = reason.strip()
    request = ExtensionRequest.objects.create(
        delivery=found,
        due_before=found.due_at,
        wanted=wanted,
        reason=reason,
        asked_by=doer.by,
        asked_name=doer.name_without_account,
        asked_at=at,
    )
    asked = ExtensionAskedData(
        actor=doer.actor, due=moment_words(wanted), reason=reason, via=doer.via, address=doer.address
    )
    append_event(delivery=found, data=asked, at=at, by=doer.by, for_agency=found.answering_unit)
    post(
        [
            to_unit(
                active_or_successor(found.giver, timezone.localdate(at)) or found.giver,
                delivery=found,
                kind=NoticeKind.EXTENSION_ASKED,
                at=at,
                details=ExtensionAskedDetails(
                    name=doer.actor.name,
                    job_title=doer.actor.job_title or "",
                    due=asked.due,
                    reason=reason,
                    request=str(request.public_id),
                ),
                in_digest=can_wait(found),
            )
        ]
    )
    return request


@transaction.atomic
def decide_extension(
    *,
    extension: UUID,
    by: User,
    at: datetime,
    granted_until: datetime | None,
    answer: str = "",
    below: bool = True,
) -> ExtensionRequest:
    """Grant an extension until that moment, or refuse it with `granted_until=None` and a reason in `answer`.

    With `below` the copies passed on that are due together with the unit's own get the same time. Raises
    ExtensionRequest.DoesNotExist if the user may not decide it, and ActionRefused.
    """
    answer = answer.strip()
    asked = decidable_by(by).get(public_id=extension)
    concerned = [asked.delivery_id, asked.delivery.parent_id]
    locked = {
        each.pk: each
        for each in Delivery.objects.filter(
            Q(pk__in=[pk for pk in concerned if pk is not None]) | Q(path__contains=[asked.delivery_id])
        )
        .select_for_update(of=("self",))
        .select_related("circular__issuer", "agency", "successor", "parent__agency", "parent__successor")
        .order_by("pk")
    }
    found = locked[asked.delivery_id]
    request = ExtensionRequest.objects.select_for_update(of=("self",)).get(pk=asked.pk)
    request.delivery = found
    _refuse_undecidable(request)
    following: list[Delivery] = []
    if granted_until is None:
        if not answer:
            raise ActionRefused("answer", _("Say why no more time is given: the unit reads it."))
    else:
        above = locked[found.parent_id].due_at if found.parent_id is not None else None
        _refuse_moment(found, granted_until, at, above)
        before, found.due_at = found.due_at, granted_until
        found.save(update_fields=["due_at"])
        plan_reminders(deliveries=[found], at=at)
        owed = (each for each in locked.values() if each.pk not in concerned and each.is_owing)
        if below and before is not None:
            following, _earlier = changes_below({found.pk: before}, owed, granted_until)
    request.granted_until, request.answer = granted_until, answer
    request.decided_by, request.decided_at = by, at
    request.save(update_fields=["granted_until", "answer", "decided_by", "decided_at"])
    actor = deciding(by, found, at)
    decided = (
        ExtensionRefusedData(actor=actor, reason=answer)
        if granted_until is None
        else ExtensionGrantedData(actor=actor, reason=answer, due=moment_words(granted_until))
    )
    append_event(delivery=found, data=decided, at=at, by=by, for_agency=found.giver)
    if granted_until is not None and following:
        set_due(
            deliveries=following,
            until=granted_until,
            actor=actor,
            reason="",
            by=by,
            for_agency=found.giver,
            at=at,
        )
    notice = to_unit(
        found.answering_unit,
        delivery=found,
        kind=NoticeKind.EXTENSION_DECIDED,
        at=at,
        details=ExtensionDecidedDetails(
            name=str(by),
            job_title=by.job_title,
            agency=found.giver.name,
            reason=answer,
            granted=granted_until is not None,
            due=moment_words(granted_until) if granted_until is not None else None,
        ),
        in_digest=can_wait(found),
    )
    post([notice])
    return request


def _refuse_undecidable(request: ExtensionRequest) -> None:
    if not request.is_open:
        assert request.decided_at is not None
        raise ActionRefused(
            "answer",
            _("%(person)s decided this request on %(moment)s already; that stands unchanged.")
            % {"person": request.decided_by, "moment": moment_words(request.decided_at)},
        )
    if not request.delivery.is_owing:
        raise ActionRefused(
            "answer", _("The unit owes nothing for this letter any more; there is nothing to decide.")
        )


def _refuse_moment(delivery: Delivery, until: datetime, at: datetime, above: datetime | None) -> None:
    if until <= at or (delivery.due_at is not None and until <= delivery.due_at):
        raise ActionRefused(
            "granted_until",
            _("Choose a time after %(due)s, when the letter is due, and after now.")
            % {"due": moment_words(delivery.due_at or at)},
        )
    if above is not None and until > above:
        raise ActionRefused(
            "granted_until",
            _("Your own unit has time until %(due)s. Choose that or earlier, or ask for more time yourself.")
            % {"due": moment_words(above)},
        )

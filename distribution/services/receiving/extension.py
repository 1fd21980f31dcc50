"""Request a later due time; the unit that gave the letter grants or refuses it.

The issuer's senders decide on direct deliveries, and a unit that passed a letter on decides on the copies below
it, which can't be due later than its own.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from functools import partial
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.models import Agency, User
from agencies.models.succession import active_or_successor
from agencies.services.refusal import ActionRefused
from distribution.event_log import (
    ExtensionAskedData,
    ExtensionGrantedData,
    ExtensionRefusedData,
    Step,
    append_event,
    append_events,
)
from distribution.models import Delivery, ExtensionRequest, NoticeKind
from distribution.models.bulk import insert_many
from distribution.models.notices.notice_details import ExtensionAskedDetails, ExtensionDecidedDetails
from distribution.outbox.write import post, to_unit
from distribution.reminders.plan import plan_reminders
from distribution.services.due_time import changes_below, moment_words, set_due
from distribution.services.receiving.own_delivery import (
    Doer,
    absent_person,
    can_wait,
    deciding,
    each_by_user,
    lock_own,
    lock_own_several,
    refuse_any,
    refuse_restricted,
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
    refuse_without_purpose(reason)
    found = lock_own(delivery, by=by)
    refuse_request(found, requested=requested_for([found]))
    refuse_wanted(found, wanted, at)
    absent = absent_person(by, found.answering_unit, at)
    return record_requests(each_by_user([found], by, absent), at=at, wanted=wanted, reason=reason)[0]


@transaction.atomic
def ask_extension_for_several(
    *, deliveries: Collection[UUID], agency: Agency, by: User, at: datetime, wanted: datetime, reason: str
) -> list[ExtensionRequest]:
    """Request the same extension for several letters of one unit, all or none; one request each.

    The number of queries doesn't depend on the number of letters. Raises like `ask_extension`, with the letter's
    name, and for a restricted letter.
    """
    refuse_without_purpose(reason)
    found = lock_own_several(deliveries, agency=agency, by=by)
    requested = requested_for(found)
    refuse_any(found, partial(refuse_request_with_others, requested=requested))
    refuse_any(found, partial(refuse_wanted, wanted=wanted, at=at))
    absent = absent_person(by, agency, at)
    return record_requests(each_by_user(found, by, absent), at=at, wanted=wanted, reason=reason)


def requested_for(deliveries: Collection[Delivery]) -> set[int]:
    """Ids of those with an open request. One query."""
    open_ones = ExtensionRequest.objects.filter(delivery__in=deliveries, decided_at=None)
    return set(open_ones.order_by().values_list("delivery_id", flat=True))


def refuse_request(delivery: Delivery, *, requested: Collection[int]) -> None:
    """Raise ActionRefused if no more time can be requested; `requested` as from `requested_for`."""
    refuse_unless_in_force(delivery, "wanted")
    if not delivery.is_owing:
        raise ActionRefused("wanted", _("The letter asks for nothing any more, so no more time is needed."))
    if delivery.due_at is None:
        raise ActionRefused("wanted", _("The letter has no due time, so there is nothing to extend."))
    if delivery.pk in requested:
        raise ActionRefused("wanted", _("A request is open already. Wait for its answer."))


def refuse_request_with_others(delivery: Delivery, *, requested: Collection[int]) -> None:
    """The same, for a request that is made for other letters too."""
    refuse_request(delivery, requested=requested)
    refuse_restricted(delivery, "wanted")


def refuse_without_purpose(reason: str) -> None:
    """Raise ActionRefused for a request without a reason."""
    if not reason.strip():
        raise ActionRefused("reason", _("Say what the time is needed for: whoever decides reads it."))


def refuse_wanted(delivery: Delivery, wanted: datetime, at: datetime) -> None:
    """Raise ActionRefused for a wanted time that is no extension of the delivery's."""
    assert delivery.due_at is not None
    if wanted <= max(delivery.due_at, at):
        raise ActionRefused(
            "wanted",
            _("Choose a time after %(due)s, when the letter is due, and after now.")
            % {"due": moment_words(delivery.due_at)},
        )


def record_requests(
    asked: Sequence[tuple[Delivery, Doer]], *, at: datetime, wanted: datetime, reason: str
) -> list[ExtensionRequest]:
    """Record requests for deliveries of one unit, all by the same person, and tell the units that decide.

    The caller must hold their row locks.
    """
    reason, due, first = reason.strip(), moment_words(wanted), asked[0][1]
    requests = insert_many(
        ExtensionRequest(
            delivery=each,
            due_before=each.due_at,
            wanted=wanted,
            reason=reason,
            asked_by=doer.by,
            asked_name=doer.name_without_account,
            asked_at=at,
        )
        for each, doer in asked
    )
    steps = [
        Step(
            each,
            ExtensionAskedData(actor=doer.actor, due=due, reason=reason, via=doer.via, address=doer.address),
        )
        for each, doer in asked
    ]
    append_events(steps=steps, at=at, by=first.by, for_agency=asked[0][0].answering_unit)
    post(
        to_unit(
            active_or_successor(request.delivery.giver, timezone.localdate(at)) or request.delivery.giver,
            delivery=request.delivery,
            kind=NoticeKind.EXTENSION_ASKED,
            at=at,
            details=ExtensionAskedDetails(
                name=first.actor.name,
                job_title=first.actor.job_title or "",
                due=due,
                reason=reason,
                by_link=first.by_link,
                request=str(request.public_id),
            ),
            in_digest=can_wait(request.delivery),
        )
        for request in requests
    )
    return requests


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
        else ExtensionGrantedData(
            actor=actor, reason=answer, due=moment_words(granted_until), due_at=granted_until
        )
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

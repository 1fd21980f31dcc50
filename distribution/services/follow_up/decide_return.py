"""Decide what follows a return: send it again, send it to another unit instead, or accept it.

The unit that gave the letter decides: its sender, or for a copy that was passed on the unit that passed it on.

1. lock the circular, then the copy above and the returned copy
2. refuse if the return is no longer there, or was decided on
3. write the decision, its event and, for the sender, the change of the letter
4. notify the unit that gets the letter
"""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.models import Agency, User
from agencies.services.refusal import ActionRefused
from circulars.models import Circular, Purpose
from distribution.event_log import (
    Actor,
    EventData,
    ReturnAcceptedData,
    SentAgainData,
    SentInsteadData,
    append_event,
    sender,
)
from distribution.models import (
    ChangeKind,
    CircularChange,
    Delivery,
    NoticeKind,
    ReturnDecision,
    ReturnOutcome,
)
from distribution.models.notices.notice_details import SentAgainDetails
from distribution.outbox.write import post, to_unit
from distribution.queries.receiving.relatives import having, seen_having
from distribution.queries.sending.returns import decision_on, may_be_sent_on
from distribution.reminders.plan import plan_reminders
from distribution.services.follow_up.recipients import add_recipient
from distribution.services.receiving.own_delivery import absent_person, acting
from distribution.services.receiving.pass_on import (
    DueInPast,
    DueTooLate,
    NoLongerLive,
    NotRelated,
    PassOnRefused,
    pass_on,
)
from distribution.visibility import given_by


@transaction.atomic
def send_again(*, delivery: UUID, returned_at: datetime, reason: str, by: User, at: datetime) -> Delivery:
    """Send the returned copy to the same unit again, with a word to it. What it confirmed before stands.

    `returned_at` is the return that the user saw. Raises Delivery.DoesNotExist if the user may not decide, and
    ActionRefused.
    """
    reason = reason.strip()
    if not reason:
        raise ActionRefused("reason", _("Say why the letter is sent again: the unit reads it."))
    found = _lock_returned(delivery, returned_at, by=by)
    _refuse_unless_it_may_be_sent_on(found)
    unit = found.answering_unit
    if not unit.is_active(timezone.localdate(at)):
        raise ActionRefused("reason", _("%(unit)s is closed. Choose another unit.") % {"unit": unit.name})
    actor = _actor(found, by, at)
    _decide(
        found,
        ReturnOutcome.SENT_AGAIN,
        SentAgainData(actor=actor, reason=reason),
        by=by,
        at=at,
        reason=reason,
    )
    found.returned_at, found.return_ground, found.return_reason = None, "", ""
    found.save(update_fields=["returned_at", "return_ground", "return_reason"])
    if found.parent is None:
        data = {"units": [found.agency.name], "reason": reason} | actor.to_json()
        _note_change(found, ChangeKind.SENT_AGAIN, data, by=by, at=at)
    plan_reminders(deliveries=[found], at=at)
    details = SentAgainDetails(name=str(by), job_title=by.job_title, reason=reason, agency=found.giver.name)
    post([to_unit(unit, delivery=found, kind=NoticeKind.SENT_AGAIN, at=at, details=details)])
    return found


@transaction.atomic
def send_instead(
    *,
    delivery: UUID,
    returned_at: datetime,
    agency: Agency,
    due_at: datetime | None,
    by: User,
    at: datetime,
) -> Delivery:
    """Send the letter to another unit instead, for the same purpose. Returns the other unit's copy.

    The returned copy stays returned. Raises Delivery.DoesNotExist if the user may not decide, and ActionRefused.
    """
    found = _lock_returned(delivery, returned_at, by=by)
    _refuse_unless_it_may_be_sent_on(found)
    if agency in (found.agency, found.successor):
        raise ActionRefused(
            "unit", _("%(unit)s returned the letter itself. Choose another unit.") % {"unit": agency.name}
        )
    if having(found.circular, [agency.pk]):
        raise ActionRefused("unit", _why_not_twice(found.circular, agency, by))
    give = _add if found.parent is None else _pass_on
    other = give(found, agency, due_at, by, at)
    data = SentInsteadData(actor=_actor(found, by, at), instead=str(other.public_id))
    _decide(found, ReturnOutcome.SENT_INSTEAD, data, by=by, at=at, instead=other)
    return other


@transaction.atomic
def accept_return(*, delivery: UUID, returned_at: datetime, by: User, at: datetime) -> Delivery:
    """Accept the return: nothing more is expected of the unit, and the return waits for no decision any more.

    Raises Delivery.DoesNotExist if the user may not decide, and ActionRefused.
    """
    found = _lock_returned(delivery, returned_at, by=by, accepted_before=False)
    actor = _actor(found, by, at)
    _decide(found, ReturnOutcome.ACCEPTED, ReturnAcceptedData(actor=actor), by=by, at=at)
    if found.parent is None:
        data = {"units": [found.agency.name]} | actor.to_json()
        _note_change(found, ChangeKind.RETURN_ACCEPTED, data, by=by, at=at)
    return found


def _lock_returned(
    delivery: UUID, returned_at: datetime, *, by: User, accepted_before: bool = True
) -> Delivery:
    """Lock the returned copy. An accepted return may be sent on after all, but not accepted twice.

    Raises Delivery.DoesNotExist, and ActionRefused if that return is no longer there or was decided on.
    """
    mine = given_by(by).filter(public_id=delivery)
    pk, circular, parent = mine.values_list("pk", "circular_id", "parent_id").get()
    Circular.objects.select_for_update(no_key=True).get(pk=circular)
    rows = Delivery.objects.filter(pk__in=[each for each in (parent, pk) if each is not None])
    locked = rows.select_for_update(no_key=True, of=("self",)).select_related(
        "circular__issuer",
        "circular__superseded_by",
        "agency",
        "successor",
        "parent__agency",
        "parent__successor",
    )
    found = next(each for each in locked.order_by("pk") if each.pk == pk)
    if found.withdrawn_at is not None or found.circular.is_withdrawn:
        raise ActionRefused("seen", _("The letter was taken back meanwhile. Nothing was changed."))
    if found.returned_at != returned_at:
        raise ActionRefused(
            "seen",
            _(
                "Nothing was changed: this return is no longer there. The unit took it back, or it was decided on."
            ),
        )
    decided = decision_on(found)
    if decided is not None and not (accepted_before and decided.outcome == ReturnOutcome.ACCEPTED):
        raise ActionRefused(
            "seen",
            _("Nothing was changed: %(person)s decided on this return already (%(outcome)s).")
            % {"person": decided.decided_by, "outcome": decided.get_outcome_display()},
        )
    return found


def _refuse_unless_it_may_be_sent_on(found: Delivery) -> None:
    if may_be_sent_on(found):
        return
    following = found.circular.superseded_by
    if found.parent is None and following is not None:
        raise ActionRefused(
            "seen",
            _("This letter was replaced: %(words)s Add the unit to the newer letter.")
            % {"words": found.circular.replaced_words},
        )
    raise ActionRefused("seen", _("Your unit's own copy is no longer in force, so it can't be sent on."))


def _why_not_twice(circular: Circular, agency: Agency, by: User) -> str:
    """Who may not see the unit's copy is not told that there is one."""
    if seen_having(by, circular, [agency.pk]):
        return _("%(unit)s has this letter already.") % {"unit": agency.name}
    return _("%(unit)s gets no separate copy from your unit. Choose another unit.") % {"unit": agency.name}


def _add(found: Delivery, agency: Agency, due_at: datetime | None, by: User, at: datetime) -> Delivery:
    return add_recipient(
        circular=found.circular,
        agency=agency,
        purpose=found.purpose,
        due_at=due_at,
        by=by,
        at=at,
        instead_of=found,
    )


def _pass_on(found: Delivery, agency: Agency, due_at: datetime | None, by: User, at: datetime) -> Delivery:
    above = found.parent
    assert above is not None
    try:
        passed = pass_on(
            delivery=above.public_id,
            recipients=[(agency, Purpose(found.purpose))],
            note=found.note,
            due_at=due_at,
            by=by,
            at=at,
            instead_of=found,
        )
    except PassOnRefused as refused:
        raise ActionRefused(*_why(refused, agency)) from None
    return passed.children[0]


def _why(refused: PassOnRefused, agency: Agency) -> tuple[str, str]:
    """The form field and the message."""
    match refused:
        case NotRelated():
            return "unit", _("Your unit can't pass the letter on to %(unit)s. Choose another unit.") % {
                "unit": agency.name
            }
        case DueInPast():
            return "due_at", _("This time has passed already. Choose one that is still to come.")
        case DueTooLate():
            return "due_at", _("This is later than your own unit's due time. Choose an earlier one.")
        case NoLongerLive() | _:
            return "seen", _("Your unit's own copy is no longer in force, so it can't be sent on.")


def _actor(found: Delivery, by: User, at: datetime) -> Actor:
    if found.parent is None:
        return sender(by, found.circular, at)
    return acting(by, found.parent, absent_person(by, found.parent.answering_unit, at))


def _decide(
    found: Delivery,
    outcome: ReturnOutcome,
    data: EventData,
    *,
    by: User,
    at: datetime,
    instead: Delivery | None = None,
    reason: str = "",
) -> None:
    assert found.returned_at is not None
    ReturnDecision.objects.create(
        delivery=found,
        returned_at=found.returned_at,
        outcome=outcome,
        instead=instead,
        reason=reason,
        decided_by=by,
        decided_at=at,
    )
    append_event(delivery=found, data=data, at=at, by=by, for_agency=found.giver)


def _note_change(
    found: Delivery, kind: ChangeKind, data: dict[str, object], *, by: User, at: datetime
) -> None:
    CircularChange.objects.create(circular=found.circular, kind=kind, at=at, by=by, data=data)

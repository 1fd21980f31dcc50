"""The ladder of proof of one delivery, rung by rung, with what proves each: never more than is known."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.utils.translation import gettext as _

from agencies.models.channel import channel_label
from circulars.models import Purpose
from distribution.models import Channel, Delivery, DeliveryEvent, EventKind, Stage
from distribution.models.channel import channel_of


@dataclass(frozen=True)
class Rung:
    """One step. `proof` says what shows it, in words; `weaker` that it proves less than the usual way."""

    label: str
    at: datetime | None
    proof: str = ""
    weaker: bool = False
    remarks: list[str] = field(default_factory=list)
    missing: str = ""
    """Why it has no moment, where that isn't simply because it is still to come."""


@dataclass(frozen=True)
class SideExit:
    """How the delivery left the ladder."""

    label: str
    at: datetime
    reason: str


def rungs(delivery: Delivery, events: Sequence[DeliveryEvent]) -> list[Rung]:
    """The rungs in order. `events` are all of the delivery's events in order of sequence."""
    ladder = [
        Rung(_("Notified"), delivery.notified_at, *_notified(delivery, events)),
        Rung(_("Reached"), delivery.reached_at, *_reached(events), missing=_unproved(delivery)),
        Rung(_("Opened"), delivery.opened_at, _opened(events)),
        _acknowledged(delivery),
    ]
    if delivery.purpose == Purpose.ACTION:
        ladder.append(_completed(delivery))
    return ladder


def _unproved(delivery: Delivery) -> str:
    """A unit that opened the letter has it, whatever its mail server says; the rung stays without a moment."""
    climbed = delivery.opened_at is not None or delivery.acknowledged_at is not None
    return _("the channel gave no proof; a later rung shows it") if climbed else ""


def side_exit(delivery: Delivery) -> SideExit | None:
    """Withdrawn, returned or covered by another copy, with the reason; None while it is on the ladder."""
    label = delivery.get_stage_display()
    if delivery.stage == Stage.WITHDRAWN and delivery.withdrawn_at:
        return SideExit(label, delivery.withdrawn_at, delivery.withdrawal_reason)
    if delivery.stage == Stage.RETURNED and delivery.returned_at:
        return SideExit(
            label, delivery.returned_at, f"{delivery.get_return_ground_display()}: {delivery.return_reason}"
        )
    if delivery.stage == Stage.SUPERSEDED and delivery.superseded_at and delivery.superseded_by:
        covering = delivery.superseded_by
        corrected = covering.circular_id != delivery.circular_id
        reason = _("A corrected revision took the place of this copy.")
        return SideExit(label, delivery.superseded_at, reason if corrected else covering.answering_unit.name)
    return None


def _first(events: Sequence[DeliveryEvent], *kinds: EventKind) -> DeliveryEvent | None:
    return next((event for event in events if event.kind in kinds), None)


def _way(event: DeliveryEvent) -> str:
    name = channel_label(event.data.get("channel", ""))
    return " · ".join(filter(None, [name, event.data.get("address", "")]))


def _notified(delivery: Delivery, events: Sequence[DeliveryEvent]) -> tuple[str, bool]:
    if delivery.notified_at is None:
        return "", False
    event = _first(events, EventKind.NOTIFIED, EventKind.REMINDED, EventKind.HANDED_OVER)
    if event is None:
        return "", False
    if event.kind == EventKind.HANDED_OVER:
        return _handed_over(event), True
    return _way(event), False


def _reached(events: Sequence[DeliveryEvent]) -> tuple[str, bool]:
    proved = _first(events, EventKind.REACHED, EventKind.HANDED_OVER, EventKind.READ_IN_MAILBOX)
    if proved is not None and proved.kind == EventKind.HANDED_OVER:
        return _handed_over(proved), True
    if proved is not None:
        return _way(proved), False
    shown = next(
        (
            event
            for event in events
            if event.kind in (EventKind.NOTIFIED, EventKind.REMINDED)
            and channel_of(event.data.get("channel", "")).proves_reached
        ),
        None,
    )
    return (_way(shown), False) if shown else ("", False)


def _handed_over(event: DeliveryEvent) -> str:
    taken = _("received by %(name)s") % {"name": event.data.get("received_by", "")}
    return " · ".join([channel_label(Channel.HAND), taken])


def _opened(events: Sequence[DeliveryEvent]) -> str:
    event = _first(events, EventKind.OPENED)
    return str(event.data.get("name", "")) if event else ""


def _acknowledged(delivery: Delivery) -> Rung:
    label, at = _("Confirmed"), delivery.acknowledged_at
    if at is None:
        return Rung(label, None)
    person = ", ".join(filter(None, [delivery.acknowledged_person, delivery.acknowledged_job_title]))
    remarks = []
    if delivery.acknowledged_for is not None:
        remarks.append(_("as deputy of %(person)s") % {"person": delivery.acknowledged_for})
    if delivery.register_number:
        remarks.append(_("register number %(number)s") % {"number": delivery.register_number})
    by_link = delivery.was_confirmed_by_link
    remarks.append(
        _("by link and one-time code, without signing in") if by_link else _("by a signed-in person")
    )
    return Rung(label, at, person, weaker=by_link, remarks=remarks)


def _completed(delivery: Delivery) -> Rung:
    by = str(delivery.completed_by or "")
    remarks = [str(delivery.get_disposition_display())] if delivery.disposition else []
    return Rung(_("Completed"), delivery.completed_at, by, remarks=remarks)

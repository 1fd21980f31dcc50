"""The milestones of one delivery, each with its proof."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from agencies.models.contact_details.channel import channel_label
from circulars.models import Purpose
from distribution.event_log import (
    EventData,
    HandedOverData,
    NotifiedData,
    OpenedData,
    ReachedData,
    ReadInMailboxData,
    RemindedData,
    TakenBackData,
    data_of,
)
from distribution.models import Act, Channel, Delivery, DeliveryEvent, Stage
from distribution.models.notices.channel import channel_of


@dataclass(frozen=True)
class Milestone:
    """One milestone. `proof` describes its proof; `weaker` marks proof that is weaker than usual."""

    label: str
    at: datetime | None
    proof: str = ""
    weaker: bool = False
    remarks: list[str] = field(default_factory=list)
    missing: str = ""
    """Why it has no time although a later milestone was reached."""

    @property
    def icon(self) -> str:
        """Name of a Tabler icon."""
        if self.at is None:
            return "circle"
        return "circle-half-2" if self.weaker else "circle-check"


@dataclass(frozen=True)
class Ending:
    """How the delivery ended before its last milestone."""

    label: str
    at: datetime
    reason: str


def milestones(delivery: Delivery, events: Sequence[DeliveryEvent]) -> list[Milestone]:
    """The milestones in order. `events` must be all events of the delivery in order of sequence."""
    told = [data_of(event) for event in events]
    back = [
        (data, event.at) for event, data in zip(events, told, strict=True) if isinstance(data, TakenBackData)
    ]
    found = [
        Milestone(_("Notified"), delivery.notified_at, *_notified(delivery, told)),
        Milestone(_("Reached"), delivery.reached_at, *_reached(told), missing=_unproved(delivery)),
        Milestone(_("Opened"), delivery.opened_at, _opened(told)),
        _acknowledged(delivery),
    ]
    found[-1].remarks.extend(_taken_back(back, Act.ACKNOWLEDGED))
    if delivery.purpose == Purpose.ACTION:
        found.append(_completed(delivery))
        found[-1].remarks.extend(_taken_back(back, Act.COMPLETED))
    return found


def _taken_back(back: Sequence[tuple[TakenBackData, datetime]], act: Act) -> list[str]:
    """When the act was taken back, each time."""
    return [
        _("taken back %(moment)s") % {"moment": date_format(timezone.localtime(at), "DATETIME_FORMAT")}
        for data, at in back
        if data.act == act
    ]


def _unproved(delivery: Delivery) -> str:
    """Explanation for a missing `reached_at` of a letter that was opened or confirmed all the same."""
    has_it = delivery.opened_at is not None or delivery.acknowledged_at is not None
    return _("the channel gave no proof; a later milestone shows it") if has_it else ""


def ending(delivery: Delivery) -> Ending | None:
    """Whether it was withdrawn, returned or covered by another copy, with the reason; None otherwise."""
    label = delivery.get_stage_display()
    if delivery.stage == Stage.WITHDRAWN and delivery.withdrawn_at:
        return Ending(label, delivery.withdrawn_at, delivery.withdrawal_reason)
    if delivery.stage == Stage.RETURNED and delivery.returned_at:
        return Ending(
            label, delivery.returned_at, f"{delivery.get_return_ground_display()}: {delivery.return_reason}"
        )
    if delivery.stage == Stage.SUPERSEDED and delivery.superseded_at and delivery.superseded_by:
        covering = delivery.superseded_by
        corrected = covering.circular_id != delivery.circular_id
        reason = (
            _("A corrected revision took the place of this copy.")
            if covering.withdrawn_at is None
            else _("The corrected revision that took the place of this copy was withdrawn.")
        )
        return Ending(label, delivery.superseded_at, reason if corrected else covering.answering_unit.name)
    return None


def _sent_by(data: NotifiedData | RemindedData | ReachedData | ReadInMailboxData) -> str:
    """Channel name and address."""
    return " · ".join(filter(None, [channel_label(data.channel), data.address]))


def _notified(delivery: Delivery, told: Sequence[EventData]) -> tuple[str, bool]:
    if delivery.notified_at is None:
        return "", False
    for data in told:
        match data:
            case HandedOverData():
                return _handed_over(data), True
            case NotifiedData(notice=None) | RemindedData():
                return _sent_by(data), False
    return "", False


def _reached(told: Sequence[EventData]) -> tuple[str, bool]:
    for data in told:
        match data:
            case HandedOverData():
                return _handed_over(data), True
            case ReachedData() | ReadInMailboxData():
                return _sent_by(data), False
    for data in told:
        match data:
            case NotifiedData(notice=None) | RemindedData() if channel_of(data.channel).proves_reached:
                return _sent_by(data), False
    return "", False


def _handed_over(data: HandedOverData) -> str:
    taken = _("received by %(name)s") % {"name": data.received_by}
    return " · ".join([channel_label(Channel.HAND), taken])


def _opened(told: Sequence[EventData]) -> str:
    return next((data.actor.name for data in told if isinstance(data, OpenedData)), "")


def _acknowledged(delivery: Delivery) -> Milestone:
    label, at = _("Confirmed"), delivery.acknowledged_at
    if at is None:
        return Milestone(label, None)
    person = ", ".join(filter(None, [delivery.acknowledged_person, delivery.acknowledged_job_title]))
    if delivery.acknowledged_on_behalf:
        remarks = [_("recorded by the sender, on the unit's behalf")]
        return Milestone(label, at, person, weaker=True, remarks=remarks)
    remarks = []
    if delivery.acknowledged_for is not None:
        remarks.append(_("as deputy of %(person)s") % {"person": delivery.acknowledged_for})
    if delivery.register_number:
        remarks.append(_("register number %(number)s") % {"number": delivery.register_number})
    by_link = delivery.was_confirmed_by_link
    remarks.append(
        _("by link and one-time code, without signing in") if by_link else _("by a signed-in person")
    )
    return Milestone(label, at, person, weaker=by_link, remarks=remarks)


def _completed(delivery: Delivery) -> Milestone:
    remarks = [str(delivery.get_disposition_display())] if delivery.disposition else []
    if delivery.completed_on_behalf:
        remarks.append(_("recorded by the sender, on the unit's behalf"))
    if delivery.was_answered_by_link:
        remarks.append(_("by link and one-time code, without signing in"))
    weaker = delivery.completed_on_behalf or delivery.was_answered_by_link
    return Milestone(
        _("Completed"), delivery.completed_at, delivery.completed_person, weaker=weaker, remarks=remarks
    )

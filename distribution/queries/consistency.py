"""Invariants of deliveries and notices. Each finding says what is wrong, where, and how to repair it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from circulars.models import Circular
from distribution.event_log import (
    AcknowledgedData,
    CodeSentData,
    CompletedData,
    EscalatedData,
    EventData,
    HandedOverData,
    NotifiedData,
    ObjectedData,
    ReachedData,
    ReadInMailboxData,
    RecordedOnBehalfData,
    RecordTakenBackData,
    RemindedData,
    UndeliverableData,
    data_of,
    first_broken_event,
    moments_of_notification,
)
from distribution.models import Channel, Delivery, DeliveryEvent, EventKind, Notice, NoticeState
from distribution.models.channel import channel_of
from distribution.models.notice import BACKOFF, LONGEST_BATCH
from distribution.models.notice_kind import NEVER_PAUSED

GRACE = timedelta(minutes=5)
"""Grace period for states that the minutely sweep repairs."""

MOST_ATTEMPTS = len(BACKOFF) + 1

FIRST_EVENTS = {EventKind.DISPATCHED, EventKind.ADDED, EventKind.RECEIVED_BELOW}
EVENTS_OF_MILESTONE = {
    "opened_at": {EventKind.OPENED},
    "acknowledged_at": {EventKind.ACKNOWLEDGED},
    "completed_at": {EventKind.COMPLETED},
    "returned_at": {EventKind.RETURNED},
    "withdrawn_at": {EventKind.WITHDRAWN, EventKind.REMOVED},
    "superseded_at": {EventKind.SUPERSEDED, EventKind.CORRECTED},
    "revised_at": {EventKind.CORRECTED},
}
"""Milestones set by an event of one of these kinds."""

ONE_OF = {EventKind.CORRECTED: ("superseded_at", "revised_at")}
"""Events that set one of several milestones: a correction covers an open copy and revises a confirmed one."""

ON_BEHALF = {"acknowledged_at": "acknowledged_on_behalf", "completed_at": "completed_on_behalf"}
"""Milestones that the sender may record on the unit's behalf, and the columns that mark them so."""

DUE_MOVED = {EventKind.DUE_CHANGED, EventKind.EXTENSION_GRANTED}
SaysItLeft = NotifiedData | RemindedData | EscalatedData | CodeSentData


@dataclass(frozen=True)
class Finding:
    """One violation. `what` names the check, `where` the row."""

    what: str
    where: str
    problem: str
    mend: str

    def __str__(self) -> str:
        return f"{self.what} {self.where}: {self.problem} {self.mend}"


BY_HAND = "Look into the server's log and a backup; the product has no way to write this."
BY_SWEEP = "Start the beat and a worker: the sweep of every minute puts it right."


def check_delivery(delivery: Delivery, at: datetime) -> Iterator[Finding]:
    """Check one delivery; its events, notices, circular, parent and covering copy must be loaded."""
    events = list(delivery.events.all())
    found: list[tuple[str, str, str]] = []
    for check in (
        _chain,
        _readable,
        _milestones,
        _sending_milestones,
        _acknowledgement,
        _on_behalf,
        _place,
        _cover,
        _withdrawal,
    ):
        found += check(delivery, events)
    for what, problem, mend in found:
        yield Finding(what, f"delivery {delivery.public_id}", problem, mend)
    known = [data for _event, data in _read(events)]
    said = {data.message_id for data in known if isinstance(data, SaysItLeft)}
    failed = {data.address for data in known if isinstance(data, UndeliverableData)}
    for notice in delivery.notices.all():
        carrier = notice.bundle or notice
        recorded = notice.state == NoticeState.SENT and notice.recorded_at is not None
        if recorded and carrier.channel != Channel.HAND and carrier.message_id not in said:
            yield _of_notice(notice, "sent-without-event", "was sent, but has no event.", BY_HAND)
        given_up = notice.state == NoticeState.FAILED and not hasattr(notice, "replacement")
        if given_up and carrier.address not in failed:
            yield _of_notice(notice, "failed-unseen", "failed, but has no event.", BY_HAND)
        yield from check_notice(notice, at)


def check_notice(notice: Notice, at: datetime) -> Iterator[Finding]:
    """Check one notice; its digest, delivery and circular must be loaded."""
    for check in (_claim, _sent, _bundled, _attempts, _paused):
        for what, problem, mend in check(notice, at):
            yield _of_notice(notice, what, problem, mend)


def _of_notice(notice: Notice, what: str, problem: str, mend: str) -> Finding:
    return Finding(what, f"notice {notice.pk}", problem, mend)


Found = Iterator[tuple[str, str, str]]


def _chain(delivery: Delivery, events: list[DeliveryEvent]) -> Found:
    broken = first_broken_event(delivery, events)
    if broken is not None:
        yield "chain-broken", f"event {broken.sequence} doesn't match the hash chain.", BY_HAND
    if not events:
        yield "chain-empty", "it has no event.", BY_HAND
    elif events[0].kind not in FIRST_EVENTS:
        yield "chain-beginning", f"its first event is {events[0].kind}.", BY_HAND


def _data_or_none(event: DeliveryEvent) -> EventData | None:
    """The event's data, or None if its kind or data is invalid."""
    try:
        return data_of(event)
    except (AttributeError, KeyError, TypeError, ValueError):
        return None


def _read(events: list[DeliveryEvent]) -> Iterator[tuple[DeliveryEvent, EventData]]:
    for event in events:
        data = _data_or_none(event)
        if data is not None:
            yield event, data


def _readable(delivery: Delivery, events: list[DeliveryEvent]) -> Found:
    for event in events:
        if _data_or_none(event) is None:
            yield (
                "event-unreadable",
                f"event {event.sequence} ({event.kind}) has data that doesn't match its kind.",
                BY_HAND,
            )


def _milestones(delivery: Delivery, events: list[DeliveryEvent]) -> Found:
    for milestone, kinds in EVENTS_OF_MILESTONE.items():
        if getattr(delivery, ON_BEHALF.get(milestone, ""), False):
            continue
        steps = [event.at for event in events if event.kind in kinds]
        moment = getattr(delivery, milestone)
        if moment is not None and moment not in steps:
            yield (
                "milestone-without-event",
                f"{milestone} is {moment.isoformat()}, but no event has that time.",
                BY_HAND,
            )
        elif moment is None and (unset := _requiring(milestone, events, kinds, delivery)):
            yield (
                "event-without-milestone",
                f"there is an event {unset}, but {milestone} is empty.",
                BY_HAND,
            )


def _requiring(
    milestone: str, events: list[DeliveryEvent], kinds: set[EventKind], delivery: Delivery
) -> str | None:
    """The kind of an event that requires this empty milestone, or None."""
    for event in events:
        if event.kind in kinds:
            milestones = ONE_OF.get(EventKind(event.kind), (milestone,))
            if not any(getattr(delivery, each) for each in milestones):
                return event.kind
    return None


def _sending_milestones(delivery: Delivery, events: list[DeliveryEvent]) -> Found:
    """Check `notified_at` and `reached_at`, which several kinds of event may set: mail, inbox, handover."""
    reached: list[datetime] = []
    for event, data in _read(events):
        match data:
            case ReachedData() | ReadInMailboxData() | HandedOverData():
                reached.append(event.at)
            case NotifiedData(notice=None, channel=channel) | RemindedData(channel=channel):
                if channel_of(channel).proves_reached:
                    reached.append(event.at)
    for milestone, proofs in (("notified_at", moments_of_notification(events)), ("reached_at", reached)):
        moment = getattr(delivery, milestone)
        if moment is not None and not proofs:
            yield (
                "milestone-without-event",
                f"{milestone} is {moment.isoformat()}, but has no event.",
                BY_HAND,
            )
        elif moment is None and proofs:
            yield (
                "event-without-milestone",
                f"an event of {proofs[0].isoformat()} says so, but {milestone} is empty.",
                BY_HAND,
            )


def _acknowledgement(delivery: Delivery, events: list[DeliveryEvent]) -> Found:
    if delivery.acknowledged_at is None:
        return
    expected = "" if delivery.acknowledged_on_behalf else delivery.circular.content_sha256
    if delivery.acknowledged_sha256 != expected:
        yield "hash-of-another-content", "the confirmed content isn't the dispatched content.", BY_HAND
    said = {data.sha256 for _event, data in _read(events) if isinstance(data, AcknowledgedData)}
    if said and delivery.acknowledged_sha256 not in said:
        yield "hash-not-in-event", "the event of the confirmation has another hash.", BY_HAND


def _on_behalf(delivery: Delivery, events: list[DeliveryEvent]) -> Found:
    """Check what the sender recorded: the marks and moments as the events leave them, and the records that hold."""
    said: dict[str, datetime | None] = dict.fromkeys(ON_BEHALF)
    for _event, data in _read(events):
        match data:
            case RecordedOnBehalfData():
                said["acknowledged_at"] = data.said_at if data.confirms else said["acknowledged_at"]
                said["completed_at"] = data.said_at if data.disposition else said["completed_at"]
            case AcknowledgedData():
                said["acknowledged_at"] = None
            case CompletedData():
                said["completed_at"] = None
            case ObjectedData() | RecordTakenBackData():
                said["acknowledged_at"] = None if data.confirmation else said["acknowledged_at"]
                said["completed_at"] = None if data.answer else said["completed_at"]
    records = delivery.on_behalf_records.all() if delivery.has_record else ()
    holding = [each for each in records if each.is_holding]
    recorded = {
        "acknowledged_at": any(each.confirms for each in holding),
        "completed_at": any(each.is_answer for each in holding),
    }
    for milestone, mark in ON_BEHALF.items():
        is_marked, moment = getattr(delivery, mark), said[milestone]
        if is_marked != (moment is not None):
            yield "on-behalf-unlike-events", f"{mark} is {is_marked}, but its events say otherwise.", BY_HAND
        elif moment is not None and getattr(delivery, milestone) != moment:
            yield "on-behalf-at-another-time", f"{milestone} isn't {moment.isoformat()}.", BY_HAND
        if is_marked and not recorded[milestone]:
            yield "on-behalf-without-record", f"{mark} is set, but no record holds.", BY_HAND


def _place(delivery: Delivery, events: list[DeliveryEvent]) -> Found:
    above = delivery.parent
    expected = [*above.path, above.pk] if above is not None else []
    if delivery.path != expected:
        yield "path-of-another-place", f"its path is {delivery.path} and should be {expected}.", BY_HAND
    if above is None:
        return
    if above.circular_id != delivery.circular_id:
        yield "parent-of-another-letter", f"it is below a copy of letter {above.circular_id}.", BY_HAND
    moved = any(event.kind in DUE_MOVED for event in (*events, *above.events.all()))
    if above.due_at is not None and not moved and (delivery.due_at is None or delivery.due_at > above.due_at):
        yield "due-after-parent", "it is due later than the copy above it.", BY_HAND


def _cover(delivery: Delivery, events: list[DeliveryEvent]) -> Found:
    covering = delivery.superseded_by
    if covering is None:
        return
    letter: int | None = covering.circular_id
    corrected = covering.circular.corrects_id
    while letter != delivery.circular_id and corrected is not None:  # a correction of a correction, and so on
        letter = corrected
        corrected = Circular.objects.values_list("corrects_id", flat=True).get(pk=letter)
    if letter != delivery.circular_id:
        yield "covered-by-another-letter", f"it is covered by delivery {covering.public_id}.", BY_HAND


def _withdrawal(delivery: Delivery, events: list[DeliveryEvent]) -> Found:
    if delivery.circular.withdrawn_at is not None and delivery.is_live:
        mend = "Withdraw it by hand, and report it: the withdrawal of the letter skipped it."
        yield "live-though-withdrawn", "its letter was withdrawn, but it is live.", mend


def _claim(notice: Notice, at: datetime) -> Found:
    if notice.state == NoticeState.SENDING:
        if notice.claimed_at is None:
            yield "claimed-by-nobody", "it is being sent, but has no claimed_at.", BY_HAND
        elif notice.claimed_at < at - LONGEST_BATCH - GRACE:
            yield "stuck", f"it has been claimed since {notice.claimed_at.isoformat()}.", BY_SWEEP
    elif notice.claimed_at is not None:
        yield "claimed-and-not-sending", f"it is claimed, but its state is {notice.state}.", BY_HAND


def _sent(notice: Notice, at: datetime) -> Found:
    if notice.state != NoticeState.SENT:
        return
    if notice.sent_at is None and notice.bundle_id is None:
        yield "sent-without-moment", "it was sent, but has no sent_at.", BY_HAND
    elif notice.recorded_at is None and (notice.sent_at is None or notice.sent_at < at - GRACE):
        yield "sent-not-recorded", "it was sent, but isn't recorded with its delivery.", BY_SWEEP


def _bundled(notice: Notice, at: datetime) -> Found:
    if notice.state != NoticeState.BUNDLED:
        return
    digest = notice.bundle
    if digest is None:
        yield "bundled-in-nothing", "it is bundled, but has no digest.", BY_HAND
    elif digest.state in (NoticeState.FAILED, NoticeState.CANCELLED) or digest.recorded_at is not None:
        yield "bundled-in-an-ended-digest", f"its digest {digest.pk} is {digest.state}.", BY_HAND


def _attempts(notice: Notice, at: datetime) -> Found:
    most = MOST_ATTEMPTS - 1 if notice.state == NoticeState.WAITING else MOST_ATTEMPTS
    if notice.attempts > most:
        yield "too-many-attempts", f"it was tried {notice.attempts} times; the maximum is {most}.", BY_HAND


def _paused(notice: Notice, at: datetime) -> Found:
    if notice.state != NoticeState.PAUSED:
        return
    if notice.delivery is None or notice.kind in NEVER_PAUSED:
        yield "paused-and-never-may", f"it is paused, but the kind {notice.kind} is never paused.", BY_HAND
    elif notice.delivery.circular.paused_at is None:
        yield "paused-alone", "it is paused, but its letter isn't.", BY_SWEEP

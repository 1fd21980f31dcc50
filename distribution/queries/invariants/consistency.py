"""Invariants of deliveries and notices. Each finding says what is wrong, where, and how to repair it."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime

from circulars.models import Circular, FileChoice
from distribution.event_log import (
    CodeSentData,
    EscalatedData,
    EventData,
    HandedOverData,
    NotifiedData,
    ReachedData,
    ReadInMailboxData,
    RemindedData,
    TakenBackData,
    UndeliverableData,
    data_of,
    first_broken_event,
    moments_of_notification,
)
from distribution.event_log.kind import UnknownData
from distribution.models import (
    Act,
    Channel,
    Delivery,
    DeliveryEvent,
    EventKind,
    NoticeState,
    ReturnOutcome,
)
from distribution.models.acts.take_back import EVENT_OF_ACT
from distribution.models.notices.channel import channel_of
from distribution.models.notices.notice_kind import WITHIN_THE_UNIT
from distribution.queries.invariants.consistency_of_notices import (
    BY_HAND,
    Finding,
    Found,
    check_notice,
    finding_of_notice,
)
from distribution.queries.invariants.consistency_of_rows import (
    check_act_rows,
    check_columns,
    check_copies_below,
)

FIRST_EVENTS = {EventKind.DISPATCHED, EventKind.ADDED, EventKind.RECEIVED_BELOW}
OUTCOMES = {
    EventKind.SENT_AGAIN: ReturnOutcome.SENT_AGAIN,
    EventKind.SENT_INSTEAD: ReturnOutcome.SENT_INSTEAD,
    EventKind.RETURN_ACCEPTED: ReturnOutcome.ACCEPTED,
}
"""Events of decisions on a return."""

SaysItLeft = NotifiedData | RemindedData | EscalatedData | CodeSentData


def check_delivery(delivery: Delivery, at: datetime) -> Iterator[Finding]:
    """Check one delivery; its events, notices, decisions, circular, parent and covering copy must be loaded."""
    events = list(delivery.events.all())
    found: list[tuple[str, str, str]] = []
    for check in (
        _chain,
        _readable,
        _sending_milestones,
        _taken_back,
        _acknowledgement,
        _rows,
        _on_behalf,
        _place,
        _cover,
        _withdrawal,
        _return_decisions,
        _assignments,
        _letter_file,
    ):
        found += check(delivery, events)
    for what, problem, mend in found:
        yield Finding(what, f"delivery {delivery.public_id}", problem, mend)
    read = list(_read(events))
    known = [data for _event, data in read]
    said = {data.message_id: data for data in known if isinstance(data, SaysItLeft)}
    moments = {(data.message_id, event.at) for event, data in read if isinstance(data, SaysItLeft)}
    failed = {data.address for data in known if isinstance(data, UndeliverableData)}
    for notice in delivery.notices.all():
        yield from check_notice(notice, at)
        if notice.kind in WITHIN_THE_UNIT:  # has no event
            continue
        carrier = notice.bundle or notice
        recorded = notice.state == NoticeState.SENT and notice.recorded_at is not None
        if recorded and carrier.channel != Channel.HAND and carrier.message_id not in said:
            yield finding_of_notice(notice, "sent-without-event", "was sent, but has no event.", BY_HAND)
        event = said.get(carrier.message_id)
        if event is not None and (event.channel, event.address) != (carrier.channel, carrier.address):
            problem = f"went to {carrier.address}, but its event says {event.address}."
            yield finding_of_notice(notice, "notice-unlike-event", problem, BY_HAND)
        moment = (carrier.message_id, carrier.sent_at)
        if recorded and event is not None and carrier.sent_at is not None and moment not in moments:
            problem = f"left at {carrier.sent_at.isoformat()}, but its event says otherwise."
            yield finding_of_notice(notice, "notice-unlike-event", problem, BY_HAND)
        given_up = notice.state == NoticeState.FAILED and not hasattr(notice, "replacement")
        if given_up and carrier.address not in failed:
            yield finding_of_notice(notice, "failed-unseen", "failed, but has no event.", BY_HAND)
    carried = {each.message_id for notice in delivery.notices.all() for each in (notice, notice.carrier)}
    lost = {data.message_id for data in known if isinstance(data, UndeliverableData)}
    for message_id, left in said.items():
        # A digest that came back hands its letters to the message in its place.
        if message_id not in carried | lost and left.address not in failed and message_id is not None:
            problem = f"an event says that {message_id} left, but there is no such notice."
            yield Finding("event-without-notice", f"delivery {delivery.public_id}", problem, BY_HAND)


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
        data = data_of(event)
    except (AttributeError, KeyError, TypeError, ValueError):
        return None
    return None if isinstance(data, UnknownData) else data


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


def _return_decisions(delivery: Delivery, events: list[DeliveryEvent]) -> Found:
    """Every decision on a return has its event, and every such event its decision."""
    made = list(delivery.return_decisions.all())
    written = Counter((each.outcome, each.decided_at, each.decided_by_id) for each in made)
    said = Counter(
        (OUTCOMES[EventKind(event.kind)], event.at, event.by_id) for event in events if event.kind in OUTCOMES
    )
    if written != said:
        yield (
            "decision-and-event-differ",
            f"there are {len(made)} decisions on its return and {said.total()} events, or they differ.",
            BY_HAND,
        )
    for each in made:
        if each.outcome == ReturnOutcome.SENT_AGAIN and each.returned_at == delivery.returned_at:
            yield "returned-though-sent-again", "its return was undone, but it is still returned.", BY_HAND
        if each.instead is not None and each.instead.circular_id != delivery.circular_id:
            yield (
                "instead-of-another-letter",
                f"delivery {each.instead.public_id} is of another letter.",
                BY_HAND,
            )


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


def _taken_back(delivery: Delivery, events: list[DeliveryEvent]) -> Found:
    """Check that each event of taking back names an earlier event of its act, and that the copy says when."""
    moments: list[datetime] = []
    named: set[int] = set()
    kinds = {event.sequence: event.kind for event in events}
    for event, data in _read(events):
        if isinstance(data, TakenBackData):
            moments.append(event.at)
            act = kinds.get(data.event) if data.event < event.sequence else None
            if data.act not in Act.values or EVENT_OF_ACT[Act(data.act)] != act or data.event in named:
                yield (
                    "taken-back-without-act",
                    f"event {event.sequence} takes back event {data.event}, which is no {data.act} to take back.",
                    BY_HAND,
                )
            named.add(data.event)
    if delivery.taken_back_at != (moments[-1] if moments else None):
        yield "taken-back-at-another-time", "taken_back_at isn't the time of the last such event.", BY_HAND


def _rows(delivery: Delivery, events: list[DeliveryEvent]) -> Found:
    """What the events determine beside the milestones: the other columns, the copies below, and the rows of acts."""
    read = list(_read(events))
    yield from check_columns(delivery, read)
    yield from check_copies_below(delivery, read)
    yield from check_act_rows(delivery, read)


def _acknowledgement(delivery: Delivery, events: list[DeliveryEvent]) -> Found:
    if delivery.acknowledged_at is None:
        return
    expected = "" if delivery.acknowledged_on_behalf else delivery.circular.content_sha256
    if delivery.acknowledged_sha256 != expected:
        yield "hash-of-another-content", "the confirmed content isn't the dispatched content.", BY_HAND


def _on_behalf(delivery: Delivery, events: list[DeliveryEvent]) -> Found:
    """Check that a record holds of what the sender recorded on the unit's behalf."""
    records = delivery.on_behalf_records.all() if delivery.has_record else ()
    holding = [each for each in records if each.is_holding]
    recorded = {
        "acknowledged_on_behalf": any(each.confirms for each in holding),
        "completed_on_behalf": any(each.is_answer for each in holding),
    }
    for mark, holds in recorded.items():
        if getattr(delivery, mark) and not holds:
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
    if (
        not delivery.is_owing
    ):  # a copy that was answered keeps its due time if the one above becomes due earlier
        return
    if above.due_at is not None and (delivery.due_at is None or delivery.due_at > above.due_at):
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


def _assignments(delivery: Delivery, events: list[DeliveryEvent]) -> Found:
    """Every assignment is the unit's own, or a successor's of then, and ended not before it began."""
    had = {delivery.agency_id, delivery.successor_id}
    had |= {each.data.get("to_id") for each in events if each.kind == EventKind.PASSED_TO_SUCCESSOR}
    for each in delivery.assignments.all() if delivery.was_assigned else ():
        if each.unit_id not in had:
            yield (
                "assigned-by-another-unit",
                f"agency {each.unit_id} assigned it, which hasn't got it.",
                BY_HAND,
            )
        if each.ended_at is not None and each.ended_at < each.assigned_at:
            yield "assignment-ended-before", f"assignment {each.pk} ended before it began.", BY_HAND


def _letter_file(delivery: Delivery, events: list[DeliveryEvent]) -> Found:
    letter = delivery.circular
    before = letter.corrects
    if letter.file_choice == FileChoice.UNCHANGED and (
        before is None or before.source_sha256 != letter.source_sha256
    ):
        yield "file-not-unchanged", "its letter file is said to be the earlier revision's and isn't.", BY_HAND

"""Rows follow from events: the columns of a delivery, and the rows of the acts that its events record."""

from collections import Counter
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from distribution.event_log import (
    DocumentAttachedData,
    EventData,
    ExtensionAskedData,
    ExtensionGrantedData,
    ExtensionRefusedData,
    HandedOverData,
    MailAnswerData,
    PassedOnData,
    RecordedOnBehalfData,
    TakeBackAskedData,
)
from distribution.models import (
    AnswerDocument,
    Delivery,
    DeliveryEvent,
    EventKind,
    ExtensionRequest,
    Handover,
    OnBehalfRecord,
    TakeBackRequest,
)
from distribution.queries.invariants.consistency_of_notices import BY_HAND, Found
from distribution.queries.invariants.replay import UNKNOWN, replayed

ReadEvents = list[tuple[DeliveryEvent, EventData]]

MILESTONES = {
    "opened_at",
    "acknowledged_at",
    "completed_at",
    "returned_at",
    "withdrawn_at",
    "superseded_at",
    "revised_at",
}
NAMED = {
    "register_number": "register-number-not-in-event",
    "acknowledged_sha256": "hash-not-in-event",
    "acknowledged_on_behalf": "on-behalf-unlike-events",
    "completed_on_behalf": "on-behalf-unlike-events",
}
ON_BEHALF = {"acknowledged_at": "acknowledged_on_behalf", "completed_at": "completed_on_behalf"}
"""Milestones that the sender may record on the unit's behalf, and the columns that mark them so."""


def check_columns(delivery: Delivery, events: ReadEvents) -> Found:
    """Compare every column that the events determine. The covering copy must be loaded."""
    for column, said in replayed(events).items():
        stored = _stored(delivery, column, said)
        if said is not UNKNOWN and stored != said:
            yield (
                _name(delivery, column, said),
                f"{column} is {_shown(stored)}, but its events say {_shown(said)}.",
                BY_HAND,
            )


def _name(delivery: Delivery, column: str, said: object) -> str:
    """The name of the finding."""
    if column not in MILESTONES:
        return NAMED.get(column, "row-unlike-events")
    if getattr(delivery, column) is None:
        return "event-without-milestone"
    is_on_behalf = said is not None and getattr(delivery, ON_BEHALF.get(column, ""), False)
    return "on-behalf-at-another-time" if is_on_behalf else "milestone-without-event"


def _stored(delivery: Delivery, column: str, said: object) -> object:
    """The column's value in the form in which the events have it."""
    if column == "superseded_by":
        covering = delivery.superseded_by
        return str(covering.public_id) if covering is not None else None
    if column == "successor_id":  # a delivery that came back to its own recipient has none
        return delivery.successor_id or (delivery.agency_id if said == delivery.agency_id else None)
    value = getattr(delivery, column)
    if column == "due_at" and isinstance(said, str) and value is not None:
        return _minute(value)
    return value


def _shown(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else f"“{value}”"


def check_copies_below(delivery: Delivery, events: ReadEvents) -> Found:
    """As many copies were passed on from it as its events name units; those of a later revision have no such event."""
    named = sum(len(data.units) for _event, data in events if isinstance(data, PassedOnData))
    there = vars(delivery)["passed_on_to"]
    if there != named:
        yield (
            "copies-below-unlike-events",
            f"it was passed on to {named} units, but {there} copies are below it.",
            BY_HAND,
        )


@dataclass(frozen=True)
class ActRows:
    """Rows of one table beside the events: `of_row` and `of_event` give the same value if they belong together.

    `of_event` gives None for an event of another act, and `of_row` for a row of which none is expected yet.
    """

    name: str
    related: str
    mark: str
    kinds: frozenset[EventKind]
    of_row: Callable[[Any], Hashable]
    of_event: Callable[[DeliveryEvent, EventData], Hashable]


def _document(_event: DeliveryEvent, data: EventData) -> Hashable:
    return (data.file, data.sha256) if isinstance(data, DocumentAttachedData | MailAnswerData) else None


def _handover(_event: DeliveryEvent, data: EventData) -> Hashable:
    if not isinstance(data, HandedOverData):
        return None
    return (data.method, data.handed_on, data.received_by, data.reference, data.file, data.sha256)


def _extension(event: DeliveryEvent, data: EventData) -> Hashable:
    return (event.at, data.due, data.reason) if isinstance(data, ExtensionAskedData) else None


def _extension_decided(event: DeliveryEvent, data: EventData) -> Hashable:
    match data:
        case ExtensionGrantedData():
            return (event.at, event.by_id, data.due, data.reason)
        case ExtensionRefusedData():
            return (event.at, event.by_id, "", data.reason)
    return None


def _decision(request: ExtensionRequest) -> Hashable:
    if request.decided_at is None:
        return None
    return (request.decided_at, request.decided_by_id, _minute(request.granted_until), request.answer)


def _minute(moment: datetime | None) -> str:
    """A moment as events have it in words (`moment_words`); empty for none."""
    return f"{timezone.localtime(moment):%d.%m.%Y %H:%M}" if moment is not None else ""


def _take_back(event: DeliveryEvent, data: EventData) -> Hashable:
    return (event.at, data.act, data.reason) if isinstance(data, TakeBackAskedData) else None


def _record(event: DeliveryEvent, data: EventData) -> Hashable:
    if not isinstance(data, RecordedOnBehalfData):
        return None
    words = (data.disposition, data.answer, data.register_number, data.note, data.file, data.sha256)
    said = (data.said_through, data.said_by, data.said_by_title, data.said_at)
    return (event.at, data.confirms, *said, *(word or "" for word in words))


ACT_ROWS = (
    ActRows(
        "document",
        "answer_documents",
        "has_documents",
        frozenset({EventKind.DOCUMENT_ATTACHED, EventKind.MAIL_ANSWER}),
        lambda row: (row.file_name, row.sha256),
        _document,
    ),
    ActRows(
        "handover",
        "handovers",
        "has_handovers",
        frozenset({EventKind.HANDED_OVER}),
        lambda row: (
            row.method,
            f"{row.handed_on:%d.%m.%Y}",
            row.received_by,
            row.reference,
            row.file_name,
            row.sha256,
        ),
        _handover,
    ),
    ActRows(
        "extension",
        "extension_requests",
        "has_extensions",
        frozenset({EventKind.EXTENSION_ASKED}),
        lambda row: (row.asked_at, _minute(row.wanted), row.reason),
        _extension,
    ),
    ActRows(
        "extension-decision",
        "extension_requests",
        "has_extensions",
        frozenset({EventKind.EXTENSION_GRANTED, EventKind.EXTENSION_REFUSED}),
        _decision,
        _extension_decided,
    ),
    ActRows(
        "take-back",
        "take_back_requests",
        "has_take_backs",
        frozenset({EventKind.TAKE_BACK_ASKED}),
        lambda row: (row.asked_at, row.act, row.reason),
        _take_back,
    ),
    ActRows(
        "record",
        "on_behalf_records",
        "has_records",
        frozenset({EventKind.RECORDED_ON_BEHALF}),
        lambda row: (
            row.recorded_at,
            row.confirms,
            row.channel,
            row.said_by,
            row.said_by_title,
            row.said_at,
            row.disposition,
            row.answer,
            row.register_number,
            row.note,
            row.file_name,
            row.sha256,
        ),
        _record,
    ),
)
"""Compared with the events. Decisions on returns have a check of their own."""

PASSED_ON_TO = Coalesce(
    Subquery(
        DeliveryEvent.objects.filter(
            delivery__parent=OuterRef("pk"),
            sequence=1,
            kind=EventKind.RECEIVED_BELOW,
            data__revision__isnull=True,
        )
        .order_by()
        .values("delivery__parent")
        .annotate(copies=Count("pk"))
        .values("copies")
    ),
    0,
)
"""Number of copies passed on from a delivery, without those that a correction made anew."""

MARKS: dict[str, Coalesce | Exists] = {"passed_on_to": PASSED_ON_TO} | {
    mark: Exists(model._base_manager.filter(delivery=OuterRef("pk")))
    for mark, model in {
        "has_documents": AnswerDocument,
        "has_handovers": Handover,
        "has_extensions": ExtensionRequest,
        "has_take_backs": TakeBackRequest,
        "has_records": OnBehalfRecord,
    }.items()
}
"""Annotations of the deliveries to check: the copies below, and whether there are rows of each table."""


def has_act(delivery: Delivery, rows: ActRows) -> bool:
    """Whether the delivery has rows or events of the act; its events must be loaded."""
    return vars(delivery)[rows.mark] or any(event.kind in rows.kinds for event in delivery.events.all())


def check_act_rows(delivery: Delivery, events: ReadEvents) -> Found:
    """Every row of an act has its event and every such event its row; the rows must be loaded where `has_act`."""
    for each in ACT_ROWS:
        if not has_act(delivery, each):
            continue
        rows = getattr(delivery, each.related).all()
        stored = Counter(filter(None, (each.of_row(row) for row in rows)))
        said = Counter(filter(None, (each.of_event(event, data) for event, data in events)))
        if stored != said:
            yield (
                f"{each.name}-unlike-events",
                f"there are {stored.total()} rows of {each.related} and {said.total()} events, or they differ.",
                BY_HAND,
            )

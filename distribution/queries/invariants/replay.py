"""The columns of a delivery as its events leave them."""

from collections.abc import Iterable
from datetime import datetime

from distribution.event_log import (
    AcknowledgedData,
    AddedData,
    CompletedData,
    CorrectedData,
    DispatchedData,
    DueChangedData,
    EventData,
    ExtensionGrantedData,
    LinkRevokedData,
    ObjectedData,
    OpenedData,
    PassedToSuccessorData,
    ReceivedBelowData,
    RecordedOnBehalfData,
    RecordTakenBackData,
    RegisterChangedData,
    RemovedData,
    ReturnedData,
    SentAgainData,
    SupersededData,
    TakenBackData,
    WithdrawnData,
)
from distribution.models import Act, DeliveryEvent

Columns = dict[str, object]

UNKNOWN = object()
"""Value of a column that the events don't say: an event of an earlier release lacks it."""

UNCONFIRMED: Columns = {
    "acknowledged_at": None,
    "acknowledged_by_id": None,
    "acknowledged_for_id": None,
    "acknowledged_name": "",
    "acknowledged_title": "",
    "acknowledged_sha256": "",
    "acknowledged_on_behalf": False,
    "register_number": "",
}
UNANSWERED: Columns = {
    "completed_at": None,
    "completed_by_id": None,
    "completed_name": "",
    "completed_on_behalf": False,
    "disposition": "",
    "answer_note": "",
}
NOT_RETURNED: Columns = {"returned_at": None, "return_ground": "", "return_reason": ""}
CLEARED = {Act.ACKNOWLEDGED: UNCONFIRMED, Act.COMPLETED: UNANSWERED, Act.RETURNED: NOT_RETURNED}
OTHERS: Columns = {
    "opened_at": None,
    "withdrawn_at": None,
    "withdrawal_reason": "",
    "superseded_at": None,
    "superseded_by": None,
    "revised_at": None,
    "link_serial": 0,
}
FIRST = ("agency_id", "successor_id", "purpose", "created_at", "due_at", "note")
FirstData = DispatchedData | AddedData | ReceivedBelowData


def replayed(events: Iterable[tuple[DeliveryEvent, EventData]]) -> Columns:
    """The value of each column by name, UNKNOWN where the events don't say it.

    `superseded_by` is the public id of the covering copy as text. `due_at` is a datetime, or text in whole minutes
    (`moment_words`) if an event of an earlier release set it.
    """
    now: Columns = UNCONFIRMED | UNANSWERED | NOT_RETURNED | OTHERS | dict.fromkeys(FIRST, UNKNOWN)
    for event, data in events:
        now |= _effect(event, data, now)
    return now


def _effect(event: DeliveryEvent, data: EventData, now: Columns) -> Columns:
    match data:
        case DispatchedData() | AddedData() | ReceivedBelowData():
            return _first(event, data) if event.sequence == 1 else {}
        case OpenedData():
            return {"opened_at": now["opened_at"] or event.at}
        case AcknowledgedData():
            return _confirmed(event, data)
        case RegisterChangedData(after=number):
            return {"register_number": number}
        case CompletedData():
            return _answered(event, data)
        case ReturnedData():
            return {
                "returned_at": event.at,
                "return_ground": data.ground,
                "return_reason": data.reason,
            }
        case SentAgainData():
            return NOT_RETURNED
        case TakenBackData(act=act):
            return CLEARED[Act(act)] if act in Act.values else {}
        case RecordedOnBehalfData():
            return _recorded(data)
        case ObjectedData() | RecordTakenBackData():
            return (UNCONFIRMED if data.confirmation else {}) | (UNANSWERED if data.answer else {})
    return _of_the_sender(event, data, now)


def _of_the_sender(event: DeliveryEvent, data: EventData, now: Columns) -> Columns:
    match data:
        case WithdrawnData() | RemovedData():
            return {"withdrawn_at": event.at, "withdrawal_reason": data.reason}
        case SupersededData():
            return {"superseded_at": event.at, "superseded_by": data.covered_by}
        case CorrectedData() if now["acknowledged_at"] is None:
            return {"superseded_at": event.at, "superseded_by": data.covered_by}
        case CorrectedData():
            return {"revised_at": event.at}
        case PassedToSuccessorData():
            return {"successor_id": data.to_id}
        case DueChangedData() | ExtensionGrantedData():
            return {"due_at": data.due_at or data.due}
        case LinkRevokedData():
            return {"link_serial": int(str(now["link_serial"])) + 1}
    return {}


def _first(event: DeliveryEvent, data: FirstData) -> Columns:
    """Only events with the id of the unit say whether the copy has a due time and a successor."""
    is_copy = not isinstance(data, AddedData) and data.revision is not None
    own_note = data.note or "" if isinstance(data, ReceivedBelowData) else ""
    found: Columns = {"purpose": data.purpose or UNKNOWN, "note": UNKNOWN if is_copy else own_note}
    if not is_copy:
        found["successor_id"] = None
    if data.unit_id is not None:
        found |= {
            "agency_id": data.unit_id,
            "successor_id": data.successor_id,
            "created_at": event.at,
            "due_at": data.due_at,
        }
    return found


def _confirmed(event: DeliveryEvent, data: AcknowledgedData) -> Columns:
    by_link = data.via is not None
    absent: object = data.deputy_of_id
    if absent is None and data.actor.as_deputy_of is not None:
        absent = UNKNOWN
    return {
        "acknowledged_at": event.at,
        "acknowledged_by_id": event.by_id,
        "acknowledged_for_id": absent,
        "acknowledged_name": data.actor.name if by_link else "",
        "acknowledged_title": data.actor.job_title or "" if by_link else "",
        "acknowledged_sha256": data.sha256,
        "acknowledged_on_behalf": False,
        "register_number": data.register_number,
    }


def _answered(event: DeliveryEvent, data: CompletedData) -> Columns:
    by_link = data.via is not None
    return {
        "completed_at": event.at,
        "completed_by_id": event.by_id,
        "completed_name": f"{data.actor.name}, {data.actor.job_title}" if by_link else "",
        "completed_on_behalf": False,
        "disposition": data.disposition,
        "answer_note": data.reason,
    }


def _recorded(data: RecordedOnBehalfData) -> Columns:
    moment: datetime | object = data.said_at or UNKNOWN
    confirmed: Columns = UNCONFIRMED | {
        "acknowledged_at": moment,
        "acknowledged_name": data.said_by,
        "acknowledged_title": data.said_by_title,
        "acknowledged_on_behalf": True,
        "register_number": data.register_number or "",
    }
    answered: Columns = UNANSWERED | {
        "completed_at": moment,
        "completed_name": f"{data.said_by}, {data.said_by_title}",
        "completed_on_behalf": True,
        "disposition": data.disposition or "",
        "answer_note": data.answer or "",
    }
    return (confirmed if data.confirms else {}) | (answered if data.disposition else {})

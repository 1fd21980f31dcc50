"""Rows of the history as they are copied: deliveries, events, notices, requests, decisions, calls, returned mail."""

import uuid
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from hashlib import sha256
from random import Random
from typing import Any, NamedTuple

from circulars.models import Circular, Purpose
from distribution.demo.history.copying import Table
from distribution.demo.history.units import Unit
from distribution.models import (
    Call,
    CallOutcome,
    ChangeKind,
    Channel,
    CircularChange,
    Delivery,
    DeliveryEvent,
    EventKind,
    ExtensionRequest,
    Notice,
    NoticeKind,
    NoticeState,
    ReturnDecision,
    ReturnedMail,
)
from distribution.models.acts.event import CANONICAL
from distribution.outbox.write import message_id

DELIVERY = (
    "id", "public_id", "circular_id", "agency_id", "line_id", "parent_id", "successor_id", "superseded_by_id", "path",
    "purpose", "created_at", "due_at", "note", "notified_at", "reached_at", "opened_at", "acknowledged_at",
    "completed_at", "returned_at", "withdrawn_at", "superseded_at", "acknowledged_by_id", "acknowledged_name",
    "acknowledged_title", "acknowledged_sha256", "register_number", "disposition", "answer_note", "completed_by_id",
    "completed_name", "revised_at", "return_ground", "return_reason", "withdrawal_reason", "next_reminder_at",
    "reminders_done",
)  # fmt: skip
EVENT = (
    "delivery_id", "sequence", "kind", "at", "by_id", "for_agency_id", "data", "previous_hash", "hash",
)  # fmt: skip
NOTICE = (
    "id", "kind", "delivery_id", "agency_id", "bundle_id", "digest_on", "data", "channel", "address", "message_id",
    "state", "attempts", "next_attempt_at", "sent_at", "recorded_at", "last_error",
)  # fmt: skip
EXTENSION = (
    "public_id", "delivery_id", "due_before", "wanted", "reason", "asked_by_id", "asked_at", "granted_until",
    "answer", "decided_by_id", "decided_at",
)  # fmt: skip

DECISION = ("delivery_id", "returned_at", "outcome", "reason", "decided_by_id", "decided_at")
CALL = (
    "id", "agency_id", "unit_id", "phone", "outcome", "promised_for", "note", "ring_again_at", "made_at", "made_by_id",
)  # fmt: skip
ABOUT = ("call_id", "delivery_id")
MAIL = (
    "digest", "received_at", "verdict", "sender", "subject", "text", "original_message_id", "recipient", "status",
    "diagnosis", "notice_id", "presumed_id", "settled_as", "settled_by_id", "settled_at",
)  # fmt: skip
CHANGE = ("circular_id", "kind", "at", "by_id", "data")

Step = tuple[datetime, EventKind, int | None, int | None, dict[str, Any]]
"""Moment, kind, data, id of the acting user, and id of the unit acted for."""


class SentNotice(NamedTuple):
    """When a notice left, the data of its event, and its id."""

    at: datetime
    data: dict[str, Any]
    id: int


@dataclass(slots=True)
class PhoneCall:
    """One call. It gets its id when it is written, so that ids follow the time of the calls."""

    unit: int
    caller_unit: int
    by: int
    by_words: str
    phone: str
    at: datetime
    outcome: CallOutcome
    note: str
    promised_for: date | None = None
    ring_again_at: datetime | None = None
    about: list[int] = field(default_factory=list)
    id: int | None = None


@dataclass(slots=True)
class Copy:
    """One delivery during the simulation, with the fields of the model."""

    id: int
    public_id: uuid.UUID
    circular: Circular
    unit: Unit
    line_id: int | None
    parent: "Copy | None"
    path: list[int]
    purpose: Purpose
    created_at: datetime
    due_at: datetime | None
    note: str = ""
    successor: Unit | None = None
    superseded_by: "Copy | None" = None
    notified_at: datetime | None = None
    reached_at: datetime | None = None
    opened_at: datetime | None = None
    acknowledged_at: datetime | None = None
    completed_at: datetime | None = None
    returned_at: datetime | None = None
    withdrawn_at: datetime | None = None
    superseded_at: datetime | None = None
    revised_at: datetime | None = None
    away: tuple[datetime, datetime] | None = None
    """From when to when it was returned, if it was sent to the unit again."""

    acknowledged_by: int | None = None
    acknowledged_name: str = ""
    acknowledged_title: str = ""
    register_number: str = ""
    disposition: str = ""
    answer_note: str = ""
    completed_by: int | None = None
    completed_name: str = ""
    return_ground: str = ""
    return_reason: str = ""
    next_reminder_at: datetime | None = None
    reminders_done: int = 0
    steps: list[Step] = field(default_factory=list)

    @property
    def is_live(self) -> bool:
        return self.returned_at is None and self.withdrawn_at is None and self.superseded_at is None

    @property
    def answering_unit(self) -> Unit:
        return self.successor or self.unit

    @property
    def has_ended(self) -> datetime | None:
        """When it was returned, withdrawn or covered."""
        return self.returned_at or self.superseded_at or self.withdrawn_at

    def is_away(self, moment: datetime) -> bool:
        """Whether it was returned at that moment, though it isn't now."""
        return self.away is not None and self.away[0] <= moment <= self.away[1]

    def add(
        self,
        at: datetime,
        kind: EventKind,
        data: dict[str, Any],
        by: int | None = None,
        for_agency: int | None = None,
    ) -> None:
        """Add an event. Events are sorted by moment when written."""
        self.steps.append((at, kind, by, for_agency, data))


class Rows:
    """Collects rows and copies them in batches."""

    def __init__(self, rng: Random, *, digests: bool) -> None:
        self.rng = rng
        self.deliveries = Table(Delivery, DELIVERY)
        self.events = Table(DeliveryEvent, EVENT)
        self.notices = Table(Notice, NOTICE)
        self.extensions = Table(ExtensionRequest, EXTENSION)
        self.decisions = Table(ReturnDecision, DECISION)
        self.calls: list[PhoneCall] = []
        self.mails = Table(ReturnedMail, MAIL)
        self._calls = Table(Call, CALL)
        self._about = Table(Call.deliveries.through, ABOUT)
        self._changes = Table(CircularChange, CHANGE)
        self._with_digests = digests
        self._digests: dict[tuple[int, datetime], tuple[int, str, datetime]] = {}

    def flush(self, *, before: datetime) -> None:
        """Copy the collected rows. No digests are added to mornings before that moment afterwards."""
        self.deliveries.flush(order=0)
        self.events.flush(order=3)
        self.notices.flush(order=12)
        self.extensions.flush(order=6)
        self.decisions.flush(order=5)
        self._flush_calls()
        self.mails.flush(order=1)
        self._changes.flush(order=2)
        self._digests = {key: digest for key, digest in self._digests.items() if key[1] >= before}

    def settle_ids(self) -> None:
        """Set the sequences to continue after the ids used."""
        self.deliveries.settle_ids()
        self.notices.settle_ids()
        self._calls.settle_ids()

    def uuid(self) -> uuid.UUID:
        return uuid.UUID(int=self.rng.getrandbits(128), version=4)

    def join(self, call: PhoneCall, copy: Copy) -> None:
        """Note that the call was about the copy too."""
        if call.id is None:
            call.about.append(copy.id)
        else:
            self._about.rows.append((call.id, copy.id))

    def change(
        self, circular: Circular, kind: ChangeKind, at: datetime, by: int, data: dict[str, Any]
    ) -> None:
        """Add what the sender did with the letter after the dispatch."""
        self._changes.rows.append((circular.pk, str(kind), at, by, CANONICAL.encode(data)))

    def _flush_calls(self) -> None:
        self.calls.sort(key=lambda call: call.at)
        for call in self.calls:
            call.id = self._calls.next_id()
            self._calls.rows.append(
                (
                    call.id, call.unit, call.caller_unit, call.phone, str(call.outcome), call.promised_for, call.note,
                    call.ring_again_at, call.at, call.by,
                )
            )  # fmt: skip
            self._about.rows += [(call.id, delivery) for delivery in call.about]
            call.about = []
        self.calls.clear()
        self._calls.flush(order=0)
        self._about.flush(order=0)

    def delivery(self, copy: Copy) -> None:
        """Add the delivery and the chain of its events."""
        closed = copy.circular.withdrawal_reason if copy.withdrawn_at is not None else ""
        confirmed = bytes.fromhex(copy.circular.content_sha256 if copy.acknowledged_at is not None else "")
        self.deliveries.rows.append(
            (
                copy.id, copy.public_id, copy.circular.pk, copy.unit.pk, copy.line_id,
                copy.parent and copy.parent.id, copy.successor and copy.successor.pk,
                copy.superseded_by and copy.superseded_by.id, copy.path, str(copy.purpose), copy.created_at,
                copy.due_at, copy.note, copy.notified_at, copy.reached_at, copy.opened_at, copy.acknowledged_at,
                copy.completed_at, copy.returned_at, copy.withdrawn_at, copy.superseded_at, copy.acknowledged_by,
                copy.acknowledged_name, copy.acknowledged_title, confirmed, copy.register_number, copy.disposition,
                copy.answer_note, copy.completed_by, copy.completed_name, copy.revised_at, copy.return_ground,
                copy.return_reason, closed,
                copy.next_reminder_at, copy.reminders_done,
            )
        )  # fmt: skip
        copy.steps.sort(key=lambda step: step[0])
        public_id, previous = str(copy.public_id), ""
        for sequence, (at, kind, by, for_agency, data) in enumerate(copy.steps, start=1):
            content = CANONICAL.encode(data)
            # Same bytes as in `event_hash`, with the data encoded once for hash and row. Verified by
            # check_consistency.
            digest = sha256(
                f'{{"at":"{at.astimezone(UTC).isoformat(timespec="microseconds")}","by":{_json(by)},"data":{content},'
                f'"delivery":"{public_id}","for_agency":{_json(for_agency)},"kind":"{kind.value}",'
                f'"previous":"{previous}","sequence":{sequence}}}'.encode()
            ).hexdigest()
            self.events.rows.append(
                (
                    copy.id,
                    sequence,
                    kind.value,
                    at,
                    by,
                    for_agency,
                    content,
                    bytes.fromhex(previous),
                    bytes.fromhex(digest),
                )
            )
            previous = digest

    def sent_notice(
        self,
        copy: Copy,
        kind: NoticeKind,
        unit: Unit,
        at: datetime,
        data: dict[str, Any] | None = None,
        morning: datetime | None = None,
    ) -> SentNotice | None:
        """Add a sent notice to the unit, as part of the morning's digest if a morning is given.

        Returns None for a unit without an address.
        """
        if not unit.email:
            return None
        bundle, carrier, left = None, self._message_id(), at
        own = carrier
        if morning is not None and self._with_digests:
            bundle, carrier, left = self._digest(unit, morning)
        pk = self.notices.next_id()
        self.notices.rows.append(
            (
                pk, str(kind), copy.id, unit.pk, bundle, None, CANONICAL.encode(data or {}),
                str(Channel.EMAIL), unit.email, own, str(NoticeState.SENT), 1 if bundle is None else 0, at,
                left if bundle is None else None, left, "",
            )
        )  # fmt: skip
        data = {"channel": str(Channel.EMAIL), "address": unit.email, "message_id": carrier}
        return SentNotice(left, data, pk)

    def bounced_notice(self, copy: Copy, at: datetime, error: str) -> SentNotice:
        """Add a letter's first notice that was sent and came back."""
        unit, pk, message_id = copy.unit, self.notices.next_id(), self._message_id()
        self.notices.rows.append(
            (
                pk, str(NoticeKind.LETTER), copy.id, unit.pk, None, None, "{}", str(Channel.EMAIL), unit.email,
                message_id, str(NoticeState.FAILED), 1, at, at, at, error,
            )
        )  # fmt: skip
        data = {"channel": str(Channel.EMAIL), "address": unit.email, "message_id": message_id}
        return SentNotice(at, data, pk)

    def failed_notice(self, copy: Copy, at: datetime, error: str) -> dict[str, Any]:
        """Add a letter's first notice as failed; returns its event data."""
        unit = copy.unit
        self.notices.rows.append(
            (
                self.notices.next_id(), str(NoticeKind.LETTER), copy.id, unit.pk, None, None, "{}",
                str(Channel.EMAIL), unit.email, self._message_id(), str(NoticeState.FAILED), 1, at, None, None, error,
            )
        )  # fmt: skip
        return {"channel": str(Channel.EMAIL), "address": unit.email, "error": error}

    def _digest(self, unit: Unit, morning: datetime) -> tuple[int, str, datetime]:
        key = (unit.pk, morning)
        digest = self._digests.get(key)
        if digest is None:
            pk, identity = self.notices.next_id(), self._message_id()
            digest = self._digests[key] = (pk, identity, morning)
            self.notices.rows.append(
                (
                    pk, str(NoticeKind.DIGEST), None, unit.pk, None, morning.date(), "{}", str(Channel.EMAIL),
                    unit.email, identity, str(NoticeState.SENT), 1, morning, morning, morning, "",
                )
            )  # fmt: skip
        return digest

    def _message_id(self) -> str:
        return message_id(self.uuid())


def _json(number: int | None) -> int | str:
    return "null" if number is None else number

"""Rows of the history as they are copied: deliveries, events, notices, extension requests."""

import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from random import Random
from typing import Any

from circulars.models import Circular, Purpose
from distribution.demo.history.copying import Table
from distribution.demo.history.units import Unit
from distribution.models import (
    Channel,
    Delivery,
    DeliveryEvent,
    EventKind,
    ExtensionRequest,
    Notice,
    NoticeKind,
    NoticeState,
)
from distribution.models.acts.event import CANONICAL
from distribution.outbox.write import message_id

DELIVERY = (
    "id", "public_id", "circular_id", "agency_id", "line_id", "parent_id", "successor_id", "superseded_by_id", "path",
    "purpose", "created_at", "due_at", "note", "notified_at", "reached_at", "opened_at", "acknowledged_at",
    "completed_at", "returned_at", "withdrawn_at", "superseded_at", "acknowledged_by_id", "acknowledged_name",
    "acknowledged_title", "acknowledged_sha256", "register_number", "disposition", "answer_note", "completed_by_id",
    "return_ground", "return_reason", "withdrawal_reason", "next_reminder_at", "reminders_done",
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

Step = tuple[datetime, EventKind, int | None, int | None, dict[str, Any]]
"""Moment, kind, data, id of the acting user, and id of the unit acted for."""


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
    acknowledged_by: int | None = None
    acknowledged_name: str = ""
    acknowledged_title: str = ""
    register_number: str = ""
    disposition: str = ""
    answer_note: str = ""
    completed_by: int | None = None
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
        self._with_digests = digests
        self._digests: dict[tuple[int, datetime], tuple[int, str, datetime]] = {}

    def flush(self, *, before: datetime) -> None:
        """Copy the collected rows. No digests are added to mornings before that moment afterwards."""
        self.deliveries.flush(order=0)
        self.events.flush(order=3)
        self.notices.flush(order=12)
        self.extensions.flush(order=6)
        self._digests = {key: digest for key, digest in self._digests.items() if key[1] >= before}

    def settle_ids(self) -> None:
        """Set the sequences to continue after the ids used."""
        self.deliveries.settle_ids()
        self.notices.settle_ids()

    def uuid(self) -> uuid.UUID:
        return uuid.UUID(int=self.rng.getrandbits(128), version=4)

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
                copy.answer_note, copy.completed_by, copy.return_ground, copy.return_reason, closed,
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
    ) -> tuple[datetime, dict[str, Any]] | None:
        """Add a sent notice to the unit, as part of the morning's digest if a morning is given.

        Returns its time and event data, or None for a unit without an address.
        """
        if not unit.email:
            return None
        bundle, carrier, left = None, self._message_id(), at
        own = carrier
        if morning is not None and self._with_digests:
            bundle, carrier, left = self._digest(unit, morning)
        self.notices.rows.append(
            (
                self.notices.next_id(), str(kind), copy.id, unit.pk, bundle, None, CANONICAL.encode(data or {}),
                str(Channel.EMAIL), unit.email, own, str(NoticeState.SENT), 1 if bundle is None else 0, at,
                left if bundle is None else None, left, "",
            )
        )  # fmt: skip
        return left, {"channel": str(Channel.EMAIL), "address": unit.email, "message_id": carrier}

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

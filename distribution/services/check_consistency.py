"""Check what is stored for contradictions, batch by batch, without changing anything."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from django.db.models import Exists, Max, Model, OuterRef, Prefetch, Q, prefetch_related_objects

from agencies.models import Agency, ContactCorrection, ProposalState
from agencies.services.contact_details.propose_address import pending_of
from circulars.models import Circular
from distribution.models import (
    AnsweringTime,
    Assignment,
    Delivery,
    DeliveryEvent,
    Notice,
    PreparedFile,
    ReturnDecision,
    Seal,
)
from distribution.queries.invariants.consistency import check_delivery
from distribution.queries.invariants.consistency_of_answering_times import check_answering_times
from distribution.queries.invariants.consistency_of_checkpoints import check_seals, check_statements
from distribution.queries.invariants.consistency_of_corrections import check_corrections
from distribution.queries.invariants.consistency_of_files import check_file
from distribution.queries.invariants.consistency_of_letters import check_letters
from distribution.queries.invariants.consistency_of_notices import BY_HAND, Finding, check_notice
from distribution.queries.invariants.consistency_of_rows import ACT_ROWS, MARKS, has_act
from distribution.queries.invariants.consistency_of_words import LETTERS, check_words

BATCH = 500
"""Rows per batch, with their events and notices."""

DELIVERIES, DIGESTS, CORRECTIONS, FILES, WORDS = "delivery", "digest", "correction", "file", "words"
ANSWERING_TIMES = "answering-time"
SEALS = "seal"

CIRCULARS = Circular.objects.select_related("corrects").only(
    "content_sha256", "withdrawn_at", "paused_at", "file_choice", "source_sha256", "corrects__source_sha256"
)
EVENTS = DeliveryEvent.objects.order_by("delivery", "sequence")


class InvalidPositionError(Exception):
    """The text isn't a valid position."""


@dataclass(frozen=True)
class Position:
    """Last row checked, written as `delivery:1234`."""

    stage: str = DELIVERIES
    pk: int = 0

    def __str__(self) -> str:
        return f"{self.stage}:{self.pk}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Parse a position. Raises InvalidPositionError."""
        stage, _, pk = text.partition(":")
        if stage not in STAGES or not pk.isdecimal():
            raise InvalidPositionError(f"{text!r} is no position such as {DELIVERIES}:1234.")
        return cls(stage, int(pk))


START = Position()


@dataclass(frozen=True)
class Batch:
    """Findings of a batch, its number of rows, its position, and the last row of its stage."""

    findings: list[Finding]
    rows: int
    position: Position
    last: int


def check_consistency(*, at: datetime, after: Position = START, size: int = BATCH) -> Iterator[Batch]:
    """Check everything after that position, in batches of at most `size` rows.

    A batch reads the database only when the iterator is advanced. The caller must give each batch a snapshot of
    its own, so that notices recorded meanwhile don't cause findings.
    """
    position: Position | None = after
    while position is not None:
        batch = STAGES[position.stage](position, at, size)
        yield batch
        position = batch.position
        if batch.rows < size:
            following = list(STAGES)[list(STAGES).index(position.stage) + 1 :]
            position = Position(following[0]) if following else None


def _check_deliveries(after: Position, at: datetime, size: int) -> Batch:
    deliveries = (
        Delivery.objects.filter(pk__gt=after.pk)
        .annotate(assigned=Exists(Assignment.objects.filter(delivery=OuterRef("pk"))), **MARKS)
        .select_related("parent", "superseded_by")
        .prefetch_related(
            Prefetch("circular", CIRCULARS),
            Prefetch("superseded_by__circular", Circular.objects.only("corrects")),
            Prefetch("events", EVENTS),
            Prefetch("return_decisions", ReturnDecision.objects.select_related("instead")),
            Prefetch("parent__events", EVENTS),
            Prefetch("notices", Notice.objects.select_related("bundle", "replacement")),
        )
        .order_by("pk")[:size]
    )
    for rows in ACT_ROWS:
        prefetch_related_objects([each for each in deliveries if has_act(each, rows)], rows.related)
    for each in deliveries:
        each.was_assigned = vars(each)["assigned"]
    prefetch_related_objects([each for each in deliveries if each.was_assigned], "assignments")
    findings: list[Finding] = []
    for delivery in deliveries:
        for notice in delivery.notices.all():
            notice.delivery = delivery
        findings += check_delivery(delivery, at)
    pks = [delivery.pk for delivery in deliveries]
    last = Delivery.objects.aggregate(last=Max("pk"))["last"] or 0
    return Batch(findings, len(pks), Position(DELIVERIES, max(pks, default=after.pk)), last)


def _check_digests(after: Position, at: datetime, size: int) -> Batch:
    digests = Notice.objects.filter(delivery=None, pk__gt=after.pk).order_by("pk")[:size]
    findings = [finding for digest in digests for finding in check_notice(digest, at)]
    pks = [digest.pk for digest in digests]
    if len(pks) < size:
        findings += _check_units()
    last = Notice.objects.aggregate(last=Max("pk"))["last"] or 0
    return Batch(findings, len(pks), Position(DIGESTS, max(pks, default=after.pk)), last)


def _check_units() -> list[Finding]:
    """The units with addresses that senders have set: what sending uses is what waits for a decision."""
    pending = Q(proposed_addresses__state=ProposalState.PENDING)
    units = Agency.objects.filter(pending | ~Q(proposed={})).distinct().order_by("pk")
    return [
        Finding(
            "set-address-unlike-unit", f"unit {unit.pk}", "`proposed` isn't what waits for approval.", BY_HAND
        )
        for unit in units
        if unit.proposed != pending_of(unit)
    ]


def _check_corrections(after: Position, at: datetime, size: int) -> Batch:
    corrections = ContactCorrection.objects.filter(pk__gt=after.pk).select_related("agency").order_by("pk")
    rows = list(corrections[:size])
    return _batch(CORRECTIONS, after, rows, list(check_corrections(rows)))


def _check_files(after: Position, at: datetime, size: int) -> Batch:
    rows = list(PreparedFile.objects.filter(pk__gt=after.pk).order_by("pk")[:size])
    return _batch(FILES, after, rows, [finding for each in rows for finding in check_file(each, at)])


def _check_words(after: Position, at: datetime, size: int) -> Batch:
    rows = list(LETTERS.filter(pk__gt=after.pk).order_by("pk")[:size])
    found = [*check_words(rows, at), *check_letters([each.pk for each in rows])]
    return _batch(WORDS, after, rows, found)


def _check_answering_times(after: Position, at: datetime, size: int) -> Batch:
    rows = list(AnsweringTime.objects.of_last_run().filter(pk__gt=after.pk).order_by("pk")[:size])
    return _batch(ANSWERING_TIMES, after, rows, list(check_answering_times(rows)))


def _check_seals(after: Position, at: datetime, size: int) -> Batch:
    rows = list(Seal.objects.filter(pk__gt=after.pk).prefetch_related("checkpoint").order_by("pk")[:size])
    findings = list(check_seals(rows))
    if len(rows) < size:
        findings += check_statements()
    return _batch(SEALS, after, rows, findings)


def _batch(stage: str, after: Position, rows: Sequence[Model], findings: list[Finding]) -> Batch:
    position = Position(stage, max((each.pk for each in rows), default=after.pk))
    return Batch(findings, len(rows), position, position.pk)


STAGES: dict[str, Callable[[Position, datetime, int], Batch]] = {
    DELIVERIES: _check_deliveries,
    DIGESTS: _check_digests,
    CORRECTIONS: _check_corrections,
    FILES: _check_files,
    WORDS: _check_words,
    ANSWERING_TIMES: _check_answering_times,
    SEALS: _check_seals,
}
"""Deliveries with their notices come first, then the notices without a delivery and with the last of these the units.

Then the corrections of contact details, the prepared files, letters with their words, the answering times, and what
checkpoints sealed.
"""

"""Walk every delivery, notice and event and find what contradicts itself, batch by batch. Nothing is changed."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from django.db.models import Max, Prefetch

from circulars.models import Circular
from distribution.models import Delivery, DeliveryEvent, Notice
from distribution.queries.consistency import Finding, check_delivery, check_notice

BATCH = 500
"""Rows read at a time, with their events and notices."""

DELIVERIES, DIGESTS = STAGES = ("delivery", "digest")
"""First the deliveries with their notices, then the notices that belong to no delivery."""

CIRCULARS = Circular.objects.only("content_sha256", "withdrawn_at", "paused_at")
EVENTS = DeliveryEvent.objects.order_by("delivery", "sequence")


class InvalidPositionError(Exception):
    """The text is no position of a check."""


@dataclass(frozen=True)
class Position:
    """How far a check has come: the last row checked. Written as `delivery:1234`."""

    stage: str = DELIVERIES
    pk: int = 0

    def __str__(self) -> str:
        return f"{self.stage}:{self.pk}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """The position that is written as `text`. Raises InvalidPositionError."""
        stage, _, pk = text.partition(":")
        if stage not in STAGES or not pk.isdecimal():
            raise InvalidPositionError(f"{text!r} is no position such as {DELIVERIES}:1234.")
        return cls(stage, int(pk))


START = Position()


@dataclass(frozen=True)
class Batch:
    """What a batch found, how many rows it had, where it ended, and the last row of its stage."""

    findings: list[Finding]
    rows: int
    position: Position
    last: int


def check_consistency(*, at: datetime, after: Position = START, size: int = BATCH) -> Iterator[Batch]:
    """Check what comes after that position, at most `size` rows in a batch.

    A batch reads the database only while it is asked for. The caller gives each one its own snapshot, so that a
    notice that is recorded meanwhile is no contradiction.
    """
    position: Position | None = after
    while position is not None:
        check = _check_deliveries if position.stage == DELIVERIES else _check_digests
        batch = check(position, at, size)
        yield batch
        position = batch.position
        if batch.rows < size:
            position = Position(DIGESTS) if position.stage == DELIVERIES else None


def _check_deliveries(after: Position, at: datetime, size: int) -> Batch:
    deliveries = (
        Delivery.objects.filter(pk__gt=after.pk)
        .select_related("parent", "superseded_by")
        .prefetch_related(
            Prefetch("circular", CIRCULARS),
            Prefetch("events", EVENTS),
            Prefetch("parent__events", EVENTS),
            Prefetch("notices", Notice.objects.select_related("bundle", "replacement")),
        )
        .order_by("pk")[:size]
    )
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
    last = Notice.objects.aggregate(last=Max("pk"))["last"] or 0
    return Batch(findings, len(pks), Position(DIGESTS, max(pks, default=after.pk)), last)

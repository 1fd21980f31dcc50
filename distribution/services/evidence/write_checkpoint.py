"""Seal what was stored since the last checkpoint, sign it, and keep a copy of the statement outside the database.

1. find the rows that no checkpoint has sealed: the last event of each delivery, sent letters, append-only rows
2. store their digests, and a signed statement with the root over them and the hash of the statement before
3. after the commit, write every statement to CHECKPOINT_DIR that has no file there
"""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, Max, Model, OuterRef, QuerySet

from agencies.models.turns import take_turn
from circulars.models import Circular, Status
from distribution.models import Checkpoint, DeliveryEvent, Seal
from distribution.models.acts.event import CANONICAL
from distribution.models.bulk import insert_many
from distribution.queries.invariants.sealing import (
    LETTER_COLUMNS,
    digest_of,
    merkle_root,
    public_key,
    sealed_columns,
    signing_key,
    statement_hash,
)

MOST = 50_000
"""Rows sealed by one checkpoint."""

SLACK = 500_000
"""Ids below the highest sealed one among which rows may appear: more than a dispatch writes in its transaction."""


def write_checkpoints(*, at: datetime) -> int:
    """Every hour: write checkpoints until everything is sealed. Returns how many; 0 if nothing is new."""
    count = 0
    while write_checkpoint(at=at) is not None:
        count += 1
    return count


@transaction.atomic
def write_checkpoint(*, at: datetime) -> Checkpoint | None:
    """Seal at most MOST rows, after another process that does so now. None if nothing is new."""
    take_turn("checkpoint")
    leaves = sorted(islice(_leaves(), MOST))
    if not leaves:
        return None
    before = Checkpoint.objects.order_by("number").last()
    number = before.number + 1 if before is not None else 1
    columns = {model._meta.db_table: names for model, names in sealed_columns().items()}
    statement = CANONICAL.encode(
        {
            "number": number,
            "at": at.astimezone(UTC).isoformat(timespec="microseconds"),
            "columns": columns,
            "leaves": len(leaves),
            "root": merkle_root(leaves),
            "previous": statement_hash(before) if before is not None else "",
            "key": public_key(),
        }
    )
    signature = signing_key().sign(statement.encode())
    written = Checkpoint.objects.create(number=number, at=at, statement=statement, signature=signature)
    insert_many(
        Seal(checkpoint=written, table=table, row=row, digest=digest) for table, row, digest in leaves
    )
    transaction.on_commit(keep_statements, robust=True)
    return written


def keep_statements() -> None:
    """Write the statements that have no file in CHECKPOINT_DIR. Does nothing without that setting."""
    if not settings.CHECKPOINT_DIR:
        return
    folder = Path(settings.CHECKPOINT_DIR)
    folder.mkdir(parents=True, exist_ok=True)
    there = {path.name for path in folder.iterdir()}
    numbers = Checkpoint.objects.values_list("number", flat=True)
    missing = [number for number in numbers if _file_name(number) not in there]
    for each in Checkpoint.objects.filter(number__in=missing).order_by("number"):
        content = {"statement": each.statement, "signature": bytes(each.signature).hex()}
        unfinished = folder / f"{_file_name(each.number)}.new"
        unfinished.write_text(json.dumps(content), encoding="utf-8")
        unfinished.replace(folder / _file_name(each.number))


def _file_name(number: int) -> str:
    return f"checkpoint-{number:08}.json"


def _leaves() -> Iterator[tuple[str, int, str]]:
    """Table, id and digest of the rows to seal, in the order of the tables and ids."""
    for model, columns in sorted(sealed_columns().items(), key=lambda each: each[0]._meta.db_table):
        table = model._meta.db_table
        for row in _unsealed(model)[:MOST]:
            yield table, row.pk, digest_of(row, columns)


def _unsealed(model: type[Model]) -> QuerySet[Model]:
    table = model._meta.db_table
    sealed = Seal.objects.filter(table=table, row=OuterRef("pk"))
    rows = model._default_manager.order_by("pk").exclude(Exists(sealed))
    if model is Circular:  # a draft is sent long after its row was written
        return rows.filter(status=Status.DISPATCHED).only(*LETTER_COLUMNS)
    highest = Seal.objects.filter(table=table).aggregate(last=Max("row"))["last"] or 0
    rows = rows.filter(pk__gt=highest - SLACK)
    if model is DeliveryEvent:
        later = DeliveryEvent.objects.filter(delivery=OuterRef("delivery"), sequence__gt=OuterRef("sequence"))
        return rows.exclude(Exists(later)).only("pk", "hash")
    return rows

"""Invariants of checkpoints: what they sealed is there unchanged, and nobody has rewritten them."""

import json
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db.models import Exists, OuterRef

from distribution.models import Checkpoint, DeliveryEvent, EventKind, Seal
from distribution.queries.invariants.consistency_of_notices import BY_HAND, Finding
from distribution.queries.invariants.sealing import digest_of, is_signed, merkle_root, statement_hash

GRACE = timedelta(minutes=5)
"""Longest time from the moment of a person's act to the commit of its event."""

BY_PEOPLE = (EventKind.OPENED, EventKind.ACKNOWLEDGED, EventKind.COMPLETED, EventKind.RETURNED)
"""Acts whose event has the moment at which it was written."""

Leaf = tuple[str, int, str]


def check_seals(seals: Sequence[Seal]) -> Iterator[Finding]:
    """Check sealed rows, and the checkpoints whose last seal is among them; each seal's checkpoint must be loaded."""
    of_table: dict[str, list[Seal]] = defaultdict(list)
    for seal in seals:
        of_table[seal.table].append(seal)
    for table, sealed in of_table.items():
        yield from _rows(table, sealed)
    yield from _written_afterwards(of_table[DeliveryEvent._meta.db_table])
    last = max((seal.pk for seal in seals), default=0)
    following = Seal.objects.filter(checkpoint=OuterRef("pk"), pk__gt=last)
    ended = Checkpoint.objects.filter(pk__in={seal.checkpoint_id for seal in seals}).exclude(
        Exists(following)
    )
    for each in ended:
        yield from _checkpoint(each)


def check_statements() -> Iterator[Finding]:
    """Check that the statements follow each other, have their seals, and agree with the copies in CHECKPOINT_DIR."""
    stored = {each.number: each for each in Checkpoint.objects.order_by("number")}
    if sorted(stored) != list(range(1, len(stored) + 1)):
        yield _finding("checkpoint-missing", "all", "their numbers have a gap.")
    previous = ""
    for number, each in stored.items():
        if _stated(each.statement).get("previous") != previous:
            yield _finding("checkpoint-rewritten", number, "it doesn't follow the one before it.")
        previous = statement_hash(each)
    for each in Checkpoint.objects.filter(seals=None):
        yield from _checkpoint(each)
    if not settings.CHECKPOINT_DIR or not Path(settings.CHECKPOINT_DIR).is_dir():
        return
    for path in sorted(Path(settings.CHECKPOINT_DIR).glob("checkpoint-*.json")):
        number = int(path.stem.removeprefix("checkpoint-"))
        kept = _stated(path.read_text(encoding="utf-8"))
        there = stored.get(number)
        if there is None:
            yield _finding("checkpoint-missing", number, f"{path.name} is kept, but its row is not there.")
        elif kept.get("statement") != there.statement:
            yield _finding("checkpoint-rewritten", number, f"{path.name} has another statement.")


def _rows(table: str, seals: Sequence[Seal]) -> Iterator[Finding]:
    model = next(each for each in apps.get_models() if each._meta.db_table == table)
    rows = model._default_manager.in_bulk([seal.row for seal in seals])
    columns_of = {
        seal.checkpoint_id: _stated(seal.checkpoint.statement).get("columns", {}).get(table, ())
        for seal in {each.checkpoint_id: each for each in seals}.values()
    }
    for seal in seals:
        row = rows.get(seal.row)
        columns = columns_of[seal.checkpoint_id]
        where = f"{table} {seal.row}"
        if row is None:
            problem = f"checkpoint {seal.checkpoint.number} sealed it, but it is not there."
            yield Finding("sealed-row-missing", where, problem, BY_HAND)
        elif all(hasattr(row, name) for name in columns) and digest_of(row, columns) != seal.digest:
            problem = f"it isn't as checkpoint {seal.checkpoint.number} sealed it."
            yield Finding("sealed-row-changed", where, problem, BY_HAND)


def _written_afterwards(seals: Collection[Seal]) -> Iterator[Finding]:
    """Acts that stand behind a sealed event, but claim a moment before its checkpoint."""
    heads = DeliveryEvent.objects.in_bulk([seal.row for seal in seals])
    acts: dict[int, list[DeliveryEvent]] = defaultdict(list)
    concerned = {head.delivery_id for head in heads.values()}
    for act in DeliveryEvent.objects.filter(delivery__in=concerned, kind__in=BY_PEOPLE).order_by("sequence"):
        acts[act.delivery_id].append(act)
    for seal in seals:
        head = heads.get(seal.row)
        for act in acts[head.delivery_id] if head is not None else ():
            if head is not None and act.sequence > head.sequence and act.at < seal.checkpoint.at - GRACE:
                problem = (
                    f"it claims {act.at.isoformat()}, but checkpoint {seal.checkpoint.number} didn't have it."
                )
                yield Finding("event-backdated", f"event {act.pk}", problem, BY_HAND)


def _checkpoint(checkpoint: Checkpoint) -> Iterator[Finding]:
    leaves: list[Leaf] = sorted(checkpoint.seals.values_list("table", "row", "digest"))
    said = _stated(checkpoint.statement)
    if not is_signed(checkpoint.statement, bytes(checkpoint.signature)):
        yield _finding("checkpoint-unsigned", checkpoint.number, "no key of ours has signed its statement.")
    stated = (said.get("number"), said.get("leaves"), said.get("root"))
    if stated != (checkpoint.number, len(leaves), merkle_root(leaves)):
        yield _finding("checkpoint-rewritten", checkpoint.number, "its seals aren't those that it states.")


def _stated(text: str) -> dict[str, Any]:
    """The JSON object; an empty one for any other text."""
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _finding(what: str, number: int | str, problem: str) -> Finding:
    return Finding(what, f"checkpoint {number}", problem, BY_HAND)

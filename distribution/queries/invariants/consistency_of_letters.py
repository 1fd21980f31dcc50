"""Invariants of sent letters: their content, the number of their copies, and the log of what their sender did."""

from collections.abc import Collection, Iterator
from datetime import datetime
from itertools import product
from typing import NamedTuple

from django.db import connection
from django.utils import timezone

from circulars.models import Circular, Status
from distribution.models import ChangeKind, CircularChange, EventKind
from distribution.queries.invariants.consistency_of_notices import BY_HAND, Finding, Found

NOT_NEEDED = ("source_text", "reading", "search_key")

COPIES = """
    SELECT delivery.circular_id, count(*), count(*) FILTER (WHERE first.kind = 'added'),
           count(*) FILTER (WHERE delivery.withdrawn_at IS NOT NULL AND EXISTS (
               SELECT FROM distribution_deliveryevent AS removed
               WHERE removed.delivery_id = delivery.id AND removed.kind = 'removed'
           )),
           array_agg(DISTINCT (first.data ->> 'recipients')::int)
               FILTER (WHERE first.data ->> 'recipients' IS NOT NULL)
    FROM distribution_delivery AS delivery
    LEFT JOIN distribution_deliveryevent AS first ON first.delivery_id = delivery.id AND first.sequence = 1
    WHERE delivery.parent_id IS NULL AND delivery.circular_id = ANY (%s)
    GROUP BY delivery.circular_id
"""
ACTS = """
    SELECT DISTINCT delivery.circular_id, event.kind, event.at, event.by_id,
           coalesce(event.data ->> 'reason', ''), coalesce(event.data ->> 'due', '')
    FROM distribution_delivery AS delivery
    JOIN distribution_deliveryevent AS event ON event.delivery_id = delivery.id
    WHERE delivery.circular_id = ANY (%s) AND event.kind = ANY (%s)
"""

EVENT_OF_CHANGE = {
    ChangeKind.ADDED: EventKind.ADDED,
    ChangeKind.REMOVED: EventKind.REMOVED,
    ChangeKind.DUE_CHANGED: EventKind.DUE_CHANGED,
    ChangeKind.SENT_AGAIN: EventKind.SENT_AGAIN,
    ChangeKind.RETURN_ACCEPTED: EventKind.RETURN_ACCEPTED,
}
"""Changes of which at least one copy has an event, of the same person at the same moment."""


class Copies(NamedTuple):
    """Numbers of a letter's direct copies, and the number of copies sent at once, as their events say."""

    direct: int = 0
    added: int = 0
    removed: int = 0
    at_dispatch: list[int] | None = None


class Act(NamedTuple):
    """What an event of a copy says of an act of the sender."""

    kind: str
    at: datetime
    by: int | None
    reason: str
    due: str


def check_letters(letters: Collection[int]) -> Iterator[Finding]:
    """Check the sent ones of the letters with these ids. Nine queries for any number."""
    found = list(
        Circular.objects.filter(pk__in=letters, status=Status.DISPATCHED)
        .select_related("issuer")
        .defer(*NOT_NEEDED)
        .prefetch_related(
            "references",
            "lines",
            "attachments",
            "changes",
            "corrections",
            "issuer__former_names",
            "issuer__changes",
        )
        .order_by("pk")
    )
    copies, acts = _copies(found), _acts(found)
    for letter in found:
        of_letter = acts.get(letter.pk, set())
        for check in (
            _content(letter),
            _recipients(letter, copies.get(letter.pk, Copies())),
            _changes(letter, of_letter),
        ):
            for what, problem, mend in check:
                yield Finding(what, f"letter {letter.public_id}", problem, mend)


def _copies(letters: Collection[Circular]) -> dict[int, Copies]:
    with connection.cursor() as cursor:
        cursor.execute(COPIES, [[letter.pk for letter in letters]])
        return {pk: Copies(*row) for pk, *row in cursor.fetchall()}


def _acts(letters: Collection[Circular]) -> dict[int, set[Act]]:
    """The acts that events of copies tell, of letters whose log has such changes."""
    changed = [
        letter.pk for letter in letters if any(each.kind in EVENT_OF_CHANGE for each in letter.changes.all())
    ]
    found: dict[int, set[Act]] = {}
    with connection.cursor() as cursor:
        cursor.execute(ACTS, [changed, [kind.value for kind in EVENT_OF_CHANGE.values()]])
        for pk, *row in cursor.fetchall():
            found.setdefault(pk, set()).add(Act(*row))
    return found


def _content(letter: Circular) -> Found:
    if letter.content_sha256 not in _fingerprints(letter):
        yield (
            "letter-unlike-fingerprint",
            "its fields, lines, references or files aren't those that were sent.",
            BY_HAND,
        )


def _fingerprints(letter: Circular) -> set[str]:
    """The fingerprints that the content may have had: of each name of the issuer, and of either form of the due time.

    The fingerprint has the due time in the time zone in which the dispatch knew it.
    """
    name, due = letter.issuer.name, letter.due_at
    names = {name, *(each.name for each in letter.issuer.former_names.all())}
    for change in letter.issuer.changes.all():
        names |= {each for each in change.data.get("changes", {}).get("name", []) if each}
    attachments = list(letter.attachments.all())
    forms = [due, timezone.localtime(due)] if due is not None else [None]
    found = set()
    for letter.issuer.name, letter.due_at in product(names, forms):
        found.add(letter.fingerprint(attachments))
    letter.issuer.name, letter.due_at = name, due
    return found


def _recipients(letter: Circular, copies: Copies) -> Found:
    counted = copies.direct - copies.removed
    if letter.recipient_count != counted:
        yield (
            "recipients-unlike-copies",
            f"it has {letter.recipient_count} recipients, but {counted} direct copies.",
            BY_HAND,
        )
    sent = copies.direct - copies.added
    for said in copies.at_dispatch or ():
        if said != sent:
            yield (
                "copies-unlike-dispatch",
                f"it was sent to {said} units, but {sent} copies of its dispatch are there.",
                BY_HAND,
            )


def _changes(letter: Circular, acts: set[Act]) -> Found:
    told = {(act.kind, act.at, act.by) for act in acts}
    for change in letter.changes.all():
        kind = ChangeKind(change.kind) if change.kind in ChangeKind.values else None
        event = EVENT_OF_CHANGE.get(kind) if kind is not None else None
        if event is not None:
            agrees = (event, change.at, change.by_id) in told and _same_words(change, event, acts)
        elif kind == ChangeKind.WITHDRAWN:
            agrees = (letter.withdrawn_at, letter.withdrawn_by_id, letter.withdrawal_reason) == (
                change.at,
                change.by_id,
                change.data.get("reason"),
            )
        elif kind == ChangeKind.CORRECTED:
            agrees = (change.at, change.by_id, change.data.get("note")) in {
                (each.dispatched_at, each.dispatched_by_id, each.change_note)
                for each in letter.corrections.all()
            }
        else:
            agrees = kind is not None
        if not agrees:
            yield (
                "change-unlike-events",
                f"its log says {change.kind} at {change.at.isoformat()}, but nothing else does so.",
                BY_HAND,
            )


def _same_words(change: CircularChange, event: EventKind, acts: set[Act]) -> bool:
    """Whether an event of that moment has the change's words: a reason, and for a due time the new one."""
    if change.kind not in (ChangeKind.REMOVED, ChangeKind.DUE_CHANGED):
        return True
    words = (change.data.get("reason", ""), change.data.get("due", ""))
    return (event, change.at, change.by_id, *words) in acts

"""`make drill ARGS=tamper`: what a superuser of the database rewrites is found by `check_consistency`.

A checkpoint is written after the history. Each manipulation runs with the triggers off in a transaction of its own,
which is rolled back after the check. It is found if the check reports something that it doesn't report of the history
as the services wrote it, which is nothing.
"""

import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from benchmarks.faults.honest_history import History
from distribution.event_log import AcknowledgedData, Actor, append_event
from distribution.models import Delivery, DeliveryEvent
from distribution.models.acts.event import CANONICAL
from distribution.services.check_consistency import check_consistency
from distribution.services.evidence.write_checkpoint import write_checkpoints

Act = Callable[[History], None]


@dataclass(frozen=True)
class Manipulation:
    """One manipulation, by SQL with the ids of the history in braces, or by code."""

    name: str
    sql: tuple[str, ...] = ()
    code: Act | None = None

    def carry_out(self, history: History) -> None:
        """Do it. Raises AssertionError if a statement touches no row."""
        if self.code is not None:
            self.code(history)
        with connection.cursor() as cursor:
            for statement in self.sql:
                cursor.execute(statement.format(**ids_of(history)))
                assert cursor.rowcount, f"{self.name}: {statement} touched nothing."


def ids_of(history: History) -> dict[str, int]:
    """What stands in braces in the statements."""
    names = ("confirmed", "answered", "returned", "asked", "handed", "told", "regretted", "untouched")
    ids = {name: copy.pk for name, copy in zip(names, history.copies, strict=True)}
    return ids | {
        "child": history.child.pk,
        "letter": history.letter.pk,
        "withdrawn": history.withdrawn.pk,
        "other": history.other.pk,
        "unit": history.units[7].pk,
    }


UNCONFIRMED = (
    "acknowledged_at = NULL, acknowledged_by_id = NULL, acknowledged_sha256 = '', register_number = ''"
)
DELIVERY = "UPDATE distribution_delivery SET {} WHERE id = {{{}}}"
LETTER = "UPDATE circulars_circular SET {} WHERE id = {{letter}}"


def of_copy(name: str, copy: str, change: str) -> Manipulation:
    return Manipulation(name, (DELIVERY.format(change, copy),))


def of_letter(name: str, change: str) -> Manipulation:
    return Manipulation(name, (LETTER.format(change),))


def rechain(delivery: int) -> None:
    """Compute the chain of a delivery anew, as somebody does who knows the code."""
    previous = ""
    public_id = Delivery.objects.get(pk=delivery).public_id
    for number, event in enumerate(DeliveryEvent.objects.filter(delivery=delivery).order_by("sequence"), 1):
        event.sequence = number
        event.chain(public_id, previous)
        previous = event.hash
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE distribution_deliveryevent SET sequence = %s, hash = decode(%s, 'hex'),"
                " previous_hash = decode(%s, 'hex') WHERE id = %s",
                [number, event.hash, event.previous_hash, event.pk],
            )


def execute(sql: str, *values: str | int | datetime | None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        assert cursor.rowcount, sql


def another_person(history: History) -> None:
    """Another person confirmed: in the row, in the event, and the chain recomputed."""
    copy = history.copies[0]
    event = copy.events.get(kind="acknowledged")
    data = CANONICAL.encode(event.data | {"name": str(history.other)})
    execute(
        "UPDATE distribution_deliveryevent SET by_id = %s, data = %s WHERE id = %s",
        history.other.pk, data, event.pk,
    )  # fmt: skip
    execute(
        "UPDATE distribution_delivery SET acknowledged_by_id = %s WHERE id = %s", history.other.pk, copy.pk
    )
    rechain(copy.pk)


def another_moment(history: History) -> None:
    """Confirmed a day earlier: in the row, in the event, and the chain recomputed."""
    copy = history.copies[0]
    execute(
        "UPDATE distribution_deliveryevent SET at = at - interval '1 day' WHERE delivery_id = %s AND kind ="
        " 'acknowledged'",
        copy.pk,
    )
    execute(
        "UPDATE distribution_delivery SET acknowledged_at = acknowledged_at - interval '1 day' WHERE id = %s",
        copy.pk,
    )
    rechain(copy.pk)


def middle_event_away(history: History) -> None:
    """The opening of a copy is erased from the middle of its chain, which is recomputed."""
    copy = history.copies[3]
    execute("DELETE FROM distribution_deliveryevent WHERE delivery_id = %s AND kind = 'opened'", copy.pk)
    execute("UPDATE distribution_delivery SET opened_at = NULL WHERE id = %s", copy.pk)
    rechain(copy.pk)


def confirmation_invented(history: History) -> None:
    """A confirmation that never was, of an hour ago, with event, row and chain."""
    copy, person = history.copies[7], history.people[7]
    last = copy.events.latest("sequence")
    confirmed = AcknowledgedData(
        actor=Actor(str(person)), register_number="", sha256=history.letter.content_sha256
    )
    append_event(delivery=copy, data=confirmed, at=last.at, by=person, for_agency=copy.agency)
    execute(
        "UPDATE distribution_delivery SET acknowledged_at = %s, acknowledged_by_id = %s,"
        " acknowledged_sha256 = decode(%s, 'hex') WHERE id = %s",
        last.at, person.pk, confirmed.sha256, copy.pk,
    )  # fmt: skip


def letter_rewritten(history: History) -> None:
    """The text and every fingerprint of it: the letter's, the confirmations', the events', the chains."""
    letter = history.letter
    execute("UPDATE circulars_circular SET body = 'Başka bir metin.' WHERE id = %s", letter.pk)
    letter.refresh_from_db()
    letter.issuer.refresh_from_db()
    sha256 = letter.fingerprint(list(letter.attachments.all()))
    execute("UPDATE circulars_circular SET content_sha256 = %s WHERE id = %s", sha256, letter.pk)
    execute(
        "UPDATE distribution_delivery SET acknowledged_sha256 = decode(%s, 'hex')"
        " WHERE circular_id = %s AND acknowledged_sha256 <> ''",
        sha256, letter.pk,
    )  # fmt: skip
    execute(
        "UPDATE distribution_deliveryevent SET data = jsonb_set(data, '{sha256}', to_jsonb(%s::text))"
        " WHERE kind = 'acknowledged' AND delivery_id IN"
        " (SELECT id FROM distribution_delivery WHERE circular_id = %s)",
        sha256, letter.pk,
    )  # fmt: skip
    for copy in Delivery.objects.filter(circular=letter):
        rechain(copy.pk)


def confirmation_erased(history: History) -> None:
    """A confirmation erased: the end of the chain from it on, the row, and what was asked after it."""
    copy = history.copies[6]
    number = copy.events.get(kind="acknowledged").sequence
    execute(
        "DELETE FROM distribution_deliveryevent WHERE delivery_id = %s AND sequence >= %s", copy.pk, number
    )
    execute("DELETE FROM distribution_takebackrequest WHERE delivery_id = %s", copy.pk)
    execute("DELETE FROM distribution_notice WHERE delivery_id = %s AND kind <> 'letter'", copy.pk)
    execute(f"UPDATE distribution_delivery SET {UNCONFIRMED} WHERE id = %s", copy.pk)


MANIPULATIONS = (
    Manipulation("confirmation erased with its row and the end of its chain", code=confirmation_erased),
    Manipulation(
        "last event deleted",
        (
            "DELETE FROM distribution_deliveryevent WHERE delivery_id = {untouched} AND sequence ="
            " (SELECT max(sequence) FROM distribution_deliveryevent WHERE delivery_id = {untouched})",
        ),
    ),
    Manipulation("another person put in, chain recomputed", code=another_person),
    Manipulation("another moment put in, chain recomputed", code=another_moment),
    Manipulation("opening erased from the middle, chain recomputed", code=middle_event_away),
    Manipulation("confirmation invented, chain recomputed", code=confirmation_invented),
    Manipulation("text and all its fingerprints rewritten", code=letter_rewritten),
    of_copy("person of a confirmation", "confirmed", "acknowledged_by_id = {other}"),
    of_copy("confirmation put back to a deputy's", "confirmed", "acknowledged_for_id = {other}"),
    of_copy("moment of a confirmation", "confirmed", "acknowledged_at = acknowledged_at - interval '1 day'"),
    of_copy("confirmation erased in the row", "confirmed", UNCONFIRMED),
    of_copy("register number", "confirmed", "register_number = '2026/77'"),
    of_copy("due time", "untouched", "due_at = due_at + interval '10 days'"),
    of_copy("due time by seconds", "confirmed", "due_at = due_at + interval '20 seconds'"),
    of_copy("due time of an extension", "asked", "due_at = due_at + interval '1 day'"),
    of_copy("moment of the dispatch", "untouched", "created_at = created_at - interval '2 days'"),
    of_copy("moment of the opening", "asked", "opened_at = opened_at - interval '1 hour'"),
    of_copy(
        "recipient of a copy", "untouched", "agency_id = (SELECT id FROM agencies_agency ORDER BY id LIMIT 1)"
    ),
    of_copy("purpose of a copy", "untouched", "purpose = 'information'"),
    of_copy("disposition of an answer", "answered", "disposition = 'not_applicable'"),
    of_copy("words of an answer", "answered", "answer_note = 'Yapılmadı.'"),
    of_copy("person of an answer", "answered", "completed_by_id = {other}"),
    of_copy("reason of a return", "returned", "return_reason = 'Başka.'"),
    of_copy("name of a confirmation on behalf", "told", "acknowledged_name = 'Başka Biri'"),
    of_copy("register number on behalf", "told", "register_number = '2026/99'"),
    of_copy("note to a unit below", "child", "note = 'Başka.'"),
    of_copy("links revoked in the row", "untouched", "link_serial = 3"),
    Manipulation(
        "delivery deleted",
        (
            "DELETE FROM distribution_deliveryevent WHERE delivery_id = {handed}",
            "DELETE FROM distribution_handover WHERE delivery_id = {handed}",
            "DELETE FROM distribution_notice WHERE delivery_id = {handed}",
            "DELETE FROM distribution_delivery WHERE id = {handed}",
        ),
    ),
    Manipulation(
        "delivery deleted and the count of the letter with it",
        (
            "DELETE FROM distribution_deliveryevent WHERE delivery_id = {handed}",
            "DELETE FROM distribution_handover WHERE delivery_id = {handed}",
            "DELETE FROM distribution_notice WHERE delivery_id = {handed}",
            "DELETE FROM distribution_delivery WHERE id = {handed}",
            LETTER.format("recipient_count = recipient_count - 1"),
        ),
    ),
    Manipulation(
        "copy below deleted",
        (
            "DELETE FROM distribution_deliveryevent WHERE delivery_id = {child}",
            "DELETE FROM distribution_notice WHERE delivery_id = {child}",
            "DELETE FROM distribution_delivery WHERE id = {child}",
        ),
    ),
    of_letter("text of a sent letter", "body = 'Başka bir metin.'"),
    of_letter("subject of a sent letter", "subject = 'Başka bir konu'"),
    of_letter("date of a sent letter", "date = date - 1"),
    of_letter("due time of a sent letter", "due_at = due_at + interval '1 day'"),
    of_letter("fingerprint of a sent letter", "content_sha256 = repeat('ab', 32)"),
    Manipulation(
        "hash of an attachment",
        ("UPDATE circulars_attachment SET sha256 = repeat('ab', 32) WHERE circular_id = {letter}",),
    ),
    Manipulation("attachment deleted", ("DELETE FROM circulars_attachment WHERE circular_id = {letter}",)),
    Manipulation(
        "line of the distribution list",
        (
            "UPDATE circulars_distributionline SET text = 'Başkasına' WHERE circular_id = {letter} AND position = 0",
        ),
    ),
    Manipulation(
        "address of a notice",
        (
            "UPDATE distribution_notice SET address = 'baska@ornek.example' WHERE delivery_id = {confirmed}"
            " AND kind = 'letter'",
        ),
    ),
    Manipulation(
        "notice deleted",
        ("DELETE FROM distribution_notice WHERE delivery_id = {untouched} AND kind = 'letter'",),
    ),
    Manipulation(
        "moment of a notice",
        (
            "UPDATE distribution_notice SET sent_at = sent_at - interval '1 day' WHERE delivery_id = {confirmed}"
            " AND kind = 'letter'",
        ),
    ),
    Manipulation(
        "change of a due time rewritten",
        (
            'UPDATE distribution_circularchange SET data = data || \'{{"reason": "Başka."}}\''
            " WHERE circular_id = {letter} AND kind = 'due_changed'",
        ),
    ),
    Manipulation(
        "person of a withdrawal in the log",
        (
            "UPDATE distribution_circularchange SET by_id = {other}"
            " WHERE circular_id = {withdrawn} AND kind = 'withdrawn'",
        ),
    ),
    Manipulation(
        "pause erased from the log",
        ("DELETE FROM distribution_circularchange WHERE circular_id = {letter} AND kind = 'paused'",),
    ),
    Manipulation("receiver of a handover", ("UPDATE distribution_handover SET received_by = 'Başka Biri'",)),
    Manipulation("proof of a handover", ("UPDATE distribution_handover SET sha256 = repeat('ab', 32)",)),
    Manipulation("answer document deleted", ("DELETE FROM distribution_answerdocument",)),
    Manipulation(
        "reason of a request for more time", ("UPDATE distribution_extensionrequest SET reason = 'Başka.'",)
    ),
    Manipulation(
        "decision on a request for more time",
        ("UPDATE distribution_extensionrequest SET granted_until = granted_until + interval '1 day'",),
    ),
    Manipulation("record on behalf", ("UPDATE distribution_onbehalfrecord SET said_by = 'Başka Biri'",)),
    Manipulation("request to take back deleted", ("DELETE FROM distribution_takebackrequest",)),
    Manipulation("decision on a return", ("UPDATE distribution_returndecision SET decided_by_id = {other}",)),
    Manipulation("call rewritten", ("UPDATE distribution_call SET note = 'Başka.'",)),
    Manipulation("internal note rewritten", ("UPDATE distribution_internalnote SET text = 'Başka.'",)),
    Manipulation(
        "change of the directory rewritten",
        ("UPDATE agencies_directorychange SET by_id = {other} WHERE agency_id = {unit}",),
    ),
    Manipulation(
        "call rewritten and its seal with it",
        (
            "UPDATE distribution_call SET note = 'Başka.'",
            "UPDATE distribution_seal SET digest = decode(repeat('ab', 32), 'hex') WHERE \"table\" ="
            " 'distribution_call'",
        ),
    ),
    Manipulation(
        "call rewritten and every checkpoint deleted",
        (
            "UPDATE distribution_call SET note = 'Başka.'",
            "DELETE FROM distribution_seal",
            "DELETE FROM distribution_checkpoint",
        ),
    ),
    Manipulation(
        "call rewritten and all seals deleted",
        ("UPDATE distribution_call SET note = 'Başka.'", "DELETE FROM distribution_seal"),
    ),
    Manipulation(
        "signature of a checkpoint",
        ("UPDATE distribution_checkpoint SET signature = decode(repeat('ab', 64), 'hex')",),
    ),
)
"""What is tried, each on the same history."""


def run(data: Path) -> int:
    """Write the history, try every manipulation, and print what was found. Returns the exit code."""
    settings.MEDIA_ROOT = str(data / "files")
    settings.CHECKPOINT_DIR = str(data / "checkpoints")
    shutil.rmtree(settings.CHECKPOINT_DIR, ignore_errors=True)
    history = History()
    write_checkpoints(at=timezone.now())
    honest = found_now()
    for words in honest:
        print(f"  reported of the honest history: {words}", file=sys.stderr)
    missed = [each.name for each in MANIPULATIONS if not _is_found(each, history, set(honest))]
    for name in missed:
        print(f"  not found: {name}", flush=True)
    print(f"drill tamper found {len(MANIPULATIONS) - len(missed)} of {len(MANIPULATIONS)}", flush=True)
    return int(bool(missed or honest))


def found_now() -> list[str]:
    """The check's findings."""
    return [str(each) for batch in check_consistency(at=timezone.now()) for each in batch.findings]


def _is_found(manipulation: Manipulation, history: History, honest: set[str]) -> bool:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        manipulation.carry_out(history)
        found = set(found_now()) - honest
        transaction.set_rollback(True)
    for words in sorted(found)[:1]:
        print(f"  {manipulation.name}: {words}", file=sys.stderr)
    return bool(found)

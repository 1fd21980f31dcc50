import json
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction
from django.utils import timezone

from distribution.services.check_consistency import (
    BATCH,
    START,
    Batch,
    InvalidPositionError,
    Position,
    check_consistency,
)

INTERRUPTED = 130


def rows_at_a_time(text: str) -> int:
    """Parse the argument of --batch."""
    if not text.isdecimal() or int(text) == 0:
        raise ArgumentTypeError(f"{text!r} is no number of rows.")
    return int(text)


def position(text: str) -> Position:
    """Parse the argument of --after."""
    try:
        return Position.parse(text)
    except InvalidPositionError as error:
        raise ArgumentTypeError(str(error)) from error


class Command(BaseCommand):
    help = (
        "Check deliveries, notices, events, corrections of contact details, prepared files and the words of letters, "
        "and print one line for each contradiction: what, which row, how to repair it. Changes nothing. The exit code "
        "is 1 if anything was found. Each batch is read in a short "
        "transaction of its own; progress goes to the error output."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one JSON object a line")
        parser.add_argument(
            "--batch", type=rows_at_a_time, default=BATCH, help=f"rows read at a time ({BATCH})"
        )
        begin = parser.add_mutually_exclusive_group()
        begin.add_argument(
            "--after",
            type=position,
            metavar="POSITION",
            help="check the rows after this position, e.g. delivery:1234",
        )
        begin.add_argument(
            "--resume",
            type=Path,
            metavar="FILE",
            help="save position and number of findings in FILE, and continue from the position saved there",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        after = options["after"] or START
        file: Path | None = options["resume"]
        found, checked = 0, 0
        if file is not None and file.exists():
            after, found = stopped_at(file)
            self.stderr.write(f"Going on after {after}. Before, {found} contradictions were found.")
        try:
            for batch in in_snapshots(
                check_consistency(at=timezone.now(), after=after, size=options["batch"])
            ):
                for finding in batch.findings:
                    line = (
                        json.dumps(asdict(finding), ensure_ascii=False) if options["json"] else str(finding)
                    )
                    self.stdout.write(line)
                found += len(batch.findings)
                checked += batch.rows
                after = batch.position
                if file is not None:
                    # Findings must be printed before their position is saved, in case the process is killed.
                    self.stdout.flush()
                    keep(file, after, found)
                self.stderr.write(
                    f"{checked} rows checked, {found} contradictions; at {after} of {max(batch.last, after.pk)}"
                )
        except KeyboardInterrupt:
            text = f"Stopped after {found} contradictions. To go on: check_consistency --after {after}"
            raise CommandError(text, returncode=INTERRUPTED) from None
        if file is not None:
            file.unlink()
        if found:
            raise CommandError(f"{found} contradictions.")
        if not options["json"]:
            self.stdout.write("Everything agrees.")


def stopped_at(file: Path) -> tuple[Position, int]:
    """Position and number of findings saved by `keep`. Raises CommandError for any other file."""
    text, _, found = file.read_text(encoding="utf-8").strip().partition(" ")
    try:
        return Position.parse(text), int(found or 0)
    except (InvalidPositionError, ValueError) as error:
        raise CommandError(f"{file} holds no position of a check: {error}") from error


def keep(file: Path, after: Position, found: int) -> None:
    """Save both atomically, so that a killed process leaves the old or the new content."""
    written = file.with_name(f"{file.name}.new")
    written.write_text(f"{after} {found}\n", encoding="utf-8")
    written.replace(file)


def in_snapshots(batches: Iterator[Batch]) -> Iterator[Batch]:
    """Read each batch in a read-only REPEATABLE READ transaction of its own."""
    while True:
        with transaction.atomic(durable=True):
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            batch = next(batches, None)
        if batch is None:
            return
        yield batch

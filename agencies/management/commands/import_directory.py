import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.core.files import File
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from agencies.directory.columns import BY_FIELD
from agencies.directory.reasons import Problem, note_words, problem_words, warning_words
from agencies.directory.run import (
    CountNotTyped,
    NotAwaitingDecision,
    begin_import,
    confirm_import,
    run_import,
)
from agencies.models import User
from agencies.models.maintenance import DirectoryImport, ImportRow, ImportState, Outcome


class Command(BaseCommand):
    help = "Check a directory file and print what it would change; with --confirm, write it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE", help="CSV or XLSX")
        parser.add_argument("--confirm", action="store_true", help="write the rows after the check")
        parser.add_argument(
            "--skip-bad-rows",
            action="store_true",
            help="with --confirm: leave out the rows that can't be imported",
        )
        parser.add_argument(
            "--count",
            type=int,
            metavar="N",
            help="with --confirm: the number of agencies that are changed or closed (or added), needed if many",
        )
        parser.add_argument(
            "--blanks-erase",
            action="store_true",
            help="an empty cell erases the stored value (else it stays)",
        )
        parser.add_argument(
            "--sheet",
            default="",
            metavar="TITLE",
            help="the sheet to be read, if several hold a table",
        )
        parser.add_argument(
            "--as", dest="user", metavar="USER", help="who is recorded as the one who imported"
        )
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        by = self._user(options["user"])
        claim = uuid4()
        try:
            if path.stat().st_size > settings.UPLOAD_LIMIT:
                raise CommandError(f"{path} is larger than {settings.UPLOAD_LIMIT / 2**20:.1f} MB. Split it.")
            with path.open("rb") as file:
                begun = begin_import(
                    file=File(file, name=path.name),
                    by=by,
                    at=timezone.now(),
                    blanks_erase=options["blanks_erase"],
                    sheet=options["sheet"],
                    claim=claim,
                )
        except OSError as error:
            raise CommandError(f"{path} can't be opened: {error.strerror}.") from error
        self._run(begun, claim)
        refused = ""
        if options["confirm"] and begun.state == ImportState.CHECKED and begun.bad and not begun.good:
            refused = (
                f"Nothing was written: none of the rows changes anything, and {begun.bad} can't be imported."
            )
        elif options["confirm"] and begun.state == ImportState.CHECKED and begun.good:
            try:
                confirm_import(
                    directory_import=begun,
                    skip_bad_rows=options["skip_bad_rows"],
                    by=by,
                    at=timezone.now(),
                    count_typed=options["count"],
                    claim=claim,
                )
            except CountNotTyped:
                refused = (
                    f"Nothing was written: {begun.touched} agencies would be changed or closed,"
                    f" {begun.touched_percent} % of the directory, and {begun.added} added."
                    f" Look at them, then add --count {begun.count_to_type}."
                )
            except NotAwaitingDecision:
                refused = (
                    f"Nothing was written: {begun.bad} rows can't be imported."
                    " Mend them, or add --skip-bad-rows."
                )
            else:
                self._run(begun, claim)
        report = _report(begun)
        if options["confirm"] and begun.outdated:
            refused = (
                "The directory changed in the meantime, and the file was judged anew. Rows written before stay"
                f" written. Import {begun.pk} waits for a decision on the page of imports."
            )
        elif begun.state != ImportState.DONE:
            begun.file.delete(save=False)
            begun.delete()
        self._print(report, as_json=options["json"])
        if report["error"] or refused:
            raise CommandError(report["error"] or refused)

    def _run(self, begun: DirectoryImport, claim: UUID) -> None:
        """Do the current step, unless a worker has taken the import over because no heartbeat came for too long."""
        if not run_import(import_id=begun.pk, at=timezone.now(), claim=claim):
            raise CommandError(
                f"A worker has taken import {begun.pk} over and goes on with it. See the page of imports for what"
                " comes of it; don't start it again."
            )
        begun.refresh_from_db()

    def _user(self, name: str | None) -> User | None:
        if name is None:
            return None
        user = User.objects.filter(username=name, is_active=True).first()
        if user is None or not user.may_maintain_directory:
            raise CommandError(f"{name} is no directory administrator.")
        return user

    def _print(self, report: dict[str, Any], *, as_json: bool) -> None:
        if as_json:
            self.stdout.write(json.dumps(report, ensure_ascii=False, indent=1))
            return
        for note in report["notes"]:
            self.stdout.write(note)
        for row in report["rows"]:
            for said in (*row["problems"], *row["warnings"]):
                self.stdout.write(f"{row['row']}\t{said['heading']}\t{said['value']}\t{said['message']}")
            for field, (old, new) in row["changes"].items():
                self.stdout.write(f"{row['row']}\t{BY_FIELD[field].heading}\t{old or ''} → {new or ''}")
        counts = ", ".join(f"{count} {outcome}" for outcome, count in report["counts"].items())
        self.stdout.write(f"{report['state']}: {counts}")


def _report(found: DirectoryImport) -> dict[str, Any]:
    """The dry run, or what was written, as one object."""
    return {
        "file": found.file_name,
        "state": found.state,
        "written": found.state == ImportState.DONE,
        "error": found.error,
        "notes": [note_words(note) for note in found.notes],
        "columns": found.columns,
        "ignored_columns": found.ignored_columns,
        "counts": {outcome.value: getattr(found, outcome.value) for outcome in Outcome},
        "touched": found.touched,
        "agencies": found.agencies,
        "needs_count": found.needs_count,
        "count_to_type": found.count_to_type,
        "rows": [_row(row) for row in found.lines.order_by("number").iterator(chunk_size=2000)],
    }


def _row(row: ImportRow) -> dict[str, Any]:
    return {
        "row": row.number,
        "code": row.code,
        "name": row.name,
        "outcome": row.outcome,
        "changes": row.changes,
        "problems": [_said(problem, problem_words(problem)) for problem in row.problems],
        "warnings": [_said(warning, warning_words(warning)) for warning in row.warnings],
    }


def _said(problem: Problem, message: str) -> dict[str, Any]:
    """A problem or warning with the column's heading and its message."""
    column = problem["column"]
    return {
        "column": column,
        "heading": BY_FIELD[column].heading if column else "",
        "value": problem["value"],
        "reason": problem["reason"],
        "message": message,
    }

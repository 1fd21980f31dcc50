"""The lifecycle of an import: uploaded, checked by a worker, confirmed by a person, written by a worker.

The row holds the progress. A worker claims it, sends a heartbeat with every batch and while it reads rows that it
doesn't keep, and stops when another worker has claimed it. After a worker has died, checking restarts and writing
resumes.
"""

import json
import logging
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from celery import current_app
from django.core.files import File
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from kombu.exceptions import OperationalError

from agencies.directory.columns import COLUMNS
from agencies.directory.judge import Judge
from agencies.directory.tabular.cells import Cells
from agencies.directory.tabular.read import estimate_rows, read_table
from agencies.directory.tabular.refused import UnreadableTable
from agencies.directory.tabular.table import Row, Table, repeats_heading
from agencies.directory.write import link_rows, next_batch, write_batch
from agencies.models import Agency, User
from agencies.models.maintenance import SETTLED, DirectoryImport, ImportRow, ImportState, Outcome
from agencies.turkish import match_key

logger = logging.getLogger(__name__)

RUN_IMPORT = "agencies.tasks.run_import"
BATCH = 2000
LONGEST_BATCH = 8 * 1024 * 1024
"""Characters after which a batch ends before it has BATCH rows."""

KEPT = timedelta(days=30)
FIELDS = [column.field for column in COLUMNS]
COPY_ROWS = (
    f"COPY agencies_importrow (directory_import_id, number, cells, row_problems, row_warnings, problems, warnings,"
    f" changes, outcome, name_key, {', '.join(FIELDS)}) FROM STDIN"
)


class NotAwaitingDecision(Exception):
    """The import is not awaiting a decision, or has bad rows that nobody agreed to skip."""


class CountNotTyped(NotAwaitingDecision):
    """So much of the directory would be touched that the number has to be typed, and it wasn't, or not rightly."""


class ClaimLost(Exception):
    """Another worker has claimed the import."""


@transaction.atomic
def begin_import(
    *,
    file: "File[bytes]",
    by: User | None,
    at: datetime,
    blanks_erase: bool = False,
    sheet: str = "",
    claim: UUID | None = None,
) -> DirectoryImport:
    """Store the file and queue its check; with a `claim` no worker takes it. The directory is not changed.

    Only with `blanks_erase` does an empty cell erase the stored value. `sheet` is the title of the sheet to be read
    if several hold a table.
    """
    begun = DirectoryImport.objects.create(
        file=file,
        file_name=Path(file.name or "").name[:255],
        created_by=by,
        created_at=at,
        blanks_erase=blanks_erase,
        notes=[{"kind": "sheet_chosen", "sheet": sheet}] if sheet else [],
        claim=claim,
        heartbeat_at=at if claim else None,
    )
    if claim is None:
        transaction.on_commit(partial(wake_worker, begun.pk))
    return begun


@transaction.atomic
def confirm_import(
    *,
    directory_import: DirectoryImport,
    skip_bad_rows: bool,
    by: User | None,
    at: datetime,
    digest_read: str | None = None,
    count_typed: int | None = None,
    claim: UUID | None = None,
) -> DirectoryImport:
    """Queue the write of the checked rows; `digest_read` is the digest of the outcome that the person saw.

    Bad rows are skipped only with `skip_bad_rows`; with a `claim` no worker takes the import. Raises
    NotAwaitingDecision, also if the outcome has changed since, and CountNotTyped if `count_typed` is needed and isn't
    the number of agencies that would be changed or closed, with those added if they are many.
    """
    locked = DirectoryImport.objects.select_for_update().get(pk=directory_import.pk)
    if digest_read is not None and digest_read != locked.digest:
        raise NotAwaitingDecision
    if locked.state != ImportState.CHECKED or not locked.good or (locked.bad and not skip_bad_rows):
        raise NotAwaitingDecision
    if locked.needs_count and count_typed != locked.count_to_type:
        raise CountNotTyped
    locked.state = ImportState.WRITING
    locked.confirmed_by, locked.confirmed_at = by, at
    locked.claim, locked.heartbeat_at = claim, at if claim else None
    locked.outdated = False
    locked.save()
    if claim is None:
        transaction.on_commit(partial(wake_worker, locked.pk))
    return locked


@transaction.atomic
def discard_import(*, directory_import: DirectoryImport, at: datetime) -> DirectoryImport:
    """Cancel an import that awaits a decision. Raises NotAwaitingDecision."""
    locked = DirectoryImport.objects.select_for_update().get(pk=directory_import.pk)
    if locked.state != ImportState.CHECKED:
        raise NotAwaitingDecision
    locked.state, locked.finished_at = ImportState.DISCARDED, at
    locked.save()
    return locked


def wake_worker(import_id: int) -> None:
    """Queue the import for a worker. If the broker is unreachable, the periodic task does it within a minute."""
    try:
        current_app.send_task(RUN_IMPORT, [import_id])
    except OperationalError as error:
        logger.warning(
            "The broker can't be reached (%s); the task of the next minute will take the import up.", error
        )


def wake_waiting_imports(*, at: datetime) -> int:
    """Queue every import without a live worker, and delete the staged rows of old imports."""
    waiting = list(DirectoryImport.objects.to_be_taken_up(at).values_list("pk", flat=True))
    for import_id in waiting:
        wake_worker(import_id)
    ImportRow.objects.filter(
        directory_import__state__in=SETTLED, directory_import__created_at__lt=at - KEPT
    ).delete()
    return len(waiting)


def run_import(*, import_id: int, at: datetime, claim: UUID | None = None) -> bool:
    """Claim the import and do its current step, or go on with the caller's `claim`.

    Returns False if another worker has it.
    """
    if claim is None:
        claim, free = uuid4(), DirectoryImport.objects.to_be_taken_up(at).filter(pk=import_id)
    else:
        free = DirectoryImport.objects.filter(pk=import_id, claim=claim)
    if not free.update(claim=claim, heartbeat_at=at):
        return False
    taken = DirectoryImport.objects.get(pk=import_id)
    try:
        if taken.state == ImportState.CHECKING:
            _check(taken, claim)
        else:
            _write(taken, claim)
    except ClaimLost:
        logger.warning("Import %s was taken over by another worker.", import_id)
        return False
    except UnreadableTable as error:
        _fail(taken, claim, str(error))
    except OSError:
        logger.exception("The file of import %s can't be opened.", import_id)
        _fail(taken, claim, _("The uploaded file is no longer there. Upload it again."))
    except Exception:
        if taken.state != ImportState.CHECKING:
            raise
        logger.exception("Import %s can't be checked.", import_id)
        _fail(taken, claim, _("The file can't be checked. Save it anew as XLSX or CSV and upload it again."))
    return True


def _heartbeat(taken: DirectoryImport, claim: UUID, **fields: Any) -> None:
    """Record a heartbeat and these fields. Raises ClaimLost if another worker has claimed the import."""
    mine = DirectoryImport.objects.filter(pk=taken.pk, claim=claim)
    if not mine.update(heartbeat_at=timezone.now(), **fields):
        raise ClaimLost
    for name, value in fields.items():
        setattr(taken, name, value)


def _fail(taken: DirectoryImport, claim: UUID, error: str) -> None:
    _heartbeat(taken, claim, state=ImportState.FAILED, error=error[:500], finished_at=timezone.now())


def _check(taken: DirectoryImport, claim: UUID) -> None:
    ImportRow.objects.filter(directory_import=taken).delete()
    sheet = next((note["sheet"] for note in taken.notes if note["kind"] == "sheet_chosen"), "")
    with taken.file.open("rb") as file:
        _heartbeat(taken, claim, rows=0, expected=estimate_rows(file))
        with closing(read_table(file, partial(_heartbeat, taken, claim), sheet=sheet)) as table:
            _stage(taken, claim, table)
    if not taken.rows:
        raise UnreadableTable(_("There is no row below the heading."))
    _judge(taken, claim)


def _stage(taken: DirectoryImport, claim: UUID, table: Table) -> None:
    """Copy every row of the table that isn't empty into the database."""
    cells = Cells(table.heading, epoch=table.epoch, blanks_erase=taken.blanks_erase)
    chosen = [note for note in taken.notes if note["kind"] == "sheet_chosen"]
    _heartbeat(
        taken,
        claim,
        head=table.heading,
        columns=cells.columns,
        ignored_columns=cells.ignored,
        notes=chosen + table.notes,
    )
    for batch in _batches(_filled(table, partial(_heartbeat, taken, claim))):
        with transaction.atomic():
            _copy(taken, _staged(taken, cells, batch))
            _heartbeat(taken, claim, rows=taken.rows + len(batch))


def _filled(table: Table, heartbeat: Callable[[], None]) -> Iterator[Row]:
    """The rows to be kept; a heartbeat follows every BATCH rows that are read, kept or not."""
    for read, row in enumerate(table.rows, start=1):
        if not row.is_empty and not repeats_heading(row, table.heading):
            yield row
        if read % BATCH == 0:
            heartbeat()


def _batches(rows: Iterable[Row]) -> Iterator[list[Row]]:
    """The rows in lists of at most BATCH, and of fewer if their texts are long."""
    batch: list[Row] = []
    characters = 0
    for row in rows:
        batch.append(row)
        characters += sum(map(len, row.cells))
        if len(batch) == BATCH or characters > LONGEST_BATCH:
            yield batch
            batch, characters = [], 0
    if batch:
        yield batch


def _staged(taken: DirectoryImport, cells: Cells, batch: Iterable[Row]) -> Iterator[tuple[Any, ...]]:
    for row in batch:
        values, problems, warnings = cells.read(row)
        yield (
            taken.pk,
            row.number,
            json.dumps(row.cells, ensure_ascii=False),
            json.dumps(problems, ensure_ascii=False),
            json.dumps(warnings, ensure_ascii=False),
            "[]",
            "[]",
            "{}",
            "",
            match_key(values.get("name") or ""),
            *(values.get(field) for field in FIELDS),
        )


def _copy(taken: DirectoryImport, rows: Iterable[tuple[Any, ...]]) -> None:
    with connection.cursor() as cursor, cursor.copy(COPY_ROWS) as copy:
        for row in rows:
            copy.write_row(row)


def _judge(taken: DirectoryImport, claim: UUID) -> None:
    """Judge all rows and set the import to await a decision."""
    with transaction.atomic():
        digest = Judge(taken).judge()
        counts = {outcome.value: taken.lines.filter(outcome=outcome).count() for outcome in Outcome}
        counts["warned"] = taken.lines.exclude(warnings=[]).count()
        counts["agencies"] = Agency.objects.count()
        _heartbeat(taken, claim, state=ImportState.CHECKED, digest=digest, **counts)


def _write(taken: DirectoryImport, claim: UUID) -> None:
    """Resume writing after the last written batch. Ask for a new decision if the directory has changed since."""
    if not taken.written_through:
        before = taken.digest
        with transaction.atomic():
            _judge(taken, claim)
            outdated = taken.digest != before
            _heartbeat(taken, claim, outdated=outdated)
            if not outdated:
                _heartbeat(taken, claim, state=ImportState.WRITING)
        if outdated:
            return
    try:
        while numbers := next_batch(taken, BATCH):
            with transaction.atomic():
                write_batch(taken, numbers[0], numbers[-1], at=timezone.now())
                _heartbeat(taken, claim, written=taken.written + len(numbers), written_through=numbers[-1])
        with transaction.atomic():
            link_rows(taken)
            _heartbeat(taken, claim, state=ImportState.DONE, finished_at=timezone.now())
    except IntegrityError:
        logger.warning("The directory changed under import %s; it is judged anew.", taken.pk, exc_info=True)
        with transaction.atomic():
            link_rows(taken)
        _judge(taken, claim)
        _heartbeat(taken, claim, outdated=True, written_through=0, written=0)

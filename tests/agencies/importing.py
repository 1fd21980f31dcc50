"""Files for import tests, and running an import's next step as a worker does."""

import io
from collections.abc import Sequence
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from openpyxl import Workbook

from agencies.directory.run import begin_import, confirm_import, run_import
from agencies.models import User
from agencies.models.maintenance import DirectoryImport, ImportRow
from tests.factories import UserFactory

HEADING = (
    "Kod",
    "Ad",
    "Tür",
    "Üst kurum kodu",
    "İl",
    "E-posta",
    "DETSİS no",
    "Başlangıç",
    "Bitiş",
    "Ardıl kurum kodu",
)
Row = Sequence[Any]


def as_csv(*rows: Row, heading: Row = HEADING, delimiter: str = ";", encoding: str = "utf-8") -> bytes:
    return "\r\n".join(delimiter.join(map(str, row)) for row in (heading, *rows)).encode(encoding)


def as_xlsx(*rows: Row, heading: Row = HEADING) -> bytes:
    workbook = Workbook()
    for row in (heading, *rows):
        workbook.active.append(list(row))
    file = io.BytesIO()
    workbook.save(file)
    return file.getvalue()


def work_on(directory_import: DirectoryImport) -> DirectoryImport:
    assert run_import(import_id=directory_import.pk, at=timezone.now())
    directory_import.refresh_from_db()
    return directory_import


def checked(
    content: bytes,
    name: str = "dizin.csv",
    by: User | None = None,
    *,
    blanks_erase: bool = False,
    sheet: str = "",
) -> DirectoryImport:
    begun = begin_import(
        file=SimpleUploadedFile(name, content),
        by=by or UserFactory(),
        at=timezone.now(),
        blanks_erase=blanks_erase,
        sheet=sheet,
    )
    return work_on(begun)


def imported(content: bytes, *, skip_bad_rows: bool = False) -> DirectoryImport:
    found = checked(content)
    confirm_import(
        directory_import=found, skip_bad_rows=skip_bad_rows, by=found.created_by, at=timezone.now()
    )
    return work_on(found)


def counts(found: DirectoryImport) -> tuple[int, int, int, int, int]:
    return found.added, found.changed, found.closed, found.unchanged, found.bad


def reasons(found: DirectoryImport) -> dict[int, list[tuple[str, str]]]:
    """The column and reason of every problem, by the row's number."""
    bad = ImportRow.objects.filter(directory_import=found, outcome="bad")
    return {row.number: [(each["column"], each["reason"]) for each in row.problems] for row in bad}

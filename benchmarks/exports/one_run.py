"""One export or its limit, in a process of its own; see `benchmarks.exports.measures`."""

import resource
import sys
from collections.abc import Callable
from datetime import datetime
from tempfile import TemporaryFile

import django

django.setup()

from django.db import connection  # noqa: E402
from django.db.models import F, QuerySet  # noqa: E402
from django.utils import timezone  # noqa: E402
from django.utils.html import escape  # noqa: E402
from openpyxl import Workbook  # noqa: E402
from weasyprint import HTML  # noqa: E402

from agencies.directory.tabular.spreadsheet import Sheet  # noqa: E402
from agencies.directory.tabular.xlsx import xlsx_file  # noqa: E402
from benchmarks.measure import timed  # noqa: E402
from benchmarks.workload import MANY, large_letters, sample_letters  # noqa: E402
from circulars.models import Circular  # noqa: E402
from distribution.models import Delivery, FileFormat, PreparedFile  # noqa: E402
from distribution.tables.files.columns import export_csv, export_rows  # noqa: E402
from distribution.tables.files.status_report import status_report  # noqa: E402
from distribution.tables.outstanding_columns import OUTSTANDING_EXPORT  # noqa: E402


def main(form: str, whose: str, rows: int) -> None:
    """Run one of the two once, and print the seconds and the peak memory."""
    letters = list(large_letters()[: max(rows // MANY, 1)])
    action = (_ours if whose == "ours" else _limit)(form, letters, rows)
    seconds = timed(action)
    print(seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def _outstanding(letters: list[Circular], rows: int) -> QuerySet[Delivery]:
    found = Delivery.objects.direct().outstanding().filter(circular__in=letters).for_board()
    if rows < MANY:
        found = found.filter(pk__in=list(found.order_by("pk").values_list("pk", flat=True)[:rows]))
    return found.order_by("created_at", "agency__sort_key", "pk")


def _ours(form: str, letters: list[Circular], rows: int) -> Callable[[], object]:
    if form == "pdf":
        return _report(letters[0], rows)
    found = _outstanding(letters, rows)

    def write() -> None:
        if form == "csv":
            export_csv(found, OUTSTANDING_EXPORT).close()
        else:
            xlsx_file([Sheet("Teyit bekleyenler", export_rows(found, OUTSTANDING_EXPORT))]).close()

    return write


def _report(letter: Circular, rows: int) -> Callable[[], object]:
    if rows < MANY:
        letter = sample_letters()[0]
    prepared = PreparedFile(circular=letter, file_format=FileFormat.PDF)
    return lambda: status_report(prepared, at=timezone.now(), progress=lambda _percent: None).close()


def _limit(form: str, letters: list[Circular], rows: int) -> Callable[[], object]:
    found = _outstanding(letters, rows)
    names = [name for _heading, name, _maker in OUTSTANDING_EXPORT]
    if form == "csv":
        plain = found.values_list(*[F(name) for name in names])
        statement = connection.ops.compose_sql(*plain.query.sql_with_params())  # type: ignore[attr-defined]

        def copy() -> None:
            copied = f"COPY ({statement}) TO STDOUT"
            with (
                TemporaryFile() as file,
                connection.cursor() as cursor,
                cursor.copy(copied) as lines,
            ):
                file.writelines(lines)

        return copy
    if form == "xlsx":
        values = [
            [value.replace(tzinfo=None) if isinstance(value, datetime) else value for value in row]
            for row in export_rows(found, OUTSTANDING_EXPORT)
        ]
        return lambda: _openpyxl(values)
    cells = found.values_list("agency__name", "stage", "created_at", "agency__email")
    lines = "".join(f"<tr>{''.join(f'<td>{escape(str(value))}</td>' for value in row)}</tr>" for row in cells)
    return lambda: HTML(string=f"<table>{lines}</table>").write_pdf()


def _openpyxl(rows: list[list[object]]) -> None:
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    for row in rows:
        sheet.append(row)
    with TemporaryFile() as file:
        book.save(file)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))

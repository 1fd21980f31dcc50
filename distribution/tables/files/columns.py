"""Columns of exported lists, and their rows: one by one, or as CSV that the database writes.

The values are expressions of the database, so that each form of a file has the same.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import IO, Any

from django.db import DEFAULT_DB_ALIAS, connection, models
from django.db.models import Case, CharField, DateField, F, Func, IntegerField, QuerySet, Value, When
from django.db.models.functions import TruncDate
from django.utils import timezone

from agencies.directory.tabular.spreadsheet import (
    BYTE_ORDER_MARK,
    DELIMITER,
    FORMULA_STARTS,
    csv_row,
    temporary_file,
)

CHUNK = 2000

Maker = Callable[[str], Any]
ExportColumn = tuple[Any, str, Maker]
"""Heading, name of the value in the queryset, and what makes the expression of it."""

ExportedRows = QuerySet[Any, Any] | Sequence[Sequence[Any]]
"""Rows of the database, or the values of each row where they are reckoned."""

as_is: Maker = F
"""The value unchanged."""

CSV_FORMS = {
    models.DateTimeField: "to_char({value} AT TIME ZONE {zone}, 'DD.MM.YYYY HH24:MI')",
    models.DateField: "to_char({value}, 'DD.MM.YYYY')",
    models.FloatField: "translate({value}::text, '.', ',')",
    models.DecimalField: "translate({value}::text, '.', ',')",
    models.IntegerField: "{value}",
}
"""How a spreadsheet in Turkish reads a value; any other is text."""

CSV_TEXT = (
    "CASE WHEN ascii({value}) IN (" + ", ".join(str(ord(sign)) for sign in FORMULA_STARTS) + ")"
    " AND {value} !~ '^[+-]*[0-9 ]*[0-9][0-9 ]*$' THEN '''' || {value} ELSE {value} END"
)
"""Text that a spreadsheet would evaluate as a formula is quoted; telephone numbers are left as they are."""


def choice(choices: Iterable[tuple[str, Any]]) -> Maker:
    """The label of a choice, in the language active when the list is read."""

    def label(name: str) -> Case:
        labels = [When(**{name: value}, then=Value(str(words))) for value, words in choices]
        return Case(*labels, default=F(name), output_field=CharField())

    return label


def days_waited(name: str) -> Func:
    """Whole calendar days from that moment to today."""
    today = Value(timezone.localdate(), output_field=DateField())
    return Func(
        today, TruncDate(name), template="(%(expressions)s)", arg_joiner=" - ", output_field=IntegerField()
    )


def headings(columns: Sequence[ExportColumn]) -> list[str]:
    """The headings in the active language."""
    return [str(heading) for heading, _name, _maker in columns]


def export_rows(rows: ExportedRows, columns: Sequence[ExportColumn]) -> Iterator[list[Any]]:
    """Headings, then the values of each row, read in chunks from a server-side cursor."""
    yield headings(columns)
    found = _values(rows, columns).iterator(chunk_size=CHUNK) if isinstance(rows, QuerySet) else rows
    for values in found:
        yield list(values)


def export_csv(
    rows: ExportedRows,
    columns: Sequence[ExportColumn],
    told: Callable[[Iterable[Any]], Iterable[Any]] = iter,
) -> IO[bytes]:
    """The same as CSV in a temporary file, as `csv_row` would write it. `told` goes through the lines as they come."""
    if not isinstance(rows, QuerySet):
        with temporary_file() as file:
            file.write((BYTE_ORDER_MARK + csv_row(headings(columns))).encode())
            file.writelines(csv_row(row).encode() for row in told(rows))
        return file
    query = _values(rows, columns).query
    # An empty queryset is asked as well: its columns are needed.
    compiler = query.get_compiler(DEFAULT_DB_ALIAS, elide_empty=False)
    statement = connection.ops.compose_sql(*compiler.as_sql())  # type: ignore[attr-defined]
    names = [f"c{number}" for number in range(len(columns))]
    zone = "'" + timezone.get_current_timezone_name() + "'"
    fields = [expression.output_field for expression, _sql, _alias in compiler.select]
    cells = ", ".join(
        _csv_form(field).format(value=name, zone=zone) for field, name in zip(fields, names, strict=True)
    )
    copy = (
        f"COPY (SELECT {cells} FROM ({statement}) AS listed ({', '.join(names)}))"
        f" TO STDOUT (FORMAT csv, DELIMITER '{DELIMITER}')"
    )
    with temporary_file() as file:
        file.write((BYTE_ORDER_MARK + csv_row(headings(columns))).encode())
        with connection.cursor() as cursor, cursor.copy(copy) as lines:
            file.writelines(told(lines))
    return file


def _values(queryset: QuerySet[Any, Any], columns: Sequence[ExportColumn]) -> QuerySet[Any, Any]:
    return queryset.values_list(*[maker(name) for _heading, name, maker in columns])


def _csv_form(field: models.Field[Any, Any]) -> str:
    return next((form for kind, form in CSV_FORMS.items() if isinstance(field, kind)), CSV_TEXT)

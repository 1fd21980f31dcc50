"""Read a sheet of an XLSX workbook as a table, with what a person sees of it.

The sheet is parsed twice: once for hidden rows and columns, a filter and merged cells, which stand below the rows, then
for the rows, up to the last with a value.
"""

import re
import struct
import zipfile
import zlib
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from typing import IO, Any
from xml.parsers.expat import ExpatError

from django.utils.translation import gettext as _
from openpyxl.utils import get_column_letter

from agencies.directory.tabular.refused import UnreadableTable
from agencies.directory.tabular.table import (
    MOST_COLUMNS,
    ROWS_BEFORE_HEADING,
    Row,
    Table,
    field_names,
    heading_index,
    no_heading,
    title_note,
)
from agencies.directory.workbook.package import (
    SHEET_LIMIT,
    STRINGS_LIMIT,
    Package,
    Sheet,
    too_large,
)
from agencies.directory.workbook.part import OnProgress, nothing
from agencies.directory.workbook.sheet import Layout, SheetRow, sheet_layout, sheet_rows
from agencies.directory.workbook.values import SharedStrings, Values, number_formats, shared_strings

MOST_TEXT = 256 * 1024 * 1024
"""Characters of all cells. A workbook stores a text once however many cells have it."""

_FORMULA = re.compile(r"=\s*('?[^'!()]+'?!)?(\$?[A-Za-z]{1,3}\$?\d|[\w.]+\()")
"""The beginning of a formula in a cell that the workbook takes for text; a name may begin with = as well."""

DAMAGED = (
    zipfile.BadZipFile,
    ExpatError,
    struct.error,
    zlib.error,
    ValueError,
    TypeError,
    LookupError,
    ArithmeticError,
    EOFError,
    NotImplementedError,
    RuntimeError,
)
"""What a damaged workbook raises."""


def xlsx_table(file: IO[bytes], on_progress: OnProgress = nothing, *, sheet: str = "") -> Table:
    """The table of the sheet of this title, or of the only visible one that has one.

    `on_progress` is called while the file is read.

    Raises UnreadableTable.
    """
    with _refused_if_damaged():
        package = Package(file)
        values = _values(package, on_progress)
        if not package.sheets:
            raise UnreadableTable(_("The file has no sheet with a table."))
        read, beginning, passed_over = _only_table(package, values, on_progress, sheet)
        index = heading_index(row.cells for row in beginning) or 0
        heading = beginning[index]
        with package.open(read.part, SHEET_LIMIT, read.title) as stream:
            layout = sheet_layout(stream, heading.number, on_progress)
    notes: list[dict[str, Any]] = []
    if passed_over:
        notes.append({"kind": "sheet", "sheet": read.title, "others": ", ".join(passed_over)})
    if any(row.cells for row in beginning[:index]):
        notes += title_note(heading.number)
    notes += _notes(layout, heading.cells)
    rows = _rows(package, read, values, layout, heading, on_progress)
    return Table(heading.cells, rows, notes, package.epoch)


def estimated_sheet_rows(file: IO[bytes]) -> int:
    """Estimated number of rows of a workbook, for the progress bar."""
    try:
        with zipfile.ZipFile(file) as archive:
            sheets = [each for each in archive.infolist() if each.filename.startswith("xl/worksheets/")]
            size = sum(each.file_size for each in sheets)
    except (zipfile.BadZipFile, OSError):
        size = 0
    file.seek(0)
    return size // 900


@contextmanager
def _refused_if_damaged() -> Iterator[None]:
    try:
        yield
    except DAMAGED as error:
        raise UnreadableTable(
            _("The file is damaged or no XLSX file. Save it anew as XLSX or CSV and upload it again.")
        ) from error


def _values(package: Package, on_progress: OnProgress) -> Values:
    strings = SharedStrings()
    formats: list[str] = []
    if part := package.strings_part():
        with package.open(part, STRINGS_LIMIT, _("texts of the cells")) as stream:
            strings = shared_strings(stream, on_progress)
    if part := package.styles_part():
        with package.open(part) as stream:
            formats = number_formats(stream)
    return Values(strings, formats, package.epoch)


def _only_table(
    package: Package, values: Values, on_progress: OnProgress, chosen: str
) -> tuple[Sheet, list[SheetRow], list[str]]:
    """The visible sheet with a table, its first rows, and the titles of other sheets that aren't empty.

    If several have one, the chosen title decides.
    """
    found, passed_over, hidden = [], [], []
    for sheet in package.sheets:
        beginning = _beginning(package, sheet, values, on_progress)
        has_table = heading_index(row.cells for row in beginning) is not None
        if has_table and sheet.is_visible:
            found.append((sheet, beginning))
        elif any(row.cells for row in beginning):
            passed_over.append(sheet.title)
            hidden += [sheet.title] if has_table else []
    if chosen:
        passed_over += [sheet.title for sheet, _rows in found if sheet.title != chosen]
        of_title = [each for each in found if each[0].title == chosen]
        if not of_title and chosen not in hidden:
            raise UnreadableTable(
                _("No sheet “%(chosen)s” holds a table. Sheets that do: %(sheets)s.")
                % {"chosen": chosen, "sheets": ", ".join(sheet.title for sheet, _rows in found) or "–"}
            )
        found, hidden = of_title, [title for title in hidden if title == chosen]
    if hidden and not found:
        raise UnreadableTable(
            _("The table stands on a hidden sheet: %(sheets)s. Show the sheet, save, and upload it again.")
            % {"sheets": ", ".join(hidden)}
        )
    if not found:
        raise no_heading(row.cells for row in _beginning(package, package.sheets[0], values, on_progress)[:5])
    if len(found) > 1:
        raise UnreadableTable(
            _("Several sheets hold a table: %(sheets)s. Upload the file again and name the sheet to be read.")
            % {"sheets": ", ".join(sheet.title for sheet, _rows in found)}
        )
    return *found[0], passed_over


def _beginning(package: Package, sheet: Sheet, values: Values, on_progress: OnProgress) -> list[SheetRow]:
    """The rows with a value among the first of the sheet."""
    with package.open(sheet.part, SHEET_LIMIT, sheet.title) as stream:
        return list(sheet_rows(stream, values, on_progress, last=ROWS_BEFORE_HEADING))


def _rows(
    package: Package,
    sheet: Sheet,
    values: Values,
    layout: Layout,
    heading: SheetRow,
    on_progress: OnProgress,
) -> Generator[Row, None, None]:
    known = {number for number, name in enumerate(field_names(heading.cells), start=1) if name}
    merged = _MergedCells(layout.merged, known, heading.number)
    characters = 0
    try:
        with _refused_if_damaged(), package.open(sheet.part, SHEET_LIMIT, sheet.title) as stream:
            for row in sheet_rows(stream, values, on_progress, last=layout.last_row):
                if row.number <= heading.number:
                    continue
                if row.goes_beyond and heading.goes_beyond:
                    raise _too_many_columns()
                characters += sum(map(len, row.cells))
                if characters > MOST_TEXT:
                    raise too_large(sheet.title, MOST_TEXT)
                yield _judged(row, merged.columns(row.number))
    finally:
        package.close()


def _judged(row: SheetRow, merged: set[int]) -> Row:
    flaws = {column - 1: "merged" for column in merged}
    flaws |= {index: "formula" for index, cell in enumerate(row.cells) if _FORMULA.match(cell)}
    flaws |= {column - 1: "unreadable_value" for column in row.unreadable}
    flaws |= {column - 1: "formula_no_value" for column in row.unvalued}
    if row.goes_beyond:
        flaws[-1] = "surplus"
    if row.is_hidden:
        flaws[-1] = "hidden"
    return Row(row.number, row.cells, flaws, goes_beyond=row.goes_beyond)


def _too_many_columns() -> UnreadableTable:
    return UnreadableTable(
        _(
            "The table has more than %(count)s columns. Delete those that the directory doesn't know, and upload the"
            " file again."
        )
        % {"count": MOST_COLUMNS}
    )


class _MergedCells:
    """The known columns of each row whose cells are merged with those of other columns or rows of the table."""

    def __init__(self, merged: list[tuple[int, int, int, int]], known: set[int], heading_row: int) -> None:
        self._coming = []
        for first_column, first_row, last_column, last_row in merged:
            columns = {column for column in known if first_column <= column <= last_column}
            rows = last_row - max(first_row, heading_row + 1) + 1
            if columns and rows > 0 and (rows > 1 or len(columns) > 1):
                self._coming.append((first_row, last_row, columns))
        self._coming.sort(key=lambda each: each[0], reverse=True)
        self._until: dict[int, int] = {}
        """The last merged row of each column."""

    def columns(self, row: int) -> set[int]:
        """The columns of this row; rows are asked for in ascending order."""
        while self._coming and self._coming[-1][0] <= row:
            _first, last, columns = self._coming.pop()
            for column in columns:
                self._until[column] = max(last, self._until.get(column, 0))
        return {column for column, last in self._until.items() if last >= row}


def _notes(layout: Layout, heading: list[str]) -> list[dict[str, Any]]:
    notes: list[dict[str, Any]] = []
    if layout.hidden_rows:
        named = ", ".join(map(str, layout.first_hidden))
        named += " …" if layout.hidden_rows > len(layout.first_hidden) else ""
        notes.append({"kind": "hidden_rows", "count": layout.hidden_rows, "rows": named})
    if layout.filtered:
        notes.append({"kind": "filter"})
    titles = [
        heading[column - 1] or get_column_letter(column)
        for column in sorted(layout.hidden_columns)
        if column <= len(heading) and heading[column - 1]
    ]
    if titles:
        notes.append({"kind": "hidden_columns", "columns": ", ".join(titles)})
    return notes

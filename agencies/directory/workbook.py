"""Read a sheet of an XLSX workbook as a table, with what a person sees of it and openpyxl's stream doesn't tell.

Hidden rows and columns, a filter, merged cells and formulas without a stored value are read from the sheet's XML in a
pass of their own, before the rows.
"""

import posixpath
import re
import warnings
import zipfile
import zlib
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import islice
from typing import IO, Any
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse
from defusedxml.ElementTree import parse as parse_xml
from django.utils.translation import gettext as _
from openpyxl import load_workbook
from openpyxl.utils import coordinate_to_tuple, get_column_letter, range_boundaries
from openpyxl.utils.exceptions import InvalidFileException

from agencies.directory.refused import UnreadableTable
from agencies.directory.table import (
    MOST_COLUMNS,
    ROWS_BEFORE_HEADING,
    Row,
    Table,
    clean_cell,
    field_names,
    heading_index,
    no_heading,
    title_note,
)

MOST_UNPACKED = 1024 * 1024 * 1024
ROWS_NAMED = 10
_FORMULA = re.compile(r"=\s*('?[^'!()]+'?!)?(\$?[A-Za-z]{1,3}\$?\d|[\w.]+\()")
"""The beginning of a formula in a cell that the workbook takes for text; a name may begin with = as well."""

DAMAGED = (
    zipfile.BadZipFile,
    InvalidFileException,
    ParseError,
    DefusedXmlException,
    KeyError,
    ValueError,
    TypeError,
    AttributeError,
    IndexError,
    EOFError,
    NotImplementedError,
    RuntimeError,
    zlib.error,
)
"""What the libraries raise for a damaged workbook."""


@dataclass
class Layout:
    """What a person sees of a sheet. Rows and columns are counted from 1."""

    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    """First column, first row, last column, last row of each range, by their first rows."""

    unvalued: set[tuple[int, int]] = field(default_factory=set)
    """Row and column of each formula without a stored value."""

    filtered: bool = False


def xlsx_table(file: IO[bytes]) -> Table:
    """The table of the only visible sheet that has one. Raises UnreadableTable."""
    with _refused_if_damaged():
        _refuse_other_archives(file)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            workbook = load_workbook(file, read_only=True, data_only=True, keep_links=False)
        if not workbook.worksheets:
            raise UnreadableTable(_("The file has no sheet with a table."))
        found, passed_over, hidden = [], [], []
        for sheet in workbook.worksheets:
            sheet.reset_dimensions()
            beginning = list(islice(_texts(sheet, last=ROWS_BEFORE_HEADING), ROWS_BEFORE_HEADING))
            index = heading_index(beginning)
            if index is not None and sheet.sheet_state == "visible":
                found.append((sheet, beginning, index))
            elif any(map(any, beginning)):
                passed_over.append(sheet.title)
                hidden += [sheet.title] if index is not None else []
        if hidden and not found:
            raise UnreadableTable(
                _(
                    "The table stands on a hidden sheet: %(sheets)s. Show the sheet, save, and upload it again."
                )
                % {"sheets": ", ".join(hidden)}
            )
        if not found:
            raise no_heading(list(islice(_texts(workbook.worksheets[0], last=ROWS_BEFORE_HEADING), 5)))
        if len(found) > 1:
            raise UnreadableTable(
                _(
                    "Several sheets hold a table: %(sheets)s. Keep one sheet in the file, or upload each by itself."
                )
                % {"sheets": ", ".join(sheet.title for sheet, _rows, _index in found)}
            )
        sheet, beginning, index = found[0]
        layout = _layout(file, sheet.title)
        notes = (
            [{"kind": "sheet", "sheet": sheet.title, "others": ", ".join(passed_over)}] if passed_over else []
        )
        if any(map(any, beginning[:index])):
            notes += title_note(index + 1)
        heading = beginning[index]
        notes += _notes(layout, heading, index + 1)
        return Table(heading, _rows(workbook, sheet, layout, heading, index + 1), notes, workbook.epoch)


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


def wrong_form(form: str) -> UnreadableTable:
    """The file has another form than CSV or XLSX."""
    return UnreadableTable(
        _(
            "The file is %(form)s. Open it, save it as “Excel workbook (.xlsx)” or “CSV UTF-8”, and upload that."
        )
        % {"form": form}
    )


def _refuse_other_archives(file: IO[bytes]) -> None:
    with zipfile.ZipFile(file) as archive:
        if sum(each.file_size for each in archive.infolist()) > MOST_UNPACKED:
            raise UnreadableTable(_("The file is too large once unpacked. Split it, or save it as CSV."))
        names = set(archive.namelist())
        if "mimetype" in names and archive.read("mimetype").startswith(b"application/vnd.oasis"):
            raise wrong_form(_("an OpenDocument file (.ods)"))
        if "xl/workbook.bin" in names:
            raise wrong_form(_("a binary Excel workbook (.xlsb)"))
        if "xl/workbook.xml" not in names:
            raise wrong_form(_("an archive or document without a workbook"))
        if b"purl.oclc.org/ooxml" in archive.read("xl/workbook.xml")[:4000]:
            raise wrong_form(_("a workbook in the form “Strict Open XML”"))
        sheets = [name for name in names if name.startswith("xl/worksheets/") and name.endswith(".xml")]
        for name in sheets[:1]:
            with archive.open(name) as sheet:
                if b"purl.oclc.org/ooxml" in sheet.read(4000):
                    raise wrong_form(_("a workbook in the form “Strict Open XML”"))
    file.seek(0)


def _texts(sheet: Any, last: int | None = None) -> Generator[list[str], None, None]:
    """The rows of a sheet as texts."""
    rows = sheet.iter_rows(max_row=last)
    while True:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            row = next(rows, None)
        if row is None:
            return
        yield [clean_cell(_text(cell)) if cell.value is not None else "" for cell in row]


def _rows(
    workbook: Any, sheet: Any, layout: Layout, heading: list[str], heading_row: int
) -> Generator[Row, None, None]:
    known = {number for number, name in enumerate(field_names(heading), start=1) if name}
    merged = _MergedCells(layout.merged, known, heading_row)
    unvalued: dict[int, list[int]] = {}
    for row, column in layout.unvalued:
        unvalued.setdefault(row, []).append(column)
    try:
        with _refused_if_damaged():
            for number, cells in enumerate(_texts(sheet), start=1):
                if number <= heading_row:
                    continue
                flaws = {column - 1: "merged" for column in merged.columns(number)}
                flaws |= {index: "formula" for index, cell in enumerate(cells) if _FORMULA.match(cell)}
                flaws |= {column - 1: "formula_no_value" for column in unvalued.get(number, ())}
                if any(cells[MOST_COLUMNS:]):
                    flaws[-1] = "surplus"
                if number in layout.hidden_rows:
                    flaws[-1] = "hidden"
                yield Row(number, cells[:MOST_COLUMNS], flaws)
    finally:
        workbook.close()


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
        self._current: list[tuple[int, int, set[int]]] = []

    def columns(self, row: int) -> set[int]:
        """The columns of this row; rows are asked for in ascending order."""
        while self._coming and self._coming[-1][0] <= row:
            self._current.append(self._coming.pop())
        self._current = [each for each in self._current if each[1] >= row]
        return set().union(*(columns for _first, _last, columns in self._current))


def _notes(layout: Layout, heading: list[str], heading_row: int) -> list[dict[str, Any]]:
    notes: list[dict[str, Any]] = []
    hidden = sorted(row for row in layout.hidden_rows if row > heading_row)
    if hidden:
        named = ", ".join(map(str, hidden[:ROWS_NAMED])) + (" …" if len(hidden) > ROWS_NAMED else "")
        notes.append({"kind": "hidden_rows", "count": len(hidden), "rows": named})
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


def _layout(file: IO[bytes], title: str) -> Layout:
    """What a person sees of the sheet with this title."""
    layout = Layout()
    with zipfile.ZipFile(file) as archive, archive.open(_part_of(archive, title)) as part:
        row = column = 0
        for event, element in iterparse(part, events=("start", "end")):
            name = _name(element)
            if event == "start":
                if name == "row":
                    before, row, column = row, int(element.get("r") or row + 1), 0
                    columns: set[int] = set()
                    if row <= before:
                        raise ValueError(f"row {row} stands below row {before}")
                    if element.get("hidden") in ("1", "true") or element.get("ht") in ("0", "0.0"):
                        layout.hidden_rows.add(row)
                continue
            if name == "c":
                column = coordinate_to_tuple(element.get("r", ""))[1] if element.get("r") else column + 1
                if column in columns:
                    raise ValueError(f"row {row} has two cells in column {column}")
                columns.add(column)
                if _lacks_value(element):
                    layout.unvalued.add((row, column))
            elif name == "col" and (
                element.get("hidden") in ("1", "true") or not float(element.get("width") or 1)
            ):
                last = min(int(element.get("max", "1")), MOST_COLUMNS)
                layout.hidden_columns.update(range(int(element.get("min", "1")), last + 1))
            elif name == "mergeCell":
                bounds = range_boundaries(element.get("ref", ""))
                if all(bounds):
                    layout.merged.append(tuple(map(int, bounds)))  # type: ignore[arg-type]
            elif name == "filterColumn":
                layout.filtered = True
            if name in ("row", "mergeCells", "cols"):
                element.clear()
    file.seek(0)
    return layout


def _lacks_value(cell: Element) -> bool:
    """Whether the cell holds a formula whose value wasn't stored. An empty text is a value.

    Programs that don't calculate store 0, and 0 is what a formula takes from an empty cell.
    """
    parts = {_name(part): part.text for part in cell}
    return "f" in parts and parts.get("v") in (None, "", "0", "0.0") and cell.get("t") != "str"


def _part_of(archive: zipfile.ZipFile, title: str) -> str:
    """The name in the archive of the sheet with this title."""
    sheets = [each for each in parse_xml(archive.open("xl/workbook.xml")).iter() if _name(each) == "sheet"]
    sheet = next(each for each in sheets if each.get("name") == title)
    related = next(value for name, value in sheet.items() if name.endswith("}id"))
    for link in parse_xml(archive.open("xl/_rels/workbook.xml.rels")).iter():
        if link.get("Id") == related:
            target = link.get("Target", "")
            return target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"xl/{target}")
    raise KeyError(title)


def _name(element: Element) -> str:
    """The element's name without its namespace."""
    return element.tag.rpartition("}")[2]


def _text(cell: Any) -> str:
    """A workbook cell as text: dates as gg.aa.yyyy, whole numbers without decimals but with the zeros shown."""
    value = cell.value
    match value:
        case bool():
            return "evet" if value else "hayır"
        case datetime() | date():
            return value.strftime("%d.%m.%Y")
        case int() | float() if not value % 1:
            digits = str(int(value))
            return digits.zfill(len(cell.number_format)) if not cell.number_format.strip("0") else digits
    return str(value)

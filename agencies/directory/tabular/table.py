"""Read a CSV or XLSX file as rows of texts, as a stream: its heading, wherever it stands, then every row below.

Cells are in NFC, in one line and without invisible signs. What is doubtful about a row's cells comes with the row.
"""

import csv
import io
import re
from collections.abc import Generator, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import IO, Any

from django.utils.translation import gettext as _

from agencies.directory.columns import fields_by_heading
from agencies.directory.tabular.encoding import TURKISH, encoding_of
from agencies.directory.tabular.refused import UnreadableTable
from agencies.directory.tabular.shape import Shape, shape_of
from agencies.directory.tabular.spreadsheet import unquoted
from agencies.turkish import one_line, search_key

PIECE = 64 * 1024
MOST_COLUMNS = 100
ROWS_BEFORE_HEADING = 30
DELIMITERS = ";\t,|"
LONGEST_CELL = 2000
"""Longer cells are truncated to this many characters, still too long for any column, so they are refused."""

_SEPARATOR_LINE = re.compile(r"\s*\"?sep=(.)\"?[;,\t]*\s*", re.IGNORECASE)
_TEXT_FORMULA = re.compile(r'="([^"]*)"')
_ESCAPED = re.compile("_x([0-9a-fA-F]{4})_")
"""How a workbook writes signs that XML doesn't take."""

_CONTROL_SIGNS = re.compile("[\x80-\x84\x86-\x9f]")
"""Signs that no text holds; in UTF-8 they are what is left of letters in another code page."""


@dataclass
class Row:
    """One row of a table. `flaws` are reasons by the index of the cell, those of the whole row by -1.

    `goes_beyond` says that a column beyond MOST_COLUMNS has a value. `may_lack_cells`: a cell that isn't there is
    none, as in a text file; in a workbook it is an empty one.
    """

    number: int
    cells: list[str]
    flaws: dict[int, str] = field(default_factory=dict)
    goes_beyond: bool = False
    may_lack_cells: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether the row has neither a value nor a cell that should have one."""
        return not (any(self.cells) or self.goes_beyond or self.flaws.keys() - {-1})


@dataclass
class Table:
    """The heading and the rows below it, which are read as they are taken.

    `notes` say what is worth knowing of the whole file; `epoch` is the first day of a workbook's day numbers.
    """

    heading: list[str]
    rows: Generator[Row, None, None]
    notes: list[dict[str, Any]] = field(default_factory=list)
    epoch: datetime | None = None

    def close(self) -> None:
        """Release the file."""
        self.rows.close()


def field_names(heading: Iterable[str]) -> list[str]:
    """The field of each column; empty for one that isn't known."""
    known = fields_by_heading()
    return [known.get(search_key(title), "") for title in heading]


def heading_index(rows: Iterable[list[str]]) -> int | None:
    """Where among the rows the heading stands: the first that names an identity and, unless alone, another column."""
    for index, row in enumerate(rows):
        fields = [name for name in field_names(row) if name]
        filled = sum(map(bool, row))
        if {"code", "detsis_no"} & set(fields) and (len(fields) > 1 or filled == 1):
            return index
    return None


def no_heading(rows: Iterable[list[str]]) -> UnreadableTable:
    """Why none of these rows is a heading."""
    first = next((row for row in rows if any(row)), None)
    if first is None:
        return UnreadableTable(_("The first row is empty. It has to name the columns."))
    return UnreadableTable(
        _(
            "The first row names neither a column “Kod” nor “DETSİS no”, by which rows are matched."
            " It reads: %(heading)s. Begin with an export of the directory if you aren't sure."
        )
        % {"heading": " | ".join(first)[:300]}
    )


def title_note(heading_row: int) -> list[dict[str, Any]]:
    """The note that rows above the heading were passed over."""
    return [{"kind": "titles", "row": heading_row}]


def clean_cell(text: str) -> str:
    """A cell as one line in NFC, without invisible signs, at most LONGEST_CELL characters.

    What was a letter in another code page becomes U+FFFD.
    """
    text = text[:LONGEST_CELL]
    if "_x" in text:
        text = _ESCAPED.sub(_unescaped, text)
    return one_line(text if text.isascii() else _CONTROL_SIGNS.sub("\ufffd", text))


def repeats_heading(row: "Row", heading: list[str]) -> bool:
    """Whether the row is the heading once more. Raises UnreadableTable if it names other columns."""
    first = next((cell for cell in row.cells if cell), "")
    if search_key(first) not in fields_by_heading() or heading_index([row.cells]) is None:
        return False
    if _without_end(field_names(row.cells)) != _without_end(field_names(heading)):
        raise UnreadableTable(
            _(
                "Row %(row)s names the columns anew, and not as the first heading does. Two tables stand below each"
                " other; upload each by itself."
            )
            % {"row": row.number}
        )
    return True


def _without_end(fields: list[str]) -> list[str]:
    """The fields up to the last known one."""
    return fields[: max((index for index, name in enumerate(fields, start=1) if name), default=0)]


def _unescaped(found: re.Match[str]) -> str:
    sign = chr(int(found[1], 16))
    if "\ud800" <= sign <= "\udfff":  # half of a sign, which can't be encoded
        return "\ufffd"
    return found[0] if sign.isalnum() else sign


def csv_table(file: IO[bytes]) -> Table:
    """A table of separated values. Raises UnreadableTable."""
    encoding = encoding_of(file)
    ends_with_line = _ends_with_line(file)
    notes: list[dict[str, Any]] = [{"kind": "encoding"}] if encoding == TURKISH else []
    text = io.TextIOWrapper(file, encoding=encoding, newline="")
    try:
        delimiter, skipped = _separator_line(text)
        beginning = text.read(PIECE)
        candidates = delimiter or DELIMITERS
        parsed = {each: _parsed(beginning, each) for each in candidates}
        delimiter = max(candidates, key=lambda each: _recognised(parsed[each]))
        if not _recognised(parsed[delimiter])[0]:
            delimiter = max(candidates, key=lambda each: max(map(len, parsed[each]), default=0))
        first = parsed[delimiter]
        index = heading_index(first)
        if index is None:
            raise no_heading(first)
    except UnicodeError as error:
        raise _unreadable_letters() from error
    except UnreadableTable:
        text.detach()
        raise
    text.seek(0)
    if any(any(row) for row in first[:index]):
        notes += title_note(index + 1)
    shape = shape_of(
        field_names(first[index]), [len(row) for row in first[index + 1 :] if any(row)], ends_with_line
    )
    return Table(first[index], _csv_rows(text, delimiter, skipped, index, shape), notes)


def estimated_lines(file: IO[bytes]) -> int:
    """Estimated number of rows of a CSV file, for the progress bar."""
    lines = sum(piece.count(b"\n") for piece in iter(lambda: file.read(PIECE), b""))
    file.seek(0)
    return lines


def _ends_with_line(file: IO[bytes]) -> bool:
    """Whether the file ends with a line end, and not perhaps within a row."""
    size = file.seek(0, io.SEEK_END)
    file.seek(max(0, size - 2))
    end = file.read(2)
    file.seek(0)
    return any(sign in end for sign in b"\r\n\x1a")


def _separator_line(text: io.TextIOWrapper) -> tuple[str, bool]:
    """The separator that a first line “sep=;” names, which Excel doesn't show; the text stands behind that line."""
    named = _SEPARATOR_LINE.fullmatch(text.readline().strip("\ufeff\r\n"))
    if named:
        return named[1], True
    text.seek(0)
    return "", False


def _parsed(beginning: str, delimiter: str) -> list[list[str]]:
    lines = io.StringIO(beginning, newline="")
    try:
        rows = list(
            islice(csv.reader(lines, delimiter=delimiter, skipinitialspace=True), ROWS_BEFORE_HEADING)
        )
    except csv.Error:
        return []
    return [[clean_cell(cell) for cell in row[:MOST_COLUMNS]] for row in rows]


def _recognised(rows: list[list[str]]) -> tuple[int, int]:
    """How many columns of the heading are known, and how many it has; zeros if there is none."""
    index = heading_index(rows)
    if index is None:
        return 0, 0
    return sum(map(bool, field_names(rows[index]))), len(rows[index])


def _csv_rows(
    text: io.TextIOWrapper, delimiter: str, skipped: bool, heading: int, shape: Shape
) -> Generator[Row, None, None]:
    if skipped:
        text.readline()
    reader = csv.reader(text, delimiter=delimiter, strict=True, skipinitialspace=True)
    try:
        numbered = enumerate(reader, start=1)
        below = ((number, row) for number, row in numbered if number > heading + 1)
        for number, row, flaw in shape.judged(below):
            yield _csv_row(number, row, flaw)
    except csv.Error as error:
        raise UnreadableTable(
            _(
                "A quotation mark in or before row %(row)s isn't closed, or stands inside a text without being"
                " doubled. Put it right, or save the table as XLSX."
            )
            % {"row": reader.line_num}
        ) from error
    except UnicodeError as error:
        raise _unreadable_letters() from error
    finally:
        text.detach()


def _csv_row(number: int, row: list[str], flaw: str | None) -> Row:
    cells: list[str] = []
    flaws: dict[int, str] = {-1: flaw} if flaw else {}
    for index, raw in enumerate(row[:MOST_COLUMNS]):
        cell = clean_cell(raw)
        if cell.startswith("="):
            as_text = _TEXT_FORMULA.fullmatch(cell)
            if as_text:
                cell = as_text[1]
            else:
                flaws[index] = "formula"
        cells.append(unquoted(cell))
    goes_beyond = any(clean_cell(raw) for raw in row[MOST_COLUMNS:])
    if goes_beyond:
        flaws[-1] = "surplus"
    return Row(number, cells, flaws, goes_beyond, may_lack_cells=True)


def _unreadable_letters() -> UnreadableTable:
    return UnreadableTable(
        _("The file holds characters that can't be read. Save it as CSV in UTF-8 and upload it again.")
    )

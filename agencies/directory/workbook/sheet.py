"""Read the sheet of a workbook as a stream: its rows with a value, and what a person sees of it.

Sheets have up to 1,048,576 rows of which most may be empty but formatted; these cost no more than their XML.
"""

from collections.abc import Generator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import IO

from django.utils.translation import gettext as _
from openpyxl.utils import column_index_from_string, range_boundaries

from agencies.directory.tabular.refused import UnreadableTable
from agencies.directory.tabular.table import MOST_COLUMNS, clean_cell
from agencies.directory.workbook.part import MAIN, Attributes, OnProgress, PartReader, nothing, read_part
from agencies.directory.workbook.values import PHONETIC, TEXT, TextReader, Values

LAST_ROW, LAST_COLUMN = 1_048_576, 16_384
MOST_MERGED = 200_000
ROWS_NAMED = 10
ROW, CELL, VALUE, FORMULA, INLINE = (MAIN + name for name in ("row", "c", "v", "f", "is"))
COLUMN, MERGED, FILTER = (MAIN + name for name in ("col", "mergeCell", "filterColumn"))
FORMAT = MAIN + "sheetFormatPr"
YES = ("1", "true")


@dataclass
class SheetRow:
    """A row with a value. Rows and columns are counted from 1."""

    number: int
    cells: list[str]
    """The texts of the first MOST_COLUMNS columns, without empty ones at the end."""

    unvalued: list[int]
    """The columns of formulas without a stored value."""

    unreadable: list[int]
    """The columns whose stored value isn't one of the cell's type; the text is what is stored."""

    is_hidden: bool
    goes_beyond: bool
    """Whether a column beyond MOST_COLUMNS has a value."""


@dataclass
class Layout:
    """What a person sees of a sheet, and where its last value stands."""

    last_row: int = 0
    hidden_rows: int = 0
    """How many rows with a value are hidden."""

    first_hidden: list[int] = field(default_factory=list)
    hidden_columns: set[int] = field(default_factory=set)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    """First column, first row, last column, last row of each range."""

    filtered: bool = False


def sheet_rows(
    stream: IO[bytes], values: Values, on_progress: OnProgress = nothing, *, last: int = LAST_ROW
) -> Generator[SheetRow, None, None]:
    """The rows that have a value, up to the row `last`, after which the sheet isn't read on."""
    reader = _RowReader(values, last)
    for _piece in read_part(reader, stream, on_progress):
        yield from reader.rows
        reader.rows.clear()


def sheet_layout(stream: IO[bytes], heading_row: int, on_progress: OnProgress = nothing) -> Layout:
    """What a person sees of the sheet; hidden rows above and in the heading don't count."""
    layout = Layout()
    for _piece in read_part(_LayoutReader(layout, heading_row), stream, on_progress):
        pass
    return layout


def _row_number(attributes: Attributes, before: int) -> int:
    number = int(attributes.get("r") or before + 1)
    if not before < number <= LAST_ROW:
        raise ValueError(f"row {number} stands below row {before}")
    return number


def _is_hidden(row: Attributes, by_default: bool) -> bool:
    """`by_default` says that the sheet hides rows that neither are shown nor have a height of their own."""
    if row.get("hidden") in YES or row.get("ht") in ("0", "0.0"):
        return True
    return by_default and "hidden" not in row and "ht" not in row


@lru_cache(maxsize=LAST_COLUMN)
def _column(letters: str) -> int:
    return column_index_from_string(letters)


class _RowReader(TextReader):
    """Collects rows. For a cell without a value nothing but its attributes is kept, until its row ends."""

    def __init__(self, values: Values, last: int) -> None:
        super().__init__()
        self.rows: list[SheetRow] = []
        self._values = values
        self._last = last
        self._number = 0
        self._row: Attributes | None = None
        self._cells: list[Attributes] = []
        self._is_in_cell = False
        self._stored: dict[int, str] = {}
        """The stored value by the cell's place in the row."""

        self._formulas: set[int] = set()
        self._hides_rows = False

    def start(self, name: str, attributes: Attributes) -> None:
        if name == CELL:
            if self._is_in_cell or self._row is None or len(self._cells) == LAST_COLUMN:
                raise ValueError("a cell stands where none may")
            self._is_in_cell = True
            self._cells.append(attributes)
            return
        if name == ROW:
            if self._row is not None:
                raise ValueError("a row stands in a row")
            self._number = _row_number(attributes, self._number)
            self._row = attributes
            if self._number > self._last:
                self.is_done = True
            return
        self.enter()
        if not self._is_in_cell:
            if name == FORMAT:
                self._hides_rows = attributes.get("zeroHeight") in YES
            return
        if name == FORMULA:
            self._formulas.add(len(self._cells) - 1)
        elif name == PHONETIC:
            self._in_phonetic = True
        else:
            self._collects = name == VALUE or (name == TEXT and not self._in_phonetic)

    def end(self, name: str) -> None:
        if name == CELL:
            self._is_in_cell = False
            if self._pieces:
                self.taken()
            return
        if name == ROW:
            if (self._stored or self._formulas) and not self.is_done:
                self._add_row()
            self._row = None
            self._cells.clear()
            return
        self.leave()
        if not self._is_in_cell:
            return
        if name == PHONETIC:
            self._in_phonetic = False
            return
        self._collects = False
        if name in (VALUE, INLINE) and self._pieces:
            self._stored[len(self._cells) - 1] = self.taken()

    def _add_row(self) -> None:
        """Raises ValueError if two cells have the same column."""
        column = 0
        texts: dict[int, str] = {}
        unvalued, unreadable = [], []
        columns = set()
        goes_beyond = False
        for place, cell in enumerate(self._cells):
            column = _column(cell["r"].rstrip("0123456789").upper()) if cell.get("r") else column + 1
            if column in columns:
                raise ValueError(f"row {self._number} has two cells in column {column}")
            columns.add(column)
            stored = self._stored.get(place, "")
            text, is_readable = self._text(cell, stored)
            if column > MOST_COLUMNS:
                goes_beyond = goes_beyond or bool(text)
            elif stored:
                texts[column] = text
                unreadable += [] if is_readable else [column]
            if place in self._formulas and _lacks_value(cell, stored):
                unvalued.append(column)
        filled = [column for column, text in texts.items() if text]
        if filled or unvalued or unreadable or goes_beyond:
            self.rows.append(
                SheetRow(
                    self._number,
                    [texts.get(column, "") for column in range(1, max(filled, default=0) + 1)],
                    unvalued,
                    unreadable,
                    _is_hidden(self._row or {}, self._hides_rows),
                    goes_beyond,
                )
            )
        self._stored.clear()
        self._formulas.clear()

    def _text(self, cell: Attributes, stored: str) -> tuple[str, bool]:
        """The cell's text, and whether it is that of its type; otherwise it is what is stored."""
        if not stored:
            return "", True
        try:
            return clean_cell(self._values.text_of(cell, stored)), True
        except (ValueError, LookupError, ArithmeticError, TypeError):
            return clean_cell(stored), False


def _lacks_value(cell: Attributes, stored: str) -> bool:
    """Whether a formula's value wasn't stored. An empty text is a value, and so is false.

    Programs that don't calculate store the number 0, and 0 is what a formula takes from an empty cell.
    """
    kind = cell.get("t")
    if kind == "str":
        return False
    return not stored if kind == "b" else stored in ("", "0", "0.0")


class _LayoutReader(PartReader):
    def __init__(self, layout: Layout, heading_row: int) -> None:
        self._layout = layout
        self._heading_row = heading_row
        self._number = 0
        self._row: Attributes | None = None
        self._is_in_cell = False
        self._hides_rows = False

    def start(self, name: str, attributes: Attributes) -> None:
        if name == CELL:
            if self._is_in_cell:
                raise ValueError("a cell stands in a cell")
            self._is_in_cell = True
            return
        if name == ROW:
            if self._row is not None:
                raise ValueError("a row stands in a row")
            self._number = _row_number(attributes, self._number)
            self._row = attributes
            return
        self.enter()
        if self._is_in_cell:
            if self._layout.last_row != self._number and name in (VALUE, FORMULA, INLINE):
                self._add_row()
        elif name == FORMAT:
            self._hides_rows = attributes.get("zeroHeight") in YES
        elif name == COLUMN:
            self._add_column(attributes)
        elif name == MERGED:
            self._add_merged(attributes.get("ref", ""))
        elif name == FILTER:
            self._layout.filtered = True

    def end(self, name: str) -> None:
        if name == CELL:
            self._is_in_cell = False
        elif name == ROW:
            self._row = None
        else:
            self.leave()

    def _add_row(self) -> None:
        self._layout.last_row = self._number
        if self._number > self._heading_row and _is_hidden(self._row or {}, self._hides_rows):
            self._layout.hidden_rows += 1
            if len(self._layout.first_hidden) < ROWS_NAMED:
                self._layout.first_hidden.append(self._number)

    def _add_column(self, column: Attributes) -> None:
        if column.get("hidden") in YES or not float(column.get("width") or 1):
            last = min(int(column.get("max", "1")), MOST_COLUMNS)
            self._layout.hidden_columns.update(range(int(column.get("min", "1")), last + 1))

    def _add_merged(self, reference: str) -> None:
        if len(self._layout.merged) == MOST_MERGED:
            raise UnreadableTable(
                _(
                    "The sheet has more than %(count)s merged ranges of cells. Select the whole sheet, unmerge the"
                    " cells, save, and upload the file again."
                )
                % {"count": MOST_MERGED}
            )
        bounds = range_boundaries(reference)
        if all(bounds):
            self._layout.merged.append(bounds)  # type: ignore[arg-type]

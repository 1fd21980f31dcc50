"""The model of a source's pages: lines of cells, whatever the file was.

Every kind of file becomes the same thing, and nothing that is visible is left out silently: what could not be read
is listed in `Pages.unread`.
"""

from dataclasses import dataclass, field

from circulars.reading.source.places import Box


@dataclass(frozen=True, slots=True)
class Cell:
    """A run of text without a wide gap, or one line of a table's cell.

    `column` is its first column in characters of a page drawn in a fixed-width font, so that cells of different lines
    can be compared. `box` (left, top, right, bottom in points) and `size` (of the type, in points) are known for
    a PDF only. `table` numbers the table's cell that the text stands in: equal for the lines of one cell.
    """

    text: str
    column: int
    box: Box | None = None
    size: float | None = None
    table: int | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One line from left to right; without cells it is blank. `number` counts from 1 over the whole source."""

    number: int
    cells: tuple[Cell, ...] = ()
    page: int = 1

    @property
    def text(self) -> str:
        """The line with each cell at its column, at least three blanks after the one before."""
        drawn = ""
        for cell in self.cells:
            drawn = drawn.ljust(max(cell.column, len(drawn) + 3 if drawn else 0)) + cell.text
        return drawn


@dataclass(frozen=True, slots=True)
class Unread:
    """A part of a page that could not be read.

    `reason` is one of: picture, sideways, angle, text_box, too_many_pages, unknown_letters, embedded.
    """

    page: int
    reason: str


@dataclass(frozen=True, slots=True)
class Pages:
    """All lines of a source. `recognised` are the pages whose text comes from character recognition (OCR)."""

    lines: list[Line]
    unread: list[Unread] = field(default_factory=list)
    recognised: frozenset[int] = frozenset()

"""The model of a source's pages: lines of cells, whatever the file was.

Every kind of file becomes the same thing, and nothing that is visible is left out silently: what could not be read
is listed in `Pages.unread`.
"""

from dataclasses import dataclass, field

from circulars.reading.source.places import Box, Placed


@dataclass(frozen=True, slots=True)
class Cell:
    """A run of text without a wide gap, or one line of a table's cell.

    `column` is its first column in characters of a page drawn in a fixed-width font, so that cells of different lines
    can be compared. `box` (left, top, right, bottom in points) and `size` (of the type, in points) are known for
    a PDF only. `table` numbers the table's cell that the text stands in: equal for the lines of one cell. `boxes` holds
    those of the words of a PDF's cell.
    """

    text: str
    column: int
    box: Box | None = None
    size: float | None = None
    table: int | None = None
    boxes: tuple[Box, ...] = ()

    def words(self) -> list[tuple[str, Box | None]]:
        """The words with their boxes."""
        words = self.text.split()
        if len(words) == len(self.boxes):
            return list(zip(words, self.boxes, strict=True))
        return [(word, self.box) for word in words]


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
    """A part of a page that could not be read, or that stands nowhere in the lines.

    `reason` is one of: picture, sideways, angle, text_box, too_many_pages, too_long, unknown_letters, embedded.
    `text` is what is printed there where the letters are known but not their place, as with letters at an angle.
    """

    page: int
    reason: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Pages:
    """All lines of a source. `recognised` are the pages whose text comes from character recognition (OCR)."""

    lines: list[Line]
    unread: list[Unread] = field(default_factory=list)
    recognised: frozenset[int] = frozenset()

    def text(self) -> str:
        """All lines, pages parted by a line that holds a form feed; `Line.number` counts the lines of this text."""
        drawn: list[str] = []
        page = self.lines[0].page if self.lines else 1
        for line in self.lines:
            if line.page != page:
                page = line.page
                drawn.append("\f")
            drawn.append(line.text)
        return "\n".join(drawn)

    def placed(self) -> list[Placed]:
        """The words with their lines, and for a PDF their pages and boxes."""
        return [
            Placed(word, line.number, line.page if cell.box else None, box)
            for line in self.lines
            for cell in line.cells
            for word, box in cell.words()
        ]

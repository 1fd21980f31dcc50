"""Paragraphs, tables and text boxes of a story (body, header, footer) as lines of cells."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from xml.etree.ElementTree import Element

from circulars.reading.source.word.inline import PAGE, Inline, InlineReader, is_hidden, is_removed
from circulars.reading.source.word.numbering import Numbering
from circulars.reading.source.word.styles import Styles, child, value

_CELL = re.compile(r"\S+(?: {1,2}\S+)*")
_COLUMN_GAP = 4
_LAST_COLUMN = 400
_TAB = "   \t"
_DEEPEST = 30


@dataclass(frozen=True, slots=True)
class Piece:
    """A cell of a line: its text, its column, and the number of the table's cell that it stands in."""

    text: str
    column: int
    table: int | None = None


@dataclass
class Story:
    """The lines so far; `None` begins a page. What can't be read stands with the index of its line."""

    lines: list[list[Piece] | None] = field(default_factory=list)
    unread: list[tuple[int, str, str]] = field(default_factory=list)
    notes: list[tuple[str, str]] = field(default_factory=list)


class BlockReader:
    """Reads the stories of one document; lists go on from one to the next."""

    def __init__(self, styles: Styles, numbering: Numbering) -> None:
        self._styles = styles
        self._numbering = numbering
        self._inline = InlineReader(styles)
        self._cells = 0

    def read(self, blocks: Iterable[Element]) -> Story:
        """The lines of a story."""
        story = Story()
        self._blocks(blocks, story, 0)
        return story

    def _blocks(self, blocks: Iterable[Element], story: Story, depth: int) -> None:
        kept = ""
        for block in _flat(blocks):
            if block.tag == "p":
                kept = self._paragraph(block, kept, story, depth)
            elif block.tag == "tbl" and depth >= _DEEPEST:
                story.unread.append((len(story.lines), "text_box", ""))
            elif block.tag == "tbl":
                story.lines += _lines(kept) if kept else []
                kept = ""
                self._table(block, story, depth + 1)
            elif block.tag == "altChunk":
                story.unread.append((len(story.lines), "embedded", ""))
        if kept:
            story.lines += _lines(kept)

    def _paragraph(self, paragraph: Element, kept: str, story: Story, depth: int) -> str:
        """Add its lines, after text kept from a paragraph whose mark is gone; the text, if its own mark is gone."""
        properties = paragraph.find("pPr")
        style = value(child(properties, "pStyle"))
        inline = self._inline.read(paragraph)
        if self._styles.breaks_page(properties, style):
            story.lines.append(None)
        story.unread += [(len(story.lines), reason, text) for reason, text in inline.unread]
        story.notes += inline.notes
        self._boxes(inline.boxes_before, story, depth)
        gone = is_removed(child(properties, "rPr")) or is_hidden(child(properties, "rPr"))
        text = kept + inline.text
        if gone:
            self._boxes(inline.boxes_after, story, depth)
            return text
        if text.strip() or not inline.boxes_before:
            mark = self._numbering.mark(properties, style) if _counts(inline) else ""
            story.lines += _lines(mark + text)
        self._boxes(inline.boxes_after, story, depth)
        if inline.breaks_page or _ends_section(properties):
            story.lines.append(None)
        return ""

    def _boxes(self, boxes: list[Element], story: Story, depth: int) -> None:
        for box in boxes:
            if depth >= _DEEPEST:
                story.unread.append((len(story.lines), "text_box", ""))
                continue
            inner = Story()
            self._blocks(box, inner, depth + 1)
            self._cells += 1
            number, begin = self._cells, len(story.lines)
            story.lines += [
                [piece if piece.table is not None else replace(piece, table=number) for piece in line]
                for line in inner.lines
                if line
            ]
            story.notes += inner.notes
            story.unread += [(begin, reason, text) for _, reason, text in inner.unread]

    def _table(self, table: Element, story: Story, depth: int) -> None:
        """Rows beside each other, each column where its longest text allows; merged cells once."""
        rows = [self._row(row, story, depth) for row in _flat(table) if row.tag == "tr" and not _is_gone(row)]
        width = max((cell.end for row in rows for cell in row), default=0)
        starts = [0] * (width + 1)
        done = 0
        for cell in sorted((cell for row in rows for cell in row), key=lambda cell: cell.begin):
            for column in range(done, cell.begin):
                starts[column + 1] = max(starts[column + 1], starts[column])
            done = max(done, cell.begin)
            if cell.longest:
                reach = min(starts[cell.begin] + cell.longest + _COLUMN_GAP, _LAST_COLUMN)
                starts[cell.end] = max(starts[cell.end], reach)
        for row in rows:
            for index in range(max((len(cell.lines) for cell in row), default=0)):
                line: list[Piece] = []
                for cell in row:
                    if index < len(cell.lines):
                        line += [
                            Piece(piece.text, piece.column + starts[cell.begin], piece.table)
                            for piece in cell.lines[index]
                        ]
                story.lines.append(line)

    def _row(self, row: Element, story: Story, depth: int) -> list[_Cell]:
        cells: list[_Cell] = []
        column = _number(value(child(row, "trPr", "gridBefore")), 0)
        for cell in _flat(row):
            if cell.tag != "tc":
                continue
            properties = cell.find("tcPr")
            span = _number(value(child(properties, "gridSpan")), 1)
            end = min(column + max(span, 1), 1000)
            if not _continues(properties):
                cells.append(_Cell(column, end, self._cell(cell, story, depth)))
            column = end
        return cells

    def _cell(self, cell: Element, story: Story, depth: int) -> list[list[Piece]]:
        inner = Story()
        self._blocks(cell, inner, depth)
        self._cells += 1
        number = self._cells
        story.unread += [(len(story.lines), reason, text) for _, reason, text in inner.unread]
        story.notes += inner.notes
        return [
            [piece if piece.table is not None else replace(piece, table=number) for piece in line]
            for line in inner.lines
            if line is not None
        ]


@dataclass(frozen=True)
class _Cell:
    """A table's cell from one column of the grid up to another, and its lines."""

    begin: int
    end: int
    lines: list[list[Piece]]

    @property
    def longest(self) -> int:
        return max((line[-1].column + len(line[-1].text) for line in self.lines if line), default=0)


def _flat(blocks: Iterable[Element]) -> Iterable[Element]:
    """The blocks, those of content controls, custom XML and tracked insertions among them."""
    for block in blocks:
        if block.tag in {"sdt", "sdtContent", "customXml", "ins", "moveTo"}:
            yield from _flat(block)
        elif block.tag == "AlternateContent":
            yield from _flat([each for each in block if each.tag == "Choice"][:1])
        elif block.tag == "Choice":
            yield from _flat(block)
        elif block.tag not in {"del", "moveFrom"}:
            yield block


def _counts(inline: Inline) -> bool:
    """Whether a paragraph's number is printed: Word numbers an empty paragraph of a list as well."""
    return bool(inline.text.strip()) or not inline.boxes_before


def _is_gone(row: Element) -> bool:
    properties = row.find("trPr")
    return is_removed(properties) or is_hidden(properties)


def _continues(properties: Element | None) -> bool:
    """Whether a cell only goes on with the one above or before it, or is deleted."""
    for tag in ("vMerge", "hMerge"):
        merge = child(properties, tag)
        if merge is not None and merge.get("val", "continue") == "continue":
            return True
    return child(properties, "cellDel") is not None


def _ends_section(properties: Element | None) -> bool:
    section = child(properties, "sectPr")
    return section is not None and value(section.find("type")) not in {"continuous", "nextColumn"}


def _number(text: str, otherwise: int) -> int:
    return int(text) if text.isdecimal() and len(text) < 5 else otherwise


def _lines(text: str) -> list[list[Piece] | None]:
    lines: list[list[Piece] | None] = []
    for index, page in enumerate(text.split(PAGE)):
        if index:
            lines.append(None)
        if page or PAGE not in text:
            lines += [_pieces(line) for line in page.split("\n")]
    return lines


def _pieces(line: str) -> list[Piece]:
    line = line.replace("\t", _TAB).expandtabs(8)
    return [Piece(match.group(), match.start()) for match in _CELL.finditer(line)]

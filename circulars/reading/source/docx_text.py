"""The pages of a Word file as lines of cells.

Our own walk over the XML, since no library gives the text as Word shows it (decision 69).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from circulars.reading.source.errors import UnreadableFile
from circulars.reading.source.page import Cell, Line, Pages, Unread
from circulars.reading.source.word.blocks import BlockReader, Story
from circulars.reading.source.word.numbering import Numbering
from circulars.reading.source.word.package import WordPackage
from circulars.reading.source.word.styles import Styles, child, is_on
from circulars.reading.text.cleaning import clean_text

_HEADERS = ("headerReference", "footerReference")


def docx_pages(content: bytes) -> Pages:
    """Header, body, notes, footer; then the headers and footers of other pages, each once. Raises UnreadableFile."""
    try:
        package = WordPackage(content)
        stories = list(_stories(package))
    except UnreadableFile:
        raise
    except Exception as error:
        raise UnreadableFile("damaged", "The DOCX file is damaged and cannot be read.") from error
    pages = _pages(stories)
    if not any(line.cells for line in pages.lines):
        raise UnreadableFile("no_text_layer", "The file holds no text.")
    return pages


def _stories(package: WordPackage) -> Iterator[Story]:
    styles = Styles(package.of_type("styles"))
    reader = BlockReader(styles, Numbering(package.of_type("numbering"), styles))
    body = child(package.document(), "body")
    if body is None:
        raise UnreadableFile("damaged", "The DOCX file is damaged and cannot be read.")
    edges = _edges(package, body)
    heads = [part for edge in edges if edge.is_head and edge.is_first for part in [package.by_id(edge.part)]]
    others = [edge for edge in edges if not (edge.is_head and edge.is_first)]
    printed: list[str] = [""]
    for part in heads:
        story = reader.read(part if part is not None else [])
        printed.append(_words(story))
        yield story
    main = reader.read(body)
    yield main
    yield from _notes(package, reader, main)
    for edge in sorted(others, key=lambda edge: not edge.is_first):
        part = package.by_id(edge.part)
        story = reader.read(part if part is not None else [])
        words = _words(story)
        if words not in printed:
            printed.append(words)
            yield story


def _words(story: Story) -> str:
    return " ".join(piece.text for line in story.lines for piece in line or [])


@dataclass(frozen=True)
class _Edge:
    """A header (`is_head`) or footer in use, and whether it is that of the first page."""

    part: str
    is_head: bool
    is_first: bool


def _edges(package: WordPackage, body: Element) -> list[_Edge]:
    """The headers and footers that Word prints: those of first and of even pages where they are switched on."""
    settings = package.of_type("settings")
    even = child(settings, "evenAndOddHeaders")
    has_even = even is not None and is_on(even)
    edges: dict[str, _Edge] = {}
    for number, section in enumerate(body.iter("sectPr")):
        title = section.find("titlePg")
        has_first = title is not None and is_on(title)
        for reference in section:
            kind, part = reference.get("type", "default"), reference.get("id", "")
            if reference.tag not in _HEADERS or part in edges:
                continue
            if (kind == "first" and not has_first) or (kind == "even" and not has_even):
                continue
            is_first = number == 0 and kind == ("first" if has_first else "default")
            edges[part] = _Edge(part, reference.tag == "headerReference", is_first)
    return list(edges.values())


def _notes(package: WordPackage, reader: BlockReader, main: Story) -> Iterator[Story]:
    for kind in ("footnote", "endnote"):
        wanted = [number for each, number in main.notes if each == kind]
        root = package.of_type(f"{kind}s") if wanted else None
        for note in root if root is not None else []:
            if note.get("id") in wanted:
                yield reader.read(note)


def _pages(stories: list[Story]) -> Pages:
    lines: list[Line] = []
    unread: list[Unread] = []
    number, page, inked = 0, 1, False
    for story in stories:
        page_of: list[int] = []
        for pieces in story.lines:
            if pieces is None:
                if inked:
                    number, page, inked = number + 1, page + 1, False
                page_of.append(page)
                continue
            number += 1
            cells = [Cell(clean_text(each.text), each.column, table=each.table) for each in pieces]
            lines.append(Line(number, tuple(cell for cell in cells if cell.text), page))
            inked = inked or bool(cells)
            page_of.append(page)
        for index, reason, text in story.unread:
            unread.append(Unread(page_of[index] if index < len(page_of) else page, reason, text))
    return Pages(lines, unread)

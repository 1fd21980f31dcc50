"""Read an XML part of a workbook as a stream, in memory that doesn't grow with the part."""

from collections.abc import Callable, Iterator
from typing import IO
from xml.parsers.expat import ParserCreate

PIECE = 64 * 1024
PIECES_A_REPORT = 64
"""After so many pieces (4 MB) the progress is reported."""

MOST_DEPTH = 100
LONGEST_TAG = 1024 * 1024
"""Bytes of a tag with its attributes, or of a comment: what the parser keeps until it is complete."""

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
Attributes = dict[str, str]
OnProgress = Callable[[], None]


def nothing() -> None:
    """Report progress to nobody."""


class PartReader:
    """Takes the events of a part. Names of elements are `namespace}name`.

    Whoever overrides `start` and `end` calls `enter` and `leave` for elements that may be nested in themselves.
    """

    depth = 0
    is_done = False
    """Set to stop before the end of the part."""

    def start(self, name: str, attributes: Attributes) -> None:
        self.enter()

    def end(self, name: str) -> None:
        self.leave()

    def text(self, piece: str) -> None: ...

    def enter(self) -> None:
        self.depth += 1
        if self.depth > MOST_DEPTH:
            raise ValueError("too deeply nested")

    def leave(self) -> None:
        self.depth -= 1


def read_part(reader: PartReader, stream: IO[bytes], on_progress: OnProgress = nothing) -> Iterator[None]:
    """Give the reader the events of the part, and stop after each piece so that it can be emptied.

    Raises ExpatError or ValueError for a part that isn't well-formed or not as workbooks have it.
    """
    parser = ParserCreate(namespace_separator="}")
    parser.buffer_text = True
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text
    parser.StartDoctypeDeclHandler = _refuse_doctype
    fed = pieces = 0
    while not reader.is_done:
        piece = stream.read(PIECE)
        parser.Parse(piece, not piece)
        fed += len(piece)
        pieces += 1
        if fed - parser.CurrentByteIndex > LONGEST_TAG:
            raise ValueError("a tag is too long")
        if pieces % PIECES_A_REPORT == 0:
            on_progress()
        yield
        if not piece:
            return


def elements(stream: IO[bytes]) -> Iterator[tuple[str, Attributes]]:
    """The name without its namespace and the attributes of each element, in the order of their start tags."""
    reader = _Elements()
    for _piece in read_part(reader, stream):
        yield from reader.found
        reader.found.clear()


class _Elements(PartReader):
    def __init__(self) -> None:
        self.found: list[tuple[str, Attributes]] = []

    def start(self, name: str, attributes: Attributes) -> None:
        self.enter()
        self.found.append((name.rpartition("}")[2], attributes))


def _refuse_doctype(*_declared: object) -> None:
    """A workbook has no document type, by which a short file can expand to a long text."""
    raise ValueError("document type")

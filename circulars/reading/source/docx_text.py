"""Extract text from DOCX; table cells become columns."""

import io
import zipfile
from collections.abc import Iterable, Iterator

import docx
from docx.section import _Footer, _Header
from docx.table import Table
from docx.text.paragraph import Paragraph

from circulars.reading.source.errors import UnreadableFile

_MAX_UNPACKED = 200 * 1024 * 1024
_MAX_XML = 32 * 1024 * 1024
_COLUMN_GAP = 4


def docx_text(content: bytes) -> str:
    """The text of a Word file in page order: header, body, footer."""
    _check_package(content)
    try:
        document = docx.Document(io.BytesIO(content))
        lines = list(_lines(document.iter_inner_content()))
        section = document.sections[0] if len(document.sections) else None
        if section is not None:
            head, foot = _edge(section.header), _edge(section.footer)
            lines = [*head, *lines, *foot]
    except Exception as error:
        raise UnreadableFile("damaged", "The DOCX file is damaged and cannot be read.") from error
    text = "\n".join(lines)
    if not text.strip():
        raise UnreadableFile("no_text_layer", "The file holds no text.")
    return text


def _check_package(content: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            entries = package.infolist()
    except Exception as error:
        if b"word/" in content:
            raise UnreadableFile("damaged", "The DOCX file is damaged and cannot be read.") from error
        raise UnreadableFile("not_a_letter_file", "The file is a damaged archive, not a letter.") from error
    if not any(entry.filename == "word/document.xml" for entry in entries):
        raise UnreadableFile(
            "damaged", "The Word file has no text in its usual place. Save it again as DOCX."
        )
    if any(entry.flag_bits & 0x1 for entry in entries):
        raise UnreadableFile("encrypted", "The file is protected with a password.")
    texts = sum(entry.file_size for entry in entries if entry.filename.endswith((".xml", ".rels")))
    if texts > _MAX_XML or sum(entry.file_size for entry in entries) > _MAX_UNPACKED:
        raise UnreadableFile("too_large", "The file is too large once unpacked.")


def _edge(part: _Header | _Footer) -> list[str]:
    return [] if part.is_linked_to_previous else list(_lines(part.iter_inner_content()))


def _lines(blocks: Iterable[Paragraph | Table]) -> Iterator[str]:
    for block in blocks:
        if isinstance(block, Table):
            yield from _table_lines(block)
        else:
            yield from _paragraph_lines(block)


def _paragraph_lines(paragraph: Paragraph) -> Iterator[str]:
    if paragraph.contains_page_break or paragraph.paragraph_format.page_break_before:
        yield "\f"
    yield from paragraph.text.split("\n")


def _table_lines(table: Table) -> Iterator[str]:
    rows = [_row_cells(table, index) for index in range(len(table.rows))]
    widths: dict[int, int] = {}
    for row in rows:
        for column, cell in enumerate(row):
            widths[column] = max(widths.get(column, 0), *(len(line) for line in cell))
    for row in rows:
        for depth in range(max((len(cell) for cell in row), default=0)):
            line = ""
            for column, cell in enumerate(row):
                text = cell[depth] if depth < len(cell) else ""
                line += text.ljust(widths[column] + _COLUMN_GAP)
            yield line.rstrip()


def _row_cells(table: Table, index: int) -> list[list[str]]:
    """The lines of each cell in a row; merged cells appear once."""
    seen: list[object] = []
    cells: list[list[str]] = []
    for cell in table.rows[index].cells:
        if cell._tc in seen:
            continue
        seen.append(cell._tc)
        inner = list(_lines(cell.iter_inner_content()))
        cells.append([line.replace("\f", "").replace("\t", "    ") for line in inner] or [""])
    return cells

"""The letters in `tests/letters/` as files: a text as it is, a PDF printed from HTML, a DOCX built from its outline."""

import io
from functools import cache
from pathlib import Path

import docx
from weasyprint import HTML

FOLDER = Path(__file__).parents[1] / "letters"
OUTLINE = ".docx.src"


def own_letters() -> list[Path]:
    """Every letter source with a ground-truth file."""
    return sorted(path for path in FOLDER.iterdir() if path.suffix != ".json" and truth_of(path).exists())


def truth_of(path: Path) -> Path:
    """Path of a letter's ground-truth file."""
    return path.with_name(path.name.partition(".")[0] + ".json")


@cache
def as_file(path: Path) -> tuple[str, bytes]:
    """The letter's file name and content."""
    if path.suffix == ".html":
        return path.with_suffix(".pdf").name, printed(path.read_text(encoding="utf-8"))
    if path.name.endswith(OUTLINE):
        return path.name.removesuffix(".src"), _document(path.read_text(encoding="utf-8"))
    return path.name, path.read_bytes()


def printed(html: str) -> bytes:
    """The page as PDF."""
    content = HTML(string=html).write_pdf()
    assert isinstance(content, bytes)
    return content


def _document(outline: str) -> bytes:
    """A Word file: lines are paragraphs, `| a | b |` is a row of a table, `\\n` breaks a line in a cell."""
    document = docx.Document()
    rows: list[list[str]] = []
    for line in [*outline.splitlines(), ""]:
        if line.startswith("|"):
            rows.append([cell.strip().replace("\\n", "\n") for cell in line.strip("|").split("|")])
            continue
        if rows:
            table = document.add_table(rows=len(rows), cols=len(rows[0]))
            for row, cells in zip(table.rows, rows, strict=True):
                for cell, text in zip(row.cells, cells, strict=True):
                    cell.text = text
            rows = []
        document.add_paragraph(line)
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()

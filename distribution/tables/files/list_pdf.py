"""An exported list as PDF: its name, how it is filtered, when and by whom it was asked for, and its rows."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import IO, Any

from django.template.loader import render_to_string
from django.utils.html import escape

from agencies.directory.tabular.spreadsheet import longest_line, sampled, text_of
from distribution.models import PreparedFile
from distribution.services.prepare_file import Progress
from distribution.tables.files.columns import export_rows
from distribution.tables.files.exported_lists import Found, columns_of, exported_title
from distribution.tables.files.pdf_parts import Section, pdf_in_parts

ON_A_LINE, LONGEST_WORD, LONGEST_LINE, BETWEEN = 200, 26, 60, 3
"""Characters: on a line of the page, of a word and a line that count for a column, and between two columns."""


def list_as_pdf(
    prepared: PreparedFile, found: Found, count: int, *, at: datetime, progress: Progress
) -> IO[bytes]:
    """The list on landscape pages, each column as wide as its first rows need."""
    head, columns, rows = sampled(export_rows(found.rows, columns_of(prepared, found)))
    title = exported_title(prepared)
    above = render_to_string(
        "distribution/files/list_heading.html",
        {"prepared": prepared, "title": title, "narrowed": found.narrowed, "count": count, "at": at},
    )
    return pdf_in_parts(
        [Section(above, _head(head, _widths(columns)), _rows(rows))],
        title=f"{title}: {prepared.about}",
        footing=f"{title} · {prepared.about}",
        stylesheet="css/list.css",
        columns=len(head),
        count=count,
        progress=progress,
    )


def _widths(columns: Sequence[Sequence[str]]) -> list[float]:
    """The width of each column: room for its longest word, and a part of what remains by its longest line."""
    least = [
        min(max(_length(word) for text in column for word in text.split()), LONGEST_WORD) + BETWEEN
        for column in columns
    ]
    wanted = [
        max(min(max(map(longest_line, column)), LONGEST_LINE) + BETWEEN - narrow, 0)
        for column, narrow in zip(columns, least, strict=True)
    ]
    spare = max(ON_A_LINE - sum(least), 0) / max(sum(wanted), 1)
    return [narrow + more * spare for narrow, more in zip(least, wanted, strict=True)]


def _length(word: str) -> float:
    """Characters of a word; a capital is wider than a small letter."""
    return len(word) + 0.3 * sum(map(str.isupper, word))


def _head(headings: Sequence[str], widths: Sequence[float]) -> str:
    share = 100 / sum(widths)
    cells = "".join(
        f'<th scope="col" style="width: {width * share:.2f}%">{escape(heading)}</th>'
        for heading, width in zip(headings, widths, strict=True)
    )
    return f"<thead><tr>{cells}</tr></thead>"


def _rows(rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    for row in rows:
        yield f"<tr>{''.join(f'<td>{escape(text_of(value))}</td>' for value in row)}</tr>"

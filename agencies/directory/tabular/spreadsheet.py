"""Rows as CSV, and what all forms of spreadsheets share: names, titles, widths, the text of a value."""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from io import StringIO
from itertools import chain, islice
from tempfile import TemporaryFile
from typing import IO, Any

from django.http import StreamingHttpResponse
from django.utils import timezone

BYTE_ORDER_MARK, DELIMITER = "\ufeff", ";"
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
LONGEST_TITLE, FORBIDDEN_IN_TITLES = 31, "[]:*?/\\"
NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
DAY, MOMENT = "%d.%m.%Y", "%d.%m.%Y %H:%M"
SAMPLE = 200
NARROWEST, WIDEST = 8, 48
"""Width of a column, in characters."""


@contextmanager
def temporary_file() -> Iterator[IO[bytes]]:
    """A temporary file to write; afterwards it is read from its beginning, and its user closes it.

    It is closed if writing fails.
    """
    with ExitStack() as stack:
        file = stack.enter_context(TemporaryFile())
        yield file
        file.seek(0)
        stack.pop_all()


@dataclass(frozen=True)
class Sheet:
    """A sheet of a workbook: its title, and its rows of which the first holds the headings."""

    title: str
    rows: Iterable[Sequence[Any]]


def csv_response(rows: Iterable[Sequence[Any]], name: str) -> StreamingHttpResponse:
    """UTF-8 with a byte order mark and semicolons, as a Turkish Excel expects."""
    lines = chain([BYTE_ORDER_MARK], map(csv_row, rows))
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{safe_name(name)}.csv"'
    return response


def csv_row(row: Sequence[Any]) -> str:
    """A line of CSV; text that a spreadsheet would evaluate as a formula is quoted."""
    line = StringIO()
    csv.writer(line, delimiter=DELIMITER, lineterminator="\n").writerow(
        [_quoted(text_of(value)) for value in row]
    )
    return line.getvalue()


def text_of(value: Any) -> str:
    """The value as a spreadsheet in Turkish shows it: gg.aa.yyyy, local time, decimal comma."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return timezone.localtime(value).strftime(MOMENT)
    if isinstance(value, date):
        return value.strftime(DAY)
    return str(value).replace(".", ",") if isinstance(value, float | Decimal) else str(value)


def sampled(rows: Iterable[Sequence[Any]]) -> tuple[list[str], list[list[str]], Iterator[Sequence[Any]]]:
    """Headings, for each column the texts of its heading and of its first SAMPLE rows, and all further rows."""
    remaining = iter(rows)
    head = [str(each) for each in next(remaining)]
    sample = list(islice(remaining, SAMPLE))
    columns = [[text_of(value) for value in column] for column in zip(head, *sample, strict=True)]
    return head, columns, chain(sample, remaining)


def with_widths(rows: Iterable[Sequence[Any]]) -> tuple[list[str], list[int], Iterator[Sequence[Any]]]:
    """Headings, a width in characters for each column by what its first rows hold, and all further rows."""
    head, columns, remaining = sampled(rows)
    longest = [max(map(longest_line, column)) for column in columns]
    return head, [min(max(NARROWEST, each + 2), WIDEST) for each in longest], remaining


def longest_line(text: str) -> int:
    """Characters of the longest line."""
    return max(map(len, text.splitlines()), default=0)


def sheet_title(title: str) -> str:
    """The title as Excel takes it: at most 31 characters, none of []:*?/\\, no apostrophe at either end."""
    return "".join(" " if char in FORBIDDEN_IN_TITLES else char for char in title)[:LONGEST_TITLE].strip(" '")


def unquoted(text: str) -> str:
    """Undo `_quoted` for text read from an exported CSV."""
    return text[1:] if text[:1] == "'" and text[1:].startswith(FORMULA_STARTS) else text


def safe_name(name: str) -> str:
    """The name with nothing but letters, digits, hyphens and underscores."""
    return "".join(char if char.isalnum() or char in "-_" else "-" for char in name)


def _quoted(text: str) -> str:
    """Quote text that a spreadsheet would evaluate as a formula; phone numbers are left as they are."""
    is_number = text.lstrip("+-").replace(" ", "").isdigit()
    return f"'{text}" if text.startswith(FORMULA_STARTS) and not is_number else text

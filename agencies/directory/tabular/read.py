"""Open a directory file as a table, whatever form it has."""

from typing import IO

from django.utils.translation import gettext as _

from agencies.directory.tabular.refused import UnreadableTable
from agencies.directory.tabular.table import Table, csv_table, estimated_lines
from agencies.directory.workbook.package import wrong_form
from agencies.directory.workbook.part import OnProgress, nothing
from agencies.directory.workbook.read import estimated_sheet_rows, xlsx_table

_START = 2048


def read_table(file: IO[bytes], on_progress: OnProgress = nothing, *, sheet: str = "") -> Table:
    """The table in the file, to be closed after use. Raises UnreadableTable with the reason and what to do.

    `sheet` is the title of the sheet to be read, empty for the only one that has a table.

    `on_progress` is called every few megabytes of a workbook, whose empty rows aren't among those of the table.
    """
    start = _beginning(file)
    if start.startswith(b"PK"):
        return xlsx_table(file, on_progress, sheet=sheet)
    if sheet:
        raise UnreadableTable(_("The file has no sheets. Leave the name of the sheet empty."))
    text = start.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").lower()  # UTF-16 as well
    if start.startswith(b"\xd0\xcf\x11\xe0"):
        raise wrong_form(_("an old Excel workbook (.xls), or one that is protected by a password"))
    if text.startswith(b"<?xml"):
        raise wrong_form(_("an XML file, even if its name ends in .xls"))
    if text.startswith((b"<", b"mime-version:")):
        raise wrong_form(_("a web page, even if its name ends in .xls"))
    if text.startswith((b"%pdf", b"{\\rtf")):
        raise wrong_form(_("a document, not a table"))
    return csv_table(file)


def estimate_rows(file: IO[bytes]) -> int:
    """Estimated number of rows, for the progress bar."""
    return estimated_sheet_rows(file) if _beginning(file).startswith(b"PK") else estimated_lines(file)


def _beginning(file: IO[bytes]) -> bytes:
    start = file.read(_START)
    file.seek(0)
    return start

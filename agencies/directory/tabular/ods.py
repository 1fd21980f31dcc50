"""Workbooks as OpenDocument spreadsheets, written row by row so that memory use does not grow with their number.

The libraries for this form build the whole document in memory, several kilobytes a row.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import IO, Any
from xml.sax.saxutils import escape, quoteattr
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

from django.http import FileResponse
from django.utils import timezone

from agencies.directory.tabular.spreadsheet import (
    NOT_IN_XML,
    Sheet,
    safe_name,
    sheet_title,
    temporary_file,
    with_widths,
)

MIMETYPE = "application/vnd.oasis.opendocument.spreadsheet"
ROWS_AT_ONCE = 500
OASIS = "urn:oasis:names:tc:opendocument:xmlns:"
NAMES = " ".join(
    f'xmlns:{short}="{OASIS}{name}:1.0"'
    for short, name in (
        ("office", "office"),
        ("table", "table"),
        ("text", "text"),
        ("style", "style"),
        ("number", "datastyle"),
        ("config", "config"),
        ("fo", "xsl-fo-compatible"),
    )
)
XML = '<?xml version="1.0" encoding="UTF-8"?>\n'
MANIFEST = (
    f'{XML}<manifest:manifest xmlns:manifest="{OASIS}manifest:1.0" manifest:version="1.3">'
    f'<manifest:file-entry manifest:full-path="/" manifest:version="1.3" manifest:media-type="{MIMETYPE}"/>'
    '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/>'
    '<manifest:file-entry manifest:full-path="settings.xml" manifest:media-type="text/xml"/>'
    "</manifest:manifest>"
)
DAY = '<number:day number:style="long"/><number:text>.</number:text><number:month number:style="long"/>'
DAY += '<number:text>.</number:text><number:year number:style="long"/>'
TIME = '<number:text> </number:text><number:hours number:style="long"/><number:text>:</number:text>'
TIME += '<number:minutes number:style="long"/>'
STYLES = (
    f'<number:date-style style:name="d">{DAY}</number:date-style>'
    f'<number:date-style style:name="m">{DAY}{TIME}</number:date-style>'
    '<style:style style:name="day" style:family="table-cell" style:data-style-name="d"/>'
    '<style:style style:name="moment" style:family="table-cell" style:data-style-name="m"/>'
    '<style:style style:name="head" style:family="table-cell">'
    '<style:text-properties fo:font-weight="bold"/></style:style>'
)
CHARACTER = 0.19
"""Width of a character in cm."""


def ods_response(rows: Iterable[Sequence[Any]], name: str, title: str) -> FileResponse:
    """A workbook of one sheet as a download; see `ods_file`."""
    file = ods_file([Sheet(title, rows)])
    return FileResponse(file, as_attachment=True, filename=f"{safe_name(name)}.ods", content_type=MIMETYPE)


def ods_file(sheets: Iterable[Sheet]) -> IO[bytes]:
    """A workbook in a temporary file, with what `xlsx_file` gives it: header in sight, filters, typed values."""
    titles: list[str] = []
    with temporary_file() as file, ZipFile(file, "w", ZIP_DEFLATED) as package:
        package.writestr("mimetype", MIMETYPE, ZIP_STORED)
        package.writestr("META-INF/manifest.xml", MANIFEST)
        with package.open("content.xml", "w", force_zip64=True) as content:
            for part in _content(sheets, titles):
                content.write(part.encode())
        package.writestr("settings.xml", _settings(titles))
    return file


def _content(sheets: Iterable[Sheet], titles: list[str]) -> Iterator[str]:
    """The parts of content.xml. Adds the title of each sheet."""
    widths_of = "".join(
        f'<style:style style:name="w{width}" style:family="table-column">'
        f'<style:table-column-properties style:column-width="{width * CHARACTER:.2f}cm"/></style:style>'
        for width in range(101)
    )
    yield f'{XML}<office:document-content {NAMES} office:version="1.3">'
    yield f"<office:automatic-styles>{STYLES}{widths_of}</office:automatic-styles>"
    yield "<office:body><office:spreadsheet>"
    ranges = []
    for sheet in sheets:
        title = sheet_title(sheet.title)
        titles.append(title)
        head, widths, rows = with_widths(sheet.rows)
        yield f"<table:table table:name={quoteattr(title)}>"
        yield from (f'<table:table-column table:style-name="w{width}"/>' for width in widths)
        yield "<table:table-header-rows><table:table-row>"
        yield from (
            f"<table:table-cell {_HEAD}>{_paragraphs(heading)}</table:table-cell>" for heading in head
        )
        yield "</table:table-row></table:table-header-rows>"
        count, waiting = 1, []
        for row in rows:
            count += 1
            waiting.append(f"<table:table-row>{''.join(map(_cell, row))}</table:table-row>")
            if len(waiting) == ROWS_AT_ONCE:
                yield "".join(waiting)
                waiting.clear()
        yield "".join(waiting) + "</table:table>"
        ranges.append(_filtered(title, len(head), count, len(titles)))
    yield f"<table:database-ranges>{''.join(ranges)}</table:database-ranges>"
    yield "</office:spreadsheet></office:body></office:document-content>"


_HEAD = 'office:value-type="string" table:style-name="head"'


def _cell(value: Any) -> str:
    if isinstance(value, datetime):
        local = timezone.localtime(value).strftime("%Y-%m-%dT%H:%M:%S")
        return (
            '<table:table-cell table:style-name="moment" office:value-type="date"'
            f' office:date-value="{local}"/>'
        )
    if isinstance(value, date):
        return (
            '<table:table-cell table:style-name="day" office:value-type="date"'
            f' office:date-value="{value.isoformat()}"/>'
        )
    if isinstance(value, int | float | Decimal):
        return f'<table:table-cell office:value-type="float" office:value="{value}"/>'
    if value is None or value == "":
        return "<table:table-cell/>"
    return f'<table:table-cell office:value-type="string">{_paragraphs(str(value))}</table:table-cell>'


def _paragraphs(text: str) -> str:
    lines = escape(NOT_IN_XML.sub("", text)).splitlines() or [""]
    return "".join(f"<text:p>{line}</text:p>" for line in lines)


def _filtered(title: str, columns: int, rows: int, number: int) -> str:
    """The range of a sheet with the buttons of its filter."""
    sheet = title.replace("'", "''")
    address = f"'{sheet}'.A1:'{sheet}'.{_letters(columns)}{rows}"
    return (
        f'<table:database-range table:name="filter{number}" table:display-filter-buttons="true"'
        f" table:target-range-address={quoteattr(address)}/>"
    )


def _letters(column: int) -> str:
    """The name of a column counted from 1."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def _settings(titles: Sequence[str]) -> str:
    """The header row of each sheet stays in sight."""
    frozen = {
        "VerticalSplitMode": ("short", 2),
        "VerticalSplitPosition": ("int", 1),
        "ActiveSplitRange": ("short", 2),
    }
    frozen |= {"PositionTop": ("int", 0), "PositionBottom": ("int", 1)}
    items = "".join(
        f'<config:config-item config:name="{name}" config:type="{kind}">{value}</config:config-item>'
        for name, (kind, value) in frozen.items()
    )
    sheets = "".join(
        f"<config:config-item-map-entry config:name={quoteattr(title)}>{items}</config:config-item-map-entry>"
        for title in titles
    )
    return (
        f'{XML}<office:document-settings {NAMES} office:version="1.3"><office:settings>'
        '<config:config-item-set config:name="ooo:view-settings">'
        '<config:config-item-map-indexed config:name="Views"><config:config-item-map-entry>'
        '<config:config-item config:name="ViewId" config:type="string">view1</config:config-item>'
        f'<config:config-item-map-named config:name="Tables">{sheets}</config:config-item-map-named>'
        "</config:config-item-map-entry></config:config-item-map-indexed></config:config-item-set>"
        "</office:settings></office:document-settings>"
    )

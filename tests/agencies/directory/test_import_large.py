"""Workbooks that are large or made to be: used ranges of empty rows, cells in the last row, packed bombs."""

import io
import tracemalloc
import zipfile
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from agencies.directory.run import begin_import, run_import
from agencies.directory.tabular.read import read_table
from agencies.models.maintenance import DirectoryImport, ImportState
from tests.agencies.directory.forms import (
    NEW,
    Form,
    add_bodies,
    archive_with,
    expect,
    lines,
    with_part,
    workbook,
)
from tests.agencies.importing import checked, reasons

pytestmark = pytest.mark.django_db
MB = 1024 * 1024
SMALL = 12 * MB
"""More than reading any workbook takes beside its shared strings; less than a hundredth of what these unpack to."""

MAIN = b'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
TEXT_CELL = '<c r="%s" t="inlineStr"><is><t>%s</t></is></c>'
HEADING = f'<row r="1">{TEXT_CELL % ("A1", "Kod")}{TEXT_CELL % ("B1", "Ad")}</row>'
FIRST = f'<row r="2">{TEXT_CELL % ("A2", "adana")}{TEXT_CELL % ("B2", NEW)}</row>'
EMPTY_ROWS = 20_000


@pytest.fixture(autouse=True)
def there() -> None:
    add_bodies()


def sheet(*rows: str, below: str = "") -> bytes:
    """A workbook whose sheet has these rows under its heading and first row."""
    xml = b"<worksheet %s><sheetData>%s</sheetData>%s</worksheet>"
    content = "".join([HEADING, FIRST, *rows]).encode()
    return archive_with("xl/worksheets/sheet1.xml", [xml % (MAIN, content, below.encode())])


def strings(pieces: Iterator[bytes], cell: bytes = b'<c r="B2" t="s"><v>0</v></c>') -> bytes:
    """A workbook with these shared strings, the first as the name in its first row."""
    row = b'<row r="2"><c r="A2" t="inlineStr"><is><t>adana</t></is></c>%s</row>' % cell
    xml = b"<worksheet %s><sheetData>%s%s</sheetData></worksheet>" % (MAIN, HEADING.encode(), row)
    with_strings = archive_with("xl/sharedStrings.xml", [b"<sst %s>" % MAIN, *pieces, b"</sst>"])
    return archive_with("xl/worksheets/sheet1.xml", [xml], with_strings)


def used_range() -> bytes:
    return sheet(
        *(f'<row r="{row}"><c r="A{row}" s="0"/><c r="B{row}" s="0"/></row>' for row in range(3, EMPTY_ROWS))
    )


def heartbeats(content: bytes) -> tuple[DirectoryImport, int]:
    """The import after its check, and how often its row was written with a heartbeat."""
    with CaptureQueriesContext(connection) as captured:
        found = checked(content)
    return found, sum(
        "heartbeat_at" in query["sql"] for query in captured if query["sql"].startswith("UPDATE")
    )


class TestEmptyRows:
    """A used range reaches further down than its values, up to row 1,048,576."""

    def test_the_rows_are_read_to_the_last_with_a_value_only(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("agencies.directory.workbook.part.PIECES_A_REPORT", 1)
        content = used_range()
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            pieces = packed.getinfo("xl/worksheets/sheet1.xml").file_size // (64 * 1024)
        assert pieces > 10
        read: list[None] = []
        with closing(read_table(io.BytesIO(content), lambda: read.append(None))) as table:
            opened = len(read)
            assert [row.number for row in table.rows] == [2]
        assert pieces <= opened <= pieces + 10
        assert len(read) - opened <= 1

    def test_a_value_far_below_is_read(self) -> None:
        found = checked(sheet('<row r="3"/>', '<row r="1048576"><c r="A1048576"><v>7</v></c></row>'))
        assert list(found.lines.values_list("number", flat=True)) == [2, 1048576]

    def test_heartbeats_are_sent_while_none_of_a_workbook_s_rows_is_kept(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        found, few = heartbeats(sheet())
        monkeypatch.setattr("agencies.directory.workbook.part.PIECES_A_REPORT", 1)
        same, many = heartbeats(used_range())
        assert found.rows == same.rows == 1
        assert many - few > 10

    def test_heartbeats_are_sent_while_none_of_a_text_file_s_rows_is_kept(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("agencies.directory.run.BATCH", 10)
        found, few = heartbeats(lines("Kod;Ad", f"adana;{NEW}"))
        same, many = heartbeats(lines("Kod;Ad", f"adana;{NEW}", *[";"] * 500))
        assert found.rows == same.rows == 1
        assert many - few == 50

    def test_a_worker_stops_among_them_when_another_has_claimed_the_import(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("agencies.directory.run.BATCH", 10)
        other = uuid4()

        def taken_over(*_args: object) -> bool:
            DirectoryImport.objects.update(claim=other)
            return False

        content = checked(lines("Kod;Ad", f"adana;{NEW}", *[";"] * 500)).file
        begun = begin_import(file=content, by=None, at=timezone.now())
        monkeypatch.setattr("agencies.directory.run.repeats_heading", taken_over)
        assert not run_import(import_id=begun.pk, at=timezone.now() + timedelta(seconds=1))
        begun.refresh_from_db()
        assert (begun.claim, begun.rows, begun.state) == (other, 0, ImportState.CHECKING)

    def test_hidden_empty_rows_are_no_hidden_rows_of_the_table(self) -> None:
        found = checked(sheet('<row r="3" hidden="1"/>', '<row r="4" hidden="1"><c r="A4"/></row>'))
        assert (found.notes, found.rows) == ([], 1)


class TestFarCells:
    """Excel has 16,384 columns; the directory has no more than a hundred."""

    def test_a_single_cell_in_the_last_column_of_the_last_row_is_named(self) -> None:
        found = checked(sheet('<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'))
        assert reasons(found)[1048576][0] == ("", "surplus")
        assert found.changed == 1

    def test_a_row_of_16384_columns_is_refused_by_its_number(self) -> None:
        found = checked(sheet('<row r="3"><c><v>1</v></c>' + "<c><v>2</v></c>" * 16_383 + "</row>"))
        assert ("", "surplus") in reasons(found)[3]
        assert len(found.lines.get(number=3).cells) == 100

    def test_columns_beyond_the_hundredth_that_have_a_heading_are_to_be_deleted(self) -> None:
        found = checked(workbook(["Kod", "Ad", *map(str, range(200))], ["adana", NEW, *range(200)]))
        assert found.state == ImportState.FAILED
        assert "100" in found.error

    def test_headings_beyond_the_hundredth_column_without_values_do_no_harm(self) -> None:
        expect(
            Form(
                workbook(["Kod", "Ad", *map(str, range(200))], ["adana", NEW]),
                {"adana": {"name": NEW}},
            )
        )


def refusal(content: bytes) -> str:
    """Why the workbook is refused; its reading takes little memory."""
    found, peak = measured(content)
    assert found.state == ImportState.FAILED
    assert peak < SMALL
    return found.error


def measured(content: bytes) -> tuple[DirectoryImport, int]:
    """The import after its check, and the memory that this took at its peak."""
    begun = begin_import(file=checked(sheet()).file, by=None, at=timezone.now())
    begun.file.storage.delete(begun.file.name)
    begun.file.storage.save(begun.file.name, io.BytesIO(content))
    tracemalloc.start()
    run_import(import_id=begun.pk, at=timezone.now())
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    begun.refresh_from_db()
    return begun, peak


class TestBombs:
    """Small files that unpack to much."""

    def test_shared_strings_packed_tighter_than_any_table_are_refused_with_the_remedy(self) -> None:
        error = refusal(strings(b"<si><t>" + b"A" * MB + b"</t></si>" for _ in range(70)))
        assert "CSV" in error and "metin" in error and "70" in error

    def test_a_sheet_packed_tighter_than_any_table_is_refused_by_its_title(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("agencies.directory.workbook.package.MOST_RATIO", 1)
        monkeypatch.setattr(
            "agencies.directory.workbook.read.SHEET_LIMIT", type("Limit", (), {"free": MB, "most": 64 * MB})
        )
        assert "Sheet" in refusal(used_range())

    @pytest.mark.parametrize(
        ("limit", "content"),
        [("STRINGS_LIMIT", strings(iter([b"<si><t>A</t></si>"]))), ("SHEET_LIMIT", sheet())],
        ids=["strings", "sheet"],
    )
    def test_a_part_larger_than_its_limit_is_refused(
        self, limit: str, content: bytes, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(
            f"agencies.directory.workbook.read.{limit}", type("Limit", (), {"free": 50, "most": 50})
        )
        assert "50" in refusal(content)

    def test_of_a_long_text_only_the_beginning_is_kept(self) -> None:
        found, peak = measured(strings(iter([b"<si><t>", *[b"A" * MB] * 60, b"</t></si>"])))
        assert reasons(found) == {2: [("name", "too_long")]}
        assert peak < SMALL

    def test_millions_of_texts_take_no_more_memory_than_their_part(self) -> None:
        part = [b"<si><t>Adana Valilik</t></si>" * 10_000] * 20
        found, peak = measured(strings(iter(part)))
        assert found.state == ImportState.CHECKED
        assert peak < SMALL

    def test_one_text_in_very_many_cells_is_counted_as_often(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("agencies.directory.workbook.read.MOST_TEXT", 50)
        row = '<row r="{0}"><c r="A{0}" t="inlineStr"><is><t>kurum{0}</t></is></c></row>'
        assert "CSV" in refusal(sheet(*(row.format(number) for number in range(3, 20))))

    def test_long_rows_are_stored_in_smaller_batches(self, monkeypatch: pytest.MonkeyPatch) -> None:
        content = lines("Kod;Ad", f"adana;{NEW}", f"izmir;{NEW}", f"saglik;{NEW}")
        _found, few = heartbeats(content)
        monkeypatch.setattr("agencies.directory.run.LONGEST_BATCH", 1)
        found, more = heartbeats(content)
        assert found.rows == 3
        assert more - few == 2

    def test_very_many_merged_ranges_are_refused_with_the_remedy(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("agencies.directory.workbook.sheet.MOST_MERGED", 2)
        merged = "".join(f'<mergeCell ref="A{row}:B{row}"/>' for row in range(5, 8))
        assert "birleştirilmiş" in refusal(sheet(below=f"<mergeCells>{merged}</mergeCells>"))

    @pytest.mark.parametrize(
        "below",
        ["<x>" * 200 + "</x>" * 200, f'<x y="{"a" * 3 * MB}"/>', f"<!--{'a' * 3 * MB}-->"],
        ids=["nested", "long attribute", "long comment"],
    )
    def test_xml_that_fills_the_parser_s_memory_is_refused(self, below: str) -> None:
        assert "XLSX" in refusal(sheet(below=below))

    def test_a_document_type_is_refused(self) -> None:
        doctype = b'<!DOCTYPE x [<!ATTLIST c r CDATA "A1"><!ENTITY a "aaaa">]><worksheet'
        assert "XLSX" in refusal(with_part("sheet1.xml", b"<worksheet", doctype, sheet()))

    @pytest.mark.parametrize("number", ["1048577", "4000000000", "0", "-3"])
    def test_a_row_that_no_sheet_has_is_refused(self, number: str) -> None:
        assert "XLSX" in refusal(sheet(f'<row r="{number}"><c><v>1</v></c></row>'))


class TestProgramsThatWriteWorkbooks:
    """Their files are read if the values can be."""

    def test_styles_that_are_incomplete_or_unknown_do_not_matter(self) -> None:
        content = workbook(["Kod", "Ad"], ["adana", NEW])
        empty_fill = with_part("styles.xml", b"<fill><patternFill ?/></fill>", b"<fill/>", content)
        unknown = with_part("styles.xml", b"<fonts.*</fonts>", b"<fonts><x/></fonts>", content)
        for each in (empty_fill, unknown):
            assert each != content
            expect(Form(each, {"adana": {"name": NEW}}))

    def test_shared_strings_without_a_link_to_them_are_found(self) -> None:
        expect(Form(strings(iter([f"<si><t>{NEW}</t></si>".encode()])), {"adana": {"name": NEW}}))

    def test_a_text_in_several_fonts_is_one_text_without_its_reading(self) -> None:
        rich = "<r><rPr><b/></rPr><t>Adana </t></r><r><t>Büyük Valiliği</t></r><rPh><t>x</t></rPh>"
        expect(Form(strings(iter([f"<si>{rich}</si>".encode()])), {"adana": {"name": NEW}}))
        inline = f'<c r="B2" t="inlineStr"><is>{rich}</is></c>'.encode()
        expect(Form(strings(iter([]), inline), {"adana": {"name": NEW}}))

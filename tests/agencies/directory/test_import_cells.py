"""Single cells of a workbook that are unusual or can't be read, and rows that a sheet hides by default."""

from typing import Any

import pytest

from agencies.models.maintenance import ImportState
from tests.agencies.directory.forms import NEW, Form, add_bodies, archive_with, expect, with_part, workbook
from tests.agencies.importing import checked, reasons

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def there() -> None:
    add_bodies()


def with_cell(xml: str, *columns: str) -> bytes:
    """A workbook whose first row has this cell in B2 and whose second row is good."""
    content = workbook(["Kod", *columns], ["adana", "x"], ["izmir", "evet"])
    return with_part("sheet1.xml", rb'<c r="B2".*?</c>', xml.encode(), content)


def with_format(attributes: str, *rows: list[Any], first: str = "") -> bytes:
    """A workbook whose sheet has this format, and its first row below the heading these attributes."""
    formatted = with_part(
        "sheet1.xml", b"<sheetFormatPr [^>]*/>", f"<sheetFormatPr {attributes}/>".encode(), workbook(*rows)
    )
    return with_part("sheet1.xml", b'<row r="2"', f'<row r="2" {first}'.encode(), formatted)


class TestFormulasWithAStoredValue:
    def test_false_is_a_value(self) -> None:
        cell = '<c r="B2" t="b"><f>1=2</f><v>0</v></c>'
        expect(Form(with_cell(cell, "Dışarıdan yazılabilir"), {"adana": {"addressable": "false"}}))

    def test_nothing_is_no_truth_value(self) -> None:
        found = checked(with_cell('<c r="B2" t="b"><f>1=2</f><v/></c>', "Dışarıdan yazılabilir"))
        assert reasons(found) == {2: [("addressable", "formula_no_value")]}

    def test_zero_of_a_number_and_an_error_keep_their_meaning(self) -> None:
        for kind, value, reason in (("n", "0", "formula_no_value"), ("e", "#REF!", "error_value")):
            found = checked(with_cell(f'<c r="B2" t="{kind}"><f>X1</f><v>{value}</v></c>', "İl şablonu"))
            assert reasons(found) == {2: [("template", reason)]}

    def test_an_empty_text_is_a_value(self) -> None:
        found = checked(with_cell('<c r="B2" t="str"><f>""</f><v></v></c>', "İl şablonu"))
        assert reasons(found) == {}


@pytest.mark.parametrize(
    "cell",
    [
        '<c r="B2" t="b"><v>true</v></c>',
        '<c r="B2" t="b"><v>7</v></c>',
        '<c r="B2" t="n"><v>abc</v></c>',
        '<c r="B2"><v>1.5.2</v></c>',
        '<c r="B2"><v>1e400</v></c>',
        '<c r="B2" t="s"><v>99</v></c>',
        '<c r="B2" t="s"><v>-1</v></c>',
        '<c r="B2" t="d"><v>yesterday</v></c>',
        '<c r="B2" s="x"><v>1</v></c>',
    ],
)
def test_a_cell_that_cannot_be_read_is_named_and_the_other_rows_stay_good(cell: str) -> None:
    found = checked(with_cell(cell, "İl şablonu"))
    assert (found.state, found.error) == (ImportState.CHECKED, "")
    assert reasons(found) == {2: [("template", "unreadable_value")]}
    assert found.changed == 1


def test_a_cell_without_a_heading_that_cannot_be_read_is_surplus() -> None:
    content = with_part(
        "sheet1.xml", b'(<row r="2".*?)</row>', rb'\1<c r="ZZ2"><v>abc</v></c></row>', with_cell("", "Ad")
    )
    assert ("", "surplus") in reasons(checked(content))[2]


class TestHalvesOfASign:
    """A workbook may name half of a sign beyond U+FFFF, which no database stores."""

    def test_one_alone_is_a_damaged_cell_and_the_other_rows_stay_good(self) -> None:
        found = checked(workbook(["Kod", "Ad"], ["adana", "Adana _xD83D_ Valiliği"], ["izmir", NEW]))
        assert (found.state, found.error) == (ImportState.CHECKED, "")
        assert reasons(found) == {2: [("name", "damaged")]}
        assert found.changed == 1

    def test_in_a_text_file_and_in_a_column_that_is_not_imported_as_well(self) -> None:
        found = checked("Kod;Ad;Not\r\nadana;Büyük_xDFFF_;\r\nizmir;İzmir Valiliği;_xD800_\r\n".encode())
        assert reasons(found) == {2: [("name", "damaged")]}


class TestRowsHiddenByDefault:
    ROWS = (["Kod", "Ad"], ["adana", NEW], ["izmir", NEW])

    @pytest.mark.parametrize("value", ["1", "true"])
    def test_they_are_not_imported_unless_the_row_is_shown(self, value: str) -> None:
        found = checked(with_format(f'zeroHeight="{value}"', *self.ROWS, first='hidden="0"'))
        assert reasons(found) == {3: [("", "hidden")]}
        assert [(note["kind"], note["count"]) for note in found.notes] == [("hidden_rows", 1)]

    def test_a_row_with_a_height_of_its_own_is_shown(self) -> None:
        found = checked(with_format('zeroHeight="1"', *self.ROWS, first='ht="15" customHeight="1"'))
        assert reasons(found) == {3: [("", "hidden")]}

    def test_other_sheets_hide_nothing(self) -> None:
        found = checked(with_format('zeroHeight="0"', *self.ROWS))
        assert (reasons(found), found.notes) == ({}, [])


def test_the_number_of_a_style_that_is_unknown_does_not_matter() -> None:
    content = archive_with(
        "xl/worksheets/sheet1.xml",
        [
            b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
            b'<row r="1"><c r="A1" t="inlineStr"><is><t>Kod</t></is></c>'
            b'<c r="B1" t="inlineStr"><is><t>Telefon</t></is></c></row>'
            b'<row r="2"><c r="A2" t="inlineStr"><is><t>adana</t></is></c>'
            b'<c r="B2" s="999"><v>4440444</v></c></row></sheetData></worksheet>'
        ],
    )
    expect(Form(content, {"adana": {"phone": "4440444"}}))

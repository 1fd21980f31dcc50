"""Cells, rows and workbooks that aren't what somebody wrote, and what comes of each."""

import pytest

from agencies.models import Agency
from tests.agencies.directory.forms import (
    KOD_AD,
    NEW,
    Form,
    add_bodies,
    expect,
    formula_as_text,
    hidden_second_table,
    lines,
    shown_with_zeros,
    with_part,
    with_stored_value,
    workbook,
)
from tests.agencies.importing import checked, reasons
from tests.factories import AgencyFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def there() -> None:
    add_bodies()


FORMS = {
    # Words, signs and letters that nobody wrote.
    "words of databases and people for nothing": Form(
        lines(
            "Kod;Ad;Telefon;İl şablonu;Üst kurum kodu",
            "adana;NULL;-;nan;(null)",
            "izmir;\\N;yok;None;N/A",
            "saglik;(boş);…;;",
        ),
        wrong={
            2: [(name, "empty_word") for name in ("name", "phone", "template", "parent_ref")],
            3: [(name, "empty_word") for name in ("name", "phone", "template", "parent_ref")],
            4: [("name", "empty_word"), ("phone", "empty_word")],
        },
    ),
    "a new body whose code a database left empty": Form(
        lines("Kod;Ad;Tür", "NULL;Yeni Kurum;Diğer"), wrong={2: [("code", "empty_word")]}
    ),
    "days of databases for none": Form(
        lines("Kod;Bitiş", "adana;1900-01-01", "izmir;01.01.1970", "saglik;31.12.9999"),
        wrong={
            2: [("active_to", "empty_word")],
            3: [("active_to", "empty_word")],
            4: [("active_to", "day")],
        },
    ),
    "letters in the spelling of web pages": Form(
        lines("Kod,Ad", "adana,Adana Valili&#287;i", "izmir,<b>İzmir Valiliği</b>", "saglik,Sa%C4%9Flık"),
        wrong={row: [("name", "damaged")] for row in (2, 3, 4)},
    ),
    "a letter's number, split at its semicolon": Form(
        lines("Kod;Ad;İl şablonu", "adana;Adana Valili&#287;i"), wrong={2: [("name", "damaged")]}
    ),
    "Windows-1254 read as Central European, Cyrillic and Greek": Form(
        lines(KOD_AD, "adana;Adana Valiliđi", "izmir;İzmir Valiliрi", "saglik;Saπlık Bakanlıπı"),
        wrong={row: [("name", "damaged")] for row in (2, 3, 4)},
    ),
    "DOS and Mac Turkish read as Windows-1254, UTF-8 read as DOS; all saved as UTF-8": Form(
        lines(KOD_AD, "saglik;Sa§l\x8dk Bakanl\x8d§\x8d", "izmir;SaÛlİk BakanlİÛİ", "adana;Adana Valili─şi"),
        wrong={row: [("name", "damaged")] for row in (2, 3, 4)},
    ),
    "names without their Turkish letters": Form(
        lines(KOD_AD, "adana;Adana Valiligi", "saglik;SAGLIK BAKANLIGI"),
        wrong={2: [("name", "letters_lost")], 3: [("name", "letters_lost")]},
    ),
    "signs that a workbook escapes": Form(
        workbook(["Kod", "Ad"], ["adana", "Adana_x0009_Büyük_x00A0_Valiliği_x200B_"]),
        {"adana": {"name": NEW}},
    ),
    # Quotation marks and broken rows.
    "a blank before the quotation marks": Form(
        lines("Kod, Ad, Telefon", f'adana, "{NEW}, Merkez", "0322 111 22 33"'),
        {"adana": {"name": f"{NEW}, Merkez", "phone": "0322 111 22 33"}},
    ),
    "names in other quotation marks": Form(
        lines("Kod,Ad", "adana,'Adana Valiliği'", "izmir,“İzmir Valiliği”", "saglik,'Sağlık"),
        wrong={4: [("name", "name")]},
    ),
    "a semicolon in a name, after which a text column takes the rest": Form(
        lines("Kod;Ad;İl şablonu", "adana;Adana Valiliği; Merkez;", "izmir;İzmir Valiliği;", "saglik;;"),
        wrong={2: [("", "surplus")]},
    ),
    "a separator at the end of every row": Form(
        lines(KOD_AD, f"adana;{NEW};", "izmir;İzmir Valiliği;"), {"adana": {"name": NEW}}
    ),
    "a line end inside a name without quotation marks": Form(
        lines(
            "Kod;Ad;Tür",
            "izmir;İzmir Valiliği;Valilik",
            "adana;Adana",
            "Büyük;Valilik",
            "saglik;;",
            "x;Y;Diğer",
        ),
        wrong={
            3: [("", "broken_line")],
            4: [("", "broken_line"), ("code", "code"), ("kind", "kind_missing")],
        },
    ),
    "a download that was cut off": Form(
        lines("Kod;Ad;Tür", "adana;Adana Valiliği;Valilik", "saglik;;") + "izmir;İzmir Val".encode(),
        wrong={4: [("", "cut_off")]},
    ),
    "the heading once more in capitals and without its blank columns": Form(
        lines("Kod;Ad;;", f"adana;{NEW};;", "KOD;AD", "izmir;İzmir Valiliği;;"), {"adana": {"name": NEW}}
    ),
    "a second table below, its columns in another order": Form(
        lines("Kod;Ad;İl şablonu", f"adana;{NEW};x", "Kod;İl şablonu;Ad", "izmir;valilik;İzmir Valiliği"),
        refused="3",
    ),
    # Numbers and codes.
    "telephone numbers as numbers, and other things in their column": Form(
        lines("Kod;Telefon", "adana;3225550000.0", "izmir;0", "saglik;01.02.2026"),
        {"adana": {"phone": "3225550000"}},
        wrong={3: [("phone", "phone")], 4: [("phone", "phone")]},
        doubts={2: ["lost_zero"]},
    ),
    "formulas with 0, stored by programs that don't calculate or taken from an empty cell": Form(
        with_stored_value("0", workbook(["Kod", "Telefon", "DETSİS no"], ["adana", "=X1", "=Y1"])),
        wrong={2: [("phone", "formula_no_value"), ("detsis_no", "formula_no_value")]},
    ),
    "a formula that the workbook takes for text": Form(
        workbook(["Kod", "Ad"], ["adana", "x"], change=formula_as_text), wrong={2: [("name", "formula")]}
    ),
    "true in place of a name, and no number at all": Form(
        workbook(["Kod", "Ad", "DETSİS no"], ["adana", True, None], ["izmir", None, 0]),
        wrong={2: [("name", "name")], 3: [("detsis_no", "detsis")]},
    ),
    "a code whose zeros only the cell's format shows": Form(
        workbook(["Kod", "Ad", "Tür"], [7, "Yedi Kurumu", "Diğer"], change=shown_with_zeros),
        added=["007"],
    ),
    "codes that differ in their zeros only": Form(
        lines("Kod;Ad;Tür", "007;Yedi Kurumu;Diğer", "7;Başka Kurum;Diğer"),
        doubts={2: ["code_zeros_in_file"], 3: ["code_zeros_in_file"]},
        added=["007", "7"],
    ),
    "codes without their zeros, the name the same": Form(
        lines("Kod;Ad;Tür", "007;Yedi Kurumu;Diğer", "7;YEDİ KURUMU;Diğer"),
        wrong={2: [("code", "code_twin_in_file")], 3: [("code", "code_twin_in_file")]},
        doubts={3: ["twin_name_in_file"]},
    ),
    "a moment in universal time": Form(
        lines("Kod;Başlangıç", "adana;2025-12-31T21:00:00.000Z", "izmir;2026-01-01T00:00:00+03:00"),
        {"adana": {"active_from": "2026-01-01"}, "izmir": {"active_from": "2026-01-01"}},
        doubts={2: ["day_read"]},
    ),
    # Workbooks that programs write.
    "rows in no order": Form(
        with_part(
            "sheet1.xml",
            rb'<row r="2"',
            b'<row r="9"',
            workbook(["Kod", "Ad"], ["adana", NEW], ["izmir", NEW]),
        ),
        refused="XLSX",
    ),
    "a column of no width": Form(
        with_part(
            "sheet1.xml",
            b"<sheetData>",
            b'<cols><col min="2" max="2" width="0"/></cols><sheetData>',
            workbook(["Kod", "Ad"], ["adana", NEW]),
        ),
        {"adana": {"name": NEW}},
        notes=["hidden_columns"],
    ),
    "the list on a hidden sheet only": Form(
        workbook(["Açıklama"], change=hidden_second_table), refused="Taşra"
    ),
    "UTF-32": Form(lines(KOD_AD, f"adana;{NEW}", encoding="utf-32"), refused="XLSX"),
    "a web page in UTF-16": Form("<html><table>".encode("utf-16"), refused="xlsx"),
    "a web archive in a file named .xls": Form(lines("MIME-Version: 1.0"), refused="xlsx"),
}


@pytest.mark.parametrize("form", FORMS.values(), ids=list(FORMS))
def test_what_comes_of_it(form: Form) -> None:
    expect(form)


def test_a_code_that_is_the_detsis_number_of_a_body_adds_no_second_one() -> None:
    Agency.objects.filter(code="adana").update(detsis_no="24301584")
    found = checked(lines("Kurum kodu;Kurum adı;Kurum türü", "24301584;Adana İl Valiliği;Valilik"))
    assert reasons(found) == {2: [("code", "code_detsis")]}


def test_a_lost_zero_of_a_code_does_not_add_a_second_body() -> None:
    AgencyFactory(code="007", name="Yedi Kurumu", kind="other")
    found = checked(lines("Kod;Ad;Tür", "7;Yedi Kurumu;Diğer"))
    assert reasons(found) == {2: [("code", "code_twin")]}


def test_a_code_with_other_zeros_is_another_one_and_is_pointed_out() -> None:
    AgencyFactory(code="01", name="Bir Kurumu", kind="other")
    found = checked(lines("Kod;Ad;Tür", "1;Birinci Kurum;Diğer"))
    assert (reasons(found), found.added) == ({}, 1)
    assert [(each["reason"], each["other"]) for each in found.lines.get().warnings] == [("code_zeros", "01")]

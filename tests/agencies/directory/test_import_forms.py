"""Directory files as Excel, LibreOffice, document systems, DOS, Macs and people write them, and what comes of each."""

from datetime import datetime

import pytest

from agencies.models import Agency
from tests.agencies.directory.forms import (
    KOD_AD,
    NEW,
    Form,
    add_bodies,
    archive,
    expect,
    filtered,
    hidden_second_table,
    hide,
    in_1904,
    lines,
    merge,
    new_values,
    second_table,
    workbook,
)
from tests.agencies.importing import checked

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def there() -> None:
    add_bodies()


FORMS = {
    # Encodings.
    "Excel, CSV (Windows-1254), a curly apostrophe and a long dash": Form(
        lines(KOD_AD, "adana;Adana Valiliği – İl’in Müdürlüğü", encoding="cp1254"),
        {"adana": {"name": "Adana Valiliği – İl’in Müdürlüğü"}},
        notes=["encoding"],
    ),
    "Windows-1254, all in capitals": Form(
        lines("KOD;AD;TÜR", "adana;ADANA VALİLİĞİ;VALİLİK", encoding="cp1254"),
        {"adana": {"name": "ADANA VALİLİĞİ"}},
        notes=["encoding"],
    ),
    "UTF-8 with one row pasted in Windows-1254": Form(
        lines(KOD_AD, "adana;Adana Valiliği", "izmir;İzmir Valiliği")
        + lines("saglik;Sağlık Bakanlığı", encoding="cp1254"),
        refused="4",
    ),
    "UTF-8 with a single byte of Windows-1254 inside a row of UTF-8": Form(
        lines(KOD_AD, "izmir;İzmir Valiliği")
        + "saglik;Sağlık Bakanl\udcfdğı\r\n".encode(errors="surrogateescape"),
        refused="3",
    ),
    "Windows-1254 with a row pasted in UTF-8": Form(
        lines(KOD_AD, "adana;Adana Valiliği", encoding="cp1254")
        + lines("izmir;İzmir Valiliği", encoding="utf-8"),
        refused="3",
    ),
    "DOS Turkish": Form(lines(KOD_AD, "saglik;Sağlık Bakanlığı", encoding="cp857"), refused="2"),
    "DOS Turkish, in capitals": Form(lines(KOD_AD, "izmir;İZMİR VALİLİĞİ", encoding="cp857"), refused="2"),
    "Mac Turkish, in capitals": Form(
        lines(KOD_AD, "izmir;İZMİR VALİLİĞİ", encoding="mac_turkish"), refused="2"
    ),
    "Mac Turkish, the heading as well": Form(
        lines("Kod;Ad;Tür", "saglik;Sağlık Bakanlığı;Bakanlık", encoding="mac_turkish"), refused="1"
    ),
    "Windows-1254 read as Western and saved as UTF-8": Form(
        lines(KOD_AD, "adana;Adana Valiliði", "saglik;Saðlýk Bakanlýðý"),
        wrong={2: [("name", "damaged")], 3: [("name", "damaged")]},
    ),
    "UTF-8 read as Windows-1254 and saved as UTF-8": Form(
        lines(KOD_AD, "adana;Adana ValiliÄŸi", "izmir;Ä°zmir ValiliÄŸi"),
        wrong={2: [("name", "damaged")], 3: [("name", "damaged")]},
    ),
    "letters lost as question marks or replaced": Form(
        lines(KOD_AD, "adana;Adana Valili?i", "izmir;\ufffdzmir Valili\ufffdi"),
        wrong={2: [("name", "damaged")], 3: [("name", "damaged")]},
    ),
    "UTF-16 without a mark": Form(lines(KOD_AD, "adana;Adana Valiliği", encoding="utf-16-le"), {}),
    "Excel, “Unicode text”": Form(
        lines("Kod\tAd", f"adana\t{NEW}", encoding="utf-16"), {"adana": {"name": NEW}}
    ),
    "an i with a separate dot, from a system in another language": Form(
        lines(KOD_AD, "adana;Adana Vali\u0307li\u0307ği"), {}
    ),
    # Separators, lines and quotation marks.
    "LibreOffice: commas, every text in quotation marks": Form(
        lines('"Kod","Ad","Telefon"', f'"adana","{NEW}","0322 111 22 33"'),
        {"adana": {"name": NEW, "phone": "0322 111 22 33"}},
    ),
    "a document system: bars": Form(lines("Kod|Ad|E-posta", f"adana|{NEW}|"), {"adana": {"name": NEW}}),
    "old Mac line ends": Form(lines(KOD_AD, f"adana;{NEW}", end="\r"), {"adana": {"name": NEW}}),
    "sep=, before semicolons in texts": Form(
        lines("sep=,", "Kod,Ad", f'adana,"{NEW}; Merkez"'), {"adana": {"name": f"{NEW}; Merkez"}}
    ),
    "a semicolon in a name without quotation marks": Form(
        lines("Kod;Ad;Telefon", "adana;Adana Valiliği; Merkez;0322 111 22 33"),
        wrong={2: [("phone", "phone"), ("", "surplus")]},
    ),
    "a semicolon in a name, the last cell empty": Form(
        lines("Kod;Ad;E-posta;Telefon", "adana;Adana Valiliği; Merkez;yeni@x.example"),
        wrong={2: [("email", "email"), ("phone", "phone")]},
    ),
    "a quotation mark that isn't closed": Form(
        lines(KOD_AD, 'adana;"Adana Valiliği', "izmir;İzmir Valiliği"), refused="3"
    ),
    "a quotation mark inside a quoted name": Form(
        lines(KOD_AD, 'adana;"Adana "Merkez" Valiliği"'), refused="2"
    ),
    # What stands around the table.
    "a title, a date and an empty line above": Form(
        lines("T.C. ADANA VALİLİĞİ;;", "Liste tarihi: 01.02.2026;;", ";;", KOD_AD, f"adana;{NEW}"),
        {"adana": {"name": NEW}},
        notes=["titles"],
    ),
    "the heading once more on the second page, a total below": Form(
        lines(KOD_AD, f"adana;{NEW}", KOD_AD, "Toplam;1"),
        {"adana": {"name": NEW}},
        wrong={4: [("name", "name"), ("kind", "kind_missing")]},
    ),
    "notes in a column without a heading": Form(
        lines(KOD_AD + ";", f"adana;{NEW};", "izmir;İzmir Valiliği;aranacak"),
        {"adana": {"name": NEW}},
        wrong={3: [("", "surplus")]},
    ),
    "a hidden sheet with another list": Form(
        workbook(["Kod", "Ad"], ["adana", NEW], change=hidden_second_table),
        {"adana": {"name": NEW}},
        notes=["sheet"],
    ),
    "two sheets with a list": Form(
        workbook(["Kod", "Ad"], ["adana", NEW], change=second_table), refused="Taşra"
    ),
    # What a person sees of a workbook.
    "a hidden row that closes a unit": Form(
        workbook(["Kod", "Bitiş"], ["adana", "01.02.2027"], ["izmir", "01.02.2027"], change=hide(3)),
        {"adana": {"active_to": "2027-02-01"}},
        wrong={3: [("", "hidden")]},
        notes=["hidden_rows"],
    ),
    "a filter and a hidden column": Form(
        workbook(["Kod", "Ad", "Telefon"], ["adana", NEW, ""], ["izmir", "X Valiliği", ""], change=filtered),
        {"adana": {"name": NEW}},
        wrong={3: [("", "hidden")]},
        notes=["hidden_rows", "filter", "hidden_columns"],
    ),
    "one body above, merged over three rows": Form(
        workbook(
            ["Kod", "Üst kurum kodu"],
            ["adana", "saglik"],
            ["izmir", None],
            ["saglik", None],
            change=merge("B2:B3"),
        ),
        wrong={2: [("parent_ref", "merged")], 3: [("parent_ref", "merged")]},
    ),
    "name and address in one merged cell": Form(
        workbook(["Kod", "Ad", "E-posta"], ["adana", NEW, None], change=merge("B2:C2")),
        wrong={2: [("name", "merged"), ("email", "merged")]},
    ),
    "a title merged over the columns": Form(
        workbook(["Kurum listesi", None], ["Kod", "Ad"], ["adana", NEW], change=merge("A1:B1")),
        {"adana": {"name": NEW}},
        notes=["titles"],
    ),
    "a formula without a value, and an error": Form(
        workbook(["Kod", "Ad", "Telefon"], ["adana", '=A2&" Valiliği"', None], ["izmir", None, "#REF!"]),
        wrong={2: [("name", "formula_no_value")], 3: [("phone", "error_value")]},
    ),
    "a line end inside a cell": Form(
        workbook(["Kod", "Ad"], ["adana", "Adana Büyük_x000D_\nValiliği"]), {"adana": {"name": NEW}}
    ),
    "two addresses in one cell, with Alt+Enter": Form(
        workbook(["Kod", "E-posta"], ["adana", "a@x.example\nb@x.example"]),
        wrong={2: [("email", "email_several")]},
    ),
    "a workbook of days since 1904": Form(
        workbook(["Kod", "Başlangıç"], ["adana", 44561], ["izmir", datetime(2027, 2, 1)], change=in_1904),
        {"adana": {"active_from": "2026-01-01"}, "izmir": {"active_from": "2027-02-01"}},
        doubts={2: ["day_read"]},
    ),
    "true and false of a workbook": Form(
        workbook(["Kod", "Dışarıdan yazılabilir"], ["adana", False]), {"adana": {"addressable": "false"}}
    ),
    # Values.
    "errors of a Turkish Excel, as text": Form(
        lines("Kod;Ad;Telefon", "adana;#YOK;", "izmir;;#DEĞER!", "saglik;#AD?;########"),
        wrong={
            2: [("name", "error_value")],
            3: [("phone", "error_value")],
            4: [("name", "error_value"), ("phone", "error_value")],
        },
    ),
    "formulas in CSV: one that only keeps a text, one that counts": Form(
        lines("Kod;Telefon", 'adana;="03221112233"', "izmir;=B2"),
        {"adana": {"phone": "03221112233"}},
        wrong={3: [("phone", "formula")]},
    ),
    "numbers as programs round and group them": Form(
        lines("Kod;DETSİS no", "adana;2,43016E+07", "izmir;24.301.584", "saglik;24301584,0"),
        {"saglik": {"detsis_no": "24301584"}},
        wrong={2: [("detsis_no", "scientific")], 3: [("detsis_no", "detsis")]},
    ),
    "days with the month's name, a time, two digits": Form(
        lines("Kod;Bitiş", "adana;1 Ocak 2027", "izmir;31.12.2026 00:00:00", "saglik;31-Ara-26"),
        {
            "adana": {"active_to": "2027-01-01"},
            "izmir": {"active_to": "2026-12-31"},
            "saglik": {"active_to": "2026-12-31"},
        },
        doubts={4: ["day_read"]},
    ),
    "days that aren't clear": Form(
        lines("Kod;Bitiş", "adana;02/03/2027", "izmir;46023", "saglik;13.13.2026"),
        wrong={
            2: [("active_to", "day_two_readings")],
            3: [("active_to", "day")],
            4: [("active_to", "day")],
        },
    ),
    "provinces with their plates": Form(
        lines("Kod;İl", "adana;01 - Adana", "izmir;İZMİR İLİ", "saglik;01 İzmir"),
        {"adana": {"province_id": "01"}, "izmir": {"province_id": "35"}},
        wrong={4: [("province_id", "province")]},
    ),
    "a code typed with Caps Lock on a Turkish keyboard": Form(
        lines(KOD_AD, "İZMİR;İzmir Valiliği", "IZMIR;İzmir Valiliği"),
        wrong={
            2: [("code", "code"), ("kind", "kind_missing")],
            3: [("code", "code_twin"), ("kind", "kind_missing")],
        },
        doubts={2: ["twin_name"], 3: ["twin_name", "twin_name_in_file"]},
    ),
    "the same body under another code": Form(
        lines("Kod;Ad;Tür", "x1;ADANA VALİLİĞİ;Valilik", "x2;Yeni Kurum;Diğer", "x3;Yeni Kurum;Diğer"),
        doubts={2: ["twin_name"], 4: ["twin_name_in_file"]},
    ),
    "names that stand one row too low": Form(
        lines(KOD_AD, "adana;İzmir Valiliği", "izmir;Adana Valiliği"),
        {"adana": {"name": "İzmir Valiliği"}, "izmir": {"name": "Adana Valiliği"}},
        doubts={2: ["twin_name"], 3: ["twin_name"]},
    ),
    "an address with a typing error in its domain": Form(
        lines("Kod;E-posta", "adana;evrak@adana.gov.rt", "izmir;evrak@posta"),
        {"adana": {"email": "evrak@adana.gov.rt"}, "izmir": {"email": "evrak@posta"}},
        doubts={2: ["email_typo"], 3: ["email_no_dot"]},
    ),
    "a successor that the same file closes": Form(
        lines("Kod;Bitiş;Ardıl kurum kodu", "adana;01.06.2027;izmir", "izmir;01.05.2027;"),
        {"izmir": {"active_to": "2027-05-01"}},
        wrong={2: [("successor_ref", "successor_closed_by_row")]},
    ),
    # Other forms of file.
    "OpenDocument": Form(
        archive(mimetype=b"application/vnd.oasis.opendocument.spreadsheet", content_dot_xml=b"<x/>"),
        refused="ods",
    ),
    "a binary workbook": Form(archive(xl__workbook_dot_bin=b"x"), refused="xlsb"),
    "a Word document": Form(archive(word__document_dot_xml=b"<x/>"), refused="xlsx"),
    "a web page in a file named .xls": Form(
        "\ufeff\r\n<TABLE><tr><td>Kod</td></tr></TABLE>".encode(), refused="xlsx"
    ),
    "the XML of Excel 2003": Form(b'<?xml version="1.0"?><Workbook></Workbook>', refused="xlsx"),
    "a PDF": Form(b"%PDF-1.7 \xe2\xe3\xcf\xd3", refused="xlsx"),
}


@pytest.mark.parametrize("form", FORMS.values(), ids=list(FORMS))
def test_what_comes_of_it(form: Form) -> None:
    expect(form)


def test_an_empty_cell_erases_only_when_the_person_says_so() -> None:
    content = lines("Kod;Ad;E-posta;Telefon;Başlangıç", "adana;;;;")
    assert new_values(checked(content)) == {}
    assert new_values(checked(content, blanks_erase=True)) == {
        "adana": {"email": "", "phone": "", "active_from": None}
    }
    assert Agency.objects.get(code="adana").email == "adana@eski.example"

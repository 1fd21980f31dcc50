"""Texts that look damaged and may be meant: a doubt, not a refusal; and never either where the directory has them."""

import pytest

from agencies.models import Agency
from tests.agencies.directory.forms import Form, add_bodies, expect, formula_as_text, lines, warned, workbook
from tests.agencies.importing import checked, reasons
from tests.factories import AgencyFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def there() -> None:
    add_bodies()


RARE = (
    "eİmza",
    "e-İmza ve eİmza Merkezi",
    "Đakovo",
    "Constanţa",
    "Þórshöfn",
    "Nº 1",
    "Kalite®Yönetim",
    "TürkÎye",
    "■Merkez",
    "<Merkez>",
    "<B> Blok",
    "Ar&amp",
    "KDV%20dahil",
    "Ωmega Lab",
    "kΩ Ölçüm",
)
LONE = ('Isı 5" Boru', "Öğretmenler'", "'68 Kuşağı", "'68'liler Derneği", '2 1/2" Vana')
PLAIN = (
    "Ûlema",
    "5 µm Ölçüm",
    "Ölçüm Kurumu 5µm",
    "Α Β",
    "“Merkez”",
    "Kanun'un",
    "AT&T",
    "A<B",
    "100 % Yerli",
    "Türkiye’nin",
    "m² Ölçüm",
)
DAMAGED = (
    "\ufffdzmir",
    "Ä°zmir",
    "Ã–ÄŸretmen",
    "Ãƒâ€“",
    "İ\x9dzmir",
    "Valiliði",
    "SAÐLIK BAKANLIÐI",
    "Bakanlıπı",
    "Müdürlüрü",
    "BAKANLÝÐI",
    "Valili&#287;i",
    "M&uuml;d&uuml;rl&uuml;k",
    "Ar &amp; Ge",
    "<b>Merkez</b>",
    "Merkez<br>",
    '<a href="x">Merkez',
    "Ba\\u015fkan",
    "Ba%C5%9Fkan",
    "Sa?lık",
    "\ue000Merkez",
    "Valili─şi",
)


def kurum(name: str) -> bytes:
    return workbook(["Kod", "Ad", "Tür"], ["x1", name, "Diğer"])


@pytest.mark.parametrize(
    ("reason", "name"), [("rare_signs", each) for each in RARE] + [("lone_mark", each) for each in LONE]
)
def test_a_rare_name_is_pointed_out_and_added(reason: str, name: str) -> None:
    found = checked(kurum(name))
    assert (reasons(found), found.added) == ({}, 1)
    (warning,) = found.lines.get().warnings
    assert (warning["column"], warning["reason"], warning["value"]) == ("name", reason, name)


@pytest.mark.parametrize("name", PLAIN)
def test_an_ordinary_name_is_not(name: str) -> None:
    found = checked(kurum(name))
    assert (reasons(found), warned(found), found.added) == ({}, {}, 1)


@pytest.mark.parametrize("name", DAMAGED)
def test_damage_is_refused(name: str) -> None:
    assert reasons(checked(kurum(name))) == {2: [("name", "damaged")]}


@pytest.mark.parametrize("name", [*RARE, *LONE, "Yok", "Valiliði", "Sa?lık", "Ar &amp; Ge", "1453", "#YOK"])
def test_what_the_directory_has_is_neither_refused_nor_doubted(name: str) -> None:
    Agency.objects.filter(code="adana").update(name=name)
    for blanks_erase in (False, True):
        found = checked(workbook(["Kod", "Ad"], ["adana", name]), blanks_erase=blanks_erase)
        assert (reasons(found), warned(found), found.unchanged) == ({}, {}, 1)


@pytest.mark.parametrize(
    ("field", "heading", "value"),
    [
        ("email", "E-posta", "adana@@valilik"),
        ("kep_address", "KEP adresi", "yok"),
        ("phone", "Telefon", "-"),
        ("template", "İl şablonu", "{il} ? Valiliði"),
    ],
)
def test_so_in_every_column_of_texts(field: str, heading: str, value: str) -> None:
    Agency.objects.filter(code="adana").update(**{field: value})
    found = checked(workbook(["Kod", heading], ["adana", value], ["izmir", "#REF!"]))
    assert (reasons(found), found.unchanged) == ({3: [reasons(found)[3][0]]}, 1)


def test_so_with_a_name_that_begins_like_a_formula() -> None:
    Agency.objects.filter(code="adana").update(name="=X1")
    found = checked(workbook(["Kod", "Ad"], ["adana", "x"], change=formula_as_text))
    assert (reasons(found), found.unchanged) == ({}, 1)


def test_a_code_that_reads_like_a_word_for_nothing_is_known_and_may_be_named() -> None:
    AgencyFactory(code="NAT", name="Nadir Araştırmalar", kind="other")
    expect(
        Form(
            lines("Kod;Ad;Üst kurum kodu", "NAT;Nadir Araştırma;", "adana;;NAT", "izmir;;nan"),
            {"NAT": {"name": "Nadir Araştırma"}, "adana": {"parent_ref": "NAT"}},
            wrong={4: [("parent_ref", "empty_word")]},
        )
    )


def test_western_letters_in_the_places_of_turkish_ones_are_damage_if_the_directory_has_these() -> None:
    AgencyFactory(code="bagcilar", name="Bağcılar Belediyesi", kind="municipality")
    found = checked(lines("Kod;Ad", "bagcilar;Baðcýlar Belediyesi"))
    assert reasons(found) == {2: [("name", "letters_lost")]}


def test_a_row_in_windows_1254_with_a_rare_name_does_not_refuse_the_file() -> None:
    rows = ("Kod;Ad;Tür", "x1;eİmza Birliği;Diğer", "x2;Kalite®Yönetim;Diğer")
    expect(
        Form(
            lines(*rows, encoding="cp1254"),
            doubts={2: ["rare_signs"], 3: ["rare_signs"]},
            notes=["encoding"],
            added=["x1", "x2"],
        )
    )


def test_one_refused_cell_leaves_the_other_rows_alone() -> None:
    found = checked(lines("Kod;Ad;Tür", "x1;Valiliði;Diğer", "x2;Đakovo;Diğer", "x3;Kurum;Diğer"))
    assert (reasons(found), found.added) == ({2: [("name", "damaged")]}, 2)

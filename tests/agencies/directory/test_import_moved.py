"""Rows and cells that have shifted, letters that a Mac damaged, and how many changes ask for their count."""

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command

from agencies.models import Agency, Province
from agencies.models.maintenance import DirectoryImport, ImportState
from tests.agencies.directory.forms import (
    KOD_AD,
    NEW,
    Form,
    add_bodies,
    expect,
    lines,
    new_values,
    second_table,
    warned,
    workbook,
)
from tests.agencies.importing import as_csv, checked, reasons, work_on
from tests.conftest import SignIn
from tests.factories import AgencyFactory, UserFactory

pytestmark = pytest.mark.django_db

PROVINCES = ("Adana", "Adıyaman", "Afyon", "Ağrı", "Amasya", "Ankara")


@pytest.fixture
def governorships() -> list[Agency]:
    """Governorships, each in its own province, in a directory of two hundred bodies."""
    for number in range(200):
        AgencyFactory(code=f"k{number}", name=f"Kurum {number}")
    found = []
    for number, name in enumerate(PROVINCES, start=1):
        plate = f"{number:02}"
        Province.objects.create(plate=plate, name=name, sort_key=name)
        unit = AgencyFactory(
            code=f"valilik-{plate}",
            name=f"{name} Valiliği",
            kind="governorship",
            province_id=plate,
            email=f"{plate}@il.example",
            kep_address=f"{plate}@hs01.kep.tr",
        )
        found.append(unit)
    return found


def shifted(heading: str, values: list[str]) -> DirectoryImport:
    rows = [f"valilik-{number:02};{value}" for number, value in enumerate(values, start=1)]
    return checked(lines(f"Kod;{heading}", *rows))


@pytest.mark.usefixtures("governorships")
class TestShifted:
    def test_names_shifted_by_one_row_are_doubted_and_ask_for_the_count(self) -> None:
        found = shifted("Ad", [f"{name} Valiliği" for name in PROVINCES[1:]])
        assert found.changed == 5
        assert warned(found) == {row: ["name_moved"] for row in range(2, 7)}
        assert (found.needs_count, found.count_to_type) == (True, 5)

    def test_two_names_swapped_are_doubted(self) -> None:
        found = shifted("Ad", ["Adıyaman Valiliği", "Adana Valiliği"])
        assert warned(found) == {2: ["name_moved"], 3: ["name_moved"]}

    @pytest.mark.parametrize(
        ("heading", "values", "reason"),
        [
            ("E-posta", [f"{number:02}@il.example" for number in range(2, 7)], "email_moved"),
            ("KEP adresi", [f"{number:02}@hs01.kep.tr" for number in range(2, 7)], "kep_moved"),
        ],
    )
    def test_addresses_shifted_by_one_row_are_doubted(
        self, heading: str, values: list[str], reason: str
    ) -> None:
        found = shifted(heading, values)
        assert warned(found) == {row: [reason] for row in range(2, 6)}
        assert found.needs_count

    def test_an_address_that_several_units_share_and_a_new_name_are_not(self) -> None:
        found = checked(
            lines(
                "Kod;Ad;E-posta", "valilik-01;Adana Yeni Valiliği;02@il.example", "k1;Yeni Kurum;k1@k.example"
            )
        )
        assert warned(found) == {}
        assert not found.needs_count

    def test_a_unit_name_that_many_have_is_no_others(self) -> None:
        for code in ("a", "b", "c"):
            AgencyFactory(code=code, name="Strateji Başkanlığı", parent=AgencyFactory())
        found = checked(lines(KOD_AD, "k1;Strateji Başkanlığı"))
        assert "name_moved" not in [each for row in warned(found).values() for each in row]


class TestSplit:
    @pytest.fixture(autouse=True)
    def there(self) -> None:
        add_bodies()

    @pytest.mark.parametrize("column", ["İl şablonu", "Not", "Açıklama"])
    def test_a_name_whose_rest_stands_in_another_cell_is_refused(self, column: str) -> None:
        expect(
            Form(
                lines(f"Kod;Ad;{column};E-posta", "adana;Adana ; Valiliği;a@x.example"),
                wrong={2: [("name", "name_split")]},
            )
        )

    def test_a_name_that_lost_its_end_is_doubted(self) -> None:
        found = checked(lines(KOD_AD, "saglik;Sağlık"))
        assert new_values(found) == {"saglik": {"name": "Sağlık"}}
        assert warned(found) == {2: ["name_cut"]}


class TestMac:
    @pytest.fixture(autouse=True)
    def there(self) -> None:
        add_bodies()

    @pytest.mark.parametrize(
        "name", ["BİLECİK BELEDİYESİ", "ERZİNCAN BELEDİYESİ", "İzmir", "İstanbul Merkez"]
    )
    def test_capitals_whose_only_turkish_letter_is_the_dotted_i(self, name: str) -> None:
        expect(Form(lines(KOD_AD, f"yeni;{name}", encoding="mac_turkish"), refused="“Ad”"))

    def test_such_a_name_in_utf8_is_known_by_the_name_that_is_there(self) -> None:
        expect(Form(lines(KOD_AD, "izmir;ÜZMÜR VALÜLÜĞÜ"), wrong={2: [("name", "letters_lost")]}))

    @pytest.mark.parametrize("name", ["ÜRGÜP KAYMAKAMLIĞI", "GÜMÜŞHANE ÜNİVERSİTESİ", "Ülkü Ocağı"])
    def test_the_letter_u_itself_is_read(self, name: str) -> None:
        found = checked(lines("Kod;Ad;Tür", f"yeni;{name};Diğer", encoding="cp1254"))
        assert (found.state, reasons(found)) == (ImportState.CHECKED, {})
        assert found.lines.get().name == name

    def test_the_first_cells_are_named_with_row_and_column(self) -> None:
        rows = [f"k{number};Kurum;Sağlık Bakanlığı" for number in range(7)]
        found = checked(lines("Kod;Ad;İl şablonu", *rows, encoding="cp857"))
        assert found.state == ImportState.FAILED
        assert [f"{row}" in found.error for row in range(2, 6)] == [True] * 4
        assert "…" in found.error

    def test_rows_in_another_encoding_are_named_with_their_column(self) -> None:
        content = lines("Kod;Ad", "adana;Adana Valiliği") + lines("izmir;İzmir Valiliği", encoding="cp1254")
        found = checked(content)
        assert found.state == ImportState.FAILED
        assert "3" in found.error and "“Ad”" in found.error


class TestSheets:
    @pytest.fixture(autouse=True)
    def there(self) -> None:
        add_bodies()

    @pytest.fixture
    def content(self) -> bytes:
        return workbook(["Kod", "Ad"], ["adana", NEW], change=second_table)

    def test_without_a_choice_both_are_named_and_nothing_is_guessed(self, content: bytes) -> None:
        found = checked(content, "dizin.xlsx")
        assert found.state == ImportState.FAILED
        assert "Sheet" in found.error and "Taşra" in found.error

    @pytest.mark.parametrize(("sheet", "code"), [("Sheet", "adana"), ("Taşra", "izmir")])
    def test_the_chosen_one_is_read(self, content: bytes, sheet: str, code: str) -> None:
        found = checked(content, "dizin.xlsx", sheet=sheet)
        assert list(found.lines.values_list("code", flat=True)) == [code]
        assert [note["kind"] for note in found.notes] == ["sheet_chosen", "sheet"]

    def test_a_sheet_that_is_not_there_is_no_guess_either(self, content: bytes) -> None:
        for raw, name in ((content, "dizin.xlsx"), (lines(KOD_AD, "adana;x"), "dizin.csv")):
            assert checked(raw, name, sheet="Merkez").state == ImportState.FAILED

    def test_the_form_takes_the_choice(self, content: bytes, signed_in: SignIn) -> None:
        administrator = signed_in(UserFactory(is_directory_administrator=True))
        file = SimpleUploadedFile("dizin.xlsx", content)
        administrator.post("/directory/imports/", {"file": file, "sheet": " Taşra "})
        assert work_on(DirectoryImport.objects.get()).lines.get().code == "izmir"

    def test_the_command_takes_the_choice(self, content: bytes, tmp_path: Path) -> None:
        path = tmp_path / "dizin.xlsx"
        path.write_bytes(content)
        printed = StringIO()
        call_command("import_directory", str(path), "--json", "--sheet", "Taşra", stdout=printed)
        assert json.loads(printed.getvalue())["rows"][0]["code"] == "izmir"


class TestCount:
    @pytest.fixture(autouse=True)
    def there(self) -> None:
        for number in range(20):
            AgencyFactory(code=f"k{number}", name=f"Kurum {number}", kind="ministry")

    @staticmethod
    def of(changed: int, added: int) -> DirectoryImport:
        changes = [(f"k{number}", f"Başka {number}", "ministry") for number in range(changed)]
        return checked(
            as_csv(*changes, *[(f"y{number}", f"Yeni {number}", "ministry") for number in range(added)])
        )

    @pytest.mark.parametrize(
        ("changed", "added", "count"), [(3, 0, 3), (9, 0, 9), (9, 2, 9), (0, 3, 3), (2, 5, 7)]
    )
    def test_a_few_rows_are_many_in_a_small_directory(self, changed: int, added: int, count: int) -> None:
        found = self.of(changed, added)
        assert (found.needs_count, found.count_to_type) == (True, count)

    def test_two_rows_are_few(self) -> None:
        assert not self.of(2, 2).needs_count

    def test_of_a_directory_that_is_being_filled_additions_are_not_counted(self) -> None:
        Agency.objects.exclude(code__in=["k1", "k2"]).delete()
        assert not self.of(0, 15).needs_count

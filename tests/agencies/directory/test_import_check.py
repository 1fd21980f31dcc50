"""The dry run of an import: expected changes, and every bad row with column and reason."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from django.utils.translation import override

from agencies.directory.reasons import problem_words
from agencies.directory.run import begin_import
from agencies.models import Agency, Province
from agencies.models.maintenance import ImportState
from tests.agencies.importing import HEADING, as_csv, as_xlsx, checked, counts, reasons, work_on
from tests.factories import AgencyFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def provinces() -> None:
    Province.objects.create(plate="01", name="Adana", sort_key="adana")
    Province.objects.create(plate="76", name="Iğdır", sort_key="igdir")


def test_added_changed_closed_and_unchanged_rows_are_distinguished_and_nothing_is_written() -> None:
    AgencyFactory(code="ayni", name="Aynı Kurum", kind="ministry", email="")
    AgencyFactory(code="degisen", name="Eski Ad", kind="ministry", email="eski@ornek.example")
    AgencyFactory(code="kapanan", name="Kapanan Kurum", kind="ministry", email="")
    AgencyFactory(code="anilmayan", name="Anılmayan Kurum")
    before = list(Agency.objects.order_by("pk").values())

    found = checked(
        as_csv(
            ("ayni", "Aynı Kurum", "ministry"),
            ("degisen", "Yeni Ad", "ministry", "", "Iğdır", "yeni@ornek.example"),
            ("kapanan", "Kapanan Kurum", "ministry", "", "", "", "", "", "01.02.2026", "ayni"),
            ("eklenen", "Eklenen Kurum", "Ministry", "ayni", "1"),
        )
    )

    assert found.state == ImportState.CHECKED
    assert counts(found) == (1, 1, 1, 1, 0)
    assert found.lines.get(code="degisen").changes == {
        "name": ["Eski Ad", "Yeni Ad"],
        "province_id": [None, "76"],
        "email": ["eski@ornek.example", "yeni@ornek.example"],
    }
    assert found.lines.get(code="kapanan").changes == {
        "active_to": [None, "2026-02-01"],
        "successor_ref": [None, "ayni"],
    }
    assert list(Agency.objects.order_by("pk").values()) == before


def test_every_bad_row_has_its_number_column_and_reason() -> None:
    AgencyFactory(code="bakanlik", kind="ministry", detsis_no="11112222")
    AgencyFactory(code="kapali", kind="ministry", active_to=date(2020, 1, 1))
    found = checked(
        as_csv(
            ("a1", "Ad", "Krallık"),
            ("a2", "Ad", "ministry", "yok-boyle"),
            ("a3", "Ad", "ministry", "", "Atlantis"),
            ("a4", "Ad", "ministry", "", "", "posta@@ornek"),
            ("a5", "Ad", "ministry", "", "", "", "11112222"),
            ("a6", "Ad", "ministry", "", "", "", "", "02.02.2026", "01.02.2026"),
            ("a7", "Ad", "ministry"),
            ("a7", "Ad", "ministry"),
            ("a8", "", "ministry"),
            ("", "Adsız kodsuz", "ministry"),
            ("boşluk var", "Ad", "ministry"),
            ("a9", "Ad", "ministry", "", "", "", "12-34"),
            ("a10", "Ad", "ministry", "", "", "", "", "", "", "bakanlik"),
            ("a11", "Ad", "ministry", "", "", "", "", "", "01.02.2026", "kapali"),
            ("a12", "Ad", "ministry", "", "", "", "", "", "30.02.2026"),
            ("a13", "Ad", "ministry", "a13"),
            ("a14", "Ad", "ministry", "a8"),
            ("id:999999", "Ad", "ministry"),
            ("a15", "Ad", ""),
            ("a16", "Ad", "ministry", "", "", "", "33334444"),
            ("a17", "Ad", "ministry", "", "", "", "33334444"),
        )
    )
    assert counts(found) == (0, 0, 0, 0, 21)
    assert reasons(found) == {
        2: [("kind", "kind")],
        3: [("parent_ref", "parent")],
        4: [("province_id", "province")],
        5: [("email", "email")],
        6: [("detsis_no", "detsis_taken")],
        7: [("active_to", "period")],
        8: [("code", "code_twice")],
        9: [("code", "code_twice")],
        10: [("name", "name_missing")],
        11: [("code", "no_identity")],
        12: [("code", "code")],
        13: [("detsis_no", "detsis")],
        14: [("successor_ref", "successor_open")],
        15: [("successor_ref", "successor_closed")],
        16: [("active_to", "day")],
        17: [("parent_ref", "own_parent")],
        18: [("parent_ref", "parent_bad")],
        19: [("code", "unknown_identity")],
        20: [("kind", "kind_missing")],
        21: [("detsis_no", "detsis_twice")],
        22: [("detsis_no", "detsis_twice")],
    }


def test_parent_cycles_are_refused_also_through_existing_agencies() -> None:
    top = AgencyFactory(code="ust", kind="ministry")
    AgencyFactory(code="alt", kind="ministry", parent=top)
    found = checked(
        as_csv(
            ("ust", top.name, "ministry", "alt", "", top.email),
            ("x", "Ad", "ministry", "y"),
            ("y", "Ad", "ministry", "x"),
            ("z", "Ad", "ministry", "alt"),
        )
    )
    assert reasons(found) == {
        2: [("parent_ref", "parent_cycle")],
        3: [("parent_ref", "parent_cycle")],
        4: [("parent_ref", "parent_cycle")],
    }
    assert counts(found) == (1, 0, 0, 0, 3)


def test_a_row_is_matched_by_code_then_by_number_and_never_by_its_name() -> None:
    AgencyFactory(code=None, name="Numaralı Kurum", kind="ministry", detsis_no="55556666", email="")
    AgencyFactory(code="kodlu", name="Kodlu Kurum", kind="ministry", email="")
    found = checked(
        as_csv(
            ("", "Numaralı Kurum", "ministry", "", "", "", "55556666"),
            ("yeni", "Kodlu Kurum", "ministry"),
            ("", "Kodlu Kurum", "ministry"),
        )
    )
    assert counts(found) == (1, 0, 0, 1, 1)
    assert reasons(found) == {4: [("code", "no_identity")]}


def test_a_missing_column_keeps_values_and_an_empty_cell_clears_them_if_asked_to() -> None:
    AgencyFactory(code="a", name="Ad", kind="ministry", email="a@ornek.example", phone="0312")
    without = checked(as_csv(("a", "Ad"), heading=("Kod", "Ad")))
    assert counts(without) == (0, 0, 0, 1, 0)
    empty = as_csv(("a", "", "", ""), heading=("Kod", "Ad", "Tür", "E-posta"))
    assert counts(checked(empty)) == (0, 0, 0, 1, 0)
    emptied = checked(empty, blanks_erase=True)
    assert emptied.lines.get().changes == {"email": ["a@ornek.example", ""]}


@pytest.mark.parametrize(
    "content",
    [
        as_csv(("ş1", "x")).replace("ş1".encode(), b"s1"),
        as_csv(("s1", "Iğdır Şubesi", "ministry"), encoding="cp1254"),
        as_csv(("s1", "Iğdır Şubesi", "ministry"), encoding="utf-8-sig"),
        as_csv(("s1", "Iğdır Şubesi", "ministry"), encoding="utf-16"),
        as_csv(("s1", "Iğdır Şubesi", "ministry"), delimiter=","),
        as_csv(("s1", "Iğdır Şubesi", "ministry"), delimiter="\t"),
        as_csv(("s1", "Iğdır Şubesi", "ministry")) + b"\r\n\r\n;;;\r\n",
        as_xlsx(("s1", "Iğdır Şubesi", "ministry")),
    ][1:],
)
def test_any_encoding_separator_and_kind_of_file_is_read(content: bytes) -> None:
    found = checked(content)
    assert counts(found) == (1, 0, 0, 0, 0), found.error
    assert found.lines.get().name == "Iğdır Şubesi"


def test_a_workbook_s_dates_and_numbers_are_read_as_such() -> None:
    found = checked(as_xlsx(("s1", "Ad", "ministry", "", 1.0, "", 12345678, date(2020, 1, 31), "2021-02-01")))
    row = found.lines.get()
    assert (row.province_id, row.detsis_no) == ("01", "12345678")
    assert (row.active_from, row.active_to) == (date(2020, 1, 31), date(2021, 2, 1))


@pytest.mark.parametrize(
    "content",
    [
        b"PK\x03\x04 bu bir xlsx degil",
        b"\x00\x01\x02\x03" * 50,
        b"\r\n\r\n",
        "Ad;Tür\nBir;ministry".encode(),
        b"Kod;Kod;Ad\na;b;c",
        as_csv(),
        b"\xff\xfe\x00",
    ],
)
def test_a_file_that_is_no_directory_is_refused_with_a_reason_and_changes_nothing(content: bytes) -> None:
    found = checked(content)
    assert found.state == ImportState.FAILED
    assert len(found.error) > 20
    assert not Agency.objects.exists()


def test_two_workers_do_not_check_the_same_file_and_the_work_of_a_dead_one_is_resumed() -> None:
    begun = begin_import(
        file=SimpleUploadedFile("d.csv", as_csv(("a", "Ad", "ministry"), ("b", "Ad", "ministry"))),
        by=UserFactory(),
        at=timezone.now(),
    )
    begun.heartbeat_at, begun.claim = timezone.now(), None
    begun.save()
    with pytest.raises(AssertionError):
        work_on(begun)
    begun.heartbeat_at = timezone.now() - timezone.timedelta(minutes=6)
    begun.save()
    assert counts(work_on(begun)) == (2, 0, 0, 0, 0)


def test_the_heading_may_be_in_english_and_unknown_columns_are_named() -> None:
    found = checked(as_csv(("a", "Ad", "Ministry", "x"), heading=("code", "Official name", "Kind", "Faks")))
    assert counts(found) == (1, 0, 0, 0, 0)
    assert found.ignored_columns == ["Faks"]
    assert HEADING[0] == "Kod"


def test_a_missing_file_is_reported_and_not_retried_for_ever() -> None:
    begun = begin_import(
        file=SimpleUploadedFile("d.csv", as_csv(("a", "Ad", "ministry"))), by=UserFactory(), at=timezone.now()
    )
    begun.file.storage.delete(begun.file.name)
    assert work_on(begun).state == ImportState.FAILED


class TestSuccessors:
    """A successor must be active on the closing day, as the directory would be with the file written."""

    @pytest.fixture(autouse=True)
    def there(self) -> None:
        AgencyFactory(code="a", name="A Kurumu", kind="ministry", email="")
        AgencyFactory(code="b", name="B Kurumu", kind="ministry", email="")
        AgencyFactory(code="c", name="C Kurumu", kind="ministry", email="")

    @staticmethod
    def row(code: str, end: str = "", successor: str = "") -> tuple[str, ...]:
        return (code, f"{code.upper()} Kurumu", "ministry", "", "", "", "", "", end, successor)

    @staticmethod
    def close(code: str, day: date, successor: str) -> None:
        Agency.objects.filter(code=code).update(active_to=day, successor=Agency.objects.get(code=successor))

    def test_one_that_the_same_file_closes_by_then_is_refused_with_the_row_that_closes_it(self) -> None:
        found = checked(as_csv(self.row("a", "01.06.2026", "b"), self.row("b", "01.05.2026")))
        assert reasons(found) == {2: [("successor_ref", "successor_closed_by_row")]}
        assert found.lines.get(number=2).problems[0]["row"] == 3

    def test_a_row_that_only_repeats_an_earlier_closing_holds_its_successor_as_well(self) -> None:
        self.close("a", date(2026, 6, 1), "b")
        found = checked(as_csv(self.row("a", "01.06.2026", "b"), self.row("b", "01.05.2026")))
        assert reasons(found) == {3: [("active_to", "passes_here_later_by_row")]}
        assert found.lines.get(number=3).problems[0]["row"] == 2

    def test_one_that_is_closed_by_the_file_while_the_directory_passes_to_it_later_is_refused(self) -> None:
        self.close("a", date(2026, 6, 1), "b")
        found = checked(as_csv(self.row("b", "01.05.2026")))
        assert reasons(found) == {2: [("active_to", "passes_here_later")]}

    def test_a_chain_is_good_while_each_is_active_when_its_predecessor_closes(self) -> None:
        found = checked(
            as_csv(self.row("a", "01.05.2026", "b"), self.row("b", "01.06.2026", "c"), self.row("c"))
        )
        assert reasons(found) == {}
        assert counts(found) == (0, 0, 2, 1, 0)

    def test_the_link_of_a_chain_that_comes_too_late_is_refused_and_the_rest_stays_good(self) -> None:
        found = checked(
            as_csv(
                self.row("a", "01.05.2026", "b"),
                self.row("b", "01.07.2026", "c"),
                self.row("c", "15.06.2026"),
            )
        )
        assert reasons(found) == {3: [("successor_ref", "successor_closed_by_row")]}

    def test_a_cycle_within_the_file_is_refused(self) -> None:
        found = checked(
            as_csv(
                self.row("a", "01.05.2026", "b"),
                self.row("b", "01.06.2026", "c"),
                self.row("c", "01.07.2026", "a"),
            )
        )
        assert reasons(found) == {4: [("successor_ref", "successor_closed_by_row")]}

    def test_its_own_successor_is_no_one(self) -> None:
        found = checked(as_csv(self.row("a", "01.05.2026", "a")))
        assert reasons(found) == {2: [("successor_ref", "successor_closed_by_row")]}

    def test_a_cycle_through_the_directory_is_refused(self) -> None:
        self.close("b", date(2026, 7, 1), "a")
        found = checked(as_csv(self.row("a", "01.06.2026", "b")))
        assert reasons(found) == {2: [("active_to", "passes_here_later")]}

    def test_one_that_a_bad_row_would_have_opened_again_is_still_closed(self) -> None:
        self.close("b", date(2026, 3, 1), "c")
        bad = ("b", "B Kurumu", "krallık", "", "", "", "", "", "", "")
        found = checked(as_csv(self.row("a", "01.06.2026", "b"), bad))
        assert reasons(found) == {
            2: [("successor_ref", "successor_closed")],
            3: [("kind", "kind")],
        }

    def test_the_page_names_the_row_the_problem_and_the_remedy(self) -> None:
        found = checked(as_csv(self.row("a", "01.06.2026", "b"), self.row("b", "01.05.2026")))
        with override("en"):
            assert problem_words(found.lines.get(number=2).problems[0]) == (
                "Row 3 of this file closes the successor by then."
                " Name one that is in being, or correct the day in one of the two rows."
            )

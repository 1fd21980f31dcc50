"""The pages of an import: restricted to directory administrators, one decision, bad rows as a file."""

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from agencies.models import Agency
from agencies.models.maintenance import DirectoryImport, ImportState
from tests.agencies.importing import as_csv, checked, counts, imported, work_on
from tests.conftest import SignIn
from tests.factories import AgencyFactory, UserFactory, manager_of
from tests.query_count import query_count

pytestmark = pytest.mark.django_db
GOOD, BAD = ("a", "Bir Kurum", "ministry"), ("b", "İki Kurum", "krallik", "yok")


@pytest.fixture
def administrator(signed_in: SignIn) -> Client:
    return signed_in(UserFactory(is_directory_administrator=True))


def test_a_directory_administrator_uploads_a_file_and_comes_to_its_page(administrator: Client) -> None:
    response = administrator.post(
        "/directory/imports/", {"file": SimpleUploadedFile("dizin.csv", as_csv(GOOD))}
    )
    found = DirectoryImport.objects.get()
    assert response["Location"] == f"/directory/imports/{found.pk}/"
    waiting = administrator.get(response["Location"]).content.decode()
    assert "<progress" in waiting and "every 1s" in waiting
    part = administrator.get(response["Location"], headers={"HX-Request": "true"})
    assert "<html" not in part.content.decode()
    work_on(found)
    assert administrator.get(response["Location"], headers={"HX-Request": "true"})["HX-Refresh"] == "true"


@pytest.mark.parametrize("upload", [None, SimpleUploadedFile("bos.csv", b"")])
def test_no_file_and_an_empty_file_are_reported_at_the_field(
    administrator: Client, upload: SimpleUploadedFile | None
) -> None:
    response = administrator.post("/directory/imports/", {"file": upload} if upload else {})
    assert response.status_code == 200
    assert 'id="error_1_id_file"' in response.content.decode()
    assert not DirectoryImport.objects.exists()


def test_other_users_get_404(signed_in: SignIn) -> None:
    found = checked(as_csv(GOOD))
    agency = AgencyFactory()
    client = signed_in(manager_of(agency))
    paths = ["", f"{found.pk}/", f"{found.pk}/bad.csv", f"{found.pk}/confirm/", f"{found.pk}/discard/"]
    for path in [f"/directory/imports/{path}" for path in paths] + [
        f"/directory/{agency.pk}/{page}/" for page in ("rename", "close", "merge", "reopen")
    ]:
        assert client.get(path).status_code == 404, path
        assert client.post(path).status_code == 404, path
    assert "/directory/imports/" not in client.get("/directory/").content.decode()
    found.refresh_from_db()
    assert found.state == ImportState.CHECKED


def test_the_page_shows_bad_rows_first_with_number_value_and_remedy(administrator: Client) -> None:
    found = checked(as_csv(GOOD, BAD))
    administrator.cookies["django_language"] = "en"
    page = administrator.get(f"/directory/imports/{found.pk}/").content.decode()
    assert "There is no such kind." in page and "“krallik”" in page and "“yok”" in page
    assert '<td data-label="Row">3</td>' in page
    added = administrator.get(f"/directory/imports/{found.pk}/?show=added").content.decode()
    assert "Bir Kurum" in added and "İki Kurum" not in added


def test_looking_changes_nothing(administrator: Client) -> None:
    found = checked(as_csv(GOOD, BAD))
    for path in ("", "?show=added", "bad.csv"):
        administrator.get(f"/directory/imports/{found.pk}/{path}")
    for path in ("confirm/", "discard/"):
        assert administrator.get(f"/directory/imports/{found.pk}/{path}").status_code == 302
    found.refresh_from_db()
    assert found.state == ImportState.CHECKED
    assert not Agency.objects.exists()


def test_bad_rows_are_downloaded_corrected_and_uploaded_again(administrator: Client) -> None:
    found = checked(as_csv(GOOD, BAD))
    response = administrator.get(f"/directory/imports/{found.pk}/bad.csv")
    content = b"".join(response.streaming_content)  # type: ignore[attr-defined]
    lines = content.decode("utf-8-sig").splitlines()
    assert lines[0].endswith(";Satır;Sorun")
    assert lines[1].startswith("b;İki Kurum;krallik;yok;") and ";3;" in lines[1]
    mended = checked(content.replace(b"krallik;yok", b"ministry;"))
    assert (counts(mended), mended.ignored_columns) == ((1, 0, 0, 0, 0), [])


def test_confirming_writes_the_good_rows_when_skipping_was_ticked(administrator: Client) -> None:
    found = checked(as_csv(GOOD, BAD))
    administrator.post(f"/directory/imports/{found.pk}/confirm/")
    found.refresh_from_db()
    assert found.state == ImportState.CHECKED
    administrator.post(
        f"/directory/imports/{found.pk}/confirm/", {"skip_bad_rows": "1", "digest_read": "another outcome"}
    )
    found.refresh_from_db()
    assert found.state == ImportState.CHECKED

    administrator.post(
        f"/directory/imports/{found.pk}/confirm/", {"skip_bad_rows": "1", "digest_read": found.digest}
    )
    found.refresh_from_db()
    assert found.state == ImportState.WRITING
    assert work_on(found).state == ImportState.DONE
    page = administrator.get(f"/directory/imports/{found.pk}/").content.decode()
    assert "alert-success" in page
    administrator.post(f"/directory/imports/{found.pk}/discard/")
    found.refresh_from_db()
    assert found.state == ImportState.DONE


def test_discarding_changes_nothing(administrator: Client) -> None:
    found = checked(as_csv(GOOD))
    administrator.post(f"/directory/imports/{found.pk}/discard/")
    found.refresh_from_db()
    assert found.state == ImportState.DISCARDED
    assert not Agency.objects.exists()


def test_the_page_takes_as_many_queries_for_twenty_rows_as_for_two(administrator: Client) -> None:
    asked = []
    for number in (2, 20):
        found = checked(as_csv(*[(f"k{number}-{each}", "Ad", "krallik") for each in range(number)]))
        asked.append(query_count(administrator.get, f"/directory/imports/{found.pk}/"))
    assert asked[0] == asked[1]


def test_a_search_is_exported_alone_and_anything_else_is_not_found(administrator: Client) -> None:
    imported(as_csv(GOOD, ("c", "Üç Müdürlük", "ministry")))
    response = administrator.get("/directory/export/?_export=csv&q=mudurluk")
    content = b"".join(response.streaming_content).decode()  # type: ignore[attr-defined]
    assert "Üç Müdürlük" in content and "Bir Kurum" not in content
    assert administrator.get("/directory/export/").status_code == 404


class TestManyChanges:
    """A file that touches more than a few per cent of the directory is confirmed by typing how many bodies."""

    @pytest.fixture
    def found(self) -> DirectoryImport:
        for number in range(20):
            AgencyFactory(code=f"k{number}", name="Kurum", kind="ministry", email="")
        rows = [(f"k{number}", "Başka Kurum", "ministry") for number in range(11)]
        closed = ("k19", "Kurum", "ministry", "", "", "", "", "", "01.02.2026")
        return checked(as_csv(*rows, closed, BAD))

    @staticmethod
    def decide(client: Client, found: DirectoryImport, **typed: str) -> Any:
        form = {"digest_read": found.digest, "skip_bad_rows": "1", **typed}
        response = client.post(f"/directory/imports/{found.pk}/confirm/", form)
        found.refresh_from_db()
        return response

    def test_the_page_asks_for_the_number(self, administrator: Client, found: DirectoryImport) -> None:
        page = administrator.get(f"/directory/imports/{found.pk}/").content.decode()
        assert 'name="count"' in page and 'for="count"' in page

    @pytest.mark.parametrize("typed", ["", "11", "on iki", "-12", "12.0", "²"])
    def test_another_number_imports_nothing_and_keeps_what_was_typed(
        self, administrator: Client, found: DirectoryImport, typed: str
    ) -> None:
        response = self.decide(administrator, found, count=typed)
        page = response.content.decode()
        assert found.state == ImportState.CHECKED
        assert 'id="count-error"' in page and f'value="{typed}"' in page
        assert re.search(r'name="skip_bad_rows"[^>]*checked', page)

    def test_the_right_number_imports(self, administrator: Client, found: DirectoryImport) -> None:
        self.decide(administrator, found, count=" 12 ")
        assert found.state == ImportState.WRITING
        assert work_on(found).state == ImportState.DONE
        assert Agency.objects.filter(name="Başka Kurum").count() == 11

    def test_few_changes_and_new_bodies_need_none(self, administrator: Client) -> None:
        for number in range(5):
            AgencyFactory(code=f"k{number}", name="Kurum", kind="ministry")
        changes = [(f"k{number}", "Başka Kurum", "ministry") for number in range(2)]
        found = checked(
            as_csv(*changes, *[(f"y{number}", f"Yeni {number}", "ministry") for number in range(20)])
        )
        assert 'name="count"' not in administrator.get(f"/directory/imports/{found.pk}/").content.decode()
        self.decide(administrator, found)
        assert found.state == ImportState.WRITING


def test_notes_and_doubts_are_shown_before_the_decision(administrator: Client, english: Client) -> None:
    AgencyFactory(code="a", name="Bir Kurum", kind="ministry", email="")
    content = "Kurum listesi\r\nKod;Ad;E-posta\r\na;Bir Kurum;evrak@adalet.gov.rt\r\n".encode("cp1254")
    found = checked(content)
    page = administrator.get(f"/directory/imports/{found.pk}/").content.decode()
    assert "The column names stand in row 2" in page
    assert "To look at (1)" in page
    doubts = administrator.get(f"/directory/imports/{found.pk}/?show=warned").content.decode()
    assert "Perhaps “adalet.gov.tr” is meant." in doubts and 'aria-current="page"' in doubts


def test_empty_cells_erase_when_that_is_ticked_at_the_upload(administrator: Client) -> None:
    AgencyFactory(code="a", name="Bir Kurum", kind="ministry", email="a@ornek.example")
    content = as_csv(("a", ""), heading=("Kod", "E-posta"))
    for ticked in ({}, {"blanks_erase": "on"}):
        administrator.post("/directory/imports/", {"file": SimpleUploadedFile("d.csv", content), **ticked})
    erasing, keeping = map(work_on, DirectoryImport.objects.order_by("-pk"))
    assert (keeping.changed, erasing.changed) == (0, 1)


def test_an_import_of_the_command_line_is_listed_without_a_person(administrator: Client) -> None:
    found = checked(as_csv(GOOD))
    DirectoryImport.objects.update(created_by=None)
    for path in ("", f"{found.pk}/"):
        page = administrator.get(f"/directory/imports/{path}").content.decode()
        assert "None" not in page

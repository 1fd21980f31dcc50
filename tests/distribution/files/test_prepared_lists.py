"""Long lists that a worker prepares as files."""

import html
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook
from pytest_django import Settings

from agencies.models import User
from circulars.models import Circular
from distribution.models import Delivery, FileFormat, PreparedFile, PreparedFileKind
from distribution.services.prepare_file import (
    prepare_file,
    request_file,
)
from distribution.tables.files import list_files
from distribution.tables.files.file_makers import FILE_MAKERS
from tests.conftest import SignIn
from tests.factories import AgencyFactory, dispatched_to, manager_of, sender_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def place_for_files(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def letter() -> Circular:
    return dispatched_to(*AgencyFactory.create_batch(2))


@pytest.fixture
def sender(letter: Circular) -> User:
    return sender_of(letter.issuer)


def made(prepared: PreparedFile) -> PreparedFile:
    prepare_file(prepared_id=prepared.pk, makers=FILE_MAKERS, at=timezone.now())
    prepared.refresh_from_db()
    return prepared


def page_of(prepared: PreparedFile, name: str = "prepared_file") -> str:
    return reverse(name, args=[prepared.public_id])


def of_unit(letter: Circular, query: str = "") -> PreparedFile:
    manager = manager_of(letter.issuer)
    return request_file(
        kind=PreparedFileKind.OUTSTANDING,
        file_format=FileFormat.XLSX,
        unit=letter.issuer,
        query=query,
        by=manager,
        language="tr",
        at=timezone.now(),
    )


def cells(content: bytes) -> list[list[object]]:
    sheet = load_workbook(BytesIO(content)).active
    assert sheet is not None
    return [list(row) for row in sheet.iter_rows(values_only=True)]


@pytest.mark.parametrize("page", ["outstanding", "outstanding_letters", "letter", "readership"])
def test_a_long_list_is_prepared_as_a_workbook_and_a_short_one_downloaded_at_once(
    signed_in: SignIn, letter: Circular, page: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    Delivery.objects.update(opened_at=timezone.now())
    dispatched_to(AgencyFactory(), issuer=letter.issuer)
    client = signed_in(manager_of(letter.issuer))
    address = reverse(page, args=[letter.public_id] if page in ("letter", "readership") else [])
    query = {
        "show": "outstanding",
        "_export": "xlsx",
        "sort": "-agency" if page != "outstanding_letters" else "subject",
    }
    at_once = client.get(address, query)
    assert "attachment" in at_once["Content-Disposition"]

    monkeypatch.setitem(list_files.MOST_AT_ONCE, FileFormat.XLSX, 1)
    asks = client.get(address, query)
    assert client.get(asks["Location"]).status_code == 200
    assert not PreparedFile.objects.exists()
    client.post(asks["Location"])
    prepared = made(PreparedFile.objects.get())

    download = client.get(page_of(prepared, "download_prepared_file"))
    assert cells(download.getvalue()) == cells(at_once.getvalue())
    assert download["Content-Disposition"] == at_once["Content-Disposition"]
    shown = client.get(page_of(prepared)).content.decode()
    assert html.escape(asks["Location"]) in shown


def test_a_prepared_list_is_filtered_as_its_page(letter: Circular) -> None:
    unit = letter.deliveries.order_by("pk")[0].agency
    unit.name = "Gökçeada Müdürlüğü"
    unit.save()

    prepared = made(of_unit(letter, "q=gokceada"))

    with prepared.file.open() as file:
        assert [row[0] for row in cells(file.read())[1:]] == ["Gökçeada Müdürlüğü"]


def test_who_no_longer_manages_the_unit_gets_its_list_no_more(signed_in: SignIn, letter: Circular) -> None:
    prepared = made(of_unit(letter))
    manager = prepared.created_by
    assert signed_in(manager).get(page_of(prepared, "download_prepared_file")).getvalue()
    manager.memberships.update(active_to=timezone.localdate() - timedelta(days=1))

    assert signed_in(manager).get(page_of(prepared, "download_prepared_file")).status_code == 404


def test_a_list_of_a_unit_takes_no_letter_and_a_list_of_a_letter_needs_one(
    signed_in: SignIn, letter: Circular
) -> None:
    client = signed_in(manager_of(letter.issuer))
    one = f"?of_letter={letter.public_id}"

    for kind, query in (
        ("outstanding", one),
        ("readership", ""),
        ("status_report", one),
        ("readership", f"?of_letter={dispatched_to(AgencyFactory()).public_id}"),
    ):
        assert client.post(reverse("prepare_list", args=[kind]) + query).status_code == 404
    assert (
        signed_in(sender_of(letter.issuer)).post(reverse("prepare_list", args=["outstanding"])).status_code
        == 404
    )
    assert not PreparedFile.objects.exists()

"""The month in review as files."""

from io import BytesIO
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook
from pypdf import PdfReader
from pytest_django import Settings

from agencies.models import Agency
from circulars.models import Circular
from distribution.models import Delivery, FileFormat, PreparedFile, PreparedFileKind
from distribution.services.prepare_file import prepare_file
from distribution.tables.files.file_makers import FILE_MAKERS
from tests.conftest import SignIn
from tests.distribution.month_review.month import MARCH
from tests.factories import manager_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def place_for_files(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def test_the_spreadsheet_has_the_rows_of_the_page(
    issuer: Agency, letters: list[Circular], signed_in: SignIn
) -> None:
    client = signed_in(manager_of(issuer))
    asked = MARCH | {"by": "unit", "sort": "-in_time"}
    shown = client.get(reverse("month_review"), asked).context["page"]

    csv = b"".join(client.get(reverse("month_review"), asked | {"_export": "csv"})).decode("utf-8-sig")  # type: ignore[arg-type]
    xlsx = b"".join(client.get(reverse("month_review"), asked | {"_export": "xlsx"}))  # type: ignore[arg-type]

    head, *rows = [line.split(";") for line in csv.splitlines()]
    assert [row[0] for row in rows] == [each.name for each in shown]
    assert rows[0][head.index("Gönderilen nüsha")] == "2"
    sheet = load_workbook(BytesIO(xlsx)).active
    assert sheet is not None
    assert [row[0].value for row in sheet.iter_rows(min_row=2)] == [each.name for each in shown]
    assert sheet.title == "Mart 2026 · Aylık değerlendirme"


def test_the_pdf_is_asked_for_and_made_by_a_worker(
    issuer: Agency, letters: list[Circular], signed_in: SignIn
) -> None:
    client = signed_in(manager_of(issuer))
    asked = client.get(reverse("month_review"), MARCH | {"by": "letter", "_export": "pdf"})
    client.post(asked["Location"])
    prepared = PreparedFile.objects.get()
    assert (prepared.kind, prepared.file_format) == (PreparedFileKind.MONTH_REVIEW, FileFormat.PDF)

    prepare_file(prepared_id=prepared.pk, makers=FILE_MAKERS, at=timezone.now())
    prepared.refresh_from_db()

    assert prepared.is_ready
    assert prepared.file_name == "ay-degerlendirmesi-2026-03-01-2026-03-31.pdf"
    with prepared.file.open() as file:
        reader = PdfReader(file)
        text = " ".join(page.extract_text() for page in reader.pages)
        is_marked = reader.trailer["/Root"]["/MarkInfo"]["/Marked"]  # type: ignore[index]
    assert "Mart 2026 · Aylık değerlendirme" in text
    assert issuer.name in text
    assert letters[0].number in text
    assert is_marked


@pytest.mark.parametrize("month", ["2026-03", "9999-99"])
def test_a_pdf_of_nothing_is_made_too(month: str, issuer: Agency) -> None:
    manager = manager_of(issuer)
    prepared = PreparedFile.objects.create(
        kind=PreparedFileKind.MONTH_REVIEW, file_format=FileFormat.PDF, unit=issuer, query=f"month={month}",
        created_by=manager, created_at=timezone.now(), language="tr",
    )  # fmt: skip

    prepare_file(prepared_id=prepared.pk, makers=FILE_MAKERS, at=timezone.now())
    prepared.refresh_from_db()

    assert prepared.is_ready


def test_units_of_which_nothing_is_told_are_only_counted_in_print(
    issuer: Agency, letters: list[Circular]
) -> None:
    assert Delivery.objects.count() == 18
    prepared = PreparedFile.objects.create(
        kind=PreparedFileKind.MONTH_REVIEW, file_format=FileFormat.PDF, unit=issuer, query="month=2026-03&by=unit",
        created_by=manager_of(issuer), created_at=timezone.now(), language="tr",
    )  # fmt: skip

    prepare_file(prepared_id=prepared.pk, makers=FILE_MAKERS, at=timezone.now())
    prepared.refresh_from_db()

    with prepared.file.open() as file:
        text = " ".join(page.extract_text() for page in PdfReader(file).pages)
    assert "6 birim listelenmedi" in text

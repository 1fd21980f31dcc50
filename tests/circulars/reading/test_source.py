"""The source beside the form: lines or page images, positions, warnings, and cited letters."""

from datetime import date
from pathlib import Path

import pytest
from django.core.cache import caches
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from agencies.models import Agency
from circulars.models import Circular
from tests.circulars.own_letters import FOLDER, as_file
from tests.circulars.test_record import a_pdf_without_text
from tests.conftest import SignIn
from tests.factories import AgencyFactory, CircularFactory, sender_of


@pytest.fixture(autouse=True)
def files(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    caches["images"].clear()


def recorded(writer: Client, name: str) -> Circular:
    file_name, content = as_file(FOLDER / name)
    return uploaded(writer, content, file_name)


def uploaded(writer: Client, content: bytes, name: str) -> Circular:
    response = writer.post(reverse("record"), {"file": SimpleUploadedFile(name, content)})
    assert response.status_code == 302, response.context["form"].errors
    return Circular.objects.latest("pk")


def page_of(writer: Client, circular: Circular) -> str:
    return writer.get(reverse("review", args=[circular.public_id])).content.decode()


def picture(circular: Circular, page: int = 1) -> str:
    return reverse("letter_page", args=[circular.public_id, page])


def test_the_parts_of_the_number_are_columns(writer: Client) -> None:
    circular = recorded(writer, "two_columns.txt")
    assert (circular.number_origin, circular.number_detsis) == ("E", "40718253")
    assert (circular.number_file_plan, circular.number_register) == ("045.02", "117306")
    circular.number = "B.05.0.NÜV.0.10-123/48816"
    circular.save()
    assert circular.number_detsis is None


def test_a_text_is_shown_line_by_line_with_its_fields(writer: Client) -> None:
    text = page_of(writer, recorded(writer, "two_columns.txt"))
    assert 'id="source-line-6" data-line="6" data-fields="date number"' in text
    assert 'data-source="number"' in text and 'data-source="information_lines"' in text


def test_a_pdf_is_shown_as_pages_with_marked_places(writer: Client) -> None:
    circular = recorded(writer, "pdf_uc_sayfa.html")
    text = page_of(writer, circular)
    assert text.count('class="source-page"') == len(circular.reading["pages"]) > 1
    assert 'data-fields="subject" data-page="1"' in text
    assert picture(circular, 2) in text


def test_a_page_is_drawn_for_those_who_may_see_the_letter(writer: Client, signed_in: SignIn) -> None:
    circular = recorded(writer, "pdf_iki_sutun.html")
    response = writer.get(picture(circular))
    assert response["Content-Type"] == "image/png" and response.content.startswith(b"\x89PNG")
    assert "private" in response["Cache-Control"]
    assert writer.get(picture(circular)).content == response.content
    assert writer.get(picture(circular, 2)).status_code == 404
    assert writer.get(picture(circular, 0)).status_code == 404
    assert writer.post(picture(circular)).status_code == 405
    assert signed_in(sender_of(AgencyFactory())).get(picture(circular)).status_code == 404


def test_a_letter_without_pages_has_no_picture(writer: Client) -> None:
    assert writer.get(picture(recorded(writer, "two_columns.txt"))).status_code == 404


def test_a_scan_is_identified_and_shown(writer: Client) -> None:
    circular = uploaded(writer, a_pdf_without_text(), "tarama.pdf")
    text = page_of(writer, circular)
    assert "without a text layer" in text
    assert "it is a scan" in text
    assert circular.source_file and writer.get(picture(circular)).status_code == 200


def test_warnings_are_printed_beside_the_field(writer: Client) -> None:
    text = page_of(writer, recorded(writer, "ivedi_eski_damga.txt"))
    assert "the letter is marked ÇOK İVEDİ" in text
    assert "Read with low certainty" in text
    assert "Not found in the letter." in page_of(writer, recorded(writer, "nbsp_yumusak.txt"))


def test_a_due_time_that_is_a_day_is_entered(writer: Client) -> None:
    circular = recorded(writer, "kaymakamlik_saatli.txt")
    page = page_of(writer, circular)
    assert 'value="2022-12-20"' in page and 'value="17:00"' in page


def test_a_number_of_working_days_is_shown_and_not_converted(writer: Client) -> None:
    circular = recorded(writer, "is_gunu_icinde.txt")
    text = page_of(writer, circular)
    assert circular.due_at is None
    assert "5 (beş) iş günü içinde" in text and "5 working days" in text


def test_a_corrected_field_has_no_warning(writer: Client) -> None:
    circular = recorded(writer, "kayit_damgali_uc_imza.txt")
    address = reverse("review", args=[circular.public_id])
    assert "registration stamp" in page_of(writer, circular)
    form = writer.get(address).context["form"]
    values = {name: form[name].value() or "" for name in form.fields}
    writer.post(address, {**values, "date": "17.02.2023"})
    assert "registration stamp" not in page_of(writer, circular)


def test_signers_contact_and_counts_are_shown(writer: Client) -> None:
    text = page_of(writer, recorded(writer, "universite_iki_imza.txt"))
    assert "Nihal BOZDEMİR, Genel Sekreter V." in text
    assert "Bilgi için: Ayhan TEZEL" in text
    assert "12 sheets" in text


CITED = "E-83716204-160.03-398260"


def test_a_reference_links_the_recorded_letter_for_those_who_may_see_it(writer: Client, unit: Agency) -> None:
    mine = CircularFactory(issuer=unit, number=CITED, date=date(2023, 10, 2))
    circular = recorded(writer, "il_mudurlugu_dort_ilgi.txt")
    reference = circular.references.get(number=CITED)
    assert (reference.target, str(reference.date)) == (mine, "2023-10-02")
    assert reverse("letter", args=[mine.public_id]) in page_of(writer, circular)


def test_a_letter_of_another_year_is_not_the_cited_one(writer: Client, unit: Agency) -> None:
    CircularFactory(issuer=unit, number=CITED, date=date(2025, 10, 2))
    circular = recorded(writer, "il_mudurlugu_dort_ilgi.txt")
    assert circular.references.get(number=CITED).target is None


def test_a_cited_letter_of_strangers_is_linked_for_nobody_else(writer: Client) -> None:
    theirs = CircularFactory(number=CITED, date=date(2023, 10, 2))
    circular = recorded(writer, "il_mudurlugu_dort_ilgi.txt")
    assert circular.references.get(number=CITED).target == theirs
    assert str(theirs.public_id) not in page_of(writer, circular)


def test_a_number_that_two_letters_have_is_linked_by_its_date(writer: Client, unit: Agency) -> None:
    CircularFactory(number=CITED, date="2023-01-01")
    meant = CircularFactory(issuer=unit, number=CITED, date="2023-10-02")
    circular = recorded(writer, "il_mudurlugu_dort_ilgi.txt")
    assert circular.references.get(number=CITED).target == meant

"""Recording a letter in the browser."""

import io
import re
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from pypdf import PdfWriter
from pytest_django import Settings

from agencies.models import Agency, User
from circulars.models import Circular, LetterReading, Purpose
from circulars.reading.source.pdf.recognition import can_recognise
from tests.circulars.own_letters import FOLDER, as_file
from tests.circulars.reading.made_files import scanned
from tests.circulars.reading.test_package_source import METADATA
from tests.circulars.reading.test_package_source import package as e_yazisma_package
from tests.conftest import OWN_SAMPLE, SignIn
from tests.factories import (
    AgencyFactory,
    CircularFactory,
    MembershipFactory,
    dispatched_to,
    recipient_of,
    sender_of,
)

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4
LETTER = OWN_SAMPLE.read_text(encoding="utf-8")
CODE = "98511034-9EDB-4078-BA31-3625C3AA1079"


def a_file(content: bytes | str, name: str = "genelge.txt") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content.encode() if isinstance(content, str) else content)


def a_pdf_without_text(password: str = "") -> bytes:
    writer, stream = PdfWriter(), io.BytesIO()
    writer.add_blank_page(width=595, height=842)
    if password:
        writer.encrypt(password, algorithm="RC4-128")
    writer.write(stream)
    return stream.getvalue()


def errors(response: object, field: str) -> str:
    return " ".join(response.context["form"].errors.get(field, []))  # type: ignore[attr-defined]


def texts(response: object) -> str:
    return " ".join(str(message) for message in response.context["messages"])  # type: ignore[attr-defined]


def test_the_page_asks_for_a_file_or_a_text(as_sender: Client) -> None:
    response = as_sender.get(reverse("record"))
    assert response.status_code == 200
    assert b'type="file"' in response.content
    assert not Circular.objects.exists()


@pytest.mark.django_db
def test_only_a_sender_sees_the_page(signed_in: SignIn) -> None:
    client = signed_in(recipient_of(AgencyFactory()))
    assert client.get(reverse("record")).status_code == 404
    assert client.post(reverse("record"), {"text": LETTER}).status_code == 404
    assert not Circular.objects.exists()


def test_an_uploaded_letter_is_a_draft_at_once(
    as_sender: Client, sender: User, issuer: Agency, sample_letter: Path
) -> None:
    content = sample_letter.read_bytes()
    response = as_sender.post(reverse("record"), {"file": a_file(content, "Genelge İlk.txt")})
    circular = Circular.objects.get()
    assert response.url == reverse("review", args=[circular.public_id])  # type: ignore[attr-defined]
    assert circular.is_draft and circular.issuer == issuer and circular.recorded_by == sender
    assert circular.source_name == "Genelge İlk.txt"
    assert circular.source_file.read() == content
    circular.source_file.close()
    assert circular.lines.filter(purpose=Purpose.ACTION).count() == 21
    assert circular.lines.filter(purpose=Purpose.INFORMATION).count() == 5
    assert circular.attachments.get().printed


def test_the_review_page_follows_with_the_whole_distribution(as_sender: Client, sample_letter: Path) -> None:
    response = as_sender.post(reverse("record"), {"file": a_file(sample_letter.read_bytes())}, follow=True)
    assert "kept as a draft" in texts(response)
    expansion = response.context["expansion"]
    assert len(expansion.lines) == 26
    assert len(expansion.recipients) == 266
    assert (expansion.action_count, expansion.information_count) == (261, 5)
    assert not expansion.unresolved


def test_a_pasted_letter_is_a_draft_at_once(as_sender: Client) -> None:
    as_sender.post(reverse("record"), {"text": LETTER})
    circular = Circular.objects.get()
    assert circular.number == "E-98167286-010.06.02-604318"
    assert not circular.source_file
    assert "Nehir AKSUVEREN" in circular.source_text


@pytest.mark.parametrize("data", [{}, {"text": "   "}])
def test_neither_file_nor_text_is_reported_at_the_field(as_sender: Client, data: dict[str, str]) -> None:
    response = as_sender.post(reverse("record"), data)
    assert "There is no letter yet" in errors(response, "file")
    assert not Circular.objects.exists()


def test_both_file_and_text_is_reported_and_the_text_is_kept(as_sender: Client) -> None:
    response = as_sender.post(reverse("record"), {"file": a_file(LETTER), "text": "Sayın meslektaşım"})
    assert "both a file and a text" in errors(response, "text")
    assert "Sayın meslektaşım" in response.content.decode()
    assert not Circular.objects.exists()


def test_an_empty_file_is_refused_and_the_text_is_kept(as_sender: Client) -> None:
    response = as_sender.post(reverse("record"), {"file": a_file(b"", "boş.pdf"), "text": "Yazım"})
    assert "“boş.pdf” is empty" in errors(response, "file")
    assert "Yazım" in response.content.decode()


def test_a_file_with_white_space_only_is_refused(as_sender: Client) -> None:
    response = as_sender.post(reverse("record"), {"file": a_file(b" \n \n")})
    assert "no text in it" in errors(response, "file")


def test_sixty_megabytes_are_refused_with_both_sizes(as_sender: Client) -> None:
    response = as_sender.post(reverse("record"), {"file": a_file(b"x" * (60 * 1024 * 1024), "büyük.pdf")})
    assert "“büyük.pdf” has 60.0 MB; at most 50.0 MB" in errors(response, "file")
    assert not Circular.objects.exists()


def test_the_limit_is_a_setting(as_sender: Client, settings: Settings) -> None:
    settings.UPLOAD_LIMIT = 1024 * 1024
    response = as_sender.post(reverse("record"), {"file": a_file(b"x" * (1024 * 1024 + 1))})
    assert "at most 1.0 MB" in errors(response, "file")


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (PNG, "genelge.pdf", "neither a PDF, nor a DOCX, nor a text"),
        (b"%PDF-1.7\nthis is no PDF at all", "genelge.pdf", "damaged"),
        (a_pdf_without_text(password="parola"), "genelge.pdf", "password"),
    ],
    ids=["picture", "damaged", "encrypted"],
)
def test_other_files_are_refused_with_a_reason(
    as_sender: Client, content: bytes, name: str, words: str
) -> None:
    response = as_sender.post(reverse("record"), {"file": a_file(content, name)})
    assert words in errors(response, "file")
    assert not Circular.objects.exists()


def compound_file(stream: str) -> bytes:
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500) + stream.encode("utf-16-le") + bytes(100)


def package(**entries: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in entries.items():
            archive.writestr(name.replace("__", "/"), content)
    return file.getvalue()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (compound_file("WordDocument"), "(.doc)"),
        (compound_file("Workbook"), "spreadsheet"),
        (compound_file("__substg1.0_0037001F"), "e-mail of Outlook"),
        (b"{\\rtf1\\ansi Say\\'fd", "RTF"),
        (package(mimetype="application/vnd.oasis.opendocument.text"), "(.odt)"),
        (package(xl__workbook="<x/>"), "spreadsheet"),
        (package(ppt__presentation="<x/>"), "presentation"),
        (package(yazi="x"), "archive"),
        (package(word__belge="<x/>"), "damaged"),
        (b"\xff\xd8\xff\xe0" + bytes(200), "picture"),
    ],
)
def test_what_a_file_is_instead_of_a_letter_is_said(as_sender: Client, content: bytes, words: str) -> None:
    response = as_sender.post(reverse("record"), {"file": a_file(content, "genelge.docx")})
    assert words in errors(response, "file")


def test_a_text_named_pdf_is_said_to_be_a_text_and_kept_as_one(as_sender: Client) -> None:
    content = OWN_SAMPLE.read_bytes()
    page = as_sender.post(reverse("record"), {"file": a_file(content, "Genelge.PDF")}, follow=True)
    assert "“Genelge.PDF” is a plain text" in page.content.decode()
    assert Circular.objects.get().source_name == "Genelge.txt"


def test_a_pdf_without_text_is_kept_to_be_filled_in_by_hand(as_sender: Client, issuer: Agency) -> None:
    content = a_pdf_without_text()
    response = as_sender.post(reverse("record"), {"file": a_file(content, "tarama.pdf")}, follow=True)
    circular = Circular.objects.get()
    assert "by hand" in texts(response)
    assert circular.subject == "" and circular.issuer == issuer
    assert circular.source_file.read() == content
    circular.source_file.close()


def test_a_text_that_is_no_letter_is_kept_to_be_filled_in_by_hand(as_sender: Client) -> None:
    response = as_sender.post(reverse("record"), {"text": "Yemek listesi\nPazartesi: mercimek"}, follow=True)
    assert "by hand" in texts(response)
    assert "mercimek" in Circular.objects.get().source_text


@pytest.mark.parametrize("grade", ["GİZLİ", "ÇOK GİZLİ"])
def test_a_classified_letter_is_refused_and_not_kept(
    as_sender: Client, settings: Settings, tmp_path: Path, grade: str
) -> None:
    settings.MEDIA_ROOT = tmp_path
    response = as_sender.post(reverse("record"), {"file": a_file(LETTER.replace("ACELE", grade, 1))})
    assert grade in errors(response, "file")
    assert "nothing of it was kept" in errors(response, "file")
    assert not Circular.objects.exists()
    assert not list(tmp_path.rglob("*.txt"))


def test_a_letter_recorded_already_is_linked(as_sender: Client) -> None:
    as_sender.post(reverse("record"), {"text": LETTER})
    existing = Circular.objects.get()
    response = as_sender.post(reverse("record"), {"text": LETTER})
    assert "already recorded" in errors(response, "text")
    assert reverse("letter", args=[existing.public_id]) in response.content.decode()
    assert LETTER.splitlines()[1] in response.content.decode()
    assert Circular.objects.count() == 1


def test_the_same_number_of_the_same_issuer_is_recorded_already(as_sender: Client) -> None:
    as_sender.post(reverse("record"), {"text": LETTER})
    response = as_sender.post(
        reverse("record"), {"text": re.sub(CODE, "11111111-9EDB-4078-BA31-3625C3AA1079", LETTER)}
    )
    assert "already recorded" in errors(response, "text")
    assert Circular.objects.count() == 1


def test_a_draft_of_another_unit_blocks_nobody(as_sender: Client, signed_in: SignIn) -> None:
    as_sender.post(reverse("record"), {"text": LETTER})
    existing = Circular.objects.get()
    response = signed_in(sender_of(AgencyFactory())).post(reverse("record"), {"text": LETTER}, follow=True)
    assert Circular.objects.exclude(pk=existing.pk).get().verification_code == existing.verification_code
    assert "was sent by another unit" not in response.content.decode()
    assert str(existing.public_id) not in response.content.decode()


def test_a_code_that_another_unit_has_sent_is_warned_of_without_a_link(
    as_sender: Client, signed_in: SignIn
) -> None:
    sent = dispatched_to(AgencyFactory(), verification_code=CODE)
    response = as_sender.post(reverse("record"), {"text": LETTER}, follow=True)
    assert Circular.objects.exclude(pk=sent.pk).count() == 1
    assert "was sent by another unit" in response.content.decode()
    assert str(sent.public_id) not in response.content.decode()


def test_numbers_begin_anew_each_year(as_sender: Client) -> None:
    number = next(line for line in LETTER.splitlines() if line.startswith("Sayı"))
    dated = LETTER.replace(number, f"{number.rstrip()}          15.06.2026")
    as_sender.post(reverse("record"), {"text": dated})
    first = Circular.objects.get()
    assert first.date == date(2026, 6, 15)
    Circular.objects.update(date=date(2025, 6, 15), verification_code="")

    response = as_sender.post(reverse("record"), {"text": dated})

    assert response.status_code == 302
    assert Circular.objects.filter(number=first.number).count() == 2


def test_an_unknown_letterhead_falls_back_to_the_current_unit_with_a_warning(
    directory: Callable[[str], Agency], english: Client, signed_in: SignIn
) -> None:
    other = AgencyFactory(name="Başka Genel Müdürlüğü")
    response = signed_in(sender_of(other)).post(reverse("record"), {"text": LETTER}, follow=True)
    assert Circular.objects.get().issuer == other
    assert "Uluslararası İşgücü Genel Müdürlüğü" in texts(response)
    assert "Başka Genel Müdürlüğü" in texts(response)


def test_the_letterhead_takes_precedence_over_the_current_unit(
    as_sender: Client, sender: User, issuer: Agency
) -> None:
    first = AgencyFactory(protocol_order=1)
    MembershipFactory(user=sender, agency=first, role="sender")
    as_sender.post(reverse("record"), {"text": LETTER})
    assert Circular.objects.get().issuer == issuer


def test_a_letter_without_date_is_recorded_and_the_date_requested(as_sender: Client) -> None:
    response = as_sender.post(reverse("record"), {"text": LETTER}, follow=True)
    assert Circular.objects.get().date is None
    assert "the letter prints no date" in response.content.decode()


def test_fields_longer_than_their_columns_do_not_lose_the_letter(as_sender: Client) -> None:
    as_sender.post(
        reverse("record"), {"text": LETTER.replace("Elektronik Randevu\n", "Randevu " * 90 + "\n", 1)}
    )
    assert len(Circular.objects.get().subject) <= 500


def test_a_text_marked_gizli_is_refused_even_if_it_is_no_letter(as_sender: Client) -> None:
    response = as_sender.post(
        reverse("record"), {"text": "GİZLİ\n\nBu bir rapordur.\nBilgilerinize sunulur."}
    )

    assert response.status_code == 200
    assert not Circular.objects.exists()


def test_the_same_file_is_not_recorded_twice_even_without_number_and_code(as_sender: Client) -> None:
    content = "Yemekhane listesi\nSalı: mercimek çorbası\n".encode()
    for _ in range(2):
        response = as_sender.post(reverse("record"), {"file": SimpleUploadedFile("liste.txt", content)})

    assert response.status_code == 200
    assert Circular.objects.count() == 1


def test_a_program_is_no_letter(as_sender: Client) -> None:
    as_sender.post(reverse("record"), {"file": SimpleUploadedFile("liste.bat", b"yemekhane listesi\n")})

    assert not Circular.objects.exists()


@pytest.mark.django_db
def test_invisible_characters_are_removed_from_the_subject() -> None:
    assert CircularFactory(subject="Kış\x07 \u202eTedbirleri").subject == "Kış Tedbirleri"


def classified_package(letter: bytes) -> bytes:
    """A package graded Gizli."""
    return e_yazisma_package(letter, **{"Ustveri/Ustveri.xml": METADATA.replace("HZO", "GZL")})


def test_a_classified_package_whose_letter_has_no_text_is_refused(as_sender: Client) -> None:
    content = classified_package(a_pdf_without_text())
    response = as_sender.post(reverse("record"), {"file": a_file(content, "yazi.eyp")})
    assert "marked GİZLİ" in errors(response, "file")
    assert not Circular.objects.exists()


def test_a_scan_goes_to_the_background_where_tesseract_is_installed(as_sender: Client) -> None:
    """Nobody waits for it in a web request."""
    scan = scanned(as_file(FOLDER / "pdf_iki_sutun.html")[1])
    response = as_sender.post(reverse("record"), {"file": a_file(scan, "tarama.pdf")})
    assert response.status_code == 302
    assert LetterReading.objects.exists() == can_recognise()
    assert Circular.objects.exists() != can_recognise()


def test_a_text_that_is_too_long_is_recorded_and_its_end_is_named(as_sender: Client) -> None:
    content = OWN_SAMPLE.read_bytes() + b"\n" + b"word " * 500_000
    response = as_sender.post(reverse("record"), {"file": a_file(content)}, follow=True)
    circular = Circular.objects.get()
    assert circular.source_text.encode() == content
    assert "its end was not read" in response.content.decode()


def test_a_package_is_recorded_with_its_letter_and_changed_parts_are_named(
    as_sender: Client, issuer: Agency
) -> None:
    """The file is kept as it came, under an ending by which it is opened; its pages are those of the letter in it."""
    content = e_yazisma_package(signed=b"another letter")
    response = as_sender.post(reverse("record"), {"file": a_file(content, "yazi.pdf")}, follow=True)
    assert response.redirect_chain, errors(response, "file")
    circular = Circular.objects.get()
    assert circular.number and circular.reading["pages"]
    assert circular.source_name == "yazi.eyp" and circular.source_file.read() == content
    circular.source_file.close()
    assert "kept as “yazi.eyp”" in texts(response)
    for page in ("review", "dispatch", "review"):
        shown = as_sender.get(reverse(page, args=[circular.public_id])).content.decode()
        assert "as it was signed" in shown and "UstYazi/yazi.pdf" in shown
    image = as_sender.get(reverse("letter_page", args=[circular.public_id, 1]))
    assert image.content.startswith(b"\x89PNG")

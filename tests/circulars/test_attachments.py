"""The files of a draft: upload, download, remove."""

from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from circulars.files.uploads import file_suffix
from circulars.models import Attachment, Circular
from tests.circulars.test_review import sent
from tests.conftest import SignIn
from tests.factories import AgencyFactory, manager_of, recipient_of, sender_of


def a_file(name: str = "Kılavuz.pdf", content: bytes = b"%PDF-1.7 ek") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def panel(draft: Circular) -> str:
    return reverse("attach", args=[draft.public_id])


@pytest.fixture
def named(draft: Circular) -> Attachment:
    """An attachment named in the letter, without a file."""
    return Attachment.objects.create(circular=draft, title="Kılavuz (2 Sayfa)", printed=True)


def test_several_files_are_kept_at_once_in_order(writer: Client, draft: Circular) -> None:
    writer.post(panel(draft), {"files": [a_file("Birinci.pdf"), a_file("İkinci.xlsx", b"xx")]})
    assert [(each.title, each.size, each.printed) for each in draft.attachments.all()] == [
        ("Birinci.pdf", 11, False),
        ("İkinci.xlsx", 2, False),
    ]


def test_the_file_of_a_named_attachment_is_kept_with_its_title(
    writer: Client, draft: Circular, named: Attachment
) -> None:
    writer.post(panel(draft), {"files": a_file(), "attachment": named.pk})
    named.refresh_from_db()
    assert (named.title, named.file_name) == ("Kılavuz (2 Sayfa)", "Kılavuz.pdf")
    assert len(named.sha256) == 64
    assert draft.attachments.count() == 1


def test_a_stranger_gets_404(draft: Circular, named: Attachment, signed_in: SignIn) -> None:
    named.file.save("ek.pdf", ContentFile(b"ek"))
    for stranger in (sender_of(AgencyFactory()), recipient_of(draft.issuer), manager_of(draft.issuer)):
        client = signed_in(stranger)
        assert client.post(panel(draft), {"files": a_file()}).status_code == 404
        assert client.post(reverse("detach", args=[draft.public_id, named.pk])).status_code == 404
        assert client.get(reverse("attachment_file", args=[draft.public_id, named.pk])).status_code == 404
        assert client.get(reverse("letter_file", args=[draft.public_id])).status_code == 404
    assert draft.attachments.get().file


def test_a_get_neither_uploads_nor_removes(writer: Client, draft: Circular, named: Attachment) -> None:
    assert writer.get(panel(draft)).status_code == 302
    assert writer.get(reverse("detach", args=[draft.public_id, named.pk])).status_code == 302
    assert draft.attachments.count() == 1


@pytest.mark.parametrize(
    ("upload", "words"),
    [
        (a_file("boş.pdf", b""), "“boş.pdf” is empty"),
        (a_file("virüs.exe"), "is a program (.exe)"),
        (a_file("rapor.pdf.JS"), "is a program (.js)"),
        (a_file("büyük.pdf", b"x" * 2_000_000), "has 1.9 MB; at most 1.0 MB"),
    ],
    ids=["empty", "program", "program with a second name", "large"],
)
def test_refused_files_are_named_and_the_others_are_kept(
    writer: Client, draft: Circular, settings: Settings, upload: SimpleUploadedFile, words: str
) -> None:
    settings.UPLOAD_LIMIT = 1024 * 1024
    upload.seek(0)
    response = writer.post(panel(draft), {"files": [upload, a_file("iyi.pdf")]})
    assert words in " ".join(response.context["refused"])
    assert words in response.content.decode()
    assert [each.title for each in draft.attachments.all()] == ["iyi.pdf"]


def test_a_program_hidden_behind_invisible_characters_is_detected() -> None:
    assert file_suffix("fatura\u202egpj.exe") == ".exe"
    assert file_suffix("kur.exe. .") == ".exe"
    assert file_suffix("kur.e\u200bxe") == ".exe"


def test_no_file_is_reported_at_the_field(writer: Client, draft: Circular, named: Attachment) -> None:
    assert "No file was chosen" in " ".join(writer.post(panel(draft)).context["refused"])
    response = writer.post(panel(draft), {"attachment": named.pk})
    assert f'id="file-{named.pk}-error"' in response.content.decode()


def test_a_named_attachment_takes_one_file(writer: Client, draft: Circular, named: Attachment) -> None:
    response = writer.post(
        panel(draft), {"files": [a_file("a.pdf"), a_file("b.pdf")], "attachment": named.pk}
    )
    assert "Choose one file" in response.content.decode()
    named.refresh_from_db()
    assert not named.file


def test_with_htmx_only_the_panel_is_sent_back(writer: Client, draft: Circular) -> None:
    response = writer.post(panel(draft), {"files": a_file()}, headers={"HX-Request": "true"})
    text = response.content.decode().strip()
    assert text.startswith("<section") and "Kılavuz.pdf" in text


def test_removing_keeps_the_title_that_the_letter_names(
    writer: Client,
    draft: Circular,
    named: Attachment,
    settings: Settings,
    tmp_path: Path,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    settings.MEDIA_ROOT = tmp_path
    writer.post(panel(draft), {"files": a_file(), "attachment": named.pk})
    writer.post(panel(draft), {"files": a_file("fazla.pdf")})
    with django_capture_on_commit_callbacks(execute=True):
        for attachment in draft.attachments.all():
            writer.post(reverse("detach", args=[draft.public_id, attachment.pk]))
    left = draft.attachments.get()
    assert (left.title, left.file.name, left.file_name, left.size) == ("Kılavuz (2 Sayfa)", "", "", 0)
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_another_letters_attachment_is_not_found(writer: Client, draft: Circular) -> None:
    strange = Attachment.objects.create(circular=draft_of_others(), title="Yabancı", printed=True)
    assert writer.post(panel(draft), {"files": a_file(), "attachment": strange.pk}).status_code == 404
    assert writer.post(reverse("detach", args=[draft.public_id, strange.pk])).status_code == 404
    assert writer.get(reverse("attachment_file", args=[draft.public_id, strange.pk])).status_code == 404


def draft_of_others() -> Circular:
    return Circular.objects.create(issuer=AgencyFactory(), recorded_by=sender_of(AgencyFactory()))


def test_files_are_served_as_downloads_only(writer: Client, draft: Circular) -> None:
    writer.post(panel(draft), {"files": a_file("Sayfa.html", b"<script>alert(1)</script>")})
    response = writer.get(reverse("attachment_file", args=[draft.public_id, draft.attachments.get().pk]))
    assert response["Content-Disposition"] == 'attachment; filename="Sayfa.html"'
    assert response["X-Content-Type-Options"] == "nosniff"
    assert b"".join(response.streaming_content) == b"<script>alert(1)</script>"  # type: ignore[attr-defined]
    response.close()


def test_the_letters_own_file_is_downloaded_under_its_name(writer: Client, draft: Circular) -> None:
    draft.source_name = "Genelge şubat.pdf"
    draft.source_file.save("x.pdf", ContentFile(b"%PDF"))
    response = writer.get(reverse("letter_file", args=[draft.public_id]))
    assert "Genelge%20%C5%9Fubat.pdf" in response["Content-Disposition"]
    response.close()


def test_a_missing_file_is_404(writer: Client, draft: Circular, named: Attachment) -> None:
    assert writer.get(reverse("letter_file", args=[draft.public_id])).status_code == 404
    assert writer.get(reverse("attachment_file", args=[draft.public_id, named.pk])).status_code == 404


def test_a_dispatched_letter_keeps_its_files(writer: Client, draft: Circular, named: Attachment) -> None:
    named.file.save("ek.pdf", ContentFile(b"ek"))
    sent(draft)
    letter = reverse("letter", args=[draft.public_id])
    assert writer.post(panel(draft), {"files": a_file()})["Location"] == letter
    assert writer.post(reverse("detach", args=[draft.public_id, named.pk]))["Location"] == letter
    assert draft.attachments.get().file


def test_saving_the_form_keeps_the_files_of_attachments_with_one_title(
    writer: Client, draft: Circular
) -> None:
    for position in range(2):
        Attachment.objects.create(circular=draft, title="Tablo", position=position, printed=True)
    form = writer.get(reverse("review", args=[draft.public_id])).context["form"]
    data = {name: form[name].value() or "" for name in form.fields} | {"date": "02.03.2026"}
    writer.post(reverse("review", args=[draft.public_id]), data)
    assert draft.attachments.count() == 2

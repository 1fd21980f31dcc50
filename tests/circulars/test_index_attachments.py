"""A worker notes the words of sent letters' attachments; a file that can't be read holds nobody up."""

import io
from datetime import timedelta
from importlib import import_module
from unittest.mock import Mock

import docx
import psycopg
import pytest
from django.apps import apps
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from circulars import tasks
from circulars.models import Attachment, AttachmentText, Circular, LetterText
from circulars.models.letter_text import LARGEST
from circulars.services import index_attachments as reading
from circulars.services.index_attachments import (
    CLAIMED_FOR,
    MOST_ATTEMPTS,
    SECONDS,
    index_attachment,
    index_attachments,
)
from circulars.services.index_letters import index_letter, index_missing
from tests.circulars.own_letters import printed
from tests.factories import AgencyFactory, LineFactory, dispatched_to, draft_to

pytestmark = pytest.mark.django_db


def attached(content: bytes, name: str = "ek.txt", circular: Circular | None = None) -> Attachment:
    letter = circular or dispatched_to(AgencyFactory())
    attachment = Attachment(circular=letter, title="Ek", file_name=name, size=len(content), printed=True)
    attachment.file.save(name, ContentFile(content))
    if not letter.is_draft:
        index_letter(circular=letter, attachments=[attachment])
    return attachment


def text_of(attachment: Attachment) -> str:
    return AttachmentText.objects.get(attachment=attachment, read_at__isnull=False).text


def in_word(text: str) -> bytes:
    document, file = docx.Document(), io.BytesIO()
    document.add_paragraph(text)
    document.save(file)
    return file.getvalue()


def test_the_texts_of_pdf_word_and_text_files_are_noted() -> None:
    text = "Güçlükonak itfaiye istasyonunun yerleşim planı"
    files = {"ek.pdf": printed(f"<p>{text}</p>"), "ek.docx": in_word(text), "ek.txt": text.encode()}
    attachments = [attached(content, name) for name, content in files.items()]

    assert index_attachments() == 3
    assert all(text in text_of(attachment) for attachment in attachments)
    assert index_attachments() == 0


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7 ek", b"\x89PNG\r\n\x1a\n", b"PK\x03\x04", b"\0" * 40])
def test_what_cannot_be_read_is_found_by_its_name_and_not_read_again(content: bytes) -> None:
    attachment = attached(content)

    assert index_attachments() == 1
    assert text_of(attachment) == ""
    assert AttachmentText.objects.filter(vector="ek").exists()
    assert index_attachments() == 0


def test_an_attachment_without_a_file_and_one_whose_file_is_lost_are_found_by_their_names() -> None:
    lost = attached(b"itfaiye")
    lost.file.storage.delete(str(lost.file.name))
    named = Attachment.objects.create(circular=lost.circular, title="Başka")
    index_letter(circular=lost.circular, attachments=[named])

    assert index_attachments() == 2
    assert {text_of(lost), text_of(named)} == {""}


def test_drafts_are_not_read() -> None:
    attached(b"itfaiye", circular=draft_to(AgencyFactory()))

    assert index_attachments() == 0


def test_of_a_long_text_the_beginning_is_kept() -> None:
    attachment = attached(b"itfaiye \0 " + b"merdiven " * LARGEST)
    huge = attached(b"itfaiye")
    Attachment.objects.filter(pk=huge.pk).update(size=10**9)

    index_attachments()

    assert len(text_of(attachment)) == LARGEST
    assert text_of(huge) == ""


class Throttled(Exception):
    """What a storage raises that is no OSError, as botocore does."""


@pytest.mark.parametrize("error", [OSError, Throttled])
def test_a_failing_storage_ends_the_run_and_is_no_attempt(
    error: type[Exception], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    attachments = [attached(b"itfaiye"), attached(b"itfaiye")]
    at = timezone.now()
    with monkeypatch.context() as broken:
        broken.setattr(FileSystemStorage, "_open", Mock(side_effect=error))
        for _run in range(MOST_ATTEMPTS + 1):
            assert index_attachments() == 0
            AttachmentText.objects.update(claimed_at=at - CLAIMED_FOR * 2)
    assert {row.attempts for row in AttachmentText.objects.all()} == {0}
    assert "can't be read now" in caplog.text

    assert index_attachments() == 2
    assert {text_of(each) for each in attachments} == {"itfaiye"}


def test_a_file_that_ends_its_worker_each_time_is_found_by_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    letter = draft_to(AgencyFactory())
    line = LineFactory(circular=letter, position=1, text="Bursa Valiliğine (Ek konulmadı)")
    attachment = attached(b"itfaiye", name="ek.txt", circular=letter)
    index_letter(circular=letter, attachments=[attachment])
    at = timezone.now()
    with monkeypatch.context() as deadly:
        deadly.setattr(reading, "text_within_limits", Mock(side_effect=SystemExit))
        for attempt in range(MOST_ATTEMPTS):
            moment = at + attempt * (CLAIMED_FOR + timedelta(seconds=1))
            with pytest.raises(SystemExit):
                index_attachment(attachment=attachment.pk, at=moment)
            assert not index_attachment(attachment=attachment.pk, at=moment)

    assert not index_attachment(attachment=attachment.pk, at=at + timedelta(days=1))
    found = AttachmentText.objects.get(vector="ek")
    assert (found.read_at, found.withheld_lines) == (None, [line.pk])


def test_one_worker_reads_at_a_time_and_does_not_hold_up_letters_for_long() -> None:
    attached(b"itfaiye")
    lock = "SELECT pg_advisory_lock(hashtextextended('index_attachments', 0))"
    with psycopg.connect(**connection.get_connection_params() | {"cursor_factory": None}) as other:
        other.execute(lock)
        assert index_attachments() == 0
        assert not AttachmentText.objects.filter(attempts__gt=0).exists()
        other.execute("SELECT pg_advisory_unlock_all()")
    assert index_attachments() == 1
    with psycopg.connect(**connection.get_connection_params() | {"cursor_factory": None}) as other:
        other.execute("SET lock_timeout = '1s'")
        other.execute(lock)

    assert SECONDS < tasks.index_attachments.time_limit <= 60


def test_the_lines_that_withhold_it_are_noted() -> None:
    draft = draft_to(AgencyFactory())
    kept = LineFactory(circular=draft, position=1, text="Bursa Valiliğine (Ek-2 konulmadı)")
    everything = LineFactory(circular=draft, position=2, text="Adana Valiliğine (Ek konulmadı)")
    LineFactory(circular=draft, position=3, text="İzmir Valiliğine (Ek-1 konulmadı)")
    attached(b"bir", circular=draft)
    second = attached(b"iki", circular=draft)
    Circular.objects.filter(pk=draft.pk).update(
        status="dispatched",
        dispatched_at=timezone.now(),
        dispatched_by=draft.recorded_by,
        content_sha256="a" * 64,
    )
    index_letter(circular=draft, attachments=draft.attachments.all())

    tasks.index_attachments()

    assert set(AttachmentText.objects.get(attachment=second).withheld_lines) == {kept.pk, everything.pk}


def test_only_what_is_unread_is_looked_up() -> None:
    attached(b"itfaiye")
    assert index_attachments() == 1
    with CaptureQueriesContext(connection) as queries:
        assert index_attachments() == 0
    (lookup,) = (each["sql"] for each in queries if "circulars" in each["sql"])
    assert '"circulars_attachment"' not in lookup
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN {lookup}")
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "attachment_text_unread" in plan


def test_letters_whose_words_were_missing_have_their_attachments_read_too() -> None:
    attached(b"itfaiye")
    AttachmentText.objects.all().delete()
    LetterText.objects.all().delete()
    assert index_attachments() == 0

    index_missing()
    assert index_attachments() == 1


def test_the_migration_lists_what_was_sent_before_and_what_dead_workers_left() -> None:
    sent, left, read = attached(b"bir"), attached(b"iki"), attached(b"itfaiye")
    attached(b"taslak", circular=draft_to(AgencyFactory()))
    index_attachment(attachment=read.pk, at=timezone.now())
    AttachmentText.objects.filter(attachment=sent).delete()
    AttachmentText.objects.filter(attachment=left).update(attempts=MOST_ATTEMPTS, claimed_at=timezone.now())

    import_module("circulars.migrations.0016_unread_attachments").list_unread(apps, None)

    assert AttachmentText.objects.count() == 3
    assert index_attachments() == 2
    assert text_of(read) == "itfaiye"

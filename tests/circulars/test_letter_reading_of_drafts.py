"""A letter's file for a draft, or for a withdrawn letter, that is read in the background."""

from types import ModuleType

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from agencies.models import Agency, Membership, Role, User
from agencies.services.refusal import ActionRefused
from circulars.models import Circular, LetterReading, ReadingFailure, Status
from circulars.services import record as services_record
from circulars.services.draft import discard
from circulars.services.reading import background
from circulars.services.reading.background import read_in_background
from circulars.services.record import SourceFile
from tests.circulars.background_readings import LETTER, a_file, content_of, failed, page, read, said, uploaded
from tests.circulars.reading.test_package_source import package
from tests.circulars.test_record import a_pdf_without_text
from tests.conftest import SignIn
from tests.factories import AgencyFactory, MembershipFactory, dispatched_to, draft_to, sender_of

MEGABYTE = 1024 * 1024


@pytest.fixture(autouse=True)
def nobody_waits(settings: Settings) -> None:
    """Every letter takes longer than one waits for it."""
    settings.READING_AT_ONCE_MS = 0


def test_the_file_of_a_draft_is_read_in_the_background_too(
    writer: Client, draft: Circular, unit: Agency
) -> None:
    response = writer.post(reverse("choose_file", args=[draft.public_id]), {"file": a_file()})
    reading = LetterReading.objects.get()
    assert response.url == page(reading)  # type: ignore[attr-defined]
    read(reading)
    draft.refresh_from_db()
    assert draft.source_name == "genelge.txt" and draft.reading["printed"]["subject"]
    response = writer.get(page(reading), follow=True)
    assert response.redirect_chain == [(f"{reverse('review', args=[draft.public_id])}#letter-file", 302)]


def test_the_file_of_a_draft_that_was_sent_meanwhile_is_not_taken(
    writer: Client, unit: Agency, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    sent = draft_to(AgencyFactory(), issuer=unit)
    reading = chosen(writer, sent, a_file())
    storage, name = reading.file.storage, str(reading.file.name)
    Circular.objects.filter(pk=sent.pk).update(
        status=Status.DISPATCHED,
        dispatched_at=timezone.now(),
        dispatched_by=sent.recorded_by,
        content_sha256="a",
    )
    with django_capture_on_commit_callbacks(execute=True):
        read(reading)
    assert reading.failure == ReadingFailure.NOT_A_DRAFT
    text = writer.get(page(reading)).content.decode()
    assert "sent or deleted meanwhile" in text and "Take the file unread" not in text
    assert not storage.exists(name)


def test_the_file_of_a_draft_that_was_scheduled_meanwhile_is_kept_until_the_dispatch_is_cancelled(
    writer: Client, draft: Circular, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    reading = chosen(writer, draft, a_file())
    Circular.objects.filter(pk=draft.pk).update(status=Status.SCHEDULED)
    with django_capture_on_commit_callbacks(execute=True):
        read(reading)
    assert reading.failure == ReadingFailure.NOT_A_DRAFT
    text = writer.get(page(reading)).content.decode()
    assert "scheduled for its dispatch meanwhile" in text and "Take the file unread" in text

    by_hand = reverse("record_by_hand", args=[reading.public_id])
    assert "its dispatch can be cancelled and the file taken" in said(writer.post(by_hand, follow=True))
    Circular.objects.filter(pk=draft.pk).update(status=Status.DRAFT)
    writer.post(by_hand)
    draft.refresh_from_db()
    assert content_of(draft) == LETTER.encode()


def test_the_right_letter_for_a_withdrawn_one_is_read_in_the_background_too(
    as_sender: Client, issuer: Agency, sender: User
) -> None:
    withdrawn = withdrawn_letter(issuer, sender)
    as_sender.post(reverse("record_replacement", args=[withdrawn.public_id]), {"file": a_file()})
    read(LetterReading.objects.get())
    assert Circular.objects.get(replaces=withdrawn).is_draft


def withdrawn_letter(issuer: Agency, sender: User) -> Circular:
    withdrawn = dispatched_to(AgencyFactory(), issuer=issuer, recorded_by=sender)
    Circular.objects.filter(pk=withdrawn.pk).update(
        withdrawn_at=timezone.now(), withdrawn_by=sender, withdrawal_reason="Yanlış", number_in_use=False
    )
    withdrawn.refresh_from_db()
    return withdrawn


def test_the_right_letter_is_recorded_once_though_two_readings_were_asked_for(
    as_sender: Client, issuer: Agency, sender: User
) -> None:
    withdrawn = withdrawn_letter(issuer, sender)
    address = reverse("record_replacement", args=[withdrawn.public_id])
    other = a_file(LETTER.replace("604318", "604319").encode(), "ikinci.txt")
    as_sender.post(address, {"file": a_file()})
    as_sender.post(address, {"file": other})
    second, first = LetterReading.objects.all()
    begun = read(first).result
    assert read(second).failure == ReadingFailure.RECORDED and second.known == begun
    assert Circular.objects.get(replaces=withdrawn) == begun


def test_another_file_for_the_right_letter_keeps_the_withdrawn_one(
    as_sender: Client, issuer: Agency, sender: User
) -> None:
    withdrawn = withdrawn_letter(issuer, sender)
    address = reverse("record_replacement", args=[withdrawn.public_id])
    as_sender.post(address, {"file": a_file()})
    text = as_sender.get(page(failed(LetterReading.objects.get()))).content.decode()
    assert f'href="{address}"' in text


def chosen(writer: Client, draft: Circular, file: SimpleUploadedFile) -> LetterReading:
    writer.post(reverse("choose_file", args=[draft.public_id]), {"file": file})
    return LetterReading.objects.latest("pk")


WRONG, RIGHT = b"Konu : yanl\xc4\xb1\xc5\x9f\n", LETTER.encode()


def test_a_slow_file_does_not_replace_one_that_was_chosen_later(
    writer: Client,
    draft: Circular,
    settings: Settings,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    slow = chosen(writer, draft, a_file(WRONG, "yanlis.txt"))
    storage, name = slow.file.storage, str(slow.file.name)
    settings.READING_AT_ONCE_MS = 60_000
    with django_capture_on_commit_callbacks(execute=True):
        writer.post(reverse("choose_file", args=[draft.public_id]), {"file": a_file()})
    assert not read_in_background(reading_id=slow.pk, at=timezone.now())
    draft.refresh_from_db()
    assert content_of(draft) == RIGHT and not storage.exists(name)
    text = writer.get(page(slow)).content.decode()
    assert "Another file was chosen for the draft meanwhile" in text and "Take the file unread" not in text


def test_the_later_of_two_slow_files_is_taken_whichever_is_read_first(
    writer: Client, draft: Circular, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = chosen(writer, draft, a_file(WRONG, "yanlis.txt"))
    began = background.start_reading

    def chosen_meanwhile(content: bytes, name: str) -> object:
        if content == WRONG:
            read(chosen(writer, draft, a_file()))
        return began(content, name)

    monkeypatch.setattr(background, "start_reading", chosen_meanwhile)
    assert read(slow).failure == ReadingFailure.OTHER_FILE
    draft.refresh_from_db()
    assert content_of(draft) == RIGHT


def test_a_file_is_not_asked_for_if_another_one_came_while_one_waited(
    writer: Client, draft: Circular, unit: Agency
) -> None:
    before = Circular.objects.get(pk=draft.pk)
    Circular.objects.filter(pk=draft.pk).update(source_file="sources/other.txt")
    with override("en"), pytest.raises(ActionRefused, match="Another file was chosen"):
        background.request_reading(
            source=SourceFile("yanlis.txt", WRONG),
            by=sender_of(unit),
            acting_for=unit,
            language="en",
            at=timezone.now(),
            draft=before,
        )


@pytest.mark.parametrize("by_hand", [False, True])
def test_the_file_of_a_draft_is_not_taken_from_one_who_does_not_send_for_its_unit_any_more(
    writer: Client, draft: Circular, unit: Agency, *, by_hand: bool
) -> None:
    reading = chosen(writer, draft, a_file())
    person = reading.asked_by
    Membership.objects.filter(user=person).delete()
    MembershipFactory(user=person, agency=AgencyFactory(), role=Role.SENDER)
    if by_hand:
        response = writer.post(reverse("record_by_hand", args=[reading.public_id]), follow=True)
        assert "send letters for this unit any more" in said(response)
    else:
        assert read(reading).failure == ReadingFailure.NOT_A_SENDER
    draft.refresh_from_db()
    assert not draft.source_file


@pytest.mark.parametrize("for_draft", [False, True])
@pytest.mark.parametrize("by_hand", [False, True])
def test_no_lock_is_held_while_the_file_is_read_and_looked_at(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, *, for_draft: bool, by_hand: bool
) -> None:
    """A package whose letter is a scan: its sizes and its metadata are asked of the pool of processes."""
    file = a_file(package(a_pdf_without_text()), "yazi.eyp")
    if for_draft:
        draft = request.getfixturevalue("draft")
        reading = chosen(request.getfixturevalue("writer"), draft, file)
    else:
        reading = uploaded(request.getfixturevalue("as_sender"), file=file)
    looks: list[tuple[str, int]] = []

    def noted(module: ModuleType, name: str) -> None:
        real = getattr(module, name)

        def look(*given: object) -> object:
            looks.append((name, len(connection.savepoint_ids)))
            return real(*given)

        monkeypatch.setattr(module, name, look)

    noted(background, "file_content")
    noted(services_record, "page_sizes")
    noted(services_record, "package_of")
    if by_hand:
        background.record_by_hand(reading=reading, at=timezone.now())
    else:
        read(reading)
    reading.refresh_from_db()
    assert reading.result is not None and reading.result.reading["pages"]
    assert looks == [("file_content", 0), ("page_sizes", 0), ("package_of", 0)]


def test_a_file_that_is_gone_by_then_is_not_recorded_by_hand(writer: Client, draft: Circular) -> None:
    reading = chosen(writer, draft, a_file())
    reading.file.storage.delete(str(reading.file.name))
    response = writer.post(reverse("record_by_hand", args=[reading.public_id]), follow=True)
    assert "Nothing was recorded" in said(response)
    draft.refresh_from_db()
    assert not draft.source_file


def test_the_draft_shows_the_file_that_is_being_read_for_it_and_one_cancels_it_there(
    writer: Client, draft: Circular, unit: Agency, signed_in: SignIn
) -> None:
    review = reverse("review", args=[draft.public_id])
    reading = chosen(writer, draft, a_file())
    cancel = reverse("dismiss_reading", args=[reading.public_id])
    text = writer.get(review).content.decode()
    assert page(reading) in text and cancel in text
    response = writer.post(cancel, follow=True)
    assert response.redirect_chain[-1][0] == review and page(reading) not in response.content.decode()

    chosen(writer, draft, a_file())
    text = signed_in(sender_of(unit)).get(review).content.decode()
    assert "chosen by" in text and "dismiss" not in text


def test_deleting_a_draft_ends_its_readings_and_deletes_their_files(
    writer: Client, draft: Circular, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    reading = chosen(writer, draft, a_file())
    storage, name = reading.file.storage, str(reading.file.name)
    with django_capture_on_commit_callbacks(execute=True):
        discard(circular=draft)
    reading.refresh_from_db()
    assert (reading.failure, reading.draft) == (ReadingFailure.NOT_A_DRAFT, None)
    assert not storage.exists(name)
    text = writer.get(page(reading)).content.decode()
    assert "sent or deleted meanwhile" in text and reverse("record") in text


def test_deleting_a_draft_leaves_the_readings_that_name_it(as_sender: Client) -> None:
    first = read(uploaded(as_sender))
    second = read(uploaded(as_sender))
    assert second.known == first.result
    discard(circular=Circular.objects.get())
    assert b"draft has been deleted since" in as_sender.get(page(first)).content
    assert b"that draft has been deleted since" in as_sender.get(page(second)).content


def test_a_classified_letter_is_said_to_be_so_also_to_one_who_does_not_send_any_more(
    as_sender: Client, sender: User
) -> None:
    reading = uploaded(as_sender, file=a_file(("GİZLİ\n" + LETTER).encode()))
    Membership.objects.filter(user=sender).delete()
    assert read(reading).failure == ReadingFailure.CLASSIFIED


def test_by_hand_too_nothing_is_recorded_by_one_who_does_not_send_any_more(
    as_sender: Client, sender: User, issuer: Agency
) -> None:
    reading = failed(uploaded(as_sender))
    Membership.objects.filter(user=sender).delete()
    MembershipFactory(user=sender, agency=issuer, role=Role.RECIPIENT)
    response = as_sender.post(reverse("record_by_hand", args=[reading.public_id]), follow=True)
    assert "don't send letters for this unit any more" in said(response).replace("&#x27;", "'")
    assert not Circular.objects.exists()

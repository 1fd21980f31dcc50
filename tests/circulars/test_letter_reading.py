"""A letter that takes long to read: kept, read by a worker, with a page that shows how far it is."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from agencies.models import Agency, Membership, User
from circulars.files.limited import reading as limited
from circulars.files.limited import work
from circulars.models import Circular, LetterReading, ReadingFailure, ReadingState
from circulars.models.letter_reading import (
    GIVEN_UP_AFTER,
    KEPT_FOR,
    LATE_AFTER,
    MOST_ATTEMPTS,
    MOST_KEPT,
    MOST_UNFINISHED,
    STUCK_AFTER,
)
from circulars.services.reading import background
from circulars.services.reading.background import read_in_background, wake_waiting_readings
from tests.circulars import bombs, limited_tasks
from tests.circulars.background_readings import LETTER, a_file, content_of, failed, page, read, said, uploaded
from tests.circulars.reading.test_package_source import package as e_yazisma_package
from tests.circulars.test_record import a_pdf_without_text, classified_package
from tests.conftest import SignIn
from tests.factories import AgencyFactory, sender_of
from tests.query_count import query_count

MEGABYTE = 1024 * 1024


@pytest.fixture(autouse=True)
def nobody_waits(settings: Settings) -> None:
    """Every letter takes longer than one waits for it."""
    settings.READING_AT_ONCE_MS = 0


def test_a_letter_that_takes_long_is_kept_and_read_by_a_worker(
    as_sender: Client, sender: User, issuer: Agency
) -> None:
    reading = uploaded(as_sender)
    assert not Circular.objects.exists()
    assert reading.state == ReadingState.WAITING
    assert b"Waiting for a worker" in as_sender.get(page(reading)).content

    read(reading)

    circular = Circular.objects.get()
    assert (reading.state, reading.result, reading.file.name) == (ReadingState.DONE, circular, "")
    assert circular.recorded_by == sender and circular.issuer == issuer
    assert circular.source_name == "genelge.txt"
    assert content_of(circular) == LETTER.encode()
    assert circular.number == "E-98167286-010.06.02-604318"
    response = as_sender.get(page(reading), follow=True)
    assert response.redirect_chain == [(reverse("review", args=[circular.public_id]), 302)]
    assert "kept as a draft" in said(response)
    assert "kept as a draft" not in said(as_sender.get(page(reading), follow=True))


def test_its_file_is_deleted_once_the_draft_has_it(
    as_sender: Client, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    reading = uploaded(as_sender)
    storage, name = reading.file.storage, str(reading.file.name)
    with django_capture_on_commit_callbacks(execute=True):
        read(reading)
    assert not storage.exists(name)


def test_pasted_text_that_takes_long_becomes_a_draft_without_a_file(as_sender: Client) -> None:
    as_sender.post(reverse("record"), {"text": LETTER})
    read(LetterReading.objects.get())
    circular = Circular.objects.get()
    assert not circular.source_file and circular.number == "E-98167286-010.06.02-604318"


def test_the_page_shows_which_page_is_being_read(as_sender: Client) -> None:
    reading = uploaded(as_sender)
    LetterReading.objects.update(
        state=ReadingState.RUNNING, page=3, pages=12, heartbeat_at=timezone.now(), attempts=1
    )
    text = as_sender.get(page(reading)).content.decode()
    assert "Page 3 of 12 is being read" in text
    assert '<noscript><meta http-equiv="refresh"' in text
    part = as_sender.get(page(reading), headers={"HX-Request": "true"}).content.decode()
    assert "Page 3 of 12" in part and "<html" not in part


def test_the_polling_page_leaves_for_the_draft(as_sender: Client) -> None:
    reading = read(uploaded(as_sender))
    response = as_sender.get(page(reading), headers={"HX-Request": "true"})
    assert response.headers["HX-Redirect"] == page(reading)


def test_the_list_of_letters_names_the_readings_under_way(as_sender: Client) -> None:
    reading = uploaded(as_sender)
    assert page(reading).encode() in as_sender.get(reverse("letters")).content
    read(reading)
    assert page(reading).encode() not in as_sender.get(reverse("letters")).content


def test_the_list_takes_the_same_queries_for_two_readings_and_for_five(as_sender: Client) -> None:
    for _ in range(2):
        uploaded(as_sender)
    two = query_count(lambda: as_sender.get(reverse("letters")))
    for _ in range(3):
        uploaded(as_sender)
    assert query_count(lambda: as_sender.get(reverse("letters"))) == two


def test_a_stranger_gets_404(as_sender: Client, signed_in: SignIn) -> None:
    reading = uploaded(as_sender)
    client = signed_in(sender_of(AgencyFactory()))
    assert client.get(page(reading)).status_code == 404
    for name in ("dismiss_reading", "record_by_hand"):
        assert client.post(reverse(name, args=[reading.public_id])).status_code == 404
    reading.refresh_from_db()
    assert reading.is_unfinished


def test_a_get_changes_nothing_while_it_is_read(as_sender: Client) -> None:
    reading = uploaded(as_sender)
    before = LetterReading.objects.values().get()
    as_sender.get(page(reading))
    for name in ("dismiss_reading", "record_by_hand"):
        assert as_sender.get(reverse(name, args=[reading.public_id])).status_code == 302
    assert LetterReading.objects.values().get() == before


def test_a_reading_is_cancelled_and_its_worker_stops(
    as_sender: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    reading = uploaded(as_sender)
    began = background.start_reading

    def cancelled_meanwhile(content: bytes, name: str) -> object:
        response = as_sender.post(reverse("dismiss_reading", args=[reading.public_id]), follow=True)
        assert "is cancelled" in said(response)
        return began(content, name)

    monkeypatch.setattr(background, "start_reading", cancelled_meanwhile)
    read(reading)
    assert (reading.state, reading.file.name) == (ReadingState.CANCELLED, "")
    assert not Circular.objects.exists()
    assert b"was cancelled" in as_sender.get(page(reading)).content
    polled = as_sender.get(page(reading), headers={"HX-Request": "true"})
    assert polled.headers["HX-Redirect"] == reverse("letters")


def test_one_that_is_a_draft_already_is_not_cancelled(as_sender: Client) -> None:
    reading = read(uploaded(as_sender))
    response = as_sender.post(reverse("dismiss_reading", args=[reading.public_id]), follow=True)
    assert "had been read before" in said(response)
    assert Circular.objects.get().is_draft


@pytest.mark.parametrize(
    ("reader", "seconds", "failure", "sentence"),
    [
        (limited_tasks.read_with_much_memory, 600, ReadingFailure.MEMORY, "takes more memory than it may"),
        (work.read_source, 0.4, ReadingFailure.TIME, "took too long"),
    ],
)
def test_past_a_limit_the_page_says_so_and_the_letter_is_recorded_by_hand_with_its_file(
    as_sender: Client,
    within: Callable[[float], None],
    monkeypatch: pytest.MonkeyPatch,
    reader: Callable[..., object],
    seconds: float,
    failure: str,
    sentence: str,
) -> None:
    within(seconds)
    monkeypatch.setattr(limited.work, "read_source", reader)
    content, name = bombs.pdf_of_full_pages(), "bomba.pdf"
    reading = read(uploaded(as_sender, file=a_file(content, name)))
    assert (reading.state, reading.failure) == (ReadingState.FAILED, failure)
    text = as_sender.get(page(reading)).content.decode()
    assert sentence in text and "Its file is kept for a week." in text
    assert page(reading).encode() in as_sender.get(reverse("letters")).content

    response = as_sender.post(reverse("record_by_hand", args=[reading.public_id]), follow=True)

    circular = Circular.objects.get()
    assert "Fill in the fields by hand" in said(response)
    assert response.redirect_chain[-1][0] == reverse("review", args=[circular.public_id])
    assert circular.source_name == name and content_of(circular) == content
    assert circular.subject == "" and not circular.reading["readable"]
    assert page(reading).encode() not in as_sender.get(reverse("letters")).content


def test_a_limit_that_is_passed_at_once_needs_no_worker(
    as_sender: Client,
    within: Callable[[float], None],
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings.READING_AT_ONCE_MS = 600_000
    within(600)
    monkeypatch.setattr(limited.work, "read_source", limited_tasks.read_with_much_memory)
    reading = uploaded(as_sender)
    assert reading.has_failed and reading.failure == ReadingFailure.MEMORY
    assert not read_in_background(reading_id=reading.pk, at=timezone.now())


def test_a_letter_that_waits_for_a_worker_may_be_recorded_by_hand(as_sender: Client) -> None:
    reading = uploaded(as_sender)
    as_sender.post(reverse("record_by_hand", args=[reading.public_id]))
    assert Circular.objects.get().source_name == "genelge.txt"
    assert not read_in_background(reading_id=reading.pk, at=timezone.now())
    response = as_sender.post(reverse("record_by_hand", args=[reading.public_id]), follow=True)
    assert response.redirect_chain[-1][0] == reverse("review", args=[Circular.objects.get().public_id])
    assert "Nothing was recorded" not in said(response)


def test_a_classified_package_is_recorded_neither_as_a_scan_nor_by_hand(
    as_sender: Client, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    content = classified_package(a_pdf_without_text())
    reading = read(uploaded(as_sender, file=a_file(content, "yazi.eyp")))
    assert (reading.failure, reading.failure_detail) == (ReadingFailure.CLASSIFIED, "GİZLİ")

    reading = uploaded(as_sender, file=a_file(content, "yazi.eyp"))
    storage, name = reading.file.storage, str(reading.file.name)
    with django_capture_on_commit_callbacks(execute=True):
        response = as_sender.post(reverse("record_by_hand", args=[reading.public_id]), follow=True)
    assert "marked GİZLİ" in said(response)
    assert not storage.exists(name) and not Circular.objects.exists()


def test_changed_parts_of_a_package_are_kept_with_the_draft(as_sender: Client) -> None:
    content = e_yazisma_package(signed=b"another letter")
    read(uploaded(as_sender, file=a_file(content, "yazi.eyp")))
    assert Circular.objects.get().reading["changed_parts"] == ["UstYazi/yazi.pdf"]


def test_a_classified_letter_is_refused_and_its_file_is_not_kept(
    as_sender: Client, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    reading = uploaded(as_sender, file=a_file(("GİZLİ\n" + LETTER).encode()))
    storage, name = reading.file.storage, str(reading.file.name)
    with django_capture_on_commit_callbacks(execute=True):
        read(reading)
    assert (reading.failure, reading.file.name) == (ReadingFailure.CLASSIFIED, "")
    assert not storage.exists(name) and not Circular.objects.exists()
    text = as_sender.get(page(reading)).content.decode()
    assert "marked GİZLİ" in text and "kept for a week" not in text and "Record by hand" not in text


def test_a_letter_that_is_recorded_already_is_named(as_sender: Client, settings: Settings) -> None:
    read(uploaded(as_sender))
    known = Circular.objects.get()
    reading = read(uploaded(as_sender))
    assert (reading.failure, reading.known) == (ReadingFailure.RECORDED, known)
    assert reverse("letter", args=[known.public_id]).encode() in as_sender.get(page(reading)).content
    assert Circular.objects.count() == 1


def test_a_file_that_is_no_letter_is_refused_with_what_it_is(as_sender: Client) -> None:
    reading = read(uploaded(as_sender, file=a_file(b"\x89PNG\r\n\x1a\n" + bytes(300), "yazi.pdf")))
    assert reading.failure == ReadingFailure.UNREADABLE
    text = as_sender.get(page(reading)).content.decode()
    assert "The file is a picture" in text and "Record by hand" not in text
    response = as_sender.post(reverse("record_by_hand", args=[reading.public_id]), follow=True)
    assert "Nothing was recorded" in said(response)
    as_sender.post(reverse("dismiss_reading", args=[reading.public_id]))
    assert page(reading).encode() not in as_sender.get(reverse("letters")).content


def test_whoever_does_not_send_any_more_gets_no_draft(as_sender: Client, sender: User) -> None:
    reading = uploaded(as_sender)
    Membership.objects.filter(user=sender).delete()
    assert read(reading).failure == ReadingFailure.NOT_A_SENDER
    assert not Circular.objects.exists()


def test_a_person_has_at_most_some_letters_under_way(as_sender: Client) -> None:
    for _ in range(MOST_UNFINISHED):
        uploaded(as_sender)
    response = as_sender.post(reverse("record"), {"file": a_file()})
    assert "still being read" in str(response.context["form"].errors["file"])
    assert LetterReading.objects.count() == MOST_UNFINISHED


def test_without_a_worker_the_page_says_so_and_offers_to_record_by_hand(as_sender: Client) -> None:
    reading = uploaded(as_sender)
    assert b"No worker gives a sign of life" not in as_sender.get(page(reading)).content
    LetterReading.objects.update(created_at=timezone.now() - LATE_AFTER - timedelta(seconds=1))
    text = as_sender.get(page(reading)).content.decode()
    assert "No worker gives a sign of life" in text and "Record by hand" in text
    other = uploaded(as_sender)
    LetterReading.objects.filter(pk=other.pk).update(state=ReadingState.RUNNING, heartbeat_at=timezone.now())
    assert b"No worker gives a sign of life" not in as_sender.get(page(reading)).content


def test_a_reading_whose_worker_died_is_taken_up_again_and_given_up_in_the_end(as_sender: Client) -> None:
    reading = uploaded(as_sender)
    at = timezone.now()
    LetterReading.objects.update(state=ReadingState.RUNNING, heartbeat_at=at, attempts=1)
    assert wake_waiting_readings(at=at) == 0
    assert wake_waiting_readings(at=at + STUCK_AFTER + timedelta(seconds=1)) == 1

    LetterReading.objects.update(attempts=MOST_ATTEMPTS, heartbeat_at=at - 2 * STUCK_AFTER)
    assert read(reading).failure == ReadingFailure.ENDED
    assert b"ended at each attempt to read this file" in as_sender.get(page(reading)).content


def test_what_nobody_looks_at_is_deleted_after_a_week(
    as_sender: Client, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    reading = failed(uploaded(as_sender))
    storage, name = reading.file.storage, str(reading.file.name)
    assert storage.exists(name)
    wake_waiting_readings(at=timezone.now() + KEPT_FOR - timedelta(minutes=1))
    assert LetterReading.objects.exists()
    with django_capture_on_commit_callbacks(execute=True):
        wake_waiting_readings(at=timezone.now() + KEPT_FOR + timedelta(minutes=1))
    assert not LetterReading.objects.exists() and not storage.exists(name)


def test_a_file_that_can_not_be_recorded_by_hand_is_not_kept(
    as_sender: Client, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    reading = uploaded(as_sender, file=a_file(b"\x89PNG\r\n\x1a\n" + bytes(300), "yazi.pdf"))
    storage, name = reading.file.storage, str(reading.file.name)
    with django_capture_on_commit_callbacks(execute=True):
        read(reading)
    assert reading.failure == ReadingFailure.UNREADABLE and not storage.exists(name)
    text = as_sender.get(page(reading)).content.decode()
    assert "kept for a week" not in text and "Put it aside" in text and "its file as well" not in text


def test_the_button_says_that_the_kept_file_is_deleted_too(
    as_sender: Client, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    reading = failed(uploaded(as_sender))
    storage, name = reading.file.storage, str(reading.file.name)
    assert b"Delete (its file as well)" in as_sender.get(page(reading)).content
    with django_capture_on_commit_callbacks(execute=True):
        response = as_sender.post(reverse("dismiss_reading", args=[reading.public_id]), follow=True)
    assert "and its file are deleted" in said(response) and not storage.exists(name)


def test_files_of_failed_readings_are_kept_up_to_a_number(as_sender: Client) -> None:
    for _ in range(MOST_KEPT):
        failed(uploaded(as_sender))
    response = as_sender.post(reverse("record"), {"file": a_file()})
    assert "files of letters that could not be read" in str(response.context["form"].errors["file"])
    assert LetterReading.objects.count() == MOST_KEPT
    as_sender.post(reverse("dismiss_reading", args=[LetterReading.objects.latest("pk").public_id]))
    assert uploaded(as_sender).is_unfinished


def test_a_reading_that_no_worker_takes_up_within_a_day_ends_and_is_recorded_by_hand(
    as_sender: Client,
) -> None:
    reading = uploaded(as_sender)
    at = reading.created_at + GIVEN_UP_AFTER
    assert wake_waiting_readings(at=at) == 1
    assert wake_waiting_readings(at=at + timedelta(seconds=1)) == 0
    reading.refresh_from_db()
    assert (reading.state, reading.failure) == (ReadingState.FAILED, ReadingFailure.WAITED)
    assert b"No worker took the letter up within a day" in as_sender.get(page(reading)).content
    as_sender.post(reverse("record_by_hand", args=[reading.public_id]))
    assert content_of(Circular.objects.get()) == LETTER.encode()


def test_a_worker_is_called_for_a_minute_and_then_anew(
    as_sender: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    uploaded(as_sender)
    calls: list[dict[str, float]] = []
    monkeypatch.setattr(background.current_app, "send_task", lambda *_args, **options: calls.append(options))
    wake_waiting_readings(at=timezone.now())
    assert calls == [{"expires": 60}]

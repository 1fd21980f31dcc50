"""A letter doesn't leave with its old file while the one that was chosen in its place is being read."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from agencies.models import Agency
from circulars.models import Circular, LetterReading, Status
from circulars.services.record import record
from distribution.management.commands import record_letter
from distribution.models import Delivery, NotSentReason, ScheduledDispatch
from distribution.services.sending.dispatch import NotReady, dispatch
from distribution.services.sending.preflight import preflight
from distribution.services.sending.schedule_dispatch import dispatch_scheduled, schedule_dispatch
from tests.circulars.background_readings import a_file, failed, read
from tests.conftest import OWN_SAMPLE, SignIn
from tests.factories import MOMENT, AgencyFactory, draft_to, sender_of

NOW = timezone.now()


@pytest.fixture(autouse=True)
def nobody_waits(settings: Settings) -> None:
    """Every letter takes longer than one waits for it."""
    settings.READING_AT_ONCE_MS = 0


@pytest.fixture
def unit(db: None) -> Agency:
    return AgencyFactory(name="Sınama Genel Müdürlüğü")


@pytest.fixture
def draft(unit: Agency) -> Circular:
    return draft_to(AgencyFactory(), AgencyFactory(), issuer=unit)


@pytest.fixture
def writer(unit: Agency, english: Client, signed_in: SignIn) -> Client:
    return signed_in(sender_of(unit))


def chosen(writer: Client, draft: Circular) -> LetterReading:
    writer.post(reverse("choose_file", args=[draft.public_id]), {"file": a_file()})
    return LetterReading.objects.latest("pk")


def page(circular: Circular) -> str:
    return reverse("dispatch", args=[circular.public_id])


def digest_of(draft: Circular) -> str:
    return preflight(circular=draft, at=NOW).content_digest(draft)


def text_of(response: Any) -> str:
    return " ".join(response.content.decode().split()).replace("&#x27;", "'")


def test_the_page_names_the_file_and_leads_to_its_reading(writer: Client, draft: Circular) -> None:
    reading = chosen(writer, draft)

    text = text_of(writer.get(page(draft)))

    assert "“genelge.txt” is being read. Then it becomes the letter's file." in text
    assert "you can cancel the reading, or take the file unread" in text
    assert reverse("letter_reading", args=[reading.public_id]) in text
    assert "content_digest" not in text and "Send to" not in text
    read(reading)
    assert "Send to 2 recipients" in text_of(writer.get(page(draft)))


def test_others_are_told_who_chose_it_and_may_choose_the_file_that_goes(
    writer: Client, unit: Agency, draft: Circular, signed_in: SignIn
) -> None:
    reading = chosen(writer, draft)

    text = text_of(signed_in(sender_of(unit)).get(page(draft)))

    assert "“genelge.txt”, chosen by" in text and "or choose the file that goes" in text
    assert str(reading.public_id) not in text
    assert reverse("choose_file", args=[draft.public_id]) in text


@pytest.mark.parametrize("undo_seconds", [0, 60])
def test_a_page_that_was_opened_before_sends_nothing(
    writer: Client, draft: Circular, settings: Settings, undo_seconds: int
) -> None:
    settings.UNDO_SECONDS = undo_seconds
    digest = str(writer.get(page(draft)).context["content_digest"])
    chosen(writer, draft)

    response = writer.post(page(draft), {"content_digest": digest})

    assert "is being read. Then it becomes the letter's file." in text_of(response)
    draft.refresh_from_db()
    assert draft.is_draft and not Delivery.objects.exists()


def test_it_is_neither_dispatched_nor_scheduled_nor_does_a_scheduled_dispatch_take_place(
    writer: Client, draft: Circular
) -> None:
    digest = digest_of(draft)
    reading = chosen(writer, draft)
    for send in (
        lambda: dispatch(circular=draft, by=draft.recorded_by, at=MOMENT),
        lambda: schedule_dispatch(
            circular=draft,
            leaves_at=NOW + timedelta(days=1),
            content_digest=digest,
            by=reading.asked_by,
            at=NOW,
        ),
    ):
        with pytest.raises(NotReady) as error:
            send()
        assert error.value.preflight.being_read == [reading]

    # As an earlier version left it.
    ScheduledDispatch.objects.create(
        circular=draft, leaves_at=NOW, by=reading.asked_by, asked_at=NOW, content_digest=digest
    )
    Circular.objects.filter(pk=draft.pk).update(status=Status.SCHEDULED)
    assert dispatch_scheduled(at=NOW) == 0
    draft.refresh_from_db()
    assert draft.is_draft and draft.scheduled_dispatch.reason == NotSentReason.BLOCKED
    assert not Delivery.objects.exists()
    read(reading)
    draft.refresh_from_db()
    assert draft.source_name == "genelge.txt"


def test_once_the_reading_is_cancelled_the_letter_leaves_as_it_is(writer: Client, draft: Circular) -> None:
    reading = chosen(writer, draft)
    writer.post(reverse("dismiss_reading", args=[reading.public_id]))
    response = writer.get(page(draft))
    assert "Send to 2 recipients" in text_of(response) and response.context["found"].readings == []
    assert dispatch(circular=draft, by=draft.recorded_by, at=MOMENT).now


def test_a_file_that_could_not_be_read_is_told_until_another_one_is_chosen(
    writer: Client, draft: Circular, settings: Settings
) -> None:
    reading = failed(chosen(writer, draft))
    words = "“genelge.txt” was chosen for the draft and could not be read. It isn't the letter's file."

    text = text_of(writer.get(page(draft)))

    assert words in text and reverse("letter_reading", args=[reading.public_id]) in text
    assert "Send to 2 recipients" in text
    settings.READING_AT_ONCE_MS = 600_000
    chosen(writer, draft)
    assert words not in text_of(writer.get(page(draft)))


def test_the_command_does_not_send_it_either(
    unit: Agency, writer: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def with_another_file(**given: Any) -> Circular:
        draft = record(**given)
        draft.issuer = unit
        draft.save()
        chosen(writer, draft)
        return draft

    monkeypatch.setattr(record_letter, "record", with_another_file)
    sender = sender_of(unit)
    with pytest.raises(CommandError, match="is being read and becomes its file then"):
        call_command(
            "record_letter", str(OWN_SAMPLE), "--as", sender.username, "--date", "17.03.2026", "--dispatch"
        )
    assert not Delivery.objects.exists()


def test_the_page_asks_for_readings_only_if_there_are_some(writer: Client, draft: Circular) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            writer.get(page(draft))
        return sum(each["sql"].startswith('SELECT "circulars_letterreading"') for each in queries)

    assert asked() == 0
    chosen(writer, draft)
    assert asked() == 1

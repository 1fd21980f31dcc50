"""Sending at a moment: nothing has left until then, and the dispatch can be cancelled."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from agencies.models import Agency, Membership
from circulars.models import Circular, Status
from circulars.services.draft import DraftLists, NotADraft, discard, revise
from distribution.models import Delivery, DeliveryEvent, Notice, NoticeKind, NotSentReason, ScheduledDispatch
from distribution.services.sending.dispatch import ChangedSincePreflight, dispatch
from distribution.services.sending.preflight import preflight
from distribution.services.sending.schedule_dispatch import (
    NotScheduled,
    cancel_dispatch,
    dispatch_scheduled,
    schedule_dispatch,
)
from distribution.tasks import dispatch_scheduled as task
from tests.conftest import SignIn
from tests.factories import AgencyFactory, AgencyGroupFactory, LineFactory, draft_to, recipient_of, sender_of

pytestmark = pytest.mark.django_db
FRIDAY = datetime(2026, 3, 6, 15, 0, tzinfo=timezone.get_default_timezone())
MONDAY = datetime(2026, 3, 9, 8, 30, tzinfo=timezone.get_default_timezone())


@pytest.fixture(autouse=True)
def on_friday(settings: Settings) -> Iterator[time_machine.Traveller]:
    settings.UNDO_SECONDS = 60
    with time_machine.travel(FRIDAY, tick=False) as traveller:
        yield traveller


@pytest.fixture
def draft() -> Circular:
    circular = draft_to(AgencyFactory(name="Şeker Bakanlığı"), AgencyFactory(name="İplik Bakanlığı"))
    Membership.objects.create(user=sender_of(circular.issuer), agency=AgencyFactory(), role="recipient")
    return circular


@pytest.fixture
def writer(draft: Circular, english: Client, signed_in: SignIn) -> Client:
    return signed_in(Membership.objects.get(agency=draft.issuer, role="sender").user)


def post(writer: Client, draft: Circular, **typed: str) -> Any:
    digest = preflight(circular=draft, at=timezone.now()).content_digest(draft)
    return writer.post(reverse("dispatch", args=[draft.public_id]), {"content_digest": digest} | typed)


def scheduled(draft: Circular, leaves_at: datetime = MONDAY) -> ScheduledDispatch:
    return schedule_dispatch(
        circular=draft,
        leaves_at=leaves_at,
        content_digest=preflight(circular=draft, at=timezone.now()).content_digest(draft),
        by=Membership.objects.get(agency=draft.issuer, role="sender").user,
        at=timezone.now(),
    )


def page(writer: Client, draft: Circular, name: str = "dispatch") -> str:
    answer = writer.get(reverse(name, args=[draft.public_id] if name != "letters" else []), follow=True)
    return " ".join(answer.content.decode().split())


def nothing_has_left() -> bool:
    notices = Notice.objects.exclude(kind=NoticeKind.NOT_DISPATCHED)  # tells the sender
    return not (Delivery.objects.exists() or notices.exists() or DeliveryEvent.objects.exists())


def test_after_send_nothing_leaves_for_a_minute_then_it_does(
    writer: Client, draft: Circular, on_friday: time_machine.Traveller
) -> None:
    assert post(writer, draft).status_code == 302
    draft.refresh_from_db()
    assert draft.is_scheduled
    assert nothing_has_left()
    shown = page(writer, draft)
    assert "The letter is sent in 60 seconds. Nothing has left yet." in shown
    assert "It goes to 2 recipients." in shown

    on_friday.move_to(FRIDAY + timedelta(seconds=59))
    task()
    assert nothing_has_left()
    on_friday.move_to(FRIDAY + timedelta(seconds=60))
    task()

    draft.refresh_from_db()
    assert (draft.status, draft.dispatched_at) == (Status.DISPATCHED, FRIDAY + timedelta(seconds=60))
    assert draft.dispatched_by == Membership.objects.get(agency=draft.issuer, role="sender").user
    assert Delivery.objects.count() == 2
    assert not ScheduledDispatch.objects.exists()
    polled = writer.get(reverse("dispatch", args=[draft.public_id]), HTTP_HX_REQUEST="true")
    assert polled["HX-Refresh"] == "true"
    task()
    assert Delivery.objects.count() == 2


def test_cancelling_makes_it_a_draft_again_of_which_nothing_has_left(
    writer: Client, draft: Circular, on_friday: time_machine.Traveller
) -> None:
    post(writer, draft)

    answer = writer.post(reverse("cancel_dispatch", args=[draft.public_id]), follow=True)

    assert "The dispatch is cancelled. Nothing was sent" in answer.content.decode()
    draft.refresh_from_db()
    assert draft.is_draft
    on_friday.shift(timedelta(days=7))
    assert dispatch_scheduled(at=timezone.now()) == 0
    assert nothing_has_left()
    assert "Send to 2 recipients" in page(writer, draft)


def test_cancelling_too_late_says_that_it_was_sent(writer: Client, draft: Circular) -> None:
    scheduled(draft, FRIDAY + timedelta(seconds=60))
    dispatch_scheduled(at=FRIDAY + timedelta(seconds=61))

    answer = writer.post(reverse("cancel_dispatch", args=[draft.public_id]), follow=True)

    assert "It is too late: the letter has been sent." in answer.content.decode()
    draft.refresh_from_db()
    assert draft.status == Status.DISPATCHED


def test_cancelling_twice_and_sending_what_was_cancelled_say_so(writer: Client, draft: Circular) -> None:
    scheduled(draft)
    for name in ("cancel_dispatch", "cancel_dispatch", "dispatch_without_waiting"):
        answer = writer.post(reverse(name, args=[draft.public_id]), follow=True)

    assert "The dispatch had been cancelled already." in answer.content.decode()
    assert nothing_has_left()


@pytest.mark.parametrize(
    ("typed", "moment"),
    [
        ({"when": "morning"}, MONDAY),
        ({"when": "at", "leaves_at": "10.03.2026 14:15"}, MONDAY + timedelta(days=1, hours=5, minutes=45)),
    ],
    ids=["next working morning", "at a time"],
)
def test_it_leaves_at_the_chosen_moment(
    typed: dict[str, str], moment: datetime, writer: Client, draft: Circular
) -> None:
    post(writer, draft, **typed)

    assert ScheduledDispatch.objects.get().leaves_at == moment
    assert "Nothing has left yet." in page(writer, draft)
    assert dispatch_scheduled(at=moment - timedelta(seconds=1)) == 0
    assert dispatch_scheduled(at=moment) == 1


@pytest.mark.parametrize(
    ("leaves_at", "words", "kept"),
    [
        ("", "On which day and at what hour? Enter both.", ()),
        ("10.03.2026", "Enter the hour as well.", ("2026-03-10",)),
        ("6.3.2026 09:00", "This time has passed already.", ("2026-03-06", "09:00")),
        ("10.03.2029 09:00", "This is more than a year ahead.", ("2029-03-10", "09:00")),
        ("yarın", "This isn&#x27;t a date", ("yarın",)),
    ],
)
def test_a_moment_that_can_not_be_is_refused_and_stays_typed(
    leaves_at: str, words: str, kept: tuple[str, ...], writer: Client, draft: Circular
) -> None:
    answer = post(writer, draft, when="at", leaves_at=leaves_at)

    shown = answer.content.decode()
    assert words in shown
    assert all(f'value="{each}"' in shown for each in kept)
    draft.refresh_from_db()
    assert draft.is_draft


def test_without_a_span_to_undo_it_leaves_at_once(
    settings: Settings, writer: Client, draft: Circular
) -> None:
    settings.UNDO_SECONDS = 0

    post(writer, draft)

    draft.refresh_from_db()
    assert draft.status == Status.DISPATCHED


def test_it_can_be_sent_without_waiting(writer: Client, draft: Circular) -> None:
    scheduled(draft)

    answer = writer.post(reverse("dispatch_without_waiting", args=[draft.public_id]), follow=True)

    assert "The letter is dispatched to 2 recipients." in answer.content.decode()
    draft.refresh_from_db()
    assert draft.dispatched_at == FRIDAY


def test_a_scheduled_letter_can_not_be_changed(writer: Client, draft: Circular) -> None:
    scheduled(draft)

    for name in ("review", "delete_draft", "letter"):
        assert "Nothing has left yet." in page(writer, draft, name)
    draft.refresh_from_db()
    with pytest.raises(NotADraft):
        revise(circular=draft, lists=DraftLists(), on=date(2026, 3, 6))
    with pytest.raises(NotADraft):
        discard(circular=draft)
    with pytest.raises(NotADraft):
        dispatch(circular=draft, by=draft.recorded_by, at=timezone.now())
    assert post(writer, draft).status_code == 200
    assert ScheduledDispatch.objects.get().leaves_at == MONDAY


def test_if_its_recipients_change_meanwhile_nothing_is_sent_and_the_sender_is_told(
    writer: Client, draft: Circular
) -> None:
    group = AgencyGroupFactory(name="Valilikler")
    group.members.add(AgencyFactory())
    LineFactory(circular=draft, position=9, agency=None, group=group, text="Valiliklere")
    scheduled(draft)
    group.members.add(AgencyFactory())
    assert "It will not be sent like this" in page(writer, draft)

    assert dispatch_scheduled(at=MONDAY) == 0

    draft.refresh_from_db()
    assert draft.is_draft
    assert nothing_has_left()
    assert ScheduledDispatch.objects.get().reason == NotSentReason.CHANGED
    for name in ("dispatch", "letters"):
        assert "were no longer those that had been confirmed." in page(writer, draft, name)
    post(writer, draft)
    assert ScheduledDispatch.objects.get().failed_at is None


def test_what_stands_in_the_way_by_then_stops_it(draft: Circular) -> None:
    scheduled(draft)
    Agency.objects.filter(name="İplik Bakanlığı").update(active_to=date(2026, 3, 7))

    dispatch_scheduled(at=MONDAY)

    assert ScheduledDispatch.objects.get().reason == NotSentReason.BLOCKED
    assert nothing_has_left()


def test_whoever_no_longer_sends_for_the_unit_sends_nothing(draft: Circular) -> None:
    person = scheduled(draft).by
    person.is_active = False
    person.save()

    dispatch_scheduled(at=MONDAY)

    assert ScheduledDispatch.objects.get().reason == NotSentReason.NO_SENDER
    assert nothing_has_left()


def test_one_letter_that_fails_does_not_hold_up_the_others(draft: Circular) -> None:
    other = draft_to(AgencyFactory())
    sender_of(other.issuer)
    scheduled(draft)
    scheduled(other)
    Agency.objects.filter(name="İplik Bakanlığı").update(active_to=date(2026, 3, 7))

    assert dispatch_scheduled(at=MONDAY) == 1


def test_what_was_not_confirmed_is_not_scheduled(draft: Circular) -> None:
    with pytest.raises(ChangedSincePreflight):
        schedule_dispatch(
            circular=draft,
            leaves_at=MONDAY,
            content_digest="0" * 64,
            by=draft.recorded_by,
            at=FRIDAY,
        )
    with pytest.raises(NotScheduled):
        cancel_dispatch(circular=draft)


def test_a_due_time_before_the_moment_of_sending_stands_in_the_way(writer: Client, draft: Circular) -> None:
    draft.urgency, draft.due_at = "GÜNLÜDÜR", MONDAY - timedelta(hours=1)
    draft.save()

    answer = post(writer, draft, when="morning")

    assert "Nothing is sent. Mend what stands in the way first" in answer.content.decode()
    assert nothing_has_left()


def test_a_stranger_can_neither_see_nor_cancel_it(
    draft: Circular, english: Client, signed_in: SignIn
) -> None:
    scheduled(draft)
    for person in (sender_of(AgencyFactory()), recipient_of(draft.lines.get(position=0).agency)):
        client = signed_in(person)
        assert client.get(reverse("dispatch", args=[draft.public_id])).status_code == 404
        for name in ("cancel_dispatch", "dispatch_without_waiting"):
            assert client.post(reverse(name, args=[draft.public_id])).status_code == 404
            assert client.get(reverse(name, args=[draft.public_id])).status_code in (302, 404, 405)
    draft.refresh_from_db()
    assert draft.is_scheduled

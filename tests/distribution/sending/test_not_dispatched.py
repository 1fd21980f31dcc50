"""A scheduled dispatch that fails is told by mail to the person who planned it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from agencies.models import Membership, User
from circulars.models import Circular, Status
from distribution.models import Notice, NoticeKind, NoticeState, NotSentReason, ScheduledDispatch
from distribution.outbox.messages import compose
from distribution.outbox.send import send_due
from distribution.services.sending.preflight import preflight
from distribution.services.sending.schedule_dispatch import (
    dispatch_scheduled,
    dispatch_without_waiting,
    schedule_dispatch,
)
from tests.consistency import findings
from tests.factories import AgencyFactory, draft_to, sender_of
from tests.smtp import Postbox

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft() -> Circular:
    return draft_to(AgencyFactory(name="Şeker Bakanlığı"))


@pytest.fixture
def planner(draft: Circular) -> User:
    return sender_of(draft.issuer)


@pytest.fixture
def scheduled(draft: Circular, planner: User) -> ScheduledDispatch:
    now = timezone.now()
    leaves_at = now + timedelta(hours=1)
    digest = preflight(circular=draft, at=leaves_at).content_digest(draft)
    return schedule_dispatch(circular=draft, leaves_at=leaves_at, content_digest=digest, by=planner, at=now)


def change(draft: Circular) -> None:
    Circular.objects.filter(pk=draft.pk).update(subject="Başka konu")


def run(scheduled: ScheduledDispatch) -> None:
    dispatch_scheduled(at=scheduled.leaves_at + timedelta(seconds=1))
    scheduled.refresh_from_db()
    assert scheduled.failed_at is not None


def told() -> Notice:
    return Notice.objects.get(kind=NoticeKind.NOT_DISPATCHED)


def test_the_planner_gets_a_mail_that_says_why_and_leads_to_the_draft(
    draft: Circular, planner: User, scheduled: ScheduledDispatch, postbox: Postbox
) -> None:
    change(draft)
    run(scheduled)

    send_due(limit=5)
    Notice.objects.update(next_attempt_at=timezone.now())
    send_due(limit=5)

    (mail,) = postbox.mails
    assert mail["To"] == planner.email
    assert draft.number in mail["Subject"] or draft.number in compose(told()).subject
    text = compose(told()).text
    assert str(draft.public_id) in text
    assert told().state == NoticeState.SENT
    assert told().recorded_at is not None
    assert findings(timezone.now() + timedelta(hours=2)) == []


def test_so_does_something_that_stands_in_the_way(
    draft: Circular, planner: User, scheduled: ScheduledDispatch
) -> None:
    Circular.objects.filter(pk=draft.pk).update(number="")
    run(scheduled)
    assert told().person == planner


def test_the_subject_of_a_letter_for_official_use_only_stays_out_of_the_mail(
    draft: Circular, scheduled: ScheduledDispatch
) -> None:
    Circular.objects.filter(pk=draft.pk).update(subject="Gizli konu", secrecy="HİZMETE ÖZEL")
    run(scheduled)
    words = compose(told())
    assert "Gizli konu" not in words.subject + words.text + words.html


def test_if_the_planner_sends_no_more_those_who_do_are_told_too(
    draft: Circular, planner: User, scheduled: ScheduledDispatch
) -> None:
    colleague = sender_of(draft.issuer)
    Membership.objects.filter(user=planner).delete()
    run(scheduled)
    assert scheduled.reason == NotSentReason.NO_SENDER
    people = Notice.objects.filter(kind=NoticeKind.NOT_DISPATCHED).values_list("person", flat=True)
    assert set(people) == {planner.pk, colleague.pk}


def test_whoever_sees_it_on_the_screen_gets_no_mail(
    draft: Circular, planner: User, scheduled: ScheduledDispatch
) -> None:
    change(draft)
    assert dispatch_without_waiting(circular=draft, by=planner, at=timezone.now()) is not None
    assert not Notice.objects.exists()


def test_a_colleague_who_tries_it_leaves_the_planner_told(
    draft: Circular, planner: User, scheduled: ScheduledDispatch
) -> None:
    change(draft)
    dispatch_without_waiting(circular=draft, by=sender_of(draft.issuer), at=timezone.now())
    assert told().person == planner


def test_once_the_draft_was_sent_after_all_the_mail_is_not(
    draft: Circular, scheduled: ScheduledDispatch, postbox: Postbox
) -> None:
    change(draft)
    run(scheduled)
    Circular.objects.filter(pk=draft.pk).update(status=Status.SCHEDULED)
    Notice.objects.update(next_attempt_at=timezone.now())
    send_due()
    assert told().state == NoticeState.CANCELLED
    assert not postbox.mails


def test_a_letter_that_left_as_planned_tells_nobody(draft: Circular, scheduled: ScheduledDispatch) -> None:
    assert dispatch_scheduled(at=scheduled.leaves_at) == 1
    assert not Notice.objects.filter(kind=NoticeKind.NOT_DISPATCHED).exists()

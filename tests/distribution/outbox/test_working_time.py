"""Notices restricted to working time keep to it on retries and on the fallback channel."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from agencies.models import DeclaredLeave, Province
from circulars.models import Urgency
from distribution.models import Channel, Delivery, Notice, NoticeKind, NoticeState
from distribution.outbox.channels import PermanentFailure, TemporaryFailure
from distribution.outbox.digest import form_digests
from distribution.outbox.record import record_failure
from distribution.reminders.send import remind_due
from tests.factories import AgencyFactory, UserFactory, dispatched_to

pytestmark = pytest.mark.django_db
ISTANBUL = ZoneInfo("Europe/Istanbul")
DISPATCH = datetime(2026, 11, 2, 10, 0, tzinfo=ISTANBUL)
"""A Monday."""


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=ISTANBUL)


def claimed(notice: Notice, moment: datetime) -> Notice:
    notice.state, notice.claimed_at, notice.attempts = NoticeState.SENDING, moment, 4
    notice.save()
    return notice


def a_digest(**fields: object) -> Notice:
    dispatched_to(AgencyFactory(**fields), at=DISPATCH)
    Delivery.objects.update(next_reminder_at=at(9, 8, 30))
    remind_due(at=at(9, 8, 31))
    form_digests(at=at(9, 8, 32))
    return Notice.objects.get(kind=NoticeKind.DIGEST)


def test_a_digest_that_failed_towards_evening_is_tried_again_the_next_working_morning() -> None:
    digest = claimed(a_digest(), at(13, 17, 15))

    record_failure(notice=digest, error=TemporaryFailure("451"), at=at(13, 17, 15))

    digest.refresh_from_db()
    assert (digest.state, digest.next_attempt_at) == (NoticeState.WAITING, at(16, 8, 30))


def test_within_working_time_it_is_tried_again_as_usual() -> None:
    digest = claimed(a_digest(), at(13, 9))

    record_failure(notice=digest, error=TemporaryFailure("451"), at=at(13, 9))

    digest.refresh_from_db()
    assert digest.next_attempt_at == at(13, 10)


def test_another_channel_takes_over_only_when_the_units_province_is_at_work(kep_account: None) -> None:
    province = Province.objects.create(plate="25", name="Erzurum", sort_key="e")
    digest = a_digest(province=province, kep_address="birim@hs01.kep.example", email="birim@ornek.example")
    DeclaredLeave.objects.create(
        first_day=at(10, 0).date(),
        last_day=at(10, 0).date(),
        province=province,
        reason="Kar tatili",
        entered_by=UserFactory(),
        entered_at=DISPATCH,
    )

    record_failure(notice=claimed(digest, at(9, 18)), error=PermanentFailure("550"), at=at(9, 18))

    further = Notice.objects.get(replaces=digest)
    assert (further.channel, further.next_attempt_at) == (Channel.KEP, at(11, 8, 30))


def test_a_letter_and_an_urgent_reminder_are_tried_again_day_and_night() -> None:
    dispatched_to(AgencyFactory(), at=DISPATCH, urgency=Urgency.URGENT)
    letter = claimed(Notice.objects.get(), at(13, 17, 15))
    Delivery.objects.update(next_reminder_at=at(2, 14))
    remind_due(at=at(2, 14, 1))
    reminder = claimed(Notice.objects.get(kind=NoticeKind.REMINDER), at(13, 17, 15))

    for notice in (letter, reminder):
        record_failure(notice=notice, error=TemporaryFailure("451"), at=at(13, 17, 15))
        notice.refresh_from_db()
        assert notice.next_attempt_at == at(13, 18, 15)

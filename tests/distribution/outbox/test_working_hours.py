"""Only ACELE letters are reminded of outside working time, also by workers woken at night."""

from datetime import UTC, datetime

import pytest
import time_machine
from django.utils import timezone

from circulars.models import Urgency
from distribution.models import Delivery, Notice, NoticeKind, NoticeState
from distribution.outbox.send import send_due
from distribution.outbox.write import post, to_unit
from tests.factories import AgencyFactory, dispatched_to, left
from tests.smtp import Postbox

pytestmark = pytest.mark.django_db

SUNDAY_NIGHT = datetime(2026, 11, 29, 0, 30, tzinfo=UTC)


def reminded(urgency: str) -> Notice:
    """A due reminder of a letter whose first notice was sent."""
    agency = AgencyFactory()
    dispatched_to(agency, urgency=urgency, at=timezone.now())
    first = Notice.objects.get(agency=agency)
    left(first, timezone.now())
    delivery = Delivery.objects.get(agency=agency)
    (notice,) = post([to_unit(agency, delivery=delivery, kind=NoticeKind.REMINDER, at=timezone.now())])
    return notice


@time_machine.travel(SUNDAY_NIGHT)
def test_a_reminder_that_is_due_in_the_night_waits_for_the_working_morning(postbox: Postbox) -> None:
    notice = reminded(Urgency.NORMAL)

    send_due()

    notice.refresh_from_db()
    assert not postbox.mails
    assert (notice.state, notice.attempts) == (NoticeState.WAITING, 0)
    morning = timezone.localtime(notice.next_attempt_at)
    assert (morning.weekday(), morning.hour, morning.minute) == (0, 8, 30)


@time_machine.travel(SUNDAY_NIGHT)
def test_a_reminder_of_an_acele_letter_leaves_at_any_hour(postbox: Postbox) -> None:
    reminded(Urgency.URGENT)

    send_due()

    assert len(postbox.mails) == 1

"""A letter that is withdrawn or paused while a worker sends its batch: the rest of the batch stays."""

import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from circulars.models import Circular
from distribution.models import Notice, NoticeKind, NoticeState
from distribution.outbox import send
from distribution.outbox.channels.email import EmailChannel
from distribution.outbox.send import claim_batch, send_due
from distribution.services.follow_up.pause import pause
from distribution.services.follow_up.pause import resume as resume_letter
from distribution.services.follow_up.withdraw import withdraw
from tests.factories import AgencyFactory, dispatched_to, sender_of
from tests.smtp import Postbox

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_work")]

COUNT = 10
SENT_BEFORE = 3


def withdrawn(letter: Circular) -> None:
    withdraw(circular=letter, reason="Yanlış dosya", by=sender_of(letter.issuer), at=timezone.now())


def paused(letter: Circular) -> None:
    pause(circular=letter, by=sender_of(letter.issuer), at=timezone.now())


@pytest.fixture
def after_three(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], None]], None]:
    """Have something done when three messages have left, longer than RELOADED_AFTER before the fourth."""

    def arrange(action: Callable[[], None]) -> None:
        original, left = EmailChannel.send, []

        def sending(channel: EmailChannel, notice: Notice) -> None:
            original(channel, notice)
            left.append(notice)
            if len(left) == SENT_BEFORE:
                action()
                time.sleep(0.06)

        monkeypatch.setattr(EmailChannel, "send", sending)

    monkeypatch.setattr(send, "RELOADED_AFTER", timedelta(milliseconds=50))
    return arrange


def states(kind: str) -> dict[str, int]:
    found = list(Notice.objects.filter(kind=kind).values_list("state", flat=True))
    return {state: found.count(state) for state in set(found)}


def test_the_rest_of_a_batch_stays_when_its_letter_is_withdrawn(
    postbox: Postbox, after_three: Callable[[Callable[[], None]], None]
) -> None:
    letter = dispatched_to(*AgencyFactory.create_batch(COUNT))
    after_three(lambda: withdrawn(letter))

    send_due()

    assert states(NoticeKind.LETTER) == {
        NoticeState.SENT: SENT_BEFORE,
        NoticeState.CANCELLED: COUNT - SENT_BEFORE,
    }


def test_the_rest_of_a_batch_waits_when_its_letter_is_paused(
    postbox: Postbox, after_three: Callable[[Callable[[], None]], None]
) -> None:
    letter = dispatched_to(*AgencyFactory.create_batch(COUNT))
    after_three(lambda: paused(letter))

    send_due()

    assert states(NoticeKind.LETTER) == {
        NoticeState.SENT: SENT_BEFORE,
        NoticeState.PAUSED: COUNT - SENT_BEFORE,
    }
    resume_letter(circular=letter, by=sender_of(letter.issuer), at=timezone.now())
    send_due()
    assert len(postbox.mails) == COUNT
    assert set(Notice.objects.values_list("attempts", flat=True)) == {1}


def test_what_another_worker_has_taken_over_is_not_sent_twice(
    postbox: Postbox, after_three: Callable[[Callable[[], None]], None]
) -> None:
    dispatched_to(*AgencyFactory.create_batch(COUNT))
    taken: list[Notice] = []

    def take_over() -> None:
        others = Notice.objects.filter(state=NoticeState.SENDING).order_by("-pk")[:4]
        Notice.objects.filter(pk__in=others.values("pk")).update(state=NoticeState.WAITING, claimed_at=None)
        taken.extend(claim_batch(at=timezone.now() + timedelta(seconds=1), most=4))

    after_three(take_over)

    send_due()

    assert len(taken) == 4
    assert len(postbox.mails) == COUNT - 4

"""The page right after a withdrawal counts what is still leaving: the withdrawal's notices and those under way."""

import pytest
from django.urls import reverse
from django.utils import timezone

from circulars.models import Circular
from distribution.models import Notice, NoticeKind, NoticeState
from distribution.models.notices.notice import STUCK_AFTER
from distribution.outbox.claims import release_stuck
from distribution.outbox.record import mark_sent, record_sent
from distribution.outbox.send import claim_batch, send_due
from distribution.queries.sending.sending_figures import sending_figures
from distribution.services.follow_up.withdraw import withdraw
from tests.conftest import SignIn
from tests.factories import AgencyFactory, dispatched_to, sender_of
from tests.smtp import Postbox

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_work")]


@pytest.fixture
def withdrawn(postbox: Postbox) -> tuple[Circular, list[Notice]]:
    """A letter withdrawn after two of six notices had left, while a worker is sending two more."""
    circular = dispatched_to(*AgencyFactory.create_batch(6), at=timezone.now())
    sent = claim_batch(at=timezone.now(), most=2)
    for notice in sent:
        mark_sent(notice=notice, at=timezone.now())
    record_sent(notices=sent, at=timezone.now())
    under_way = claim_batch(at=timezone.now(), most=2)
    withdraw(circular=circular, reason="Yanlış", by=circular.recorded_by, at=timezone.now())
    circular.refresh_from_db()
    return circular, under_way


def test_it_counts_the_notices_under_way_and_those_of_the_withdrawal(
    withdrawn: tuple[Circular, list[Notice]],
) -> None:
    figures = sending_figures(withdrawn[0])

    assert (figures.sent, figures.waiting) == (2, 2 + 4)
    assert figures.is_going_on


def test_the_notices_of_the_letter_and_of_its_withdrawal_are_counted_apart(
    withdrawn: tuple[Circular, list[Notice]], signed_in: SignIn
) -> None:
    circular, _under_way = withdrawn
    figures = sending_figures(circular)

    assert figures.of_withdrawal is not None
    assert (figures.of_letter.sent, figures.of_letter.waiting) == (2, 2)
    assert (figures.of_withdrawal.sent, figures.of_withdrawal.waiting) == (0, 4)
    page = signed_in(sender_of(circular.issuer)).get(reverse("letter", args=[circular.public_id]))
    text = " ".join(page.content.decode().split())
    assert "Yazının bildirimleri:</span> Gönderildi: 2 / 4" in text
    assert "Geri çekme bildirimleri:</span> Gönderildi: 0 / 4" in text


def test_the_page_says_so_and_goes_on_asking(
    withdrawn: tuple[Circular, list[Notice]], signed_in: SignIn
) -> None:
    circular, _under_way = withdrawn
    client = signed_in(sender_of(circular.issuer))

    page = client.get(reverse("letter", args=[circular.public_id])).content.decode()

    assert "Bildirimler gönderiliyor" in page
    assert reverse("letter_progress", args=[circular.public_id]) in page


def test_when_all_have_left_nothing_is_counted_as_waiting(withdrawn: tuple[Circular, list[Notice]]) -> None:
    circular, under_way = withdrawn
    for notice in under_way:
        assert mark_sent(notice=notice, at=timezone.now())
    record_sent(notices=under_way, at=timezone.now())
    send_due()

    figures = sending_figures(circular)

    assert (figures.sent, figures.waiting) == (4 + 4, 0)


def test_what_a_killed_worker_was_sending_is_not_sent_after_the_withdrawal(
    withdrawn: tuple[Circular, list[Notice]], postbox: Postbox
) -> None:
    circular, under_way = withdrawn
    release_stuck(at=timezone.now() + STUCK_AFTER * 2)

    send_due()

    again = Notice.objects.filter(pk__in=[notice.pk for notice in under_way])
    assert {notice.state for notice in again} == {NoticeState.CANCELLED}
    assert Notice.objects.filter(kind=NoticeKind.WITHDRAWN, state=NoticeState.SENT).count() == 4
    assert sending_figures(circular).waiting == 0

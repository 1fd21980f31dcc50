"""Pausing and resuming the sending of a letter's notices."""

import pytest
from django.urls import reverse
from django.utils import timezone

from circulars.models import Circular
from distribution.models import ChangeKind, Notice, NoticeKind, NoticeState, ReturnGround
from distribution.outbox.send import send_due, sweep_notices
from distribution.queries.sending.sending_figures import sending_figures
from distribution.services.follow_up.pause import pause, resume
from distribution.services.follow_up.withdraw import AlreadyWithdrawn, withdraw
from distribution.services.receiving.return_letter import return_letter
from tests.conftest import SignIn
from tests.factories import AgencyFactory, claimed, dispatched_to, left, manager_of, recipient_of, sender_of
from tests.smtp import Postbox

pytestmark = pytest.mark.django_db


def url(circular: Circular, name: str) -> str:
    return reverse(name, args=[circular.public_id])


def test_a_paused_letter_sends_nothing_until_it_is_resumed(postbox: Postbox) -> None:
    circular = dispatched_to(*AgencyFactory.create_batch(3))

    paused = pause(circular=circular, by=circular.recorded_by, at=timezone.now())
    sweep_notices(at=timezone.now())
    send_due()
    assert (paused, len(postbox.mails)) == (3, 0)
    assert set(Notice.objects.values_list("state", "attempts")) == {(NoticeState.PAUSED, 0)}

    freed = resume(circular=circular, by=circular.recorded_by, at=timezone.now())
    send_due()
    assert (freed, len(postbox.mails)) == (3, 3)
    assert [change.kind for change in circular.changes.all()] == [ChangeKind.RESUMED, ChangeKind.PAUSED]


def test_other_letters_go_on() -> None:
    paused, other = dispatched_to(AgencyFactory()), dispatched_to(AgencyFactory())

    pause(circular=paused, by=paused.recorded_by, at=timezone.now())

    assert Notice.objects.get(delivery__circular=other).state == NoticeState.WAITING


def test_pausing_and_resuming_twice_changes_nothing() -> None:
    circular = dispatched_to(AgencyFactory())
    assert resume(circular=circular, by=circular.recorded_by, at=timezone.now()) == 0
    pause(circular=circular, by=circular.recorded_by, at=timezone.now())
    first = Circular.objects.get(pk=circular.pk).paused_at

    assert pause(circular=circular, by=circular.recorded_by, at=timezone.now()) == 0

    circular.refresh_from_db()
    assert circular.paused_at == first
    assert circular.changes.count() == 1


def test_units_are_notified_of_a_withdrawal_even_while_the_letter_is_paused(postbox: Postbox) -> None:
    circular = dispatched_to(AgencyFactory())
    notice = claimed()
    left(notice)
    pause(circular=circular, by=circular.recorded_by, at=timezone.now())
    withdraw(circular=circular, reason="Yanlış", by=circular.recorded_by, at=timezone.now())

    send_due()

    assert Notice.objects.get(kind=NoticeKind.WITHDRAWN).state == NoticeState.SENT


def test_a_return_reaches_the_sender_who_paused_the_letter_at_once(postbox: Postbox) -> None:
    agency = AgencyFactory()
    circular = dispatched_to(agency, AgencyFactory())
    pause(circular=circular, by=circular.recorded_by, at=timezone.now())
    return_letter(
        delivery=circular.deliveries.get(agency=agency).public_id,
        by=recipient_of(agency),
        at=timezone.now(),
        ground=ReturnGround.NOT_ADDRESSEE,
        reason="Konu başka birimindir.",
    )

    send_due()

    assert [mail["To"] for mail in postbox.mails] == [circular.issuer.email]


def test_a_withdrawn_letter_is_neither_paused_nor_resumed(signed_in: SignIn) -> None:
    circular = dispatched_to(AgencyFactory())
    withdraw(circular=circular, reason="Yanlış", by=circular.recorded_by, at=timezone.now())

    for act in (pause, resume):
        with pytest.raises(AlreadyWithdrawn):
            act(circular=circular, by=circular.recorded_by, at=timezone.now())
    page = signed_in(sender_of(circular.issuer)).post(url(circular, "pause_sending"), follow=True)
    assert "alert-danger" in page.content.decode()
    circular.refresh_from_db()
    assert circular.paused_at is None


def test_the_card_counts_by_state() -> None:
    circular = dispatched_to(*AgencyFactory.create_batch(5))
    for state, notice in zip(NoticeState.values, Notice.objects.order_by("pk"), strict=False):
        Notice.objects.filter(pk=notice.pk).update(state=state)

    figures = sending_figures(circular)

    assert (figures.waiting, figures.sent, figures.failed, figures.held) == (2, 1, 1, 1)


def test_the_buttons_of_the_card_pause_and_resume(signed_in: SignIn) -> None:
    circular = dispatched_to(*AgencyFactory.create_batch(2))
    client = signed_in(sender_of(circular.issuer))
    assert url(circular, "pause_sending") in client.get(url(circular, "letter")).content.decode()

    page = client.post(url(circular, "pause_sending"), follow=True).content.decode()
    assert url(circular, "resume_sending") in page
    assert url(circular, "pause_sending") not in page
    assert 'hx-trigger="every' not in page

    page = client.post(url(circular, "resume_sending"), follow=True).content.decode()
    assert url(circular, "pause_sending") in page
    assert 'hx-trigger="every' in page


def test_the_live_card_keeps_its_button(signed_in: SignIn) -> None:
    circular = dispatched_to(AgencyFactory())

    page = signed_in(sender_of(circular.issuer)).get(
        url(circular, "letter_progress"), headers={"HX-Request": "true"}
    )

    assert url(circular, "pause_sending") in page.content.decode()


def test_a_manager_has_no_button_and_a_get_pauses_nothing(signed_in: SignIn) -> None:
    circular = dispatched_to(AgencyFactory())
    client = signed_in(manager_of(circular.issuer))

    assert url(circular, "pause_sending") not in client.get(url(circular, "letter")).content.decode()
    assert client.post(url(circular, "pause_sending")).status_code == 404
    client = signed_in(sender_of(circular.issuer))
    assert client.get(url(circular, "pause_sending")).status_code == 302
    circular.refresh_from_db()
    assert circular.paused_at is None

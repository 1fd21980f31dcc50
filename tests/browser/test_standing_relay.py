"""A relay that refuses everything is seen by the sender and by an administrator, and sending resumes on a click."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from agencies.models import Agency, Role, User
from distribution.models import ChannelStatus, Heartbeat
from distribution.outbox.outages.heartbeat import beat
from tests.factories import dispatched_to
from tests.smtp import Postbox

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.usefixtures("worker")
def test_a_standing_relay_is_seen_and_mended(
    page: Page,
    site: str,
    people: Callable[..., User],
    sign_in: Callable[[str], None],
    postbox: Postbox,
    axe: str,
) -> None:
    people("kisi", "calisma-uluslararasi-isgucu", Role.SENDER)
    User.objects.filter(pk=people("yonetici", "vali").pk).update(is_superuser=True)
    issuer = Agency.objects.get(code="calisma-uluslararasi-isgucu")
    recipients = Agency.objects.filter(code__startswith="cevre-sehircilik-")[:12]
    postbox.answer = "554 5.7.1 Relay access denied"
    beat(job=Heartbeat.Job.SWEEP, at=timezone.now())
    circular = dispatched_to(*recipients, issuer=issuer, at=timezone.now())

    sign_in("kisi")
    page.goto(f"{site}/letters/{circular.public_id}/")
    expect(page.get_by_text("E-posta gönderilemiyor.")).to_be_visible()
    expect(page.get_by_text("Sunucu, e-postalarımızı göndermeyi reddediyor.")).to_be_visible()
    page.get_by_text("Sunucunun cevabı").click()
    expect(page.get_by_text("Relay access denied")).to_be_visible()
    page.evaluate(axe)
    found = page.evaluate("axe.run({runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa']})")
    assert not found["violations"]

    sign_in("yonetici")
    page.goto(f"{site}/sending/")
    expect(page.get_by_text("12 bildirim")).to_be_visible()
    page.evaluate(axe)
    found = page.evaluate("axe.run({runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa']})")
    assert not found["violations"]

    postbox.answer = None
    # Other tests share the queue and wake this worker: it must not try by itself before the click.
    now = timezone.now()
    ChannelStatus.objects.update(
        tried_at=now - timedelta(minutes=1), next_try_at=now + timedelta(hours=1), is_certain=True
    )
    sign_in("kisi")
    page.goto(f"{site}/letters/{circular.public_id}/")
    page.locator("#send-now").click()

    expect(page.get_by_text("Gönderildi: 12 / 12", exact=True)).to_be_visible()
    expect(page.get_by_text("E-posta gönderilemiyor.")).to_have_count(0)
    assert len(postbox.mails) == 12

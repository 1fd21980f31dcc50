"""A channel that has stood still for days, and a person whom no mail reaches: what the screens say, and the button."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django import Settings

from agencies.models import Agency, Role, User
from config.env import MailServer
from distribution.models import Channel, Notice
from distribution.models.notices.channel_status import Fault
from distribution.outbox.outages.suspension import suspend
from tests.factories import dispatched_to

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_sender_sees_who_waits_for_kep_and_sends_another_way(
    page: Page,
    site: str,
    people: Callable[..., User],
    sign_in: Callable[[str], None],
    settings: Settings,
    axe: str,
) -> None:
    settings.KEP_SERVER = MailServer("127.0.0.1", 1, "", "", starttls=False, tls=False)
    person = people("kisi", "calisma-uluslararasi-isgucu", Role.SENDER, Role.MANAGER)
    User.objects.filter(pk=person.pk).update(email="kisi@kurum.example")
    kept = {
        "address": "kisi@kurum.example",
        "since": timezone.now().isoformat(),
        "answer": "550 5.1.1 User unknown",
    }
    User.objects.filter(pk=person.pk).update(undeliverable=kept)
    issuer = Agency.objects.get(code="calisma-uluslararasi-isgucu")
    recipients = list(Agency.objects.filter(code__startswith="cevre-sehircilik").exclude(email="")[:3])
    two_days_ago = timezone.now() - timedelta(days=2)
    letter = dispatched_to(*recipients, issuer=issuer, at=two_days_ago, recorded_by=person)
    Notice.objects.update(channel=Channel.KEP)
    suspend(channel=Channel.KEP, fault=Fault.UNREACHABLE, answer="Connection refused", at=two_days_ago)
    sign_in("kisi")
    for path, width in ((f"/letters/{letter.public_id}/", 360), (f"/directory/{issuer.pk}/", 360)):
        page.set_viewport_size({"width": width, "height": 800})
        page.goto(site + path)
        expect(page.locator("body")).to_contain_text("kisi@kurum.example")
        assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
        page.evaluate(axe)
        found = page.evaluate("axe.run({runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa']})")
        assert [each["id"] for each in found["violations"]] == []
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto(f"{site}/letters/{letter.public_id}/")
    page.locator(f"#standing-{Channel.KEP} button").click()
    expect(page.locator(f"#standing-{Channel.KEP}")).to_have_count(0)
    assert set(Notice.objects.values_list("channel", flat=True)) == {Channel.EMAIL}

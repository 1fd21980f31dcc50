"""Leave, terms in working days and reminders, as people enter them in a real browser."""

from collections.abc import Callable

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from agencies.calendar import WorkingCalendar
from agencies.models import Agency, DeclaredLeave, Role, User
from circulars.models import Circular
from tests.factories import draft_to

pytestmark = pytest.mark.django_db(transaction=True)


def test_an_administrator_declares_leave_and_takes_it_back(
    page: Page, site: str, people: Callable[..., User], sign_in: Callable[[str], None], axe: str
) -> None:
    User.objects.filter(pk=people("yonetici", "vali").pk).update(is_superuser=True)
    sign_in("yonetici")
    page.goto(site)
    page.locator("details.app-menu:not(.app-bell) summary").click()
    page.get_by_role("link", name="Tatiller ve idari izinler").click()
    page.get_by_label("İlk gün").fill("2027-12-15")
    page.get_by_label("Gerekçe").fill("Yoğun kar yağışı")
    page.get_by_role("button", name="Kaydet").click()
    expect(page.get_by_role("status").first).to_contain_text("Yoğun kar yağışı")
    assert DeclaredLeave.objects.get().removed_at is None

    page.evaluate(axe)
    found = page.evaluate("axe.run({runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa']})")
    assert not found["violations"]
    page.get_by_role("button", name="Geri al").click()
    expect(page.get_by_text("geçerli değildir")).to_be_visible()
    page.goto(f"{site}/reminders/")
    page.evaluate(axe)
    assert not page.evaluate("axe.run({runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa']})")[
        "violations"
    ]


def test_a_sender_gives_five_working_days_and_sees_the_day_and_the_reminders(
    page: Page, site: str, people: Callable[..., User], sign_in: Callable[[str], None]
) -> None:
    people("kisi", "calisma-uluslararasi-isgucu", Role.SENDER)
    issuer = Agency.objects.get(code="calisma-uluslararasi-isgucu")
    draft = draft_to(Agency.objects.get(code="cevre-sehircilik-03"), issuer=issuer)
    sign_in("kisi")
    page.goto(f"{site}/letters/{draft.public_id}/edit/")
    page.locator("#id_urgency").select_option("GÜNLÜDÜR")
    page.locator("#id_due_kind").select_option("information")
    page.get_by_role("button", name="Kaydet ve gönderim öncesi kontrole geç").click()

    due = WorkingCalendar().due_after(timezone.now(), 5)
    expect(page.locator(".preflight-due").first).to_contain_text(due.strftime("%d.%m.%Y %H:%M"))
    page.get_by_role("link", name="Hatırlatma takvimini gör veya değiştir").click()
    expect(page.locator(".schedule")).to_contain_text("süre sonundan 2 iş günü önce")
    page.get_by_role("button", name="Bu yazı için hatırlatma yapma").click()
    expect(page.get_by_text("Bu yazı için hatırlatma yapılmaz")).to_be_visible()
    assert Circular.objects.get().has_own_reminders

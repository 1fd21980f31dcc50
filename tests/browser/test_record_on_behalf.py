"""An answer by telephone, recorded by the sender and objected to by the unit, in a real browser."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from agencies.models import Agency, Role, User
from distribution.models import Delivery
from tests.factories import dispatched_to


@pytest.mark.django_db(transaction=True)
def test_an_answer_by_telephone_is_recorded_and_the_unit_objects(
    page: Page, site: str, people: Callable[..., User], sign_in: Callable[[str], None], axe: str
) -> None:
    people("gonderen", "calisma-uluslararasi-isgucu", Role.SENDER)
    people("adana", "valilik-01", Role.RECIPIENT)
    issuer, unit = (Agency.objects.get(code=code) for code in ("calisma-uluslararasi-isgucu", "valilik-01"))
    letter = dispatched_to(unit, issuer=issuer, at=timezone.now() - timedelta(days=1))
    delivery = letter.deliveries.get()

    sign_in("gonderen")
    page.goto(f"{site}/letters/{letter.public_id}/recipients/{delivery.public_id}/")
    card = page.locator("#on-behalf")
    card.locator("summary").click()
    card.locator("input[name=disposition][value=done]").check()
    card.locator("[name=answer]").fill("Tamamı bildirildi.")
    card.locator("[name=channel]").select_option("telephone")
    card.locator("[name=said_by]").fill("Can SU")
    card.locator("[name=said_by_title]").fill("Yazı İşleri Şefi")
    said_at = timezone.localtime() - timedelta(hours=1)
    card.locator("[name=said_at_0]").fill(f"{said_at:%Y-%m-%d}")
    card.locator("[name=said_at_1]").fill(f"{said_at:%H:%M}")
    assert no_faults(page, axe) == []
    card.locator("button.btn-primary").click()
    expect(page.locator("#milestones")).to_contain_text("gönderen birimin kaydı")
    expect(page.locator("#on-behalf")).to_contain_text("Can SU, Yazı İşleri Şefi")
    delivery.refresh_from_db()
    assert delivery.completed_on_behalf
    page.goto(f"{site}/letters/{letter.public_id}/")
    expect(page.locator(".app-standing")).to_contain_text("gönderen birimin kaydı: 1")

    page.set_viewport_size({"width": 360, "height": 740})
    page.context.clear_cookies()
    page.goto(f"{site}/inbox/{unit.pk}/")
    sign_in("adana")
    page.locator("[aria-labelledby=inbox-recorded-head] a").click()
    card = page.locator("#on-behalf")
    expect(card).to_contain_text("Can SU, Yazı İşleri Şefi")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    card.locator("summary").click()
    card.locator("[name=reason]").fill("Valiliğimizden kimse aranmadı.")
    assert no_faults(page, axe) == []
    card.locator("button.btn-outline-danger").click()
    expect(page.locator("#confirm button")).to_be_visible()
    expect(page.locator("#on-behalf")).to_have_count(0)
    assert Delivery.objects.get().is_outstanding

    page.context.clear_cookies()
    page.goto(f"{site}/letters/{letter.public_id}/")
    sign_in("gonderen")
    expect(page.locator("#decisions")).to_contain_text("Valiliğimizden kimse aranmadı.")


def no_faults(page: Page, axe: str) -> list[str]:
    """Ids of the rules of accessibility that the page violates."""
    page.evaluate(axe)
    found = page.evaluate("axe.run({runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa']})")
    return [each["id"] for each in found["violations"]]

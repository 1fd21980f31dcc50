"""A draft's text outlives a closed tab and an ended session, and two people who have it open see each other."""

from collections.abc import Callable

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, Page, expect

from agencies.models import Agency, Role, User
from circulars.models import Circular, DraftEditing
from tests.factories import draft_to

pytestmark = pytest.mark.django_db(transaction=True)


def test_what_was_typed_before_the_tab_was_closed_is_offered_and_saved(
    page: Page,
    site: str,
    browser: Browser,
    people: Callable[..., User],
    sign_in: Callable[[str], None],
) -> None:
    sender = people("gonderen", "calisma-uluslararasi-isgucu", Role.SENDER)
    issuer = Agency.objects.get(code="calisma-uluslararasi-isgucu")
    draft = draft_to(Agency.objects.get(code="valilik-01"), issuer=issuer, recorded_by=sender)
    address = site + reverse("review", args=[draft.public_id])
    sign_in("gonderen")
    page.goto(address)
    page.fill("#id_subject", "Yarım kalan konu")
    expect(page.locator("#unsaved-state")).to_contain_text("saklandı")
    page.fill("#id_subject", "Yarım kalan konu, devamı")

    second = page.context.new_page()
    page.close()  # right after the last key
    second.goto(address)
    offer = second.locator("section.alert-info")
    expect(offer).to_contain_text("Yarım kalan konu")
    for width in (360, 1280):
        second.set_viewport_size({"width": width, "height": 800})
        assert second.evaluate("document.documentElement.scrollWidth") <= width
    offer.locator("a.btn-primary").click()
    expect(second.locator("#id_subject")).to_have_value("Yarım kalan konu, devamı")

    people("ikinci", "calisma-uluslararasi-isgucu", Role.SENDER)
    other = browser.new_context(locale="tr-TR").new_page()
    other.goto(f"{site}/accounts/login/")
    other.fill("input[name=login]", "ikinci")
    other.fill("input[name=password]", "sinama-parolasi")
    other.locator("form:has(input[name=password]) button[type=submit]").click()
    other.wait_for_url(lambda url: "/accounts/login/" not in url)
    other.goto(address)
    expect(other.locator("#unsaved-others")).to_contain_text(str(sender))
    other.context.close()

    asked: list[str] = []
    second.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    second.context.set_offline(True)
    second.fill("#id_subject", "Sunucuya ulaşmayan konu")
    expect(second.locator("#unsaved-state")).to_contain_text("Saklanamadı")
    second.context.set_offline(False)
    second.fill("#id_subject", "Son konu")
    expect(second.locator("#unsaved-state")).to_contain_text("itibarıyla saklandı")
    second.locator(".review-bar .btn-primary").click()
    expect(second.locator(".app-messages")).to_contain_text("kaydedildi")
    assert asked == []
    assert Circular.objects.get().subject == "Son konu"
    assert not DraftEditing.objects.unsaved().exists()

"""Somebody without an account returns a letter by the link of the notice, with a code from the unit's mailbox."""

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from distribution.links import link_token
from distribution.models import EventKind, LinkCode
from tests.factories import AgencyFactory, dispatched_to

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_holder_of_a_link_returns_a_letter(page: Page, site: str) -> None:
    delivery = dispatched_to(AgencyFactory(name="Ardahan Valiliği"), at=timezone.now()).deliveries.get()
    page.goto(f"{site}/link/{link_token(delivery, at=timezone.now())}/")
    page.locator("#other-acts a[href$='/return/']").click()
    page.locator("main button[name=ask]").click()
    page.locator("input[value=not_addressee]").check()
    page.fill("textarea[name=reason]", "Muhatabı başka birim")
    page.fill("input[name=name]", "Ayşe KAYA")
    page.fill("input[name=job_title]", "Memur")
    page.fill("input[name=code]", "000000")
    page.locator("main form .btn-primary").click()
    expect(page.locator("main form .invalid-feedback, main form .is-invalid").first).to_be_visible()

    page.locator(".app-language button").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator("textarea[name=reason]")).to_have_value("Muhatabı başka birim")
    page.fill("input[name=code]", LinkCode.objects.get().digits)
    page.locator("main form .btn-primary").click()

    expect(page.locator(".app-messages")).to_be_visible()
    delivery.refresh_from_db()
    assert delivery.return_reason == "Muhatabı başka birim"
    assert delivery.events.get(kind=EventKind.RETURNED).data["via"] == "link"
    expect(page.locator("#take-back")).to_be_visible()

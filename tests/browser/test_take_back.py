"""A registrar confirms wrongly, takes it back, and confirms again; numbers are filled in by a button."""

from collections.abc import Callable

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from agencies.models import Agency, Role, User
from distribution.models import Delivery, EventKind
from tests.factories import dispatched_to

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def inbox(people: Callable[..., User], sign_in: Callable[[str], None], site: str) -> str:
    """The inbox of a unit with four letters; its registrar is signed in."""
    people("evrak", "valilik-01", Role.RECIPIENT)
    agency = Agency.objects.get(code="valilik-01")
    for number in range(4):
        dispatched_to(agency, subject=f"Yazı {number}", at=timezone.now())
    sign_in("evrak")
    return f"{site}/inbox/{agency.pk}/"


def test_a_wrong_confirmation_is_taken_back_and_given_again_with_the_number(
    page: Page, site: str, inbox: str
) -> None:
    delivery = Delivery.objects.earliest("pk")
    page.goto(f"{site}/deliveries/{delivery.public_id}/")
    page.locator("#confirm button").click()
    expect(page.locator("#take-back")).to_be_visible()

    page.locator("#take-back summary").click()
    page.locator("#take-back button").click()
    expect(page.locator("#confirm input[name=register_number]")).to_be_visible()
    page.fill("#confirm input[name=register_number]", "2026/1453")
    page.locator("#confirm button").click()
    expect(page.locator("#confirm")).to_contain_text("2026/1453")

    delivery.refresh_from_db()
    assert delivery.register_number == "2026/1453"
    acts = (EventKind.ACKNOWLEDGED, EventKind.TAKEN_BACK)
    kinds = delivery.events.filter(kind__in=acts).order_by("sequence").values_list("kind", flat=True)
    assert list(kinds) == ["acknowledged", "taken_back", "acknowledged"]


def test_numbers_fill_the_list_and_two_confirmations_are_taken_back_from_the_message(
    page: Page, inbox: str
) -> None:
    page.goto(inbox)
    page.locator("[data-check-all]").check()
    page.locator(".app-bulk .btn-primary").click()
    fields = page.locator("[data-enter-next]")
    page.fill("input[name=first_number]", "2026/098")
    page.locator("button[value=count_up]").click()
    expect(fields.nth(3)).to_have_value("2026/101")
    fields.nth(1).fill("E-7")
    page.locator(".app-several > li").nth(1).locator("[data-fill=count_up]").click()
    expect(fields.nth(3)).to_have_value("E-9")
    expect(fields.nth(0)).to_have_value("2026/098")
    page.locator(".app-several > li").nth(1).locator("[data-fill=same]").click()
    expect(fields.nth(3)).to_have_value("E-7")
    fields.nth(3).press("Enter")
    page.keyboard.press("Enter")

    page.locator(".app-messages a").click()
    boxes = page.locator("input[name=delivery]")
    expect(boxes).to_have_count(4)
    for each in range(4):
        expect(boxes.nth(each)).to_be_checked()
    boxes.nth(1).uncheck()
    boxes.nth(3).uncheck()
    page.locator(".app-bulk button").click()
    page.wait_for_url(inbox)
    assert Delivery.objects.outstanding().count() == 2

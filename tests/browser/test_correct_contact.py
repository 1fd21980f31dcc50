"""A registrar corrects the unit's e-mail address and confirms it with the code from the new mailbox."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from agencies.models import Agency, ContactCorrection, Role, User

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_new_address_of_the_unit_is_confirmed_by_its_code(
    page: Page, people: Callable[..., User], sign_in: Callable[[str], None], site: str
) -> None:
    people("evrak", "valilik-01", Role.RECIPIENT)
    agency = Agency.objects.get(code="valilik-01")
    sign_in("evrak")
    page.goto(f"{site}/inbox/{agency.pk}/")
    page.locator("a[href$='/contact/']").click()
    page.fill("input[name=email]", "evrak@yeni.ornek.example")
    page.locator("main form:has(input[name=email]) .btn-primary").click()
    expect(page.locator("#confirm-contact")).to_contain_text("evrak@yeni.ornek.example")

    page.fill("input[name=code]", ContactCorrection.objects.get().digits)
    page.locator("#confirm-contact .btn-primary").click()

    expect(page.locator("#confirm-contact")).to_have_count(0)
    expect(page.locator("input[name=email]")).to_have_value("evrak@yeni.ornek.example")

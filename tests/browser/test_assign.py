"""A registrar assigns a letter to a colleague, who finds it among the letters assigned to them."""

from collections.abc import Callable

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from agencies.models import Agency, Role, User
from distribution.models import Delivery
from tests.factories import dispatched_to

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_letter_is_assigned_within_the_unit_and_its_person_finds_it(
    page: Page, people: Callable[..., User], sign_in: Callable[[str], None], site: str
) -> None:
    people("evrak", "valilik-01", Role.RECIPIENT)
    clerk = people("memur", "valilik-01", Role.RECIPIENT)
    agency = Agency.objects.get(code="valilik-01")
    wanted, other = (
        dispatched_to(agency, subject=subject, at=timezone.now()).deliveries.get()
        for subject in ("Kış tedbirleri", "Bayram programı")
    )
    sign_in("evrak")
    page.goto(f"{site}/deliveries/{wanted.public_id}/")
    page.locator("#assign summary").click()
    page.locator("#assign select").select_option(str(clerk.pk))
    page.fill("#assign textarea", "Cuma gününe kadar bakılsın.")
    page.locator("#assign form button").first.click()
    expect(page.locator("#assign")).to_contain_text("Cuma gününe kadar bakılsın.")
    expect(page.locator("#confirm button")).to_be_visible()

    sign_in("memur")
    page.goto(f"{site}/inbox/{agency.pk}/")
    page.locator("a[href$='assigned=mine']").click()
    expect(page.locator("#inbox > li")).to_have_count(1)
    page.locator(".app-inbox-subject").click()
    expect(page.locator("h1")).to_contain_text("Kış tedbirleri")
    assert Delivery.objects.outstanding().filter(pk__in=[wanted.pk, other.pk]).count() == 2

"""The inbox by keyboard, and forty letters confirmed in few enough actions for two minutes."""

from collections.abc import Callable

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from agencies.models import Agency, Role, User
from distribution.models import Delivery
from tests.factories import dispatched_to

pytestmark = pytest.mark.django_db(transaction=True)
LETTERS = 40
SECONDS = 120
KEYSTROKE, CLICK = 0.28, 1.3
"""What a keystroke of an average typist and a click with pointing take, in seconds (keystroke-level model)."""


@pytest.fixture
def inbox(people: Callable[..., User], sign_in: Callable[[str], None], page: Page, site: str) -> str:
    """Forty letters wait for the unit, and a registrar looks at its inbox."""
    people("evrak", "valilik-01", Role.RECIPIENT)
    agency = Agency.objects.get(code="valilik-01")
    for number in range(LETTERS):
        dispatched_to(agency, subject=f"Yazı {number:02}", at=timezone.now())
    sign_in("evrak")
    address = f"{site}/inbox/{agency.pk}/"
    page.goto(address)
    return address


def test_all_are_confirmed_with_their_numbers_within_two_minutes_of_actions(page: Page, inbox: str) -> None:
    clicks = keystrokes = 0

    page.locator("[data-check-all]").check()
    page.locator(".app-bulk .btn-primary").click()
    clicks += 2
    expect(page.locator(".app-several > li")).to_have_count(LETTERS)
    expect(page.locator("[data-enter-next]").first).to_be_focused()
    for number in range(LETTERS):
        typed = f"2026/{100 + number}"
        page.keyboard.type(typed)
        page.keyboard.press("Enter")
        keystrokes += len(typed) + 1
    page.keyboard.press("Enter")
    keystrokes += 1
    page.wait_for_url(inbox)

    assert not Delivery.objects.outstanding().exists()
    assert {each.register_number for each in Delivery.objects.all()} == {
        f"2026/{100 + number}" for number in range(LETTERS)
    }
    assert clicks * CLICK + keystrokes * KEYSTROKE < SECONDS


def test_one_key_confirms_each_letter_and_the_next_one_is_current(page: Page, inbox: str) -> None:
    page.keyboard.press("j")
    for left in range(LETTERS, LETTERS - 3, -1):
        first = page.locator(".app-inbox-subject").first.inner_text()
        expect(page.locator(".app-inbox-subject:focus")).to_have_text(first)
        page.keyboard.press("a")
        expect(page.locator("#inbox > li")).to_have_count(left - 1)

    assert Delivery.objects.outstanding().count() == LETTERS - 3


def test_j_and_k_move_x_ticks_and_o_opens(page: Page, inbox: str) -> None:
    for key in "jjjk":
        page.keyboard.press(key)
    second = page.locator("#inbox > li").nth(1)
    expect(second.locator(".app-inbox-subject")).to_be_focused()
    page.keyboard.press("x")
    expect(second.locator("input[name=delivery]")).to_be_checked()

    subject = second.locator(".app-inbox-subject").inner_text()
    second.locator(".app-inbox-subject").focus()
    page.keyboard.press("o")
    expect(page.locator("h1")).to_have_text(subject)


def test_a_with_ticked_letters_leads_to_confirming_those_and_confirms_none_alone(
    page: Page, inbox: str
) -> None:
    for key in "jxjxj":
        page.keyboard.press(key)
    page.keyboard.press("a")

    expect(page.locator(".app-several > li")).to_have_count(2)
    assert Delivery.objects.outstanding().count() == LETTERS


def test_the_keys_are_off_while_one_writes_and_when_switched_off(page: Page, inbox: str) -> None:
    page.locator(".app-narrow summary").click()
    page.locator("#id_q").focus()
    page.keyboard.type("ja?")
    expect(page.locator("#id_q")).to_have_value("ja?")
    expect(page.locator("#keys")).not_to_be_visible()
    page.locator("#id_q").blur()

    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    page.locator("#keys-on").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    expect(page.locator("#keys")).not_to_be_visible()
    page.keyboard.press("j")
    page.keyboard.press("a")
    assert Delivery.objects.outstanding().count() == LETTERS

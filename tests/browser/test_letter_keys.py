"""Forty letters read and confirmed by the keyboard alone, and the letter's page on a narrow screen."""

from collections.abc import Callable

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone
from playwright.sync_api import Page, expect

from agencies.models import Agency, Role, User
from circulars.models import Circular
from distribution.models import Delivery, EventKind
from distribution.services.sending.dispatch import dispatch
from tests.config.test_redis_away import ONE_PAGE
from tests.factories import dispatched_to, draft_to

pytestmark = pytest.mark.django_db(transaction=True)
LETTERS = 40
OTHERS = 3


@pytest.fixture
def unit(people: Callable[..., User], sign_in: Callable[[str], None]) -> Agency:
    """A registrar of this unit is signed in."""
    people("evrak", "valilik-01", Role.RECIPIENT)
    sign_in("evrak")
    return Agency.objects.get(code="valilik-01")


def letter_with_a_page(unit: Agency) -> Circular:
    circular = draft_to(unit, reading={"pages": [[100.0, 100.0]]})
    circular.source_name, circular.source_sha256 = "genelge.pdf", "a" * 64
    circular.source_file.save("genelge.pdf", ContentFile(ONE_PAGE))
    return dispatch(circular=circular, by=circular.recorded_by, at=timezone.now()).circular


def test_forty_letters_of_a_filtered_list_are_read_and_confirmed_by_the_keyboard(
    page: Page, site: str, unit: Agency
) -> None:
    for number in range(LETTERS):
        dispatched_to(unit, subject=f"Kış tedbirleri {number:02}", at=timezone.now())
    for number in range(OTHERS):
        dispatched_to(unit, subject=f"Bütçe {number}", at=timezone.now())
    inbox = f"{site}/inbox/{unit.pk}/?q=k%C4%B1%C5%9F"
    page.goto(inbox)

    page.keyboard.press("j")
    page.keyboard.press("o")
    for number in range(LETTERS):
        expect(page.locator("h1")).to_have_text(f"Kış tedbirleri {number:02}")
        expect(page.locator(".letter-body")).to_be_visible()
        page.wait_for_load_state()  # keys work at the end of loading
        page.keyboard.press("a")
        expect(page.locator("#confirm-form")).to_have_count(0)
        page.wait_for_load_state()
        if number < LETTERS - 1:
            page.keyboard.press("j")

    expect(page.locator("#list-end")).to_be_visible()
    page.keyboard.press("j")
    expect(page.locator('[data-walk="list"]')).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: url.startswith(inbox))
    assert Delivery.objects.outstanding().count() == OTHERS
    assert Delivery.objects.filter(events__kind=EventKind.OPENED).count() == LETTERS


def test_k_leads_back_and_l_to_the_row_of_the_letter(page: Page, site: str, unit: Agency) -> None:
    for number in range(3):
        dispatched_to(unit, subject=f"Yazı {number}", at=timezone.now())
    page.goto(f"{site}/inbox/{unit.pk}/")

    for key, subject in (("j", ""), ("o", "Yazı 0"), ("j", "Yazı 1"), ("j", "Yazı 2"), ("k", "Yazı 1")):
        page.keyboard.press(key)
        if subject:
            expect(page.locator("h1")).to_have_text(subject)
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("l")

    expect(page.locator(".app-inbox-subject:focus")).to_have_text("Yazı 1")
    assert not Delivery.objects.filter(acknowledged_at__isnull=False).exists()


def test_the_keys_are_off_while_a_register_number_is_written(page: Page, site: str, unit: Agency) -> None:
    delivery = dispatched_to(unit, at=timezone.now()).deliveries.get()
    page.goto(f"{site}/deliveries/{delivery.public_id}/")

    page.locator("#id_register_number").focus()
    page.keyboard.type("2026/aj")

    expect(page.locator("#id_register_number")).to_have_value("2026/aj")
    delivery.refresh_from_db()
    assert delivery.acknowledged_at is None


def test_after_several_were_confirmed_filter_and_focus_are_kept(page: Page, site: str, unit: Agency) -> None:
    for number in range(5):
        dispatched_to(unit, subject=f"Kış {number}", at=timezone.now())
    inbox = f"{site}/inbox/{unit.pk}/?q=k%C4%B1%C5%9F"
    page.goto(inbox)

    for key in "jjxjx":
        page.keyboard.press(key)
    page.keyboard.press("a")
    expect(page.locator(".app-several > li")).to_have_count(2)
    # Each key goes where the one before has led: on a busy machine the list is there before its focus is.
    for field in page.locator("[data-enter-next]").all():
        expect(field).to_be_focused()
        page.keyboard.press("Enter")
    expect(page.locator("[data-enter-end]")).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url(inbox)

    expect(page.locator(".app-inbox-subject:focus")).to_have_text("Kış 3")


def test_at_360_px_the_letter_comes_first_and_confirming_is_one_press_away(
    page: Page, site: str, unit: Agency, axe: str
) -> None:
    delivery = letter_with_a_page(unit).deliveries.get()
    page.set_viewport_size({"width": 360, "height": 800})
    page.goto(f"{site}/deliveries/{delivery.public_id}/")

    places = [".page-header", ".review-details", ".letter-body", "#files", "#confirm", ".app-events"]
    tops = [page.locator(each).first.bounding_box() for each in places]
    assert all(tops) and [box["y"] for box in tops if box] == sorted(box["y"] for box in tops if box)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.locator(".review-details summary").click()
    image = page.locator(".source-page img")
    image.scroll_into_view_if_needed()
    expect(image).to_have_js_property("naturalWidth", 1240)
    page.evaluate(axe)
    found = page.evaluate("axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa']})")
    assert not [(each["id"], each["nodes"][0]["html"]) for each in found["violations"]]
    page.evaluate("window.scrollTo(0, 0)")

    bar = page.locator(".app-at-hand button")
    box = bar.bounding_box()
    assert box is not None and box["y"] + box["height"] <= 800
    bar.click()

    expect(page.locator("#confirm-form")).to_have_count(0)
    delivery.refresh_from_db()
    assert delivery.acknowledged_at is not None

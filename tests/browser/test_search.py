"""The search box by keyboard: / goes to it, results stand below while one types, arrows choose, Enter opens."""

from collections.abc import Callable

import pytest
from django.utils import timezone
from playwright.sync_api import Page, Route, expect

from agencies.models import Agency, Role, User
from tests.factories import dispatched_to

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def start(people: Callable[..., User], sign_in: Callable[[str], None], page: Page, site: str) -> str:
    """A registrar whose unit got seven letters looks at its inbox."""
    people("evrak", "valilik-01", Role.RECIPIENT)
    agency = Agency.objects.get(code="valilik-01")
    for number in range(7):
        dispatched_to(agency, subject=f"Kışlık lastik denetimi {number}", at=timezone.now())
    sign_in("evrak")
    address = f"{site}/inbox/{agency.pk}/"
    page.goto(address)
    return address


def test_slash_types_arrows_and_enter_open_a_letter(page: Page, start: str) -> None:
    found = page.locator("#search-found")
    page.keyboard.press("/")
    expect(page.locator("#search")).to_be_focused()
    page.keyboard.type("LASTIK")
    expect(found.locator("[data-hit]")).to_have_count(6)
    expect(page.locator("#search-status")).to_contain_text("7")

    for key, index in (("ArrowDown", 0), ("ArrowDown", 1), ("ArrowUp", 0)):
        page.keyboard.press(key)
        expect(found.locator("[data-hit]").nth(index)).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(page.locator("#search")).to_be_focused()

    page.keyboard.press("ArrowDown")
    subject = found.locator("[data-hit]").first.inner_text()
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text(subject)


def test_escape_closes_and_the_arrow_opens_again(page: Page, start: str) -> None:
    found = page.locator("#search-found")
    page.keyboard.press("/")
    page.keyboard.type("lastik")
    expect(found).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Escape")
    expect(found).to_be_hidden()
    expect(page.locator("#search")).to_be_focused()

    page.keyboard.press("ArrowDown")
    expect(found.locator("[data-hit]").first).to_be_focused()
    page.mouse.click(20, 780)
    expect(found).to_be_hidden()


def test_enter_leads_to_the_page_where_the_arrows_choose_too(page: Page, start: str) -> None:
    page.keyboard.press("/")
    page.keyboard.type("lastik")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search/?q=lastik")
    expect(page.locator("#search-page [data-hit]")).to_have_count(6)

    page.keyboard.press("/")
    page.keyboard.press("ArrowDown")
    expect(page.locator("#search-page [data-hit]").first).to_be_focused()
    page.locator("#search-page .app-search-all").click()
    expect(page.locator("#search-page [data-hit]")).to_have_count(7)


def test_slash_is_a_letter_while_one_writes_and_off_with_the_keys(page: Page, start: str) -> None:
    page.locator(".app-narrow summary").click()
    page.locator("#id_q").fill("2026")
    page.locator("#id_q").press("/")
    expect(page.locator("#id_q")).to_have_value("2026/")
    page.locator("#id_q").blur()

    page.keyboard.press("?")
    page.locator("#keys-on").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    expect(page.locator("#search")).not_to_be_focused()


@pytest.mark.parametrize("failure", ["empty", "error page", "sign-in page"])
def test_a_failing_suggestion_keeps_what_was_typed_on_the_page(
    page: Page, site: str, start: str, failure: str
) -> None:
    page.locator(".app-narrow summary").click()
    page.locator("#id_q").fill("Yarım kalan")
    whole_pages: list[str] = []

    def fail(route: Route) -> None:
        if failure == "empty":
            route.fulfill(status=503, body="")
        else:
            answer = route.fetch(url=f"{site}/yok/")
            whole_pages.append(answer.text())
            route.fulfill(response=answer, status=503)

    if failure == "sign-in page":
        page.context.clear_cookies()
    else:
        page.route("**/search/?q=*", fail)
    opened: list[str] = []
    page.on(
        "request", lambda request: opened.append(request.url) if request.is_navigation_request() else None
    )
    for text in ("lastik", "ler"):  # between the two there is time to leave the page
        with page.expect_request_finished(lambda request: "?q=" in request.url or "/login/" in request.url):
            page.locator("#search").press_sequentially(text)
    expect(page.locator("#id_q")).to_have_value("Yarım kalan")
    expect(page.locator("#search-found")).to_be_hidden()
    assert opened == []
    assert all(text.lstrip().lower().startswith("<!doctype") for text in whole_pages)
    assert bool(whole_pages) == (failure == "error page")

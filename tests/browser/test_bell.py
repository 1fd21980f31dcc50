"""The bell in a browser: counts come after the page, nothing moves without a change, and it works without scripts."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, Route, expect

from agencies.models import Agency, Role, User
from distribution.models import ReturnGround
from distribution.services.receiving.return_letter import return_letter
from tests.factories import dispatched_to, recipient_of

pytestmark = pytest.mark.django_db(transaction=True)
ISSUER = "calisma-uluslararasi-isgucu"


def returned(code: str) -> None:
    at = timezone.now()
    unit = Agency.objects.get(code=code)
    letter = dispatched_to(unit, issuer=Agency.objects.get(code=ISSUER), at=at - timedelta(hours=1))
    return_letter(
        delivery=letter.deliveries.get().public_id, ground=ReturnGround.NOT_ADDRESSEE, reason="Bize değil.",
        by=recipient_of(unit), at=at,
    )  # fmt: skip


def asks(page: Page) -> None:
    """The minute is over."""
    page.evaluate("htmx.trigger(document.getElementById('bell-items'), 'bell')")


def test_the_count_comes_after_the_page_grows_and_leads_to_its_rows(
    page: Page, site: str, people: Callable[..., User], sign_in: Callable[[str], None]
) -> None:
    people("gonderen", ISSUER, Role.SENDER)
    returned("valilik-01")
    sign_in("gonderen")
    page.goto(site + "/directory/")
    bell, count, said = (
        page.locator(".app-bell > summary"),
        page.locator("#bell-count"),
        page.locator("#bell-status"),
    )
    expect(count).to_have_text("1")
    expect(said).to_be_empty()

    returned("valilik-02")
    asks(page)
    expect(count).to_have_text("2")
    expect(said).to_contain_text("2")

    page.evaluate("window.before = document.querySelector('[data-total]')")
    with page.expect_response("**/bell/"):
        asks(page)
    assert page.evaluate("window.before === document.querySelector('[data-total]')"), (
        "swapped without a change"
    )

    bell.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#waiting > li")).to_have_count(2)


def test_a_failure_and_the_end_of_the_session_leave_the_page_alone(
    page: Page, site: str, people: Callable[..., User], sign_in: Callable[[str], None]
) -> None:
    people("gonderen", ISSUER, Role.SENDER)
    sign_in("gonderen")
    page.goto(site + "/search/")
    page.locator("#search").fill("yarım kalan")

    def fail(route: Route) -> None:
        route.fulfill(status=503, body="")

    page.route("**/bell/", fail)
    with page.expect_response("**/bell/"):
        asks(page)
    page.unroute("**/bell/")
    page.context.clear_cookies()
    with page.expect_response("**/accounts/login/**"):
        asks(page)
    page.wait_for_timeout(200)

    assert page.url == site + "/search/"
    expect(page.locator("#search")).to_have_value("yarım kalan")


def test_without_scripts_it_leads_to_the_page(
    browser: Browser, page: Page, site: str, people: Callable[..., User], sign_in: Callable[[str], None]
) -> None:
    people("gonderen", ISSUER, Role.SENDER)
    returned("valilik-01")
    sign_in("gonderen")
    context = browser.new_context(java_script_enabled=False, storage_state=page.context.storage_state())
    plain = context.new_page()
    plain.goto(site + "/letters/")
    plain.locator(".app-bell > summary").click()
    plain.locator(".app-bell a").click()
    expect(plain.locator("#waiting strong")).to_have_text("1")
    context.close()

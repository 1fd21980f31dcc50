"""An unknown line is settled by keyboard, and a plan is built by keyboard, in a real browser."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from agencies.models import Agency, AgencyWording, Role, User
from circulars.lines.distribution_list import replace_lines
from circulars.models import Circular
from circulars.models.plan import PlanVersion
from tests.factories import MOMENT, CircularFactory

pytestmark = pytest.mark.django_db(transaction=True)


def draft_of(code: str, *lines: str) -> Circular:
    circular = CircularFactory(issuer=Agency.objects.get(code=code))
    replace_lines(circular, action=list(lines), information=[], on=MOMENT.date())
    return circular


def press_the_first(page: Page) -> None:
    """Go down from the search field and press Enter, once htmx is through with what it put in."""
    expect(page.locator(".htmx-added")).to_have_count(0)
    page.keyboard.press("ArrowDown")
    expect(page.locator("#choices button").first).to_be_focused()
    page.keyboard.press("Enter")


def test_an_unknown_line_is_settled_by_keyboard_and_the_letter_can_leave(
    page: Page, site: str, people: Callable[..., User], sign_in: Callable[[str], None]
) -> None:
    people("gonderen", "calisma-uluslararasi-isgucu", Role.SENDER)
    circular = draft_of("calisma-uluslararasi-isgucu", "Antalya Valiliğine", "Masal Diyarı Makamına")
    dispatch = f"{site}/letters/{circular.public_id}/dispatch/"

    sign_in("gonderen")
    page.goto(dispatch)
    expect(page.locator("button.btn-lg")).to_have_count(0)
    page.locator(".preflight-blocks a[href*='/lines/']").focus()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/lines/\d+/$"))
    page.locator("#settle-query").focus()
    page.keyboard.type("ığdır sivil")
    expect(page.locator("#choices li")).to_have_count(1)
    expect(page.locator("#choices")).to_contain_text("Iğdır İl Sivil Toplumla İlişkiler Müdürlüğü")
    press_the_first(page)
    page.wait_for_url(re.compile(r"/edit/#line-\d+$"))

    line = circular.lines.get(text="Masal Diyarı Makamına")
    assert line.agency is not None and line.agency.code == "sivil-toplum-76"
    assert AgencyWording.objects.get(added_by__isnull=False).agency == line.agency
    page.goto(dispatch)
    expect(page.locator("button.btn-lg")).to_contain_text("2")


def test_a_typo_is_accepted_by_one_key_and_not_remembered(
    page: Page, site: str, people: Callable[..., User], sign_in: Callable[[str], None]
) -> None:
    people("gonderen", "calisma-uluslararasi-isgucu", Role.SENDER)
    circular = draft_of("calisma-uluslararasi-isgucu", "Şanlurfa Valiliğine")
    line = circular.lines.get()

    sign_in("gonderen")
    page.goto(f"{site}/letters/{circular.public_id}/lines/{line.pk}/")
    expect(page.locator("#choices button").first).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/edit/#line-\d+$"))

    line.refresh_from_db()
    assert line.agency is not None and line.agency.name == "Şanlıurfa Valiliği"
    assert not AgencyWording.objects.filter(added_by__isnull=False).exists()


def test_a_plan_is_built_by_keyboard(
    page: Page, site: str, people: Callable[..., User], sign_in: Callable[[str], None]
) -> None:
    people("gonderen", "ministry-calisma", Role.SENDER)
    sign_in("gonderen")
    page.goto(f"{site}/plans/new/")
    page.locator("#plan-query").focus()
    page.keyboard.type("valiliği 81 il")
    expect(page.locator("#choices li")).to_have_count(1)
    press_the_first(page)
    expect(page.locator("#plan-rows li")).to_have_count(1)
    page.keyboard.press("ArrowUp")
    expect(page.locator("#plan-query")).to_be_focused()
    page.keyboard.press("Control+A")
    page.keyboard.type("adalet bakanlığı")
    expect(page.locator("#choices")).to_contain_text("Adalet Bakanlığı")
    press_the_first(page)
    expect(page.locator("#plan-rows li")).to_have_count(2)
    page.locator("#up-2").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#text-1")).to_have_value("Adalet Bakanlığına")
    page.fill("#plan-name", "A Planı")
    page.locator("button[name=save]").click()
    page.wait_for_url(re.compile(r"/plans/\d+/$"))
    assert [line.text for line in PlanVersion.objects.get().lines.all()] == [
        "Adalet Bakanlığına",
        "81 İl Valiliğine",
    ]

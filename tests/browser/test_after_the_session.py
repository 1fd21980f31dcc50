"""Every form of the product, sent after the session has ended: signed in again, one button, the effect once."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.urls import resolve
from playwright.sync_api import Locator, Page, Route, expect

from config.unsent_forms.posted_forms import POSTED_FORMS
from tests.browser import (
    walks_of_contacts,
    walks_of_decisions,
    walks_of_drafts,
    walks_of_managers,
    walks_of_recipients,
    walks_of_senders,
    walks_of_the_directory,
)
from tests.browser.walk import Walk, World

MODULES = (
    walks_of_contacts,
    walks_of_managers,
    walks_of_the_directory,
    walks_of_drafts,
    walks_of_senders,
    walks_of_recipients,
    walks_of_decisions,
)
WALKS = {begin.__name__: begin for module in MODULES for begin in module.WALKS}
SIGN_IN = re.compile("/accounts/login/")
UNSENT = re.compile("/unsent/$")
ASKS_BY_ITSELF = re.compile("/progress/$|/files/[^/]+/$")
UNFOLD = """(form) => {
  for (let each = form; each; each = each.parentElement) { if (each.matches("details")) each.open = true; }
  form.querySelectorAll("details").forEach((each) => { each.open = true; });
}"""


def test_every_form_is_walked() -> None:
    assert {name for name in POSTED_FORMS if ":" not in name} == set(WALKS)


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("kep_account", "postbox")
@pytest.mark.parametrize("name", WALKS)
def test_a_form_sent_after_the_session_ended_is_sent_with_one_button(
    page: Page, site: str, sign_in: Callable[[str], None], axe: str, tmp_path: Path, name: str
) -> None:
    world = World(tmp_path)
    walk = WALKS[name](world)
    page.set_viewport_size({"width": 360, "height": 800})
    page.route(ASKS_BY_ITSELF, _abort_parts)  # a page that asks by itself would sign out first
    page.goto(f"{site}/accounts/login/")  # the session's forms are known by the token that signing in gives
    sign_in(world.person.username)
    page.goto(site + walk.page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.evaluate(axe)
    found = page.evaluate("axe.run({runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa']})")
    assert not [f"{each['id']}: {each['nodes'][0]['html'][:120]}" for each in found["violations"]]
    if walk.steps:
        walk.steps(page)
    before = walk.done() if walk.shows == "" else 0
    assert before == 0

    form = _filled(page, walk)
    page.context.clear_cookies(name="sessionid")
    form.locator(walk.button).first.click()
    page.wait_for_url(SIGN_IN)
    assert walk.shows or walk.done() == 0
    sign_in(world.person.username)

    expect(page).to_have_url(UNSENT)
    posted = page.locator("main form")
    assert resolve(posted.get_attribute("action").partition("?")[0]).url_name == name  # type: ignore[union-attr]
    expect(posted.locator("h2").first).to_contain_text(str(POSTED_FORMS[name].does))
    for field, file in walk.files.items():
        expect(posted).to_contain_text(file.name)
        posted.locator(f'input[type=file][name="{field}"]').set_input_files(file)
    posted.locator("button").click()
    page.wait_for_url(lambda url: not UNSENT.search(url))
    page.wait_for_load_state()

    if walk.shows:
        expect(page.locator(walk.shows)).to_be_attached()
    assert walk.done() == 1


def _abort_parts(route: Route) -> None:
    if "hx-request" in route.request.headers:
        route.abort()
    else:
        route.continue_()


def _filled(page: Page, walk: Walk) -> Locator:
    """The form with everything entered; what it is folded into is opened first."""
    own = f'form[action^="{walk.form}"]' if walk.form else "main form[method=post]"
    forms = page.locator(own).or_(page.locator("main form[action='?']")) if walk.form else page.locator(own)
    form = forms.filter(has=page.locator(walk.button)).first
    form.evaluate(UNFOLD)
    for field, value in walk.fills.items():
        selector = field if field.startswith("[") else f'[name="{field}"]'
        found = form.locator(selector)
        kind = found.first.evaluate("(element) => element.type")
        if kind in ("checkbox", "radio"):
            (found if value is True else form.locator(f'{selector}[value="{value}"]')).first.check()
        elif kind == "select-one":
            found.first.select_option(str(value))
        else:
            found.first.fill(str(value))
    for field, file in walk.files.items():
        form.locator(f'input[type=file][name="{field}"]').set_input_files(file)
    return form

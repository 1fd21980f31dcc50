"""Rows of what is outstanding ticked on two pages in a real browser, reminded, and the list found as before."""

import re
from collections.abc import Callable

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from agencies.models import Agency, Role, User
from distribution.models import Notice, NoticeKind
from distribution.views import outstanding
from tests.factories import dispatched_to

UNIT = "calisma-uluslararasi-isgucu"


def no_faults(page: Page, axe: str) -> list[str]:
    page.evaluate(axe)
    found = page.evaluate("axe.run({runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa']})")
    return [f"{each['id']}: {each['nodes'][0]['html'][:120]}" for each in found["violations"]]


@pytest.mark.django_db(transaction=True)
def test_rows_ticked_on_two_pages_are_reminded_and_the_filter_and_page_stay(
    page: Page,
    site: str,
    people: Callable[..., User],
    sign_in: Callable[[str], None],
    axe: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(outstanding, "ROWS_PER_PAGE", 3)
    people("yonetici", UNIT, Role.MANAGER)
    units = Agency.objects.filter(code__in=[f"valilik-{plate:02}" for plate in range(1, 9)])
    dispatched_to(*units, issuer=Agency.objects.get(code=UNIT), subject="Uzun bir konu " * 12)
    sign_in("yonetici")
    page.goto(site + reverse("outstanding"))
    page.locator("select[name=kind]").select_option("governorship")
    page.locator("select[name=sort]").select_option("-agency")
    page.locator("[name=filter]").click()
    page.wait_for_url(re.compile("kind=governorship"))

    page.locator("#rows [type=checkbox][name=delivery]").nth(1).check()
    page.locator("nav.app-pages button", has_text="2").click()
    page.wait_for_url(re.compile("page=2"))
    for width in (1280, 360):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert no_faults(page, axe) == []
    page.locator("#rows [type=checkbox][name=delivery]").first.check()
    row = page.locator("a[id^=row-]").nth(1)
    name = row.inner_text()
    row.click()
    page.locator(".page-pretitle a").first.click()
    expect(page).to_have_url(re.compile(r"kind=governorship&sort=-agency&page=2#row-[0-9a-f-]{36}$"))
    expect(page.locator("#rows [type=checkbox]:checked")).to_have_count(1)
    expect(page.locator("a[id^=row-]").nth(1)).to_have_text(name)

    page.locator("#rows [name=then][value=remind]").click()
    page.locator("form.preflight-send button").click()
    page.wait_for_url(re.compile(r"/outstanding/\?kind=governorship&sort=-agency&page=2$"))
    assert Notice.objects.filter(kind=NoticeKind.REMINDER).count() == 2
    expect(page.locator("#rows [type=checkbox][name=delivery]:checked")).to_have_count(0)
    page.locator("details:has([name=column]) > summary").click()
    assert no_faults(page, axe) == []
    for address in ("/outstanding/views/save/?kind=governorship", "/outstanding/letters/"):
        page.goto(site + address)
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        assert no_faults(page, axe) == []

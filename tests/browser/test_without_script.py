"""Letters ticked in the inbox stay ticked when the list changes in a browser that runs no script."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from agencies.models import Agency, Role, User
from distribution.models import SavedFilter
from tests.factories import dispatched_to

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def inbox(
    browser: Browser,
    browser_context_args: dict[str, Any],
    page: Page,
    site: str,
    people: Callable[..., User],
    sign_in: Callable[[str], None],
) -> Iterator[Page]:
    """The inbox of a unit with three letters and a kept filter, in a browser without scripts."""
    person = people("evrak", "valilik-01", Role.RECIPIENT)
    unit = Agency.objects.get(code="valilik-01")
    for place in ("Adana", "Bolu", "Çorum"):
        dispatched_to(unit, subject=f"Ölçüm {place}", at=timezone.now())
    SavedFilter.objects.create(
        person=person, page=SavedFilter.Page.INBOX, name="Çorum'a ait", query="q=Çorum"
    )
    sign_in("evrak")
    plain = browser.new_context(**browser_context_args, java_script_enabled=False)
    plain.add_cookies(page.context.cookies())  # type: ignore[arg-type]
    inbox = plain.new_page()
    inbox.goto(f"{site}/inbox/{unit.pk}/")
    yield inbox
    plain.close()


def test_ticks_survive_the_filter(inbox: Page) -> None:
    inbox.get_by_label("İşaretle: Ölçüm Bolu").check()
    inbox.locator(".app-narrow summary").click()
    inbox.locator("#id_q").fill("Çorum")
    inbox.locator("#id_q").press("Enter")
    expect(inbox.locator("#inbox > li")).to_have_count(1)
    expect(inbox.locator("#letters")).to_contain_text("1 yazı daha işaretli")
    inbox.get_by_label("İşaretle: Ölçüm Çorum").check()
    inbox.get_by_role("button", name="Temizle").click()

    expect(inbox.locator("#inbox > li")).to_have_count(3)
    expect(inbox.locator("#inbox input:checked")).to_have_count(2)


def test_ticks_that_were_kept_survive_the_links_to_other_views(inbox: Page) -> None:
    inbox.get_by_label("İşaretle: Ölçüm Bolu").check()
    note = inbox.locator("noscript p")
    assert "Başka görünümlere giden bağlantılar yeni işaretleri korumaz." in note.evaluate(
        "each => each.innerText"
    )
    note.locator("button").click()
    inbox.get_by_role("link", name="Çorum'a ait").click()
    expect(inbox.locator("#inbox > li")).to_have_count(1)
    expect(inbox.locator("#letters")).to_contain_text("1 yazı daha işaretli")
    inbox.get_by_role("link", name="Cevap bekleyenler").click()
    inbox.get_by_role("link", name="Teyit bekleyenler").click()

    expect(inbox.get_by_label("İşaretle: Ölçüm Bolu")).to_be_checked()

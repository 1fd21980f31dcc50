"""The review page in a real browser: the place of the field in focus is marked on the drawn page."""

from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Page, expect

from agencies.models import Role, User
from circulars.models import Circular
from tests.circulars.own_letters import FOLDER, as_file

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def record(people: Callable[..., User]) -> Callable[[str], str]:
    """Records one of our letters; gives the address of its review page."""
    person = people("okuyan", "calisma-uluslararasi-isgucu", Role.SENDER)

    def recorded(letter: str) -> str:
        name, content = as_file(FOLDER / letter)
        client = Client()
        client.force_login(person)
        response = client.post(reverse("record"), {"file": SimpleUploadedFile(name, content)})
        assert response.status_code == 302
        return reverse("review", args=[Circular.objects.latest("pk").public_id])

    return recorded


def test_the_place_of_the_field_in_focus_is_marked_on_the_page(
    page: Page, site: str, record: Callable[[str], str], sign_in: Callable[[str], None], axe: str
) -> None:
    address = record("pdf_iki_sutun.html")
    troubles: list[str] = []
    page.on("console", lambda message: troubles.append(message.text) if message.type == "error" else None)
    sign_in("okuyan")
    page.goto(site + address)
    lit = page.locator(".place-mark.is-lit")
    expect(lit).to_have_count(0)
    page.focus("#id_information_lines")
    expect(lit).to_have_count(3)
    page.focus("#id_subject")
    expect(lit).to_have_count(2)
    expect(page.locator("#source-place")).to_contain_text("1")
    page.evaluate(axe)
    found = page.evaluate("axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa']})")
    assert not [(each["id"], each["nodes"][0]["html"]) for each in found["violations"]]
    for width in (1280, 360):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert not troubles


def test_the_line_of_the_field_in_focus_is_marked_in_the_text(
    page: Page, site: str, record: Callable[[str], str], sign_in: Callable[[str], None]
) -> None:
    address = record("two_columns.txt")
    sign_in("okuyan")
    page.goto(site + address)
    page.focus("#id_number")
    expect(page.locator(".source-lines .is-lit")).to_contain_text("E-40718253-045.02-117306")

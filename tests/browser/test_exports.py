"""A list as a file in a real browser: asked for, cancelled, made by a real worker, downloaded."""

import re
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from agencies.models import Agency, Role, User
from distribution.models import PreparedFile, PreparedFileState
from distribution.services.prepare_file import wake_waiting_files
from tests.factories import dispatched_to

PATIENCE_MS = 60_000
UNIT = "calisma-uluslararasi-isgucu"


@pytest.fixture
def manager(people: Callable[..., User]) -> User:
    person = people("yonetici", UNIT, Role.MANAGER)
    units = Agency.objects.filter(code__in=("valilik-01", "valilik-06", "valilik-34"))
    dispatched_to(*units, issuer=Agency.objects.get(code=UNIT))
    return person


def ask_for_pdf(page: Page, site: str) -> None:
    page.goto(f"{site}{reverse('outstanding')}?q=valili%C4%9Fi&sort=-agency")
    page.locator("details:has(a[href*='_export=pdf']) > summary").click()
    page.locator("a[href*='_export=pdf']").click()
    page.locator("main form button.btn-primary").click()
    page.wait_for_url(re.compile(r"/files/[0-9a-f-]+/$"))


def no_faults(page: Page, axe: str) -> list[str]:
    page.evaluate(axe)
    found = page.evaluate("axe.run({runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa']})")
    return [each["id"] for each in found["violations"]]


@pytest.mark.django_db(transaction=True)
def test_a_file_that_waits_is_cancelled(
    page: Page, site: str, manager: User, sign_in: Callable[[str], None], axe: str
) -> None:
    sign_in("yonetici")
    ask_for_pdf(page, site)
    expect(page.locator("#prepared-progress progress")).to_be_visible()
    for width in (1280, 360):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert no_faults(page, axe) == []

    page.goto(f"{site}/files/")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert no_faults(page, axe) == []
    page.locator("main form[action$='/cancel/'] button").click()

    expect(page.locator("main form[action$='/cancel/']")).to_have_count(0)
    assert PreparedFile.objects.get().state == PreparedFileState.CANCELLED


@pytest.mark.django_db(transaction=True)
def test_a_list_is_prepared_with_its_progress_and_downloaded(
    page: Page,
    site: str,
    manager: User,
    sign_in: Callable[[str], None],
    worker: None,
    tmp_path: Path,
) -> None:
    sign_in("yonetici")
    ask_for_pdf(page, site)
    wake_waiting_files(at=timezone.now())

    link = page.locator("a[href$='/download/']")
    expect(link).to_be_visible(timeout=PATIENCE_MS)
    with page.expect_download() as download:
        link.click()
    file = tmp_path / "liste.pdf"
    download.value.save_as(file)

    assert download.value.suggested_filename == "bekleyenler.pdf"
    text = " ".join(PdfReader(BytesIO(file.read_bytes())).pages[0].extract_text().split())
    assert text.index("İstanbul Valiliği") < text.index("Ankara Valiliği") < text.index("Adana Valiliği")
    page.goto(f"{site}/files/")
    expect(page.locator("main a[href$='/download/']")).to_be_visible()

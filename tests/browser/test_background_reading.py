"""A letter that takes long to read, in a real browser with a real worker; and what wasn't sure, settled by a press."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django import Settings

from agencies.models import Agency, Role, User
from circulars.files.limited import work
from circulars.models import Circular, LetterReading, Purpose, ReadingState
from circulars.reading import read_letter
from circulars.services.reading.background import wake_waiting_readings
from circulars.services.record import SourceFile, record
from tests.circulars import bombs, limited_tasks
from tests.circulars.background_readings import failed
from tests.circulars.own_letters import FOLDER, as_file
from tests.conftest import OWN_SAMPLE
from tests.factories import AgencyFactory, draft_to

pytestmark = pytest.mark.django_db(transaction=True)

PATIENCE_MS = 120_000
UNIT = "calisma-uluslararasi-isgucu"


@pytest.fixture
def person(people: Callable[..., User]) -> User:
    return people("okuyan", UNIT, Role.SENDER)


@pytest.fixture
def nobody_waits(settings: Settings) -> None:
    """Every letter takes longer than one waits for it."""
    settings.READING_AT_ONCE_MS = 0


def upload(page: Page, site: str, file: Path) -> None:
    page.goto(f"{site}{reverse('record')}")
    page.set_input_files("input[name=file]", file)
    page.locator("form.record-form button.btn-primary").click()
    page.wait_for_url("**/letters/readings/**")


def fits(page: Page, axe: str) -> None:
    """Nothing is wider than the window, and axe finds no fault, on both widths."""
    for width in (1280, 360):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        page.evaluate(axe)
        found = page.evaluate("axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa']})")
        assert not [(each["id"], each["nodes"][0]["html"]) for each in found["violations"]]


@pytest.mark.usefixtures("person", "nobody_waits")
def test_the_page_shows_how_far_it_is_and_one_finds_back_and_cancels(
    page: Page, site: str, sign_in: Callable[[str], None], axe: str
) -> None:
    sign_in("okuyan")
    upload(page, site, OWN_SAMPLE)
    now = timezone.now()
    LetterReading.objects.update(state=ReadingState.RUNNING, page=3, pages=12, heartbeat_at=now, attempts=1)

    expect(page.locator("#reading-progress")).to_contain_text("12 sayfanın 3. sayfası okunuyor")
    fits(page, axe)
    page.goto(f"{site}{reverse('letters')}")
    page.get_by_role("link", name=OWN_SAMPLE.name).click()
    page.locator("form[action$='/dismiss/'] button").click()

    page.wait_for_url(f"**{reverse('letters')}")
    expect(page.get_by_role("link", name=OWN_SAMPLE.name)).to_have_count(0)
    reading = LetterReading.objects.get()
    assert (reading.state, reading.file.name) == (ReadingState.CANCELLED, "")


@pytest.mark.usefixtures("nobody_waits")
def test_the_page_before_the_dispatch_leads_to_the_file_that_is_being_read(
    page: Page, site: str, sign_in: Callable[[str], None], axe: str, person: User
) -> None:
    draft = draft_to(AgencyFactory(), issuer=Agency.objects.get(code=UNIT), recorded_by=person)
    sign_in("okuyan")
    page.goto(f"{site}{reverse('choose_file', args=[draft.public_id])}")
    page.set_input_files("input[name=file]", OWN_SAMPLE)
    page.locator("main form button.btn-primary").click()
    page.wait_for_url("**/letters/readings/**")
    dispatch = f"{site}{reverse('dispatch', args=[draft.public_id])}"

    page.goto(dispatch)
    expect(page.locator(".preflight-blocks")).to_contain_text("okunuyor. Okunduğunda yazının dosyası olur.")
    expect(page.locator(".preflight-send")).to_have_count(0)
    fits(page, axe)
    page.locator(".preflight-blocks a.btn").click()
    expect(page.locator("#reading-progress")).to_be_visible()
    failed(LetterReading.objects.get())
    page.goto(dispatch)
    expect(page.get_by_text("okunamadı. Yazının dosyası bu değildir.")).to_be_visible()
    expect(page.locator(".preflight-send")).to_be_visible()
    fits(page, axe)


@pytest.mark.usefixtures("person", "nobody_waits", "worker")
def test_a_worker_reads_it_and_the_page_goes_on_to_the_draft(
    page: Page, site: str, sign_in: Callable[[str], None]
) -> None:
    sign_in("okuyan")
    upload(page, site, OWN_SAMPLE)
    wake_waiting_readings(at=timezone.now())

    page.wait_for_url("**/edit/", timeout=PATIENCE_MS)
    expect(page.locator("#id_number")).to_have_value("E-98167286-010.06.02-604318")
    assert Circular.objects.get().source_name == OWN_SAMPLE.name


@pytest.mark.usefixtures("person")
def test_a_small_file_that_takes_much_memory_is_recorded_by_hand(
    page: Page,
    site: str,
    sign_in: Callable[[str], None],
    monkeypatch: pytest.MonkeyPatch,
    settings: Settings,
    tmp_path: Path,
    axe: str,
) -> None:
    settings.READING_AT_ONCE_MS = 60_000
    monkeypatch.setattr(work, "read_source", limited_tasks.read_with_much_memory)
    bomb = tmp_path / "bomba.pdf"
    bomb.write_bytes(bombs.pdf_of_full_pages())
    sign_in("okuyan")
    upload(page, site, bomb)

    expect(page.get_by_role("alert")).to_contain_text("bellek")
    fits(page, axe)
    page.locator("form[action$='/by-hand/'] button").click()

    page.wait_for_url("**/edit/")
    expect(page.locator("#id_number")).to_have_value("")
    assert Circular.objects.get().source_name == "bomba.pdf"


def in_doubt(person: User) -> Circular:
    """A draft from a PDF in two columns, with one recipient of whom nothing tells whether it is Gereği or Bilgi."""
    name, content = as_file(FOLDER / "pdf_iki_sutun.html")
    draft = record(
        letter=read_letter(content, name),
        issuer=Agency.objects.get(code=UNIT),
        by=person,
        at=timezone.now(),
        source=SourceFile(name, content),
    )
    *action, last = draft.lines.filter(purpose=Purpose.ACTION).values_list("text", flat=True)
    informed = list(draft.lines.filter(purpose=Purpose.INFORMATION).values_list("text", flat=True))
    fields: dict[str, Any] = draft.reading["fields"]
    for field in fields.values():
        field.update(sure=True, reason="")
    fields["action_lines"].update(sure=False, reason="columns", second="\n".join(action))
    fields["information_lines"].update(sure=False, reason="columns", second="\n".join([*informed, last]))
    fields["number"].update(sure=False, reason="old_number", second="E-40718253-045.02-117307")
    draft.save()
    return draft


def test_a_recipient_in_doubt_is_settled_by_one_press_and_a_number_by_a_key(
    page: Page, site: str, person: User, sign_in: Callable[[str], None], axe: str
) -> None:
    draft = in_doubt(person)
    moved = draft.lines.filter(purpose=Purpose.ACTION).last()
    assert moved is not None
    sign_in("okuyan")
    page.goto(f"{site}{reverse('dispatch', args=[draft.public_id])}")
    page.locator(".preflight-blocks a[href*='check=first']").click()
    check = page.locator("#check")
    expect(check).to_contain_text("2")
    expect(page.locator(".app-check-cutout image")).to_be_visible()
    fits(page, axe)
    page.set_viewport_size({"width": 1280, "height": 800})

    page.locator("#id_subject").fill("Yeni Konu")
    page.locator("h1").click()
    page.keyboard.press("2")
    expect(check.locator("h3")).to_have_text(moved.text)
    expect(page.locator("#id_number")).to_have_value("E-40718253-045.02-117307")
    expect(page.locator("#id_subject")).to_have_value("Yeni Konu")
    fits(page, axe)
    page.set_viewport_size({"width": 1280, "height": 800})

    page.locator("#check button[name=move]").click()
    expect(page.locator("#check h3")).to_have_count(0)
    expect(page.locator("#id_information_lines")).to_have_value(
        "\n".join(draft.lines.filter(purpose=Purpose.INFORMATION).values_list("text", flat=True))
    )
    assert draft.lines.get(text=moved.text).purpose == Purpose.INFORMATION
    page.goto(f"{site}{reverse('dispatch', args=[draft.public_id])}")
    expect(page.locator("a[href*='check=first']")).to_have_count(0)


def test_enter_presses_the_first_button_and_in_a_field_saves_only(
    page: Page, site: str, person: User, sign_in: Callable[[str], None]
) -> None:
    draft = in_doubt(person)
    sign_in("okuyan")
    page.goto(f"{site}{reverse('review', args=[draft.public_id])}")
    page.locator("#id_subject").fill("Yeni Konu")
    page.locator("#id_subject").press("Enter")
    expect(page.locator(".app-messages")).to_be_visible()
    draft.refresh_from_db()
    assert draft.subject == "Yeni Konu" and not draft.reading["fields"]["number"]["sure"]

    page.goto(f"{site}{reverse('review', args=[draft.public_id])}?check=number")
    expect(page.locator("#check button[name=right]")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#check button[name=keep]")).to_be_focused()
    draft.refresh_from_db()
    assert draft.reading["fields"]["number"]["sure"]

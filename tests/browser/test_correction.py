"""A correction in a real browser: the wrong file, the warning, the right file, and the old link leads to it."""

import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from agencies.models import Agency, Role, User
from circulars.models import Circular
from circulars.reading import read_letter
from circulars.services.record import SourceFile, record
from distribution.links import link_token
from distribution.models import Delivery
from distribution.services.sending.dispatch import dispatch
from tests.circulars.signed_letters import signed_letter
from tests.factories import settle_doubts

pytestmark = pytest.mark.django_db(transaction=True)

ACTION = ("Adana Valiliğine",)
THEN = datetime(2026, 11, 10, 12, 0, tzinfo=ZoneInfo("Europe/Istanbul"))


def sent_letter(by: User, issuer: Agency) -> Circular:
    content = signed_letter(action=ACTION)
    source = SourceFile("yazi.txt", content)
    draft = record(letter=read_letter(content), issuer=issuer, by=by, at=THEN, source=source)
    return dispatch(circular=settle_doubts(draft), by=by, at=THEN).circular


def accessible(page: Page, axe: str) -> None:
    page.evaluate(axe)
    found = page.evaluate("axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa']})")
    assert not [(each["id"], each["nodes"][0]["html"]) for each in found["violations"]]
    for width in (360, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_wrong_file_is_warned_about_and_the_old_link_leads_to_the_corrected_letter(
    page: Page,
    site: str,
    people: Callable[..., User],
    sign_in: Callable[[str], None],
    tmp_path: Path,
    axe: str,
) -> None:
    sender = people("gonderen", "calisma-uluslararasi-isgucu", Role.SENDER)
    people("adana", "valilik-01", Role.RECIPIENT)
    first = sent_letter(sender, Agency.objects.get(code="calisma-uluslararasi-isgucu"))
    old = Delivery.objects.get(circular=first)
    wrong, right = tmp_path / "eski.txt", tmp_path / "yeni.txt"
    wrong.write_bytes(signed_letter(action=ACTION) + b"\n")
    right.write_bytes(signed_letter(action=ACTION, due="22.12.2026"))
    differs = "Süre sonu: sayfada 22.12.2026 23:59, dosyada 18.12.2026."

    sign_in("gonderen")
    page.goto(site + reverse("letter", args=[first.public_id]))
    page.locator(".app-more summary").click()
    page.locator(f"form[action='{reverse('correct', args=[first.public_id])}'] button").click()
    page.fill("textarea[name=note]", "Süre 22.12.2026 olarak düzeltildi.")
    page.locator("main form.form-narrow button.btn-primary").click()
    page.wait_for_url(re.compile("/edit/$"))
    expect(page.locator("#letter-file")).to_contain_text(
        "Değişmediğini belirtiniz veya yeni dosyayı yükleyiniz"
    )
    page.fill("#id_due_at", "2026-12-22")
    page.locator("#letter-file button").click()
    page.wait_for_url(re.compile("/file/choose/$"))
    accessible(page, axe)
    page.set_input_files("input[type=file]", wrong)
    page.locator("main form button.btn-primary").click()
    page.wait_for_url(re.compile("/edit/#letter-file$"))
    expect(page.locator("#letter-file")).to_contain_text(differs)
    accessible(page, axe)

    page.locator("button[name=next][value=dispatch]").click()
    page.wait_for_url(re.compile("/dispatch/$"))
    expect(page.locator("main")).to_contain_text(differs)
    accessible(page, axe)
    page.locator("main a", has_text="Başka dosya seç").click()
    page.set_input_files("input[type=file]", right)
    page.locator("main form button.btn-primary").click()
    expect(page.locator("#letter-file")).to_contain_text("Dosyadan okunanlar sayfayla uyuşuyor.")
    page.locator("button[name=next][value=dispatch]").click()
    expect(page.locator("main")).not_to_contain_text("uyuşmuyor")
    page.locator("button.btn-lg").click()
    page.wait_for_url(re.compile(r"/letters/[0-9a-f-]+/$"))
    new = Delivery.objects.exclude(pk=old.pk).get()

    page.context.clear_cookies()
    page.goto(site + reverse("link", args=[link_token(old, at=datetime.now(tz=ZoneInfo("UTC")))]))
    expect(page.locator("main")).to_contain_text("Süre 22.12.2026 olarak düzeltildi.")
    accessible(page, axe)
    page.locator("main a", has_text="Yeni sürümü aç").click()
    expect(page.locator("main")).to_contain_text("22.12.2026")
    with page.expect_download() as download:
        page.locator(".app-files a").first.click()
    assert Path(download.value.path()).read_bytes() == right.read_bytes()

    page.goto(site + reverse("delivery", args=[old.public_id]))
    sign_in("adana")
    accessible(page, axe)
    page.locator("main a", has_text="Yeni sürümü aç").click()
    page.wait_for_url(re.compile(f"{new.public_id}/$"))
    expect(page.locator("#confirm button").first).to_be_visible()

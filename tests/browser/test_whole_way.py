"""The main job from end to end: from the letter's file to the acknowledgement, in a real browser."""

import re
import time
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from agencies.models import Role, User
from distribution.models import Delivery, EventKind, Stage
from tests.conftest import OWN_SAMPLE, SHARED_SEED
from tests.smtp import Postbox

LETTER = SHARED_SEED if SHARED_SEED.exists() else OWN_SAMPLE
RECIPIENTS = 266
PATIENCE_SECONDS = 300


@pytest.mark.django_db(transaction=True)
def test_a_letter_goes_to_266_recipients_and_one_of_them_confirms(
    page: Page,
    site: str,
    people: Callable[..., User],
    sign_in: Callable[[str], None],
    worker: None,
    postbox: Postbox,
    tmp_path: Path,
) -> None:
    people("gonderen", "calisma-uluslararasi-isgucu", Role.SENDER)
    people("yonetici", "ministry-calisma", Role.MANAGER)
    people("adana", "valilik-01", Role.RECIPIENT)
    attachment = tmp_path / "görseller şubat.pdf"
    attachment.write_bytes(b"%PDF-1.7 ek")

    sign_in("gonderen")
    page.goto(f"{site}/letters/record/")
    page.set_input_files("input[type=file]", LETTER)
    page.locator("form:has(input[type=file]) button.btn-primary").click()
    page.wait_for_url(re.compile("/edit/$"))
    body = page.locator("main")
    expect(body).to_contain_text(str(RECIPIENTS))
    expect(body).to_contain_text("261")
    page.fill("input[name=date]", "2026-03-02")
    page.locator("#attachments li input[type=file]").set_input_files(attachment)
    page.locator("#attachments li form button").click()
    expect(page.locator("#attachments")).to_contain_text("görseller şubat.pdf")

    page.locator("button[name=next][value=dispatch]").first.click()
    page.wait_for_url(re.compile("/dispatch/$"))
    expect(page.locator("button.btn-lg")).to_contain_text(str(RECIPIENTS))
    page.locator("button.btn-lg").click()
    page.wait_for_url(re.compile(r"/letters/[0-9a-f-]+/$"))
    letter_url = page.url
    patience = PATIENCE_SECONDS * 1000
    expect(page.locator("#sending progress")).to_have_attribute("value", str(RECIPIENTS), timeout=patience)

    mail = _mail_to(postbox, "valilik-01@ornek.example")
    assert len(postbox.mails) == RECIPIENTS
    assert len({each["Message-ID"] for each in postbox.mails}) == RECIPIENTS

    sign_in("yonetici")
    page.goto(f"{site}/outstanding/")
    expect(page.locator("#outstanding-count strong")).to_have_text(str(RECIPIENTS))

    page.context.clear_cookies()
    page.goto(_link(mail))
    sign_in("adana")
    expect(page.locator("h1")).to_contain_text(Delivery.objects.first().circular.subject)  # type: ignore[union-attr]
    delivery = Delivery.objects.get(agency__code="valilik-01")
    assert delivery.opened_at is not None
    assert delivery.acknowledged_at is None
    for link in page.locator(".app-files a:not([target])").all():
        with page.expect_download() as download:
            link.click()
        assert download.value.failure() is None
    page.fill("input[name=register_number]", "2026/1453")
    page.locator("#confirm button").click()
    expect(page.locator("#confirm")).to_contain_text("2026/1453")

    delivery.refresh_from_db()
    assert delivery.stage == Stage.ACKNOWLEDGED
    assert delivery.events.filter(kind=EventKind.DOWNLOADED).count() == 2
    page.goto(letter_url)
    expect(page.locator("h1")).not_to_contain_text(delivery.circular.subject)

    sign_in("yonetici")
    page.goto(f"{site}/outstanding/")
    expect(page.locator("#outstanding-count strong")).to_have_text(str(RECIPIENTS - 1))


def _mail_to(postbox: Postbox, address: str) -> EmailMessage:
    end = time.monotonic() + PATIENCE_SECONDS
    while len(postbox.mails) < RECIPIENTS and time.monotonic() < end:
        time.sleep(0.2)
    return postbox.to(address)


def _link(mail: EmailMessage) -> str:
    part = mail.get_body(("plain",))
    assert part is not None
    found = re.search(r"http://\S+/deliveries/\S+", part.get_content())
    assert found is not None
    return found.group()

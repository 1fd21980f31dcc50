"""Letters chosen over two pages by keyboard, answered together with one document, and taken back together."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from agencies.models import Agency, Role, User
from circulars.models import Secrecy, Urgency
from distribution.models import AnswerDocument, Delivery
from distribution.services.receiving.acknowledge import acknowledge
from distribution.views.receiving import inbox
from tests.browser.walk import pdf
from tests.factories import dispatched_to


@pytest.mark.django_db(transaction=True)
def test_letters_of_two_pages_are_answered_together_and_taken_back(
    page: Page,
    site: str,
    people: Callable[..., User],
    sign_in: Callable[[str], None],
    axe: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(inbox, "LETTERS_PER_PAGE", 3)
    person = people("evrak", "valilik-01", Role.RECIPIENT)
    unit = Agency.objects.get(code="valilik-01")
    now = timezone.now()
    for number, place in enumerate(("Adana", "Bolu", "Çorum", "Düzce", "Elâzığ")):
        secrecy = Secrecy.OFFICIAL_USE if number == 4 else Secrecy.NONE
        due = {"urgency": Urgency.TIMED, "due_at": now + timedelta(days=3 + number)}
        letter = dispatched_to(unit, subject=f"Ölçüm {place}", at=now, secrecy=secrecy, **due)
        acknowledge(delivery=letter.deliveries.get().public_id, by=person, at=now - timedelta(minutes=20))
    file = tmp_path / "cevap.pdf"
    file.write_bytes(pdf().read())

    sign_in("evrak")
    page.goto(f"{site}/inbox/{unit.pk}/?show=answer")
    for key in "jxjx":
        page.keyboard.press(key)
    page.locator(".app-inbox-subject").nth(2).click()
    page.locator('[data-walk="list"]').click()
    expect(page.locator("#inbox input:checked")).to_have_count(2)
    page.locator(".page-link").last.click()
    expect(page.locator("#inbox > li")).to_have_count(2)
    expect(page.locator("#letters")).to_contain_text("2 yazı daha işaretli")
    for key in "jxjx":
        page.keyboard.press(key)
    page.locator(".app-narrow summary").click()
    page.locator("#id_q").fill("Düzce")
    page.locator("#id_q").press("Enter")
    expect(page.locator("#inbox > li")).to_have_count(1)
    expect(page.locator("#letters")).to_contain_text("3 yazı daha işaretli")
    assert no_faults(page, axe) == []
    page.keyboard.press("Tab")
    page.keyboard.press("a")

    expect(page.locator("#impossible li")).to_have_count(1)
    expect(page.locator("#impossible")).to_contain_text("HİZMETE ÖZEL")
    expect(page.locator("input[name=delivery]:checked")).to_have_count(3)
    for width in (1280, 360):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert no_faults(page, axe) == []
    page.locator("[name=disposition][value=not_applicable]").check()
    page.locator("[name=documents]").set_input_files(file)
    page.locator("input[name=delivery]").last.uncheck()
    page.locator(".record-form button.btn-primary").click()
    expect(page.locator(".record-form")).to_contain_text("cevap.pdf")
    page.locator("[name=note]").fill("Görev alanımızda değildir.")
    page.locator(".record-form button.btn-primary").dblclick()

    expect(page.locator("[role=alert], .alert").first).to_contain_text("2 yazı cevaplandı")
    assert Delivery.objects.exclude(completed_at=None).count() == 2
    assert AnswerDocument.objects.count() == 2
    page.locator(".alert a").first.click()
    page.locator("[data-check-all]").check()
    page.locator("button.btn-outline-danger").click()
    expect(page.locator(".alert").first).to_contain_text("2 yazının cevabı geri alındı")
    assert not Delivery.objects.exclude(completed_at=None).exists()


def no_faults(page: Page, axe: str) -> list[str]:
    """Ids of the rules of accessibility that the page violates."""
    page.evaluate(axe)
    found = page.evaluate("axe.run({runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa']})")
    return [each["id"] for each in found["violations"]]

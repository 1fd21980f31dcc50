"""Three units return a letter; its sender sends it again, sends it to another unit, and accepts the return."""

from collections.abc import Callable

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from agencies.models import Agency, Role, User
from distribution.models import Delivery, ReturnGround, Stage
from distribution.services.receiving.return_letter import return_letter
from tests.factories import dispatched_to, recipient_of

pytestmark = pytest.mark.django_db(transaction=True)


def test_after_a_return_the_sender_takes_each_of_the_three_ways(
    page: Page, site: str, people: Callable[..., User], sign_in: Callable[[str], None]
) -> None:
    people("gonderen", "calisma-uluslararasi-isgucu", Role.SENDER)
    people("adana", "valilik-01", Role.RECIPIENT)
    issuer = Agency.objects.get(code="calisma-uluslararasi-isgucu")
    units = [Agency.objects.get(code=f"valilik-0{number}") for number in (1, 2, 3)]
    circular = dispatched_to(*units, issuer=issuer, at=timezone.now())
    for unit in units[1:]:
        return_letter(
            delivery=circular.deliveries.get(agency=unit).public_id,
            by=recipient_of(unit),
            at=timezone.now(),
            ground=ReturnGround.NOT_ADDRESSEE,
            reason="Bizim değil.",
        )
    again, instead, accepted = (circular.deliveries.get(agency=unit) for unit in units)

    sign_in("adana")
    page.goto(f"{site}/deliveries/{again.public_id}/")
    page.locator("#return summary").click()
    page.locator("#return input[name=ground][value=not_addressee]").check()
    page.locator("#return textarea[name=reason]").fill("Görev alanımız dışında.")
    page.locator("#return button").click()
    expect(page.locator("#confirm")).to_contain_text("Görev alanımız dışında.")

    sign_in("gonderen")
    page.goto(f"{site}/letters/{circular.public_id}/recipients/{again.public_id}/")
    page.locator("#returned").get_by_role("link", name="Aynı birime yeniden gönder").click()
    page.locator("textarea[name=reason]").fill("Konu görev alanınızdadır.")
    page.get_by_role("button", name="Yeniden gönder").click()
    expect(page.locator("#returned")).to_have_count(0)
    expect(page.locator("#events")).to_contain_text("Görev alanımız dışında.")
    expect(page.locator("#events")).to_contain_text("Konu görev alanınızdadır.")

    page.goto(f"{site}/letters/{circular.public_id}/")
    decisions = page.locator("#decisions li.list-group-item")
    expect(decisions).to_have_count(2)
    decisions.filter(has_text=units[1].name).get_by_role("link", name="Başka birime gönder").click()
    page.fill("main input[name=q]", "Ardahan Valiliği")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Ardahan Valiliği", exact=True).click()
    page.locator("form[method=post] button.btn-primary").click()
    expect(page.locator("#returned")).to_contain_text("Ardahan Valiliği")

    page.goto(f"{site}/letters/{circular.public_id}/")
    expect(page.locator("#added-head")).to_be_visible()
    decisions.get_by_role("link", name="İadeyi kabul et").click()
    page.get_by_role("button", name="Kabul et ve kapat").click()
    expect(page.locator("#returned")).to_contain_text("İade kabul edildi")
    page.goto(f"{site}/letters/{circular.public_id}/")
    expect(page.locator("#decisions")).to_have_count(0)

    stages = {each.pk: each.stage for each in Delivery.objects.filter(circular=circular)}
    assert stages[instead.pk] == stages[accepted.pk] == Stage.RETURNED
    assert Delivery.objects.get(pk=again.pk).is_outstanding
    new = Delivery.objects.get(circular=circular, line=None)
    assert (new.agency.name, new.instead_of.delivery) == ("Ardahan Valiliği", instead)

    sign_in("adana")
    page.goto(f"{site}/deliveries/{again.public_id}/")
    expect(page.locator("main")).to_contain_text("Konu görev alanınızdadır.")
    page.locator("#confirm button").first.click()
    expect(page.locator("#confirm")).to_contain_text("Şükrü")

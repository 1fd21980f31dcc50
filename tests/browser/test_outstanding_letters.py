"""The list by letter of what is outstanding fits the page."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page

from agencies.models import Agency, Role, User
from circulars.models import Circular, Urgency
from tests.distribution.follow_up.on_behalf import recorded, said
from tests.factories import dispatched_to

pytestmark = pytest.mark.django_db(transaction=True)
UNIT = "calisma-uluslararasi-isgucu"
SUBJECT = "Uluslararası İşgücü Kanununun Uygulanmasına İlişkin Yönetmelikte Değişiklik Yapılması Hakkında"


def test_it_does_not_scroll_sideways(
    page: Page, site: str, people: Callable[..., User], sign_in: Callable[[str], None]
) -> None:
    people("yonetici", UNIT, Role.MANAGER)
    issuer, at = Agency.objects.get(code=UNIT), timezone.now()
    units = Agency.objects.filter(code__startswith="valilik-")
    letter = dispatched_to(
        *units, issuer=issuer, subject=SUBJECT, at=at - timedelta(days=9), urgency=Urgency.TIMED,
        due_at=at + timedelta(days=3),
    )  # fmt: skip
    Circular.objects.filter(pk=letter.pk).update(number="E-83149524-201.99[201.99]-1234567890")
    letter.deliveries.update(due_at=at - timedelta(days=1))
    recorded(letter.deliveries.all()[0], said(said_at=at - timedelta(days=2)), at=at)
    sign_in("yonetici")
    page.goto(site + reverse("outstanding_letters"))

    for width in (1280, 360):
        page.set_viewport_size({"width": width, "height": 800})
        hidden = page.locator(".table-responsive").evaluate("each => each.scrollWidth - each.clientWidth")
        assert hidden <= 0
        assert page.evaluate("document.documentElement.scrollWidth") <= width

"""Without Redis people sign in, read, confirm and dispatch; the limits on sign-in hold."""

import signal
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from celery import Celery, current_app
from django.conf import settings as project
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from agencies.services.limits import clear_expired_limits
from circulars.files.page_images import page_image
from config.processes import end
from config.servers import Redis, broker_url
from distribution.models import Delivery
from distribution.services.sending.preflight import preflight
from tests.conftest import SignIn
from tests.factories import (
    PASSWORD,
    AgencyFactory,
    UserFactory,
    dispatched_to,
    draft_to,
    recipient_of,
    sender_of,
)

pytestmark = pytest.mark.django_db

ONE_PAGE = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 100 100]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
)


@pytest.fixture
def redis_that_went_away(settings: Settings, tmp_path: Path) -> Iterator[None]:
    """A Redis that was in use by this process and was killed then."""
    server = Redis(tmp_path, fast=True)
    before = current_app._get_current_object()
    with server.running():
        settings.REDIS_URL = server.url
        settings.CACHES = {**project.CACHES, "images": {**project.CACHES["images"], "LOCATION": server.url}}
        app = Celery(broker=broker_url(server.url), set_as_current=True)
        app.conf.update(task_publish_retry=False)
        app.send_task("nothing")
        pid = server.listener()
        assert pid is not None
        end(pid, signal.SIGKILL, server._process)
        assert server._process is not None
        server._process.wait()
        try:
            yield
        finally:
            before.set_current()


@pytest.mark.usefixtures("redis_that_went_away")
def test_people_sign_in_and_wrong_passwords_are_still_limited(settings: Settings) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"login_failed": "3/5m/ip,3/5m/key"}
    user = UserFactory()
    address, right = reverse("account_login"), {"login": user.username, "password": PASSWORD}

    assert Client().post(address, right).status_code == 302

    for _ in range(4):
        response = Client().post(address, {**right, "password": "yanlis"})
        assert response.status_code in (200, 429)
    refused = Client().post(address, right)
    assert refused.status_code != 302
    assert "Daha sonra yeniden deneyiniz" in refused.content.decode()


@pytest.mark.usefixtures("redis_that_went_away")
def test_letters_are_dispatched_read_and_confirmed(signed_in: SignIn) -> None:
    agency = AgencyFactory()
    draft = draft_to(agency)
    digest = preflight(circular=draft, at=timezone.now()).content_digest(draft)
    sender = signed_in(sender_of(draft.issuer))

    answer = sender.post(reverse("dispatch", args=[draft.public_id]), {"content_digest": digest}, follow=True)

    assert answer.status_code == 200
    delivery = Delivery.objects.get()
    letter = sender.get(reverse("letter", args=[draft.public_id])).content.decode()
    assert "kuyruğuna (Redis) ulaşılamıyor" in letter
    recipient = signed_in(recipient_of(agency))
    for name, arguments in (("inbox", []), ("unit_inbox", [agency.pk]), ("delivery", [delivery.public_id])):
        assert recipient.get(reverse(name, args=arguments), follow=True).status_code == 200
    recipient.post(reverse("acknowledge", args=[delivery.public_id]), follow=True)
    delivery.refresh_from_db()
    assert delivery.acknowledged_at is not None


@pytest.mark.usefixtures("redis_that_went_away")
def test_the_standstill_is_said_with_its_beginning(signed_in: SignIn) -> None:
    circular = dispatched_to(AgencyFactory(), at=timezone.now())

    page = signed_in(sender_of(circular.issuer)).get(reverse("letter", args=[circular.public_id]))

    assert "Gönderim yapılamıyor." in page.content.decode()
    assert timezone.localtime(circular.dispatched_at).strftime("%H:%M") in page.content.decode()


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("redis_that_went_away")
def test_send_now_says_that_nothing_could_be_started(signed_in: SignIn) -> None:
    circular = dispatched_to(AgencyFactory(), at=timezone.now())
    pages = (
        (sender_of(circular.issuer), reverse("send_now", args=[circular.public_id])),
        (UserFactory(is_superuser=True), reverse("try_channel", args=["email"])),
    )

    for who, address in pages:
        page = signed_in(who).post(address, follow=True).content.decode()

        assert "Gönderim başlatılamadı" in page
        assert "şimdi gönderilmeye çalışılıyor" not in page


@pytest.mark.usefixtures("redis_that_went_away")
def test_a_page_image_is_drawn_anew() -> None:
    assert page_image(ONE_PAGE, 1, key="anahtar").startswith(b"\x89PNG")


def test_expired_counts_are_deleted_at_night() -> None:
    cache.set("kept", 1, 600)
    cache.set("gone", 1, 600)

    assert clear_expired_limits(at=timezone.now()) == 0
    assert clear_expired_limits(at=timezone.now() + timedelta(hours=1)) == 2

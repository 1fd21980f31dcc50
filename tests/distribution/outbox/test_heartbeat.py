"""The periodic jobs leave signs of life, and a mailbox that can't be read is said since it failed first."""

from pathlib import Path

import pytest
from django.utils import timezone
from pytest_django import Settings

from config.env import Mailbox
from distribution.models import Heartbeat
from distribution.outbox.outages.standstill import standstills
from distribution.outbox.send import sweep_notices
from distribution.tasks import read_returned_mail

pytestmark = pytest.mark.django_db


@pytest.fixture
def mailbox(settings: Settings, tmp_path: Path) -> Path:
    """The folder of a Maildir that isn't there yet."""
    folder = tmp_path / "geri-donen"
    settings.BOUNCE_MAILBOX = Mailbox(
        scheme="maildir", host="", port=0, user="", password="", folder=str(folder)
    )
    return folder


def test_a_mailbox_that_can_not_be_read_is_said_until_it_can(mailbox: Path) -> None:
    read_returned_mail()
    first = Heartbeat.objects.get().failing_since
    read_returned_mail()

    (found,) = standstills(at=timezone.now())

    assert found.since == first
    assert str(mailbox) in found.answer
    for name in ("new", "cur"):
        (mailbox / name).mkdir(parents=True)
    read_returned_mail()
    assert standstills(at=timezone.now()) == []


def test_a_mailbox_that_was_taken_out_of_the_settings_is_not_said(mailbox: Path, settings: Settings) -> None:
    read_returned_mail()
    settings.BOUNCE_MAILBOX = None

    read_returned_mail()

    assert standstills(at=timezone.now()) == []


def test_every_sweep_leaves_its_moment() -> None:
    for _ in range(2):
        at = timezone.now()
        sweep_notices(at=at)
        assert Heartbeat.objects.get().at == at

"""The demo, and the commands that print its users and catch its mails."""

import os
import signal
import smtplib
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from agencies.directory.shipped import load_shipped_directory
from agencies.models import Agency, Membership, Role, User
from circulars.models import Circular, Status, Urgency
from distribution.demo.load import load_demo
from distribution.demo.people import PASSWORD, PEOPLE, WITHOUT_EMAIL, WITHOUT_PEOPLE
from distribution.event_log import first_broken_event
from distribution.models import Delivery, DeliveryEvent, Notice, NoticeState, Stage
from distribution.services.sending.preflight import preflight
from tests.conftest import ROOT
from tests.consistency import findings

NUMBER = "E-98167286-010.06.02-604318"


@pytest.fixture(scope="class")
def demo(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[datetime]:
    """The moment as of which the demo was loaded, without its history. What a test changes in it is undone after it."""
    with django_db_blocker.unblock(), transaction.atomic():
        load_shipped_directory(whole=False)
        Agency.objects.filter(code="valilik-06").update(email="sahici@ankara.example")
        at = timezone.now()
        load_demo(at=at, months=0)
        yield at
        transaction.set_rollback(True)


@pytest.mark.django_db
class TestTheDemo:
    def test_the_demo_shows_letters_in_every_state(self, demo: datetime) -> None:
        sample = Circular.objects.get(number=NUMBER)
        stages = list(sample.deliveries.values_list("stage", flat=True))
        assert len(stages) == sample.recipient_count == 266
        assert stages.count(Stage.ACKNOWLEDGED) == 106
        assert stages.count(Stage.OPENED) == 40
        assert stages.count(Stage.WAITING) == len(WITHOUT_EMAIL)
        with sample.attachments.get().file.open() as guide:
            assert guide.read(5) == b"%PDF-"
        check = preflight(circular=sample, at=demo)
        assert {agency.code for agency in check.without_address} == set(WITHOUT_EMAIL)
        assert {agency.code for agency in check.without_people} == set(WITHOUT_PEOPLE)

        assert Circular.objects.filter(status=Status.DISPATCHED).count() == 7
        draft = Circular.objects.get(status=Status.DRAFT)
        assert draft.date is None
        assert [line.is_resolved for line in draft.lines.all()] == [True, True, False]

        assert not Notice.objects.exclude(state=NoticeState.SENT).exists()
        assert not Delivery.objects.filter(created_at__gte=demo).exists()
        assert not DeliveryEvent.objects.filter(at__gte=demo).exists()
        for delivery in Delivery.objects.prefetch_related("events"):
            events = list(delivery.events.all())
            assert first_broken_event(delivery, events) is None
            assert [event.at for event in events] == sorted(event.at for event in events)

    def test_nothing_in_the_demo_contradicts_itself(self, demo: datetime) -> None:
        assert findings(demo) == []

    def test_the_inbox_of_adana_shows_overdue_then_urgent_then_timed(self, demo: datetime) -> None:
        owed = Delivery.objects.for_inbox(Agency.objects.get(code="valilik-01"), demo)
        order = [(each.circular.urgency, each.circular.is_overdue()) for each in owed]
        assert order == [
            (Urgency.TIMED, True),
            (Urgency.URGENT, False),
            (Urgency.URGENT, False),
            (Urgency.TIMED, False),
            (Urgency.NORMAL, False),
            (Urgency.NORMAL, False),
        ]
        assert Delivery.objects.for_archive(Agency.objects.get(code="valilik-01")).count() == 1

    def test_addresses_are_at_the_reserved_domain_and_never_replace_one_that_is_set(
        self, demo: datetime
    ) -> None:
        assert Agency.objects.get(code="valilik-01").email == "valilik-01@ornek.example"
        assert Agency.objects.get(code="valilik-06").email == "sahici@ankara.example"
        assert set(Agency.objects.filter(email="").values_list("code", flat=True)) == set(WITHOUT_EMAIL)

    def test_loading_it_twice_changes_nothing(self, demo: datetime) -> None:
        def counts() -> list[int]:
            return [
                model.objects.count()
                for model in (User, Membership, Circular, Delivery, DeliveryEvent, Notice)
            ]

        before = counts()
        call_command("load_demo", "--months", "0", stdout=StringIO())
        assert counts() == before

    def test_its_people_sign_in_with_the_password_printed(self, demo: datetime, client: Client) -> None:
        for username in ("adana.evrak", "evrak.valilik-02"):
            response = client.post(reverse("account_login"), {"login": username, "password": PASSWORD})
            assert response.status_code == 302
            client.logout()
        roles = set(
            Membership.objects.filter(user__username="adana.coklu").values_list("agency__code", "role")
        )
        assert roles == {
            ("valilik-01", Role.RECIPIENT),
            ("sosyal-guvenlik-01", Role.RECIPIENT),
            ("ministry-calisma", Role.SENDER),
        }

    def test_the_table_names_everybody_the_address_and_the_mails(self, demo: datetime) -> None:
        out = StringIO()
        call_command("demo_people", "--port", "8123", stdout=out)
        for person in PEOPLE:
            assert person.username in out.getvalue()
        assert PASSWORD in out.getvalue()
        assert "http://localhost:8123/" in out.getvalue()


@pytest.mark.parametrize("day", [1, 2], ids=["on a Sunday", "early on a Monday"])
def test_it_may_be_loaded_at_any_time(db: None, day: int) -> None:
    load_shipped_directory(whole=False)
    at = datetime(2026, 3, day, 5, 0, tzinfo=UTC)
    load_demo(at=at, months=day - 1)
    assert not DeliveryEvent.objects.filter(at__gte=at).exists()


def test_without_the_directory_it_says_what_to_do_first(db: None) -> None:
    with pytest.raises(CommandError, match="load_directory"):
        call_command("load_demo")
    assert User.objects.count() == 0


def test_without_people_the_table_says_how_to_have_them(db: None) -> None:
    out = StringIO()
    call_command("demo_people", stdout=out)
    assert "load_demo" in out.getvalue()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def catcher(port: int, folder: Path) -> "subprocess.Popen[str]":
    environment = os.environ | {
        "EMAIL_URL": f"smtp://127.0.0.1:{port}",
        "MAIL_CATCHER_DIR": str(folder),
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }
    return subprocess.Popen(
        [sys.executable, "manage.py", "catch_mail"],
        cwd=ROOT,
        env=environment,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


@pytest.fixture
def catching(tmp_path: Path) -> Iterator[tuple["subprocess.Popen[str]", int]]:
    """A running mail catcher, and its port."""
    port = free_port()
    with catcher(port, tmp_path / "mail") as process:
        assert process.stdout is not None
        assert str(port) in process.stdout.readline()
        yield process, port
        process.kill()


def send(port: int) -> None:
    message = EmailMessage()
    message["From"], message["To"] = "bildirim@ornek.example", "adana@ornek.example"
    message["Subject"] = "Yeni genelge: Şehir İçi Ulaşım"
    message.set_content("Gelen kutunuza bakınız: ğüşıöç")
    with smtplib.SMTP("127.0.0.1", port, timeout=10) as server:
        server.send_message(message)


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGINT])
def test_a_mail_is_kept_as_a_file_and_the_catcher_ends_cleanly(
    catching: tuple["subprocess.Popen[str]", int], tmp_path: Path, end: signal.Signals
) -> None:
    process, port = catching
    send(port)
    send(port)
    files = sorted((tmp_path / "mail").glob("*.eml"))
    assert len(files) == 2
    kept = message_from_bytes(files[0].read_bytes(), policy=default)
    assert kept["Subject"] == "Yeni genelge: Şehir İçi Ulaşım"
    assert "ğüşıöç" in kept.get_content()
    process.send_signal(end)
    out, errors = process.communicate(timeout=20)
    assert process.returncode == 0
    assert "adana@ornek.example: Yeni genelge: Şehir İçi Ulaşım" in out
    assert errors == ""


def test_a_taken_port_is_a_clear_message(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        begun = time.monotonic()
        with catcher(port, tmp_path) as process:
            _, errors = process.communicate(timeout=30)
        assert process.returncode == 1
        assert f"127.0.0.1:{port}" in errors
        assert "Traceback" not in errors
        assert time.monotonic() - begun < 20

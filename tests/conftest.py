"""Fixtures for all tests: the shipped directory, a signed-in client, the shared samples where they are."""

import gc
import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.db.backends.postgresql.operations import DatabaseOperations
from django.test import Client
from django.utils import timezone, translation
from hypothesis import settings as hypothesis_settings
from pytest_django import Settings

from agencies.calendar import calendar_for
from agencies.models import Agency, User
from config.env import MailServer
from tests import template_database
from tests.directory import put_directory
from tests.smtp import Postbox

# No test asserts on time: a busy machine is not a fault.
hypothesis_settings.register_profile("suite", deadline=None)
hypothesis_settings.load_profile("suite")

# The default looks for cycles after every 700 objects; Django's tests make millions that have none.
gc.set_threshold(50_000, 20, 50)

ROOT = Path(__file__).resolve().parent.parent
SignIn = Callable[[User], Client]
AUTHENTICATION = "allauth.account.auth_backends.AuthenticationBackend"
OWN_SAMPLE = ROOT / "circulars" / "sample" / "ornek-genelge.txt"
SHARED_SEED = ROOT.parent / "shared" / "samples" / "seed-letter.txt"


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """One process more than there are cores: while one waits for a server, a browser or a clock, another runs."""
    return (os.cpu_count() or 1) + 1


def pytest_xdist_setupnodes() -> None:
    """Before the processes of the run begin."""
    template_database.create_in_advance()


@pytest.fixture(scope="session", autouse=True)
def emptied_past_triggers() -> Iterator[None]:
    """Emptying the tables after a test with transactions of its own: triggers refuse TRUNCATE to everybody else."""
    usual = DatabaseOperations.sql_flush

    def past_triggers(operations: DatabaseOperations, *arguments: Any, **options: Any) -> list[str]:
        flush: list[str] = usual(operations, *arguments, **options)
        return ["SET LOCAL session_replication_role = replica;", *flush]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DatabaseOperations, "sql_flush", past_triggers)
        yield


@pytest.fixture(autouse=True)
def usual_language() -> Iterator[None]:
    """The language that a page or a test has chosen ends with the test."""
    yield
    translation.deactivate()


@pytest.fixture
def directory(db: None) -> Callable[[str], Agency]:
    """The shipped directory; call it with a code to have that agency."""
    put_directory()
    return lambda code: Agency.objects.get(code=code)


@pytest.fixture
def signed_in(client: Client) -> SignIn:
    """The test client, signed in as the given person."""

    def sign_in(user: User) -> Client:
        client.force_login(user, backend=AUTHENTICATION)
        return client

    return sign_in


@pytest.fixture
def english(client: Client) -> Client:
    """The test client asks for English, so that sentences can be compared."""
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


@pytest.fixture(
    params=[OWN_SAMPLE, SHARED_SEED] if SHARED_SEED.exists() else [OWN_SAMPLE], ids=lambda path: path.stem
)
def sample_letter(request: pytest.FixtureRequest) -> Path:
    """The product's own sample letter, and the seed letter where it lies beside the project."""
    path: Path = request.param
    return path


@pytest.fixture
def postbox(settings: Settings) -> Iterator[Postbox]:
    """An SMTP server on loopback that the product sends to during the test."""
    box = Postbox()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", box.start()
    yield box
    box.stop()


@pytest.fixture
def kep_account(settings: Settings) -> None:
    """The product has a KEP account, whose server nobody asks."""
    settings.KEP_SERVER = MailServer("127.0.0.1", 1, "", "", starttls=False, tls=False)
    settings.KEP_FROM = "kurum@hs01.kep.example"


@pytest.fixture
def kep_postbox(settings: Settings, kep_account: None) -> Iterator[Postbox]:
    """The KEP provider's SMTP server, to which the product sends during the test."""
    box = Postbox()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.KEP_SERVER = replace(settings.KEP_SERVER, port=box.start())
    yield box
    box.stop()


@pytest.fixture
def at_work(db: None) -> Iterator[datetime]:
    """It is two hours into a working morning: the next one from today, whenever the tests run."""
    morning = calendar_for(None, timezone.localdate()).next_working_morning(timezone.now())
    with time_machine.travel(morning + timedelta(hours=2)):
        yield timezone.now()

"""A real browser, a real Celery worker, a real SMTP server; the pages are served by a live server."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.contrib.auth.hashers import make_password
from django.core.signals import request_finished, request_started
from django.db import connection, connections
from django.db.models import F, Value
from django.db.models.functions import Concat
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect, sync_playwright
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from agencies.models import Agency, Membership, Role, User
from bootstrap.system_packages import BROWSER_TESTS, browser
from tests.conftest import AUTHENTICATION, ROOT
from tests.directory import put_directory
from tests.factories import PASSWORD
from tests.smtp import Postbox

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WORKER_START_SECONDS = 60
LAST_REQUEST_SECONDS = 10
expect.set_options(timeout=30_000)  # no test asserts on time: a busy machine is not a fault


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Without what they need these tests are reported as skipped; in CI that is a failure."""
    missing = " ".join(package.line() for package in BROWSER_TESTS if not package.is_there())
    if not missing:
        return
    if os.environ.get("CI") == "true":
        raise pytest.UsageError(missing)
    for item in items:
        if "browser" in item.path.parts:
            item.add_marker(pytest.mark.skip(reason=missing))


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    return {"executable_path": browser(), "args": FLAGS, "headless": True}


@pytest.fixture(scope="session")
def browser_context_args() -> dict[str, Any]:
    return {"locale": "tr-TR", "timezone_id": "Europe/Istanbul", "viewport": {"width": 1280, "height": 800}}


@pytest.fixture(scope="session")
def shared_context(browser: Browser, browser_context_args: dict[str, Any]) -> Iterator[BrowserContext]:
    """One profile for all tests of this process: its cache keeps style sheets, fonts and scripts, which cost a new
    profile two seconds on its first page.
    """
    context = browser.new_context(**browser_context_args)
    yield context
    context.close()


@pytest.fixture
def context(shared_context: BrowserContext, live_server: LiveServer) -> Iterator[BrowserContext]:
    """The shared profile with nothing of the test before: no page, no cookie, no permission, nothing stored."""
    yield shared_context
    stored = {"origin": live_server.url, "storageTypes": "local_storage"}
    for page in shared_context.pages:
        shared_context.new_cdp_session(page).send("Storage.clearDataForOrigin", stored)
        page.close()
    _wait_for_the_last_requests()
    shared_context.clear_cookies()
    shared_context.clear_permissions()
    shared_context.unroute_all()


@pytest.fixture
def page(page: Page, monkeypatch: pytest.MonkeyPatch) -> Page:
    """A page whose keys go to what has loaded: scripts listen from then on, and a heading is there before them."""
    press = page.keyboard.press

    def press_when_loaded(key: str) -> None:
        page.wait_for_load_state()
        press(key)

    monkeypatch.setattr(page.keyboard, "press", press_when_loaded)
    return page


_being_served: set[int] = set()
"""Ids of the threads that answer a request now."""


@request_started.connect
def _begins(**_: object) -> None:
    _being_served.add(threading.get_ident())


@request_finished.connect
def _ends(**_: object) -> None:
    _being_served.discard(threading.get_ident())


def _wait_for_the_last_requests() -> None:
    """A page keeps its unsaved text when it is closed: that request must not meet the emptying of the tables."""
    end = time.monotonic() + LAST_REQUEST_SECONDS
    time.sleep(0.15)
    while _being_served and time.monotonic() < end:
        time.sleep(0.05)
    _being_served.clear()


@pytest.fixture(scope="session")
def playwright(django_db_setup: None) -> Iterator[Playwright]:
    """Playwright, without database connections that nobody can close.

    While it runs, its event loop makes Django keep the connections of this thread in a second place, out of reach
    before and afterwards. An open one there would keep the test database from being dropped.
    """
    connections.close_all()
    with sync_playwright() as started:
        yield started
        connections.close_all()


@pytest.fixture
def people(transactional_db: None) -> Callable[..., User]:
    """The shipped directory with addresses; call it to have a person with a role in the agency of that code."""
    put_directory()
    Agency.objects.update(email=Concat(F("code"), Value("@ornek.example")))
    password = make_password(PASSWORD)

    def person(username: str, code: str, *roles: Role) -> User:
        user, _ = User.objects.get_or_create(
            username=username, defaults={"first_name": "Şükrü", "last_name": "IĞDIRLI", "password": password}
        )
        for role in roles:
            Membership.objects.create(user=user, agency=Agency.objects.get(code=code), role=role)
        return user

    return person


@pytest.fixture
def site(live_server: LiveServer, settings: Settings) -> str:
    """The address of the running product, also in the mails that it sends."""
    settings.SITE_URL = live_server.url
    settings.CSRF_TRUSTED_ORIGINS = [live_server.url]
    return str(live_server.url)


@pytest.fixture
def worker(postbox: Postbox, site: str, tmp_path: Path) -> Iterator[None]:
    """A real Celery worker on the test database, sending to the SMTP server of the test."""
    database = connection.settings_dict
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "DATABASE_URL": f"postgresql://{database['USER']}@/{database['NAME']}?host={database['HOST']}",
        "EMAIL_URL": f"smtp://127.0.0.1:{postbox.controller.port}",
        "SITE_URL": site,
        "TEST_MEDIA_ROOT": str(django_settings.MEDIA_ROOT),
    }
    command = [
        "celery",
        "-q",
        "-A",
        "config",
        "worker",
        "--queues=celery,exports,readings",
        "--concurrency=1",
        "--loglevel=info",
    ]
    log = tmp_path / "worker.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", *command], cwd=ROOT, env=environment, stdout=output, stderr=output
        )
        _wait_until_ready(process, log)
        yield
        process.terminate()
        try:
            process.wait(timeout=WORKER_START_SECONDS)
        except subprocess.TimeoutExpired:  # on a busy machine; nothing of the test is left to do
            process.kill()
            process.wait()


def _wait_until_ready(process: "subprocess.Popen[bytes]", log: Path) -> None:
    end = time.monotonic() + WORKER_START_SECONDS
    while " ready" not in log.read_text(encoding="utf-8"):
        assert process.poll() is None and time.monotonic() < end, log.read_text(encoding="utf-8")
        time.sleep(0.1)


@pytest.fixture
def sign_in(page: Page, site: str) -> Callable[[str], None]:
    """Sign in through the login page if that is open, and then go where one had wanted to; else without any page."""

    def as_this_person(username: str) -> None:
        if "/accounts/login/" not in page.url:
            client = Client()
            client.force_login(User.objects.get(username=username), AUTHENTICATION)
            session = client.cookies[django_settings.SESSION_COOKIE_NAME]
            page.goto(
                "about:blank"
            )  # what the last page still does ends, and none of it with the new session
            page.context.clear_cookies()
            page.context.add_cookies([{"name": session.key, "value": session.value, "url": site}])
            return
        page.fill("input[name=login]", username)
        page.fill("input[name=password]", PASSWORD)
        page.locator("form:has(input[name=password]) button[type=submit]").click()
        page.wait_for_url(lambda url: "/accounts/login/" not in url)

    return as_this_person


@pytest.fixture
def axe() -> str:
    """The source of axe-core."""
    path = django_settings.NODE_MODULES / "axe-core" / "axe.min.js"
    return str(path.read_text(encoding="utf-8"))

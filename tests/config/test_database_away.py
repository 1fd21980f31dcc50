"""While the database is away every page answers 503 with Retry-After and says so."""

import os
import subprocess
import sys
from datetime import date

import psycopg
import pytest
from django.contrib.auth.decorators import login_not_required
from django.db import InterfaceError, OperationalError, ProgrammingError, connection
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path
from psycopg import errors
from pytest_django import Settings

from config import urls
from config.outages.database_away import is_database_away
from tests.conftest import ROOT
from tests.smtp import free_port

ASK = """
import config.wsgi
from django.conf import settings
from django.test import Client
settings.ALLOWED_HOSTS = ["*"]
settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
client = Client(raise_request_exception=False)
client.cookies["sessionid"] = "a" * 32
for method, path in (("get", "/"), ("get", "/inbox/"), ("get", "/accounts/login/"), ("post", "/accounts/login/"),
                     ("get", "/letters/"), ("get", "/admin/"), ("post", "/bounces/")):
    data = {"login": "kisi", "password": "parola"} if method == "post" else None
    answer = getattr(client, method)(path, data)
    page = answer.content.decode()
    print(path, answer.status_code, answer.get("Retry-After"), "ulaşılamıyor" in page)
"""


@pytest.fixture(scope="module")
def answers() -> list[str]:
    """What a web process answers whose database nobody serves."""
    away = f"postgresql://kimse@127.0.0.1:{free_port()}/yok"
    environment = {**os.environ, "DATABASE_URL": away, "BOUNCE_TOKEN": "soz", "LOG_LEVEL": "CRITICAL"}
    ended = subprocess.run(
        [sys.executable, "-c", ASK], cwd=ROOT, env=environment, capture_output=True, text=True
    )
    assert ended.returncode == 0, ended.stderr
    return ended.stdout.splitlines()


def test_every_page_that_needs_it_answers_503_and_says_so(answers: list[str]) -> None:
    assert len(answers) == 7
    failed = [answer for answer in answers if " 200 " not in answer and " 403 " not in answer]
    assert len(failed) >= 5
    assert {answer.split(" ", 1)[1] for answer in failed} == {"503 30 True"}


def test_no_page_answers_500(answers: list[str]) -> None:
    assert not [answer for answer in answers if " 500 " in answer]


@login_not_required
def broken_off(request: HttpRequest) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")
    return HttpResponse()


urlpatterns = [path("broken-off/", broken_off), *urls.urlpatterns]
handler500 = urls.handler500


@pytest.mark.django_db(transaction=True)
def test_a_connection_that_breaks_off_in_the_middle_is_a_503(client: Client, settings: Settings) -> None:
    settings.ROOT_URLCONF = __name__
    client.raise_request_exception = False

    response = client.get("/broken-off/")

    assert (response.status_code, response["Retry-After"]) == (503, "30")
    connection.close()


def caused(error: Exception, cause: Exception) -> Exception:
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "is_away"),
    [
        (caused(OperationalError(), psycopg.OperationalError("connection refused")), True),
        (caused(InterfaceError(), psycopg.InterfaceError("the connection is closed")), True),
        (caused(OperationalError(), errors.CannotConnectNow("the database system is starting up")), True),
        (caused(OperationalError(), errors.TooManyConnections("too many clients already")), True),
        (caused(OperationalError(), errors.AdminShutdown("terminating connection")), True),
        (caused(OperationalError(), errors.QueryCanceled("statement timeout")), False),
        (caused(OperationalError(), errors.DeadlockDetected("deadlock")), False),
        (caused(ProgrammingError(), errors.UndefinedTable("no such table")), False),
        (ValueError(str(date.min)), False),
        (None, False),
    ],
)
def test_only_an_unusable_database_counts(error: Exception | None, is_away: bool) -> None:
    assert is_database_away(error) is is_away

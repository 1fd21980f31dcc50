"""The statement timeout of web requests: which processes have it, and the page shown when it is exceeded."""

import subprocess
import sys

import pytest
from django.contrib.auth.decorators import login_not_required
from django.db import OperationalError, connection, connections, transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path
from pytest_django import Settings

from config import urls
from config.outages.statement_timeout import limit_statements
from tests.conftest import ROOT

SHOW = (
    "from django.db import connection as c; print(c.cursor().execute('SHOW statement_timeout').fetchone()[0])"
)


@login_not_required
def slow(request: HttpRequest) -> HttpResponse:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = '50ms'")
        cursor.execute("SELECT pg_sleep(10)")
    return HttpResponse()


@login_not_required
def broken(request: HttpRequest) -> HttpResponse:
    raise OperationalError


urlpatterns = [path("slow/", slow), path("broken/", broken), *urls.urlpatterns]
handler500 = urls.handler500


@pytest.fixture
def visitor(client: Client, settings: Settings) -> Client:
    settings.ROOT_URLCONF = __name__
    client.raise_request_exception = False
    return client


@pytest.mark.parametrize(
    ("process", "limit"),
    [("import config.wsgi", "30s"), ("import config.celery, django; django.setup()", "0")],
    ids=["web", "worker"],
)
def test_only_the_web_process_has_the_limit(process: str, limit: str) -> None:
    command = [sys.executable, "-c", f"{process}; {SHOW}"]

    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)

    assert ended.stdout == f"{limit}\n", ended.stderr


@pytest.mark.parametrize(("seconds", "pooler"), [(0, False), (30, True)])
def test_without_a_limit_or_behind_a_pooler_no_option_is_sent(
    settings: Settings, seconds: int, pooler: bool
) -> None:
    settings.WEB_STATEMENT_TIMEOUT, settings.DATABASE_POOLER = seconds, pooler

    limit_statements()

    assert "statement_timeout" not in str(connections.settings["default"]["OPTIONS"])


@pytest.mark.django_db
def test_the_page_says_what_to_do(visitor: Client) -> None:
    response = visitor.get("/slow/")

    assert (response.status_code, response["Retry-After"]) == (503, "60")
    page = response.content.decode()
    assert "İşlem çok uzun sürdü" in page
    assert "Bir dakika sonra yeniden deneyiniz." in page
    assert "kaydın yapılıp yapılmadığını kontrol ediniz" in page


@pytest.mark.django_db
def test_another_database_error_is_a_500(visitor: Client) -> None:
    response = visitor.get("/broken/")

    assert response.status_code == 500
    assert "İşlem çok uzun sürdü" not in response.content.decode()

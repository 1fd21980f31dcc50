"""Every use case twice at the same moment, on two connections: the outcome is that of one after the other."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection, transaction
from pytest_django import Settings

from tests.at_once import somebody_waits_for_a_lock
from tests.consistency import findings
from tests.use_cases import NOW, USE_CASES, UseCase
from tests.use_cases.database import Died, shape
from tests.use_cases.table import Action

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("kep_account")]
ALL = [pytest.param(each, id=name) for name, each in USE_CASES.items() if not each.locked_by_caller]


@pytest.fixture(autouse=True)
def place_for_files(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def outcome(action: Action) -> str:
    """The name of what it raised, or an empty string. What it wrote is undone then."""
    try:
        with transaction.atomic():
            action()
    except Exception as error:
        return type(error).__name__
    return ""


def on_its_own_connection(action: Action) -> str:
    try:
        return outcome(action)
    finally:
        connection.close()


@pytest.mark.parametrize("case", ALL)
def test_two_at_once_have_the_outcome_of_one_after_the_other(case: UseCase) -> None:
    try:
        with transaction.atomic():
            action = case.prepare()
            expected = [outcome(action), outcome(action)], shape()
            raise Died
    except Died:
        pass

    action = case.prepare()
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            first = outcome(action)
            other = pool.submit(on_its_own_connection, action)
            while not other.done() and not somebody_waits_for_a_lock():
                pass
        second = other.result(20)

    assert ([first, second], shape()) == expected
    assert findings(NOW + timedelta(minutes=1)) == []

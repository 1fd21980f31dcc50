"""While the broker can't be reached, beat leaves one line in the log for each task."""

import logging
from collections.abc import Iterator

import pytest
from celery import Celery, current_app
from celery.beat import ScheduleEntry, Scheduler

from tests.smtp import free_port


@pytest.fixture
def app_without_broker() -> Iterator[Celery]:
    before = current_app._get_current_object()
    app = Celery(broker=f"redis://127.0.0.1:{free_port()}/0")
    app.conf.task_publish_retry = False
    yield app
    before.set_current()


def test_a_task_that_could_not_be_queued_is_one_line(
    app_without_broker: Celery, caplog: pytest.LogCaptureFixture
) -> None:
    scheduler = Scheduler(app=app_without_broker)
    entry = ScheduleEntry(name="take_over", task="nothing", schedule=10.0, app=app_without_broker)

    with caplog.at_level(logging.ERROR, "celery.beat"):
        scheduler.apply_entry(entry)

    (record,) = [each for each in caplog.records if each.name == "celery.beat"]
    line = logging.Formatter().format(record)
    assert "\n" not in line
    assert "take_over" in line
    assert "refused" in line

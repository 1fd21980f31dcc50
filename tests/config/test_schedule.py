"""The beat schedule: every entry names an existing task, and expired sessions are deleted."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.utils import timezone

from agencies.tasks import clear_sessions
from config.celery import app


def test_every_entry_names_a_task() -> None:
    app.loader.import_default_modules()

    named = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}

    assert named
    assert named <= set(app.tasks)


@pytest.mark.django_db
def test_sessions_that_have_expired_are_deleted() -> None:
    ended, alive = SessionStore(), SessionStore()
    ended.create()
    alive.create()
    Session.objects.filter(pk=ended.session_key).update(expire_date=timezone.now() - timedelta(seconds=1))

    clear_sessions()

    assert list(Session.objects.values_list("pk", flat=True)) == [alive.session_key]


@pytest.mark.parametrize("name", settings.CELERY_BEAT_SCHEDULE)
def test_a_call_that_no_worker_took_expires_before_the_next_but_one(name: str) -> None:
    """While all workers are away, calls don't pile up: the row says what is to be done, not the number of calls."""
    entry = settings.CELERY_BEAT_SCHEDULE[name]
    every = entry["schedule"] if isinstance(entry["schedule"], float) else 24 * 3600

    assert 0 < entry["options"]["expires"] <= every

"""The world of all parties, made once for each process of a test run."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
import time_machine
from django.db import transaction
from django.test import override_settings
from pytest_django import DjangoDbBlocker

from config.access.parties import PARTIES, SIGNED_OUT, Party
from distribution.models import Heartbeat
from tests.access.asking import Asker
from tests.access.samples import Sample, samples
from tests.access.strangers import pages_of_strangers
from tests.access.things import Things, make_things
from tests.access.world import World, add_letters, make_people
from tests.use_cases.table import NOW


@dataclass(frozen=True)
class Stage:
    """The world, one address for each line of the table, and who asks.

    `before` and `after` are the pages of strangers without the letters and with them.
    """

    world: World
    things: Things
    addresses: dict[str, Sample]
    askers: dict[Party, Asker]
    before: dict[str, bytes] = field(default_factory=dict)
    after: dict[str, bytes] = field(default_factory=dict)


@pytest.fixture(scope="package")
def stage(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Stage]:
    """All of it, rolled back at the end."""
    sessions = override_settings(SESSION_ENGINE="django.contrib.sessions.backends.signed_cookies")
    with django_db_blocker.unblock(), time_machine.travel(NOW, tick=False), sessions, transaction.atomic():
        world = make_people()
        for job in Heartbeat.Job:  # so that no page says that nothing is sent
            Heartbeat.objects.create(job=job, at=NOW)
        askers = {each: Asker(None if each in SIGNED_OUT else world.people[each]) for each in PARTIES}
        before = pages_of_strangers(askers)
        add_letters(world)
        after = pages_of_strangers(askers)
        things = make_things(world)
        yield Stage(world, things, samples(world, things), askers, before, after)
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def without_refusals_in_the_log() -> Iterator[None]:
    """Each of some thousand refusals would be logged."""
    logging.disable(logging.WARNING)
    yield
    logging.disable(logging.NOTSET)

"""Generate years of letters by COPY: the same rows as written by the services, in minutes.

1. refuse a database that contains real letters or addresses, unless `add` is set
2. lock the tables; give units addresses, people and a pace
3. in one transaction drop indexes and foreign keys, copy batch by batch, and recreate them
4. learn from it which copies are likely to be late, as the nightly task does
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from django.db import connection, transaction
from django.utils import timezone

from agencies.models import Agency, AgencyKind, Role
from circulars.models import Circular
from circulars.services.index_letters import index_missing
from distribution.demo.history.copying import without_indexes
from distribution.demo.history.letters import Letter, LetterGenerator
from distribution.demo.history.life import Allowance, Simulation
from distribution.demo.history.planned import PlannedLetters
from distribution.demo.history.rows import Rows
from distribution.demo.history.units import prepare_units, read_units
from distribution.demo.history.working_days import WorkingDays
from distribution.demo.history.world import World
from distribution.demo.people import DOMAIN, PEOPLE, DirectoryMissingError
from distribution.models import Delivery, DeliveryEvent, ExtensionRequest, Notice
from distribution.services.learn_likely_late import learn_likely_late

USUAL_DAYS = 6 * 365
BATCH = 20_000
"""Deliveries kept in memory at a time."""

CLOSED_AFTER = 0.6
"""Fraction of the period after which some units are closed."""

CENTRAL = (AgencyKind.MINISTRY, AgencyKind.GOVERNORSHIP)
"""Kinds of units of the demo that react to every letter."""

DEMO_PASSED_ON = 1500
"""The most copies that are passed on in the demo's history."""


class NotEmptyError(Exception):
    """The database contains letters, or addresses that aren't the demo's."""


@dataclass(frozen=True)
class Made:
    """Number of rows added."""

    letters: int
    deliveries: int


@transaction.atomic
def make_history(
    *,
    deliveries: int,
    at: datetime,
    days: int = USUAL_DAYS,
    seed: int = 1,
    add: bool = False,
    progress: Callable[[int], object] = lambda made: None,
) -> Made:
    """Add this many deliveries over the last `days` days before `at`. The same seed and moment give the same rows.

    With `add`, existing rows are kept and added to. `progress` is called after each batch with the number of
    deliveries so far. Raises NotEmptyError, DirectoryMissingError.
    """
    if not add and (Circular.objects.exists() or has_real_addresses()):
        raise NotEmptyError
    if not Agency.objects.filter(code="valilik-01").exists():
        raise DirectoryMissingError
    tables = (Delivery, DeliveryEvent, Notice, ExtensionRequest)
    with connection.cursor() as cursor:
        for model in tables:
            cursor.execute(f"LOCK TABLE {connection.ops.quote_name(model._meta.db_table)} IN EXCLUSIVE MODE")
    known = Circular.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    rng = Random(f"letters {seed} after {known}")
    first = timezone.localdate(at) - timedelta(days=days)
    units = prepare_units(seed, since=first, closing=first + timedelta(days=int(days * CLOSED_AFTER)))
    working_days = WorkingDays(first, at)
    generator = LetterGenerator(units, working_days, rng, at=at)
    with without_indexes(*tables):
        rows = Rows(rng, digests=not Notice.objects.exclude(digest_on=None).exists())
        simulation = Simulation(World(units, working_days, rows, rng, at))
        left = deliveries
        while left:
            letters, sent = _write_letters(generator, working_days, left, deliveries)
            allowance = Allowance(left - sent)
            for letter in letters:
                simulation.run(letter, allowance)
            left = allowance.left
            rows.flush(before=letters[-1].sent_at)
            simulation.calls.forget(before=letters[-1].sent_at)
            progress(deliveries - left)
        rows.settle_ids()
    simulation.calls.note_wrong_numbers()
    while index_missing():
        pass
    learn_likely_late(at=at)
    return Made(generator.count, deliveries)


@transaction.atomic
def make_demo_history(*, at: datetime, months: int, seed: int = 1) -> Made:
    """Add the letters of `distribution.demo.ministries` of so many months before `at`.

    All units keep their addresses and people. The same seed, moment and people give the same rows.
    """
    first = timezone.localdate(at) - months * timedelta(days=31)
    rng = Random(f"demo {seed} {timezone.localdate(at)}")
    named = {code for person in PEOPLE for code, role in person.roles if role == Role.RECIPIENT}
    units = read_units(seed, steady=named, reacting=CENTRAL)
    working_days = WorkingDays(first, at)
    planned = PlannedLetters(units, working_days, rng, at=at)
    letters = planned.letters()
    planned.save(letters)
    rows = Rows(rng, digests=True)
    simulation = Simulation(World(units, working_days, rows, rng, at))
    allowance = Allowance(DEMO_PASSED_ON)
    for letter in letters:
        simulation.run(letter, allowance)
    rows.flush(before=at)
    rows.settle_ids()
    simulation.calls.note_wrong_numbers()
    while index_missing():
        pass
    sent = sum(len(letter.with_corrections) for letter in letters)
    return Made(sent, rows.deliveries.count)


def has_real_addresses() -> bool:
    """Whether a unit has an e-mail address outside the demo's domain."""
    return Agency.objects.exclude(email="").exclude(email__endswith=f"@{DOMAIN}").exists()


def _write_letters(
    generator: LetterGenerator, days: WorkingDays, left: int, wanted: int
) -> tuple[list[Letter], int]:
    """Generate the next letters; returns them with their number of recipients.

    Only part of `left` is used, so that some deliveries remain for passing on.
    """
    letters: list[Letter] = []
    sent = 0
    most = min(BATCH, max(left // 4, 1))
    while sent < most:
        letter = generator.generate(days.fraction((wanted - left + sent) / wanted), left - sent)
        letters.append(letter)
        sent += sum(each.size for each in letter.with_corrections)
    generator.save(letters)
    return letters, sent

"""Each figure of a letter's pages counts just the rows of the list to which it leads."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.db.models import Count, Q
from django.utils import timezone

from agencies.directory.shipped import load_shipped_directory
from agencies.models import Agency, Membership, Role
from circulars.models import Circular, Status
from distribution.demo.history.make import make_history
from distribution.models import Delivery
from distribution.queries.letter.copies import FunnelStep
from distribution.queries.letter.listed import Lists
from distribution.queries.letter.standing import where_it_stands
from distribution.queries.sending.board import letter_figures
from tests.distribution.follow_up.on_behalf import answered, recorded, said
from tests.distribution.letter.figures import figures_of, wrong_figures
from tests.distribution.test_generated_history import ACTIONS, REFUSED, World
from tests.factories import manager_of

pytestmark = pytest.mark.django_db

LETTERS = 6


def test_each_figure_leads_to_just_the_rows_that_it_counts() -> None:
    load_shipped_directory(whole=False)
    at = timezone.now()
    make_history(deliveries=1500, at=at, days=60, seed=14)
    most = Circular.objects.values_list("issuer").annotate(n=Count("deliveries")).order_by("-n")[0][0]
    manager = Membership.objects.filter(agency=most, role=Role.MANAGER)[0].user
    unit = Agency.objects.get(pk=most)
    letters = Circular.objects.filter(issuer=unit, status=Status.DISPATCHED).order_by("-recipient_count")

    found = [wrong for letter in letters[:LETTERS] for wrong in wrong_figures(letter, manager, unit, at)]

    assert not found
    some = next(figure for figure in figures_of(letters[0], Lists(letters[0], managed=True), at))
    assert some.count


@pytest.mark.parametrize("seed", [7, 9])
def test_they_do_so_for_letters_corrected_withdrawn_returned_passed_on_and_recorded_on_behalf(
    seed: int,
) -> None:
    world = World(seed)
    manager = manager_of(world.issuer)
    for number in range(80):
        world.wait(timedelta(minutes=world.draw.choice([1, 60, 600, 1500])))
        action = world.draw.choice([*ACTIONS, _record])
        try:
            with transaction.atomic():
                action(world)
        except REFUSED:
            continue
        if number % 20 == 19:
            for letter in Circular.objects.filter(status=Status.DISPATCHED):
                assert not wrong_figures(letter, manager, world.issuer, timezone.now()), f"step {number}"
                _agree(letter, world)

    assert Delivery.objects.filter(Q(acknowledged_on_behalf=True) | Q(returned_at__isnull=False)).exists()


def _record(world: World) -> None:
    """The sender records on behalf of a unit what it said by telephone."""
    copy = world.copy()[0]
    what = world.draw.choice([said, answered])
    recorded(copy, what(said_at=world.at), by=world.sender, at=world.at)


def _agree(letter: Circular, world: World) -> None:
    """The funnel narrows from step to step, and says the same as the other figures of the page."""
    stands = where_it_stands(letter, Lists(letter, managed=False), at=world.at)
    counts = [row.count.count for row in stands.funnel]
    figures = letter_figures(letter)
    assert counts == sorted(counts, reverse=True)
    by_step = {row.step: row for row in stands.funnel}
    assert by_step[FunnelStep.SENT].count.count == figures.recipients
    assert by_step[FunnelStep.CONFIRMED].count.count == figures.acknowledged
    assert by_step[FunnelStep.CONFIRMED].recorded.count == figures.acknowledged_on_behalf
    answers = by_step.get(FunnelStep.ANSWERED)
    assert (answers.count.count if answers else 0) == figures.completed

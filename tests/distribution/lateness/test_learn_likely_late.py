"""Which rows are learned from, and what the nightly task leaves."""

from datetime import datetime, timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone

from agencies.models import Agency
from circulars.models import Circular, Purpose, Urgency
from distribution.demo.history.make import make_history
from distribution.models import Delivery, Duty, LearnedLateness
from distribution.models.lateness import Method
from distribution.queries.lateness.finished import finished_copies, finished_letters
from distribution.services.follow_up.change_due import change_due
from distribution.services.follow_up.withdraw import withdraw
from distribution.services.learn_likely_late import learn_likely_late
from distribution.services.receiving.acknowledge import acknowledge
from distribution.tasks import learn_likely_late as task
from tests.directory import put_directory
from tests.factories import AgencyFactory, dispatched_to, recipient_of, sender_of

pytestmark = pytest.mark.django_db
NOW = timezone.now().replace(microsecond=0)
SENT = NOW - timedelta(days=30)
DUE = NOW - timedelta(days=10)


def sent(*units: Agency, **fields: object) -> Circular:
    """A letter that every unit was told of, due ten days ago."""
    letter = dispatched_to(*units, at=SENT, urgency=Urgency.TIMED, due_at=DUE, **fields)
    letter.deliveries.update(notified_at=SENT)
    return letter


def learned_from(at: datetime = NOW) -> list[int]:
    letters = finished_letters(at)
    return [] if letters is None else [copy.pk for copy in finished_copies(letters)]


def test_what_does_not_tell_how_a_unit_works_is_left_out() -> None:
    plain, returned, covered, revised, moved, taken_back, on_behalf, unsent, closed = (
        AgencyFactory() for _each in range(9)
    )
    letter = sent(plain, returned, covered, revised, moved, taken_back, on_behalf, unsent, closed)
    copies = {each.agency_id: each for each in letter.deliveries.all()}

    def change(unit: Agency, **fields: object) -> None:
        Delivery.objects.filter(pk=copies[unit.pk].pk).update(**fields)

    change(returned, returned_at=DUE, return_ground="not_addressee", return_reason="Bizim değil")
    change(covered, superseded_at=DUE, superseded_by=copies[plain.pk])
    change(revised, revised_at=DUE)
    change(moved, due_at=DUE + timedelta(days=2))
    change(taken_back, taken_back_at=DUE)
    change(on_behalf, acknowledged_at=DUE, acknowledged_name="Ali", acknowledged_on_behalf=True)
    change(unsent, notified_at=None)
    change(closed, successor=plain)

    assert learned_from() == [copies[plain.pk].pk]
    assert learned_from(DUE - timedelta(days=1)) == []
    assert learned_from(DUE + timedelta(days=600)) == []


def test_withdrawn_letters_and_those_with_a_changed_due_time_are_left_out() -> None:
    kept, withdrawn, changed = sent(AgencyFactory()), sent(AgencyFactory()), sent(AgencyFactory())
    withdraw(circular=withdrawn, reason="Yanlış", by=sender_of(withdrawn.issuer), at=SENT + timedelta(days=1))
    change_due(
        circular=changed, until=DUE + timedelta(days=1), reason="Kar", by=sender_of(changed.issuer),
        at=SENT + timedelta(days=1),
    )  # fmt: skip

    assert learned_from() == [kept.deliveries.get().pk]


def test_a_short_history_leaves_only_how_short_it_is() -> None:
    unit, other = AgencyFactory(), AgencyFactory()
    letter = sent(unit, other, purpose=Purpose.INFORMATION)
    copy = letter.deliveries.get(agency=unit)
    acknowledge(delivery=copy.public_id, by=recipient_of(unit), at=SENT + timedelta(days=2))

    task()
    task()

    stored = LearnedLateness.objects.get(duty=Duty.CONFIRM).learned
    assert (stored.method, stored.finished, stored.late) == (Method.TOO_SHORT, 2, 1)
    assert LearnedLateness.objects.get(duty=Duty.ANSWER).learned.finished == 0
    assert LearnedLateness.objects.count() == len(Duty)


def test_without_any_letter_the_task_says_that_nothing_is_known() -> None:
    assert {each.method for each in learn_likely_late(at=NOW).values()} == {Method.TOO_SHORT}


def test_a_generated_history_is_learned_from_at_once_and_the_command_prints_the_figures() -> None:
    put_directory()
    make_history(deliveries=3000, at=NOW, days=200)
    stored = LearnedLateness.objects.get(duty=Duty.ANSWER)
    out = StringIO()

    call_command("learn_likely_late", stdout=out)

    figures = stored.learned
    assert stored.learned_at == NOW
    assert figures.finished > figures.late > 0
    assert sum(numbers[1] + numbers[3] + numbers[5] for numbers in figures.units.values()) == figures.finished
    assert f"answer: {figures.finished} finished copies, {figures.late} late" in out.getvalue()
    assert "precision" in out.getvalue()

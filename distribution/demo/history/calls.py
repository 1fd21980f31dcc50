"""Telephone calls of senders and managers to units that owe something, as the callers noted them.

A call is about all that the unit owes the issuer in that moment: a later letter's copy joins the calls made while it
was owed.
"""

from datetime import date, datetime

from django.utils import timezone

from agencies.models import Agency
from agencies.services.contact_details.undeliverable import note_wrong_number
from circulars.models import Purpose
from distribution.demo.history.letters import Letter
from distribution.demo.history.rows import Copy, PhoneCall
from distribution.demo.history.texts import CALLS
from distribution.demo.history.units import Unit
from distribution.demo.history.world import World
from distribution.models import CallOutcome

RUNG, JOINS, MOST_CALLS = 0.4, 0.85, 3
"""Probabilities that a late unit is rung, and that a call is about a further letter too; the most calls about one."""

AFTER_DUE, AFTER_URGENT, AFTER_SENT = 1, 1, 8
"""Working days after the due time, or after the dispatch of a letter without one."""

SOON = 4
"""Working days within which a unit does what it said on the telephone."""


class Calls:
    """Rings units."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.made: dict[tuple[int, int], list[PhoneCall]] = {}
        self.wrong_numbers: dict[int, tuple[Unit, PhoneCall]] = {}

    def ring(self, copy: Copy, letter: Letter) -> None:
        """Ring the unit about a direct copy while it owes something. Calls about one copy are in the order of time."""
        unit, days, rng = copy.answering_unit, self.world.days, self.world.rng
        owed_until = _owed_until(copy) or self.world.at
        latest: PhoneCall | None = None
        for call in self.made.get((unit.pk, copy.circular.issuer_id), ()):
            if copy.created_at < call.at < owed_until and not copy.is_away(call.at) and rng.random() < JOINS:
                self.world.rows.join(call, copy)
                latest = call
        day = self._first_day(copy, letter)
        for _number in range(MOST_CALLS):
            moment = days.some_days_later(days.midnights[min(day, days.past)], 0, rng)
            if latest is not None and moment <= latest.at:
                day += rng.randint(2, 4)
                continue
            if moment >= min(owed_until, self.world.at) or copy.is_away(moment) or rng.random() >= RUNG:
                return
            latest = self._call(copy, unit, moment, day)
            if latest.outcome == CallOutcome.WRONG_NUMBER:
                return
            day += rng.randint(2, 5)

    def forget(self, *, before: datetime) -> None:
        """Forget the calls before that moment: no later letter can have been owed then."""
        kept = {key: [call for call in calls if call.at > before] for key, calls in self.made.items()}
        self.made = {key: calls for key, calls in kept.items() if calls}

    def note_wrong_numbers(self) -> None:
        """Note in the directory the numbers that were wrong in the latest call to their unit."""
        for unit, call in self.wrong_numbers.values():
            note_wrong_number(unit=Agency(pk=unit.pk), number=unit.phone, by=call.by_words, at=call.at)

    def _first_day(self, copy: Copy, letter: Letter) -> int:
        days = self.world.days
        if copy.due_at is not None:
            return days.index(copy.due_at) + AFTER_DUE
        return days.index(copy.created_at) + (AFTER_URGENT if letter.urgent else AFTER_SENT)

    def _call(self, copy: Copy, unit: Unit, at: datetime, day: int) -> PhoneCall:
        rng, days = self.world.rng, self.world.days
        caller, caller_unit = rng.choice(self.world.units.callers[copy.circular.issuer_id])
        outcome = self._outcome(copy, unit, day)
        call = PhoneCall(
            unit=unit.pk,
            caller_unit=caller_unit.pk,
            by=caller.pk,
            by_words=f"{caller.name}, {caller_unit.name}",
            phone=unit.phone,
            at=at,
            outcome=outcome,
            note=rng.choice(CALLS[outcome]),
        )
        match outcome:
            case CallOutcome.PROMISED:
                call.promised_for = self._promised_for(copy, day)
            case CallOutcome.NOT_REACHED:
                call.ring_again_at = days.at(day + rng.randint(1, 2), rng.choice((1_800, 5_400, 19_800)))
            case CallOutcome.REACHED if rng.random() < 0.4:
                call.ring_again_at = days.at(day + rng.randint(2, 4), rng.choice((1_800, 5_400, 19_800)))
        if outcome == CallOutcome.WRONG_NUMBER:
            self.wrong_numbers[unit.pk] = (unit, call)
        elif outcome != CallOutcome.NOT_REACHED:
            self.wrong_numbers.pop(unit.pk, None)
        self.world.rows.calls.append(call)
        self.world.rows.join(call, copy)
        self.made.setdefault((unit.pk, copy.circular.issuer_id), []).append(call)
        return call

    def _outcome(self, copy: Copy, unit: Unit, day: int) -> CallOutcome:
        """What comes of a call, in accord with what the unit does afterwards."""
        rng = self.world.rng
        acted = _owed_until(copy)
        if acted is not None and self.world.days.index(acted) - day <= SOON:
            if copy.returned_at is not None:
                return CallOutcome.NOT_THEIRS
            return CallOutcome.PROMISED if rng.random() < 0.55 else CallOutcome.REACHED
        likely = (
            (CallOutcome.NOT_REACHED, 55), (CallOutcome.PROMISED, 20), (CallOutcome.REACHED, 20),
            (CallOutcome.WRONG_NUMBER, 3 if unit.phone else 0), (CallOutcome.NOT_THEIRS, 2),
        )  # fmt: skip
        return rng.choices([each for each, _weight in likely], [weight for _each, weight in likely])[0]

    def _promised_for(self, copy: Copy, day: int) -> date:
        """The day on which the unit will have acted, or one that it will have let pass."""
        days, acted = self.world.days, _owed_until(copy)
        ahead = days.index(acted) - day if acted is not None else SOON
        wanted = day + (max(ahead, 1) if ahead <= SOON else self.world.rng.randint(1, 3))
        return timezone.localdate(days.midnights[min(wanted, len(days.midnights) - 1)])


def _owed_until(copy: Copy) -> datetime | None:
    """When it stopped owing what it is rung about: an answer by a due time, else a confirmation."""
    answers = copy.purpose == Purpose.ACTION and copy.due_at is not None
    acted = copy.completed_at if answers else copy.acknowledged_at
    ends = [moment for moment in (acted, copy.has_ended, copy.revised_at) if moment is not None]
    return min(ends, default=None)

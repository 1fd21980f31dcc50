"""What all parts of the simulation share: units, days, chance, the moment, and where rows go."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

from distribution.demo.history.rows import Copy, Rows
from distribution.demo.history.units import Person, Unit, Units
from distribution.demo.history.working_days import WorkingDays
from distribution.models import EventKind, NoticeKind


@dataclass(frozen=True)
class World:
    """The simulated world at the moment `at`, at which the history ends."""

    units: Units
    days: WorkingDays
    rows: Rows
    rng: Random
    at: datetime

    def giver(self, copy: Copy) -> Unit:
        """The unit that gave the copy: the issuer, or the unit that passed it on."""
        return self.units.of[copy.circular.issuer_id] if copy.parent is None else copy.parent.unit

    def say(
        self,
        copy: Copy,
        kind: NoticeKind,
        unit: Unit,
        at: datetime,
        data: dict[str, Any],
        *,
        told: bool = False,
    ) -> None:
        """Add a notice other than the letter's own or a reminder, with its event."""
        moment = min(at + timedelta(seconds=self.rng.randint(2, 60)), self.at)
        left = self.rows.sent_notice(copy, kind, unit, moment, data)
        if left is not None:
            copy.add(
                moment,
                EventKind.NOTIFIED,
                left[1] | {"notice": str(kind)} | ({"told": unit.name} if told else {}),
            )


def person_data(copy: Copy, unit: Unit, person: Person) -> dict[str, Any]:
    """The acting person's keys of event data, as written by the services."""
    data = {"name": person.name, "job_title": person.job_title, "agency": unit.name}
    return data if unit is copy.unit else data | {"in_place_of": copy.unit.name}

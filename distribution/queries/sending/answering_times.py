"""How long units usually take to confirm and to answer: the figures of the last finished reckoning, by unit.

`usual_times` is for whoever orders or explains by them; who may see the figures of a unit is `may_see_times`.
"""

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import F

from agencies.models import Agency, User
from distribution.models import AnsweringAct, AnsweringTime, AnsweringTimeRun, Delivery
from distribution.models.answering_time import AnsweringTimeQuerySet
from distribution.models.deliveries.conditions import answering, any_of
from distribution.queries.sending.owed import sent_letters


@dataclass(frozen=True)
class UsualTimes:
    """The figures of one unit; None below five answered letters. Each has its period in `run`."""

    confirmation: AnsweringTime | None = None
    answer: AnsweringTime | None = None

    def of(self, act: AnsweringAct) -> AnsweringTime | None:
        return self.answer if act == AnsweringAct.ANSWER else self.confirmation

    @property
    def any(self) -> AnsweringTime | None:
        return self.confirmation or self.answer


def last_run() -> AnsweringTimeRun | None:
    """The last finished reckoning. Its figures are shown, whatever the next one has done so far."""
    return AnsweringTimeRun.objects.filter(finished_at__isnull=False).order_by("-pk").first()


def usual_times(units: Collection[int]) -> dict[int, UsualTimes]:
    """The figures of those of the units (ids) that have any. One query."""
    rows = AnsweringTime.objects.of_last_run().filter(any_of(F("unit_id"), units))
    found: dict[int, dict[AnsweringAct, AnsweringTime]] = {}
    for each in rows:
        found.setdefault(each.unit_id, {})[AnsweringAct(each.act)] = each
    return {
        unit: UsualTimes(acts.get(AnsweringAct.CONFIRMATION), acts.get(AnsweringAct.ANSWER))
        for unit, acts in found.items()
    }


def times_of_recipients(user: User, agency: Agency, run: AnsweringTimeRun) -> AnsweringTimeQuerySet:
    """The figures of the units to which the unit, or one below it, sent letters in the period of that run.

    The letters and the units are looked up first: few ids instead of a join of all copies.
    """
    letters = list(sent_letters(user, agency, (run.first_day, run.last_day)).values_list("pk", flat=True))
    copies = Delivery.objects.direct().filter(any_of(F("circular_id"), letters)).order_by()
    units = list(copies.values_list(answering(), flat=True).distinct())
    return run.times.filter(any_of(F("unit_id"), units)).select_related("unit__province")

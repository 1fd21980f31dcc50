"""Learn which copies are likely to be late, and keep what was learned with how it did (docs/likely-late.md)."""

from dataclasses import replace
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from agencies.calendar import WorkingTimes
from distribution.models import Duty, LearnedLateness
from distribution.models.lateness import Lateness
from distribution.queries.lateness.finished import LOOKED_BACK, finished_copies, finished_letters
from distribution.queries.lateness.learning import Learner, moments


@transaction.atomic
def learn_likely_late(*, at: datetime) -> dict[Duty, Lateness]:
    """Every night: learn from the copies of all issuers whose due time has passed, and replace the stored tables."""
    found = _learned(at)
    for duty, learned in found.items():
        LearnedLateness.objects.update_or_create(
            duty=duty, defaults={"learned_at": at, "data": learned.to_json()}
        )
    return found


def _learned(at: datetime) -> dict[Duty, Lateness]:
    letters = finished_letters(at)
    if letters is None:
        return {duty: Lateness(until=at) for duty in Duty}
    learners = {duty: Learner(duty, letters.splits) for duty in Duty}
    begin = at - 2 * LOOKED_BACK
    times = WorkingTimes(timezone.localdate(begin), timezone.localdate(at))
    since: datetime | None = None
    for moment in moments(finished_copies(letters), times):
        since = min(since or moment.at, moment.copy.created_at)
        for learner in learners.values():
            learner.take(moment)
    return {duty: replace(each.result(), since=since, until=at) for duty, each in learners.items()}

"""Write the signs of life of the periodic jobs."""

from datetime import datetime

from django.db.models import F
from django.db.models.functions import Coalesce

from distribution.models import Heartbeat


def beat(*, job: str, at: datetime) -> None:
    """The job ran."""
    Heartbeat.objects.bulk_create(
        [Heartbeat(job=job, at=at)],
        update_conflicts=True,
        unique_fields=["job"],
        update_fields=["at", "failing_since", "error"],
    )


def beat_failed(*, job: str, error: str, at: datetime) -> None:
    """The job ran and failed. The beginning of a row of failures is kept."""
    Heartbeat.objects.bulk_create([Heartbeat(job=job, at=at)], ignore_conflicts=True)
    Heartbeat.objects.filter(job=job).update(
        at=at, failing_since=Coalesce(F("failing_since"), at), error=error[:500]
    )


def forget(*, job: str) -> None:
    """The job is not set up any more, so its failures are nobody's concern."""
    Heartbeat.objects.filter(job=job).delete()

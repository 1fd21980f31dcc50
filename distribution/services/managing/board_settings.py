"""A manager's own settings for the board of a unit: looked at what became late, and which mails are wanted."""

from datetime import datetime, time

from django.db import transaction
from django.db.models import Q

from agencies.models import Agency, User
from distribution.models import BoardSettings, Weekday


@transaction.atomic
def look_at_late(*, person: User, unit: Agency, until: datetime, at: datetime) -> None:
    """The person has looked at all that was late by `until`. An earlier moment changes nothing: an old tab, say."""
    own = _own(person, unit)
    behind = Q(late_looked_at=None) | Q(late_looked_at__lt=until)
    BoardSettings.objects.filter(behind, pk=own.pk).update(late_looked_at=min(until, at))


@transaction.atomic
def set_board_mails(
    *, person: User, unit: Agency, digest: tuple[Weekday, time] | None, wants_alerts: bool, at: datetime
) -> BoardSettings:
    """Set when the weekly digest comes, None for never, and whether e-mails at once do."""
    own = _own(person, unit)
    chosen = (digest[0].value, digest[1], at) if digest else (None, None, None)
    if (own.digest_day, own.digest_hour) != chosen[:2]:
        own.digest_day, own.digest_hour, own.digest_chosen_at = chosen
    own.wants_alerts = wants_alerts
    own.save(update_fields=["digest_day", "digest_hour", "digest_chosen_at", "wants_alerts"])
    return own


@transaction.atomic
def stop_digest(*, person: User, unit: Agency) -> None:
    """Send the person no more weekly digests about letters of the unit."""
    own = BoardSettings.objects.filter(person=person, unit=unit)
    own.update(digest_day=None, digest_hour=None, digest_chosen_at=None)


@transaction.atomic
def stop_alerts(*, person: User, unit: Agency) -> None:
    """Send the person no more e-mails at once, about letters of the unit."""
    own = _own(person, unit)
    BoardSettings.objects.filter(pk=own.pk).update(wants_alerts=False)


def _own(person: User, unit: Agency) -> BoardSettings:
    """The locked row, written now if there was none."""
    BoardSettings.objects.bulk_create([BoardSettings(person=person, unit=unit)], ignore_conflicts=True)
    rows = BoardSettings.objects.select_for_update(no_key=True)
    return rows.get(person=person, unit=unit)

"""Due times: one moment for all recipients, or a number of working days by each recipient's calendar (Y 33)."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db.models import Count
from django.utils import timezone

from agencies.calendar import calendars_of
from agencies.models import Agency, DeclaredLeave
from circulars.models import Circular
from distribution.models.deliveries.delivery import DeliveryQuerySet


@dataclass(frozen=True)
class DueTimes:
    """The due time for the whole country, and the provinces where it differs."""

    country: datetime | None
    elsewhere: dict[str, datetime] = field(default_factory=dict)

    def of(self, agency: Agency) -> datetime | None:
        """Due time of the copy for this recipient."""
        return self.elsewhere.get(agency.province_id or "", self.country)


def due_moments(deliveries: DeliveryQuerySet) -> list[tuple[datetime | None, int]]:
    """The due times of these deliveries with the number of units, the most frequent first. One query."""
    found = deliveries.order_by().values_list("due_at").annotate(units=Count("pk"))
    return list(found.order_by("-units", "due_at"))


def due_times(
    *,
    circular: Circular,
    recipients: Collection[Agency],
    at: datetime,
    leaves: Iterable[DeclaredLeave] | None = None,
) -> DueTimes:
    """Due times if the letter is sent at that moment. One query if they are in working days, otherwise none.

    None either if `leaves`, all leave in force from that day on, are known to the page that shows them.
    """
    days = circular.due_working_days
    if days is None:
        return DueTimes(circular.due_at)
    if leaves is None:
        leaves = DeclaredLeave.objects.touching(timezone.localdate(at), date.max)
    calendars = calendars_of(leaves, {agency.province_id for agency in recipients})
    country = calendars[None].due_after(at, days)
    own = {plate: calendar.due_after(at, days) for plate, calendar in calendars.items() if plate}
    return DueTimes(country, {plate: due for plate, due in own.items() if due != country})

"""Due times: a moment for all, or a number of working days that runs by each recipient's calendar (Y 33)."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime

from django.utils import timezone

from agencies.calendar import calendars_for
from agencies.models import Agency
from circulars.models import Circular


@dataclass(frozen=True)
class DueTimes:
    """When a letter is due for the whole country, and in the provinces where that is another moment."""

    country: datetime | None
    elsewhere: dict[str, datetime] = field(default_factory=dict)

    def of(self, agency: Agency) -> datetime | None:
        """When the copy of this recipient is due."""
        return self.elsewhere.get(agency.province_id or "", self.country)


def due_times(*, circular: Circular, recipients: Collection[Agency], at: datetime) -> DueTimes:
    """The due times if the letter leaves at that moment. One query if they run in working days, else none."""
    days = circular.due_working_days
    if days is None:
        return DueTimes(circular.due_at)
    calendars = calendars_for({agency.province_id for agency in recipients}, timezone.localtime(at).date())
    country = calendars[None].due_after(at, days)
    own = {plate: calendar.due_after(at, days) for plate, calendar in calendars.items() if plate}
    return DueTimes(country, {plate: due for plate, due in own.items() if due != country})

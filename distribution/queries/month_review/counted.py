"""What is counted of the copies of a period. Each is a condition on deliveries that the outstanding list shares.

All are meant of direct copies in force. What the sender recorded on a unit's behalf is counted apart: it says nothing
about how fast the unit itself was.
"""

from collections.abc import Callable
from datetime import datetime

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from circulars.models import Purpose
from distribution.models import Notice, NoticeKind, NoticeState
from distribution.queries.sending.owed import Timely, timely


class Counted(models.TextChoices):
    """A part of the copies of a period."""

    DUE = "due", _("Due time over")
    IN_TIME = "in_time", _("Due time over: confirmed in time")
    LATE = "late", _("Due time over: confirmed late")
    MISSING = "missing", _("Due time over: not confirmed")
    NOT_YET_DUE = "not_yet_due", _("Not yet due")
    WITHOUT_DUE = "without_due", _("Without a due time")
    ON_BEHALF = "on_behalf", _("Confirmation recorded by the sender")
    MEASURED = "measured", _("Confirmed by the unit itself, or not yet confirmed")
    CONFIRMED = "confirmed", _("Confirmed by the unit itself")
    OPEN = "open", _("Not confirmed")
    TO_COMPLETE = "to_complete", _("For action, due time over")
    COMPLETED_IN_TIME = "completed_in_time", _("For action, due time over: completed in time")
    COMPLETED_LATE = "completed_late", _("For action, due time over: completed late")
    NOT_COMPLETED = "not_completed", _("For action, due time over: not completed")
    COMPLETED_ON_BEHALF = "completed_on_behalf", _("Completion recorded by the sender")
    REMINDED = "reminded", _("Reminded")


OWN = Q(acknowledged_on_behalf=False)
OWN_CONFIRMED = OWN & Q(acknowledged_at__isnull=False)
OPEN = Q(acknowledged_at__isnull=True)
TO_COMPLETE = Q(purpose=Purpose.ACTION, completed_on_behalf=False)
COMPLETED_IN_TIME = Q(completed_at__isnull=False, completed_at__lte=F("due_at"))
COMPLETED_LATE = Q(completed_at__isnull=False, completed_at__gt=F("due_at"))


def _reminded() -> Q:
    sent = Notice.objects.filter(
        delivery=OuterRef("pk"), kind=NoticeKind.REMINDER, state=NoticeState.SENT
    ).order_by()
    return Q(Exists(sent))


def counted_as(what: Counted, at: datetime) -> Q:
    """The condition on direct copies in force."""
    over = Q(due_at__lt=at)
    conditions: dict[Counted, Callable[[], Q]] = {
        Counted.DUE: lambda: OWN & over,
        Counted.IN_TIME: lambda: OWN & over & timely(Timely.IN_TIME),
        Counted.LATE: lambda: OWN & over & timely(Timely.LATE),
        Counted.MISSING: lambda: over & OPEN,
        Counted.NOT_YET_DUE: lambda: OWN & Q(due_at__gte=at),
        Counted.WITHOUT_DUE: lambda: OWN & Q(due_at__isnull=True),
        Counted.ON_BEHALF: lambda: Q(acknowledged_on_behalf=True),
        Counted.MEASURED: lambda: OWN,
        Counted.CONFIRMED: lambda: OWN_CONFIRMED,
        Counted.OPEN: lambda: OPEN,
        Counted.TO_COMPLETE: lambda: TO_COMPLETE & over,
        Counted.COMPLETED_IN_TIME: lambda: TO_COMPLETE & over & COMPLETED_IN_TIME,
        Counted.COMPLETED_LATE: lambda: TO_COMPLETE & over & COMPLETED_LATE,
        Counted.NOT_COMPLETED: lambda: TO_COMPLETE & over & Q(completed_at__isnull=True),
        Counted.COMPLETED_ON_BEHALF: lambda: Q(completed_on_behalf=True),
        Counted.REMINDED: _reminded,
    }
    return conditions[what]()

"""What became late since the manager last looked. What is long overdue is a filter of the outstanding list."""

from datetime import date, datetime, time

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.forms import DateField
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from agencies.calendar import moment_on
from agencies.models import Agency
from agencies.views.acting import ActingRequest
from distribution.models import Delivery
from distribution.queries.internal_notes import notes_on_rows
from distribution.queries.managing.late import became_late, looked_at, working_days_late
from distribution.queries.sending.overview import query_of
from distribution.queries.sending.owed import (
    LONG_OVERDUE,
    Owes,
    most_pressing_first,
    owed_to,
)
from distribution.services.managing.board_settings import look_at_late
from distribution.tables.base import RowsJoinedLate, configure
from distribution.tables.late import LateTable
from distribution.views.outstanding import managed_unit

ROWS_PER_PAGE = 50

FIRST_DAY = date(2000, 1, 1)
"""No letter is older. Moments of the first years can't be stored in every time zone."""


@require_safe
def late(request: ActingRequest) -> HttpResponse:
    """What became late since the person last looked, or since a chosen day."""
    if request.GET.get("show") == "long":  # as in digests sent before the list had this filter
        return redirect(f"{reverse('outstanding')}?{query_of(owes=Owes.EITHER, due=LONG_OVERDUE)}")
    unit, at = managed_unit(request), timezone.now()
    chosen = _day(request.GET.get("since", ""))
    since = moment_on(chosen, time.min) if chosen else looked_at(request.user, unit, at)
    table = LateTable(RowsJoinedLate(_rows(request, unit, at, since)))
    configure(request, table, per_page=ROWS_PER_PAGE)
    rows = [row.record for row in table.paginated_rows]
    table.list_notes = notes_on_rows(rows, request.user)
    table.days_late = working_days_late(rows, at)
    context = {
        "section": "board",
        "tab": "late",
        "unit": unit,
        "table": table,
        "chosen": chosen,
        "since": since,
        "until": at.isoformat(),
    }
    return render(request, "distribution/late.html", context)


@require_POST
def look_at_all(request: ActingRequest) -> HttpResponse:
    """The person has looked at all that the page showed. What became late while it was open stays new."""
    unit, at = managed_unit(request), timezone.now()
    look_at_late(person=request.user, unit=unit, until=_moment(request.POST.get("until", "")) or at, at=at)
    messages.success(request, _("Noted. Only what becomes overdue from now on is listed as new."))
    return redirect("late")


def _rows(request: ActingRequest, unit: Agency, at: datetime, since: datetime) -> QuerySet[Delivery]:
    """Owed copies that became late since the moment."""
    owed = owed_to(request.user, unit, Owes.EITHER, at=at)
    return owed.filter(became_late(since, at)).order_by(*most_pressing_first(at))


def _day(text: str) -> date | None:
    try:
        found: date | None = DateField(required=False).clean(text)
    except ValidationError:
        return None
    return found if found is not None and FIRST_DAY <= found <= timezone.localdate() else None


def _moment(text: str) -> datetime | None:
    try:
        found = parse_datetime(text)
    except ValueError:
        return None
    if found is None or timezone.is_naive(found) or found.date() < FIRST_DAY:
        return None
    return found

"""The confirmations of one letter by province and by day."""

from datetime import datetime, time, timedelta
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from agencies.calendar import moment_on
from agencies.views.acting import ActingRequest
from distribution.queries.letter.confirmations import Confirmations, by_day, by_province
from distribution.tables.charts.cumulative import CumulativeChart, cumulative_chart
from distribution.tables.charts.province_map import province_map
from distribution.views.letter.head import head_context, lists_of, sent_letter


@require_safe
def letter_confirmations(request: ActingRequest, letter: UUID) -> HttpResponse:
    """The confirmations since the dispatch against the due time, and where they are missing."""
    circular, at = sent_letter(request, letter), timezone.now()
    lists = lists_of(request, circular)
    places, confirmations = by_province(circular, lists, at=at), by_day(circular, lists, at=at)
    context = {
        **head_context(request, circular),
        "places": places,
        "map": province_map(places) if any(each.plate for each in places.rows) else [],
        "confirmations": confirmations,
        "chart": _chart(confirmations),
    }
    return render(request, "distribution/letter_confirmations.html", context)


def _chart(found: Confirmations) -> CumulativeChart | None:
    begin = moment_on(found.days[0].day, time.min)
    return cumulative_chart(
        [each.total for each in found.days],
        found.recipients,
        off=[number for number, each in enumerate(found.days) if each.is_off],
        mark=_days_since(begin, found.due_at) if found.due_at else None,
    )


def _days_since(begin: datetime, moment: datetime) -> float:
    return (moment - begin) / timedelta(days=1)

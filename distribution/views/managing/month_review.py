"""How the letters of a month were confirmed and completed, for the units that a person manages."""

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from agencies.views.acting import ActingRequest
from distribution.models import PreparedFileKind
from distribution.queries.month_review.groups import By
from distribution.queries.month_review.period import (
    FIRST_YEAR,
    NotUnderstood,
    Period,
    month_of,
    offered,
    period_of,
)
from distribution.tables.charts.movements import movements_chart
from distribution.tables.charts.shares import shares_chart
from distribution.tables.charts.waiting import waiting_chart
from distribution.tables.files.list_files import export_or_none
from distribution.tables.month_review.rows import asked_for, headings, page_of_rows
from distribution.tables.month_review.words import how_it_is_counted, not_counted_words, waiting_words
from distribution.views.outstanding import managed_unit


@require_safe
def month_review(request: ActingRequest) -> HttpResponseBase:
    """Figures, charts, and the rows by recipient unit, kind, province, letter or sending unit."""
    unit, at = managed_unit(request), timezone.now()
    today = timezone.localdate(at)
    context = {"section": "board", "unit": unit, "at": at, "groupings": By.choices}
    try:
        asked = asked_for(request.GET, at)
    except NotUnderstood as error:
        usual = period_of("", today)
        context |= {"periods": offered(None, today), "selected": usual.code, "by": By.KIND}
        return _page(request, context | {"error": str(error)})
    if response := export_or_none(request, PreparedFileKind.MONTH_REVIEW, unit=unit):
        return response
    review = asked.review(request.user, unit, at)
    context |= {
        "periods": offered(asked.period, today),
        "chosen": asked.period,
        "selected": asked.period.code,
        "by": asked.by,
        "earlier": _earlier(asked.period),
        "later": _later(asked.period, month_of(today)),
        "review": review,
        "headings": headings(asked),
        "page": page_of_rows(asked.rows(review), request.GET.get("page", "")),
        "shares": shares_chart(review.months),
        "waiting": waiting_chart(review.waiting),
        "waiting_words": waiting_words(review.waiting) if review.waiting else "",
        "moved": movements_chart(review.movements),
        "not_counted": not_counted_words(review.not_counted) if review.not_counted.copies else "",
        "how_counted": how_it_is_counted(),
    }
    return _page(request, context)


def _page(request: ActingRequest, context: dict[str, object]) -> HttpResponse:
    return render(request, "distribution/month_review.html", context)


def _earlier(period: Period) -> Period | None:
    """The month before the chosen one."""
    before = period.before
    return before if period.is_month and before.first.year >= FIRST_YEAR else None


def _later(period: Period, current: Period) -> Period | None:
    """The month after the chosen one, unless that is the current one."""
    return period.following if period.is_month and period.first < current.first else None

"""The manager's first page: where the letters of the unit and of all units below it stand."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from agencies.views.acting import ActingRequest
from distribution.outbox.outages.standstill import standstills
from distribution.queries.lateness.likely_late import likely_late_of
from distribution.queries.managing import provinces
from distribution.queries.sending import overview
from distribution.queries.sending.owed import Waited, copies_of, letters_owing, sent_letters
from distribution.tables.charts.bars import bars_of
from distribution.tables.charts.province_map import province_map
from distribution.views.outstanding import managed_unit


@require_safe
def board(request: ActingRequest) -> HttpResponse:
    """Figures, ageing, provinces, the letters and units most behind, and the last weeks."""
    unit, at = managed_unit(request), timezone.now()
    letters = sent_letters(request.user, unit)
    owing = letters_owing(letters)
    owed = copies_of(owing)
    by_letter = overview.owed_by_letter(owed, at)
    by_place = provinces.by_place(owing)
    weeks = overview.trend(letters, at)
    context = {
        "section": "board",
        "unit": unit,
        "at": at,
        "head": overview.headline(letters, by_letter, at),
        "likely_late": likely_late_of(owing, at),
        "ageing": overview.ageing(by_letter),
        "waited": Waited,
        "places": by_place,
        "map": province_map(by_place),
        "letters": overview.letters_behind(by_letter),
        "units": overview.units_behind(owed, at),
        "weeks": weeks,
        "bars": bars_of(weeks),
        "standing": standstills(at=at),
    }
    return render(request, "distribution/board.html", context)

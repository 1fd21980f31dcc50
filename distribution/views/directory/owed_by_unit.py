"""The reverse view: all that a unit owes to everybody, with what the units below it owe, and the letters behind it."""

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from agencies.models import Agency, Role
from agencies.views.acting import ActingRequest
from distribution.queries.paging import BoundedPaginator
from distribution.queries.receiving.owed_by_unit import OwedPart
from distribution.queries.receiving.owed_by_unit import owed_by_unit as owed_by
from distribution.visibility import may_follow, visible_to

LETTERS_ON_A_PAGE = 50
MOST_IDS = 2**63


@require_safe
def owed_by_unit(request: ActingRequest, agency: int) -> HttpResponse:
    """What the unit and the units below it owe, by unit and by sender; each number leads to its letters."""
    unit = _followed(request, agency)
    at = timezone.now()
    owed = owed_by(request.user, unit)
    context = {
        **_context(request, unit),
        "tables": [("unit", owed.by_unit(at)), ("issuer", owed.by_issuer(at))],
        "parts": OwedPart,
    }
    return render(request, "distribution/owed_by_unit.html", context)


@require_safe
def owed_letters(request: ActingRequest, agency: int) -> HttpResponse:
    """The letters behind a number of that page, to read; those of the reader's own units lead to where they act."""
    unit = _followed(request, agency)
    at = timezone.now()
    wanted = request.GET.get("part")
    part = OwedPart(wanted) if wanted in OwedPart.values else None
    chosen = {name: _chosen(request, name) for name in ("unit", "issuer")}
    rows = owed_by(request.user, unit).rows(at, part=part, **chosen)
    page = BoundedPaginator(rows, LETTERS_ON_A_PAGE, join_late=True).get_page(request.GET.get("page"))
    shown = list(page.object_list)
    own = visible_to(request.user).filter(pk__in=[each.pk for each in shown]).order_by()
    names = Agency.objects.filter(pk__in=[each for each in chosen.values() if each is not None])
    context = {
        **_context(request, unit),
        "page": page,
        "rows": shown,
        "own": set(own.values_list("pk", flat=True)),
        "part": part,
        "narrowed_to": list(names.values_list("name", flat=True)),
        "at": at,
    }
    return render(request, "distribution/owed_letters.html", context)


def _followed(request: ActingRequest, agency: int) -> Agency:
    unit = get_object_or_404(Agency, pk=agency)
    if not may_follow(request.user, unit):
        raise Http404
    return unit


def _context(request: ActingRequest, unit: Agency) -> dict[str, object]:
    receives = Role.RECIPIENT in request.acting.units.get(unit, ())
    return {"section": "inbox" if receives else "board", "unit": unit, "receives": receives}


def _chosen(request: ActingRequest, name: str) -> int | None:
    """The id that the address names, if it could be one; 0, which nothing has, for anything else that was given."""
    given = request.GET.get(name)
    if not given:
        return None
    return int(given) if given.isascii() and given.isdecimal() and len(given) < len(str(MOST_IDS)) else 0

"""Letters passed on: the branch below one delivery, and all branches of one unit."""

from uuid import UUID

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from agencies.models import Agency
from agencies.views.acting import ActingRequest
from distribution.models import Delivery, PreparedFileKind
from distribution.outbox.outages.retry import retry_failed
from distribution.queries.paging import BoundedPaginator
from distribution.queries.receiving.branches import branches_of, children_of, with_below
from distribution.queries.receiving.inbox import counts
from distribution.queries.sending.without_notice import to_be_retried
from distribution.tables.files.list_files import export_or_none
from distribution.views.retried import say_retried
from distribution.visibility import (
    answerable_by,
    chain_seen_by,
    follows_letter,
    may_follow,
    receives_for,
    visible_to,
)

UNITS_ON_A_PAGE = 50
LETTERS_ON_A_PAGE = 25


@require_safe
def branch(request: ActingRequest, delivery: UUID) -> HttpResponseBase:
    """One delivery, the progress below it, and the units to which it was passed on directly.

    For the unit, its manager, units above it in the branch, and the sender. htmx requests get the list only.
    """
    found = get_object_or_404(
        Delivery.objects.select_related(
            "circular__issuer",
            "agency",
            "successor",
            "acknowledged_by",
            "acknowledged_for",
            "parent__agency",
            "parent__successor",
            "superseded_by__agency",
            "superseded_by__successor",
        ),
        public_id=delivery,
    )
    chain = chain_seen_by(request.user, found)
    if not chain:
        raise Http404
    if response := export_or_none(request, PreparedFileKind.BRANCH, delivery=found):
        return response
    page = Paginator(children_of(found), UNITS_ON_A_PAGE).get_page(request.GET.get("page"))
    _self, *children = with_below([found, *page.object_list])
    page.object_list = children
    circular = found.circular
    sends = follows_letter(request.user, circular.pk)
    acts_for_unit = answerable_by(request.user).filter(pk=found.pk).exists()
    context = {
        "circular": circular,
        "delivery": found,
        "page": page,
        "follows_letter": sends,
        "may_record": acts_for_unit,
        "at": timezone.now(),
    }
    if request.htmx:
        return render(request, "distribution/branch/_tree.html", context)
    context |= {
        "failed": to_be_retried(circular, above=found) if acts_for_unit else 0,
        "section": _section(request, sends),
        "above": Delivery.objects.filter(pk__in=chain[:-1]).select_related("agency").order_by("pk"),
        "may_pass_on": found.is_in_force and not circular.is_withdrawn and acts_for_unit,
        "reads_letter": visible_to(request.user).filter(pk=found.pk).exists(),
    }
    return render(request, "distribution/branch.html", context)


@require_POST
def retry_below(request: ActingRequest, delivery: UUID) -> HttpResponse:
    """Retry failed notices to the units to which this one passed the letter on."""
    answerable = answerable_by(request.user).select_related("circular")
    found = get_object_or_404(answerable, public_id=delivery)
    say_retried(request, retry_failed(circular=found.circular, above=found, at=timezone.now()))
    return redirect("branch", delivery)


@require_safe
def passed_on(request: ActingRequest, agency: int) -> HttpResponse:
    """Letters that the unit passed on, with their progress; for its users and its manager."""
    unit = get_object_or_404(Agency, pk=agency)
    if not may_follow(request.user, unit):
        raise Http404
    receives = receives_for(request.user, unit)
    paginator = BoundedPaginator(branches_of(unit), LETTERS_ON_A_PAGE, join_late=True)
    page = paginator.get_page(request.GET.get("page"))
    page.object_list = with_below(page.object_list)
    context = {
        "section": "inbox" if receives else "board",
        "unit": unit,
        "page": page,
        "receives": receives,
        "passed_on_count": paginator.count_in_words,
        **(counts(visible_to(request.user), unit) if receives else {}),
        "at": timezone.now(),
    }
    return render(request, "distribution/passed_on.html", context)


def _section(request: ActingRequest, sends: bool) -> str:
    if not sends:
        return "inbox" if request.acting.receives else "board"
    return "letters" if request.acting.sends else "board"

"""The page of an agency: its data, its people, and its deliveries visible to the user."""

from typing import Any

from django.db.models import Count, Exists, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from agencies.models import (
    Agency,
    AgencyName,
    AgencyQuerySet,
    AgencyWording,
    DirectoryChange,
    Membership,
)
from agencies.models.contact_details.channel import channel_label
from agencies.views.acting import ActingRequest
from distribution.models import Delivery
from distribution.queries.paging import BoundedPaginator
from distribution.queries.receiving.branches import outstanding_below
from distribution.queries.receiving.owed_by_unit import OwedCounts, owed_among
from distribution.queries.sending.answering_times import usual_times
from distribution.visibility import (
    calls_about,
    may_follow,
    may_see_times,
    receives_for,
    shown_to,
    tracked_by,
)

LETTERS_ON_A_PAGE = 25
CHANGES_SHOWN = 20
CALLS_SHOWN = 5


@require_safe
def agency(request: ActingRequest, pk: int) -> HttpResponse:
    """Everybody may read the directory; deliveries are shown only to those who received, sent or manage them."""
    found = get_object_or_404(_with_related(Agency.objects.all()), pk=pk)
    now = timezone.now()
    today = timezone.localdate(now)
    mine = shown_to(request.user)
    owed = mine.for_inbox(found, now)
    acting_people = (
        Membership.objects.active(today)
        .filter(agency=found, user__is_active=True)
        .select_related("user")
        .order_by("role", "user__last_name", "user__first_name", "user__username")
    )
    follows = may_follow(request.user, found)
    below = outstanding_below(found) if follows else Delivery.objects.none()
    tracked = tracked_by(request.user)
    shows_times = may_see_times(found, follows=follows, tracked=tracked)
    owed_here = owed_among(tracked, found, now)
    calls = calls_about(tracked).filter(agency=found).select_related("made_by", "made_for", "unit")
    context = {
        "owed_below": BoundedPaginator(below, LETTERS_ON_A_PAGE, join_late=True).get_page(
            request.GET.get("below")
        ),
        "section": "directory",
        "agency": found,
        "above": found.ancestors(),
        "ways": [(channel_label(channel), address) for channel, address in found.open_channels()],
        "is_closed": found.active_to is not None and found.active_to <= today,
        "is_to_come": found.active_from is not None and found.active_from > today,
        "child_count": found.child_count,
        "memberships": acting_people,
        "wordings": found.wordings.select_related("added_by") if found.has_wordings else [],
        "owed": BoundedPaginator(owed, LETTERS_ON_A_PAGE).get_page(request.GET.get("page")),
        "receives": receives_for(request.user, found),
        "passed_on": mine.filter(agency=found, successor__isnull=False).count() if found.active_to else 0,
        "former_names": found.former_names.all() if found.has_former_names else [],
        "changes": found.changes.select_related("by")[:CHANGES_SHOWN] if found.has_changes else [],
        "may_edit": request.acting.may_edit(found),
        "follows": follows,
        "times": usual_times([found.pk]).get(found.pk) if shows_times else None,
        "shows_times": shows_times,
        "owed_here": owed_here,
        "listed_issuers": _listed_issuers(request, owed_here),
        "calls": list(calls.order_by("-made_at", "-pk")[:CALLS_SHOWN]),
    }
    return render(request, "distribution/agency.html", context)


def _with_related(agencies: AgencyQuerySet) -> Any:
    """With `child_count`, and whether there are wordings, former names and changes: mostly there are none."""
    children = (
        Agency.objects.filter(parent=OuterRef("pk")).order_by().values("parent").values(count=Count("pk"))
    )
    return agencies.select_related("province", "successor", "added_by").annotate(
        child_count=Coalesce(Subquery(children), 0),
        has_wordings=Exists(AgencyWording.objects.filter(agency=OuterRef("pk")).order_by()),
        has_former_names=Exists(AgencyName.objects.filter(agency=OuterRef("pk")).order_by()),
        has_changes=Exists(DirectoryChange.objects.filter(agency=OuterRef("pk")).order_by()),
    )


def _listed_issuers(request: ActingRequest, owed: list[OwedCounts]) -> set[int]:
    """Those of the issuers whose copies the manager's list shows now: of the unit acted for and those below it."""
    acting = request.acting
    if acting.agency is None or not acting.manages:
        return set()
    return {each.agency.pk for each in owed if acting.agency.pk in each.agency.path}

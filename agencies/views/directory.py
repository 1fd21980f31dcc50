"""Pages of the directory, and the choice of the current unit."""

from typing import TypeVar

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.db.models import Count, Model, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from agencies.models import (
    Agency,
    AgencyGroup,
    AgencyKind,
    AgencyQuerySet,
    AgencyWording,
    GroupWording,
    sizes_of_groups,
)
from agencies.services.wordings import forget_wording
from agencies.views.acting import SESSION_KEY, ActingRequest
from agencies.views.directory_search import DirectorySearch, read_search

PAGE = 100
Row = TypeVar("Row", bound=Model)
SHOWN_OPEN = 20
"""A class with more bodies than this is collapsed."""


@require_safe
def directory(request: ActingRequest) -> HttpResponse:
    """The directory as a tree: top level, children of one agency, agencies of a kind, or search results.

    Of a large class, the top level shows only the number.
    """
    search = read_search(request)
    if search.is_asked:
        return _found(request, search)
    if search.kind:
        return _of_kind(request, search)
    if parent := request.GET.get("in"):
        return _below(request, search, parent)
    roots = Agency.objects.filter(parent=None)
    numbers = dict(roots.order_by().values_list("kind").annotate(number=Count("pk")))
    small = [kind for kind, number in numbers.items() if number <= SHOWN_OPEN]
    shown: dict[str, list[Agency]] = {}
    for root in roots.filter(kind__in=small).for_directory_page():
        shown.setdefault(root.kind, []).append(root)
    classes = [(kind, numbers[kind], shown.get(kind, [])) for kind in AgencyKind if kind in numbers]
    return render(
        request, "agencies/directory.html", {"section": "directory", "classes": classes, "search": search}
    )


@require_safe
def groups(request: ActingRequest) -> HttpResponse:
    """The list of groups."""
    listed = list(AgencyGroup.objects.prefetch_related("wordings"))
    sizes = sizes_of_groups(listed, on=timezone.localdate())
    context = {"section": "directory", "groups": [(each, sizes[each.pk]) for each in listed]}
    return render(request, "agencies/groups.html", context)


@require_safe
def group(request: ActingRequest, pk: int) -> HttpResponse:
    """One group: its members today and its wordings."""
    found = get_object_or_404(AgencyGroup, pk=pk)
    context = {
        "section": "directory",
        "group": found,
        "page": page_of(request, found.members_on(timezone.localdate())),
        "wordings": found.wordings.select_related("added_by"),
    }
    return render(request, "agencies/group.html", context)


@require_POST
def take_back_group_wording(request: ActingRequest, pk: int) -> HttpResponse:
    """Remove a wording of a group. For the person who added it and administrators."""
    wording = get_object_or_404(GroupWording.objects.removable_by(request.user), pk=pk)
    forget_wording(wording=wording)
    messages.success(request, _("“%(text)s” is no longer a wording of this group.") % {"text": wording.text})
    return redirect("group", wording.group_id)


@require_POST
def take_back_agency_wording(request: ActingRequest, pk: int) -> HttpResponse:
    """Remove a wording of an agency. For the person who added it and administrators."""
    wording = get_object_or_404(AgencyWording.objects.removable_by(request.user), pk=pk)
    forget_wording(wording=wording)
    messages.success(request, _("“%(text)s” is no longer a name of this unit.") % {"text": wording.text})
    return redirect("agency", wording.agency_id)


@require_POST
def act_for(request: ActingRequest) -> HttpResponse:
    """Choose the current unit."""
    chosen = request.POST.get("agency", "")
    units = {str(unit.pk): unit for unit in request.acting.units}
    if chosen not in units:
        raise Http404
    request.session[SESSION_KEY] = units[chosen].pk
    return redirect("home")


def _found(request: ActingRequest, search: DirectorySearch) -> HttpResponse:
    found = search.found().select_related("province", "district", "parent")
    context = {"section": "directory", "search": search, "page": page_of(request, found)}
    return render(request, "agencies/search.html", context)


def _of_kind(request: ActingRequest, search: DirectorySearch) -> HttpResponse:
    return _branch(request, search.found().for_directory_page(), {"kind": search.kind, "search": search})


def _below(request: ActingRequest, search: DirectorySearch, parent_id: str) -> HttpResponse:
    parent = get_object_or_404(
        Agency, pk=parent_id if parent_id.isascii() and parent_id.isdecimal() else None
    )
    listed = Agency.objects.filter(parent=parent).for_directory_page()
    return _branch(request, listed, {"parent": parent, "above": parent.ancestors(), "search": search})


def _branch(request: ActingRequest, listed: AgencyQuerySet, context: dict[str, object]) -> HttpResponse:
    """One level of the tree: only its rows for an htmx request, else a whole page."""
    context |= {"section": "directory", "page": page_of(request, listed)}
    template = "agencies/_branch.html" if request.htmx else "agencies/branch.html"
    response = render(request, template, context)
    patch_vary_headers(response, ["HX-Request"])
    return response


def page_of(request: ActingRequest, listed: QuerySet[Row] | list[Row]) -> Page[Row]:
    """The requested page of a long list."""
    return Paginator(listed, PAGE).get_page(request.GET.get("page"))

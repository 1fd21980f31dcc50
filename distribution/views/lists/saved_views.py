"""Views of the list of what is outstanding, saved under a name: filter, order and columns."""

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agencies.models import Agency, Role
from agencies.views.acting import ActingRequest
from distribution.forms.saved_view import SavedViewForm
from distribution.models import SavedFilter
from distribution.services.choose_columns import choose_columns
from distribution.tables.files.exported_lists import outstanding_filter, words_of
from distribution.views.lists.shown import (
    address_of,
    name_of_list,
    open_view,
    shown_columns,
    shown_query,
    views_of,
)
from distribution.views.lists.way_back import place_of
from distribution.views.outstanding import managed_unit
from distribution.visibility import saved_views_of

MOST_IDS = 2**63


@require_safe
def outstanding_view(request: ActingRequest, pk: int) -> HttpResponse:
    """Open a view. One of another unit than the open one asks first, since a GET changes nothing."""
    unit = managed_unit(request)
    managed = [each for each, roles in request.acting.units.items() if Role.MANAGER in roles]
    view = saved_views_of(request.user, managed).filter(pk=pk).first() if pk < MOST_IDS else None
    if view is None:
        return render(request, "distribution/view_gone.html", {"section": "board"}, status=404)
    if view.unit_id == unit.pk:
        return redirect(address_of(view))
    query = address_of(view).partition("?")[2]
    return redirect(f"{reverse('board_of_unit', args=[view.unit_id, 'outstanding'])}?{query}")


@require_http_methods(["GET", "HEAD", "POST"])
def save_view(request: ActingRequest) -> HttpResponse:
    """Save what the list shows, as its address and the person's columns say, under a name."""
    unit = managed_unit(request)
    opened = open_view(request, views_of(request, unit))
    query = shown_query(request.GET, shown_columns(request.GET, request.user, opened))
    view = SavedFilter(person=request.user, page=SavedFilter.Page.BOARD, unit=unit)
    form = SavedViewForm(
        request.POST if request.method == "POST" else None, instance=view, query=query, by=request.user
    )
    if form.is_bound and form.is_valid() and (saved := form.save_once()):
        messages.success(request, _("The view is saved. It stands above the list from now on."))
        return redirect(address_of(saved))
    back = reverse("outstanding") + place_of("outstanding", request.GET)
    return _page(request, unit, form, QueryDict(query), back)


@require_http_methods(["GET", "HEAD", "POST"])
def change_view(request: ActingRequest, pk: int) -> HttpResponse:
    """Rename a view, share it or not, and keep in it what the list shows, if the address says what that is."""
    unit = managed_unit(request)
    view = _changeable(request, unit, pk)
    query, back = view.query, address_of(view)
    if request.GET.get("view") == str(pk):
        query = shown_query(request.GET, shown_columns(request.GET, request.user, view))
        back = reverse("outstanding") + place_of("outstanding", request.GET)
    posted = request.POST if request.method == "POST" else None
    form = SavedViewForm(posted, instance=_changeable(request, unit, pk), query=query, by=request.user)
    if form.is_bound and form.is_valid() and (saved := form.save_once()):
        messages.success(request, _("The view is changed."))
        return redirect(address_of(saved))
    return _page(request, unit, form, QueryDict(view.query), back, view)


@require_POST
def delete_view(request: ActingRequest, pk: int) -> HttpResponse:
    """Delete a view: one's own, or one that is shared with the unit."""
    view = _changeable(request, managed_unit(request), pk)
    choose_columns(person=request.user, list_name=name_of_list(view), columns=None)
    view.delete()
    messages.success(request, _("The view “%(name)s” was deleted.") % {"name": view.name})
    return redirect("outstanding")


def _changeable(request: ActingRequest, unit: Agency, pk: int) -> SavedFilter:
    views = saved_views_of(request.user, [unit]).select_related("person")
    found: SavedFilter = get_object_or_404(views, pk=min(pk, MOST_IDS - 1))
    return found


def _page(
    request: ActingRequest,
    unit: Agency,
    form: SavedViewForm,
    query: QueryDict,
    back: str,
    view: SavedFilter | None = None,
) -> HttpResponse:
    """The form; `query` says what is kept in the view, in words on the page."""
    words = words_of(outstanding_filter(request.user, unit, query))
    context = {"section": "board", "unit": unit, "form": form, "view": view, "words": words, "back": back}
    return render(request, "distribution/saved_view.html", context)

"""The inbox of a unit, and the start page."""

from collections.abc import Iterable
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from agencies.models import Agency, Membership, Role
from agencies.views.acting import ActingRequest
from distribution.forms.receiving.inbox import SavedFilterForm
from distribution.models import Delivery, PreparedFileKind, SavedFilter
from distribution.queries.found_in import Passage, passages
from distribution.queries.paging import BoundedPaginator
from distribution.queries.receiving.assignments import left_behind, with_assignments
from distribution.queries.receiving.branches import passed_on_count
from distribution.queries.receiving.inbox import chosen_among, counts
from distribution.queries.receiving.on_behalf import recently_recorded_for
from distribution.queries.replacements import recently_withdrawn, with_replacing
from distribution.queries.sending.board import owed_elsewhere
from distribution.tables.base import RowsJoinedLate, configure, found_mark, nothing_found
from distribution.tables.confirmed import ConfirmedTable
from distribution.tables.files.list_files import export_or_none
from distribution.tables.inbox_filter import (
    letters_of_tab,
    letters_shown,
    narrowing,
    place_in_list,
    without_filter,
)
from distribution.views.several.choice import MOST, kept_choice
from distribution.visibility import visible_to

LETTERS_PER_PAGE = 100


@require_safe
def home(request: ActingRequest) -> HttpResponse:
    """The start page, depending on the user's role, with the counts of their other units."""
    for unit, count in owed_elsewhere(request.user, request.acting.agency):
        words = ngettext(
            "%(count)d letter waits for %(unit)s.", "%(count)d letters wait for %(unit)s.", count
        )
        messages.info(request, words % {"count": count, "unit": unit})
    if request.acting.receives:
        return redirect("inbox")
    if request.acting.manages:
        return redirect("board")
    if request.acting.sends:
        return redirect("letters")
    return redirect("directory")


@require_safe
def inbox(request: ActingRequest) -> HttpResponse:
    """The inbox of the unit acted for, otherwise of the first unit that the user receives for."""
    acting = request.acting
    if acting.agency is not None and acting.receives:
        return redirect("unit_inbox", acting.agency.pk)
    for unit, roles in acting.units.items():
        if Role.RECIPIENT in roles:
            return redirect("unit_inbox", unit.pk)
    raise Http404


@require_safe
def unit_inbox(request: ActingRequest, agency: int) -> HttpResponseBase:
    """Letters to confirm, most urgent first; letters to answer; letters confirmed, which can be exported."""
    unit = own_unit(request, agency)
    if request.GET.get("show") == "confirmed" and (
        response := export_or_none(request, PreparedFileKind.ARCHIVE, unit=unit)
    ):
        return response
    return _inbox_page(request, unit, SavedFilterForm())


@require_POST
def save_filter(request: ActingRequest, agency: int) -> HttpResponse:
    """Save the current filter under a name."""
    unit = own_unit(request, agency)
    query = narrowing(request.GET)
    kept = SavedFilter(person=request.user, page=SavedFilter.Page.INBOX, query=query)
    form = SavedFilterForm(request.POST, instance=kept)
    if not form.is_valid():
        return _inbox_page(request, unit, form)
    form.save()
    messages.success(request, _("Kept. The filter stands above the list from now on."))
    return redirect(f"{reverse('unit_inbox', args=[unit.pk])}?{query}")


@require_POST
def delete_filter(request: ActingRequest, agency: int, pk: int) -> HttpResponse:
    """Delete a saved filter."""
    unit = own_unit(request, agency)
    get_object_or_404(SavedFilter, pk=pk, person=request.user, page=SavedFilter.Page.INBOX).delete()
    messages.success(request, _("The filter was deleted."))
    return redirect("unit_inbox", unit.pk)


def _inbox_page(request: ActingRequest, unit: Agency, form: SavedFilterForm) -> HttpResponse:
    request.acting.choose(unit)
    received = visible_to(request.user)
    at = timezone.now()
    query = narrowing(request.GET)
    context = {
        "section": "inbox",
        "unit": unit,
        "at": at,
        "may_edit_contact": request.acting.may_edit(unit),
        **counts(received, unit),
        "passed_on_count": passed_on_count(unit),
        "query": query,
        "unfiltered": without_filter(request.GET),
        "place": place_in_list(request.GET),
        "saved_filters": [
            (each, each.query == query)
            for each in SavedFilter.objects.filter(person=request.user, page=SavedFilter.Page.INBOX)
        ],
        "save_form": form,
    }
    show = request.GET.get("show")
    found = letters_shown(request, received, unit, at)
    searched = request.GET.get("q", "")
    if show == "confirmed":
        table = ConfirmedTable(RowsJoinedLate(found.qs), place=place_in_list(request.GET))
        configure(request, table, per_page=50, narrowed_by=found.form.fields)
        table.passages = _passages((row.record for row in table.paginated_rows), searched)
        return render(
            request, "distribution/inbox_confirmed.html", {**context, "table": table, "filter": found}
        )
    whole = letters_of_tab(show, received, unit, at)
    chosen = chosen_among(whole, kept_choice(request, unit, request.GET))
    page = BoundedPaginator(found.qs, LETTERS_PER_PAGE).get_page(request.GET.get("page"))
    letters = with_replacing(page.object_list, request.user)
    page.object_list = with_assignments(letters, on=timezone.localdate(at))
    if page.object_list:
        found.send_with("letters")
    context["left_behind"] = left_behind(received, unit, on=timezone.localdate(at))
    shown = _passages(page.object_list, searched)
    for each in page.object_list:
        each.found_in = found_mark(shown.get(each.circular_id, ()))
    context["recorded"] = recently_recorded_for(unit, at)
    context["withdrawn"] = recently_withdrawn(request.user, unit, at)
    return render(
        request,
        "distribution/inbox.html",
        {
            **context,
            "owed": page,
            "chosen": set(chosen),
            "chosen_elsewhere": _not_on(page, chosen),
            "keep_url": reverse("choose_letters", args=[unit.pk]) + place_in_list(request.GET),
            "most": MOST,
            "filter": found,
            "tab": "answer" if show == "answer" else "owed",
            "is_narrowed": any(found.form.changed_data),
            "nothing_found": nothing_found(request.GET) if searched.strip() else "",
        },
    )


def _passages(letters: Iterable[Delivery], searched: str) -> dict[int, list[Passage]]:
    """Where the search has found the letters, as far as the unit may still read them: not the withdrawn ones."""
    readable = [each.circular_id for each in letters if each.withdrawn_at is None]
    return passages(readable, searched, attachments=False)


def _not_on(page: Iterable[Delivery], chosen: list[UUID]) -> list[UUID]:
    """The chosen letters that this page doesn't show."""
    shown = {each.public_id for each in page}
    return [each for each in chosen if each not in shown]


def list_address(unit: Agency, place: str) -> str:
    """The unit's inbox with what is valid of that query string: filter and page."""
    return reverse("unit_inbox", args=[unit.pk]) + place_in_list(QueryDict(place.removeprefix("?")))


def own_unit(request: ActingRequest, agency: int) -> Agency:
    """A unit that the user receives for. Raises Http404."""
    mine = Membership.objects.agencies_of(request.user, Role.RECIPIENT)
    return get_object_or_404(Agency, pk=agency, pk__in=mine)

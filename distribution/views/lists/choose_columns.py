"""Choose which columns of the list of what is outstanding are shown."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from agencies.views.acting import ActingRequest
from distribution.services.choose_columns import choose_columns as keep_columns
from distribution.tables.outstanding_columns import NAMES
from distribution.views.lists.shown import name_of_list, open_view, views_of
from distribution.views.lists.way_back import place_of
from distribution.views.outstanding import managed_unit
from distribution.views.several.choice import keep_rows
from distribution.views.ticked import ticked_uuids


@require_POST
def choose_columns(request: ActingRequest) -> HttpResponse:
    """Keep the ticked columns for the person, of the open view if one is open; `usual` forgets them again.

    The form is that of the list, whose ticked rows stay chosen.
    """
    unit = managed_unit(request)
    view = open_view(request, views_of(request, unit))
    keep_rows(request, unit, ticked_uuids(request.POST, "delivery"))
    columns = [each for each in request.POST.getlist("column") if each in NAMES]
    usual = "usual" in request.POST or not columns
    keep_columns(
        person=request.user,
        list_name=name_of_list(view),
        columns=None if usual else list(dict.fromkeys(columns)),
    )
    return redirect(reverse("outstanding") + place_of("outstanding", request.GET))

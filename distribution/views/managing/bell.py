"""The bell of every page: what waits for the person, with live counts, each with a link to just these rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from agencies.views.acting import ActingRequest
from agencies.views.directory import page_of
from distribution.models import Delivery, OnBehalfRecord
from distribution.outbox.messages import giver_path
from distribution.queries.managing.bell import LISTED, BellItem, Waiting, listed
from distribution.queries.managing.bell import bell as bell_of

PAGES = {
    Waiting.MAILS: ("returned", ""),
    Waiting.ADDRESSES: ("proposed_addresses", ""),
    Waiting.CORRECTIONS: ("contact_corrections", "?show=waiting"),
    Waiting.FILES: ("prepared_files", "?show=new"),
}


@dataclass(frozen=True)
class BellRow:
    """One thing that waits: about which unit's copy of which letter, since when, and where it is done."""

    delivery: Delivery
    row: Any
    url: str


@require_safe
def bell(request: ActingRequest) -> HttpResponse:
    """Everything that waits for the person, in all of their units; for htmx only the list and the number."""
    items = bell_of(request.user, request.acting.units)
    context = {
        "items": [(each, _page_of(each)) for each in items],
        "total": sum(each.count for each in items),
    }
    template = "distribution/bell/_answer.html" if request.htmx else "distribution/bell.html"
    response = render(request, template, context)
    response["Cache-Control"] = "no-store"
    patch_vary_headers(response, ["HX-Request"])
    return response


@require_safe
def waiting(request: ActingRequest, kind: str) -> HttpResponse:
    """The rows of one kind, the oldest first."""
    if kind not in LISTED:
        raise Http404
    chosen = Waiting(kind)
    page = page_of(request, listed(chosen, request.user, request.acting.units))
    context = {"kind": chosen, "page": page, "rows": _rows(chosen, list(page))}
    return render(request, "distribution/bell_rows.html", context)


def _page_of(item: BellItem) -> str:
    if item.kind in LISTED:
        return reverse("waiting", args=[item.kind.value])
    name, query = PAGES[item.kind]
    return reverse(name) + query


def _rows(kind: Waiting, found: Sequence[Any]) -> list[BellRow]:
    match kind:
        case Waiting.EXTENSIONS:
            return [BellRow(each.delivery, each, _path("decide_extension", each)) for each in found]
        case Waiting.TAKE_BACKS:
            return [BellRow(each.delivery, each, _path("decide_take_back", each)) for each in found]
        case Waiting.OBJECTIONS:
            return [BellRow(each.delivery, each, _place_of_record(each)) for each in found]
        case Waiting.ASSIGNED:
            return [BellRow(each, each, reverse("delivery", args=[each.public_id])) for each in found]
        case _:
            return [BellRow(each, each, giver_path(each)) for each in found]


def _path(name: str, request: Any) -> str:
    return reverse(name, args=[request.public_id])


def _place_of_record(record: OnBehalfRecord) -> str:
    """Where the unit that made the record sees it."""
    if record.by_giver:
        return reverse("record_below", args=[record.delivery.public_id]) + "#on-behalf"
    return (
        reverse("recipient", args=[record.delivery.circular.public_id, record.delivery.public_id])
        + "#on-behalf"
    )

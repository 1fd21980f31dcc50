"""The way back from a letter or a recipient to the place of a manager's list from which it was opened."""

import re
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

from django.http import HttpRequest, HttpResponseRedirect, QueryDict
from django.urls import reverse

from distribution.tables.list_place import place
from distribution.tables.outstanding_filter import LETTERS_NARROWING, NARROWING

PARAMETER = "list"
"""Of an address: the name of the list, its query, and the row as a fragment."""

PARAMETERS = {
    "outstanding": (*NARROWING, "sort", "view", "ticked"),
    "outstanding_letters": (*LETTERS_NARROWING, "sort"),
}
"""The lists, each with the parameters that are part of a place of it, beside the page."""

ROW = re.compile(r"(?:row|letter)-[0-9a-f-]{36}")


@dataclass(frozen=True)
class WayBack:
    """The address of the place, and what leads there from further pages: a query of one parameter."""

    address: str
    query: str


def place_of(name: str, query: QueryDict) -> str:
    """What leads back to that place of the list: `?` with its known parameters and the page, or nothing."""
    return place(query, PARAMETERS[name])


def leading_back(name: str, query: QueryDict, row: str = "") -> str:
    """What the address of a page behind the list is followed by, so that `way_back` finds that place and row."""
    fragment = f"#{row}" if row else ""
    return "?" + urlencode({PARAMETER: f"{name}{place_of(name, query)}{fragment}"})


def way_back(request: HttpRequest) -> WayBack | None:
    """The place of the list that the address names, as far as it is a place of a known list; None without one."""
    return _way_back(request.GET)


def redirect_with_way_back(request: HttpRequest, page: str, *ids: object) -> HttpResponseRedirect:
    """After an act: to the page of a letter or a recipient, with the way back of the page that the act was done on.

    That page is known from the Referer, which browsers send to the own site; without it the way back is lost.
    """
    try:
        query = QueryDict(urlsplit(request.headers.get("Referer", "")).query)
    except ValueError:
        query = QueryDict()
    found = _way_back(query)
    return HttpResponseRedirect(reverse(page, args=ids) + (found.query if found else ""))


def _way_back(query: QueryDict) -> WayBack | None:
    try:
        parts = urlsplit(query.get(PARAMETER, ""))
    except ValueError:  # of a host that can't be one
        return None
    if parts.scheme or parts.netloc or parts.path not in PARAMETERS:
        return None
    row = parts.fragment if ROW.fullmatch(parts.fragment) else ""
    shown = QueryDict(parts.query)
    fragment = f"#{row}" if row else ""
    address = reverse(parts.path) + place_of(parts.path, shown) + fragment
    return WayBack(address, leading_back(parts.path, shown, row))

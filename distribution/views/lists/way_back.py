"""The way back from a letter or a recipient to the place of a manager's list from which it was opened."""

import re
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

from django.http import HttpRequest, QueryDict
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
    try:
        parts = urlsplit(request.GET.get(PARAMETER, ""))
    except ValueError:  # of a host that can't be one
        return None
    if parts.scheme or parts.netloc or parts.path not in PARAMETERS:
        return None
    row = parts.fragment if ROW.fullmatch(parts.fragment) else ""
    query = QueryDict(parts.query)
    fragment = f"#{row}" if row else ""
    address = reverse(parts.path) + place_of(parts.path, query) + fragment
    return WayBack(address, leading_back(parts.path, query, row))

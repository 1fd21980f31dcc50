"""The search box of every page: letters, received letters, recipients, units and people, as far as the user may see."""

from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from agencies.models import Role
from agencies.turkish import one_line
from agencies.views.acting import ActingRequest
from distribution.queries.paging import at_least
from distribution.queries.search.groups import Found, Search
from distribution.queries.search.lists import NamedList, counted_lists, lists_named
from distribution.queries.search.terms import NotSearchable
from distribution.tables.base import found_mark
from distribution.views.outstanding import managed_unit

FEW = 5
"""Rows of a group beside the others."""

PER_PAGE = 25

GROUPS: dict[str, str | Promise] = {
    "letters": _("Outgoing letters"),
    "received": _("Received letters"),
    "recipients": _("Recipients"),
    "units": _("Bodies and units"),
    "people": _("People"),
}
"""Each is looked up by the method of `Search` with its name and shown by the template with its name."""

FOLLOWS, RECEIVES = {Role.SENDER, Role.MANAGER}, {Role.RECIPIENT}
OF_ROLES = {"letters": FOLLOWS, "recipients": FOLLOWS, "received": RECEIVES}


@dataclass(frozen=True)
class Group:
    """One group of results as it is shown."""

    name: str
    found: Found
    page: Page[Any]

    @property
    def title(self) -> str | Promise:
        return GROUPS[self.name]

    @property
    def template(self) -> str:
        return f"distribution/search/_{self.name}.html"

    @property
    def count_in_words(self) -> str:
        count = len(self.found.keys)
        return at_least(count) if self.found.goes_on else number_format(count, force_grouping=True)

    @property
    def hits(self) -> list[tuple[Any, SafeString]]:
        """The rows of the page, with the words in their sentences."""
        return [(hit.row, found_mark(hit.passages)) for hit in self.found.hits_of(list(self.page))]


@require_safe
def search(request: ActingRequest) -> HttpResponse:
    """The first results of every group, or a page of one group; for htmx only the results, as suggestions."""
    text = one_line(request.GET.get("q", ""))
    chosen = request.GET.get("in", "")
    names = [chosen] if chosen in GROUPS else _for_roles(request)
    refused: str | Promise = ""
    groups: list[Group] = []
    if text or "q" in request.GET:
        try:
            found = Search(request.user, text, in_files=not request.htmx)
        except NotSearchable as error:
            refused = error.words
        else:
            groups = [_group(request, name, getattr(found, name)(), alone=chosen == name) for name in names]
    context = {
        "lists": [] if chosen in GROUPS else _lists(request, text),
        "searched": text,
        "refused": refused,
        "asked": "q" in request.GET,
        "groups": [group for group in groups if group.found.keys],
        "place": "suggested" if request.htmx else "found",
        "chosen": groups[0] if groups and chosen in GROUPS else None,
    }
    template = "distribution/search/_found.html" if request.htmx else "distribution/search.html"
    response = render(request, template, context)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _lists(request: ActingRequest, text: str) -> list[tuple[NamedList, int]]:
    """The manager's lists that the text names, with their counts; none for others."""
    names = lists_named(text)
    if not names or not any(Role.MANAGER in roles for roles in request.acting.units.values()):
        return []
    return counted_lists(names, request.user, managed_unit(request), timezone.now())


def _group(request: ActingRequest, name: str, found: Found, *, alone: bool) -> Group:
    pages = Paginator(found.keys, PER_PAGE if alone else FEW)
    return Group(name, found, pages.get_page(request.GET.get("page") if alone else 1))


def _for_roles(request: ActingRequest) -> list[str]:
    """The groups in which somebody with these roles can find anything."""
    roles: set[str] = set().union(*request.acting.units.values())
    return [name for name in GROUPS if not OF_ROLES.get(name) or roles & OF_ROLES[name]]

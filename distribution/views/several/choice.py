"""Which rows of a list are chosen, over its pages and filters, to be dealt with together.

The choice is kept in the session, one for each list of each unit: the lists of its inbox, and what is outstanding of
its letters. The form of a list carries the chosen rows of its other pages too, so that it sends the whole choice.
"""

from collections.abc import Sequence
from uuid import UUID

from django.http import HttpRequest, QueryDict

from agencies.models import Agency

MOST = 500
"""Rows that are dealt with together at most."""

KEPT = "chosen_letters"
"""Key of the session."""


def keep_choice(request: HttpRequest, unit: Agency, place: QueryDict, chosen: Sequence[UUID]) -> list[UUID]:
    """Keep the chosen letters of the list at this place, at most MOST. Returns those that are kept."""
    return _keep(request, _list(unit, place), chosen)


def kept_choice(request: HttpRequest, unit: Agency, place: QueryDict) -> list[UUID]:
    """The chosen letters of the list at this place, in the order in which they were chosen."""
    return _kept(request, _list(unit, place))


def keep_rows(request: HttpRequest, unit: Agency, chosen: Sequence[UUID]) -> list[UUID]:
    """Keep the chosen rows of what is outstanding of the unit's letters, at most MOST. Returns those that are kept."""
    return _keep(request, _rows(unit), chosen)


def kept_rows(request: HttpRequest, unit: Agency) -> list[UUID]:
    """The chosen rows of what is outstanding of the unit's letters, in the order in which they were chosen.

    They may have been confirmed since, or stand in no list any more: whoever deals with them says so.
    """
    return _kept(request, _rows(unit))


def _keep(request: HttpRequest, name: str, chosen: Sequence[UUID]) -> list[UUID]:
    kept = list(dict.fromkeys(chosen))[:MOST]
    lists = dict(request.session.get(KEPT, {}))
    lists.pop(name, None)
    if kept:
        lists[name] = [each.hex for each in kept]
    if lists != request.session.get(KEPT, {}):
        request.session[KEPT] = lists
    return kept


def _kept(request: HttpRequest, name: str) -> list[UUID]:
    return [UUID(each) for each in request.session.get(KEPT, {}).get(name, [])]


def _rows(unit: Agency) -> str:
    return f"{unit.pk} outstanding"


def _list(unit: Agency, place: QueryDict) -> str:
    return f"{unit.pk} {'answer' if place.get('show') == 'answer' else 'owed'}"

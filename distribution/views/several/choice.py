"""Which letters of a list of the inbox are chosen, over its pages and filters, to be dealt with together.

The choice is kept in the session, one for each list of each unit. The form of a list carries the chosen letters of
its other pages too, so that it sends the whole choice.
"""

from collections.abc import Sequence
from uuid import UUID

from django.http import HttpRequest, QueryDict

from agencies.models import Agency

MOST = 500
"""Letters that are dealt with together at most."""

KEPT = "chosen_letters"
"""Key of the session."""


def keep_choice(request: HttpRequest, unit: Agency, place: QueryDict, chosen: Sequence[UUID]) -> list[UUID]:
    """Keep the chosen letters of the list at this place, at most MOST. Returns those that are kept."""
    kept = list(dict.fromkeys(chosen))[:MOST]
    lists = dict(request.session.get(KEPT, {}))
    lists.pop(_list(unit, place), None)
    if kept:
        lists[_list(unit, place)] = [each.hex for each in kept]
    if lists != request.session.get(KEPT, {}):
        request.session[KEPT] = lists
    return kept


def kept_choice(request: HttpRequest, unit: Agency, place: QueryDict) -> list[UUID]:
    """The chosen letters of the list at this place, in the order in which they were chosen."""
    return [UUID(each) for each in request.session.get(KEPT, {}).get(_list(unit, place), [])]


def _list(unit: Agency, place: QueryDict) -> str:
    return f"{unit.pk} {'answer' if place.get('show') == 'answer' else 'owed'}"

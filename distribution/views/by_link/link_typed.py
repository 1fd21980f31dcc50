"""What somebody typed on a page of a link, kept in the session until it is accepted.

The answer to a refused form is a page without an address of its own, so a language switch or a reload would lose it.
"""

from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest, QueryDict
from django.utils import timezone

from agencies.services.kept_files import FIELD, KEPT_FOR
from circulars.models.choices import is_marked_gizli

SESSION_KEY = "link_typed"
LARGEST = 20_000
"""Characters; more is not kept."""

NOT_KEPT = ("csrfmiddlewaretoken", "code", "used_code", "ask", FIELD)


def keep_typed(request: HttpRequest) -> None:
    """Keep what this request sent for the page at its address. Codes and texts marked Gizli are never kept."""
    kept = QueryDict(mutable=True)
    for name, values in request.POST.lists():
        if name not in NOT_KEPT:
            kept.setlist(name, values)
    typed, words = kept.urlencode(), [str(each) for values in kept.lists() for each in values[1]]
    if len(typed) > LARGEST or any(is_marked_gizli(each) for each in words):
        return
    if any(each.strip() for each in words):
        request.session[SESSION_KEY] = {
            "path": request.path,
            "at": timezone.now().timestamp(),
            "typed": typed,
        }


def typed_before(request: HttpRequest) -> QueryDict | None:
    """What was typed on this page and not accepted."""
    kept = request.session.get(SESSION_KEY)
    if not kept or kept["path"] != request.path or kept["at"] < timezone.now().timestamp() - KEPT_FOR:
        return None
    return QueryDict(kept["typed"])


def forget_typed(session: SessionBase) -> None:
    """It was accepted."""
    session.pop(SESSION_KEY, None)

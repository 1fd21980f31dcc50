"""What the list of what is outstanding shows: the open view, and the columns, in the address or as the person chose."""

from collections.abc import Sequence

from django.http import QueryDict
from django.urls import reverse

from agencies.models import Agency, User
from agencies.views.acting import ActingRequest
from distribution.models import SavedFilter
from distribution.tables.outstanding_columns import known
from distribution.tables.outstanding_filter import narrowing
from distribution.visibility import saved_views_of

COLUMNS = "columns"
"""Parameter of an address, and of what a view keeps."""


def views_of(request: ActingRequest, unit: Agency) -> Sequence[SavedFilter]:
    """The views of the unit's list that the person sees, by name. One query."""
    return list(saved_views_of(request.user, [unit]).select_related("person"))


def open_view(request: ActingRequest, views: Sequence[SavedFilter]) -> SavedFilter | None:
    """The one of the views that the address names."""
    wanted = request.GET.get("view", "")
    return next((each for each in views if str(each.pk) == wanted), None)


def address_of(view: SavedFilter) -> str:
    """The address of the list as the view keeps it; the columns are found by the view."""
    query = _narrowing_of(view)
    query["view"] = str(view.pk)
    return f"{reverse('outstanding')}?{query.urlencode()}"


def is_changed(query: QueryDict, view: SavedFilter) -> bool:
    """Whether the list at this address is narrowed or sorted otherwise than the view keeps it."""
    return narrowing(query) != _narrowing_of(view).urlencode()


def name_of_list(view: SavedFilter | None) -> str:
    """Under which name the person's columns of the list are kept: each view has its own."""
    return "outstanding" if view is None else f"outstanding {view.pk}"


def shown_columns(query: QueryDict, user: User, view: SavedFilter | None) -> tuple[str, ...]:
    """The columns that the address says, else the person's own of the view or list, else the view's, else the usual."""
    if wanted := query.get(COLUMNS):
        return known(wanted.split(","))
    own: Sequence[str] | None = user.list_columns.get(name_of_list(view))
    if own is not None:
        return known(own)
    return known(QueryDict(view.query).get(COLUMNS, "").split(",") if view else ())


def shown_query(query: QueryDict, columns: Sequence[str]) -> str:
    """What the list shows, encoded: the filter, the order and the columns."""
    found = QueryDict(narrowing(query), mutable=True)
    found[COLUMNS] = ",".join(columns)
    return found.urlencode()


def _narrowing_of(view: SavedFilter) -> QueryDict:
    query = QueryDict(view.query, mutable=True)
    query.pop(COLUMNS, None)
    return query

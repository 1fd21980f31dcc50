"""Paging of long lists with a bounded row count."""

from collections.abc import Sequence
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Q, QuerySet, Value
from django.utils.formats import number_format
from django.utils.functional import cached_property

COUNTED_AHEAD = 1000
"""Rows counted beyond the requested page."""

MOST_COUNTED = 10**9
"""Upper limit of the page number in an address, so that the OFFSET fits PostgreSQL's bigint."""


class BoundedPaginator(Paginator[Any]):
    """Paginator that counts at most COUNTED_AHEAD rows beyond the requested page.

    Shorter lists are counted exactly. With `join_late`, a page is read as by `page_of`.
    """

    object_list: Any

    def __init__(self, object_list: Any, per_page: int, *, join_late: bool = False, **options: Any) -> None:
        super().__init__(object_list, per_page, **options)
        self.join_late = join_late
        self.bound = per_page + COUNTED_AHEAD

    def validate_number(self, number: Any) -> int:
        """The page as a number. Raises PageNotAnInteger or EmptyPage, like the base class."""
        text = str(number)
        if text.isascii() and text.isdecimal() and len(text) < 10:
            self.bound = min(int(text) * self.per_page + COUNTED_AHEAD, MOST_COUNTED)
        return super().validate_number(number)

    def page(self, number: Any) -> Page[Any]:
        found = super().page(number)
        if self.join_late:
            first = (found.number - 1) * self.per_page
            found.object_list = page_of(self.object_list, slice(first, first + self.per_page))
        return found

    @cached_property
    def counted(self) -> tuple[int, bool]:
        """Number of rows counted, and whether there may be more."""
        data = getattr(self.object_list, "data", self.object_list)
        rows = getattr(data, "data", data)
        if not isinstance(rows, QuerySet):
            return len(rows), False
        found = bounded_count(rows, self.bound + 1)
        return min(found, self.bound), found > self.bound

    @property
    def count(self) -> int:
        """Number of rows counted."""
        return self.counted[0]

    @property
    def count_in_words(self) -> str:
        """The count as shown: exact, or full thousands with a plus sign if the list continues."""
        found, goes_on = self.counted
        return at_least(found) if goes_on else number_format(found, force_grouping=True)


def page_of(rows: QuerySet[Any, Any], place: slice) -> QuerySet[Any, Any]:
    """The rows at these places: their ids first, then these few with all related rows. Two queries.

    For lists that no index sorts, which would be joined as a whole before they are sorted and cut off.
    """
    return rows.filter(pk__in=list(rows.values_list("pk", flat=True)[place]))


def bounded_count(rows: QuerySet[Any, Any], bound: int) -> int:
    """Number of rows, at most `bound`.

    The rows must be found by an index, such as by the ids of their letters: of a condition that none serves,
    PostgreSQL expects the first rows of the table to match as often as the last ones, and may scan it for the limit.
    """
    return rows.order_by()[:bound].count()


def at_least(count: int) -> str:
    """Text for a count that was cut off: full thousands with a plus sign."""
    return number_format(count - count % 1000, force_grouping=True) + "+"


def neighbours(rows: QuerySet[Any, Any], current: QuerySet[Any, Any]) -> tuple[Any | None, Any | None]:
    """The rows before and after the current one in the order of `rows`, or None at an end of the list.

    `current` is that one row with the annotations of `rows`; it need not be in the list any more. The neighbours
    are found by the values that the list is sorted by, without counting or skipping rows: two queries, however
    long the list is.
    """
    order = [_column(each) for each in rows.query.order_by]
    values = current.order_by().values_list(*(name for name, _descending in order))[:1].get()
    backwards = [(name, not descending) for name, descending in order]
    before = rows.reverse().filter(_beyond(backwards, values)).annotate(is_after=Value(False))[:1]
    after = rows.filter(_beyond(order, values)).annotate(is_after=Value(True))[:1]
    found = {each.is_after: each for each in before.union(after, all=True)}
    return found.get(False), found.get(True)


def _column(order: Any) -> tuple[str, bool]:
    """Name and whether it is sorted in descending order, of an entry of `order_by`: a name, or F with asc or desc."""
    if isinstance(order, str):
        return order.removeprefix("-"), order.startswith("-")
    return order.expression.name, order.descending


def _beyond(order: Sequence[tuple[str, bool]], values: Sequence[Any]) -> Q:
    """Condition: sorted after these values. A missing value sorts as the greatest, as PostgreSQL does by default."""
    beyond, same = Q(pk__in=[]), Q()
    for (name, descending), value in zip(order, values, strict=True):
        missing = Q(**{f"{name}__isnull": True})
        if value is None:
            further = ~missing if descending else None
            equal = missing
        else:
            further = Q(**{f"{name}__lt": value}) if descending else Q(**{f"{name}__gt": value}) | missing
            equal = Q(**{name: value})
        if further is not None:
            beyond |= same & further
        same &= equal
    return beyond

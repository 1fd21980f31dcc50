"""Paging of long lists with a bounded row count."""

from collections.abc import Sequence
from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.utils.formats import number_format
from django.utils.functional import cached_property

COUNTED_AHEAD = 1000
"""Rows counted beyond the requested page."""

MOST_COUNTED = 10**9
"""Upper limit of the page number in an address, so that the OFFSET fits PostgreSQL's bigint."""


class BoundedPaginator(Paginator[Any]):
    """Paginator that counts at most COUNTED_AHEAD rows beyond the requested page.

    Shorter lists are counted exactly. For `count_order` see `bounded_count`.
    """

    def __init__(
        self, object_list: Any, per_page: int, *, count_order: Sequence[str] = (), **options: Any
    ) -> None:
        super().__init__(object_list, per_page, **options)
        self.bound = per_page + COUNTED_AHEAD
        self.count_order = count_order

    def validate_number(self, number: Any) -> int:
        """The page as a number. Raises PageNotAnInteger or EmptyPage, like the base class."""
        text = str(number)
        if text.isascii() and text.isdecimal() and len(text) < 10:
            self.bound = min(int(text) * self.per_page + COUNTED_AHEAD, MOST_COUNTED)
        return super().validate_number(number)

    @cached_property
    def counted(self) -> tuple[int, bool]:
        """Number of rows counted, and whether there may be more."""
        data = getattr(self.object_list, "data", self.object_list)
        rows = getattr(data, "data", data)
        if not isinstance(rows, QuerySet):
            return len(rows), False
        found = bounded_count(rows, self.bound + 1, order=self.count_order)
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


def bounded_count(rows: QuerySet[Any, Any], bound: int, *, order: Sequence[str] = ()) -> int:
    """Number of rows, at most `bound`.

    `order` are the columns of an index on exactly these rows. With a limit but without an order, PostgreSQL may
    scan the whole table from its oldest rows, none of which match.
    """
    return rows.order_by(*order)[:bound].count()


def at_least(count: int) -> str:
    """Text for a count that was cut off: full thousands with a plus sign."""
    return number_format(count - count % 1000, force_grouping=True) + "+"

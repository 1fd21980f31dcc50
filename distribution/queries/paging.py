"""Long lists page by page, without counting them to their end."""

from collections.abc import Sequence
from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.utils.formats import number_format
from django.utils.functional import cached_property

COUNTED_AHEAD = 1000
"""Rows counted beyond the page that is shown."""

MOST_COUNTED = 10**9
"""Keeps the number that an address asks for within what the database takes as a limit."""


class BoundedPaginator(Paginator[Any]):
    """A paginator of a queryset or a table's rows that counts at most COUNTED_AHEAD rows beyond the page asked for.

    A list that ends before that is counted exactly. `count_order`: see `bounded_count`.
    """

    def __init__(
        self, object_list: Any, per_page: int, *, count_order: Sequence[str] = (), **options: Any
    ) -> None:
        super().__init__(object_list, per_page, **options)
        self.bound = per_page + COUNTED_AHEAD
        self.count_order = count_order

    def validate_number(self, number: Any) -> int:
        """The page as a number. Raises PageNotAnInteger or EmptyPage, as its base does."""
        text = str(number)
        if text.isascii() and text.isdecimal() and len(text) < 10:
            self.bound = min(int(text) * self.per_page + COUNTED_AHEAD, MOST_COUNTED)
        return super().validate_number(number)

    @cached_property
    def counted(self) -> tuple[int, bool]:
        """How many rows were counted, and whether there may be more."""
        data = getattr(self.object_list, "data", self.object_list)
        rows = getattr(data, "data", data)
        if not isinstance(rows, QuerySet):
            return len(rows), False
        found = bounded_count(rows, self.bound + 1, order=self.count_order)
        return min(found, self.bound), found > self.bound

    @property
    def count(self) -> int:
        """How many rows were counted."""
        return self.counted[0]

    @property
    def count_in_words(self) -> str:
        """The count as shown: exact, or in thousands with a plus if the list goes on."""
        found, goes_on = self.counted
        return at_least(found) if goes_on else number_format(found)


def bounded_count(rows: QuerySet[Any, Any], bound: int, *, order: Sequence[str] = ()) -> int:
    """How many rows there are; `bound` if there are as many or more.

    `order` names the columns of an index that holds just such rows. With a limit and no order PostgreSQL may read the
    whole table from its oldest rows, none of which is counted.
    """
    return rows.order_by(*order)[:bound].count()


def at_least(count: int) -> str:
    """A number of rows after which the list goes on: full thousands with a plus."""
    return number_format(count - count % 1000, force_grouping=True) + "+"

"""Columns of exported lists, and their rows one by one."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from django.db.models import QuerySet

CHUNK = 2000

Maker = Callable[[Any], Any]
ExportColumn = tuple[Any, str, Maker]
"""Heading, name of the value in the queryset, and its conversion."""


def as_is(value: Any) -> Any:
    """The value unchanged."""
    return value


def choice(choices: Iterable[tuple[str, Any]]) -> Maker:
    """The label of a choice, in the language active when it is called."""
    labels = dict(choices)
    return lambda value: str(labels.get(value, value))


def export_rows(queryset: QuerySet[Any, Any], columns: Sequence[ExportColumn]) -> Iterator[list[Any]]:
    """Headings, then the values of each row, read in chunks from a server-side cursor."""
    yield [str(heading) for heading, _name, _maker in columns]
    makers = [maker for _heading, _name, maker in columns]
    found = queryset.values_list(*[name for _heading, name, _maker in columns])
    for values in found.iterator(chunk_size=CHUNK):
        yield [maker(value) for maker, value in zip(makers, values, strict=True)]

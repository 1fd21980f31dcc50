"""Export of the directory in the format that an import reads."""

from collections.abc import Iterator
from typing import Any

from agencies.directory.columns import COLUMNS
from agencies.models import AgencyQuerySet

CHUNK = 2000


def directory_rows(agencies: AgencyQuerySet) -> Iterator[list[Any]]:
    """The heading, then one row per agency, parents before children."""
    yield [column.heading for column in COLUMNS]
    ordered = agencies.select_related("parent", "successor", "province").order_by(
        "path__len", "protocol_order", "sort_key", "pk"
    )
    for agency in ordered.iterator(chunk_size=CHUNK):
        yield [column.exported(agency) for column in COLUMNS]

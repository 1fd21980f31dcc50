"""The directory as a file that an import takes back unchanged."""

from collections.abc import Iterator
from typing import Any

from agencies.directory.columns import COLUMNS, NO, YES, headings, kind_words, reference
from agencies.models import Agency, AgencyQuerySet

CHUNK = 2000


def directory_rows(agencies: AgencyQuerySet) -> Iterator[list[Any]]:
    """The heading, then one row for each agency, parents before what is below them."""
    yield headings(column.field for column in COLUMNS)
    ordered = agencies.select_related("parent", "successor", "province").order_by(
        "path__len", "protocol_order", "sort_key", "pk"
    )
    for agency in ordered.iterator(chunk_size=CHUNK):
        yield _row(agency)


def _row(agency: Agency) -> list[Any]:
    return [
        reference(agency),
        agency.name,
        kind_words()[agency.kind],
        reference(agency.parent),
        agency.province.name if agency.province else "",
        agency.protocol_order,
        agency.detsis_no or "",
        agency.kep_address,
        agency.email,
        agency.phone,
        agency.active_from.strftime("%d.%m.%Y") if agency.active_from else "",
        agency.active_to.strftime("%d.%m.%Y") if agency.active_to else "",
        reference(agency.successor),
        YES if agency.addressable else NO,
        agency.template,
    ]

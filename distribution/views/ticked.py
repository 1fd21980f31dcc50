"""Rows ticked in a list."""

from uuid import UUID

from django.http import Http404, QueryDict


def ticked_uuids(sent: QueryDict, name: str) -> list[UUID]:
    """Public ids of the ticked checkboxes with that name. Raises Http404 for an invalid id."""
    try:
        return [UUID(value) for value in sent.getlist(name)]
    except ValueError:
        raise Http404 from None

"""The rows that somebody ticked in a list."""

from uuid import UUID

from django.http import Http404, QueryDict


def ticked_uuids(sent: QueryDict, name: str) -> list[UUID]:
    """The public ids of the ticked boxes of that name. Raises Http404 for what no box of ours holds."""
    try:
        return [UUID(value) for value in sent.getlist(name)]
    except ValueError:
        raise Http404 from None

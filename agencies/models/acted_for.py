"""The units for which a person acts today, asked of the database once a request."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date

from django.utils import timezone

from agencies.models.person import Membership, User

_known: ContextVar[dict[tuple[int, date], list[Membership]] | None] = ContextVar("memberships", default=None)


@contextmanager
def memberships_asked_once() -> Iterator[None]:
    """Until the end of the block, `memberships_of` asks once for each person.

    A block is as long as one request. Whoever writes asks anew, by the rules of the rows that are locked.
    """
    token = _known.set({})
    try:
        yield
    finally:
        _known.reset(token)


def memberships_of(user: User) -> list[Membership]:
    """The memberships in which the user acts today, own and as a deputy, with agency and person, in protocol order.

    One query, and in a request one altogether.
    """
    known = _known.get()
    key = (user.pk, timezone.localdate())
    if known is not None and key in known:
        return known[key]
    acted = Membership.objects.acted_by(user).select_related("agency", "user")
    found = list(acted.order_by("agency__protocol_order", "agency__sort_key", "pk"))
    if known is not None:
        known[key] = found
    return found


def units_acted_for(user: User, role: str) -> list[int]:
    """Ids of the units for which the user acts today in that role, also as a deputy."""
    return list(dict.fromkeys(each.agency_id for each in memberships_of(user) if each.role == role))

"""What waits for a person: requests and returns to decide on, mail to settle, addresses, files, letters assigned.

Each count is that of the rows of the page to which it leads.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.models import Count, QuerySet, Value
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency, ContactCorrection, ProposalState, ProposedAddress, Role, User
from distribution.models import Delivery, ExtensionRequest, OnBehalfRecord, PreparedFile, TakeBackRequest
from distribution.models.deliveries.conditions import LONG_TEXTS, OWING, answered_by
from distribution.queries.receiving.assignments import assigned_to
from distribution.queries.sending.board import unsettled_count
from distribution.queries.sending.returns import undecided_return
from distribution.visibility import given_by_units, prepared_files_of


class Waiting(models.TextChoices):
    """Kinds of what waits for a person, in the order of the list."""

    EXTENSIONS = "extensions", _("Requests for more time")
    TAKE_BACKS = "take_backs", _("Requests to take back")
    RETURNS = "returns", _("Returned letters to decide on")
    OBJECTIONS = "objections", _("Objections to records on behalf")
    MAILS = "mails", _("Returned mail and KEP evidence to settle")
    ASSIGNED = "assigned", _("Letters assigned to you")
    ADDRESSES = "addresses", _("Addresses waiting for approval")
    CORRECTIONS = "corrections", _("KEP addresses to accept")
    FILES = "files", _("Prepared files to download")


LISTED = (
    Waiting.EXTENSIONS,
    Waiting.TAKE_BACKS,
    Waiting.RETURNS,
    Waiting.OBJECTIONS,
    Waiting.ASSIGNED,
)
"""Those whose list stands with the bell; the others have their own pages."""

OLDEST_FIRST = {
    Waiting.EXTENSIONS: "asked_at",
    Waiting.TAKE_BACKS: "asked_at",
    Waiting.RETURNS: "returned_at",
    Waiting.OBJECTIONS: "ended_at",
    Waiting.ASSIGNED: "created_at",
}


@dataclass(frozen=True)
class BellItem:
    """One kind of what waits, and how many there are."""

    kind: Waiting
    count: int


Units = Mapping[Agency, Collection[str]]
"""The person's units with the roles in each, as `Acting.units`."""


def bell(user: User, units: Units) -> list[BellItem]:
    """What waits for the person in all of their units. At most ten queries, for any number of units and rows."""
    sends, receives = _with_role(units, Role.SENDER), _with_role(units, Role.RECIPIENT)
    rows: dict[Waiting, QuerySet[Any]] = {kind: waiting_of(kind, user, units) for kind in LISTED}
    if not receives:
        del rows[Waiting.ASSIGNED]
    if not sends and not receives:
        rows.clear()
    if user.may_maintain_directory:
        rows[Waiting.ADDRESSES] = ProposedAddress.objects.filter(state=ProposalState.PENDING)
        rows[Waiting.CORRECTIONS] = ContactCorrection.objects.to_accept()
    rows[Waiting.FILES] = PreparedFile.objects.filter(created_by=user).to_be_fetched()
    counted = [
        each.order_by().values(waits=Value(kind.value)).annotate(n=Count("pk")).values_list("waits", "n")
        for kind, each in rows.items()
    ]
    counts = dict(counted[0].union(*counted[1:], all=True)) if len(counted) > 1 else dict(counted[0])
    if counts.get(Waiting.FILES):
        counts[Waiting.FILES] = prepared_files_of(user).to_be_fetched().count()
    if sends or user.is_superuser:
        counts[Waiting.MAILS] = unsettled_count(user, sends)
    return [BellItem(kind, counts[kind]) for kind in Waiting if counts.get(kind)]


def waiting_of(kind: Waiting, user: User, units: Units) -> QuerySet[Any]:
    """The rows of one of the LISTED kinds, unordered: those about the person's units, by the rules of visibility."""
    sends, receives = _with_role(units, Role.SENDER), _with_role(units, Role.RECIPIENT)
    match kind:
        case Waiting.EXTENSIONS:
            given = given_by_units(sends, receives, "delivery__")
            return ExtensionRequest.objects.filter(given).undecided()
        case Waiting.TAKE_BACKS:
            given = given_by_units(sends, receives, "delivery__")
            return TakeBackRequest.objects.filter(given).undecided()
        case Waiting.RETURNS:
            return Delivery.objects.filter(given_by_units(sends, receives), undecided_return())
        case Waiting.OBJECTIONS:
            own = models.Q(by_giver=False, delivery__circular__issuer_id__in=sends)
            given = models.Q(by_giver=True) & answered_by(receives, "delivery__parent__")
            return OnBehalfRecord.objects.contested().filter(own | given)
        case Waiting.ASSIGNED:
            received = Delivery.objects.filter(answered_by(receives), OWING)
            return assigned_to(received, user)
    raise ValueError(kind)


def listed(kind: Waiting, user: User, units: Units) -> QuerySet[Any]:
    """The same rows with their letter and unit, the oldest first."""
    rows = waiting_of(kind, user, units)
    through = "" if rows.model is Delivery else "delivery__"
    parts = [f"{through}{part}" for part in ("circular", "agency", "successor", "parent")]
    if through:
        parts.append("delivery")
    texts = [f"{through}{text}" for text in LONG_TEXTS]
    return rows.select_related(*parts).defer(*texts).order_by(OLDEST_FIRST[kind], "pk")


def _with_role(units: Units, role: Role) -> list[int]:
    return [unit.pk for unit, roles in units.items() if role in roles]

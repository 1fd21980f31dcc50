"""Addresses that a sender has set for a letter: those of one recipient, and those that turned out wrong."""

from django.db.models import QuerySet

from agencies.models import ProposalState, ProposedAddress
from circulars.models import Circular
from distribution.models import Delivery


def addresses_set_for(delivery: Delivery) -> "QuerySet[ProposedAddress]":
    """Addresses that were set for this copy's letter and unit, whatever was decided on them."""
    found = delivery.answering_unit.proposed_addresses.filter(letters__contains=[delivery.circular_id])
    return found.select_related("set_by", "set_for")


def refused_addresses(circular: Circular) -> list[tuple[ProposedAddress, Delivery]]:
    """Each refused or corrected address with the recipient that was told there. One query if there are none."""
    wrong = ProposedAddress.objects.filter(
        letters__contains=[circular.pk], state__in=(ProposalState.REFUSED, ProposalState.CORRECTED)
    )
    found = {each.agency_id: each for each in wrong.select_related("agency", "set_by", "set_for")}
    if not found:
        return []
    open_copies = circular.deliveries.direct().outstanding().filter(agency__in=found)
    return [(found[each.agency_id], each) for each in open_copies.order_by("pk")]

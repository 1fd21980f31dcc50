"""Addresses that a sender has set for a letter: one recipient's, those that turned out wrong, and what follows."""

from enum import StrEnum

from django.db.models import QuerySet

from agencies.models import ProposalState, ProposedAddress
from circulars.models import Circular
from distribution.models import Delivery, NoticeState
from distribution.models.notices.notice import PENDING
from distribution.models.notices.notice_kind import TELLS_THE_UNIT


class AfterDecision(StrEnum):
    """What is left to do for a recipient whose address turned out wrong."""

    NOTHING = "nothing"
    """The letter is the unit's no more, or was confirmed otherwise than by the link that was sent there."""

    TOLD_ELSEWHERE = "told_elsewhere"
    LEAVES = "leaves"
    """A notice waits to leave for another address."""

    SEND_AGAIN = "send_again"


def after_decision(delivery: Delivery, wrong: str) -> AfterDecision:
    """What is left to do now that this address of the recipient is known to be wrong. One query at most."""
    is_confirmed = delivery.acknowledged_at is not None and not delivery.was_confirmed_by_link
    if not delivery.is_live or is_confirmed:
        return AfterDecision.NOTHING
    notices = delivery.notices.filter(kind__in=TELLS_THE_UNIT, person=None).select_related("bundle")
    elsewhere = {notice.state for notice in notices if notice.carrier.address != wrong}
    if NoticeState.SENT in elsewhere:
        return AfterDecision.TOLD_ELSEWHERE
    return AfterDecision.LEAVES if elsewhere.intersection(PENDING) else AfterDecision.SEND_AGAIN


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

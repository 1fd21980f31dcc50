"""End the addresses that wait for a decision and that no letter uses any more, so that nobody decides for nothing."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from agencies.models import ProposalState, ProposedAddress
from agencies.services.contact_details.propose_address import release_address
from circulars.lines.distribution_list import expand
from circulars.models import Circular, Status
from distribution.models import Delivery


def end_unused_addresses(*, at: datetime) -> int:
    """Take letters off that were deleted, or left or will leave without the unit. Returns how many addresses ended.

    Takes a few queries for each address that waits; they are few.
    """
    waiting = ProposedAddress.objects.filter(state=ProposalState.PENDING).order_by("pk")
    return sum(_end_if_unused(pk, at) for pk in list(waiting.values_list("pk", flat=True)))


@transaction.atomic
def _end_if_unused(pk: int, at: datetime) -> bool:
    """Letters that weren't sent yet are locked before the unit, so that their lists don't change meanwhile."""
    proposal = ProposedAddress.objects.filter(pk=pk, state=ProposalState.PENDING).first()
    if proposal is None:
        return False
    letters = Circular.objects.filter(pk__in=proposal.letters)
    unsent = letters.exclude(status=Status.DISPATCHED).select_for_update(no_key=True).order_by("pk")
    used = {letter.pk for letter in unsent if _lists(letter, proposal.agency_id, at)}
    sent = Delivery.objects.filter(circular__in=proposal.letters, agency=proposal.agency_id, parent=None)
    used |= set(sent.values_list("circular_id", flat=True))
    unused = [letter for letter in proposal.letters if letter not in used]
    if proposal.letters and not unused:
        return False
    return release_address(proposal=proposal, letters=unused)


def _lists(letter: Circular, unit: int, at: datetime) -> bool:
    recipients = expand(letter, on=timezone.localdate(at)).recipients
    return unit in {recipient.agency.pk for recipient in recipients}

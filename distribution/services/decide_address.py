"""Decide on an address that a sender has set, and tell who set it."""

from datetime import datetime

from django.db import transaction

from agencies.models import ProposalState, ProposedAddress, User
from agencies.services import propose_address
from distribution.models import Delivery, NoticeKind
from distribution.models.notice_kind import AddressDecidedDetails
from distribution.outbox.write import post, to_person


@transaction.atomic
def decide_address(
    *,
    proposal: ProposedAddress,
    state: ProposalState,
    by: User,
    at: datetime,
    corrected_to: str = "",
    reason: str = "",
) -> ProposedAddress:
    """Approve, correct or refuse it. Whoever set it is told by mail, once per letter that was sent to it.

    Raises AlreadyDecided.
    """
    row = propose_address.decide_address(
        proposal=proposal, state=state, by=by, at=at, corrected_to=corrected_to, reason=reason
    )
    sent = Delivery.objects.filter(circular__in=row.letters, agency=row.agency, parent=None)
    details = AddressDecidedDetails(
        name=str(by), reason=reason, address=row.address, outcome=state.value, corrected_to=corrected_to
    )
    post(
        to_person(row.set_by, delivery=delivery, kind=NoticeKind.ADDRESS_DECIDED, at=at, details=details)
        for delivery in sent.select_related("circular").order_by("pk")
    )
    return row

"""Decide on an address that a sender has set, and tell who set it."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from agencies.models import ProposalState, ProposedAddress, User
from agencies.services.contact_details import propose_address
from distribution.models import Delivery, Notice, NoticeKind, NoticeState
from distribution.models.notices.notice_details import AddressDecidedDetails
from distribution.outbox.record import give_up
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

    What still waits to leave for a wrong address goes to the right one, or is given up without another. Raises
    AlreadyDecided, HasAnAddress.
    """
    waiting = _lock_waiting(proposal)
    row = propose_address.decide_address(
        proposal=proposal, state=state, by=by, at=at, corrected_to=corrected_to, reason=reason
    )
    if row.state != ProposalState.APPROVED:
        _redirect(waiting, row, at)
    sent = Delivery.objects.filter(circular__in=row.letters, agency=row.agency, parent=None)
    details = AddressDecidedDetails(
        name=str(by), reason=reason, address=row.address, outcome=state.value, corrected_to=corrected_to
    )
    post(
        to_person(row.set_by, delivery=delivery, kind=NoticeKind.ADDRESS_DECIDED, at=at, details=details)
        for delivery in sent.select_related("circular").order_by("pk")
    )
    return row


def _lock_waiting(proposal: ProposedAddress) -> list[Notice]:
    """The notices that wait to leave for the address, locked before the unit, as everywhere."""
    letters = ProposedAddress.objects.filter(pk=proposal.pk).values_list("letters", flat=True)
    waiting = Notice.objects.filter(
        agency=proposal.agency_id,
        channel=proposal.channel,
        address=proposal.address,
        delivery__circular__in=[letter for each in letters for letter in each],
        state__in=(NoticeState.WAITING, NoticeState.HELD, NoticeState.PAUSED),
    )
    return list(
        waiting.select_for_update(of=("self",), no_key=True).select_related("delivery").order_by("pk")
    )


def _redirect(waiting: list[Notice], row: ProposedAddress, at: datetime) -> None:
    for notice in waiting:
        assert notice.delivery is not None
        way = next(iter(row.agency.open_channels(letter=notice.delivery.circular_id)), None)
        if way is None:
            give_up(notice=notice, reason=_("The address was refused: %s") % row.reason, at=at)
            continue
        notice.channel, notice.address = way
        notice.attempts, notice.last_error = 0, ""
        notice.save(update_fields=["channel", "address", "attempts", "last_error"])

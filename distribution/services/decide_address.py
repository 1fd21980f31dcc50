"""Decide on an address that a sender has set, and tell who set it."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from agencies.models import ProposalState, ProposedAddress, User
from agencies.services.contact_details import propose_address
from circulars.models import Circular, Status
from distribution.models import Delivery, Notice, NoticeKind, NoticeState
from distribution.models.notices.notice_details import AddressDecidedDetails
from distribution.outbox.record import give_up
from distribution.outbox.write import post, to_person


class LetterAdded(Exception):
    """Another letter uses the address since its letters were locked."""


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

    What still waits to leave for a wrong address goes to the right one, or is given up without another. A letter that
    is being dispatched is waited for. Raises AlreadyDecided, HasAnAddress.
    """
    while True:
        try:
            return _decide(proposal, state, by, at, corrected_to, reason)
        except LetterAdded:
            continue


@transaction.atomic
def _decide(
    proposal: ProposedAddress, state: ProposalState, by: User, at: datetime, corrected_to: str, reason: str
) -> ProposedAddress:
    """Lock letters, then notices, then the unit, as everywhere. Raises LetterAdded, and nothing is written then."""
    letters = _lock_letters(proposal)
    waiting = _lock_waiting(proposal, letters)
    row = propose_address.decide_address(
        proposal=proposal, state=state, by=by, at=at, corrected_to=corrected_to, reason=reason
    )
    if not letters.issuperset(row.letters):
        raise LetterAdded
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


def _lock_letters(proposal: ProposedAddress) -> set[int]:
    """Ids of the letters that use the address. Those that weren't sent yet are locked, so that none leaves now."""
    stored = ProposedAddress.objects.filter(pk=proposal.pk).values_list("letters", flat=True)
    letters = {letter for each in stored for letter in each}
    unsent = Circular.objects.filter(pk__in=letters).exclude(status=Status.DISPATCHED)
    list(unsent.select_for_update(no_key=True).order_by("pk").values_list("pk"))
    return letters


def _lock_waiting(proposal: ProposedAddress, letters: set[int]) -> list[Notice]:
    """The notices that wait to leave for the address."""
    waiting = Notice.objects.filter(
        agency=proposal.agency_id,
        channel=proposal.channel,
        address=proposal.address,
        delivery__circular__in=letters,
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

"""Set a missing address of a unit for one letter, and decide on it as whoever maintains the directory."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from django.db import transaction

from agencies.models import Agency, ProposalState, ProposedAddress, User
from agencies.models.contact_details.channel import REGISTRY, is_undeliverable
from agencies.services.contact_details.contact import ContactDetails, record_contact_change


class HasAnAddress(Exception):
    """The unit has an address of this channel that works: there is nothing to set."""


class KnownAsDead(Exception):
    """Mail to this address of the unit came back because nobody is reached there."""


class RefusedBefore(Exception):
    """This address of the unit was refused."""


class AlreadyDecided(Exception):
    """Somebody has decided on the address meanwhile."""


def settable_channels(unit: Agency) -> list[str]:
    """Enabled channels with a column for which the unit has no address, or only one that nothing reaches."""
    found = []
    for code, channel in REGISTRY.items():
        if channel.column and channel.is_open() and (not unit.channels or code in unit.channels):
            address = channel.address_of(unit)
            if address is None or is_undeliverable(unit, code, address):
                found.append(code)
    return found


@transaction.atomic
def propose_address(
    *, unit: Agency, channel: str, address: str, letter: int, issuer: Agency, by: User, at: datetime
) -> ProposedAddress:
    """Use the address for the letter until somebody decides on it. `letter` is the letter's id.

    A letter has one such address per channel; an earlier one that no letter uses any more is deleted.
    Raises HasAnAddress, KnownAsDead, RefusedBefore.
    """
    locked = _locked(unit)
    if channel not in settable_channels(locked):
        raise HasAnAddress
    if is_undeliverable(locked, channel, address):
        raise KnownAsDead
    if (locked.pk, channel, address) in refused_addresses([locked.pk]):
        raise RefusedBefore
    pending = locked.proposed_addresses.filter(channel=channel, state=ProposalState.PENDING)
    for other in pending.filter(letters__contains=[letter]).exclude(address=address):
        _take_off(other, [letter])
    row, _is_new = pending.get_or_create(
        address=address,
        defaults={
            "agency": locked,
            "channel": channel,
            "set_by": by,
            "set_for": issuer,
            "set_at": at,
        },
    )
    if letter not in row.letters:
        row.letters = [*row.letters, letter]
        row.save(update_fields=["letters"])
    _note_pending(locked)
    return row


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
    """Approve the address, which makes it the unit's; store a corrected one instead; or refuse it.

    Raises AlreadyDecided, and HasAnAddress if an approval would replace another address that works.
    """
    locked = _locked(proposal.agency)
    row = locked.proposed_addresses.filter(pk=proposal.pk, state=ProposalState.PENDING).first()
    if row is None:
        raise AlreadyDecided
    own = REGISTRY[row.channel].address_of(locked)
    replaces = own is not None and own != row.address and not is_undeliverable(locked, row.channel, own)
    if state == ProposalState.APPROVED and replaces:
        raise HasAnAddress
    row.state, row.decided_by, row.decided_at = state, by, at
    row.corrected_to, row.reason = corrected_to, reason
    row.save()
    if state != ProposalState.REFUSED:
        before = ContactDetails.of(locked)
        setattr(locked, REGISTRY[row.channel].column, corrected_to or row.address)
        locked.save()
        record_contact_change(agency=locked, before=before, by=by, at=at)
    _note_pending(locked)
    return row


@transaction.atomic
def release_address(*, proposal: ProposedAddress, letters: Collection[int]) -> bool:
    """Note that these letters don't use the address. Returns whether it was deleted, since no other one does.

    One that was decided meanwhile stays as it is.
    """
    locked = _locked(proposal.agency)
    row = locked.proposed_addresses.filter(pk=proposal.pk, state=ProposalState.PENDING).first()
    if row is None:
        return False
    is_deleted = _take_off(row, letters)
    _note_pending(locked)
    return is_deleted


def _take_off(row: ProposedAddress, letters: Collection[int]) -> bool:
    """Returns whether the address was deleted. The caller has locked the unit."""
    row.letters = [letter for letter in row.letters if letter not in letters]
    if not row.letters:
        row.delete()
        return True
    row.save(update_fields=["letters"])
    return False


def refused_addresses(units: Iterable[int]) -> set[tuple[int, str, str]]:
    """Unit, channel and address of what was refused for these units, or corrected to another address."""
    wrong = ProposedAddress.objects.filter(
        agency__in=list(units), state__in=(ProposalState.REFUSED, ProposalState.CORRECTED)
    )
    return set(wrong.order_by().values_list("agency_id", "channel", "address"))


def is_refused(unit: Agency, channel: str, address: str) -> bool:
    """Whether the address was set for the unit and refused or corrected. No query for the unit's own address."""
    if REGISTRY[channel].address_of(unit) in (address, ""):
        return False
    return (unit.pk, channel, address) in refused_addresses([unit.pk])


def _locked(unit: Agency) -> Agency:
    return Agency.objects.select_for_update(no_key=True).get(pk=unit.pk)


def _note_pending(locked: Agency) -> None:
    """Copy what sending needs of the pending addresses to the unit's row."""
    locked.proposed = pending_of(locked)
    locked.save(update_fields=["proposed"])


def pending_of(unit: Agency) -> dict[str, list[dict[str, Any]]]:
    """What `Agency.proposed` should hold, from the rows."""
    found: dict[str, list[dict[str, Any]]] = {}
    rows = unit.proposed_addresses.filter(state=ProposalState.PENDING).exclude(letters=[])
    for row in rows.select_related("set_by").order_by("pk"):
        entry = {"address": row.address, "letters": row.letters, "by": str(row.set_by)}
        found.setdefault(row.channel, []).append(entry)
    return found

"""Confirm for a unit without an account, by the delivery's link and a one-time code.

Weaker proof than a signed-in confirmation: somebody who reads the unit's registered mailbox confirmed under the
name they gave.

1. lock the delivery, to serialise concurrent uses of a code
2. if it can't be confirmed any more, return that without checking the code
3. count the attempt; a wrong code is returned rather than raised, so that the count is committed
4. a valid code is marked as used, and the letter as opened and confirmed
"""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from django.db import transaction
from django.utils.crypto import constant_time_compare

from distribution.event_log import AcknowledgedData, OpenedData, Step, append_events
from distribution.links import Link, check_serial
from distribution.models import Delivery, LinkCode
from distribution.services.by_link.link_codes import SignInNeeded, newest_code, tries_are_used_up
from distribution.services.on_behalf import replace_confirmations
from distribution.services.receiving.acknowledge import CONFIRMED_COLUMNS, REPLACED_COLUMNS, set_confirmed
from distribution.services.receiving.own_delivery import Doer, by_link


class Result(Enum):
    CONFIRMED = "confirmed"
    OBJECTED = "objected to what the sender recorded"
    DONE = "another act was recorded"
    KNOWN = "confirmed before; nothing changed"
    CLOSED = "returned, withdrawn or superseded"
    WRONG_CODE = "wrong code"
    NO_CODE = "no valid code: expired, tried too often, used, or never requested"


@dataclass(frozen=True)
class Answer:
    """Result; `tries_left` is set for a wrong code."""

    delivery: Delivery
    result: Result
    tries_left: int = 0


def lock_by_link(link: Link) -> Delivery:
    """The locked delivery of a link. Raises LinkRevoked, SignInNeeded."""
    delivery = (
        Delivery.objects.select_for_update(of=("self",))
        .select_related("circular__issuer", "agency", "successor", "acknowledged_by", "acknowledged_for")
        .get(public_id=link.delivery)
    )
    check_serial(delivery, link.serial)
    if delivery.circular.secrecy:
        raise SignInNeeded
    return delivery


def use_code(delivery: Delivery, code: str, *, at: datetime) -> LinkCode | Answer:
    """The code, now used; or the answer to give, which must be committed. A wrong attempt is counted.

    The right one isn't: taking back what was done by link within 15 minutes asks for the same code.
    """
    newest = newest_code(delivery)
    if newest is None or not newest.is_open(at) or tries_are_used_up(delivery, at):
        return Answer(delivery, Result.NO_CODE)
    right = constant_time_compare(newest.digits, code)
    if right:
        newest.used_at = at
    else:
        newest.tries += 1
    newest.save(update_fields=["tries", "used_at"])
    return newest if right else Answer(delivery, Result.WRONG_CODE, newest.tries_left)


@transaction.atomic
def acknowledge_by_link(
    *, link: Link, code: str, name: str, job_title: str, register_number: str, at: datetime
) -> Answer:
    """Confirm one delivery with the code mailed to its unit. Raises LinkRevoked, SignInNeeded."""
    delivery = lock_by_link(link)
    if not delivery.is_live:
        return Answer(delivery, Result.CLOSED)
    if not delivery.can_be_confirmed:
        return Answer(delivery, Result.KNOWN)

    used = use_code(delivery, code, at=at)
    if isinstance(used, Answer):
        return used
    doer = by_link(delivery, used, name=name, job_title=job_title)
    confirm_by_link(delivery, doer, at=at, register_number=register_number)
    return Answer(delivery, Result.CONFIRMED)


def confirm_by_link(delivery: Delivery, doer: Doer, *, at: datetime, register_number: str) -> None:
    """Confirm a locked delivery that can be confirmed, for a person without an account."""
    replace_confirmations([delivery], by=None, at=at)
    delivery.acknowledged_name = doer.actor.name
    delivery.acknowledged_title = doer.actor.job_title or ""
    set_confirmed(delivery, at=at, register_number=register_number)
    delivery.opened_at = delivery.opened_at or at
    delivery.save(update_fields=[*CONFIRMED_COLUMNS, *REPLACED_COLUMNS, "opened_at"])
    opened = OpenedData(actor=doer.actor, via=doer.via, address=doer.address)
    confirmed = AcknowledgedData(
        actor=doer.actor,
        via=doer.via,
        address=doer.address,
        register_number=delivery.register_number,
        sha256=delivery.acknowledged_sha256,
    )
    append_events(
        steps=[Step(delivery, opened), Step(delivery, confirmed)],
        at=at,
        for_agency=delivery.answering_unit,
    )

"""Take back a confirmation by link for a unit without an account, with the one-time code that confirmed it.

1. lock the letter, then the delivery, to serialise concurrent uses of the code
2. refuse if it wasn't confirmed by link, or can't be taken back any more, without checking the code
3. count the attempt; a wrong code is returned rather than raised, so that the count is committed
4. a valid code takes the confirmation back
"""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from django.db import transaction
from django.utils.crypto import constant_time_compare

from distribution.event_log import Actor
from distribution.links import Link, check_serial
from distribution.models import Act, Delivery
from distribution.models.take_back import last_act
from distribution.services.receiving.link_codes import SignInNeeded
from distribution.services.receiving.take_back import clear, lock_letters_of, refuse_after_the_period


class Result(Enum):
    TAKEN_BACK = "taken back"
    NOTHING = "not confirmed by link, or something else was recorded meanwhile"
    WRONG_CODE = "wrong code"
    NO_CODE = "the code was tried too often"


@dataclass(frozen=True)
class Outcome:
    """Result; `tries_left` is set for a wrong code."""

    delivery: Delivery
    result: Result
    tries_left: int = 0


@transaction.atomic
def take_back_by_link(*, link: Link, code: str, at: datetime) -> Outcome:
    """Take back a confirmation by link. Raises LinkRevoked, SignInNeeded, and ActionRefused after the period."""
    lock_letters_of([link.delivery])
    delivery = (
        Delivery.objects.select_for_update(of=("self",))
        .select_related("circular", "agency", "successor")
        .get(public_id=link.delivery)
    )
    check_serial(delivery, link.serial)
    if delivery.circular.secrecy:
        raise SignInNeeded
    done = last_act(delivery)
    if done is None or done.act != Act.ACKNOWLEDGED or not delivery.was_confirmed_by_link:
        return Outcome(delivery, Result.NOTHING)
    refuse_after_the_period(done, at)
    used = delivery.link_codes.filter(used_at=done.at).first()
    if used is None or not used.tries_left:
        return Outcome(delivery, Result.NO_CODE)
    used.tries += 1
    used.save(update_fields=["tries"])
    if not constant_time_compare(used.digits, code):
        return Outcome(delivery, Result.WRONG_CODE, used.tries_left)
    actor = Actor(
        name=delivery.acknowledged_name,
        job_title=delivery.acknowledged_title,
        agency=delivery.answering_unit.name,
        in_place_of=delivery.agency.name if delivery.successor is not None else None,
    )
    clear([(delivery, actor)], Act.ACKNOWLEDGED, by=None, at=at, address=used.address)
    return Outcome(delivery, Result.TAKEN_BACK)

"""Take back an act by link for a unit without an account, with the one-time code with which it was done.

1. lock the letter, then the delivery, to serialise concurrent uses of the code
2. refuse if it isn't the act that the page showed, wasn't done by link, or can't be taken back any more, without
   checking the code
3. count the attempt; a wrong code is returned rather than raised, so that the count is committed
4. a valid code takes the act back, under the name that did it
"""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from django.db import transaction
from django.utils.crypto import constant_time_compare

from distribution.event_log import Actor
from distribution.links import Link, check_serial
from distribution.models import Act, Delivery
from distribution.models.acts.take_back import EVENT_OF_ACT, last_act
from distribution.queries.receiving.acts import code_of_act
from distribution.services.by_link.link_codes import SignInNeeded
from distribution.services.receiving.take_back import (
    clear,
    lock_letters_of,
    lock_return_notices,
    refuse_after_the_period,
    refuse_if_acted_on,
    tell_of_returns_taken_back,
)


class Result(Enum):
    TAKEN_BACK = "taken back"
    NOTHING = "not done by link, or something else was recorded meanwhile"
    WRONG_CODE = "wrong code"
    NO_CODE = "the code was tried too often"


@dataclass(frozen=True)
class Outcome:
    """Result; `tries_left` is set for a wrong code."""

    delivery: Delivery
    result: Result
    tries_left: int = 0


@transaction.atomic
def take_back_by_link(*, link: Link, stamp: str, code: str, at: datetime) -> Outcome:
    """Take back the last act by link, named by the `stamp` of LastAct: one code may have confirmed and answered.

    Raises LinkRevoked, SignInNeeded, and ActionRefused after the period.
    """
    lock_letters_of([link.delivery])
    notices = lock_return_notices([link.delivery])
    delivery = (
        Delivery.objects.select_for_update(of=("self",))
        .select_related("circular", "agency", "successor")
        .get(public_id=link.delivery)
    )
    check_serial(delivery, link.serial)
    if delivery.circular.secrecy:
        raise SignInNeeded
    done = last_act(delivery)
    used = code_of_act(delivery, done) if done is not None else None
    if done is None or used is None or done.stamp != stamp:
        return Outcome(delivery, Result.NOTHING)
    refuse_if_acted_on(delivery, done)
    refuse_after_the_period(done, at)
    if not used.tries_left:
        return Outcome(delivery, Result.NO_CODE)
    if not constant_time_compare(used.digits, code):
        used.tries += 1
        used.save(update_fields=["tries"])
        return Outcome(delivery, Result.WRONG_CODE, used.tries_left)
    recorded = delivery.events.filter(kind=EVENT_OF_ACT[done.act], at=done.at).latest("sequence")
    actor = Actor.from_json(recorded.data)
    clear([(delivery, actor)], done.act, by=None, at=at, address=used.address)
    if done.act == Act.RETURNED:
        tell_of_returns_taken_back([delivery], notices, actor, at, by_link=True)
    return Outcome(delivery, Result.TAKEN_BACK)

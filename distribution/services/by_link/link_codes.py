"""Send the one-time code for a delivery's link to the unit's registered address.

1. lock the delivery, so that the limits are counted correctly
2. refuse if the link is revoked, nothing is to be confirmed, there is no address, or a limit is reached
3. write the code's row and its notice; the code itself is derived when the mail is rendered
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Sum

from distribution.links import Link, check_serial
from distribution.models import Delivery, LinkCode
from distribution.models.deliveries.link import CODE_LASTS
from distribution.outbox.write import code_notice, post
from distribution.queries.receiving.acts import needs_code

A_WHILE, CODES_IN_A_WHILE = timedelta(minutes=15), 3
A_DAY, CODES_IN_A_DAY, TRIES_IN_A_DAY = timedelta(days=1), 10, 20


class CodeRefused(Exception):
    """Base of the reasons for which no code is sent.

    CodeRefused
    +-- SignInNeeded     a restricted letter
    +-- NothingToConfirm there is nothing to do by link: e.g. it was withdrawn or superseded
    +-- NoAddress        the unit has no registered e-mail address
    +-- TooManyCodes     wait until the moment `until`
    """


class SignInNeeded(CodeRefused):
    """A restricted letter can be confirmed only after signing in."""


class NothingToConfirm(CodeRefused):
    """Nothing can be done with the delivery by link; the message is its stage."""


class NoAddress(CodeRefused):
    """The directory has no e-mail address of the unit."""


class TooManyCodes(CodeRefused):
    """The limit of codes or of attempts is reached."""

    def __init__(self, until: datetime) -> None:
        super().__init__(until.isoformat())
        self.until = until


@transaction.atomic
def request_code(*, link: Link, at: datetime) -> LinkCode:
    """Send a new code to the registered address of the answering unit. Older codes become invalid.

    Raises CodeRefused and LinkRevoked.
    """
    delivery = (
        Delivery.objects.select_for_update(of=("self",))
        .select_related("circular", "agency", "successor")
        .get(public_id=link.delivery)
    )
    check_serial(delivery, link.serial)
    if delivery.circular.secrecy:
        raise SignInNeeded
    if not needs_code(delivery, at):
        raise NothingToConfirm(delivery.get_stage_display())
    unit = delivery.answering_unit
    if not unit.email:
        raise NoAddress
    _check_bounds(delivery, at)
    code = LinkCode.objects.create(
        delivery=delivery, address=unit.email, created_at=at, expires_at=at + CODE_LASTS
    )
    post([code_notice(code, unit, at=at)])
    return code


def newest_code(delivery: Delivery) -> LinkCode | None:
    """The newest code; older ones are invalid."""
    return delivery.link_codes.order_by("-created_at", "-pk").first()


def tries_are_used_up(delivery: Delivery, at: datetime) -> bool:
    """Whether the daily limit of attempts is reached, so that no code is checked."""
    tried = delivery.link_codes.filter(created_at__gt=at - A_DAY).aggregate(all=Sum("tries"))["all"]
    return (tried or 0) >= TRIES_IN_A_DAY


def _check_bounds(delivery: Delivery, at: datetime) -> None:
    moments = list(
        delivery.link_codes.filter(created_at__gt=at - A_DAY)
        .order_by("-created_at")
        .values_list("created_at", flat=True)
    )
    for span, most in ((A_DAY, CODES_IN_A_DAY), (A_WHILE, CODES_IN_A_WHILE)):
        if len(moments) >= most and moments[most - 1] > at - span:
            raise TooManyCodes(moments[most - 1] + span)
    if tries_are_used_up(delivery, at):
        raise TooManyCodes(moments[-1] + A_DAY)

"""Links without an account: each for one delivery, signed, expiring, revocable; nothing is stored per link.

A link carries the delivery, the serial of its links and the moment at which it expires. Raising
`Delivery.link_serial` revokes every link given before (docs/decisions/0010-link-without-an-account.md).
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.core.signing import BadSignature, Signer, b62_decode, b62_encode
from django.urls import reverse

from distribution.models import Delivery

SALT = "distribution.links"


class DeadLink(Exception):
    """
    DeadLink
     +-- NotALink     nobody was given this address
     +-- LinkExpired  it was good until a moment that has passed
     +-- LinkRevoked  the sender or the unit took it back
    """

    status = 410


class NotALink(DeadLink):
    """The address wasn't made here, or was changed on its way."""

    status = 404


class LinkExpired(DeadLink):
    """Its days are over."""


class LinkRevoked(DeadLink):
    """The links of its serial were revoked."""


@dataclass(frozen=True)
class Link:
    """What a link says once its signature was found good."""

    delivery: UUID
    serial: int
    expires_at: datetime


def expiry(*, at: datetime) -> datetime:
    """When a link given at that moment expires."""
    return at + timedelta(days=settings.LINK_DAYS)


def link_token(delivery: Delivery, *, at: datetime) -> str:
    """The signed part of the delivery's link, good for LINK_DAYS from that moment."""
    until = b62_encode(int(expiry(at=at).timestamp()))
    return _signer().sign(f"{delivery.public_id.hex}.{delivery.link_serial}.{until}")


def link_url(delivery: Delivery, *, at: datetime) -> str:
    """The whole address that goes into a mail to the delivery's unit, and to nobody else.

    Empty for a restricted letter: that is opened only by people who sign in.
    """
    if delivery.circular.secrecy:
        return ""
    return settings.SITE_URL + reverse("link", args=[link_token(delivery, at=at)])


def read_link(token: str, *, at: datetime) -> Link:
    """What the token says. Raises NotALink and LinkExpired; whether it was revoked, the delivery knows."""
    try:
        delivery, serial, until = _signer().unsign(token).split(".")
        link = Link(UUID(delivery), int(serial), datetime.fromtimestamp(b62_decode(until), tz=UTC))
    except (BadSignature, ValueError) as error:
        raise NotALink from error
    if link.expires_at <= at:
        raise LinkExpired
    return link


def delivery_of(link: Link) -> Delivery:
    """The delivery that the link opens, with everything that its page shows. Raises NotALink, LinkRevoked."""
    found = (
        Delivery.objects.filter(public_id=link.delivery)
        .select_related(
            "circular__issuer",
            "circular__superseded_by",
            "agency",
            "successor",
            "parent__agency",
            "parent__successor",
            "superseded_by__agency",
            "superseded_by__successor",
            "acknowledged_by",
            "acknowledged_for",
        )
        .first()
    )
    if found is None:
        raise NotALink
    check_serial(found, link.serial)
    return found


def check_serial(delivery: Delivery, serial: int) -> None:
    """Raise LinkRevoked if links of this serial are no longer good."""
    if delivery.link_serial != serial:
        raise LinkRevoked


def _signer() -> Signer:
    return Signer(salt=SALT, sep=".")

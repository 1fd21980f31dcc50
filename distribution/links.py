"""Links without an account. Each is for one delivery, signed, expiring and revocable; none is stored.

A link contains the delivery, its link serial and the expiry. Incrementing `Delivery.link_serial` revokes all
links issued before (docs/decisions/0010-link-without-an-account.md).
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
    """Base of the reasons why a link isn't accepted.

    DeadLink
    +-- NotALink     the signature is invalid
    +-- LinkExpired  the expiry has passed
    +-- LinkRevoked  revoked by the sender or by the unit
    """

    status = 410


class NotALink(DeadLink):
    """The signature is invalid: the address wasn't issued here, or was altered."""

    status = 404


class LinkExpired(DeadLink):
    """The link's expiry has passed."""


class LinkRevoked(DeadLink):
    """Links with its serial were revoked."""


@dataclass(frozen=True)
class Link:
    """Content of a link whose signature is valid."""

    delivery: UUID
    serial: int
    expires_at: datetime


def expiry(*, at: datetime) -> datetime:
    """Expiry of a link issued at that moment."""
    return at + timedelta(days=settings.LINK_DAYS)


def link_token(delivery: Delivery, *, at: datetime) -> str:
    """The signed token of a link to the delivery, valid for LINK_DAYS from that moment."""
    return _token(delivery, expiry(at=at))


def following_token(link: Link, newer: Delivery) -> str:
    """The token by which the holder of a link opens the unit's newer copy; it expires with the link.

    Empty if links to that copy were revoked: then only one that is mailed afterwards opens it.
    """
    return _token(newer, link.expires_at) if newer.link_serial == 0 else ""


def _token(delivery: Delivery, expires_at: datetime) -> str:
    until = b62_encode(int(expires_at.timestamp()))
    return _signer().sign(f"{delivery.public_id.hex}.{delivery.link_serial}.{until}")


def link_url(delivery: Delivery, *, at: datetime) -> str:
    """The full URL, to be mailed only to the delivery's unit.

    Empty for a restricted letter, which can be opened only after signing in.
    """
    if delivery.circular.secrecy:
        return ""
    return settings.SITE_URL + reverse("link", args=[link_token(delivery, at=at)])


def read_link(token: str, *, at: datetime) -> Link:
    """Verify the token; `check_serial` checks for revocation. Raises NotALink and LinkExpired."""
    try:
        delivery, serial, until = _signer().unsign(token).split(".")
        link = Link(UUID(delivery), int(serial), datetime.fromtimestamp(b62_decode(until), tz=UTC))
    except (BadSignature, ValueError) as error:
        raise NotALink from error
    if link.expires_at <= at:
        raise LinkExpired
    return link


def delivery_of(link: Link) -> Delivery:
    """The delivery that the link opens, with all rows that its page needs. Raises NotALink, LinkRevoked."""
    found = (
        Delivery.objects.filter(public_id=link.delivery)
        .select_related(
            "circular__issuer",
            "circular__superseded_by",
            "agency",
            "successor",
            "line",
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
    """Raise LinkRevoked if links with this serial were revoked."""
    if delivery.link_serial != serial:
        raise LinkRevoked


def _signer() -> Signer:
    return Signer(salt=SALT, sep=".")

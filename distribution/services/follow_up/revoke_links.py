"""Revoke the links of a delivery (its sender or the unit), and send a new one (its sender)."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from agencies.access import deputy_of
from agencies.models import Role, User
from distribution.event_log import Actor, LinkRevokedData, append_event
from distribution.models import Delivery, Notice, NoticeKind, NoticeState
from distribution.outbox.write import letter_notice, post
from distribution.visibility import link_kept_by, receives_for, sent_by


class NothingToSend(Exception):
    """No new link is sent; the message says why."""


class NotOutstanding(NothingToSend):
    """The delivery is confirmed or closed, so that no link is needed; the message is its stage."""


class OnItsWay(NothingToSend):
    """A notice with a link is waiting to be sent already."""


class Unreachable(NothingToSend):
    """The unit has no address."""


@transaction.atomic
def revoke_links(*, delivery: UUID, reason: str, by: User, at: datetime) -> Delivery:
    """Revoke all links and codes issued so far.

    Raises Delivery.DoesNotExist if the user neither sends the letter nor is a recipient for its unit.
    """
    found = _locked(delivery, by)
    found.link_serial += 1
    found.save(update_fields=["link_serial"])
    found.link_codes.filter(used_at=None, expires_at__gt=at).update(expires_at=at)
    append_event(
        delivery=found,
        at=at,
        by=by,
        data=LinkRevokedData(actor=_actor(found, by, at), reason=" ".join(reason.split())),
    )
    return found


@transaction.atomic
def send_new_link(*, delivery: UUID, by: User, at: datetime) -> Notice:
    """Send the unit the letter's notice again, with a new link.

    Raises Delivery.DoesNotExist if the user doesn't send the letter, and NothingToSend.
    """
    found = _locked(delivery, by, only_sender=True)
    if not (found.can_be_confirmed or found.is_unanswered):
        raise NotOutstanding(found.get_stage_display())
    if found.notices.filter(
        kind=NoticeKind.LETTER, state__in=(NoticeState.WAITING, NoticeState.SENDING, NoticeState.PAUSED)
    ).exists():
        raise OnItsWay
    notice = letter_notice(found, urgent=True, at=at)
    if notice is None:
        raise Unreachable
    return post([notice])[0]


def _locked(delivery: UUID, by: User, *, only_sender: bool = False) -> Delivery:
    kept = sent_by(by) if only_sender else link_kept_by(by)
    found = kept.select_for_update(of=("self",)).select_related("circular__issuer", "agency", "successor")
    return found.get(public_id=delivery)


def _actor(delivery: Delivery, by: User, at: datetime) -> Actor:
    """The user, with the absent person if a deputy: as recipient of the unit if possible, otherwise as sender."""
    unit, role = (
        (delivery.answering_unit, Role.RECIPIENT)
        if receives_for(by, delivery.answering_unit)
        else (delivery.circular.issuer, Role.SENDER)
    )
    absent = deputy_of(by, unit, role, timezone.localdate(at))
    return Actor(str(by), as_deputy_of=str(absent) if absent else None)

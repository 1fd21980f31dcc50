"""Object to what the sender recorded on the unit's behalf: as a user, or by the delivery's link and a one-time code.

1. lock the delivery; refuse if nothing recorded holds
2. unset what was recorded: the letter is outstanding again and reminded of; the records stay, with the objection
3. notify the issuer, or the unit that passed the letter on if it made the record, at once
"""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.models import User
from agencies.models.succession import active_or_successor
from agencies.services.refusal import ActionRefused
from distribution.event_log import VIA_LINK, Actor, ObjectedData, append_event
from distribution.links import Link
from distribution.models import Delivery, NoticeKind, OnBehalfRecord, RecordEnd
from distribution.models.notices.notice_details import ObjectedDetails
from distribution.outbox.write import post, to_unit
from distribution.services.by_link.acknowledge_by_link import Answer, Result, lock_by_link, use_code
from distribution.services.on_behalf import end_records, holding_records
from distribution.services.receiving.own_delivery import (
    acting,
    by_link,
    lock_with_absent_person,
    refuse_unless_in_force,
)


@transaction.atomic
def object_to_record(*, delivery: UUID, by: User, at: datetime, reason: str) -> Delivery:
    """Object to everything that the sender recorded on the unit's behalf and that holds.

    Raises Delivery.DoesNotExist if the user may not act for the unit, and ActionRefused.
    """
    reason = reason.strip()
    if not reason:
        raise ActionRefused("reason", _("Say what is wrong with the record: the sender reads it."))
    found, absent = lock_with_absent_person(delivery, by=by, at=at)
    refuse_unless_in_force(found, "reason")
    records = holding_records(found)
    if not records:
        raise ActionRefused("reason", _("No record of the sender holds for this letter any more."))
    _object(found, records, actor=acting(by, found, absent), reason=reason, by=by, at=at)
    return found


@transaction.atomic
def object_by_link(*, link: Link, code: str, name: str, job_title: str, reason: str, at: datetime) -> Answer:
    """The same for a unit without an account, with the code mailed to it. Raises LinkRevoked, SignInNeeded."""
    delivery = lock_by_link(link)
    if not delivery.is_live:
        return Answer(delivery, Result.CLOSED)
    records = holding_records(delivery)
    if not delivery.can_be_objected_to or not records:
        return Answer(delivery, Result.KNOWN)
    used = use_code(delivery, code, at=at)
    if isinstance(used, Answer):
        return used
    actor = by_link(delivery, used, name=name, job_title=job_title).actor
    _object(delivery, records, actor=actor, reason=reason.strip(), by=None, at=at, address=used.address)
    return Answer(delivery, Result.OBJECTED)


def _object(
    delivery: Delivery,
    records: list[OnBehalfRecord],
    *,
    actor: Actor,
    reason: str,
    by: User | None,
    at: datetime,
    address: str | None = None,
) -> None:
    """`address` is the mailbox to which the code of a person without an account was sent."""
    name = f"{actor.name}, {actor.job_title}" if by is None else ""
    confirmation, answer = end_records(
        delivery, records, ended_as=RecordEnd.OBJECTED, by=by, name=name, at=at, reason=reason
    )
    data = ObjectedData(
        actor=actor,
        reason=reason,
        confirmation=confirmation,
        answer=answer,
        via=VIA_LINK if by is None else None,
        address=address,
    )
    append_event(delivery=delivery, data=data, at=at, by=by, for_agency=delivery.answering_unit)
    on = timezone.localdate(at)
    made = {each.by_giver: each.recorded_for for each in records}
    post(
        to_unit(
            active_or_successor(unit, on) or unit,
            delivery=delivery,
            kind=NoticeKind.OBJECTED,
            at=at,
            details=ObjectedDetails(
                name=actor.name,
                job_title=actor.job_title or "",
                reason=reason,
                by_link=True if by is None else None,
                to_giver=by_giver,
            ),
        )
        for by_giver, unit in sorted(made.items())
    )

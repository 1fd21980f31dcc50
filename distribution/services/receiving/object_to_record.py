"""Object to what the sender recorded on the unit's behalf.

1. lock the delivery; refuse if nothing recorded holds
2. unset what was recorded: the letter is outstanding again and reminded of; the records stay, with the objection
3. notify the issuer, at once
"""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.models import User
from agencies.models.succession import active_or_successor
from agencies.services.refusal import ActionRefused
from distribution.event_log import ObjectedData, append_event
from distribution.models import Delivery, NoticeKind, RecordEnd
from distribution.models.notice_kind import ObjectedDetails
from distribution.outbox.write import post, to_unit
from distribution.services.on_behalf import end_records, holding_records
from distribution.services.receiving.own_delivery import (
    acting,
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
    confirmation, answer = end_records(
        found, records, ended_as=RecordEnd.OBJECTED, by=by, at=at, reason=reason
    )
    data = ObjectedData(
        actor=acting(by, found, absent), reason=reason, confirmation=confirmation, answer=answer
    )
    append_event(delivery=found, data=data, at=at, by=by, for_agency=found.answering_unit)
    issuer = found.circular.issuer
    told = active_or_successor(issuer, timezone.localdate(at)) or issuer
    details = ObjectedDetails(name=str(by), job_title=by.job_title, reason=reason)
    post([to_unit(told, delivery=found, kind=NoticeKind.OBJECTED, at=at, details=details)])
    return found

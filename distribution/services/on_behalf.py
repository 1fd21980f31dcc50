"""End the sender's records on behalf of a unit: replaced by the unit's own act, objected to, or taken back."""

from collections.abc import Collection, Iterable
from datetime import datetime

from agencies.models import User
from distribution.models import Delivery, OnBehalfRecord, RecordEnd
from distribution.reminders.plan import plan_reminders

CONFIRMATION_COLUMNS = (
    "acknowledged_at",
    "acknowledged_on_behalf",
    "acknowledged_name",
    "acknowledged_title",
    "register_number",
)
ENDED_COLUMNS = ("ended_as", "ended_at", "ended_by", "ended_name", "end_reason")
ANSWER_COLUMNS = ("completed_at", "completed_on_behalf", "completed_name", "disposition", "answer_note")


def holding_records(delivery: Delivery) -> list[OnBehalfRecord]:
    """The delivery's records that hold, in the order of their recording."""
    return list(delivery.on_behalf_records.holding().order_by("pk"))


def replace_confirmations(deliveries: Iterable[Delivery], *, by: User | None, at: datetime) -> None:
    """End the recorded confirmations of units that confirm themselves. Their recorded answers hold.

    Takes a query only if there is any. The caller must hold the deliveries' row locks, and saves them.
    """
    recorded = [each for each in deliveries if each.acknowledged_on_behalf]
    for delivery in recorded:
        delivery.acknowledged_on_behalf = False
        delivery.acknowledged_name = delivery.acknowledged_title = ""
    if recorded:
        holding = OnBehalfRecord.objects.holding().filter(delivery__in=recorded, disposition="")
        holding.update(ended_as=RecordEnd.REPLACED, ended_at=at, ended_by=by)


def replace_answers(deliveries: Iterable[Delivery], *, by: User | None, at: datetime) -> None:
    """End the recorded answers of units that answer themselves. Like `replace_confirmations`."""
    recorded = [each for each in deliveries if each.completed_on_behalf]
    for delivery in recorded:
        delivery.completed_on_behalf, delivery.completed_name = False, ""
    if recorded:
        holding = OnBehalfRecord.objects.holding().filter(delivery__in=recorded)
        holding.update(ended_as=RecordEnd.REPLACED, ended_at=at, ended_by=by)


def end_records(
    delivery: Delivery,
    records: Collection[OnBehalfRecord],
    *,
    ended_as: RecordEnd,
    by: User | None,
    at: datetime,
    reason: str,
    name: str = "",
) -> tuple[bool, bool]:
    """End records without anything in their place: what they set is missing again, and reminders are planned.

    `name` is that of a person without an account. Returns whether the confirmation and the answer were unset. The
    caller must hold the delivery's row lock.
    """
    confirmation = delivery.acknowledged_on_behalf and any(each.confirms for each in records)
    answer = delivery.completed_on_behalf and any(each.is_answer for each in records)
    for record in records:
        record.ended_as, record.ended_at, record.end_reason = ended_as, at, reason
        record.ended_by, record.ended_name = by, name
    OnBehalfRecord.objects.bulk_update(records, ENDED_COLUMNS)
    if confirmation:
        delivery.acknowledged_at, delivery.acknowledged_on_behalf = None, False
        delivery.acknowledged_name = delivery.acknowledged_title = delivery.register_number = ""
    if answer:
        delivery.completed_at, delivery.completed_on_behalf = None, False
        delivery.completed_name = delivery.disposition = delivery.answer_note = ""
    delivery.save(update_fields=[*CONFIRMATION_COLUMNS, *ANSWER_COLUMNS])
    plan_reminders(deliveries=[delivery], at=at)
    return confirmation, answer

"""Declare administrative leave, and revoke a declaration.

Pending reminders need no update: a reminder is rescheduled when it comes due. Due times in working days follow within
a minute; fixed ones don't change, and their senders are warned.
"""

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.models import DeclaredLeave, Province, User
from agencies.models.turns import take_turn
from agencies.services.refusal import ActionRefused


@transaction.atomic
def declare_leave(
    *,
    first_day: date,
    last_day: date,
    afternoon_only: bool,
    province: Province | None,
    reason: str,
    by: User,
    at: datetime,
) -> DeclaredLeave:
    """Declare these days off, or one day from 13.00 with `afternoon_only`. Raises ValidationError."""
    leave = DeclaredLeave(
        first_day=first_day,
        last_day=last_day,
        afternoon_only=afternoon_only,
        province=province,
        reason=reason,
        entered_by=by,
        entered_at=at,
    )
    take_turn("declared leave")
    leave.full_clean()
    leave.save()
    return leave


@transaction.atomic
def take_back_leave(*, leave: DeclaredLeave, reason: str, by: User, at: datetime) -> DeclaredLeave:
    """Revoke the leave; the row records who did so and when.

    Idempotent. Raises ActionRefused if the leave has begun and no reason is given.
    """
    locked = DeclaredLeave.objects.select_for_update().get(pk=leave.pk)
    if locked.removed_at is not None:
        return locked
    if locked.has_begun(timezone.localdate(at)) and not reason.strip():
        raise ActionRefused("reason", _("This leave has begun already. Say why it is taken back."))
    locked.removed_by, locked.removed_at, locked.removal_reason = by, at, reason.strip()[:200]
    locked.in_due_times = True  # perhaps only some were moved; the next run looks at all
    locked.save(update_fields=["removed_by", "removed_at", "removal_reason", "in_due_times"])
    return locked

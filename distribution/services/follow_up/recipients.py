"""Add a recipient to a sent letter, and remove one."""

from datetime import datetime

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.models import Agency, User
from agencies.services.refusal import ActionRefused
from circulars.models import Circular, Urgency
from distribution.event_log import AddedData, RemovedData, append_event, row_of, sender
from distribution.models import ChangeKind, CircularChange, Delivery
from distribution.outbox.write import letter_notice, post
from distribution.reminders.plan import plan_reminders
from distribution.services.due_time import moment_words, refuse_passed
from distribution.services.follow_up.withdraw import close_copies, lock_live, lock_sent, stop_notices


@transaction.atomic
def add_recipient(
    *,
    circular: Circular,
    agency: Agency,
    purpose: str,
    due_at: datetime | None,
    by: User,
    at: datetime,
    instead_of: Delivery | None = None,
) -> Delivery:
    """Send the letter to another unit. It is listed separately; the printed list stays unchanged.

    `instead_of` is the returned copy of the unit in whose place it gets the letter.
    Raises AlreadyWithdrawn, and ActionRefused if the unit has the letter or is closed, or the due time isn't
    permitted.
    """
    locked = lock_sent(circular)
    following = locked.superseded_by
    if following is not None:
        raise ActionRefused(
            "unit",
            _("This letter was replaced: %(words)s Add the unit to the newer letter.")
            % {"words": locked.replaced_words},
        )
    _refuse_unit(locked, agency, at)
    if locked.urgency == Urgency.URGENT:
        due_at = None
    elif locked.urgency == Urgency.TIMED and due_at is None:
        raise ActionRefused("due_at", _("A GÜNLÜDÜR letter needs a due time. Enter one."))
    if due_at is not None:
        refuse_passed("due_at", due_at, at=at)
    delivery = Delivery.objects.create(
        circular=locked, agency=agency, purpose=purpose, created_at=at, due_at=due_at
    )
    signed = sender(by, locked, at)
    due = moment_words(due_at) if due_at is not None else None
    added = AddedData(
        actor=signed,
        purpose=purpose,
        email=agency.email,
        due=due,
        instead_of=str(instead_of.public_id) if instead_of is not None else None,
        **row_of(delivery),
    )
    append_event(delivery=delivery, data=added, at=at, by=by, for_agency=locked.issuer)
    Circular.objects.filter(pk=locked.pk).update(recipient_count=F("recipient_count") + 1)
    change = CircularChange(circular=locked, kind=ChangeKind.ADDED, at=at, by=by)
    change.data = {"units": [agency.name]} | signed.to_json() | ({"due": due} if due else {})
    if instead_of is not None:
        change.data |= {"instead_of": instead_of.agency.name}
    change.save()
    plan_reminders(deliveries=[delivery], at=at)
    post([letter_notice(delivery, urgent=locked.urgency == Urgency.URGENT, at=at)])
    return delivery


@transaction.atomic
def remove_recipient(*, delivery: Delivery, reason: str, by: User, at: datetime) -> int:
    """Remove a unit, and the copies that it passed on, from a sent letter. Returns the number of copies closed.

    Units that may know of the letter are notified at once. Raises AlreadyWithdrawn, and ActionRefused if there
    is nothing to remove.
    """
    reason = reason.strip()
    if not reason:
        raise ActionRefused("reason", _("Say the reason: those who have the letter read it."))
    locked = lock_sent(delivery.circular)
    concerned = Delivery.objects.filter(Q(pk=delivery.pk) | Q(path__contains=[delivery.pk]), circular=locked)
    maybe_notified = stop_notices(concerned)
    live = lock_live(concerned)
    if delivery.pk not in {each.pk for each in live} or delivery.parent_id is not None:
        raise ActionRefused(
            "reason", _("The unit doesn't have the letter any more; there is nothing to take off.")
        )
    others = Delivery.objects.direct().live().filter(circular=locked).exclude(pk=delivery.pk)
    if not others.exists():
        raise ActionRefused("reason", _("It is the only recipient. Take the whole letter back instead."))
    signed = sender(by, locked, at)
    removed = RemovedData(actor=signed, reason=reason)
    told = close_copies(live, data=removed, by=by, at=at, circular=locked, maybe_notified=maybe_notified)
    Circular.objects.filter(pk=locked.pk).update(recipient_count=F("recipient_count") - 1)
    CircularChange(
        circular=locked,
        kind=ChangeKind.REMOVED,
        at=at,
        by=by,
        data={"units": [delivery.agency.name], "reason": reason, "count": len(live), "told": told}
        | signed.to_json(),
    ).save()
    return len(live)


def _refuse_unit(circular: Circular, agency: Agency, at: datetime) -> None:
    if not agency.is_active(timezone.localdate(at)):
        raise ActionRefused("unit", _("%(unit)s is closed. Choose another unit.") % {"unit": agency.name})
    own = Delivery.objects.filter(circular=circular, agency=agency, withdrawn_at=None).first()
    if own is None:
        return
    if own.returned_at is not None:
        raise ActionRefused(
            "unit",
            _("%(unit)s returned this letter. Send it again from the unit's own page.")
            % {"unit": agency.name},
        )
    raise ActionRefused("unit", _("%(unit)s has this letter already.") % {"unit": agency.name})

"""Withdraw a sent letter.

1. lock the circular, its pending notices and its live deliveries, each in order of id
2. cancel pending notices; remember which units may have been notified
3. close every live delivery with the reason, including those passed on; confirmations are kept
4. notify at once every unit that may know of the letter
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from agencies.models import User
from circulars.models import Circular, Status
from circulars.services.correct import all_revisions, revisions_before
from distribution.event_log import ClosedBySenderData, RemovedData, Step, WithdrawnData, append_events, sender
from distribution.models import (
    ChangeKind,
    CircularChange,
    Delivery,
    Notice,
    NoticeKind,
    NoticeState,
)
from distribution.models.notices.notice import PENDING
from distribution.models.notices.notice_details import WithdrawnDetails
from distribution.outbox.write import post, to_unit


class AlreadyWithdrawn(Exception):
    """The letter was withdrawn before; nothing changed."""


class BadSuccessor(Exception):
    """The letter given as successor can't replace this one."""


@dataclass(frozen=True)
class Withdrawn:
    """Number of deliveries withdrawn, and of units notified."""

    circular: Circular
    deliveries: int
    told: int


def lock_sent(circular: Circular) -> Circular:
    """Lock the sent letter against concurrent changes. Raises AlreadyWithdrawn."""
    locked = (
        Circular.objects.select_for_update(of=("self",), no_key=True)
        .select_related("issuer")
        .get(pk=circular.pk, status=Status.DISPATCHED)
    )
    if locked.is_withdrawn:
        raise AlreadyWithdrawn
    return locked


def lock_letters(letters: Iterable[Circular]) -> dict[int, Circular]:
    """Lock the letters against concurrent changes, in the order of their ids. Returns them by id."""
    rows = Circular.objects.select_for_update(of=("self",), no_key=True).order_by("pk")
    return {each.pk: each for each in rows.filter(pk__in=[letter.pk for letter in letters])}


@transaction.atomic
def withdraw(
    *, circular: Circular, reason: str, by: User, at: datetime, successor: Circular | None = None
) -> Withdrawn:
    """Withdraw the letter from all its recipients. Earlier confirmations are kept.

    `successor` is the letter that replaces it. The number of queries doesn't depend on the number of
    recipients. Raises AlreadyWithdrawn, and BadSuccessor if that letter can't replace this one.
    """
    lock_letters(revisions_before(circular))
    locked = lock_sent(circular)
    # A correction that was being sent has left by now: it locks the earlier revisions.
    revisions = lock_letters(all_revisions(locked)).keys()
    if successor is not None and not Circular.objects.could_replace(locked).filter(pk=successor.pk).exists():
        raise BadSuccessor
    of_letter = Delivery.objects.filter(circular=locked)
    maybe_notified = stop_notices(of_letter)
    deliveries = lock_live(of_letter)
    signed = sender(by, locked, at)
    data = WithdrawnData(actor=signed, reason=reason)
    told = close_copies(deliveries, data=data, by=by, at=at, circular=locked, maybe_notified=maybe_notified)
    locked.withdrawn_at, locked.withdrawn_by, locked.withdrawal_reason = at, by, reason
    locked.paused_at = None
    if successor is not None and locked.superseded_by_id is None:
        locked.superseded_by = successor
    locked.save(
        update_fields=["withdrawn_at", "withdrawn_by", "withdrawal_reason", "paused_at", "superseded_by"]
    )
    if not Delivery.objects.in_force().filter(circular__in=revisions).exists():
        Circular.objects.filter(pk__in=revisions).update(number_in_use=False)
    changed = CircularChange(
        circular=locked,
        kind=ChangeKind.WITHDRAWN,
        at=at,
        by=by,
        data={"reason": reason, "count": len(deliveries), "told": told} | signed.to_json(),
    )
    changed.save()
    if successor is not None:
        record_successor(circular=locked, successor=successor, by=by, at=at)
    return Withdrawn(locked, len(deliveries), told)


def replace_withdrawn(*, withdrawn: Circular, successor: Circular, by: User, at: datetime) -> None:
    """The letter recorded in place of a withdrawn one was sent: from now on it replaces it.

    Does nothing if another letter does so already, or if the issuer was changed.
    """
    open_still = Circular.objects.withdrawn_without_successor().filter(issuer=successor.issuer_id)
    locked = open_still.select_for_update(of=("self",), no_key=True).filter(pk=withdrawn.pk).first()
    if locked is None:
        return
    locked.superseded_by = successor
    locked.save(update_fields=["superseded_by"])
    record_successor(circular=locked, successor=successor, by=by, at=at)


def record_successor(*, circular: Circular, successor: Circular, by: User, at: datetime) -> None:
    """Write into the letter's history which letter replaces it."""
    CircularChange(
        circular=circular,
        kind=ChangeKind.REPLACED,
        at=at,
        by=by,
        data={"number": successor.number, "letter": str(successor.public_id)}
        | sender(by, circular, at).to_json(),
    ).save()


def stop_notices(deliveries: QuerySet[Delivery]) -> set[int]:
    """Cancel the pending notices of these deliveries. Returns ids of deliveries whose unit may have been notified.

    What a worker is sending at this moment can't be stopped; it stays SENDING until the worker has recorded it.
    Notices are locked before deliveries, as in `outbox.record`.
    """
    rows = list(
        Notice.objects.filter(delivery__in=deliveries)
        .filter(state__in=(*PENDING, NoticeState.SENT))
        .select_for_update(of=("self",))
        .order_by("pk")
        .values_list("pk", "delivery_id", "state", "bundle__state")
    )
    gone = (NoticeState.SENDING, NoticeState.SENT)
    stopped = [pk for pk, _delivery, state, _bundle in rows if state in PENDING and state not in gone]
    Notice.objects.filter(pk__in=stopped).update(state=NoticeState.CANCELLED, claimed_at=None)
    return {
        delivery
        for _pk, delivery, state, bundle in rows
        if delivery is not None and (state in gone or bundle in gone)
    }


def lock_live(deliveries: QuerySet[Delivery]) -> list[Delivery]:
    """Lock the live ones in order of id, with the units that a notice needs."""
    return list(
        deliveries.filter(returned_at=None, withdrawn_at=None, superseded_at=None)
        .select_for_update(of=("self",), no_key=True)
        .select_related("agency", "successor")
        .order_by("pk")
    )


def close_copies(
    deliveries: Collection[Delivery],
    *,
    data: ClosedBySenderData,
    by: User,
    at: datetime,
    circular: Circular,
    maybe_notified: Collection[int],
) -> int:
    """Close these locked deliveries with an event each, and notify the units that may know. Returns how many."""
    Delivery.objects.filter(pk__in=[delivery.pk for delivery in deliveries]).update(
        withdrawn_at=at, withdrawal_reason=data.reason, next_reminder_at=None
    )
    append_events(
        steps=[Step(delivery, data) for delivery in deliveries], at=at, by=by, for_agency=circular.issuer
    )
    return len(post(_withdrawal_notices(deliveries, data, at, maybe_notified)))


def _withdrawal_notices(
    deliveries: Iterable[Delivery], data: ClosedBySenderData, at: datetime, maybe_notified: Collection[int]
) -> Iterable[Notice | None]:
    details = WithdrawnDetails(reason=data.reason, only_this_unit=isinstance(data, RemovedData))
    for delivery in deliveries:
        if delivery.was_noticed or delivery.pk in maybe_notified:
            yield to_unit(
                delivery.answering_unit, delivery=delivery, kind=NoticeKind.WITHDRAWN, at=at, details=details
            )

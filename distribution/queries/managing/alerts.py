"""Which copies managers are told of at once, which that an alert named are still as it said, and what was told."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.conf import settings
from django.db.models import Count, Exists, OuterRef, Q
from django.utils import timezone

from agencies.calendar import WorkingTimes, calendar_for, moment_on
from circulars.models import Circular, Status, Urgency
from distribution.models import AlertReason, Delivery, LateAlert, LateAlertCopy
from distribution.models.deliveries.conditions import OUTSTANDING, OWING, UNANSWERED, answering_province
from distribution.models.deliveries.delivery import DeliveryQuerySet
from distribution.queries.letter.marked import lacks
from distribution.queries.sending.owed import Due, due_when

OVERDUE_FOR = 5
"""Working days of the whole country. What became overdue before isn't told of at once any more: nobody was told while
the product stood still.
"""

LONGEST_HOLIDAYS = timedelta(days=30)
"""So many working days lie within these days, whatever holidays and leave there are."""

UNOPENED_FOR = timedelta(days=14)
"""ACELE letters that were sent before aren't either."""

OLDEST_LETTER = timedelta(days=366)
"""Letters sent before are left to the lists and the digest."""

ByLetter = dict[int, list[int]]
"""Ids of copies by the id of their letter."""


def overdue_to_tell(at: datetime) -> ByLetter:
    """Direct copies of GÜNLÜDÜR letters that went overdue and of which nobody was told. One query, two if there are.

    What has to be confirmed and what has to be answered are looked up apart, each by its own partial index; with OR
    all copies of these letters would be read.
    """
    rows = _of_open_letters(Urgency.TIMED).filter(
        due_when(Due.OVERDUE, at),
        due_at__gte=at - LONGEST_HOLIDAYS,
        circular__dispatched_at__gte=at - OLDEST_LETTER,
    )
    to_confirm, to_answer = (
        _untold(rows.filter(owing), AlertReason.OVERDUE).values_list("circular_id", "pk", "due_at")
        for owing in (OUTSTANDING, UNANSWERED)
    )
    found = list(to_confirm.union(to_answer, all=True))
    if not found:
        return {}
    today = timezone.localdate(at)
    calendar = calendar_for(None, today - LONGEST_HOLIDAYS, today)
    first = moment_on(calendar.add_working_days(today, -OVERDUE_FOR), time.min)
    return _by_letter((letter, pk) for letter, pk, due_at in found if due_at and due_at >= first)


def unopened_to_tell(at: datetime) -> ByLetter:
    """Direct copies of ACELE letters that nobody opened in URGENT_UNOPENED_MINUTES of the unit's working time.

    Two queries.
    """
    after = settings.URGENT_UNOPENED_AFTER
    rows = _of_open_letters(Urgency.URGENT).filter(
        OUTSTANDING, opened_at=None, created_at__gte=at - UNOPENED_FOR, created_at__lte=at - after
    )
    untold = _untold(rows, AlertReason.UNOPENED).annotate(province=answering_province())
    found = list(untold.values_list("circular_id", "pk", "created_at", "province"))
    if not found:
        return {}
    first, last = timezone.localdate(at - UNOPENED_FOR), timezone.localdate(at)
    times = WorkingTimes(first, last)
    return _by_letter(
        (letter, pk) for letter, pk, sent, province in found if times.of(province).between(sent, at) >= after
    )


def still_untold(copies: Collection[int], reason: AlertReason) -> DeliveryQuerySet:
    """Those of the copies of which nobody was told for this reason."""
    return _untold(Delivery.objects.filter(pk__in=copies), reason)


def still_late(alert: LateAlert, at: datetime) -> DeliveryQuerySet:
    """The copies that the alert named and that are still as it said."""
    named = LateAlertCopy.objects.filter(alert=alert)
    stands = OUTSTANDING & Q(opened_at=None)
    if alert.reason == AlertReason.OVERDUE:
        stands = OWING & due_when(Due.OVERDUE, at)
    return Delivery.objects.filter(stands, pk__in=named.values("delivery"))


@dataclass(frozen=True)
class ShownAlert:
    """One alert in a history. `units` is the number of units that it named, 0 in the history of one of them."""

    at: datetime
    alert: LateAlert
    units: int = 0


def alerts_of(circular: Circular) -> list[ShownAlert]:
    """What managers were told of the letter, oldest first. One query; none if it was marked as without alerts."""
    if lacks(circular, "alerts"):
        return []
    sent = LateAlert.objects.filter(circular=circular, people__gt=0).annotate(units=Count("copies"))
    return [ShownAlert(each.at, each, each.units) for each in sent]


def alerts_about(delivery: Delivery) -> list[ShownAlert]:
    """What managers were told of this copy, oldest first. One query; none if nobody is told of such letters."""
    if not delivery.circular.urgency or delivery.parent_id is not None:
        return []
    return [
        ShownAlert(each.at, each)
        for each in LateAlert.objects.filter(copies__delivery=delivery, people__gt=0)
    ]


def _of_open_letters(urgency: Urgency) -> DeliveryQuerySet:
    """Direct copies of letters with this urgency whose sender hasn't paused them."""
    return Delivery.objects.direct().filter(
        circular__urgency=urgency, circular__status=Status.DISPATCHED, circular__paused_at=None
    )


def _untold(rows: DeliveryQuerySet, reason: AlertReason) -> DeliveryQuerySet:
    told = LateAlertCopy.objects.filter(delivery=OuterRef("pk"), reason=reason)
    if reason == AlertReason.OVERDUE:
        told = told.filter(due_at=OuterRef("due_at"))
    return rows.filter(~Exists(told)).order_by()


def _by_letter(pairs: Iterable[tuple[int, int]]) -> ByLetter:
    found: ByLetter = {}
    for letter, pk in pairs:
        found.setdefault(letter, []).append(pk)
    return found

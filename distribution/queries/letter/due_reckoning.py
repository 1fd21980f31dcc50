"""How the due time of a copy, or the due times of a letter, came about: days counted, free days, later changes."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from django.db.models import Count, Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from agencies.calendar import WorkingCalendar, calendars_of
from agencies.models import DeclaredLeave, Province
from circulars.models import Circular, Urgency
from distribution.event_log import shown
from distribution.event_log.shown import ShownEvent
from distribution.models import ChangeKind, CircularChange, Delivery, EventKind
from distribution.queries.letter.copies import FunnelStep, counted_copies
from distribution.queries.letter.listed import Listed, Lists

MOST_DAYS = 400
"""Days of a span that are listed."""

CHANGES = (EventKind.DUE_CHANGED, EventKind.EXTENSION_GRANTED)
BEGINNINGS = (EventKind.ADDED, EventKind.RECEIVED_BELOW)


class Rule(StrEnum):
    """Where a due time comes from."""

    URGENT = "urgent"
    """An ACELE letter has none."""

    NONE = "none"
    DAYS = "days"
    MOMENT = "moment"
    """The letter names it."""

    ADDED = "added"
    """The sender gave it to a recipient that was added after the dispatch."""

    PASSED_ON = "passed_on"
    """The unit that passed the letter on set it, or it was taken over from the copy above."""


@dataclass(frozen=True)
class DayOfSpan:
    """One day between the sending and the due time; `number` is None for a day that doesn't count."""

    day: date
    number: int | None
    name: str
    """Why it, or its afternoon, is free: a holiday, a leave with its province, or the weekday."""

    is_weekend: bool


@dataclass(frozen=True)
class Span:
    """The days from the day after the sending to the due day, by the calendar of one province or of the country."""

    days: Sequence[DayOfSpan]
    due_at: datetime
    """Of a number of working days: close of business on the last of them."""

    @property
    def working_days(self) -> int:
        return sum(each.number is not None for each in self.days)

    @property
    def free(self) -> list[DayOfSpan]:
        """Holidays and leave among them, half days included."""
        return [each for each in self.days if each.name and not each.is_weekend]


@dataclass(frozen=True)
class CopyReckoning:
    """How one copy's due time came about."""

    rule: Rule
    span: Span | None
    changes: list[ShownEvent]
    """Later changes and granted requests, in their order."""

    beginning: list[ShownEvent]
    """How the unit got the letter, if the due time was given with that."""

    is_kept: bool = False
    """Whether a correction kept the later due time of the copy that it replaced."""


def reckoning_of_copy(delivery: Delivery) -> CopyReckoning:
    """For a copy with its letter, unit and province. At most four queries."""
    events = list(delivery.events.filter(kind__in=[*CHANGES, *BEGINNINGS]))
    changes = shown(each for each in events if each.kind in CHANGES)
    beginning = [each for each in events if each.kind in BEGINNINGS]
    rule = _rule(delivery, was_added=bool(beginning))
    span = None
    if delivery.due_at is not None:
        span = _span_of_copy(delivery, rule)
    given = shown(beginning) if rule in (Rule.ADDED, Rule.PASSED_ON) else []
    unexplained = span is not None and span.due_at != delivery.due_at and not changes
    return CopyReckoning(rule, span, changes, given, is_kept=unexplained and delivery.circular.is_correction)


def _rule(delivery: Delivery, *, was_added: bool) -> Rule:
    circular = delivery.circular
    if delivery.due_at is None:
        return Rule.URGENT if circular.urgency == Urgency.URGENT else Rule.NONE
    if delivery.parent_id is not None:
        return Rule.PASSED_ON
    if was_added:
        return Rule.ADDED
    return Rule.DAYS if circular.due_working_days is not None else Rule.MOMENT


def _span_of_copy(delivery: Delivery, rule: Rule) -> Span:
    assert delivery.due_at is not None
    sent, province = delivery.created_at, delivery.agency.province_id
    names = {province or "": delivery.agency.province.name} if delivery.agency.province else {}
    working_days = delivery.circular.due_working_days if rule == Rule.DAYS else None
    spans = [
        _span(calendars_of(leaves, [province])[province], sent, delivery.due_at, working_days, names)
        for leaves in leaves_of(sent)
    ]
    return next((each for each in spans if each.due_at == delivery.due_at), spans[-1])


def leaves_of(sent: datetime) -> list[list[DeclaredLeave]]:
    """Declared leave after that day: what is in force now, and what was known when the letter was sent. One query."""
    later = DeclaredLeave.objects.filter(last_day__gte=timezone.localdate(sent)).order_by("pk")
    found = list(later.filter(Q(removed_at=None) | Q(removed_at__gt=sent)))
    now = [each for each in found if each.removed_at is None]
    return [now, [each for each in found if each.entered_at <= sent]]


def _span(
    calendar: WorkingCalendar,
    sent: datetime,
    due_at: datetime,
    working_days: int | None,
    names: dict[str, str],
) -> Span:
    """The days to the due time, or so many working days from the sending on."""
    due = calendar.due_after(sent, working_days) if working_days is not None else due_at
    first, last = timezone.localdate(sent) + timedelta(days=1), timezone.localdate(due)
    days, number = [], 0
    for step in range(min((last - first).days + 1, MOST_DAYS)):
        day = first + timedelta(days=step)
        counts = calendar.is_working_day(day)
        number += counts
        name, is_weekend = _why_free(calendar, day, names)
        days.append(DayOfSpan(day, number if counts else None, name, is_weekend))
    return Span(days, due)


def _why_free(calendar: WorkingCalendar, day: date, names: dict[str, str]) -> tuple[str, bool]:
    free = calendar.free_time(day)
    if free is None:
        return "", False
    if day.weekday() >= 5 and free.name == date_format(day, "l"):
        return free.name, True
    leave = next((each for each in calendar.leaves if _covers(each, day) and each.reason == free.name), None)
    if leave is None:
        return free.name, False
    words = _("declared leave: %(name)s") % {"name": free.name}
    place = names.get(leave.province_id or "")
    return (f"{words} ({place})" if place else words), False


def _covers(leave: DeclaredLeave, day: date) -> bool:
    return leave.first_day <= day <= leave.last_day


@dataclass(frozen=True)
class DueGroup:
    """Recipients with the same due time, and why they have it."""

    due_at: datetime | None
    recipients: Listed
    why: str


@dataclass(frozen=True)
class LetterReckoning:
    """How the due times of a letter's recipients came about."""

    rule: Rule
    span: Span | None
    """By the calendar of the whole country."""

    elsewhere: list[tuple[str, Span]]
    """Provinces in which other days are free, with theirs."""

    groups: list[DueGroup]
    changes: list[CircularChange]


def reckoning_of_letter(circular: Circular, lists: Lists) -> LetterReckoning:
    """For a sent letter. Four queries for any number of recipients."""
    sent, days = circular.dispatched_at, circular.due_working_days
    assert sent is not None
    counted = counted_copies(circular).values_list("due_at", "agency__province").annotate(n=Count("pk"))
    copies = list(counted)
    changes = list(
        circular.changes.filter(kind=ChangeKind.DUE_CHANGED).select_related("by").order_by("at", "pk")
    )
    if circular.due_at is None:
        rule = Rule.URGENT if circular.urgency == Urgency.URGENT else Rule.NONE
        return LetterReckoning(rule, None, [], _groups(copies, lists, {}), changes)
    plates = {plate for _due, plate, _n in copies if plate}
    names = dict(Province.objects.filter(pk__in=plates).order_by("sort_key").values_list("plate", "name"))
    spans: dict[str | None, Span] = {}
    for leaves in leaves_of(sent):
        found = {
            plate: _span(calendar, sent, circular.due_at, days, names)
            for plate, calendar in calendars_of(leaves, plates).items()
        }
        spans = spans if spans and spans[None].due_at == circular.due_at else found
    elsewhere = [
        (name, spans[plate]) for plate, name in names.items() if spans[plate].days != spans[None].days
    ]
    rule = Rule.DAYS if days is not None else Rule.MOMENT
    reasons = _reasons(rule, circular.due_at, spans, elsewhere)
    return LetterReckoning(rule, spans[None], elsewhere, _groups(copies, lists, reasons), changes)


def _reasons(
    rule: Rule, due_at: datetime, spans: dict[str | None, Span], elsewhere: Iterable[tuple[str, Span]]
) -> dict[datetime, str]:
    """Why a copy may have a due time, by the due time."""
    if rule == Rule.MOMENT:
        return {due_at: _("as the letter says")}
    places: dict[datetime, list[str]] = {}
    for name, span in elsewhere:
        places.setdefault(span.due_at, []).append(name)
    found = {
        due: _("counted by the declared leave of: %(places)s") % {"places": ", ".join(names)}
        for due, names in places.items()
    }
    return found | {spans[None].due_at: _("counted for the whole country")}


def _groups(
    copies: Collection[tuple[datetime | None, str | None, int]], lists: Lists, reasons: dict[datetime, str]
) -> list[DueGroup]:
    numbers: dict[datetime | None, int] = {}
    for due, _plate, n in copies:
        numbers[due] = numbers.get(due, 0) + n
    found = []
    for due, n in sorted(numbers.items(), key=lambda each: (-each[1], str(each[0]))):
        if due is None:
            figure = lists.figure(n, step=FunnelStep.SENT, due="none")
            found.append(DueGroup(None, figure, _("no due time")))
        else:
            figure = lists.figure(n, step=FunnelStep.SENT, due_at=due.isoformat())
            found.append(DueGroup(due, figure, reasons.get(due) or _("changed or given later, see below")))
    return found

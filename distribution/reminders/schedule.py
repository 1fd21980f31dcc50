"""Reminder schedules and the moments of their steps (docs/decisions/0017-reminders.md)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext, ngettext

from agencies.calendar import OutOfRange, WorkingCalendar
from circulars.models import Circular, Urgency
from distribution.models import Anchor, ReminderStep, StepAction, StepUnit


def _step(
    urgency: Urgency,
    anchor: Anchor,
    amount: int,
    action: StepAction = StepAction.REMIND,
    unit: StepUnit = StepUnit.WORKING_DAYS,
) -> ReminderStep:
    return ReminderStep(urgency=urgency, anchor=anchor, amount=amount, action=action, unit=unit)


BUILT_IN: dict[Urgency, tuple[ReminderStep, ...]] = {
    Urgency.NORMAL: (
        _step(Urgency.NORMAL, Anchor.SENT, 5),
        _step(Urgency.NORMAL, Anchor.SENT, 10),
        _step(Urgency.NORMAL, Anchor.SENT, 15, StepAction.ESCALATE),
    ),
    Urgency.TIMED: (
        _step(Urgency.TIMED, Anchor.BEFORE_DUE, 2),
        _step(Urgency.TIMED, Anchor.AFTER_DUE, 0),
        _step(Urgency.TIMED, Anchor.AFTER_DUE, 1),
        _step(Urgency.TIMED, Anchor.AFTER_DUE, 3, StepAction.ESCALATE),
    ),
    Urgency.URGENT: (
        _step(Urgency.URGENT, Anchor.SENT, 4, unit=StepUnit.HOURS),
        _step(Urgency.URGENT, Anchor.SENT, 24, unit=StepUnit.HOURS),
        _step(Urgency.URGENT, Anchor.SENT, 48, StepAction.ESCALATE, StepUnit.HOURS),
    ),
}
"""Built-in schedules, used where neither the sender nor an administrator has defined one."""


def kind_of(urgency: str, *, has_due: bool) -> Urgency:
    """The urgency whose default applies: ACELE its own; any other letter with a due time that of GÜNLÜDÜR."""
    if urgency == Urgency.URGENT:
        return Urgency.URGENT
    return Urgency.TIMED if has_due else Urgency.NORMAL


@dataclass(frozen=True)
class Due:
    """A step with its moment."""

    at: datetime
    step: ReminderStep


@dataclass
class Schedules:
    """The steps of some letters and the defaults, loaded in one query; later changes don't alter it."""

    own: dict[int, list[ReminderStep]] = field(default_factory=dict)
    defaults: dict[str, list[ReminderStep]] = field(default_factory=dict)

    @classmethod
    def of(cls, circulars: Collection[Circular]) -> "Schedules":
        """Load the own steps of these letters, and all defaults."""
        own = [circular.pk for circular in circulars if circular.has_own_reminders]
        found = cls(own={pk: [] for pk in own})
        for step in ReminderStep.objects.filter(Q(circular=None) | Q(circular__in=own)):
            if step.circular_id is None:
                found.defaults.setdefault(step.urgency, []).append(step)
            else:
                found.own[step.circular_id].append(step)
        return found

    def steps(self, circular: Circular, *, has_due: bool) -> Sequence[ReminderStep]:
        """The letter's own steps, possibly none; otherwise an administrator's default, otherwise the built-in one."""
        if circular.pk in self.own:
            return self.own[circular.pk]
        return self.default(kind_of(circular.urgency, has_due=has_due))

    def default(self, kind: Urgency) -> Sequence[ReminderStep]:
        """An administrator's default for the urgency, otherwise the built-in one."""
        return self.defaults.get(kind) or BUILT_IN[kind]


def moments(
    steps: Sequence[ReminderStep], *, calendar: WorkingCalendar, sent_at: datetime, due_at: datetime | None
) -> list[Due]:
    """The steps with their moments, in order. Steps relative to a due time are skipped without one."""
    found = []
    for step in steps:
        try:
            at = _moment(step, calendar, sent_at, due_at)
        except (OutOfRange, OverflowError):
            continue
        if at is not None:
            found.append(Due(at, step))
    return sorted(found, key=lambda due: due.at)


def _moment(
    step: ReminderStep, calendar: WorkingCalendar, sent_at: datetime, due_at: datetime | None
) -> datetime | None:
    anchor = sent_at if step.anchor == Anchor.SENT else due_at
    if anchor is None:
        return None
    sign = -1 if step.anchor == Anchor.BEFORE_DUE else 1
    if step.unit == StepUnit.HOURS:
        return anchor + sign * timedelta(hours=step.amount)
    day = timezone.localtime(anchor).date()
    if step.anchor != Anchor.SENT and step.amount == 0:
        if calendar.is_working_day(day) and calendar.morning_of(day) < anchor:
            return calendar.morning_of(day)
        return calendar.morning_of(calendar.add_working_days(day, -1))
    return calendar.morning_of(calendar.add_working_days(day, sign * step.amount))


def dated_words(due: Due, *, due_at: datetime | None, calendar: WorkingCalendar) -> str:
    """The step's time in words, with the due day where the step names it.

    A reminder on a due day that has no working morning before the due time comes on the working day before.
    """
    step = due.step
    if due_at is None or step.amount or step.anchor != Anchor.AFTER_DUE:
        return in_words(step)
    due_day = timezone.localdate(due_at)
    words = {"day": date_format(due_day, "SHORT_DATE_FORMAT")}
    if timezone.localdate(due.at) == due_day:
        return gettext("on the due day, %(day)s") % words
    if free := calendar.free_time(due_day):
        return gettext("on the working day before the due day, %(day)s, which is free: %(name)s") % (
            words | {"name": free.name}
        )
    return gettext(
        "on the working day before the due day, %(day)s: it is due at %(hour)s, before work begins"
    ) % (words | {"hour": date_format(timezone.localtime(due_at), "TIME_FORMAT")})


def in_words(step: ReminderStep) -> str:
    """The step's time in words."""
    if step.amount == 0 and step.anchor == Anchor.AFTER_DUE:
        return gettext("on the due day")
    amount, hours = step.amount, step.unit == StepUnit.HOURS
    match step.anchor:
        case Anchor.SENT if hours:
            words = ngettext(
                "%(n)d hour after the letter left, day and night",
                "%(n)d hours after the letter left, day and night",
                amount,
            )
        case Anchor.SENT:
            words = ngettext(
                "%(n)d working day after the letter left", "%(n)d working days after the letter left", amount
            )
        case Anchor.BEFORE_DUE:
            words = ngettext(
                "%(n)d working day before the due day", "%(n)d working days before the due day", amount
            )
        case _:
            words = ngettext(
                "%(n)d working day after the due day", "%(n)d working days after the due day", amount
            )
    return words % {"n": amount}

"""Change reminder schedules: of a letter by its sender, the default of an urgency by an administrator."""

from collections.abc import Collection, Sequence
from datetime import datetime

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from agencies.models import User
from agencies.models.turns import take_turn
from circulars.models import Circular, Urgency
from distribution.event_log import sender
from distribution.models import Anchor, ChangeKind, CircularChange, ReminderStep, StepUnit
from distribution.reminders.plan import replan_default, replan_letter
from distribution.reminders.schedule import Schedules, in_words, kind_of

MOST_STEPS = 12


class NotASchedule(Exception):
    """These steps aren't a valid schedule; the message says why."""


@transaction.atomic
def set_letter_schedule(
    *, circular: Circular, steps: Sequence[ReminderStep] | None, by: User, at: datetime
) -> Circular:
    """Set the letter's own steps, possibly none; None restores the default.

    Steps in the past aren't caught up on, except those that the former schedule had still to send.
    Raises NotASchedule.
    """
    locked = Circular.objects.select_for_update(no_key=True).get(pk=circular.pk)
    _check(steps or [], urgency=locked.urgency)
    before = Schedules.of([locked])
    locked.reminder_steps.all().delete()
    ReminderStep.objects.bulk_create(
        ReminderStep(
            circular=locked,
            urgency=locked.urgency,
            anchor=step.anchor,
            amount=step.amount,
            unit=step.unit,
            action=step.action,
        )
        for step in steps or []
    )
    locked.has_own_reminders = steps is not None
    locked.save(update_fields=["has_own_reminders"])
    if not locked.is_draft:
        CircularChange.objects.create(
            circular=locked,
            kind=ChangeKind.SCHEDULE_CHANGED,
            at=at,
            by=by,
            data=sender(by, locked, at).to_json()
            | {
                "steps": None
                if steps is None
                else [[each.anchor, each.amount, each.unit, each.action] for each in steps]
            },
        )
    if locked.reminders_planned_at is not None:
        replan_letter(circular=locked, before=before, at=at)
    return locked


@transaction.atomic
def set_default_schedule(
    *, urgency: Urgency, steps: Sequence[ReminderStep] | None, by: User, at: datetime
) -> None:
    """Set the default of the urgency; None restores the built-in one.

    Sent letters that follow it are replanned, and each of its steps that is still to come is sent once. Raises
    NotASchedule.
    """
    if steps is not None and not steps:
        raise NotASchedule(_("A default needs at least one step. A single letter may do without reminders."))
    _check(steps or [], urgency=urgency)
    take_turn(f"default schedule {urgency}")
    before = Schedules.of([])
    ReminderStep.objects.filter(circular=None, urgency=urgency).delete()
    ReminderStep.objects.bulk_create(
        ReminderStep(
            urgency=urgency, anchor=step.anchor, amount=step.amount, unit=step.unit, action=step.action
        )
        for step in steps or []
    )
    replan_default(kind=urgency, before=before, at=at)
    LogEntry.objects.create(
        user=by,
        action_time=at,
        action_flag=CHANGE,
        content_type=ContentType.objects.get_for_model(ReminderStep),
        object_repr=f"{urgency or 'NORMAL'}"[:200],
        change_message="; ".join(f"{step.anchor} {step.amount} {step.unit} {step.action}" for step in steps)
        if steps is not None
        else "built-in",
    )


def _check(steps: Collection[ReminderStep], *, urgency: str) -> None:
    if len(steps) > MOST_STEPS:
        raise NotASchedule(_("A schedule has at most %(most)d steps.") % {"most": MOST_STEPS})
    keys = [step.key for step in steps]
    if len(set(keys)) != len(keys):
        raise NotASchedule(_("The schedule has this step already."))
    for step in steps:
        if step.unit == StepUnit.HOURS and urgency != Urgency.URGENT:
            raise NotASchedule(_("Only ACELE letters are reminded by the hour."))
        if step.anchor != Anchor.SENT and kind_of(urgency, has_due=True) == Urgency.URGENT:
            raise NotASchedule(_("ACELE letters have no due time; count from the dispatch."))
        if step.amount == 0 and step.anchor != Anchor.AFTER_DUE:
            raise NotASchedule(_("Zero means the due day itself: choose “after the due time”."))
        try:
            step.clean_fields(exclude=["circular", "urgency"])
        except ValidationError as error:
            raise NotASchedule(f"{in_words(step)}: {' '.join(error.messages)}") from error

"""What the services that set a due time have in common."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from agencies.models import Agency, User
from agencies.services.refusal import ActionRefused
from distribution.event_log import Actor, DueChangedData, Step, append_events
from distribution.models import Delivery, NoticeKind
from distribution.models.notices.notice_details import DueChangedDetails
from distribution.outbox.write import post, to_unit
from distribution.reminders.plan import plan_reminders


def moment_words(moment: datetime) -> str:
    """A moment formatted as in letters, in any interface language: gg.aa.yyyy ss:dd."""
    return date_format(timezone.localtime(moment), "d.m.Y H:i")


def refuse_passed(field: str, due_at: datetime, *, at: datetime) -> None:
    """Raise ActionRefused for that field of the form if the due time isn't in the future."""
    if due_at <= at:
        raise ActionRefused(
            field,
            _("%(due)s has passed already. Choose a time that is still to come.")
            % {"due": moment_words(due_at)},
        )


def changes_below(
    changed: Mapping[int, datetime], copies: Iterable[Delivery], until: datetime
) -> tuple[list[Delivery], list[Delivery]]:
    """Copies below the changed ones that may become due later with them, and those that become due earlier.

    `changed` maps the id of a changed copy to its former due time; `copies` are what is owed below them. A copy is
    never due after the one above it. It follows to a later time if it and the copies between had the same one.
    """
    followed: set[int] = set()
    later, earlier = [], []
    for copy in sorted(copies, key=lambda each: (len(each.path), each.pk)):
        above = next((pk for pk in copy.path if pk in changed), None)
        if above is None or copy.due_at is None:
            continue
        if until < changed[above]:
            if copy.due_at > until:
                earlier.append(copy)
        elif copy.due_at == changed[above] and (copy.parent_id == above or copy.parent_id in followed):
            followed.add(copy.pk)
            later.append(copy)
    return later, earlier


def set_due(
    *,
    deliveries: Collection[Delivery],
    until: datetime,
    actor: Actor,
    reason: str,
    by: User,
    for_agency: Agency,
    at: datetime,
) -> None:
    """Set the due time, write events with the old and the new one, plan the reminders, and tell the units.

    `actor` is named in the events. A unit that has less time is told at once. The caller must hold the row locks.
    """
    before = {each.pk: each.due_at for each in deliveries}
    due = moment_words(until)
    steps, notices = [], []
    for each in deliveries:
        former = before[each.pk]
        assert former is not None
        shorter = until < former
        changed = DueChangedData(
            actor=actor, due=due, before=moment_words(former), reason=reason.strip() or None, due_at=until
        )
        steps.append(Step(each, changed))
        notices.append(
            to_unit(
                each.answering_unit,
                delivery=each,
                kind=NoticeKind.DUE_CHANGED,
                at=at,
                details=DueChangedDetails(
                    due=due,
                    before=changed.before,
                    shorter=shorter or None,
                    by=for_agency.name,
                    reason=changed.reason,
                ),
                in_digest=not shorter,
            )
        )
    Delivery.objects.filter(pk__in=list(before)).update(due_at=until)
    for each in deliveries:
        each.due_at = until
    append_events(steps=steps, at=at, by=by, for_agency=for_agency)
    plan_reminders(deliveries=deliveries, at=at)
    post(notices)

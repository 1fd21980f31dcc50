"""Move due times in working days after leave was declared or taken back (Y 33; docs/decisions/0016-working-time.md).

1. find the declared leaves that due times don't take into account yet, and those taken back that they still do
2. letter by letter: lock it and what is owed of it, compute both due times of each copy, and move the copies that
   have the former one; a due time that a person set, or that has passed, is left alone
3. note with the leaves that they are followed; if it stops before, the next run finds the copies moved already
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, time

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from agencies.calendar import WorkingCalendar, calendars_of, moment_on
from agencies.models import DeclaredLeave, User
from circulars.models import Circular, Status
from distribution.event_log import Actor
from distribution.models import ChangeKind, CircularChange, Delivery
from distribution.services.due_time import changes_below, moment_words, set_due
from distribution.services.follow_up.withdraw import AlreadyWithdrawn, lock_sent


@dataclass(frozen=True)
class _Leaves:
    """The leaves that due times took into account so far, those in force now, and those that differ."""

    before: list[DeclaredLeave]
    after: list[DeclaredLeave]
    changed: list[DeclaredLeave]

    @property
    def by(self) -> User:
        """Who declared or took back the latest of the changed ones."""
        last = self.changed[-1]
        return last.removed_by or last.entered_by

    @property
    def reason(self) -> str:
        named = ", ".join(str(leave) for leave in self.changed)
        if all(leave.removed_at is None for leave in self.changed):
            return _("Declared leave: %(leave)s") % {"leave": named}
        return _("Declared leave changed: %(leave)s") % {"leave": named}


def follow_leaves(*, at: datetime) -> int:
    """Every minute: move the due times that a changed leave concerns. Returns the number of copies moved."""
    found = _changed()
    if found is None:
        return 0
    moved = sum(_follow(pk, found, at) for pk in _letters(found.changed, at))
    for leave in found.changed:
        DeclaredLeave.objects.filter(pk=leave.pk).update(in_due_times=leave.removed_at is None)
    return moved


def _changed() -> _Leaves | None:
    known = list(
        DeclaredLeave.objects.filter(Q(removed_at=None) | Q(in_due_times=True))
        .select_related("entered_by", "removed_by")
        .order_by("pk")
    )
    changed = [leave for leave in known if (leave.removed_at is None) != leave.in_due_times]
    if not changed:
        return None
    before = [leave for leave in known if leave.in_due_times]
    after = [leave for leave in known if leave.removed_at is None]
    return _Leaves(before, after, changed)


def _letters(changed: Collection[DeclaredLeave], at: datetime) -> list[int]:
    """Ids of the sent letters in working days with copies whose term may include a day of these leaves."""
    first = min(leave.first_day for leave in changed)
    last = max(leave.last_day for leave in changed)
    owed = (
        Delivery.objects.direct()
        .owing()
        .filter(due_at__gt=at, due_at__gte=moment_on(first, time.min), created_at__date__lte=last)
    )
    letters = Circular.objects.filter(
        status=Status.DISPATCHED, withdrawn_at=None, due_working_days__isnull=False
    )
    return list(letters.filter(pk__in=owed.values("circular")).order_by("pk").values_list("pk", flat=True))


@transaction.atomic
def _follow(pk: int, leaves: _Leaves, at: datetime) -> int:
    try:
        circular = lock_sent(Circular(pk=pk))
    except AlreadyWithdrawn:
        return 0
    owed = list(
        Delivery.objects.filter(circular=circular, due_at__isnull=False)
        .owing()
        .select_for_update(of=("self",), no_key=True)
        .select_related("agency", "successor")
        .order_by("pk")
    )
    direct = [each for each in owed if each.parent_id is None]
    moving = _moving(circular, direct, leaves, at)
    moved = 0
    for until, copies in moving.items():
        former = {each.pk: each.due_at for each in copies if each.due_at is not None}
        later, earlier = changes_below(former, (each for each in owed if each.parent_id), until)
        actor = Actor(str(leaves.by))
        data = actor.to_json() | {
            "due": moment_words(until),
            "before": ", ".join(sorted({moment_words(due) for due in former.values()})),
            "reason": leaves.reason,
            "count": len(copies),
        }
        if below := len(later) + len(earlier):
            data["below"] = below
        set_due(
            deliveries=[*copies, *later, *earlier],
            until=until,
            actor=actor,
            reason=leaves.reason,
            by=leaves.by,
            for_agency=circular.issuer,
            at=at,
        )
        CircularChange(circular=circular, kind=ChangeKind.DUE_CHANGED, at=at, by=leaves.by, data=data).save()
        moved += len(copies) + below
    return moved


def _moving(
    circular: Circular, direct: Iterable[Delivery], leaves: _Leaves, at: datetime
) -> dict[datetime, list[Delivery]]:
    """The copies that have the due time of the former calendar, by that of the present one."""
    days, copies = circular.due_working_days, list(direct)
    assert days is not None
    provinces = {each.agency.province_id for each in copies}
    before, after = calendars_of(leaves.before, provinces), calendars_of(leaves.after, provinces)

    def due(calendars: dict[str | None, WorkingCalendar], each: Delivery) -> datetime:
        return calendars[each.agency.province_id].due_after(each.created_at, days)

    found: dict[datetime, list[Delivery]] = {}
    for each in copies:
        if each.due_at is None or each.due_at <= at or each.due_at != due(before, each):
            continue
        until = due(after, each)
        if until != each.due_at and until > at:
            found.setdefault(until, []).append(each)
    return found

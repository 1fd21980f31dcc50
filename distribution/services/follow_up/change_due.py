"""Change the due time of a sent letter, to a later or an earlier one: for one recipient, or for all that owe something.

1. lock the letter, then what is owed of it in order of id
2. sort the copies: due later, due earlier, kept because a longer time was given to the unit personally, below
3. refuse if nothing changes
4. write due times, events, reminder plans and notices; record the change with the letter
"""

from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from agencies.models import User
from agencies.services.refusal import ActionRefused
from circulars.models import Circular, Urgency
from distribution.event_log import sender
from distribution.models import ChangeKind, CircularChange, Delivery, ExtensionRequest
from distribution.models.deliveries.delivery import DeliveryQuerySet
from distribution.reminders.due_times import due_moments, due_times
from distribution.services.due_time import changes_below, moment_words, refuse_passed, set_due
from distribution.services.follow_up.withdraw import lock_sent

MOST_NAMED = 3
"""Former due times that the record of the change names."""


@dataclass(frozen=True)
class DueChange:
    """The copies that a new due time concerns; until it is written they have their former one."""

    later: list[Delivery] = field(default_factory=list)
    earlier: list[Delivery] = field(default_factory=list)
    personal: list[Delivery] = field(default_factory=list)
    """Units that were given a longer time than the others; they keep it unless the sender says otherwise."""
    below_later: list[Delivery] = field(default_factory=list)
    """Copies passed on that were due together with the copy above, and may be due later with it."""
    below_earlier: list[Delivery] = field(default_factory=list)
    below_personal: list[Delivery] = field(default_factory=list)
    """Copies passed on by those units, which become due earlier with them if the sender says so."""
    owes: bool = False
    """Whether anybody owes something by a due time."""

    @property
    def direct(self) -> list[Delivery]:
        return [*self.later, *self.earlier]


@transaction.atomic
def change_due(
    *,
    circular: Circular,
    until: datetime,
    reason: str,
    by: User,
    at: datetime,
    delivery: Delivery | None = None,
    below: bool = True,
    personal_too: bool = False,
) -> DueChange:
    """Set the due time of direct copies that are outstanding or unanswered, or of one of them.

    Copies passed on are never due after the copy above; with `below` they also follow to a later time. A longer
    time that was given to a unit personally is shortened with `personal_too` only. The letter itself keeps its due
    time. Raises AlreadyWithdrawn, and ActionRefused if nobody is concerned.
    """
    locked = lock_sent(circular)
    if locked.urgency == Urgency.URGENT:
        raise ActionRefused("until", _("An ACELE letter is answered at once and has no due time."))
    refuse_passed("until", until, at=at)
    owed = _owed(locked, delivery).select_for_update(of=("self",), no_key=True)
    found = _sorted(locked, owed, until, delivery, personal_too=personal_too)
    if not found.direct:
        raise ActionRefused("until", _why_nobody(found))
    actor = sender(by, locked, at)
    moved = [*found.direct, *found.below_earlier, *(found.below_later if below else [])]
    former = sorted({each.due_at for each in found.direct if each.due_at is not None})
    data = actor.to_json() | {
        "due": moment_words(until),
        "before": ", ".join(map(moment_words, former[:MOST_NAMED])) + ("…" if former[MOST_NAMED:] else ""),
    }
    if reason.strip():
        data["reason"] = reason.strip()
    if delivery is not None:
        data["units"] = [found.direct[0].agency.name]
    else:
        data["count"] = len(found.direct)
    if further := len(moved) - len(found.direct):
        data["below"] = further
    set_due(deliveries=moved, until=until, actor=actor, reason=reason, by=by, for_agency=locked.issuer, at=at)
    CircularChange(circular=locked, kind=ChangeKind.DUE_CHANGED, at=at, by=by, data=data).save()
    return found


def preview_due_change(*, circular: Circular, until: datetime, delivery: Delivery | None = None) -> DueChange:
    """What `change_due` would change. Changes and locks nothing."""
    return _sorted(circular, _owed(circular, delivery), until, delivery, personal_too=False)


def _owed(circular: Circular, delivery: Delivery | None) -> DeliveryQuerySet:
    """What is owed by a due time, directly and below; of one copy and below it if one is given."""
    found = Delivery.objects.filter(circular=circular, due_at__isnull=False).owing()
    if delivery is not None:
        found = found.filter(Q(pk=delivery.pk) | Q(path__contains=[delivery.pk]))
    return found.select_related("agency", "successor").order_by("pk")


def _sorted(
    circular: Circular,
    owed: DeliveryQuerySet,
    until: datetime,
    delivery: Delivery | None,
    *,
    personal_too: bool,
) -> DueChange:
    copies = list(owed)
    direct = [each for each in copies if each.parent_id is None]
    found = DueChange(owes=bool(direct))
    own = _given_personally(circular, direct, until) if any(_due(each) > until for each in direct) else set()
    for each in direct:
        if _due(each) < until:
            found.later.append(each)
        elif _due(each) > until:
            keeps = each.pk in own and not personal_too
            (found.personal if keeps else found.earlier).append(each)
    changed = {each.pk: _due(each) for each in found.direct}
    passed_on = [each for each in copies if each.parent_id]
    later, earlier = changes_below(changed, passed_on, until)
    kept = {each.pk: _due(each) for each in found.personal}
    found.below_personal.extend(changes_below(kept, passed_on, until)[1])
    found.below_later.extend(later)
    found.below_earlier.extend(earlier)
    return found


def _due(delivery: Delivery) -> datetime:
    assert delivery.due_at is not None
    return delivery.due_at


def _given_personally(circular: Circular, direct: list[Delivery], until: datetime) -> set[int]:
    """Ids of the copies with more time than the letter gave: by a granted request beyond `until`, or by the sender.

    The letter gave the most frequent due time, and a letter in working days that of the unit's province.
    """
    granted = ExtensionRequest.objects.filter(delivery__in=direct, granted_until__gt=until)
    found = set(granted.values_list("delivery_id", flat=True))
    sent = Delivery.objects.direct().filter(circular=circular, due_at__isnull=False)
    usual = next((due for due, _units in due_moments(sent)), None)
    by_days = None
    if circular.due_working_days is not None and circular.dispatched_at is not None:
        recipients = [each.agency for each in direct]
        by_days = due_times(circular=circular, recipients=recipients, at=circular.dispatched_at)
    for each in direct:
        given = [due for due in (usual, by_days.of(each.agency) if by_days else None) if due is not None]
        if given and _due(each) > max(given):
            found.add(each.pk)
    return found


def _why_nobody(found: DueChange) -> str:
    if found.personal:
        return _(
            "The longer time was given personally. Tick that it is shortened too, or choose a later time."
        )
    if found.owes:
        return _("Whoever owes something has exactly this time already. Choose another one.")
    return _("Nobody owes anything by a due time any more; there is nothing to change.")

"""Give more time to several recipients, of several letters: a later due time for each copy that owes something.

1. lock the letters, then what is owed of them by a due time, each in order of id
2. sort the chosen copies: given more time, or left out with the reason
3. write due times, events, reminder plans and notices by issuer; record the change with each letter
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from agencies.models import User
from agencies.services.refusal import ActionRefused
from circulars.models import Circular, Urgency
from distribution.event_log import sender
from distribution.models import ChangeKind, CircularChange, Delivery
from distribution.models.deliveries.conditions import LONG_TEXTS, OWING
from distribution.services.due_time import changes_below, moment_words, refuse_passed, set_due
from distribution.services.follow_up.withdraw import lock_letters

MOST_NAMED = 3
"""Units that the record of the change names."""


@dataclass(frozen=True)
class MoreTime:
    """The chosen copies with a later due time, and those left out, each with the reason."""

    given: list[Delivery] = field(default_factory=list)
    left_out: list[tuple[Delivery, str]] = field(default_factory=list)
    below: list[Delivery] = field(default_factory=list)
    """Copies passed on that were due together with a chosen one, and are due later with it."""


@transaction.atomic
def give_more_time(
    *, deliveries: Collection[UUID], until: datetime, reason: str, by: User, at: datetime, below: bool = True
) -> MoreTime:
    """Set a later due time for the chosen direct copies, and with `below` for what was passed on and due with them.

    Left out is what `why_no_more_time` names, and what is due as late already. Raises ActionRefused for a time that has
    passed, or if nothing is left; Delivery.DoesNotExist if one isn't a direct copy of a letter that the person sends.
    """
    refuse_passed("until", until, at=at)
    mine = Circular.objects.changeable_by(by)
    wanted = Delivery.objects.direct().filter(public_id__in=deliveries, circular__in=mine)
    chosen = dict(wanted.values_list("pk", "circular_id"))
    if len(chosen) != len(set(deliveries)):
        raise Delivery.DoesNotExist
    letters = lock_letters(Circular.objects.filter(pk__in=set(chosen.values())).only("pk"))
    copies = _locked(chosen, below=below)
    found = _sorted([copies[pk] for pk in sorted(chosen)], copies.values(), until, below=below)
    if not found.given:
        raise ActionRefused("until", _("None of these recipients would get more time. Choose a later time."))
    for issuer in sorted({letters[each.circular_id].issuer_id for each in found.given}):
        _write(found, issuer, until=until, reason=reason, by=by, at=at)
    return found


def why_no_more_time(delivery: Delivery) -> str:
    """Why this copy can get no more time, as it stands; empty if it can. Needs its letter."""
    letter = delivery.circular
    if letter.is_withdrawn or not delivery.is_live:
        return _("The copy was returned, withdrawn or covered by another one.")
    if not delivery.is_owing:
        return _("Has been confirmed or answered: nothing is owed any more.")
    if letter.urgency == Urgency.URGENT:
        return _("An ACELE letter is answered at once and has no due time.")
    return "" if delivery.due_at else _("Has no due time.")


def _locked(chosen: Collection[int], *, below: bool) -> dict[int, Delivery]:
    """The chosen copies, and what is owed below them by a due time, locked in the order of their ids, by id."""
    wanted = Q(pk__in=chosen)
    if below:
        wanted |= OWING & Q(path__overlap=list(chosen), due_at__isnull=False)
    rows = Delivery.objects.filter(wanted).select_for_update(of=("self",), no_key=True)
    found = rows.select_related("agency", "successor", "circular__issuer").defer(*LONG_TEXTS[:3])
    return {each.pk: each for each in found.order_by("pk")}


def _sorted(
    chosen: Iterable[Delivery], copies: Iterable[Delivery], until: datetime, *, below: bool
) -> MoreTime:
    found = MoreTime()
    for each in chosen:
        if why := why_no_more_time(each):
            found.left_out.append((each, why))
        elif each.due_at is not None and each.due_at >= until:
            found.left_out.append((each, _("Has as much time already.")))
        else:
            found.given.append(each)
    if below:
        changed = {each.pk: each.due_at for each in found.given if each.due_at is not None}
        passed_on = [each for each in copies if each.parent_id]
        found.below.extend(changes_below(changed, passed_on, until)[0])
    return found


def _write(found: MoreTime, issuer: int, *, until: datetime, reason: str, by: User, at: datetime) -> None:
    """The new due time of the copies of this issuer's letters."""
    given = [each for each in found.given if each.circular.issuer_id == issuer]
    moved = [*given, *(each for each in found.below if each.circular.issuer_id == issuer)]
    letter = given[0].circular
    actor = sender(by, letter, at)
    data = actor.to_json() | {"due": moment_words(until)}
    if reason.strip():
        data["reason"] = reason.strip()
    of_letters: dict[int, list[Delivery]] = {}
    for each in given:
        of_letters.setdefault(each.circular_id, []).append(each)
    changes = [
        CircularChange(circular_id=pk, kind=ChangeKind.DUE_CHANGED, at=at, by=by, data=data | _named(copies))
        for pk, copies in of_letters.items()
    ]
    set_due(deliveries=moved, until=until, actor=actor, reason=reason, by=by, for_agency=letter.issuer, at=at)
    CircularChange.objects.bulk_create(changes)


def _named(copies: list[Delivery]) -> dict[str, object]:
    """The first units and their former due times, and how many there are if not all are named."""
    former = sorted({each.due_at for each in copies if each.due_at is not None})
    named: dict[str, object] = {
        "units": [each.agency.name for each in copies[:MOST_NAMED]],
        "before": ", ".join(map(moment_words, former[:MOST_NAMED])) + ("…" if former[MOST_NAMED:] else ""),
    }
    return named if len(copies) <= MOST_NAMED else named | {"count": len(copies)}

"""Closing an agency on a day, with a successor or without."""

from datetime import date, datetime

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from agencies.models import Agency, User
from agencies.models.maintenance import ChangeKind, DirectoryChange
from agencies.services.refusal import Refused


@transaction.atomic
def close_agency(
    *,
    agency: Agency,
    on: date,
    successor: Agency | None,
    by: User,
    at: datetime,
    move_children: bool = False,
) -> Agency:
    """Close it: `on` is the first day it no longer is, the successor takes its duties over. Raises Refused.

    With `move_children` the units directly below it come under the successor.
    """
    both = [agency.pk, *([successor.pk] if successor else [])]
    rows = Agency.objects.select_for_update(no_key=True).filter(pk__in=both).order_by("pk")
    locked = {each.pk: each for each in rows}
    closing = locked[agency.pk]
    heir = locked[successor.pk] if successor else None
    _refuse_day(closing, on)
    if heir is not None:
        _refuse_successor(closing, heir, on, move_children)
    _refuse_predecessors(closing, on)
    closing.active_to, closing.successor = on, heir
    closing.save()
    moved = 0
    if heir is not None and move_children:
        moved = closing.children.update(parent=heir)
        Agency.objects.rebuild_paths()
    DirectoryChange.objects.create(
        agency=closing,
        kind=ChangeKind.CLOSED,
        at=at,
        by=by,
        data={
            "on": on.isoformat(),
            "successor": heir.name if heir else "",
            "successor_id": heir.pk if heir else None,
            "moved": moved,
        },
    )
    return closing


def _refuse_day(closing: Agency, on: date) -> None:
    if closing.active_from is not None and on <= closing.active_from:
        raise Refused(
            "on",
            _("It begins only on %(day)s. Choose a later day.")
            % {"day": date_format(closing.active_from, "SHORT_DATE_FORMAT")},
        )


def _refuse_successor(closing: Agency, heir: Agency, on: date, move_children: bool) -> None:
    if heir.pk == closing.pk:
        raise Refused("successor", _("It can't be its own successor. Choose another one."))
    if not heir.is_active(on):
        raise Refused(
            "successor",
            _("%(unit)s is not in being on that day. Choose one that is.") % {"unit": heir.name},
        )
    if _passes_to(heir, closing):
        raise Refused(
            "successor",
            _("%(unit)s is itself to pass to the one that you close. Choose another successor.")
            % {"unit": heir.name},
        )
    if move_children and on > timezone.localdate():
        raise Refused(
            "move_children",
            _("The units below would move today, before the day. Leave them, and move them on the day."),
        )
    if move_children and closing.pk in heir.path:
        raise Refused(
            "move_children",
            _("%(unit)s stands below the one that you close. Leave the units where they are.")
            % {"unit": heir.name},
        )


def _refuse_predecessors(closing: Agency, on: date) -> None:
    """What is to pass to this one on a later day would find it closed."""
    waiting = closing.predecessors.filter(Q(active_to__isnull=True) | Q(active_to__gt=on)).first()
    if waiting is not None:
        raise Refused(
            "on",
            _("%(unit)s is to pass to this one after that day. Give it another successor first.")
            % {"unit": waiting.name},
        )


def _passes_to(heir: Agency, closing: Agency) -> bool:
    """Whether the heir's own successors lead back to the one that closes."""
    seen: set[int] = set()
    following = heir.successor_id
    while following is not None and following not in seen:
        if following == closing.pk:
            return True
        seen.add(following)
        following = Agency.objects.values_list("successor_id", flat=True).get(pk=following)
    return False

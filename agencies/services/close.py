"""Close an agency on a given day, with or without a successor."""

from datetime import date, datetime

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from agencies.models import Agency, User
from agencies.models.maintenance import ChangeKind, DirectoryChange
from agencies.services.refusal import ActionRefused


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
    """Close the agency. `on` is the first day on which it no longer exists. Raises ActionRefused.

    With `move_children`, its direct children become children of the successor.
    """
    both = [agency.pk, *([successor.pk] if successor else [])]
    rows = Agency.objects.select_for_update(no_key=True).filter(pk__in=both).order_by("pk")
    locked = {each.pk: each for each in rows}
    closing = locked[agency.pk]
    successor = locked[successor.pk] if successor else None
    _refuse_day(closing, on)
    if successor is not None:
        _refuse_successor(closing, successor, on, move_children)
    _refuse_predecessors(closing, on)
    closing.active_to, closing.successor = on, successor
    closing.save()
    moved = 0
    if successor is not None and move_children:
        moved = closing.children.update(parent=successor)
        Agency.objects.rebuild_paths()
    DirectoryChange.objects.create(
        agency=closing,
        kind=ChangeKind.CLOSED,
        at=at,
        by=by,
        data={
            "on": on.isoformat(),
            "successor": successor.name if successor else "",
            "successor_id": successor.pk if successor else None,
            "moved": moved,
        },
    )
    return closing


def _refuse_day(closing: Agency, on: date) -> None:
    if closing.active_from is not None and on <= closing.active_from:
        raise ActionRefused(
            "on",
            _("It begins only on %(day)s. Choose a later day.")
            % {"day": date_format(closing.active_from, "SHORT_DATE_FORMAT")},
        )


def _refuse_successor(closing: Agency, successor: Agency, on: date, move_children: bool) -> None:
    if successor.pk == closing.pk:
        raise ActionRefused("successor", _("It can't be its own successor. Choose another one."))
    if not successor.is_active(on):
        raise ActionRefused(
            "successor",
            _("%(unit)s is not in being on that day. Choose one that is.") % {"unit": successor.name},
        )
    if _passes_to(successor, closing):
        raise ActionRefused(
            "successor",
            _("%(unit)s is itself to pass to the one that you close. Choose another successor.")
            % {"unit": successor.name},
        )
    if move_children and on > timezone.localdate():
        raise ActionRefused(
            "move_children",
            _("The units below would move today, before the day. Leave them, and move them on the day."),
        )
    if move_children and closing.pk in successor.path:
        raise ActionRefused(
            "move_children",
            _("%(unit)s stands below the one that you close. Leave the units where they are.")
            % {"unit": successor.name},
        )


def _refuse_predecessors(closing: Agency, on: date) -> None:
    """Refuse if this agency is the successor of one that closes on a later day."""
    waiting = closing.predecessors.filter(Q(active_to__isnull=True) | Q(active_to__gt=on)).first()
    if waiting is not None:
        raise ActionRefused(
            "on",
            _("%(unit)s is to pass to this one after that day. Give it another successor first.")
            % {"unit": waiting.name},
        )


def _passes_to(successor: Agency, closing: Agency) -> bool:
    """Whether the successor's chain of successors leads back to the closing agency."""
    seen: set[int] = set()
    following = successor.successor_id
    while following is not None and following not in seen:
        if following == closing.pk:
            return True
        seen.add(following)
        following = Agency.objects.values_list("successor_id", flat=True).get(pk=following)
    return False

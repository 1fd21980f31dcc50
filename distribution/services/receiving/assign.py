"""Assign a unit's copies to one of its people (havale), and remove an assignment. Confirms nothing.

1. lock the deliveries in order of id; refuse if one isn't in force
2. end the assignment that stands, unless it is to the same person with the same note
3. write the new one and tell the person; several letters at once in one message

No event is written: no other unit may know of it.
"""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.models import Agency, User
from agencies.services.refusal import ActionRefused
from distribution.models import Assignment, Delivery, NoticeKind
from distribution.models.notices.notice_details import AssignedDetails
from distribution.outbox.digest import bundle_at_once
from distribution.outbox.write import post, to_person
from distribution.queries.receiving.assignments import assignable
from distribution.services.receiving.own_delivery import (
    absent_person,
    can_wait,
    lock_own_several,
    refuse_unless_in_force,
)


@transaction.atomic
def assign(
    *, deliveries: Collection[UUID], agency: Agency, person: User, note: str, by: User, at: datetime
) -> list[Assignment]:
    """Assign deliveries of one unit to a person who receives for it, all or none. Returns the new assignments.

    What is assigned to the person with the same note already stays as it is. Raises Delivery.DoesNotExist if the user
    may not act for the unit, and ActionRefused.
    """
    note = note.strip()
    found = lock_own_several(deliveries, agency=agency, by=by)
    for delivery in found:
        refuse_unless_in_force(delivery, "person")
    if person not in assignable(agency, on=timezone.localdate(at)):
        raise ActionRefused(
            "person",
            _("%(person)s receives no letters for %(unit)s. Choose another person.")
            % {"person": person, "unit": agency},
        )
    standing = _standing(found)
    fresh = [
        each
        for each in found
        if each.pk not in standing or (standing[each.pk].person, standing[each.pk].note) != (person, note)
    ]
    _end([standing[each.pk] for each in fresh if each.pk in standing], by=by, at=at)
    absent = absent_person(by, agency, at)
    written = Assignment.objects.bulk_create(
        Assignment(
            delivery=each,
            unit=agency,
            person=person,
            note=note,
            assigned_at=at,
            assigned_by=by,
            assigned_for=absent,
        )
        for each in fresh
    )
    if person != by:
        details = AssignedDetails(name=str(by), job_title=by.job_title, reason=note)
        told = post(
            to_person(
                person,
                delivery=each,
                kind=NoticeKind.ASSIGNED,
                at=at,
                details=details,
                in_digest=agency.digests_letters and can_wait(each),
            )
            for each in fresh
        )
        bundle_at_once(notices=told, at=at)
    return written


@transaction.atomic
def unassign(*, delivery: UUID, agency: Agency, by: User, at: datetime) -> Assignment | None:
    """Remove the assignment of a delivery; None if nobody has it (any more).

    Raises Delivery.DoesNotExist if the user may not act for the unit.
    """
    found = lock_own_several([delivery], agency=agency, by=by)
    standing = list(_standing(found).values())
    _end(standing, by=by, at=at)
    return standing[0] if standing else None


def _standing(deliveries: Collection[Delivery]) -> dict[int, Assignment]:
    """Those that stand, locked, by delivery."""
    rows = Assignment.objects.standing().filter(delivery__in=deliveries)
    locked = rows.select_for_update(of=("self",)).select_related("person").order_by("pk")
    return {each.delivery_id: each for each in locked}


def _end(assignments: Collection[Assignment], *, by: User, at: datetime) -> None:
    Assignment.objects.filter(pk__in=[each.pk for each in assignments]).update(ended_at=at, ended_by=by)


def carry_over(copies: dict[int, Delivery]) -> None:
    """Assign the new copies of a revision like the earlier ones, given by id. Called by the dispatch; tells nobody."""
    standing = Assignment.objects.standing().filter(delivery__in=list(copies)).order_by("pk")
    new = {copies[each.delivery_id].pk: each for each in standing}
    for delivery, each in new.items():
        each.pk, each.delivery_id = None, delivery
    Assignment.objects.bulk_create(new.values())

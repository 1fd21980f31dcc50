"""Use an address that nothing reaches no more, and ask the unit's managers for another one."""

from datetime import datetime

from django.utils import timezone

from agencies.models import Agency, Membership, Role, User
from agencies.services.contact_details.undeliverable import (
    remember_undeliverable,
    remember_undeliverable_people,
)
from distribution.models import Delivery, Notice, NoticeKind
from distribution.models.notices.notice_details import AddressDetails
from distribution.outbox.write import post, to_person


def ask_for_address(*, notice: Notice, answer: str, at: datetime, decided_by: User | None = None) -> None:
    """The address of a failed notice reaches nobody: remember it for every unit and person that has it.

    `decided_by` is the person who recorded it, None if the server's answer did. The nearest managers of each unit are
    asked once, by e-mail, unless theirs is the same address. To be called in the transaction that gives the notice up.
    """
    units = remember_undeliverable(
        channel=notice.channel,
        address=notice.address,
        answer=answer,
        at=at,
        by=decided_by,
        wrote_to=notice.agency,
    )
    remember_undeliverable_people(address=notice.address, answer=answer, at=at, by=decided_by)
    delivery = notice.delivery or _delivery_of_digest(notice)
    if delivery is None:
        return
    for unit in units:
        details = AddressDetails(
            unit=unit.pk,
            unit_name=unit.name,
            channel=notice.channel,
            address=notice.address,
            answer=answer[:300],
            decided_by=str(decided_by or ""),
        )
        post(
            to_person(manager, delivery=delivery, kind=NoticeKind.ADDRESS_ASKED, at=at, details=details)
            for manager in _nearest_managers(unit, but_not=notice.address, at=at)
        )


def _delivery_of_digest(digest: Notice) -> Delivery | None:
    member = digest.members.select_related("delivery").order_by("pk").first()
    return member.delivery if member is not None else None


def _nearest_managers(unit: Agency, *, but_not: str, at: datetime) -> list[User]:
    """Managers of the unit who have another address; if it has none, those of the nearest unit above it."""
    memberships = (
        Membership.objects.active(timezone.localdate(at))
        .filter(role=Role.MANAGER, agency__in=unit.path, user__is_active=True)
        .exclude(user__email="")
        .exclude(user__email__iexact=but_not)
        .select_related("user")
        .order_by("user_id")
    )
    by_unit: dict[int, list[User]] = {}
    for membership in memberships:
        if membership.user.mail_address:
            by_unit.setdefault(membership.agency_id, []).append(membership.user)
    return next((by_unit[pk] for pk in reversed(unit.path) if pk in by_unit), [])

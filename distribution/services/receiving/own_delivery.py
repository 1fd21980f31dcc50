"""Lock a delivery for a user who may answer for it, and name the acting or deciding person."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.access import deputy_of
from agencies.models import Agency, Role, User
from agencies.services.refusal import ActionRefused
from circulars.models import Circular, Secrecy, Urgency
from distribution.event_log import VIA_LINK, Actor
from distribution.models import Delivery, LinkCode
from distribution.models.deliveries.conditions import LONG_TEXTS
from distribution.visibility import answerable_by, answerer

NOT_NEEDED = ("circular__body", "circular__source_text", "circular__reading")
"""Columns that are not needed to answer a letter."""

NEEDED = {
    "id", "public_id", "circular_id", "agency_id", "successor_id", "stage", "returned_at", "withdrawn_at",
    "superseded_at", "revised_at", "acknowledged_at", "acknowledged_by_id", "acknowledged_name",
    "acknowledged_on_behalf",
}  # fmt: skip
COLUMNS = [field.attname for field in Delivery._meta.concrete_fields if field.attname in NEEDED]
"""Columns that a confirmation needs, in the order in which `from_db` expects them."""

TO_CONFIRM = f"""
    SELECT agency.name, circular.content_sha256, {", ".join(f"delivery.{name}" for name in COLUMNS)}
    FROM distribution_delivery AS delivery
    JOIN agencies_agency AS agency ON agency.id = delivery.agency_id
    JOIN circulars_circular AS circular ON circular.id = delivery.circular_id
    WHERE delivery.public_id = %s
    FOR UPDATE OF delivery
"""
"""The successor is not joined: if it were set while this statement waits for the lock, its row would be missing."""


def lock_with_absent_person(
    delivery: UUID, *, by: User, at: datetime, agency: Agency | None = None
) -> tuple[Delivery, User | None]:
    """Lock the delivery if the user may act for the unit that answers for it.

    Returns it with the absent person whom the user replaces as deputy, or None. With `agency`, only deliveries
    that this unit answers for qualify. Raises Delivery.DoesNotExist.
    """
    found = (
        Delivery.objects.select_for_update(of=("self",))
        .select_related("agency", "circular")
        .defer(*NOT_NEEDED)
        .get(public_id=delivery)
    )
    return found, _refuse_strangers(found, by, at, agency)


def lock_to_confirm(
    delivery: UUID, *, by: User, at: datetime, agency: Agency | None = None
) -> tuple[Delivery, User | None]:
    """Like `lock_with_absent_person`, but load only the columns that a confirmation needs; the others are deferred.

    Building the query through the ORM took longer than the rest of the confirmation.
    """
    with connection.cursor() as cursor:
        cursor.execute(TO_CONFIRM, [delivery])
        row = cursor.fetchone()
    if row is None:
        raise Delivery.DoesNotExist
    name, sha256, *values = row
    found = Delivery.from_db(connection.alias, COLUMNS, values)
    found.agency = Agency.from_db(connection.alias, ["id", "name"], [found.agency_id, name])
    found.circular = Circular.from_db(connection.alias, ["id", "content_sha256"], [found.circular_id, sha256])
    return found, _refuse_strangers(found, by, at, agency)


def _refuse_strangers(found: Delivery, by: User, at: datetime, agency: Agency | None) -> User | None:
    person = answerer(found, by, timezone.localdate(at))
    if person is None or (agency is not None and agency != found.answering_unit):
        raise Delivery.DoesNotExist
    return None if person == by else person


def lock_own(delivery: UUID, *, by: User) -> Delivery:
    """Lock the delivery if the user may act today for the unit that answers for it.

    Raises Delivery.DoesNotExist.
    """
    return lock_with_absent_person(delivery, by=by, at=timezone.now())[0]


def lock_own_several(deliveries: Collection[UUID], *, agency: Agency, by: User) -> list[Delivery]:
    """Lock several deliveries for which the unit answers and the user may act, in order of id to prevent deadlocks.

    One query. Raises Delivery.DoesNotExist if one of them isn't such a delivery.
    """
    wanted = set(deliveries)
    found = list(
        answerable_by(by)
        .answered_by(agency)
        .filter(public_id__in=wanted)
        .select_for_update(of=("self",))
        .select_related("circular__issuer", "agency", "successor", "parent__agency", "parent__successor")
        .defer(*LONG_TEXTS)
        .order_by("pk")
    )
    if len(found) != len(wanted):
        raise Delivery.DoesNotExist
    return found


def refuse_any(deliveries: Collection[Delivery], refuse: Callable[[Delivery], object]) -> None:
    """Call `refuse` for each delivery; its ActionRefused is raised again with the letter's name."""
    for each in deliveries:
        try:
            refuse(each)
        except ActionRefused as refused:
            raise ActionRefused(refused.field, f"{each.circular}: {refused}") from None


def refuse_restricted(delivery: Delivery, field: str) -> None:
    """Raise ActionRefused for a restricted letter: one text for several senders may not speak of it."""
    if delivery.circular.secrecy != Secrecy.NONE:
        raise ActionRefused(
            field,
            _(
                "The letter is %(secrecy)s: what is written about it goes to its sender alone. It can't be handled"
                " together with others; do this on its own page."
            )
            % {"secrecy": delivery.circular.secrecy},
        )


def refuse_unless_in_force(delivery: Delivery, field: str) -> None:
    """Raise ActionRefused if the delivery was returned, withdrawn, covered by another copy or revised."""
    if delivery.is_live and not delivery.is_in_force:
        raise ActionRefused(
            field,
            _("Nothing was recorded: a newer revision of the letter was sent to the unit. Answer that one."),
        )
    if not delivery.is_live or delivery.circular.is_withdrawn:
        raise ActionRefused(
            field,
            _("Nothing was recorded: the letter is %(stage)s.") % {"stage": delivery.get_stage_display()},
        )


def absent_person(by: User, unit: Agency, at: datetime) -> User | None:
    """The person whom the user replaces as deputy when receiving for the unit; None if the user acts in person."""
    return deputy_of(by, unit, Role.RECIPIENT, timezone.localdate(at))


def acting(by: User, delivery: Delivery, absent: User | None) -> Actor:
    """The acting user, with the absent person and the closed unit that they act for, if any."""
    return Actor(
        name=str(by),
        job_title=by.job_title,
        agency=delivery.answering_unit.name,
        as_deputy_of=str(absent) if absent is not None else None,
        in_place_of=delivery.agency.name if delivery.successor is not None else None,
    )


@dataclass(frozen=True)
class Doer:
    """Who acts for the unit: a user, or a person without an account, whose one-time code was sent to `address`."""

    actor: Actor
    by: User | None = None
    address: str | None = None

    @property
    def via(self) -> str | None:
        return None if self.by is not None else VIA_LINK

    @property
    def by_link(self) -> bool | None:
        """As in the details of notices, where None is not stored."""
        return True if self.by is None else None

    @property
    def name_without_account(self) -> str:
        """Name and title of a person without an account, as stored beside an empty user."""
        return "" if self.by is not None else f"{self.actor.name}, {self.actor.job_title}"


def by_user(by: User, delivery: Delivery, absent: User | None) -> Doer:
    """The acting user as a doer."""
    return Doer(acting(by, delivery, absent), by)


def each_by_user(
    deliveries: Sequence[Delivery], by: User, absent: User | None
) -> list[tuple[Delivery, Doer]]:
    """Deliveries with the acting user as the doer of each."""
    return [(each, by_user(by, each, absent)) for each in deliveries]


def by_link(delivery: Delivery, used: LinkCode, *, name: str, job_title: str) -> Doer:
    """A person without an account, under the name and title that they gave with the code."""
    actor = Actor(
        name=" ".join(name.split()),
        job_title=" ".join(job_title.split()),
        agency=delivery.answering_unit.name,
        in_place_of=delivery.agency.name if delivery.successor is not None else None,
    )
    return Doer(actor, address=used.address)


def deciding(by: User, delivery: Delivery, at: datetime) -> Actor:
    """The user deciding for the unit that gave the letter, with the absent person if a deputy. One query."""
    role = Role.SENDER if delivery.parent_id is None else Role.RECIPIENT
    absent = deputy_of(by, delivery.giver, role, timezone.localdate(at))
    return Actor(
        name=str(by),
        job_title=by.job_title,
        agency=delivery.giver.name,
        as_deputy_of=str(absent) if absent is not None else None,
    )


def can_wait(delivery: Delivery) -> bool:
    """Whether a request or a decision about the letter may wait for the morning digest: not about ACELE letters."""
    return delivery.circular.urgency != Urgency.URGENT

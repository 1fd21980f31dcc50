"""Pass a letter on to sub-units or related units (alt dağıtım; docs/decisions/0014-passing-on.md).

1. lock the circular, then the delivery, in the same order as a withdrawal
2. refuse if it isn't live, the due time isn't permitted, or units aren't related
3. skip units that have the letter already
4. write the copies with their first events, notices and reminder plans, and the event of the delivery above
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format

from agencies.models import Agency, User
from circulars.models import Circular, Urgency
from distribution.event_log import PassedOnData, ReceivedBelowData, Step, append_event, begin_chains, row_of
from distribution.models import Delivery
from distribution.models.bulk import insert_many
from distribution.outbox.write import letter_notice, post
from distribution.queries.receiving.relatives import Recipient, having, may_receive_from
from distribution.reminders.plan import plan_reminders
from distribution.services.receiving.acknowledge import acknowledge
from distribution.services.receiving.own_delivery import absent_person, acting
from distribution.visibility import answerable_by


class PassOnRefused(Exception):
    """Base of the reasons for which a letter can't be passed on.

    PassOnRefused
    +-- NoLongerLive   the letter or this copy was withdrawn, returned, revised or is covered by another copy
    +-- DueTooLate     after the due time of the delivery above
    +-- DueInPast
    +-- NotRelated     `agencies`: units to which this one may not pass a letter on
    """


class NoLongerLive(PassOnRefused):
    pass


class DueTooLate(PassOnRefused):
    pass


class DueInPast(PassOnRefused):
    pass


class NotRelated(PassOnRefused):
    def __init__(self, agencies: list[Agency]) -> None:
        super().__init__(", ".join(agency.name for agency in agencies))
        self.agencies = agencies


@dataclass(frozen=True)
class PassedOn:
    """The deliveries written, and the units skipped because they have the letter."""

    delivery: Delivery
    children: list[Delivery]
    had_it: list[Agency]


def check_due(delivery: Delivery, due_at: datetime | None, *, at: datetime) -> None:
    """Raise DueTooLate or DueInPast if copies below this delivery can't have that due time."""
    if due_at is None:
        return
    if due_at <= at:
        raise DueInPast
    if delivery.due_at is not None and due_at > delivery.due_at:
        raise DueTooLate


@transaction.atomic
def pass_on(
    *,
    delivery: UUID,
    recipients: Sequence[Recipient],
    note: str,
    due_at: datetime | None,
    by: User,
    at: datetime,
    confirm: bool = False,
    register_number: str = "",
    instead_of: Delivery | None = None,
) -> PassedOn:
    """Pass the letter on; with `confirm` also confirm the unit's own copy, with its register number.

    `instead_of` is the returned copy of the unit in whose place the others get the letter.
    Takes the same number of queries for any number of units. Units that have the letter are skipped, so that a
    second call changes nothing. Raises Delivery.DoesNotExist if the user may not act for the unit, and
    PassOnRefused.
    """
    mine = answerable_by(by).filter(public_id=delivery)
    circular = Circular.objects.select_for_update(no_key=True).get(pk=mine.values_list("circular").get()[0])
    above = (
        mine.select_for_update(no_key=True, of=("self",))
        .select_related("agency", "successor", "circular")
        .get()
    )
    if circular.is_withdrawn or not above.is_in_force:
        raise NoLongerLive
    check_due(above, due_at, at=at)

    unit = above.answering_unit
    wanted = {agency.pk: purpose for agency, purpose in recipients}
    related = may_receive_from(unit, circular=circular, at=at).filter(pk__in=wanted)
    allowed = set(related.values_list("pk", flat=True))
    if strangers := [agency for agency, _purpose in recipients if agency.pk not in allowed]:
        raise NotRelated(strangers)
    have_it = having(circular, wanted.keys())
    had_it = [agency for agency, _purpose in recipients if agency.pk in have_it]
    new = {agency.pk: agency for agency, _purpose in recipients if agency.pk not in have_it}

    if confirm and above.can_be_confirmed:
        acknowledge(delivery=above.public_id, by=by, at=at, register_number=register_number)
    children = insert_many(
        Delivery(
            circular=circular,
            agency=agency,
            parent=above,
            path=[*above.path, above.pk],
            purpose=wanted[agency.pk],
            note=note.strip(),
            created_at=at,
            due_at=due_at or above.due_at,
        )
        for agency in new.values()
    )
    if children:
        _record(above, children, note=note.strip(), due_at=due_at, by=by, at=at, instead_of=instead_of)
        urgent = circular.urgency == Urgency.URGENT
        post(letter_notice(child, urgent=urgent, at=at) for child in children)
        plan_reminders(deliveries=children, at=at)
    above.refresh_from_db(fields=["acknowledged_at", "stage"])
    return PassedOn(above, children, had_it)


def _record(
    above: Delivery,
    children: list[Delivery],
    *,
    note: str,
    due_at: datetime | None,
    by: User,
    at: datetime,
    instead_of: Delivery | None,
) -> None:
    unit = above.answering_unit
    actor = acting(by, above, absent_person(by, unit, at))
    due = date_format(timezone.localtime(due_at), "d.m.Y H:i") if due_at is not None else None
    passed = PassedOnData(
        actor=actor, units=tuple(child.agency.name for child in children), due=due, note=note or None
    )
    append_event(delivery=above, data=passed, at=at, by=by, for_agency=unit)
    begin_chains(
        steps=(
            Step(
                child,
                ReceivedBelowData(
                    actor=actor,
                    units=(unit.name,),
                    purpose=child.purpose,
                    email=child.agency.email,
                    due=due,
                    note=note or None,
                    instead_of=str(instead_of.public_id) if instead_of is not None else None,
                    **row_of(child),
                ),
            )
            for child in children
        ),
        at=at,
        by=by,
        for_agency=unit,
    )

"""Note a telephone call to a unit about what it owes. The unit isn't told, and sees nothing of it.

1. lock the unit, then the deliveries in order of id; leave out what is no longer owed
2. write the call
3. note a wrong number in the directory, or that a number noted as wrong is right

No event is written: the unit would see it (docs/decisions/0059-calls.md).
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.access import deputy_of
from agencies.models import Agency, Membership, Role, User
from agencies.models.contact_details.channel import TELEPHONE
from agencies.services.contact_details.undeliverable import note_wrong_number, use_address_again
from agencies.services.refusal import ActionRefused
from distribution.models import Call, CallOutcome, Delivery
from distribution.models.deliveries.conditions import LONG_TEXTS
from distribution.queries.sending.owed import sent_letters

SENT_TWICE = timedelta(minutes=1)
"""The same call noted twice in a row by the same person within this time is one call."""


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What came of a call. `number` is the telephone number that was dialled."""

    outcome: CallOutcome
    number: str
    promised_for: date | None = None
    note: str = ""
    ring_again_at: datetime | None = None


@dataclass(frozen=True)
class NotedCall:
    """The call, and the deliveries that it is not about: they were no longer owed."""

    call: Call
    settled: Sequence[Delivery]


@transaction.atomic
def note_call(
    *, agency: Agency, unit: Agency, deliveries: Collection[UUID], outcome: Outcome, by: User, at: datetime
) -> NotedCall:
    """Note a call to `agency` about deliveries that it owes something for. `unit` is the caller's.

    Raises Delivery.DoesNotExist if the user neither sends for nor manages the unit, or one of the deliveries isn't a
    direct one of its letters, and ActionRefused.
    """
    role = _role(by, unit, at)
    _refuse_contradictions(outcome, at)
    agency = Agency.objects.select_for_update(no_key=True).get(pk=agency.pk)
    found = _locked(deliveries, unit, by)
    open_still = [each for each in found if each.is_owing and each.answering_unit == agency]
    if not open_still:
        raise ActionRefused(
            "deliveries",
            _("Nothing was recorded: the unit no longer owes anything for these letters. Choose others.")
            if found
            else _("Tick at least one letter that the call was about."),
        )
    settled = [each for each in found if each not in open_still]
    if (before := _the_same(agency, unit, open_still, outcome, by, at)) is not None:
        return NotedCall(before, settled)
    call = Call.objects.create(
        agency=agency,
        unit=unit,
        phone=outcome.number,
        outcome=outcome.outcome,
        promised_for=outcome.promised_for,
        note=outcome.note.strip(),
        ring_again_at=outcome.ring_again_at,
        made_at=at,
        made_by=by,
        made_for=deputy_of(by, unit, role, timezone.localdate(at)),
    )
    call.deliveries.add(*open_still)
    _note_number(agency, unit, outcome, by, at)
    return NotedCall(call, settled)


def _role(by: User, unit: Agency, at: datetime) -> Role:
    """The role in which the user calls for the unit. Raises Delivery.DoesNotExist if there is none."""
    acted = Membership.objects.acted_by(by, timezone.localdate(at)).filter(agency=unit)
    roles = set(acted.values_list("role", flat=True))
    for role in (Role.MANAGER, Role.SENDER):
        if role in roles:
            return role
    raise Delivery.DoesNotExist


def _locked(deliveries: Collection[UUID], unit: Agency, by: User) -> list[Delivery]:
    """The deliveries, locked. Raises Delivery.DoesNotExist if one isn't a direct one of the unit's letters."""
    wanted = set(deliveries)
    rows = Delivery.objects.direct().filter(public_id__in=wanted, circular__in=sent_letters(by, unit))
    found = list(
        rows.select_for_update(no_key=True, of=("self",))
        .select_related("circular", "agency", "successor")
        .defer(*LONG_TEXTS)
        .order_by("pk")
    )
    if len(found) != len(wanted):
        raise Delivery.DoesNotExist
    return found


def _refuse_contradictions(outcome: Outcome, at: datetime) -> None:
    promised = outcome.outcome == CallOutcome.PROMISED
    if promised and outcome.promised_for is None:
        raise ActionRefused("promised_for", _("Enter the day that the unit has promised."))
    if not promised and outcome.promised_for is not None:
        raise ActionRefused(
            "promised_for", _("Only a promise has a day. Leave it empty, or choose the promise.")
        )
    if outcome.promised_for is not None and outcome.promised_for < timezone.localdate(at):
        raise ActionRefused("promised_for", _("This day has passed. Enter today or a later day."))
    if outcome.ring_again_at is not None and outcome.ring_again_at <= at:
        raise ActionRefused("ring_again_at", _("This moment has passed. Enter a later one."))
    if outcome.outcome == CallOutcome.WRONG_NUMBER and not outcome.number:
        raise ActionRefused(
            "outcome", _("The directory has no telephone number of this unit that could be wrong.")
        )


def _the_same(
    agency: Agency, unit: Agency, about: Sequence[Delivery], outcome: Outcome, by: User, at: datetime
) -> Call | None:
    """The person's latest call to the unit if it is this one: a form that was sent twice."""
    latest = Call.objects.filter(agency=agency, made_by=by, made_at__gt=at - SENT_TWICE).last()
    if latest is None or set(latest.deliveries.all()) != set(about):
        return None
    noted = (latest.unit_id, latest.outcome, latest.promised_for, latest.note, latest.ring_again_at)
    said = (unit.pk, outcome.outcome, outcome.promised_for, outcome.note.strip(), outcome.ring_again_at)
    return latest if noted == said else None


def _note_number(agency: Agency, unit: Agency, outcome: Outcome, by: User, at: datetime) -> None:
    """Keep in the directory what the call says of the number."""
    match outcome.outcome:
        case CallOutcome.WRONG_NUMBER:
            note_wrong_number(unit=agency, number=outcome.number, by=f"{by}, {unit.name}", at=at)
        case CallOutcome.NOT_REACHED:
            pass
        case _ if agency.wrong_number is not None:
            use_address_again(unit=agency, channel=TELEPHONE, address=outcome.number)

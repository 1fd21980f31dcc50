"""Tekit (Y 34, K 30): draft a reminder circular to the units of a sent letter that haven't confirmed or answered.

1. collect the answering units, each once, in protocol order
2. skip units that rank above the issuer, and closed ones, with the reason
3. draft the letter: Konu, İlgi to the first letter and to earlier tekits, text and closing by rank, one line
   per unit
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agencies.matching.rank import Standing, standings
from agencies.models import Agency, User
from circulars.models import NOT_SENT, Circular, DistributionLine, Purpose, Reference, Status
from circulars.writing.tekit import addressee_of, body_of, citations, line_of, subject_of
from distribution.event_log import sender
from distribution.models import ChangeKind, CircularChange, Delivery


class NoTekit(models.TextChoices):
    """Why no tekit can be drafted for a letter."""

    DRAFT = "draft", _("The letter has not left yet.")
    WITHDRAWN = "withdrawn", _("The letter is withdrawn.")
    REPLACED = "replaced", _("The letter is replaced by another one.")
    TEKIT = "tekit", _("This is a tekit itself. Draft the next one from the first letter.")
    WAITING = "waiting", _("A tekit of this letter is drafted already and has not left.")
    NOBODY_OWES = "nobody_owes", _("Nobody owes anything for this letter any more.")
    ONLY_SUPERIORS = (
        "only_superiors",
        _("Everyone who still owes ranks above the issuing unit; no tekit goes upward (Y 34, K 30)."),
    )
    NOBODY_CHOSEN = "nobody_chosen", _("None of the ticked units owes anything any more. Tick others.")


class WhySkipped(models.TextChoices):
    """Why a unit is skipped."""

    SUPERIOR = (
        "superior",
        _("ranks above the issuing unit; no tekit is written to a superior (Y 34, K 30)"),
    )
    CLOSED = "closed", _("is closed and has no successor")


class NotDrafted(Exception):
    """Nothing was drafted; `reason` says why, and `waiting` is the open draft if that is the reason."""

    def __init__(self, reason: NoTekit, waiting: Circular | None = None) -> None:
        super().__init__(reason.value)
        self.reason = reason
        self.waiting = waiting


@dataclass(frozen=True)
class Owing:
    """A unit that can be on the tekit, with its line; `in_time` if its due time hasn't passed."""

    delivery: Delivery
    unit: Agency
    standing: Standing
    line: str
    in_time: bool


@dataclass(frozen=True)
class SkippedUnit:
    """A unit that hasn't answered and gets no tekit."""

    delivery: Delivery
    unit: Agency
    why: WhySkipped


@dataclass
class TekitPlan:
    """Units on the tekit of a letter, and units skipped; `reason` is set if no tekit can be drafted."""

    first: Circular
    cited: list[Circular]
    owing: list[Owing] = field(default_factory=list)
    skipped: list[SkippedUnit] = field(default_factory=list)
    reason: NoTekit | None = None
    waiting: Circular | None = None

    @property
    def ordinal(self) -> int:
        """The number of the next tekit of the letter."""
        return len(self.cited)

    @property
    def late(self) -> list[Owing]:
        """Units selected by default: those whose due time has passed, or that have none."""
        return [each for each in self.owing if not each.in_time]

    @property
    def superiors(self) -> list[SkippedUnit]:
        return [each for each in self.skipped if each.why == WhySkipped.SUPERIOR]


def plan_tekit(*, circular: Circular, at: datetime) -> TekitPlan:
    """Plan a tekit. Four queries for any number of recipients."""
    tekits = list(circular.tekits.order_by("date", "pk"))
    sent = [tekit for tekit in tekits if tekit.status == Status.DISPATCHED and not tekit.is_withdrawn]
    plan = TekitPlan(first=circular, cited=[circular, *sent])
    plan.waiting = next((tekit for tekit in tekits if tekit.status in NOT_SENT), None)
    plan.reason = _refusal(plan)
    if plan.reason is not None:
        return plan
    owed = _owed(circular)
    ranks = standings([delivery.answering_unit for delivery in owed], of=circular.issuer)
    today = timezone.localdate(at)
    for delivery in owed:
        unit = delivery.answering_unit
        standing = ranks[unit.pk]
        if standing == Standing.ABOVE:
            plan.skipped.append(SkippedUnit(delivery, unit, WhySkipped.SUPERIOR))
        elif not unit.is_active(today):
            plan.skipped.append(SkippedUnit(delivery, unit, WhySkipped.CLOSED))
        else:
            in_time = delivery.due_at is not None and delivery.due_at > at
            line = line_of(unit, issuer=circular.issuer)
            plan.owing.append(Owing(delivery, unit, standing, line, in_time))
    if not plan.owing:
        plan.reason = NoTekit.ONLY_SUPERIORS if plan.skipped else NoTekit.NOBODY_OWES
    return plan


@transaction.atomic
def draft_tekit(
    *, circular: Circular, by: User, at: datetime, deliveries: Collection[UUID] | None = None
) -> Circular:
    """Draft a tekit of a sent letter to those units, or to all that are late.

    Units that have answered meanwhile or rank above the issuer are skipped. The sender fills in number, date
    and, for a GÜNLÜDÜR letter, the new due time. Raises NotDrafted.
    """
    first = (
        Circular.objects.select_for_update(of=("self",), no_key=True)
        .select_related("issuer")
        .get(pk=circular.pk)
    )
    plan = plan_tekit(circular=first, at=at)
    if plan.reason is not None:
        raise NotDrafted(plan.reason, plan.waiting)
    chosen = (
        plan.late
        if deliveries is None
        else [each for each in plan.owing if each.delivery.public_id in set(deliveries)]
    )
    if not chosen:
        raise NotDrafted(NoTekit.NOBODY_CHOSEN)
    draft = _draft(plan, chosen, by=by, at=at)
    CircularChange.objects.create(
        circular=first,
        kind=ChangeKind.TEKIT_DRAFTED,
        at=at,
        by=by,
        data=sender(by, first, at).to_json()
        | {
            "tekit": str(draft.public_id),
            "ordinal": plan.ordinal,
            "count": len(chosen),
            "superiors": [each.unit.name for each in plan.superiors],
        },
    )
    return draft


def _draft(plan: TekitPlan, chosen: Collection[Owing], *, by: User, at: datetime) -> Circular:
    first = plan.first
    draft = Circular.objects.create(
        issuer=first.issuer,
        issuer_lines=first.issuer_lines,
        subject=subject_of(first, ordinal=plan.ordinal),
        urgency=first.urgency,
        secrecy=first.secrecy,
        addressee=addressee_of([each.line for each in chosen]),
        body=body_of(
            plan.cited,
            purposes={each.delivery.purpose for each in chosen},
            standings={each.standing for each in chosen},
        ),
        signatory_name=first.signatory_name,
        signatory_titles=first.signatory_titles,
        verification_address=first.verification_address,
        reminds=first,
        recorded_by=by,
        recorded_at=at,
    )
    Reference.objects.bulk_create(
        Reference(
            circular=draft,
            position=position,
            text=text,
            number=letter.number,
            date=letter.date,
            target=letter,
        )
        for position, (letter, text) in enumerate(zip(plan.cited, citations(plan.cited), strict=True))
    )
    in_order = sorted(chosen, key=lambda each: each.delivery.purpose != Purpose.ACTION)
    DistributionLine.objects.bulk_create(
        DistributionLine(
            circular=draft,
            position=position,
            purpose=each.delivery.purpose,
            text=each.line,
            agency=each.unit,
        )
        for position, each in enumerate(in_order)
    )
    return draft


def _refusal(plan: TekitPlan) -> NoTekit | None:
    first = plan.first
    if first.status in NOT_SENT:
        return NoTekit.DRAFT
    if first.is_withdrawn:
        return NoTekit.WITHDRAWN
    if first.is_replaced:
        return NoTekit.REPLACED
    if first.reminds_id is not None:
        return NoTekit.TEKIT
    return NoTekit.WAITING if plan.waiting is not None else None


def _owed(circular: Circular) -> list[Delivery]:
    """One delivery for each answering unit, in protocol order; Gereği takes precedence over Bilgi."""
    owing = circular.deliveries.direct().owing().select_related("agency__parent", "successor__parent")
    by_unit: dict[int, Delivery] = {}
    for delivery in sorted(owing, key=lambda each: (each.purpose != Purpose.ACTION, each.pk)):
        by_unit.setdefault(delivery.answering_unit.pk, delivery)
    return sorted(
        by_unit.values(),
        key=lambda each: (each.answering_unit.protocol_order, each.answering_unit.sort_key),
    )

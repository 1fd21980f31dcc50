"""Distribution plans: save a version, retire a plan, use one in a draft."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import F

from agencies.models import Agency, AgencyGroup, User
from agencies.services.changed_meanwhile import ChangedMeanwhile, version_of
from circulars.models import Circular, DistributionLine, Purpose
from circulars.models.plan import DistributionPlan, PlanLine, PlanVersion
from circulars.services.draft import lock_draft


@dataclass(frozen=True)
class PlannedLine:
    """One line of a version to save: its printed wording, and one agency or one group."""

    purpose: str
    text: str
    agency: Agency | None = None
    group: AgencyGroup | None = None


@dataclass(frozen=True)
class Used:
    """Number of lines that a plan added to a draft, and of those it already had."""

    added: int
    known: int


def plan_version_of(newest: PlanVersion) -> str:
    """Version of a plan as its form shows it: of its name and its newest lines."""
    return version_of([newest.plan.name, newest.number])


@transaction.atomic
def save_plan(
    *,
    name: str,
    lines: Sequence[PlannedLine],
    by: User,
    at: datetime,
    owner: Agency | None = None,
    plan: DistributionPlan | None = None,
    version_read: str | None = None,
) -> PlanVersion:
    """Save these lines as the first version of a new plan of `owner`, or as the next version of `plan`.

    Earlier versions and letters that used them are unchanged. Saving identical lines creates no version.
    `version_read` is the `plan_version_of` what the form was loaded from. Raises ChangedMeanwhile if something else
    is stored since.
    """
    if plan is None:
        if owner is None:
            raise ValueError("a new plan needs the unit that owns it")
        plan = DistributionPlan.objects.create(owner=owner, name=name)
        number = 1
    else:
        plan = DistributionPlan.objects.select_for_update().get(pk=plan.pk)
        newest = plan.versions.select_related("made_by").order_by("-number")[0]
        newest.plan = plan
        same_lines = _lines_of(newest) == list(lines)
        is_stale = version_read and version_read != plan_version_of(newest)
        if is_stale and not (same_lines and plan.name == name):
            raise ChangedMeanwhile(plan_version_of(newest), by=newest.made_by, at=newest.made_at)
        if plan.name != name:
            plan.name = name
            plan.save()
        if same_lines:
            return newest
        number = newest.number + 1
    version = PlanVersion.objects.create(plan=plan, number=number, made_by=by, made_at=at)
    PlanLine.objects.bulk_create(
        PlanLine(
            version=version,
            position=position,
            purpose=line.purpose,
            text=line.text,
            agency=line.agency,
            group=line.group,
        )
        for position, line in enumerate(lines)
    )
    return version


@transaction.atomic
def retire_plan(*, plan: DistributionPlan, at: datetime) -> None:
    """Retire a plan: it is no longer offered. Letters that used it keep their lines."""
    DistributionPlan.objects.filter(pk=plan.pk, retired_at__isnull=True).update(retired_at=at)


@transaction.atomic
def use_plan(*, circular: Circular, version: PlanVersion) -> Used:
    """Append the version's lines, already resolved, to the draft's. Raises NotADraft.

    A line that the draft already has with the same purpose is not added again.
    """
    lock_draft(circular)
    printed = list(circular.lines.all())
    known = {(line.purpose, line.text) for line in printed}
    plan_lines = list(version.settled_lines())
    new = [
        DistributionLine(
            circular=circular,
            purpose=line.purpose,
            text=line.text,
            agency=line.agency,
            group=line.group,
            plan_version=version,
        )
        for line in plan_lines
        if (line.purpose, line.text) not in known
    ]
    ordered = [line for purpose in Purpose for line in [*printed, *new] if line.purpose == purpose]
    for position, line in enumerate(ordered):
        line.position = position
    DistributionLine.objects.bulk_update(printed, ["position"])
    DistributionLine.objects.bulk_create(new)
    Circular.objects.filter(pk=circular.pk).update(
        draft_version=F("draft_version") + 1, saved_by=None, saved_at=None
    )
    return Used(added=len(new), known=len(plan_lines) - len(new))


def _lines_of(version: PlanVersion) -> list[PlannedLine]:
    lines = version.settled_lines()
    return [PlannedLine(line.purpose, line.text, line.agency, line.group) for line in lines]

"""Printed lines that name a distribution plan: "A Planı", "Dağıtım Planı A", "A Planına"."""

import re
from collections.abc import Collection
from dataclasses import dataclass, field

from django.db.models import OuterRef, Subquery

from agencies.models import Agency
from agencies.turkish import match_key
from circulars.models.plan import DistributionPlan, PlanVersion

PLAN_WORD = re.compile(r"^plan(ı|ına|a|lı)?$")
OTHER_WORDS = {"dağıtım", "dağıtımı", "göre"}


@dataclass
class PlanMatch:
    """The plan that a line names: its newest version, or several plans to choose from."""

    version: PlanVersion | None = None
    plans: list[DistributionPlan] = field(default_factory=list)


def plan_key(text: str) -> str | None:
    """A plan's name without the words for "plan"; None if the text names no plan."""
    words = match_key(text).split()
    if not any(PLAN_WORD.match(word) for word in words):
        return None
    return " ".join(word for word in words if not PLAN_WORD.match(word) and word not in OTHER_WORDS)


def match_plans(lines: Collection[str], *, issuer: Agency) -> dict[str, PlanMatch]:
    """By line: the plan it names. Two queries, none if no line names a plan."""
    keys = {line: key for line in lines if (key := plan_key(line)) is not None}
    if not keys:
        return {}
    plans: dict[str, list[DistributionPlan]] = {}
    for plan in DistributionPlan.objects.usable_by(issuer).select_related("owner"):
        key = plan_key(plan.name)
        plans.setdefault(plan.match_key if key is None else key, []).append(plan)
    found = {line: plans.get(key, []) if key else [] for line, key in keys.items()}
    single = {same[0].pk for same in found.values() if len(same) == 1}
    versions = {version.plan_id: version for version in newest_versions(single)}
    return {
        line: PlanMatch(versions.get(same[0].pk) if len(same) == 1 else None, same)
        for line, same in found.items()
    }


def newest_versions(plan_ids: Collection[int]) -> list[PlanVersion]:
    """The newest version of each plan, in one query."""
    if not plan_ids:
        return []
    newest = PlanVersion.objects.filter(plan=OuterRef("plan")).order_by("-number").values("pk")[:1]
    found = PlanVersion.objects.filter(plan__in=plan_ids, pk=Subquery(newest))
    return list(found.select_related("plan__owner"))

"""What a person may choose for a line: agencies, groups and distribution plans."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from agencies.matching.lines import match_lines
from agencies.matching.suggest import suggest
from agencies.models import Agency, AgencyGroup, sizes_of_groups
from agencies.turkish import dative, search_key
from circulars.lines.plan_lines import match_plans, newest_versions
from circulars.models.plan import DistributionPlan, PlanVersion

MOST_FOUND = 30


@dataclass(frozen=True)
class Choice:
    """An agency, a group with its number of members, or a plan's newest version."""

    agency: Agency | None = None
    group: AgencyGroup | None = None
    plan_version: PlanVersion | None = None
    members: int = 0
    closed: bool = False

    @property
    def name(self) -> str:
        if self.plan_version is not None:
            return self.plan_version.plan.name
        return str(self.agency or self.group)

    @property
    def value(self) -> str:
        if self.agency is not None:
            return f"agency:{self.agency.pk}"
        if self.group is not None:
            return f"group:{self.group.pk}"
        return f"plan:{self.plan_version.pk}" if self.plan_version else ""

    @property
    def wording(self) -> str:
        """Its printed form (Y 14: a central unit is printed in parentheses after its institution)."""
        if self.agency is None or self.agency.addressable or self.agency.parent is None:
            return dative(self.name)
        return f"{dative(self.agency.parent.name)} ({self.agency.name})"


def find(query: str, *, on: date, plans: Sequence[DistributionPlan] = ()) -> list[Choice]:
    """Plans, groups, then agencies whose name contains every word; closed agencies are included."""
    words = search_key(query).split()
    if not words:
        return []

    def holds(name: str) -> bool:
        return all(word in search_key(name) for word in words)

    versions = newest_versions({plan.pk for plan in plans if holds(plan.name)})
    groups = [Choice(group=group) for group in AgencyGroup.objects.all() if holds(group.name)]
    agencies = Agency.objects.search(query).select_related("successor", "parent", "province")[:MOST_FOUND]
    return [
        *(Choice(plan_version=version) for version in versions),
        *counted(groups, on=on),
        *(Choice(agency=agency, closed=not agency.is_active(on)) for agency in agencies),
    ]


def similar(query: str, *, on: date) -> list[Choice]:
    """Active agencies with some of the query's words, or words like them, for a search that finds nothing."""
    return [Choice(agency=agency) for agency in suggest(query, on=on).agencies]


@dataclass(frozen=True)
class Suggestions:
    """Suggestions for a line, the likeliest first."""

    choices: list[Choice]
    mistyped: bool
    """Whether a word of the line is in no name of the directory, but like words that are."""

    unresolved_reason: str
    """Why the line matches nothing in the directory; empty if it matches."""


def suggestions(text: str, *, issuer: Agency, on: date, meaning: Agency | None = None) -> Suggestions:
    """Suggestions for a line: the successor of a closed unit first, then plans, groups and agencies."""
    [match] = match_lines([text], issuer=issuer, on=on)
    named = match_plans([text], issuer=issuer).get(text)
    plans = newest_versions({plan.pk for plan in named.plans}) if named else []
    agencies = [match.agency] if match.agency else match.suggestions
    groups = [match.group] if match.group else match.groups
    successor = meaning.successor if meaning and not meaning.is_active(on) else None
    choices = [
        *([Choice(agency=successor)] if successor else []),
        *(Choice(plan_version=version) for version in plans),
        *counted([Choice(group=group) for group in groups], on=on),
        *(
            Choice(agency=agency, closed=not agency.is_active(on))
            for agency in agencies
            if agency != successor
        ),
    ]
    reason = match.unresolved_reason.label if match.unresolved_reason else ""
    return Suggestions(choices, match.mistyped, str(reason))


def counted(choices: Sequence[Choice], *, on: date) -> list[Choice]:
    """Add the number of members to groups. Three queries."""
    sizes = sizes_of_groups([choice.group for choice in choices if choice.group], on=on)
    return [replace(choice, members=sizes[choice.group.pk]) if choice.group else choice for choice in choices]


def chosen(value: str) -> Agency | AgencyGroup | None:
    """The agency or the group identified by a button's value; None if it no longer exists."""
    kind, _colon, number = value.partition(":")
    if not (number.isascii() and number.isdecimal()) or len(number) > 18:
        return None
    if kind == "agency":
        return Agency.objects.select_related("successor", "parent").filter(pk=number).first()
    return AgencyGroup.objects.filter(pk=number).first() if kind == "group" else None

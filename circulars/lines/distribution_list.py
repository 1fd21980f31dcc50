"""The distribution list: printed lines, their meaning, and the resulting recipients.

Lines are stored as printed. Their expansion is computed from the current directory until the dispatch
stores it.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from django.db.models import QuerySet, prefetch_related_objects

from agencies.matching.class_lines import printed_count
from agencies.matching.former_names import former_name_in
from agencies.matching.lines import Unresolved, match_lines, names_another
from agencies.matching.narrowing import (
    OF_DISTRICTS,
    Member,
    may_be_narrowed,
    narrow,
    provinces_of,
    take_apart,
)
from agencies.models import Agency, AgencyGroup, members_by_group
from circulars.lines.plan_lines import match_plans, newest_versions
from circulars.models import Circular, DistributionLine, Purpose
from circulars.models.plan import PlanLine, PlanVersion, PrintedLine
from circulars.withheld import Withheld, split_note


@dataclass
class ExpandedLine:
    """A printed line with the agencies it names, in protocol order.

    A line that names a plan expands to the plan's lines, each with its exceptions and provinces; `informed` are those
    that the plan lists under Bilgi.
    """

    line: DistributionLine
    agencies: list[Agency] = field(default_factory=list)
    closed: list[Agency] = field(default_factory=list)
    informed: set[int] = field(default_factory=set)
    newer_version: PlanVersion | None = None
    left_out: list[Agency] = field(default_factory=list)
    """Members of the group that the line excepts."""

    not_left_out: list[str] = field(default_factory=list)
    """Exceptions of the line that name no single member of the group."""

    provinces: list[str] = field(default_factory=list)
    """Names of the provinces to which the line, or its issuer's province, narrows the group."""

    @property
    def names_several(self) -> bool:
        return self.line.group_id is not None or self.line.names_plan

    @property
    def names(self) -> str:
        """Name of the group or the plan."""
        if self.line.plan_version is not None and self.line.names_plan:
            return self.line.plan_version.plan.name
        return str(self.line.group or "")

    @property
    def is_empty_group(self) -> bool:
        return self.names_several and not self.agencies and not self.closed

    @property
    def printed_count(self) -> int | None:
        """The number printed in the line, if it names a group or a plan."""
        return printed_count(self.line.name) if self.names_several else None

    @property
    def former_name(self) -> str:
        """The printed name, if the agency has been renamed since."""
        return former_name_in(self.line.name, self.line.agency) if self.line.agency else ""

    @property
    def count_differs(self) -> bool:
        """Whether the number printed is neither that of the recipients nor that of the class before exceptions."""
        reached = len(self.agencies)
        return self.printed_count is not None and self.printed_count not in (
            reached,
            reached + len(self.left_out),
        )

    @property
    def withheld(self) -> Withheld | None:
        """What the line's note keeps from its recipients."""
        return self.line.withheld

    def purpose_of(self, agency: Agency) -> str:
        """The agency's purpose: that of the line, unless a plan lists the agency under Bilgi."""
        return Purpose.INFORMATION if agency.pk in self.informed else self.line.purpose


class _Reached(NamedTuple):
    """What one printed line, of a letter or of a plan, names on a day."""

    agencies: list[Agency]
    closed: list[Agency]
    left_out: Sequence[Agency] = ()
    not_left_out: Sequence[str] = ()
    provinces: Sequence[str] = ()


@dataclass(frozen=True)
class Recipient:
    """One agency that will receive the letter, with the line that decides its purpose.

    `line` is None only for a correction, which also goes to units that no printed line names.
    """

    agency: Agency
    line: DistributionLine | None
    purpose: str


@dataclass(frozen=True)
class Repetition:
    """Lines that name the same agencies. The first one decides: Gereği before Bilgi, a line with a note on attachments
    before one without, then printed order.
    """

    lines: tuple[DistributionLine, ...]
    agencies: list[Agency]

    @property
    def counts(self) -> DistributionLine:
        return self.lines[0]


@dataclass
class Expansion:
    """The expanded list on one day."""

    lines: list[ExpandedLine]
    recipients: list[Recipient]
    repeated: list[Repetition]

    @property
    def unresolved(self) -> list[DistributionLine]:
        return [expanded.line for expanded in self.lines if not expanded.line.is_resolved]

    @property
    def empty_groups(self) -> list[DistributionLine]:
        return [expanded.line for expanded in self.lines if expanded.is_empty_group]

    @property
    def closed(self) -> list[Agency]:
        return [agency for expanded in self.lines for agency in expanded.closed]

    def read_former_names(self) -> None:
        """Prefetch the former names used by `ExpandedLine.former_name`. One query, none for present names only."""
        lines = [expanded.line for expanded in self.lines]
        others = [line for line in lines if line.agency is not None and not line.agency.is_named(line.name)]
        prefetch_related_objects(others, "agency__former_names")

    def count(self, purpose: Purpose) -> int:
        """Number of recipients with this purpose."""
        return sum(recipient.purpose == purpose for recipient in self.recipients)

    @property
    def action_count(self) -> int:
        return self.count(Purpose.ACTION)

    @property
    def information_count(self) -> int:
        return self.count(Purpose.INFORMATION)

    @property
    def heads(self) -> list[tuple[Purpose, list[ExpandedLine]]]:
        """Purposes that have lines, each with its lines in printed order."""
        return [(purpose, lines) for purpose in Purpose if (lines := self.of_purpose(purpose))]

    def of_purpose(self, purpose: str) -> list[ExpandedLine]:
        """Lines with this purpose, in printed order."""
        return [expanded for expanded in self.lines if expanded.line.purpose == purpose]


def lines_with_names() -> QuerySet[DistributionLine]:
    """Printed lines with what they name, as `expand` needs them."""
    return DistributionLine.objects.select_related(
        "agency__successor", "agency__province", "group", "plan_version__plan__owner"
    )


def expand(circular: Circular, *, on: date, lines: Sequence[DistributionLine] | None = None) -> Expansion:
    """Expand every line to the agencies that exist on that day.

    Three queries (lines unless they are given, chosen members, agencies by rule), and two more if plans are used. An
    agency named twice is one recipient; Gereği takes precedence over Bilgi.
    """
    if lines is None:
        lines = list(lines_with_names().filter(circular=circular))
    plan_lines = _plan_lines({line.plan_version_id for line in lines if line.names_plan})
    groups = {line.group for line in lines if line.group is not None}
    groups |= {line.group for same in plan_lines.values() for line in same if line.group is not None}
    members = members_by_group(groups, on=on)
    newest = {
        version.plan_id: version
        for version in newest_versions({line.plan_version.plan_id for line in lines if line.plan_version})
    }
    expanded_lines = []
    issuer = _narrowing_issuer(circular, groups)
    for line in lines:
        if line.names_plan:
            expanded = _expand_plan(line, plan_lines.get(line.plan_version_id or 0, []), members, on, issuer)
        else:
            expanded = _expand_line(line, members, on, issuer)
        if line.plan_version is not None:
            latest = newest[line.plan_version.plan_id]
            expanded.newer_version = latest if latest.number > line.plan_version.number else None
        expanded_lines.append(expanded)
    return Expansion(expanded_lines, *_recipients(expanded_lines))


def replace_lines(
    circular: Circular,
    *,
    action: Sequence[str],
    information: Sequence[str],
    on: date,
    resolve_all: bool = False,
) -> None:
    """Replace the circular's printed lines and resolve the new ones.

    A line with the same name and purpose as an existing one keeps its meaning, whatever its note on attachments
    says. With `resolve_all` every line is resolved again, as a change of issuer requires.
    """
    printed = [(Purpose.ACTION, text, split_note(text)[0]) for text in action] + [
        (Purpose.INFORMATION, text, split_note(text)[0]) for text in information
    ]
    rows = {
        (line.purpose, line.name): line
        for line in circular.lines.select_related("agency", "group", "plan_version")
        if line.is_resolved and not resolve_all
    }
    unknown = list(dict.fromkeys(name for purpose, _text, name in printed if (purpose, name) not in rows))
    issuer = None if names_another(circular.issuer_line_list, circular.issuer) else circular.issuer
    resolved = resolve_names(unknown, issuer=issuer, on=on)
    circular.lines.all().delete()
    DistributionLine.objects.bulk_create(
        DistributionLine(
            circular=circular,
            position=position,
            purpose=purpose,
            text=text,
            **_meaning(rows.get((purpose, name)) or resolved[name]),
        )
        for position, (purpose, text, name) in enumerate(printed)
    )


def resolve_names(names: Sequence[str], *, issuer: Agency | None, on: date) -> dict[str, DistributionLine]:
    """An unsaved line by printed name, with the agency, group or plan it names, or the reason why it is unknown."""
    plans = match_plans(names, issuer=issuer) if issuer else {}
    others = [name for name in names if name not in plans]
    lines = {}
    for match in match_lines(others, issuer=issuer, on=on, suggesting=False):
        lines[match.line] = DistributionLine(
            text=match.line,
            agency=match.agency,
            group=match.group,
            unresolved_reason=match.unresolved_reason or "",
        )
    for name, named in plans.items():
        reason = "" if named.version else Unresolved.SEVERAL if named.plans else Unresolved.NO_PLAN
        lines[name] = DistributionLine(text=name, plan_version=named.version, unresolved_reason=reason)
    return lines


def _meaning(line: DistributionLine) -> dict[str, Any]:
    return {
        "agency": line.agency,
        "group": line.group,
        "plan_version": line.plan_version,
        "unresolved_reason": line.unresolved_reason,
    }


def _plan_lines(versions: Collection[int | None]) -> dict[int, list[PlanLine]]:
    found: dict[int, list[PlanLine]] = {}
    if versions:
        lines = PlanLine.objects.filter(version__in=versions)
        for line in lines.select_related("agency__successor", "agency__province", "group"):
            found.setdefault(line.version_id, []).append(line)
    return found


def _expand_line(
    line: DistributionLine, members: dict[int, list[Agency]], on: date, issuer: Agency | None
) -> ExpandedLine:
    reached = _reached(line, members, on, issuer)
    return ExpandedLine(
        line,
        reached.agencies,
        reached.closed,
        left_out=list(reached.left_out),
        not_left_out=list(reached.not_left_out),
        provinces=list(reached.provinces),
    )


def _reached(
    line: PrintedLine, members: dict[int, list[Agency]], on: date, issuer: Agency | None
) -> _Reached:
    agencies, closed = _units(line.agency, line.group, members, on)
    part = take_apart(line.name)
    if line.group is None or not may_be_narrowed(part, line.group, issuer):
        return _Reached(agencies, closed)
    plates = provinces_of(part, line.group.rule_kind, issuer, len(agencies))
    left = narrow(part, [Member.of(agency) for agency in agencies], plates)
    by_pk = {agency.pk: agency for agency in agencies}
    provinces = {agency.province_id: agency.province for agency in agencies if agency.province_id in plates}
    return _Reached(
        [by_pk[pk] for pk in left.members],
        closed,
        [by_pk[pk] for pk in left.left_out],
        left.unknown,
        [str(province) for province in provinces.values()],
    )


def _narrowing_issuer(circular: Circular, groups: Iterable[AgencyGroup]) -> Agency | None:
    """The issuer, if its province narrows a class of district bodies on the list; not under a foreign letterhead."""
    classes = {group.rule_kind for group in groups}
    if not classes & OF_DISTRICTS or names_another(circular.issuer_line_list, circular.issuer):
        return None
    return circular.issuer


def _expand_plan(
    line: DistributionLine,
    plan_lines: Iterable[PlanLine],
    members: dict[int, list[Agency]],
    on: date,
    issuer: Agency | None,
) -> ExpandedLine:
    """The plan's lines as one, each narrowed as if the letter printed it.

    Gereği takes precedence within the plan too. What one line leaves out and another one names is reached.
    """
    agencies: dict[int, Agency] = {}
    closed: dict[int, Agency] = {}
    left_out: dict[int, Agency] = {}
    not_left_out: list[str] = []
    provinces: list[str] = []
    for_action: set[int] = set()
    for plan_line in plan_lines:
        reached = _reached(plan_line, members, on, issuer)
        agencies.update((agency.pk, agency) for agency in reached.agencies)
        closed.update((agency.pk, agency) for agency in reached.closed)
        left_out.update((agency.pk, agency) for agency in reached.left_out)
        not_left_out += reached.not_left_out
        provinces += reached.provinces
        if plan_line.purpose == Purpose.ACTION:
            for_action.update(agency.pk for agency in reached.agencies)
    return ExpandedLine(
        line,
        list(agencies.values()),
        list(closed.values()),
        set(agencies) - for_action,
        left_out=[agency for pk, agency in left_out.items() if pk not in agencies],
        not_left_out=list(dict.fromkeys(not_left_out)),
        provinces=list(dict.fromkeys(provinces)),
    )


def _units(
    agency: Agency | None, group: AgencyGroup | None, members: dict[int, list[Agency]], on: date
) -> tuple[list[Agency], list[Agency]]:
    """The active and the closed agencies that a line names."""
    if group is not None:
        return members[group.pk], []
    if agency is None:
        return [], []
    return ([agency], []) if agency.is_active(on) else ([], [agency])


def _recipients(expanded_lines: Sequence[ExpandedLine]) -> tuple[list[Recipient], list[Repetition]]:
    named: dict[int, list[tuple[ExpandedLine, Agency]]] = {}
    for expanded in expanded_lines:
        for agency in expanded.agencies:
            named.setdefault(agency.pk, []).append((expanded, agency))
    recipients = []
    repeated: dict[tuple[int, ...], Repetition] = {}
    for naming in named.values():
        naming.sort(key=lambda each: (each[0].purpose_of(each[1]) != Purpose.ACTION, not each[0].withheld))
        expanded, agency = naming[0]
        recipients.append(Recipient(agency, expanded.line, expanded.purpose_of(agency)))
        if len(naming) > 1:
            lines = tuple(each.line for each, _agency in naming)
            key = tuple(line.pk for line in lines)
            repeated.setdefault(key, Repetition(lines, [])).agencies.append(agency)
    recipients.sort(key=lambda recipient: recipient.line.position if recipient.line else 0)
    return recipients, list(repeated.values())

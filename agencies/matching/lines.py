"""Resolve a printed recipient line to the agency or the group that it names.

Tried in this order:

1. a wording of a group, shipped or added by a person
2. the name of an agency, or of a body with its unit in parentheses
3. a unit of a province in one of its spellings
4. a wording of an agency added by a person
5. a class of agencies

Ambiguous lines are not resolved: the match holds the reason and the best suggestions.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agencies.matching.class_lines import (
    Classes,
    excludes_members,
    is_far_off,
    parse_class_line,
    split_unit,
)
from agencies.matching.former_names import match_former_names
from agencies.matching.narrowing import (
    MEMBER_COLUMNS,
    OF_DISTRICTS,
    Member,
    may_be_narrowed,
    narrow,
    province_plates,
    provinces_of,
    take_apart,
)
from agencies.matching.places import (
    Places,
    customary_keys,
    keys_in_place,
    name_in_province,
    unit_of_district_governorship,
)
from agencies.matching.suggest import suggest
from agencies.models import (
    Agency,
    AgencyGroup,
    AgencyKind,
    AgencyWording,
    GroupWording,
    sizes_of_groups,
)
from agencies.turkish import match_key

SUGGESTED_GROUPS = 3

_WITH_SEAT = {AgencyKind.REGIONAL_DIRECTORATE}
"""Kinds of which letters print the province of the seat behind the name."""


class Unresolved(models.TextChoices):
    """Reasons why a line isn't resolved."""

    NO_NAME = "no_name", _("Nobody in the directory has this name.")
    NO_UNIT = "no_unit", _("The body is known, but no unit of this name below it.")
    NO_CLASS = "no_class", _("It names a class of units for which the directory has no group.")
    NO_PLAN = "no_plan", _("The issuing unit has no distribution plan of this name.")
    SEVERAL = "several", _("More than one entry of the directory fits.")
    EXCEPTION = "exception", _("Its words narrow a class down, so a whole group would be too many.")
    COUNT = "count", _("Its number is far from the size of the group, so it may mean a selection.")
    CENTRAL_UNIT = (
        "central_unit",
        _("A central unit isn't named alone from outside its institution (Y 14)."),
    )


@dataclass
class Match:
    """The meaning of a printed line: one agency, one group, or neither with a reason and suggestions."""

    line: str
    agency: Agency | None = None
    group: AgencyGroup | None = None
    unresolved_reason: Unresolved | None = None
    suggestions: list[Agency] = field(default_factory=list)
    groups: list[AgencyGroup] = field(default_factory=list)
    former_name: str = ""
    body: Agency | None = None
    """The body that the line names, if no unit has the name in parentheses."""
    mistyped: bool = False
    """Whether a word of the line is in no name, but like words that are. Said with the suggestions."""

    @property
    def is_resolved(self) -> bool:
        return self.agency is not None or self.group is not None


def match_lines(
    lines: Sequence[str], *, issuer: Agency | None, on: date, suggesting: bool = True
) -> list[Match]:
    """Match each printed line. The number of queries is constant, except for suggestions.

    Where several agencies share a name, those of the issuer's institution take precedence. Closed agencies are
    matched too, so that the person can be told that they are closed.
    """
    matcher = _Matcher(lines, issuer, on)
    matches = [matcher.match(line) for line in lines]
    _match_former_names([match for match in matches if not match.is_resolved], matcher)
    if suggesting:
        _add_suggestions([match for match in matches if not match.is_resolved], matcher)
    return matches


def _add_suggestions(unknown: Sequence[Match], matcher: "_Matcher") -> None:
    """Add what the lines may mean. Of a known body with an unknown unit, units like it come before the body."""
    for match in unknown:
        match.groups = match.groups or matcher.classes_like(match.line)
        if match.suggestions and match.body is None:
            continue
        found = suggest(match.line, on=matcher.on)
        others = [agency for agency in match.suggestions if agency not in found.agencies]
        match.suggestions, match.mistyped = [*found.agencies, *others], found.mistyped


def _match_former_names(unknown: Sequence[Match], matcher: "_Matcher") -> None:
    """Resolve lines that match no current name by former names."""
    called = match_former_names(match.line for match in unknown if not match.suggestions)
    for match in unknown:
        before = called.get(match.line)
        if before is not None and matcher.may_address(before.agency):
            match.agency, match.former_name, match.unresolved_reason = before.agency, before.name, None


def match_letterhead(lines: Sequence[str]) -> Agency | None:
    """The issuing agency of a letterhead (Y 10): its last line, below the bodies named above it.

    A unit of a province or district is printed below its governorship or kaymakamlık, without the place's name.
    """
    keys = [match_key(line) for line in lines if line.strip()]
    if not keys:
        return None
    above = set(keys[:-1])
    candidates = list(Agency.objects.filter(match_key=keys[-1]))
    if len(candidates) > 1 and above:
        ancestors = {
            agency.pk: agency.match_key
            for agency in Agency.objects.filter(pk__in={pk for unit in candidates for pk in unit.path})
        }
        candidates = [unit for unit in candidates if above & {ancestors[pk] for pk in unit.path}]
    if not candidates and above:
        candidates = [unit for unit in _units_below(above) if match_key(unit.template) == keys[-1]]
    return candidates[0] if len(candidates) == 1 else None


def _units_below(above: Collection[str]) -> list[Agency]:
    """Units of the kaymakamlıks that have one of the folded names, or else of the governorships. Two queries."""
    bodies = list(
        Agency.objects.filter(
            kind__in=(AgencyKind.GOVERNORSHIP, AgencyKind.DISTRICT_GOVERNORSHIP), match_key__in=above
        )
    )
    provinces = {body.province_id for body in bodies if body.kind == AgencyKind.GOVERNORSHIP}
    districts = [body for body in bodies if body.kind == AgencyKind.DISTRICT_GOVERNORSHIP]
    if not districts:
        return list(Agency.objects.filter(kind=AgencyKind.PROVINCIAL_DIRECTORATE, province__in=provinces))
    within = [body for body in districts if body.province_id in provinces] or districts
    return list(
        Agency.objects.filter(
            kind=AgencyKind.DISTRICT_DIRECTORATE, district__in=[body.district_id for body in within]
        )
    )


def names_another(letterhead: Sequence[str], issuer: Agency) -> bool:
    """Whether the letterhead names a body outside the issuer's institution.

    Names of central units, which many ministries have in common, are then ambiguous.
    """
    keys = {match_key(line) for line in letterhead if line.strip()}
    named = Agency.objects.filter(match_key__in=keys)
    roots = {agency.path[0] for agency in named if agency.path}
    return bool(roots) and issuer.path[:1] != [] and issuer.path[0] not in roots


def _seated(line: str) -> tuple[str, str] | tuple[()]:
    """Name and plate of "DSİ 22. Bölge Müdürlüğüne (TRABZON)": a body with its province in parentheses."""
    name, unit = split_unit(line)
    plate = province_plates().get(match_key(unit)) if unit is not None else None
    return (name, plate) if plate else ()


class _Matcher:
    """The part of the directory that these lines need, loaded once."""

    def __init__(self, lines: Sequence[str], issuer: Agency | None, on: date) -> None:
        self.issuer, self.on, self.is_single = issuer, on, len(lines) == 1
        self._sizes: dict[int, int] = {}
        plain = {
            match_key(text) for line in lines for text in (line, take_apart(line).line, *_seated(line)[:1])
        }
        self.group_wordings = {
            wording.match_key: wording.group
            for wording in GroupWording.objects.filter(match_key__in=plain).select_related("group")
        }
        self.agency_wordings = {
            wording.match_key: wording.agency
            for wording in AgencyWording.objects.filter(match_key__in=plain).select_related("agency")
        }
        self.by_name: dict[str, list[Agency]] = {}
        names = plain | {match_key(name) for line in lines for name in split_unit(line) if name}
        names |= {key for line in lines for name in split_unit(line) if name for key in keys_in_place(name)}
        names |= {official for key in names for official in customary_keys(key)}
        found = Agency.objects.filter(Q(dative_key__in=names) | Q(match_key__in=names))
        bodies = list(found.select_related("province", "district", "successor"))
        for agency in bodies:
            for key in {agency.dative_key, agency.match_key}:
                self.by_name.setdefault(key, []).append(agency)
        self.places = Places(lines, issuer, bodies)
        self._members: dict[tuple[int, frozenset[str]], list[Member]] = {}

    @cached_property
    def classes(self) -> Classes:
        return Classes()

    def _size_of(self, group: AgencyGroup) -> int:
        """The group's number of members: of all groups at once, but for a single line of this one alone."""
        if group.pk not in self._sizes:
            groups = [group] if self.is_single else self.classes.groups
            self._sizes |= sizes_of_groups(groups, on=self.on)
        return self._sizes[group.pk]

    def classes_like(self, line: str) -> list[AgencyGroup]:
        return self.classes.like(line)[:SUGGESTED_GROUPS] if parse_class_line(line).names_class else []

    def match(self, line: str) -> Match:
        part = take_apart(line)
        if not excludes_members(line) and (group := self.group_wordings.get(match_key(line))):
            return self._match_group(line, [group])
        by_name = self._match_agency(line)
        if by_name.is_resolved:
            return by_name
        unit = self._only(self.places.unit_of_line(line))
        if unit is not None:
            return Match(line, agency=unit)
        taught = self.agency_wordings.get(match_key(line)) or self._taught_with_seat(line)
        if taught is not None and not by_name.suggestions and self.may_address(taught):
            return Match(line, agency=taught)
        parsed = parse_class_line(part.line)
        if not parsed.names_class and not parse_class_line(line).names_class:
            return by_name
        if excludes_members(part.line):
            return Match(line, unresolved_reason=Unresolved.EXCEPTION)
        worded = self.group_wordings.get(match_key(part.line))
        return self._match_group(line, [worded] if worded else self.classes.named_by(parsed))

    def _taught_with_seat(self, line: str) -> Agency | None:
        """The agency of a wording that is followed by its province in parentheses."""
        name, plate = _seated(line) or ("", "")
        found = self.agency_wordings.get(match_key(name))
        return found if found is not None and found.province_id == plate else None

    def _match_group(self, line: str, groups: list[AgencyGroup]) -> Match:
        if len(groups) != 1:
            return Match(
                line,
                unresolved_reason=Unresolved.SEVERAL if groups else Unresolved.NO_CLASS,
                groups=groups,
            )
        part, group = take_apart(line), groups[0]
        if part.provinces and group.rule_kind not in OF_DISTRICTS:
            return Match(line, unresolved_reason=Unresolved.NO_CLASS, groups=groups)
        number = parse_class_line(part.line).number
        size = self._size_of(group) if number is not None else None
        if may_be_narrowed(part, group, self.issuer):
            plates = provinces_of(part, group.rule_kind, self.issuer, size)
            left = narrow(part, self._members_of(group, plates), plates)
            if left.unknown or (part.excepted and not left.members):
                return Match(line, unresolved_reason=Unresolved.EXCEPTION, groups=groups)
            size = len(left.members) + len(left.left_out)
        if number is not None and size and is_far_off(number, size):
            return Match(line, unresolved_reason=Unresolved.COUNT, groups=groups)
        return Match(line, group=group)

    def _members_of(self, group: AgencyGroup, plates: frozenset[str]) -> list[Member]:
        """The group's members, in these provinces if there are any. One query."""
        key = (group.pk, plates)
        if key not in self._members:
            wanted = Q(hand_picked_in=group) | (group.rule() if group.rule_kind else Q(pk__in=[]))
            found = Agency.objects.active(self.on).filter(wanted)
            if plates:
                found = found.filter(province__in=plates)
            rows = found.order_by("pk").distinct().values_list(*MEMBER_COLUMNS)
            self._members[key] = [Member(*row) for row in rows]
        return self._members[key]

    def _match_agency(self, line: str) -> Match:
        name, unit = split_unit(line)
        whole = self._named(line)
        if not whole and unit is None and (of_district := unit_of_district_governorship(line)):
            name, unit = of_district
        bodies = self._named(name) if unit is not None else whole
        if not whole and (seated := _seated(line)):
            of_place = [body for body in bodies if body.province_id == seated[1]]
            whole = [each for each in of_place if each.district_id or each.kind in _WITH_SEAT]
        if unit is None or whole:
            if len(whole) == 1 and self.may_address(whole[0]):
                return Match(line, agency=whole[0])
            reason = Unresolved.NO_NAME
            if whole:
                addressed = any(self.may_address(agency) for agency in whole)
                reason = Unresolved.SEVERAL if addressed else Unresolved.CENTRAL_UNIT
            return Match(line, unresolved_reason=reason, suggestions=whole)
        units = self._named(unit)
        if len(bodies) != 1:
            return Match(
                line,
                unresolved_reason=Unresolved.SEVERAL if bodies else Unresolved.NO_NAME,
                suggestions=units or bodies,
            )
        body = bodies[0]
        below = [agency for agency in units if body.pk in agency.path and agency.pk != body.pk]
        below = below or self._prefer(self.places.unit_below(body, unit))
        if len(below) == 1:
            return Match(line, agency=below[0])
        reason = Unresolved.SEVERAL if below else Unresolved.NO_UNIT
        if not below and not units:
            return Match(line, unresolved_reason=reason, suggestions=bodies, body=body)
        return Match(line, unresolved_reason=reason, suggestions=below or units)

    def _named(self, name: str) -> list[Agency]:
        """Agencies of that name; the customary one of a municipality or university, or one behind its province."""
        key = match_key(name)
        for each in (key, *customary_keys(key)):
            if each in self.by_name:
                return self._prefer(self.by_name[each])
        placed = name_in_province(name)
        if placed is None:
            return []
        key = match_key(placed[1])
        found = [body for each in (key, *customary_keys(key)) for body in self.by_name.get(each, [])]
        return self._prefer([body for body in found if body.district_id and body.province_id == placed[0]])

    def may_address(self, agency: Agency) -> bool:
        """Whether the issuer may address it by name alone: not a central unit of another institution (Y 14)."""
        return agency.addressable or (self.issuer is not None and agency.path[:1] == self.issuer.path[:1])

    def _only(self, agencies: list[Agency]) -> Agency | None:
        found = self._prefer(agencies)
        return found[0] if len(found) == 1 else None

    def _prefer(self, agencies: list[Agency]) -> list[Agency]:
        """Narrow agencies of the same name to those of the issuer's institution or province, then to active ones."""
        if len(agencies) > 1 and self.issuer is not None:
            own = [agency for agency in agencies if agency.path[:1] == self.issuer.path[:1]]
            agencies = own or agencies
        if len(agencies) > 1 and (province := self.places.own_province):
            agencies = [agency for agency in agencies if agency.province_id == province] or agencies
        if len(agencies) > 1:
            agencies = [agency for agency in agencies if agency.is_active(self.on)] or agencies
        return agencies

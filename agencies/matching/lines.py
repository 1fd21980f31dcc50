"""Resolve a printed recipient line to the agency or the group that it names.

Tried in this order:

1. a wording of a group, shipped or added by a person
2. the name of an agency, or of a body with its unit in parentheses
3. a unit of a province in one of its spellings
4. a wording of an agency added by a person
5. a class of agencies

Ambiguous lines are not resolved: the match holds the reason and the best suggestions.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agencies.matching.class_lines import (
    Classes,
    ClassLine,
    class_keys,
    excludes_members,
    group_sizes,
    is_far_off,
    parse_class_line,
    split_unit,
    unit_keys,
)
from agencies.matching.former_names import match_former_names
from agencies.matching.suggest import suggest
from agencies.models import Agency, AgencyGroup, AgencyKind, AgencyWording, GroupWording, Province
from agencies.turkish import match_key

SUGGESTED_GROUPS = 3
GOVERNORSHIP_WORDS = {"valiliği", "valiliğine"}
WITHIN_A_PROVINCE = {AgencyKind.GOVERNORSHIP, AgencyKind.PROVINCIAL_DIRECTORATE}


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

    A provincial unit is printed below its governorship, without the province's name.
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
        governorships = Agency.objects.filter(kind=AgencyKind.GOVERNORSHIP, match_key__in=above)
        of_province = Agency.objects.filter(
            kind=AgencyKind.PROVINCIAL_DIRECTORATE, province__in=governorships.values("province")
        )
        candidates = [unit for unit in of_province if match_key(unit.template) == keys[-1]]
    return candidates[0] if len(candidates) == 1 else None


def names_another(letterhead: Sequence[str], issuer: Agency) -> bool:
    """Whether the letterhead names a body outside the issuer's institution.

    Names of central units, which many ministries have in common, are then ambiguous.
    """
    keys = {match_key(line) for line in letterhead if line.strip()}
    named = Agency.objects.filter(match_key__in=keys)
    roots = {agency.path[0] for agency in named if agency.path}
    return bool(roots) and issuer.path[:1] != [] and issuer.path[0] not in roots


class _Matcher:
    """The part of the directory that these lines need, loaded once."""

    def __init__(self, lines: Sequence[str], issuer: Agency | None, on: date) -> None:
        self.issuer, self.on = issuer, on
        self.lines = lines
        keys = {match_key(line) for line in lines}
        self.group_wordings = {
            wording.match_key: wording.group
            for wording in GroupWording.objects.filter(match_key__in=keys).select_related("group")
        }
        self.agency_wordings = {
            wording.match_key: wording.agency
            for wording in AgencyWording.objects.filter(match_key__in=keys).select_related("agency")
        }
        self.by_name: dict[str, list[Agency]] = {}
        names = keys | {match_key(name) for line in lines for name in split_unit(line) if name}
        found = Agency.objects.filter(Q(dative_key__in=names) | Q(match_key__in=names))
        for agency in found.select_related("province", "successor"):
            for key in {agency.dative_key, agency.match_key}:
                self.by_name.setdefault(key, []).append(agency)

    @cached_property
    def classes(self) -> Classes:
        return Classes()

    @cached_property
    def sizes(self) -> dict[int, int]:
        return group_sizes(self.classes.groups, on=self.on)

    @cached_property
    def units_by_province(self) -> dict[str, list[Agency]]:
        """Provincial units by province key, for each province that begins a line and for the issuer's."""
        begun = {match_key(words[0]) for line in self.lines if (words := line.split())}
        own = self.issuer.province_id if self.issuer else None
        provinces = {
            province.pk: match_key(province.name)
            for province in Province.objects.all()
            if match_key(province.name) in begun or province.pk == own
        }
        units: dict[str, list[Agency]] = {}
        found = Agency.objects.filter(kind=AgencyKind.PROVINCIAL_DIRECTORATE, province__in=provinces)
        for agency in found.select_related("province", "successor"):
            units.setdefault(provinces[agency.province_id or ""], []).append(agency)
        return units

    def classes_like(self, line: str) -> list[AgencyGroup]:
        return self.classes.like(line)[:SUGGESTED_GROUPS] if parse_class_line(line).names_class else []

    def match(self, line: str) -> Match:
        parsed = parse_class_line(line)
        narrowed = excludes_members(line)
        if not narrowed and (group := self.group_wordings.get(match_key(line))):
            return self._match_group(line, parsed, [group])
        by_name = self._match_agency(line)
        if by_name.is_resolved:
            return by_name
        unit = self._provincial_unit(line)
        if unit is not None:
            return Match(line, agency=unit)
        taught = self.agency_wordings.get(match_key(line))
        if taught is not None and not by_name.suggestions and self.may_address(taught):
            return Match(line, agency=taught)
        if not parsed.names_class:
            return by_name
        if narrowed:
            return Match(line, unresolved_reason=Unresolved.EXCEPTION)
        return self._match_group(line, parsed, self.classes.named_by(parsed))

    def _match_group(self, line: str, parsed: ClassLine, groups: list[AgencyGroup]) -> Match:
        if len(groups) != 1:
            return Match(
                line,
                unresolved_reason=Unresolved.SEVERAL if groups else Unresolved.NO_CLASS,
                groups=groups,
            )
        if parsed.number is not None:
            size = self.sizes[groups[0].pk]
            if size and is_far_off(parsed.number, size):
                return Match(line, unresolved_reason=Unresolved.COUNT, groups=groups)
        return Match(line, group=groups[0])

    def _match_agency(self, line: str) -> Match:
        name, unit = split_unit(line)
        whole = self._named(line)
        bodies = self._named(name) if unit is not None else whole
        if unit is None or whole:
            if len(whole) == 1 and self.may_address(whole[0]):
                return Match(line, agency=whole[0])
            reason = (
                Unresolved.SEVERAL
                if len(whole) > 1
                else Unresolved.CENTRAL_UNIT
                if whole
                else Unresolved.NO_NAME
            )
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
        if not below and body.kind == AgencyKind.GOVERNORSHIP and body.province:
            below = self._units_of(body.province, unit)
        if len(below) == 1:
            return Match(line, agency=below[0])
        reason = Unresolved.SEVERAL if below else Unresolved.NO_UNIT
        if not below and not units:
            return Match(line, unresolved_reason=reason, suggestions=bodies, body=body)
        return Match(line, unresolved_reason=reason, suggestions=below or units)

    def _provincial_unit(self, line: str) -> Agency | None:
        """A unit of a province without parentheses: "Ankara Valiliği İl Sağlık Müdürlüğüne", "Ankara Sağlık İl …"."""
        words = line.split()
        if "(" in line or not words:
            return None
        found: list[Agency] = []
        province = self.units_by_province.get(match_key(words[0]), [])
        if len(words) > 2 and match_key(words[1]) in GOVERNORSHIP_WORDS:
            found = _with_keys(province, " ".join(words[2:]).lstrip(" -–—/,"), loosely=True)
        elif province:
            found = _with_keys(province, " ".join(words[1:]))
        elif self.issuer and self.issuer.province and self.issuer.kind in WITHIN_A_PROVINCE:
            # Y 14/5: within a governorship, its units are named without it.
            found = _with_keys(
                self.units_by_province.get(match_key(self.issuer.province.name), []), " ".join(words)
            )
        found = self._prefer(found)
        return found[0] if len(found) == 1 else None

    def _units_of(self, province: Province, unit: str) -> list[Agency]:
        """Units of the province by their name common to all provinces, with or without the province (Y 14/5)."""
        key = match_key(province.name)
        words = unit.split()
        if match_key(words[0]) == key and len(words) > 1:
            words = words[1:]
        return self._prefer(_with_keys(self.units_by_province.get(key, []), " ".join(words), loosely=True))

    def _named(self, name: str) -> list[Agency]:
        return self._prefer(self.by_name.get(match_key(name), []))

    def may_address(self, agency: Agency) -> bool:
        """Whether the issuer may address it by name alone: not a central unit of another institution (Y 14)."""
        return agency.addressable or (self.issuer is not None and agency.path[:1] == self.issuer.path[:1])

    def _prefer(self, agencies: list[Agency]) -> list[Agency]:
        """Narrow agencies of the same name to those of the issuer's institution, then to active ones."""
        if len(agencies) > 1 and self.issuer is not None:
            own = [agency for agency in agencies if agency.path[:1] == self.issuer.path[:1]]
            agencies = own or agencies
        if len(agencies) > 1:
            agencies = [agency for agency in agencies if agency.is_active(self.on)] or agencies
        return agencies


def _with_keys(units: Iterable[Agency], name: str, *, loosely: bool = False) -> list[Agency]:
    """Units with the given common name in any case; with `loosely` also without "İl"."""
    keys_of = unit_keys if loosely else class_keys
    wanted = keys_of(name)
    templates: dict[str, bool] = {}
    for unit in units:
        if unit.template not in templates:
            templates[unit.template] = bool(unit.template and wanted & keys_of(unit.template))
    return [unit for unit in units if templates[unit.template]]

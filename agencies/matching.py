"""From a line as letters print it to the agency or the group that it names.

Nothing ambiguous is resolved: where several agencies fit, the line stays unknown and they are suggested.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import reduce
from operator import or_

from django.db.models import Q

from agencies.models import Agency, AgencyGroup, AgencyKind, AgencyQuerySet, GroupWording
from agencies.turkish import dative, match_key, nominative_candidates, search_key

UNIT_IN_PARENTHESES = re.compile(r"^(?P<body>[^()]+?)\s*\((?P<unit>[^()]+)\)\s*$")
LEADING_NUMBER = re.compile(r"^\s*(\d{1,4})\s")
SUGGESTIONS = 8


@dataclass
class Match:
    """What a printed line stands for: one agency, or one group, or neither with ranked suggestions."""

    line: str
    agency: Agency | None = None
    group: AgencyGroup | None = None
    suggestions: list[Agency] = field(default_factory=list)

    @property
    def is_resolved(self) -> bool:
        return self.agency is not None or self.group is not None


@dataclass(frozen=True)
class _Named:
    """The keys under which one printed name may be found."""

    exact: str
    nominatives: frozenset[str]

    @classmethod
    def of(cls, name: str) -> "_Named":
        return cls(
            match_key(name), frozenset(match_key(candidate) for candidate in nominative_candidates(name))
        )

    @property
    def keys(self) -> set[str]:
        return {self.exact, *self.nominatives}

    def fits(self, agency: Agency) -> bool:
        return (
            agency.dative_key == self.exact
            or agency.match_key == self.exact
            or (agency.match_key in self.nominatives and match_key(dative(agency.name)) == self.exact)
        )


def printed_count(line: str) -> int | None:
    """The number with which a class line begins ("81 İl Valiliklerine" -> 81)."""
    found = LEADING_NUMBER.match(line)
    return int(found.group(1)) if found else None


def split_unit(line: str) -> tuple[str, str | None]:
    """The body and, if there is one, its unit in parentheses (K 11.4)."""
    found = UNIT_IN_PARENTHESES.match(line)
    return (found["body"], found["unit"]) if found else (line, None)


def match_lines(lines: Sequence[str], *, issuer: Agency | None, on: date) -> list[Match]:
    """Match each printed line, in a number of queries that doesn't grow with the lines that are known.

    `issuer` settles names that several bodies have: units of the issuer's own institution come first.
    Closed agencies are matched too, so that the person is told that they are closed.
    """
    groups = _groups_by_wording(lines)
    names = {name: _Named.of(name) for line in lines for name in split_unit(line) if name}
    by_key = _agencies_by_key(names.values())
    matches = []
    for line in lines:
        group = groups.get(match_key(line))
        match = Match(line, group=group) if group else _match_agency(line, names, by_key, issuer, on)
        if not match.is_resolved and not match.suggestions:
            match.suggestions = suggest(line, on=on)
        matches.append(match)
    return matches


def match_letterhead(lines: Sequence[str]) -> Agency | None:
    """The issuing agency of a letterhead (Y 10): its last line, below the bodies named above it."""
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
    return candidates[0] if len(candidates) == 1 else None


def suggest(text: str, *, on: date, limit: int = SUGGESTIONS) -> list[Agency]:
    """Agencies in being that share words with the text, those with most words first."""
    name, unit = split_unit(text)
    names = [unit or name, *nominative_candidates(unit or name)]
    words = {word for each in names for word in search_key(each).split() if len(word) > 2}
    if not words:
        return []
    found = Agency.objects.active(on).filter(reduce(or_, (Q(search_key__contains=word) for word in words)))
    ranked = sorted(
        found[:500], key=lambda agency: (-_shared(agency, words), agency.protocol_order, agency.sort_key)
    )
    return ranked[:limit]


def _shared(agency: Agency, words: set[str]) -> int:
    return sum(len(word) for word in words if word in agency.search_key)


def _groups_by_wording(lines: Iterable[str]) -> dict[str, AgencyGroup]:
    keys = {match_key(line) for line in lines}
    wordings = GroupWording.objects.filter(match_key__in=keys).select_related("group")
    return {wording.match_key: wording.group for wording in wordings}


def _agencies_by_key(names: Iterable[_Named]) -> AgencyQuerySet:
    keys = {key for name in names for key in name.keys}
    return Agency.objects.filter(Q(dative_key__in=keys) | Q(match_key__in=keys)).select_related(
        "province", "successor"
    )


def _match_agency(
    line: str, names: dict[str, _Named], found: Iterable[Agency], issuer: Agency | None, on: date
) -> Match:
    name, unit = split_unit(line)
    bodies = _prefer([agency for agency in found if names[name].fits(agency)], issuer, on)
    if unit is None:
        if len(bodies) == 1 and _may_address(issuer, bodies[0]):
            return Match(line, agency=bodies[0])
        return Match(line, suggestions=bodies)
    units = [agency for agency in found if names[unit].fits(agency)]
    if len(bodies) == 1:
        body = bodies[0]
        below = [agency for agency in units if body.pk in agency.path and agency.pk != body.pk]
        if body.kind == AgencyKind.GOVERNORSHIP and not below:
            below = list(_provincial_units(body, names[unit]))
        if len(below) == 1:
            return Match(line, agency=below[0])
        return Match(line, suggestions=below or units or bodies)
    return Match(line, suggestions=units or bodies)


def _provincial_units(governorship: Agency, unit: _Named) -> AgencyQuerySet:
    """Units of the governorship's province: named in full, or by the name shared in all provinces (Y 14/5)."""
    of_province = Agency.objects.filter(
        province=governorship.province, kind=AgencyKind.PROVINCIAL_DIRECTORATE
    )
    ids = [
        agency.pk
        for agency in of_province
        if match_key(agency.template) in unit.keys or agency.match_key in unit.keys
    ]
    return Agency.objects.filter(pk__in=ids)


def _may_address(issuer: Agency | None, agency: Agency) -> bool:
    """A central unit isn't named alone from outside its own institution (Y 14)."""
    return agency.addressable or (issuer is not None and agency.path[:1] == issuer.path[:1])


def _prefer(agencies: list[Agency], issuer: Agency | None, on: date) -> list[Agency]:
    """Narrow several agencies of one name: those of the issuer's institution, then those in being."""
    if len(agencies) > 1 and issuer is not None:
        agencies = [agency for agency in agencies if agency.path[:1] == issuer.path[:1]] or agencies
    if len(agencies) > 1:
        agencies = [agency for agency in agencies if agency.is_active(on)] or agencies
    return agencies

"""Lines that name a whole class of agencies: "81 İl Valiliklerine", "Tüm Büyükşehir Belediye Başkanlıklarına".

A class is said by a plural, or by a number, "Tüm" or "Bütün" before a singular. "İl" may stand first or before
the head noun ("İl Sağlık Müdürlüklerine", "Sağlık İl Müdürlüklerine"): names are compared without regard to
where it stands, but not without regard to whether it stands at all, for the districts have units too.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from agencies.models import AgencyGroup, AgencyKind, members_by_group
from agencies.turkish import match_key, nominative_candidates, search_key, singular_candidates

QUANTIFIER = re.compile(r"^(?P<all>(?:tüm|bütün)\s+)?(?:(?P<number>\d{1,4})\s+)?", re.IGNORECASE)
UNIT_IN_PARENTHESES = re.compile(r"^(?P<body>[^()]+?)\s*\((?P<unit>[^()]+)\)\s*$")
NUMBER_IN_PARENTHESES = re.compile(r"^(?P<number>\d{1,4})(\s+\w+)?$")
EXCEPTION = re.compile(
    r"\b(haric\w*|disinda|disindaki\w*|haricinde|mustesna|sadece|yalniz|yalnizca|bazi|ilgili)\b"
)
"""Words by which a class is narrowed ("Ankara hariç"); `search_key` has folded them."""
POSSESSED = re.compile(r"(l[ıiuü])ğ[ıiuü]$")
FAR_OFF = 2
"""A printed number that is so many times smaller or larger than the group names a selection, not the group."""
STEM = 5
"""Endings change with the case ("Valiliğine", "Valilikleri"): so many first letters must agree."""


@dataclass(frozen=True)
class ClassLine:
    """A line taken apart: the number or "Tüm", the class, and the unit in parentheses of each member."""

    body: str
    unit: str | None
    number: int | None
    says_all: bool

    @property
    def names_class(self) -> bool:
        """Whether it names several units: by a number, by "Tüm", or by a plural."""
        return self.says_all or self.number is not None or _is_plural(self.body)


def split_unit(line: str) -> tuple[str, str | None]:
    """The body and, if there is one, its unit in parentheses (K 11.4)."""
    found = UNIT_IN_PARENTHESES.match(line)
    return (found["body"], found["unit"].strip()) if found else (line, None)


def parse_class_line(line: str) -> ClassLine:
    """Take a printed line apart."""
    body, unit = split_unit(" ".join(line.split()))
    number = None
    if unit and (counted := NUMBER_IN_PARENTHESES.match(unit)):
        number, unit = int(counted["number"]), None
    quantifier = QUANTIFIER.match(body)
    assert quantifier is not None
    if quantifier["number"]:
        number = int(quantifier["number"])
    return ClassLine(body[quantifier.end() :], unit, number, quantifier["all"] is not None)


def printed_count(line: str) -> int | None:
    """The number that a class line states ("81 İl Valiliklerine" -> 81)."""
    return parse_class_line(line).number


def makes_exception(line: str) -> bool:
    """Whether words narrow the class, so that a group would be more than the line says."""
    return EXCEPTION.search(search_key(line)) is not None


def is_far_off(number: int, size: int) -> bool:
    """Whether a printed number can't be meant for a group of that size."""
    return number * FAR_OFF < size or number > size * FAR_OFF


@dataclass
class Classes:
    """The groups of the directory under the keys of everything that names them. Two queries."""

    groups: list[AgencyGroup]

    def __init__(self) -> None:
        self.groups = list(AgencyGroup.objects.prefetch_related("wordings"))
        self._by_class: dict[str, set[AgencyGroup]] = {}
        self._by_unit: dict[str, set[AgencyGroup]] = {}
        for group in self.groups:
            self._read(group)

    def _read(self, group: AgencyGroup) -> None:
        names = [group.name, *(wording.text for wording in group.wordings.all())]
        for line in map(parse_class_line, [*names, *filter(None, [group.rule_template])]):
            if line.unit is None:
                for key in class_keys(line.body):
                    self._by_class.setdefault(key, set()).add(group)
        if group.rule_kind == AgencyKind.PROVINCIAL_DIRECTORATE and group.rule_template:
            for key in unit_keys(group.rule_template):
                self._by_unit.setdefault(key, set()).add(group)

    def named_by(self, line: ClassLine) -> list[AgencyGroup]:
        """The groups that the line may name: exactly one, or it isn't known which."""
        if not line.names_class:
            return []
        named = self._found(self._by_class, class_keys(line.body))
        if line.unit is None:
            return named
        if not any(group.rule_kind == AgencyKind.GOVERNORSHIP for group in named):
            return []
        return self._found(self._by_unit, unit_keys(line.unit))

    def _found(self, groups: dict[str, set[AgencyGroup]], keys: set[str]) -> list[AgencyGroup]:
        found = {group for key in keys for group in groups.get(key, ())}
        return sorted(found, key=lambda group: group.name)

    def like(self, text: str) -> list[AgencyGroup]:
        """Groups half of whose words stand in the line, endings and numbers apart; the most alike first."""
        stems = _stems(text)
        scored = []
        for group in self.groups:
            own = _stems(group.name)
            shared = len(stems & own)
            if shared * 2 >= len(own) > 0:
                scored.append((-shared / len(stems | own), group.name, group))
        return [group for _score, _name, group in sorted(scored, key=lambda each: each[:2])]


def group_sizes(groups: Iterable[AgencyGroup], *, on: date) -> dict[int, int]:
    """How many members each group has on that day, by the group's id."""
    members = members_by_group(list(groups), on=on)
    return {pk: len(agencies) for pk, agencies in members.items()}


def class_keys(name: str) -> set[str]:
    """The keys of a class name in any case and number, "İl" being counted and its place not."""
    return {_il_first(form) for form in _forms(name)}


def unit_keys(name: str) -> set[str]:
    """The keys of a unit's name below a province: "İl" goes without saying, "Defterdarlık" is "Defterdarlığı"."""
    return {
        POSSESSED.sub(r"\1k", " ".join(word for word in form.split() if word != "il"))
        for form in _forms(name)
    }


def _forms(name: str) -> set[str]:
    """The name itself and everything whose dative, plural or both it may be, folded for comparing."""
    nominatives = {name, *nominative_candidates(name)}
    singulars = {single for form in nominatives for single in singular_candidates(form)}
    return {match_key(form) for form in nominatives | singulars} - {""}


def _il_first(key: str) -> str:
    words = key.split()
    rest = [word for word in words if word != "il"]
    return " ".join(["il", *rest] if len(rest) < len(words) else rest)


def _is_plural(text: str) -> bool:
    return any(singular_candidates(form) for form in nominative_candidates(text))


def _stems(text: str) -> set[str]:
    return {word[:STEM] for word in search_key(text).split() if len(word) > 2 and not word.isdigit()}

"""Lines that name a whole class of agencies: "81 İl Valiliklerine", "Tüm Büyükşehir Belediye Başkanlıklarına".

A class is expressed by a plural, or by a number, "Tüm" or "Bütün" before a singular. "İl" may come first or before
the head noun ("İl Sağlık Müdürlüklerine", "Sağlık İl Müdürlüklerine"): its position is ignored when names are
compared, its presence is not, since districts have such units too.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeVar

from agencies.models import AgencyGroup, AgencyKind
from agencies.turkish import KEPT, match_key, nominative_candidates, search_key, singular_candidates

QUANTIFIER = re.compile(r"^(?P<all>(?:tüm|bütün)\s+)?(?:(?P<number>\d{1,4})\s+)?", re.IGNORECASE)
UNIT_IN_PARENTHESES = re.compile(r"^(?P<body>[^()]+?)\s*\((?P<unit>[^()]+)\)\s*$")
NUMBER_IN_PARENTHESES = re.compile(r"^(?P<number>\d{1,4})(\s+\w+)?$")
EXCEPTION = re.compile(
    r"\b(haric\w*|disinda|disindaki\w*|haricinde|mustesna|sadece|yalniz|yalnizca|bazi|ilgili)\b"
)
"""Words that exclude members of a class ("Ankara hariç"), folded by `search_key`."""
POSSESSED = re.compile(r"(l[ıiuü])ğ[ıiuü]$")
FAR_OFF = 2
"""A printed number that differs from the group's size by this factor names a selection, not the group."""
UNITS_OF: Mapping[str, str] = {
    AgencyKind.GOVERNORSHIP: AgencyKind.PROVINCIAL_DIRECTORATE,
    AgencyKind.DISTRICT_GOVERNORSHIP: AgencyKind.DISTRICT_DIRECTORATE,
}
"""Kind of the units that a line names in parentheses behind a class of that kind."""

WORD_OF_UNITS: Mapping[str, str] = {
    AgencyKind.PROVINCIAL_DIRECTORATE: "il",
    AgencyKind.DISTRICT_DIRECTORATE: "ilçe",
}
"""Word that the name of a unit of that kind may leave out."""

STEM = 5
"""Number of leading letters that must agree; endings vary with the case ("Valiliğine", "Valilikleri")."""

Key = TypeVar("Key")


@dataclass(frozen=True)
class ClassLine:
    """A parsed line: the number or "Tüm", the class, and the unit of each member in parentheses."""

    body: str
    unit: str | None
    number: int | None
    says_all: bool

    @property
    def names_class(self) -> bool:
        """Whether it names several units: by a number, by "Tüm", or by a plural."""
        return self.says_all or self.number is not None or _is_plural(self.body)


def split_unit(line: str) -> tuple[str, str | None]:
    """The body and its unit in parentheses, if any (K 11.4)."""
    found = UNIT_IN_PARENTHESES.match(line)
    return (found["body"], found["unit"].strip()) if found else (line, None)


@lru_cache(maxsize=KEPT)
def parse_class_line(line: str) -> ClassLine:
    """Parse a printed line."""
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


def excludes_members(line: str) -> bool:
    """Whether the line excludes members, so that the whole group would be too much."""
    return EXCEPTION.search(search_key(line)) is not None


def is_far_off(number: int, size: int) -> bool:
    """Whether a printed number is implausible for a group of that size."""
    return number * FAR_OFF < size or number > size * FAR_OFF


@dataclass
class Classes:
    """Groups of the directory indexed by the keys of their names and wordings. Two queries."""

    groups: list[AgencyGroup]

    def __init__(self) -> None:
        self.groups = list(AgencyGroup.objects.prefetch_related("wordings"))
        self._by_class: dict[str, set[AgencyGroup]] = {}
        self._by_unit: dict[tuple[str, str], set[AgencyGroup]] = {}
        for group in self.groups:
            self._read(group)

    def _read(self, group: AgencyGroup) -> None:
        names = [group.name, *(wording.text for wording in group.wordings.all())]
        for line in map(parse_class_line, [*names, *filter(None, [group.rule_template])]):
            if line.unit is None:
                for key in class_keys(line.body):
                    self._by_class.setdefault(key, set()).add(group)
        if group.rule_kind in WORD_OF_UNITS and group.rule_template:
            for key in unit_keys(group.rule_template, WORD_OF_UNITS[group.rule_kind]):
                self._by_unit.setdefault((group.rule_kind, key), set()).add(group)

    def named_by(self, line: ClassLine) -> list[AgencyGroup]:
        """The groups that the line may name; more than one means it is ambiguous."""
        if not line.names_class:
            return []
        named = self._found(self._by_class, class_keys(line.body))
        if line.unit is None:
            return named
        kinds = {
            UNITS_OF[group.rule_kind]
            for group in named
            if group.rule_kind in UNITS_OF and not group.rule_provinces
        }
        if len(kinds) != 1:
            return []
        [kind] = kinds
        return self._found(self._by_unit, {(kind, key) for key in unit_keys(line.unit, WORD_OF_UNITS[kind])})

    def _found(self, groups: dict[Key, set[AgencyGroup]], keys: Collection[Key]) -> list[AgencyGroup]:
        found = {group for key in keys for group in groups.get(key, ())}
        return sorted(found, key=lambda group: group.name)

    def like(self, text: str) -> list[AgencyGroup]:
        """Groups with at least half of their words in the line, ignoring endings and numbers; best match first."""
        stems = _stems(text)
        scored = []
        for group in self.groups:
            own = _stems(group.name)
            shared = len(stems & own)
            if shared * 2 >= len(own) > 0:
                scored.append((-shared / len(stems | own), group.name, group))
        return [group for _score, _name, group in sorted(scored, key=lambda each: each[:2])]


@lru_cache(maxsize=KEPT)
def class_keys(name: str) -> frozenset[str]:
    """Keys of a class name in any case and number; the position of "İl" is ignored, its presence isn't."""
    return frozenset(_il_first(form) for form in _forms(name))


@lru_cache(maxsize=KEPT)
def unit_keys(name: str, word: str = "il") -> frozenset[str]:
    """Keys of a provincial unit's name: "İl" is optional, "Defterdarlık" equals "Defterdarlığı".

    Of a unit of a district, `word` is "ilçe".
    """
    return frozenset(
        POSSESSED.sub(r"\1k", " ".join(each for each in form.split() if each != word))
        for form in _forms(name)
    )


def _forms(name: str) -> set[str]:
    """Folded forms: the name, and every name of which it may be the dative, the plural or both."""
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

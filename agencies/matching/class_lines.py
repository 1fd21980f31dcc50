"""Lines that name a whole class of agencies: "81 İl Valiliklerine", "Tüm Büyükşehir Belediye Başkanlıklarına".

A class is expressed by a plural, or by a number, "Tüm" or "Bütün" before a singular. "İl" may come first or before
the head noun ("İl Sağlık Müdürlüklerine", "Sağlık İl Müdürlüklerine"): its position is ignored when names are
compared, its presence is not, since districts have such units too.
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
"""Words that exclude members of a class ("Ankara hariç"), folded by `search_key`."""
POSSESSED = re.compile(r"(l[ıiuü])ğ[ıiuü]$")
FAR_OFF = 2
"""A printed number that differs from the group's size by this factor names a selection, not the group."""
STEM = 5
"""Number of leading letters that must agree; endings vary with the case ("Valiliğine", "Valilikleri")."""


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
        """The groups that the line may name; more than one means it is ambiguous."""
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
        """Groups with at least half of their words in the line, ignoring endings and numbers; best match first."""
        stems = _stems(text)
        scored = []
        for group in self.groups:
            own = _stems(group.name)
            shared = len(stems & own)
            if shared * 2 >= len(own) > 0:
                scored.append((-shared / len(stems | own), group.name, group))
        return [group for _score, _name, group in sorted(scored, key=lambda each: each[:2])]


def group_sizes(groups: Iterable[AgencyGroup], *, on: date) -> dict[int, int]:
    """Number of members on that day, by group id."""
    members = members_by_group(list(groups), on=on)
    return {pk: len(agencies) for pk, agencies in members.items()}


def class_keys(name: str) -> set[str]:
    """Keys of a class name in any case and number; the position of "İl" is ignored, its presence isn't."""
    return {_il_first(form) for form in _forms(name)}


def unit_keys(name: str) -> set[str]:
    """Keys of a provincial unit's name: "İl" is optional, "Defterdarlık" equals "Defterdarlığı"."""
    return {
        POSSESSED.sub(r"\1k", " ".join(word for word in form.split() if word != "il"))
        for form in _forms(name)
    }


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

"""Lines that name a part of a class: "81 İl Valiliğine (Hatay ve Malatya hariç)", "Ankara İlçe Kaymakamlıklarına".

A class of district bodies may be narrowed by the provinces that stand before it, or by the province of the issuer. Any
class may be narrowed by exceptions, each of which must name members of the class. What a line leaves of a class is
computed from its printed text, so that a group has one row for all its parts.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import NamedTuple

from agencies.data import shipped_rows
from agencies.matching.class_lines import is_far_off, parse_class_line
from agencies.models import Agency, AgencyGroup, AgencyKind
from agencies.turkish import KEPT, lower, match_key, singular_candidates

OF_DISTRICTS = frozenset(
    {AgencyKind.DISTRICT_GOVERNORSHIP, AgencyKind.DISTRICT_DIRECTORATE, AgencyKind.DISTRICT_MUNICIPALITY}
)
"""Kinds of which a province has several."""

OF_PLACES = OF_DISTRICTS | {
    AgencyKind.GOVERNORSHIP,
    AgencyKind.PROVINCIAL_DIRECTORATE,
    AgencyKind.METROPOLITAN_MUNICIPALITY,
    AgencyKind.MUNICIPALITY,
    AgencyKind.SPECIAL_ADMINISTRATION,
    AgencyKind.COURT,
}
"""Kinds whose members a line may except by the name of their place alone ("Hatay hariç")."""

WITHIN_A_PROVINCE = frozenset(
    {
        AgencyKind.GOVERNORSHIP,
        AgencyKind.PROVINCIAL_DIRECTORATE,
        AgencyKind.DISTRICT_GOVERNORSHIP,
        AgencyKind.DISTRICT_DIRECTORATE,
    }
)
"""Kinds of issuers whose letters name the units of their province without it (Y 14/5)."""

_EXCEPTED = r"(?:hariç|haricinde|haricindeki|dışında|dışındaki|müstesna)"
_IN_PARENTHESES = re.compile(rf"\(\s*(?P<names>[^()]+?)\s+{_EXCEPTED}(?:\s+olmak üzere)?\s*\)")
_IN_FRONT = re.compile(rf"^(?P<names>[^()]+?)\s+{_EXCEPTED}\b(?:\s+(?:kalan|olmak üzere))?\s*,?\s+(?=\S)")
_BEHIND = re.compile(rf"\s*[,;:–-]\s*(?P<names>[^(),;:]+(?:,[^(),;:]+)*?)\s+{_EXCEPTED}$")
_SEPARATOR = re.compile(r"\s*(?:[,;/]|\s(?:ve|ile)\s)\s*")
_PLACE_WORDS = {"il", "ili", "illeri", "ilçe", "ilçesi", "ilçeleri"}
_PROVINCE_WORDS = {
    "il", "ili", "ilinin", "iline", "ilinde", "ilindeki", "illeri", "illerinin", "illerine", "illerinde",
    "illerindeki", "bağlı", "bulunan", "valiliğine",
}  # fmt: skip


@dataclass(frozen=True)
class Part:
    """A printed line, taken apart."""

    line: str
    """The line without what narrows it: "81 İl Valiliğine", "İlçe Kaymakamlıklarına"."""

    excepted: tuple[str, ...] = ()
    """The exceptions, each as printed and perhaps several names in one."""

    provinces: frozenset[str] = frozenset()
    """Plates of the provinces in front of a class."""


class Member(NamedTuple):
    """What tells a member of a class from the others."""

    pk: int
    kind: str
    match_key: str
    plate: str | None
    province: str | None
    district: str | None
    """Names of its places."""

    @classmethod
    def of(cls, agency: Agency) -> "Member":
        """Reads the agency's province and district."""
        province = agency.province.name if agency.province else None
        district = agency.district.name if agency.district else None
        return cls(agency.pk, agency.kind, agency.match_key, agency.province_id, province, district)


MEMBER_COLUMNS = ("pk", "kind", "match_key", "province_id", "province__name", "district__name")
"""The columns of agencies from which a `Member` is made."""


@dataclass(frozen=True)
class Narrowed:
    """What a line leaves of a class: ids of the members that remain, and of those that it excepts."""

    members: list[int]
    left_out: list[int]
    unknown: list[str]
    """Exceptions that name no member, or more than one."""


@cache
def province_plates() -> dict[str, str]:
    """Plate of each province by its folded name."""
    return {match_key(row["name"]): row["plate"] for row in shipped_rows("provinces.csv")}


@lru_cache(maxsize=KEPT)
def take_apart(line: str) -> Part:
    """The line without its exceptions and without provinces in front of it."""
    rest, excepted = _without_exceptions(" ".join(line.split()))
    words = rest.split()
    in_front = words[:1] if words and match_key(words[0]) in {"tüm", "bütün"} else []
    plates: list[str] = []
    taken = len(in_front)
    for number, word in enumerate(words[taken:], start=taken + 1):
        key = match_key(word)
        if plate := province_plates().get(key):
            plates.append(plate)
            taken = number
        elif plates and key in _PROVINCE_WORDS:
            taken = number
        elif not (plates and key in {"", "ve", "ile"}):
            break
    if taken == len(words) or not plates:
        return Part(rest, excepted)
    return Part(" ".join([*in_front, *words[taken:]]), excepted, frozenset(plates))


def may_be_narrowed(part: Part, group: AgencyGroup, issuer: Agency | None) -> bool:
    """Whether the line may leave out members of the group."""
    if part.excepted:
        return True
    return group.rule_kind in OF_DISTRICTS and bool(
        part.provinces or (issuer is not None and issuer.kind in WITHIN_A_PROVINCE)
    )


def provinces_of(part: Part, kind: str, issuer: Agency | None, size: int | None) -> frozenset[str]:
    """Plates of the provinces to which the line, or the issuer's province, narrows a class of that kind; mostly none.

    `size` is the number of all members: a line that states about as many means them all.
    """
    if kind not in OF_DISTRICTS or part.provinces:
        return part.provinces if kind in OF_DISTRICTS else frozenset()
    if issuer is None or issuer.province_id is None or issuer.kind not in WITHIN_A_PROVINCE:
        return frozenset()
    number = parse_class_line(part.line).number
    if number is not None and size is not None and not is_far_off(number, size):
        return frozenset()
    return frozenset({issuer.province_id})


def narrow(part: Part, members: Sequence[Member], plates: frozenset[str]) -> Narrowed:
    """What the line leaves of the members of its class, narrowed to these provinces if there are any."""
    within = [member for member in members if not plates or member.plate in plates]
    left_out: dict[int, None] = {}
    unknown = []
    for text in part.excepted:
        excepted, missing = _excepted(text, within)
        left_out |= dict.fromkeys(member.pk for member in excepted)
        unknown += missing
    return Narrowed([member.pk for member in within if member.pk not in left_out], list(left_out), unknown)


def _without_exceptions(text: str) -> tuple[str, tuple[str, ...]]:
    excepted = []
    for form in (_IN_PARENTHESES, _IN_FRONT, _BEHIND):
        folded = lower(text)
        if len(folded) != len(text):
            return text, ()
        if found := form.search(folded):
            excepted.append(text[found.start("names") : found.end("names")])
            text = " ".join(f"{text[: found.start()]} {text[found.end() :]}".split())
    return text, tuple(excepted)


def _excepted(text: str, members: Iterable[Member]) -> tuple[list[Member], list[str]]:
    """The members that the text names, and the names of none or of several. "ve" and commas may be within a name."""
    names = _Names(members)
    found: list[Member] = []
    missing: list[str] = []
    separators = list(_SEPARATOR.finditer(lower(text)))
    ends = [0, *(place.end() for place in separators)]
    stops = [*(place.start() for place in separators), len(text)]
    first = 0
    while first < len(ends):
        for last in range(len(stops) - 1, first - 1, -1):
            if named := names.called(text[ends[first] : stops[last]]):
                found += named
                first = last + 1
                break
        else:
            missing.append(text[ends[first] : stops[first]])
            first += 1
    return found, [name for name in missing if name.strip()]


class _Names:
    """The members of a class by the names by which an exception may call them."""

    def __init__(self, members: Iterable[Member]) -> None:
        self.members = list(members)
        self.by_name: dict[str, list[Member]] = {}
        self.by_place: dict[str, list[Member]] = {}
        for member in self.members:
            self.by_name.setdefault(member.match_key, []).append(member)
            if member.kind not in OF_PLACES or member.province is None:
                continue
            province = match_key(member.province)
            self.by_place.setdefault(province, []).append(member)
            if member.district is not None:
                district = match_key(member.district)
                self.by_place.setdefault(f"{province} {district}", []).append(member)
                self.by_place.setdefault(f"{district} {province}", []).append(member)
                self.by_name.setdefault(f"{province} {member.match_key}", []).append(member)
                self.by_name.setdefault(district, []).append(member)

    def called(self, text: str) -> list[Member]:
        """The members that the text names, empty if it is unknown or ambiguous. A province names all of its own."""
        for form in (text, *singular_candidates(text)):
            key = match_key(form)
            words = key.split()
            while len(words) > 1 and words[-1] in _PLACE_WORDS:
                words.pop()
            place = " ".join(words)
            if named := self.by_place.get(place):
                return named
            named = self.by_name.get(key) or self.by_name.get(place) or self._beginning(place)
            if len(named) == 1:
                return named
        return []

    def _beginning(self, key: str) -> list[Member]:
        """Members whose name begins so ("Millî Savunma" for the ministry)."""
        if not key:
            return []
        return [member for member in self.members if member.match_key.startswith(f"{key} ")]

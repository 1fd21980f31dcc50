"""Names that letters print together with a place: "Bursa Yenişehir Kaymakamlığına", "Iğdır Valiliğine (İl …)".

Units of provinces and districts share their names with those of the others; what tells them apart is the place in the
line or, within a province or district, the place of the issuer (Y 14/5).
"""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import cached_property

from agencies.matching.class_lines import WORD_OF_UNITS, class_keys, unit_keys
from agencies.matching.narrowing import WITHIN_A_PROVINCE, province_plates
from agencies.models import Agency, AgencyKind
from agencies.turkish import match_key

GOVERNORSHIP_WORDS = {"valiliği", "valiliğine"}
PROVINCE_WORDS = {"il", "ili", "valiliği"}
_DISTRICT_GOVERNORSHIP = re.compile(r"^(.+? kaymakamlığı(?:na)?)\s+(\S.*)$")
_CUSTOMARY = (
    (re.compile(r"\bbelediyesi(ne)?$"), r"belediye başkanlığı\1"),
    (re.compile(r"\büniversitesi(ne)?$"), r"üniversitesi rektörlüğü\1"),
)
_NA = re.compile(r"(başkanlığı|rektörlüğü)ne$")


def customary_keys(key: str) -> Iterator[str]:
    """Keys of the official names for which the folded line may stand: "bolu belediyesine", "ege üniversitesine"."""
    for customary, official in _CUSTOMARY:
        if customary.search(key):
            yield _NA.sub(_dative_of_head, customary.sub(official, key))


def _dative_of_head(found: re.Match[str]) -> str:
    return found[1] + ("na" if found[1].endswith("ı") else "ne")


def name_in_province(name: str) -> tuple[str, str] | None:
    """The plate of a province in front of the name, and the name behind it: "Bursa Yenişehir Kaymakamlığına"."""
    words = name.split()
    plate = province_plates().get(match_key(words[0])) if len(words) > 2 else None
    if plate is None:
        return None
    behind = words[2:] if match_key(words[1]) in PROVINCE_WORDS and len(words) > 3 else words[1:]
    return plate, " ".join(behind)


def keys_in_place(line: str) -> set[str]:
    """Keys of the names in the line that a place in front of them or a unit behind them hides."""
    key = match_key(line)
    found = {key[: unit.start(2)].strip() for unit in [_DISTRICT_GOVERNORSHIP.match(key)] if unit}
    if placed := name_in_province(line):
        found.add(match_key(placed[1]))
    return found


def unit_of_district_governorship(line: str) -> tuple[str, str] | None:
    """The folded body and unit of "Çankaya Kaymakamlığı İlçe Sağlık Müdürlüğüne", without parentheses."""
    found = _DISTRICT_GOVERNORSHIP.match(match_key(line)) if "(" not in line else None
    return (found[1], found[2]) if found else None


class Places:
    """Units of the provinces and districts that the lines and their issuer concern. One query for each kind."""

    def __init__(self, lines: Sequence[str], issuer: Agency | None, bodies: Collection[Agency]) -> None:
        self.issuer = issuer
        self._begun = {match_key(words[0]) for line in lines if (words := line.split())}
        self._districts = {
            body.district_id for body in bodies if body.kind == AgencyKind.DISTRICT_GOVERNORSHIP
        }

    @property
    def own_province(self) -> str | None:
        """The province whose units the issuer names without it."""
        if self.issuer is None or self.issuer.kind not in WITHIN_A_PROVINCE:
            return None
        return self.issuer.province_id

    @property
    def own_district(self) -> str | None:
        """The district whose units the issuer names without it."""
        return self.issuer.district_id if self.issuer is not None and self.own_province else None

    def unit_of_line(self, line: str) -> list[Agency]:
        """Units of a province without parentheses: "Ankara Valiliği İl Sağlık Müdürlüğüne", "Ankara Sağlık İl …"."""
        words = line.split()
        if "(" in line or not words:
            return []
        province = self._in_province(province_plates().get(match_key(words[0])))
        if len(words) > 2 and match_key(words[1]) in GOVERNORSHIP_WORDS:
            return _with_keys(province, " ".join(words[2:]).lstrip(" -–—/,"), loosely=True)
        if province:
            return _with_keys(province, " ".join(words[1:]))
        of_district = _with_keys(self._in_district(self.own_district), line)
        return of_district or _with_keys(self._in_province(self.own_province), line)

    def unit_below(self, body: Agency, unit: str) -> list[Agency]:
        """Units of the governorship or kaymakamlık by their common name, with or without the place (Y 14/5)."""
        if body.kind == AgencyKind.GOVERNORSHIP and body.province is not None:
            there, place = self._in_province(body.province_id), body.province.name
        elif body.kind == AgencyKind.DISTRICT_GOVERNORSHIP and body.district is not None:
            there, place = self._in_district(body.district_id), body.district.name
        else:
            return []
        words = unit.split()
        own = match_key(place).split()
        if len(words) > len(own) and match_key(" ".join(words[: len(own)])).split() == own:
            words = words[len(own) :]
        return _with_keys(there, " ".join(words), loosely=True)

    def _in_province(self, plate: str | None) -> list[Agency]:
        return self._units_by_province.get(plate or "", [])

    def _in_district(self, code: str | None) -> list[Agency]:
        return self._units_by_district.get(code or "", [])

    @cached_property
    def _units_by_province(self) -> dict[str, list[Agency]]:
        """Provincial units by plate, for each province that begins a line and for the issuer's."""
        plates = {plate for name, plate in province_plates().items() if name in self._begun}
        if self.own_province:
            plates.add(self.own_province)
        units: dict[str, list[Agency]] = {}
        if plates:
            found = Agency.objects.filter(kind=AgencyKind.PROVINCIAL_DIRECTORATE, province__in=plates)
            for agency in found.select_related("province", "successor"):
                units.setdefault(agency.province_id or "", []).append(agency)
        return units

    @cached_property
    def _units_by_district(self) -> dict[str, list[Agency]]:
        """Units of districts by the code of the district, for each kaymakamlık in a line and for the issuer's."""
        codes = {*self._districts, self.own_district} - {None}
        units: dict[str, list[Agency]] = {}
        if codes:
            found = Agency.objects.filter(kind=AgencyKind.DISTRICT_DIRECTORATE, district__in=codes)
            for agency in found.select_related("province", "district", "successor"):
                units.setdefault(agency.district_id or "", []).append(agency)
        return units


def _with_keys(units: Iterable[Agency], name: str, *, loosely: bool = False) -> list[Agency]:
    """Units with the given common name in any case; with `loosely` also without "İl" or "İlçe"."""
    matching: dict[tuple[str, str], bool] = {}
    found = []
    for unit in units:
        key = (unit.kind, unit.template)
        if key not in matching:
            matching[key] = bool(unit.template) and _have_a_key_in_common(unit, name, loosely=loosely)
        if matching[key]:
            found.append(unit)
    return found


def _have_a_key_in_common(unit: Agency, name: str, *, loosely: bool) -> bool:
    if not loosely:
        return bool(class_keys(name) & class_keys(unit.template))
    word = WORD_OF_UNITS[unit.kind]
    return bool(unit_keys(name, word) & unit_keys(unit.template, word))

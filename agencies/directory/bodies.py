"""The bodies of the shipped directory as rows, without a database.

There are two parts. The core is the Presidency, the high courts, the ministries, the governorships, the municipalities
of the provinces and their commonest directorates; the demo plays there. The rest is everybody else whom letters name.
`docs/directory-data.md` names the sources.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from agencies.data import shipped_rows
from agencies.models import AgencyKind, RuleProvinces

NO_PARENT = "-"
UNIVERSITY_TEMPLATES = {"state": "Devlet Üniversitesi", "foundation": "Vakıf Üniversitesi"}


@dataclass(frozen=True)
class AgencyRow:
    """One shipped agency, its parent given by code."""

    code: str
    name: str
    kind: str
    parent_code: str = ""
    province: str | None = None
    district: str | None = None
    protocol_order: int = 9000
    detsis_no: str | None = None
    addressable: bool = True
    template: str = ""


@dataclass(frozen=True)
class ProvinceRow:
    """One of the 81 provinces."""

    plate: str
    name: str
    metropolitan: bool


@dataclass(frozen=True)
class DistrictRow:
    """A district; `is_centre` for the central one of a province that is no metropolis."""

    code: str
    plate: str
    name: str
    is_centre: bool


@cache
def province_rows() -> tuple[ProvinceRow, ...]:
    """The 81 provinces by plate."""
    rows = shipped_rows("provinces.csv")
    return tuple(ProvinceRow(row["plate"], row["name"], row["metropolitan"] == "1") for row in rows)


@cache
def district_rows() -> tuple[DistrictRow, ...]:
    """The 973 districts, by plate and in alphabetical order."""
    rows = shipped_rows("districts.csv")
    return tuple(DistrictRow(row["code"], row["plate"], row["name"], row["centre"] == "1") for row in rows)


def core_rows() -> Iterator[AgencyRow]:
    """The part of the directory in which the demo plays."""
    yield from _institutions("central.csv")
    for province in province_rows():
        yield AgencyRow(
            code=f"valilik-{province.plate}",
            name=f"{province.name} Valiliği",
            kind=AgencyKind.GOVERNORSHIP,
            province=province.plate,
            protocol_order=6000 + int(province.plate),
        )
        yield AgencyRow(
            code=f"belediye-{province.plate}",
            name=f"{province.name} {'Büyükşehir ' if province.metropolitan else ''}Belediye Başkanlığı",
            kind=AgencyKind.METROPOLITAN_MUNICIPALITY if province.metropolitan else AgencyKind.MUNICIPALITY,
            province=province.plate,
            protocol_order=6200 + int(province.plate),
        )
    for row in shipped_rows("provincial_templates.csv"):
        yield from _in_provinces(row, AgencyKind.PROVINCIAL_DIRECTORATE, template=row["name"])


def further_rows() -> Iterator[AgencyRow]:
    """All other bodies."""
    yield from _institutions("institutions.csv")
    yield from _universities()
    for row in shipped_rows("regional.csv"):
        yield AgencyRow(
            code=row["code"],
            name=row["name"],
            kind=AgencyKind.REGIONAL_DIRECTORATE,
            parent_code=row["parent_code"],
            province=row["province"],
            protocol_order=int(row["protocol_order"]),
            template=row["template"],
        )
    for row in shipped_rows("further_provincial_templates.csv"):
        yield from _in_provinces(row, row["kind"], template=row["template"], provinces=row["provinces"])
    for row in shipped_rows("district_templates.csv"):
        yield from _in_districts(row)


@cache
def further_codes() -> frozenset[str]:
    """Codes of the bodies beside the core."""
    return frozenset(row.code for row in further_rows())


def _institutions(file: str) -> Iterator[AgencyRow]:
    for row in shipped_rows(file):
        yield AgencyRow(
            code=row["code"],
            name=row["name"],
            kind=row["kind"],
            parent_code=row["parent_code"],
            province=row["province"] or None,
            protocol_order=int(row["protocol_order"]),
            detsis_no=row.get("detsis_no") or None,
            addressable=row["addressable"] == "1",
            template=row.get("template") or "",
        )


def _universities() -> Iterator[AgencyRow]:
    for number, row in enumerate(shipped_rows("universities.csv")):
        yield AgencyRow(
            code=row["code"],
            name=row["name"],
            kind=AgencyKind.UNIVERSITY,
            province=row["province"],
            protocol_order=5700 + number,
            template=UNIVERSITY_TEMPLATES[row["type"]],
        )


def _in_provinces(
    row: dict[str, str], kind: str, *, template: str, provinces: str = ""
) -> Iterator[AgencyRow]:
    """One body in each province, or in those with or without a metropolitan municipality.

    Below the governorship if the row names no parent.
    """
    parent = row["parent_code"]
    for province in province_rows():
        if provinces and province.metropolitan != (provinces == RuleProvinces.METROPOLITAN):
            continue
        yield AgencyRow(
            code=f"{row['code']}-{province.plate}",
            name=f"{province.name} {row['name']}",
            kind=kind,
            parent_code="" if parent == NO_PARENT else parent or f"valilik-{province.plate}",
            province=province.plate,
            protocol_order=int(row["protocol_order"]) + int(province.plate),
            template=template,
        )


def _in_districts(row: dict[str, str]) -> Iterator[AgencyRow]:
    """One body in each of the 922 districts that are no central ones."""
    for district in district_rows():
        if district.is_centre:
            continue
        above = {"valilik": f"valilik-{district.plate}", "kaymakamlik": f"kaymakamlik-{district.code}"}
        yield AgencyRow(
            code=f"{row['code']}-{district.code}",
            name=f"{district.name} {row['name']}",
            kind=row["kind"],
            parent_code=above.get(row["parent"], ""),
            province=district.plate,
            district=district.code,
            protocol_order=int(row["protocol_order"]) + int(district.plate),
            template=row["template"],
        )

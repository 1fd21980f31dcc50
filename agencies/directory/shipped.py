"""Load the directory shipped in `agencies/data/`.

Missing rows are added. Existing rows are left unchanged unless a refresh is requested.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.db import transaction

from agencies.data import shipped_rows
from agencies.models import Agency, AgencyGroup, AgencyKind, AgencyWording, GroupWording, Province
from agencies.turkish import match_key, sort_key

SHIPPED_FIELDS = ["name", "kind", "parent", "province", "template", "protocol_order", "addressable"]
KEYS = ["search_key", "match_key", "dative_key", "sort_key"]


@dataclass(frozen=True)
class Loaded:
    """Number of rows added."""

    agencies: int
    groups: int


@transaction.atomic
def load_shipped_directory(*, refresh: bool = False) -> Loaded:
    """Add the shipped provinces, agencies and groups. Idempotent.

    With `refresh`, the shipped values (name, kind, parent ...) also overwrite existing ones; addresses, phones
    and periods are never changed.
    """
    provinces = _load_provinces()
    agencies_before = Agency.objects.count()
    _load_agencies(_central_rows(), refresh=refresh)
    _load_agencies(_provincial_rows(provinces), refresh=refresh)
    Agency.objects.rebuild_paths()
    groups_before = AgencyGroup.objects.count()
    _load_groups()
    _load_other_names()
    return Loaded(
        agencies=Agency.objects.count() - agencies_before, groups=AgencyGroup.objects.count() - groups_before
    )


@dataclass(frozen=True)
class AgencyRow:
    """One shipped agency, its parent given by code."""

    code: str
    name: str
    kind: str
    parent_code: str = ""
    province: str | None = None
    protocol_order: int = 9000
    detsis_no: str | None = None
    addressable: bool = True
    template: str = ""


def _load_provinces() -> list[Province]:
    provinces = [
        Province(
            plate=row["plate"],
            name=row["name"],
            metropolitan=row["metropolitan"] == "1",
            sort_key=sort_key(row["name"]),
        )
        for row in shipped_rows("provinces.csv")
    ]
    Province.objects.bulk_create(provinces, ignore_conflicts=True)
    return provinces


def _central_rows() -> Iterator[AgencyRow]:
    for row in shipped_rows("central.csv"):
        yield AgencyRow(
            code=row["code"],
            name=row["name"],
            kind=row["kind"],
            parent_code=row["parent_code"],
            province=row["province"] or None,
            protocol_order=int(row["protocol_order"]),
            detsis_no=row["detsis_no"] or None,
            addressable=row["addressable"] == "1",
            template=row["template"],
        )


def _provincial_rows(provinces: Iterable[Province]) -> Iterator[AgencyRow]:
    provinces = list(provinces)
    for province in provinces:
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
        for province in provinces:
            yield AgencyRow(
                code=f"{row['code']}-{province.plate}",
                name=f"{province.name} {row['name']}",
                kind=AgencyKind.PROVINCIAL_DIRECTORATE,
                parent_code=row["parent_code"] or f"valilik-{province.plate}",
                province=province.plate,
                protocol_order=int(row["protocol_order"]) + int(province.plate),
                template=row["name"],
            )


def _load_agencies(rows: Iterable[AgencyRow], *, refresh: bool) -> None:
    """Insert level by level, parents before children."""
    waiting = list(rows)
    known = _ids_by_code()
    while waiting:
        ready = [row for row in waiting if not row.parent_code or row.parent_code in known]
        if not ready:
            raise ValueError(
                f"unknown parent {waiting[0].parent_code!r} of {waiting[0].code!r} in the shipped data"
            )
        agencies = [_agency(row, known) for row in ready]
        if refresh:
            Agency.objects.bulk_create(
                agencies, update_conflicts=True, unique_fields=["code"], update_fields=SHIPPED_FIELDS + KEYS
            )
        else:
            Agency.objects.bulk_create([agency for agency in agencies if agency.code not in known])
        known = _ids_by_code()
        waiting = [row for row in waiting if row.code not in known]


def _ids_by_code() -> dict[str | None, int]:
    return dict(Agency.objects.exclude(code=None).values_list("code", "pk"))


def _agency(row: AgencyRow, known: dict[str | None, int]) -> Agency:
    agency = Agency(
        code=row.code,
        name=row.name,
        kind=row.kind,
        parent_id=known[row.parent_code] if row.parent_code else None,
        province_id=row.province,
        template=row.template,
        protocol_order=row.protocol_order,
        detsis_no=row.detsis_no,
        addressable=row.addressable,
    )
    agency.fill_keys()
    return agency


def _load_groups() -> None:
    for row in shipped_rows("groups.csv"):
        group, _ = AgencyGroup.objects.get_or_create(
            code=row["code"],
            defaults={
                "name": row["name"],
                "rule_kind": row["rule_kind"],
                "rule_template": row["rule_template"],
            },
        )
        wordings = {match_key(text): text for text in row["wordings"].split("|") if text.strip()}
        GroupWording.objects.bulk_create(
            (GroupWording(group=group, text=text, match_key=key) for key, text in wordings.items()),
            ignore_conflicts=True,
        )


def _load_other_names() -> None:
    """Short and customary names of central bodies, such as "SGK'ye" and "Danıştaya"."""
    known = _ids_by_code()
    rows = [
        (known[row["code"]], text)
        for row in shipped_rows("other_names.csv")
        for text in row["wordings"].split("|")
    ]
    AgencyWording.objects.bulk_create(
        (AgencyWording(agency_id=agency, text=text, match_key=match_key(text)) for agency, text in rows),
        ignore_conflicts=True,
    )

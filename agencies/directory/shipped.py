"""Load the directory shipped in `agencies/data/`.

Missing rows are added. Existing rows are left unchanged unless a refresh is requested. A body or a group that people
entered under a code of their own, or under none, isn't added a second time.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from django.db import transaction

from agencies.data import shipped_rows
from agencies.directory.bodies import AgencyRow, core_rows, district_rows, further_rows, province_rows
from agencies.matching.class_lines import class_keys, parse_class_line
from agencies.models import (
    Agency,
    AgencyGroup,
    AgencyName,
    AgencyWording,
    District,
    GroupWording,
    Province,
)
from agencies.turkish import match_key, sort_key

SHIPPED_FIELDS = [
    "name", "kind", "parent", "province", "district", "template", "protocol_order", "addressable",
]  # fmt: skip
KEYS = ["search_key", "match_key", "dative_key", "sort_key"]
BATCH = 1000


@dataclass(frozen=True)
class Loaded:
    """Number of rows added, and what was left out because people had entered it."""

    agencies: int
    groups: int
    kept: int
    """Shipped bodies that are there under another code."""

    of_other_kind: list[str]
    """Names of those of them whose kind differs from the shipped one, so that no class by kind holds them."""

    kept_groups: list[str]
    """Names of shipped groups whose names or wordings a group of the people has."""


@transaction.atomic
def load_shipped_directory(*, refresh: bool = False, whole: bool = True) -> Loaded:
    """Add the shipped provinces, districts, agencies and groups. Idempotent.

    With `refresh`, the shipped values (name, kind, parent ...) also overwrite existing ones; addresses, phones
    and periods are never changed. Without `whole`, only the core is loaded (`bodies.core_rows`).
    """
    _load_provinces()
    agencies_before = Agency.objects.count()
    bodies = _Bodies(refresh=refresh)
    bodies.load(core_rows())
    if whole:
        bodies.load(further_rows())
    Agency.objects.rebuild_paths()
    groups_before = AgencyGroup.objects.count()
    kept_groups = _load_groups(whole=whole)
    _load_other_names(bodies.ids, whole=whole)
    return Loaded(
        agencies=Agency.objects.count() - agencies_before,
        groups=AgencyGroup.objects.count() - groups_before,
        kept=len(bodies.twins),
        of_other_kind=sorted(bodies.of_other_kind),
        kept_groups=kept_groups,
    )


def _load_provinces() -> None:
    Province.objects.bulk_create(
        (
            Province(
                plate=row.plate, name=row.name, metropolitan=row.metropolitan, sort_key=sort_key(row.name)
            )
            for row in province_rows()
        ),
        ignore_conflicts=True,
    )
    District.objects.bulk_create(
        (
            District(
                code=row.code,
                province_id=row.plate,
                name=row.name,
                is_centre=row.is_centre,
                sort_key=sort_key(row.name),
            )
            for row in district_rows()
        ),
        ignore_conflicts=True,
    )


@dataclass
class _Twin:
    """An agency of the people, which may be a shipped body."""

    pk: int
    kind: str
    parent: int | None
    province: str | None


@dataclass
class _Bodies:
    """The agencies of the database, to which shipped ones are added."""

    refresh: bool
    ids: dict[str, int] = field(default_factory=dict)
    """Id by shipped code, also of a body that is there under another code."""

    twins: set[str] = field(default_factory=set)
    """Codes of shipped bodies that are there under another code."""

    of_other_kind: set[str] = field(default_factory=set)
    taken: dict[str, str | None] = field(default_factory=dict)
    """Code of the agency that has a DETSİS number, by number."""

    def load(self, rows: Iterable[AgencyRow]) -> None:
        """Insert level by level, parents before children. Raises ValueError if a parent is unknown."""
        waiting = list(rows)
        self._read_ids()
        numbers = Agency.objects.exclude(detsis_no=None).values_list("detsis_no", "code")
        self.taken = {number: code for number, code in numbers if number}
        times = Counter(match_key(row.name) for row in waiting)
        known = self._of_the_people({row.code for row in waiting}, set(times))
        while waiting:
            ready = [row for row in waiting if not row.parent_code or row.parent_code in self.ids]
            if not ready:
                raise ValueError(
                    f"unknown parent {waiting[0].parent_code!r} of {waiting[0].code!r} in the shipped data"
                )
            self._add([row for row in ready if not self._is_twin(row, known, times)])
            done = {row.code for row in ready}
            waiting = [row for row in waiting if row.code not in done]

    def _read_ids(self) -> None:
        pairs = Agency.objects.exclude(code=None).values_list("code", "pk")
        self.ids |= {code: pk for code, pk in pairs if code}

    def _add(self, rows: list[AgencyRow]) -> None:
        if self.refresh:
            Agency.objects.bulk_create(
                [self._agency(row) for row in rows],
                batch_size=BATCH,
                update_conflicts=True,
                unique_fields=["code"],
                update_fields=SHIPPED_FIELDS + KEYS,
            )
        else:
            new = [self._agency(row) for row in rows if row.code not in self.ids]
            Agency.objects.bulk_create(new, batch_size=BATCH)
        self._read_ids()

    def _of_the_people(self, codes: set[str], names: set[str]) -> dict[str, list[_Twin]]:
        """Agencies with other codes that have, or had, one of the names, by folded name. Two queries."""
        found: dict[str, dict[int, _Twin]] = {}
        others = Agency.objects.exclude(code__in=self.ids.keys() & codes)
        columns = ("pk", "kind", "parent_id", "province_id")
        for key, *values in others.filter(match_key__in=names).values_list("match_key", *columns):
            found.setdefault(key, {})[values[0]] = _Twin(*values)
        former = AgencyName.objects.filter(agency__in=others, match_key__in=names)
        for key, *values in former.values_list("match_key", *(f"agency__{each}" for each in columns)):
            found.setdefault(key, {})[values[0]] = _Twin(*values)
        return {key: list(twins.values()) for key, twins in found.items()}

    def _is_twin(self, row: AgencyRow, known: dict[str, list[_Twin]], times: Counter[str]) -> bool:
        """Whether people entered this body: its name in the same province or below the same parent.

        A body with neither a province nor a parent is the one of its name, if only one shipped body has it.
        """
        if row.code in self.ids and row.code not in self.twins:
            return False
        parent = self.ids[row.parent_code] if row.parent_code else None
        key = match_key(row.name)
        for twin in known.get(key, ()):
            stands_there = twin.province == row.province if twin.province else twin.parent == parent
            stands_nowhere = twin.province is None and twin.parent is None and times[key] == 1
            if stands_there or stands_nowhere:
                self.ids[row.code] = twin.pk
                self.twins.add(row.code)
                if twin.kind != row.kind:
                    self.of_other_kind.add(row.name)
                return True
        return False

    def _agency(self, row: AgencyRow) -> Agency:
        """The row's agency, without its DETSİS number if people entered that for another one."""
        is_free = row.detsis_no is not None and self.taken.get(row.detsis_no, row.code) == row.code
        agency = Agency(
            code=row.code,
            name=row.name,
            kind=row.kind,
            parent_id=self.ids[row.parent_code] if row.parent_code else None,
            province_id=row.province,
            district_id=row.district,
            template=row.template,
            protocol_order=row.protocol_order,
            detsis_no=row.detsis_no if is_free else None,
            addressable=row.addressable,
        )
        agency.fill_keys()
        return agency


def _load_groups(*, whole: bool) -> list[str]:
    """Add the groups, except those that people made themselves; returns the names of these."""
    shipped = list(_group_rows(whole=whole))
    codes = [row["code"] for row in shipped]
    of_the_people: set[str] = set()
    for group in AgencyGroup.objects.exclude(code__in=codes).prefetch_related("wordings"):
        of_the_people |= _class_keys([group.name, *(wording.text for wording in group.wordings.all())])
    there = set(AgencyGroup.objects.filter(code__in=codes).values_list("code", flat=True))
    kept = []
    for row in shipped:
        texts = [text for text in row["wordings"].split("|") if text.strip()]
        if row["code"] not in there and of_the_people & _class_keys([row["name"], *texts]):
            kept.append(row["name"])
            continue
        group, _ = AgencyGroup.objects.get_or_create(
            code=row["code"],
            defaults={
                "name": row["name"],
                "rule_kind": row["rule_kind"],
                "rule_template": row["rule_template"],
                "rule_provinces": row.get("rule_provinces") or "",
            },
        )
        wordings = {match_key(text): text for text in texts}
        GroupWording.objects.bulk_create(
            (GroupWording(group=group, text=text, match_key=key) for key, text in wordings.items()),
            ignore_conflicts=True,
        )
    return kept


def _group_rows(*, whole: bool) -> Iterator[dict[str, str]]:
    yield from shipped_rows("groups.csv")
    if whole:
        yield from shipped_rows("further_groups.csv")


def _class_keys(texts: Iterable[str]) -> set[str]:
    lines = map(parse_class_line, texts)
    return {key for line in lines if line.unit is None for key in class_keys(line.body)}


def _load_other_names(ids: dict[str, int], *, whole: bool) -> None:
    """Short and customary names, such as "SGK'ye" and "Danıştaya"."""
    rows = [
        (ids[row["code"]], text)
        for file in ("other_names.csv", *(("further_other_names.csv",) if whole else ()))
        for row in shipped_rows(file)
        for text in row["wordings"].split("|")
    ]
    AgencyWording.objects.bulk_create(
        (AgencyWording(agency_id=agency, text=text, match_key=match_key(text)) for agency, text in rows),
        ignore_conflicts=True,
    )

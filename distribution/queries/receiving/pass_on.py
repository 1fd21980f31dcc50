"""Choices of a unit that passes a letter on: single units, groups, all units directly below it.

A choice is encoded as `12:action,g5:info`: the unit with id 12 for Gereği, the group 5 for Bilgi. `below` means
all units directly below; `t12` all related units with unit 12's kind and provincial template.
"""

import re
from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min, Q
from django.http import QueryDict

from agencies.models import Agency, AgencyGroup, AgencyQuerySet, User
from agencies.turkish import plural
from circulars.models import Purpose
from distribution.models import Delivery
from distribution.queries.receiving.relatives import Recipient, may_receive_from, seen_having

BELOW = "below"
KEY = re.compile(r"below|[gt]?[1-9][0-9]{0,17}", re.ASCII)
SUB_UNITS_SHOWN = 100
FOUND_SHOWN = 30

Choice = dict[str, Purpose]
Class = tuple[str, str, bool | None]
"""Kind and template of units, and whether their province has a metropolitan municipality."""


def read_choice(data: QueryDict) -> Choice:
    """The ticked choices with their purposes, from the form or from the value kept by the preview."""
    if kept := data.get("choice"):
        pairs = [pair.partition(":")[::2] for pair in kept.split(",")]
    else:
        pairs = [(key, data.get(f"purpose-{key}", "")) for key in data.getlist("to")]
    return {
        key: Purpose(purpose) for key, purpose in pairs if KEY.fullmatch(key) and purpose in Purpose.values
    }


def written(choice: Choice) -> str:
    """The choice encoded in one line for the preview."""
    return ",".join(f"{key}:{purpose.value}" for key, purpose in choice.items())


@dataclass(frozen=True)
class Row:
    """One row of the form; `units` is set for a group."""

    key: str
    name: str
    purpose: Purpose
    ticked: bool
    detail: str = ""
    units: int | None = None
    has_it: bool = False


@dataclass(frozen=True)
class Offer:
    """The rows of the form for one delivery."""

    sub_units: list[Row]
    sub_unit_count: int
    groups: list[Row]
    related: list[Row]
    found_more: bool

    @property
    def hides_sub_units(self) -> bool:
        return self.sub_unit_count > len(self.sub_units)


def offer(delivery: Delivery, choice: Choice, query: str, *, user: User, at: datetime) -> Offer:
    """The rows of the form: sub-units, groups, and other related units that are ticked or match `query`.

    Who has the letter is said only of copies that the user may see. Takes a constant number of queries.
    """
    reachable = may_receive_from(delivery.answering_unit, circular=delivery.circular, at=at)
    direct = reachable.filter(parent=delivery.answering_unit)
    sub_units = list(direct.select_related("province")[:SUB_UNITS_SHOWN])
    listed = {agency.pk for agency in sub_units}
    ticked = [int(key) for key in choice if key.isdecimal() and int(key) not in listed]
    others = list(reachable.filter(pk__in=ticked).select_related("province", "parent"))
    found: list[Agency] = []
    if query:
        beyond = reachable.search(query).exclude(pk__in=[*listed, *ticked])
        found = list(beyond.select_related("province", "parent")[: FOUND_SHOWN + 1])
    have_it = seen_having(user, delivery.circular, [agency.pk for agency in (*sub_units, *others, *found)])
    usual = Purpose(delivery.purpose)

    def row(agency: Agency) -> Row:
        key = str(agency.pk)
        has_it = agency.pk in have_it
        return Row(
            key=key,
            name=agency.name,
            detail=_place(agency, delivery.answering_unit),
            purpose=choice.get(key, usual),
            ticked=key in choice and not has_it,
            has_it=has_it,
        )

    return Offer(
        sub_units=[row(agency) for agency in sub_units],
        sub_unit_count=len(sub_units) if len(sub_units) < SUB_UNITS_SHOWN else direct.count(),
        groups=[
            Row(key=key, name=name, units=units, purpose=choice.get(key, usual), ticked=key in choice)
            for key, name, units in _groups(reachable)
            if units > 1 or key in choice
        ],
        related=[row(agency) for agency in (*others, *found[:FOUND_SHOWN])],
        found_more=len(found) > FOUND_SHOWN,
    )


def _place(agency: Agency, unit: Agency) -> str:
    """Text that distinguishes units with the same name: the unit above, and the province if it differs."""
    parts = [agency.province.name if agency.province and agency.province_id != unit.province_id else ""]
    if agency.parent_id not in (None, unit.pk) and agency.parent is not None:
        parts.append(agency.parent.name)
    return " · ".join(filter(None, parts))


def _groups(reachable: AgencyQuerySet) -> list[tuple[str, str, int]]:
    """Key, name and size of groups of related units: defined groups first, then provincial templates without one."""
    kinds = list(
        reachable.order_by()
        .values_list("kind", "template", "province__metropolitan")
        .annotate(units=Count("pk"), one=Min("pk"))
        .order_by("kind", "template", "province__metropolitan")
    )
    picked: dict[int, Counter[Class]] = {}
    through = AgencyGroup.members.through.objects.filter(agency__in=reachable.order_by().values("pk"))
    of_agency = ("agency__kind", "agency__template", "agency__province__metropolitan")
    for group_id, *of_class in through.values_list("agencygroup", *of_agency):
        picked.setdefault(group_id, Counter())[tuple(of_class)] += 1
    groups = []
    covered = set()
    for group in AgencyGroup.objects.all():
        by_rule = [(units, tuple(of_class)) for *of_class, units, _one in kinds if group.rules_in(*of_class)]
        ruled = {of_class for _units, of_class in by_rule}
        extra = sum(n for of_class, n in picked.get(group.pk, Counter()).items() if of_class not in ruled)
        if units := sum(units for units, _of_class in by_rule) + extra:
            groups.append((f"g{group.pk}", group.name, units))
        if group.rule_template and not group.rule_provinces:
            covered |= {(kind, template) for kind, template, _metropolitan in ruled}
    templates: dict[tuple[str, str], tuple[int, int]] = {}
    for kind, template, _metropolitan, units, one in kinds:
        known_units, first = templates.get((kind, template), (0, one))
        templates[kind, template] = known_units + units, min(first, one)
    return groups + [
        (f"t{one}", plural(template), units)
        for (kind, template), (units, one) in templates.items()
        if template and units > 1 and (kind, template) not in covered
    ]


def expand(delivery: Delivery, choice: Choice, *, at: datetime) -> list[Recipient]:
    """The related units of the choice, in protocol order.

    A unit's own row takes precedence over groups; among groups Gereği does.
    """
    unit = delivery.answering_unit
    units = {int(key): purpose for key, purpose in choice.items() if key.isdecimal()}
    groups = AgencyGroup.objects.in_bulk([int(key[1:]) for key in choice if key[0] == "g"])
    samples = Agency.objects.in_bulk([int(key[1:]) for key in choice if key[0] == "t"])
    picked: dict[int, set[int]] = {}
    through = AgencyGroup.members.through.objects.filter(agencygroup__in=groups)
    for group_id, agency_id in through.values_list("agencygroup", "agency"):
        picked.setdefault(agency_id, set()).add(group_id)

    wanted = Q(pk__in=[*units, *picked])
    if BELOW in choice:
        wanted |= Q(parent=unit)
    for group in groups.values():
        if group.rule_kind:
            wanted |= group.rule()
    for sample in samples.values():
        wanted |= Q(kind=sample.kind, template=sample.template)

    def stands_for(key: str, agency: Agency) -> bool:
        if key == BELOW:
            return agency.parent_id == unit.pk
        if key[0] == "g":
            group = groups.get(int(key[1:]))
            by_hand = group is not None and group.pk in picked.get(agency.pk, ())
            return by_hand or (group is not None and group.includes_by_rule(agency))
        alike = samples.get(int(key[1:]))
        return alike is not None and (agency.kind, agency.template) == (alike.kind, alike.template)

    sets = [(key, purpose) for key, purpose in choice.items() if not key.isdecimal()]
    sets.sort(key=lambda pair: pair[1] != Purpose.ACTION)
    recipients = []
    reachable = may_receive_from(unit, circular=delivery.circular, at=at)
    for agency in reachable.filter(wanted).select_related("province"):
        own = units.get(agency.pk)
        purpose = own or next((purpose for key, purpose in sets if stands_for(key, agency)), None)
        if purpose is not None:
            recipients.append((agency, purpose))
    return recipients

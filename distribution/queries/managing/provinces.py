"""What is owed by province and kind of unit, for the map and the table of the manager's board."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Count, F
from django.utils.translation import gettext as _

from agencies.models import AgencyKind
from distribution.models import Delivery
from distribution.models.deliveries.conditions import OUTSTANDING, OWING, any_of, in_force
from distribution.queries.sending.overview import Figure, per_cent, query_of
from distribution.queries.sending.owed import Owes

NO_PROVINCE = "null"
"""Value of the list's filter by province for units without one."""


@dataclass(frozen=True)
class Place:
    """A province, or the units without one: their copies of the letters that are open."""

    plate: str
    """Plate code; empty for the units without a province."""

    name: str
    recipients: int
    """Copies of letters of which something is owed by anybody."""

    to_confirm: Figure
    owed: Figure
    by_kind: Sequence[Figure]
    """The owed of each kind in the order of `Places.kinds`."""

    @property
    def share(self) -> int:
        """Per cent of the copies that are not confirmed."""
        return per_cent(self.to_confirm.count, self.recipients) or 0


@dataclass(frozen=True)
class Places:
    """The provinces with open copies, in Turkish order, then the units without a province."""

    kinds: Sequence[tuple[str, str]]
    """Value and label of the kinds of units that owe something."""

    rows: Sequence[Place]


def by_place(letters: Collection[int]) -> Places:
    """The letters with these ids, of which something is owed, by their recipients' province and kind. One query."""
    copies = Delivery.objects.direct().filter(any_of(F("circular_id"), letters), in_force())
    province = ("agency__province", "agency__province__sort_key", "agency__province__name")
    counted = copies.values_list(*province, "agency__kind").annotate(
        recipients=Count("pk"),
        to_confirm=Count("pk", filter=OUTSTANDING),
        owed=Count("pk", filter=OWING),
    )
    found = sorted(counted.order_by(), key=lambda row: row[1] or "")
    cells = {(plate or "", kind): numbers for plate, _key, _name, kind, *numbers in found}
    kinds = [(value, str(label)) for value, label in AgencyKind.choices if _owed(cells, kind=value)]
    names = {plate: name for plate, _key, name, *_numbers in found if plate}
    rows = [_place(plate, name, cells, kinds) for plate, name in names.items()]
    if _numbers(cells, "")[0]:
        rows.append(_place("", _("Without a province"), cells, kinds))
    return Places(kinds, rows)


Cells = Mapping[tuple[str, str], Sequence[int]]


def _numbers(cells: Cells, plate: str) -> list[int]:
    found = [numbers for (place, _kind), numbers in cells.items() if place == plate]
    return [sum(each) for each in zip(*found, strict=True)] or [0, 0, 0]


def _owed(cells: Cells, *, kind: str) -> int:
    return sum(numbers[2] for (_plate, each), numbers in cells.items() if each == kind)


def _place(plate: str, name: str, cells: Cells, kinds: Iterable[tuple[str, str]]) -> Place:
    recipients, to_confirm, owed = _numbers(cells, plate)
    province = plate or NO_PROVINCE
    return Place(
        plate,
        name,
        recipients,
        Figure(to_confirm, query_of(province=province)),
        Figure(owed, query_of(owes=Owes.EITHER, province=province)),
        [
            Figure(
                cells.get((plate, kind), (0, 0, 0))[2],
                query_of(owes=Owes.EITHER, province=province, kind=kind),
            )
            for kind, _label in kinds
        ],
    )

"""The copies of a period by recipient unit, kind of unit, province, letter or issuer, and how the groups moved."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.models import Agency, AgencyKind, Province
from agencies.turkish import sort_key
from distribution.queries.managing.provinces import NO_PROVINCE
from distribution.queries.month_review.copies import Copy
from distribution.queries.month_review.figures import Figures, signed, tally
from distribution.queries.month_review.medians import Median, drawn, median_of
from distribution.queries.month_review.period import Period

MOST_MOVED = 5
"""Groups named among the best, and among the worst."""


class By(models.TextChoices):
    """What the rows of the page are."""

    UNIT = "unit", gettext_lazy("Recipient unit")
    KIND = "kind", gettext_lazy("Kind of unit")
    PROVINCE = "province", gettext_lazy("Province")
    LETTER = "letter", gettext_lazy("Letter")
    ISSUER = "issuer", gettext_lazy("Sending unit")


@dataclass(frozen=True)
class Letter:
    """A letter of the period or of the one before."""

    pk: int
    public_id: UUID
    day: date
    issuer: int
    subject: str
    number: str


@dataclass(frozen=True)
class Group:
    """A row of the page."""

    key: Any
    name: str
    figures: Figures
    order: Any
    """Its place if the rows are sorted by name: letters are by their day."""

    letter: Letter | None = None
    kind: str = ""
    """The kind of a recipient unit."""


@dataclass(frozen=True)
class Movement:
    """A group whose median moved, by medians drawn towards those of its kind."""

    group: Group
    hours: float
    """Working hours more than in the period before; of a letter, than the median of all copies."""

    now: Median
    before: Median
    """Of a letter, the median of all copies."""

    @property
    def words(self) -> str:
        """The hours as shown."""
        return signed(self.hours, 1)


@dataclass(frozen=True)
class Movements:
    """The groups that became fastest and slowest, the greatest movement first."""

    best: Sequence[Movement] = field(default_factory=list)
    worst: Sequence[Movement] = field(default_factory=list)


def key_of(by: By, letters: Mapping[int, Letter]) -> Callable[[Copy], Any]:
    """What puts a copy into its group."""
    keys: dict[By, Callable[[Copy], Any]] = {
        By.UNIT: lambda copy: copy.unit,
        By.KIND: lambda copy: copy.kind,
        By.PROVINCE: lambda copy: copy.province,
        By.LETTER: lambda copy: copy.letter,
        By.ISSUER: lambda copy: letters[copy.letter].issuer,
    }
    return keys[by]


def groups_by(
    by: By, now: Iterable[Copy], before: Iterable[Copy], letters: Mapping[int, Letter], period: Period
) -> list[Group]:
    """The groups with copies in the period, by their names; letters by their day. One query for the names, or none."""
    key = key_of(by, letters)
    here, there = _split(now, key), _split(before, key)
    name = _names(by, here, letters)
    groups = []
    for each, copies in here.items():
        letter = letters[each] if by == By.LETTER else None
        narrowed = {by.value: letter.public_id if letter else (each or NO_PROVINCE)}
        figures = Figures(period, tally(copies), tally(there.get(each, ())), narrowed)
        order: Any = sort_key(name[each])
        if letter:
            order = (letter.day, letter.pk)
        elif by == By.PROVINCE:
            order = (not each, order)
        kind = copies[0].kind if by == By.UNIT else ""
        groups.append(Group(each, name[each], figures, order, letter, kind))
    return sorted(groups, key=lambda group: group.order)


def _split(copies: Iterable[Copy], key: Callable[[Copy], Any]) -> dict[Any, list[Copy]]:
    found: dict[Any, list[Copy]] = {}
    for each in copies:
        found.setdefault(key(each), []).append(each)
    return found


def _names(by: By, keys: Iterable[Any], letters: Mapping[int, Letter]) -> dict[Any, str]:
    match by:
        case By.KIND:
            return {value: str(label) for value, label in AgencyKind.choices}
        case By.PROVINCE:
            return {"": _("Without a province"), **dict(Province.objects.values_list("plate", "name"))}
        case By.LETTER:
            return {pk: letter.subject for pk, letter in letters.items()}
        case _:
            return dict(Agency.objects.filter(pk__in=list(keys)).order_by().values_list("pk", "name"))


def movements(by: By, groups: Iterable[Group], now: Iterable[Copy], before: Iterable[Copy]) -> Movements:
    """The groups whose median moved most; letters, which are sent once, against the median of all copies.

    The median of a unit is drawn towards that of its kind, any other towards that of all copies.
    """
    of_now, of_before = _medians(by, now), _medians(by, before)
    found = []
    for group in groups:
        median = group.figures.now.median
        kind, kind_before = of_now.get(group.kind), of_before.get(group.kind)
        if median is None or kind is None:
            continue
        earlier = kind if by == By.LETTER else group.figures.before.median
        if earlier is None or (kind_before is None and by != By.LETTER):
            continue
        if not all(each.is_reached for each in (median, kind, earlier, kind_before) if each is not None):
            continue  # of fewer than half confirmed only the least is known
        was = kind.time if kind_before is None or by == By.LETTER else drawn(earlier, kind_before)
        found.append(Movement(group, (drawn(median, kind) - was) / timedelta(hours=1), median, earlier))
    found.sort(key=lambda each: (each.hours, each.group.order))
    best = [each for each in found if each.hours < 0][:MOST_MOVED]
    worst = [each for each in reversed(found) if each.hours > 0][:MOST_MOVED]
    return Movements(best, worst)


def _medians(by: By, copies: Iterable[Copy]) -> dict[str, Median]:
    """The medians towards which those of the groups are drawn: by kind for units, else one of all."""
    split = _split(copies, lambda copy: copy.kind if by == By.UNIT else "")
    medians = {
        kind: median_of([each.wait for each in among if each.wait is not None])
        for kind, among in split.items()
    }
    return {kind: median for kind, median in medians.items() if median is not None}

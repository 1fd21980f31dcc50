"""Figures of the manager's board. Each has the query of the outstanding list that shows just the rows it counts."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Case, CharField, Count, Exists, F, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import TruncWeek
from django.http import QueryDict
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from agencies.calendar import moment_on
from agencies.models import Agency, AgencyKind, Province
from circulars.models import Circular, Urgency
from circulars.models.circular import CircularQuerySet
from distribution.models import ChangeKind, CircularChange, Delivery
from distribution.models.deliveries.conditions import (
    LONG_TEXTS_OF_LETTER,
    OUTSTANDING,
    OWING,
    UNANSWERED,
    answering,
    any_of,
    in_force,
)
from distribution.models.deliveries.delivery import DeliveryQuerySet
from distribution.queries.sending.owed import (
    WEEK,
    Due,
    Owes,
    Timely,
    Waited,
    confirmed_since,
    due_when,
    timely,
    waited_steps,
)
from distribution.queries.sending.returns import undecided_return

WEEKS_SHOWN = 12
MOST_BEHIND = 10
NO_PROVINCE = "null"
"""Value of the list's filter by province for units without one."""


def query_of(**values: object) -> str:
    """Values for the address of the list, without those that are empty."""
    query = QueryDict(mutable=True)
    query.update({name: str(value) for name, value in values.items() if value not in (None, "")})
    return query.urlencode()


@dataclass(frozen=True)
class Figure:
    """A number, the query of the list that shows its rows, and the number a week before if that is known."""

    count: int
    query: str
    before: int | None = None

    @property
    def words(self) -> str:
        """The number as shown."""
        return number_format(self.count, force_grouping=True)

    @property
    def words_before(self) -> str:
        """The number of a week before as shown; empty if it is not known."""
        return "" if self.before is None else number_format(self.before, force_grouping=True)


@dataclass(frozen=True)
class Headline:
    """Where the letters of the unit and of all units below it stand."""

    to_confirm: Figure
    to_answer: Figure
    confirmations_overdue: Figure
    answers_overdue: Figure
    due_this_week: Figure
    returned: Figure
    confirmed: Figure
    """Copies confirmed in the last seven days."""
    confirmed_in_time: Figure
    """Those of them confirmed by their due time, or without one."""

    @property
    def share_in_time(self) -> int | None:
        """Per cent of the confirmed; None if nothing was confirmed."""
        return per_cent(self.confirmed_in_time.count, self.confirmed.count)

    @property
    def share_in_time_before(self) -> int | None:
        return per_cent(self.confirmed_in_time.before or 0, self.confirmed.before or 0)


def per_cent(part: int, whole: int) -> int | None:
    """The share in whole per cent; None of nothing."""
    return round(100 * part / whole) if whole else None


def headline(letters: CircularQuerySet, owed: DeliveryQuerySet, at: datetime) -> Headline:
    """The figures of the headline, some of them compared with those of a week before.

    `confirmed` and `confirmed_in_time` are of the last seven days, and compared with the seven before. How many copies
    were outstanding a week before is counted from their present state, so it is about right only: an act that was taken
    back or recorded anew within the week counts as it stands now.
    """
    before = at - WEEK
    overdue, soon = due_when(Due.OVERDUE, at), due_when(Due.THIS_WEEK, at)
    now = owed.order_by().aggregate(
        to_confirm=Count("pk", filter=OUTSTANDING),
        to_answer=Count("pk", filter=UNANSWERED),
        confirmations_overdue=Count("pk", filter=OUTSTANDING & overdue),
        answers_overdue=Count("pk", filter=UNANSWERED & overdue),
        due_this_week=Count("pk", filter=soon),
        was_outstanding=Count("pk", filter=OUTSTANDING & Q(created_at__lte=before)),
    )
    ended = _ended_since(letters, before).count()
    lately = confirmed_since(letters, at - 2 * WEEK).aggregate(
        confirmed=Count("pk", filter=Q(acknowledged_at__gt=before)),
        confirmed_in_time=Count("pk", filter=Q(acknowledged_at__gt=before) & timely(Timely.IN_TIME)),
        confirmed_before=Count("pk", filter=Q(acknowledged_at__lte=before)),
        in_time_before=Count("pk", filter=Q(acknowledged_at__lte=before) & timely(Timely.IN_TIME)),
    )
    answer, either = Owes.ANSWER, Owes.EITHER
    return Headline(
        to_confirm=Figure(now["to_confirm"], query_of(), now["was_outstanding"] + ended),
        to_answer=Figure(now["to_answer"], query_of(owes=answer)),
        confirmations_overdue=Figure(now["confirmations_overdue"], query_of(due=Due.OVERDUE)),
        answers_overdue=Figure(now["answers_overdue"], query_of(owes=answer, due=Due.OVERDUE)),
        due_this_week=Figure(now["due_this_week"], query_of(owes=either, due=Due.THIS_WEEK)),
        returned=Figure(_returned(letters).count(), query_of(owes=Owes.DECISION)),
        confirmed=Figure(lately["confirmed"], query_of(owes=Owes.CONFIRMED), lately["confirmed_before"]),
        confirmed_in_time=Figure(
            lately["confirmed_in_time"],
            query_of(owes=Owes.CONFIRMED, timely=Timely.IN_TIME),
            lately["in_time_before"],
        ),
    )


def _returned(letters: CircularQuerySet) -> QuerySet[Delivery]:
    return Delivery.objects.direct().filter(undecided_return(), circular__in=letters).order_by()


def _ended_since(letters: CircularQuerySet, moment: datetime) -> QuerySet[Delivery]:
    """Direct copies that were outstanding at the moment and are not any more."""
    ends = ("acknowledged_at", "returned_at", "superseded_at", "withdrawn_at")
    open_then = Q(created_at__lte=moment)
    for each in ends:
        open_then &= Q(**{f"{each}__isnull": True}) | Q(**{f"{each}__gt": moment})
    changed = letters.filter(
        Q(withdrawn_at__gt=moment)
        | Q(superseded_by__dispatched_at__gt=moment)
        | Exists(
            CircularChange.objects.filter(circular=OuterRef("pk"), kind=ChangeKind.REMOVED, at__gt=moment)
        )
    )
    ended = (
        Q(acknowledged_at__isnull=False, acknowledged_at__gt=moment)
        | Q(returned_at__isnull=False, returned_at__gt=moment)
        | Q(circular__in=changed) & (Q(withdrawn_at__gt=moment) | Q(superseded_at__gt=moment))
    )
    return Delivery.objects.direct().filter(open_then, ended).filter(circular__in=letters)


@dataclass(frozen=True)
class AgeingRow:
    """Owing copies of one urgency, by the working days since the letter was sent."""

    urgency: str
    label: str
    cells: Sequence[Figure]
    total: Figure


URGENCY_NAMES = {Urgency.URGENT: "acele", Urgency.TIMED: "gunlu", Urgency.NORMAL: "normal"}


def ageing(owed: DeliveryQuerySet, at: datetime) -> list[AgeingRow]:
    """What is owed, by urgency and by working days waited; the last row is the sum."""
    step = Case(
        *(When(condition, then=Value(each.value)) for each, condition in waited_steps(at).items()),
        output_field=CharField(),
    )
    counted = owed.order_by().values_list("circular__urgency", step).annotate(n=Count("pk"))
    found = {(urgency, waited): n for urgency, waited, n in counted}
    rows = [
        _ageing_row(
            name, str(urgency.label), {each: found.get((urgency.value, each.value), 0) for each in Waited}
        )
        for urgency, name in URGENCY_NAMES.items()
    ]
    sums = {
        each: sum(n for (_urgency, waited), n in found.items() if waited == each.value) for each in Waited
    }
    return [*rows, _ageing_row("", _("All"), sums)]


def _ageing_row(name: str, label: str, counts: Mapping[Waited, int]) -> AgeingRow:
    return AgeingRow(
        name,
        label,
        [Figure(n, query_of(owes=Owes.EITHER, urgency=name, waited=each)) for each, n in counts.items()],
        Figure(sum(counts.values()), query_of(owes=Owes.EITHER, urgency=name)),
    )


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
    """The letters with these ids, of which something is owed, by their recipients' province and kind. Two queries."""
    copies = Delivery.objects.direct().filter(any_of(F("circular_id"), letters), in_force())
    counted = copies.values_list("agency__province", "agency__kind").annotate(
        recipients=Count("pk"),
        to_confirm=Count("pk", filter=OUTSTANDING),
        owed=Count("pk", filter=OWING),
    )
    cells = {(plate or "", kind): numbers for plate, kind, *numbers in counted.order_by()}
    kinds = [(value, str(label)) for value, label in AgencyKind.choices if _owed(cells, kind=value)]
    names = dict(Province.objects.values_list("plate", "name"))
    plates = [plate for plate in names if _numbers(cells, plate)[0]]
    rows = [_place(plate, names[plate], cells, kinds) for plate in plates]
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


@dataclass(frozen=True)
class Behind:
    """A letter or a unit with what is owed, overdue first."""

    of: Circular | Agency
    owed: Figure
    overdue: Figure


def letters_behind(owed: DeliveryQuerySet, at: datetime) -> list[Behind]:
    """The letters most behind: with the most overdue copies, then with the most that is owed."""
    found = _most_behind(owed, "circular_id", at)
    letters = Circular.objects.defer(*LONG_TEXTS_OF_LETTER).in_bulk([pk for pk, *_numbers in found])
    return [
        Behind(
            letters[pk],
            Figure(owed, query_of(owes=Owes.EITHER, letter=letters[pk].public_id)),
            Figure(overdue, query_of(owes=Owes.EITHER, letter=letters[pk].public_id, due=Due.OVERDUE)),
        )
        for pk, owed, overdue in found
    ]


def units_behind(owed: DeliveryQuerySet, at: datetime) -> list[Behind]:
    """The units most behind, by the same order: those that answer for the copies."""
    found = _most_behind(owed.annotate(answering=answering()), "answering", at)
    units = Agency.objects.in_bulk([pk for pk, *_numbers in found])
    return [
        Behind(
            units[pk],
            Figure(owed, query_of(owes=Owes.EITHER, unit=pk)),
            Figure(overdue, query_of(owes=Owes.EITHER, unit=pk, due=Due.OVERDUE)),
        )
        for pk, owed, overdue in found
    ]


def _most_behind(rows: QuerySet[Delivery], of: str, at: datetime) -> list[tuple[int, int, int]]:
    counted = (
        rows.order_by()
        .values_list(of)
        .annotate(owed=Count("pk"), overdue=Count("pk", filter=due_when(Due.OVERDUE, at)))
    )
    return list(counted.order_by("-overdue", "-owed", of)[:MOST_BEHIND])


@dataclass(frozen=True)
class Week:
    """The copies in force of the letters sent in one week (Monday to Sunday)."""

    monday: date
    sent: Figure
    in_time: Figure
    late: Figure
    open: Figure
    """Not confirmed yet."""


def trend(letters: CircularQuerySet, at: datetime) -> list[Week]:
    """The weeks of dispatch, the earliest first, the current one last: how their copies were confirmed."""
    monday = timezone.localdate(at) - timedelta(days=timezone.localdate(at).weekday())
    mondays = [monday - (WEEKS_SHOWN - 1 - number) * WEEK for number in range(WEEKS_SHOWN)]
    lately = letters.filter(dispatched_at__gte=moment_on(mondays[0], time.min))
    copies = Delivery.objects.direct().filter(in_force(), circular__in=lately).order_by()
    counted = (
        copies.annotate(week=TruncWeek("circular__dispatched_at"))
        .values_list("week")
        .annotate(
            sent=Count("pk"),
            in_time=Count("pk", filter=timely(Timely.IN_TIME)),
            late=Count("pk", filter=timely(Timely.LATE)),
            open=Count("pk", filter=OUTSTANDING),
        )
    )
    found = {timezone.localdate(week): numbers for week, *numbers in counted}
    return [_week(each, found.get(each, [0, 0, 0, 0])) for each in mondays]


def _week(monday: date, numbers: Sequence[int]) -> Week:
    sent, in_time, late, still_open = numbers
    days = {"sent_from": monday.isoformat(), "sent_to": (monday + timedelta(days=6)).isoformat()}
    return Week(
        monday,
        Figure(sent, query_of(owes=Owes.ALL, **days)),
        Figure(in_time, query_of(owes=Owes.ALL, timely=Timely.IN_TIME, **days)),
        Figure(late, query_of(owes=Owes.ALL, timely=Timely.LATE, **days)),
        Figure(still_open, query_of(**days)),
    )

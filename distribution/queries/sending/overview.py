"""Figures of the manager's board. Each has the query of the outstanding list that shows just the rows it counts."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import IntEnum
from typing import Any
from uuid import UUID

from django.db.models import (
    Case,
    Count,
    Exists,
    Expression,
    OuterRef,
    Q,
    QuerySet,
    SmallIntegerField,
    Value,
    When,
)
from django.db.models.functions import TruncWeek
from django.http import QueryDict
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from agencies.calendar import moment_on
from agencies.models import Agency
from circulars.models import Urgency
from circulars.models.circular import CircularQuerySet
from distribution.models import ChangeKind, CircularChange, Delivery
from distribution.models.deliveries.conditions import (
    OUTSTANDING,
    UNANSWERED,
    answering,
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


def query_of(**values: object) -> str:
    """The query of an address, without empty values."""
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
    """Rounded; None of nothing."""
    return round(100 * part / whole) if whole else None


@dataclass(frozen=True)
class LetterOwed:
    """What is owed for one open letter, in numbers of copies."""

    letter: int
    urgency: str
    public_id: UUID
    number: str
    subject: str
    to_confirm: int
    to_answer: int
    confirmations_overdue: int
    answers_overdue: int
    due_this_week: int
    was_outstanding: int
    """Those of `to_confirm` that were sent more than a week ago."""

    was_overdue: int
    """Those of them whose due time had passed a week ago."""

    waited: Mapping[Waited, int]
    """The owed by the working days since they were sent."""

    @property
    def owed(self) -> int:
        return self.to_confirm + self.to_answer

    @property
    def overdue(self) -> int:
        return self.confirmations_overdue + self.answers_overdue


def owed_by_letter(owed: DeliveryQuerySet, at: datetime) -> list[LetterOwed]:
    """What is owed, by letter. Two queries, one of them for declared leave."""
    overdue, soon = due_when(Due.OVERDUE, at), due_when(Due.THIS_WEEK, at)
    counts = {
        "to_confirm": OUTSTANDING,
        "to_answer": UNANSWERED,
        "confirmations_overdue": OUTSTANDING & overdue,
        "answers_overdue": UNANSWERED & overdue,
        "due_this_week": soon,
        "was_outstanding": OUTSTANDING & Q(created_at__lte=at - WEEK),
        "was_overdue": OUTSTANDING & Q(created_at__lte=at - WEEK) & due_when(Due.OVERDUE, at - WEEK),
    }
    steps = {f"waited_{each.value}": condition for each, condition in waited_steps(at).items()}
    numbers = {name: Count("pk", filter=condition) for name, condition in (counts | steps).items()}
    facts = ("urgency", "public_id", "number", "subject")
    by_letter = owed.order_by().values("circular_id", *(f"circular__{name}" for name in facts))
    rows: Iterable[Mapping[str, Any]] = by_letter.annotate(**numbers)
    return [
        LetterOwed(
            letter=row["circular_id"],
            **{name: row[f"circular__{name}"] for name in facts},
            waited={each: row[f"waited_{each.value}"] for each in Waited},
            **{name: row[name] for name in counts},
        )
        for row in rows
    ]


def headline(letters: CircularQuerySet, owed: Sequence[LetterOwed], at: datetime) -> Headline:
    """The figures of the headline, some of them compared with those of a week before.

    `confirmed` and `confirmed_in_time` are of the last seven days, and compared with the seven before. How many copies
    were outstanding and overdue a week before is counted from their present state, so it is about right only: an act
    that was taken back or recorded anew within the week, and a due time that was changed, count as they stand now.
    """
    found = _counted(letters, at - WEEK)
    ended, ended_overdue = found[_Counted.ENDED], found[_Counted.ENDED_OVERDUE]
    answer, either = Owes.ANSWER, Owes.EITHER
    return Headline(
        to_confirm=Figure(
            sum(each.to_confirm for each in owed),
            query_of(),
            sum(each.was_outstanding for each in owed) + ended + ended_overdue,
        ),
        to_answer=Figure(sum(each.to_answer for each in owed), query_of(owes=answer)),
        confirmations_overdue=Figure(
            sum(each.confirmations_overdue for each in owed),
            query_of(due=Due.OVERDUE),
            sum(each.was_overdue for each in owed) + ended_overdue,
        ),
        answers_overdue=Figure(
            sum(each.answers_overdue for each in owed), query_of(owes=answer, due=Due.OVERDUE)
        ),
        due_this_week=Figure(
            sum(each.due_this_week for each in owed), query_of(owes=either, due=Due.THIS_WEEK)
        ),
        returned=Figure(found[_Counted.RETURNED], query_of(owes=Owes.DECISION)),
        confirmed=Figure(
            found[_Counted.IN_TIME] + found[_Counted.LATE],
            query_of(owes=Owes.CONFIRMED),
            found[_Counted.IN_TIME_BEFORE] + found[_Counted.LATE_BEFORE],
        ),
        confirmed_in_time=Figure(
            found[_Counted.IN_TIME],
            query_of(owes=Owes.CONFIRMED, timely=Timely.IN_TIME),
            found[_Counted.IN_TIME_BEFORE],
        ),
    )


class _Counted(IntEnum):
    """What is counted of the copies that owe nothing any more. `BEFORE` is the week before the last seven days."""

    ENDED = 1
    RETURNED = 2
    IN_TIME = 3
    LATE = 4
    IN_TIME_BEFORE = 5
    LATE_BEFORE = 6
    ENDED_OVERDUE = 7


def _counted(letters: CircularQuerySet, week_ago: datetime) -> Counter[int]:
    """The numbers of copies. One query, whose parts are each planned for itself."""
    lately, in_time = Q(acknowledged_at__gt=week_ago), timely(Timely.IN_TIME)
    confirmed = Case(
        When(lately & in_time, then=_Counted.IN_TIME),
        When(lately, then=_Counted.LATE),
        When(in_time, then=_Counted.IN_TIME_BEFORE),
        default=_Counted.LATE_BEFORE,
        output_field=SmallIntegerField(),
    )

    overdue = When(due_when(Due.OVERDUE, week_ago), then=_Counted.ENDED_OVERDUE)
    ended = Case(overdue, default=_Counted.ENDED, output_field=SmallIntegerField())

    def numbers(copies: QuerySet[Delivery], what: Expression) -> QuerySet[Delivery, tuple[int, int]]:
        return copies.order_by().values_list(what).annotate(copies=Count("pk"))

    parts = numbers(confirmed_since(letters, week_ago - WEEK), confirmed).union(
        *(numbers(part, ended) for part in _ended_since(letters, week_ago)),
        numbers(_returned(letters), Value(_Counted.RETURNED, SmallIntegerField())),
        all=True,
    )
    counted = Counter[int]()
    for what, copies in parts:
        counted[what] += copies
    return counted


def _returned(letters: CircularQuerySet) -> QuerySet[Delivery]:
    return Delivery.objects.direct().filter(undecided_return(), circular__in=letters).order_by()


def _ended_since(letters: CircularQuerySet, moment: datetime) -> list[QuerySet[Delivery]]:
    """Direct copies that were outstanding at the moment and are not any more, in parts that each have an index."""
    open_then = Q(created_at__lte=moment)
    for each in ("acknowledged_at", "returned_at", "superseded_at", "withdrawn_at"):
        open_then &= Q(**{f"{each}__isnull": True}) | Q(**{f"{each}__gt": moment})
    removed = CircularChange.objects.filter(circular=OuterRef("pk"), kind=ChangeKind.REMOVED, at__gt=moment)
    changed = letters.filter(
        Q(withdrawn_at__gt=moment) | Q(superseded_by__dispatched_at__gt=moment) | Exists(removed)
    )
    direct = Delivery.objects.direct().filter(open_then)
    unconfirmed = direct.filter(acknowledged_at=None)
    gone = Q(withdrawn_at__gt=moment) | Q(superseded_at__gt=moment)
    return [
        direct.filter(acknowledged_at__gt=moment, circular__in=letters),
        unconfirmed.filter(returned_at__gt=moment, circular__in=letters),
        unconfirmed.filter(gone, returned_at=None, circular__in=changed),
    ]


@dataclass(frozen=True)
class AgeingRow:
    """Owing copies of one urgency, by the working days since the letter was sent."""

    urgency: str
    label: str
    cells: Sequence[Figure]
    total: Figure


URGENCY_NAMES = {Urgency.URGENT: "acele", Urgency.TIMED: "gunlu", Urgency.NORMAL: "normal"}


def ageing(owed: Sequence[LetterOwed]) -> list[AgeingRow]:
    """What is owed, by urgency and by working days waited; the last row is the sum."""
    rows = [
        _ageing_row(name, str(urgency.label), _waited(each for each in owed if each.urgency == urgency))
        for urgency, name in URGENCY_NAMES.items()
    ]
    return [*rows, _ageing_row("", _("All"), _waited(owed))]


def _waited(owed: Iterable[LetterOwed]) -> dict[Waited, int]:
    counts = Counter[Waited]()
    for each in owed:
        counts.update(each.waited)
    return {each: counts[each] for each in Waited}


def _ageing_row(name: str, label: str, counts: Mapping[Waited, int]) -> AgeingRow:
    return AgeingRow(
        name,
        label,
        [Figure(n, query_of(owes=Owes.EITHER, urgency=name, waited=each)) for each, n in counts.items()],
        Figure(sum(counts.values()), query_of(owes=Owes.EITHER, urgency=name)),
    )


@dataclass(frozen=True)
class Behind:
    """A letter or a unit with what is owed, overdue first."""

    of: LetterOwed | Agency
    owed: Figure
    overdue: Figure


def letters_behind(owed: Sequence[LetterOwed]) -> list[Behind]:
    """The letters most behind: with the most overdue copies, then with the most that is owed."""
    found = sorted(owed, key=lambda each: (-each.overdue, -each.owed, each.letter))[:MOST_BEHIND]
    return [
        Behind(
            each,
            Figure(each.owed, query_of(owes=Owes.EITHER, letter=each.public_id)),
            Figure(each.overdue, query_of(owes=Owes.EITHER, letter=each.public_id, due=Due.OVERDUE)),
        )
        for each in found
    ]


def units_behind(owed: DeliveryQuerySet, at: datetime) -> list[Behind]:
    """The units most behind, by the same order: those that answer for the copies."""
    counted = owed.annotate(answering=answering()).order_by().values_list("answering")
    ordered = counted.annotate(
        owed=Count("pk"), overdue=Count("pk", filter=due_when(Due.OVERDUE, at))
    ).order_by("-overdue", "-owed", "answering")
    found = list(ordered[:MOST_BEHIND])
    units = Agency.objects.in_bulk([pk for pk, *_numbers in found])
    return [
        Behind(
            units[pk],
            Figure(owed, query_of(owes=Owes.EITHER, unit=pk)),
            Figure(overdue, query_of(owes=Owes.EITHER, unit=pk, due=Due.OVERDUE)),
        )
        for pk, owed, overdue in found
    ]


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

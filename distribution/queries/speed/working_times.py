"""The working time that a unit took for each of its copies, and why a copy says nothing about the unit's speed.

Time runs from the moment at which the unit knew of the letter: the first notice that left, or the opening if that came
before. A successor's time runs from the moment at which the copy passed to it. Two acts are kept apart: the
confirmation, and for copies for action the answer, which is counted from the notice as well.

Time that waits for the sender doesn't count: a request for more time until its decision, a return until the copy was
sent again, and a record on the unit's behalf until it was objected to or taken back.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agencies.calendar import WorkingTime, WorkingTimes
from agencies.models import Agency
from circulars.models import Purpose
from distribution.models import (
    AnsweringAct,
    AnsweringTimeRun,
    Delivery,
    DeliveryEvent,
    EventKind,
    OnBehalfRecord,
    RecordEnd,
)
from distribution.models.deliveries.conditions import any_of
from distribution.models.deliveries.delivery import DeliveryQuerySet
from distribution.queries.waits_for_sender import Span, time_within, waits_for_sender
from distribution.visibility import received_within

PERIOD_DAYS = 365
ONE_MINUTE = timedelta(minutes=1)
COLUMNS = (
    "agency_id", "successor_id", "purpose", "created_at", "notified_at", "reached_at", "opened_at", "acknowledged_at",
    "acknowledged_on_behalf", "completed_at", "completed_on_behalf", "returned_at", "withdrawn_at", "superseded_at",
    "revised_at",
)  # fmt: skip
"""What `working_times` reads of a copy."""


class LeftOut(models.TextChoices):
    """Why a copy doesn't count. The labels are sentences for the screen."""

    ON_BEHALF = "on_behalf", _("The sender recorded it on the unit's behalf.")
    RETURNED = "returned", _("The letter was returned.")
    WITHDRAWN = "withdrawn", _("The sender withdrew the letter.")
    SUPERSEDED = "superseded", _("Another copy covers it.")
    REVISED = "revised", _("A newer revision of the letter took its place.")
    ANOTHER_UNIT = "another_unit", _("Another unit answered for it.")
    NOT_TOLD = "not_told", _("No notice had left and nobody had opened it.")


@dataclass(frozen=True)
class Period:
    """Copies sent on these days, as they stood at a moment of the last day."""

    first: date
    last: date
    until: datetime

    @property
    def begin(self) -> datetime:
        return timezone.make_aware(datetime.combine(self.first, datetime.min.time()))


def period_before(at: datetime) -> Period:
    """The twelve months before the moment."""
    today = timezone.localdate(at)
    return Period(today - timedelta(days=PERIOD_DAYS), today, at)


def period_of(run: AnsweringTimeRun) -> Period:
    """The period of a reckoning."""
    return Period(run.first_day, run.last_day, run.at)


@dataclass(frozen=True)
class Taken:
    """The working time that one unit took for one act of one copy, or why that can't be told."""

    copy: Delivery
    act: AnsweringAct
    unit: int
    """The unit that answered for the copy at that moment."""
    minutes: int = 0
    is_open: bool = False
    """Whether it still waits: the minutes are those so far."""
    left_out: LeftOut | None = None
    begin: datetime | None = None
    end: datetime | None = None
    for_sender: int = 0
    """Minutes of working time that it waited for the sender, which aren't among `minutes`."""


@dataclass
class UnitWorkingTimes:
    """The working time of each unit's province in a period. Provinces are looked up for many units at once."""

    period: Period
    succeeding: set[int] = field(default_factory=set)
    """Those of the units that are another unit's successor."""
    _provinces: dict[int, str | None] = field(default_factory=dict)
    _times: WorkingTimes = field(init=False)

    def __post_init__(self) -> None:
        self._times = WorkingTimes(self.period.first, self.period.last)

    def know(self, units: Iterable[int]) -> None:
        """Look the provinces of these units up, in one query if any is new."""
        new = set(units) - self._provinces.keys()
        if new:
            succeeds = Exists(Agency.objects.filter(successor=OuterRef("pk")).order_by())
            found = Agency.objects.filter(pk__in=new).order_by().values_list("pk", "province_id", succeeds)
            for unit, plate, is_successor in found:
                self._provinces[unit] = plate
                self.succeeding |= {unit} if is_successor else set()

    def of(self, unit: int) -> WorkingTime:
        """The working time of a known unit's province."""
        return self._times.of(self._provinces[unit])


def copies_within(units: Collection[int], period: Period) -> DeliveryQuerySet:
    """Copies of the period that these units, or units closed into them, received or took over. Unordered."""
    sent = Q(created_at__gte=period.begin, created_at__lte=period.until)
    return received_within(units).filter(sent).order_by()


def working_times(copies: Sequence[Delivery], unit_times: UnitWorkingTimes) -> Iterator[Taken]:
    """For each copy its confirmation, and its answer if it is for action. At most six queries for any number."""
    unit_times.know(
        {unit for each in copies for unit in (each.agency_id, each.successor_id) if unit is not None}
    )
    facts = _facts_of(copies, unit_times.succeeding)
    unit_times.know({unit for each in copies for unit, _since in facts.held_by(each)})
    for copy in copies:
        yield _taken(copy, AnsweringAct.CONFIRMATION, facts, unit_times)
        if copy.purpose == Purpose.ACTION:
            yield _taken(copy, AnsweringAct.ANSWER, facts, unit_times)


@dataclass(frozen=True)
class _Facts:
    """By the id of the copy: waits for the sender and records, and the units to which it passed."""

    waits: Mapping[int, list[Span]]
    records: Mapping[int, list[OnBehalfRecord]]
    passed: Mapping[int, list[tuple[int, datetime]]]

    def held_by(self, copy: Delivery) -> list[tuple[int, datetime]]:
        """The units that answered for the copy one after the other, each with the moment from which it did."""
        return [(copy.agency_id, copy.created_at), *self.passed.get(copy.pk, ())]


def _facts_of(copies: Sequence[Delivery], succeeding: Collection[int]) -> _Facts:
    ids = [each.pk for each in copies]
    records: dict[int, list[OnBehalfRecord]] = {}
    for record in OnBehalfRecord.objects.filter(any_of(F("delivery_id"), ids)).order_by("pk"):
        records.setdefault(record.delivery_id, []).append(record)
    return _Facts(waits_for_sender(ids), records, _passed(copies, succeeding))


def _passed(copies: Sequence[Delivery], succeeding: Collection[int]) -> dict[int, list[tuple[int, datetime]]]:
    """The successors of the copies' units, as the events say. A query only if a copy has or may have had one.

    A copy that came back to its own unit from a successor has none any more; the unit succeeds that one then.
    """
    followed = [each.pk for each in copies if each.successor_id is not None or each.agency_id in succeeding]
    found: dict[int, list[tuple[int, datetime]]] = {}
    if followed:
        events = DeliveryEvent.objects.filter(
            any_of(F("delivery_id"), followed), kind=EventKind.PASSED_TO_SUCCESSOR
        )
        for copy, data, at in events.order_by("delivery", "sequence").values_list(
            "delivery_id", "data", "at"
        ):
            found.setdefault(copy, []).append((data["to_id"], at))
    return found


def _taken(copy: Delivery, act: AnsweringAct, facts: _Facts, unit_times: UnitWorkingTimes) -> Taken:
    until = unit_times.period.until
    is_answer = act == AnsweringAct.ANSWER
    moment = copy.completed_at if is_answer else copy.acknowledged_at
    done = moment if moment is not None and moment <= until else None
    end = done or until
    unit, since = [each for each in facts.held_by(copy) if each[1] <= end or each[1] == copy.created_at][-1]
    records = facts.records.get(copy.pk, ())
    told = copy.created_at if unit != copy.agency_id else _told_at(copy, end)
    reason = _reason(copy, is_answer, records, done, told)
    if reason is not None:
        return Taken(copy, act, unit, left_out=reason)
    assert told is not None
    begin = max(told, since)
    recorded = [
        (each.recorded_at, each.ended_at)
        for each in records
        if each.ended_at is not None and _is_of(each, is_answer)
    ]
    time = unit_times.of(unit)
    for_sender = time_within(time, [*facts.waits.get(copy.pk, ()), *recorded], begin, end)
    return Taken(
        copy,
        act,
        unit,
        minutes=(time.between(begin, end) - for_sender) // ONE_MINUTE,
        is_open=done is None,
        begin=begin,
        end=done,
        for_sender=for_sender // ONE_MINUTE,
    )


def _told_at(copy: Delivery, end: datetime) -> datetime | None:
    """When the recipient knew of the letter; None if nothing shows that it did before the end."""
    shown = [each for each in (copy.notified_at, copy.reached_at, copy.opened_at) if each is not None]
    return min((each for each in shown if each <= end), default=None)


def _reason(
    copy: Delivery,
    is_answer: bool,
    records: Sequence[OnBehalfRecord],
    done: datetime | None,
    told: datetime | None,
) -> LeftOut | None:
    on_behalf = copy.completed_on_behalf if is_answer else copy.acknowledged_on_behalf
    before = any(
        _is_of(each, is_answer)
        and each.ended_as in ("", RecordEnd.REPLACED)
        and (done is None or each.recorded_at <= done)
        for each in records
    )
    if copy.withdrawn_at is not None:
        return LeftOut.WITHDRAWN
    if copy.returned_at is not None:
        return LeftOut.RETURNED
    if copy.superseded_at is not None:
        return LeftOut.SUPERSEDED
    if on_behalf or before:
        return LeftOut.ON_BEHALF
    if copy.revised_at is not None and done is None:
        return LeftOut.REVISED
    return LeftOut.NOT_TOLD if told is None else None


def _is_of(record: OnBehalfRecord, is_answer: bool) -> bool:
    """Whether the record is one of the answer, or one of the confirmation."""
    return record.is_answer if is_answer else record.confirms

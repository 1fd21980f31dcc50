"""The stored figures over a generated history are those of a reckoning row by row, without our queries."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache, partial
from itertools import pairwise
from statistics import median, quantiles

import pytest
from django.db.models import Count, F
from django.utils import timezone

from agencies.calendar import calendar_for, moment_on
from agencies.directory.shipped import load_shipped_directory
from agencies.models import Agency, AgencyKind, DeclaredLeave
from circulars.models import Purpose
from distribution.demo.history.make import make_history
from distribution.event_log import PassedToSuccessorData, append_event
from distribution.models import (
    AnsweringTime,
    Delivery,
    EventKind,
    ExtensionRequest,
    OnBehalfRecord,
    RecordEnd,
    ReturnDecision,
    ReturnOutcome,
    SaidThrough,
)  # fmt: skip
from distribution.services.reckon_answering_times import reckon_answering_times
from tests.consistency import findings
from tests.factories import AgencyFactory, UserFactory

AT = datetime(2026, 3, 12, 13, 0, tzinfo=UTC)
FIRST = timezone.localdate(AT) - timedelta(days=365)


known_calendar = lru_cache(partial(calendar_for, first=FIRST))


def minutes_worked(province: str | None, begin: datetime, end: datetime) -> list[tuple[datetime, datetime]]:
    """The parts of working days that lie between the moments."""
    found, day = [], timezone.localdate(begin)
    calendar = known_calendar(province)
    while day <= timezone.localdate(end):
        if hours := calendar.hours(day):
            opening, closing = max(moment_on(day, hours[0]), begin), min(moment_on(day, hours[1]), end)
            if opening < closing:
                found.append((opening, closing))
        day += timedelta(days=1)
    return found


def length(
    province: str | None, begin: datetime, end: datetime, free: list[tuple[datetime, datetime]]
) -> int:
    """Working minutes, without those that lie in one of the free stretches: cut at each of their ends."""
    total = timedelta()
    for opening, closing in minutes_worked(province, begin, end):
        cuts = {opening, closing, *(moment for each in free for moment in each if opening < moment < closing)}
        for left, right in pairwise(sorted(cuts)):
            if not any(first <= left and right <= last for first, last in free):
                total += right - left
    return int(total / timedelta(minutes=1))


def naive() -> Iterator[tuple[int, str, bool, int]]:
    """Unit, act, whether it still waits, and minutes, of each copy that counts."""
    related = ("extension_requests", "return_decisions", "on_behalf_records", "events")
    provinces = dict(Agency.objects.values_list("pk", "province_id"))
    for copy in Delivery.objects.filter(created_at__date__gte=FIRST).prefetch_related(*related):
        if copy.withdrawn_at or copy.returned_at or copy.superseded_at:
            continue
        for act, milestone, on_behalf in (
            ("confirm", copy.acknowledged_at, copy.acknowledged_on_behalf),
            ("answer", copy.completed_at, copy.completed_on_behalf),
        ):
            if on_behalf or (act == "answer" and copy.purpose != Purpose.ACTION):
                continue
            if milestone is None and copy.revised_at:
                continue
            end = milestone or AT
            unit, begin = copy.agency_id, None
            for event in copy.events.all():
                if event.kind == EventKind.PASSED_TO_SUCCESSOR and event.at <= end:
                    unit, begin = event.data["to_id"], event.at
            if begin is None:
                known = [at for at in (copy.notified_at, copy.reached_at, copy.opened_at) if at and at <= end]
                if not known:
                    continue
                begin = min(known)
            free = [(each.asked_at, each.decided_at or end) for each in copy.extension_requests.all()]
            free += [
                (each.returned_at, each.decided_at)
                for each in copy.return_decisions.all()
                if each.outcome == ReturnOutcome.SENT_AGAIN
            ]
            free += [
                (each.recorded_at, each.ended_at) for each in copy.on_behalf_records.all() if each.confirms
            ]
            yield unit, act, milestone is None, length(provinces[unit], begin, end, free)


def percentile(values: list[int], tenth: int) -> int:
    return round(quantiles(values, n=10, method="inclusive")[tenth - 1])


def close_three_units() -> Agency:
    """A unit takes the copies of three over: two of three before they were confirmed, the others unanswered."""
    confirmed = Delivery.objects.filter(
        acknowledged_at__isnull=False, returned_at=None, superseded_at=None, withdrawn_at=None, successor=None,
        acknowledged_on_behalf=False,
    )  # fmt: skip
    counted = confirmed.values_list("agency").annotate(n=Count("pk")).order_by("-n", "agency")
    closed = [pk for pk, _n in counted[:3]]
    successor = AgencyFactory(kind=AgencyKind.GOVERNORSHIP, province_id="01")
    Agency.objects.filter(pk__in=closed).update(active_to=timezone.localdate(AT), successor=successor)
    rows = confirmed.filter(agency__in=closed).select_related("agency").order_by("pk")
    for number, copy in enumerate(rows):
        before = copy.acknowledged_at - (copy.acknowledged_at - copy.created_at) / 2
        at = before if number % 3 else copy.acknowledged_at + timedelta(minutes=1)
        Delivery.objects.filter(pk=copy.pk).update(successor=successor)
        unit = copy.agency
        passed = PassedToSuccessorData(
            unit=unit.name, unit_id=unit.pk, to=successor.name, to_id=successor.pk, closed_on=None, email=""
        )
        append_event(delivery=copy, data=passed, at=at, by=None, for_agency=successor)
    return successor


@pytest.fixture(autouse=True)
def forget_calendars() -> Iterator[None]:
    known_calendar.cache_clear()
    yield
    known_calendar.cache_clear()


@pytest.mark.django_db
def test_the_stored_figures_are_those_of_a_reckoning_row_by_row() -> None:
    load_shipped_directory(whole=False)
    make_history(deliveries=2500, at=AT, days=300)
    person = UserFactory()
    free = {"entered_by": person, "entered_at": AT, "reason": "İdari izin"}
    DeclaredLeave.objects.create(first_day="2026-01-05", last_day="2026-01-09", **free)
    DeclaredLeave.objects.create(
        first_day="2026-02-02", last_day="2026-02-02", afternoon_only=True, province_id="01", **free
    )
    confirmed = Delivery.objects.filter(acknowledged_at__isnull=False, purpose=Purpose.INFORMATION)
    on_behalf = list(confirmed.order_by("pk").values_list("pk", flat=True)[:40])
    Delivery.objects.filter(pk__in=on_behalf).update(
        acknowledged_on_behalf=True,
        acknowledged_by=None,
        acknowledged_sha256="",
        acknowledged_name="Ada ÖRNEK",
    )
    for copy in confirmed.filter(acknowledged_on_behalf=False, returned_at=None).order_by("pk")[:40]:
        ReturnDecision.objects.create(
            delivery=copy, returned_at=copy.created_at + timedelta(minutes=30), reason="Sizin",
            outcome=ReturnOutcome.SENT_AGAIN, decided_by=person, decided_at=copy.created_at + timedelta(hours=30),
        )  # fmt: skip
        OnBehalfRecord.objects.create(
            delivery=copy, confirms=True, channel=SaidThrough.TELEPHONE, said_by="Ada ÖRNEK", said_by_title="Şef",
            said_at=copy.created_at, recorded_by=person, recorded_at=copy.created_at + timedelta(hours=20),
            ended_as=RecordEnd.OBJECTED, ended_at=copy.created_at + timedelta(hours=49), end_reason="Demedim",
        )  # fmt: skip

    successor = close_three_units()

    assert reckon_answering_times(at=AT)

    answered: dict[tuple[int, str], list[int]] = {}
    waiting: dict[tuple[int, str], list[int]] = {}
    for unit, act, is_open, minutes in naive():
        (waiting if is_open else answered).setdefault((unit, act), []).append(minutes)
    expected, medians = {}, {}
    kinds = dict(Agency.objects.values_list("pk", "kind"))
    for key, values in answered.items():
        if len(values) >= 5:
            longer = [minutes for minutes in waiting.get(key, []) if minutes > round(median(values))]
            counted = values + longer
            kind = kinds[key[0]]
            medians.setdefault((key[1], kind), []).append(round(median(counted)))
            expected[key] = (len(counted), len(longer), round(median(counted)), percentile(counted, 9), kind)
    found = {
        (each.unit_id, each.act): (each.letters, each.waiting, each.median, each.ninetieth, each.unit.kind)
        for each in AnsweringTime.objects.select_related("unit")
    }
    assert found == expected
    for each in AnsweringTime.objects.select_related("unit"):
        of_kind = medians[each.act, each.unit.kind]
        assert each.kind_median == (round(median(of_kind)) if len(of_kind) >= 5 else None)
        low, high = sorted((each.median, each.kind_median or each.median))
        assert low <= each.drawn <= high or each.kind_median is None

    assert len(expected) > 80
    assert any(waiting for _n, waiting, *_rest in expected.values())
    assert (successor.pk, "confirm") in expected
    assert AnsweringTime.objects.filter(unit__kind=AgencyKind.GOVERNORSHIP, act="answer").exists()
    decided = ExtensionRequest.objects.filter(
        decided_at__gt=F("asked_at"), delivery__completed_at__isnull=False
    )
    assert decided.exists()
    assert not [each for each in findings(AT) if each.what.startswith("answering-time")]
    AnsweringTime.objects.filter(pk=AnsweringTime.objects.first().pk).update(median=1)
    assert [each for each in findings(AT) if each.what == "answering-time-of-other-copies"]

"""Each figure of the month in review: what it counts, by a recount, and the list to which it leads."""

import random
from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db.models import Count
from django.http import QueryDict
from django.utils import timezone

from agencies.calendar import WorkingCalendar, calendars_for, moment_on
from agencies.directory.shipped import load_shipped_directory
from agencies.models import Agency, Membership, Role, User
from circulars.models import Circular, Purpose
from distribution.demo.history.make import make_history
from distribution.models import Delivery, ExtensionRequest, Notice, NoticeKind, NoticeState
from distribution.queries.month_review.counted import Counted
from distribution.queries.month_review.figures import Figures
from distribution.queries.month_review.groups import By
from distribution.queries.month_review.medians import Wait
from distribution.queries.month_review.period import LAST_DAYS, Period, month_of, period_of
from distribution.queries.month_review.review import Review, month_review
from distribution.queries.sending.overview import Figure
from distribution.tables.files.exported_lists import filtered_rows, outstanding_filter
from tests.factories import AgencyFactory

pytestmark = pytest.mark.django_db

GROUPS_TRIED = 4
"""Groups of each kind whose figures are compared with their lists."""


@pytest.fixture
def manager_and_unit(db: None) -> tuple[User, Agency]:
    """A history of a hundred days, some of it recorded on behalf; most letters are of one unit or of one below it."""
    load_shipped_directory(whole=False)
    make_history(deliveries=1500, at=timezone.now(), days=100, seed=7)
    most = Circular.objects.values_list("issuer").annotate(n=Count("deliveries")).order_by("-n")[0][0]
    below = AgencyFactory(parent_id=most)
    rng = random.Random(14)
    for letter in Circular.objects.exclude(issuer=most).order_by("pk"):
        issuer = rng.choice([most, below.pk, letter.issuer_id])
        Circular.objects.filter(pk=letter.pk).update(issuer=issuer)
    confirmed = Delivery.objects.filter(circular__issuer=most, parent=None, acknowledged_at__isnull=False)
    on_behalf = rng.sample(list(confirmed.values_list("pk", flat=True)), 30)
    Delivery.objects.filter(pk__in=on_behalf).update(
        acknowledged_on_behalf=True,
        acknowledged_by=None,
        acknowledged_for=None,
        acknowledged_name="Can SU",
        acknowledged_sha256="",
    )
    completed = confirmed.filter(completed_at__isnull=False).values_list("pk", flat=True)
    Delivery.objects.filter(pk__in=list(completed)[:10]).update(
        completed_on_behalf=True, completed_by=None, completed_name="Can SU"
    )
    return Membership.objects.filter(agency=most, role=Role.MANAGER)[0].user, Agency.objects.get(pk=most)


def periods(at: datetime) -> list[Period]:
    today = timezone.localdate(at)
    return [month_of(today).before, period_of(LAST_DAYS, today)]


def test_the_figures_are_those_of_a_recount_and_lead_to_just_their_rows(
    manager_and_unit: tuple[User, Agency],
) -> None:
    manager, unit = manager_and_unit
    at = timezone.now()
    told, waits = 0, Waits(at)
    for period in periods(at):
        mine = of_period(unit, period)
        earlier = of_period(unit, period.before)
        for by in By:
            review = month_review(manager, unit, period, by, at)
            assert_recounted(review.all, mine, earlier, waits)
            assert sum(each.figures.now.sent for each in review.groups) == len(mine)
            for group in review.groups:
                own = [each for each in mine if KEYS[by](each) == group.key]
                before = [each for each in earlier if KEYS[by](each) == group.key]
                assert_recounted(group.figures, own, before, waits)
            for group in review.groups[:GROUPS_TRIED]:
                told += assert_listed(manager, unit, group.figures)
        told += assert_listed(manager, unit, review.all)
        assert_months(manager, unit, review, at)
        assert_waiting(review, mine, waits)
    assert told > 100


KEYS: dict[By, Callable[[Delivery], Any]] = {
    By.UNIT: lambda copy: copy.successor_id or copy.agency_id,
    By.KIND: lambda copy: copy.agency.kind,
    By.PROVINCE: lambda copy: copy.agency.province_id or "",
    By.LETTER: lambda copy: copy.circular_id,
    By.ISSUER: lambda copy: copy.circular.issuer_id,
}


def of_period(unit: Agency, period: Period) -> list[Delivery]:
    """The copies that count, read one by one."""
    below = set(Agency.objects.within([unit.pk]).values_list("pk", flat=True))
    copies = Delivery.objects.select_related("agency", "successor", "circular").all()
    return [
        each
        for each in copies
        if each.circular.issuer_id in below
        and each.circular.dispatched_at
        and period.first <= timezone.localdate(each.circular.dispatched_at) <= period.last
        and each.parent_id is None
        and each.is_in_force
    ]


def counts_as(copy: Delivery, what: Counted, at: datetime, been_reminded: set[int | None]) -> bool:
    """A second definition of each part, on one row."""
    own, acknowledged, due = not copy.acknowledged_on_behalf, copy.acknowledged_at, copy.due_at
    over = due is not None and due < at
    action = copy.purpose == Purpose.ACTION and not copy.completed_on_behalf and over
    match what:
        case Counted.DUE:
            return own and over
        case Counted.IN_TIME:
            return own and over and acknowledged is not None and due is not None and acknowledged <= due
        case Counted.LATE:
            return own and over and acknowledged is not None and due is not None and acknowledged > due
        case Counted.MISSING:
            return over and acknowledged is None
        case Counted.NOT_YET_DUE:
            return own and due is not None and due >= at
        case Counted.WITHOUT_DUE:
            return own and due is None
        case Counted.ON_BEHALF:
            return not own
        case Counted.MEASURED:
            return own
        case Counted.CONFIRMED:
            return own and acknowledged is not None
        case Counted.OPEN:
            return acknowledged is None
        case Counted.TO_COMPLETE:
            return action
        case Counted.COMPLETED_IN_TIME:
            return action and copy.completed_at is not None and due is not None and copy.completed_at <= due
        case Counted.COMPLETED_LATE:
            return action and copy.completed_at is not None and due is not None and copy.completed_at > due
        case Counted.NOT_COMPLETED:
            return action and copy.completed_at is None
        case Counted.COMPLETED_ON_BEHALF:
            return copy.completed_on_behalf
        case Counted.REMINDED:
            return copy.pk in been_reminded


def reminded() -> set[int | None]:
    """Ids of the copies of which a reminder was sent."""
    sent = Notice.objects.filter(kind=NoticeKind.REMINDER, state=NoticeState.SENT)
    return set(sent.values_list("delivery_id", flat=True))


def assert_recounted(
    figures: Figures, copies: list[Delivery], before: list[Delivery], waits: "Waits"
) -> None:
    for found, among in ((figures.now, copies), (figures.before, before)):
        assert found.sent == len(among)
        for what in Counted:
            expected = sum(counts_as(each, what, waits.at, waits.reminded) for each in among)
            assert found.counts.get(what, 0) == expected, what
        measured = [waits.of(each) for each in among if not each.acknowledged_on_behalf]
        assert (found.median is None) == (len(measured) < 5)
        if found.median is not None:
            expected_median = plain_median(measured)
            assert found.median.is_reached == (expected_median is not None)
            assert found.median.copies == len(measured)
            if expected_median is not None:
                assert abs(found.median.time - expected_median) < timedelta(milliseconds=1)


class Waits:
    """Working time from the sending to the confirmation, day by day, without what waited for the sender."""

    def __init__(self, at: datetime) -> None:
        self.at = at
        self.reminded = reminded()
        provinces = Agency.objects.values_list("province", flat=True).distinct()
        self.calendars = calendars_for(provinces, timezone.localdate(at) - timedelta(days=200))
        self.requests: dict[int, list[ExtensionRequest]] = {}
        for request in ExtensionRequest.objects.all():
            self.requests.setdefault(request.delivery_id, []).append(request)
        self.found: dict[int, Wait] = {}

    def of(self, copy: Delivery) -> Wait:
        if copy.pk not in self.found:
            calendar = self.calendars[copy.answering_unit.province_id]
            end = copy.acknowledged_at or self.at
            begin = copy.notified_at if copy.notified_at and copy.notified_at <= end else copy.created_at
            time = worked(calendar, begin, end)
            for each in self.requests.get(copy.pk, []):
                time -= worked(calendar, max(each.asked_at, begin), min(each.decided_at or self.at, end))
            self.found[copy.pk] = (time, copy.acknowledged_at is not None)
        return self.found[copy.pk]


def worked(calendar: WorkingCalendar, begin: datetime, end: datetime) -> timedelta:
    day, total = timezone.localdate(begin), timedelta()
    while day <= timezone.localdate(end):
        if hours := calendar.hours(day):
            opening, closing = (moment_on(day, hour) for hour in hours)
            total += max(min(end, closing) - max(begin, opening), timedelta())
        day += timedelta(days=1)
    return total


def plain_median(waits: Iterable[Wait]) -> timedelta | None:
    """Half of the copies: of those that had waited so long, the share that was confirmed then, multiplied."""
    waits = list(waits)
    moments = sorted({time for time, confirmed in waits if confirmed})
    remaining = 1.0
    for number, moment in enumerate(moments):
        at_risk = sum(time >= moment for time, _confirmed in waits)
        remaining *= 1 - sum(each == (moment, True) for each in waits) / at_risk
        if abs(remaining - 0.5) < 1e-9:
            return (moment + moments[number + 1]) / 2 if number + 1 < len(moments) else moment
        if remaining < 0.5:
            return moment
    return None


def values_of(figures: Figures) -> list[object]:
    """What the page says of a group."""
    names = [name for name, value in vars(Figures).items() if isinstance(value, property)]
    return [getattr(figures, name) for name in names]


def assert_listed(manager: User, unit: Agency, figures: Figures) -> int:
    """The list behind each figure has just as many rows. Returns how many figures weren't 0."""
    shares = (figures.in_time, figures.completed)
    found = [each for each in values_of(figures) if isinstance(each, Figure)]
    found += [each for share in shares for each in (share.part, share.whole)]
    for figure in found:
        listed = outstanding_filter(manager, unit, QueryDict(figure.query))
        assert listed.is_valid(), (figure.query, listed.errors)
        assert filtered_rows(listed).count() == figure.count, figure.query
    return sum(figure.count > 0 for figure in found)


def assert_months(manager: User, unit: Agency, review: Review, at: datetime) -> None:
    """The months are told as if each were chosen, and lead to the same lists."""
    assert [each.period.first for each in review.months] == sorted(
        each.period.first for each in review.months
    )
    for month in review.months:
        chosen = month_review(manager, unit, month.period, By.KIND, at).all
        for share, same in ((month.in_time, chosen.in_time), (month.completed, chosen.completed)):
            assert (share.part, share.whole, share.per_cent) == (
                type(share.part)(same.part.count, same.part.query, 0),
                type(share.whole)(same.whole.count, same.whole.query, 0),
                same.per_cent,
            )


def assert_waiting(review: Review, copies: list[Delivery], waits: Waits) -> None:
    """Each confirmed copy stands in one step, and the rest is open."""
    assert review.waiting is not None
    own = [waits.of(each) for each in copies if not each.acknowledged_on_behalf]
    assert review.waiting.copies == len(own)
    assert sum(each.copies for each in review.waiting.steps) == sum(done for _time, done in own)
    assert review.waiting.open.count == sum(not done for _time, done in own)
    day = timedelta(hours=9)
    assert review.waiting.steps[0].copies == sum(done and time <= day for time, done in own)
    assert review.waiting.steps[-1].copies == sum(done and time > 10 * day for time, done in own)


def test_the_periods_are_calendar_months_and_thirty_days() -> None:
    today = date(2026, 3, 15)

    assert period_of("", today) == Period(date(2026, 2, 1), date(2026, 2, 28))
    assert period_of("2026-03", today).before == Period(date(2026, 2, 1), date(2026, 2, 28))
    assert period_of("2026-01", today).before == Period(date(2025, 12, 1), date(2025, 12, 31))
    days = period_of(LAST_DAYS, today)
    assert (days.first, days.last, (days.last - days.first).days) == (date(2026, 2, 14), today, 29)
    assert days.before.last == date(2026, 2, 13)
    assert (days.before.last - days.before.first).days == 29

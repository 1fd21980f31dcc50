"""The confirmations of one letter by day and by province, and the charts of its pages."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from agencies.models import Agency, Province
from distribution.models import Delivery
from distribution.queries.letter.confirmations import MOST_DAYS, by_day, by_province
from distribution.queries.letter.listed import Lists
from distribution.services.follow_up.withdraw import withdraw
from distribution.services.receiving.acknowledge import acknowledge
from distribution.tables.charts.cumulative import HEIGHT, TOP, WIDTH, cumulative_chart
from distribution.tables.charts.funnel_bars import ShareBar, share_bars
from tests.conftest import SignIn
from tests.factories import AgencyFactory, dispatched_to, recipient_of, sender_of

pytestmark = pytest.mark.django_db

FRIDAY = datetime(2026, 3, 6, 12, tzinfo=UTC)


@pytest.fixture
def issuer() -> Agency:
    return AgencyFactory()


def test_days_are_added_up_in_turkish_time_with_working_days_and_the_due_day(issuer: Agency) -> None:
    first, second, silent = AgencyFactory.create_batch(3)
    due = FRIDAY + timedelta(days=4)
    letter = dispatched_to(first, second, silent, issuer=issuer, at=FRIDAY, due_at=due)
    moments = {
        first: FRIDAY + timedelta(hours=10),
        second: FRIDAY + timedelta(days=3),
    }  # 01:00 on Saturday there
    for unit, at in moments.items():
        copy = Delivery.objects.get(agency=unit)
        acknowledge(delivery=copy.public_id, by=recipient_of(unit), at=at)

    found = by_day(letter, Lists(letter, managed=False), at=FRIDAY + timedelta(days=6))

    days = {each.day: each for each in found.days}
    assert (min(days), max(days)) == (date(2026, 3, 6), date(2026, 3, 12))
    assert [each.total for each in found.days] == [0, 1, 1, 2, 2, 2, 2]
    assert [each.working_day for each in found.days] == [0, 0, 0, 1, 2, 3, 4]
    assert [each.day.day for each in found.days if each.is_off] == [7, 8]
    assert [each.day.day for each in found.days if each.is_due] == [10]
    assert (found.recipients, found.due_at, found.later) == (3, due, 0)


def test_an_old_letter_shows_its_first_days_and_says_how_many_came_later(issuer: Agency) -> None:
    unit, silent = AgencyFactory.create_batch(2)
    letter = dispatched_to(unit, silent, issuer=issuer, at=FRIDAY)
    copy = Delivery.objects.get(agency=unit)
    acknowledge(delivery=copy.public_id, by=recipient_of(unit), at=FRIDAY + timedelta(days=MOST_DAYS + 5))

    found = by_day(letter, Lists(letter, managed=False), at=FRIDAY + timedelta(days=900))

    assert (len(found.days), found.later) == (MOST_DAYS, 1)


def test_units_without_a_province_have_a_line_of_their_own(issuer: Agency, signed_in: SignIn) -> None:
    adana = AgencyFactory(province=Province.objects.create(plate="01", name="Adana"))
    letter = dispatched_to(AgencyFactory(), adana, issuer=issuer, at=timezone.now())

    places = by_province(letter, Lists(letter, managed=False), at=timezone.now())
    page = signed_in(sender_of(issuer)).get(reverse("letter_confirmations", args=[letter.public_id]))

    assert [(each.name, each.recipients) for each in places.rows] == [("Adana", 1), ("İl dışı", 1)]
    content = page.content.decode()
    assert content.count("<path") == 81
    assert "polyline" in content
    assert "style=" not in content


def test_a_letter_just_sent_and_a_withdrawn_one_have_their_page(issuer: Agency, signed_in: SignIn) -> None:
    letter, sender = dispatched_to(AgencyFactory(), issuer=issuer, at=timezone.now()), sender_of(issuer)
    address = reverse("letter_confirmations", args=[letter.public_id])

    assert signed_in(sender).get(address).status_code == 200
    withdraw(circular=letter, reason="Yanlış", by=sender, at=timezone.now())
    assert signed_in(sender).get(address).status_code == 200


def test_the_line_is_at_each_total_at_the_end_of_its_day_and_never_falls() -> None:
    chart = cumulative_chart([0, 3, 3, 10], 10, off=[1], mark=2.5)

    assert chart is not None
    points = [tuple(map(float, point.split(","))) for point in chart.line.split()]
    assert points[0] == (0, HEIGHT)
    assert points[-1] == (WIDTH, TOP)
    assert [x for x, _y in points] == [0, 180, 360, 540, 720]
    assert [y for _x, y in points] == sorted((y for _x, y in points), reverse=True)
    assert (chart.off, chart.day, chart.mark) == ([180.0], 180.0, 450.0)


def test_a_mark_outside_the_days_is_not_drawn_and_no_days_are_no_chart() -> None:
    chart = cumulative_chart([1], 1, mark=9)

    assert chart is not None and chart.mark is None
    assert cumulative_chart([], 5) is None
    assert cumulative_chart([0], 0) is None


def test_bars_are_parts_of_the_whole() -> None:
    assert share_bars([(200, 66, 266), (100, 0, 200), (0, 0, 0)], 266) == [
        ShareBar(1000, 752, 248), ShareBar(752, 376, 0), ShareBar(0, 0, 0),
    ]  # fmt: skip
    assert share_bars([(0, 0, 0)], 0) == [ShareBar(0, 0, 0)]

"""The page of the month in review, its files, and what counts in it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from agencies.models import Agency, AgencyKind, User
from circulars.models import Circular
from distribution.models import Delivery, PreparedFileKind
from distribution.queries.month_review.counted import Counted
from distribution.queries.month_review.groups import By
from distribution.queries.month_review.period import period_of
from distribution.queries.month_review.review import Review, month_review
from distribution.services.follow_up.decide_return import send_again
from distribution.services.follow_up.record_on_behalf import take_back_record
from distribution.services.receiving.extension import ask_extension, decide_extension
from distribution.services.receiving.object_to_record import object_to_record
from tests.conftest import SignIn
from tests.distribution.follow_up.correcting import begin, send
from tests.distribution.follow_up.on_behalf import recorded, said
from tests.distribution.month_review.month import LATER, MARCH, MONDAY, confirm, timed
from tests.distribution.returning import give_back, returned_by
from tests.factories import AgencyFactory, dispatched_to, manager_of, recipient_of, sender_of
from tests.query_count import query_count

pytestmark = pytest.mark.django_db


def reviewed(issuer: Agency, by: By = By.UNIT, at: datetime = LATER, month: str = "2026-03") -> Review:
    return month_review(manager_of(issuer), issuer, period_of(month, timezone.localdate(at)), by, at)


def counted(review: Review, *what: Counted) -> tuple[int, ...]:
    return tuple(review.all.now.counts[each] for each in what)


def test_confirmation_and_completion_are_told_apart_and_only_of_copies_due(issuer: Agency) -> None:
    units = AgencyFactory.create_batch(8)
    letter = timed(*units, issuer=issuer)
    for unit in units[:6]:
        confirm(letter, unit, MONDAY + timedelta(hours=2))
    confirm(letter, units[6], MONDAY + timedelta(days=20))
    dispatched_to(units[0], issuer=issuer, at=MONDAY)

    review = reviewed(issuer)

    assert (review.all.in_time.per_cent, review.all.in_time.part.count, review.all.in_time.whole.count) == (
        75, 6, 8,
    )  # fmt: skip
    assert counted(review, Counted.LATE, Counted.MISSING, Counted.WITHOUT_DUE) == (1, 1, 1)
    assert (review.all.completed.per_cent, review.all.completed.whole.count) == (0, 8)
    assert review.all.now.median is not None
    assert review.all.now.median.hours == 2


def test_a_month_whose_letters_are_not_due_yet_does_not_fail(issuer: Agency) -> None:
    units = AgencyFactory.create_batch(6)
    letter = timed(*units, issuer=issuer, days=20)
    confirm(letter, units[0], MONDAY + timedelta(hours=1))

    review = reviewed(issuer, at=MONDAY + timedelta(days=2))

    assert review.is_running
    assert review.all.in_time.per_cent is None
    assert review.all.in_time.whole.count == 0
    assert (review.all.not_yet_due.count, review.all.share_not_yet_due) == (6, 100)


def test_what_the_sender_recorded_is_counted_apart(issuer: Agency) -> None:
    units = AgencyFactory.create_batch(6)
    letter = timed(*units, issuer=issuer)
    for unit in units[:5]:
        confirm(letter, unit, MONDAY + timedelta(hours=1))
    recorded(letter.deliveries.get(agency=units[5]))

    review = reviewed(issuer)

    assert (review.all.sent.count, review.all.on_behalf.count, review.all.in_time.whole.count) == (6, 1, 5)
    assert review.all.measured.count == 5


def test_returned_withdrawn_and_replaced_copies_do_not_count_and_are_told(issuer: Agency) -> None:
    first, second, third = AgencyFactory.create_batch(3)
    old = dispatched_to(first, second, third, issuer=issuer, at=timezone.now())
    returned_by(third, old, at=timezone.now())
    send(begin(old), first, second)

    review = reviewed(issuer, at=timezone.now(), month=f"{timezone.localdate():%Y-%m}")

    assert review.letters == 1
    assert review.all.sent.count == 3 - review.not_counted.returned
    assert (review.not_counted.returned, review.not_counted.replaced) == (1, 2)


def test_time_that_waits_for_the_sender_does_not_count(issuer: Agency) -> None:
    unit = AgencyFactory()
    letter = timed(unit, issuer=issuer, days=10)
    copy = letter.deliveries.get()
    asked = ask_extension(
        delivery=copy.public_id, by=recipient_of(unit), at=MONDAY + timedelta(hours=1),
        wanted=MONDAY + timedelta(days=30), reason="Sayım sürüyor.",
    )  # fmt: skip
    decide_extension(
        extension=asked.public_id, by=sender_of(issuer), at=MONDAY + timedelta(hours=4), granted_until=None,
        answer="Gerekçe yeterli değil.",
    )  # fmt: skip
    confirm(letter, unit, MONDAY + timedelta(hours=6))
    others = AgencyFactory.create_batch(4)
    again = timed(*others, issuer=issuer)
    for each in others:
        returned = give_back(again.deliveries.get(agency=each), MONDAY + timedelta(hours=1))
        assert returned.returned_at is not None
        send_again(
            delivery=returned.public_id, returned_at=returned.returned_at, reason="Size aittir.",
            by=sender_of(issuer), at=MONDAY + timedelta(hours=5),
        )  # fmt: skip
        confirm(again, each, MONDAY + timedelta(hours=7))

    median = reviewed(issuer).all.now.median

    assert median is not None
    assert (median.hours, median.copies) == (3, 5)


def test_time_in_which_a_record_stood_that_was_undone_does_not_count(issuer: Agency) -> None:
    units = AgencyFactory.create_batch(5)
    letter = timed(*units, issuer=issuer)
    for number, unit in enumerate(units):
        copy = letter.deliveries.get(agency=unit)
        record = recorded(copy, said(said_at=MONDAY + timedelta(minutes=30)), at=MONDAY + timedelta(hours=1))
        end: dict[str, Any] = {"delivery": copy.public_id, "reason": "Teyit etmedik."}
        end["at"] = MONDAY + timedelta(hours=5)
        if number % 2:
            object_to_record(by=recipient_of(unit), **end)
        else:
            take_back_record(record=record.pk, by=sender_of(issuer), **end)
        confirm(letter, unit, MONDAY + timedelta(hours=7))

    median = reviewed(issuer).all.now.median

    assert median is not None
    assert (median.hours, median.copies) == (3, 5)


def test_a_unit_with_few_copies_does_not_lead_the_movements(issuer: Agency) -> None:
    few, many, slower, four, *same = AgencyFactory.create_batch(6, kind=AgencyKind.GOVERNORSHIP)
    now = {few: 1, many: 3, slower: 8, four: 1}
    for month, hours in ((2, dict[Agency, int]()), (3, now)):
        for number in range(30):
            at = datetime(2026, month, 2 + number % 4, 6, tzinfo=UTC)
            sent_to = [many, slower, *same, *([few] * (number < 5)), *([four] * (number < 4))]
            letter = dispatched_to(*sent_to, issuer=issuer, at=at)
            copies = {each.agency_id: each.pk for each in letter.deliveries.all()}
            for unit in sent_to:
                moment = at + timedelta(hours=hours.get(unit, 6))
                Delivery.objects.filter(pk=copies[unit.pk]).update(
                    acknowledged_at=moment, acknowledged_name="Can SU", acknowledged_sha256="0" * 64
                )

    moved = reviewed(issuer).movements

    assert [each.group.key for each in moved.best] == [many.pk, few.pk]
    assert [each.group.key for each in moved.worst] == [slower.pk]
    assert [each.now.copies for each in moved.best] == [30, 5]
    assert -3 < moved.best[0].hours < moved.best[1].hours < 0


def test_letters_are_ranked_against_the_median_of_all_copies(issuer: Agency) -> None:
    fast, slow = (dispatched_to(*AgencyFactory.create_batch(6), issuer=issuer, at=MONDAY) for _n in range(2))
    for letter, hours in ((fast, 1), (slow, 5)):
        for copy in letter.deliveries.all():
            confirm(letter, copy.agency, MONDAY + timedelta(hours=hours))

    moved = reviewed(issuer, By.LETTER).movements

    assert [each.group.key for each in moved.best] == [fast.pk]
    assert [each.group.key for each in moved.worst] == [slow.pk]


@pytest.mark.parametrize("by", By)
def test_the_page_shows_the_month_by_each_grouping(
    by: By, issuer: Agency, letters: list[Circular], signed_in: SignIn
) -> None:
    page = signed_in(manager_of(issuer)).get(reverse("month_review"), MARCH | {"by": by})

    content = page.content.decode()
    assert page.status_code == 200
    assert "01.03.2026 – 31.03.2026" in content
    assert "01.02.2026 – 28.02.2026" in content
    assert "%83" in content
    assert page.context["review"].all.sent.count == 12
    assert "owes=all&amp;sent_from=2026-03-01&amp;sent_to=2026-03-31" in content.replace(
        "counted=in_time&amp;", ""
    )
    assert 'href="?month=2026-02' in content
    assert 'href="?month=2026-04' in content


def test_the_list_behind_a_figure_says_what_it_is_narrowed_to(
    issuer: Agency, letters: list[Circular], signed_in: SignIn
) -> None:
    client = signed_in(manager_of(issuer))
    figure = client.get(reverse("month_review"), MARCH).context["review"].all.missing

    listed = client.get(f"{reverse('outstanding')}?{figure.query}")

    assert figure.count == len(listed.context["table"].rows) == 2
    assert str(Counted.MISSING.label) in [words for words, _rest in listed.context["narrowed_to"]]
    assert client.get(reverse("outstanding"), {"owes": "all", "counted": "x"}).status_code == 200


def test_the_rows_are_sorted_and_paged(issuer: Agency, signed_in: SignIn) -> None:
    units = AgencyFactory.create_batch(60)
    dispatched_to(*units, issuer=issuer, at=MONDAY)
    dispatched_to(units[40], issuer=issuer, at=MONDAY)
    client = signed_in(manager_of(issuer))

    page = client.get(reverse("month_review"), MARCH | {"by": "unit", "sort": "-sent"})
    second = client.get(reverse("month_review"), MARCH | {"by": "unit", "page": "2"})

    assert page.context["page"][0].key == units[40].pk
    assert len(page.context["page"]) == 50
    assert len(second.context["page"]) == 10
    assert 'aria-sort="descending"' in page.content.decode()


@pytest.mark.parametrize(
    "query",
    [
        "month=9999-99", "month=9999-12", "month=2026-13", "month=0001-01", "month=x", "month=%00", "month=-1",
        "month=2026-3", "month=٢٠٢٦-٠٣", "month=30", "by=x", "month=2026-03&by=%27",
    ],
)  # fmt: skip
def test_what_cannot_be_understood_is_said(query: str, issuer: Agency, signed_in: SignIn) -> None:
    client = signed_in(manager_of(issuer))

    for more in ("", "&_export=csv", "&_export=pdf"):
        page = client.get(f"{reverse('month_review')}?{query}{more}")

        assert page.status_code == 200
        assert "Listeden" in page.content.decode()
        assert "review" not in page.context


@pytest.mark.parametrize("query", ["sort=x", "page=1000000000", "page=x", "page=-1", "_export=exe", "sort=-"])
def test_an_unknown_order_or_page_is_the_usual_one(
    query: str, issuer: Agency, letters: list[Circular], signed_in: SignIn
) -> None:
    page = signed_in(manager_of(issuer)).get(f"{reverse('month_review')}?month=2026-03&{query}")

    assert page.status_code == 200
    assert page.context["page"].number == 1


@pytest.mark.parametrize("month", ["", "2026-03", "2000-01", "last-30-days"])
def test_a_month_without_letters_says_so(month: str, issuer: Agency, signed_in: SignIn) -> None:
    page = signed_in(manager_of(issuer)).get(reverse("month_review"), {"month": month})

    assert page.status_code == 200
    assert page.context["review"].groups == []
    assert "Gönderilen yazı yok" in page.content.decode()


def test_the_first_month_ever_is_compared_with_nothing(issuer: Agency, signed_in: SignIn) -> None:
    timed(*AgencyFactory.create_batch(6), issuer=issuer)

    page = signed_in(manager_of(issuer)).get(reverse("month_review"), MARCH | {"by": "unit"})

    review = page.context["review"]
    assert review.all.in_time.change is None
    assert review.movements.best == review.movements.worst == []
    assert review.all.now.median is not None
    assert not review.all.now.median.is_reached


@pytest.mark.parametrize("role", [recipient_of, sender_of])
def test_who_manages_no_unit_gets_no_review(
    role: Callable[[Agency], User], issuer: Agency, letters: list[Circular], signed_in: SignIn
) -> None:
    client = signed_in(role(issuer))

    assert client.get(reverse("month_review")).status_code == 404
    address = reverse("prepare_list", args=[PreparedFileKind.MONTH_REVIEW])
    assert client.post(f"{address}?month=2026-03&of_unit={issuer.pk}&_export=pdf").status_code == 404


def test_letters_of_other_units_are_not_counted(
    issuer: Agency, letters: list[Circular], signed_in: SignIn
) -> None:
    page = signed_in(manager_of(AgencyFactory())).get(reverse("month_review"), MARCH)

    assert page.context["review"].all.sent.count == 0


def test_the_number_of_queries_does_not_grow(issuer: Agency, signed_in: SignIn) -> None:
    client = signed_in(manager_of(issuer))

    def ask(by: str) -> int:
        return query_count(lambda: client.get(reverse("month_review"), MARCH | {"by": by}))

    for number in range(2):
        timed(AgencyFactory(), issuer=issuer, at=MONDAY - timedelta(days=20 * number))
    few = [ask(by) for by in By]
    for number in range(20):
        timed(*AgencyFactory.create_batch(2), issuer=issuer, at=MONDAY - timedelta(days=number))

    assert [ask(by) for by in By] == few
    assert max(few) <= 15


def test_the_board_leads_to_the_page(issuer: Agency, signed_in: SignIn) -> None:
    page = signed_in(manager_of(issuer)).get(reverse("board"))

    assert f'href="{reverse("month_review")}"' in page.content.decode()

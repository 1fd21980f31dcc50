"""The manager's board: each figure counts just the rows of the list to which it leads."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.db.models import Count
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone

from agencies.directory.shipped import load_shipped_directory
from agencies.models import Agency, AgencyKind, Membership, Province, Role, User
from circulars.models import Circular, Purpose, Urgency
from distribution.demo.history.make import make_history
from distribution.models import Delivery, Disposition, Heartbeat, ReturnGround
from distribution.outbox.outages.heartbeat import beat
from distribution.queries.managing import provinces
from distribution.queries.sending import overview
from distribution.queries.sending.overview import Figure
from distribution.queries.sending.owed import (
    Due,
    Owes,
    Waited,
    due_when,
    letters_owing,
    owed_of,
    owed_to,
    sent_letters,
    waited_steps,
)
from distribution.services.follow_up.withdraw import withdraw
from distribution.services.receiving.acknowledge import acknowledge
from distribution.services.receiving.answer import complete
from distribution.services.receiving.return_letter import return_letter
from distribution.tables.charts.province_map import province_map
from distribution.tables.files.exported_lists import filtered_rows, outstanding_filter
from tests.conftest import SignIn
from tests.distribution.follow_up.correcting import begin, confirm, send
from tests.factories import AgencyFactory, dispatched_to, manager_of, recipient_of, sender_of
from tests.query_count import query_count

pytestmark = pytest.mark.django_db

WEDNESDAY = datetime(2026, 3, 11, 9, tzinfo=UTC)


@pytest.fixture
def issuer() -> Agency:
    return AgencyFactory(name="Uluslararası İşgücü Genel Müdürlüğü")


def figures(user: User, unit: Agency, at: datetime) -> Iterator[Figure]:
    letters = sent_letters(user, unit)
    owed = owed_of(letters, Owes.EITHER, at=at)
    by_letter = overview.owed_by_letter(owed, at)
    head = overview.headline(letters, by_letter, at)
    yield from (value for value in vars(head).values() if isinstance(value, Figure))
    for row in overview.ageing(by_letter):
        yield from (*row.cells, row.total)
    for place in provinces.by_place(letters_owing(letters)).rows:
        yield from (place.to_confirm, place.owed, *place.by_kind)
    for behind in [*overview.letters_behind(by_letter), *overview.units_behind(owed, at)]:
        yield from (behind.owed, behind.overdue)
    for week in overview.trend(letters, at):
        yield from (week.sent, week.in_time, week.late, week.open)


def headline(user: User, unit: Agency, at: datetime) -> overview.Headline:
    letters = sent_letters(user, unit)
    owed = owed_of(letters, Owes.EITHER, at=at)
    return overview.headline(letters, overview.owed_by_letter(owed, at), at)


def test_each_figure_leads_to_just_the_rows_that_it_counts(db: None) -> None:
    load_shipped_directory(whole=False)
    make_history(deliveries=2500, at=timezone.now(), days=100, seed=14)
    at = timezone.now()
    most = Circular.objects.values_list("issuer").annotate(n=Count("deliveries")).order_by("-n")[0][0]
    manager = Membership.objects.filter(agency=most, role=Role.MANAGER)[0].user
    unit = Agency.objects.get(pk=most)

    found = list(figures(manager, unit, at))

    wrong = []
    for figure in found:
        listed = outstanding_filter(manager, unit, QueryDict(figure.query))
        assert listed.is_valid(), (figure.query, listed.errors)
        if filtered_rows(listed).count() != figure.count:
            wrong.append((figure, filtered_rows(listed).count()))
    assert not wrong
    assert sum(figure.count > 0 for figure in found) > 50


def test_the_steps_of_waiting_and_of_due_times_are_disjoint_and_complete(issuer: Agency) -> None:
    units = [AgencyFactory() for _number in range(30)]
    for day, unit in enumerate(units):
        dispatched_to(unit, issuer=issuer, at=WEDNESDAY - timedelta(days=day))
        due = None if day % 5 == 0 else WEDNESDAY + timedelta(days=day - 12)
        Delivery.objects.filter(agency=unit).update(due_at=due)
    rows = owed_to(manager_of(issuer), issuer, at=WEDNESDAY)

    steps = [set(rows.filter(condition)) for condition in waited_steps(WEDNESDAY).values()]
    dues = [set(rows.filter(due_when(each, WEDNESDAY))) for each in Due]

    for parts in (steps, dues):
        assert sum(map(len, parts)) == len(set().union(*parts)) == 30
        assert all(parts)


@pytest.mark.parametrize(
    ("sent", "step"),
    [
        (datetime(2026, 3, 11, 6, tzinfo=UTC), Waited.TWO),  # the same day
        (datetime(2026, 3, 9, 6, tzinfo=UTC), Waited.TWO),  # Monday: Tuesday and Wednesday have begun
        (datetime(2026, 3, 8, 6, tzinfo=UTC), Waited.FIVE),  # Sunday: Monday counts as well
        (datetime(2026, 3, 4, 6, tzinfo=UTC), Waited.FIVE),
        (datetime(2026, 3, 3, 6, tzinfo=UTC), Waited.TEN),
        (datetime(2026, 2, 25, 6, tzinfo=UTC), Waited.TEN),
        (datetime(2026, 2, 24, 6, tzinfo=UTC), Waited.MORE),
    ],
)
def test_working_days_are_counted(issuer: Agency, sent: datetime, step: Waited) -> None:
    dispatched_to(AgencyFactory(), issuer=issuer, at=sent)
    rows = owed_to(manager_of(issuer), issuer, at=WEDNESDAY)

    assert [each for each, condition in waited_steps(WEDNESDAY).items() if rows.filter(condition)] == [step]


def test_a_confirmed_letter_still_owes_its_answer_and_a_returned_one_waits_for_its_sender(
    issuer: Agency,
) -> None:
    silent, confirmed, answered, returned = (AgencyFactory() for _number in range(4))
    dispatched_to(silent, confirmed, answered, returned, issuer=issuer, at=timezone.now())
    copies = {each.agency_id: each.public_id for each in Delivery.objects.all()}
    at = timezone.now()
    for unit in (confirmed, answered):
        acknowledge(delivery=copies[unit.pk], by=recipient_of(unit), at=at)
    complete(delivery=copies[answered.pk], disposition=Disposition.DONE, by=recipient_of(answered), at=at)
    return_letter(
        delivery=copies[returned.pk], ground=ReturnGround.NOT_ADDRESSEE, reason="Bize değil.",
        by=recipient_of(returned), at=at,
    )  # fmt: skip
    manager = manager_of(issuer)

    def owing(what: Owes) -> list[Agency]:
        return [each.agency for each in owed_to(manager, issuer, what, at=timezone.now())]

    assert owing(Owes.CONFIRMATION) == [silent]
    assert owing(Owes.ANSWER) == [confirmed]
    assert owing(Owes.DECISION) == [returned]
    head = headline(manager, issuer, timezone.now())
    assert (head.to_confirm.count, head.to_answer.count, head.returned.count) == (1, 1, 1)
    assert (head.confirmed.count, head.share_in_time) == (2, 100)


def test_the_week_before_counts_what_was_outstanding_then(issuer: Agency, signed_in: SignIn) -> None:
    at = timezone.now()
    units = [AgencyFactory() for _number in range(5)]
    circular = dispatched_to(*units, issuer=issuer, at=at - timedelta(days=10))
    gone = dispatched_to(AgencyFactory(), issuer=issuer, at=at - timedelta(days=10))
    dispatched_to(AgencyFactory(), issuer=issuer, at=at - timedelta(days=2))
    copies = {each.agency_id: each.public_id for each in circular.deliveries.all()}
    acknowledge(delivery=copies[units[0].pk], by=recipient_of(units[0]), at=at - timedelta(days=8))
    acknowledge(delivery=copies[units[1].pk], by=recipient_of(units[1]), at=at - timedelta(days=1))
    withdraw(circular=gone, reason="Yanlış dosya", by=sender_of(issuer), at=at - timedelta(hours=1))

    head = headline(manager_of(issuer), issuer, at)

    assert head.to_confirm == Figure(4, "", 5)
    assert (
        "bir hafta önce: yaklaşık 5" in signed_in(manager_of(issuer)).get(reverse("board")).content.decode()
    )
    assert (head.confirmed.count, head.confirmed.before) == (1, 1)


def test_a_corrected_letter_is_counted_with_its_newest_revision_only(issuer: Agency) -> None:
    first, second = AgencyFactory(), AgencyFactory()
    old = dispatched_to(first, second, issuer=issuer, at=timezone.now() - timedelta(hours=2))
    confirm(old, first)
    send(begin(old), first, second)

    week = overview.trend(sent_letters(manager_of(issuer), issuer), timezone.now())[-1]

    assert (week.sent.count, week.in_time.count, week.late.count, week.open.count) == (2, 0, 0, 2)


@pytest.mark.parametrize(
    ("owes", "offered"), [("", True), ("answer", True), ("confirmed", False), ("all", False)]
)
def test_only_who_owes_something_is_reminded(
    owes: str, offered: bool, issuer: Agency, signed_in: SignIn
) -> None:
    done, silent = AgencyFactory(), AgencyFactory()
    confirm(dispatched_to(done, silent, issuer=issuer, at=timezone.now()), done)
    client = signed_in(manager_of(issuer))

    page = client.get(reverse("outstanding"), {"owes": owes})
    asked = client.get(reverse("remind_by_hand_outstanding"), {"owes": "confirmed"})

    assert (reverse("remind_by_hand_outstanding") in page.content.decode()) is offered
    assert [each.delivery.agency for each in asked.context["plan"].reminded] == [done]


def test_the_page_leads_to_the_list_and_shows_the_provinces(issuer: Agency, signed_in: SignIn) -> None:
    adana = AgencyFactory(name="Adana Valiliği", province=Province.objects.create(plate="01", name="Adana"))
    ministry = AgencyFactory(name="Tarım ve Orman Bakanlığı", kind=AgencyKind.MINISTRY)
    letter = dispatched_to(
        adana, ministry, issuer=issuer, urgency=Urgency.URGENT, purpose=Purpose.ACTION, at=timezone.now()
    )
    client = signed_in(manager_of(issuer))

    page = client.get(reverse("board"))

    content = page.content.decode()
    assert page.status_code == 200
    assert f"?owes=either&amp;letter={letter.public_id}" in content
    assert "Adana: 1 nüshadan 1" in content
    assert page.context["places"].rows[0].name == "Adana"
    assert page.context["places"].rows[-1].plate == ""
    assert content.count("<path") == 81
    listed = client.get(f"{reverse('outstanding')}?province=null")
    assert [row.record.agency for row in listed.context["table"].page.object_list] == [ministry]


def test_only_the_own_letters_are_counted(issuer: Agency, signed_in: SignIn) -> None:
    dispatched_to(AgencyFactory(), issuer=AgencyFactory(), at=timezone.now())

    page = signed_in(manager_of(issuer)).get(reverse("board"))

    assert page.context["head"].to_confirm.count == 0
    assert page.context["letters"] == page.context["units"] == []


@pytest.mark.parametrize("role", [recipient_of, sender_of])
def test_who_manages_no_unit_gets_no_board(role: object, issuer: Agency, signed_in: SignIn) -> None:
    assert signed_in(role(issuer)).get(reverse("board")).status_code == 404  # type: ignore[operator]


def test_the_number_of_queries_does_not_grow(issuer: Agency, signed_in: SignIn) -> None:
    beat(job=Heartbeat.Job.SWEEP, at=timezone.now())
    client = signed_in(manager_of(issuer))
    for _number in range(2):
        dispatched_to(AgencyFactory(), issuer=issuer, at=timezone.now())
    few = query_count(lambda: client.get(reverse("board")))
    for _number in range(20):
        dispatched_to(AgencyFactory(), AgencyFactory(), issuer=issuer, at=timezone.now())

    assert query_count(lambda: client.get(reverse("board"))) == few <= 15


@pytest.mark.parametrize(
    "query",
    [
        "owes=x", "due=x", "waited=x", "timely=x", "unit=99999999999999999999", "unit=x", "letter=x", "sent_from=x",
        "sent_from=2026-03-09&sent_to=2026-03-01", "province=99", "issuer=x", "page=1000000000", "unit=-1", "unit=0",
    ],
)  # fmt: skip
def test_an_impossible_filter_shows_no_rows_and_says_why(
    query: str, issuer: Agency, signed_in: SignIn
) -> None:
    dispatched_to(AgencyFactory(), issuer=issuer, at=timezone.now())

    assert signed_in(manager_of(issuer)).get(f"{reverse('outstanding')}?{query}").status_code == 200


def test_the_map_is_shaded_by_the_share_of_unconfirmed_copies(issuer: Agency) -> None:
    province = Province.objects.create(plate="06", name="Ankara")
    units = [AgencyFactory(province=province) for _number in range(4)]
    circular = dispatched_to(*units, issuer=issuer, at=timezone.now())
    for unit in units[:3]:
        acknowledge(
            delivery=circular.deliveries.get(agency=unit).public_id, by=recipient_of(unit), at=timezone.now()
        )

    drawn = province_map(provinces.by_place(letters_owing(sent_letters(manager_of(issuer), issuer))))

    ankara = next(each for each in drawn if each.plate == "06")
    assert ankara.shade == 3  # 25 % of 4 copies
    assert {each.shade for each in drawn if each is not ankara} == {0}

"""The page of copies that are likely to be late: which, in what order, why, and for whom."""

import re
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from time_machine import travel

from agencies.calendar import WorkingCalendar
from agencies.models import Agency, AgencyKind, Province, User
from agencies.services.leave import declare_leave
from circulars.models import Circular, Purpose, Urgency
from distribution.models import Delivery, Duty, LearnedLateness
from distribution.models.lateness import Lateness, Method
from distribution.queries.lateness.likely_late import likely_late
from distribution.services.receiving.acknowledge import acknowledge
from distribution.services.receiving.read import record_opened
from distribution.services.succession import close_unit
from tests.conftest import SignIn
from tests.factories import AgencyFactory, UserFactory, dispatched_to, manager_of, recipient_of, sender_of
from tests.query_count import query_count

pytestmark = pytest.mark.django_db
PAGE = reverse("likely_late")
PLAIN = WorkingCalendar()
SENT = PLAIN.morning_of(date(2026, 3, 2))
DUE = PLAIN.due_after(SENT, 9)
NOW = PLAIN.morning_of(date(2026, 3, 10))
"""Six of ten working days are over."""

WEIGHTS = {"base": -1.0, "share 1 unopened": 1.5, "share 1 confirmed": 0.5, "unit": 1.0}


@pytest.fixture(autouse=True)
def moment() -> Any:
    with travel(NOW, tick=False):
        yield


@pytest.fixture
def issuer() -> Agency:
    return AgencyFactory(name="Uluslararası İşgücü Genel Müdürlüğü", parent=AgencyFactory())


def sent(issuer: Agency, *units: Agency, due_at: datetime = DUE, **fields: object) -> Circular:
    letter = dispatched_to(*units, issuer=issuer, at=SENT, urgency=Urgency.TIMED, due_at=due_at, **fields)
    letter.deliveries.update(notified_at=SENT)
    return letter


def learned(
    units: dict[Agency, tuple[int, int]],
    method: Method = Method.LEARNED,
    late_last: bool = False,
    **more: Any,
) -> None:
    """Stored for both duties: late and finished copies of units, all of medium length."""
    numbers = {
        str(unit.pk): [0, 0, late, every, 0, 0, int(late_last)] for unit, (late, every) in units.items()
    }
    figures = Lateness(
        method=method,
        finished=1000,
        late=300,
        since=NOW - timedelta(days=300),
        split_at=NOW - timedelta(days=100),
        until=NOW,
        unseen=200,
        unseen_late=80,
        slow_last=(50, 25, 40, 5, 20),
        unopened=(40, 20, 30, 5, 15),
        own=(90, 63),
        very_likely=(60, 54),
        likely=(40, 24),
        weights=WEIGHTS,
        kinds={AgencyKind.OTHER: [0, 0, 300, 1000, 0, 0, 0]},
        units=numbers,
    )
    for duty in Duty:
        LearnedLateness.objects.update_or_create(
            duty=duty, defaults={"learned_at": NOW, "data": figures.to_json()}
        )


def found(by: User, unit: Agency, duty: Duty = Duty.CONFIRM) -> list[int]:
    return [each.copy.unit for each in likely_late(by, unit, timezone.now()).warnings[duty]]


def test_the_most_likely_come_first_with_reason_telephone_and_links(
    signed_in: SignIn, english: Any, issuer: Agency
) -> None:
    slow = AgencyFactory(name="Yavaş", phone="0478 211 00 00")
    slower, quick, unknown = (AgencyFactory(name=name) for name in ("Daha yavaş", "Hızlı", "Yeni"))
    letter = sent(issuer, slow, slower, quick, unknown)
    learned({slow: (6, 9), slower: (9, 9), quick: (0, 9)}, late_last=True)

    response = signed_in(manager_of(issuer)).get(PAGE)

    rows = response.context["rows"]
    assert [row.unit for row in rows] == [slower, slow, unknown]
    assert rows[0].chance == "very_likely"
    assert rows[2].chance == "likely"
    assert "Confirmed late: 6 of 9 letters (due within 6 to 10 working days)." in rows[1].reasons
    assert "Half of its time is over; not opened yet." in rows[1].reasons
    assert "It confirmed its last letter late." in rows[1].reasons
    assert any("units of its kind (Other) confirmed late: 300 of 1,000" in each for each in rows[2].reasons)
    page = response.content.decode()
    copy = letter.deliveries.get(agency=slow)
    assert 'href="tel:04782110000"' in page
    assert reverse("recipient", args=[letter.public_id, copy.public_id]) in page
    assert reverse("note_call", args=[slow.pk]) in page


def test_the_measured_figures_stand_on_the_page(signed_in: SignIn, english: Any, issuer: Agency) -> None:
    learned({})

    page = " ".join(signed_in(manager_of(issuer)).get(PAGE).content.decode().split())

    assert "1000 finished copies of all issuers" in page
    shares = ["%50", "%31", "%80", "%50", "%50", "%25", "%75", "%38", "%70", "%79"]
    assert re.findall(r"> (%\d+) ?</td>", page) == shares
    assert "“Very likely late” was said 60 times; it came true in %90." in page


def test_confirmed_overdue_and_not_yet_half_past_copies_are_not_named(issuer: Agency) -> None:
    confirmed, opened, overdue, young, waiting = (AgencyFactory() for _each in range(5))
    letter = sent(issuer, confirmed, opened, waiting)
    sent(issuer, overdue, due_at=NOW - timedelta(hours=1))
    sent(issuer, young, due_at=PLAIN.due_after(SENT, 60))
    for unit, act in ((confirmed, acknowledge), (opened, None)):
        copy = letter.deliveries.get(agency=unit)
        if act is None:
            record_opened(delivery=copy, by=recipient_of(unit), at=SENT + timedelta(hours=3))
        else:
            act(delivery=copy.public_id, by=recipient_of(unit), at=SENT + timedelta(hours=3))
    learned({})
    manager = manager_of(issuer)

    assert found(manager, issuer) == [waiting.pk]
    learned({confirmed: (9, 9)})
    assert found(manager, issuer, Duty.ANSWER) == [confirmed.pk, waiting.pk]


@pytest.mark.parametrize("rule", [Method.SLOW_LAST, Method.UNOPENED])
def test_a_plain_rule_in_use_is_said_and_has_no_degrees(
    signed_in: SignIn, english: Any, issuer: Agency, rule: Method
) -> None:
    late_last, opened = AgencyFactory(), AgencyFactory()
    letter = sent(issuer, late_last, opened)
    for unit in (late_last, opened)[rule == Method.UNOPENED :]:
        record_opened(
            delivery=letter.deliveries.get(agency=unit), by=recipient_of(unit), at=SENT + timedelta(hours=3)
        )
    learned({late_last: (5, 9)}, rule, late_last=True)
    client = signed_in(manager_of(issuer))

    response = client.get(PAGE)

    assert [row.unit for row in response.context["rows"]] == [late_last]
    assert "A simple rule is in use" in response.content.decode()
    assert "May be late" in response.content.decode()
    assert "was said" not in response.content.decode()


def test_before_half_of_the_time_a_plain_rule_names_nobody(issuer: Agency) -> None:
    unit = AgencyFactory()
    sent(issuer, unit, due_at=PLAIN.due_after(SENT, 16))
    learned({unit: (9, 9)}, Method.UNOPENED)

    assert found(manager_of(issuer), issuer) == []


@pytest.mark.parametrize("method", [None, Method.TOO_SHORT, Method.NONE])
def test_where_nothing_can_be_said_the_page_says_why_and_the_board_is_silent(
    signed_in: SignIn, english: Any, issuer: Agency, method: Method | None
) -> None:
    sent(issuer, AgencyFactory())
    if method is not None:
        learned({}, method)
    client = signed_in(manager_of(issuer))

    response = client.get(PAGE)

    page = response.content.decode()
    assert response.context["rows"] == []
    if method == Method.NONE:
        assert "did better than chance" in page
    else:
        assert f"Finished copies: {1000 if method else 0} of at least 300" in " ".join(page.split())
    assert "Confirmations likely late" not in client.get(reverse("board")).content.decode()


def test_the_board_counts_the_rows_behind_its_links(signed_in: SignIn, english: Any, issuer: Agency) -> None:
    units = [AgencyFactory() for _each in range(3)]
    sent(issuer, *units)
    sent(issuer, *units, purpose=Purpose.INFORMATION)
    learned({})
    client = signed_in(manager_of(issuer))

    counted = client.get(reverse("board")).context["likely_late"]

    assert counted.confirmations == len(client.get(PAGE).context["rows"]) == 6
    assert counted.answers == len(client.get(PAGE, {"owes": "answer"}).context["rows"]) == 3


def test_the_successor_of_a_closed_unit_is_judged_by_its_own_history(
    signed_in: SignIn, english: Any, issuer: Agency
) -> None:
    closed, successor = AgencyFactory(name="Kapanan"), AgencyFactory(name="Devralan", phone="0312 000 00 00")
    letter = sent(issuer, closed)
    close_unit(
        agency=closed,
        on=timezone.localdate(),
        successor=successor,
        by=UserFactory(),
        at=NOW,
        move_children=False,
    )
    assert Delivery.objects.get(circular=letter).successor == successor
    manager = manager_of(issuer)

    learned({closed: (9, 9), successor: (0, 30)})
    assert found(manager, issuer) == []
    learned({closed: (0, 30), successor: (9, 9)})
    response = signed_in(manager).get(PAGE)

    assert [row.unit for row in response.context["rows"]] == [successor]
    assert "In place of Kapanan, which is closed" in " ".join(response.content.decode().split())


def test_days_of_declared_leave_do_not_count_as_passed(issuer: Agency) -> None:
    province, elsewhere = (
        Province.objects.get_or_create(plate="25", defaults={"name": "Erzurum"})[0],
        AgencyFactory(),
    )
    snowed_in = AgencyFactory(province=province)
    sent(issuer, snowed_in, elsewhere, due_at=PLAIN.due_after(SENT, 10))
    day = timezone.localdate(SENT)
    declare_leave(
        province=province, first_day=day, last_day=PLAIN.add_working_days(day, 5), afternoon_only=False,
        reason="Kar", by=UserFactory(), at=SENT,
    )  # fmt: skip
    learned({})

    assert found(manager_of(issuer), issuer) == [elsewhere.pk]


def test_strangers_get_404_and_other_managers_see_nothing_of_it(signed_in: SignIn, issuer: Agency) -> None:
    unit, stranger = AgencyFactory(), AgencyFactory()
    sent(issuer, unit)
    learned({})
    for person in (sender_of(issuer), recipient_of(unit), UserFactory()):
        assert signed_in(person).get(PAGE).status_code == 404
    client = signed_in(manager_of(stranger))

    assert client.get(PAGE).context["rows"] == []
    assert client.get(reverse("board")).context["likely_late"].confirmations == 0
    assert issuer.parent is not None
    assert found(manager_of(issuer.parent), issuer.parent) == [unit.pk]


@pytest.mark.parametrize("query", ["?page=1000000000", "?page=x", "?owes=nonsense", "?owes=confirm&page=-1"])
def test_an_impossible_query_shows_the_list(signed_in: SignIn, issuer: Agency, query: str) -> None:
    sent(issuer, AgencyFactory())
    learned({})
    client = signed_in(manager_of(issuer))

    assert len(client.get(PAGE + query).context["rows"]) == 1
    assert client.post(PAGE).status_code == 405


def test_a_table_of_an_older_version_or_a_kind_that_is_new_breaks_nothing(
    signed_in: SignIn, issuer: Agency
) -> None:
    sent(issuer, AgencyFactory(kind=AgencyKind.PARLIAMENT))
    learned({})
    for row in LearnedLateness.objects.all():
        row.data |= {"weights": {"base": 2.0}, "kinds": {}, "units": {}, "slow_last": [], "very_likely": []}
        row.save()
    client = signed_in(manager_of(issuer))

    assert client.get(PAGE).status_code == client.get(reverse("board")).status_code == 200


def test_the_page_asks_as_many_queries_for_twenty_copies_as_for_two(
    signed_in: SignIn, issuer: Agency
) -> None:
    client = signed_in(manager_of(issuer))
    learned({})
    sent(issuer, *(AgencyFactory() for _each in range(2)))
    client.get(PAGE)
    few = query_count(client.get, PAGE)
    sent(issuer, *(AgencyFactory() for _each in range(18)))

    assert query_count(client.get, PAGE) == few <= 15

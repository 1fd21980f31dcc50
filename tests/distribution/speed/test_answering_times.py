"""The pages of answering times: a unit's own, the ranking, the call list, and what the reckoning leaves out."""

from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from agencies.models import Agency, AgencyKind, User
from circulars.models import Purpose
from distribution.models import AnsweringAct, AnsweringTime, AnsweringTimeRun, Delivery, ExtensionRequest
from distribution.models.answering_time import working_time_words
from distribution.queries.sending.answering_times import usual_times
from distribution.queries.sending.calls import call_list
from distribution.queries.speed.figures import drawn_towards, figure_of, median_of_kind
from distribution.services.follow_up.withdraw import withdraw
from distribution.services.reckon_answering_times import reckon_answering_times
from tests.conftest import SignIn
from tests.consistency import findings
from tests.factories import (
    MOMENT,
    AgencyFactory,
    UserFactory,
    dispatched_to,
    manager_of,
    recipient_of,
    sender_of,
)  # fmt: skip
from tests.query_count import query_count

pytestmark = pytest.mark.django_db
SENT = MOMENT  # a Monday, 12:30 in Istanbul
AT = SENT + timedelta(days=7)
RANKING = reverse("slow_and_quick")


@pytest.fixture
def issuer() -> Agency:
    return AgencyFactory(name="Ulaştırma Bakanlığı")


def confirmed_after(
    unit: Agency, issuer: Agency, *minutes: int, purpose: str = Purpose.INFORMATION
) -> list[Delivery]:
    """Letters that the unit was told of when they were sent, and confirmed so many minutes later."""
    copies = []
    for each in minutes:
        letter = dispatched_to(unit, issuer=issuer, at=SENT, purpose=purpose)
        copy = letter.deliveries.get()
        copy.notified_at, copy.acknowledged_at = SENT, SENT + timedelta(minutes=each)
        copy.acknowledged_by, copy.acknowledged_sha256 = UserFactory(), letter.content_sha256
        copy.save()
        copies.append(copy)
    return copies


def page(client: Client, name: str, unit: Agency, query: str = "") -> str:
    response = client.get(reverse(name, args=[unit.pk]) + query)
    assert response.status_code == 200
    return str(response.content.decode())


def time_of(unit: Agency, act: AnsweringAct = AnsweringAct.CONFIRMATION) -> AnsweringTime | None:
    found = usual_times([unit.pk]).get(unit.pk)
    return found.of(act) if found else None


# -- figures --------------------------------------------------------------------------------------------------


def test_below_five_answered_letters_there_is_no_figure() -> None:
    assert figure_of([1, 2, 3, 4], [900, 900]) is None
    assert figure_of([1, 2, 3, 4, 5], []) is not None


def test_letters_that_wait_longer_than_usual_count_with_the_time_so_far() -> None:
    quick = figure_of([10, 10, 10, 10, 10], [5] * 40)
    silent = figure_of([10, 10, 10, 10, 10], [6000] * 45)
    assert quick is not None
    assert (quick.letters, quick.waiting, quick.median) == (5, 0, 10)
    assert silent is not None
    assert (silent.letters, silent.waiting, silent.median) == (50, 45, 6000)


def test_a_figure_of_few_letters_is_drawn_further_towards_its_kind() -> None:
    assert drawn_towards(600, median=4, letters=5) > drawn_towards(600, median=4, letters=500)
    assert median_of_kind([1, 2, 3, 4]) is None


@pytest.mark.parametrize(
    ("minutes", "words"), [(0, "0 "), (59, "59 "), (90, "1,5 "), (600, "10 "), (6000, "100 ")]
)
def test_the_words_of_a_time_are_short(minutes: int, words: str) -> None:
    assert working_time_words(minutes).startswith(words)


# -- the reckoning --------------------------------------------------------------------------------------------


def test_figures_are_reckoned_once_a_day_and_a_stopped_run_goes_on(issuer: Agency) -> None:
    units = [AgencyFactory() for _ in range(3)]
    for unit in units:
        confirmed_after(unit, issuer, 10, 20, 30, 40, 50)

    assert reckon_answering_times(at=AT)
    first = AnsweringTimeRun.objects.get()
    assert reckon_answering_times(at=AT + timedelta(hours=1))
    assert AnsweringTimeRun.objects.get() == first
    assert {time_of(unit).median for unit in units} == {30}  # type: ignore[union-attr]

    tomorrow = AT + timedelta(days=1)
    stopped = AnsweringTimeRun.objects.create(
        at=tomorrow,
        first_day=tomorrow.date() - timedelta(days=365),
        last_day=tomorrow.date(),
        after=units[0].pk,
    )
    assert time_of(units[0]) is not None  # until the next run is finished, the last one is shown
    assert reckon_answering_times(at=tomorrow + timedelta(minutes=10))
    assert AnsweringTimeRun.objects.get() == stopped
    assert set(AnsweringTime.objects.values_list("unit", flat=True)) == {unit.pk for unit in units[1:]}


def test_a_call_that_has_worked_long_enough_stops_and_the_next_one_goes_on(
    issuer: Agency, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("distribution.services.reckon_answering_times.UNITS_AT_A_TIME", 1)
    unit = AgencyFactory()
    confirmed_after(unit, issuer, 10, 20, 30, 40, 50)
    calls = 1
    while not reckon_answering_times(at=AT, most_seconds=0):
        calls += 1
        assert time_of(unit) is None
    assert calls > 1
    assert time_of(unit) is not None


def test_time_that_waited_for_the_sender_nights_and_weekends_do_not_count(issuer: Agency) -> None:
    unit = AgencyFactory()
    copies = confirmed_after(unit, issuer, *[24 * 60] * 6)  # until the next day at the same hour
    assert reckon_answering_times(at=AT)
    day = time_of(unit)
    assert day is not None
    assert day.median == 9 * 60  # a working day

    for copy in copies:
        ExtensionRequest.objects.create(
            delivery=copy, wanted=SENT + timedelta(days=9), reason="Veri yok", asked_by=UserFactory(),
            asked_at=SENT + timedelta(minutes=10), decided_at=SENT + timedelta(minutes=70), answer="Olmaz",
            decided_by=UserFactory(),
        )  # fmt: skip
    assert reckon_answering_times(at=AT, anew=True)
    assert time_of(unit).median == day.median - 60  # type: ignore[union-attr]


def test_what_is_stored_is_checked_against_the_copies(issuer: Agency) -> None:
    unit = AgencyFactory()
    confirmed_after(unit, issuer, 10, 20, 30, 40, 50)
    assert reckon_answering_times(at=AT)
    kinds = {"answering-time-of-other-copies"}
    assert not [each for each in findings(AT) if each.what in kinds]
    AnsweringTime.objects.update(median=31)
    assert [each.where for each in findings(AT) if each.what in kinds] == [f"unit {unit.pk}"]


# -- a unit's own page ----------------------------------------------------------------------------------------


def test_a_unit_sees_its_figure_against_its_kind_and_each_letter_behind_it(
    issuer: Agency, signed_in: SignIn
) -> None:
    unit = AgencyFactory(kind=AgencyKind.GOVERNORSHIP, name="Iğdır Valiliği")
    others = [AgencyFactory(kind=AgencyKind.GOVERNORSHIP, name=f"Başka {n} Valiliği") for n in range(5)]
    own = confirmed_after(unit, issuer, 60, 60, 60, 60, 60)
    withdrawn = confirmed_after(unit, issuer, 5)[0]
    withdraw(circular=withdrawn.circular, reason="Yanlış", by=sender_of(issuer), at=SENT + timedelta(hours=1))
    for other in others:
        confirmed_after(other, issuer, 120, 120, 120, 120, 120)
    assert reckon_answering_times(at=AT)

    shown = page(signed_in(recipient_of(unit)), "answering_times", unit)

    figure = time_of(unit)
    assert figure is not None
    assert (figure.median, figure.letters, figure.kind_median) == (60, 5, 120)
    assert shown.count(working_time_words(60)) >= 5
    assert working_time_words(120) in shown
    for copy in [*own, withdrawn]:
        assert copy.circular.number in shown
    assert "geri çekti" in shown or "withdrew" in shown
    assert not [other for other in others if other.name in shown]


def test_the_median_of_a_kind_with_few_units_is_not_shown(issuer: Agency, signed_in: SignIn) -> None:
    unit, other = (AgencyFactory(kind=AgencyKind.MUNICIPALITY) for _ in range(2))
    confirmed_after(unit, issuer, 10, 10, 10, 10, 10)
    confirmed_after(other, issuer, 90, 90, 90, 90, 90)
    assert reckon_answering_times(at=AT)
    figure = time_of(unit)
    assert figure is not None
    assert figure.kind_median is None


def test_nobody_else_sees_the_page_of_a_unit(issuer: Agency, signed_in: SignIn) -> None:
    unit = AgencyFactory(parent=AgencyFactory())
    confirmed_after(unit, issuer, 10, 20, 30, 40, 50)
    assert reckon_answering_times(at=AT)
    address = reverse("answering_times", args=[unit.pk])
    strangers = [UserFactory(), recipient_of(AgencyFactory()), sender_of(issuer), manager_of(issuer)]
    for stranger in strangers:
        assert signed_in(stranger).get(address).status_code == 404
    assert signed_in(manager_of(unit.parent)).get(address).status_code == 200


def test_the_figure_on_the_page_of_the_unit_is_for_those_who_send_to_it(
    issuer: Agency, signed_in: SignIn
) -> None:
    unit = AgencyFactory()
    confirmed_after(unit, issuer, 47, 47, 47, 47, 47)
    assert reckon_answering_times(at=AT)
    words = working_time_words(47)
    for person in (sender_of(issuer), manager_of(issuer), recipient_of(unit)):
        assert words in page(signed_in(person), "agency", unit)
    for stranger in (UserFactory(), recipient_of(AgencyFactory()), sender_of(AgencyFactory())):
        assert words not in page(signed_in(stranger), "agency", unit)


@pytest.mark.parametrize(
    "query", ["?act=answer", "?act=%00x", "?page=1000000000", "?page=-1&act=answer", "?page=x"]
)
def test_impossible_addresses_are_pages(query: str, issuer: Agency, signed_in: SignIn) -> None:
    unit = AgencyFactory()
    confirmed_after(unit, issuer, 10)
    page(signed_in(recipient_of(unit)), "answering_times", unit, query)
    assert signed_in(manager_of(issuer)).get(RANKING + query).status_code == 200


def test_the_page_takes_as_many_queries_for_twenty_letters_as_for_two(
    issuer: Agency, signed_in: SignIn
) -> None:
    def queries(count: int) -> int:
        unit = AgencyFactory()
        confirmed_after(unit, issuer, *range(count), purpose=Purpose.ACTION)
        client = signed_in(recipient_of(unit))
        page(client, "answering_times", unit)
        return query_count(page, client, "answering_times", unit, "?act=answer")

    assert queries(2) == queries(20) <= 16


# -- the ranking ----------------------------------------------------------------------------------------------


def ranked(client: Client, query: str = "") -> list[str]:
    response = client.get(RANKING + query)
    assert response.status_code == 200
    return [each.unit.name for each in response.context["page"]]


def test_the_ranking_has_the_recipients_of_the_managers_letters_by_the_drawn_figure(
    issuer: Agency, signed_in: SignIn
) -> None:
    quick, slow, elsewhere, lucky = (
        AgencyFactory(name=f"{name} Kurumu") for name in ("Çevik", "Ağır", "Uzak", "Tek")
    )
    confirmed_after(quick, issuer, *[20] * 6)
    confirmed_after(slow, issuer, *[150] * 6)
    confirmed_after(lucky, issuer, *[4] * 4)
    confirmed_after(elsewhere, AgencyFactory(), *[60] * 5)
    assert reckon_answering_times(at=AT)

    client = signed_in(manager_of(issuer))

    assert ranked(client) == ["Ağır Kurumu", "Çevik Kurumu"]
    assert ranked(client, "?order=quick") == ["Çevik Kurumu", "Ağır Kurumu"]
    assert ranked(client, "?act=answer") == []
    assert signed_in(recipient_of(quick)).get(RANKING).status_code == 404
    assert signed_in(sender_of(issuer)).get(RANKING).status_code == 404


def test_the_ranking_takes_as_many_queries_for_twenty_units_as_for_two(
    issuer: Agency, signed_in: SignIn
) -> None:
    def queries(units: int) -> int:
        for _ in range(units):
            confirmed_after(AgencyFactory(), issuer, *[30] * 5)
        reckon_answering_times(at=AT, anew=True)
        client = signed_in(manager_of(issuer))
        ranked(client)
        return query_count(ranked, client)

    assert queries(2) == queries(6) <= 15


# -- the call list --------------------------------------------------------------------------------------------


def test_of_equal_units_the_call_list_has_the_slower_one_first_and_says_so(
    issuer: Agency, signed_in: SignIn
) -> None:
    now = timezone.now()
    person: User = manager_of(issuer)
    quick, slow = (AgencyFactory(name=name) for name in ("Çevik Kurumu", "Ağır Kurumu"))
    confirmed_after(quick, issuer, *[20] * 5)
    confirmed_after(slow, issuer, *[150] * 5)
    letter = dispatched_to(quick, slow, issuer=issuer, at=now)

    def order(moment: datetime) -> list[int]:
        return [place.unit for place in call_list(person, issuer, moment).places]

    assert order(now) == [quick.pk, slow.pk]
    reckon_answering_times(at=AT)
    assert order(now) == [slow.pk, quick.pk]
    letter.deliveries.filter(agency=quick).update(due_at=now - timedelta(hours=1))
    assert order(now) == [quick.pk, slow.pk]
    shown = signed_in(person).get(reverse("call_list")).content.decode()
    assert working_time_words(150) in shown

"""The units to ring: which, in what order, and what stands in each row."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from agencies.models import Agency, User
from circulars.models import Circular, Purpose, Urgency
from distribution.models import CallOutcome, Channel, Delivery, Notice, NoticeKind, NoticeState
from distribution.queries.sending.calls import call_list, rows_of
from distribution.services.follow_up.note_call import Outcome, note_call
from distribution.services.receiving.acknowledge import acknowledge
from tests.conftest import SignIn
from tests.factories import AgencyFactory, claimed, dispatched_to, left, manager_of, recipient_of, sender_of
from tests.query_count import query_count

pytestmark = pytest.mark.django_db
PAGE = reverse("call_list")
NOW = timezone.now()
LATE = NOW - timedelta(hours=2)


@pytest.fixture
def issuer() -> Agency:
    return AgencyFactory(name="Uluslararası İşgücü Genel Müdürlüğü", parent=AgencyFactory())


def sent(issuer: Agency, *units: Agency, due: timedelta | None = None, **fields: object) -> Circular:
    """A letter; with `due`, one that is due so long after now."""
    if due is not None:
        fields |= {"urgency": Urgency.TIMED, "due_at": NOW + timedelta(days=3)}
    letter = dispatched_to(*units, issuer=issuer, at=NOW - timedelta(days=2), **fields)
    if due is not None:
        letter.deliveries.update(due_at=NOW + due)
    return letter


def rung(agency: Agency, issuer: Agency, by: User, outcome: CallOutcome, **said: object) -> None:
    copies = Delivery.objects.filter(agency=agency).values_list("public_id", flat=True)
    what = Outcome(outcome=outcome, number=agency.phone, **said)  # type: ignore[arg-type]
    note_call(agency=agency, unit=issuer, deliveries=list(copies), outcome=what, by=by, at=LATE)


def listed(by: User, unit: Agency) -> list[str]:
    names = Agency.objects.in_bulk()
    return [names[place.unit].name for place in call_list(by, unit, NOW).places]


def test_the_most_pressing_unit_comes_first(issuer: Agency) -> None:
    manager = manager_of(issuer)
    overdue, urgent, soon, later, twice, action, info = (
        AgencyFactory(name=name) for name in ("overdue", "urgent", "soon", "later", "twice", "action", "info")
    )
    sent(issuer, info, purpose=Purpose.INFORMATION)
    sent(issuer, action, twice)
    sent(issuer, twice)
    sent(issuer, later, due=timedelta(days=2))
    sent(issuer, soon, due=timedelta(days=1))
    sent(issuer, urgent, urgency=Urgency.URGENT)
    sent(issuer, overdue, due=timedelta(hours=-1))

    order = ["overdue", "urgent", "soon", "later", "twice", "action", "info"]
    assert listed(manager, issuer) == order


def test_one_row_a_unit_with_all_that_it_owes_to_the_persons_units(issuer: Agency) -> None:
    below, unit = AgencyFactory(parent=issuer), AgencyFactory()
    first, second = sent(issuer, unit, due=timedelta(hours=-1)), sent(below, unit)
    answered = sent(issuer, unit)
    sent(AgencyFactory(), unit)
    acknowledge(delivery=answered.deliveries.get().public_id, by=recipient_of(unit), at=LATE)

    for by, owed in ((manager_of(issuer), 3), (sender_of(issuer), 2)):
        found = call_list(by, issuer, NOW)
        (row,) = rows_of(found, found.places, NOW)
        assert (row.place.owed, row.place.overdue, row.further) == (owed, 1, 0)
        assert row.letters[0].circular == first
        assert (second in [each.circular for each in row.letters]) == (owed == 3)


def test_a_unit_to_ring_again_later_or_that_promised_goes_to_the_end(issuer: Agency) -> None:
    manager = manager_of(issuer)
    again, promised, other = (AgencyFactory(name=name) for name in ("again", "promised", "other"))
    sent(issuer, again, promised, due=timedelta(hours=-1))
    sent(issuer, other, purpose=Purpose.INFORMATION)
    moment = NOW + timedelta(days=9)
    rung(again, issuer, manager, CallOutcome.NOT_REACHED, ring_again_at=moment)
    rung(promised, issuer, manager, CallOutcome.PROMISED, promised_for=timezone.localdate(NOW))

    assert listed(manager, issuer) == ["other", "promised", "again"]
    assert call_list(manager, issuer, NOW).places[2].put_off_until == moment
    assert [each.put_off_until for each in call_list(manager, issuer, moment).places] == [None] * 3


def test_a_later_call_or_a_new_letter_ends_the_putting_off(issuer: Agency) -> None:
    manager = manager_of(issuer)
    rung_since, written_to_since, put_off, other = (
        AgencyFactory(name=name) for name in ("rung", "written to", "put off", "other")
    )
    sent(issuer, rung_since, written_to_since, put_off, due=timedelta(hours=-1))
    sent(issuer, other, purpose=Purpose.INFORMATION)
    for unit in (rung_since, written_to_since, put_off):
        rung(unit, issuer, manager, CallOutcome.NOT_REACHED, ring_again_at=NOW + timedelta(days=9))
    rung(rung_since, issuer, manager, CallOutcome.REACHED)
    sent(issuer, written_to_since)

    assert listed(manager, issuer) == ["rung", "written to", "other", "put off"]


def test_a_row_says_who_what_was_tried_and_what_came_of_the_last_call(
    signed_in: SignIn, issuer: Agency
) -> None:
    manager = manager_of(issuer)
    unit = AgencyFactory(name="Ardahan Valiliği", phone="0478 211 00 00")
    person = recipient_of(unit)
    letter = sent(issuer, unit)
    left(claimed(NOW), NOW)
    rung(unit, issuer, manager, CallOutcome.REACHED, note="Müdürde")
    rung(unit, issuer, manager, CallOutcome.PROMISED, note="Yarın", promised_for=timezone.localdate(NOW))

    (row,) = (found := signed_in(manager).get(PAGE)).context["rows"]
    page = found.content.decode()

    assert (row.tried.sent, row.tried.reminders, row.calls, row.last_call.note) == (1, 0, 2, "Yarın")
    assert [each.user for each in row.people] == [person]
    assert 'href="tel:04782110000"' in page
    assert f"?owes=either&amp;unit={unit.pk}" in page
    assert reverse("recipient", args=[letter.public_id, letter.deliveries.get().public_id]) in page


def test_a_reminder_that_left_in_a_digest_has_the_day_of_the_digest(
    signed_in: SignIn, issuer: Agency
) -> None:
    unit = AgencyFactory(email="birim@ornek.example")
    letter = sent(issuer, unit)
    left_as = {"channel": Channel.EMAIL, "address": unit.email, "state": NoticeState.SENT, "recorded_at": NOW}
    digest = Notice.objects.create(
        kind=NoticeKind.DIGEST, agency=unit, digest_on=timezone.localdate(NOW), sent_at=NOW, next_attempt_at=NOW,
        message_id="<digest@ornek.example>", **left_as,
    )  # fmt: skip
    Notice.objects.create(
        kind=NoticeKind.REMINDER, agency=unit, delivery=letter.deliveries.get(), bundle=digest, next_attempt_at=NOW,
        message_id="<reminder@ornek.example>", **left_as,
    )  # fmt: skip

    (row,) = signed_in(manager_of(issuer)).get(PAGE).context["rows"]

    assert (row.tried.reminders, row.tried.last_reminder) == (1, NOW)


def test_the_link_of_a_row_leads_to_just_what_it_counts(signed_in: SignIn, issuer: Agency) -> None:
    unit = AgencyFactory()
    sent(issuer, unit, AgencyFactory(), due=timedelta(hours=-1))
    sent(issuer, unit)
    client = signed_in(manager_of(issuer))

    found = client.get(f"{reverse('outstanding')}?owes=either&unit={unit.pk}&due=overdue")

    place = next(row.place for row in client.get(PAGE).context["rows"] if row.unit == unit)
    assert (place.owed, place.overdue) == (2, len(found.context["table"].rows))


def test_a_stranger_gets_404_and_nobody_sees_what_is_owed_to_others(
    signed_in: SignIn, issuer: Agency
) -> None:
    unit, stranger = AgencyFactory(), AgencyFactory()
    sent(issuer, unit)
    assert signed_in(recipient_of(issuer)).get(PAGE).status_code == 404
    client = signed_in(manager_of(stranger))

    assert client.get(PAGE).context["rows"] == []
    assert client.get(reverse("note_call", args=[unit.pk])).headers["Location"].startswith(PAGE)
    assert client.get(reverse("note_call", args=[10**9])).status_code == 404


@pytest.mark.parametrize(
    "query", ["?page=1000000000", "?page=x", "?unit=", "?unit=²", "?unit=99999999999999999999"]
)
def test_an_impossible_page_or_unit_shows_the_list(signed_in: SignIn, issuer: Agency, query: str) -> None:
    sent(issuer, AgencyFactory())

    assert len(signed_in(sender_of(issuer)).get(PAGE + query).context["rows"]) == 1


def test_a_unit_of_the_query_opens_its_page(signed_in: SignIn, issuer: Agency) -> None:
    units = [AgencyFactory() for _each in range(27)]
    sent(issuer, *units)
    client = signed_in(manager_of(issuer))

    last = client.get(PAGE, {"unit": units[-1].pk}).context

    assert (last["page"].number, [row.unit for row in last["rows"]]) == (2, units[25:])
    assert client.get(PAGE).context["rows"][-1].following == units[25].pk
    assert last["rows"][-1].following is None


def test_the_list_asks_as_many_queries_for_twenty_units_as_for_two(signed_in: SignIn, issuer: Agency) -> None:
    manager = manager_of(issuer)
    client = signed_in(manager)

    def more(number: int) -> None:
        units = [AgencyFactory(phone="0312 555 00 00") for _each in range(number)]
        sent(issuer, *units, due=timedelta(hours=-1))
        sent(issuer, *units)
        for unit in units:
            recipient_of(unit)
            rung(unit, issuer, manager, CallOutcome.NOT_REACHED, ring_again_at=NOW + timedelta(days=1))

    more(2)
    client.get(PAGE)
    few = query_count(client.get, PAGE)
    more(18)

    assert query_count(client.get, PAGE) == few <= 15

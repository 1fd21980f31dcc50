"""Changing the due time of a sent letter: later or earlier, for all or for one, and for what was passed on."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from agencies.models import Agency, DeclaredLeave, Province, User
from agencies.services.refusal import ActionRefused
from circulars.models import Circular, Purpose, Urgency
from distribution.models import Delivery, DeliveryEvent, EventKind, Notice, NoticeKind, NoticeState
from distribution.outbox.messages import compose
from distribution.queries.invariants.consistency import check_delivery
from distribution.queries.invariants.consistency_of_rows import MARKS
from distribution.services.follow_up.change_due import DueChange, change_due
from distribution.services.receiving.extension import ask_extension, decide_extension
from distribution.services.receiving.pass_on import pass_on
from tests.conftest import SignIn
from tests.factories import AgencyFactory, UserFactory, dispatched_to, manager_of, recipient_of, sender_of

pytestmark = pytest.mark.django_db
ISTANBUL = ZoneInfo("Europe/Istanbul")
NOW = datetime(2027, 11, 1, 10, 0, tzinfo=ISTANBUL)
"""A Monday, ahead of the present day, so that the pages accept the due times."""


def november(day: int, hour: int = 17) -> datetime:
    return datetime(2027, 11, day, hour, 0, tzinfo=ISTANBUL)


DUE = november(19)


def letter_to(*agencies: Agency, due: datetime = DUE) -> Circular:
    return dispatched_to(*agencies, at=NOW, urgency=Urgency.TIMED, due_at=due)


def change(circular: Circular, until: datetime, **fields: object) -> DueChange:
    values = {"reason": "", "by": circular.recorded_by, "at": NOW, "until": until} | fields
    return change_due(circular=circular, **values)


def passed_on(above: Delivery, *, due: datetime | None = None, at: datetime = NOW) -> Delivery:
    unit = AgencyFactory(parent=above.agency)
    pass_on(
        delivery=above.public_id,
        recipients=[(unit, Purpose.ACTION)],
        note="",
        due_at=due,
        by=recipient_of(above.agency),
        at=at,
    )
    return Delivery.objects.get(agency=unit)


def granted(delivery: Delivery, until: datetime, **fields: bool) -> None:
    asked = ask_extension(
        delivery=delivery.public_id, by=recipient_of(delivery.agency), at=NOW, wanted=until, reason="Veri"
    )
    by = sender_of(delivery.circular.issuer)
    decide_extension(extension=asked.public_id, by=by, at=NOW, granted_until=until, **fields)


def due_of(delivery: Delivery) -> datetime | None:
    return Delivery.objects.get(pk=delivery.pk).due_at


def consistent() -> bool:
    return not [found for each in Delivery.objects.annotate(**MARKS) for found in check_delivery(each, NOW)]


def test_a_shorter_time_is_set_recorded_with_both_times_and_told_at_once() -> None:
    circular = letter_to(AgencyFactory())
    delivery = Delivery.objects.get()

    done = change(circular, november(12), reason="Toplantı öne alındı")

    assert ([each.pk for each in done.earlier], done.later) == ([delivery.pk], [])
    assert due_of(delivery) == november(12)
    event = DeliveryEvent.objects.get(kind=EventKind.DUE_CHANGED)
    assert (event.data["before"], event.data["due"]) == ("19.11.2027 17:00", "12.11.2027 17:00")
    recorded = circular.changes.get().data
    assert (recorded["before"], recorded["due"], recorded["count"]) == (
        "19.11.2027 17:00",
        "12.11.2027 17:00",
        1,
    )
    notice = Notice.objects.get(kind=NoticeKind.DUE_CHANGED)
    assert notice.state == NoticeState.WAITING
    mail = compose(notice)
    assert "19.11.2027 17:00" in mail.text and "12.11.2027 17:00" in mail.html
    delivery.refresh_from_db()
    assert delivery.next_reminder_at == datetime(2027, 11, 10, 8, 30, tzinfo=ISTANBUL)
    assert consistent()


def test_one_change_may_be_later_for_some_and_earlier_for_others() -> None:
    usual, other, added = AgencyFactory.create_batch(3)
    circular = letter_to(usual, other, added)
    Delivery.objects.filter(agency=added).update(due_at=november(5))

    done = change(circular, november(12))

    assert (len(done.earlier), len(done.later)) == (2, 1)
    assert set(Delivery.objects.values_list("due_at", flat=True)) == {november(12)}


def test_a_longer_time_given_personally_is_shortened_only_if_the_sender_says_so() -> None:
    agencies = AgencyFactory.create_batch(3)
    circular = letter_to(*agencies)
    by_request, by_sender, usual = Delivery.objects.order_by("pk")
    granted(by_request, november(26))
    change(circular, november(24), delivery=by_sender)

    kept = change(circular, november(12))

    assert {each.pk for each in kept.personal} == {by_request.pk, by_sender.pk}
    assert [due_of(each) for each in (by_request, by_sender, usual)] == [
        november(26),
        november(24),
        november(12),
    ]
    with pytest.raises(ActionRefused, match=r"ayrıca|personally"):
        change(circular, november(10), delivery=by_request)

    change(circular, november(10), personal_too=True)

    assert set(Delivery.objects.values_list("due_at", flat=True)) == {november(10)}


def test_what_was_passed_on_is_cut_with_a_shorter_time_and_keeps_an_earlier_one() -> None:
    circular = letter_to(AgencyFactory())
    top = Delivery.objects.get()
    same, early = passed_on(top), passed_on(top, due=november(8))
    deeper = passed_on(same, due=november(15))

    change(circular, november(12), below=False)

    assert [due_of(each) for each in (top, same, early, deeper)] == [
        november(12),
        november(12),
        november(8),
        november(12),
    ]
    told = Notice.objects.filter(kind=NoticeKind.DUE_CHANGED).values_list("agency", flat=True)
    assert set(told) == {each.agency_id for each in (top, same, deeper)}
    assert circular.changes.get().data["below"] == 2
    assert consistent()


@pytest.mark.parametrize("below", [True, False])
def test_what_was_passed_on_and_was_due_together_follows_to_a_later_time_if_wanted(below: bool) -> None:
    circular = letter_to(AgencyFactory())
    top = Delivery.objects.get()
    same, early = passed_on(top), passed_on(top, due=november(8))
    deeper = passed_on(same)

    change(circular, november(26), below=below)

    expected = november(26) if below else DUE
    assert [due_of(each) for each in (top, same, early, deeper)] == [
        november(26),
        expected,
        november(8),
        expected,
    ]
    assert consistent()


@pytest.mark.parametrize("below", [True, False])
def test_a_granted_request_reaches_what_was_passed_on_if_wanted(below: bool) -> None:
    letter_to(AgencyFactory())
    top = Delivery.objects.get()
    same, early = passed_on(top), passed_on(top, due=november(8))

    granted(top, november(26), below=below)

    assert [due_of(each) for each in (top, same, early)] == [
        november(26),
        november(26) if below else DUE,
        november(8),
    ]
    assert Notice.objects.filter(kind=NoticeKind.DUE_CHANGED).count() == int(below)


def test_the_same_time_or_one_that_has_passed_is_refused() -> None:
    circular = letter_to(AgencyFactory())
    for until in (DUE, NOW):
        with pytest.raises(ActionRefused):
            change(circular, until)
    assert not DeliveryEvent.objects.filter(kind=EventKind.DUE_CHANGED).exists()


def page(circular: Circular) -> str:
    return reverse("change_due", args=[circular.public_id])


def test_the_preview_says_for_whom_it_changes_and_changes_nothing(signed_in: SignIn) -> None:
    Province.objects.create(plate="25", name="Erzurum", sort_key="e")
    circular = letter_to(AgencyFactory(name="Kısalan Birim", province_id="25"), AgencyFactory())
    keeping = AgencyFactory(name="Uzun Süreli Birim")
    letter = Delivery.objects.create(
        circular=circular, agency=keeping, purpose=Purpose.ACTION, created_at=NOW, due_at=november(30)
    )
    DeclaredLeave.objects.create(
        first_day=date(2027, 11, 12), last_day=date(2027, 11, 12), province_id="25",
        reason="Yoğun kar", entered_by=UserFactory(), entered_at=NOW,
    )  # fmt: skip
    client = signed_in(sender_of(circular.issuer))
    typed = {"until_0": "2027-11-12", "until_1": "17:00", "reason": "Toplantı", "step": "look"}

    response = client.post(page(circular), typed)

    text = response.content.decode()
    assert len(response.context["found"].earlier) == 2
    assert all(
        name in text for name in ("Kısalan Birim", "Uzun Süreli Birim", "Erzurum", "Yoğun kar", "15.11.2027")
    )
    assert 'name="personal_too"' in text and 'name="below"' not in text
    assert not circular.changes.exists()
    again = client.post(page(circular), {"until": "12.11.2027 17:00", "reason": "Toplantı", "step": "edit"})
    assert 'value="2027-11-12"' in again.content.decode()

    client.post(page(circular), {"until": "12.11.2027 17:00", "reason": "Toplantı", "step": "send"})

    assert due_of(letter) == november(30)
    assert Delivery.objects.filter(due_at=november(12)).count() == 2


def test_the_preview_offers_the_copies_below_ticked(signed_in: SignIn) -> None:
    circular = letter_to(AgencyFactory())
    below = passed_on(Delivery.objects.get())
    client = signed_in(sender_of(circular.issuer))

    text = client.post(page(circular), {"until": "26.11.2027 17:00", "step": "look"}).content.decode()

    assert below.agency.name in text
    assert 'name="below" checked' in text
    client.post(page(circular), {"until": "26.11.2027 17:00", "below": "on", "step": "send"})
    assert due_of(below) == november(26)


def test_the_preview_counts_the_copies_below_a_longer_time_given_personally(signed_in: SignIn) -> None:
    circular = letter_to(*AgencyFactory.create_batch(2))
    personal = Delivery.objects.order_by("pk")[0]
    change(circular, november(26), delivery=personal)
    below = passed_on(personal, due=november(20))
    client = signed_in(sender_of(circular.issuer))

    response = client.post(page(circular), {"until": "12.11.2027 17:00", "step": "look"})

    assert response.context["found"].below_personal == [below]
    assert response.context["found"].below_earlier == []
    assert below.agency.name in response.content.decode()
    change(circular, november(12), personal_too=True)
    assert due_of(below) == november(12)


@pytest.mark.parametrize("role_of", [sender_of, recipient_of, manager_of])
def test_a_stranger_previews_nothing(signed_in: SignIn, role_of: Callable[[Agency], User]) -> None:
    circular = letter_to(AgencyFactory())
    client = signed_in(role_of(AgencyFactory()))

    assert client.post(page(circular), {"until": "26.11.2027", "step": "look"}).status_code == 404


def test_a_change_takes_as_many_queries_for_20_units_as_for_2() -> None:
    counts = []
    for size in (2, 20):
        circular = letter_to(*AgencyFactory.create_batch(size))
        with CaptureQueriesContext(connection) as queries:
            change(circular, november(12) + timedelta(hours=1))
        counts.append(len(queries))
    assert counts[0] == counts[1]

"""The service that passes a letter on."""

from datetime import timedelta

import pytest
from django.utils import timezone

from agencies.models import Agency, AgencyKind, Province, User
from circulars.models import Circular, Purpose, Urgency
from distribution.event_log import first_broken_event
from distribution.models import Delivery, DeliveryEvent, EventKind, Notice, NoticeKind
from distribution.services.receiving.acknowledge import acknowledge
from distribution.services.receiving.pass_on import (
    DueInPast,
    DueTooLate,
    NoLongerLive,
    NotRelated,
    PassedOn,
    pass_on,
)
from tests.factories import AgencyFactory, dispatched_to, recipient_of
from tests.query_count import query_count

pytestmark = pytest.mark.django_db


@pytest.fixture
def ministry() -> Agency:
    agency: Agency = AgencyFactory(name="Sağlık Bakanlığı", kind=AgencyKind.MINISTRY)
    return agency


@pytest.fixture
def registrar(ministry: Agency) -> User:
    return recipient_of(ministry)


def passed(
    delivery: Delivery, by: User, *agencies: Agency, purpose: Purpose = Purpose.ACTION, **more: object
) -> PassedOn:
    options = {"note": "", "due_at": None, "at": timezone.now(), **more}
    recipients = [(agency, purpose) for agency in agencies]
    return pass_on(delivery=delivery.public_id, recipients=recipients, by=by, **options)  # type: ignore[arg-type]


def sent_to(*agencies: Agency, **fields: object) -> Delivery:
    circular = dispatched_to(*agencies, **fields)
    return circular.deliveries.get(agency=agencies[0])


def test_each_unit_gets_a_delivery_below_with_its_own_purpose_and_note(
    ministry: Agency, registrar: User
) -> None:
    above = sent_to(ministry)
    first, second = AgencyFactory.create_batch(2, parent=ministry)
    at = timezone.now()

    outcome = pass_on(
        delivery=above.public_id,
        recipients=[(first, Purpose.ACTION), (second, Purpose.INFORMATION)],
        note=" Cuma gününe kadar ",
        due_at=at + timedelta(days=2),
        by=registrar,
        at=at,
    )

    children = Delivery.objects.filter(parent=above).order_by("pk")
    assert [child.agency for child in children] == [first, second]
    assert [child.purpose for child in children] == [Purpose.ACTION, Purpose.INFORMATION]
    assert {(tuple(child.path), child.note, child.line) for child in children} == {
        ((above.pk,), "Cuma gününe kadar", None)
    }
    assert {child.due_at for child in children} == {at + timedelta(days=2)}
    assert outcome.had_it == []


def test_both_sides_record_it_and_each_unit_is_notified(ministry: Agency, registrar: User) -> None:
    above = sent_to(ministry)
    below: Agency = AgencyFactory(parent=ministry, name="Yatırımlar Dairesi")

    child = passed(above, registrar, below, note="Bilginize").children[0]

    event = above.events.get(kind=EventKind.PASSED_ON)
    assert event.by == registrar
    assert event.for_agency == ministry
    assert event.data["units"] == ["Yatırımlar Dairesi"]
    assert event.data["note"] == "Bilginize"
    first = child.events.get()
    assert (first.sequence, first.kind) == (1, EventKind.RECEIVED_BELOW)
    assert first.data["units"] == ["Sağlık Bakanlığı"]
    for delivery in (above, child):
        assert first_broken_event(delivery, delivery.events.order_by("sequence")) is None
    notice = Notice.objects.get(delivery=child)
    assert (notice.kind, notice.agency, notice.address) == (NoticeKind.LETTER, below, below.email)


def test_passing_on_confirms_only_if_asked(ministry: Agency, registrar: User) -> None:
    above, other = sent_to(ministry), sent_to(ministry)

    passed(above, registrar, AgencyFactory(parent=ministry), confirm=True)
    passed(other, registrar, AgencyFactory(parent=ministry))

    above.refresh_from_db()
    other.refresh_from_db()
    assert above.acknowledged_by == registrar
    assert other.acknowledged_at is None


def test_a_unit_that_has_the_letter_is_not_given_it_twice(ministry: Agency, registrar: User) -> None:
    had, new = AgencyFactory.create_batch(2, parent=ministry)
    above = sent_to(ministry, had)

    outcome = passed(above, registrar, had, new)

    assert outcome.had_it == [had]
    assert [child.agency for child in outcome.children] == [new]


def test_a_unit_that_answers_for_a_closed_one_has_its_letter(ministry: Agency, registrar: User) -> None:
    successor: Agency = AgencyFactory(parent=ministry)
    above = sent_to(ministry, closed := AgencyFactory(parent=ministry))
    Delivery.objects.filter(agency=closed).update(successor=successor)

    assert passed(above, registrar, successor).had_it == [successor]


def test_passing_on_twice_changes_nothing_more(ministry: Agency, registrar: User) -> None:
    above = sent_to(ministry)
    below = AgencyFactory.create_batch(2, parent=ministry)
    passed(above, registrar, *below)
    before = (Delivery.objects.count(), DeliveryEvent.objects.count(), Notice.objects.count())

    outcome = passed(above, registrar, *below)

    assert outcome.children == []
    assert outcome.had_it == below
    assert (Delivery.objects.count(), DeliveryEvent.objects.count(), Notice.objects.count()) == before


def test_it_goes_on_to_any_depth_and_never_back_up(ministry: Agency, registrar: User) -> None:
    first: Agency = AgencyFactory(parent=ministry)
    second: Agency = AgencyFactory(parent=first)
    third: Agency = AgencyFactory(parent=second)
    above = sent_to(ministry)
    one = passed(above, registrar, first).children[0]
    two = passed(one, recipient_of(first), second).children[0]

    outcome = passed(two, recipient_of(second), third, ministry, first)

    assert [child.path for child in outcome.children] == [[above.pk, one.pk, two.pk]]
    assert outcome.had_it == [ministry, first]


def test_without_a_due_time_of_its_own_it_takes_that_of_the_delivery_above(
    ministry: Agency, registrar: User
) -> None:
    due = timezone.now() + timedelta(days=5)
    above = sent_to(ministry, urgency=Urgency.TIMED, due_at=due)

    assert passed(above, registrar, AgencyFactory(parent=ministry)).children[0].due_at == due


@pytest.mark.parametrize(("days", "refusal"), [(6, DueTooLate), (-1, DueInPast)])
def test_a_due_time_that_does_not_fit_leaves_nothing(
    ministry: Agency, registrar: User, days: int, refusal: type[Exception]
) -> None:
    now = timezone.now()
    above = sent_to(ministry, urgency=Urgency.TIMED, due_at=now + timedelta(days=5))

    with pytest.raises(refusal):
        passed(
            above, registrar, AgencyFactory(parent=ministry), due_at=now + timedelta(days=days), confirm=True
        )

    assert not above.children.exists()
    assert not Delivery.objects.get(pk=above.pk).acknowledged_at


def test_only_a_person_of_the_unit_that_answers_may_pass_on(ministry: Agency) -> None:
    above = sent_to(ministry)

    with pytest.raises(Delivery.DoesNotExist):
        passed(above, recipient_of(AgencyFactory()), AgencyFactory(parent=ministry))

    assert not above.children.exists()


def test_what_was_withdrawn_or_returned_is_not_passed_on(ministry: Agency, registrar: User) -> None:
    now = timezone.now()
    withdrawn, returned, taken_back = sent_to(ministry), sent_to(ministry), sent_to(ministry)
    Circular.objects.filter(pk=withdrawn.circular_id).update(
        withdrawn_at=now, withdrawn_by=registrar, withdrawal_reason="Yanlış liste"
    )
    Delivery.objects.filter(pk=returned.pk).update(
        returned_at=now, return_ground="not_addressee", return_reason="Bizim değil"
    )
    Delivery.objects.filter(pk=taken_back.pk).update(withdrawn_at=now)

    for delivery in (withdrawn, returned, taken_back):
        with pytest.raises(NoLongerLive):
            passed(delivery, registrar, AgencyFactory(parent=ministry), confirm=True)

    assert Delivery.objects.filter(parent__isnull=False).count() == 0
    assert not DeliveryEvent.objects.filter(kind__in=[EventKind.PASSED_ON, EventKind.ACKNOWLEDGED]).exists()


def test_a_stranger_to_the_unit_is_refused_by_name(ministry: Agency, registrar: User) -> None:
    above = sent_to(ministry)
    stranger = AgencyFactory(name="Başka Belediye Başkanlığı")

    with pytest.raises(NotRelated, match="Başka Belediye"):
        passed(above, registrar, AgencyFactory(parent=ministry), stranger)

    assert not above.children.exists()


def test_related_are_the_tree_the_province_and_for_a_central_body_every_directorate() -> None:
    adana = Province.objects.create(plate="01", name="Adana", sort_key="adana")
    izmir = Province.objects.create(plate="35", name="İzmir", sort_key="izmir")
    ministry = AgencyFactory(kind=AgencyKind.MINISTRY)
    unit = AgencyFactory(parent=ministry, kind=AgencyKind.CENTRAL_UNIT)
    sub_unit = AgencyFactory(parent=unit)
    governorship = AgencyFactory(kind=AgencyKind.GOVERNORSHIP, province=adana)
    here = AgencyFactory(
        kind=AgencyKind.PROVINCIAL_DIRECTORATE, province=adana, parent=AgencyFactory(kind=AgencyKind.MINISTRY)
    )
    there = AgencyFactory(kind=AgencyKind.PROVINCIAL_DIRECTORATE, province=izmir)

    def related(agency: Agency) -> set[Agency]:
        return set(Agency.objects.related_to(agency))

    assert related(ministry) == {unit, sub_unit, here, there}
    assert related(unit) == {ministry, sub_unit}
    assert related(governorship) == {here}
    assert related(here) == {governorship, here.parent}


def test_the_issuer_is_not_given_its_own_letter(ministry: Agency) -> None:
    unit: Agency = AgencyFactory(parent=ministry)
    above = sent_to(unit, issuer=ministry)

    with pytest.raises(NotRelated):
        passed(above, recipient_of(unit), ministry)


def test_a_closed_unit_gets_nothing(ministry: Agency, registrar: User) -> None:
    closed = AgencyFactory(parent=ministry, active_to=timezone.localdate())

    with pytest.raises(NotRelated):
        passed(sent_to(ministry), registrar, closed)


def test_passing_on_to_20_asks_as_many_questions_as_to_2(ministry: Agency, registrar: User) -> None:
    counts = []
    for number in (2, 20):
        above = sent_to(ministry)
        below = AgencyFactory.create_batch(number, parent=ministry)
        counts.append(query_count(passed, above, registrar, *below, confirm=True))
    assert counts[0] == counts[1]


def test_a_successor_passes_on_what_it_answers_for(ministry: Agency) -> None:
    closed = AgencyFactory(active_to=timezone.localdate(), successor=ministry)
    above = sent_to(closed)
    Delivery.objects.filter(pk=above.pk).update(successor=ministry)

    passed(above, recipient_of(ministry), AgencyFactory(parent=ministry))

    event = above.events.get(kind=EventKind.PASSED_ON)
    assert (event.for_agency, event.data["in_place_of"]) == (ministry, closed.name)


def test_a_confirmed_letter_can_be_passed_on_later(ministry: Agency, registrar: User) -> None:
    above = sent_to(ministry)
    acknowledge(delivery=above.public_id, by=registrar, at=timezone.now())

    passed(above, registrar, AgencyFactory(parent=ministry), confirm=True)

    assert above.events.filter(kind=EventKind.ACKNOWLEDGED).count() == 1

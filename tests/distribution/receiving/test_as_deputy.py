"""Actions of a deputy are recorded with the absent person's name."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from agencies.models import Agency, Role, User
from agencies.services.deputies import enter_deputyship
from circulars.models import Purpose, Urgency
from distribution.models import CircularChange, Delivery, DeliveryEvent, EventKind
from distribution.services.follow_up.change_due import change_due
from distribution.services.follow_up.pause import pause
from distribution.services.follow_up.recipients import add_recipient, remove_recipient
from distribution.services.follow_up.withdraw import withdraw
from distribution.services.sending.dispatch import dispatch
from tests.conftest import SignIn
from tests.factories import (
    AgencyFactory,
    MembershipFactory,
    UserFactory,
    dispatched_to,
    draft_to,
    recipient_of,
)

pytestmark = pytest.mark.django_db


def deputy_for(absent: User, unit: Agency) -> User:
    deputy: User = UserFactory()
    today = timezone.localdate()
    enter_deputyship(
        agency=unit,
        absent=absent,
        deputy=deputy,
        first_day=today,
        last_day=today + timedelta(days=1),
        reason="",
        by=absent,
        at=timezone.now(),
    )
    return deputy


def test_opening_and_confirming_as_deputy_names_both(signed_in: SignIn) -> None:
    unit = AgencyFactory()
    absent = recipient_of(unit)
    deputy = deputy_for(absent, unit)
    dispatched_to(unit)
    delivery = Delivery.objects.get()
    client = signed_in(deputy)

    client.get(reverse("delivery", args=[delivery.public_id]))
    page = client.post(reverse("acknowledge", args=[delivery.public_id]), follow=True).content.decode()

    delivery.refresh_from_db()
    assert (delivery.acknowledged_by, delivery.acknowledged_for) == (deputy, absent)
    for kind in (EventKind.OPENED, EventKind.ACKNOWLEDGED):
        data = delivery.events.get(kind=kind).data
        assert (data["name"], data["as_deputy_of"]) == (str(deputy), str(absent))
    assert str(deputy) in page
    assert str(absent) in page


def test_a_person_with_the_role_acts_in_their_own_name(signed_in: SignIn) -> None:
    unit = AgencyFactory()
    person = recipient_of(unit)
    dispatched_to(unit)
    delivery = Delivery.objects.get()

    signed_in(person).post(reverse("acknowledge", args=[delivery.public_id]))

    delivery.refresh_from_db()
    assert delivery.acknowledged_for is None
    assert "as_deputy_of" not in delivery.events.get(kind=EventKind.ACKNOWLEDGED).data


def test_a_deputys_letter_is_not_found_when_the_time_is_over(signed_in: SignIn) -> None:
    unit = AgencyFactory()
    absent = recipient_of(unit)
    deputy = deputy_for(absent, unit)
    dispatched_to(unit)
    client = signed_in(deputy)
    address = reverse("delivery", args=[Delivery.objects.get().public_id])
    assert client.get(address).status_code == 200

    absent.deputies.update(
        active_from=timezone.localdate() - timedelta(days=2), active_to=timezone.localdate()
    )

    assert client.get(address).status_code == 404
    assert client.post(reverse("acknowledge", args=[Delivery.objects.get().public_id])).status_code == 404


def test_a_dispatch_by_a_deputy_names_both() -> None:
    issuer, absent = AgencyFactory(), UserFactory()
    MembershipFactory(agency=issuer, user=absent, role=Role.SENDER)
    deputy = deputy_for(absent, issuer)
    circular = draft_to(AgencyFactory(), issuer=issuer)

    dispatch(circular=circular, by=deputy, at=timezone.now())

    data = Delivery.objects.get().events.get(kind=EventKind.DISPATCHED).data
    assert (data["by"], data["as_deputy_of"]) == (str(deputy), str(absent))


def test_what_a_deputy_changes_of_a_sent_letter_names_both(signed_in: SignIn) -> None:
    issuer, absent, unit = AgencyFactory(), UserFactory(), AgencyFactory()
    MembershipFactory(agency=issuer, user=absent, role=Role.SENDER)
    deputy = deputy_for(absent, issuer)
    now = timezone.now()
    due = now + timedelta(days=5)
    circular = dispatched_to(unit, issuer=issuer, at=now, urgency=Urgency.TIMED, due_at=due)

    pause(circular=circular, by=deputy, at=now)
    added = add_recipient(
        circular=circular, agency=AgencyFactory(), purpose=Purpose.ACTION, due_at=due, by=deputy, at=now
    )
    change_due(circular=circular, until=due + timedelta(days=5), reason="", by=deputy, at=now)
    remove_recipient(delivery=added, reason="yanlış birim", by=deputy, at=now)
    withdraw(circular=circular, reason="yanlış dosya", by=deputy, at=now)

    both = (str(deputy), str(absent))
    changes = CircularChange.objects.filter(circular=circular)
    assert changes.count() == 5
    assert {(change.data["name"], change.data["as_deputy_of"]) for change in changes} == {both}
    events = DeliveryEvent.objects.exclude(kind__in=[EventKind.DISPATCHED])
    assert {(event.data["name"], event.data["as_deputy_of"]) for event in events} == {both}
    page = signed_in(deputy).get(reverse("letter", args=[circular.public_id])).content.decode()
    assert str(absent) in page

"""More time for several recipients of several letters."""

from datetime import datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from agencies.models import Agency, Role, User
from agencies.services.refusal import ActionRefused
from circulars.models import Circular, Urgency
from distribution.models import ChangeKind, CircularChange, Delivery, EventKind, Notice, NoticeKind
from distribution.services.follow_up.give_more_time import give_more_time
from distribution.services.receiving.acknowledge import acknowledge
from distribution.services.receiving.answer import complete
from tests.conftest import SignIn
from tests.factories import AgencyFactory, MembershipFactory, copy_below, dispatched_to, recipient_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def issuer() -> Agency:
    agency: Agency = AgencyFactory()
    return agency


@pytest.fixture
def person(issuer: Agency) -> User:
    user: User = MembershipFactory(agency=issuer, role=Role.MANAGER).user
    MembershipFactory(user=user, agency=issuer, role=Role.SENDER)
    return user


def timed(issuer: Agency, count: int = 2, days: int = 3) -> Circular:
    now = timezone.now()
    due = now + timedelta(days=days)
    return dispatched_to(
        *AgencyFactory.create_batch(count), issuer=issuer, urgency=Urgency.TIMED, due_at=due, at=now
    )


def noon(days: int) -> datetime:
    return timezone.localtime(timezone.now() + timedelta(days=days)).replace(
        hour=12, minute=0, second=0, microsecond=0
    )


def test_chosen_copies_of_several_letters_are_due_later_and_the_others_are_not(
    issuer: Agency, person: User
) -> None:
    first, second = timed(issuer), timed(issuer)
    chosen = [first.deliveries.earliest("pk"), *second.deliveries.order_by("pk")]
    below = copy_below(chosen[0], AgencyFactory(), due_at=chosen[0].due_at)
    until, now = noon(10), timezone.now()

    done = give_more_time(
        deliveries=[each.public_id for each in chosen], until=until, reason="Kar", by=person, at=now
    )

    assert {each.pk for each in done.given} == {each.pk for each in chosen}
    assert [each.pk for each in done.below] == [below.pk]
    later = Delivery.objects.filter(due_at=until)
    assert set(later.values_list("pk", flat=True)) == {below.pk, *(each.pk for each in chosen)}
    assert all(each.events.filter(kind=EventKind.DUE_CHANGED).count() == 1 for each in later)
    assert Notice.objects.filter(kind=NoticeKind.DUE_CHANGED).count() == 4
    changes = CircularChange.objects.filter(kind=ChangeKind.DUE_CHANGED)
    assert sorted(len(each.data["units"]) for each in changes) == [1, 2]
    assert {each.data["reason"] for each in changes} == {"Kar"}


def test_what_was_confirmed_meanwhile_or_is_due_as_late_is_left_out_by_name(
    issuer: Agency, person: User
) -> None:
    letter, later = timed(issuer, 3), timed(issuer, 1, days=20)
    one, two, three = letter.deliveries.order_by("pk")
    by = recipient_of(two.agency)
    acknowledge(delivery=two.public_id, by=by, at=timezone.now())
    complete(delivery=two.public_id, disposition="done", note="", documents=[], by=by, at=timezone.now())
    unanswered = three
    acknowledge(delivery=three.public_id, by=recipient_of(three.agency), at=timezone.now())
    chosen = [one, two, unanswered, later.deliveries.get()]

    done = give_more_time(
        deliveries=[each.public_id for each in chosen],
        until=noon(10),
        reason="",
        by=person,
        at=timezone.now(),
    )

    assert {each.pk for each in done.given} == {one.pk, unanswered.pk}
    assert {each.pk for each, _why in done.left_out} == {two.pk, later.deliveries.get().pk}
    assert all(why for _each, why in done.left_out)


def test_nothing_is_written_for_a_passed_time_or_a_letter_of_another_unit(
    issuer: Agency, person: User
) -> None:
    mine, other = timed(issuer, 1).deliveries.get(), timed(AgencyFactory(), 1).deliveries.get()
    now = timezone.now()

    def give(*chosen: Delivery, until: datetime) -> None:
        ids = [each.public_id for each in chosen]
        give_more_time(deliveries=ids, until=until, reason="", by=person, at=now)

    with pytest.raises(ActionRefused):
        give(mine, until=now - timedelta(hours=1))
    with pytest.raises(ActionRefused):
        give(mine, until=now + timedelta(hours=1))
    with pytest.raises(Delivery.DoesNotExist):
        give(mine, other, until=noon(10))

    assert not CircularChange.objects.exists()
    assert not Notice.objects.filter(kind=NoticeKind.DUE_CHANGED).exists()


def test_nothing_ticked_and_too_much_is_no_error(issuer: Agency, person: User, signed_in: SignIn) -> None:
    client, address = signed_in(person), reverse("give_more_time")
    assert client.get(address)["Location"] == reverse("outstanding")
    assert client.post(address)["Location"] == reverse("outstanding")
    assert client.post(address, {"delivery": ["x"]}).status_code == 404
    many = [f"0b5cdd3a-97bd-4f0e-8b45-{number:012}" for number in range(501)]
    assert client.post(address, {"delivery": many}).status_code == 404
    gone = client.post(address, {"delivery": many[:1], "until": ""})
    assert gone.status_code == 200

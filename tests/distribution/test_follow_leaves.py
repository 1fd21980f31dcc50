"""Leave declared after a dispatch moves due times in working days, and warns of fixed ones."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse

from agencies.models import DeclaredLeave, Province
from agencies.services.leave import declare_leave, take_back_leave
from circulars.models import Circular, Purpose, Urgency
from distribution.models import Delivery, DeliveryEvent, EventKind, Notice, NoticeKind
from distribution.services.follow_leaves import follow_leaves
from distribution.services.follow_up.change_due import change_due
from distribution.services.receiving.pass_on import pass_on
from tests.conftest import SignIn
from tests.factories import AgencyFactory, UserFactory, dispatched_to, recipient_of, sender_of

pytestmark = pytest.mark.django_db
ISTANBUL = ZoneInfo("Europe/Istanbul")
DISPATCH = datetime(2027, 11, 1, 10, 0, tzinfo=ISTANBUL)
"""A Monday; five working days later it is Monday, the 8th."""


def november(day: int, hour: int = 17, minute: int = 30) -> datetime:
    return datetime(2027, 11, day, hour, minute, tzinfo=ISTANBUL)


def in_days(*agencies: object, days: int = 5) -> Circular:
    return dispatched_to(*agencies, at=DISPATCH, urgency=Urgency.TIMED, due_working_days=days)  # type: ignore[arg-type]


def declared(first: int, last: int, province: Province | None = None) -> DeclaredLeave:
    return declare_leave(
        first_day=date(2027, 11, first),
        last_day=date(2027, 11, last),
        afternoon_only=False,
        province=province,
        reason="Yoğun kar",
        by=UserFactory(first_name="Rehber"),
        at=november(2),
    )


def dues() -> list[datetime | None]:
    return list(Delivery.objects.order_by("pk").values_list("due_at", flat=True))


def test_leave_moves_the_due_times_in_working_days_of_its_province_once() -> None:
    erzurum = Province.objects.create(plate="25", name="Erzurum", sort_key="e")
    there, elsewhere = AgencyFactory(province=erzurum), AgencyFactory()
    circular = in_days(there, elsewhere)
    assert dues() == [november(8), november(8)]

    declared(4, 5, erzurum)

    assert follow_leaves(at=november(3)) == 1
    assert dues() == [november(10), november(8)]
    event = DeliveryEvent.objects.get(kind=EventKind.DUE_CHANGED)
    assert event.delivery.agency == there
    assert (event.data["before"], event.data["due"]) == ("08.11.2027 17:30", "10.11.2027 17:30")
    assert "Yoğun kar" in event.data["reason"]
    assert Notice.objects.get(kind=NoticeKind.DUE_CHANGED).agency == there
    assert circular.changes.get().data["count"] == 1
    assert follow_leaves(at=november(3)) == 0


def test_leave_taken_back_moves_them_back_unless_that_time_has_passed() -> None:
    in_days(AgencyFactory())
    leave = declared(4, 5)
    follow_leaves(at=november(3))

    take_back_leave(leave=leave, reason="Yanlış il", by=UserFactory(), at=november(3))
    follow_leaves(at=november(9))
    assert dues() == [november(10)]

    again = declared(9, 9)
    follow_leaves(at=november(8, 9))
    assert dues() == [november(10)]
    take_back_leave(leave=again, reason="Yanlış", by=UserFactory(), at=november(8, 9))
    assert follow_leaves(at=november(8, 10)) == 0


def test_leave_taken_back_in_time_restores_the_due_time() -> None:
    in_days(AgencyFactory())
    leave = declared(4, 5)
    follow_leaves(at=november(3))

    take_back_leave(leave=leave, reason="Yanlış", by=UserFactory(), at=november(3))

    assert follow_leaves(at=november(3)) == 1
    assert dues() == [november(8)]


def test_what_a_person_set_what_has_passed_and_what_left_later_is_left_alone() -> None:
    unit, changed = AgencyFactory(), AgencyFactory()
    circular = in_days(unit, changed)
    change_due(
        circular=circular, until=november(12), reason="", by=circular.recorded_by, at=november(2),
        delivery=Delivery.objects.get(agency=changed),
    )  # fmt: skip
    fixed = dispatched_to(AgencyFactory(), at=DISPATCH, urgency=Urgency.TIMED, due_at=november(5))
    declared(4, 5)
    later = dispatched_to(AgencyFactory(), at=november(3), urgency=Urgency.TIMED, due_working_days=2)

    follow_leaves(at=november(3))

    assert Delivery.objects.get(agency=changed).due_at == november(12)
    assert Delivery.objects.get(circular=fixed).due_at == november(5)
    assert Delivery.objects.get(circular=later).due_at == november(9)
    assert Delivery.objects.get(agency=unit).due_at == november(10)


def test_what_was_passed_on_follows() -> None:
    unit, below = AgencyFactory(), AgencyFactory()
    below.parent = unit
    below.save()
    in_days(unit)
    top = Delivery.objects.get()
    pass_on(
        delivery=top.public_id, recipients=[(below, Purpose.ACTION)], note="", due_at=None,
        by=recipient_of(unit), at=november(2),
    )  # fmt: skip
    declared(4, 5)

    assert follow_leaves(at=november(3)) == 2
    assert dues() == [november(10), november(10)]


def test_the_page_of_leave_says_what_lies_in_it_and_the_letter_s_page_warns_its_sender(
    signed_in: SignIn,
) -> None:
    circular = dispatched_to(AgencyFactory(), at=DISPATCH, urgency=Urgency.TIMED, due_at=november(5))
    administrator = signed_in(UserFactory(is_superuser=True))

    response = administrator.post(
        reverse("leaves"), {"first_day": "2027-11-04", "last_day": "05.11.2027", "reason": "Kar"}, follow=True
    )

    assert any(str(message).startswith("1 ") for message in response.context["messages"])
    [(_leave, _begun, _error, due)] = response.context["leaves"]
    assert due == 1
    letter = signed_in(sender_of(circular.issuer)).get(reverse("letter", args=[circular.public_id]))
    [(free, units)] = letter.context["free_due_days"]
    assert (free.free.name, units) == ("Kar", 1)
    assert free.words in letter.content.decode()
    take_back_leave(leave=DeclaredLeave.objects.get(), reason="x", by=UserFactory(), at=november(1))
    letter = signed_in(sender_of(circular.issuer)).get(reverse("letter", args=[circular.public_id]))
    assert letter.context["free_due_days"] == []

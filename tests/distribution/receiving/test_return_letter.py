"""Returning a letter: notification, grounds, and their time limits."""

from datetime import UTC, date, datetime, timedelta

import pytest

from agencies.models import DeclaredLeave
from agencies.services.refusal import ActionRefused
from circulars.models import Urgency
from distribution.models import (
    Delivery,
    DeliveryEvent,
    Disposition,
    EventKind,
    Notice,
    NoticeKind,
    NoticeState,
    ReturnGround,
    Stage,
)
from distribution.outbox.messages import compose
from distribution.services.receiving.acknowledge import acknowledge
from distribution.services.receiving.answer import complete
from distribution.services.receiving.return_letter import last_day_to_refuse, return_letter
from tests.factories import MOMENT, AgencyFactory, UserFactory, copy_below, dispatched_to, recipient_of

pytestmark = pytest.mark.django_db
REASON = "Görev alanımız dışındadır."


def returned(delivery: Delivery, at: datetime = MOMENT, ground: str = ReturnGround.NOT_ADDRESSEE) -> Delivery:
    return return_letter(
        delivery=delivery.public_id, by=recipient_of(delivery.agency), at=at, ground=ground, reason=REASON
    )


def test_the_issuer_is_notified_at_once_with_the_reason() -> None:
    issuer = AgencyFactory(name="Gönderen Genel Müdürlüğü", digests_letters=True)
    dispatched_to(AgencyFactory(name="Alan Başkanlığı"), issuer=issuer)
    delivery = Delivery.objects.get()

    returned(delivery)

    delivery.refresh_from_db()
    assert delivery.stage == Stage.RETURNED
    assert (delivery.return_ground, delivery.return_reason) == (ReturnGround.NOT_ADDRESSEE, REASON)
    event = delivery.events.get(kind=EventKind.RETURNED)
    assert event.data["reason"] == REASON
    notice = Notice.objects.get(kind=NoticeKind.RETURNED)
    assert (notice.agency, notice.state, notice.next_attempt_at) == (issuer, NoticeState.WAITING, MOMENT)
    message = compose(notice)
    assert "Alan Başkanlığı" in message.subject
    for body in (message.text, message.html):
        assert REASON in body
        assert f"/letters/{delivery.circular.public_id}/recipients/{delivery.public_id}/" in body


def test_the_mail_about_a_restricted_letter_tells_neither_subject_nor_reason() -> None:
    dispatched_to(AgencyFactory(), subject="Gizli Kalan Konu", secrecy="HİZMETE ÖZEL")
    delivery = Delivery.objects.get()

    returned(delivery)

    message = compose(Notice.objects.get(kind=NoticeKind.RETURNED))
    whole = message.subject + message.text + message.html
    assert "Gizli Kalan Konu" not in whole
    assert REASON not in whole


def test_what_was_passed_on_returns_to_the_unit_that_passed_it_on() -> None:
    above, unit = AgencyFactory(), AgencyFactory()
    dispatched_to(above)
    parent = Delivery.objects.get()
    delivery = copy_below(parent, unit)

    returned(delivery)

    notice = Notice.objects.get(kind=NoticeKind.RETURNED)
    assert notice.agency == above
    assert f"/deliveries/{parent.public_id}/" in compose(notice).text


def test_a_confirmed_letter_can_still_be_returned() -> None:
    agency = AgencyFactory()
    dispatched_to(agency)
    delivery = Delivery.objects.get()
    acknowledge(delivery=delivery.public_id, by=recipient_of(agency), at=MOMENT)

    returned(delivery)

    delivery.refresh_from_db()
    assert delivery.stage == Stage.RETURNED
    assert delivery.acknowledged_at == MOMENT


@pytest.mark.parametrize("state", ["completed", "returned", "withdrawn"])
def test_what_is_closed_can_not_be_returned(state: str) -> None:
    agency = AgencyFactory()
    dispatched_to(agency)
    delivery = Delivery.objects.get()
    match state:
        case "completed":
            complete(
                delivery=delivery.public_id,
                by=recipient_of(agency),
                at=MOMENT,
                disposition=Disposition.DONE,
            )
        case "returned":
            returned(delivery)
        case "withdrawn":
            Delivery.objects.update(withdrawn_at=MOMENT)
    before = DeliveryEvent.objects.count(), Notice.objects.count()

    with pytest.raises(ActionRefused):
        returned(delivery, at=MOMENT + timedelta(hours=1))

    assert (DeliveryEvent.objects.count(), Notice.objects.count()) == before


def test_without_a_reason_nothing_is_returned() -> None:
    agency = AgencyFactory()
    dispatched_to(agency)
    delivery = Delivery.objects.get()

    with pytest.raises(ActionRefused) as refused:
        return_letter(
            delivery=delivery.public_id,
            by=recipient_of(agency),
            at=MOMENT,
            ground=ReturnGround.NOT_ADDRESSEE,
            reason=" ",
        )

    assert refused.value.field == "reason"
    assert not Notice.objects.filter(kind=NoticeKind.RETURNED).exists()


def test_a_stranger_may_not_return_it() -> None:
    dispatched_to(AgencyFactory())
    delivery = Delivery.objects.get()

    with pytest.raises(Delivery.DoesNotExist):
        return_letter(
            delivery=delivery.public_id,
            by=recipient_of(AgencyFactory()),
            at=MOMENT,
            ground=ReturnGround.NOT_ADDRESSEE,
            reason=REASON,
        )


@pytest.mark.parametrize(
    ("milestones", "last"),
    [
        ({}, date(2026, 3, 4)),
        ({"notified_at": datetime(2026, 3, 5, 9, tzinfo=UTC)}, date(2026, 3, 9)),
        (
            {
                "notified_at": datetime(2026, 3, 5, 9, tzinfo=UTC),
                "reached_at": datetime(2026, 3, 6, 9, tzinfo=UTC),
            },
            date(2026, 3, 10),
        ),
    ],
    ids=["sent on a Monday", "notified on a Thursday", "reached on a Friday"],
)
def test_the_days_run_from_when_it_reached_the_unit(milestones: dict[str, datetime], last: date) -> None:
    dispatched_to(AgencyFactory())
    Delivery.objects.update(**milestones)

    assert last_day_to_refuse(Delivery.objects.get()) == last


def test_declared_leave_does_not_count() -> None:
    dispatched_to(AgencyFactory())
    DeclaredLeave.objects.create(
        first_day=date(2026, 3, 3),
        last_day=date(2026, 3, 4),
        reason="Kar",
        entered_by=UserFactory(),
        entered_at=MOMENT,
    )

    assert last_day_to_refuse(Delivery.objects.get()) == date(2026, 3, 6)


def test_not_fit_is_possible_until_the_end_of_the_second_working_day() -> None:
    dispatched_to(AgencyFactory())
    delivery = Delivery.objects.get()

    returned(delivery, at=datetime(2026, 3, 4, 20, 59, tzinfo=UTC), ground=ReturnGround.NOT_FIT)

    delivery.refresh_from_db()
    assert delivery.return_ground == ReturnGround.NOT_FIT


def test_after_that_the_error_says_until_when_it_was_possible_and_the_other_ground_stays() -> None:
    dispatched_to(AgencyFactory(), urgency=Urgency.URGENT)
    delivery = Delivery.objects.get()
    moment = datetime(2026, 3, 4, 21, 1, tzinfo=UTC)

    with pytest.raises(ActionRefused, match=r"04\.03\.2026") as refused:
        returned(delivery, at=moment, ground=ReturnGround.NOT_FIT)
    assert refused.value.field == "ground"
    delivery.refresh_from_db()
    assert delivery.returned_at is None

    returned(delivery, at=moment)
    delivery.refresh_from_db()
    assert delivery.returned_at == moment

"""Requesting, granting and refusing an extension."""

from datetime import timedelta
from typing import Any

import pytest

from agencies.models import Agency, User
from agencies.services.refusal import ActionRefused
from circulars.models import Urgency
from distribution.models import (
    Delivery,
    DeliveryEvent,
    Disposition,
    EventKind,
    ExtensionRequest,
    Notice,
    NoticeKind,
    NoticeState,
)
from distribution.outbox.messages import compose
from distribution.services.receiving.answer import complete
from distribution.services.receiving.extension import ask_extension, decide_extension
from tests.factories import (
    MOMENT,
    AgencyFactory,
    copy_below,
    dispatched_to,
    manager_of,
    recipient_of,
    sender_of,
)

pytestmark = pytest.mark.django_db
DUE = MOMENT + timedelta(days=5)
WANTED = DUE + timedelta(days=3)


def timed(agency: Agency, **fields: Any) -> Delivery:
    circular = dispatched_to(agency, urgency=Urgency.TIMED, due_at=DUE, **fields)
    return Delivery.objects.get(circular=circular)


def asked(delivery: Delivery, **changed: Any) -> ExtensionRequest:
    values = {
        "by": recipient_of(delivery.agency),
        "at": MOMENT,
        "wanted": WANTED,
        "reason": "Veri bekleniyor.",
    }
    return ask_extension(delivery=delivery.public_id, **values | changed)


def passed_on(parent: Delivery, unit: Agency) -> Delivery:
    return copy_below(parent, unit, due_at=DUE - timedelta(days=1))


def test_a_request_is_recorded_and_the_issuer_is_notified_in_the_morning() -> None:
    delivery = timed(AgencyFactory(name="Soran Başkanlığı"))

    request = asked(delivery)

    assert (request.due_before, request.wanted, request.is_open) == (DUE, WANTED, True)
    event = delivery.events.get(kind=EventKind.EXTENSION_ASKED)
    assert event.data["reason"] == "Veri bekleniyor."
    assert event.data["due"] == "10.03.2026 12:30"
    notice = Notice.objects.get(kind=NoticeKind.EXTENSION_ASKED)
    assert (notice.agency, notice.state) == (delivery.circular.issuer, NoticeState.HELD)
    text = compose(notice).text
    assert "Soran Başkanlığı" in text
    assert f"/more-time/{request.public_id}/" in text


def test_an_urgent_letters_request_leaves_at_once() -> None:
    agency = AgencyFactory()
    dispatched_to(agency, urgency=Urgency.URGENT)
    Delivery.objects.update(due_at=DUE)

    asked(Delivery.objects.get())

    assert Notice.objects.get(kind=NoticeKind.EXTENSION_ASKED).state == NoticeState.WAITING


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"wanted": DUE}, "wanted"),
        ({"wanted": WANTED, "at": WANTED + timedelta(hours=1)}, "wanted"),
        ({"reason": "  "}, "reason"),
    ],
    ids=["not later", "past already", "no reason"],
)
def test_a_wrong_request_leaves_nothing(changed: dict[str, Any], field: str) -> None:
    delivery = timed(AgencyFactory())

    with pytest.raises(ActionRefused) as refused:
        asked(delivery, **changed)

    assert refused.value.field == field
    assert not ExtensionRequest.objects.exists()
    assert DeliveryEvent.objects.count() == 1


@pytest.mark.parametrize("state", ["no due time", "answered", "withdrawn"])
def test_nothing_is_asked_where_nothing_is_due(state: str) -> None:
    agency = AgencyFactory()
    delivery = timed(agency)
    match state:
        case "no due time":
            Delivery.objects.update(due_at=None)
        case "answered":
            complete(
                delivery=delivery.public_id, by=recipient_of(agency), at=MOMENT, disposition=Disposition.DONE
            )
        case "withdrawn":
            Delivery.objects.update(withdrawn_at=MOMENT)

    with pytest.raises(ActionRefused):
        asked(delivery)

    assert not ExtensionRequest.objects.exists()


def test_one_request_is_open_at_a_time_and_a_further_one_may_follow() -> None:
    issuer = AgencyFactory()
    delivery = timed(AgencyFactory(), issuer=issuer)
    request = asked(delivery)

    with pytest.raises(ActionRefused):
        asked(delivery)

    decide_extension(
        extension=request.public_id, by=sender_of(issuer), at=MOMENT, granted_until=None, answer="Hayır."
    )
    asked(delivery)
    assert delivery.extension_requests.count() == 2


def test_granting_moves_the_due_time_and_tells_the_unit() -> None:
    issuer = AgencyFactory(name="Veren Genel Müdürlüğü")
    agency = AgencyFactory()
    sender = sender_of(issuer)
    delivery = timed(agency, issuer=issuer)
    Delivery.objects.update(reminders_done=2, next_reminder_at=MOMENT)
    until = DUE + timedelta(days=2)

    decide_extension(
        extension=asked(delivery).public_id, by=sender, at=MOMENT, granted_until=until, answer=" Olur. "
    )

    delivery.refresh_from_db()
    assert delivery.due_at == until
    assert delivery.next_reminder_at is not None and MOMENT < delivery.next_reminder_at < until
    request = ExtensionRequest.objects.get()
    assert (request.granted_until, request.decided_by, request.answer) == (until, sender, "Olur.")
    event = delivery.events.get(kind=EventKind.EXTENSION_GRANTED)
    assert (event.by, event.for_agency, event.data["due"]) == (sender, issuer, "09.03.2026 12:30")
    notice = Notice.objects.get(kind=NoticeKind.EXTENSION_DECIDED)
    assert (notice.agency, notice.state) == (agency, NoticeState.HELD)
    assert "09.03.2026 12:30" in compose(notice).text


def test_refusing_needs_a_reason_and_moves_nothing() -> None:
    issuer = AgencyFactory()
    sender = sender_of(issuer)
    delivery = timed(AgencyFactory(), issuer=issuer)
    request = asked(delivery)

    with pytest.raises(ActionRefused) as refused:
        decide_extension(extension=request.public_id, by=sender, at=MOMENT, granted_until=None)
    assert refused.value.field == "answer"

    decide_extension(
        extension=request.public_id, by=sender, at=MOMENT, granted_until=None, answer="Süre yeterlidir."
    )

    delivery.refresh_from_db()
    request.refresh_from_db()
    assert delivery.due_at == DUE
    assert not request.is_open and not request.is_granted
    assert delivery.events.get(kind=EventKind.EXTENSION_REFUSED).data["reason"] == "Süre yeterlidir."
    assert "Süre yeterlidir." in compose(Notice.objects.get(kind=NoticeKind.EXTENSION_DECIDED)).text


@pytest.mark.parametrize("stranger", [recipient_of, manager_of, lambda issuer: sender_of(AgencyFactory())])
def test_only_senders_of_the_issuer_decide(stranger: Any) -> None:
    issuer = AgencyFactory()
    request = asked(timed(AgencyFactory(), issuer=issuer))
    person: User = stranger(issuer)

    with pytest.raises(ExtensionRequest.DoesNotExist):
        decide_extension(extension=request.public_id, by=person, at=MOMENT, granted_until=WANTED)

    request.refresh_from_db()
    assert request.is_open


def test_the_unit_that_passed_it_on_decides_and_not_the_issuer() -> None:
    issuer, above, unit = AgencyFactory(), AgencyFactory(), AgencyFactory()
    delivery = passed_on(timed(above, issuer=issuer), unit)
    request = asked(delivery, wanted=DUE)
    assert Notice.objects.get(kind=NoticeKind.EXTENSION_ASKED).agency == above

    with pytest.raises(ExtensionRequest.DoesNotExist):
        decide_extension(extension=request.public_id, by=sender_of(issuer), at=MOMENT, granted_until=DUE)
    decide_extension(extension=request.public_id, by=recipient_of(above), at=MOMENT, granted_until=DUE)

    delivery.refresh_from_db()
    assert delivery.due_at == DUE


def test_a_unit_can_not_give_more_time_than_it_has_itself() -> None:
    above = AgencyFactory()
    delivery = passed_on(timed(above), AgencyFactory())
    request = asked(delivery)

    with pytest.raises(ActionRefused, match=r"07\.03\.2026") as refused:
        decide_extension(extension=request.public_id, by=recipient_of(above), at=MOMENT, granted_until=WANTED)

    assert refused.value.field == "granted_until"
    request.refresh_from_db()
    assert request.is_open


@pytest.mark.parametrize("until", [DUE, MOMENT - timedelta(days=1)])
def test_a_grant_is_for_later_than_now_and_than_the_due_time(until: Any) -> None:
    issuer = AgencyFactory()
    delivery = timed(AgencyFactory(), issuer=issuer)

    with pytest.raises(ActionRefused) as refused:
        decide_extension(
            extension=asked(delivery).public_id, by=sender_of(issuer), at=MOMENT, granted_until=until
        )

    assert refused.value.field == "granted_until"


def test_a_second_decision_is_refused_and_names_the_first() -> None:
    issuer = AgencyFactory()
    first = sender_of(issuer)
    delivery = timed(AgencyFactory(), issuer=issuer)
    request = asked(delivery)
    decide_extension(extension=request.public_id, by=first, at=MOMENT, granted_until=WANTED)

    with pytest.raises(ActionRefused, match=str(first)):
        decide_extension(
            extension=request.public_id, by=sender_of(issuer), at=MOMENT, granted_until=None, answer="Hayır"
        )

    delivery.refresh_from_db()
    assert delivery.due_at == WANTED
    assert Notice.objects.filter(kind=NoticeKind.EXTENSION_DECIDED).count() == 1


def test_what_was_answered_meanwhile_needs_no_decision() -> None:
    issuer, agency = AgencyFactory(), AgencyFactory()
    delivery = timed(agency, issuer=issuer)
    request = asked(delivery)
    complete(delivery=delivery.public_id, by=recipient_of(agency), at=MOMENT, disposition=Disposition.DONE)

    with pytest.raises(ActionRefused):
        decide_extension(extension=request.public_id, by=sender_of(issuer), at=MOMENT, granted_until=WANTED)

    assert not ExtensionRequest.objects.undecided().exists()

"""Adding and removing recipients of a sent letter, and extending due times."""

from collections.abc import Callable
from datetime import datetime, timedelta
from io import BytesIO

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from agencies.models import Agency, User
from agencies.services.refusal import ActionRefused
from circulars.models import Circular, Purpose, Urgency
from distribution.models import (
    ChangeKind,
    Delivery,
    DeliveryEvent,
    EventKind,
    Notice,
    NoticeKind,
    NoticeState,
    ReturnGround,
    Stage,
)
from distribution.outbox.messages import compose
from distribution.queries.sending.board import letter_figures, with_progress
from distribution.services.follow_up.change_due import change_due
from distribution.services.follow_up.recipients import add_recipient, remove_recipient
from distribution.services.follow_up.withdraw import AlreadyWithdrawn, withdraw
from distribution.services.receiving.acknowledge import acknowledge
from tests.conftest import SignIn
from tests.distribution.status_reports import report_of
from tests.factories import AgencyFactory, copy_below, dispatched_to, manager_of, recipient_of, sender_of

pytestmark = pytest.mark.django_db


def soon(days: int = 5) -> datetime:
    return (timezone.now() + timedelta(days=days)).replace(second=0, microsecond=0)


def add(circular: Circular, agency: Agency, due_at: datetime | None = None) -> Delivery:
    return add_recipient(
        circular=circular,
        agency=agency,
        purpose=Purpose.ACTION,
        due_at=due_at,
        by=circular.recorded_by,
        at=timezone.now(),
    )


def remove(delivery: Delivery, reason: str = "Yanlış birim") -> int:
    return remove_recipient(
        delivery=delivery, reason=reason, by=delivery.circular.recorded_by, at=timezone.now()
    )


def extend(circular: Circular, until: datetime, delivery: Delivery | None = None) -> int:
    """The number of recipients concerned."""
    changed = change_due(
        circular=circular,
        until=until,
        reason="Bayram",
        by=circular.recorded_by,
        at=timezone.now(),
        delivery=delivery,
    )
    return len(changed.direct)


def url(name: str, *parts: object) -> str:
    return reverse(name, args=[getattr(part, "public_id", part) for part in parts])


def timed_to(*agencies: Agency) -> Circular:
    return dispatched_to(*agencies, urgency=Urgency.TIMED, due_at=soon(2), at=timezone.now())


def test_an_added_unit_gets_the_letter_like_the_others() -> None:
    circular = dispatched_to(AgencyFactory())
    agency = AgencyFactory()

    delivery = add(circular, agency, due_at=soon())

    assert (delivery.line, delivery.parent, delivery.due_at) == (None, None, soon())
    assert [event.kind for event in delivery.events.all()] == [EventKind.ADDED]
    assert Notice.objects.get(delivery=delivery).kind == NoticeKind.LETTER
    change = circular.changes.get()
    assert (change.kind, change.data["units"]) == (ChangeKind.ADDED, [agency.name])
    circular.refresh_from_db()
    assert circular.recipient_count == letter_figures(circular).recipients == 2


def test_the_letter_says_for_how_many_recipients_it_is_due_later(english: Client, signed_in: SignIn) -> None:
    first, second = AgencyFactory(), AgencyFactory()
    circular = timed_to(first, second)
    client = signed_in(sender_of(circular.issuer))
    assert "(later for" not in client.get(url("letter", circular)).content.decode()

    extend(circular, soon(9), Delivery.objects.get(circular=circular, agency=first))

    for page in ("letter", "letter_reminders"):
        assert "(later for 1 of 2 recipients)" in client.get(url(page, circular)).content.decode()


def test_a_due_time_moved_for_all_is_the_one_shown_and_offered(english: Client, signed_in: SignIn) -> None:
    first, second, third = AgencyFactory(), AgencyFactory(), AgencyFactory()
    circular = timed_to(first, second)
    client = signed_in(sender_of(circular.issuer))
    for unit in (first, second):
        extend(circular, soon(9), Delivery.objects.get(circular=circular, agency=unit))

    page = " ".join(client.get(url("letter", circular)).content.decode().split())
    offered = client.get(f"{url('add_recipient', circular)}?unit={third.pk}").context["form"]

    assert "for all recipients </strong>" in page
    assert "(later for" not in page
    assert letter_figures(circular).moved_due == soon(9)
    assert offered.initial["due_at"] == soon(9)


def test_a_removed_recipient_is_in_no_count_of_later_due_times() -> None:
    first, second = AgencyFactory(), AgencyFactory()
    circular = timed_to(first, second)
    later = Delivery.objects.get(circular=circular, agency=first)
    extend(circular, soon(9), later)
    Delivery.objects.filter(pk=later.pk).update(withdrawn_at=timezone.now())

    assert letter_figures(circular).longer == 0


def test_an_acele_letter_gives_no_due_time_and_a_timed_one_needs_it() -> None:
    assert add(dispatched_to(AgencyFactory(), urgency=Urgency.URGENT), AgencyFactory(), soon()).due_at is None
    circular = timed_to(AgencyFactory())
    for due_at in (None, timezone.now() - timedelta(hours=1)):
        with pytest.raises(ActionRefused):
            add(circular, AgencyFactory(), due_at)
    assert Delivery.objects.filter(circular=circular).count() == 1


def test_who_has_it_returned_it_or_is_closed_is_not_added() -> None:
    has_it, returned = AgencyFactory(), AgencyFactory()
    closed = AgencyFactory(active_to=timezone.localdate())
    circular = dispatched_to(has_it, returned)
    Delivery.objects.filter(agency=returned).update(
        returned_at=timezone.now(), return_ground=ReturnGround.NOT_ADDRESSEE, return_reason="Değiliz"
    )
    for agency in (has_it, returned, closed):
        with pytest.raises(ActionRefused):
            add(circular, agency)
    assert not circular.changes.exists()
    assert Delivery.objects.count() == 2


def test_a_withdrawn_letter_changes_no_more() -> None:
    circular = timed_to(AgencyFactory(), AgencyFactory())
    delivery = Delivery.objects.first()
    assert delivery is not None
    withdraw(circular=circular, reason="Yanlış", by=circular.recorded_by, at=timezone.now())
    for act in (
        lambda: add(circular, AgencyFactory()),
        lambda: remove(delivery),
        lambda: extend(circular, soon()),
    ):
        with pytest.raises(AlreadyWithdrawn):
            act()


def test_a_removed_unit_and_those_below_it_lose_the_letter_and_units_that_knew_are_notified() -> None:
    agency, other = AgencyFactory(), AgencyFactory()
    circular = dispatched_to(agency, other)
    delivery = Delivery.objects.get(agency=agency)
    below = copy_below(delivery, AgencyFactory(), created_at=timezone.now(), opened_at=timezone.now())

    assert remove(delivery) == 2

    for each in (delivery, below):
        each.refresh_from_db()
        assert each.stage == Stage.WITHDRAWN
        assert each.events.get(kind=EventKind.REMOVED).data["reason"] == "Yanlış birim"
    assert Delivery.objects.get(agency=other).stage == Stage.WAITING
    assert Notice.objects.get(delivery=delivery).state == NoticeState.CANCELLED
    told = Notice.objects.get(kind=NoticeKind.WITHDRAWN)
    assert told.agency == below.agency
    assert "biriminizden" in compose(told).text or "biriminize" in compose(told).text
    circular.refresh_from_db()
    figures = letter_figures(circular)
    assert (circular.recipient_count, figures.recipients, figures.outstanding) == (1, 1, 1)


def test_a_confirmation_of_a_removed_unit_counts_no_more_but_stays() -> None:
    agency = AgencyFactory()
    circular = dispatched_to(agency, AgencyFactory())
    delivery = Delivery.objects.get(agency=agency)
    acknowledge(delivery=delivery.public_id, by=recipient_of(agency), at=timezone.now())

    remove(delivery)

    delivery.refresh_from_db()
    assert delivery.acknowledged_at is not None
    row = with_progress(Circular.objects.filter(pk=circular.pk)).get()
    assert (row.recipient_count, row.acknowledged_count) == (1, 0)  # type: ignore[attr-defined]


def test_a_removed_unit_can_be_added_again() -> None:
    agency = AgencyFactory()
    circular = dispatched_to(agency, AgencyFactory())
    remove(Delivery.objects.get(agency=agency))

    again = add(circular, agency)

    assert again.is_outstanding
    assert Delivery.objects.filter(agency=agency).count() == 2


def test_the_last_recipient_is_not_removed_and_a_reason_is_needed() -> None:
    circular = dispatched_to(AgencyFactory())
    delivery = Delivery.objects.get()
    with pytest.raises(ActionRefused):
        remove(delivery)
    add(circular, AgencyFactory())
    with pytest.raises(ActionRefused):
        remove(delivery, reason=" ")
    delivery.refresh_from_db()
    assert delivery.withdrawn_at is None


def test_all_who_owe_something_get_more_time_and_the_letter_itself_keeps_its_own() -> None:
    owing, longer, returned = AgencyFactory(), AgencyFactory(), AgencyFactory()
    circular = timed_to(owing, longer, returned)
    Delivery.objects.filter(agency=longer).update(due_at=soon(30))
    Delivery.objects.filter(agency=returned).update(
        returned_at=timezone.now(), return_ground=ReturnGround.NOT_FIT, return_reason="Açılmıyor"
    )
    before = circular.due_at

    assert extend(circular, soon(10)) == 1

    assert Delivery.objects.get(agency=owing).due_at == soon(10)
    assert Delivery.objects.get(agency=longer).due_at == soon(30)
    event = DeliveryEvent.objects.get(kind=EventKind.DUE_CHANGED)
    assert event.data["due"] == timezone.localtime(soon(10)).strftime("%d.%m.%Y %H:%M")
    notice = Notice.objects.get(kind=NoticeKind.DUE_CHANGED)
    assert (notice.agency, notice.state) == (owing, NoticeState.HELD)
    assert event.data["due"] in compose(notice).text
    circular.refresh_from_db()
    assert circular.due_at == before
    assert circular.changes.get().data["count"] == 1


def test_one_recipient_gets_more_time() -> None:
    circular = timed_to(*AgencyFactory.create_batch(2))
    delivery = Delivery.objects.all()[0]

    extend(circular, soon(10), delivery)

    assert Delivery.objects.filter(due_at=soon(10)).get() == delivery
    assert circular.changes.get().data["units"] == [delivery.agency.name]


def test_a_due_time_is_changed_only_to_another_one_to_come_and_only_where_there_is_one() -> None:
    timed, urgent = timed_to(AgencyFactory()), dispatched_to(AgencyFactory(), urgency=Urgency.URGENT)
    for circular, until in (
        (timed, timed.due_at),
        (timed, timezone.now() - timedelta(days=1)),
        (urgent, soon(9)),
        (dispatched_to(AgencyFactory()), soon(9)),
    ):
        with pytest.raises(ActionRefused):
            extend(circular, until)
    assert not DeliveryEvent.objects.filter(kind=EventKind.DUE_CHANGED).exists()


def test_the_page_finds_the_forgotten_unit_and_sends_it_the_letter(signed_in: SignIn) -> None:
    circular = dispatched_to(AgencyFactory(name="Iğdır Valiliği"))
    forgotten = AgencyFactory(name="Şırnak Valiliği")
    client = signed_in(sender_of(circular.issuer))

    page = client.get(url("add_recipient", circular), {"q": "valiligi"}).content.decode()
    assert f"?unit={forgotten.pk}" in page
    assert f"?unit={Delivery.objects.get().agency_id}" not in page
    assert client.get(url("add_recipient", circular), {"unit": forgotten.pk}).status_code == 200
    assert Delivery.objects.count() == 1

    response = client.post(
        url("add_recipient", circular), {"unit": forgotten.pk, "purpose": "information"}, follow=True
    )

    delivery = Delivery.objects.get(agency=forgotten)
    assert delivery.purpose == Purpose.INFORMATION
    page = response.content.decode()
    assert 'id="added-head"' in page
    assert url("recipient", circular, delivery) in page
    assert "Şırnak" in status_report_text(circular)


def status_report_text(circular: Circular) -> str:
    reader = PdfReader(BytesIO(report_of(circular)))
    return " ".join(page.extract_text() for page in reader.pages)


def test_a_refusal_is_shown_beside_its_field_and_nothing_is_lost(signed_in: SignIn) -> None:
    circular = timed_to(AgencyFactory())
    agency = AgencyFactory()
    client = signed_in(sender_of(circular.issuer))

    page = client.post(
        url("add_recipient", circular), {"unit": agency.pk, "purpose": "action", "due_at": "01.01.2020"}
    ).content.decode()
    assert "invalid-feedback" in page and "01.01.2020" in page
    page = client.post(
        url("change_due", circular), {"until": "01.01.2020", "reason": "Deprem"}
    ).content.decode()
    assert "invalid-feedback" in page and "Deprem" in page
    page = client.post(
        url("remove_recipient", circular, Delivery.objects.get()), {"reason": "Tek alıcı"}
    ).content.decode()
    assert "invalid-feedback" in page and "Tek alıcı" in page


def test_the_recipients_page_leads_to_removing_and_more_time(signed_in: SignIn) -> None:
    circular = timed_to(*AgencyFactory.create_batch(2))
    delivery = Delivery.objects.all()[0]
    client = signed_in(sender_of(circular.issuer))
    page = client.get(url("recipient", circular, delivery)).content.decode()
    remove_url, extend_url = (
        url("remove_recipient", circular, delivery),
        url("change_due_of_one", circular, delivery),
    )
    assert remove_url in page and extend_url in page
    assert client.get(remove_url).status_code == client.get(extend_url).status_code == 200

    client.post(extend_url, {"until": soon(20).strftime("%d.%m.%Y")})
    delivery.refresh_from_db()
    assert delivery.due_at is not None and delivery.due_at > soon(18)
    client.post(remove_url, {"reason": "Yanlış birim"})
    delivery.refresh_from_db()
    assert delivery.withdrawn_at is not None
    assert remove_url not in client.get(url("recipient", circular, delivery)).content.decode()
    assert client.post(remove_url, {"reason": "Yine"}).status_code == 404


def test_more_time_is_offered_only_for_a_letter_with_a_due_time(signed_in: SignIn) -> None:
    timed, untimed = timed_to(AgencyFactory()), dispatched_to(AgencyFactory())

    offered = [
        url("change_due", each) in signed_in(sender_of(each.issuer)).get(url("letter", each)).content.decode()
        for each in (timed, untimed)
    ]

    assert offered == [True, False]


@pytest.mark.parametrize("role_of", [sender_of, recipient_of, manager_of])
def test_a_stranger_changes_nothing(signed_in: SignIn, role_of: Callable[..., User]) -> None:
    circular = timed_to(*AgencyFactory.create_batch(2))
    delivery = Delivery.objects.all()[0]
    client = signed_in(role_of(AgencyFactory()))
    for address in (
        url("add_recipient", circular),
        url("change_due", circular),
        url("change_due_of_one", circular, delivery),
        url("remove_recipient", circular, delivery),
    ):
        assert client.get(address).status_code == 404
        assert client.post(address, {"reason": "x", "until": "01.01.2090"}).status_code == 404
    assert Delivery.objects.live().filter(due_at=circular.due_at).count() == 2


def test_the_manager_sees_what_was_done_without_acting(signed_in: SignIn) -> None:
    circular = dispatched_to(AgencyFactory())
    agency = AgencyFactory(name="Eklenen Başkanlık")
    add(circular, agency)
    client = signed_in(manager_of(circular.issuer))

    page = client.get(url("letter", circular)).content.decode()

    assert "Eklenen Başkanlık" in page
    assert url("add_recipient", circular) not in page
    assert client.get(url("add_recipient", circular)).status_code == 404

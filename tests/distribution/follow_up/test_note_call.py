"""A call to a unit: what is recorded, who reads it, and what becomes of a wrong number."""

from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from agencies.models import Agency, User
from agencies.services.contact_details.contact import ContactDetails, change_contact
from agencies.services.refusal import ActionRefused
from circulars.models import Circular, Purpose
from distribution.models import Call, CallOutcome, Delivery, DeliveryEvent, Notice
from distribution.queries.sending.calls import calls_about
from distribution.services.follow_up.note_call import NotedCall, Outcome, note_call
from distribution.services.receiving.acknowledge import acknowledge
from tests.conftest import SignIn
from tests.distribution.follow_up.correcting import begin, send
from tests.distribution.status_reports import report_of
from tests.factories import (
    AgencyFactory,
    UserFactory,
    dispatched_to,
    manager_of,
    recipient_of,
    sender_of,
)

pytestmark = pytest.mark.django_db

PHONE = "0478 211 00 00"
WORDS = "Evrak müdürü izinde, pazartesi dönecek."
TOMORROW = timezone.localdate() + timedelta(days=1)


@pytest.fixture
def unit() -> Agency:
    return AgencyFactory(name="Ardahan Valiliği", phone=PHONE)


@pytest.fixture
def circular(unit: Agency) -> Circular:
    return dispatched_to(unit, AgencyFactory(), issuer=AgencyFactory(parent=AgencyFactory()))


@pytest.fixture
def sender(circular: Circular) -> User:
    return sender_of(circular.issuer)


@pytest.fixture
def copy(circular: Circular, unit: Agency) -> Delivery:
    return circular.deliveries.get(agency=unit)


def noted(
    about: list[Delivery] | list[UUID],
    by: User,
    outcome: CallOutcome = CallOutcome.REACHED,
    *,
    agency: Agency,
    issuer: Agency,
    **said: object,
) -> NotedCall:
    ids = [each.public_id if isinstance(each, Delivery) else each for each in about]
    what = Outcome(**{"outcome": outcome, "number": PHONE, "note": WORDS, **said})  # type: ignore[arg-type]
    return note_call(agency=agency, unit=issuer, deliveries=ids, outcome=what, by=by, at=timezone.now())


def form(*about: Delivery, outcome: str = "reached", **fields: object) -> dict[str, object]:
    return {
        "outcome": outcome,
        "note": WORDS,
        "deliveries": [str(each.public_id) for each in about],
        "number": PHONE,
        **fields,
    }


def test_a_call_is_recorded_without_an_event_or_a_notice(
    circular: Circular, copy: Delivery, sender: User, unit: Agency
) -> None:
    before = DeliveryEvent.objects.count(), Notice.objects.count()

    found = noted(
        [copy], sender, CallOutcome.PROMISED, agency=unit, issuer=circular.issuer, promised_for=TOMORROW
    )

    call = Call.objects.get()
    assert found == NotedCall(call, [])
    assert (call.agency, call.unit, call.made_by) == (unit, circular.issuer, sender)
    assert (call.outcome, call.promised_for, call.note, call.phone) == ("promised", TOMORROW, WORDS, PHONE)
    assert list(call.deliveries.all()) == [copy]
    assert (DeliveryEvent.objects.count(), Notice.objects.count()) == before


@pytest.mark.parametrize(
    ("outcome", "said", "field"),
    [
        (CallOutcome.PROMISED, {}, "promised_for"),
        (CallOutcome.REACHED, {"promised_for": TOMORROW}, "promised_for"),
        (CallOutcome.PROMISED, {"promised_for": date(2026, 1, 2)}, "promised_for"),
        (CallOutcome.NOT_REACHED, {"ring_again_at": timezone.now() - timedelta(hours=1)}, "ring_again_at"),
        (CallOutcome.WRONG_NUMBER, {"number": ""}, "outcome"),
    ],
)
def test_what_contradicts_itself_is_refused_and_leaves_nothing(
    circular: Circular,
    copy: Delivery,
    sender: User,
    unit: Agency,
    outcome: CallOutcome,
    said: dict[str, object],
    field: str,
) -> None:
    with pytest.raises(ActionRefused) as refused:
        noted([copy], sender, outcome, agency=unit, issuer=circular.issuer, **said)

    assert refused.value.field == field
    assert not Call.objects.exists()


def test_the_database_refuses_a_promise_without_a_day_and_any_change(
    circular: Circular, copy: Delivery, sender: User, unit: Agency
) -> None:
    call = noted([copy], sender, agency=unit, issuer=circular.issuer).call
    values = {"agency": unit, "unit": circular.issuer, "made_by": sender, "made_at": call.made_at}
    for wrong in (
        {"outcome": CallOutcome.PROMISED},
        {"outcome": CallOutcome.REACHED, "promised_for": TOMORROW},
        {"outcome": CallOutcome.REACHED, "ring_again_at": call.made_at},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Call.objects.create(**values, **wrong)
    with pytest.raises(DatabaseError), transaction.atomic():
        Call.objects.update(note="Başka")
    with pytest.raises(DatabaseError), transaction.atomic():
        call.delete()


def test_who_neither_sends_nor_manages_can_not_note_a_call(
    circular: Circular, copy: Delivery, unit: Agency
) -> None:
    other = AgencyFactory()
    for stranger, issuer in (
        (recipient_of(unit), circular.issuer),
        (recipient_of(circular.issuer), circular.issuer),
        (sender_of(other), other),
    ):
        with pytest.raises(Delivery.DoesNotExist):
            noted([copy], stranger, agency=unit, issuer=issuer)
    with pytest.raises(Delivery.DoesNotExist):
        noted([uuid4()], sender_of(circular.issuer), agency=unit, issuer=circular.issuer)
    assert not Call.objects.exists()


def test_a_letter_confirmed_meanwhile_is_left_out_by_name(
    signed_in: SignIn, circular: Circular, copy: Delivery, unit: Agency
) -> None:
    second = dispatched_to(unit, issuer=circular.issuer, purpose=Purpose.INFORMATION, number="E-99-BILGI")
    confirmed = second.deliveries.get()
    client = signed_in(manager_of(circular.issuer))
    acknowledge(delivery=confirmed.public_id, by=recipient_of(unit), at=timezone.now())

    response = client.post(reverse("note_call", args=[unit.pk]), form(copy, confirmed), follow=True)

    assert list(Call.objects.get().deliveries.all()) == [copy]
    assert any("E-99-BILGI" in str(each) for each in response.context["messages"])


def test_a_note_is_not_lost_if_nothing_is_owed_any_more(
    signed_in: SignIn, circular: Circular, unit: Agency
) -> None:
    letter = dispatched_to(unit, issuer=circular.issuer, purpose=Purpose.INFORMATION)
    confirmed = letter.deliveries.get()
    acknowledge(delivery=confirmed.public_id, by=recipient_of(unit), at=timezone.now())

    response = signed_in(sender_of(circular.issuer)).post(
        reverse("note_call", args=[unit.pk]), form(confirmed)
    )

    assert response.status_code == 200
    assert response.context["form"].errors["deliveries"]
    assert WORDS in response.content.decode()
    assert not Call.objects.exists()


def test_the_same_form_twice_is_one_call(signed_in: SignIn, copy: Delivery, unit: Agency) -> None:
    client = signed_in(manager_of(copy.circular.issuer))
    for _time in range(2):
        assert client.post(reverse("note_call", args=[unit.pk]), form(copy)).status_code == 302

    assert Call.objects.count() == 1


def test_a_call_about_one_more_letter_is_another_call(
    signed_in: SignIn, copy: Delivery, unit: Agency
) -> None:
    more = dispatched_to(unit, issuer=copy.circular.issuer).deliveries.get()
    client = signed_in(manager_of(copy.circular.issuer))
    for ticked in ([copy], [copy, more]):
        assert client.post(reverse("note_call", args=[unit.pk]), form(*ticked)).status_code == 302

    assert [each.deliveries.count() for each in Call.objects.order_by("pk")] == [1, 2]


def test_afterwards_the_list_opens_at_the_next_unit(
    signed_in: SignIn, copy: Delivery, unit: Agency, sender: User
) -> None:
    client = signed_in(sender)
    other = copy.circular.deliveries.exclude(pk=copy.pk).get().agency
    at_next = client.post(f"{reverse('note_call', args=[unit.pk])}?next={other.pk}", form(copy))

    assert at_next.headers["Location"] == f"{reverse('call_list')}?unit={other.pk}#unit-{other.pk}"
    assert f'id="unit-{other.pk}"' in client.get(at_next.headers["Location"]).content.decode()


def test_senders_and_managers_read_it_in_the_history_and_the_unit_nowhere(
    signed_in: SignIn, circular: Circular, copy: Delivery, sender: User, unit: Agency
) -> None:
    noted([copy], sender, agency=unit, issuer=circular.issuer)
    above = circular.issuer.parent
    assert above is not None
    page = reverse("recipient", args=[circular.public_id, copy.public_id])

    for reader in (sender_of(circular.issuer), manager_of(circular.issuer), manager_of(above)):
        assert WORDS in text(signed_in(reader), page)
    recipient = recipient_of(unit)
    client = signed_in(recipient)
    for own in (reverse("delivery", args=[copy.public_id]), reverse("agency", args=[unit.pk])):
        assert WORDS not in text(client, own)
    assert client.get(page).status_code == 404
    assert client.get(reverse("call_list")).status_code == 404
    assert client.get(reverse("note_call", args=[unit.pk])).status_code == 404
    assert WORDS.encode() not in report_of(circular)
    assert calls_about(copy, recipient) == []
    assert calls_about(copy, sender_of(AgencyFactory())) == []


def test_a_call_about_an_earlier_revision_stands_in_the_history_of_the_newer(
    signed_in: SignIn, unit: Agency
) -> None:
    first = dispatched_to(unit, at=timezone.now())
    sender = sender_of(first.issuer)
    noted([first.deliveries.get()], sender, agency=unit, issuer=first.issuer)
    second = send(begin(first), unit)

    page = reverse("recipient", args=[second.public_id, second.deliveries.get().public_id])
    assert WORDS in text(signed_in(sender), page)


def test_a_wrong_number_waits_for_the_directory_until_it_is_changed(
    signed_in: SignIn, circular: Circular, copy: Delivery, sender: User, unit: Agency
) -> None:
    administrator = UserFactory(is_directory_administrator=True)
    page = reverse("undeliverable_addresses")
    noted([copy], sender, CallOutcome.WRONG_NUMBER, agency=unit, issuer=circular.issuer)

    assert f"{sender}, {circular.issuer.name}" in text(signed_in(administrator), page)
    assert PHONE in text(signed_in(administrator), page)
    unit.refresh_from_db()
    details = ContactDetails(**{**vars(ContactDetails.of(unit)), "phone": "0478 211 99 99"})
    change_contact(agency=unit, details=details, by=administrator, at=timezone.now())
    assert "0478" not in text(signed_in(administrator), page)


def test_a_wrong_number_is_right_again_after_a_call_that_reached_the_unit(
    signed_in: SignIn, circular: Circular, copy: Delivery, sender: User, unit: Agency
) -> None:
    for outcome, is_wrong in (
        (CallOutcome.WRONG_NUMBER, True),
        (CallOutcome.NOT_REACHED, True),
        (CallOutcome.REACHED, False),
        (CallOutcome.WRONG_NUMBER, True),
    ):
        noted([copy], sender, outcome, agency=unit, issuer=circular.issuer)
        unit.refresh_from_db()
        assert (unit.wrong_number is not None) == is_wrong
    client = signed_in(UserFactory(is_directory_administrator=True))

    client.post(reverse("use_address_again", args=[unit.pk]), {"channel": "telephone", "address": PHONE})

    unit.refresh_from_db()
    assert unit.wrong_number is None


def test_a_number_that_was_changed_meanwhile_is_not_wrong(
    circular: Circular, copy: Delivery, sender: User, unit: Agency
) -> None:
    Agency.objects.filter(pk=unit.pk).update(phone="0478 211 99 99")

    noted([copy], sender, CallOutcome.WRONG_NUMBER, agency=unit, issuer=circular.issuer)

    unit.refresh_from_db()
    assert unit.wrong_number is None


def text(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()

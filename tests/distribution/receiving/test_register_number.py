"""The register number: added and corrected after confirming, optional everywhere, filled in for several letters."""

from datetime import UTC, datetime
from itertools import islice

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from agencies.models import Agency, User
from agencies.services.refusal import ActionRefused
from distribution.forms.by_link.link import LinkConfirmForm
from distribution.forms.receiving.acknowledge_several import SeveralForm
from distribution.forms.receiving.answer import AnswerForm
from distribution.forms.receiving.pass_on import PassOnForm
from distribution.forms.receiving.register_number import (
    NoDigits,
    RegisterNumberField,
    RegisterNumberForm,
    counting_up,
)
from distribution.models import Delivery, EventKind
from distribution.services.follow_up.withdraw import withdraw
from distribution.services.receiving.register_number import change_register_number
from tests.conftest import SignIn
from tests.consistency import findings
from tests.distribution.receiving.taking_back import SOON, Received
from tests.factories import MOMENT, AgencyFactory, dispatched_to, recipient_of, sender_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def got() -> Received:
    received = Received.new()
    received.confirm("2026/7")
    return received


def change(got: Received, number: str, seen: str = "2026/7", by: User | None = None) -> Delivery:
    return change_register_number(
        delivery=got.delivery.public_id,
        by=by or got.by,
        at=SOON,
        register_number=number,
        number_seen=seen,
    )


def test_a_correction_keeps_both_numbers_in_the_record(got: Received) -> None:
    change(got, " 2026/8 ")
    change(got, "2026/8", seen="2026/8")

    got.delivery.refresh_from_db()
    assert got.delivery.register_number == "2026/8"
    event = got.delivery.events.get(kind=EventKind.REGISTER_CHANGED)
    assert (event.data["before"], event.data["after"], event.by) == ("2026/7", "2026/8", got.by)
    assert findings(SOON) == []


def test_a_number_that_was_changed_meanwhile_is_not_overwritten(got: Received) -> None:
    change(got, "2026/8")

    with pytest.raises(ActionRefused, match="2026/8"):
        change(got, "2026/9")

    assert Delivery.objects.get().register_number == "2026/8"


def test_only_the_unit_gives_the_number_and_only_to_a_confirmed_copy_in_force(got: Received) -> None:
    for stranger in (recipient_of(AgencyFactory()), sender_of(got.circular.issuer)):
        with pytest.raises(Delivery.DoesNotExist):
            change(got, "2026/8", by=stranger)
    unconfirmed = Received.new()
    with pytest.raises(ActionRefused):
        change(unconfirmed, "2026/8", seen="")
    withdraw(circular=got.circular, reason="Yanlış", by=got.circular.recorded_by, at=MOMENT)
    with pytest.raises(ActionRefused):
        change(got, "2026/8")

    assert not got.delivery.events.filter(kind=EventKind.REGISTER_CHANGED).exists()


def test_the_page_adds_a_number_and_lists_show_the_new_one(signed_in: SignIn, english: Client) -> None:
    received = Received.new(at=timezone.now())
    received.confirm(at=timezone.now())
    client = signed_in(received.by)
    page = reverse("delivery", args=[received.delivery.public_id])
    assert "Add the register number" in client.get(page).content.decode()

    address = reverse("change_register_number", args=[received.delivery.public_id])
    assert client.get(address).status_code == 302
    shown = client.post(
        address, {"register_number": "2026/1453", "number_seen": ""}, follow=True
    ).content.decode()
    too_long = client.post(address, {"register_number": "9" * 61, "number_seen": "2026/1453"})

    assert "Register number recorded: 2026/1453" in shown
    assert "9" * 61 in too_long.content.decode()
    archive = reverse("unit_inbox", args=[received.delivery.agency.pk]) + "?show=confirmed"
    assert "2026/1453" in client.get(archive).content.decode()
    client = signed_in(sender_of(received.circular.issuer))
    assert "2026/1453" in client.get(reverse("letter", args=[received.circular.public_id])).content.decode()


def test_every_form_that_confirms_has_the_same_optional_field(got: Received) -> None:
    waiting = Received.new().delivery
    forms = [
        RegisterNumberForm(),
        AnswerForm(delivery=waiting),
        PassOnForm(delivery=waiting, at=SOON),
        LinkConfirmForm(),
        SeveralForm(deliveries=[waiting]),
    ]
    numbers = [field for form in forms for name, field in form.fields.items() if name.startswith("register_")]

    assert len(numbers) == len(forms)
    assert {type(field) for field in numbers} == {RegisterNumberField}
    assert not any(field.required for field in numbers)


@pytest.mark.parametrize(
    ("first", "following"),
    [
        ("2026/123", ["2026/123", "2026/124", "2026/125"]),
        ("2026-0099", ["2026-0099", "2026-0100", "2026-0101"]),
        ("E.99-b", ["E.99-b", "E.100-b", "E.101-b"]),
        ("123/2026", ["123/2026", "124/2026", "125/2026"]),
        ("45/2001", ["45/2001", "45/2002", "45/2003"]),
        ("E.099-2026", ["E.099-2026", "E.100-2026", "E.101-2026"]),
        ("(9 2026)", ["(9 2026)", "(10 2026)", "(11 2026)"]),
        ("1999.2026", ["1999.2026", "2000.2026", "2001.2026"]),
        ("2026/1999", ["2026/1999", "2026/2000", "2026/2001"]),
        ("Sıra 2026", ["Sıra 2026", "Sıra 2027", "Sıra 2028"]),
        ("7/12026", ["7/12026", "7/12027", "7/12028"]),
    ],
)
def test_the_last_digits_before_a_year_count_up_and_keep_their_zeros(
    first: str, following: list[str]
) -> None:
    with time_machine.travel(datetime(2026, 6, 1, tzinfo=UTC)):
        assert list(islice(counting_up(first), 3)) == following


@pytest.mark.parametrize("first", ["", "kayıt", "²"])
def test_a_number_without_digits_does_not_count(first: str) -> None:
    with pytest.raises(NoDigits):
        counting_up(first)


@pytest.fixture
def unit(signed_in: SignIn, english: Client) -> Agency:
    """A unit with three letters to confirm; its registrar is signed in."""
    agency: Agency = AgencyFactory()
    for _ in range(3):
        dispatched_to(agency, at=timezone.now())
    signed_in(recipient_of(agency))
    return agency


def filled(client: Client, unit: Agency, fill: str, first: str, **typed: str) -> str:
    waiting = Delivery.objects.outstanding().filter(agency=unit)
    ids = list(waiting.order_by("pk").values_list("public_id", flat=True))
    return client.post(
        reverse("confirm_several", args=[unit.pk]),
        {"delivery": ids, "fill": fill, "first_number": first, **typed},
    ).content.decode()


@pytest.mark.parametrize(
    ("fill", "numbers"), [("count_up", ["2026/009", "2026/010", "2026/011"]), ("same", ["2026/009"] * 3)]
)
def test_the_first_number_fills_the_list_and_confirms_nothing(
    client: Client, unit: Agency, fill: str, numbers: list[str]
) -> None:
    page = filled(client, unit, fill, "2026/009")

    shown = [page.count(f'value="{number}"') for number in sorted(set(numbers))]
    assert sum(shown) == len(numbers) + 1
    assert Delivery.objects.outstanding().count() == 3


def test_a_number_of_another_letter_of_the_unit_is_refused_and_what_was_typed_stays(
    client: Client, unit: Agency
) -> None:
    letter = dispatched_to(unit)
    other = Received(letter, letter.deliveries.get(), recipient_of(unit))
    other.confirm("2026/10")
    mine = Delivery.objects.outstanding().earliest("pk").public_id

    page = filled(client, unit, "count_up", "2026/9", **{f"register_{mine}": "elle"})

    assert "2026/10 is the number of another letter" in page
    assert 'value="elle"' in page
    assert 'value="2026/10"' not in page


@pytest.mark.parametrize(
    ("first", "words"),
    [("", "Enter the first number."), ("kayıt", "no digits"), ("9" * 60, "too long")],
)
def test_a_first_number_that_can_not_fill_the_list_is_refused(
    client: Client, unit: Agency, first: str, words: str
) -> None:
    assert words in filled(client, unit, "count_up", first)

"""A letter passes to the successor of its unit while a form about it is typed."""

import re
from datetime import timedelta

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from agencies.models import Agency, User
from circulars.models import Urgency
from distribution.models import Assignment, Delivery
from distribution.models.acts.take_back import last_act
from distribution.services.receiving.acknowledge import acknowledge
from distribution.services.succession import close_unit
from tests.conftest import SignIn
from tests.factories import AgencyFactory, UserFactory, dispatched_to, recipient_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

BULK = {
    "answer_several": {"disposition": "done", "note": "Tamamı bildirildi."},
    "return_several": {"ground": "not_addressee", "reason": "Bizim değil"},
    "ask_extension_for_several": {"reason": "Veri bekleniyor"},
    "assign_several": {"note": "Acele ediniz"},
    "acknowledge_several": {},
    "confirm_several": {},
}


@pytest.fixture
def unit() -> Agency:
    agency: Agency = AgencyFactory()
    return agency


@pytest.fixture
def person(unit: Agency) -> User:
    return recipient_of(unit)


@pytest.fixture
def client(signed_in: SignIn, person: User) -> Client:
    return signed_in(person)


def received(unit: Agency, count: int) -> list[Delivery]:
    now = timezone.now()
    timed = {"urgency": Urgency.TIMED, "due_at": now + timedelta(days=9)}
    return [dispatched_to(unit, at=now, **timed).deliveries.get() for _ in range(count)]


def form_for(act: str, letters: list[Delivery], person: User) -> dict[str, object]:
    due = timezone.localdate() + timedelta(days=20)
    typed: dict[str, object] = {"delivery": [str(each.public_id) for each in letters], **BULK[act]}
    if act == "ask_extension_for_several":
        typed["wanted_0"] = f"{due:%d.%m.%Y}"
    if act == "assign_several":
        typed["person"] = person.pk
    for number, each in enumerate(letters):
        typed[f"register_{each.public_id}"] = f"2026/{number}"
    return typed


def pass_one(delivery: Delivery) -> Agency:
    """The letter passes to another unit; the others of the unit don't."""
    other: Agency = AgencyFactory()
    Delivery.objects.filter(pk=delivery.pk).update(successor=other)
    return other


def untouched() -> bool:
    acted = Delivery.objects.exclude(acknowledged_at=None, completed_at=None, returned_at=None)
    return not acted.exists() and not Assignment.objects.exists()


@pytest.mark.parametrize("act", BULK)
def test_the_form_comes_again_with_what_was_typed_and_the_letter_is_named_and_left_out(
    client: Client, unit: Agency, person: User, act: str
) -> None:
    letters = received(unit, 3)
    other = pass_one(letters[1])

    response = client.post(reverse(act, args=[unit.pk]), form_for(act, letters, person))

    page = response.content.decode()
    assert response.status_code == 200
    number = letters[1].circular.number
    assert f"{other} answers for this letter by now: {number}. Nothing was recorded." in page
    assert f'value="{letters[1].public_id}"' not in page
    for each in (letters[0], letters[2]):
        assert f'value="{each.public_id}"' in page
    for typed in BULK[act].values():
        assert typed in page
    if act == "acknowledge_several":
        assert 'value="2026/0"' in page and 'value="2026/2"' in page
        assert f"You had written: “{number}: 2026/1”" in page
    assert untouched()


@pytest.mark.parametrize("act", BULK)
def test_a_foreign_letter_stays_unknown(client: Client, unit: Agency, person: User, act: str) -> None:
    letters = received(unit, 1) + received(AgencyFactory(), 1)

    response = client.post(reverse(act, args=[unit.pk]), form_for(act, letters, person))

    assert response.status_code == 404
    assert untouched()


@pytest.mark.parametrize("act", BULK)
def test_if_all_have_passed_that_is_said_and_nothing_written_is_lost(
    client: Client, unit: Agency, person: User, act: str
) -> None:
    letters = received(unit, 4)
    successor = AgencyFactory()
    close_unit(agency=unit, on=timezone.localdate(), successor=successor, by=UserFactory(), at=timezone.now())

    response = client.post(reverse(act, args=[unit.pk]), form_for(act, letters, person), follow=True)

    page = response.content.decode()
    assert response.status_code == 200
    assert f"{successor} answers for these letters by now: " in page
    assert "and 1 further letter" in page
    if act not in ("acknowledge_several", "confirm_several"):
        note = next(each for each in BULK[act].values() if " " in each)
        assert f"You had written: “{note}”" in page
    else:
        typed = "; ".join(f"{each.circular.number}: 2026/{number}" for number, each in enumerate(letters))
        assert f"You had written: “{typed}”" in page
    assert untouched()


def test_a_unit_that_took_a_letter_over_and_was_closed_too_hears_of_it(
    signed_in: SignIn, unit: Agency
) -> None:
    (letter,) = received(unit, 1)
    second, third = AgencyFactory(), AgencyFactory()
    now, today = timezone.now(), timezone.localdate()
    person = recipient_of(second)
    close_unit(agency=unit, on=today, successor=second, by=UserFactory(), at=now)
    close_unit(agency=second, on=today, successor=third, by=UserFactory(), at=now)

    response = signed_in(person).post(
        reverse("answer_several", args=[second.pk]), form_for("answer_several", [letter], person)
    )

    assert f"{third} answers for this letter by now" in response.content.decode()


def test_taking_back_several_names_it_and_keeps_the_other_ticks(
    client: Client, unit: Agency, person: User
) -> None:
    letters = received(unit, 2)
    stamps = {}
    for each in letters:
        acknowledge(delivery=each.public_id, by=person, at=timezone.now())
        each.refresh_from_db()
        done = last_act(each)
        assert done is not None
        stamps[f"stamp_{each.public_id}"] = done.stamp
    other = pass_one(letters[0])

    page = client.post(
        reverse("take_back_several", args=[unit.pk]),
        {"delivery": [str(each.public_id) for each in letters], **stamps},
    ).content.decode()

    assert f"{other} answers for this letter by now" in page
    assert str(letters[0].public_id) not in page
    assert re.findall(r'value="(.+)"\s+checked', page) == [str(letters[1].public_id)]
    assert Delivery.objects.filter(acknowledged_at=None).count() == 0


@pytest.mark.parametrize(
    ("name", "typed"),
    [("return_letter", BULK["return_several"]), ("answer", BULK["answer_several"]), ("acknowledge", {})],
)
def test_a_form_about_one_letter_says_it_too(
    client: Client, unit: Agency, name: str, typed: dict[str, str]
) -> None:
    (letter,) = received(unit, 1)
    other = pass_one(letter)

    response = client.post(reverse(name, args=[letter.public_id]), typed)

    assert response.status_code == 302
    (said,) = get_messages(response.wsgi_request)
    assert f"{other} answers for this letter by now" in str(said)
    if typed:
        assert f"You had written: “{list(typed.values())[1]}”" in str(said)
    assert untouched()


@pytest.mark.parametrize(
    ("name", "typed"), [("pass_on", {"step": "send", "note": "Bilgi için"}), ("unassign", {})]
)
def test_passing_on_and_ending_an_assignment_say_it_too(
    client: Client, unit: Agency, name: str, typed: dict[str, str]
) -> None:
    (letter,) = received(unit, 1)
    other = pass_one(letter)

    response = client.post(reverse(name, args=[letter.public_id]), typed)

    assert response.status_code == 302
    (said,) = get_messages(response.wsgi_request)
    assert f"{other} answers for this letter by now" in str(said)
    if typed:
        assert "You had written: “Bilgi için”" in str(said)
    assert untouched()

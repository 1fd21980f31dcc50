"""Rows of the manager's list are ticked over its pages, and reminded, given more time, or exported together."""

from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from agencies.models import Agency, Role
from agencies.services.refusal import ActionRefused
from circulars.models import Circular
from distribution.models import BoardSettings, Delivery, DeliveryEvent, EventKind
from distribution.services.follow_up.give_more_time import give_more_time
from distribution.services.receiving.acknowledge import acknowledge
from tests.conftest import SignIn
from tests.factories import (
    AgencyFactory,
    MembershipFactory,
    dispatched_to,
    manager_of,
    recipient_of,
    sender_of,
)

pytestmark = pytest.mark.django_db
LIST = "/outstanding/"


@pytest.fixture
def issuer() -> Agency:
    return AgencyFactory()


@pytest.fixture
def letter(issuer: Agency) -> Circular:
    now = timezone.now()
    return dispatched_to(
        *AgencyFactory.create_batch(3),
        issuer=issuer,
        urgency="GÜNLÜDÜR",
        due_at=now + timedelta(days=2),
        at=now - timedelta(days=1),
    )


@pytest.fixture
def manager(issuer: Agency, signed_in: SignIn, english: Client) -> Client:
    """Manages the unit, and sends for it."""
    person = manager_of(issuer)
    MembershipFactory(user=person, agency=issuer, role=Role.SENDER)
    return signed_in(person)


def copies(letter: Circular) -> list[Delivery]:
    return list(letter.deliveries.order_by("pk"))


def tick(client: Client, rows: list[Delivery], **fields: str) -> str:
    data = {"delivery": [str(each.public_id) for each in rows], **fields}
    response = client.post(reverse("choose_rows"), data)
    assert response.status_code == 302
    return str(response["Location"])


def in_turkish_time(moment: datetime) -> dict[str, str]:
    local = timezone.localtime(moment)
    return {"until_0": f"{local:%Y-%m-%d}", "until_1": f"{local:%H:%M}"}


def test_ticks_are_kept_over_pages_and_filters_until_they_are_cleared(
    letter: Circular, manager: Client
) -> None:
    first, second, _third = copies(letter)
    tick(manager, [first])
    tick(manager, [first, second], to="?page=2")

    ticked = manager.get(f"{LIST}?ticked=1").context["table"].paginated_rows
    assert {row.record.pk for row in ticked} == {first.pk, second.pk}

    tick(manager, [], clear="1")
    assert manager.post(reverse("choose_rows"), {"then": "remind"})["Location"] == reverse("outstanding")


def test_all_that_match_are_those_of_the_filter(issuer: Agency, letter: Circular, manager: Client) -> None:
    dispatched_to(AgencyFactory(name="Zonguldak Valiliği"), issuer=issuer, at=timezone.now())

    manager.post(f"{reverse('choose_rows')}?q=zonguldak", {"all": "1"})

    ticked = manager.get(f"{LIST}?ticked=1").context["table"].paginated_rows
    assert [row.record.agency.name for row in ticked] == ["Zonguldak Valiliği"]


def test_a_row_of_another_unit_is_never_acted_on(letter: Circular, manager: Client) -> None:
    due = timezone.now() + timedelta(days=2)
    foreign = dispatched_to(
        AgencyFactory(name="Yabancı Kurum"), urgency="GÜNLÜDÜR", due_at=due, at=timezone.now()
    ).deliveries.get()
    tick(manager, [foreign], then="more_time")
    until = timezone.localtime(timezone.now() + timedelta(days=20))

    page = manager.get(reverse("give_more_time"))
    ids = {"delivery": str(foreign.public_id), "listed": str(foreign.public_id)}
    manager.post(reverse("give_more_time"), ids | in_turkish_time(until) | {"reason": "Kar"})

    assert "Yabancı Kurum" not in page.content.decode()
    foreign.refresh_from_db()
    assert foreign.due_at == due


def test_ticked_rows_are_reminded_and_nobody_else(letter: Circular, manager: Client) -> None:
    first, second, third = copies(letter)

    page = manager.get(tick(manager, [first, second], then="remind"))

    named = {each.delivery.pk for each in page.context["plan"].reminded}
    assert named == {first.pk, second.pk}
    assert third.pk not in named


def test_only_the_ticked_rows_are_in_the_file(letter: Circular, manager: Client) -> None:
    first, second, third = copies(letter)

    lines = b"".join(manager.get(tick(manager, [first, second], then="csv"))).decode("utf-8-sig")

    assert first.agency.name in lines and second.agency.name in lines
    assert third.agency.name not in lines


def test_more_time_is_given_to_the_ticked_and_whoever_confirmed_meanwhile_is_named(
    letter: Circular, manager: Client
) -> None:
    first, second, third = copies(letter)
    Delivery.objects.filter(circular=letter).update(purpose="information")
    address = tick(manager, [first, second], then="more_time")
    assert manager.get(address).status_code == 200
    acknowledge(delivery=second.public_id, by=recipient_of(second.agency), at=timezone.now())
    until = timezone.localtime(timezone.now() + timedelta(days=20)).replace(second=0, microsecond=0)
    data = {
        "delivery": [str(first.public_id), str(second.public_id)],
        "listed": [str(first.public_id), str(second.public_id)],
        "reason": "Kar tatili",
        **in_turkish_time(until),
    }

    done = manager.post(address, data, follow=True)

    first.refresh_from_db()
    third.refresh_from_db()
    assert first.due_at == until
    assert third.due_at == letter.due_at
    assert second.agency.name in done.content.decode()
    assert DeliveryEvent.objects.filter(delivery=first, kind=EventKind.DUE_CHANGED).exists()


def test_a_manager_who_does_not_send_is_told_who_may(
    letter: Circular, issuer: Agency, client: Client
) -> None:
    client.force_login(manager_of(issuer))
    address = tick(client, copies(letter), then="more_time")

    page = client.get(address, headers={"accept-language": "en"})

    assert page.context["possible"] == []
    assert f"Only who sends letters for {issuer.name} may give more time." in page.content.decode()


def test_nothing_ticked_is_said(manager: Client) -> None:
    assert manager.get(reverse("give_more_time")).status_code == 302
    assert "No row was ticked" in manager.get(LIST).content.decode()
    assert manager.post(reverse("choose_rows"), {"delivery": "no id", "then": "remind"}).status_code in (
        302,
        404,
    )


def test_a_refused_time_changes_nothing(letter: Circular, issuer: Agency) -> None:
    ids = [each.public_id for each in copies(letter)]
    for until in (timezone.now() - timedelta(hours=1), letter.due_at):
        with pytest.raises(ActionRefused):
            give_more_time(deliveries=ids, until=until, reason="", by=sender_of(issuer), at=timezone.now())
    with pytest.raises(Delivery.DoesNotExist):
        give_more_time(
            deliveries=ids,
            until=timezone.now() + timedelta(days=9),
            reason="",
            by=sender_of(AgencyFactory()),
            at=timezone.now(),
        )
    assert not DeliveryEvent.objects.filter(kind=EventKind.DUE_CHANGED).exists()


@pytest.mark.parametrize(
    "place", ["//evil.example", "//[x", "http://[", "outstanding?page=²", "https://e.example/"]
)
def test_a_letter_opened_with_an_impossible_way_back_is_a_page(
    letter: Circular, manager: Client, place: str
) -> None:
    page = manager.get(reverse("letter", args=[letter.public_id]), {"list": place})

    assert page.status_code == 200
    assert 'href="//' not in page.content.decode()


def test_a_form_is_about_the_unit_of_its_page_whatever_another_tab_has_opened(
    letter: Circular, issuer: Agency, client: Client
) -> None:
    person, other = manager_of(issuer), AgencyFactory()
    MembershipFactory(user=person, agency=other, role=Role.MANAGER)
    client.force_login(person)
    client.post(reverse("board_of_unit", args=[other.pk, "outstanding"]))
    first = copies(letter)[0]

    tick(client, [first], of_unit=str(issuer.pk))
    client.post(reverse("look_at_all"), {"of_unit": str(issuer.pk)})

    assert client.get(LIST).context["unit"] == other
    assert client.get(LIST).context["ticked"] == []
    client.post(reverse("board_of_unit", args=[issuer.pk, "outstanding"]))
    assert client.get(LIST).context["ticked"] == [first.public_id]
    assert BoardSettings.objects.get().unit == issuer


def test_a_form_that_names_a_unit_of_others_is_about_ones_own(issuer: Agency, manager: Client) -> None:
    manager.post(reverse("look_at_all"), {"of_unit": str(AgencyFactory().pk)})

    assert BoardSettings.objects.get().unit == issuer

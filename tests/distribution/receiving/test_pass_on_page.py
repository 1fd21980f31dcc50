"""The pages on which a unit passes a letter on: selection, preview, confirmation."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from agencies.models import Agency, AgencyKind, User
from circulars.models import Purpose, Urgency
from distribution.models import Delivery, DeliveryEvent, EventKind
from tests.conftest import SignIn
from tests.factories import (
    AgencyFactory,
    AgencyGroupFactory,
    dispatched_to,
    manager_of,
    recipient_of,
    sender_of,
)
from tests.query_count import query_count

pytestmark = pytest.mark.django_db


@pytest.fixture
def ministry() -> Agency:
    agency: Agency = AgencyFactory(name="Sağlık Bakanlığı", kind=AgencyKind.MINISTRY)
    return agency


@pytest.fixture
def top(ministry: Agency) -> Delivery:
    return dispatched_to(ministry).deliveries.get()


@pytest.fixture
def client_of_unit(signed_in: SignIn, ministry: Agency) -> Client:
    return signed_in(recipient_of(ministry))


def pass_on_url(delivery: Delivery) -> str:
    return reverse("pass_on", args=[delivery.public_id])


def ticks(*agencies: Agency, purpose: str = Purpose.ACTION, **more: str) -> dict[str, object]:
    """The form data with these units ticked."""
    keys = [str(agency.pk) for agency in agencies]
    return {"to": keys, **{f"purpose-{key}": purpose for key in keys}, **more}


def below(delivery: Delivery) -> dict[str, str]:
    return dict(delivery.children.values_list("agency__name", "purpose"))


def test_the_letter_leads_to_passing_on(client_of_unit: Client, top: Delivery) -> None:
    page = client_of_unit.get(reverse("delivery", args=[top.public_id])).content.decode()

    assert pass_on_url(top) in page


def test_the_units_directly_below_are_listed_and_who_has_the_letter_is_said(
    client_of_unit: Client, ministry: Agency, top: Delivery
) -> None:
    had = AgencyFactory(parent=ministry, name="Alan Daire")
    AgencyFactory(parent=ministry, name="Yeni Daire")
    client_of_unit.post(pass_on_url(top), ticks(had, step="send"))

    page = client_of_unit.get(pass_on_url(top))

    rows = {row.name: row.has_it for row in page.context["offer"].sub_units}
    assert rows == {"Alan Daire": True, "Yeni Daire": False}


def test_looking_shows_who_gets_it_and_writes_nothing(
    client_of_unit: Client, ministry: Agency, top: Delivery
) -> None:
    first, second = AgencyFactory.create_batch(2, parent=ministry)
    client_of_unit.post(pass_on_url(top), ticks(second, step="send"))
    before = (Delivery.objects.count(), DeliveryEvent.objects.count())

    response = client_of_unit.post(pass_on_url(top), ticks(first, second, step="look", note="İvedi bakınız"))

    assert response.context["heads"] == [(Purpose.ACTION, [first])]
    assert response.context["had_it"] == [second]
    assert "İvedi bakınız" in response.content.decode()
    assert (Delivery.objects.count(), DeliveryEvent.objects.count()) == before


def test_the_preview_s_button_passes_on_what_it_showed(
    client_of_unit: Client, ministry: Agency, top: Delivery
) -> None:
    first, second = AgencyFactory.create_batch(2, parent=ministry)
    due = timezone.localtime(timezone.now() + timedelta(days=3)).replace(second=0, microsecond=0)
    form = ticks(first, second, step="look", note="Bakınız", due_at=f"{due:%d.%m.%Y %H:%M}", confirm="on")
    form[f"purpose-{second.pk}"] = Purpose.INFORMATION
    shown = client_of_unit.post(pass_on_url(top), form)

    response = client_of_unit.post(
        pass_on_url(top),
        {
            "step": "send",
            "choice": shown.context["choice"],
            "note": "Bakınız",
            "due_at": f"{due:%d.%m.%Y %H:%M}",
            "confirm": "on",
        },
    )

    assert response.url == reverse("branch", args=[top.public_id])  # type: ignore[attr-defined]
    assert below(top) == {first.name: Purpose.ACTION, second.name: Purpose.INFORMATION}
    assert set(top.children.values_list("due_at", "note")) == {(due, "Bakınız")}
    top.refresh_from_db()
    assert top.acknowledged_at is not None


def test_sending_twice_says_who_had_it_and_changes_nothing(
    client_of_unit: Client, ministry: Agency, top: Delivery
) -> None:
    unit = AgencyFactory(parent=ministry, name="Yatırımlar Dairesi")
    client_of_unit.post(pass_on_url(top), ticks(unit, step="send"))

    again = client_of_unit.post(pass_on_url(top), ticks(unit, step="send"), follow=True)

    assert [str(message) for message in again.context["messages"]][-1].endswith("Yatırımlar Dairesi")
    assert top.children.count() == 1
    assert top.events.filter(kind=EventKind.PASSED_ON).count() == 1


def test_all_units_below_and_groups_expand_to_related_members(
    client_of_unit: Client, ministry: Agency, top: Delivery
) -> None:
    direct = AgencyFactory(parent=ministry, name="Doğrudan Daire")
    directorates = [
        AgencyFactory(
            name=f"{city} Sağlık Müdürlüğü",
            kind=AgencyKind.PROVINCIAL_DIRECTORATE,
            template="İl Sağlık Müdürlüğü",
        )
        for city in ("Adana", "Bursa")
    ]
    by_rule = AgencyGroupFactory(
        rule_kind=AgencyKind.PROVINCIAL_DIRECTORATE, rule_template="İl Sağlık Müdürlüğü"
    )
    by_hand = AgencyGroupFactory()
    by_hand.members.set([direct, directorates[0], AgencyFactory(name="İlgisiz Belediye")])
    form = {
        "to": [f"g{by_rule.pk}", f"g{by_hand.pk}", "below", str(directorates[1].pk)],
        f"purpose-g{by_rule.pk}": Purpose.INFORMATION,
        f"purpose-g{by_hand.pk}": Purpose.ACTION,
        "purpose-below": Purpose.INFORMATION,
        f"purpose-{directorates[1].pk}": Purpose.INFORMATION,
        "step": "send",
    }

    offered = {row.key: row.units for row in client_of_unit.get(pass_on_url(top)).context["offer"].groups}
    client_of_unit.post(pass_on_url(top), form)

    assert offered == {f"g{by_rule.pk}": 2, f"g{by_hand.pk}": 2}
    assert below(top) == {
        "Doğrudan Daire": Purpose.ACTION,
        "Adana Sağlık Müdürlüğü": Purpose.ACTION,
        "Bursa Sağlık Müdürlüğü": Purpose.INFORMATION,
    }


def test_each_unit_gets_the_purpose_of_the_group_that_it_is_in(
    client_of_unit: Client, ministry: Agency, top: Delivery
) -> None:
    told, asked = AgencyFactory.create_batch(2, parent=ministry)
    groups = AgencyGroupFactory.create_batch(2)
    groups[0].members.set([told])
    groups[1].members.set([asked])
    purposes = (Purpose.INFORMATION, Purpose.ACTION)
    form = {"to": [f"g{each.pk}" for each in groups], "step": "send"}
    form |= {f"purpose-g{group.pk}": purpose for group, purpose in zip(groups, purposes, strict=True)}

    client_of_unit.post(pass_on_url(top), form)

    assert below(top) == {told.name: Purpose.INFORMATION, asked.name: Purpose.ACTION}


def test_a_template_without_a_group_can_be_chosen_whole(
    client_of_unit: Client, ministry: Agency, top: Delivery
) -> None:
    AgencyFactory.create_batch(3, parent=ministry, template="Şube Müdürlüğü")
    (row,) = client_of_unit.get(pass_on_url(top)).context["offer"].groups

    client_of_unit.post(
        pass_on_url(top), {"to": row.key, f"purpose-{row.key}": Purpose.ACTION, "step": "send"}
    )

    assert (row.name, row.units) == ("Şube Müdürlükleri", 3)
    assert top.children.count() == 3


@pytest.mark.parametrize("htmx", [True, False])
def test_a_search_finds_related_units_and_keeps_what_was_ticked_and_typed(
    client_of_unit: Client, ministry: Agency, top: Delivery, htmx: bool
) -> None:
    direct = AgencyFactory(parent=ministry, name="Doğrudan Daire")
    ticked = AgencyFactory(parent=direct, name="Önceki Şube")
    AgencyFactory(parent=direct, name="Iğdır Şubesi")
    AgencyFactory(name="Iğdır Belediyesi")
    form = ticks(direct, ticked, step="find", q="ığdır", note="Yarım not", due_at="olmaz")

    response = client_of_unit.post(pass_on_url(top), form, headers={"HX-Request": "true"} if htmx else {})

    page = response.content.decode()
    assert [(row.name, row.ticked) for row in response.context["offer"].related] == [
        ("Önceki Şube", True),
        ("Iğdır Şubesi", False),
    ]
    assert "Iğdır Belediyesi" not in page
    assert ("Yarım not" in page and "olmaz" in page) is not htmx
    assert not top.children.exists()


def test_changing_goes_back_with_everything_kept(
    client_of_unit: Client, ministry: Agency, top: Delivery
) -> None:
    unit = AgencyFactory(parent=ministry)

    response = client_of_unit.post(
        pass_on_url(top), {"step": "edit", "choice": f"{unit.pk}:information", "note": "Yarım not"}
    )

    (row,) = response.context["offer"].sub_units
    assert (row.ticked, row.purpose) == (True, Purpose.INFORMATION)
    assert "Yarım not" in response.content.decode()


def test_ticking_nothing_is_said_and_the_note_is_kept(client_of_unit: Client, top: Delivery) -> None:
    page = client_of_unit.post(pass_on_url(top), {"step": "look", "note": "Kaybolmasın"}).content.decode()

    assert "alert-danger" in page
    assert "Kaybolmasın" in page


@pytest.mark.parametrize("step", ["look", "send"])
def test_a_due_time_after_the_units_own_is_refused_beside_its_field(
    signed_in: SignIn, ministry: Agency, step: str
) -> None:
    due = timezone.now() + timedelta(days=3)
    top = dispatched_to(ministry, urgency=Urgency.TIMED, due_at=due).deliveries.get()
    unit = AgencyFactory(parent=ministry)
    late = timezone.localtime(due + timedelta(days=1))

    response = signed_in(recipient_of(ministry)).post(
        pass_on_url(top), ticks(unit, step=step, due_at=f"{late:%d.%m.%Y %H:%M}")
    )

    assert response.context["form"].errors["due_at"]
    assert f"{timezone.localtime(due):%d.%m.%Y %H:%M}" in response.content.decode()
    assert not top.children.exists()


def test_a_day_without_an_hour_means_its_end_but_not_after_the_units_own_due_time(
    signed_in: SignIn, ministry: Agency
) -> None:
    due = timezone.localtime(timezone.now() + timedelta(days=3)).replace(
        hour=15, minute=0, second=0, microsecond=0
    )
    top = dispatched_to(ministry, urgency=Urgency.TIMED, due_at=due).deliveries.get()
    first, second = AgencyFactory.create_batch(2, parent=ministry)
    client = signed_in(recipient_of(ministry))

    client.post(pass_on_url(top), ticks(first, step="send", due_at=f"{due:%d.%m.%Y}"))
    day_before = due - timedelta(days=1)
    client.post(pass_on_url(top), ticks(second, step="send", due_at=f"{day_before:%d.%m.%Y}"))

    assert top.children.get(agency=first).due_at == due
    assert top.children.get(agency=second).due_at == day_before.replace(hour=23, minute=59)


@pytest.mark.parametrize("role_of", [sender_of, manager_of, recipient_of])
def test_a_stranger_can_not_pass_on(
    signed_in: SignIn, ministry: Agency, top: Delivery, role_of: Callable[..., User]
) -> None:
    client = signed_in(role_of(AgencyFactory()))

    assert client.get(pass_on_url(top)).status_code == 404
    assert (
        client.post(pass_on_url(top), ticks(AgencyFactory(parent=ministry), step="send")).status_code == 404
    )
    assert not top.children.exists()


@pytest.mark.parametrize("role_of", [sender_of, manager_of])
def test_who_does_not_receive_for_the_unit_can_not_pass_on(
    signed_in: SignIn, ministry: Agency, top: Delivery, role_of: Callable[..., User]
) -> None:
    assert signed_in(role_of(ministry)).get(pass_on_url(top)).status_code == 404


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_withdrawn_copy_leads_back_to_the_letter(
    client_of_unit: Client, ministry: Agency, top: Delivery, method: str
) -> None:
    Delivery.objects.filter(pk=top.pk).update(withdrawn_at=timezone.now())
    form = ticks(AgencyFactory(parent=ministry), step="send")

    response = getattr(client_of_unit, method)(pass_on_url(top), form, follow=True)

    assert "alert-danger" in response.content.decode()
    assert not top.children.exists()


def test_the_list_of_units_is_cut_and_asks_as_many_questions_for_120_as_for_2(
    client_of_unit: Client, ministry: Agency, top: Delivery
) -> None:
    counts = []
    for more in (2, 118):
        AgencyFactory.create_batch(more, parent=ministry)
        client_of_unit.get(pass_on_url(top))
        counts.append(query_count(client_of_unit.get, pass_on_url(top)))
        response = client_of_unit.get(pass_on_url(top))
    assert len(response.context["offer"].sub_units) == 100
    assert response.context["offer"].sub_unit_count == 120
    assert counts[1] <= counts[0] + 1


@pytest.mark.parametrize("key", ["x5", "g", "below:", "99999999999999999999", "5'--", "٣"])
def test_what_is_no_choice_is_ignored(client_of_unit: Client, top: Delivery, key: str) -> None:
    form = {"to": key, f"purpose-{key}": Purpose.ACTION, "step": "send"}

    assert client_of_unit.post(pass_on_url(top), form).status_code == 200
    assert not top.children.exists()


@pytest.mark.parametrize("days", [-2, 5])
def test_an_overdue_unit_is_asked_to_leave_the_due_time_empty(
    signed_in: SignIn, ministry: Agency, days: int
) -> None:
    due = timezone.now() - timedelta(days=1)
    sent = due - timedelta(days=1)
    top = dispatched_to(ministry, at=sent, urgency=Urgency.TIMED, due_at=due).deliveries.get()
    typed = timezone.localtime(timezone.now() + timedelta(days=days))

    response = signed_in(recipient_of(ministry)).post(
        pass_on_url(top),
        ticks(AgencyFactory(parent=ministry), step="look", due_at=f"{typed:%d.%m.%Y %H:%M}"),
    )

    assert "Boş bırakınız" in response.context["form"].errors["due_at"][0]


def test_the_confirmation_that_goes_with_it_takes_the_register_number(
    client_of_unit: Client, top: Delivery, ministry: Agency
) -> None:
    typed = ticks(AgencyFactory(parent=ministry), confirm="on", register_number="2026/41")

    looked = client_of_unit.post(pass_on_url(top), {**typed, "step": "look"}).content.decode()
    client_of_unit.post(pass_on_url(top), {**typed, "step": "send"})

    assert 'name="register_number" value="2026/41"' in looked
    top.refresh_from_db()
    assert (top.acknowledged_at is not None, top.register_number) == (True, "2026/41")

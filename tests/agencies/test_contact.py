"""The contact page of a unit: its order of channels, conflicting saves, addresses that nothing reaches."""

from collections.abc import Callable
from dataclasses import replace
from importlib import import_module
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from agencies.models import Agency
from agencies.models.contact_details.channel import is_undeliverable
from agencies.services.contact_details.contact import ContactDetails, change_contact
from agencies.services.contact_details.undeliverable import MOST_REMEMBERED, remember_undeliverable
from tests.administration import loaded_form, page_of
from tests.conftest import SignIn
from tests.factories import MOMENT, AgencyFactory, UserFactory, manager_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def agency() -> Agency:
    return AgencyFactory(email="birim@kurum.example", kep_address="birim@hs01.kep.tr")


@pytest.fixture
def save(signed_in: SignIn, agency: Agency) -> Callable[..., Any]:
    """Send the form of the unit's contact page with these changes; returns the answer."""
    client = signed_in(manager_of(agency))

    def send(**changes: str) -> Any:
        typed = {"email": agency.email, "kep_address": agency.kep_address, **changes}
        return client.post(reverse("agency_contact", args=[agency.pk]), typed)

    return send


def test_the_order_is_kept_as_chosen(save: Callable[..., Any], agency: Agency) -> None:
    save(channel_1="kep", channel_2="email", channel_3="inbox")

    agency.refresh_from_db()
    assert agency.channels == ["kep", "email", "inbox"]


def test_a_gap_in_the_order_is_closed(save: Callable[..., Any], agency: Agency) -> None:
    save(channel_1="", channel_2="inbox", channel_3="email")

    agency.refresh_from_db()
    assert agency.channels == ["inbox", "email"]


def test_nothing_chosen_is_the_default_order(save: Callable[..., Any], agency: Agency) -> None:
    Agency.objects.update(channels=["inbox"])

    save()

    agency.refresh_from_db()
    assert agency.channels == []


def test_the_current_order_is_shown(signed_in: SignIn, agency: Agency) -> None:
    Agency.objects.update(channels=["kep", "inbox"])

    form = signed_in(manager_of(agency)).get(reverse("agency_contact", args=[agency.pk])).context["form"]

    assert [form[name].value() for name in ("channel_1", "channel_2", "channel_3")] == ["kep", "inbox", None]


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"channel_1": "kep", "channel_2": "kep"}, "channel_2"),
        ({"channel_1": "kep", "kep_address": ""}, "channel_1"),
        ({"channel_1": "inbox", "channel_2": "email", "email": ""}, "channel_2"),
        ({"channel_1": "hand"}, "channel_1"),
        ({"channel_3": "güvercin"}, "channel_3"),
    ],
)
def test_an_invalid_order_is_reported_at_its_position(
    save: Callable[..., Any], agency: Agency, typed: dict[str, str], field: str
) -> None:
    response = save(**typed)

    assert response.context["form"].errors.keys() == {field}
    agency.refresh_from_db()
    assert agency.channels == []


def test_the_morning_digest_is_the_unit_s_choice(save: Callable[..., Any], agency: Agency) -> None:
    save(digests_letters="on")

    agency.refresh_from_db()
    assert agency.digests_letters


@pytest.mark.usefixtures("kep_account")
def test_the_unit_s_page_says_how_it_is_told(signed_in: SignIn, agency: Agency) -> None:
    Agency.objects.update(channels=["kep", "email"])

    response = signed_in(manager_of(agency)).get(reverse("agency", args=[agency.pk]))

    assert [address for _way, address in response.context["ways"]] == [agency.kep_address, agency.email]


def typed_in(response: Any) -> dict[str, str]:
    """What a browser sends back of the form as it was loaded."""
    form = response.context["form"]
    values = {name: form[name].value() for name in form.fields}
    return {name: "on" if value is True else value for name, value in values.items() if value}


class TestTwoTabs:
    """Two people have the page open: what the first saved is not lost without a word."""

    @pytest.fixture
    def page(self, agency: Agency) -> str:
        return reverse("agency_contact", args=[agency.pk])

    @pytest.fixture
    def refused(self, english: Client, signed_in: SignIn, agency: Agency, page: str) -> Any:
        """The first changes the e-mail, the second, who loaded the page before, only the phone."""
        first, second = manager_of(agency), manager_of(agency)
        first.first_name, first.last_name = "Ayşe", "Demir"
        first.save()
        stale = typed_in(signed_in(second).get(page))
        fresh = typed_in(signed_in(first).get(page))
        signed_in(first).post(page, fresh | {"email": "yeni@kurum.example", "digests_letters": "on"})
        return signed_in(second).post(page, stale | {"phone": "0312 000 00 00"})

    def test_a_stale_form_is_refused_with_both_versions(self, refused: Any, agency: Agency) -> None:
        assert refused.status_code == 200
        agency.refresh_from_db()
        assert (agency.email, agency.phone) == ("yeni@kurum.example", "")
        form = refused.context["form"]
        assert form["phone"].value() == "0312 000 00 00"
        assert form.errors["email"] == ["Stored now: yeni@kurum.example. Yours: birim@kurum.example."]
        assert form.errors["phone"] == ["Stored now: empty. Yours: 0312 000 00 00."]
        assert form.errors["digests_letters"] == ["Stored now: yes. Yours: no."]
        assert "Ayşe Demir saved this page" in form.non_field_errors()[0]
        assert form.errors.keys() == {"email", "phone", "digests_letters", "__all__"}

    def test_a_second_press_saves_over_it(
        self, refused: Any, client: Client, agency: Agency, page: str
    ) -> None:
        assert client.post(page, typed_in(refused)).status_code == 302
        agency.refresh_from_db()
        assert (agency.email, agency.phone) == ("birim@kurum.example", "0312 000 00 00")
        assert not agency.digests_letters

    def test_the_same_change_twice_is_no_conflict(self, signed_in: SignIn, agency: Agency, page: str) -> None:
        client = signed_in(manager_of(agency))
        typed = typed_in(client.get(page)) | {"email": "yeni@kurum.example"}
        assert client.post(page, typed).status_code == 302
        assert client.post(page, typed).status_code == 302

    def test_an_import_in_between_is_seen_too(self, signed_in: SignIn, agency: Agency, page: str) -> None:
        client = signed_in(manager_of(agency))
        typed = typed_in(client.get(page)) | {"phone": "0312 000 00 00"}
        Agency.objects.filter(pk=agency.pk).update(kep_address="yeni@hs01.kep.tr")
        assert client.post(page, typed).status_code == 200
        agency.refresh_from_db()
        assert (agency.kep_address, agency.phone) == ("yeni@hs01.kep.tr", "")

    def test_the_change_stands_in_the_history_of_the_unit(
        self, save: Callable[..., Any], agency: Agency
    ) -> None:
        save()
        assert not agency.changes.exists()
        save(email="yeni@kurum.example")
        (change,) = agency.changes.all()
        assert change.by is not None
        assert (change.kind, change.data) == (
            "contact",
            {"changes": {"email": ["birim@kurum.example", "yeni@kurum.example"]}},
        )

    def test_what_the_form_does_not_show_is_left_as_it_is(
        self, save: Callable[..., Any], agency: Agency
    ) -> None:
        """A column that is written while the form is being saved isn't put back to what was loaded."""
        loaded = Agency.objects.get(pk=agency.pk)
        Agency.objects.filter(pk=agency.pk).update(name="Yeni Ad")
        details = replace(ContactDetails.of(loaded), phone="0312")
        change_contact(agency=loaded, details=details, by=manager_of(agency), at=MOMENT)
        agency.refresh_from_db()
        assert (agency.name, agency.phone) == ("Yeni Ad", "0312")


class TestTheAdministration:
    """The form that edits every column of a unit refuses in the same way."""

    def test_a_stale_form_is_refused_with_both_versions(
        self, english: Client, signed_in: SignIn, agency: Agency
    ) -> None:
        client = signed_in(UserFactory(is_superuser=True, is_staff=True))
        page, stale = page_of(agency), loaded_form(client, agency)
        parent = AgencyFactory(name="Üst Kurum")
        Agency.objects.filter(pk=agency.pk).update(email="yeni@kurum.example", parent=parent)

        refused = client.post(page, stale)

        agency.refresh_from_db()
        assert (refused.status_code, agency.email) == (200, "yeni@kurum.example")
        errors = refused.context["adminform"].form.errors
        assert errors["email"] == ["Stored now: yeni@kurum.example. Yours: birim@kurum.example."]
        assert errors["parent"] == ["Stored now: Üst Kurum. Yours: empty."]

        version = refused.context["adminform"].form["version_read"].value()
        assert client.post(page, stale | {"version_read": version}).status_code == 302
        agency.refresh_from_db()
        assert (agency.email, agency.phone, agency.parent) == (
            "birim@kurum.example", "0312 000 00 00", None,
        )  # fmt: skip
        assert agency.changes.get().data["changes"].keys() == {"email", "phone"}


class TestAnAddressThatNothingReaches:
    """The form says so at the field, and a change to another address and back doesn't hide it."""

    @pytest.fixture
    def closed(self, agency: Agency) -> Agency:
        with transaction.atomic():
            remember_undeliverable(
                channel="email", address=agency.email, answer="550 no such user", at=MOMENT
            )
        return agency

    def test_the_field_says_since_when_and_why(self, signed_in: SignIn, closed: Agency) -> None:
        page = signed_in(manager_of(closed)).get(reverse("agency_contact", args=[closed.pk]))
        help_text = str(page.context["form"].fields["email"].help_text)
        assert date_format(timezone.localtime(MOMENT), "SHORT_DATE_FORMAT") in help_text
        assert "550 no such user" in help_text
        assert help_text in page.content.decode()
        assert not page.context["form"].fields["kep_address"].help_text

    def test_an_address_that_is_put_back_is_still_known(
        self, save: Callable[..., Any], closed: Agency
    ) -> None:
        save(email="yeni@kurum.example")
        closed.refresh_from_db()
        assert not closed.undeliverable_addresses

        save(email="birim@kurum.example")
        closed.refresh_from_db()
        assert [each.address for each in closed.undeliverable_addresses] == ["birim@kurum.example"]

        save(email="birim@kurum.example", works_again="on")
        closed.refresh_from_db()
        assert not closed.undeliverable_addresses

    def test_the_tick_concerns_only_the_address_that_it_names(
        self, save: Callable[..., Any], closed: Agency
    ) -> None:
        save(email="yeni@kurum.example")
        with transaction.atomic():
            remember_undeliverable(channel="email", address="yeni@kurum.example", answer="550", at=MOMENT)
        save(email="birim@kurum.example", works_again="on")
        closed.refresh_from_db()
        assert not is_undeliverable(closed, "email", "yeni@kurum.example")
        assert is_undeliverable(closed, "email", "birim@kurum.example")

    def test_the_oldest_address_is_dropped(self, agency: Agency) -> None:
        for number in range(MOST_REMEMBERED + 1):
            Agency.objects.filter(pk=agency.pk).update(email=f"{number}@kurum.example")
            with transaction.atomic():
                remember_undeliverable(
                    channel="email", address=f"{number}@kurum.example", answer="550", at=MOMENT
                )
        agency.refresh_from_db()
        assert not is_undeliverable(agency, "email", "0@kurum.example")
        assert is_undeliverable(agency, "email", "1@kurum.example")
        assert is_undeliverable(agency, "email", f"{MOST_REMEMBERED}@kurum.example")


def test_remembered_addresses_become_lists_and_back(agency: Agency) -> None:
    migration = import_module("agencies.migrations.0010_several_undeliverable_addresses")
    kept = {"address": agency.email, "since": "2026-03-02T09:00:00+00:00", "answer": "550"}
    worked = {"works": agency.kep_address, "since": "2026-03-02T09:00:00+00:00"}
    before = {"email": kept, "kep": worked}
    Agency.objects.filter(pk=agency.pk).update(undeliverable=before)
    with connection.cursor() as cursor:
        cursor.execute(migration.LISTS)
        agency.refresh_from_db()
        assert agency.undeliverable == {"email": [kept], "kep": [worked]}
        assert list(Agency.objects.with_undeliverable_address()) == [agency]
        cursor.execute(migration.LATEST_ONLY)
    agency.refresh_from_db()
    assert agency.undeliverable == before


@pytest.mark.django_db(transaction=True)
def test_the_history_of_a_unit_in_the_administration_needs_no_lock(signed_in: SignIn) -> None:
    history = page_of(AgencyFactory()).replace("/change/", "/history/")
    client = signed_in(UserFactory(is_superuser=True, is_staff=True))

    assert client.get(history).status_code == client.post(history).status_code == 200

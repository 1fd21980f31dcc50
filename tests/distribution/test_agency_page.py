"""The page of an agency: its data, its people, and its deliveries."""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from agencies.models import Agency, Role
from distribution.models import Delivery
from distribution.services.receiving.acknowledge import acknowledge
from tests.conftest import SignIn
from tests.factories import (
    MOMENT,
    AgencyFactory,
    MembershipFactory,
    UserFactory,
    dispatched_to,
    manager_of,
    recipient_of,
    sender_of,
)
from tests.query_count import query_count

pytestmark = pytest.mark.django_db
SUBJECT = "Köprü Bakım Takvimi"


@pytest.fixture
def agency() -> Agency:
    """The unit of the page."""
    unit: Agency = AgencyFactory(name="Iğdır Köprü Müdürlüğü", parent=AgencyFactory(name="Köprüler Kurumu"))
    return unit


def page_of(agency: Agency, client: Client) -> str:
    response = client.get(reverse("agency", args=[agency.pk]))
    assert response.status_code == 200
    return str(response.content.decode())


def test_everybody_who_is_signed_in_reads_what_the_agency_is(agency: Agency, signed_in: SignIn) -> None:
    Agency.objects.filter(pk=agency.pk).update(
        detsis_no="98167286", kep_address="kopru@hs01.kep.tr", phone="0312 1"
    )
    page = page_of(agency, signed_in(UserFactory()))
    for fact in (
        "Iğdır Köprü Müdürlüğü",
        "Köprüler Kurumu",
        "98167286",
        "kopru@hs01.kep.tr",
        "0312 1",
        agency.email,
    ):
        assert fact in page


def test_the_number_of_units_below_leads_to_them(agency: Agency, signed_in: SignIn) -> None:
    client = signed_in(UserFactory())
    link = f"?in={agency.pk}"
    assert link not in page_of(agency, client)
    AgencyFactory(parent=agency)
    assert link in page_of(agency, client)


def test_a_closed_agency_says_since_when_and_who_came_after_it(agency: Agency, signed_in: SignIn) -> None:
    successor = AgencyFactory(name="Yeni Köprü Müdürlüğü")
    Agency.objects.filter(pk=agency.pk).update(active_to=date(2021, 5, 17), successor=successor)
    page = page_of(agency, signed_in(UserFactory()))
    assert "17.05.2021" in page
    assert "Yeni Köprü Müdürlüğü" in page


def test_who_acts_for_it_is_named_with_the_role_and_nothing_else(agency: Agency, signed_in: SignIn) -> None:
    person = recipient_of(agency)
    former = MembershipFactory(agency=agency, active_to=date(2020, 2, 2)).user
    gone = MembershipFactory(agency=agency, user=UserFactory(is_active=False)).user
    page = page_of(agency, signed_in(UserFactory()))
    assert str(person) in page
    assert str(Role.RECIPIENT.label) in page
    assert person.email not in page
    assert str(former) not in page
    assert str(gone) not in page


class TestWhatItOwes:
    def test_is_seen_by_its_recipient_who_goes_on_to_the_delivery(
        self, agency: Agency, signed_in: SignIn
    ) -> None:
        circular = dispatched_to(agency, subject=SUBJECT)
        page = page_of(agency, signed_in(recipient_of(agency)))
        assert SUBJECT in page
        assert reverse("delivery", args=[circular.deliveries.get().public_id]) in page

    def test_is_seen_by_the_sender_who_goes_on_to_the_letter(self, agency: Agency, signed_in: SignIn) -> None:
        circular = dispatched_to(agency, subject=SUBJECT)
        page = page_of(agency, signed_in(sender_of(circular.issuer)))
        assert reverse("letter", args=[circular.public_id]) in page
        assert reverse("delivery", args=[circular.deliveries.get().public_id]) not in page

    def test_is_seen_by_who_manages_the_issuer_from_above(self, agency: Agency, signed_in: SignIn) -> None:
        top = AgencyFactory()
        dispatched_to(agency, issuer=AgencyFactory(parent=top), subject=SUBJECT)
        assert SUBJECT in page_of(agency, signed_in(manager_of(top)))

    def test_is_hidden_from_everybody_else(self, agency: Agency, signed_in: SignIn) -> None:
        other = AgencyFactory()
        dispatched_to(agency, other, subject=SUBJECT)
        for stranger in (
            UserFactory(),
            recipient_of(other),
            sender_of(agency),
            UserFactory(is_superuser=True),
        ):
            assert SUBJECT not in page_of(agency, signed_in(stranger))

    def test_counts_only_what_the_person_may_see(self, agency: Agency, signed_in: SignIn) -> None:
        seen = dispatched_to(agency)
        dispatched_to(agency)
        response = signed_in(sender_of(seen.issuer)).get(reverse("agency", args=[agency.pk]))
        assert response.context["owed"].paginator.count == 1

    def test_is_each_letter_once_even_for_who_sends_and_receives(
        self, agency: Agency, signed_in: SignIn
    ) -> None:
        circular = dispatched_to(agency)
        user = sender_of(circular.issuer)
        MembershipFactory(user=user, agency=agency)
        response = signed_in(user).get(reverse("agency", args=[agency.pk]))
        assert response.context["owed"].paginator.count == 1

    def test_ends_with_the_acknowledgement(self, agency: Agency, signed_in: SignIn) -> None:
        circular = dispatched_to(agency, subject=SUBJECT)
        user = recipient_of(agency)
        acknowledge(delivery=circular.deliveries.get().public_id, by=user, at=MOMENT)
        assert SUBJECT not in page_of(agency, signed_in(user))

    def test_takes_the_same_number_of_queries_for_2_letters_and_for_20(
        self, agency: Agency, signed_in: SignIn
    ) -> None:
        client = signed_in(recipient_of(agency))

        def queries() -> int:
            return query_count(page_of, agency, client)

        dispatched_to(agency), dispatched_to(agency)
        few = queries()
        for _ in range(18):
            dispatched_to(agency)
            recipient_of(agency)
        assert queries() == few


def test_looking_changes_nothing(agency: Agency, signed_in: SignIn) -> None:
    circular = dispatched_to(agency)
    before = Delivery.objects.values().get(), circular.deliveries.get().events.count()
    client = signed_in(recipient_of(agency))
    page_of(agency, client)
    assert (Delivery.objects.values().get(), circular.deliveries.get().events.count()) == before
    assert client.post(reverse("agency", args=[agency.pk])).status_code == 405


def test_only_who_may_change_the_contact_details_is_offered_to(agency: Agency, signed_in: SignIn) -> None:
    link = reverse("agency_contact", args=[agency.pk])
    assert link in page_of(agency, signed_in(manager_of(agency)))
    assert link not in page_of(agency, signed_in(recipient_of(agency)))


def test_an_agency_that_is_not_there_is_not_found(signed_in: SignIn) -> None:
    assert signed_in(UserFactory()).get(reverse("agency", args=[99])).status_code == 404


def test_a_stranger_is_asked_to_sign_in(agency: Agency, client: Client) -> None:
    assert client.get(reverse("agency", args=[agency.pk])).status_code == 302

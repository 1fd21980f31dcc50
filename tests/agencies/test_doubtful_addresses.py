"""Every form and import warns of a doubtful address: a domain without a dot, or with a known typing error."""

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse

from agencies.models import User
from tests.administration import loaded_form, page_of
from tests.conftest import SignIn
from tests.factories import AgencyFactory, UserFactory

pytestmark = pytest.mark.django_db

DOUBTFUL = {
    "birim@kurum.gow.tr": "Perhaps “kurum.gov.tr” is meant.",
    "birim@gmial.com": "Perhaps “gmail.com” is meant.",
    "birim@sunucu": "has no dot",
}


@pytest.fixture
def administrator(english: Client, signed_in: SignIn) -> Client:
    return signed_in(UserFactory(is_superuser=True, is_staff=True))


def said(response: object) -> str:
    return " ".join(map(str, get_messages(response.wsgi_request)))  # type: ignore[attr-defined]


@pytest.mark.parametrize("field", ["email", "kep_address"])
@pytest.mark.parametrize(("address", "words"), DOUBTFUL.items())
def test_the_administrations_form_of_a_unit_warns(
    administrator: Client, address: str, words: str, field: str
) -> None:
    agency = AgencyFactory()
    answer = administrator.post(page_of(agency), loaded_form(administrator, agency) | {field: address})
    agency.refresh_from_db()
    assert getattr(agency, field) == address
    assert f"{address}: " in said(answer)
    assert words in said(answer)


def test_a_good_address_is_not_warned_of(administrator: Client) -> None:
    agency = AgencyFactory()
    form = loaded_form(administrator, agency) | {"email": "birim@kurum.gov.tr"}
    assert "kurum.gov.tr:" not in said(administrator.post(page_of(agency), form))


@pytest.mark.parametrize(("address", "words"), DOUBTFUL.items())
def test_the_administrations_form_of_a_person_warns(administrator: Client, address: str, words: str) -> None:
    person = UserFactory()
    url = reverse("admin:agencies_user_change", args=[person.pk])
    shown = administrator.get(url).context
    form = shown["adminform"].form
    data = {name: form[name].value() for name in form.fields}
    data = {name: value for name, value in data.items() if value and name != "password"}
    data |= {"email": address, "date_joined_0": "02.03.2026", "date_joined_1": "10:00:00"}
    for each in shown["inline_admin_formsets"]:
        management = each.formset.management_form
        data |= {management.add_prefix(name): management[name].value() for name in management.fields}
    answer = administrator.post(url, data)
    assert answer.status_code == 302, answer.context["adminform"].errors
    assert User.objects.get(pk=person.pk).email == address
    assert words in said(answer)

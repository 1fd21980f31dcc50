"""What isn't a telephone number is refused at its field, in both forms of a unit's contact details."""

import pytest
from django.urls import reverse

from agencies.models import Agency
from tests.conftest import SignIn
from tests.factories import AgencyFactory, manager_of, recipient_of

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("page", ["agency_contact", "correct_contact"])
@pytest.mark.parametrize("typed", ["abc", "a@b.example", "000", "31.12.2026"])
def test_no_number_is_refused_and_stays_typed(signed_in: SignIn, page: str, typed: str) -> None:
    agency: Agency = AgencyFactory(phone="0312 555 00 00")
    person = manager_of(agency) if page == "agency_contact" else recipient_of(agency)

    response = signed_in(person).post(
        reverse(page, args=[agency.pk]), {"email": agency.email, "phone": typed}
    )

    assert response.status_code == 200
    assert list(response.context["form"].errors) == ["phone"]
    assert f'value="{typed}"' in response.content.decode()
    agency.refresh_from_db()
    assert agency.phone == "0312 555 00 00"


@pytest.mark.parametrize(
    ("phone", "dials"),
    [
        ("0312 555 00 00", "03125550000"),
        ("+90 (312) 555 00 00", "+903125550000"),
        ("(0312) 555 00 00 / 555 00 01", "03125550000"),
        ("0312 555 00 00 dahili 1234", "03125550000"),
        ("112", "112"),
    ],
)
def test_a_link_dials_the_first_number(phone: str, dials: str) -> None:
    assert Agency(phone=phone).dialled_phone == dials


def test_an_old_text_does_not_stop_another_change(signed_in: SignIn) -> None:
    agency: Agency = AgencyFactory(phone="santral")

    signed_in(manager_of(agency)).post(
        reverse("agency_contact", args=[agency.pk]), {"email": "yeni@ornek.example", "phone": "santral"}
    )

    agency.refresh_from_db()
    assert (agency.email, agency.phone) == ("yeni@ornek.example", "santral")

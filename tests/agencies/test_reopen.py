"""Reopening an agency, and the pages for renaming and reopening."""

from datetime import date

import pytest
from django.utils import timezone

from agencies.models import Agency
from agencies.services.refusal import ActionRefused
from agencies.services.reopen import reopen_agency
from tests.conftest import SignIn
from tests.factories import MOMENT, AgencyFactory, UserFactory

pytestmark = pytest.mark.django_db
ON = date(2026, 3, 2)


def test_reopening_clears_day_and_successor() -> None:
    agency = AgencyFactory(active_to=ON, successor=AgencyFactory())
    reopen_agency(agency=agency, by=UserFactory(), at=MOMENT)
    agency.refresh_from_db()
    assert (agency.active_to, agency.successor) == (None, None)
    with pytest.raises(ActionRefused):
        reopen_agency(agency=agency, by=UserFactory(), at=MOMENT)


def test_a_directory_administrator_renames_and_reopens_on_the_pages(signed_in: SignIn) -> None:
    client = signed_in(UserFactory(is_directory_administrator=True))
    agency = AgencyFactory(name="Eski Ad Kurumu")
    assert client.get(f"/directory/{agency.pk}/rename/").status_code == 200
    today = timezone.localdate().isoformat()
    refused = client.post(f"/directory/{agency.pk}/rename/", {"name": "Eski Ad Kurumu", "on": today})
    assert "error_1_id_name" in refused.content.decode()
    client.post(f"/directory/{agency.pk}/rename/", {"name": "Yeni Ad Kurumu", "on": today})
    page = client.get(f"/directory/{agency.pk}/").content.decode()
    assert "Yeni Ad Kurumu" in page and "Eski Ad Kurumu" in page

    Agency.objects.filter(pk=agency.pk).update(active_to=date(2026, 3, 3))
    client.get(f"/directory/{agency.pk}/reopen/")
    agency.refresh_from_db()
    assert agency.active_to is not None
    client.post(f"/directory/{agency.pk}/reopen/")
    agency.refresh_from_db()
    assert agency.active_to is None

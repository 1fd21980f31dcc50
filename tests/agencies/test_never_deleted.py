"""People and agencies are not deleted: each may stand in events, which are kept."""

import pytest
from django.test import Client

from agencies.models import Agency, User
from tests.factories import AgencyFactory, UserFactory

pytestmark = pytest.mark.django_db


def test_the_admin_site_deletes_neither_people_nor_agencies(admin_client: Client) -> None:
    person, agency = UserFactory(), AgencyFactory()

    for path, pk in (("user", person.pk), ("agency", agency.pk)):
        assert admin_client.post(f"/admin/agencies/{path}/{pk}/delete/", {"post": "yes"}).status_code == 403
        many = {"action": "delete_selected", "_selected_action": pk, "post": "yes"}
        admin_client.post(f"/admin/agencies/{path}/", many)

    assert User.objects.filter(pk=person.pk).exists()
    assert Agency.objects.filter(pk=agency.pk).exists()

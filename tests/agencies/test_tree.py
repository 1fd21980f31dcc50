"""The tree of agencies: paths follow the parent, and cycles are refused."""

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from agencies.models import Agency
from tests.factories import AgencyFactory

pytestmark = pytest.mark.django_db


def test_moving_an_agency_moves_its_descendants() -> None:
    old, new = AgencyFactory(), AgencyFactory()
    child = AgencyFactory(parent=old)
    grandchild = AgencyFactory(parent=child)

    child.parent = new
    child.save()

    grandchild.refresh_from_db()
    assert child.path == [new.pk, child.pk]
    assert grandchild.path == [new.pk, child.pk, grandchild.pk]


def test_an_agency_can_not_be_its_own_descendant() -> None:
    top = AgencyFactory()
    bottom = AgencyFactory(parent=AgencyFactory(parent=top))
    top.parent = bottom

    with pytest.raises(ValidationError):
        top.full_clean()
    with pytest.raises(ValidationError):
        top.save()

    assert Agency.objects.get(pk=top.pk).parent is None


def test_a_new_agency_does_not_rewrite_the_tree() -> None:
    parent = AgencyFactory()

    with CaptureQueriesContext(connection) as queries:
        AgencyFactory(parent=parent)

    assert not [query for query in queries if "RECURSIVE" in query["sql"]]

"""A unit that has sent letters in March."""

from datetime import timedelta

import pytest

from agencies.models import Agency, AgencyKind
from circulars.models import Circular
from tests.distribution.month_review.month import MONDAY, confirm, timed
from tests.factories import AgencyFactory


@pytest.fixture
def issuer() -> Agency:
    return AgencyFactory(name="Uluslararası İşgücü Genel Müdürlüğü")


@pytest.fixture
def letters(issuer: Agency) -> list[Circular]:
    """Two letters to six units each, confirmed in time by five, in March; one in February."""
    units = AgencyFactory.create_batch(6, kind=AgencyKind.GOVERNORSHIP)
    found = [timed(*units, issuer=issuer, at=MONDAY + timedelta(days=days)) for days in (0, 1, -20)]
    for letter in found:
        for unit in units[:5]:
            confirm(letter, unit, letter.deliveries.all()[0].created_at + timedelta(hours=3))
    return found

"""Rank between agencies."""

from collections.abc import Callable

import pytest

from agencies.matching.rank import Standing, levels, standings
from agencies.models import Agency, AgencyKind
from tests.factories import AgencyFactory
from tests.query_count import query_count

pytestmark = pytest.mark.django_db
Directory = Callable[[str], Agency]
MINISTRY_UNIT = "calisma-uluslararasi-isgucu"


@pytest.mark.parametrize(
    ("code", "standing"),
    [
        ("cumhurbaskanligi", Standing.ABOVE),
        ("yatirim-finans-ofisi", Standing.ABOVE),
        ("tbmm", Standing.ABOVE),
        ("danistay", Standing.ABOVE),
        ("ministry-calisma", Standing.ABOVE),
        ("ministry-adalet", Standing.EQUAL),
        ("yuksekogretim-kurulu", Standing.EQUAL),
        ("calisma-hukuk", Standing.EQUAL),
        ("sosyal-guvenlik-kurumu", Standing.BELOW),
        ("valilik-06", Standing.BELOW),
        ("sosyal-guvenlik-06", Standing.BELOW),
    ],
)
def test_a_ministry_s_unit_writes_with_the_rank_of_its_ministry(
    directory: Directory, code: str, standing: Standing
) -> None:
    agency = directory(code)

    assert standings([agency], of=directory(MINISTRY_UNIT)) == {agency.pk: standing}


@pytest.mark.parametrize(
    ("of", "code", "standing"),
    [
        ("valilik-06", "cevre-sehircilik-06", Standing.BELOW),
        ("cevre-sehircilik-06", "valilik-06", Standing.ABOVE),
        ("valilik-06", "valilik-34", Standing.EQUAL),
        ("valilik-06", "ministry-icisleri", Standing.ABOVE),
        ("sosyal-guvenlik-kurumu", "ministry-calisma", Standing.ABOVE),
        ("sosyal-guvenlik-kurumu", "ministry-adalet", Standing.ABOVE),
        ("sosyal-guvenlik-kurumu", "sosyal-guvenlik-06", Standing.BELOW),
        ("cumhurbaskanligi", "tbmm", Standing.EQUAL),
        ("cumhurbaskanligi", "ministry-adalet", Standing.BELOW),
    ],
)
def test_other_bodies_rank_by_the_shipped_levels(
    directory: Directory, of: str, code: str, standing: Standing
) -> None:
    agency = directory(code)

    assert standings([agency], of=directory(of)) == {agency.pk: standing}


def test_bodies_without_a_known_relation_are_equal() -> None:
    one, other = AgencyFactory(), AgencyFactory(kind=AgencyKind.MINISTRY)

    assert standings([other], of=one) == {other.pk: Standing.EQUAL}
    assert standings([one], of=other) == {one.pk: Standing.EQUAL}


def test_every_level_is_of_a_kind_that_agencies_have() -> None:
    assert set(levels()) <= set(AgencyKind.values)


def test_the_number_of_queries_does_not_grow_with_the_agencies(directory: Directory) -> None:
    issuer = directory(MINISTRY_UNIT)
    agencies = list(Agency.objects.exclude(pk=issuer.pk))
    counts = []
    for share in (agencies[:2], agencies):
        counts.append(query_count(standings, share, of=issuer))

    assert counts == [1, 1]

"""A sender of the directorate that issued the sample letter; the interface is English so that texts can be asserted."""

from collections.abc import Callable, Iterator

import pytest
from django.test import Client

from agencies.models import Agency, User
from circulars.files.limited import reading as limited
from circulars.files.limited.pool import LimitedPool, Limits
from circulars.models import Circular
from tests.conftest import SignIn
from tests.factories import AgencyFactory, LineFactory, draft_to, sender_of

ISSUER_NAME = "Uluslararası İşgücü Genel Müdürlüğü"


@pytest.fixture
def issuer(directory: Callable[[str], Agency]) -> Agency:
    """The unit of the sample letter's letterhead."""
    return Agency.objects.get(name=ISSUER_NAME)


@pytest.fixture
def sender(issuer: Agency) -> User:
    """A sender of that unit."""
    return sender_of(issuer)


@pytest.fixture
def as_sender(sender: User, english: Client, signed_in: SignIn) -> Client:
    """The client, signed in as that person."""
    return signed_in(sender)


@pytest.fixture
def unit(db: None) -> Agency:
    """A unit outside the shipped directory, for tests that need only one."""
    return AgencyFactory(name="Sınama Genel Müdürlüğü")


@pytest.fixture
def draft(unit: Agency) -> Circular:
    """A draft of the unit to two ministries and one unknown line."""
    circular = draft_to(
        AgencyFactory(name="Şeker Bakanlığı"),
        AgencyFactory(name="İplik Bakanlığı"),
        issuer=unit,
        number="E-1-010-7",
    )
    LineFactory(circular=circular, position=2, agency=None, text="Bilinmeyen Kuruluna")
    return circular


@pytest.fixture
def writer(unit: Agency, english: Client, signed_in: SignIn) -> Client:
    """The client, signed in as a sender of that unit."""
    return signed_in(sender_of(unit))


@pytest.fixture
def within(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[float], None]]:
    """Call it with the seconds that a file may take from then on."""
    pools: list[LimitedPool] = []

    def seconds(limit: float) -> None:
        pools.append(LimitedPool(Limits(512 * 1024 * 1024, limit, limit), 1))
        monkeypatch.setattr(limited, "limited_pool", lambda: pools[-1])

    yield seconds
    for pool in pools:
        pool.stop()

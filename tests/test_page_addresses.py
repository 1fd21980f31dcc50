"""The pages that `make bench` measures: every address of the product is either opened or left out for a reason."""

from typing import Any

import pytest
from django.test import Client

from benchmarks.at_scale.page_addresses import (
    BOARDS,
    MANY,
    ON_DRAFTS,
    REASONS,
    SEARCHES,
    Sample,
    addresses,
    own_patterns,
)
from benchmarks.at_scale.pages import Measured
from circulars.models import Circular
from tests.factories import (
    AgencyFactory,
    AgencyGroupFactory,
    copy_below,
    dispatched_to,
    draft_to,
    manager_of,
    recipient_of,
    sender_of,
)


@pytest.fixture
def sample(db: None) -> Sample:
    issuer, unit = AgencyFactory(name="Ulaştırma Bakanlığı"), AgencyFactory(name="Adana Valiliği")
    letter = dispatched_to(unit, issuer=issuer)
    Circular.objects.filter(pk=letter.pk).update(recipient_count=MANY)
    copy_below(letter.deliveries.get(), AgencyFactory())
    draft_to(unit, issuer=issuer)
    AgencyGroupFactory()
    people = {"recipient": recipient_of(unit), "sender": sender_of(issuer), "manager": manager_of(issuer)}
    return Sample(unit, issuer, people)


@pytest.mark.parametrize("role", SEARCHES)
def test_every_address_can_be_opened_and_none_fails(role: str, sample: Sample, client: Client) -> None:
    client.force_login(sample.people[role])

    found: dict[str, Any] = {
        address.name: client.get(address.path).status_code for address in addresses(sample, role)
    }

    assert not {name: status for name, status in found.items() if status >= 500}
    assert not {name: status for name, status in found.items() if "?" in name and status != 200}
    assert found["letter" if role != "recipient" else "unit_inbox"] == 200


def test_the_named_addresses_exist() -> None:
    names = {pattern.name for pattern in own_patterns()}

    assert names >= ON_DRAFTS | set(REASONS) | BOARDS


@pytest.mark.parametrize(
    ("measured", "missed"),
    [
        (Measured("letters manager", 0.1, 0.14, 15, is_board=False), []),
        (Measured("board manager", 0.09, 0.26, 15, is_board=True), []),
        (Measured("board manager", 0.09, 0.28, 16, is_board=True), ["ratio", "queries"]),
        (Measured("letters manager", 0.1, 0.31, 3, is_board=False), ["seconds", "ratio"]),
    ],
)
def test_a_page_is_told_what_it_misses_of_the_goal(measured: Measured, missed: list[str]) -> None:
    assert measured.misses(0.3) == missed

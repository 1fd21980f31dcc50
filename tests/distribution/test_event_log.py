"""The registry of event kinds (data, wording, icon), and that events are written in one place only."""

import ast
import re
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.utils import translation

from distribution.event_log import (
    REGISTRY,
    Actor,
    EventData,
    PassedOnData,
    data_of,
    shown,
)
from distribution.event_log.kind import UnknownData
from distribution.models import DeliveryEvent, EventKind
from distribution.models.acts.event import event_hash
from tests.conftest import ROOT
from tests.distribution.samples_of_events import AT, FAILED, SAMPLES
from tests.test_architecture import OURS, modules


def event(kind: EventKind, data: dict[str, Any]) -> DeliveryEvent:
    return DeliveryEvent(kind=kind, at=AT, data=data)


def row(*events: DeliveryEvent) -> str:
    """The row's text without markup."""
    page = render_to_string("distribution/_events.html", {"events": shown(events)})
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", page)).strip()
    return text.replace("&#x27;", "'").removeprefix("02.03.2026 12:30 ")


def test_every_kind_has_an_entry_and_a_sample() -> None:
    assert set(REGISTRY) == set(EventKind) == {data.kind for data, _stored, _words in SAMPLES}
    assert all(entry.kind == kind for kind, entry in REGISTRY.items())


def test_an_event_of_a_later_version_is_named_instead_of_breaking_the_page() -> None:
    later = DeliveryEvent(kind="shredded", at=AT, data={"by": "Ali Ak"})

    with translation.override("en"):
        assert row(later) == "Recorded by a later version of this software: shredded"


def test_every_icon_is_one_that_is_served() -> None:
    path = finders.find("icons/tabler-icons.min.css")
    assert path
    css = Path(path).read_text(encoding="utf-8")

    entries = [*REGISTRY.values(), UnknownData]
    assert not [entry.icon for entry in entries if f".ti-{entry.icon}:before" not in css]


@pytest.mark.parametrize(("data", "stored", "words"), SAMPLES, ids=[each[2] for each in SAMPLES])
def test_data_is_stored_with_its_keys_and_read_again(
    data: EventData, stored: dict[str, Any], words: str
) -> None:
    assert data.to_json() == stored
    assert data_of(event(data.kind, stored)) == data


@pytest.mark.parametrize(("data", "stored", "words"), SAMPLES, ids=[each[2] for each in SAMPLES])
def test_the_page_says_it_in_both_languages(data: EventData, stored: dict[str, Any], words: str) -> None:
    with translation.override("en"):
        english = str(data.kind.label)
        assert row(event(data.kind, stored)) == words
    with translation.override("tr"):
        turkish = row(event(data.kind, stored))
        assert turkish.startswith(str(data.kind.label))
    assert english not in turkish
    for name in ("Ayşe Öz", "Ali Ak", "Eski", "Bakanlık"):
        assert (name in turkish) == (name in words)


@pytest.mark.parametrize("kind", EventKind)
def test_a_row_without_any_key_is_shown_as_well(kind: EventKind) -> None:
    with translation.override("en"):
        assert str(kind.label) in row(event(kind, {}))


def test_many_units_are_folded() -> None:
    units = tuple(f"Birim {number}" for number in range(6))
    data = PassedOnData(actor=Actor("Ali Ak"), units=units, note="Acele")

    with translation.override("en"):
        page = render_to_string(
            "distribution/_events.html", {"events": shown([event(data.kind, data.to_json())])}
        )

    assert re.search(r"<details>\s*<summary>\s*6 units\s*</summary>\s*Birim 0, .*Birim 5\s*</details>", page)
    assert "Passed on: Ali Ak" in page
    assert "· “Acele”" in page


def test_what_a_server_said_is_marked_as_english() -> None:
    page = render_to_string(
        "distribution/_events.html",
        {"events": shown([event(EventKind.BOUNCED, FAILED | {"error": "<550>"})])},
    )

    assert '· <span lang="en">&lt;550&gt;</span>' in page
    assert '<i class="ti ti-mail-off" aria-hidden="true"></i>' in page


def test_a_kind_has_only_one_entry() -> None:
    with pytest.raises(ValueError, match="has an entry already: OpenedData"):
        type("Second", (EventData,), {}, kind=EventKind.OPENED, icon="eye")


def test_the_hash_of_an_event_is_what_it_always_was() -> None:
    assert (
        event_hash(
            delivery=UUID("12345678-1234-5678-1234-567812345678"),
            sequence=2,
            kind=EventKind.OPENED,
            at=AT,
            by=7,
            for_agency=None,
            data={"name": "Ayşe Öz"},
            previous="0" * 64,
        )
        == "6ecef7e3e210fd6eecc0fd141b5940b319235ed9b44755ff85be98ced25a12b8"
    )


def test_only_the_event_log_writes_events() -> None:
    """`benchmarks/dispatch.py` has a raw INSERT of its own as a reference for measurements.

    `demo/history` copies whole tables and is tested separately.
    """
    raw = re.compile(r"INSERT\s+INTO\s+distribution_deliveryevent", re.IGNORECASE)
    written = re.compile(
        r"(DeliveryEvent|\.events)(\.objects)?\.(create|bulk_create|get_or_create|update_or_create)\b"
    )
    elsewhere = set()
    for path in modules(*OURS):
        relative = path.relative_to(ROOT)
        if relative.parts[:2] == ("distribution", "event_log"):
            continue
        text = path.read_text(encoding="utf-8")
        calls = [node.func for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call)]
        constructs = any(isinstance(func, ast.Name) and func.id == "DeliveryEvent" for func in calls)
        if constructs or raw.search(text) or written.search(text):
            elsewhere.add(str(relative))

    assert elsewhere == {"benchmarks/dispatch.py"}

"""The registry of event kinds (data, wording, icon), and that events are written in one place only."""

import ast
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.utils import translation

from distribution.event_log import (
    REGISTRY,
    AcknowledgedData,
    Actor,
    AddedData,
    BouncedData,
    CodeSentData,
    CompletedData,
    CorrectedData,
    DeferredData,
    DispatchedData,
    DocumentAttachedData,
    DownloadedData,
    DueChangedData,
    EscalatedData,
    EventData,
    ExtensionAskedData,
    ExtensionGrantedData,
    ExtensionRefusedData,
    HandedOverData,
    LinkRevokedData,
    MailAnswerData,
    NoticeFailedData,
    NotifiedData,
    ObjectedData,
    OpenedData,
    PassedOnData,
    PassedToSuccessorData,
    ReachedData,
    ReadInMailboxData,
    ReceivedBelowData,
    RecordedOnBehalfData,
    RecordTakenBackData,
    RelayedData,
    RemindedData,
    RemovedData,
    ReturnedData,
    SupersededData,
    WithdrawnData,
    data_of,
    shown,
)
from distribution.models import DeliveryEvent, EventKind
from distribution.models.event import event_hash
from tests.conftest import ROOT
from tests.test_architecture import OURS, modules

AT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
AYSE = Actor("Ayşe Öz", as_deputy_of="Ali Ak")
AYSE_JSON = {"name": "Ayşe Öz", "as_deputy_of": "Ali Ak"}
ALI = Actor("Ali Ak", job_title="Şef", agency="Yeni Müdürlük", in_place_of="Eski Müdürlük")
ALI_JSON = {
    "name": "Ali Ak", "job_title": "Şef", "agency": "Yeni Müdürlük", "in_place_of": "Eski Müdürlük",
}  # fmt: skip
SENT: dict[str, Any] = {"channel": "email", "address": "a@b.example", "message_id": "<1@x>"}
MAILBOX: dict[str, Any] = {"channel": "kep", "address": "a@hs01.kep.tr"}
EVIDENCE: dict[str, Any] = MAILBOX | {"evidence": "E-1", "code": 40, "provider": "PTT"}
FAILED: dict[str, Any] = {"channel": "email", "address": "a@b.example", "error": "550 no such user"}
FOLLOWED: dict[str, Any] = {"from": "Eski", "from_id": 3, "to": "Yeni", "to_id": 4, "closed_on": "2026-02-01"}
HEIR: dict[str, Any] = {"unit": "Eski", "unit_id": 3, "to": "Yeni", "to_id": 4, "closed_on": "2026-02-01"}
PAPER: dict[str, Any] = {
    "channel": "hand", "method": "hand", "handed_on": "02.03.2026", "received_by": "Can Su",
    "reference": "", "file": "tutanak.pdf", "sha256": "f" * 64,
}  # fmt: skip
SAID: dict[str, Any] = {
    "said_through": "telephone", "said_by": "Can Su", "said_by_title": "Şef", "note": "Acele",
    "file": "not.pdf", "sha256": "f" * 64,
}  # fmt: skip

SAMPLES: list[tuple[EventData, dict[str, Any], str]] = [
    (
        DispatchedData(by="Ayşe Öz", purpose="action", email="a@b.example", as_deputy_of="Ali Ak", revision=2),
        {
            "by": "Ayşe Öz", "purpose": "action", "email": "a@b.example", "as_deputy_of": "Ali Ak",
            "revision": 2,
        },
        "Dispatched (as deputy of Ali Ak)",
    ),
    (NotifiedData(**SENT), SENT, "Notice sent"),
    (
        NotifiedData(**SENT, notice="returned", told="Bakanlık"),
        SENT | {"notice": "returned", "told": "Bakanlık"},
        "Notice sent: Bakanlık",
    ),
    (
        NoticeFailedData(**FAILED, falls_to="inbox"),
        FAILED | {"falls_to": "inbox"},
        "Notice could not be sent · 550 no such user",
    ),
    (BouncedData(**FAILED), FAILED, "Came back as undeliverable · 550 no such user"),
    (DeferredData(**FAILED), FAILED, "Not delivered for now, is sent again · 550 no such user"),
    (
        MailAnswerData(actor=Actor("Ayşe Öz"), address="evrak@a.example", file="e-posta.eml", sha256="ab"),
        {"name": "Ayşe Öz", "address": "evrak@a.example", "file": "e-posta.eml", "sha256": "ab"},
        "Reply by e-mail kept as a document: evrak@a.example",
    ),
    (OpenedData(actor=AYSE), AYSE_JSON, "Letter opened: Ayşe Öz (as deputy of Ali Ak)"),
    (
        OpenedData(actor=ALI, via="link", address="a@b.example"),
        ALI_JSON | {"via": "link", "address": "a@b.example"},
        "Letter opened: Ali Ak (by link, without signing in) (in place of Eski Müdürlük)",
    ),
    (
        DownloadedData(actor=Actor("Can Su"), file="ek.pdf", sha256="f" * 64),
        {"name": "Can Su", "file": "ek.pdf", "sha256": "f" * 64},
        "File downloaded: Can Su (ek.pdf)",
    ),
    (
        AcknowledgedData(actor=ALI, register_number="", sha256="f" * 64),
        ALI_JSON | {"register_number": "", "sha256": "f" * 64},
        "Confirmed: Ali Ak (in place of Eski Müdürlük)",
    ),
    (
        PassedToSuccessorData(**HEIR, email="y@b.example"),
        FOLLOWED | {"email": "y@b.example"},
        "Passed to the unit's successor: Eski → Yeni",
    ),
    (
        SupersededData(**HEIR, covered_by="c0"),
        FOLLOWED | {"covered_by": "c0"},
        "Closed: another copy covers it: Eski → Yeni",
    ),
    (ReachedData(**EVIDENCE), EVIDENCE, "Reached the mailbox · KEP evidence 40 PTT"),
    (RelayedData(**MAILBOX), MAILBOX, "On its way"),
    (
        ReadInMailboxData(**EVIDENCE, matched_by="Ali Ak"),
        EVIDENCE | {"matched_by": "Ali Ak"},
        "Read in the mailbox · KEP evidence 40 PTT",
    ),
    (
        HandedOverData(actor=Actor("Ali Ak"), **PAPER),
        PAPER | {"name": "Ali Ak"},
        "Handed over by hand or post: Ali Ak (tutanak.pdf) · 02.03.2026 · received by Can Su",
    ),
    (
        CompletedData(actor=ALI, disposition="not_applicable", reason="Görev alanı dışı"),
        ALI_JSON | {"disposition": "not_applicable", "reason": "Görev alanı dışı"},
        "Answered (Not applicable): Ali Ak (in place of Eski Müdürlük) · “Görev alanı dışı”",
    ),
    (
        DocumentAttachedData(actor=ALI, file="cevap.pdf", sha256="f" * 64),
        ALI_JSON | {"file": "cevap.pdf", "sha256": "f" * 64},
        "Answer document attached: Ali Ak (cevap.pdf) (in place of Eski Müdürlük)",
    ),
    (
        ReturnedData(actor=AYSE, ground="not_fit", reason="Ek açılmıyor"),
        AYSE_JSON | {"ground": "not_fit", "reason": "Ek açılmıyor"},
        "Returned: Ayşe Öz (as deputy of Ali Ak) · “Ek açılmıyor”",
    ),
    (
        ExtensionAskedData(actor=ALI, due="05.03.2026 17:00", reason="Veri bekleniyor"),
        ALI_JSON | {"due": "05.03.2026 17:00", "reason": "Veri bekleniyor"},
        "More time asked for: Ali Ak (in place of Eski Müdürlük) · Due: 05.03.2026 17:00 · “Veri bekleniyor”",
    ),
    (
        ExtensionGrantedData(actor=AYSE, due="05.03.2026 17:00", reason=""),
        AYSE_JSON | {"due": "05.03.2026 17:00", "reason": ""},
        "More time granted: Ayşe Öz (as deputy of Ali Ak) · Due: 05.03.2026 17:00",
    ),
    (
        ExtensionRefusedData(actor=Actor("Ali Ak"), reason="Süre yeterli"),
        {"name": "Ali Ak", "reason": "Süre yeterli"},
        "More time refused: Ali Ak · “Süre yeterli”",
    ),
    (
        PassedOnData(actor=ALI, units=("Birim 1", "Birim 2"), due="05.03.2026 17:00", note="Acele"),
        ALI_JSON | {"units": ["Birim 1", "Birim 2"], "due": "05.03.2026 17:00", "note": "Acele"},
        "Passed on: Ali Ak: Birim 1, Birim 2 (in place of Eski Müdürlük) · Due: 05.03.2026 17:00 · “Acele”",
    ),
    (
        ReceivedBelowData(actor=AYSE, units=("Üst",), purpose="info", email="a@b.example"),
        AYSE_JSON | {"units": ["Üst"], "purpose": "info", "email": "a@b.example"},
        "Came from the unit above: Ayşe Öz (as deputy of Ali Ak): Üst",
    ),
    (
        ReceivedBelowData(units=("Üst",), purpose="info", email="a@b.example", by="Ali Ak", revision=2),
        {"units": ["Üst"], "purpose": "info", "email": "a@b.example", "by": "Ali Ak", "revision": 2},
        "Came from the unit above: Üst",
    ),
    (RemindedData(**SENT, actor=Actor("Ali Ak")), SENT | {"name": "Ali Ak"}, "Reminded: Ali Ak"),
    (
        EscalatedData(**SENT, told="Bakanlık", no_unit_above=True),
        SENT | {"told": "Bakanlık", "no_unit_above": True},
        "Told the unit above and the sender's manager: Bakanlık (no unit stands above the recipient)",
    ),
    (
        EscalatedData(nobody_told=True),
        {"nobody_told": True},
        "Told the unit above and the sender's manager: nobody could be told",
    ),
    (
        WithdrawnData(actor=AYSE, reason="Yanlış liste"),
        AYSE_JSON | {"reason": "Yanlış liste"},
        "Withdrawn by the sender: Ayşe Öz (as deputy of Ali Ak) · “Yanlış liste”",
    ),
    (
        AddedData(actor=Actor("Ali Ak"), purpose="action", email="a@b.example", due="05.03.2026 17:00"),
        {"name": "Ali Ak", "purpose": "action", "email": "a@b.example", "due": "05.03.2026 17:00"},
        "Added after the dispatch: Ali Ak · Due: 05.03.2026 17:00",
    ),
    (
        RemovedData(actor=Actor("Ali Ak"), reason="Yanlış birim"),
        {"name": "Ali Ak", "reason": "Yanlış birim"},
        "Taken off the distribution: Ali Ak · “Yanlış birim”",
    ),
    (
        DueChangedData(actor=Actor("Ali Ak"), due="05.03.2026 17:00"),
        {"name": "Ali Ak", "due": "05.03.2026 17:00"},
        "Due time changed: Ali Ak · Due: 05.03.2026 17:00",
    ),
    (
        CorrectedData(actor=Actor("Ali Ak"), revision=2, reason="Tarih", covered_by="c0"),
        {"name": "Ali Ak", "revision": 2, "reason": "Tarih", "covered_by": "c0"},
        "Corrected by a new revision: Ali Ak · “Tarih”",
    ),
    (
        LinkRevokedData(actor=Actor("Ali Ak"), reason=""),
        {"name": "Ali Ak", "reason": ""},
        "Link without account revoked: Ali Ak",
    ),
    (CodeSentData(**SENT), SENT, "One-time code sent: a@b.example"),
    (
        RecordedOnBehalfData(actor=Actor("Ali Ak"), confirms=False, **SAID, said_at=AT, disposition="done"),
        {"name": "Ali Ak", "confirms": False, "said_at": AT.isoformat(), "disposition": "done"} | SAID,
        "Recorded by the sender on the unit's behalf: Ali Ak (not.pdf) · Done · Telephone · Can Su, Şef"
        " · 02.03.2026 12:30 · “Acele”",
    ),
    (
        ObjectedData(actor=ALI, reason="Aranmadık", confirmation=True, answer=False),
        ALI_JSON | {"reason": "Aranmadık", "confirmation": True, "answer": False},
        "The unit objected to the sender's record: Ali Ak (in place of Eski Müdürlük) · “Aranmadık”",
    ),
    (
        RecordTakenBackData(actor=AYSE, reason="Yanlış birim", confirmation=True, answer=True),
        AYSE_JSON | {"reason": "Yanlış birim", "confirmation": True, "answer": True},
        "The sender took its record back: Ayşe Öz (as deputy of Ali Ak) · “Yanlış birim”",
    ),
]  # fmt: skip


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


def test_every_icon_is_one_that_is_served() -> None:
    path = finders.find("icons/tabler-icons.min.css")
    assert path
    css = Path(path).read_text(encoding="utf-8")

    assert not [entry.icon for entry in REGISTRY.values() if f".ti-{entry.icon}:before" not in css]


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

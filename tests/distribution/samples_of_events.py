"""An event of each kind with its stored data and its English wording."""

from datetime import UTC, datetime
from typing import Any

from distribution.event_log import (
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
    RegisterChangedData,
    RelayedData,
    RemindedData,
    RemovedData,
    ReturnAcceptedData,
    ReturnedData,
    SentAgainData,
    SentAnotherWayData,
    SentInsteadData,
    SupersededData,
    TakeBackAskedData,
    TakeBackRefusedData,
    TakenBackData,
    WithdrawnData,
)

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
    (
        AddedData(actor=AYSE, purpose="action", email="y@b.example", instead_of="c0"),
        AYSE_JSON | {"purpose": "action", "email": "y@b.example", "instead_of": "c0"},
        "Added after the dispatch (instead of a returned copy): Ayşe Öz (as deputy of Ali Ak)",
    ),
    (
        SentAgainData(actor=Actor("Ayşe Öz"), reason="Göreviniz."),
        {"name": "Ayşe Öz", "reason": "Göreviniz."},
        "Sent again after the return: Ayşe Öz · “Göreviniz.”",
    ),
    (
        SentInsteadData(actor=Actor("Ayşe Öz"), instead="c1"),
        {"name": "Ayşe Öz", "instead": "c1"},
        "Return settled: sent to another unit: Ayşe Öz",
    ),
    (ReturnAcceptedData(actor=Actor("Ayşe Öz")), {"name": "Ayşe Öz"}, "Return accepted: Ayşe Öz"),
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
        RegisterChangedData(actor=Actor("Ali Ak"), before="", after="2026/7"),
        {"name": "Ali Ak", "before": "", "after": "2026/7"},
        "Register number changed: none → 2026/7 · Ali Ak",
    ),
    (
        TakenBackData(actor=ALI, act="acknowledged", event=4, register_number="2026/7"),
        ALI_JSON | {"act": "acknowledged", "event": 4, "register_number": "2026/7"},
        "Taken back (Confirmation): Ali Ak (in place of Eski Müdürlük)",
    ),
    (
        TakenBackData(
            actor=AYSE, act="completed", event=5, documents=("ab",), asked_by="Can Su", reason="Tamam"
        ),
        AYSE_JSON
        | {"act": "completed", "event": 5, "documents": ["ab"], "asked_by": "Can Su", "reason": "Tamam"},
        "Taken back (Answer given): Ayşe Öz (as deputy of Ali Ak) · at the request of Can Su · “Tamam”",
    ),
    (
        TakeBackAskedData(actor=ALI, act="returned", reason="Bizimmiş"),
        ALI_JSON | {"act": "returned", "reason": "Bizimmiş"},
        "Asked to take back (Return of the letter): Ali Ak (in place of Eski Müdürlük) · “Bizimmiş”",
    ),
    (
        TakeBackRefusedData(actor=AYSE, act="returned", reason="Başkasına gitti"),
        AYSE_JSON | {"act": "returned", "reason": "Başkasına gitti"},
        "Taking back refused (Return of the letter): Ayşe Öz (as deputy of Ali Ak) · “Başkasına gitti”",
    ),
    (
        RecordedOnBehalfData(actor=Actor("Ali Ak"), confirms=False, **SAID, said_at=AT, disposition="done"),
        {"name": "Ali Ak", "confirms": False, "said_at": AT.isoformat(), "disposition": "done"} | SAID,
        "Recorded by the sender on the unit's behalf: Ali Ak (not.pdf) · Done · Telephone · Can Su, Şef"
        " · 02.03.2026 12:30 · “Acele”",
    ),
    (
        SentAnotherWayData(actor=ALI, channel="kep", other="email", address="a@b.example", notice="reminder"),
        ALI_JSON | {"channel": "kep", "other": "email", "address": "a@b.example", "notice": "reminder"},
        "Sent by another channel, since the first one stood still (Reminder): Ali Ak"
        " · KEP → E-mail (a@b.example)",
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

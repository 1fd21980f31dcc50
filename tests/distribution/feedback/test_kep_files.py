"""Parsing of KEP evidence files: both formats, times, and unusable files."""

import time
import zipfile
from datetime import UTC, datetime
from io import BytesIO

import pytest
from django.utils.translation import override

from distribution.feedback import kep_files
from distribution.feedback.kep_files import EvidenceUnreadable, ReadEvidence, read_evidence, unpack
from distribution.models import EvidenceCode
from tests.distribution import kep

MOMENT = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)


def only(content: bytes) -> ReadEvidence:
    (found,) = read_evidence(content)
    assert isinstance(found, ReadEvidence), found
    return found


def test_the_answer_of_a_web_service_is_read() -> None:
    found = only(
        kep.answer(
            {"delilId": "D-1", "delilaciklama": "Teslim edildi"},
            message_id="<abc@localhost>",
            recipient="birim@hs01.kep.tr",
        )
    )

    assert (found.evidence_id, found.code, found.at) == ("D-1", EvidenceCode.DELIVERED, MOMENT)
    assert (found.message_id, found.recipient) == ("<abc@localhost>", "birim@hs01.kep.tr")
    assert (found.provider, found.description) == ("PTT KEP", "Teslim edildi")


def test_parallel_arrays_are_turned_into_one_evidence_each() -> None:
    found = read_evidence(
        kep.answer(
            {"delilId": "D-1", "delilTurId": "10"},
            {"delilId": "D-2", "delilTurId": "20", "tarih": "2026-03-02T13:01:00+03:00"},
            {"delilId": "D-3", "delilTurId": "41", "hataaciklama": "Kota dolu"},
            message_id="<abc@localhost>",
        )
    )

    read = [each for each in found if isinstance(each, ReadEvidence)]
    assert [(each.evidence_id, each.code) for each in read] == [("D-1", 10), ("D-2", 20), ("D-3", 41)]
    assert {each.message_id for each in read} == {"<abc@localhost>"}
    assert read[2].error == "Kota dolu"
    assert b"D-2" not in read[0].content


def test_an_array_may_also_be_one_element_with_members() -> None:
    content = (
        b"<r><delilId><item>1</item><item>2</item></delilId><delilTurId><item>10</item><item>40</item></delilTurId>"
        b"<tarih><item>2026-03-02T10:00:00Z</item><item>2026-03-02T10:00:00Z</item></tarih></r>"
    )

    assert [each.code for each in read_evidence(content) if isinstance(each, ReadEvidence)] == [10, 40]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"MZ\0\0", "It isn't an XML file."),
        (b"", "It isn't an XML file."),
        (b"<a>\n<b></a>", "Its XML is broken at line 2."),
        (b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>', "Its XML has a document type"),
    ],
)
def test_a_file_that_cannot_be_read_says_so_in_words_for_a_person(content: bytes, reason: str) -> None:
    with override("en"):
        (found,) = read_evidence(content)

    assert str(found).startswith(reason)


def test_names_are_read_in_any_case_and_namespace() -> None:
    content = (
        b'<X xmlns="urn:x"><DELILID>7</DELILID><DelilTurID> 60 </DelilTurID>'
        b"<Tarih>02.03.2026 13:00:00</Tarih></X>"
    )

    assert only(content).code == EvidenceCode.READ


@pytest.mark.parametrize(
    ("kind", "event", "code"),
    [
        ("SubmissionAcceptanceRejection", "Acceptance", 10),
        ("SubmissionAcceptanceRejection", "Rejection", 11),
        ("RelayREMMDAcceptanceRejection", "Acceptance", 20),
        ("RelayREMMDAcceptanceRejection", "Rejection", 21),
        ("RelayREMMDFailure", "RelayFailure", 31),
        ("DeliveryNonDeliveryToRecipient", "Delivery", 40),
        ("DeliveryNonDeliveryToRecipient", "DeliveryExpiration", 41),
        ("RetrievalNonRetrievalByRecipient", "Retrieval", 60),
    ],
)
def test_the_names_of_etsi_are_known(kind: str, event: str, code: int) -> None:
    found = only(kep.rem(kind, event, message_id="<abc@localhost>", recipient="mailto:birim@hs01.kep.tr"))

    assert found.code == code
    assert (found.message_id, found.recipient) == ("<abc@localhost>", "birim@hs01.kep.tr")
    assert found.at == MOMENT


@pytest.mark.parametrize(
    "written",
    [
        "2026-03-02T13:00:00.0000000+03:00",
        "2026-03-02T10:00:00Z",
        "2026-03-02T13:00:00",
        "2026-03-02 13:00:00",
        "02.03.2026 13:00:00",
        "02/03/2026 13:00:00",
    ],
)
def test_a_time_without_an_offset_is_the_time_of_turkiye(written: str) -> None:
    assert only(kep.answer({"delilId": "1", "tarih": written})).at == MOMENT


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no xml",
        b"<r/>",
        b"<r><delilId>1</delilId></r>",
        kep.answer({"delilId": "1", "delilTurId": "99"}),
        kep.answer({"delilId": "1", "tarih": "dün"}),
        kep.answer({"delilId": "x" * 121}),
        kep.rem("RetrievalNonRetrievalByRecipient", "NonRetrievalExpiration"),
        b'<?xml version="1.0" encoding="utf-99"?><r/>',
        b'<!DOCTYPE r [<!ENTITY a "b">]><r>&a;</r>',
        b'<!DOCTYPE r SYSTEM "http://saldirgan.example/x.dtd"><r/>',
    ],
)
def test_what_can_not_be_used_says_why(content: bytes) -> None:
    (found,) = read_evidence(content)

    assert isinstance(found, EvidenceUnreadable)
    assert str(found)


def test_arrays_of_different_lengths_are_not_guessed_at() -> None:
    content = (
        b"<r><delilId>1</delilId><delilId>2</delilId><delilTurId>40</delilTurId>"
        b"<tarih>2026-03-02T10:00:00Z</tarih></r>"
    )

    assert all(isinstance(each, EvidenceUnreadable) for each in read_evidence(content))


def test_an_archive_is_unpacked_and_each_file_named() -> None:
    content = kep.zipped(bir=kep.rem(evidence_id="1"), iki=kep.rem(evidence_id="2"))

    assert [name for name, _ in unpack("deliller.zip", content)] == [
        "deliller.zip / bir.xml",
        "deliller.zip / iki.xml",
    ]


def test_an_archive_that_unpacks_to_too_much_is_refused_within_bounds(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(kep_files, "LARGEST_XML", 1000)
    monkeypatch.setattr(kep_files, "LARGEST_TOTAL", 1500)
    content = kep.zipped(bomba=b"0" * 1_000_000, iyi=b"x" * 900, fazla=b"y" * 900)

    found = dict(unpack("a.zip", content))

    assert isinstance(found["a.zip / bomba.xml"], EvidenceUnreadable)
    assert found["a.zip / iyi.xml"] == b"x" * 900
    assert isinstance(found["a.zip / fazla.xml"], EvidenceUnreadable)


def test_an_archive_of_too_many_files_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kep_files, "MOST_MEMBERS", 1)

    ((name, found),) = unpack("a.zip", kep.zipped(bir=b"x", iki=b"y"))

    assert name == "a.zip"
    assert isinstance(found, EvidenceUnreadable)


def test_a_damaged_member_does_not_stop_the_others() -> None:
    content = bytearray(kep.zipped(bozuk=b"a" * 500, saglam=b"b" * 500))
    with zipfile.ZipFile(BytesIO(bytes(content))) as archive:
        start = archive.infolist()[0].header_offset
    content[start + 45 : start + 48] = b"\xff\xff\xff"

    found = dict(unpack("a.zip", bytes(content)))

    assert isinstance(found["a.zip / bozuk.xml"], EvidenceUnreadable)
    assert found["a.zip / saglam.xml"] == b"b" * 500


def test_many_pieces_in_one_file_are_read_at_once() -> None:
    rows = "".join(
        f"<delil><delilId>{number}</delilId><delilTurId>40</delilTurId><tarih>{kep.AT}</tarih></delil>"
        for number in range(10_000)
    )
    begun = time.monotonic()

    found = read_evidence(f"<liste>{rows}</liste>".encode())

    assert len(found) == 10_000
    assert time.monotonic() - begun < 20


def test_deeply_nested_elements_are_refused() -> None:
    begun = time.monotonic()

    (found,) = read_evidence(b"<delilId>" * 50_000 + b"</delilId>" * 50_000)

    assert isinstance(found, EvidenceUnreadable)
    assert time.monotonic() - begun < 10

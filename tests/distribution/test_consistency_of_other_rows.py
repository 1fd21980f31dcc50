"""`check_consistency` finds damage in corrections of contact details, prepared files, and words of letters."""

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone
from pytest_django import Settings

from agencies.models import Agency, ContactCorrection
from agencies.services.contact_details.contact import ContactDetails, change_contact
from agencies.services.contact_details.contact_corrections import (
    accept_correction,
    refuse_correction,
    undo_correction,
)
from circulars.models import Attachment, AttachmentText, Circular, LetterText
from distribution.models import FileFormat, PreparedFile, PreparedFileKind
from distribution.queries.invariants.consistency_of_corrections import check_corrections
from distribution.queries.invariants.consistency_of_words import LETTERS, check_words
from distribution.services.prepare_file import FileMaker, prepare_file, request_file, wake_waiting_files
from distribution.services.receiving.correct_contact import confirm_contact, correct_contact
from tests.consistency import findings
from tests.factories import AgencyFactory, UserFactory, dispatched_to, draft_to, recipient_of, sender_of
from tests.query_count import query_count

pytestmark = pytest.mark.django_db
KIND = PreparedFileKind.STATUS_REPORT
MAKERS = {
    KIND: FileMaker(name=lambda _file: "rapor.pdf", content=lambda _file, at, progress: BytesIO(b"%PDF"))
}
DAMAGE = [
    ("correction-applied-and-ended", "correction", "ended_at = now(), ended_as = 'refused'"),
    ("correction-undone-unapplied", "correction", "applied_at = NULL, ended_at = now(), ended_as = 'undone'"),
    ("correction-waits-for-nobody", "correction", "applied_at = NULL"),
    ("correction-ended-before", "correction", "applied_at = applied_at - interval '1 hour'"),
    ("correction-not-in-history", "correction", "applied_at = applied_at + interval '1 second'"),
    ("correction-not-in-history", "correction", "after = '0312 999 99 99'"),
    ("correction-decided-by-nobody", "kep", "decided_by_id = NULL"),
    ("correction-decided-by-nobody", "correction", "ended_at = now(), ended_as = 'undone'"),
    ("correction-unlike-unit", "unit", "phone = '0312 111 11 11'"),
    ("file-claimed-by-nobody", "file", "state = 'running', claim = NULL, finished_at = NULL"),
    (
        "file-stuck",
        "file",
        "state = 'running', finished_at = NULL, heartbeat_at = now() - interval '1 hour'",
    ),
    ("file-claimed-and-waiting", "file", "state = 'waiting', finished_at = NULL"),
    ("file-of-an-unready-one", "file", "state = 'failed', error = 'x'"),
    ("file-failed-silently", "file", "state = 'failed', file = ''"),
    ("file-without-name", "file", "file_name = ''"),
    ("file-not-stored", "file", "file = 'prepared/yok.pdf'"),
    ("file-not-deleted", "file", "finished_at = now() - interval '8 days'"),
    ("words-of-another-text", "words", "vector = to_tsvector('simple', 'baska')"),
    ("words-of-another-text", "letter", "subject = 'Bambaşka bir konu'"),
    ("words-of-a-draft", "words", "circular_id = {draft}"),
    ("sent-without-words", "words", "circular_id = {draft}"),
]
TABLES = {
    "correction": "agencies_contactcorrection",
    "kep": "agencies_contactcorrection",
    "unit": "agencies_agency",
    "file": "distribution_preparedfile",
    "letter": "circulars_circular",
    "words": "circulars_lettertext",
}


@pytest.fixture(autouse=True)
def place_for_files(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def world() -> dict[str, int]:
    """An applied correction of each kind, a file, and the words of a letter. Ids by name."""
    now = timezone.now()
    unit = AgencyFactory(phone="0312 000 00 01")
    by, administrator = recipient_of(unit), UserFactory(is_directory_administrator=True)
    details = {"email": "yeni@kurum.example", "phone": "0312 000 00 00", "kep_address": "birim@hs01.kep.tr"}
    correct_contact(agency=unit, details=details, by=by, at=now)
    email, phone, kep = (
        ContactCorrection.objects.get(field=name) for name in ("email", "phone", "kep_address")
    )
    confirm_contact(agency=unit, code=email.digits, by=by, at=now)
    accept_correction(correction=kep.pk, by=administrator, at=now)
    letter = dispatched_to(AgencyFactory(), at=now - timedelta(hours=1))
    prepared = request_file(
        kind=KIND,
        file_format=FileFormat.PDF,
        circular=letter,
        by=sender_of(letter.issuer),
        language="tr",
        at=now,
    )
    assert prepare_file(prepared_id=prepared.pk, makers=MAKERS, at=now)
    return {
        "correction": phone.pk,
        "kep": kep.pk,
        "unit": unit.pk,
        "file": prepared.pk,
        "letter": letter.pk,
        "words": letter.pk,
        "draft": draft_to(AgencyFactory()).pk,
    }


def test_what_the_services_wrote_agrees(world: dict[str, int]) -> None:
    assert PreparedFile.objects.get().is_ready
    assert findings() == []


@pytest.mark.parametrize(("kind", "what", "change"), DAMAGE)
def test_damage_is_found(world: dict[str, int], kind: str, what: str, change: str) -> None:
    key = "circular_id" if what == "words" else "id"
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"UPDATE {TABLES[what]} SET {change.format(**world)} WHERE {key} = {world[what]}")
        assert cursor.rowcount == 1

    found = findings()

    assert kind in {finding.what for finding in found}
    assert all(finding.problem and finding.mend for finding in found)


def test_words_that_are_missing_are_found_once_the_task_had_time(world: dict[str, int]) -> None:
    LetterText.objects.all().delete()

    assert [finding.what for finding in findings()] == ["sent-without-words"]
    assert findings(timezone.now() - timedelta(minutes=50)) == []


@pytest.mark.parametrize(("attempts", "hours", "is_found"), [(3, 1, True), (3, 0, False), (2, 1, False)])
def test_an_attachment_whose_file_ended_each_worker_is_found(
    world: dict[str, int], attempts: int, hours: int, is_found: bool
) -> None:
    attachment = Attachment.objects.create(circular_id=world["letter"], title="Ek")
    AttachmentText.objects.create(
        attachment=attachment, attempts=attempts, claimed_at=timezone.now() - timedelta(hours=hours)
    )

    assert ("attachment-unread" in {finding.what for finding in findings()}) == is_found


def test_a_file_whose_time_is_over_may_be_gone_already(world: dict[str, int]) -> None:
    in_a_week = timezone.now() + timedelta(days=7)
    (stored := PreparedFile.objects.get().file).storage.delete(stored.name)

    assert [finding.what for finding in findings()] == ["file-not-stored"]
    assert findings(in_a_week + timedelta(minutes=1)) == []
    assert wake_waiting_files(at=in_a_week + timedelta(minutes=10)) == 0
    assert not PreparedFile.objects.exists()


def undo(correction: ContactCorrection) -> None:
    administrator = UserFactory(is_directory_administrator=True)
    undo_correction(correction=correction.pk, by=administrator, at=timezone.now())


def corrected_again(correction: ContactCorrection) -> None:
    person, details = correction.asked_by, {"email": "", "phone": "0312 222 22 22", "kep_address": ""}
    unit = Agency.objects.get(pk=correction.agency_id)
    details = {name: value if name == "phone" else getattr(unit, name) for name, value in details.items()}
    correct_contact(agency=unit, details=details, by=person, at=timezone.now())


def changed_by_an_administrator(correction: ContactCorrection) -> None:
    unit = Agency.objects.get(pk=correction.agency_id)
    stored = ContactDetails.of(unit)
    values = {name: getattr(stored, name) for name in ContactDetails.__dataclass_fields__}
    change_contact(
        agency=unit,
        details=ContactDetails(**values | {"phone": "0312 333 33 33"}),
        by=UserFactory(is_directory_administrator=True),
        at=timezone.now(),
    )


@pytest.mark.parametrize("later", [undo, corrected_again, changed_by_an_administrator])
def test_what_happens_to_a_correction_later_agrees(
    world: dict[str, int], later: Callable[[ContactCorrection], None]
) -> None:
    later(ContactCorrection.objects.get(pk=world["correction"]))

    assert findings() == []


def test_a_refused_correction_agrees() -> None:
    unit = AgencyFactory()
    details = {"email": unit.email, "phone": unit.phone, "kep_address": "birim@hs01.kep.tr"}
    (waiting,) = correct_contact(agency=unit, details=details, by=recipient_of(unit), at=timezone.now())
    administrator = UserFactory(is_directory_administrator=True)
    refuse_correction(correction=waiting.pk, by=administrator, at=timezone.now())

    assert findings() == []


def check(corrections: list[ContactCorrection], letters: list[Circular]) -> None:
    assert not [*check_corrections(corrections), *check_words(letters, timezone.now())]


def test_twenty_rows_take_as_many_queries_as_two(world: dict[str, int]) -> None:
    counts = []
    for number in (2, 20):
        for _each in range(number):
            unit = AgencyFactory()
            details = {"email": unit.email, "phone": "0312 444 44 44", "kep_address": ""}
            correct_contact(agency=unit, details=details, by=recipient_of(unit), at=timezone.now())
            dispatched_to(unit)
        corrections = list(ContactCorrection.objects.select_related("agency").order_by("-pk")[:number])
        letters = list(LETTERS.order_by("-pk")[:number])
        counts.append(query_count(check, corrections, letters))
    assert counts[0] == counts[1]
    assert Circular.objects.count() == 24

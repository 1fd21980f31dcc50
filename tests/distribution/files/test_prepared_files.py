"""Files that a worker prepares: request, progress, download, and what happens if a worker dies."""

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
import time_machine
from django.db import IntegrityError, OperationalError, transaction
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from agencies.models import User
from agencies.models.maintenance import STUCK_AFTER
from circulars.models import Circular
from distribution.models import FileFormat, PreparedFile, PreparedFileKind, PreparedFileState
from distribution.models.prepared_file import KEPT_FOR, LATE_AFTER, MOST_ATTEMPTS
from distribution.services import prepare_file as preparation
from distribution.services.prepare_file import (
    ClaimLost,
    FileMaker,
    Progress,
    prepare_file,
    request_file,
    wake_waiting_files,
)
from distribution.tables.files.file_makers import FILE_MAKERS
from distribution.tables.files.status_report import status_report
from distribution.tasks import prepare_file as task
from tests.conftest import SignIn
from tests.factories import AgencyFactory, dispatched_to, draft_to, manager_of, recipient_of, sender_of
from tests.use_cases.database import wakes

pytestmark = pytest.mark.django_db
REPORT = PreparedFileKind.STATUS_REPORT
HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def place_for_files(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def letter() -> Circular:
    return dispatched_to(*AgencyFactory.create_batch(2))


@pytest.fixture
def sender(letter: Circular) -> User:
    return sender_of(letter.issuer)


def requested(letter: Circular, by: User) -> PreparedFile:
    return request_file(
        kind=REPORT, file_format=FileFormat.PDF, circular=letter, by=by, language="tr", at=timezone.now()
    )


def made(prepared: PreparedFile, content: Callable[..., BytesIO] | None = None) -> PreparedFile:
    makers = (
        {REPORT: FileMaker(name=lambda prepared: "rapor.pdf", content=content)} if content else FILE_MAKERS
    )
    prepare_file(prepared_id=prepared.pk, makers=makers, at=timezone.now())
    prepared.refresh_from_db()
    return prepared


def page_of(prepared: PreparedFile, name: str = "prepared_file") -> str:
    return reverse(name, args=[prepared.public_id])


def test_the_button_requests_the_report_and_leads_to_its_page_and_then_to_the_file(
    signed_in: SignIn,
    letter: Circular,
    sender: User,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    client, woken = signed_in(sender), wakes()
    assert (
        reverse("letter_report", args=[letter.public_id])
        in client.get(reverse("letter", args=[letter.public_id])).content.decode()
    )

    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post(reverse("letter_report", args=[letter.public_id]))

    prepared = PreparedFile.objects.get()
    assert answer["Location"] == page_of(prepared)
    assert wakes() == woken + 1
    assert (prepared.state, prepared.created_by, prepared.language) == (
        PreparedFileState.WAITING,
        sender,
        "tr",
    )
    page = client.get(page_of(prepared)).content.decode()
    assert 'hx-trigger="every' in page
    assert f'href="{page_of(prepared)}"' in page  # without JavaScript the person asks by this link
    assert client.get(page_of(prepared, "download_prepared_file")).status_code == 404

    task(prepared.pk)

    page = client.get(page_of(prepared)).content.decode()
    assert 'hx-trigger="every' not in page
    assert page_of(prepared, "download_prepared_file") in page
    assert client.get(page_of(prepared), headers=HTMX)["HX-Refresh"] == "true"
    download = client.get(page_of(prepared, "download_prepared_file"))
    assert download["Content-Type"] == "application/pdf"
    assert f"durum-raporu-{letter.pk}.pdf" in download["Content-Disposition"]
    assert "2 muhatap" in " ".join(PdfReader(BytesIO(download.getvalue())).pages[0].extract_text().split())


def test_the_web_request_draws_nothing(
    signed_in: SignIn, letter: Circular, sender: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "weasyprint.HTML.write_pdf", lambda *args, **options: pytest.fail("drawn in a request")
    )

    assert signed_in(sender).post(reverse("letter_report", args=[letter.public_id])).status_code == 302


def test_a_report_that_is_being_prepared_is_not_requested_twice(letter: Circular, sender: User) -> None:
    first = requested(letter, sender)

    assert requested(letter, sender) == first
    assert requested(letter, manager_of(letter.issuer)) != first
    made(first, lambda *args, **options: BytesIO(b"%PDF-1.7"))
    assert requested(letter, sender) != first


def test_the_database_refuses_a_second_unfinished_file_of_a_kind(letter: Circular, sender: User) -> None:
    first = requested(letter, sender)

    with pytest.raises(IntegrityError, match="one_unfinished_file_of_a_kind"), transaction.atomic():
        PreparedFile.objects.create(
            kind=REPORT,
            file_format=FileFormat.PDF,
            circular=letter,
            created_by=sender,
            language="tr",
            created_at=first.created_at,
        )


def test_a_draft_has_no_report(signed_in: SignIn) -> None:
    draft = draft_to(AgencyFactory())

    answer = signed_in(sender_of(draft.issuer)).post(reverse("letter_report", args=[draft.public_id]))

    assert answer.status_code == 404
    assert not PreparedFile.objects.exists()


@pytest.mark.parametrize("role_of", [sender_of, recipient_of, manager_of])
def test_a_stranger_finds_neither_letter_nor_file(
    signed_in: SignIn, letter: Circular, sender: User, role_of: Callable[..., User]
) -> None:
    prepared = made(requested(letter, sender), lambda *args, **options: BytesIO(b"%PDF-1.7"))
    client = signed_in(role_of(AgencyFactory()))

    assert client.post(reverse("letter_report", args=[letter.public_id])).status_code == 404
    assert client.get(page_of(prepared)).status_code == 404
    assert client.get(page_of(prepared, "download_prepared_file")).status_code == 404
    assert page_of(prepared) not in client.get(reverse("prepared_files")).content.decode()


def test_the_file_of_a_colleague_is_a_strangers_too(
    signed_in: SignIn, letter: Circular, sender: User
) -> None:
    prepared = made(requested(letter, sender), lambda *args, **options: BytesIO(b"%PDF-1.7"))

    assert signed_in(sender_of(letter.issuer)).get(page_of(prepared)).status_code == 404


def test_who_may_no_longer_see_the_letter_gets_its_file_no_more(
    signed_in: SignIn, letter: Circular, sender: User
) -> None:
    finished = made(requested(letter, sender), lambda *args, **options: BytesIO(b"%PDF-1.7"))
    waiting = requested(letter, sender)
    sender.memberships.update(active_to=timezone.localdate() - timedelta(days=1))

    assert signed_in(sender).get(page_of(finished, "download_prepared_file")).status_code == 404
    assert made(waiting).state == PreparedFileState.FAILED
    assert not waiting.file


def test_the_list_shows_the_persons_files_the_newest_first(
    signed_in: SignIn, letter: Circular, sender: User
) -> None:
    first = made(requested(letter, sender), lambda *args, **options: BytesIO(b"%PDF-1.7"))
    second = requested(letter, sender)

    page = signed_in(sender).get(reverse("prepared_files")).content.decode()

    assert page.index(page_of(second)) < page.index(page_of(first))


def test_progress_is_stored_while_the_report_is_drawn(letter: Circular, sender: User) -> None:
    told: list[int] = []

    prepared = PreparedFile(circular=letter, file_format=FileFormat.PDF)
    status_report(prepared, at=timezone.now(), progress=told.append).close()

    assert told == sorted(told)
    assert len(set(told)) >= 4
    assert 0 < told[0] < told[-1] < 100


def test_the_page_shows_the_progress(signed_in: SignIn, letter: Circular, sender: User) -> None:
    prepared = requested(letter, sender)

    def half(_prepared: PreparedFile, *, at: object, progress: Progress) -> BytesIO:
        with time_machine.travel(timezone.now() + timedelta(seconds=2)):
            progress(50)
        page = signed_in(sender).get(page_of(prepared), headers=HTMX).content.decode()
        assert 'value="50"' in page
        return BytesIO(b"%PDF-1.7")

    assert made(prepared, half).is_ready


def test_a_page_says_that_no_worker_runs(signed_in: SignIn, letter: Circular, sender: User) -> None:
    prepared, client = requested(letter, sender), signed_in(sender)
    words = "Arka plan"

    assert words not in client.get(page_of(prepared), headers=HTMX).content.decode()
    with time_machine.travel(timezone.now() + LATE_AFTER * 2):
        assert words in client.get(page_of(prepared), headers=HTMX).content.decode()


def test_a_file_is_made_once(letter: Circular, sender: User) -> None:
    prepared = requested(letter, sender)

    def again(_prepared: PreparedFile, *, at: object, progress: Progress) -> BytesIO:
        assert not prepare_file(prepared_id=prepared.pk, makers=FILE_MAKERS, at=timezone.now())
        return BytesIO(b"%PDF-1.7")

    assert made(prepared, again).attempts == 1
    assert not prepare_file(prepared_id=prepared.pk, makers=FILE_MAKERS, at=timezone.now())


def test_another_worker_goes_on_after_one_has_died_and_the_first_writes_nothing_more(
    letter: Circular, sender: User
) -> None:
    prepared = requested(letter, sender)
    later = timezone.now() + STUCK_AFTER * 2

    def slow(_prepared: PreparedFile, *, at: object, progress: Progress) -> BytesIO:
        assert wake_waiting_files(at=later) == 1
        with time_machine.travel(later):
            assert made(prepared, lambda *args, **options: BytesIO(b"%PDF-1.7 second")).is_ready
            with pytest.raises(ClaimLost):
                progress(90)
        return BytesIO(b"%PDF-1.7 first")

    made(prepared, slow)

    stored = Path(prepared.file.path)
    assert stored.read_bytes() == b"%PDF-1.7 second"
    assert list(stored.parent.iterdir()) == [stored]


def test_a_file_whose_workers_keep_dying_is_given_up(letter: Circular, sender: User) -> None:
    prepared = requested(letter, sender)
    PreparedFile.objects.update(attempts=MOST_ATTEMPTS)

    assert made(prepared).state == PreparedFileState.FAILED


def test_an_error_is_said_on_the_page_and_the_report_can_be_requested_anew(
    signed_in: SignIn, letter: Circular, sender: User
) -> None:
    def broken(*args: object, **options: object) -> bytes:
        raise ValueError

    prepared = made(requested(letter, sender), broken)

    assert prepared.state == PreparedFileState.FAILED
    page = signed_in(sender).get(page_of(prepared)).content.decode()
    assert prepared.error in page
    assert reverse("letter_report", args=[letter.public_id]) in page


def test_a_file_whose_row_could_not_be_written_does_not_stay_in_the_storage(
    letter: Circular, sender: User, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails_at_the_end(*_args: object, **changed: object) -> None:
        if changed["state"] == PreparedFileState.READY:
            raise OperationalError

    monkeypatch.setattr(preparation, "_update", fails_at_the_end)
    maker = FileMaker(name=lambda _file: "rapor.pdf", content=lambda *_args, **_more: BytesIO(b"%PDF"))
    prepare_file(prepared_id=requested(letter, sender).pk, makers={REPORT: maker}, at=timezone.now())
    assert not any(each.is_file() for each in Path(settings.MEDIA_ROOT).rglob("*"))


def test_files_are_deleted_after_a_week(
    letter: Circular, sender: User, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    prepared = made(requested(letter, sender), lambda *args, **options: BytesIO(b"%PDF-1.7"))
    stored = Path(prepared.file.path)
    assert prepared.finished_at is not None

    for moment, is_there in (
        (prepared.finished_at + KEPT_FOR - timedelta(seconds=1), True),
        (prepared.finished_at + KEPT_FOR + timedelta(seconds=1), False),
    ):
        with django_capture_on_commit_callbacks(execute=True):
            wake_waiting_files(at=moment)
        assert stored.exists() == is_there
        assert PreparedFile.objects.exists() == is_there

"""A file that the person cancels, two files at once, and a worker that is killed."""

import os
import signal
import subprocess
import sys
import time
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from agencies.models import User
from agencies.models.maintenance import STUCK_AFTER
from agencies.services.refusal import ActionRefused
from circulars.models import Circular
from distribution.models import FileFormat, PreparedFile, PreparedFileKind, PreparedFileState
from distribution.services.prepare_file import (
    ClaimLost,
    FileMaker,
    Progress,
    cancel_file,
    prepare_file,
    request_file,
    wake_waiting_files,
)
from distribution.tables.files.file_makers import FILE_MAKERS
from tests.at_once import at_once
from tests.conftest import SignIn
from tests.factories import AgencyFactory, dispatched_to, manager_of, sender_of

REPORT = PreparedFileKind.STATUS_REPORT
ROOT = Path(__file__).parents[3]


@pytest.fixture(autouse=True)
def place_for_files(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def letter(db: None) -> Circular:
    return dispatched_to(*AgencyFactory.create_batch(2))


@pytest.fixture
def sender(letter: Circular) -> User:
    return sender_of(letter.issuer)


def requested(letter: Circular, by: User, form: FileFormat = FileFormat.PDF) -> PreparedFile:
    return request_file(
        kind=REPORT, file_format=form, circular=letter, by=by, language="tr", at=timezone.now()
    )


def stored() -> list[Path]:
    return [path for path in Path(django_settings.MEDIA_ROOT).rglob("*") if path.is_file()]


def test_a_waiting_file_is_cancelled_on_its_page_and_not_made(
    signed_in: SignIn, letter: Circular, sender: User
) -> None:
    prepared, client = requested(letter, sender), signed_in(sender)
    cancel = reverse("cancel_prepared_file", args=[prepared.public_id])
    assert cancel in client.get(reverse("prepared_files")).content.decode()
    client.get(cancel)
    prepared.refresh_from_db()
    assert prepared.is_unfinished

    page = client.post(cancel, follow=True).content.decode()

    prepared.refresh_from_db()
    assert prepared.state == PreparedFileState.CANCELLED
    assert reverse("letter_report", args=[letter.public_id]) in page
    assert not prepare_file(prepared_id=prepared.pk, makers=FILE_MAKERS, at=timezone.now())
    assert cancel not in client.get(reverse("prepared_files")).content.decode()


def test_a_worker_stops_at_its_next_progress_and_leaves_no_file(letter: Circular, sender: User) -> None:
    prepared = requested(letter, sender)
    written = BytesIO()
    stopped = []

    def content(_prepared: PreparedFile, *, at: object, progress: Progress) -> BytesIO:
        assert cancel_file(prepared=prepared, at=timezone.now())
        time.sleep(1)
        try:
            progress(50)
        except ClaimLost:
            stopped.append(True)
            raise
        return written

    maker = FileMaker(name=lambda _prepared: "rapor.pdf", content=content)
    prepare_file(prepared_id=prepared.pk, makers={REPORT: maker}, at=timezone.now())

    prepared.refresh_from_db()
    assert stopped
    assert prepared.state == PreparedFileState.CANCELLED
    assert not stored()


def test_a_file_cancelled_at_the_last_moment_is_not_kept(letter: Circular, sender: User) -> None:
    prepared = requested(letter, sender)

    def content(_prepared: PreparedFile, *, at: object, progress: Progress) -> BytesIO:
        cancel_file(prepared=prepared, at=timezone.now())
        return BytesIO(b"%PDF-1.7")

    maker = FileMaker(name=lambda _prepared: "rapor.pdf", content=content)
    prepare_file(prepared_id=prepared.pk, makers={REPORT: maker}, at=timezone.now())

    prepared.refresh_from_db()
    assert (prepared.state, prepared.file.name) == (PreparedFileState.CANCELLED, "")
    assert not stored()


def test_a_finished_file_is_not_cancelled(signed_in: SignIn, letter: Circular, sender: User) -> None:
    prepared = requested(letter, sender)
    prepare_file(prepared_id=prepared.pk, makers=FILE_MAKERS, at=timezone.now())

    signed_in(sender).post(reverse("cancel_prepared_file", args=[prepared.public_id]))

    prepared.refresh_from_db()
    assert prepared.is_ready


def test_nobody_else_cancels_a_file(signed_in: SignIn, letter: Circular, sender: User) -> None:
    prepared = requested(letter, sender)

    for other in (sender_of(letter.issuer), manager_of(AgencyFactory())):
        answer = signed_in(other).post(reverse("cancel_prepared_file", args=[prepared.public_id]))
        assert answer.status_code == 404
    prepared.refresh_from_db()
    assert prepared.is_unfinished


def test_a_third_file_is_refused_until_one_has_ended(
    signed_in: SignIn, letter: Circular, sender: User
) -> None:
    first = requested(letter, sender)
    requested(letter, sender, FileFormat.XLSX)
    with pytest.raises(ActionRefused):
        requested(letter, sender, FileFormat.ODS)
    assert requested(letter, sender) == first
    assert requested(letter, sender_of(letter.issuer), FileFormat.ODS)

    client = signed_in(sender)
    address = reverse("letter_report", args=[letter.public_id])
    page = client.post(address, {"file_format": "ods"}, follow=True)
    assert page.redirect_chain[-1][0] == reverse("prepared_files")
    assert "alert" in page.content.decode()
    assert PreparedFile.objects.filter(created_by=sender).count() == 2

    cancel_file(prepared=first, at=timezone.now())
    assert client.post(address, {"file_format": "ods"}).status_code == 302
    assert PreparedFile.objects.filter(created_by=sender).count() == 3


def test_a_report_has_no_csv(signed_in: SignIn, letter: Circular, sender: User) -> None:
    address = reverse("letter_report", args=[letter.public_id])

    for wanted in ("csv", "exe", ""):
        assert signed_in(sender).post(address, {"file_format": wanted}).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_once_make_no_third_file(letter: Circular, sender: User) -> None:
    requested(letter, sender)

    def ask(form: FileFormat) -> bool:
        try:
            return bool(requested(letter, sender, form))
        except ActionRefused:
            return False

    done = at_once(lambda: ask(FileFormat.XLSX), lambda: ask(FileFormat.ODS))

    assert sorted(done) == [False, True]
    assert PreparedFile.objects.filter(created_by=sender).count() == 2


MAKING = """
import sys, time
import django
django.setup()
from django.utils import timezone
from distribution.services.prepare_file import FileMaker, prepare_file
from distribution.models import PreparedFileKind

def content(prepared, *, at, progress):
    time.sleep(1.1)
    progress(40)
    time.sleep(600)

maker = FileMaker(name=lambda prepared: "rapor.pdf", content=content)
prepare_file(prepared_id=int(sys.argv[1]), makers={PreparedFileKind.STATUS_REPORT: maker}, at=timezone.now())
"""


@pytest.mark.django_db(transaction=True)
def test_the_file_of_a_killed_worker_is_made_by_another(letter: Circular, sender: User) -> None:
    prepared = requested(letter, sender)
    database = connection.settings_dict
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "DATABASE_URL": f"postgresql://{database['USER']}@/{database['NAME']}?host={database['HOST']}",
    }
    process = subprocess.Popen([sys.executable, "-c", MAKING, str(prepared.pk)], cwd=ROOT, env=environment)
    deadline = time.monotonic() + 60
    while prepared.percent != 40 and time.monotonic() < deadline:
        time.sleep(0.1)
        prepared.refresh_from_db()
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert prepared.state == PreparedFileState.RUNNING

    later = timezone.now() + STUCK_AFTER + timedelta(seconds=1)
    assert wake_waiting_files(at=timezone.now()) == 0
    assert wake_waiting_files(at=later) == 1
    assert prepare_file(prepared_id=prepared.pk, makers=FILE_MAKERS, at=later)

    prepared.refresh_from_db()
    assert (prepared.state, prepared.attempts) == (PreparedFileState.READY, 2)
    assert len(stored()) == 1

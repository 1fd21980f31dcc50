"""One file is prepared at a time, so that the other workers go on sending."""

from io import BytesIO
from pathlib import Path

import pytest
from django.utils import timezone
from pytest_django import Settings

from agencies.models import User
from circulars.models import Circular
from distribution.models import FileFormat, PreparedFile, PreparedFileKind, PreparedFileState
from distribution.services.prepare_file import FileMaker, Progress, prepare_file, request_file
from tests.factories import AgencyFactory, dispatched_to, sender_of
from tests.use_cases.database import wakes

REPORT = PreparedFileKind.STATUS_REPORT


def requested(letter: Circular, by: User) -> PreparedFile:
    return request_file(
        kind=REPORT, file_format=FileFormat.PDF, circular=letter, by=by, language="tr", at=timezone.now()
    )


@pytest.mark.django_db
def test_one_file_is_made_at_a_time_and_its_worker_wakes_one_for_the_next(
    settings: Settings, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path
    letter = dispatched_to(*AgencyFactory.create_batch(2))
    first, second = (requested(letter, sender_of(letter.issuer)) for _ in range(2))
    begun = []

    def content(prepared: PreparedFile, *, at: object, progress: Progress) -> BytesIO:
        if prepared == first:
            begun.append(make(second))
            second.refresh_from_db()
            begun.append(second.state == PreparedFileState.WAITING)
        return BytesIO(b"%PDF-1.7")

    def make(prepared: PreparedFile) -> bool:
        maker = FileMaker(name=lambda prepared: "rapor.pdf", content=content)
        return prepare_file(prepared_id=prepared.pk, makers={REPORT: maker}, at=timezone.now())

    woken = wakes()
    assert make(first)

    assert begun == [False, True]
    assert wakes() == woken + 1
    assert make(second)
    assert {each.state for each in PreparedFile.objects.all()} == {PreparedFileState.READY}

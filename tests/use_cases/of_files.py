"""Use cases of files that a worker prepares."""

from io import BytesIO

from django.utils import timezone

from distribution.models import FileFormat, PreparedFile, PreparedFileKind
from distribution.models.prepared_file import KEPT_FOR
from distribution.services.prepare_file import (
    FileMaker,
    cancel_file,
    prepare_file,
    request_file,
    wake_waiting_files,
)
from tests.factories import sender_of
from tests.use_cases.of_sending import letter
from tests.use_cases.table import NOW, SENT, Action, use_case


def requested_file() -> PreparedFile:
    sent = letter()
    return request_file(
        kind=PreparedFileKind.STATUS_REPORT,
        file_format=FileFormat.PDF,
        circular=sent,
        by=sender_of(sent.issuer),
        language="tr",
        at=SENT,
    )


@use_case(wakes=True)
def request_a_file() -> Action:
    sent = letter()
    by = sender_of(sent.issuer)
    return lambda: request_file(
        kind=PreparedFileKind.STATUS_REPORT,
        file_format=FileFormat.PDF,
        circular=sent,
        by=by,
        language="tr",
        at=NOW,
    )


@use_case(one_transaction=False)
def prepare_a_file() -> Action:
    prepared = requested_file()
    makers = {
        PreparedFileKind.STATUS_REPORT: FileMaker(
            name=lambda prepared: "rapor.pdf", content=lambda prepared, *, at, progress: BytesIO(b"%PDF-1.7")
        )
    }
    return lambda: prepare_file(prepared_id=prepared.pk, makers=makers, at=NOW)


@use_case()
def cancel_a_file() -> Action:
    prepared = requested_file()
    return lambda: cancel_file(prepared=prepared, at=NOW)


@use_case(drops_file=True)
def delete_an_expired_file() -> Action:
    prepare_a_file()()
    return lambda: wake_waiting_files(at=timezone.now() + KEPT_FOR * 2)

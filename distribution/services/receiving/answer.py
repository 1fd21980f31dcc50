"""Answer a letter for action on behalf of a unit: done or not applicable, with documents.

1. check the files before anything is written
2. lock the delivery; refuse if it can't be answered
3. confirm it if it isn't confirmed yet
4. record the answer and each document with its fingerprint; on failure delete the stored files
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from agencies.models import User
from agencies.services.refusal import ActionRefused
from circulars.files.uploads import check_attachment, upload_sha256
from circulars.models import Purpose
from distribution.event_log import CompletedData, DocumentAttachedData, Step, append_event, append_events
from distribution.models import AnswerDocument, Delivery, Disposition
from distribution.services.on_behalf import ANSWER_COLUMNS, replace_answer
from distribution.services.receiving.acknowledge import confirm_locked
from distribution.services.receiving.own_delivery import (
    Doer,
    absent_person,
    by_user,
    lock_own,
    lock_with_absent_person,
    refuse_unless_in_force,
)

Uploads = Sequence["UploadedFile[bytes]"]


@transaction.atomic
def complete(
    *,
    delivery: UUID,
    by: User,
    at: datetime,
    disposition: str,
    note: str = "",
    register_number: str = "",
    documents: Uploads = (),
) -> Delivery:
    """Answer a letter for action. "Not applicable" requires a reason in `note`.

    Raises Delivery.DoesNotExist if the user may not act for the unit, ActionRefused if it can't be answered,
    FileRefused for a file that isn't permitted.
    """
    for upload in documents:
        check_attachment(upload)
    found, absent = lock_with_absent_person(delivery, by=by, at=at)
    refuse_answer(found, disposition=disposition, note=note)
    confirm_locked([found], by=by, absent=absent, at=at, register_numbers={delivery: register_number})
    record_answer(
        found,
        by_user(by, found, absent),
        at=at,
        disposition=disposition,
        note=note,
        documents=documents,
    )
    return found


def refuse_answer(found: Delivery, *, disposition: str, note: str) -> None:
    """Raise ActionRefused if the delivery can't be answered so."""
    if found.purpose != Purpose.ACTION:
        raise ActionRefused(
            "disposition", _("The letter came for information: it asks for a confirmation and for no answer.")
        )
    if found.completed_at is not None and not found.completed_on_behalf:
        raise ActionRefused("disposition", _already_answered(found))
    refuse_unless_in_force(found, "disposition")
    if disposition == Disposition.NOT_APPLICABLE and not note.strip():
        raise ActionRefused("note", _("Say why the letter does not concern the unit's work."))


def record_answer(
    found: Delivery, doer: Doer, *, at: datetime, disposition: str, note: str, documents: Uploads
) -> None:
    """Answer a locked delivery that is confirmed."""
    note = note.strip()
    replace_answer(found, by=doer.by, at=at)
    found.completed_at, found.completed_by = at, doer.by
    found.completed_name = doer.name_without_account
    found.disposition, found.answer_note = Disposition(disposition), note
    found.save(update_fields=["completed_by", *ANSWER_COLUMNS])
    answered = CompletedData(
        actor=doer.actor, disposition=found.disposition, reason=note, via=doer.via, address=doer.address
    )
    append_event(delivery=found, data=answered, at=at, by=doer.by, for_agency=found.answering_unit)
    _keep(found, documents, doer, at)


@transaction.atomic
def attach_documents(*, delivery: UUID, by: User, at: datetime, documents: Uploads) -> list[AnswerDocument]:
    """Add documents to an existing answer. Raises like `complete`."""
    for upload in documents:
        check_attachment(upload)
    found = lock_own(delivery, by=by)
    refuse_unless_in_force(found, "documents")
    if found.completed_at is None or found.completed_on_behalf:
        raise ActionRefused(
            "documents", _("The letter is not answered yet. Give the documents with the answer.")
        )
    if not documents:
        raise ActionRefused("documents", _("No file was chosen. Choose a file first."))
    absent = absent_person(by, found.answering_unit, at)
    return _keep(found, documents, by_user(by, found, absent), at)


def _keep(delivery: Delivery, documents: Uploads, doer: Doer, at: datetime) -> list[AnswerDocument]:
    if not documents:
        return []
    kept: list[AnswerDocument] = []
    steps: list[Step] = []
    try:
        for upload in documents:
            name = str(upload.name or "cevap")[-255:]
            document = AnswerDocument(
                delivery=delivery,
                file_name=name,
                size=upload.size or 0,
                sha256=upload_sha256(upload),
                attached_by=doer.by,
                attached_at=at,
            )
            document.file.save(name, upload, save=False)
            kept.append(document)
            document.save()
            attached = DocumentAttachedData(
                actor=doer.actor, file=name, sha256=document.sha256, via=doer.via, address=doer.address
            )
            steps.append(Step(delivery, attached))
        append_events(steps=steps, at=at, by=doer.by, for_agency=delivery.answering_unit)
    except BaseException:
        for document in kept:
            default_storage.delete(str(document.file.name))
        raise
    return kept


def _already_answered(delivery: Delivery) -> str:
    assert delivery.completed_at is not None
    return _("The letter was answered already on %(moment)s by %(person)s; that stands unchanged.") % {
        "moment": date_format(timezone.localtime(delivery.completed_at), "DATETIME_FORMAT"),
        "person": delivery.completed_person,
    }

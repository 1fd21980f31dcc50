"""Answer letters for action on behalf of a unit: done or not applicable, with documents.

1. check the files before anything is written
2. lock the delivery; refuse if it can't be answered
3. confirm it if it isn't confirmed yet
4. record the answer and each document with its fingerprint; on failure delete the stored files
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from agencies.models import Agency, User
from agencies.services.refusal import ActionRefused
from circulars.files.uploads import check_attachment, upload_sha256
from circulars.models import Purpose
from distribution.event_log import CompletedData, DocumentAttachedData, Step, append_events
from distribution.models import AnswerDocument, Delivery, Disposition
from distribution.models.bulk import insert_many, update_many
from distribution.services.on_behalf import ANSWER_COLUMNS, replace_answers
from distribution.services.receiving.acknowledge import confirm_locked
from distribution.services.receiving.own_delivery import (
    Doer,
    absent_person,
    each_by_user,
    lock_own,
    lock_own_several,
    lock_with_absent_person,
    refuse_any,
    refuse_restricted,
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
    note = note.strip()
    for upload in documents:
        check_attachment(upload)
    found, absent = lock_with_absent_person(delivery, by=by, at=at)
    refuse_answer(found)
    refuse_without_reason(disposition, note)
    confirm_locked([found], by=by, absent=absent, at=at, register_numbers={delivery: register_number})
    record_answers(
        each_by_user([found], by, absent), at=at, disposition=disposition, note=note, documents=documents
    )
    return found


@transaction.atomic
def answer_several(
    *,
    deliveries: Collection[UUID],
    agency: Agency,
    by: User,
    at: datetime,
    disposition: str,
    note: str = "",
    documents: Uploads = (),
) -> list[Delivery]:
    """Answer several letters of one unit with the same words and documents, all or none.

    Each document is stored once. The number of queries doesn't depend on the number of letters. Raises like
    `complete`, with the letter's name, and for a restricted letter.
    """
    note = note.strip()
    for upload in documents:
        check_attachment(upload)
    found = lock_own_several(deliveries, agency=agency, by=by)
    refuse_any(found, refuse_answer_with_others)
    refuse_without_reason(disposition, note)
    absent = absent_person(by, agency, at)
    confirm_locked(found, by=by, absent=absent, at=at, register_numbers={})
    record_answers(
        each_by_user(found, by, absent), at=at, disposition=disposition, note=note, documents=documents
    )
    return found


def refuse_answer(delivery: Delivery) -> None:
    """Raise ActionRefused if the letter can't be answered. No query, if the circular is loaded."""
    if delivery.purpose != Purpose.ACTION:
        raise ActionRefused(
            "disposition", _("The letter came for information: it asks for a confirmation and for no answer.")
        )
    if delivery.completed_at is not None and not delivery.completed_on_behalf:
        raise ActionRefused("disposition", _already_answered(delivery))
    refuse_unless_in_force(delivery, "disposition")


def refuse_answer_with_others(delivery: Delivery) -> None:
    """The same, for an answer that is given to other letters too."""
    refuse_answer(delivery)
    refuse_restricted(delivery, "disposition")


def refuse_without_reason(disposition: str, note: str) -> None:
    """Raise ActionRefused for an answer whose reason is missing."""
    if disposition == Disposition.NOT_APPLICABLE and not note.strip():
        raise ActionRefused("note", _("Say why the letter does not concern the unit's work."))


def record_answers(
    answered: Sequence[tuple[Delivery, Doer]],
    *,
    at: datetime,
    disposition: str,
    note: str,
    documents: Uploads,
) -> None:
    """Answer confirmed deliveries of one unit, all by the same person. The caller must hold their row locks."""
    deliveries, by = [each for each, _doer in answered], answered[0][1].by
    replace_answers(deliveries, by=by, at=at)
    for each, doer in answered:
        each.completed_at, each.completed_by = at, by
        each.completed_name = doer.name_without_account
        each.disposition, each.answer_note = Disposition(disposition), note.strip()
    update_many(deliveries, ["completed_by", *ANSWER_COLUMNS])
    steps = [
        Step(
            each,
            CompletedData(
                actor=doer.actor,
                disposition=each.disposition,
                reason=each.answer_note,
                via=doer.via,
                address=doer.address,
            ),
        )
        for each, doer in answered
    ]
    append_events(steps=steps, at=at, by=by, for_agency=deliveries[0].answering_unit)
    _keep(answered, documents, at)


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
    return _keep(each_by_user([found], by, absent), documents, at)


def _keep(
    answered: Sequence[tuple[Delivery, Doer]], documents: Uploads, at: datetime
) -> list[AnswerDocument]:
    """Attach each document to every delivery. Its file is stored once, with the first delivery."""
    if not documents:
        return []
    by = answered[0][1].by
    kept: list[AnswerDocument] = []
    steps: list[Step] = []
    stored: list[str] = []
    try:
        for upload in documents:
            name = str(upload.name or "cevap")[-255:]
            sha256 = upload_sha256(upload)
            for each, doer in answered:
                document = AnswerDocument(
                    delivery=each,
                    file_name=name,
                    size=upload.size or 0,
                    sha256=sha256,
                    attached_by=by,
                    attached_at=at,
                )
                if each is answered[0][0]:
                    document.file.save(name, upload, save=False)
                    stored.append(str(document.file.name))
                else:
                    document.file.name = stored[-1]
                kept.append(document)
                attached = DocumentAttachedData(
                    actor=doer.actor, file=name, sha256=sha256, via=doer.via, address=doer.address
                )
                steps.append(Step(each, attached))
        insert_many(kept)
        append_events(steps=steps, at=at, by=by, for_agency=answered[0][0].answering_unit)
    except BaseException:
        for file in stored:
            default_storage.delete(file)
        raise
    return kept


def _already_answered(delivery: Delivery) -> str:
    assert delivery.completed_at is not None
    return _("The letter was answered already on %(moment)s by %(person)s; that stands unchanged.") % {
        "moment": date_format(timezone.localtime(delivery.completed_at), "DATETIME_FORMAT"),
        "person": delivery.completed_person,
    }

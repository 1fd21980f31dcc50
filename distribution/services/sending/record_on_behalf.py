"""Record what a unit confirmed or answered by telephone, on paper, by KEP or in its own EBYS.

It counts as confirmed or answered, as the weakest proof: the sender says so. The unit is told, and may confirm
itself or object (docs/decisions/0040-records-on-behalf.md).

1. check the file, lock the delivery; refuse what is confirmed or answered already
2. store the record with its file; on failure delete the file
3. set the milestones, marked as recorded by the sender, with one event
4. tell the unit
"""

from dataclasses import dataclass
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
from distribution.event_log import RecordedOnBehalfData, RecordTakenBackData, append_event, sender
from distribution.models import Delivery, Disposition, NoticeKind, OnBehalfRecord, RecordEnd, SaidThrough
from distribution.models.notice_kind import OnBehalfDetails, RecordTakenBackDetails
from distribution.outbox.write import post, to_unit
from distribution.services.on_behalf import (
    ANSWER_COLUMNS,
    CONFIRMATION_COLUMNS,
    end_records,
    holding_records,
)
from distribution.visibility import sent_by


@dataclass(frozen=True)
class Said:
    """What the unit said: a confirmation, or with a disposition an answer."""

    channel: SaidThrough
    said_by: str
    said_by_title: str
    said_at: datetime
    disposition: str = ""
    answer: str = ""
    note: str = ""
    register_number: str = ""
    file: "UploadedFile[bytes] | None" = None


@transaction.atomic
def record_on_behalf(*, delivery: UUID, said: Said, by: User, at: datetime) -> OnBehalfRecord:
    """Record a confirmation or an answer of the unit. An answer confirms the letter too.

    Raises Delivery.DoesNotExist if the user doesn't send for the issuer, FileRefused, and ActionRefused if the
    copy is confirmed or answered already or no longer in force, or the moment is impossible.
    """
    if said.file is not None:
        check_attachment(said.file)
    found = _lock(delivery, by)
    _refuse_unless_in_force(found, "disposition")
    _refuse_impossible(found, said, at)
    record = _store(found, said, by, at)
    if record.confirms:
        found.acknowledged_at, found.acknowledged_on_behalf = record.said_at, True
        found.acknowledged_name, found.acknowledged_title = record.said_by, record.said_by_title
        found.register_number = record.register_number
    if record.is_answer:
        found.completed_at, found.completed_on_behalf = record.said_at, True
        found.completed_name = record.said_by_whom
        found.disposition, found.answer_note = Disposition(record.disposition), record.answer
    found.save(update_fields=[*CONFIRMATION_COLUMNS, *ANSWER_COLUMNS])
    data = RecordedOnBehalfData(
        actor=sender(by, found.circular, at),
        confirms=record.confirms,
        said_through=record.channel,
        said_by=record.said_by,
        said_by_title=record.said_by_title,
        said_at=record.said_at,
        disposition=record.disposition or None,
        answer=record.answer or None,
        register_number=record.register_number or None,
        note=record.note or None,
        file=record.file_name or None,
        sha256=record.sha256 or None,
    )
    append_event(delivery=found, data=data, at=at, by=by, for_agency=found.circular.issuer)
    details = OnBehalfDetails(
        name=record.said_by,
        job_title=record.said_by_title,
        answers=record.is_answer,
        said_through=record.channel,
        said_at=date_format(timezone.localtime(record.said_at), "d.m.Y H:i"),
    )
    post([to_unit(found.answering_unit, delivery=found, kind=NoticeKind.ON_BEHALF, at=at, details=details)])
    return record


@transaction.atomic
def take_back_record(*, delivery: UUID, record: int, reason: str, by: User, at: datetime) -> OnBehalfRecord:
    """Take back a record that was wrong. With a confirmation, the answer recorded after it is taken back too.

    Raises Delivery.DoesNotExist and OnBehalfRecord.DoesNotExist like `record_on_behalf`, and ActionRefused if it
    holds no longer.
    """
    reason = reason.strip()
    if not reason:
        raise ActionRefused("reason", _("Say what was wrong with the record."))
    found = _lock(delivery, by)
    wanted = found.on_behalf_records.get(pk=record)
    _refuse_unless_in_force(found, "reason")
    records = [each for each in holding_records(found) if each == wanted or wanted.confirms]
    if wanted not in records:
        raise ActionRefused(
            "reason", _("This record holds no longer: %(why)s.") % {"why": _why_ended(wanted)}
        )
    confirmation, answer = end_records(
        found, records, ended_as=RecordEnd.TAKEN_BACK, by=by, at=at, reason=reason
    )
    data = RecordTakenBackData(
        actor=sender(by, found.circular, at), reason=reason, confirmation=confirmation, answer=answer
    )
    append_event(delivery=found, data=data, at=at, by=by, for_agency=found.circular.issuer)
    told = RecordTakenBackDetails(name=str(by), reason=reason)
    unit = found.answering_unit
    post([to_unit(unit, delivery=found, kind=NoticeKind.RECORD_TAKEN_BACK, at=at, details=told)])
    return wanted


def _lock(delivery: UUID, by: User) -> Delivery:
    return (
        sent_by(by)
        .select_for_update(of=("self",))
        .select_related("circular__issuer", "agency", "successor")
        .get(public_id=delivery)
    )


def _why_ended(record: OnBehalfRecord) -> str:
    return record.get_ended_as_display()


def _refuse_unless_in_force(delivery: Delivery, field: str) -> None:
    if delivery.is_live and not delivery.is_in_force:
        raise ActionRefused(
            field, _("Nothing was recorded: a newer revision of the letter was sent to the unit.")
        )
    if not delivery.is_live:
        raise ActionRefused(
            field,
            _("Nothing was recorded: the letter is %(stage)s.") % {"stage": delivery.get_stage_display()},
        )


def _refuse_impossible(delivery: Delivery, said: Said, at: datetime) -> None:
    if said.said_at > at:
        raise ActionRefused(
            "said_at", _("This moment is still to come. Give the moment at which it was said.")
        )
    if said.said_at < delivery.created_at.replace(second=0, microsecond=0):
        sent = date_format(timezone.localtime(delivery.created_at), "DATETIME_FORMAT")
        raise ActionRefused(
            "said_at",
            _("The letter was sent on %(moment)s. Give a moment after that.") % {"moment": sent},
        )
    if not said.disposition:
        if delivery.acknowledged_at is not None:
            raise ActionRefused("disposition", _("Nothing was recorded: the letter is confirmed already."))
        return
    if delivery.purpose != Purpose.ACTION:
        raise ActionRefused(
            "disposition", _("The letter came for information: it asks for a confirmation and for no answer.")
        )
    if delivery.completed_at is not None:
        raise ActionRefused("disposition", _("Nothing was recorded: the letter is answered already."))
    if said.disposition == Disposition.NOT_APPLICABLE and not said.answer.strip():
        raise ActionRefused("answer", _("Say why the letter does not concern the unit's work."))


def _store(delivery: Delivery, said: Said, by: User, at: datetime) -> OnBehalfRecord:
    """The saved record. `said_at` is in whole minutes and may be up to one minute before the dispatch."""
    record = OnBehalfRecord(
        delivery=delivery,
        confirms=delivery.acknowledged_at is None,
        disposition=said.disposition,
        answer=said.answer.strip() if said.disposition else "",
        channel=said.channel,
        said_by=said.said_by.strip(),
        said_by_title=said.said_by_title.strip(),
        said_at=max(said.said_at, delivery.created_at),
        register_number=said.register_number.strip(),
        note=said.note.strip(),
        recorded_by=by,
        recorded_at=at,
    )
    try:
        if said.file is not None:
            record.file_name = str(said.file.name or "kayit")[-255:]
            record.size, record.sha256 = said.file.size or 0, upload_sha256(said.file)
            record.file.save(record.file_name, said.file, save=False)
        record.save()
    except BaseException:
        if record.file.name:
            default_storage.delete(record.file.name)
        raise
    return record

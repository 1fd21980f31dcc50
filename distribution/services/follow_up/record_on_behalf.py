"""Record what a unit confirmed or answered by telephone, on paper, by KEP or in its own EBYS.

It counts as confirmed or answered, as the weakest proof: the sender says so, or for its own recipients the unit that
passed the letter on. The unit is told, and may confirm itself or object (docs/decisions/0040-records-on-behalf.md).

1. check the file, lock the delivery; refuse what is confirmed or answered already
2. store the record with its file; on failure delete the file
3. set the milestones, marked as recorded by the sender, with one event
4. tell the unit
"""

from collections.abc import Iterator, Mapping, Sequence
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
from distribution.event_log import (
    Actor,
    RecordedOnBehalfData,
    RecordTakenBackData,
    Step,
    append_event,
    append_events,
    sender,
)
from distribution.models import Delivery, Disposition, NoticeKind, OnBehalfRecord, RecordEnd, SaidThrough
from distribution.models.bulk import insert_many, update_many
from distribution.models.deliveries.delivery import DeliveryQuerySet
from distribution.models.notices.notice_details import OnBehalfDetails, RecordTakenBackDetails
from distribution.outbox.write import post, to_unit
from distribution.services.on_behalf import (
    ANSWER_COLUMNS,
    CONFIRMATION_COLUMNS,
    end_records,
    holding_records,
)
from distribution.services.receiving.own_delivery import deciding
from distribution.visibility import passed_on_by, sent_by


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
def record_on_behalf(
    *, delivery: UUID, said: Said, by: User, at: datetime, below: bool = False
) -> OnBehalfRecord:
    """Record a confirmation or an answer of the unit. An answer confirms the letter too.

    The issuer records it, or with `below` the unit that passed the letter on. Raises Delivery.DoesNotExist if the user
    doesn't act for that unit, FileRefused, and ActionRefused if the copy is confirmed or answered already or no longer
    in force, or the moment is impossible.
    """
    if said.file is not None:
        check_attachment(said.file)
    found = _recordable(by, below).get(public_id=delivery)
    refuse_record(found, said, at)
    return _record_locked([(found, said)], said.file, by, at, below)[0]


@transaction.atomic
def record_on_behalf_of_several(
    *, letter: UUID, said: Mapping[UUID, Said], by: User, at: datetime
) -> list[OnBehalfRecord]:
    """The same for several recipients of one letter, all or none; what was said, by the delivery.

    The file of the first one is stored once for all. The number of queries doesn't depend on the number of units.
    Raises like `record_on_behalf`, with the unit's name.
    """
    file = next(iter(said.values())).file if said else None
    if file is not None:
        check_attachment(file)
    found = list(_recordable(by).filter(circular__public_id=letter, public_id__in=list(said)).order_by("pk"))
    if len(found) != len(said):
        raise Delivery.DoesNotExist
    for each in found:
        try:
            refuse_record(each, said[each.public_id], at)
        except ActionRefused as refused:
            raise ActionRefused(refused.field, f"{each.answering_unit}: {refused}") from None
    return _record_locked([(each, said[each.public_id]) for each in found], file, by, at, below=False)


def refuse_record(delivery: Delivery, said: Said, at: datetime) -> None:
    """Raise ActionRefused if this can't be recorded for the delivery."""
    found = refusals(delivery, disposition=said.disposition, answer=said.answer, said_at=said.said_at, at=at)
    for refused in found:
        raise refused


def refusals(
    delivery: Delivery, *, disposition: str | None, answer: str, said_at: datetime | None, at: datetime
) -> Iterator[ActionRefused]:
    """Everything that forbids to record this for the delivery. None: not known yet, and not judged."""
    try:
        _refuse_unless_in_force(delivery, "disposition")
    except ActionRefused as refused:
        yield refused
        return
    if said_at is not None:
        yield from _impossible_moments(delivery, said_at, at)
    if disposition is not None:
        yield from _impossible_acts(delivery, disposition, answer)


def _record_locked(
    told: Sequence[tuple[Delivery, Said]],
    file: "UploadedFile[bytes] | None",
    by: User,
    at: datetime,
    below: bool,
) -> list[OnBehalfRecord]:
    """Write the records, milestones, events and notices for deliveries of one letter, whose row locks are held."""
    first, _said = told[0]
    unit = first.giver if below else first.circular.issuer
    actor = deciding(by, first, at) if below else sender(by, first.circular, at)
    records = _store([_unsaved(found, said, by, at, below) for found, said in told], file)
    for record in records:
        found = record.delivery
        if record.confirms:
            found.acknowledged_at, found.acknowledged_on_behalf = record.said_at, True
            found.acknowledged_name, found.acknowledged_title = record.said_by, record.said_by_title
            found.register_number = record.register_number
        if record.is_answer:
            found.completed_at, found.completed_on_behalf = record.said_at, True
            found.completed_name = record.said_by_whom
            found.disposition, found.answer_note = Disposition(record.disposition), record.answer
    update_many([found for found, _said in told], [*CONFIRMATION_COLUMNS, *ANSWER_COLUMNS])
    steps = [Step(record.delivery, _event_data(record, actor)) for record in records]
    append_events(steps=steps, at=at, by=by, for_agency=unit)
    post(
        to_unit(
            record.delivery.answering_unit,
            delivery=record.delivery,
            kind=NoticeKind.ON_BEHALF,
            at=at,
            details=OnBehalfDetails(
                name=record.said_by,
                job_title=record.said_by_title,
                answers=record.is_answer,
                said_through=record.channel,
                said_at=date_format(timezone.localtime(record.said_at), "d.m.Y H:i"),
                agency=unit.name if below else None,
            ),
        )
        for record in records
    )
    return records


def _event_data(record: OnBehalfRecord, actor: Actor) -> RecordedOnBehalfData:
    return RecordedOnBehalfData(
        actor=actor,
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


@transaction.atomic
def take_back_record(
    *, delivery: UUID, record: int, reason: str, by: User, at: datetime, below: bool = False
) -> OnBehalfRecord:
    """Take back a record that was wrong. With a confirmation, the answer recorded after it is taken back too.

    Raises Delivery.DoesNotExist and OnBehalfRecord.DoesNotExist like `record_on_behalf`, and ActionRefused if it
    holds no longer.
    """
    reason = reason.strip()
    if not reason:
        raise ActionRefused("reason", _("Say what was wrong with the record."))
    found = _recordable(by, below).get(public_id=delivery)
    wanted = found.on_behalf_records.get(pk=record, by_giver=below)
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
        actor=deciding(by, found, at) if below else sender(by, found.circular, at),
        reason=reason,
        confirmation=confirmation,
        answer=answer,
    )
    append_event(delivery=found, data=data, at=at, by=by, for_agency=wanted.recorded_for)
    told = RecordTakenBackDetails(name=str(by), reason=reason)
    unit = found.answering_unit
    post([to_unit(unit, delivery=found, kind=NoticeKind.RECORD_TAKEN_BACK, at=at, details=told)])
    return wanted


def _recordable(by: User, below: bool = False) -> DeliveryQuerySet:
    """Deliveries on whose unit's behalf the user may record, to be locked."""
    return (
        (passed_on_by(by) if below else sent_by(by))
        .select_for_update(of=("self",))
        .select_related("circular__issuer", "agency", "successor", "parent__agency", "parent__successor")
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


def _impossible_moments(delivery: Delivery, said_at: datetime, at: datetime) -> Iterator[ActionRefused]:
    if said_at > at:
        yield ActionRefused(
            "said_at", _("This moment is still to come. Give the moment at which it was said.")
        )
    if said_at < delivery.created_at.replace(second=0, microsecond=0):
        sent = date_format(timezone.localtime(delivery.created_at), "DATETIME_FORMAT")
        yield ActionRefused(
            "said_at",
            _("The letter was sent on %(moment)s. Give a moment after that.") % {"moment": sent},
        )


def _impossible_acts(delivery: Delivery, disposition: str, answer: str) -> Iterator[ActionRefused]:
    if not disposition:
        if delivery.acknowledged_at is not None:
            yield ActionRefused("disposition", _("Nothing was recorded: the letter is confirmed already."))
        return
    if delivery.purpose != Purpose.ACTION:
        yield ActionRefused(
            "disposition", _("The letter came for information: it asks for a confirmation and for no answer.")
        )
    elif delivery.completed_at is not None:
        yield ActionRefused("disposition", _("Nothing was recorded: the letter is answered already."))
    if disposition == Disposition.NOT_APPLICABLE and not answer.strip():
        yield ActionRefused("answer", _("Say why the letter does not concern the unit's work."))


def _unsaved(delivery: Delivery, said: Said, by: User, at: datetime, by_giver: bool) -> OnBehalfRecord:
    """The record without its file. `said_at` is in whole minutes and may be up to one minute before the dispatch."""
    return OnBehalfRecord(
        delivery=delivery,
        confirms=delivery.acknowledged_at is None,
        disposition=said.disposition,
        answer=said.answer.strip() if said.disposition else "",
        by_giver=by_giver,
        channel=said.channel,
        said_by=said.said_by.strip(),
        said_by_title=said.said_by_title.strip(),
        said_at=max(said.said_at, delivery.created_at),
        register_number=said.register_number.strip(),
        note=said.note.strip(),
        recorded_by=by,
        recorded_at=at,
    )


def _store(records: list[OnBehalfRecord], file: "UploadedFile[bytes] | None") -> list[OnBehalfRecord]:
    """The records saved, with the file, which is stored once."""
    first = records[0]
    try:
        if file is not None:
            name, sha256 = str(file.name or "kayit")[-255:], upload_sha256(file)
            first.file.save(name, file, save=False)
            for each in records:
                each.file_name, each.size, each.sha256 = name, file.size or 0, sha256
                each.file.name = first.file.name
        return insert_many(records)
    except BaseException:
        if first.file.name:
            default_storage.delete(first.file.name)
        raise

"""Record a handover of a letter by hand or post, with its proof."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone

from agencies.models import User
from circulars.files.uploads import upload_sha256
from distribution.event_log import Actor, HandedOverData, append_event
from distribution.models import (
    Channel,
    Handover,
    HandoverMethod,
    Notice,
    NoticeKind,
    NoticeState,
)
from distribution.outbox.write import message_id
from distribution.visibility import sent_by


class NotHandedOver(Exception):
    """The delivery was withdrawn, returned or covered by another copy."""


class ImpossibleDay(Exception):
    """The day of the handover is before the dispatch or in the future."""


@dataclass(frozen=True)
class Paper:
    """Details entered by the user, and the file that proves it."""

    method: HandoverMethod
    handed_on: date
    received_by: str
    proof: "UploadedFile[bytes]"
    reference: str = ""


@transaction.atomic
def hand_over(*, delivery: uuid.UUID, paper: Paper, by: User, at: datetime) -> Handover:
    """Record a handover: the unit counts as notified and reached, with this as the weaker proof.

    It replaces a notice that was given up, so that none is retried. Raises Delivery.DoesNotExist if the user
    doesn't send for the issuer, NotHandedOver, ImpossibleDay.
    """
    found = (
        sent_by(by)
        .select_for_update(no_key=True, of=("self",))
        .select_related("agency", "successor")
        .get(public_id=delivery)
    )
    if not found.is_live:
        raise NotHandedOver(found.get_stage_display())
    if not timezone.localdate(found.created_at) <= paper.handed_on <= timezone.localdate(at):
        raise ImpossibleDay(paper.handed_on)
    moment = moment_of(paper.handed_on, sent=found.created_at, at=at)
    failed = Notice.objects.given_up().filter(delivery=found, kind=NoticeKind.LETTER, bundle=None).last()
    notice = Notice.objects.create(
        kind=NoticeKind.LETTER,
        delivery=found,
        agency=found.answering_unit,
        replaces=failed,
        channel=Channel.HAND,
        message_id=message_id(uuid.uuid4()),
        state=NoticeState.SENT,
        next_attempt_at=moment,
        sent_at=moment,
        recorded_at=at,
    )
    handover = Handover.objects.create(
        notice=notice,
        delivery=found,
        method=paper.method,
        handed_on=paper.handed_on,
        received_by=paper.received_by,
        reference=paper.reference,
        file=paper.proof,
        file_name=paper.proof.name or "",
        size=paper.proof.size or 0,
        sha256=upload_sha256(paper.proof),
        recorded_by=by,
        recorded_at=at,
    )
    found.notified_at = found.notified_at or moment
    found.reached_at = found.reached_at or moment
    found.save(update_fields=["notified_at", "reached_at"])
    append_event(
        delivery=found,
        at=at,
        by=by,
        data=HandedOverData(
            actor=Actor(str(by)),
            channel=Channel.HAND,
            method=handover.method,
            handed_on=f"{handover.handed_on:%d.%m.%Y}",
            received_by=handover.received_by,
            reference=handover.reference,
            file=handover.file_name,
            sha256=handover.sha256,
        ),
    )
    return handover


def moment_of(day: date, *, sent: datetime, at: datetime) -> datetime:
    """The time recorded for a handover of which only the day is known: the end of working hours on that day.

    Never before the dispatch or after the recording.
    """
    end = timezone.make_aware(datetime.combine(day, settings.WORKING_HOURS[1]))
    return min(max(end, sent), at)

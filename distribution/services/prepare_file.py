"""Prepare a file in the background: requested by a person, made by a worker, kept for a week.

A worker of the queue `exports` claims the row, gives a sign of life while it works, and stops when another worker has
claimed it or the person has cancelled it. After a worker has died the preparation starts again, MOST_ATTEMPTS times at
most. MADE_AT_ONCE are made at a time; whoever has finished one wakes a worker for the next.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import IO, Protocol
from uuid import UUID, uuid4

from celery import current_app
from django.core.files import File
from django.core.files.storage import Storage
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override
from kombu.exceptions import OperationalError

from agencies.models import Agency, User
from agencies.services.refusal import ActionRefused
from circulars.models import Circular
from distribution.models import Delivery, FileFormat, PreparedFile, PreparedFileKind, PreparedFileState
from distribution.models.prepared_file import MOST_ATTEMPTS, MOST_UNFINISHED, UNFINISHED
from distribution.visibility import prepared_files_of

logger = logging.getLogger(__name__)

PREPARE_FILE = "distribution.tasks.prepare_file"
TOLD_EVERY = timedelta(seconds=1)
MADE_AT_ONCE = 1
"""Files that are made at the same time. Two workers that begin in the same moment may make one more."""

Progress = Callable[[int], None]
"""Takes the per cent that are done. Raises ClaimLost if the file was cancelled or another worker has claimed it."""


class Content(Protocol):
    """Makes the content of a file, in the active language, as an open temporary file."""

    def __call__(self, prepared: PreparedFile, *, at: datetime, progress: Progress) -> IO[bytes]: ...


@dataclass(frozen=True)
class FileMaker:
    """How files of one kind are made: the name for the download, and the content."""

    name: Callable[[PreparedFile], str]
    content: Content


class ClaimLost(Exception):
    """Another worker has claimed the file, or it was cancelled."""


@transaction.atomic
def request_file(
    *,
    kind: PreparedFileKind,
    file_format: FileFormat,
    by: User,
    language: str,
    at: datetime,
    circular: Circular | None = None,
    unit: Agency | None = None,
    delivery: Delivery | None = None,
    query: str = "",
    chosen: Sequence[int] | None = None,
) -> PreparedFile:
    """Queue the preparation of a file; one that the person requested before and that isn't finished stands for it.

    It is about a letter, a list of all letters of a unit about the unit, and what was passed on about the delivery.
    `chosen` are the ids of the rows of the list, if they were ticked; the query then has their digest.
    Raises ActionRefused if the person has MOST_UNFINISHED others.
    """
    User.objects.select_for_update(no_key=True).get(pk=by.pk)
    prepared, is_new = PreparedFile.objects.get_or_create(
        kind=kind,
        file_format=file_format,
        circular=circular,
        unit=unit,
        delivery=delivery,
        query=query,
        created_by=by,
        language=language,
        state__in=UNFINISHED,
        defaults={"created_at": at, "state": PreparedFileState.WAITING, "chosen": chosen},
    )
    if is_new:
        unfinished = PreparedFile.objects.filter(created_by=by, state__in=UNFINISHED)
        if unfinished.exclude(pk=prepared.pk).count() >= MOST_UNFINISHED:
            words = ngettext(
                "%(count)d of your files is still being prepared. Wait for it, or cancel it.",
                "%(count)d of your files are still being prepared. Wait for one, or cancel one.",
                MOST_UNFINISHED,
            )
            raise ActionRefused("", words % {"count": MOST_UNFINISHED})
        transaction.on_commit(partial(_wake_worker, prepared.pk))
    return prepared


@transaction.atomic
def cancel_file(*, prepared: PreparedFile, at: datetime) -> bool:
    """Cancel the preparation; its worker stops when it tells its progress next. Returns False if it has ended."""
    unfinished = PreparedFile.objects.filter(pk=prepared.pk, state__in=UNFINISHED)
    return bool(unfinished.update(state=PreparedFileState.CANCELLED, finished_at=at))


@transaction.atomic
def note_download(*, prepared: PreparedFile, at: datetime) -> None:
    """The person has downloaded the file; the first time counts."""
    PreparedFile.objects.filter(pk=prepared.pk, fetched_at=None).update(fetched_at=at)


def prepare_file(*, prepared_id: int, makers: Mapping[PreparedFileKind, FileMaker], at: datetime) -> bool:
    """Claim the file and make it. Returns False if another worker has it, or nothing is to be done now."""
    if PreparedFile.objects.being_made(at).exclude(pk=prepared_id).count() >= MADE_AT_ONCE:
        return False
    claim = uuid4()
    free = PreparedFile.objects.to_be_taken_up(at).filter(pk=prepared_id)
    taken_up = {"claim": claim, "heartbeat_at": at, "state": PreparedFileState.RUNNING, "percent": 0}
    if not free.update(**taken_up, attempts=F("attempts") + 1):
        return False
    about = PreparedFile.objects.select_related(
        "circular__issuer", "unit", "delivery__circular", "delivery__agency", "created_by"
    )
    taken = about.get(pk=prepared_id)
    with override(taken.language):
        try:
            _make(taken, claim, makers[PreparedFileKind(taken.kind)], at)
        except ClaimLost:
            logger.info("File %s was cancelled, or taken over by another worker.", prepared_id)
        except Exception:
            logger.exception("File %s can't be prepared.", prepared_id)
            with suppress(ClaimLost):
                _fail(taken, claim, _("An error occurred. Your administrators find it in the log."))
    following = PreparedFile.objects.to_be_taken_up(timezone.now()).order_by("created_at", "pk").first()
    if following is not None:
        _wake_worker(following.pk)
    return True


def wake_waiting_files(*, at: datetime) -> int:
    """Queue every file without a live worker, and delete the files whose time is over. Returns how many were queued."""
    waiting = list(PreparedFile.objects.to_be_taken_up(at).values_list("pk", flat=True))
    for prepared_id in waiting:
        _wake_worker(prepared_id)
    for expired in PreparedFile.objects.expired(at):
        _delete(expired)
    return len(waiting)


def _make(taken: PreparedFile, claim: UUID, maker: FileMaker, at: datetime) -> None:
    if taken.attempts > MOST_ATTEMPTS:
        _fail(taken, claim, _("The worker ended each time that it was prepared."))
        return
    if not prepared_files_of(taken.created_by).filter(pk=taken.pk).exists():
        _fail(taken, claim, _("You may not see what it is about any more."))
        return
    told_at = timezone.now()

    def progress(percent: int) -> None:
        nonlocal told_at
        now = timezone.now()
        if now - told_at >= TOLD_EVERY:
            told_at = now
            _update(taken, claim, percent=percent, heartbeat_at=now)

    taken.file_name = maker.name(taken)
    with maker.content(taken, at=at, progress=progress) as content:
        _update(taken, claim, heartbeat_at=timezone.now())
        taken.file.save(taken.file_name, File(content), save=False)
    try:
        _update(
            taken,
            claim,
            state=PreparedFileState.READY,
            percent=100,
            finished_at=timezone.now(),
            file=taken.file.name,
            file_name=taken.file_name,
        )
    except Exception:
        taken.file.delete(save=False)
        raise


def _update(taken: PreparedFile, claim: UUID, **fields: object) -> None:
    """Change these fields of a claimed file. Raises ClaimLost if it was cancelled or another worker has claimed it."""
    if not PreparedFile.objects.filter(pk=taken.pk, claim=claim, state=PreparedFileState.RUNNING).update(
        **fields
    ):
        raise ClaimLost


def _fail(taken: PreparedFile, claim: UUID, error: str) -> None:
    _update(taken, claim, state=PreparedFileState.FAILED, error=error, finished_at=timezone.now())


@transaction.atomic
def _delete(expired: PreparedFile) -> None:
    storage, name = expired.file.storage, expired.file.name
    expired.delete()
    if name:
        transaction.on_commit(partial(_delete_stored, storage, name))


def _delete_stored(storage: Storage, name: str) -> None:
    storage.delete(name)


def _wake_worker(prepared_id: int) -> None:
    """Queue the file for a worker. If the broker is unreachable, the periodic task does it within a minute."""
    try:
        current_app.send_task(PREPARE_FILE, [prepared_id])
    except OperationalError as error:
        logger.warning(
            "The broker can't be reached (%s); the task of the next minute will take the file up.", error
        )

"""Read a letter in the background: requested by a person, read by a worker, then a draft.

A worker of the queue `readings` claims the row and has the file read by a process with limits
(`circulars.files.limited`). It gives a sign of life and tells the page every second, and stops when another worker has
claimed the row or the person has cancelled it. After a worker has died the reading starts again, MOST_ATTEMPTS times
at most. The file is kept until the draft has it, the person has dismissed it, or KEPT_FOR has passed; after a failure
that rules out recording by hand it is deleted at once. Locks: the draft or the withdrawn letter comes before the row.
A draft for which a file is read isn't dispatched.
"""

import logging
from contextlib import suppress
from datetime import datetime
from functools import partial
from uuid import UUID, uuid4

from celery import current_app
from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override
from kombu.exceptions import OperationalError

from agencies.models import Agency, Membership, Role, User
from agencies.services.refusal import ActionRefused
from circulars.files.limited.pool import LimitReached, StillRunning
from circulars.files.limited.reading import Read, result_of, start_reading
from circulars.models import NOT_SENT, Circular, LetterReading, ReadingFailure, ReadingState
from circulars.models.letter_reading import BY_HAND, MOST_ATTEMPTS, MOST_KEPT, MOST_UNFINISHED, UNFINISHED
from circulars.reading import ReadLetter, UnreadableFile
from circulars.services.choose_file import FileOfCorrectedLetter, choose_new_file
from circulars.services.correct import file_content
from circulars.services.draft import NotADraft, _delete_files, lock_draft
from circulars.services.reading.of_draft import end_readings_of
from circulars.services.record import (
    CLASSIFIED,
    AlreadyRecorded,
    ClassifiedLetter,
    SourceFile,
    issuer_of,
    record,
)

logger = logging.getLogger(__name__)

READ_LETTER = "circulars.tasks.read_letter"
TOLD_EVERY = 1.0
"""Seconds between two signs of life."""

QUEUED_FOR = 60
"""Seconds after which a call of a worker is void: the task of each minute calls again."""


class ClaimLost(Exception):
    """Another worker has claimed the reading, or it was cancelled."""


class NotToBeRecorded(Exception):
    """The reading has ended, or what is known of the file rules it out: then `failure` says what.

    `detail` and `known` are those of `LetterReading`.
    """

    def __init__(self, failure: str = "", detail: str = "", known: Circular | None = None) -> None:
        super().__init__(failure)
        self.failure, self.detail, self.known = failure, detail, known


class _Failed(NotToBeRecorded):
    """The reading has failed."""


@transaction.atomic
def request_reading(
    *,
    source: SourceFile,
    by: User,
    acting_for: Agency | None,
    language: str,
    at: datetime,
    is_text: bool = False,
    draft: Circular | None = None,
    replaces: Circular | None = None,
    failure: str = "",
) -> LetterReading:
    """Keep the file and queue its reading. With `failure` it was tried already: the row says why and nothing is read.

    `draft` is the draft whose letter file it becomes, as it was when the person chose the file; earlier readings for it
    end. Otherwise a new draft is made. Raises NotADraft, and ActionRefused if the draft has another file by now, or the
    person has MOST_UNFINISHED others under way or MOST_KEPT files of failed ones.
    """
    User.objects.select_for_update(no_key=True).get(pk=by.pk)
    if draft is not None:
        _refuse_other_file(draft)
        ended = end_readings_of(draft, failure=ReadingFailure.OTHER_FILE, at=at)
        transaction.on_commit(partial(_delete_files, ended))
    _refuse_too_many(by)
    reading = LetterReading(
        asked_by=by,
        acting_for=acting_for,
        language=language,
        name=source.name[-255:],
        is_text=is_text,
        draft=draft,
        replaces=replaces,
        created_at=at,
        state=ReadingState.FAILED if failure else ReadingState.WAITING,
        failure=failure,
        finished_at=at if failure else None,
    )
    reading.file.save(source.name, ContentFile(source.content), save=False)
    reading.save()
    if not failure:
        transaction.on_commit(partial(_wake_worker, reading.pk))
    return reading


def _refuse_other_file(draft: Circular) -> None:
    """Lock the draft. Raises NotADraft, and ActionRefused if its file was chosen anew since `draft` was loaded."""
    locked = lock_draft(draft)
    if (locked.source_file.name, locked.file_choice) != (draft.source_file.name, draft.file_choice):
        raise ActionRefused("", _("Another file was chosen for the draft meanwhile. Look at that one first."))


def _refuse_too_many(by: User) -> None:
    own = LetterReading.objects.filter(asked_by=by)
    if own.filter(state__in=UNFINISHED).count() >= MOST_UNFINISHED:
        raise ActionRefused(
            "",
            _("%(count)d of your letters are still being read. Wait for one, or cancel one.")
            % {"count": MOST_UNFINISHED},
        )
    if own.filter(state=ReadingState.FAILED).exclude(file="").count() >= MOST_KEPT:
        raise ActionRefused(
            "",
            _(
                "%(count)d files of letters that could not be read are kept for you. Record some of them by hand, or"
                " delete them: “Our letters” names them."
            )
            % {"count": MOST_KEPT},
        )


@transaction.atomic
def dismiss_reading(*, reading: LetterReading, at: datetime) -> bool:
    """Cancel the reading, or put one aside that has failed; its file is deleted. Returns False if it is a draft."""
    locked = LetterReading.objects.select_for_update().get(pk=reading.pk)
    if locked.state == ReadingState.DONE:
        return False
    _end(locked, ReadingState.CANCELLED, at)
    return True


def record_by_hand(*, reading: LetterReading, at: datetime) -> Circular:
    """A draft with the file and without any field, or the file of the draft that it was meant for.

    A reading under way is ended. What is to be known of the file is looked up before the transaction begins. Raises
    NotToBeRecorded.
    """
    if not reading.may_be_recorded_by_hand:
        raise NotToBeRecorded
    try:
        source = SourceFile(reading.name, file_content(reading.file))
    except FileNotFoundError as error:  # the reading has ended meanwhile
        raise NotToBeRecorded from error
    text = source.content.decode("utf-8", "replace") if reading.is_text else ""
    letter = ReadLetter(readable=False, source_text=text)
    source.look_up(letter)
    return _record_by_hand(reading, source, letter, at)


@transaction.atomic
def _record_by_hand(reading: LetterReading, source: SourceFile, letter: ReadLetter, at: datetime) -> Circular:
    """Raises NotToBeRecorded."""
    _lock_letter(reading)
    locked = LetterReading.objects.select_for_update(of=("self",)).get(pk=reading.pk)
    if not locked.may_be_recorded_by_hand:
        raise NotToBeRecorded
    _end(locked, ReadingState.DONE, at)
    circular = _finished(locked, source, letter, at)
    locked.result, locked.opened_at = circular, at
    locked.save(update_fields=["result", "opened_at"])
    return circular


@transaction.atomic
def note_opened(*, reading: LetterReading, at: datetime) -> bool:
    """The person has seen the result. Returns False if that is known."""
    return bool(LetterReading.objects.filter(pk=reading.pk, opened_at=None).update(opened_at=at))


def read_in_background(*, reading_id: int, at: datetime) -> bool:
    """Claim the reading and read it. Returns False if another worker has it, or nothing is to be done."""
    claim = uuid4()
    free = LetterReading.objects.to_be_taken_up(at).filter(pk=reading_id)
    taken_up = {"claim": claim, "heartbeat_at": at, "state": ReadingState.RUNNING, "page": 0, "pages": 0}
    if not free.update(**taken_up, attempts=F("attempts") + 1):
        return False
    about = LetterReading.objects.select_related("asked_by", "acting_for", "draft", "replaces__issuer")
    taken = about.get(pk=reading_id)
    with override(taken.language):
        try:
            _read(taken, claim)
        except ClaimLost:
            logger.info("Reading %s was cancelled, or taken over by another worker.", reading_id)
        except _Failed as failed:
            with suppress(ClaimLost):
                _fail(taken, claim, failed)
        except Exception:
            logger.exception("Reading %s has failed.", reading_id)
            with suppress(ClaimLost):
                _fail(taken, claim, _Failed(ReadingFailure.ERROR))
    return True


def wake_waiting_readings(*, at: datetime) -> int:
    """Queue every reading without a live worker, and delete those whose time is over. Returns how many were queued.

    One that has waited for GIVEN_UP_AFTER ends as failed, and can be recorded by hand.
    """
    given_up = {"state": ReadingState.FAILED, "failure": ReadingFailure.WAITED, "finished_at": at}
    LetterReading.objects.given_up(at).update(**given_up)
    waiting = list(LetterReading.objects.to_be_taken_up(at).values_list("pk", flat=True))
    for reading_id in waiting:
        _wake_worker(reading_id)
    for expired in LetterReading.objects.expired(at):
        _delete(expired)
    return len(waiting)


def _read(taken: LetterReading, claim: UUID) -> None:
    """Raises ClaimLost and _Failed."""
    if taken.attempts > MOST_ATTEMPTS:
        raise _Failed(ReadingFailure.ENDED)
    content = file_content(taken.file)
    try:
        read = _result(taken, claim, content)
    except LimitReached as error:
        raise _Failed(ReadingFailure(error.limit)) from error
    except UnreadableFile as error:
        if error.code != "no_text_layer":
            raise _Failed(ReadingFailure.UNREADABLE, f"{error.code}:{error.kind.value}") from error
        read = Read(ReadLetter(readable=False))
    source = SourceFile(taken.name, content, read.page_sizes or None)
    source.look_up(read.letter)
    at = timezone.now()
    with transaction.atomic():
        _lock_letter(taken)
        _update(taken, claim, state=ReadingState.DONE, finished_at=at, file="")
        circular = _finished(taken, source, read.letter, at)
        _update_done(taken, claim, circular)
        transaction.on_commit(partial(_delete_files, [taken.file.name]))


def _result(taken: LetterReading, claim: UUID, content: bytes) -> Read:
    task = start_reading(content, taken.name)
    try:
        while True:
            try:
                return result_of(task.wait(TOLD_EVERY))
            except StillRunning:
                told = task.progress
                _update(taken, claim, page=told.page, pages=told.pages, heartbeat_at=timezone.now())
    finally:
        task.close()


def _finished(taken: LetterReading, source: SourceFile, letter: ReadLetter, at: datetime) -> Circular:
    """The draft that the reading becomes. Raises _Failed."""
    try:
        if letter.secrecy in CLASSIFIED:
            raise ClassifiedLetter(letter.secrecy or "")
        if taken.draft is not None:
            _refuse_stranger(taken, lock_draft(taken.draft))
            return choose_new_file(circular=taken.draft, letter=letter, source=source)
        units = _units_of(taken)
        if not units:
            raise _Failed(ReadingFailure.NOT_A_SENDER)
        return record(
            letter=letter,
            issuer=issuer_of(letter, among=units, acting_for=taken.acting_for),
            by=taken.asked_by,
            at=at,
            source=None if taken.is_text else source,
            replaces=taken.replaces,
        )
    except ClassifiedLetter as error:
        raise _Failed(ReadingFailure.CLASSIFIED, error.secrecy) from error
    except AlreadyRecorded as error:
        raise _Failed(ReadingFailure.RECORDED, known=error.existing) from error
    except FileOfCorrectedLetter as error:
        raise _Failed(ReadingFailure.OF_CORRECTED) from error
    except NotADraft as error:
        raise _Failed(ReadingFailure.NOT_A_DRAFT) from error


def _lock_letter(reading: LetterReading) -> Circular | None:
    """The draft that the file is meant for, or the withdrawn letter, locked; None if there is none any more."""
    if reading.draft_id is not None:
        return Circular.objects.select_for_update().filter(pk=reading.draft_id).first()
    if reading.replaces_id is not None:
        return Circular.objects.select_for_update(no_key=True).filter(pk=reading.replaces_id).first()
    return None


def _refuse_stranger(taken: LetterReading, draft: Circular) -> None:
    """Raise _Failed if the person doesn't send for the draft's issuer any more."""
    if (
        not Membership.objects.agencies_of(taken.asked_by, Role.SENDER)
        .filter(agency=draft.issuer_id)
        .exists()
    ):
        raise _Failed(ReadingFailure.NOT_A_SENDER)


def _units_of(taken: LetterReading) -> list[Agency]:
    """Units for which the person may record it."""
    sends = Agency.objects.filter(pk__in=Membership.objects.agencies_of(taken.asked_by, Role.SENDER))
    if taken.replaces is not None:
        sends = sends.filter(pk=taken.replaces.issuer_id)
    return list(sends.order_by("protocol_order", "sort_key"))


def _update(taken: LetterReading, claim: UUID, **fields: object) -> None:
    """Change these fields of a claimed row. Raises ClaimLost if it was cancelled or another worker has claimed it."""
    running = LetterReading.objects.filter(pk=taken.pk, claim=claim, state=ReadingState.RUNNING)
    if not running.update(**fields):
        raise ClaimLost


def _update_done(taken: LetterReading, claim: UUID, circular: Circular) -> None:
    LetterReading.objects.filter(pk=taken.pk, claim=claim).update(result=circular)


@transaction.atomic
def _fail(taken: LetterReading, claim: UUID, failed: _Failed) -> None:
    ended = {"state": ReadingState.FAILED, "failure": failed.failure, "failure_detail": failed.detail[:60]}
    if not _may_be_taken(taken, failed.failure):
        ended["file"] = ""
    _update(taken, claim, **ended, known=failed.known, finished_at=timezone.now())
    if "file" in ended:
        transaction.on_commit(partial(_delete_files, [taken.file.name]))


def _may_be_taken(taken: LetterReading, failure: str) -> bool:
    """Whether the file can be recorded by hand after that failure, or for a scheduled letter may be later."""
    if failure != ReadingFailure.NOT_A_DRAFT:
        return failure in BY_HAND
    letter = _lock_letter(taken)
    return letter is not None and letter.status in NOT_SENT


def _end(locked: LetterReading, state: ReadingState, at: datetime) -> None:
    """End it without its file."""
    transaction.on_commit(partial(_delete_files, [locked.file.name]))
    locked.file.name = ""
    locked.state, locked.finished_at = state, at
    locked.save()


@transaction.atomic
def _delete(expired: LetterReading) -> None:
    name = expired.file.name
    expired.delete()
    transaction.on_commit(partial(_delete_files, [name]))


def _wake_worker(reading_id: int) -> None:
    """Queue it for a worker. If the broker is unreachable, the periodic task does it within a minute."""
    try:
        current_app.send_task(READ_LETTER, [reading_id], expires=QUEUED_FOR)
    except OperationalError as error:
        logger.warning(
            "The broker can't be reached (%s); the task of the next minute will take the reading up.", error
        )

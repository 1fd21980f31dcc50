"""Choose the letter file of a draft: a new one, or for a correction, that of the corrected letter."""

import hashlib
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone

from circulars.files.limited.pool import LimitReached
from circulars.files.limited.reading import read_while_waiting
from circulars.files.page_and_file import printed_in
from circulars.models import Circular, FileChoice, ReadingFailure
from circulars.reading import ReadLetter, UnreadableFile
from circulars.services.correct import file_content, revisions_before
from circulars.services.draft import _delete_files, lock_draft
from circulars.services.reading.doubts import with_doubts_left
from circulars.services.reading.of_draft import end_readings_of
from circulars.services.reading.stored import reading_of
from circulars.services.record import CLASSIFIED, AlreadyRecorded, ClassifiedLetter, SourceFile, with_package


class FileOfCorrectedLetter(Exception):
    """The uploaded file is that of the corrected letter: whoever means that says that it is unchanged."""


class NoEarlierFile(Exception):
    """The draft corrects no letter that has a file."""


@transaction.atomic
def choose_new_file(*, circular: Circular, letter: ReadLetter, source: SourceFile) -> Circular:
    """Make the file, read as `letter`, the letter file of the draft. The draft's fields stay as they are, and so does
    what wasn't sure of them.

    The file that the draft had is deleted after the commit; the corrected letter keeps its own. Raises NotADraft,
    ClassifiedLetter, FileOfCorrectedLetter, and AlreadyRecorded if another letter of the issuer in use has it.
    """
    letter = with_package(letter, source)
    if letter.secrecy in CLASSIFIED:
        raise ClassifiedLetter(letter.secrecy or "")
    locked = lock_draft(circular)
    sha256 = hashlib.sha256(source.content).hexdigest()
    if locked.corrects is not None and locked.corrects.source_sha256 == sha256:
        raise FileOfCorrectedLetter
    own = [locked.pk, *(each.pk for each in revisions_before(locked))]
    others = Circular.objects.filter(issuer=locked.issuer, corrects=None, number_in_use=True)
    if existing := others.filter(source_sha256=sha256).exclude(pk__in=own).first():
        raise AlreadyRecorded(existing)
    locked.file_choice = FileChoice.NEW if locked.is_correction else ""
    locked.source_text = letter.source_text.replace("\x00", "")
    locked.reading = with_doubts_left(reading_of(letter, source.sizes), locked.reading)
    _put(locked, source, sha256)
    return locked


def keep_earlier_file(*, circular: Circular) -> Circular:
    """Say that the correction goes with the file of the corrected letter, unchanged.

    A file uploaded in between is replaced by that one. If what the file says isn't known yet, it is read before the
    transaction begins. Raises NotADraft and NoEarlierFile.
    """
    before = circular.corrects
    if before is None or not before.source_file:
        raise NoEarlierFile
    content = file_content(before.source_file)
    return _keep(circular=circular, before=before, content=content, reading=_reading_of(before, content))


@transaction.atomic
def _keep(*, circular: Circular, before: Circular, content: bytes, reading: dict[str, Any]) -> Circular:
    locked = lock_draft(circular)
    locked.file_choice = FileChoice.UNCHANGED
    if locked.source_sha256 != before.source_sha256:
        locked.source_text, locked.reading = before.source_text, reading
        _put(locked, SourceFile(before.source_name, content), before.source_sha256)
    else:
        locked.reading = {**locked.reading, "printed": reading["printed"]}
        _save(locked)
    return locked


def _reading_of(before: Circular, content: bytes) -> dict[str, Any]:
    """The reading of the corrected letter; what its file says is read now if it was recorded without.

    A file that can't be read while one waits counts as one that says nothing.
    """
    reading: dict[str, Any] = before.reading
    if "printed" in reading:
        return reading
    try:
        letter = read_while_waiting(content, before.source_name).letter
    except (UnreadableFile, LimitReached):
        letter = ReadLetter(readable=False)
    return {**reading, "printed": printed_in(letter)}


def _put(draft: Circular, source: SourceFile, sha256: str) -> None:
    replaced = draft.source_file.name
    draft.source_name, draft.source_sha256 = source.name[-255:], sha256
    draft.source_file.save(source.name, ContentFile(source.content), save=False)
    _save(draft)
    transaction.on_commit(lambda: _delete_files([replaced]))


def _save(draft: Circular) -> None:
    """Count as a save of the draft, so that a form opened before is not saved over it unasked.

    Readings of other files for the draft end: their workers don't replace what was chosen.
    """
    unread = end_readings_of(draft, failure=ReadingFailure.OTHER_FILE, at=timezone.now())
    transaction.on_commit(lambda: _delete_files(unread))
    draft.draft_version += 1
    draft.saved_by = draft.saved_at = None
    draft.save()

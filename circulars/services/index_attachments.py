"""Note the words of sent letters' attachments for the search over full texts. For a worker, not for a web request."""

import logging
import time
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.db.models.expressions import Combinable
from django.utils import timezone

from agencies.models.turns import only_run
from circulars.files.limited.pool import LimitReached
from circulars.files.limited.reading import text_within_limits
from circulars.models import Attachment, AttachmentText, Circular
from circulars.models.letter_text import LARGEST, vector_of_attachment
from circulars.models.parts import mark_withheld
from circulars.reading.source.extract import MAX_BYTES
from circulars.services.index_letters import names_of

logger = logging.getLogger(__name__)

MOST_ATTEMPTS = 3
"""A file that ends the worker each time isn't read again: it is found by its name only."""

CLAIMED_FOR = timedelta(minutes=15)
"""Longer than a task may run: then its worker is dead."""

BATCH = 1000
SECONDS = 30
"""After which no further file is begun: letters wait for the same workers."""

FILE_SECONDS = 25
"""After which a file is given up: it is found by its name alone."""

TASK_SECONDS = 60
"""After which the worker is killed; the file that it was reading has had an attempt."""


class StorageFailed(Exception):
    """The file is there, but the storage doesn't give it now."""


def index_attachments() -> int:
    """Read attachments that the search doesn't know yet, the newest first, for some seconds. Returns their number.

    One run at a time, so that the other workers stay free for letters. Ends when the storage fails.
    """
    with only_run("index_attachments") as is_only:
        return _index_for_some_seconds() if is_only else 0


def _index_for_some_seconds() -> int:
    end, done, now = time.monotonic() + SECONDS, 0, timezone.now()
    waiting = AttachmentText.objects.filter(_free(now)).order_by("-pk")
    for attachment in list(waiting.values_list("pk", flat=True)[:BATCH]):
        if time.monotonic() > end:
            break
        try:
            done += index_attachment(attachment=attachment, at=timezone.now())
        except StorageFailed:
            logger.exception("The file of attachment %s can't be read now.", attachment)
            break
    return done


def index_attachment(*, attachment: int, at: datetime) -> bool:
    """Claim the attachment with this id, read its file and note its words. Returns False if another worker has it,
    if it was read, and if its letter wasn't sent.

    One without a file, or whose file is a picture or damaged, is found by its name alone. Raises StorageFailed; that
    isn't counted as an attempt, and the file is tried again once the claim has ended.
    """
    claimed = _claim(attachment, at)
    if claimed is None:
        return False
    try:
        text = _text_of(claimed)
    except StorageFailed:
        AttachmentText.objects.filter(attachment=claimed).update(attempts=F("attempts") - 1)
        raise
    _note(claimed, text, at)
    return True


def _free(at: datetime) -> Q:
    """Condition: not read, and either not tried yet or left by its worker."""
    unclaimed = Q(claimed_at=None) | Q(claimed_at__lt=at - CLAIMED_FOR)
    return Q(read_at=None, attempts__lt=MOST_ATTEMPTS) & unclaimed


@transaction.atomic
def _claim(attachment: int, at: datetime) -> Attachment | None:
    """Claim it and note its name and who doesn't get it, so that it is found even if its file ends the worker."""
    row: QuerySet[AttachmentText] = AttachmentText.objects.filter(attachment_id=attachment)
    if not row.filter(_free(at)).update(attempts=F("attempts") + 1, claimed_at=at):
        return None
    claimed = Attachment.objects.select_related("circular").get(pk=attachment)
    row.update(vector=_vector_of(claimed, ""), withheld_lines=_lines_without(claimed))
    return claimed


@transaction.atomic
def _note(attachment: Attachment, text: str, at: datetime) -> None:
    AttachmentText.objects.filter(attachment=attachment).update(
        text=text, vector=_vector_of(attachment, text), read_at=at
    )


def _vector_of(attachment: Attachment, text: str) -> Combinable:
    (name,) = names_of([attachment])
    return vector_of_attachment(name, text)


def _text_of(attachment: Attachment) -> str:
    """The beginning of its file's text; empty without one. Raises StorageFailed."""
    if not attachment.file or attachment.size > MAX_BYTES:
        return ""
    try:
        with attachment.file.open("rb") as file:
            content = file.read()
    except FileNotFoundError:
        return ""
    except Exception as error:  # each storage has its own
        raise StorageFailed from error
    try:
        return text_within_limits(content, attachment.file_name, longest=LARGEST, seconds=FILE_SECONDS)
    except LimitReached:
        return ""


def _lines_without(attachment: Attachment) -> list[int]:
    """Ids of the letter's printed lines that withhold the attachment."""
    circular: Circular = attachment.circular
    attachments = list(circular.attachments.all())
    found = []
    for line in circular.lines.all():
        if line.withheld is not None:
            mark_withheld(attachments, line.withheld)
            found += [line.pk for each in attachments if each.is_withheld and each == attachment]
    return found

"""Note the words of sent letters' attachments for the search over full texts. For a worker, not for a web request."""

import logging
import time
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from circulars.models import Attachment, AttachmentText, Circular, Status
from circulars.models.letter_text import LARGEST, vector_of_attachment
from circulars.models.parts import mark_withheld
from circulars.reading.source.extract import MAX_BYTES, UnreadableFile, extract_lines
from circulars.services.index_letters import names_of

logger = logging.getLogger(__name__)

MOST_ATTEMPTS = 3
"""A file that ends the worker each time isn't read again."""

CLAIMED_FOR = timedelta(minutes=15)
"""Longer than a task may run: then its worker is dead."""


BATCH = 1000
SECONDS = 30
"""After which no further file is begun: letters wait for the same workers."""


def index_attachments() -> int:
    """Read attachments that the search doesn't know yet, the newest first, for some seconds. Returns their number."""
    end, done, now = time.monotonic() + SECONDS, 0, timezone.now()
    free = Q(words=None) | _free(now, "words__")
    waiting = Attachment.objects.filter(free, circular__status=Status.DISPATCHED)
    for attachment in list(waiting.order_by("-pk").values_list("pk", flat=True)[:BATCH]):
        if time.monotonic() > end:
            break
        done += index_attachment(attachment=attachment, at=timezone.now())
    return done


def index_attachment(*, attachment: int, at: datetime) -> bool:
    """Claim the attachment with this id, read its file and note its words. Returns False if another worker has it.

    One without a file, or whose file is a picture or damaged, is found by its name alone. If the storage fails, it is
    tried again.
    """
    if not _claim(attachment, at):
        return False
    named = Attachment.objects.select_related("circular").get(pk=attachment)
    try:
        text = _text_of(named)
    except OSError:
        logger.exception("The file of attachment %s can't be read now.", attachment)
        return True
    _note(named, text, at)
    return True


def _free(at: datetime, through: str = "") -> Q:
    """Condition: tried before, and left by its worker."""
    return Q(
        **{
            f"{through}read_at": None,
            f"{through}attempts__lt": MOST_ATTEMPTS,
            f"{through}claimed_at__lt": at - CLAIMED_FOR,
        }
    )


@transaction.atomic
def _claim(attachment: int, at: datetime) -> bool:
    _row, is_new = AttachmentText.objects.get_or_create(
        attachment_id=attachment, defaults={"attempts": 1, "claimed_at": at}
    )
    left: QuerySet[AttachmentText] = AttachmentText.objects.filter(_free(at), attachment_id=attachment)
    return is_new or bool(left.update(attempts=F("attempts") + 1, claimed_at=at))


@transaction.atomic
def _note(attachment: Attachment, text: str, at: datetime) -> None:
    (name,) = names_of([attachment])
    AttachmentText.objects.filter(attachment=attachment).update(
        text=text,
        vector=vector_of_attachment(name, text),
        withheld_lines=_lines_without(attachment),
        read_at=at,
    )


def _text_of(attachment: Attachment) -> str:
    """The beginning of its file's text; empty without one. Raises OSError if the storage fails."""
    if not attachment.file or attachment.size > MAX_BYTES:
        return ""
    try:
        with attachment.file.open("rb") as file:
            content = file.read()
    except FileNotFoundError:
        return ""
    try:
        return extract_lines(content, attachment.file_name).text.replace("\0", "")[:LARGEST]
    except UnreadableFile:
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

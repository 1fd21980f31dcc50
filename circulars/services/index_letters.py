"""Note the words of sent letters for the search over full texts, and which attachments a worker is to read."""

from collections.abc import Iterable

from django.db import transaction
from django.db.models import Prefetch

from circulars.models import Attachment, AttachmentText, Circular, LetterText, Status
from circulars.models.letter_text import vector_of

BATCH = 500


@transaction.atomic
def index_letter(*, circular: Circular, attachments: Iterable[Attachment]) -> None:
    """Note the words of a letter, and that these attachments are to be read.

    To be called in the transaction that sends it.
    """
    _write([(circular, attachments)])


@transaction.atomic
def index_missing() -> int:
    """Note the words of sent letters that have none yet, a batch at a time. Returns their number.

    They were sent by a release before this one that still ran while the database was upgraded, or generated.
    """
    named = Prefetch("attachments", queryset=Attachment.objects.only("circular_id", "title", "file_name"))
    missing = Circular.objects.filter(status=Status.DISPATCHED, words=None).order_by("pk")
    letters = missing.only("subject", "number", "circular_number", "body", "source_text")
    found = list(letters.prefetch_related(named)[:BATCH])
    _write((each, each.attachments.all()) for each in found)
    return len(found)


def _write(letters: Iterable[tuple[Circular, Iterable[Attachment]]]) -> None:
    words, to_read = list[LetterText](), list[AttachmentText]()
    for circular, attachments in letters:
        listed = list(attachments)
        words.append(LetterText(circular=circular, vector=vector_of(circular, names_of(listed))))
        to_read += [AttachmentText(attachment=each) for each in listed]
    LetterText.objects.bulk_create(words, ignore_conflicts=True)
    AttachmentText.objects.bulk_create(to_read, ignore_conflicts=True)


def names_of(attachments: Iterable[Attachment]) -> list[str]:
    """What is searched of attachments: the title of each and the name of its file."""
    return [f"{each.title} {each.file_name}" for each in attachments]

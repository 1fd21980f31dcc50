"""Note the words of sent letters for the search over full texts."""

from collections.abc import Iterable

from django.db import transaction
from django.db.models import Prefetch

from circulars.models import Attachment, Circular, LetterText, Status
from circulars.models.letter_text import vector_of

BATCH = 500


@transaction.atomic
def index_letter(*, circular: Circular, attachments: Iterable[Attachment]) -> None:
    """Note the words of a letter with these attachments. To be called in the transaction that sends it."""
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
    rows = [
        LetterText(circular=circular, vector=vector_of(circular, names_of(attachments)))
        for circular, attachments in letters
    ]
    LetterText.objects.bulk_create(rows, ignore_conflicts=True)


def names_of(attachments: Iterable[Attachment]) -> list[str]:
    """What is searched of attachments: the title of each and the name of its file."""
    return [f"{each.title} {each.file_name}" for each in attachments]

"""Invariants of the words of sent letters, by which the search finds them."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from functools import reduce
from operator import or_

from django.db.models import Exists, F, OuterRef, Prefetch, Q
from django.db.models.functions import Now
from django.db.models.lookups import Exact

from circulars.models import Attachment, AttachmentText, Circular, LetterText, Status
from circulars.models.letter_text import vector_of
from circulars.services.index_attachments import CLAIMED_FOR, MOST_ATTEMPTS
from circulars.services.index_letters import names_of
from distribution.queries.invariants.consistency_of_notices import BY_SWEEP, Finding

COMPARED = 25
"""Letters whose words are compared by one query."""

GRACE = timedelta(minutes=30)
"""The words of a letter that an earlier release sent are noted within ten minutes."""

BY_DELETING = (
    "Delete its row of circulars_lettertext: the task of every ten minutes writes it anew if it is to be."
)
BY_READING_AGAIN = "To have it read again, set attempts = 0 in its row of circulars_attachmenttext."
NAMES = Prefetch("attachments", Attachment.objects.only("circular_id", "title", "file_name"))
UNREAD = AttachmentText.objects.filter(
    attachment__circular=OuterRef("pk"),
    read_at=None,
    attempts__gte=MOST_ATTEMPTS,
    claimed_at__lt=Now() - CLAIMED_FOR,
)
LETTERS = (
    Circular.objects.annotate(
        has_words=Exists(LetterText.objects.filter(circular=OuterRef("pk"))), has_unread=Exists(UNREAD)
    )
    .only(
        "public_id", "status", "dispatched_at", "subject", "number", "circular_number", "body", "source_text"
    )
    .prefetch_related(NAMES)
)


def check_words(letters: Sequence[Circular], at: datetime) -> Iterator[Finding]:
    """Check letters of LETTERS: exactly those that were sent have words, and these are their own; attachments are read.

    One query for every COMPARED letters with words.
    """
    sent = [letter for letter in letters if letter.status == Status.DISPATCHED]
    indexed = {letter.pk for letter in letters if vars(letter)["has_words"]}
    for letter in letters:
        if letter.pk in indexed and letter.status != Status.DISPATCHED:
            yield _finding(
                letter, "words-of-a-draft", "it wasn't sent, but the search has its words.", BY_DELETING
            )
    for letter in sent:
        is_old = letter.dispatched_at is None or letter.dispatched_at < at - GRACE
        if letter.pk not in indexed and is_old:
            yield _finding(
                letter, "sent-without-words", "it was sent, but the search has no words of it.", BY_SWEEP
            )
    for letter in letters:
        if vars(letter)["has_unread"]:
            yield _finding(
                letter,
                "attachment-unread",
                "the file of an attachment ended each worker: the search has its name only.",
                BY_READING_AGAIN,
            )
    compared = [letter for letter in sent if letter.pk in indexed]
    for begin in range(0, len(compared), COMPARED):
        batch = compared[begin : begin + COMPARED]
        unlike = _with_other_words(batch)
        for letter in batch:
            if letter.pk in unlike:
                yield _finding(
                    letter, "words-of-another-text", "its words aren't those of its text.", BY_DELETING
                )


def _with_other_words(letters: Sequence[Circular]) -> set[int]:
    differs = (
        Q(pk=letter.pk) & ~Q(Exact(F("vector"), vector_of(letter, names_of(letter.attachments.all()))))
        for letter in letters
    )
    return set(LetterText.objects.filter(reduce(or_, differs)).values_list("pk", flat=True))


def _finding(letter: Circular, what: str, problem: str, mend: str) -> Finding:
    return Finding(what, f"letter {letter.public_id}", problem, mend)

"""Start a correction: a draft of the next revision, copied from a dispatched letter."""

from datetime import datetime

from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models.fields.files import FieldFile

from agencies.models import User
from circulars.models import Circular, Status
from circulars.models.letter_fields import copied_values


class NotCorrectable(Exception):
    """The letter was withdrawn and can't be corrected."""


@transaction.atomic
def start_correction(*, circular: Circular, by: User, at: datetime) -> tuple[Circular, bool]:
    """The draft of the letter's correction, and whether it was created now: each revision has at most one.

    Files are copied, so that removing one from the draft doesn't affect the letter. Raises NotCorrectable.
    """
    locked = Circular.objects.select_for_update(no_key=True).get(pk=circular.pk, status=Status.DISPATCHED)
    if locked.is_withdrawn:
        raise NotCorrectable
    if existing := locked.corrections.first():
        return existing, False
    draft = Circular(
        **copied_values(locked),
        corrects=locked,
        revision_number=locked.revision_number + 1,
        recorded_by=by,
        recorded_at=at,
    )
    if locked.source_file:
        draft.source_file.save(locked.source_name, ContentFile(file_content(locked.source_file)), save=False)
    draft.save()
    for line in locked.lines.all():
        line.pk, line.circular = None, draft
        line.save(force_insert=True)
    for reference in locked.references.all():
        reference.pk, reference.circular = None, draft
        reference.save(force_insert=True)
    for attachment in locked.attachments.all():
        content = ContentFile(file_content(attachment.file)) if attachment.file else None
        attachment.pk, attachment.circular = None, draft
        if content is not None:
            attachment.file.save(attachment.file_name, content, save=False)
        attachment.save(force_insert=True)
    return draft, True


def revisions_before(circular: Circular) -> list[Circular]:
    """Earlier revisions, the latest first."""
    found: list[Circular] = []
    before = circular.corrects
    while before is not None:
        found.append(before)
        before = before.corrects
    return found


def all_revisions(circular: Circular) -> list[Circular]:
    """Every sent revision of the letter, this one included, the first one first."""
    found = [*reversed(revisions_before(circular)), circular]
    while (later := found[-1].corrections.filter(status=Status.DISPATCHED).first()) is not None:
        found.append(later)
    return found


def file_content(file: FieldFile) -> bytes:
    """The content of a stored file."""
    with file.open("rb") as source:
        content: bytes = source.read()
    return content

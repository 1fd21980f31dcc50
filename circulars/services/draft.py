"""Revise or discard a draft."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone

from agencies.models import User
from agencies.services.changed_meanwhile import ChangedMeanwhile
from circulars.lines.distribution_list import replace_lines
from circulars.models import (
    Attachment,
    Circular,
    DraftEditing,
    LetterReading,
    ReadingFailure,
    Reference,
    Status,
)
from circulars.services.reading.corrections import keep_corrections, values_of
from circulars.services.reading.of_draft import end_readings_of
from circulars.services.reading.stored import cite, measured


class NotADraft(Exception):
    """The letter is no longer a draft: it was dispatched or deleted in the meantime."""


@dataclass
class DraftLists:
    """The lists of printed lines of a draft."""

    action: Sequence[str] = ()
    information: Sequence[str] = ()
    references: Sequence[str] = ()
    attachments: Sequence[str] = field(default_factory=list)


def _delete_files(names: Iterable[str | None]) -> None:
    for name in names:
        if name:
            default_storage.delete(name)


def lock_draft(circular: Circular) -> Circular:
    """The draft's row, locked until the transaction ends. Raises NotADraft."""
    locked = Circular.objects.select_for_update().filter(pk=circular.pk, status=Status.DRAFT).first()
    if locked is None:
        raise NotADraft
    return locked


@transaction.atomic
def revise(
    *,
    circular: Circular,
    lists: DraftLists,
    on: date,
    version_read: int | None = None,
    by: User | None = None,
    at: datetime | None = None,
    editing: UUID | None = None,
) -> None:
    """Save the draft with its current attribute values, and replace its lists.

    `version_read` is the version that the form was loaded from, `editing` the page it was typed on, whose unsaved text
    is saved by this. Raises NotADraft, and ChangedMeanwhile if the draft has been saved since.
    """
    locked = lock_draft(circular)
    if version_read is not None and version_read != locked.draft_version:
        raise ChangedMeanwhile(str(locked.draft_version), by=locked.saved_by, at=locked.saved_at)
    read = values_of(locked) if settings.KEEP_READING_CORRECTIONS else {}
    circular.draft_version = locked.draft_version + 1
    circular.saved_by, circular.saved_at = by, at
    circular.save()
    if editing is not None:
        own = DraftEditing.objects.filter(circular=circular, person=by, public_id=editing)
        own.update(values={}, kept_at=None)
    replace_lists(circular=circular, lists=lists, on=on, resolve_all=circular.issuer_id != locked.issuer_id)
    keep_corrections(before=locked, read=read, after=circular, at=at or timezone.now())


@transaction.atomic
def discard(*, circular: Circular) -> None:
    """Delete a draft with its related rows and files. Raises NotADraft.

    Readings meant for it end as failed; the people who asked for them still see that.
    """
    locked = lock_draft(circular)
    files = [locked.source_file.name, *(attachment.file.name for attachment in locked.attachments.all())]
    files += end_readings_of(locked, failure=ReadingFailure.NOT_A_DRAFT, at=timezone.now())
    LetterReading.objects.filter(draft=locked).update(draft=None)
    locked.delete()
    transaction.on_commit(lambda: _delete_files(files))


@transaction.atomic
def replace_lists(*, circular: Circular, lists: DraftLists, on: date, resolve_all: bool = False) -> None:
    """Replace the draft's printed lines, references and attachments; `resolve_all` resolves every line again.

    Unchanged lines keep their meaning, unchanged titles their uploaded file.
    """
    replace_lines(
        circular, action=lists.action, information=lists.information, on=on, resolve_all=resolve_all
    )
    circular.references.all().delete()
    Reference.objects.bulk_create(cite(circular=circular, lines=lists.references))
    kept: dict[str, list[Attachment]] = {}
    for attachment in circular.attachments.filter(printed=True):
        kept.setdefault(attachment.title, []).append(attachment)
    for position, title in enumerate(lists.attachments):
        if kept.get(title):
            Attachment.objects.filter(pk=kept[title].pop(0).pk).update(position=position)
        else:
            measured(Attachment(circular=circular, position=position, title=title, printed=True)).save()
    for attachment in (attachment for same_title in kept.values() for attachment in same_title):
        if attachment.file:
            Attachment.objects.filter(pk=attachment.pk).update(printed=False)
        else:
            attachment.delete()

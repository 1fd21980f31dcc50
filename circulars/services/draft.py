"""A draft: its lists written anew, revised as a whole, or discarded."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.core.files.storage import default_storage
from django.db import transaction

from circulars.lines.distribution_list import replace_lines
from circulars.models import Attachment, Circular, Reference, Status
from circulars.services.readings import cite, measured


class NotADraft(Exception):
    """The draft was dispatched or deleted meanwhile; nothing of it may change any more."""


class ChangedMeanwhile(Exception):
    """Somebody saved the draft after the person began to type; `version` is the draft's version now."""

    def __init__(self, version: int) -> None:
        super().__init__("the draft was saved meanwhile")
        self.version = version


@dataclass
class DraftLists:
    """The parts of a draft that are lists of lines as printed."""

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
def revise(*, circular: Circular, lists: DraftLists, on: date, version_read: int | None = None) -> None:
    """Keep the draft with the values that it has now, and make these its lists.

    `version_read` is the draft's version that the person worked on. Raises NotADraft, and ChangedMeanwhile if
    another one has been saved since.
    """
    locked = lock_draft(circular)
    if version_read is not None and version_read != locked.draft_version:
        raise ChangedMeanwhile(locked.draft_version)
    circular.draft_version = locked.draft_version + 1
    circular.save()
    replace_lists(circular=circular, lists=lists, on=on, anew=circular.issuer_id != locked.issuer_id)


@transaction.atomic
def discard(*, circular: Circular) -> None:
    """Delete a draft with everything that belongs to it, its files as well. Raises NotADraft."""
    locked = lock_draft(circular)
    files = [locked.source_file.name, *(attachment.file.name for attachment in locked.attachments.all())]
    locked.delete()
    transaction.on_commit(lambda: _delete_files(files))


@transaction.atomic
def replace_lists(*, circular: Circular, lists: DraftLists, on: date, anew: bool = False) -> None:
    """Make these the draft's printed lines, references and attachments; `anew` resolves every line afresh.

    Settled lines and uploaded attachment files stay with the lines and titles that stay.
    """
    replace_lines(circular, action=lists.action, information=lists.information, on=on, anew=anew)
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

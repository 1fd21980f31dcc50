"""Keep what is typed into a draft's form until it is saved, and say who has the draft open.

Only the database holds the text, beside the draft itself: neither the session nor the browser keeps it. Text that is
marked Gizli is not kept, as it may not be recorded.
"""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction

from agencies.models import User
from agencies.services.changed_meanwhile import ChangedMeanwhile
from circulars.models import Circular, Status
from circulars.models.choices import is_marked_gizli
from circulars.models.draft_editing import DraftEditing
from circulars.services.draft import NotADraft


class NotKept(Exception):
    """The text is marked Gizli and may not be stored."""


@transaction.atomic
def keep_unsaved(
    *,
    circular: Circular,
    editing: UUID,
    values: Mapping[str, str],
    version_read: int,
    by: User,
    at: datetime,
) -> DraftEditing:
    """Note that the person has the draft open on this page, and keep the text that differs from the saved draft.

    Raises NotADraft; NotKept, which leaves what was kept before; and ChangedMeanwhile if the draft was saved after
    `circular` was loaded, with which the values were compared: a page asks for both at once when one presses Save. The
    page takes over since when the draft is open from the same person's page before it, which is gone without unsaved
    text.
    """
    drafts = Circular.objects.select_for_update(of=("self",), no_key=True).filter(status=Status.DRAFT)
    locked = drafts.only("draft_version").filter(pk=circular.pk).first()
    if locked is None:
        raise NotADraft
    if locked.draft_version != circular.draft_version:
        raise ChangedMeanwhile(str(locked.draft_version))
    if any(is_marked_gizli(text) for text in values.values()):
        raise NotKept
    own = DraftEditing.objects.filter(circular=circular, person=by)
    row, is_new = own.select_for_update().get_or_create(
        public_id=editing,
        defaults={"circular": circular, "person": by, "opened_at": at, "seen_at": at},
    )
    if is_new:
        before = own.open(at).filter(kept_at=None).exclude(pk=row.pk).order_by("opened_at").first()
        row.opened_at = before.opened_at if before is not None else at
    if row.values != values:
        row.values, row.kept_at = dict(values), at if values else None
    row.version_read, row.seen_at = version_read, at
    row.save()
    return row


@transaction.atomic
def discard_unsaved(*, editing: DraftEditing) -> None:
    """Delete the text of one page that was not saved."""
    DraftEditing.objects.filter(pk=editing.pk).delete()


@transaction.atomic
def clear_editings(*, at: datetime) -> None:
    """Delete the rows of pages that are closed, and text that nobody saved for a long time."""
    DraftEditing.objects.expired(at).delete()

"""Attach and detach files of a draft."""

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Max

from circulars.files.uploads import upload_sha256
from circulars.models import Attachment, Circular
from circulars.services.draft import _delete_files, lock_draft


@transaction.atomic
def attach(
    *, circular: Circular, upload: "UploadedFile[bytes]", attachment: Attachment | None = None
) -> Attachment:
    """Store an uploaded file for an attachment named in the letter, or as an additional one.

    An additional attachment is named after its file. Raises NotADraft.
    """
    lock_draft(circular)
    name = str(upload.name or "ek")
    replaced = attachment.file.name if attachment else None
    if attachment is None:
        last = circular.attachments.aggregate(last=Max("position"))["last"]
        attachment = Attachment(circular=circular, title=name[:300], position=(last or 0) + 1)
    attachment.file_name = name[-255:]
    attachment.size = upload.size or 0
    attachment.sha256 = upload_sha256(upload)
    attachment.file.save(name, upload, save=False)
    attachment.save()
    transaction.on_commit(lambda: _delete_files([replaced]))
    return attachment


@transaction.atomic
def detach(*, attachment: Attachment) -> None:
    """Remove an attachment's file; an attachment named in the letter keeps its row. Raises NotADraft."""
    lock_draft(attachment.circular)
    removed = attachment.file.name
    if attachment.printed:
        attachment.file, attachment.file_name, attachment.size, attachment.sha256 = "", "", 0, ""
        attachment.save()
    else:
        attachment.delete()
    transaction.on_commit(lambda: _delete_files([removed]))

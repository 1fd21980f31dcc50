"""Delete the files of returned mails that were settled long ago. Their rows with the text stay."""

import logging
from datetime import datetime, timedelta
from functools import partial

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import transaction

from distribution.models import ReturnedMail

logger = logging.getLogger(__name__)

BATCH = 200


def clear_settled_mails(*, at: datetime) -> int:
    """Delete the files of mails settled more than RETURNED_MAIL_DAYS ago; none if it is 0. Returns their number.

    A mail that waits for a person keeps its file. An answer was copied to the documents, which are not touched.
    """
    if not settings.RETURNED_MAIL_DAYS:
        return 0
    before = at - timedelta(days=settings.RETURNED_MAIL_DAYS)
    count = 0
    while cleared := _clear_batch(before):
        count += cleared
    return count


@transaction.atomic
def _clear_batch(before: datetime) -> int:
    """Empty the column first: a row whose file is gone would offer a download that fails."""
    settled = ReturnedMail.objects.exclude(settled_as="").exclude(file="").filter(settled_at__lt=before)
    rows = list(settled.select_for_update(of=("self",), skip_locked=True, no_key=True).order_by("pk")[:BATCH])
    for row in rows:
        transaction.on_commit(partial(_delete, str(row.file.name)))
        row.file = ""
    ReturnedMail.objects.bulk_update(rows, ["file"])
    return len(rows)


def _delete(name: str) -> None:
    try:
        default_storage.delete(name)
    except OSError:
        logger.exception("The file of a settled returned mail could not be deleted: %s", name)

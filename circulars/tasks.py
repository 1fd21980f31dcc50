"""Background tasks of letters before they leave. Each calls one service."""

from celery import shared_task
from django.utils import timezone

from circulars.services import index_attachments as reading
from circulars.services import index_letters, unsaved


@shared_task(name="circulars.tasks.clear_editings")
def clear_editings() -> None:
    """Every hour: delete what pages of drafts that are closed have left behind."""
    unsaved.clear_editings(at=timezone.now())


@shared_task(name="circulars.tasks.index_missing")
def index_missing() -> None:
    """Every ten minutes: note the words of sent letters that the search doesn't know yet."""
    index_letters.index_missing()


@shared_task(name="circulars.tasks.index_attachments", time_limit=reading.TASK_SECONDS)
def index_attachments() -> None:
    """Every minute: note the words of sent attachments that the search doesn't know yet."""
    reading.index_attachments()

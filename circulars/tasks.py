"""Background tasks of letters before they leave. Each calls one service."""

from celery import shared_task
from django.utils import timezone

from circulars.services import index_attachments as reading
from circulars.services import index_letters, unsaved
from circulars.services.reading import background


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


@shared_task(name=background.READ_LETTER)
def read_letter(reading_id: int) -> None:
    """Read a letter that takes too long for a page. The process that reads it has the time limit, a thread has none."""
    background.read_in_background(reading_id=reading_id, at=timezone.now())


@shared_task(name="circulars.tasks.wake_waiting_readings")
def wake_waiting_readings() -> None:
    """Every minute: queue readings whose worker or wake-up call was lost, and delete expired ones."""
    background.wake_waiting_readings(at=timezone.now())

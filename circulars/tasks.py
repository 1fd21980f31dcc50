"""Background tasks of letters before they leave. Each calls one service."""

from celery import shared_task
from django.utils import timezone

from circulars.services import unsaved


@shared_task(name="circulars.tasks.clear_editings")
def clear_editings() -> None:
    """Every hour: delete what pages of drafts that are closed have left behind."""
    unsaved.clear_editings(at=timezone.now())

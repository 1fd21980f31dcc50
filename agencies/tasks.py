"""What workers do for the directory. Each task calls one service; the rows say what there is to do."""

from celery import shared_task
from django.core.management import call_command
from django.utils import timezone

from agencies.directory import run


@shared_task(name=run.RUN_IMPORT, time_limit=1800)
def run_import(import_id: int) -> None:
    """Do the next step of one import."""
    run.run_import(import_id=import_id, at=timezone.now())


@shared_task(name="agencies.tasks.wake_waiting_imports")
def wake_waiting_imports() -> None:
    """Every minute: take up imports that nobody works on."""
    run.wake_waiting_imports(at=timezone.now())


@shared_task(name="agencies.tasks.clear_sessions")
def clear_sessions() -> None:
    """Every night: delete the sessions that have expired."""
    call_command("clearsessions")

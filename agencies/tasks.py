"""Background tasks of the directory. Each calls one service."""

from celery import shared_task
from django.core.management import call_command
from django.utils import timezone

from agencies.directory import run
from agencies.services.kept_files import clear_kept_files
from agencies.services.limits import clear_expired_limits


@shared_task(name=run.RUN_IMPORT, time_limit=1800)
def run_import(import_id: int) -> None:
    """Run the next step of one import."""
    run.run_import(import_id=import_id, at=timezone.now())


@shared_task(name="agencies.tasks.wake_waiting_imports")
def wake_waiting_imports() -> None:
    """Every minute: queue imports without a live worker."""
    run.wake_waiting_imports(at=timezone.now())


@shared_task(name="agencies.tasks.clear_sessions")
def clear_sessions() -> None:
    """Every night: delete expired sessions and expired counts of limits."""
    call_command("clearsessions")
    clear_expired_limits(at=timezone.now())


@shared_task(name="agencies.tasks.clear_kept_files")
def clear_files_of_refused_forms() -> None:
    """Every hour: delete the files of refused forms that were not sent again."""
    clear_kept_files(at=timezone.now())

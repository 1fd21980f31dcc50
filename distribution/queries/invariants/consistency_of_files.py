"""Invariants of prepared files."""

from collections.abc import Iterator
from datetime import datetime

from agencies.models.maintenance import STUCK_AFTER
from distribution.models import PreparedFile, PreparedFileState
from distribution.models.prepared_file import KEPT_FOR
from distribution.queries.invariants.consistency_of_notices import BY_SWEEP, GRACE, Finding, Found

BY_ASKING_AGAIN = "Delete the row of distribution_preparedfile; the person asks for the file again."


def check_file(prepared: PreparedFile, at: datetime) -> Iterator[Finding]:
    """Check one prepared file, and that what is offered for download is stored."""
    for check in (_claim, _content, _end):
        for what, problem, mend in check(prepared, at):
            yield Finding(what, f"file {prepared.public_id}", problem, mend)


def _claim(prepared: PreparedFile, at: datetime) -> Found:
    is_running = prepared.state == PreparedFileState.RUNNING
    if is_running and (prepared.claim is None or prepared.heartbeat_at is None):
        yield "file-claimed-by-nobody", "it is being prepared, but no worker has claimed it.", BY_ASKING_AGAIN
    elif is_running and prepared.is_late(at=at - STUCK_AFTER - GRACE):
        yield "file-stuck", f"its worker's last sign of life is of {prepared.heartbeat_at}.", BY_SWEEP
    elif prepared.state == PreparedFileState.WAITING and prepared.claim is not None:
        yield "file-claimed-and-waiting", "it waits for a worker, but one has claimed it.", BY_ASKING_AGAIN


def _content(prepared: PreparedFile, at: datetime) -> Found:
    if not prepared.is_ready:
        if prepared.file:
            yield "file-of-an-unready-one", f"it is {prepared.state}, but names a file.", BY_ASKING_AGAIN
        return
    if not prepared.file_name:
        yield "file-without-name", "it is ready, but its download has no name.", BY_ASKING_AGAIN
    if not _is_over(prepared, at) and not prepared.file.storage.exists(str(prepared.file.name)):
        yield "file-not-stored", f"it is ready, but {prepared.file.name} isn't stored.", BY_ASKING_AGAIN


def _end(prepared: PreparedFile, at: datetime) -> Found:
    if prepared.state == PreparedFileState.FAILED and not prepared.error:
        yield "file-failed-silently", "it failed, but doesn't say why.", BY_ASKING_AGAIN
    if _is_over(prepared, at - GRACE):
        yield "file-not-deleted", f"its time ended at {prepared.deleted_at}, but it is still there.", BY_SWEEP


def _is_over(prepared: PreparedFile, at: datetime) -> bool:
    return prepared.finished_at is not None and prepared.finished_at < at - KEPT_FOR

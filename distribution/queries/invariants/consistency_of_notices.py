"""Invariants of notices, and the form of a finding."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from distribution.models import Notice, NoticeState
from distribution.models.notices.notice import BACKOFF, LONGEST_BATCH
from distribution.models.notices.notice_kind import NEVER_PAUSED

GRACE = timedelta(minutes=5)
"""Grace period for states that the minutely sweep repairs."""

MOST_ATTEMPTS = len(BACKOFF) + 1


@dataclass(frozen=True)
class Finding:
    """One violation. `what` names the check, `where` the row."""

    what: str
    where: str
    problem: str
    mend: str

    def __str__(self) -> str:
        return f"{self.what} {self.where}: {self.problem} {self.mend}"


BY_HAND = "Look into the server's log and a backup; the product has no way to write this."
BY_SWEEP = "Start the beat and a worker: the sweep of every minute puts it right."

Found = Iterator[tuple[str, str, str]]


def check_notice(notice: Notice, at: datetime) -> Iterator[Finding]:
    """Check one notice; its digest, delivery and circular must be loaded."""
    for check in (_claim, _sent, _bundled, _attempts, _paused):
        for what, problem, mend in check(notice, at):
            yield finding_of_notice(notice, what, problem, mend)


def finding_of_notice(notice: Notice, what: str, problem: str, mend: str) -> Finding:
    return Finding(what, f"notice {notice.pk}", problem, mend)


def _claim(notice: Notice, at: datetime) -> Found:
    if notice.state == NoticeState.SENDING:
        if notice.claimed_at is None:
            yield "claimed-by-nobody", "it is being sent, but has no claimed_at.", BY_HAND
        elif notice.claimed_at < at - LONGEST_BATCH - GRACE:
            yield "stuck", f"it has been claimed since {notice.claimed_at.isoformat()}.", BY_SWEEP
    elif notice.claimed_at is not None:
        yield "claimed-and-not-sending", f"it is claimed, but its state is {notice.state}.", BY_HAND


def _sent(notice: Notice, at: datetime) -> Found:
    if notice.state != NoticeState.SENT:
        return
    if notice.sent_at is None and notice.bundle_id is None:
        yield "sent-without-moment", "it was sent, but has no sent_at.", BY_HAND
    elif notice.recorded_at is None and (notice.sent_at is None or notice.sent_at < at - GRACE):
        yield "sent-not-recorded", "it was sent, but isn't recorded with its delivery.", BY_SWEEP


def _bundled(notice: Notice, at: datetime) -> Found:
    if notice.state != NoticeState.BUNDLED:
        return
    digest = notice.bundle
    if digest is None:
        yield "bundled-in-nothing", "it is bundled, but has no digest.", BY_HAND
    elif digest.state in (NoticeState.FAILED, NoticeState.CANCELLED) or digest.recorded_at is not None:
        yield "bundled-in-an-ended-digest", f"its digest {digest.pk} is {digest.state}.", BY_HAND


def _attempts(notice: Notice, at: datetime) -> Found:
    most = MOST_ATTEMPTS - 1 if notice.state == NoticeState.WAITING else MOST_ATTEMPTS
    if notice.attempts > most:
        yield "too-many-attempts", f"it was tried {notice.attempts} times; the maximum is {most}.", BY_HAND


def _paused(notice: Notice, at: datetime) -> Found:
    if notice.state != NoticeState.PAUSED:
        return
    if notice.delivery is None or notice.kind in NEVER_PAUSED:
        yield "paused-and-never-may", f"it is paused, but the kind {notice.kind} is never paused.", BY_HAND
    elif notice.delivery.circular.paused_at is None:
        yield "paused-alone", "it is paused, but its letter isn't.", BY_SWEEP

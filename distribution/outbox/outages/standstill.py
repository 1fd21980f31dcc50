"""What stands still in sending: since when, why, and what happens next, in words for the screen."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from celery import current_app
from django.db.models import Count, Exists, Min
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from circulars.models import Circular
from distribution.models import ChannelStatus, Heartbeat, Notice, NoticeState, SendingClaim
from distribution.models.notices.notice_kind import SEEN_BY_SENDERS
from distribution.models.notices.sending_claim import RENEWED_EVERY
from distribution.outbox.channels.rate import broker_length
from distribution.outbox.claims import database_moment, interrupted

SILENT_AFTER = timedelta(minutes=3)
"""The sweep runs every minute. Without a sign of life for this long it doesn't run any more."""

MAILBOX_SILENT_FOR = timedelta(minutes=15)
"""The mailbox is read every minute; one reading is ended after five."""

CLOCKS_APART = timedelta(minutes=2)


@dataclass(frozen=True)
class Standstill:
    """One thing that stands still."""

    what: str
    why: str
    since: datetime
    answer: str = ""
    """The server's own words."""

    next_try_at: datetime | None = None
    channel: str = ""
    only_delayed: bool = False
    """Whether the notices that wait leave by themselves as soon as it works."""


def standstills(*, at: datetime) -> list[Standstill]:
    """Everything that stands still, for managers and administrators. One query while everything works."""
    suspended = ChannelStatus.objects.suspended().order_by("suspended_at")
    signs = Heartbeat.objects.annotate(is_suspended=Exists(suspended)).in_bulk()
    sweep, mailbox = signs.get(Heartbeat.Job.SWEEP), signs.get(Heartbeat.Job.MAILBOX)
    since = sweep.at if sweep else _first_due(at)
    if signs and not any(each.is_suspended for each in signs.values()):
        suspended = suspended.none()
    found = [*_background(since or at, at), *map(_suspended, suspended)]
    if mailbox is not None and mailbox.failing_since is not None:
        found.append(
            Standstill(
                _("Returned mail isn't read."),
                _(
                    "The mailbox can't be opened, or its mails can't be kept. Until then failed deliveries stay"
                    " unknown."
                ),
                mailbox.failing_since,
                answer=mailbox.error,
            )
        )
    elif mailbox is not None and at - mailbox.at > MAILBOX_SILENT_FOR:
        found.append(
            Standstill(
                _("Returned mail isn't read."),
                _("Reading the mailbox doesn't come to an end. Until then failed deliveries stay unknown."),
                mailbox.at,
            )
        )
    return found


def standstills_of(circular: Circular, *, at: datetime) -> list[Standstill]:
    """What stands still for the notices of this letter that wait; nothing if none waits."""
    waiting = dict(
        Notice.objects.filter(
            delivery__circular=circular,
            kind__in=SEEN_BY_SENDERS,
            state__in=[NoticeState.WAITING, NoticeState.SENDING],
            next_attempt_at__lte=at,
        )
        .order_by("-next_attempt_at")
        .values_list("channel", "next_attempt_at")
    )
    if not waiting:
        return []
    suspended = list(ChannelStatus.objects.suspended().filter(channel__in=waiting).order_by("suspended_at"))
    sweep = Heartbeat.objects.filter(job=Heartbeat.Job.SWEEP).values_list("at", flat=True).first()
    return [
        *_background(sweep or min(waiting.values()), at),
        *map(_suspended, suspended),
        *_interrupted(circular, at),
    ]


def _suspended(status: ChannelStatus) -> Standstill:
    assert status.suspended_at is not None
    return Standstill(
        _("%(channel)s can't be sent.") % {"channel": status.label},
        str(status.get_fault_display()),
        status.suspended_at,
        answer=status.answer,
        next_try_at=status.next_try_at,
        channel=status.channel,
        only_delayed=True,
    )


def _interrupted(circular: Circular, at: datetime) -> Collection[Standstill]:
    """Notices of the letter whose worker was killed; another one takes them over."""
    found = interrupted(
        Notice.objects.filter(delivery__circular=circular, kind__in=SEEN_BY_SENDERS),
        at=at,
        silent_for=RENEWED_EVERY * 2,
    ).aggregate(count=Count("pk"), since=Min("claimed_at"))
    if not found["count"]:
        return []
    why = ngettext(
        "Another process takes its %(count)d notice over within a minute.",
        "Another process takes its %(count)d notices over within a minute.",
        found["count"],
    )
    what = _("A process that was sending was ended.")
    return [Standstill(what, why % {"count": found["count"]}, found["since"])]


def _first_due(at: datetime) -> datetime | None:
    """Since when a notice is due; None if none is."""
    due = Notice.objects.due(at).order_by("next_attempt_at")
    return due.values_list("next_attempt_at", flat=True).first()


def _background(since: datetime, at: datetime) -> Collection[Standstill]:
    """Whether worker, beat and broker run. `since`: the last sign of life, else since when a notice is due."""
    if since > at + CLOCKS_APART:
        return [Standstill(_("Sending may be late."), _("The clocks of the servers differ."), at)]
    length = broker_length(current_app.conf.task_default_queue)
    if length is None:
        why = _("The queue of background work (Redis) can't be reached.")
        return [Standstill(_("Sending stands still."), why, since, only_delayed=True)]
    if since >= at - SILENT_AFTER:
        return []
    if length:
        if SendingClaim.objects.filter(renewed_at__gte=database_moment(at - RENEWED_EVERY * 3)).exists():
            return []  # the workers are busy sending
        why = _("The process that sends (worker) isn't running, or is busy with other work.")
        return [Standstill(_("Sending stands still."), why, since, only_delayed=True)]
    why = _("The process that starts the sending every minute (beat) isn't running, or its clock is wrong.")
    what = _("Repeated tries, reminders and digests stand still.")
    return [Standstill(what, why, since, only_delayed=True)]

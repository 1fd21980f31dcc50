"""Files that a worker prepares for one person, who downloads them: what takes too long for a web request."""

import uuid
from datetime import datetime, timedelta
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import MD5
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency, User
from agencies.models.maintenance import STUCK_AFTER
from circulars.models import Circular
from distribution.models.deliveries.delivery import Delivery

KEPT_FOR = timedelta(days=7)
"""After its preparation has ended, for so long."""

LATE_AFTER = timedelta(minutes=1)
"""A worker takes a file up within seconds, and gives a sign of life many times a minute."""

MOST_ATTEMPTS = 3
"""A file during whose preparation so many workers have ended is given up."""


MOST_UNFINISHED = 2
"""Files that one person may have waiting or being prepared."""


class PreparedFileKind(models.TextChoices):
    """What a file holds."""

    STATUS_REPORT = "status_report", _("Status report")
    OUTSTANDING = "outstanding", _("Outstanding")
    OUTSTANDING_LETTERS = "outstanding_letters", _("Outstanding letters")
    SENT_LETTERS = "sent_letters", _("Sent letters")
    ARCHIVE = "archive", _("Answered or confirmed")
    LETTER_OUTSTANDING = "letter_outstanding", _("Outstanding recipients of a letter")
    RECIPIENTS = "recipients", _("Recipients of a letter")
    READERSHIP = "readership", _("Who had seen the letter")
    BRANCH = "branch", _("Units to which a letter was passed on")
    MONTH_REVIEW = "month_review", _("Month in review")


class FileFormat(models.TextChoices):
    """What form a file has. The value is the end of its name."""

    CSV = "csv", "CSV"
    XLSX = "xlsx", "XLSX"
    ODS = "ods", "ODS"
    PDF = "pdf", "PDF"


OF_A_UNIT = (
    PreparedFileKind.OUTSTANDING,
    PreparedFileKind.OUTSTANDING_LETTERS,
    PreparedFileKind.SENT_LETTERS,
    PreparedFileKind.ARCHIVE,
    PreparedFileKind.MONTH_REVIEW,
)
"""Lists of all letters of a unit."""

OF_A_DELIVERY = (PreparedFileKind.BRANCH,)
"""Lists about one delivery; every other file is about one letter."""

LONGEST_QUERY = 4000
"""Characters of the filter and order of a list, as they stand in its address: a server takes hardly longer ones."""


class PreparedFileState(models.TextChoices):
    """How far the preparation is."""

    WAITING = "waiting", _("Waiting for a worker")
    RUNNING = "running", _("Being prepared")
    READY = "ready", _("Ready")
    FAILED = "failed", _("Could not be prepared")
    CANCELLED = "cancelled", _("Cancelled")


UNFINISHED = (PreparedFileState.WAITING, PreparedFileState.RUNNING)


def prepared_path(_prepared: "PreparedFile", filename: str) -> str:
    """Storage path of a prepared file; `file_name` is the name under which it is downloaded."""
    return f"prepared/{uuid.uuid4().hex}.{filename.rpartition('.')[2]}"


class PreparedFileQuerySet(models.QuerySet["PreparedFile"]):
    """Sets of prepared files. The rule on who may see them is in `distribution.visibility`."""

    def to_be_taken_up(self, at: datetime) -> Self:
        """Those that need a worker: not started, or the worker's last sign of life is too old."""
        free = Q(heartbeat_at__isnull=True) | Q(heartbeat_at__lt=at - STUCK_AFTER)
        return self.filter(free, state__in=UNFINISHED)

    def being_made(self, at: datetime) -> Self:
        """Those on which a worker is at work, by its last sign of life."""
        return self.filter(state=PreparedFileState.RUNNING, heartbeat_at__gte=at - STUCK_AFTER)

    def to_be_fetched(self) -> Self:
        """Those that are ready and weren't downloaded yet."""
        return self.filter(state=PreparedFileState.READY, fetched_at=None)

    def expired(self, at: datetime) -> Self:
        """Those whose time is over."""
        return self.filter(finished_at__lt=at - KEPT_FOR)


class PreparedFile(models.Model):
    """One file and the state of its preparation. The row is authoritative; a task only wakes a worker.

    `unit` is the one whose letters a list is about, `delivery` the one below which a letter was passed on. `query` is
    the part of the list's address with filter and order. `chosen` are the ids of the rows if they were ticked; the
    query then has their digest, so that another choice is another file.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(_("kind"), max_length=20, choices=PreparedFileKind)
    circular = models.ForeignKey(
        Circular, models.PROTECT, null=True, related_name="prepared_files", verbose_name=_("circular")
    )
    unit = models.ForeignKey(Agency, models.PROTECT, null=True, related_name="+", verbose_name=_("unit"))
    delivery = models.ForeignKey(
        Delivery, models.PROTECT, null=True, related_name="+", verbose_name=_("delivery")
    )
    file_format = models.CharField(_("file format"), max_length=4, choices=FileFormat)
    query = models.CharField(max_length=LONGEST_QUERY, blank=True, editable=False)
    chosen = ArrayField(models.BigIntegerField(), null=True, editable=False)
    language = models.CharField(_("language"), max_length=10)
    created_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("by"))
    created_at = models.DateTimeField(_("requested"))
    state = models.CharField(
        _("state"), max_length=9, choices=PreparedFileState, default=PreparedFileState.WAITING
    )
    claim = models.UUIDField(null=True, editable=False)
    heartbeat_at = models.DateTimeField(null=True, editable=False)
    attempts = models.PositiveSmallIntegerField(default=0, editable=False)
    percent = models.PositiveSmallIntegerField(default=0, editable=False)
    finished_at = models.DateTimeField(_("finished"), null=True)
    file = models.FileField(upload_to=prepared_path, blank=True)
    file_name = models.CharField(_("file"), max_length=255, blank=True)
    error = models.CharField(max_length=500, blank=True)
    fetched_at = models.DateTimeField(_("downloaded"), null=True, editable=False)
    """When the person downloaded it first."""

    objects = PreparedFileQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        verbose_name = _("prepared file")
        verbose_name_plural = _("prepared files")
        constraints = [
            models.UniqueConstraint(
                "created_by",
                "kind",
                "file_format",
                "circular",
                "unit",
                "delivery",
                MD5("query"),
                "language",
                condition=Q(state__in=UNFINISHED),
                nulls_distinct=False,
                name="one_unfinished_file_of_a_kind",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=OF_A_UNIT, unit__isnull=False, circular=None, delivery=None)
                | Q(kind__in=OF_A_DELIVERY, unit=None, circular=None, delivery__isnull=False)
                | Q(circular__isnull=False, unit=None, delivery=None)
                & ~Q(kind__in=(*OF_A_UNIT, *OF_A_DELIVERY)),
                name="file_is_about_one_thing",
            ),
            models.CheckConstraint(
                condition=Q(state__in=UNFINISHED, finished_at=None)
                | Q(finished_at__isnull=False) & ~Q(state__in=UNFINISHED),
                name="finished_file_has_its_moment",
            ),
            models.CheckConstraint(
                condition=~Q(state=PreparedFileState.READY) | ~Q(file=""), name="ready_file_is_there"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} · {self.about}"

    @property
    def name(self) -> str:
        """What the file holds, and its form."""
        return f"{self.get_kind_display()} ({self.get_file_format_display()})"

    @property
    def about(self) -> str:
        """The subject of the letter, the subject with the unit that passed it on, or the name of the unit."""
        if self.circular is not None:
            return self.circular.subject
        if self.delivery is not None:
            return f"{self.delivery.circular.subject}: {self.delivery.agency.name}"
        return self.unit.name if self.unit is not None else ""

    @property
    def is_unfinished(self) -> bool:
        return self.state in UNFINISHED

    @property
    def is_cancelled(self) -> bool:
        return self.state == PreparedFileState.CANCELLED

    @property
    def is_ready(self) -> bool:
        return self.state == PreparedFileState.READY

    @property
    def deleted_at(self) -> datetime | None:
        """When the file is deleted; None while it is being prepared."""
        return self.finished_at + KEPT_FOR if self.finished_at else None

    def is_late(self, *, at: datetime) -> bool:
        """Whether no worker has taken it up, or the one that did gives no sign of life."""
        return self.is_unfinished and (self.heartbeat_at or self.created_at) < at - LATE_AFTER

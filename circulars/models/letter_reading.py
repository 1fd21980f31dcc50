"""Letters that are read in the background because reading them takes longer than a page may take."""

import uuid
from datetime import datetime, timedelta
from pathlib import Path
from typing import Self

from django.db import models
from django.db.models import OuterRef, Q
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency, User
from circulars.models.choices import NOT_SENT
from circulars.models.circular import Circular

KEPT_FOR = timedelta(days=7)
"""After the reading has ended, for so long."""

LATE_AFTER = timedelta(seconds=30)
"""A worker takes a reading up within seconds, and gives a sign of life every second."""

STUCK_AFTER = timedelta(seconds=60)
"""A worker that has given no sign of life for so long is dead."""

MOST_ATTEMPTS = 3
"""A reading during which so many workers have ended is given up."""

MOST_UNFINISHED = 5
"""Readings that one person may have waiting or under way."""

MOST_KEPT = 20
"""Files of failed readings that are kept for one person."""

GIVEN_UP_AFTER = timedelta(days=1)
"""A reading without a live worker is given up so long after it was requested."""


class ReadingState(models.TextChoices):
    """How far a reading is."""

    WAITING = "waiting", _("Waiting for a worker")
    RUNNING = "running", _("Being read")
    DONE = "done", _("Read")
    FAILED = "failed", _("Could not be read")
    CANCELLED = "cancelled", _("Cancelled")


class ReadingFailure(models.TextChoices):
    """Why a reading has failed. `LetterReading.failure_detail` says more."""

    TIME = "time", _("It takes longer than a letter may take.")
    MEMORY = "memory", _("It needs more memory than a letter may take.")
    ENDED = "ended", _("The program that reads it ended each time.")
    WAITED = "waited", _("No worker took it up.")
    UNREADABLE = "unreadable", _("It can't be read.")
    CLASSIFIED = "classified", _("It is classified.")
    RECORDED = "recorded", _("It is recorded already.")
    OF_CORRECTED = "of_corrected", _("It is the file of the earlier revision.")
    NOT_A_DRAFT = "not_a_draft", _("The draft is no longer there.")
    OTHER_FILE = "other_file", _("Another file was chosen for the draft.")
    NOT_A_SENDER = "not_a_sender", _("The person doesn't send for a unit any more.")
    ERROR = "error", _("An error occurred.")


UNFINISHED = (ReadingState.WAITING, ReadingState.RUNNING)

BY_HAND = (
    ReadingFailure.TIME,
    ReadingFailure.MEMORY,
    ReadingFailure.ENDED,
    ReadingFailure.WAITED,
    ReadingFailure.ERROR,
    ReadingFailure.NOT_A_DRAFT,
)
"""Failures after which the file is kept, so that the letter can be recorded by hand with it.

NOT_A_DRAFT only while the draft is scheduled: once its dispatch is cancelled, the file can be taken.
"""


def reading_path(_reading: "LetterReading", filename: str) -> str:
    """Storage path of the file; `name` is the name that it was uploaded under."""
    return f"readings/{uuid.uuid4().hex}{Path(filename).suffix.lower()[:8]}"


class LetterReadingQuerySet(models.QuerySet["LetterReading"]):
    """Sets of readings."""

    def to_be_taken_up(self, at: datetime) -> Self:
        """Those that need a worker: not begun, or the worker's last sign of life is too old."""
        free = Q(heartbeat_at=None) | Q(heartbeat_at__lt=at - STUCK_AFTER)
        return self.filter(free, state__in=UNFINISHED)

    def to_be_shown(self, person: User) -> Self:
        """Those of the person that are under way, or have failed and are still there, the newest first."""
        shown = (*UNFINISHED, ReadingState.FAILED)
        return self.filter(asked_by=person, state__in=shown).order_by("-created_at")

    def given_up(self, at: datetime) -> Self:
        """Those that need a worker and have waited too long for one."""
        return self.to_be_taken_up(at).filter(created_at__lt=at - GIVEN_UP_AFTER)

    def left_of(self, draft: Circular) -> Self:
        """Those meant for the draft that are under way or have failed."""
        return self.filter(draft=draft, state__in=(*UNFINISHED, ReadingState.FAILED))

    def under_way_for(self, draft: Circular) -> Self:
        """Those whose file becomes that of the draft once it is read, with the person who chose it."""
        return self.filter(draft=draft, state__in=UNFINISHED).select_related("asked_by")

    def of_last_choice(self, draft: Circular | OuterRef) -> Self:
        """Those meant for the draft that are under way, or have failed and no other file was chosen since.

        With the person who chose the file.
        """
        chosen = self.filter(draft=draft, state__in=(*UNFINISHED, ReadingState.FAILED))
        return chosen.exclude(failure=ReadingFailure.OTHER_FILE).select_related("asked_by")

    def expired(self, at: datetime) -> Self:
        """Those whose time is over."""
        return self.filter(finished_at__lt=at - KEPT_FOR)


class LetterReading(models.Model):
    """One letter that a worker reads for one person. The row is authoritative; a task only wakes a worker.

    It becomes a new draft (`result`), in place of the withdrawn letter `replaces` if there is one; or, with `draft`,
    the letter file of that draft.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("by"))
    acting_for = models.ForeignKey(Agency, models.PROTECT, null=True, related_name="+")
    """The unit that the person acted for: it is the issuer if the letter names none of theirs."""
    language = models.CharField(_("language"), max_length=10)
    file = models.FileField(_("file"), upload_to=reading_path, blank=True)
    """Deleted as soon as it isn't needed: the draft has its own."""
    name = models.CharField(_("file name"), max_length=255)
    is_text = models.BooleanField(default=False)
    """Whether it is pasted text, of which no file is kept with the draft."""
    draft = models.ForeignKey(Circular, models.CASCADE, null=True, related_name="+")
    """None once the draft is deleted: `services.draft.discard` ends the reading first."""
    replaces = models.ForeignKey(Circular, models.SET_NULL, null=True, related_name="+")
    result = models.ForeignKey(Circular, models.SET_NULL, null=True, related_name="+")
    """None also if the draft was deleted afterwards."""
    known = models.ForeignKey(Circular, models.SET_NULL, null=True, related_name="+")
    """The letter as which it is recorded already."""
    created_at = models.DateTimeField(_("requested"))
    state = models.CharField(_("state"), max_length=9, choices=ReadingState, default=ReadingState.WAITING)
    failure = models.CharField(max_length=12, choices=ReadingFailure, blank=True)
    failure_detail = models.CharField(max_length=60, blank=True)
    """Of UNREADABLE the code and kind of `UnreadableFile` with a colon between; of CLASSIFIED the grade."""
    claim = models.UUIDField(null=True, editable=False)
    heartbeat_at = models.DateTimeField(null=True, editable=False)
    attempts = models.PositiveSmallIntegerField(default=0, editable=False)
    page = models.PositiveIntegerField(default=0, editable=False)
    """The page that is being read, of `pages`; 0 while that isn't known."""
    pages = models.PositiveIntegerField(default=0, editable=False)
    finished_at = models.DateTimeField(null=True, editable=False)
    opened_at = models.DateTimeField(null=True, editable=False)
    """When the person saw the result."""

    objects = LetterReadingQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        verbose_name = _("reading of a letter")
        verbose_name_plural = _("readings of letters")
        indexes = [
            models.Index(
                fields=["asked_by"],
                condition=Q(state__in=(*UNFINISHED, ReadingState.FAILED)),
                name="reading_to_be_shown",
            ),
            models.Index(fields=["created_at"], condition=Q(state__in=UNFINISHED), name="reading_unfinished"),
            models.Index(fields=["finished_at"], name="reading_finished"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_unfinished(self) -> bool:
        return self.state in UNFINISHED

    @property
    def has_failed(self) -> bool:
        return self.state == ReadingState.FAILED

    @property
    def is_done(self) -> bool:
        return self.state == ReadingState.DONE

    @property
    def may_be_recorded_by_hand(self) -> bool:
        """Whether the file is kept, nothing else is known against it, and the draft that it is meant for isn't sent."""
        if not self.file or (self.draft is not None and self.draft.status not in NOT_SENT):
            return False
        return self.is_unfinished or (self.has_failed and self.failure in BY_HAND)

    def is_late(self, at: datetime) -> bool:
        """Whether no worker gives a sign of life, neither on this reading nor on any other."""
        if not self.is_unfinished or (self.heartbeat_at or self.created_at) >= at - LATE_AFTER:
            return False
        others = LetterReading.objects.filter(state=ReadingState.RUNNING, heartbeat_at__gte=at - LATE_AFTER)
        return not others.exists()

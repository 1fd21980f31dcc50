"""Records of directory maintenance: former names, changes, and imports with their rows.

`agencies.models` imports this module, so models refer to each other by name here.
"""

import uuid
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agencies.models.expressions import append_only
from agencies.turkish import dative, match_key


class AgencyName(models.Model):
    """A former name of an agency, still recognised in letters."""

    agency = models.ForeignKey("agencies.Agency", models.CASCADE, related_name="former_names")
    name = models.CharField(_("former name"), max_length=250)
    until = models.DateField(_("until before"), help_text=_("The first day of the new name."))
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField()
    match_key = models.CharField(max_length=300, editable=False)
    dative_key = models.CharField(max_length=300, editable=False)

    class Meta:
        ordering = ["-until", "-pk"]
        verbose_name = _("former name")
        verbose_name_plural = _("former names")
        indexes = [
            models.Index(fields=["match_key"], name="former_match_key"),
            models.Index(fields=["dative_key"], name="former_dative_key"),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save, with the match key derived from the name."""
        self.match_key = match_key(self.name)
        self.dative_key = match_key(dative(self.name))
        super().save(*args, **kwargs)


class ChangeKind(models.TextChoices):
    RENAMED = "renamed", _("Renamed")
    CLOSED = "closed", _("Closed")
    REOPENED = "reopened", _("Reopened")
    ADDED = "added", _("Added from a file")
    IMPORTED = "imported", _("Changed from a file")
    CONTACT = "contact", _("Contact details changed")


class DirectoryChange(models.Model):
    """One change of one agency: what, when, by whom. Append-only."""

    agency = models.ForeignKey("agencies.Agency", models.CASCADE, related_name="changes")
    kind = models.CharField(_("kind"), max_length=10, choices=ChangeKind)
    at = models.DateTimeField(_("at"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    data = models.JSONField(default=dict)

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name = _("change of the directory")
        verbose_name_plural = _("changes of the directory")
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.agency_id} {self.kind} {self.at:%Y-%m-%d}"


class ImportState(models.TextChoices):
    CHECKING = "checking", _("Being checked")
    CHECKED = "checked", _("Waits for your decision")
    WRITING = "writing", _("Being written")
    DONE = "done", _("Imported")
    DISCARDED = "discarded", _("Discarded")
    FAILED = "failed", _("Could not be read")


AT_WORK = (ImportState.CHECKING, ImportState.WRITING)
SETTLED = (ImportState.DONE, ImportState.DISCARDED, ImportState.FAILED)
STUCK_AFTER = timedelta(minutes=5)
FEW_ROWS, FEW_PER_CENT = 3, 3
"""An import of at least so many agencies, and of more than this part of the directory, is no small one."""

FIRST_AGENCIES = 10
"""A directory of fewer agencies is being filled: of additions to it the count isn't asked."""

MOVED = ("twin_name", "name_moved", "email_moved", "kep_moved")
"""Warnings that a body gets what belongs to another one, as if the rows had shifted."""


def import_path(directory_import: "DirectoryImport", filename: str) -> str:
    """Storage path of an uploaded file; `file_name` holds its original name."""
    return f"imports/{uuid.uuid4().hex}{Path(filename).suffix.lower()[:8]}"


class DirectoryImportQuerySet(models.QuerySet["DirectoryImport"]):
    """Sets of imports."""

    def to_be_taken_up(self, at: datetime) -> Self:
        """Imports that need a worker: not started, or the worker's last heartbeat is too old."""
        free = Q(heartbeat_at__isnull=True) | Q(heartbeat_at__lt=at - STUCK_AFTER)
        return self.filter(free, state__in=AT_WORK)


class DirectoryImport(models.Model):
    """One uploaded file and the state of its import. The row is authoritative; a task only wakes a worker.

    `created_by` is None for an import from the command line. `notes` are about the whole file, `agencies` is the number
    of agencies in the directory when the rows were judged.
    """

    file = models.FileField(upload_to=import_path)
    file_name = models.CharField(_("file"), max_length=255)
    state = models.CharField(_("state"), max_length=10, choices=ImportState, default=ImportState.CHECKING)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    blanks_erase = models.BooleanField(default=False)
    created_at = models.DateTimeField(_("uploaded"))
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    claim = models.UUIDField(null=True)
    heartbeat_at = models.DateTimeField(null=True)
    columns = ArrayField(models.CharField(max_length=30), default=list)
    head = ArrayField(models.TextField(), default=list)
    notes = models.JSONField(default=list)
    ignored_columns = ArrayField(models.TextField(), default=list)
    expected = models.PositiveIntegerField(default=0)
    rows = models.PositiveIntegerField(default=0)
    written = models.PositiveIntegerField(default=0)
    written_through = models.PositiveIntegerField(default=0)
    added = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    closed = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    bad = models.PositiveIntegerField(default=0)
    warned = models.PositiveIntegerField(default=0)
    agencies = models.PositiveIntegerField(default=0)
    digest = models.CharField(max_length=64, blank=True)
    outdated = models.BooleanField(default=False)
    error = models.CharField(max_length=500, blank=True)

    objects = DirectoryImportQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        verbose_name = _("import of the directory")
        verbose_name_plural = _("imports of the directory")

    def __str__(self) -> str:
        return self.file_name

    @property
    def created_by_name(self) -> str:
        return str(self.created_by or _("command line"))

    @property
    def confirmed_by_name(self) -> str:
        return str(self.confirmed_by or _("command line"))

    @property
    def is_at_work(self) -> bool:
        return self.state in AT_WORK

    @property
    def good(self) -> int:
        """Number of rows that would change something."""
        return self.added + self.changed + self.closed

    @property
    def touched(self) -> int:
        """Number of existing agencies that would be changed or closed."""
        return self.changed + self.closed

    @property
    def needs_count(self) -> bool:
        """Whether a person has to type the count: much of the directory is touched, or rows seem to have shifted."""
        return (
            self._is_much(self.touched)
            or self.adds_much
            or (self.warned >= FEW_ROWS and self._moved() >= FEW_ROWS)
        )

    @property
    def adds_much(self) -> bool:
        """Whether the directory would grow by no small part."""
        return self.agencies >= FIRST_AGENCIES and self._is_much(self.added)

    @property
    def count_to_type(self) -> int:
        """The number that confirms an import that is no small one: additions count if they are many."""
        return self.good if self.adds_much else self.touched

    def _is_much(self, count: int) -> bool:
        return count >= FEW_ROWS and count * 100 > self.agencies * FEW_PER_CENT

    def _moved(self) -> int:
        """Number of changed agencies that get what belongs to another one."""
        of_others = Q()
        for reason in MOVED:
            of_others |= Q(warnings__contains=[{"reason": reason}])
        return self.lines.filter(of_others, outcome="changed").count()

    @property
    def touched_percent(self) -> int:
        """The touched part of the directory in per cent."""
        return 100 * self.touched // self.agencies if self.agencies else 0

    @property
    def percent(self) -> int:
        """Progress of the current step; capped below 100 while the number of rows is only an estimate."""
        done = self.written if self.state == ImportState.WRITING else self.rows
        of = self.good if self.state == ImportState.WRITING else self.expected
        return min(100 * done // of, 99) if of else 0


class Outcome(models.TextChoices):
    ADDED = "added", _("Added")
    CHANGED = "changed", _("Changed")
    CLOSED = "closed", _("Closed")
    UNCHANGED = "unchanged", _("Unchanged")
    BAD = "bad", _("Not importable")


class ImportRow(models.Model):
    """One row of the file: its cells as read, their values, and the expected outcome.

    Empty cells are NULL. `row_problems` and `row_warnings` are those of the row by itself, `problems` and `warnings`
    are all; each is {"column", "reason", "value"} with values of its message. `changes` is {field: [old, new]}.
    """

    directory_import = models.ForeignKey(DirectoryImport, models.CASCADE, related_name="lines")
    number = models.PositiveIntegerField()
    cells = models.JSONField()
    row_problems = models.JSONField(default=list)
    row_warnings = models.JSONField(default=list)
    name_key = models.CharField(max_length=300, blank=True)
    code = models.CharField(max_length=80, null=True)  # noqa: DJ001 an empty cell is not an empty text
    name = models.CharField(max_length=250, null=True)  # noqa: DJ001
    kind = models.CharField(max_length=30, null=True)  # noqa: DJ001
    parent_ref = models.CharField(max_length=80, null=True)  # noqa: DJ001
    province_id = models.CharField(max_length=2, null=True)  # noqa: DJ001
    protocol_order = models.PositiveIntegerField(null=True)
    detsis_no = models.CharField(max_length=14, null=True)  # noqa: DJ001
    kep_address = models.CharField(max_length=254, null=True)  # noqa: DJ001
    email = models.CharField(max_length=254, null=True)  # noqa: DJ001
    phone = models.CharField(max_length=40, null=True)  # noqa: DJ001
    active_from = models.DateField(null=True)
    active_to = models.DateField(null=True)
    successor_ref = models.CharField(max_length=80, null=True)  # noqa: DJ001
    addressable = models.BooleanField(null=True)
    template = models.CharField(max_length=120, null=True)  # noqa: DJ001
    agency_id = models.BigIntegerField(null=True)
    parent_id = models.BigIntegerField(null=True)
    successor_id = models.BigIntegerField(null=True)
    outcome = models.CharField(max_length=10, choices=Outcome, blank=True)
    problems = models.JSONField(default=list)
    warnings = models.JSONField(default=list)
    changes = models.JSONField(default=dict)

    class Meta:
        ordering = ["number"]
        verbose_name = _("row of an import")
        verbose_name_plural = _("rows of imports")
        constraints = [
            models.UniqueConstraint(fields=["directory_import", "number"], name="one_import_row_per_number")
        ]
        indexes = [models.Index(fields=["directory_import", "outcome", "number"], name="import_outcome")]

    def __str__(self) -> str:
        return f"{self.directory_import_id} #{self.number}"

"""The letter: a circular, its attachments, its references and its distribution list as printed."""

import hashlib
import json
import uuid
from collections.abc import Collection
from pathlib import Path
from typing import Any, Self

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import models
from django.db.models import OuterRef, Q, Subquery
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agencies.matching import Doubt
from agencies.models import Agency, AgencyGroup, Membership, Role, User
from agencies.turkish import search_key, without_control_signs
from circulars.plan_models import PlanVersion
from circulars.plan_models import Purpose as Purpose
from circulars.reading.number import number_parts


class Urgency(models.TextChoices):
    """Only these exist (Y 26/1)."""

    NORMAL = "", _("Normal")
    URGENT = "ACELE", _("Urgent (ACELE)")
    TIMED = "GÜNLÜDÜR", _("Timed (GÜNLÜDÜR)")


class Secrecy(models.TextChoices):
    """What this product may hold: Gizli and Çok Gizli letters are refused."""

    NONE = "", _("None")
    OFFICIAL_USE = "HİZMETE ÖZEL", _("Official use only (HİZMETE ÖZEL)")


class Status(models.TextChoices):
    DRAFT = "draft", _("Draft")
    DISPATCHED = "dispatched", _("Dispatched")


class AttachmentKind(models.TextChoices):
    """What the count of an attachment counts (Y 18)."""

    SHEETS = "sheets", _("sheets")
    PIECES = "pieces", _("pieces")
    CARRIERS = "cd", _("discs or other carriers")


def letter_path(circular: "Circular", filename: str) -> str:
    """Where the letter's own file is kept; the name given by the person is kept in `source_name`."""
    return f"letters/{circular.public_id}/{uuid.uuid4().hex}{Path(filename).suffix.lower()[:8]}"


def attachment_path(attachment: "Attachment", filename: str) -> str:
    """Where an attachment's file is kept."""
    return f"letters/{attachment.circular.public_id}/{uuid.uuid4().hex}{Path(filename).suffix.lower()[:8]}"


class CircularQuerySet(models.QuerySet["Circular"]):
    """Sets of circulars."""

    def visible_to(self, user: User) -> Self:
        """Letters of units for which the person sends, and those below units that the person manages."""
        memberships = Membership.objects
        managed = list(memberships.agencies_of(user, Role.MANAGER))
        mine = Q(issuer_id__in=memberships.agencies_of(user, Role.SENDER))
        if managed:
            mine |= Q(issuer__path__overlap=managed, status=Status.DISPATCHED)
        return self.filter(mine)

    def editable_by(self, user: User) -> Self:
        """Drafts of units for which the person sends."""
        return self.filter(
            status=Status.DRAFT, issuer_id__in=Membership.objects.agencies_of(user, Role.SENDER)
        )

    def issued_within(self, agency: Agency) -> Self:
        """Letters of the agency and of everything below it."""
        return self.filter(issuer__path__contains=[agency.pk])

    def search(self, text: str) -> Self:
        """Letters whose subject or number holds every word of the text, Turkish letters folded."""
        found = self
        for word in search_key(text).split():
            found = found.filter(search_key__contains=word)
        return found


FIELD_OF_CONSTRAINT = {
    "one_circular_per_verification_code": "verification_code",
    "one_circular_per_issuer_and_number": "number",
    "urgent_has_no_due_time": "due_at",
    "timed_has_due_time": "due_at",
}
"""The field that mends what the constraint refuses."""


class Circular(models.Model):
    """One official letter with a distribution list, from draft to dispatched."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    issuer = models.ForeignKey(
        Agency, models.PROTECT, related_name="circulars", verbose_name=_("issuing unit")
    )
    issuer_lines = models.TextField(_("letterhead"), blank=True, help_text=_("One line each, without T.C."))
    number = models.CharField(_("number (Sayı)"), max_length=120, blank=True)
    circular_number = models.CharField(_("circular number"), max_length=30, blank=True)
    date = models.DateField(_("date"), null=True, blank=True)
    subject = models.CharField(_("subject"), max_length=500, blank=True)
    urgency = models.CharField(_("urgency"), max_length=10, choices=Urgency, blank=True)
    secrecy = models.CharField(_("secrecy"), max_length=14, choices=Secrecy, blank=True)
    due_at = models.DateTimeField(_("due"), null=True, blank=True)
    addressee = models.CharField(_("addressee"), max_length=300, blank=True)
    body = models.TextField(_("text"), blank=True)
    signatory_name = models.CharField(_("signatory"), max_length=120, blank=True)
    signatory_titles = models.TextField(_("signatory's title"), blank=True, help_text=_("One line each."))
    verification_code = models.CharField(_("verification code"), max_length=60, blank=True)
    verification_address = models.CharField(_("verification address"), max_length=300, blank=True)
    number_origin = models.CharField(max_length=1, null=True, editable=False)  # noqa: DJ001
    number_detsis = models.CharField(max_length=8, null=True, editable=False)  # noqa: DJ001
    number_file_plan = models.CharField(max_length=12, null=True, editable=False)  # noqa: DJ001
    number_register = models.CharField(max_length=12, null=True, editable=False)  # noqa: DJ001

    source_file = models.FileField(_("letter file"), upload_to=letter_path, blank=True)
    source_name = models.CharField(_("file name"), max_length=255, blank=True)
    source_text = models.TextField(_("text as read"), blank=True)
    source_sha256 = models.CharField(max_length=64, blank=True, editable=False)
    reading = models.JSONField(default=dict, blank=True, editable=False)
    revision = models.PositiveIntegerField(default=0, editable=False)
    """What the reader said of the source: see `circulars.readings.reading_of`."""
    search_key = models.CharField(max_length=800, editable=False, default="")

    status = models.CharField(_("status"), max_length=12, choices=Status, default=Status.DRAFT)
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("recorded by"))
    recorded_at = models.DateTimeField(_("recorded at"), default=timezone.now)
    dispatched_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("dispatched by")
    )
    dispatched_at = models.DateTimeField(_("dispatched at"), null=True, blank=True)
    content_sha256 = models.CharField(_("fingerprint (SHA-256)"), max_length=64, blank=True, editable=False)
    recipient_count = models.PositiveIntegerField(_("recipients"), default=0, editable=False)

    objects = CircularQuerySet.as_manager()

    class Meta:
        ordering = ["-recorded_at"]
        verbose_name = _("circular")
        verbose_name_plural = _("circulars")
        indexes = [models.Index(fields=["issuer", "status", "-dispatched_at"], name="circular_issuer_sent")]
        constraints = [
            models.UniqueConstraint(
                fields=["verification_code"],
                condition=~Q(verification_code=""),
                name="one_circular_per_verification_code",
                violation_error_message=_("A letter with this verification code is already recorded."),
            ),
            models.UniqueConstraint(
                fields=["issuer", "number"],
                condition=~Q(number=""),
                name="one_circular_per_issuer_and_number",
                violation_error_message=_("A letter of this issuer with this number is already recorded."),
            ),
            models.CheckConstraint(
                condition=~Q(urgency=Urgency.URGENT) | Q(due_at__isnull=True),
                name="urgent_has_no_due_time",
                violation_error_message=_(
                    "An ACELE letter is answered at once and has no due time. Remove the due time or choose GÜNLÜDÜR."
                ),
            ),
            models.CheckConstraint(
                condition=~Q(status=Status.DISPATCHED, urgency=Urgency.TIMED, due_at__isnull=True),
                name="timed_has_due_time",
                violation_error_message=_("A GÜNLÜDÜR letter needs its due time."),
            ),
            models.CheckConstraint(
                condition=Q(status=Status.DRAFT)
                | Q(dispatched_at__isnull=False, dispatched_by__isnull=False, date__isnull=False)
                & ~Q(content_sha256=""),
                name="dispatched_is_complete",
            ),
        ]

    def __str__(self) -> str:
        return self.number or self.subject or self.source_name or str(self.public_id)

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save with the search column and the number's parts right, the verification code in capitals."""
        for name in ("number", "circular_number", "subject", "addressee", "signatory_name"):
            setattr(self, name, without_control_signs(getattr(self, name)))
        self.verification_code = self.verification_code.strip().upper()
        self.search_key = search_key(f"{self.subject} {self.number} {self.circular_number}")[:800]
        self._part_number()
        super().save(*args, **kwargs)

    def _part_number(self) -> None:
        """The parts of the number (Y 11/1) in columns of their own; null for a number of another shape."""
        parts = number_parts(self.number)
        self.number_origin = parts.origin if parts else None
        self.number_detsis = parts.detsis if parts else None
        self.number_file_plan = parts.file_plan if parts else None
        self.number_register = parts.register if parts else None

    def validate_constraints(self, exclude: Collection[str] | None = None) -> None:
        """Check every constraint; each error is for the field that mends it and has the constraint's name as code."""
        errors: dict[str, list[ValidationError]] = {}
        for constraint in self._meta.constraints:
            try:
                constraint.validate(Circular, self, exclude=set(exclude or ()))
            except ValidationError as error:
                field = FIELD_OF_CONSTRAINT.get(constraint.name, NON_FIELD_ERRORS)
                errors.setdefault(field, []).append(ValidationError(error.messages[0], code=constraint.name))
        if errors:
            raise ValidationError(errors)

    @property
    def is_draft(self) -> bool:
        return self.status == Status.DRAFT

    @property
    def issuer_line_list(self) -> list[str]:
        return self.issuer_lines.splitlines()

    @property
    def signatory_title_list(self) -> list[str]:
        return self.signatory_titles.splitlines()

    @property
    def paragraphs(self) -> list[str]:
        """The body's paragraphs."""
        return [paragraph.strip() for paragraph in self.body.splitlines() if paragraph.strip()]

    def missing_fields(self) -> list[str]:
        """The names of the fields without which the letter can't be dispatched."""
        required = ["number", "date", "subject"]
        if self.urgency == Urgency.TIMED:
            required.append("due_at")
        return [name for name in required if not getattr(self, name)]

    def is_overdue(self) -> bool:
        return self.due_at is not None and self.due_at < timezone.now()

    def fingerprint(self, attachments: list["Attachment"]) -> str:
        """SHA-256 (hex) of what a recipient acknowledges: the fields, references, printed lines and files."""
        content = {
            "issuer": [self.issuer.name, self.issuer_lines],
            "number": self.number,
            "circular_number": self.circular_number,
            "date": self.date.isoformat() if self.date else None,
            "subject": self.subject,
            "urgency": self.urgency,
            "secrecy": self.secrecy,
            "due_at": self.due_at.isoformat() if self.due_at else None,
            "addressee": self.addressee,
            "body": self.body,
            "signatory": [self.signatory_name, self.signatory_titles],
            "verification_code": self.verification_code,
            "file": self.source_sha256,
            "references": [reference.text for reference in self.references.all()],
            "lines": [[line.purpose, line.text] for line in self.lines.all()],
            "attachments": [[attachment.title, attachment.sha256] for attachment in attachments],
        }
        return hashlib.sha256(json.dumps(content, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


class Attachment(models.Model):
    """An attachment (Ek) as the letter names it; its file may be uploaded or travel separately (Y 18)."""

    circular = models.ForeignKey(
        Circular, models.CASCADE, related_name="attachments", verbose_name=_("circular")
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    title = models.CharField(_("title"), max_length=300)
    count = models.PositiveIntegerField(_("count"), null=True, blank=True)
    kind = models.CharField(_("kind"), max_length=6, choices=AttachmentKind, blank=True)
    printed = models.BooleanField(_("named in the letter"), default=False)
    file = models.FileField(_("file"), upload_to=attachment_path, blank=True)
    file_name = models.CharField(_("file name"), max_length=255, blank=True)
    size = models.PositiveBigIntegerField(_("size in bytes"), default=0)
    sha256 = models.CharField(max_length=64, blank=True, editable=False)

    class Meta:
        ordering = ["position", "pk"]
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")

    def __str__(self) -> str:
        return self.title


class ReferenceQuerySet(models.QuerySet["Reference"]):
    """Sets of references."""

    def linked_for(self, user: User) -> Self:
        """Each with `link`, the public id of the letter it cites, if the person may see that letter."""
        cited = Circular.objects.visible_to(user).filter(pk=OuterRef("target_id"))
        return self.annotate(link=Subquery(cited.values("public_id")[:1]))


class Reference(models.Model):
    """A line of İlgi (Y 15) as printed, and the recorded letter that it cites."""

    circular = models.ForeignKey(
        Circular, models.CASCADE, related_name="references", verbose_name=_("circular")
    )
    position = models.PositiveSmallIntegerField(_("position"))
    text = models.CharField(_("text"), max_length=500)
    number = models.CharField(_("number cited"), max_length=120, blank=True)
    date = models.DateField(_("date cited"), null=True, blank=True)
    target = models.ForeignKey(
        Circular,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="cited_by",
        verbose_name=_("letter cited"),
    )

    objects = ReferenceQuerySet.as_manager()

    class Meta:
        ordering = ["position"]
        verbose_name = _("reference")
        verbose_name_plural = _("references")

    def __str__(self) -> str:
        return self.text


class DistributionLine(models.Model):
    """One line of the Dağıtım as printed, and the agency, the group or the plan that it stands for.

    A line that was taken from a plan keeps the plan's version beside its agency or group. Without these two
    the line itself names the plan.
    """

    circular = models.ForeignKey(Circular, models.CASCADE, related_name="lines", verbose_name=_("circular"))
    position = models.PositiveSmallIntegerField(_("position"))
    purpose = models.CharField(_("purpose"), max_length=12, choices=Purpose)
    text = models.CharField(_("as printed"), max_length=300)
    agency = models.ForeignKey(
        Agency, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("agency")
    )
    group = models.ForeignKey(
        AgencyGroup, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("group")
    )
    plan_version = models.ForeignKey(
        PlanVersion, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("plan")
    )
    doubt = models.CharField(_("why it is unknown"), max_length=20, choices=Doubt, blank=True)

    class Meta:
        ordering = ["position"]
        verbose_name = _("distribution line")
        verbose_name_plural = _("distribution lines")
        constraints = [
            models.UniqueConstraint(
                fields=["circular", "position"],
                name="one_line_per_position",
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.CheckConstraint(
                condition=Q(agency__isnull=True) | Q(group__isnull=True), name="line_is_agency_or_group"
            ),
        ]

    def __str__(self) -> str:
        return self.text

    @property
    def is_resolved(self) -> bool:
        return self.agency_id is not None or self.group_id is not None or self.plan_version_id is not None

    @property
    def names_plan(self) -> bool:
        """Whether the line stands for a whole plan."""
        return self.plan_version_id is not None and self.agency_id is None and self.group_id is None

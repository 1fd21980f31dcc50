"""The circular, from draft to dispatch."""

import hashlib
import json
import uuid
from collections.abc import Collection, Iterable
from datetime import date
from pathlib import Path
from typing import Any, Self

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Coalesce, ExtractYear
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency, Membership, Role, User
from agencies.models.once_a_request import once_a_request
from agencies.models.person import units_acted_for
from agencies.turkish import search_key, without_control_signs
from circulars.models.choices import NOT_SENT, FileChoice, Secrecy, Status, Urgency
from circulars.models.constraints import FIELD_OF_CONSTRAINT, NEEDED_BY_CONSTRAINTS, validate
from circulars.models.letter_fields import digested_values
from circulars.models.letter_text import word_condition
from circulars.models.parts import Attachment
from circulars.number import number_parts


def letter_path(circular: "Circular", filename: str) -> str:
    """Storage path of the letter's file; `source_name` holds its original name."""
    return f"letters/{circular.public_id}/{uuid.uuid4().hex}{Path(filename).suffix.lower()[:8]}"


def sent_or_managed_by(user: User, through: str = "") -> Q:
    """Condition: letters of units where the person is a sender, and dispatched ones of units they manage or below.

    `through` is the lookup path to the letter, such as `circular__`. Issuer ids are queried first, because a
    subquery within an OR prevents the use of indexes.
    """
    manages = units_acted_for(user, Role.MANAGER)
    managed = issuers_within(*manages)
    return issued_by(units_acted_for(user, Role.SENDER), managed, through)


def issued_by(sends: Collection[int], managed: Collection[int], through: str = "") -> Q:
    """The same condition for the ids of units for which a person sends, and of issuers whose letters they manage."""
    mine = Q(**{f"{through}issuer_id__in": sends})
    if managed:
        mine |= Q(**{f"{through}issuer_id__in": managed, f"{through}status": Status.DISPATCHED})
    return mine


@once_a_request
def issuers_within(*units: int) -> list[int]:
    """Ids of those of the units and their descendants that have issued a letter. One query a request, none for none."""
    if not units:
        return []
    issues = Exists(Circular.objects.filter(issuer=OuterRef("pk")).order_by())
    found = Agency.objects.within(list(units)).filter(issues).order_by()
    return list(found.values_list("pk", flat=True))


class CircularQuerySet(models.QuerySet["Circular"]):
    """Sets of circulars."""

    def visible_to(self, user: User) -> Self:
        """Letters of units where the person is a sender, and dispatched ones of units they manage or below."""
        return self.filter(sent_or_managed_by(user))

    def editable_by(self, user: User) -> Self:
        """Drafts of units where the person is a sender."""
        return self.filter(
            status=Status.DRAFT, issuer_id__in=Membership.objects.agencies_of(user, Role.SENDER)
        )

    def changeable_by(self, user: User) -> Self:
        """Dispatched letters that the person may pause, correct or withdraw: those of units where they are a sender."""
        return self.filter(
            status=Status.DISPATCHED, issuer_id__in=Membership.objects.agencies_of(user, Role.SENDER)
        )

    def could_replace(self, circular: "Circular") -> Self:
        """Dispatched letters of the same issuer that are in force and not replaced by this one."""
        sent = self.filter(issuer=circular.issuer_id, status=Status.DISPATCHED, withdrawn_at=None)
        return sent.exclude(pk=circular.pk).exclude(superseded_by=circular.pk).order_by("-dispatched_at")

    def blocking(self, *, issuer: Agency, number: str, day: date | None) -> Self:
        """Letters because of which the issuer can't give another one this number: those in force and drafts.

        Numbers begin anew each year. A draft without a date blocks its number in every year; without a day only
        such a draft is meant. Of a corrected letter it is the first revision.
        """
        undated = Q(date=None)
        same_year = undated if day is None else undated | Q(date__year=day.year)
        return self.filter(same_year, issuer=issuer, number=number, corrects=None, number_in_use=True)

    def withdrawn_without_successor(self) -> Self:
        """Withdrawn letters in whose place another one may be recorded, the latest withdrawal first."""
        found = self.filter(number_in_use=False, superseded_by=None).exclude(withdrawn_at=None)
        return found.order_by("-withdrawn_at")

    def search(self, text: str) -> Self:
        """Letters whose subject or number contains every word of the text, or whose full text has it.

        Turkish letters are folded. Full texts are searched of sent letters only. The ids are looked up at once, so that
        further conditions are planned for what was found.
        """
        words = search_key(text).split()
        found = self.none() if text.strip() and not words else self
        for word in words:
            found = found.filter(word_condition(word))
        if not words:
            return found
        return self.filter(pk__in=list(found.order_by().values_list("pk", flat=True)))


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
    due_working_days = models.PositiveSmallIntegerField(
        _("due in working days"), null=True, blank=True, help_text=_("Counted from the dispatch.")
    )
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
    """The reader's result, see `circulars.services.reading.stored.reading_of`."""
    draft_version = models.PositiveIntegerField(default=0, editable=False)
    """Number of saves of the draft, for optimistic locking."""
    saved_by = models.ForeignKey(
        User, models.PROTECT, null=True, editable=False, related_name="+", db_index=False
    )
    """Who saved the draft's form last; null if something else changed it since."""
    saved_at = models.DateTimeField(null=True, editable=False)
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
    paused_at = models.DateTimeField(_("sending paused"), null=True, editable=False)
    reminders_planned_at = models.DateTimeField(null=True, editable=False)
    has_own_reminders = models.BooleanField(_("own reminder schedule"), default=False)

    reminds = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="tekits", verbose_name=_("reminds of")
    )
    corrects = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="corrections", verbose_name=_("corrects")
    )
    revision_number = models.PositiveSmallIntegerField(_("revision"), default=1, editable=False)
    change_note = models.TextField(_("what changed"), blank=True)
    touched = models.ManyToManyField(Agency, blank=True, related_name="+", verbose_name=_("whom it touches"))
    file_choice = models.CharField(
        max_length=9, choices=FileChoice, blank=True, default="", db_default="", editable=False
    )
    """For a correction: which letter file goes with it, as a person has said; empty until then."""
    superseded_by = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="supersedes",
        verbose_name=_("replaced by"),
    )
    replaces = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="replacements",
        verbose_name=_("in place of"),
    )
    """The withdrawn letter that this one replaces as soon as it is sent."""
    number_in_use = models.BooleanField(default=True, editable=False)
    """False once no revision of it is in force any more: its number may be recorded again."""
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, editable=False)
    withdrawn_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    withdrawal_reason = models.CharField(_("reason of the withdrawal"), max_length=500, blank=True)

    objects = CircularQuerySet.as_manager()

    class Meta:
        ordering = ["-recorded_at"]
        verbose_name = _("circular")
        verbose_name_plural = _("circulars")
        indexes = [
            models.Index(fields=["issuer", "status", "-dispatched_at"], name="circular_issuer_sent"),
            models.Index(
                fields=["verification_code"],
                condition=~Q(verification_code=""),
                name="circular_verification_code",
            ),
            models.Index(
                fields=["dispatched_at"],
                condition=Q(status=Status.DISPATCHED, reminders_planned_at__isnull=True),
                name="circular_unplanned",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["issuer", "verification_code"],
                condition=~Q(verification_code="") & Q(corrects__isnull=True, number_in_use=True),
                name="one_circular_per_verification_code",
                violation_error_message=_("A letter with this verification code is already recorded."),
            ),
            models.UniqueConstraint(
                "issuer",
                "number",
                Coalesce(ExtractYear("date"), 0),
                condition=~Q(number="") & Q(corrects__isnull=True, number_in_use=True),
                name="one_circular_per_issuer_number_and_year",
                violation_error_message=_(
                    "A letter of this issuer with this number is already recorded in this year."
                ),
            ),
            models.UniqueConstraint(
                fields=["corrects"],
                name="one_correction_per_revision",
                violation_error_message=_("This letter has a correction already. Correct that one."),
            ),
            models.CheckConstraint(
                condition=~Q(urgency=Urgency.URGENT) | Q(due_at__isnull=True, due_working_days__isnull=True),
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
                condition=Q(status__in=NOT_SENT)
                | Q(dispatched_at__isnull=False, dispatched_by__isnull=False, date__isnull=False)
                & ~Q(content_sha256=""),
                name="dispatched_is_complete",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True)
                | Q(withdrawn_by__isnull=False, status=Status.DISPATCHED) & ~Q(withdrawal_reason=""),
                name="withdrawn_by_a_person_with_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return self.number or self.subject or self.source_name or str(self.public_id)

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save, with the search key and the parts of the number updated and the verification code in upper case."""
        for name in ("number", "circular_number", "subject", "addressee", "signatory_name"):
            setattr(self, name, without_control_signs(getattr(self, name)))
        self.verification_code = self.verification_code.strip().upper()
        self.search_key = search_key(f"{self.subject} {self.number} {self.circular_number}")[:800]
        self._part_number()
        super().save(*args, **kwargs)

    def _part_number(self) -> None:
        """Set the columns with the parts of the number (Y 11/1); null for a number of another format."""
        parts = number_parts(self.number)
        self.number_origin = parts.origin if parts else None
        self.number_detsis = parts.detsis if parts else None
        self.number_file_plan = parts.file_plan if parts else None
        self.number_register = parts.register if parts else None

    def validate_constraints(self, exclude: Collection[str] | None = None) -> None:
        """Check every constraint; each error belongs to the field to correct and has the constraint's name as code."""
        errors: dict[str, list[ValidationError]] = {}
        for constraint in self._meta.constraints:
            try:
                validate(constraint, self, exclude=set(exclude or ()) - NEEDED_BY_CONSTRAINTS)
            except ValidationError as error:
                field = FIELD_OF_CONSTRAINT.get(constraint.name, NON_FIELD_ERRORS)
                errors.setdefault(field, []).append(ValidationError(error.messages[0], code=constraint.name))
        if errors:
            raise ValidationError(errors)

    @property
    def is_draft(self) -> bool:
        return self.status == Status.DRAFT

    @property
    def is_scheduled(self) -> bool:
        """Whether it leaves by itself at a moment unless that is cancelled. It can't be changed meanwhile."""
        return self.status == Status.SCHEDULED

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
        """Names of the empty fields that are required for the dispatch."""
        required = ["number", "date", "subject"]
        if self.urgency == Urgency.TIMED and self.due_working_days is None:
            required.append("due_at")
        return [name for name in required if not getattr(self, name)]

    @property
    def is_withdrawn(self) -> bool:
        return self.withdrawn_at is not None

    def is_sent_by_another_unit(self) -> bool:
        """Whether another unit has sent a letter with this verification code."""
        if not self.verification_code:
            return False
        # The second condition lets PostgreSQL use the partial index on codes.
        same = Circular.objects.filter(verification_code=self.verification_code).exclude(verification_code="")
        return same.filter(status=Status.DISPATCHED).exclude(issuer=self.issuer).exists()

    @property
    def in_place_of(self) -> "Circular | None":
        """The withdrawn letter that this one has replaced."""
        withdrawn = self.replaces
        return withdrawn if withdrawn is not None and withdrawn.superseded_by_id == self.pk else None

    @property
    def is_replaced(self) -> bool:
        """Whether another letter replaces it for all recipients; a correction does so only for those affected."""
        return self.superseded_by is not None and self.superseded_by.corrects_id != self.pk

    @property
    def replaced_words(self) -> str:
        """Text that names the letter's replacement; empty if it is in force."""
        following = self.superseded_by
        if following is None:
            return ""
        day = date_format(timezone.localtime(following.dispatched_at), "DATE_FORMAT")
        facts = {"revision": following.revision_number, "number": following.number, "day": day}
        if following.is_withdrawn and not self.is_replaced:
            return gettext("Its revision %(revision)s of %(day)s was withdrawn.") % facts
        if following.is_withdrawn:
            return gettext("The letter %(number)s of %(day)s, which replaced it, was withdrawn.") % facts
        if not self.is_replaced:
            return gettext("Replaced by revision %(revision)s of %(day)s.") % facts
        return gettext("Replaced by the letter %(number)s of %(day)s.") % facts

    @property
    def is_correction(self) -> bool:
        return self.corrects_id is not None

    @property
    def lacks_file_choice(self) -> bool:
        """Whether it is a correction with a letter file, and nobody has said that this file is the right one."""
        return self.is_correction and bool(self.source_file) and not self.file_choice

    def is_overdue(self) -> bool:
        return self.due_at is not None and self.due_at < timezone.now()

    def fingerprint(self, attachments: list["Attachment"], lines: Iterable[Any] | None = None) -> str:
        """SHA-256 (hex) of what a recipient acknowledges: fields, references, all printed `lines`, and files."""
        content = digested_values(self) | {
            "references": [reference.text for reference in self.references.all()],
            "lines": [[line.purpose, line.text] for line in lines or self.lines.all()],
            "attachments": [[attachment.title, attachment.sha256] for attachment in attachments],
        }
        return hashlib.sha256(json.dumps(content, ensure_ascii=False, sort_keys=True).encode()).hexdigest()

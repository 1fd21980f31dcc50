"""Answer documents and extension requests of a recipient."""

import uuid
from pathlib import Path
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from agencies.models import User
from agencies.models.expressions import append_only
from distribution.models.deliveries.delivery import Delivery


def answer_path(document: "AnswerDocument", filename: str) -> str:
    """Storage path of an answer document. The original file name is stored in `file_name`."""
    return f"answers/{document.delivery.public_id}/{uuid.uuid4().hex}{Path(filename).suffix.lower()[:8]}"


class AnswerDocumentQuerySet(models.QuerySet["AnswerDocument"]):
    """Query set of answer documents."""

    def of_the_answer(self) -> Self:
        """Those of the present answer, without those of answers taken back."""
        return self.filter(taken_back_at=None)


class AnswerDocument(models.Model):
    """A file that the recipient attached to its answer. It is kept, marked, when the answer is taken back."""

    delivery = models.ForeignKey(
        Delivery, models.PROTECT, related_name="answer_documents", verbose_name=_("delivery")
    )
    file = models.FileField(_("file"), upload_to=answer_path)
    file_name = models.CharField(_("file name"), max_length=255)
    size = models.PositiveBigIntegerField(_("size in bytes"))
    sha256 = models.CharField(max_length=64, editable=False)
    attached_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("attached by")
    )
    """None for a person without an account, who is named in the event."""
    attached_at = models.DateTimeField(_("attached at"))
    taken_back_at = models.DateTimeField(_("taken back at"), null=True, blank=True)

    objects = AnswerDocumentQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        verbose_name = _("answer document")
        verbose_name_plural = _("answer documents")
        triggers = append_only(changing=("taken_back_at",))

    def __str__(self) -> str:
        return self.file_name


class ExtensionRequestQuerySet(models.QuerySet["ExtensionRequest"]):
    """Query set of extension requests."""

    def undecided(self) -> Self:
        """Undecided requests for deliveries that are still outstanding or unanswered."""
        owing = Delivery.objects.owing()
        return self.filter(decided_at=None, delivery__in=owing)


class ExtensionRequest(models.Model):
    """A recipient's request for a later due time. The unit that sent or passed on the letter decides."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    delivery = models.ForeignKey(
        Delivery, models.PROTECT, related_name="extension_requests", verbose_name=_("delivery")
    )
    due_before = models.DateTimeField(_("due so far"), null=True, blank=True)
    wanted = models.DateTimeField(_("wanted until"))
    reason = models.TextField(_("reason"))
    asked_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("asked by")
    )
    asked_name = models.CharField(max_length=250, blank=True, default="", db_default="", editable=False)
    """Name and title of a person without an account."""
    asked_at = models.DateTimeField(_("asked at"))
    granted_until = models.DateTimeField(_("granted until"), null=True, blank=True)
    answer = models.TextField(pgettext_lazy("decision", "answer"), blank=True)
    decided_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("decided by")
    )
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)

    reaches_below = False
    """Whether copies below the unit's own are owed and due together with it; set by `with_reach` only."""

    objects = ExtensionRequestQuerySet.as_manager()

    class Meta:
        ordering = ["-asked_at"]
        verbose_name = _("request for more time")
        verbose_name_plural = _("requests for more time")
        constraints = [
            models.UniqueConstraint(
                fields=["delivery"], condition=Q(decided_at__isnull=True), name="one_open_extension_request"
            ),
            models.CheckConstraint(
                condition=Q(decided_at__isnull=True, granted_until__isnull=True)
                | Q(decided_at__isnull=False, decided_by__isnull=False),
                name="extension_decided_by_a_person",
            ),
            models.CheckConstraint(
                condition=Q(due_before__isnull=True) | Q(wanted__gt=F("due_before")),
                name="extension_wants_more_time",
            ),
            models.CheckConstraint(
                condition=Q(asked_by__isnull=False, asked_name="")
                | Q(asked_by__isnull=True) & ~Q(asked_name=""),
                name="extension_asked_by_a_person",
            ),
        ]
        triggers = append_only(changing=("granted_until", "answer", "decided_by", "decided_at"))

    def __str__(self) -> str:
        return f"{self.delivery} {self.wanted:%d.%m.%Y}"

    @property
    def is_open(self) -> bool:
        return self.decided_at is None

    @property
    def asked_person(self) -> str:
        """Name of the person who asked, with the title of one without an account."""
        return str(self.asked_by or self.asked_name)

    @property
    def is_granted(self) -> bool:
        return self.granted_until is not None

"""Proof of delivery from outside the product: handovers, returned mail, KEP evidence."""

import uuid
from pathlib import Path
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from agencies.models import Agency, User
from agencies.models.expressions import append_only
from distribution.models.deliveries.delivery import Delivery
from distribution.models.notices.notice import Notice


def proof_path(handover: "Handover", filename: str) -> str:
    """Storage path of a proof. The original file name is stored in `file_name`."""
    return f"proofs/{handover.delivery.public_id}/{uuid.uuid4().hex}{Path(filename).suffix.lower()[:8]}"


class HandoverMethod(models.TextChoices):
    HAND = "hand", _("By hand (zimmet)")
    POST = "post", _("By post")
    OTHER = "other", _("Another way")


class Handover(models.Model):
    """A handover by hand or post, recorded by a user with a proof. It is weaker proof than that of a channel."""

    notice = models.OneToOneField(Notice, models.PROTECT, related_name="handover", verbose_name=_("notice"))
    delivery = models.ForeignKey(
        Delivery, models.PROTECT, related_name="handovers", verbose_name=_("delivery")
    )
    method = models.CharField(_("how"), max_length=10, choices=HandoverMethod)
    handed_on = models.DateField(_("handed over on"))
    received_by = models.CharField(_("received by"), max_length=120)
    reference = models.CharField(_("post or book number"), max_length=60, blank=True)
    file = models.FileField(_("proof"), upload_to=proof_path)
    file_name = models.CharField(_("file name"), max_length=255)
    size = models.PositiveBigIntegerField(_("size in bytes"))
    sha256 = models.CharField(max_length=64, editable=False)
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("recorded by"))
    recorded_at = models.DateTimeField(_("recorded at"))

    class Meta:
        ordering = ["pk"]
        verbose_name = _("handover by hand or post")
        verbose_name_plural = _("handovers by hand or post")
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.delivery} {self.handed_on:%d.%m.%Y}"


class MailVerdict(models.TextChoices):
    """Outcome reported by a returned mail."""

    BOUNCED = "bounced", _("Could not be delivered")
    DELAYED = "delayed", _("Delayed")
    DELIVERED = "delivered", _("Delivered")
    RELAYED = "relayed", _("Passed to another server, without proof")
    TEMPORARY = "temporary", _("Not delivered for now")
    RECEIPT = "receipt", _("Read receipt, no confirmation")
    AUTO_REPLY = "auto_reply", _("Automatic reply, no answer")
    REPLY = "reply", _("Reply by a person")
    OTHER = "other", _("Not a delivery report")


def returned_mail_path(returned: "ReturnedMail", filename: str) -> str:
    """Storage path of a mail as it came, kept while a person may still need it."""
    return f"returned/{returned.digest}.eml"


class Settlement(models.TextChoices):
    """How a returned mail was settled: by its own content, or by a person."""

    APPLIED = "applied", _("Its notice was changed")
    NOTED = "noted", _("Noted, nothing to do")
    FAILED = "failed", _("Could not be delivered")
    ANSWER = "answer", _("Answer to this letter")
    AWAY = "away", _("Out of office")
    NOTHING = "nothing", _("Nothing to do")


class ReturnedMailQuerySet(models.QuerySet["ReturnedMail"]):
    """Query set of returned mails."""

    def unsettled(self) -> Self:
        """It changed nothing, and no user has said what it means."""
        return self.filter(settled_as="")


class ReturnedMail(models.Model):
    """A mail that was returned to the product. Matched to its notice by the Message-ID that it contains.

    `presumed` is a guess for the user: the notice to the address of a report that contains no id of ours, if it can
    be about one delivery or digest only.
    A report about several notices has one row for each; what a person has to look at, one for each issuer concerned.
    """

    digest = models.CharField(_("fingerprint (SHA-256)"), max_length=64, unique=True)
    received_at = models.DateTimeField(_("received at"))
    verdict = models.CharField(_("verdict"), max_length=12, choices=MailVerdict)
    sender = models.CharField(pgettext_lazy("e-mail", "from"), max_length=254, blank=True)
    subject = models.CharField(_("subject"), max_length=300, blank=True)
    text = models.TextField(_("text"), blank=True)
    file = models.FileField(_("mail as it came"), upload_to=returned_mail_path, blank=True)
    original_message_id = models.CharField(_("Message-ID of the notice"), max_length=200, blank=True)
    recipient = models.CharField(pgettext_lazy("e-mail", "recipient"), max_length=254, blank=True)
    status = models.CharField(_("status"), max_length=20, blank=True)
    diagnosis = models.CharField(_("diagnosis"), max_length=500, blank=True)
    notice = models.ForeignKey(
        Notice, models.PROTECT, null=True, blank=True, related_name="returned_mails", verbose_name=_("notice")
    )
    presumed = models.ForeignKey(
        Notice, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("presumed notice")
    )
    issuer = models.ForeignKey(
        Agency, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("issuer")
    )
    """Of a digest with letters of several issuers: whose row this is."""
    settled_as = models.CharField(_("settled as"), max_length=10, choices=Settlement, blank=True)
    settled_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    settled_at = models.DateTimeField(_("settled at"), null=True, blank=True)

    objects = ReturnedMailQuerySet.as_manager()

    class Meta:
        ordering = ["-received_at", "-pk"]
        verbose_name = _("returned mail")
        verbose_name_plural = _("returned mails")
        indexes = [
            models.Index(fields=["-received_at"], condition=Q(settled_as=""), name="returned_mail_unsettled")
        ]
        triggers = append_only(changing=("file", "notice", "settled_as", "settled_by", "settled_at"))

    def __str__(self) -> str:
        return f"{self.get_verdict_display()}: {self.recipient or self.sender}"


class EvidenceCode(models.IntegerChoices):
    """Events that a KEP provider attests."""

    ACCEPTED = 10, _("Accepted by our KEP provider")
    REFUSED = 11, _("Refused by our KEP provider")
    RELAYED = 20, _("Accepted by the recipient's KEP provider")
    RELAY_REFUSED = 21, _("Refused by the recipient's KEP provider")
    RELAY_FAILED = 31, _("Could not be passed to the recipient's KEP provider")
    DELIVERED = 40, _("Put into the recipient's mailbox")
    UNDELIVERABLE = 41, _("Could not be put into the recipient's mailbox")
    READ = 60, _("Read by the recipient")


class KepEvidenceQuerySet(models.QuerySet["KepEvidence"]):
    """Query set of KEP evidence."""

    def unsettled(self) -> Self:
        """Unmatched and not dismissed by a user."""
        return self.filter(notice=None, dismissed_by=None)


class KepEvidence(models.Model):
    """One piece of evidence from an imported file. Unmatched evidence is listed until a user settles it."""

    evidence_id = models.CharField(_("evidence number"), max_length=120, unique=True)
    code = models.PositiveSmallIntegerField(_("code"), choices=EvidenceCode)
    at = models.DateTimeField(_("at"))
    provider = models.CharField(_("KEP provider"), max_length=120, blank=True)
    recipient = models.CharField(pgettext_lazy("e-mail", "recipient"), max_length=254, blank=True)
    original_message_id = models.CharField(_("Message-ID of the notice"), max_length=200, blank=True)
    description = models.CharField(_("description"), max_length=500, blank=True)
    error = models.CharField(_("error"), max_length=500, blank=True)
    file_name = models.CharField(_("file"), max_length=255)
    content = models.BinaryField(_("evidence as it came"), editable=False)
    imported_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    issuer = models.ForeignKey(
        Agency,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("imported for"),
    )
    """Whose senders settle it; None if the importer sends for several units and named none."""
    imported_at = models.DateTimeField(_("imported at"))
    notice = models.ForeignKey(
        Notice, models.PROTECT, null=True, blank=True, related_name="evidence", verbose_name=_("notice")
    )
    matched_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("matched by")
    )
    dismissed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    objects = KepEvidenceQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name = _("KEP evidence")
        verbose_name_plural = _("KEP evidence")
        indexes = [
            models.Index(
                fields=["-at"],
                condition=Q(notice__isnull=True, dismissed_by__isnull=True),
                name="kep_evidence_unmatched",
            )
        ]
        triggers = append_only(changing=("notice", "matched_by", "dismissed_by"))

    def __str__(self) -> str:
        return f"{self.code} {self.evidence_id}"

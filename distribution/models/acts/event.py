"""Events of deliveries: append-only, with a hash chain per delivery."""

import hashlib
import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency, User
from agencies.models.expressions import NEVER_TRUNCATED
from distribution.models.deliveries.delivery import Delivery
from distribution.models.sha256 import LENGTH, Sha256Field


class EventKind(models.TextChoices):
    DISPATCHED = "dispatched", _("Dispatched")
    NOTIFIED = "notified", _("Notice sent")
    NOTICE_FAILED = "notice_failed", _("Notice could not be sent")
    OPENED = "opened", _("Letter opened")
    DOWNLOADED = "downloaded", _("File downloaded")
    ACKNOWLEDGED = "acknowledged", _("Confirmed")
    PASSED_TO_SUCCESSOR = "passed_to_successor", _("Passed to the unit's successor")
    SUPERSEDED = "superseded", _("Closed: another copy covers it")
    REACHED = "reached", _("Reached the mailbox")
    RELAYED = "relayed", _("On its way")
    READ_IN_MAILBOX = "read_in_mailbox", _("Read in the mailbox")
    BOUNCED = "bounced", _("Came back as undeliverable")
    DEFERRED = "deferred", _("Not delivered for now, is sent again")
    MAIL_ANSWER = "mail_answer", _("Reply by e-mail kept as a document")
    HANDED_OVER = "handed_over", _("Handed over by hand or post")
    COMPLETED = "completed", _("Answered")
    DOCUMENT_ATTACHED = "document_attached", _("Answer document attached")
    RETURNED = "returned", _("Returned")
    SENT_AGAIN = "sent_again", _("Sent again after the return")
    SENT_INSTEAD = "sent_instead", _("Return settled: sent to another unit")
    RETURN_ACCEPTED = "return_accepted", _("Return accepted")
    REGISTER_CHANGED = "register_changed", _("Register number changed")
    TAKEN_BACK = "taken_back", _("Taken back")
    TAKE_BACK_ASKED = "take_back_asked", _("Asked to take back")
    TAKE_BACK_REFUSED = "take_back_refused", _("Taking back refused")
    EXTENSION_ASKED = "extension_asked", _("More time asked for")
    EXTENSION_GRANTED = "extension_granted", _("More time granted")
    EXTENSION_REFUSED = "extension_refused", _("More time refused")
    PASSED_ON = "passed_on", _("Passed on")
    RECEIVED_BELOW = "received_below", _("Came from the unit above")
    REMINDED = "reminded", _("Reminded")
    ESCALATED = "escalated", _("Told the unit above and the sender's manager")
    WITHDRAWN = "withdrawn", _("Withdrawn by the sender")
    ADDED = "added", _("Added after the dispatch")
    REMOVED = "removed", _("Taken off the distribution")
    DUE_CHANGED = "due_changed", _("Due time changed")
    CORRECTED = "corrected", _("Corrected by a new revision")
    LINK_REVOKED = "link_revoked", _("Link without account revoked")
    CODE_SENT = "code_sent", _("One-time code sent")
    RECORDED_ON_BEHALF = "recorded_on_behalf", _("Recorded by the sender on the unit's behalf")
    OBJECTED = "objected", _("The unit objected to the sender's record")
    RECORD_TAKEN_BACK = "record_taken_back", _("The sender took its record back")
    SENT_ANOTHER_WAY = "sent_another_way", _("Sent by another channel, since the first one stood still")


DUE_MOVED = {EventKind.DUE_CHANGED, EventKind.EXTENSION_GRANTED}
"""Events that moved the due time of a copy."""

CANONICAL = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def event_hash(
    *,
    delivery: UUID,
    sequence: int,
    kind: str,
    at: datetime,
    by: int | None,
    for_agency: int | None,
    data: dict[str, Any],
    previous: str,
) -> str:
    """SHA-256 (hex) of the event and the previous hash.

    The input is the UTF-8 JSON of the eight values with sorted keys and no whitespace; `at` is UTC in ISO 8601
    with microseconds. A third party can recompute it from an export.
    """
    content = {
        "delivery": str(delivery),
        "sequence": sequence,
        "kind": str(kind),
        "at": at.astimezone(UTC).isoformat(timespec="microseconds"),
        "by": by,
        "for_agency": for_agency,
        "data": data,
        "previous": previous,
    }
    return hashlib.sha256(CANONICAL.encode(content).encode()).hexdigest()


class DeliveryEvent(models.Model):
    """One event of one delivery. Database triggers refuse UPDATE, DELETE and TRUNCATE."""

    delivery = models.ForeignKey(
        Delivery, models.PROTECT, related_name="events", db_index=False, verbose_name=_("delivery")
    )
    sequence = models.PositiveIntegerField(_("sequence"))
    kind = models.CharField(_("kind"), max_length=20, choices=EventKind)
    at = models.DateTimeField(_("at"))
    by = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("by"),
    )
    for_agency = models.ForeignKey(
        Agency,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("for the unit"),
    )
    data = models.JSONField(_("details"), default=dict, blank=True)
    previous_hash = Sha256Field(blank=True, editable=False)
    hash = Sha256Field(editable=False)

    class Meta:
        ordering = ["delivery", "sequence"]
        verbose_name = _("delivery event")
        verbose_name_plural = _("delivery events")
        constraints = [
            models.UniqueConstraint(fields=["delivery", "sequence"], name="one_event_per_sequence"),
            models.CheckConstraint(
                condition=Q(hash__length=LENGTH)
                & (Q(previous_hash__length=LENGTH) | Q(previous_hash__length=0)),
                name="event_hashes_have_their_length",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
            NEVER_TRUNCATED,
        ]

    def __str__(self) -> str:
        return f"{self.delivery_id} #{self.sequence} {self.kind}"

    def computed_hash(self, delivery_public_id: UUID) -> str:
        """The hash recomputed from the stored values; differs from `hash` if the row was tampered with."""
        return event_hash(
            delivery=delivery_public_id,
            sequence=self.sequence,
            kind=self.kind,
            at=self.at,
            by=self.by_id,
            for_agency=self.for_agency_id,
            data=self.data,
            previous=self.previous_hash,
        )

    def chain(self, delivery_public_id: UUID, previous: str) -> "DeliveryEvent":
        """Set both hashes and return the event."""
        self.previous_hash = previous
        self.hash = self.computed_hash(delivery_public_id)
        return self

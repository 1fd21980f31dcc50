"""A notice: a message to be sent through one channel. The row is authoritative; tasks only wake the workers."""

from datetime import datetime, timedelta
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from agencies.models import Agency, User
from agencies.models.contact_details.channel import LONGEST_ADDRESS, LONGEST_CODE, channel_choices
from distribution.models.deliveries.delivery import Delivery
from distribution.models.notices.notice_details import NoticeDetails
from distribution.models.notices.notice_kind import KINDS, NOT_OF_THE_LETTER, WITHOUT_A_DELIVERY, NoticeKind


class NoticeState(models.TextChoices):
    """States of a notice.

    HELD -> BUNDLED          part of a digest; ends in the digest's state
    WAITING -> SENDING -> SENT | FAILED, or back to WAITING with a later moment
    PAUSED                   the sender has paused the letter
    CANCELLED                no longer needed
    """

    WAITING = "waiting", pgettext_lazy("notice", "Waiting")
    SENDING = "sending", _("Being sent")
    SENT = "sent", pgettext_lazy("notice", "Sent")
    FAILED = "failed", _("Failed")
    HELD = "held", _("Waits for the digest")
    BUNDLED = "bundled", _("In a digest")
    PAUSED = "paused", _("Paused")
    CANCELLED = "cancelled", _("No longer needed")


PENDING = (
    NoticeState.WAITING,
    NoticeState.SENDING,
    NoticeState.HELD,
    NoticeState.BUNDLED,
    NoticeState.PAUSED,
)
"""States from which a notice can still be sent."""

BACKOFF = [timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 180, 720)]
STUCK_AFTER = timedelta(seconds=40)
"""A claim that its worker has not renewed for this long is taken over by another worker."""

LONGEST_BATCH = timedelta(minutes=10)
"""No task sends one batch for longer."""


class NoticeQuerySet(models.QuerySet["Notice"]):
    """Query set of notices."""

    def due(self, at: datetime) -> Self:
        """Waiting notices whose `next_attempt_at` has passed."""
        return self.filter(state=NoticeState.WAITING, next_attempt_at__lte=at)

    def unrecorded(self) -> Self:
        """Sent notices whose effect on the delivery isn't recorded yet."""
        return self.filter(state=NoticeState.SENT, recorded_at=None)

    def given_up(self) -> Self:
        """Failed notices of the letter without a replacement.

        Neither one-time codes, which the user requests anew, nor questions for an address.
        """
        return self.filter(state=NoticeState.FAILED, replacement=None).exclude(kind__in=NOT_OF_THE_LETTER)


class Notice(models.Model):
    """One message to one unit or user about one delivery.

    A digest has no delivery of its own but members; a letter that was not dispatched has none yet.
    """

    kind = models.CharField(_("kind"), max_length=20, choices=NoticeKind, default=NoticeKind.LETTER)
    delivery = models.ForeignKey(
        Delivery, models.PROTECT, null=True, blank=True, related_name="notices", verbose_name=_("delivery")
    )
    agency = models.ForeignKey(
        Agency,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="notices",
        db_index=False,
        verbose_name=_("to the unit"),
    )
    person = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="notices",
        db_index=False,
        verbose_name=_("to the person"),
    )
    bundle = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="members",
        db_index=False,
        verbose_name=_("digest"),
    )
    digest_on = models.DateField(_("digest of"), null=True, blank=True)
    replaces = models.OneToOneField(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="replacement",
        verbose_name=_("instead of"),
    )
    data = models.JSONField(_("details"), default=dict, blank=True)
    channel = models.CharField(_("channel"), max_length=LONGEST_CODE, choices=channel_choices)
    address = models.CharField(_("address"), max_length=LONGEST_ADDRESS, blank=True)
    message_id = models.CharField(_("Message-ID"), max_length=120)
    state = models.CharField(_("state"), max_length=10, choices=NoticeState, default=NoticeState.WAITING)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    next_attempt_at = models.DateTimeField(_("next attempt"))
    claimed_at = models.DateTimeField(_("claimed"), null=True, blank=True)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    recorded_at = models.DateTimeField(_("recorded"), null=True, blank=True)
    last_error = models.CharField(_("last error"), max_length=500, blank=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        indexes = [
            models.Index(
                fields=["next_attempt_at", "id"], condition=Q(state=NoticeState.WAITING), name="notice_due"
            ),
            models.Index(
                fields=["claimed_at"], condition=Q(state=NoticeState.SENDING), name="notice_claimed"
            ),
            models.Index(
                fields=["sent_at"],
                condition=Q(state=NoticeState.SENT, recorded_at__isnull=True),
                name="notice_unrecorded",
            ),
            models.Index(
                fields=["agency", "person"], condition=Q(state=NoticeState.HELD), name="notice_held"
            ),
            models.Index(fields=["delivery"], condition=Q(state=NoticeState.PAUSED), name="notice_paused"),
            models.Index(fields=["bundle"], condition=Q(bundle__isnull=False), name="notice_bundled"),
            models.Index(
                fields=["next_attempt_at"],
                condition=Q(kind=NoticeKind.CHANNEL_AWAY),
                name="notice_channel_away",
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["message_id"], name="notice_message_id"),
            models.CheckConstraint(
                condition=Q(delivery__isnull=False) | Q(kind__in=WITHOUT_A_DELIVERY),
                name="notice_of_a_letter_is_about_a_delivery",
            ),
            models.UniqueConstraint(
                fields=["agency", "digest_on"],
                condition=Q(digest_on__isnull=False, person__isnull=True, replaces__isnull=True),
                name="one_digest_per_unit_and_morning",
            ),
            models.UniqueConstraint(
                fields=["person", "digest_on"],
                condition=Q(digest_on__isnull=False, person__isnull=False, replaces__isnull=True),
                name="one_digest_per_person_and_morning",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_channel_display()} → {self.address or self.agency or self.person}"

    @property
    def details(self) -> NoticeDetails:
        """Data of its kind, read from `data`."""
        return KINDS[NoticeKind(self.kind)].details.from_json(self.data)

    @property
    def carrier(self) -> "Notice":
        """The message that is actually sent: the digest that contains it, or itself."""
        return self.bundle or self

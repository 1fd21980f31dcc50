"""A notice: a message that has to leave through one channel. The row is the truth; a task only wakes a worker."""

from datetime import datetime, timedelta
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from agencies.models import Agency, User
from agencies.models.channel import LONGEST_ADDRESS, LONGEST_CODE, channel_choices
from distribution.models.delivery import Delivery
from distribution.models.notice_kind import ASKED_FOR_ANEW, KINDS, NoticeDetails, NoticeKind


class NoticeState(models.TextChoices):
    """
    HELD -> BUNDLED          it travels in a digest, and ends as the digest does
    WAITING -> SENDING -> SENT | FAILED, or back to WAITING with a later moment
    PAUSED                   the sender stopped the sending for the time being
    CANCELLED                there is no cause for it any more
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
"""States from which a notice can still leave."""

BACKOFF = [timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 180, 720)]
STUCK_AFTER = timedelta(minutes=10)


class NoticeQuerySet(models.QuerySet["Notice"]):
    """Sets of notices."""

    def due(self, at: datetime) -> Self:
        """Waiting, and their moment has come."""
        return self.filter(state=NoticeState.WAITING, next_attempt_at__lte=at)

    def stuck(self, at: datetime) -> Self:
        """Claimed so long ago that the worker which claimed them must be dead."""
        return self.filter(state=NoticeState.SENDING, claimed_at__lt=at - STUCK_AFTER)

    def unrecorded(self) -> Self:
        """Sent, but the delivery doesn't say so yet."""
        return self.filter(state=NoticeState.SENT, recorded_at=None)

    def given_up(self) -> Self:
        """Failed for good, and no other channel took over. A one-time code is asked for anew instead."""
        return self.filter(state=NoticeState.FAILED, replacement=None).exclude(kind__in=ASKED_FOR_ANEW)


class Notice(models.Model):
    """One message to one unit or one person, about one delivery; a digest is about its members' deliveries."""

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
        ]
        constraints = [
            models.UniqueConstraint(fields=["message_id"], name="notice_message_id"),
            models.CheckConstraint(
                condition=Q(delivery__isnull=False) | Q(kind=NoticeKind.DIGEST),
                name="notice_is_about_a_delivery",
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
        """What its kind says beside the delivery, read from `data`."""
        return KINDS[NoticeKind(self.kind)].details.from_json(self.data)

    @property
    def carrier(self) -> "Notice":
        """The message that really leaves: the digest that carries it, or itself."""
        return self.bundle or self

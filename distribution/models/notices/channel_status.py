"""Whether a channel as a whole works: since when not, why, and when it is tried again."""

from datetime import datetime, timedelta
from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from agencies.models.contact_details.channel import LONGEST_CODE, channel_label


class Fault(models.TextChoices):
    """Reasons for which a channel as a whole accepts nothing. The labels are sentences for the screen."""

    UNREACHABLE = "unreachable", _("The server can't be reached.")
    INSECURE = "insecure", _("No secure connection to the server: its certificate isn't valid.")
    SIGN_IN = "sign_in", _("The server doesn't accept the user name or the password.")
    SENDER = "sender", _("The server doesn't accept the sender address.")
    RELAYING = "relaying", _("The server refuses to pass our mail on.")
    QUOTA = "quota", _("The account's sending limit is used up.")
    OVERLOADED = "overloaded", _("The server's disk is full, or it is overloaded.")
    REFUSED = "refused", _("The server is out of order or refuses the connection.")


NEVER_PERMANENT = (Fault.QUOTA, Fault.OVERLOADED)
"""Faults that pass by themselves, whatever code the server gives them: no notice is given up for them."""

OF_CONNECTIONS = (Fault.UNREACHABLE, Fault.INSECURE, Fault.SIGN_IN, Fault.REFUSED)
"""Faults that are mended when the server takes a connection. The others show only when it takes a message."""

TRIED_AGAIN = [timedelta(minutes=minutes) for minutes in (1, 2, 5, 10)]
"""Waiting times between tries of a suspended channel; the last one repeats without end."""

SIGN_IN_TRIED_AGAIN = [timedelta(minutes=minutes) for minutes in (5, 15, 30)]
"""The same after a refused sign-in: a server locks an account after a few wrong passwords."""

REFUSALS_BEFORE_SUSPENSION = 3
"""Refusals in a row, without a success between, that may concern the recipient but suggest a fault of the channel."""

BY_HAND_AFTER = timedelta(seconds=30)
"""A user may ask for the next try at the earliest this long after the last one."""


class ChannelStatusQuerySet(models.QuerySet["ChannelStatus"]):
    """Sets of channels."""

    def suspended(self) -> Self:
        """Channels on which nothing is sent except a try now and then."""
        return self.filter(suspended_at__isnull=False)


class ChannelStatus(models.Model):
    """The state of one channel. A channel without a row has never failed."""

    channel = models.CharField(_("channel"), max_length=LONGEST_CODE, primary_key=True)
    refusals = models.PositiveSmallIntegerField(_("refusals in a row"), default=0)
    suspended_at = models.DateTimeField(_("suspended since"), null=True, blank=True)
    fault = models.CharField(_("reason"), max_length=20, choices=Fault, blank=True)
    answer = models.CharField(_("the server's answer"), max_length=500, blank=True)
    is_certain = models.BooleanField(_("concerns every message"), default=True)
    tries = models.PositiveIntegerField(_("tries since then"), default=0)
    tried_at = models.DateTimeField(_("last try"), null=True, blank=True)
    next_try_at = models.DateTimeField(_("next try"), null=True, blank=True)
    configuration = models.CharField(_("digest of the settings"), max_length=64, blank=True)

    objects = ChannelStatusQuerySet.as_manager()

    class Meta:
        verbose_name = _("state of a channel")
        verbose_name_plural = _("states of channels")

    def __str__(self) -> str:
        return channel_label(self.channel)

    @property
    def label(self) -> str:
        return channel_label(self.channel)

    def next_after(self, at: datetime) -> datetime:
        """The moment of the next try, after a failed one at the given moment. `tries` includes the failed one."""
        table = SIGN_IN_TRIED_AGAIN if self.fault == Fault.SIGN_IN else TRIED_AGAIN
        return at + table[min(self.tries, len(table)) - 1]

    def may_be_tried_by_hand(self, at: datetime) -> bool:
        """Whether the last try is long enough ago for another one at a user's request."""
        return self.tried_at is None or self.tried_at <= at - BY_HAND_AFTER

"""Choices of the circular's fields."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Urgency(models.TextChoices):
    """Grades of urgency; there are no others (Y 26/1)."""

    NORMAL = "", _("Normal")
    URGENT = "ACELE", _("Urgent (ACELE)")
    TIMED = "GÜNLÜDÜR", _("Timed (GÜNLÜDÜR)")


class Secrecy(models.TextChoices):
    """Grades of secrecy that the product may store; Gizli and Çok Gizli letters are refused."""

    NONE = "", _("None")
    OFFICIAL_USE = "HİZMETE ÖZEL", _("Official use only (HİZMETE ÖZEL)")


class Status(models.TextChoices):
    DRAFT = "draft", _("Draft")
    SCHEDULED = "scheduled", _("Scheduled")
    DISPATCHED = "dispatched", _("Dispatched")


NOT_SENT = (Status.DRAFT, Status.SCHEDULED)
"""States before the dispatch. Only a draft can be changed."""


class FileChoice(models.TextChoices):
    """Which letter file goes with a correction."""

    NEW = "new", _("A new file")
    UNCHANGED = "unchanged", _("The signed file is unchanged")

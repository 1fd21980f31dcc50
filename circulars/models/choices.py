"""Choices of the circular's fields."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from agencies.turkish import uncached_search_key


class Urgency(models.TextChoices):
    """Grades of urgency; there are no others (Y 26/1)."""

    NORMAL = "", _("Normal")
    URGENT = "ACELE", _("Urgent (ACELE)")
    TIMED = "GÜNLÜDÜR", _("Timed (GÜNLÜDÜR)")


class Secrecy(models.TextChoices):
    """Grades of secrecy that the product may store; Gizli and Çok Gizli letters are refused."""

    NONE = "", _("None")
    OFFICIAL_USE = "HİZMETE ÖZEL", _("Official use only (HİZMETE ÖZEL)")


def is_marked_gizli(text: str) -> bool:
    """Whether the text has the word, so that it may belong to a letter that may not be stored."""
    return "gizli" in uncached_search_key(text).split()


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

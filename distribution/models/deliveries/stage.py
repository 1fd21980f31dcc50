"""Choices of a delivery: stages, dispositions, return grounds, acts, and how a unit told the sender something."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Stage(models.TextChoices):
    """The highest milestone reached, or the state that ended the delivery early."""

    WAITING = "waiting", _("Not notified yet")
    NOTIFIED = "notified", _("Notified")
    REACHED = "reached", _("Reached")
    OPENED = "opened", _("Opened")
    ACKNOWLEDGED = "acknowledged", _("Confirmed")
    COMPLETED = "completed", _("Completed")
    RETURNED = "returned", _("Returned")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    SUPERSEDED = "superseded", _("Covered by another copy")


class Disposition(models.TextChoices):
    DONE = "done", _("Done")
    NOT_APPLICABLE = "not_applicable", _("Not applicable")


class ReturnGround(models.TextChoices):
    """Grounds for returning a letter."""

    NOT_ADDRESSEE = "not_addressee", _("Not the addressee (Y 32)")
    NOT_FIT = "not_fit", _("Not fit for use (Y 30/4)")


class Act(models.TextChoices):
    """What a unit does with its copy and may take back. The moment of each is the milestone `VALUE_at`."""

    ACKNOWLEDGED = "acknowledged", _("Confirmation")
    COMPLETED = "completed", _("Answer given")
    RETURNED = "returned", _("Return of the letter")


class SaidThrough(models.TextChoices):
    """How a unit confirmed or answered outside the product."""

    TELEPHONE = "telephone", _("Telephone")
    PAPER = "paper", _("Letter on paper")
    KEP = "kep", _("KEP message")
    OWN_EBYS = "own_ebys", _("The unit's own EBYS")
    IN_PERSON = "in_person", _("In person")
    EMAIL = "email", _("Another e-mail")

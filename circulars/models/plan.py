"""Distribution plans: named lists of recipient lines that a unit reuses (S6).

Versions are immutable: editing a plan creates its next version. A letter references the version that it used.
"""

from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency, AgencyGroup, Membership, Role, User
from agencies.turkish import match_key
from circulars.withheld import Withheld, split_note, withheld_by


class Purpose(models.TextChoices):
    """Gereği requires action, Bilgi only informs (Y 19/2)."""

    ACTION = "action", _("For action (Gereği)")
    INFORMATION = "information", _("For information (Bilgi)")


class PrintedLine(models.Model):
    """A printed line with its purpose and the agency or the group it names."""

    position = models.PositiveSmallIntegerField(_("position"))
    purpose = models.CharField(_("purpose"), max_length=12, choices=Purpose)
    text = models.CharField(_("as printed"), max_length=300)
    agency = models.ForeignKey(
        Agency, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("agency")
    )
    group = models.ForeignKey(
        AgencyGroup, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("group")
    )

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.text

    @property
    def name(self) -> str:
        """The printed recipient without a note on attachments that it doesn't get (Y 18)."""
        return split_note(self.text)[0]

    @property
    def withheld(self) -> Withheld | None:
        """What the line's note keeps from its recipients; None without a note."""
        return withheld_by(self.text)


class DistributionPlanQuerySet(models.QuerySet["DistributionPlan"]):
    """Sets of plans."""

    def in_use(self) -> Self:
        """Plans that aren't retired."""
        return self.filter(retired_at__isnull=True)

    def visible_to(self, user: User) -> Self:
        """Plans of the units where the person is a sender, and of the units above them."""
        units = Agency.objects.filter(pk__in=Membership.objects.agencies_of(user, Role.SENDER))
        above = {pk for path in units.values_list("path", flat=True) for pk in path}
        return self.filter(owner_id__in=above)

    def editable_by(self, user: User) -> Self:
        """Plans of the units where the person is a sender."""
        return self.filter(owner_id__in=Membership.objects.agencies_of(user, Role.SENDER))

    def usable_by(self, issuer: Agency) -> Self:
        """Plans available to letters of the unit: its own, and those of the units above it."""
        return self.in_use().filter(owner_id__in=issuer.path)


class DistributionPlan(models.Model):
    """A named list of lines owned by one unit; the lines belong to its versions."""

    owner = models.ForeignKey(Agency, models.PROTECT, related_name="plans", verbose_name=_("unit"))
    name = models.CharField(
        _("name"), max_length=80, help_text=_("As letters print it, such as “A Planı” or “İl Planı”.")
    )
    match_key = models.CharField(max_length=120, editable=False)
    retired_at = models.DateTimeField(_("put away at"), null=True, blank=True, editable=False)

    objects = DistributionPlanQuerySet.as_manager()

    class Meta:
        ordering = ["owner__protocol_order", "name"]
        verbose_name = _("distribution plan")
        verbose_name_plural = _("distribution plans")
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "match_key"],
                condition=Q(retired_at__isnull=True),
                name="one_plan_per_name",
                violation_error_message=_("The unit has a plan of this name already."),
            )
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save, with the match key derived from the name."""
        self.match_key = match_key(self.name)
        super().save(*args, **kwargs)


class PlanVersion(models.Model):
    """An immutable version of a plan's lines."""

    plan = models.ForeignKey(
        DistributionPlan, models.CASCADE, related_name="versions", verbose_name=_("plan")
    )
    number = models.PositiveIntegerField(_("version"))
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("made by"))
    made_at = models.DateTimeField(_("made at"))

    class Meta:
        ordering = ["-number"]
        verbose_name = _("version of a plan")
        verbose_name_plural = _("versions of plans")
        constraints = [models.UniqueConstraint(fields=["plan", "number"], name="one_version_per_number")]

    def __str__(self) -> str:
        return f"{self.plan} · {self.number}"

    def settled_lines(self) -> "models.QuerySet[PlanLine]":
        """Its lines with their agency or group, in one query."""
        return self.lines.select_related("agency", "group")


class PlanLine(PrintedLine):
    """One line of a plan: its printed wording and the agency or the group it names."""

    version = models.ForeignKey(PlanVersion, models.CASCADE, related_name="lines", verbose_name=_("version"))

    class Meta:
        ordering = ["position"]
        verbose_name = _("line of a plan")
        verbose_name_plural = _("lines of plans")
        constraints = [
            models.UniqueConstraint(fields=["version", "position"], name="one_plan_line_per_position"),
            models.CheckConstraint(
                condition=Q(agency__isnull=True, group__isnull=False)
                | Q(agency__isnull=False, group__isnull=True),
                name="plan_line_is_agency_or_group",
            ),
        ]

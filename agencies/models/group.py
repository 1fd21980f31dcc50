"""Classes of agencies that a letter names in one line."""

from collections.abc import Collection
from datetime import date
from functools import reduce
from operator import or_

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agencies.models.agency import Agency
from agencies.models.kind import AgencyKind


class AgencyGroup(models.Model):
    """A class of agencies that a letter names in one line, defined by a rule, by chosen members, or both."""

    code = models.SlugField(_("code"), max_length=80, unique=True, null=True, blank=True)
    name = models.CharField(_("name"), max_length=200)
    rule_kind = models.CharField(_("rule: kind"), max_length=30, choices=AgencyKind, blank=True)
    rule_template = models.CharField(_("rule: provincial template"), max_length=120, blank=True)
    members = models.ManyToManyField(
        Agency, blank=True, related_name="hand_picked_in", verbose_name=_("hand-picked members")
    )

    class Meta:
        ordering = ["name"]
        verbose_name = _("group")
        verbose_name_plural = _("groups")
        constraints = [
            models.CheckConstraint(
                condition=Q(rule_template="") | ~Q(rule_kind=""),
                name="group_template_needs_kind",
                violation_error_message=_("A rule by provincial template needs a kind too."),
            )
        ]

    def __str__(self) -> str:
        return self.name

    def rule(self) -> Q:
        """The rule as a condition on agencies. Only for groups with a rule."""
        rule = Q(kind=self.rule_kind)
        return rule & Q(template=self.rule_template) if self.rule_template else rule

    def includes_by_rule(self, agency: Agency) -> bool:
        """Whether the rule, if any, covers the agency: `rule()` for a loaded row."""
        return (
            bool(self.rule_kind)
            and agency.kind == self.rule_kind
            and (not self.rule_template or agency.template == self.rule_template)
        )

    def members_on(self, on: date) -> list[Agency]:
        """Members on that day, in protocol order."""
        return members_by_group([self], on=on)[self.pk]


def members_by_group(groups: Collection[AgencyGroup], *, on: date) -> dict[int, list[Agency]]:
    """Members on that day by group id, in protocol order. Two queries in total."""
    members: dict[int, list[Agency]] = {group.pk: [] for group in groups}
    if not groups:
        return members
    picked: dict[int, set[int]] = {}
    through = AgencyGroup.members.through.objects.filter(agencygroup__in=groups)
    for group_id, agency_id in through.values_list("agencygroup_id", "agency_id"):
        picked.setdefault(agency_id, set()).add(group_id)
    wanted = reduce(or_, (group.rule() for group in groups if group.rule_kind), Q(pk__in=list(picked)))
    for agency in Agency.objects.active(on).filter(wanted).select_related("province"):
        for group in groups:
            if group.pk in picked.get(agency.pk, ()) or group.includes_by_rule(agency):
                members[group.pk].append(agency)
    return members

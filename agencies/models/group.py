"""Classes of agencies that a letter names in one line."""

from collections import Counter
from collections.abc import Collection
from datetime import date
from functools import reduce
from operator import or_

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agencies.models.agency import Agency
from agencies.models.kind import AgencyKind


class RuleProvinces(models.TextChoices):
    """Provinces to which a group's rule is confined."""

    METROPOLITAN = "metropolitan", _("provinces with a metropolitan municipality")
    OTHER = "other", _("provinces without a metropolitan municipality")


class AgencyGroup(models.Model):
    """A class of agencies that a letter names in one line, defined by a rule, by chosen members, or both."""

    code = models.SlugField(_("code"), max_length=80, unique=True, null=True, blank=True)
    name = models.CharField(_("name"), max_length=200)
    rule_kind = models.CharField(_("rule: kind"), max_length=30, choices=AgencyKind, blank=True)
    rule_template = models.CharField(_("rule: provincial template"), max_length=120, blank=True)
    rule_provinces = models.CharField(
        _("rule: provinces"), max_length=20, choices=RuleProvinces, blank=True, default="", db_default=""
    )
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
            ),
            models.CheckConstraint(
                condition=Q(rule_provinces="") | ~Q(rule_kind=""),
                name="group_provinces_need_kind",
                violation_error_message=_("A rule by provinces needs a kind too."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def rule(self) -> Q:
        """The rule as a condition on agencies. Only for groups with a rule."""
        rule = Q(kind=self.rule_kind)
        if self.rule_template:
            rule &= Q(template=self.rule_template)
        if self.rule_provinces:
            rule &= Q(province__metropolitan=self.rule_provinces == RuleProvinces.METROPOLITAN)
        return rule

    def rules_in(self, kind: str, template: str, metropolitan: bool | None) -> bool:
        """Whether the rule, if any, covers agencies of that kind and template.

        `metropolitan` says whether their province has a metropolitan municipality; None for agencies without one.
        """
        return (
            bool(self.rule_kind)
            and kind == self.rule_kind
            and (not self.rule_template or template == self.rule_template)
            and (
                not self.rule_provinces or metropolitan is (self.rule_provinces == RuleProvinces.METROPOLITAN)
            )
        )

    def includes_by_rule(self, agency: Agency) -> bool:
        """Whether the rule, if any, covers the agency: `rule()` for a loaded row.

        Reads the agency's province if the rule is confined to provinces.
        """
        province = agency.province if self.rule_provinces and agency.kind == self.rule_kind else None
        return self.rules_in(agency.kind, agency.template, province.metropolitan if province else None)

    def members_on(self, on: date) -> list[Agency]:
        """Members on that day, in protocol order."""
        return members_by_group([self], on=on)[self.pk]


def members_by_group(groups: Collection[AgencyGroup], *, on: date) -> dict[int, list[Agency]]:
    """Members on that day by group id, in protocol order. Two queries in total."""
    members: dict[int, list[Agency]] = {group.pk: [] for group in groups}
    if not groups:
        return members
    picked = _picked(groups)
    wanted = reduce(or_, (group.rule() for group in groups if group.rule_kind), Q(pk__in=list(picked)))
    for agency in Agency.objects.active(on).filter(wanted).select_related("province", "district"):
        for group in groups:
            if group.pk in picked.get(agency.pk, ()) or group.includes_by_rule(agency):
                members[group.pk].append(agency)
    return members


def sizes_of_groups(groups: Collection[AgencyGroup], *, on: date) -> dict[int, int]:
    """Number of members on that day by group id. Three queries, none of which reads the members by rule."""
    sizes = {group.pk: 0 for group in groups}
    if not groups:
        return sizes
    classes = ("kind", "template", "province__metropolitan")
    active = Agency.objects.active(on).order_by()
    kinds = {group.rule_kind for group in groups} - {""}
    for *of_class, number in (
        active.filter(kind__in=kinds).values_list(*classes).annotate(number=models.Count("pk"))
    ):
        for group in groups:
            if group.rules_in(*of_class):
                sizes[group.pk] += number
    picked = _picked(groups)
    if not picked:
        return sizes
    by_pk = {group.pk: group for group in groups}
    extra: Counter[int] = Counter()
    for pk, *of_class in active.filter(pk__in=picked).values_list("pk", *classes):
        extra.update(each for each in picked[pk] if not by_pk[each].rules_in(*of_class))
    return {pk: size + extra[pk] for pk, size in sizes.items()}


def _picked(groups: Collection[AgencyGroup]) -> dict[int, set[int]]:
    """Ids of the groups in which each agency was hand-picked. One query."""
    picked: dict[int, set[int]] = {}
    through = AgencyGroup.members.through.objects.filter(agencygroup__in=groups)
    for group_id, agency_id in through.values_list("agencygroup_id", "agency_id"):
        picked.setdefault(agency_id, set()).add(group_id)
    return picked

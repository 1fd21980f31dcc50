"""The directory of the state: agencies, groups of agencies, and the people who act for them."""

from collections.abc import Collection
from datetime import date
from functools import reduce
from operator import or_
from typing import Any, Self

from django.contrib.auth.models import AbstractUser
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.core.exceptions import ValidationError
from django.db import connection, models, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agencies.deputy_models import Deputyship
from agencies.expressions import IsAnyOf, stood_in_by
from agencies.kinds import REACHING_EVERY_PROVINCE, AgencyKind
from agencies.leave_models import DeclaredLeave
from agencies.province_models import Province
from agencies.reach import CHOOSABLE, ways_to
from agencies.turkish import dative, match_key, search_key, sort_key
from agencies.upkeep import (
    AgencyName,
    ChangeKind,
    DirectoryChange,
    DirectoryImport,
    ImportRow,
    ImportState,
    Outcome,
)
from agencies.wording_models import AgencyWording, GroupWording

__all__ = [
    "Agency",
    "AgencyGroup",
    "AgencyKind",
    "AgencyName",
    "AgencyQuerySet",
    "AgencyWording",
    "ChangeKind",
    "DeclaredLeave",
    "Deputyship",
    "DirectoryChange",
    "DirectoryImport",
    "GroupWording",
    "ImportRow",
    "ImportState",
    "Membership",
    "MembershipQuerySet",
    "Outcome",
    "Province",
    "Role",
    "User",
    "members_by_group",
]


class User(AbstractUser):
    """A person. What a person may do comes from memberships of agencies, never from the person."""

    job_title = models.CharField(_("job title"), max_length=120, blank=True)
    keeps_directory = models.BooleanField(
        _("keeps the directory"),
        default=False,
        help_text=_("May import the directory, and rename, merge and close agencies."),
    )

    class Meta(AbstractUser.Meta):
        verbose_name = _("person")  # type: ignore[assignment]
        verbose_name_plural = _("people")  # type: ignore[assignment]

    def __str__(self) -> str:
        return self.get_full_name() or self.get_username()

    @property
    def may_keep_directory(self) -> bool:
        """Whether the person may change the directory; an administrator may."""
        return self.is_active and (self.is_superuser or self.keeps_directory)


class AgencyQuerySet(models.QuerySet["Agency"]):
    """Sets of agencies."""

    def active(self, on: date) -> Self:
        """Agencies in being on that day."""
        return self.filter(
            Q(active_from__isnull=True) | Q(active_from__lte=on),
            Q(active_to__isnull=True) | Q(active_to__gt=on),
        )

    def within(self, agency_ids: list[int]) -> Self:
        """The given agencies and everything below them."""
        return self.filter(path__overlap=agency_ids)

    def managed_by(self, user: "User") -> Self:
        """Agencies that the person manages, there or from above; an administrator manages all."""
        if user.is_superuser:
            return self.all()
        return self.within(list(Membership.objects.agencies_of(user, Role.MANAGER)))

    def related_to(self, unit: "Agency") -> Self:
        """To whom it may pass letters on: its tree, its province; a central body also to any provincial directorate."""
        related = Q(path__contains=[unit.path[0]])
        if unit.province_id is not None:
            related |= Q(province_id=unit.province_id)
        if unit.kind in REACHING_EVERY_PROVINCE:
            related |= Q(kind=AgencyKind.PROVINCIAL_DIRECTORATE)
        return self.filter(related).exclude(pk=unit.pk)

    def search(self, text: str) -> Self:
        """Agencies whose name holds every word of the text; i/ı/İ/I, â/î/û and Turkish letters are folded."""
        found = self
        for word in search_key(text).split():
            softened = f"{word[:-1]}g" if word.endswith("k") and len(word) > 3 else word
            found = found.filter(Q(search_key__contains=word) | Q(search_key__contains=softened))
        return found

    def for_directory_page(self) -> Self:
        """Children of one agency in protocol order, each with the number of its own children."""
        counted = self.select_related("province").annotate(child_count=models.Count("children"))
        return counted.order_by("protocol_order", "sort_key")

    def rebuild_paths(self) -> None:
        """Write `path` anew for the whole tree, in one statement. Needed after a bulk load."""
        with connection.cursor() as cursor:
            cursor.execute(
                """
                WITH RECURSIVE tree (id, path) AS (
                    SELECT id, ARRAY[id] FROM agencies_agency WHERE parent_id IS NULL
                    UNION ALL
                    SELECT child.id, tree.path || child.id
                    FROM agencies_agency child JOIN tree ON child.parent_id = tree.id
                )
                UPDATE agencies_agency SET path = tree.path
                FROM tree WHERE tree.id = agencies_agency.id AND agencies_agency.path IS DISTINCT FROM tree.path
                """
            )


class Agency(models.Model):
    """A public body or unit that sends or receives letters. Agencies form a tree by `parent`."""

    code = models.SlugField(_("code"), max_length=80, unique=True, null=True, blank=True)
    name = models.CharField(_("official name"), max_length=250)
    kind = models.CharField(_("kind"), max_length=30, choices=AgencyKind, default=AgencyKind.OTHER)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("parent")
    )
    path = ArrayField(models.BigIntegerField(), default=list, editable=False)
    province = models.ForeignKey(Province, models.PROTECT, null=True, blank=True, verbose_name=_("province"))
    template = models.CharField(
        _("provincial template"),
        max_length=120,
        blank=True,
        help_text=_("The name that units of this kind share in all provinces."),
    )
    protocol_order = models.PositiveIntegerField(_("protocol order"), default=9000)
    detsis_no = models.CharField(_("DETSİS number"), max_length=14, null=True, blank=True, unique=True)
    kep_address = models.EmailField(_("KEP address"), blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    channels = ArrayField(
        models.CharField(max_length=10, choices=[(way.value, way.label) for way in CHOOSABLE]),
        verbose_name=_("order of channels"),
        default=list,
        blank=True,
        help_text=_("Empty: e-mail, then KEP."),
    )
    digests_letters = models.BooleanField(
        _("letters in the morning digest"),
        default=False,
        help_text=_("New letters that aren't ACELE come in one e-mail each working morning."),
    )
    active_from = models.DateField(_("active from"), null=True, blank=True)
    active_to = models.DateField(
        _("active to"), null=True, blank=True, help_text=_("The first day it no longer is.")
    )
    successor = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="predecessors",
        verbose_name=_("successor"),
    )
    addressable = models.BooleanField(_("may be addressed from outside"), default=True)
    added_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("added by")
    )
    added_at = models.DateTimeField(_("added at"), null=True, blank=True)
    search_key = models.CharField(max_length=300, editable=False)
    match_key = models.CharField(max_length=300, editable=False)
    dative_key = models.CharField(max_length=300, editable=False)
    sort_key = models.CharField(max_length=500, editable=False, db_collation="C")

    objects = AgencyQuerySet.as_manager()

    class Meta:
        ordering = ["protocol_order", "sort_key"]
        verbose_name = _("agency")
        verbose_name_plural = _("agencies")
        indexes = [
            GinIndex(fields=["path"], name="agency_path"),
            models.Index(fields=["match_key"], name="agency_match_key"),
            models.Index(fields=["dative_key"], name="agency_dative_key"),
            models.Index(fields=["kind", "template"], name="agency_kind_template"),
            models.Index(fields=["protocol_order", "sort_key"], name="agency_protocol"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(active_to__isnull=True)
                | Q(active_from__isnull=True)
                | Q(active_to__gt=F("active_from")),
                name="agency_active_period",
                violation_error_message=_("The agency must end after it begins."),
            ),
            models.CheckConstraint(
                condition=Q(parent__isnull=True) | ~Q(parent=F("id")), name="agency_not_its_own_parent"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save with the derived columns right; the paths of what stands below follow its parent.

        Raises ValidationError if the parent stands below this agency.
        """
        self.fill_keys()
        above = Agency.objects.get(pk=self.parent_id).path if self.parent_id else []
        if self.pk in above:
            raise ValidationError({"parent": _("An agency can't stand below itself: choose another parent.")})
        with transaction.atomic():
            super().save(*args, **kwargs)
            if self.path == [*above, self.pk]:
                return
            had, self.path = self.path, [*above, self.pk]
            Agency.objects.filter(pk=self.pk).update(path=self.path)
            if had:
                Agency.objects.rebuild_paths()

    def clean(self) -> None:
        """Refuse a parent that stands below this agency, before it is saved."""
        super().clean()
        if self.pk and self.parent is not None and self.pk in self.parent.path:
            raise ValidationError({"parent": _("An agency can't stand below itself: choose another parent.")})

    def fill_keys(self) -> None:
        """Set the columns that search, matching and sorting use from the name."""
        self.search_key = search_key(self.name)
        self.match_key = match_key(self.name)
        self.dative_key = match_key(dative(self.name))
        self.sort_key = sort_key(self.name)

    def ancestors(self) -> list["Agency"]:
        """The agencies above it, the topmost first."""
        above = Agency.objects.in_bulk(self.path[:-1])
        return [above[pk] for pk in self.path[:-1]]

    def ways(self, after: str | None = None) -> list[tuple[str, str]]:
        """Channel and address of each way to it, in its order; only those behind `after`."""
        return ways_to(self.channels, email=self.email, kep_address=self.kep_address, after=after)

    def is_active(self, on: date | None = None) -> bool:
        """Whether it is in being on that day (today by default)."""
        on = on or timezone.localdate()
        return (self.active_from is None or self.active_from <= on) and (
            self.active_to is None or self.active_to > on
        )


class AgencyGroup(models.Model):
    """A class of agencies that letters name in one line, by rule, by hand-picked members, or both."""

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
        """The condition that the rule puts on agencies. Only for groups with a rule."""
        rule = Q(kind=self.rule_kind)
        return rule & Q(template=self.rule_template) if self.rule_template else rule

    def includes_by_rule(self, agency: Agency) -> bool:
        """Whether the rule, if there is one, covers the agency: `rule()` for a row already read."""
        return (
            bool(self.rule_kind)
            and agency.kind == self.rule_kind
            and (not self.rule_template or agency.template == self.rule_template)
        )

    def members_on(self, on: date) -> list[Agency]:
        """The agencies that this group stands for on that day, in protocol order."""
        return members_by_group([self], on=on)[self.pk]


def members_by_group(groups: Collection[AgencyGroup], *, on: date) -> dict[int, list[Agency]]:
    """Members of all the groups on that day by the group's id, in protocol order, in two queries together."""
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


class Role(models.TextChoices):
    SENDER = "sender", _("Sender")
    RECIPIENT = "recipient", _("Recipient")
    MANAGER = "manager", _("Manager")


class MembershipQuerySet(models.QuerySet["Membership"]):
    """Who acts for whom."""

    def active(self, on: date) -> Self:
        """Memberships in force on that day."""
        return self.filter(active_from__lte=on).filter(Q(active_to__isnull=True) | Q(active_to__gt=on))

    def acted_by(self, user: User, on: date | None = None) -> Self:
        """The person's own memberships, and those in which the person stands in for somebody (Y 17/10)."""
        on = on or timezone.localdate()
        return self.active(on).filter(Q(user_id=user.pk) | Q(IsAnyOf(F("pk"), stood_in_by(user.pk, on))))

    def agencies_of(
        self, user: User, role: Role, on: date | None = None
    ) -> models.QuerySet["Membership", int]:
        """The ids of the agencies for which the person acts in the role on that day (today by default)."""
        return self.acted_by(user, on).filter(role=role).values_list("agency_id", flat=True)


class Membership(models.Model):
    """A person acts for an agency in one role, from a day to a day."""

    user = models.ForeignKey(User, models.CASCADE, related_name="memberships", verbose_name=_("person"))
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="memberships", verbose_name=_("agency"))
    role = models.CharField(_("role"), max_length=12, choices=Role)
    active_from = models.DateField(_("from"), default=timezone.localdate)
    active_to = models.DateField(_("to"), null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        ordering = ["agency__protocol_order", "role"]
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "agency", "role"],
                condition=Q(active_to__isnull=True),
                name="one_open_membership_per_role",
            )
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.agency} · {self.get_role_display()}"

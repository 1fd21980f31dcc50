"""Public bodies and their units, as a tree."""

from datetime import date
from typing import Any, Self

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.core.exceptions import ValidationError
from django.db import connection, models, transaction
from django.db.models import F, OuterRef, Q, Subquery, Value
from django.db.models.fields.json import KT, KeyTextTransform
from django.db.models.functions import Coalesce, JSONArray, JSONObject
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agencies.models.contact_details.address import AddressField
from agencies.models.contact_details.channel import (
    LONGEST_CODE,
    REGISTRY,
    TELEPHONE,
    ChannelAddress,
    UndeliverableAddress,
    check_addresses,
    open_channels,
    order_choices,
    undeliverable_address,
    undeliverable_addresses,
)
from agencies.models.kind import REACHING_EVERY_PROVINCE, AgencyKind
from agencies.models.person import Role, User, units_acted_for
from agencies.models.province import District, Province
from agencies.notation.telephone import dialled
from agencies.turkish import dative, match_key, search_key, sort_key


def name_has(word: str, through: str = "") -> Q:
    """Condition: the agency's name contains the folded word, also where a suffix has softened its k.

    `through` is the lookup prefix from another model, e.g. `agency__`.
    """
    softened = f"{word[:-1]}g" if word.endswith("k") and len(word) > 3 else word
    return Q(**{f"{through}search_key__contains": word}) | Q(**{f"{through}search_key__contains": softened})


class AgencyQuerySet(models.QuerySet["Agency"]):
    """Sets of agencies."""

    def active(self, on: date) -> Self:
        """Agencies that exist on that day."""
        return self.filter(
            Q(active_from__isnull=True) | Q(active_from__lte=on),
            Q(active_to__isnull=True) | Q(active_to__gt=on),
        )

    def within(self, agency_ids: list[int]) -> Self:
        """The given agencies and everything below them."""
        return self.filter(path__overlap=agency_ids)

    def managed_by(self, user: "User") -> Self:
        """Agencies that the person manages directly or through an ancestor; all for an administrator."""
        if user.is_superuser:
            return self.all()
        return self.within(units_acted_for(user, Role.MANAGER))

    def related_to(self, unit: "Agency") -> Self:
        """Units to which it may pass letters on: its tree, its province; for a central body all provincial ones too."""
        related = Q(path__contains=[unit.path[0]])
        if unit.province_id is not None:
            related |= Q(province_id=unit.province_id)
        if unit.kind in REACHING_EVERY_PROVINCE:
            related |= Q(kind=AgencyKind.PROVINCIAL_DIRECTORATE)
        return self.filter(related).exclude(pk=unit.pk)

    def search(self, text: str) -> Self:
        """Agencies whose name contains every word of the text; i/ı/İ/I, â/î/û and Turkish letters are folded."""
        words = search_key(text).split()
        found = self.none() if text.strip() and not words else self
        for word in words:
            found = found.filter(name_has(word))
        return found

    def with_undeliverable_address(self) -> Self:
        """Agencies with a present address that mail came back from."""
        found = Q(pk__in=[])
        named: dict[str, KeyTextTransform] = {}
        for code, channel in REGISTRY.items():
            if not channel.has_addresses:
                continue
            if not channel.column:
                named[f"present_{code}"] = KT(f"addresses__{code}")
            present = JSONArray(JSONObject(address=F(channel.column or f"present_{code}")))
            found |= Q(**{f"undeliverable__{code}__contains": present})
        return self.exclude(undeliverable={}).alias(**named).filter(found)

    def with_wrong_number(self) -> Self:
        """Agencies whose present telephone number was noted as wrong."""
        present = JSONArray(JSONObject(address=F("phone")))
        return self.exclude(undeliverable={}).filter(**{f"undeliverable__{TELEPHONE}__contains": present})

    def for_directory_page(self) -> Self:
        """Agencies in protocol order, each annotated with the number of its children."""
        below = Agency.objects.filter(parent=OuterRef("pk")).order_by().values("parent")
        number = Subquery(below.annotate(number=models.Count("pk")).values("number"))
        counted = self.select_related("province", "district").annotate(child_count=Coalesce(number, 0))
        return counted.order_by("protocol_order", "sort_key")

    def rebuild_paths(self) -> None:
        """Recompute `path` for the whole tree in one statement. Needed after a bulk load."""
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
    district = models.ForeignKey(
        District, models.PROTECT, null=True, blank=True, related_name="agencies", verbose_name=_("district")
    )
    template = models.CharField(
        _("provincial template"),
        max_length=120,
        blank=True,
        help_text=_("The name that units of this kind share in all provinces."),
    )
    protocol_order = models.PositiveIntegerField(_("protocol order"), default=9000)
    detsis_no = models.CharField(_("DETSİS number"), max_length=14, null=True, blank=True, unique=True)
    kep_address = AddressField(_("KEP address"), blank=True)
    email = AddressField(_("e-mail"), blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    channels = ArrayField(
        models.CharField(max_length=LONGEST_CODE, choices=order_choices),
        verbose_name=_("order of channels"),
        default=list,
        blank=True,
        help_text=_("Empty: e-mail, then KEP."),
    )
    addresses = models.JSONField(
        _("further addresses"),
        default=dict,
        blank=True,
        validators=[check_addresses],
        help_text=_("The address for each channel that has no field of its own."),
    )
    undeliverable = models.JSONField(_("addresses that nothing reaches"), default=dict, editable=False)
    proposed = models.JSONField(default=dict, db_default=Value({}, models.JSONField()), editable=False)
    """By channel, the addresses that senders have set and nobody has decided on (`ProposedAddress`)."""
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
        """Save, with derived columns and the paths of all descendants updated.

        Raises ValidationError if the parent is a descendant of this agency.
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

    def get_kind_display(self) -> str:  # type: ignore[no-redef]
        """The label of the kind. Django's method translates every label of the choices at each call."""
        return str(AgencyKind(self.kind).label)

    def clean(self) -> None:
        """Raises ValidationError if the parent is a descendant of this agency."""
        super().clean()
        self.addresses = self.addresses or {}
        if self.pk and self.parent is not None and self.pk in self.parent.path:
            raise ValidationError({"parent": _("An agency can't stand below itself: choose another parent.")})

    def fill_keys(self) -> None:
        """Derive the search, match and sort keys from the name."""
        self.search_key = search_key(self.name)
        self.match_key = match_key(self.name)
        self.dative_key = match_key(dative(self.name))
        self.sort_key = sort_key(self.name)

    def is_named(self, text: str) -> bool:
        """Whether the text is just its present name, in the nominative or the dative."""
        return match_key(text) in (self.match_key, self.dative_key)

    def ancestors(self) -> list["Agency"]:
        """All ancestors, the topmost first."""
        above = Agency.objects.in_bulk(self.path[:-1])
        return [above[pk] for pk in self.path[:-1]]

    def open_channels(self, *, after: str | None = None, letter: int | None = None) -> list[ChannelAddress]:
        """Enabled channels by which it can be reached, in its order; with `after`, only later ones.

        With the id of a letter, also by addresses that were set for this letter and aren't approved yet.
        """
        return open_channels(self, after=after, letter=letter)

    @property
    def dialled_phone(self) -> str:
        """What a `tel:` link to the unit dials."""
        return dialled(self.phone)

    @property
    def wrong_number(self) -> UndeliverableAddress | None:
        """What was noted of its present telephone number, if it was noted as wrong."""
        return undeliverable_address(self, TELEPHONE, self.phone) if self.phone else None

    @property
    def undeliverable_addresses(self) -> list[UndeliverableAddress]:
        """Its present addresses that mail came back from, in display order. They are not used any more."""
        return undeliverable_addresses(self)

    def is_active(self, on: date | None = None) -> bool:
        """Whether it exists on that day (today by default)."""
        on = on or timezone.localdate()
        return (self.active_from is None or self.active_from <= on) and (
            self.active_to is None or self.active_to > on
        )

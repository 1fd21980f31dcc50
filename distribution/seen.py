"""Who had seen a letter: every unit that opened or confirmed it, what was passed on as well."""

from dataclasses import dataclass

import django_tables2 as tables
from django.db.models import Count, Q, QuerySet, Value
from django.db.models.functions import Coalesce, Concat, NullIf, Trim
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from circulars.models import Circular
from distribution.export import ExportColumn, as_is, choice
from distribution.models import Delivery, Stage
from distribution.tables import ATTRS, labelled, stage_mark

FIRST_NAMES = 20
CONFIRMED_BY = Coalesce(
    NullIf(Trim(Concat("acknowledged_by__first_name", Value(" "), "acknowledged_by__last_name")), Value("")),
    "acknowledged_by__username",
    "acknowledged_name",
)
"""The name of the person, as `Delivery.acknowledged_person` says it."""

SEEN = Q(opened_at__isnull=False) | Q(acknowledged_at__isnull=False)


@dataclass(frozen=True)
class SeenFigures:
    """How many units confirmed the letter, how many only opened it, and the first of them by name."""

    confirmed: int
    opened: int
    first: list[Delivery]

    @property
    def units(self) -> int:
        return self.confirmed + self.opened


def seen_by(circular: Circular) -> QuerySet[Delivery]:
    """The copies that somebody opened or confirmed, those confirmed first."""
    found = Delivery.objects.filter(SEEN, circular=circular).annotate(confirmed_by=CONFIRMED_BY)
    return found.select_related("agency", "acknowledged_by", "acknowledged_for").order_by(
        "acknowledged_at", "opened_at", "pk"
    )


def seen_figures(circular: Circular) -> SeenFigures:
    """Two queries, however many recipients."""
    counted = Delivery.objects.filter(SEEN, circular=circular).aggregate(
        confirmed=Count("pk", filter=Q(acknowledged_at__isnull=False)),
        opened=Count("pk", filter=Q(acknowledged_at__isnull=True)),
    )
    return SeenFigures(**counted, first=list(seen_by(circular)[:FIRST_NAMES]))


class SeenTable(tables.Table):
    """The units that had opened or confirmed a letter."""

    agency = tables.Column(
        accessor="agency__name",
        order_by=("agency__sort_key",),
        linkify=("agency", [tables.A("agency_id")]),
        verbose_name=_("Unit"),
    )
    stage = tables.Column(verbose_name=_("Stage"), attrs=labelled(_("Stage")), orderable=False)
    opened_at = tables.DateTimeColumn(verbose_name=_("Opened"), attrs=labelled(_("Opened"), "nowrap"))
    acknowledged_at = tables.DateTimeColumn(
        verbose_name=_("Confirmed"), attrs=labelled(_("Confirmed"), "nowrap")
    )
    acknowledged_person = tables.TemplateColumn(
        template_code='{% include "distribution/_confirmed_by.html" with delivery=record %}',
        verbose_name=_("By"),
        attrs=labelled(_("By")),
        orderable=False,
    )

    class Meta:
        model = Delivery
        fields: tuple[str, ...] = ()
        sequence = ("agency", "stage", "opened_at", "acknowledged_at", "acknowledged_person")
        attrs = ATTRS
        empty_text = _("Nobody has opened or confirmed it.")

    def render_stage(self, record: Delivery) -> SafeString:
        return stage_mark(record)


def how_confirmed(name: str) -> str:
    """What weakens a confirmation: the name that a person typed who didn't sign in."""
    return gettext("by link, without signing in") if name else ""


SEEN_EXPORT: list[ExportColumn] = [
    (_("Unit"), "agency__name", as_is),
    (_("Stage"), "stage", choice(Stage.choices)),
    (_("Opened"), "opened_at", as_is),
    (_("Confirmed"), "acknowledged_at", as_is),
    (_("By"), "confirmed_by", as_is),
    (_("How it was confirmed"), "acknowledged_name", how_confirmed),
    (_("Register number"), "register_number", as_is),
]

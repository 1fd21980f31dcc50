"""Units that opened or confirmed a letter, as table and export."""

import django_tables2 as tables
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from distribution.models import Delivery, Stage
from distribution.tables.base import ATTRS, ConfirmedByColumn, ListTable, MomentColumn, labelled, stage_mark
from distribution.tables.files.columns import ExportColumn, as_is, choice


class SeenTable(ListTable):
    """Units that opened or confirmed a letter."""

    agency = tables.Column(
        accessor="agency__name",
        order_by=("agency__sort_key",),
        linkify=("agency", [tables.A("agency_id")]),
        verbose_name=_("Unit"),
    )
    stage = tables.Column(verbose_name=_("Stage"), attrs=labelled(_("Stage")), orderable=False)
    opened_at = MomentColumn(
        verbose_name=pgettext_lazy("moment", "Opened"),
        attrs=labelled(pgettext_lazy("moment", "Opened"), "nowrap"),
    )
    acknowledged_at = MomentColumn(
        verbose_name=pgettext_lazy("moment", "Confirmed"),
        attrs=labelled(pgettext_lazy("moment", "Confirmed"), "nowrap"),
    )
    acknowledged_person = ConfirmedByColumn(
        verbose_name=pgettext_lazy("confirmation", "By"),
        attrs=labelled(pgettext_lazy("confirmation", "By")),
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


HOW_CONFIRMED = choice(
    [("link", _("by link, without signing in")), ("on_behalf", _("recorded by the sender"))]
)
"""Remark on weaker confirmations, by a value of `CONFIRMED_HOW`."""


SEEN_EXPORT: list[ExportColumn] = [
    (_("Unit"), "agency__name", as_is),
    (_("Stage"), "stage", choice(Stage.choices)),
    (pgettext_lazy("moment", "Opened"), "opened_at", as_is),
    (pgettext_lazy("moment", "Confirmed"), "acknowledged_at", as_is),
    (pgettext_lazy("confirmation", "By"), "confirmed_by", as_is),
    (_("How it was confirmed"), "confirmed_how", HOW_CONFIRMED),
    (_("Register number"), "register_number", as_is),
]

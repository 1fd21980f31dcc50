"""Letters that a unit has confirmed."""

from collections.abc import Mapping, Sequence
from typing import Any

import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from circulars.models import Purpose
from distribution.models import Delivery, Stage
from distribution.queries.found_in import Passage
from distribution.tables.base import (
    ATTRS,
    ConfirmedByColumn,
    ListTable,
    MomentColumn,
    found_mark,
    labelled,
    revision_mark,
    stage_mark,
)
from distribution.tables.files.columns import ExportColumn, as_is, choice
from distribution.tables.readership import HOW_CONFIRMED

ARCHIVE_EXPORT: list[ExportColumn] = [
    (_("Letter"), "circular__subject", as_is),
    (_("Number"), "circular__number", as_is),
    (_("Revision"), "circular__revision_number", as_is),
    (_("From"), "circular__issuer__name", as_is),
    (_("Purpose"), "purpose", choice(Purpose.choices)),
    (_("Stage"), "stage", choice(Stage.choices)),
    (pgettext_lazy("moment", "Confirmed"), "acknowledged_at", as_is),
    (pgettext_lazy("confirmation", "By"), "confirmed_by", as_is),
    (_("How it was confirmed"), "confirmed_how", HOW_CONFIRMED),
    (_("Answered"), "completed_at", as_is),
    (_("Our register number"), "register_number", as_is),
]


class ConfirmedTable(ListTable):
    """Letters that a unit has confirmed. `place` leads back from a letter to the list, filtered as it is."""

    def __init__(self, *args: Any, place: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.place = place

    subject = tables.Column(
        accessor="circular__subject",
        verbose_name=_("Letter"),
        orderable=False,
    )
    number = tables.Column(
        accessor="circular__number", verbose_name=_("Number"), attrs=labelled(_("Number")), orderable=False
    )
    issuer = tables.Column(
        accessor="circular__issuer__name", verbose_name=_("From"), attrs=labelled(_("From")), orderable=False
    )
    stage = tables.Column(verbose_name=_("Stage"), attrs=labelled(_("Stage")), orderable=False)
    acknowledged_at = MomentColumn(
        verbose_name=pgettext_lazy("moment", "Confirmed"),
        attrs=labelled(pgettext_lazy("moment", "Confirmed"), "nowrap"),
        orderable=False,
    )
    acknowledged_by = ConfirmedByColumn(
        verbose_name=pgettext_lazy("confirmation", "By"),
        attrs=labelled(pgettext_lazy("confirmation", "By")),
        orderable=False,
    )
    register_number = tables.Column(
        verbose_name=_("Our register number"), attrs=labelled(_("Our register number")), orderable=False
    )

    class Meta:
        model = Delivery
        fields: tuple[str, ...] = ()
        sequence = (
            "subject",
            "number",
            "issuer",
            "stage",
            "acknowledged_at",
            "acknowledged_by",
            "register_number",
        )
        attrs = ATTRS
        empty_text = _("The unit has not confirmed any letter yet.")

    passages: Mapping[int, Sequence[Passage]] = {}
    """Where a search has found the letters on the page, by the letter's id."""

    def render_subject(self, record: Delivery) -> SafeString:
        return format_html(
            '<a href="{}">{}</a>{}',
            reverse("delivery", args=[record.public_id]) + self.place,
            record.circular.subject or self.default,
            found_mark(self.passages.get(record.circular_id, ())),
        )

    def render_number(self, record: Delivery) -> SafeString:
        return format_html("{}{}", record.circular.number or self.default, revision_mark(record.circular))

    def render_stage(self, record: Delivery) -> SafeString:
        return stage_mark(record)

"""Outstanding deliveries."""

from collections.abc import Mapping, Sequence
from typing import Any

import django_tables2 as tables
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from agencies.models import AgencyKind
from circulars.models import Purpose
from distribution.models import Delivery, InternalNote, Stage
from distribution.queries.found_in import Passage
from distribution.queries.internal_notes import RowNotes
from distribution.tables.base import (
    ATTRS,
    ListTable,
    MomentColumn,
    days_since,
    found_mark,
    labelled,
    replaced_mark,
    revision_mark,
    stage_mark,
)
from distribution.tables.files.columns import ExportColumn, as_is, choice, days_waited


class OutstandingTable(ListTable):
    """The manager's list of outstanding deliveries, with the recipients' phone numbers.

    Kind, number, urgency and due time are part of other columns; `OUTSTANDING_EXPORT` has a column for each.
    `row_notes` are the reader's internal notes by the delivery's id.
    """

    row_notes: Mapping[int, RowNotes] = {}

    agency = tables.Column(
        accessor="agency__name", order_by=("agency__sort_key",), verbose_name=_("Recipient")
    )
    province = tables.Column(
        accessor="agency__province__name",
        order_by=("agency__province__sort_key",),
        verbose_name=_("Province"),
        attrs=labelled(_("Province")),
    )
    phone = tables.Column(
        accessor="agency__phone",
        verbose_name=_("Phone"),
        attrs=labelled(_("Phone"), "nowrap"),
        orderable=False,
    )
    letter = tables.Column(
        accessor="circular__subject",
        order_by=("circular__search_key",),
        verbose_name=_("Letter"),
        attrs=labelled(_("Letter")),
    )
    purpose = tables.Column(verbose_name=_("Purpose"), attrs=labelled(_("Purpose")))
    stage = tables.Column(verbose_name=_("Stage"), attrs=labelled(_("Stage")))
    created_at = MomentColumn(verbose_name=_("Sent"), attrs=labelled(_("Sent"), "nowrap"))
    waiting = tables.Column(
        accessor="created_at",
        order_by=("-created_at",),
        verbose_name=_("Waiting"),
        attrs=labelled(_("Waiting"), "nowrap"),
    )

    class Meta:
        model = Delivery
        fields: tuple[str, ...] = ()
        sequence: tuple[str, ...] = (
            "agency",
            "province",
            "phone",
            "letter",
            "purpose",
            "stage",
            "created_at",
            "waiting",
        )
        attrs = ATTRS
        order_by = ("created_at", "agency")
        empty_text = _("Nothing is outstanding here: every recipient has confirmed.")

    passages: Mapping[int, Sequence[Passage]] = {}
    """Where a search has found the letters on the page, by the letter's id."""

    def render_agency(self, record: Delivery) -> SafeString:
        return format_html(
            '<a href="{}">{}</a><div class="text-secondary small">{}{}</div>{}',
            reverse("recipient", args=[record.circular.public_id, record.public_id]),
            record.agency.name,
            record.agency.get_kind_display(),
            self._successor(record),
            self._notes(record),
        )

    def _notes(self, record: Delivery) -> str:
        notes = self.row_notes.get(record.pk)
        return render_to_string("distribution/_note_mark.html", {"notes": notes}) if notes else ""

    def _successor(self, record: Delivery) -> str:
        if record.successor is None:
            return ""
        return " · " + _("closed; %(unit)s answers for it") % {"unit": record.successor.name}

    def render_letter(self, record: Delivery) -> SafeString:
        circular = record.circular
        return format_html(
            '{}<a href="{}">{}</a><div class="text-secondary small">{}{}</div>{}',
            format_html('<span class="urgency">{}</span> ', circular.urgency) if circular.urgency else "",
            reverse("letter", args=[circular.public_id]),
            circular.subject,
            circular.number,
            format_html("{}{}{}", revision_mark(circular), self._due(record), replaced_mark(circular)),
            found_mark(self.passages.get(circular.pk, ())),
        )

    def _due(self, delivery: Delivery) -> SafeString | str:
        if delivery.due_at is None:
            return ""
        css = "overdue" if delivery.is_overdue() else ""
        moment = date_format(timezone.localtime(delivery.due_at), "DATETIME_FORMAT")
        return format_html(' · <span class="{}">{} {}</span>', css, _("Due"), moment)

    def render_stage(self, record: Delivery) -> SafeString:
        return stage_mark(record)

    def render_waiting(self, record: Delivery) -> str:
        days = days_since(record.created_at)
        return ngettext("%(days)d day", "%(days)d days", days) % {"days": days}


class TickableTable(OutstandingTable):
    """The same rows with a checkbox each, submitted as `delivery`. `notes` are the newest notes by unit id."""

    pick = tables.Column(empty_values=(), verbose_name=_("Ticked"), orderable=False)

    class Meta(OutstandingTable.Meta):
        sequence = ("pick", *OutstandingTable.Meta.sequence)

    def __init__(self, *args: Any, notes: Mapping[int, InternalNote], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.notes = notes

    def render_agency(self, record: Delivery) -> SafeString:
        record.latest_note = self.notes.get(record.agency_id)
        agency = super().render_agency(record)
        if record.latest_note is None:
            return agency
        note = render_to_string("distribution/_latest_note.html", {"delivery": record})
        return format_html("{}{}", agency, note)

    def render_pick(self, record: Delivery) -> SafeString:
        return format_html(
            '<input class="form-check-input" type="checkbox" name="delivery" value="{}" aria-label="{}">',
            record.public_id,
            record.agency.name,
        )


OUTSTANDING_EXPORT: list[ExportColumn] = [
    (_("Recipient"), "agency__name", as_is),
    (_("Kind"), "agency__kind", choice(AgencyKind.choices)),
    (_("Province"), "agency__province__name", as_is),
    (_("Phone"), "agency__phone", as_is),
    (_("Letter"), "circular__subject", as_is),
    (_("Number"), "circular__number", as_is),
    (_("Urgency"), "circular__urgency", as_is),
    (_("Due"), "due_at", as_is),
    (_("Purpose"), "purpose", choice(Purpose.choices)),
    (_("Stage"), "stage", choice(Stage.choices)),
    (_("Sent"), "created_at", as_is),
    (_("Waiting (days)"), "created_at", days_waited),
    (_("New letter"), "circular__superseded_by__number", as_is),
    (_("Revision of the new letter"), "circular__superseded_by__revision_number", as_is),
]

"""Outstanding deliveries."""

from collections.abc import Mapping, Sequence
from typing import Any

import django_tables2 as tables
from django.db.models.functions import Coalesce
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
from distribution.queries.internal_notes import ListNotes
from distribution.tables.base import (
    ATTRS,
    ListTable,
    days_since,
    found_mark,
    labelled,
    note_mark,
    replaced_mark,
    revision_mark,
    stage_mark,
)
from distribution.tables.files.columns import ExportColumn, as_is, choice, days_waited


class OutstandingTable(ListTable):
    """The manager's list of outstanding deliveries, with the recipients' phone numbers.

    Kind, telephone, number and urgency are part of other columns; `OUTSTANDING_EXPORT` has a column for each.
    """

    list_notes = ListNotes({}, {})
    """The reader's internal notes on the rows of the page and on their letters."""

    agency = tables.Column(
        accessor="agency__name",
        order_by=("agency__sort_key",),
        verbose_name=_("Recipient"),
        attrs={"td": {"class": "app-recipient"}},
    )
    province = tables.Column(
        accessor="agency__province__name",
        order_by=("agency__province__sort_key",),
        verbose_name=_("Province"),
        attrs=labelled(_("Province")),
    )
    letter = tables.Column(
        accessor="circular__subject",
        order_by=("circular__search_key",),
        verbose_name=_("Letter"),
        attrs=labelled(_("Letter"), "app-letter"),
    )
    purpose = tables.Column(verbose_name=_("Purpose"), attrs=labelled(_("Purpose")))
    stage = tables.Column(verbose_name=_("Stage"), attrs=labelled(_("Stage")))
    due_at = tables.Column(
        empty_values=(), verbose_name=_("Due"), attrs=labelled(_("Due"), "nowrap"), order_by=("due_at",)
    )
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
            "letter",
            "purpose",
            "stage",
            "due_at",
            "waiting",
        )
        attrs = ATTRS
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
            format_html("{}{}", self._phone(record), note_mark(self.list_notes.on_rows.get(record.pk))),
        )

    def _phone(self, record: Delivery) -> SafeString | str:
        unit = record.answering_unit
        link = '<a class="small" href="tel:{}">{}</a>'
        return format_html(link, unit.dialled_phone, unit.phone) if unit.phone else ""

    def _successor(self, record: Delivery) -> str:
        if record.successor is None:
            return ""
        return " · " + _("closed; %(unit)s answers for it") % {"unit": record.successor.name}

    def render_letter(self, record: Delivery) -> SafeString:
        circular = record.circular
        return format_html(
            '{}<a href="{}">{}</a><div class="text-secondary small">{}{}</div>{}{}',
            format_html('<span class="urgency">{}</span> ', circular.urgency) if circular.urgency else "",
            reverse("letter", args=[circular.public_id]),
            circular.subject,
            circular.number,
            format_html("{}{}", revision_mark(circular), replaced_mark(circular)),
            found_mark(self.passages.get(circular.pk, ())),
            note_mark(self.list_notes.on_letters.get(circular.pk)),
        )

    def render_due_at(self, record: Delivery) -> SafeString | str:
        if record.due_at is None:
            return ""
        late = record.is_overdue()
        return format_html(
            '<a class="{}" href="{}" title="{}">{}{}</a>',
            "overdue" if late else "app-due",
            reverse("due_reckoning", args=[record.public_id]),
            _("How the due time was reckoned"),
            date_format(timezone.localtime(record.due_at), "SHORT_DATETIME_FORMAT"),
            format_html('<span class="visually-hidden"> {}</span>', _("overdue")) if late else "",
        )

    def render_stage(self, record: Delivery) -> SafeString:
        mark = stage_mark(record)
        if not record.is_unanswered:
            return mark
        return format_html('{}<div class="small text-secondary">{}</div>', mark, _("answer outstanding"))

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
    (_("Phone"), "agency__phone", lambda _name: Coalesce("successor__phone", "agency__phone")),
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

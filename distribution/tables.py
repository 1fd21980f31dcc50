"""The tables of the pages."""

from datetime import datetime
from typing import Any

import django_tables2 as tables
from django.core.paginator import EmptyPage, PageNotAnInteger
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django_tables2 import RequestConfig

from agencies.models import AgencyKind
from circulars.models import Circular, Purpose
from distribution.export import ExportColumn, as_is, choice
from distribution.models import Delivery, Stage

ATTRS = {"class": "table table-vcenter card-table stacked"}


def labelled(label: Any, css: str = "") -> dict[str, dict[str, Any]]:
    """Cell attributes: on narrow screens each cell shows its own label."""
    return {"td": {"data-label": label, "class": css}, "th": {"class": css}}


def configure(request: HttpRequest, table: tables.Table, *, per_page: int) -> None:
    """Sort and page as the address asks; how long a page is isn't the reader's to choose."""
    RequestConfig(request, paginate=False).configure(table)
    try:
        table.paginate(page=request.GET.get(table.prefixed_page_field, 1), per_page=per_page)
    except (PageNotAnInteger, EmptyPage):
        table.paginate(page=1, per_page=per_page)


def days_since(moment: datetime) -> int:
    """Whole calendar days from that day to today."""
    return (timezone.localdate() - timezone.localdate(moment)).days


def stage_mark(delivery: Delivery) -> SafeString:
    """The stage as a badge in words."""
    return format_html('<span class="stage stage-{}">{}</span>', delivery.stage, delivery.get_stage_display())


def replaced_mark(circular: Circular) -> SafeString | str:
    """What stands in the letter's place now, on a line of its own; that it was taken back, if so."""
    words = " · ".join(
        filter(None, [str(_("Withdrawn")) if circular.is_withdrawn else "", circular.replaced_words])
    )
    return format_html('<div class="small app-replaced">{}</div>', words) if words else ""


class ConfirmedTable(tables.Table):
    """What a unit has confirmed."""

    subject = tables.Column(
        accessor="circular__subject",
        linkify=("delivery", [tables.A("public_id")]),
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
    acknowledged_at = tables.DateTimeColumn(
        verbose_name=_("Confirmed"), attrs=labelled(_("Confirmed"), "nowrap"), orderable=False
    )
    acknowledged_by = tables.TemplateColumn(
        template_code='{% include "distribution/_confirmed_by.html" with delivery=record %}',
        verbose_name=_("By"),
        attrs=labelled(_("By")),
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

    def render_stage(self, record: Delivery) -> SafeString:
        return stage_mark(record)


class LettersTable(tables.Table):
    """A sender's letters with their progress, or a manager's letters with what is outstanding."""

    subject = tables.Column(
        verbose_name=_("Letter"),
        order_by=("search_key",),
        linkify=("letter", [tables.A("public_id")]),
        empty_values=(),
    )
    number = tables.Column(verbose_name=_("Number"), attrs=labelled(_("Number"), "nowrap"))
    date = tables.DateColumn(verbose_name=_("Date"), attrs=labelled(_("Date"), "nowrap"))
    dispatched_at = tables.DateTimeColumn(verbose_name=_("Sent"), attrs=labelled(_("Sent"), "nowrap"))
    recipient_count = tables.Column(verbose_name=_("Recipients"), attrs=labelled(_("Recipients"), "number"))
    acknowledged_count = tables.Column(verbose_name=_("Confirmed"), attrs=labelled(_("Confirmed"), "number"))
    progress = tables.Column(
        accessor="acknowledged_count",
        verbose_name=_("Progress"),
        attrs=labelled(_("Progress")),
        orderable=False,
    )
    outstanding_count = tables.Column(
        verbose_name=_("Outstanding"), attrs=labelled(_("Outstanding"), "number")
    )

    class Meta:
        model = Circular
        fields: tuple[str, ...] = ()
        sequence = (
            "subject",
            "number",
            "date",
            "dispatched_at",
            "recipient_count",
            "acknowledged_count",
            "progress",
            "outstanding_count",
        )
        attrs = ATTRS
        empty_text = _("No letter here.")

    def render_subject(self, record: Circular) -> str:
        return record.subject or record.source_name or str(_("Without subject"))

    def render_number(self, record: Circular) -> SafeString:
        return format_html("{}{}", record.number, replaced_mark(record))

    def render_progress(self, record: Any) -> SafeString:
        return format_html(
            '<progress class="app-progress" max="{}" value="{}" aria-label="{}">{} / {}</progress>',
            max(record.recipient_count, 1),
            record.acknowledged_count,
            _("Confirmed"),
            record.acknowledged_count,
            record.recipient_count,
        )


class OutstandingTable(tables.Table):
    """The manager's list: who has not confirmed which letter, and whom to ring.

    Kind, number, urgency and due time stand within other columns; `OUTSTANDING_EXPORT` has each on its own.
    """

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
    created_at = tables.DateTimeColumn(verbose_name=_("Sent"), attrs=labelled(_("Sent"), "nowrap"))
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

    def render_agency(self, record: Delivery) -> SafeString:
        return format_html(
            '<a href="{}">{}</a><div class="text-secondary small">{}{}</div>',
            reverse("recipient", args=[record.circular.public_id, record.public_id]),
            record.agency.name,
            record.agency.get_kind_display(),
            self._successor(record),
        )

    def _successor(self, record: Delivery) -> str:
        if record.successor is None:
            return ""
        return " · " + _("closed; %(unit)s answers for it") % {"unit": record.successor.name}

    def render_letter(self, record: Delivery) -> SafeString:
        circular = record.circular
        return format_html(
            '{}<a href="{}">{}</a><div class="text-secondary small">{}{}</div>',
            format_html('<span class="urgency">{}</span> ', circular.urgency) if circular.urgency else "",
            reverse("letter", args=[circular.public_id]),
            circular.subject,
            circular.number,
            format_html("{}{}", self._due(record), replaced_mark(circular)),
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
    """The same rows, each with a box: the ticked ones are sent as `delivery`."""

    pick = tables.Column(empty_values=(), verbose_name=_("Ticked"), orderable=False)

    class Meta(OutstandingTable.Meta):
        sequence = ("pick", *OutstandingTable.Meta.sequence)

    def render_pick(self, record: Delivery) -> SafeString:
        return format_html(
            '<input class="form-check-input" type="checkbox" name="delivery" value="{}" aria-label="{}">',
            record.public_id,
            record.agency.name,
        )


LETTERS_EXPORT: list[ExportColumn] = [
    (_("Letter"), "subject", as_is),
    (_("Number"), "number", as_is),
    (_("Date"), "date", as_is),
    (_("Sent"), "dispatched_at", as_is),
    (_("Recipients"), "recipient_count", as_is),
    (_("Confirmed"), "acknowledged_count", as_is),
    (_("Outstanding"), "outstanding_count", as_is),
    (_("New letter"), "superseded_by__number", as_is),
    (_("Revision of the new letter"), "superseded_by__revision_number", as_is),
]

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
    (_("Waiting (days)"), "created_at", days_since),
    (_("New letter"), "circular__superseded_by__number", as_is),
    (_("Revision of the new letter"), "circular__superseded_by__revision_number", as_is),
]

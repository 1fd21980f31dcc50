"""The tables of the pages."""

from datetime import datetime
from typing import Any

import django_tables2 as tables
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from circulars.models import Circular
from distribution.models import Delivery

ATTRS = {"class": "table table-vcenter card-table stacked"}


def labelled(label: Any, css: str = "") -> dict[str, dict[str, Any]]:
    """Cell attributes: on narrow screens each cell shows its own label."""
    return {"td": {"data-label": label, "class": css}, "th": {"class": css}}


def days_since(moment: datetime) -> int:
    """Whole calendar days from that day to today."""
    return (timezone.localdate() - timezone.localdate(moment)).days


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
    acknowledged_by = tables.Column(verbose_name=_("By"), attrs=labelled(_("By")), orderable=False)
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
        exclude_from_export=True,
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

    On the page some columns are folded into others (`FOLDED`); exports have each on its own.
    """

    FOLDED = ("kind", "number", "urgency", "due_at")

    agency = tables.Column(
        accessor="agency__name", order_by=("agency__sort_key",), verbose_name=_("Recipient")
    )
    kind = tables.Column(accessor="agency__kind", verbose_name=_("Kind"))
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
    number = tables.Column(accessor="circular__number", verbose_name=_("Number"))
    urgency = tables.Column(accessor="circular__urgency", verbose_name=_("Urgency"))
    due_at = tables.DateTimeColumn(accessor="circular__due_at", verbose_name=_("Due"))
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
        sequence = (
            "agency",
            "kind",
            "province",
            "phone",
            "letter",
            "number",
            "urgency",
            "due_at",
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
            '<a href="{}">{}</a><div class="text-secondary small">{}</div>',
            reverse("agency", args=[record.agency_id]),
            record.agency.name,
            record.agency.get_kind_display(),
        )

    def value_agency(self, record: Delivery) -> str:
        return record.agency.name

    def render_kind(self, record: Delivery) -> str:
        return record.agency.get_kind_display()

    def render_letter(self, record: Delivery) -> SafeString:
        circular = record.circular
        return format_html(
            '{}<a href="{}">{}</a><div class="text-secondary small">{}{}</div>',
            format_html('<span class="urgency">{}</span> ', circular.urgency) if circular.urgency else "",
            reverse("letter", args=[circular.public_id]),
            circular.subject,
            circular.number,
            self._due(circular),
        )

    def value_urgency(self, record: Delivery) -> str:
        return record.circular.urgency

    def value_due_at(self, record: Delivery) -> datetime | str:
        due_at = record.circular.due_at
        return timezone.localtime(due_at) if due_at else ""

    def value_created_at(self, record: Delivery) -> datetime:
        return timezone.localtime(record.created_at)

    def value_letter(self, record: Delivery) -> str:
        return record.circular.subject

    def _due(self, circular: Circular) -> SafeString | str:
        if circular.due_at is None:
            return ""
        css = "overdue" if circular.is_overdue() else ""
        moment = date_format(timezone.localtime(circular.due_at), "DATETIME_FORMAT")
        return format_html(' · <span class="{}">{} {}</span>', css, _("Due"), moment)

    def render_stage(self, record: Delivery) -> SafeString:
        return format_html('<span class="stage stage-{}">{}</span>', record.stage, record.get_stage_display())

    def value_stage(self, record: Delivery) -> str:
        return record.get_stage_display()

    def render_waiting(self, record: Delivery) -> str:
        days = days_since(record.created_at)
        return ngettext("%(days)d day", "%(days)d days", days) % {"days": days}

    def value_waiting(self, record: Delivery) -> int:
        return days_since(record.created_at)

"""Letters sent by a unit."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

import django_tables2 as tables
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from circulars.models import Circular
from distribution.queries.found_in import Passage
from distribution.queries.internal_notes import RowNotes
from distribution.queries.sending.owed import Due, Owes
from distribution.tables.base import (
    ATTRS,
    DayColumn,
    ListTable,
    MomentColumn,
    found_mark,
    labelled,
    note_mark,
    replaced_mark,
    revision_mark,
)
from distribution.tables.files.columns import ExportColumn, as_is


class LettersTable(ListTable):
    """A sender's letters with their progress, or a manager's with the number of outstanding deliveries."""

    subject = tables.Column(
        verbose_name=_("Letter"),
        order_by=("search_key",),
        empty_values=(),
    )
    number = tables.Column(verbose_name=_("Number"), attrs=labelled(_("Number"), "nowrap"))
    date = DayColumn(verbose_name=_("Date"), attrs=labelled(_("Date"), "nowrap"))
    dispatched_at = MomentColumn(verbose_name=_("Sent"), attrs=labelled(_("Sent"), "nowrap"))
    recipient_count = tables.Column(verbose_name=_("Recipients"), attrs=labelled(_("Recipients"), "number"))
    acknowledged_count = tables.Column(
        verbose_name=pgettext_lazy("count", "Confirmed"),
        attrs=labelled(pgettext_lazy("count", "Confirmed"), "number"),
    )
    progress = tables.Column(
        accessor="acknowledged_count",
        verbose_name=_("Progress"),
        attrs=labelled(_("Progress")),
        orderable=False,
    )
    outstanding_count = tables.Column(
        verbose_name=_("Outstanding"), attrs=labelled(_("Outstanding"), "number")
    )

    earlier: dict[int, list[Circular]] = {}
    """The earlier revisions of the letters on the page, by the letter's id."""

    notes: Mapping[int, RowNotes] = {}
    """The reader's internal notes on the letters of the page, by the letter's id."""

    class Meta:
        model = Circular
        fields: tuple[str, ...] = ()
        sequence: tuple[str, ...] = (
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

    leads_back: Callable[[str], str] = staticmethod(lambda row: "")
    """Added to the link of a row, so that the page behind it leads back to that row."""

    passages: Mapping[int, Sequence[Passage]] = {}
    """Where a search has found the letters on the page, by the letter's id."""

    def render_subject(self, record: Circular) -> SafeString:
        name = record.subject or record.source_name or str(_("Without subject"))
        return format_html(
            '<a id="letter-{}" href="{}{}">{}</a>{}{}',
            record.public_id,
            reverse("letter", args=[record.public_id]),
            self.leads_back(f"letter-{record.public_id}"),
            name,
            found_mark(self.passages.get(record.pk, ())),
            note_mark(self.notes.get(record.pk)),
        )

    def render_number(self, record: Circular) -> SafeString:
        return format_html(
            "{}{}{}{}",
            record.number or self.default,
            revision_mark(record),
            replaced_mark(record),
            format_html_join("", "{}", ((_earlier_mark(each),) for each in self.earlier.get(record.pk, []))),
        )

    def render_acknowledged_count(self, record: Any) -> SafeString | int:
        """The number, with those beneath that only the sender recorded."""
        value: int = record.acknowledged_count
        if not record.on_behalf_count:
            return value
        words = _("recorded by the sender: %(count)s") % {"count": record.on_behalf_count}
        return format_html('{}<div class="small"><span class="app-weaker">{}</span></div>', value, words)

    def render_progress(self, record: Any) -> SafeString:
        return format_html(
            '<progress class="app-progress" max="{}" value="{}" aria-label="{}">{} / {}</progress>',
            max(record.recipient_count, 1),
            record.acknowledged_count,
            pgettext_lazy("count", "Confirmed"),
            record.acknowledged_count,
            record.recipient_count,
        )


class OwingLettersTable(LettersTable):
    """A manager's letters of which something is owed: confirmations, answers, and what of both is overdue, apart.

    Each number leads to the rows that it counts. The letter's number and date are part of its column, and can be
    sorted by; files have a column for each.
    """

    subject = tables.Column(
        verbose_name=_("Letter"),
        order_by=("search_key",),
        empty_values=(),
        attrs={"td": {"class": "app-letter"}},
    )
    number = tables.Column(verbose_name=_("Number"), visible=False)
    date = tables.Column(verbose_name=_("Date"), visible=False)
    outstanding_count = tables.Column(
        verbose_name=_("Confirmation outstanding"), attrs=labelled(_("Confirmation outstanding"), "number")
    )
    unanswered_count = tables.Column(
        verbose_name=_("Answer outstanding"), attrs=labelled(_("Answer outstanding"), "number")
    )
    overdue_count = tables.Column(
        verbose_name=_("Past due"),
        attrs=labelled(_("Past due"), "number"),
    )

    class Meta(LettersTable.Meta):
        exclude = ("progress",)
        sequence = (
            "subject",
            "outstanding_count",
            "unanswered_count",
            "overdue_count",
            "recipient_count",
            "acknowledged_count",
            "dispatched_at",
        )
        empty_text = _("Nothing is owed here: every recipient has confirmed and answered.")

    def render_subject(self, record: Circular) -> SafeString:
        day = date_format(record.date, "SHORT_DATE_FORMAT") if record.date else ""
        return format_html(
            '{}<div class="text-secondary small">{}{}</div>',
            super().render_subject(record),
            format_html("{} · ", day) if day else "",
            self.render_number(record),
        )

    def render_outstanding_count(self, record: Any) -> SafeString | int:
        return _counted(record, record.outstanding_count, {})

    def render_unanswered_count(self, record: Any) -> SafeString | int:
        return _counted(record, record.unanswered_count, {"owes": Owes.ANSWER})

    def render_overdue_count(self, record: Any) -> SafeString | int:
        return _counted(record, record.overdue_count, {"owes": Owes.EITHER, "due": Due.OVERDUE})


def _counted(circular: Circular, count: int, narrowed: Mapping[str, str]) -> SafeString | int:
    """The number of rows, with the way to the list by recipient that shows just them."""
    if not count:
        return count
    query = urlencode({"letter": circular.public_id, **narrowed})
    return format_html('<a href="{}?{}">{}</a>', reverse("outstanding"), query, count)


def _earlier_mark(circular: Any) -> SafeString:
    """A link to an earlier revision with its progress, on a separate line."""
    words = _("Revision %(revision)s: %(done)s of %(all)s confirmed") % {
        "revision": circular.revision_number,
        "done": circular.acknowledged_count,
        "all": circular.recipient_count,
    }
    address = reverse("letter", args=[circular.public_id])
    return format_html('<div class="small"><a href="{}">{}</a></div>', address, words)


LETTERS_EXPORT: list[ExportColumn] = [
    (_("Letter"), "subject", as_is),
    (_("Number"), "number", as_is),
    (_("Date"), "date", as_is),
    (_("Sent"), "dispatched_at", as_is),
    (_("Recipients"), "recipient_count", as_is),
    (pgettext_lazy("count", "Confirmed"), "acknowledged_count", as_is),
    (_("Of these recorded by the sender"), "on_behalf_count", as_is),
    (_("Outstanding"), "outstanding_count", as_is),
    (_("New letter"), "superseded_by__number", as_is),
    (_("Revision of the new letter"), "superseded_by__revision_number", as_is),
]

OWING_LETTERS_EXPORT: list[ExportColumn] = [
    *LETTERS_EXPORT[:7],
    (_("Confirmation outstanding"), "outstanding_count", as_is),
    (_("Answer outstanding"), "unanswered_count", as_is),
    (_("Past due"), "overdue_count", as_is),
    *LETTERS_EXPORT[8:],
]

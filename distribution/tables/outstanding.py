"""Outstanding deliveries."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

import django_tables2 as tables
from django.db.models import Case, F, QuerySet, SmallIntegerField, Value, When
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from circulars.models import Urgency
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
from distribution.tables.outstanding_columns import USUAL


class OutstandingTable(ListTable):
    """The manager's list of outstanding deliveries, with the recipients' phone numbers.

    Kind, telephone, number, urgency and the moment of sending are part of other columns, and can be sorted by;
    files have a column for each (`outstanding_columns`). `shown` names what is shown. What `leads_back` returns for a
    row is added to its links, so that the pages behind them lead back to it.
    """

    shown: Collection[str] = USUAL
    leads_back: Callable[[str], str] = staticmethod(lambda row: "")

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
        attrs=labelled(_("Waiting")),
    )

    issuer = tables.Column(
        accessor="circular__issuer__name",
        order_by=("circular__issuer__sort_key",),
        verbose_name=_("From"),
        attrs=labelled(_("From")),
    )
    kind = tables.Column(accessor="agency__kind", verbose_name=_("Kind"), visible=False)
    number = tables.Column(accessor="circular__number", verbose_name=_("Number"), visible=False)
    urgency = tables.Column(accessor="circular__urgency", verbose_name=_("Urgency"), visible=False)

    class Meta:
        model = Delivery
        fields: tuple[str, ...] = ()
        sequence: tuple[str, ...] = (
            "agency",
            "province",
            "letter",
            "issuer",
            "purpose",
            "stage",
            "due_at",
            "waiting",
        )
        attrs = ATTRS
        empty_text = _("Nothing is outstanding here: every recipient has confirmed.")

    passages: Mapping[int, Sequence[Passage]] = {}
    """Where a search has found the letters on the page, by the letter's id."""

    def __init__(self, *args: Any, shown: Collection[str] = USUAL, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.shown = shown
        for name in ("province", "issuer", "purpose", "stage", "due_at"):
            if name not in shown:
                self.columns.hide(name)
        if not {"waiting", "sent"}.intersection(shown):
            self.columns.hide("waiting")

    def order_urgency(self, rows: QuerySet[Delivery], is_descending: bool) -> tuple[QuerySet[Delivery], bool]:
        """ACELE, then GÜNLÜDÜR, then the others."""
        ranks = {Urgency.URGENT: 0, Urgency.TIMED: 1, Urgency.NORMAL: 2}
        return _by_rank(rows, "circular__urgency", ranks, is_descending), True

    def order_stage(self, rows: QuerySet[Delivery], is_descending: bool) -> tuple[QuerySet[Delivery], bool]:
        """As a copy goes on its way."""
        return _by_rank(rows, "stage", {each: rank for rank, each in enumerate(Stage)}, is_descending), True

    def order_due_at(self, rows: QuerySet[Delivery], is_descending: bool) -> tuple[QuerySet[Delivery], bool]:
        """What has no due time comes last, whatever the order."""
        due = F("due_at")
        return rows.order_by(due.desc(nulls_last=True) if is_descending else due.asc(nulls_last=True)), True

    def render_agency(self, record: Delivery) -> SafeString:
        return format_html(
            '<a id="row-{}" href="{}{}">{}</a><div class="text-secondary small">{}</div>{}',
            record.public_id,
            reverse("recipient", args=[record.circular.public_id, record.public_id]),
            self.leads_back(f"row-{record.public_id}"),
            record.agency.name,
            self._kind(record),
            format_html("{}{}", self._phone(record), note_mark(self.list_notes.on_rows.get(record.pk))),
        )

    def _kind(self, record: Delivery) -> str:
        kind = record.agency.get_kind_display() if "kind" in self.shown else ""
        closed = ""
        if record.successor is not None:
            closed = _("closed; %(unit)s answers for it") % {"unit": record.successor.name}
        return " · ".join(filter(None, [kind, closed]))

    def _phone(self, record: Delivery) -> SafeString | str:
        unit = record.answering_unit
        if not unit.phone or "phone" not in self.shown:
            return ""
        return format_html('<a class="small" href="tel:{}">{}</a>', unit.dialled_phone, unit.phone)

    def render_letter(self, record: Delivery) -> SafeString:
        circular = record.circular
        return format_html(
            '{}<a href="{}{}">{}</a><div class="text-secondary small">{}{}</div>{}{}',
            format_html('<span class="urgency">{}</span> ', circular.urgency)
            if circular.urgency and "urgency" in self.shown
            else "",
            reverse("letter", args=[circular.public_id]),
            self.leads_back(f"row-{record.public_id}"),
            circular.subject,
            circular.number if "number" in self.shown else "",
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

    def render_waiting(self, record: Delivery) -> SafeString | str:
        days = days_since(record.created_at)
        waiting = ngettext("%(days)d day", "%(days)d days", days) % {"days": days}
        if "sent" not in self.shown:
            return waiting
        moment = date_format(timezone.localtime(record.created_at), "SHORT_DATETIME_FORMAT")
        sent = _("sent %(when)s") % {"when": moment}
        if "waiting" not in self.shown:
            return sent
        return format_html('{}<div class="text-secondary small">{}</div>', waiting, sent)


def _by_rank(
    rows: QuerySet[Delivery], name: str, ranks: Mapping[Any, int], is_descending: bool
) -> QuerySet[Delivery]:
    """The rows in the order of the ranks of their values in that field."""
    whens = [When(**{name: value}, then=Value(rank)) for value, rank in ranks.items()]
    rank = Case(*whens, default=Value(len(ranks)), output_field=SmallIntegerField())
    return rows.order_by(rank.desc() if is_descending else rank.asc())


class TickedOverPagesTable(OutstandingTable):
    """The same rows with a checkbox each, submitted as `delivery`; `ticked` holds the public ids of the ticked ones."""

    ticked: Collection[UUID] = ()
    keep_url = ""
    """Where the form of the list sends its ticks to be kept, before another page is shown."""
    pick = tables.Column(empty_values=(), verbose_name=_("Ticked"), orderable=False)

    class Meta(OutstandingTable.Meta):
        sequence = ("pick", *OutstandingTable.Meta.sequence)

    def render_pick(self, record: Delivery) -> SafeString:
        return format_html(
            '<input class="form-check-input" type="checkbox" name="delivery" value="{}" aria-label="{}"{}>',
            record.public_id,
            self.tick_words(record),
            SafeString(" checked") if record.public_id in self.ticked else "",
        )

    def tick_words(self, record: Delivery) -> str:
        return f"{record.agency.name}: {record.circular.subject}"


class TickableTable(TickedOverPagesTable):
    """The rows of one letter. `notes` are the newest notes by unit id."""

    class Meta(TickedOverPagesTable.Meta):
        pass

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

    def tick_words(self, record: Delivery) -> str:
        return record.agency.name

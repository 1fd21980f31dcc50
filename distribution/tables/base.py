"""Parts shared by all tables."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any

import django_tables2 as tables
from django.core.paginator import EmptyPage, PageNotAnInteger
from django.db.models import QuerySet
from django.http import HttpRequest, QueryDict
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django_tables2 import RequestConfig
from django_tables2.data import TableQuerysetData

from circulars.models import Circular
from distribution.models import Delivery
from distribution.queries.found_in import Passage
from distribution.queries.internal_notes import RowNotes
from distribution.queries.paging import BoundedPaginator, page_of

ATTRS = {"class": "table table-vcenter card-table stacked"}


class ListTable(tables.Table):
    """Table of a list page; see `_table.html`."""

    def rendered_rows(self) -> Iterator[list[tuple[SafeString, Any]]]:
        """The rows of the page: attributes and content of each cell.

        The attributes are those of the column, and a method `render_` of the table gets the record, also where the
        column's value is empty. The library would compute the attributes, the value and the method's signature for
        each cell anew, which takes longer than what stands in the cells.
        """
        columns = [
            (
                column.name,
                column.attrs["td"].as_html(),
                None if column.link else getattr(self, f"render_{column.name}", None),
            )
            for column in self.columns
        ]
        for row in self.paginated_rows:
            yield [
                (attributes, render(row.record) if render else row.get_cell(name))
                for name, attributes, render in columns
            ]


class RowsJoinedLate(TableQuerysetData):
    """Rows of a long list that no index sorts; see `page_of`."""

    def __getitem__(self, key: Any) -> Any:
        return page_of(self.data, key) if isinstance(key, slice) else super().__getitem__(key)


class MomentColumn(tables.Column):
    """A moment in local time. The library's column compiles a template for each cell."""

    def render(self, value: datetime) -> str:
        return date_format(timezone.localtime(value), "SHORT_DATETIME_FORMAT")


class DayColumn(tables.Column):
    """A day."""

    def render(self, value: date) -> str:
        return date_format(value, "SHORT_DATE_FORMAT")


class ConfirmedByColumn(tables.Column):
    """Who confirmed a delivery, and how."""

    empty_values = ()

    def render(self, record: Delivery) -> SafeString:
        return render_to_string("distribution/_confirmed_by.html", {"delivery": record})


def labelled(label: Any, css: str = "") -> dict[str, dict[str, Any]]:
    """Cell attributes that show the column's label next to each cell on narrow screens."""
    return {"td": {"data-label": label, "class": css}, "th": {"class": css}}


def configure(
    request: HttpRequest,
    table: tables.Table,
    *,
    per_page: int,
    narrowed_by: Iterable[str] = (),
) -> None:
    """Sort and page by the request's parameters. The page size is fixed.

    `narrowed_by` names the parameters of its filter or search: if one is given, an empty table says so.
    """
    if any(request.GET.get(name, "").strip() for name in narrowed_by):
        table.empty_text = nothing_found(request.GET)
    RequestConfig(request, paginate=False).configure(table)
    _break_ties(table)
    try:
        page = request.GET.get(table.prefixed_page_field, 1)
        table.paginate(BoundedPaginator, page=page, per_page=per_page)
    except (PageNotAnInteger, EmptyPage):
        table.paginate(BoundedPaginator, page=1, per_page=per_page)


def sort_by(table: tables.Table, query: QueryDict) -> QuerySet[Any, Any]:
    """All rows of the table in the order that the address of its page says."""
    if wanted := query.getlist(table.prefixed_order_by_field):
        table.order_by = wanted
    _break_ties(table)
    rows: QuerySet[Any, Any] = table.data.data
    return rows


def nothing_found(query: QueryDict) -> SafeString | Promise:
    """Text for a list that its search or filter left empty: names the search, and clears it by a link."""
    text = query.get("q", "").strip()
    if not text:
        return _("Nothing matches the search or the filter.")
    rest = query.copy()
    for name in ("q", "page"):
        rest.pop(name, None)
    return format_html(
        '<p>{} {}</p><a class="btn" href="?{}">{}</a>',
        _("Nothing matches the search or the filter."),
        _("Searched for: “%(text)s”.") % {"text": text},
        rest.urlencode(),
        _("Clear the search"),
    )


def note_mark(notes: RowNotes | None) -> str:
    """How many internal notes there are, with the newest; empty without any."""
    return render_to_string("distribution/_note_mark.html", {"notes": notes}) if notes else ""


def found_mark(passages: Iterable[Passage]) -> SafeString:
    """Where a search over full texts has found a letter."""
    return format_html_join(
        "",
        '<div class="small text-secondary app-found">{}: {}</div>',
        (
            (each.label, format_html_join("", "{}", ((_piece(*piece),) for piece in each.pieces)))
            for each in passages
        ),
    )


def _piece(text: str, is_hit: bool) -> SafeString:
    return format_html("<mark>{}</mark>" if is_hit else "{}", text)


def _break_ties(table: tables.Table) -> None:
    """Sort equal rows by id, so that none stands on two pages or on none."""
    rows = table.data.data
    if isinstance(rows, QuerySet) and rows.query.order_by and rows.query.order_by[-1] not in ("pk", "-pk"):
        table.data.data = rows.order_by(*rows.query.order_by, "pk")


def days_since(moment: datetime) -> int:
    """Whole calendar days from that moment to today."""
    return (timezone.localdate() - timezone.localdate(moment)).days


def stage_mark(delivery: Delivery) -> SafeString:
    """The stage as a badge, whether only the sender recorded it, and when an act was taken back last."""
    parts = [
        format_html('<span class="stage stage-{}">{}</span>', delivery.stage, delivery.get_stage_display())
    ]
    if delivery.stage_is_on_behalf:
        parts.append(format_html('<span class="app-weaker">{}</span>', _("recorded by the sender")))
    if delivery.shows_taken_back and delivery.taken_back_at is not None:
        moment = date_format(timezone.localtime(delivery.taken_back_at), "SHORT_DATETIME_FORMAT")
        answer = delivery.acknowledged_at is not None
        words = (_("answer taken back %(moment)s") if answer else _("taken back %(moment)s")) % {
            "moment": moment
        }
        parts.append(format_html('<span class="text-secondary small">{}</span>', words))
    return format_html_join(" ", "{}", ((part,) for part in parts))


def revision_mark(circular: Circular) -> SafeString | str:
    """The number of the revision if the letter is a correction."""
    if not circular.is_correction:
        return ""
    words = _("Revision %(revision)s") % {"revision": circular.revision_number}
    return format_html(' <span class="badge app-revision">{}</span>', words)


def replaced_mark(circular: Circular) -> SafeString | str:
    """The letter that replaces this one, or that it was withdrawn, on a separate line."""
    words = " · ".join(
        filter(None, [str(_("Withdrawn")) if circular.is_withdrawn else "", circular.replaced_words])
    )
    return format_html('<div class="small app-replaced">{}</div>', words) if words else ""

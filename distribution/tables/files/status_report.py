"""Status report of a letter: every printed line and unit with its progress, as PDF or as a workbook."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import partial
from typing import IO, Any

from django.db.models import QuerySet
from django.template.loader import get_template, render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from agencies.directory.tabular.ods import ods_file
from agencies.directory.tabular.spreadsheet import Sheet
from agencies.directory.tabular.xlsx import xlsx_file
from circulars.models import Circular
from distribution.event_log.shown import shown
from distribution.models import Delivery, DeliveryEvent, FileFormat, PreparedFile
from distribution.queries.sending.board import (
    LineFigures,
    added_to,
    by_purpose,
    letter_figures,
    line_figures,
    passed_on_below,
    recipients_of,
)
from distribution.queries.sending.readership import with_confirmation
from distribution.queries.sending.returns import with_return_decisions
from distribution.services.prepare_file import Progress
from distribution.tables.files.columns import CHUNK, export_rows
from distribution.tables.files.pdf_parts import Section, pdf_in_parts
from distribution.tables.recipients import BRANCH_EXPORT, RECIPIENTS_EXPORT

COLUMNS = 4


def status_report(prepared: PreparedFile, *, at: datetime, progress: Progress) -> IO[bytes]:
    """The report in the format that was asked for, in the active language."""
    circular = prepared.circular
    assert circular is not None
    if prepared.file_format == FileFormat.PDF:
        return _pdf(circular, at, progress)
    write = ods_file if prepared.file_format == FileFormat.ODS else xlsx_file
    return write(_sheets(circular, at, progress))


def _pdf(circular: Circular, at: datetime, progress: Progress) -> IO[bytes]:
    title = f"{_('State of the letter')}: {circular.subject}"
    return pdf_in_parts(
        _sections(circular, at),
        title=title,
        footing=circular.number,
        stylesheet="css/report.css",
        columns=COLUMNS,
        count=circular.recipient_count,
        progress=progress,
    )


def _sections(circular: Circular, at: datetime) -> Iterator[Section]:
    by_line: dict[int, list[Delivery]] = defaultdict(list)
    deliveries = (
        circular.deliveries.direct()
        .select_related("agency", "acknowledged_by", "acknowledged_for")
        .order_by("agency__protocol_order", "agency__sort_key")
    )
    for delivery in with_return_decisions(deliveries):
        if delivery.line_id is not None:
            by_line[delivery.line_id].append(delivery)
    context = {"circular": circular, "figures": letter_figures(circular), "at": at}
    above: str = render_to_string("distribution/files/report_heading.html", context)
    head = render_to_string("distribution/files/report_head.html")
    for purpose, lines in by_purpose(line_figures(circular)):
        under = [(each, by_line[each.line.pk]) for each in lines]
        yield Section(f"{above}<h2>{purpose.label}</h2>", head, _rows(circular, under))
        above = ""
    if added := list(with_return_decisions(added_to(circular))):
        words = _("Not named by a printed line") if circular.is_correction else _("Added after the dispatch")
        row = get_template("distribution/files/report_row.html")
        rows = (row.render({"delivery": delivery, "added": True}) for delivery in added)
        yield Section(f"{above}<h2>{words}</h2>", head, rows)
        above = ""
    if above:
        yield Section(above, head, ())


def _rows(circular: Circular, lines: Sequence[tuple[LineFigures, list[Delivery]]]) -> Iterator[str]:
    line, row = (get_template(f"distribution/files/report_{name}.html") for name in ("line", "row"))
    for each, units in lines:
        if len(units) != 1:
            yield line.render({"circular": circular, "each": each, "units": units})
        for delivery in units:
            yield row.render({"delivery": delivery, "each": each if len(units) == 1 else None})


def _sheets(circular: Circular, at: datetime, progress: Progress) -> Iterator[Sheet]:
    """The letter with its figures, its recipients, the units to which it was passed on, and all events."""
    yield Sheet(_("Letter"), [(_("Field"), _("Value")), *_fields(circular, at)])
    progress(10)
    yield Sheet(_("Recipients"), export_rows(with_confirmation(recipients_of(circular)), RECIPIENTS_EXPORT))
    progress(30)
    below = passed_on_below(circular)
    if below.exists():
        yield Sheet(_("Passed on"), export_rows(with_confirmation(below), BRANCH_EXPORT))
    progress(50)
    yield Sheet(_("Events"), _events(circular, partial(progress, 75)))


def _fields(circular: Circular, at: datetime) -> Iterator[tuple[str, Any]]:
    figures = letter_figures(circular)
    yield _("Issuing unit"), circular.issuer.name
    yield _("Number"), circular.number
    yield _("Date"), circular.date
    yield _("Subject"), circular.subject
    yield _("Urgency"), str(circular.urgency)
    yield _("Due"), figures.moved_due or circular.due_at
    yield _("Sent"), circular.dispatched_at
    yield _("Withdrawn"), circular.withdrawn_at
    yield _("Recipients"), figures.recipients
    yield pgettext("count", "Confirmed"), figures.acknowledged
    yield _("Of these recorded by the sender"), figures.acknowledged_on_behalf
    yield _("Of these answered"), figures.completed
    yield _("Outstanding"), figures.outstanding
    yield _("Told by no notice"), figures.without_notice
    yield _("Returned"), figures.returned
    yield _("State of"), at
    yield _("Fingerprint (SHA-256)"), circular.content_sha256


def _events(circular: Circular, told: Any) -> Iterator[Sequence[Any]]:
    """Every event of the letter's deliveries as its recipient's page words it, in the order of time."""
    yield _("Moment"), _("Unit"), _("Event")
    found: QuerySet[DeliveryEvent] = DeliveryEvent.objects.filter(delivery__circular=circular)
    rows: list[DeliveryEvent] = []
    names = dict(circular.deliveries.values_list("pk", "agency__name"))
    for event in found.order_by("at", "pk").iterator(chunk_size=CHUNK):
        rows.append(event)
        if len(rows) == CHUNK:
            yield from _worded(rows, names)
            rows.clear()
            told()
    yield from _worded(rows, names)


def _worded(events: Sequence[DeliveryEvent], names: dict[int, str]) -> Iterator[Sequence[Any]]:
    for event, words in zip(events, shown(events), strict=True):
        text = " ".join(filter(None, [words.text, ", ".join(words.folded), words.rest]))
        yield event.at, names[event.delivery_id], text

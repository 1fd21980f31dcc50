"""The sender's pages: list of letters, progress of a letter."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import HttpResponseClientRefresh

from agencies.views.acting import ActingRequest
from circulars.models import NOT_SENT, Circular, LetterReading, Status
from distribution.models import PreparedFileKind
from distribution.outbox.outages.retry import retry_failed
from distribution.outbox.outages.standstill import standstills, standstills_of
from distribution.queries.found_in import passages
from distribution.queries.internal_notes import (
    among,
    mark_lines,
    notes_of_letter,
    notes_on_letters,
    with_latest_notes,
)
from distribution.queries.leave import due_in_leave, free_due_days_of
from distribution.queries.letter.marked import lacks, with_parts_marked
from distribution.queries.letter.standing import FunnelRow, where_it_stands
from distribution.queries.managing.alerts import alerts_of
from distribution.queries.receiving.branches import with_below
from distribution.queries.sending.board import (
    by_purpose,
    earlier_revisions,
    letter_figures,
    line_figures,
    newest_revisions,
    sent_letters_for,
    unsettled_count,
    with_progress,
)
from distribution.queries.sending.decisions import of_letter, of_letters, with_decisions_marked
from distribution.queries.sending.proposed_addresses import refused_addresses
from distribution.queries.sending.returns import with_return_decisions
from distribution.queries.sending.sending_figures import sending_figures
from distribution.queries.sending.standing_channels import standing_channels
from distribution.queries.sending.without_notice import other_failed_notices, to_be_retried, without_notice
from distribution.tables.base import configure
from distribution.tables.charts.funnel_bars import share_bars
from distribution.tables.files.list_files import export_or_none
from distribution.tables.filters import SentLettersFilter
from distribution.tables.letters import LettersTable
from distribution.tables.outstanding import TickableTable
from distribution.views.follow_up.decide_extension import decisions_context
from distribution.views.letter.head import lists_of
from distribution.views.lists.way_back import redirect_with_way_back, way_back
from distribution.views.own_letters import acts_context, with_changes_marked
from distribution.views.reminders.tekit import tekits_context, with_tekits_named
from distribution.views.retried import say_retried

MOST_FAILED = 200
MOST_DRAFTS = 100


@require_safe
def letters(request: ActingRequest) -> HttpResponseBase:
    """Drafts and sent letters of the unit acted for."""
    if not request.acting.sends and not request.acting.manages:
        raise Http404
    unit = request.acting.agency
    if response := export_or_none(request, PreparedFileKind.SENT_LETTERS, unit=unit):
        return response
    of_unit = sent_letters_for(request.user, unit)
    decisions = of_letters(of_unit.filter(status=Status.DISPATCHED), at=timezone.now())
    found = SentLettersFilter(request.GET, queryset=of_unit.filter(status=Status.DISPATCHED), request=request)
    table = LettersTable(with_progress(newest_revisions(found.qs)), order_by="-dispatched_at")
    narrowed_by = list(found.filters)
    configure(request, table, per_page=25, narrowed_by=narrowed_by)
    rows = [row.record for row in table.paginated_rows]
    table.earlier = earlier_revisions(rows)
    table.notes = notes_on_letters(rows, table.earlier, request.user)
    table.passages = passages([each.pk for each in rows], request.GET.get("q", ""), attachments=True)
    drafts = of_unit.filter(status__in=NOT_SENT).select_related("recorded_by", "scheduled_dispatch")
    context = {
        "section": "letters",
        "table": table,
        "drafts": found.drafts(drafts, MOST_DRAFTS),
        "readings": LetterReading.objects.to_be_shown(request.user) if request.acting.sends else [],
        "filter": found,
        "narrowed": any(request.GET.get(name) for name in narrowed_by),
        "unit": unit,
        "standing": standstills(at=timezone.now()) if request.acting.sends else [],
        "due_in_leave": due_in_leave(of_unit.filter(status=Status.DISPATCHED), at=timezone.now())
        if request.acting.sends
        else [],
        "unsettled": unsettled_count(request.user) if request.acting.sends else 0,
        **decisions_context(decisions, may_decide=request.acting.sends),
    }
    return render(request, "distribution/letters.html", context)


@require_safe
def letter(request: ActingRequest, letter: UUID) -> HttpResponseBase:
    """One letter: its printed lines with their progress, or the outstanding deliveries."""
    circular = _visible(request, letter)
    if circular.is_draft:
        return redirect("review", circular.public_id)
    if circular.is_scheduled:
        return redirect("dispatch", circular.public_id)
    kind = PreparedFileKind.RECIPIENTS
    if request.GET.get("show") == "outstanding":
        kind = PreparedFileKind.LETTER_OUTSTANDING
    if response := export_or_none(request, kind, circular=circular):
        return response
    figures, untold = letter_figures(circular), []
    if figures.without_notice:
        untold = without_notice(circular.deliveries.direct(), circular, most=MOST_FAILED)
    failed = [] if lacks(circular, "failed_notices") else list(other_failed_notices(circular)[:MOST_FAILED])
    stands = where_it_stands(circular, lists_of(request, circular), at=timezone.now())
    context = {
        "section": _section(request),
        "circular": circular,
        "way_back": way_back(request),
        "figures": figures,
        "left": stands.left,
        **_funnel_context(stands.funnel, figures.recipients),
        "sending": sending_figures(circular),
        "free_due_days": free_due_days_of(circular, at=timezone.now()) if figures.due_ahead else [],
        "standing": standstills_of(circular, at=timezone.now()),
        "standing_channels": standing_channels(circular, at=timezone.now()),
        "without_notice": untold,
        "failed": failed,
        "may_retry": bool(untold or failed) and to_be_retried(circular) > 0,
        "refused_addresses": [] if lacks(circular, "refused_addresses") else refused_addresses(circular),
        "may_send": circular.issuer in request.acting.sends_for,
        "references": [] if lacks(circular, "references") else circular.references.linked_for(request.user),
        "attachments": [] if lacks(circular, "attachments") else circular.attachments.all(),
        "at": timezone.now(),
        **tekits_context(request, circular),
        **acts_context(circular),
        **decisions_context(of_letter(circular), may_decide=circular.issuer in request.acting.sends_for),
    }
    notes = notes_of_letter(circular, request.user)
    if request.GET.get("show") == "outstanding":
        table = TickableTable(
            circular.deliveries.direct().outstanding().for_board(),
            exclude=("letter",),
            order_by="agency",
            notes=notes.latest,
        )
        configure(request, table, per_page=50)
        return render(request, "distribution/letter_outstanding.html", {**context, "table": table})
    lines = line_figures(circular)
    mark_lines(lines, circular, notes.latest)
    added = with_latest_notes(context["added"], notes.latest)
    with_return_decisions([*added, *(each.delivery for each in lines if each.delivery is not None)])
    context |= {
        "heads": by_purpose(lines),
        "added": added,
        "changes": among(
            among(context["changes"], notes.on_letter, latest_first=True),
            alerts_of(circular),
            latest_first=True,
        ),
        "note_url": reverse("note_on_letter", args=[circular.public_id]) if context["may_send"] else "",
    }
    return render(request, "distribution/letter.html", context)


@require_safe
def line_units(request: ActingRequest, letter: UUID, pk: int) -> HttpResponse:
    """The units of one printed line with their stages."""
    circular = _visible(request, letter)
    line = get_object_or_404(circular.lines.select_related("group"), pk=pk)
    units = line.deliveries.select_related(
        "agency",
        "acknowledged_by",
        "acknowledged_for",
        "successor",
        "superseded_by__agency",
        "superseded_by__successor",
    ).order_by("agency__protocol_order", "agency__sort_key")
    template = "distribution/_line_units.html" if request.htmx else "distribution/line_units.html"
    found = with_latest_notes(with_below(units), notes_of_letter(circular, request.user).latest)
    with_return_decisions(found)
    context = {"section": _section(request), "circular": circular, "line": line, "units": found}
    return render(request, template, context)


@require_safe
def progress(request: ActingRequest, letter: UUID) -> HttpResponse:
    """Sending progress, polled by the page until no notice is waiting."""
    circular = _visible(request, letter)
    sending = sending_figures(circular)
    may_send = circular.issuer in request.acting.sends_for
    context = {"circular": circular, "sending": sending, "live": True, "may_send": may_send}
    context["standing"] = standstills_of(circular, at=timezone.now())
    if request.htmx and not sending.is_going_on:
        return HttpResponseClientRefresh()
    return render(request, "distribution/_progress.html", context)


@require_POST
def retry_notices(request: ActingRequest, letter: UUID) -> HttpResponse:
    """Retry the notices that were given up, and send those that could not be written before."""
    circular = _visible(request, letter)
    if circular.issuer not in request.acting.sends_for:
        raise Http404
    say_retried(request, retry_failed(circular=circular, at=timezone.now()))
    return redirect_with_way_back(request, "letter", circular.public_id)


@require_POST
def retry_notices_of_one(request: ActingRequest, letter: UUID, delivery: UUID) -> HttpResponse:
    """The same for one recipient."""
    circular = _visible(request, letter)
    if circular.issuer not in request.acting.sends_for:
        raise Http404
    found = get_object_or_404(circular.deliveries.direct(), public_id=delivery)
    say_retried(request, retry_failed(circular=circular, only=found, at=timezone.now()))
    return redirect_with_way_back(request, "recipient", letter, delivery)


def _funnel_context(funnel: Sequence[FunnelRow], recipients: int) -> dict[str, Any]:
    recorded = [each.recorded.count for each in funnel]
    parts = [
        (each.count.count - weaker, weaker, each.of) for each, weaker in zip(funnel, recorded, strict=True)
    ]
    return {
        "funnel": list(zip(funnel, share_bars(parts, recipients), strict=True)),
        "has_recorded": any(recorded),
    }


def _section(request: ActingRequest) -> str:
    return "letters" if request.acting.sends else "board"


def _visible(request: ActingRequest, letter: UUID) -> Circular:
    visible = Circular.objects.visible_to(request.user).select_related(
        "issuer", "dispatched_by", "superseded_by", "withdrawn_by", "corrects"
    )
    marked = with_parts_marked(with_tekits_named(with_changes_marked(with_decisions_marked(visible))))
    return get_object_or_404(marked, public_id=letter)

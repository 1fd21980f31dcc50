"""What senders see: their letters, how far each got, and its status report."""

from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe
from django_tables2 import RequestConfig

from agencies.acting import ActingRequest
from circulars.models import Circular, Status
from distribution.board import by_purpose, letter_figures, line_figures, with_progress
from distribution.export import export_or_none
from distribution.reports import status_report
from distribution.tables import LettersTable, OutstandingTable


@require_safe
def letters(request: ActingRequest) -> HttpResponse:
    """Drafts and sent letters of the unit acted for."""
    visible = Circular.objects.visible_to(request.user)
    unit = request.acting.agency
    mine = visible.filter(issuer=unit) if request.acting.sends else visible
    if query := request.GET.get("q", "").strip():
        mine = mine.search(query)
    table = LettersTable(with_progress(mine.filter(status=Status.DISPATCHED)), order_by="-dispatched_at")
    RequestConfig(request, paginate={"per_page": 25}).configure(table)
    drafts = mine.filter(status=Status.DRAFT).select_related("recorded_by")[:100]
    context = {"section": "letters", "table": table, "drafts": drafts, "query": query, "unit": unit}
    return render(request, "distribution/letters.html", context)


@require_safe
def letter(request: ActingRequest, letter: UUID) -> HttpResponseBase:
    """One letter: its lines as printed with how far their units got, or the units that have not confirmed."""
    circular = _visible(request, letter)
    if circular.is_draft:
        return redirect("review", circular.public_id)
    context = {
        "section": _section(request),
        "circular": circular,
        "figures": letter_figures(circular),
        "references": circular.references.all(),
        "attachments": circular.attachments.all(),
        "at": timezone.now(),
    }
    if request.GET.get("show") == "outstanding":
        outstanding = circular.deliveries.outstanding().for_board()
        if response := export_or_none(
            request, OutstandingTable(outstanding), f"bekleyenler-{circular.number or circular.pk}"
        ):
            return response
        table = OutstandingTable(outstanding, exclude=("letter", *OutstandingTable.FOLDED), order_by="agency")
        RequestConfig(request, paginate={"per_page": 50}).configure(table)
        return render(request, "distribution/letter_outstanding.html", {**context, "table": table})
    return render(
        request, "distribution/letter.html", {**context, "heads": by_purpose(line_figures(circular))}
    )


@require_safe
def line_units(request: ActingRequest, letter: UUID, pk: int) -> HttpResponse:
    """The units of one printed line and their stage."""
    circular = _visible(request, letter)
    line = get_object_or_404(circular.lines.select_related("group"), pk=pk)
    units = line.deliveries.select_related("agency", "acknowledged_by").order_by(
        "agency__protocol_order", "agency__sort_key"
    )
    template = "distribution/_line_units.html" if request.htmx else "distribution/line_units.html"
    context = {"section": _section(request), "circular": circular, "line": line, "units": units}
    return render(request, template, context)


@require_safe
def progress(request: ActingRequest, letter: UUID) -> HttpResponse:
    """The sending's progress, asked for again and again until nothing is on its way."""
    circular = _visible(request, letter)
    figures = letter_figures(circular)
    return render(
        request, "distribution/_progress.html", {"circular": circular, "figures": figures, "live": True}
    )


@require_safe
def report(request: ActingRequest, letter: UUID) -> HttpResponse:
    """The status report of a sent letter as PDF."""
    circular = get_object_or_404(_sent(request), public_id=letter)
    response = HttpResponse(status_report(circular, at=timezone.now()), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="durum-raporu-{circular.pk}.pdf"'
    return response


def _section(request: ActingRequest) -> str:
    return "letters" if request.acting.sends else "board"


def _sent(request: ActingRequest) -> QuerySet[Circular]:
    return Circular.objects.visible_to(request.user).filter(status=Status.DISPATCHED)


def _visible(request: ActingRequest, letter: UUID) -> Circular:
    visible = Circular.objects.visible_to(request.user).select_related("issuer", "dispatched_by")
    return get_object_or_404(visible, public_id=letter)

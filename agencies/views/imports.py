"""Import of the directory from a file: upload, preview, decide, result."""

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import HttpResponseClientRefresh

from agencies.directory.columns import BY_FIELD, COLUMNS, REPORT_HEADINGS, kind_words
from agencies.directory.reasons import Problem, note_words, problem_words, warning_words
from agencies.directory.run import (
    CountNotTyped,
    NotAwaitingDecision,
    begin_import,
    confirm_import,
    discard_import,
)
from agencies.directory.tabular.spreadsheet import csv_response
from agencies.forms.imports import ImportForm
from agencies.models.maintenance import DirectoryImport, ImportRow, ImportState, Outcome
from agencies.views.acting import ActingRequest
from agencies.views.guards import for_directory_administrators

ROWS_ON_A_PAGE = 50
IMPORTS_SHOWN = 20
CHUNK = 2000
WARNED = "warned"
"""The list of rows with warnings, whatever their outcome."""


@for_directory_administrators
@require_http_methods(["GET", "HEAD", "POST"])
def imports(request: ActingRequest) -> HttpResponse:
    """Upload form, description of the columns, and earlier imports."""
    form = ImportForm(request.POST, request.FILES) if request.method == "POST" else ImportForm()
    if form.is_bound and form.is_valid():
        begun = begin_import(
            file=form.cleaned_data["file"],
            by=request.user,
            at=timezone.now(),
            blanks_erase=form.cleaned_data["blanks_erase"],
            sheet=form.cleaned_data["sheet"],
        )
        return redirect("directory_import", begun.pk)
    context = {
        "section": "directory",
        "form": form,
        "columns": COLUMNS,
        "kinds": sorted(kind_words().values()),
        "imports": DirectoryImport.objects.select_related("created_by")[:IMPORTS_SHOWN],
    }
    return render(request, "agencies/imports.html", context)


@for_directory_administrators
@require_safe
def directory_import(request: ActingRequest, pk: int) -> HttpResponse:
    """One import: progress, outcome of each row, and the decision. Polled while a worker is running."""
    found = get_object_or_404(DirectoryImport.objects.select_related("created_by", "confirmed_by"), pk=pk)
    if request.htmx:
        if not found.is_at_work:
            return HttpResponseClientRefresh()
        return render(request, "agencies/_import_progress.html", {"import": found})
    return _page(request, found)


def _page(request: ActingRequest, found: DirectoryImport, **decision: Any) -> HttpResponse:
    """The page of an import; `decision` holds what was typed and why it can't be done."""
    counts = [(outcome, getattr(found, outcome.value)) for outcome in Outcome]
    filled = [outcome for outcome, count in counts if count]
    wanted = request.GET.get("show", "")
    shown: str | None = wanted if wanted in (*Outcome.values, WARNED) else _first_shown(filled)
    context = {
        "section": "directory",
        "import": found,
        "counts": counts,
        "shown": shown,
        "notes": [note_words(note) for note in found.notes],
        **decision,
    }
    if shown is not None and not found.is_at_work:
        chosen = found.lines.exclude(warnings=[]) if shown == WARNED else found.lines.filter(outcome=shown)
        lines = chosen.order_by("number")
        page = Paginator(lines, ROWS_ON_A_PAGE).get_page(request.GET.get("page"))
        context |= {"page": page, "rows": [_described(row) for row in page]}
    return render(request, "agencies/import.html", context)


@for_directory_administrators
@require_POST
def confirm(request: ActingRequest, pk: int) -> HttpResponse:
    """Write the good rows."""
    found = get_object_or_404(DirectoryImport, pk=pk)
    typed = request.POST.get("count", "").strip()
    try:
        confirm_import(
            directory_import=found,
            skip_bad_rows=request.POST.get("skip_bad_rows") == "1",
            digest_read=request.POST.get("digest_read", ""),
            by=request.user,
            at=timezone.now(),
            count_typed=int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 10 else None,
        )
    except CountNotTyped:
        return _page(request, found, typed=typed, count_wrong=True, skips=True)
    except NotAwaitingDecision:
        found.refresh_from_db()
        if found.state == ImportState.CHECKED and found.bad and request.POST.get("skip_bad_rows") != "1":
            message = _(
                "Nothing was imported. Some rows can't be: tick that they are to be left out,"
                " or mend them in the file and upload it again."
            )
        else:
            message = _("Nothing was done: it was decided already, or judged anew. Look at it as it is now.")
        messages.error(request, message)
    return redirect("directory_import", found.pk)


@for_directory_administrators
@require_POST
def discard(request: ActingRequest, pk: int) -> HttpResponse:
    """Cancel the import."""
    found = get_object_or_404(DirectoryImport, pk=pk)
    try:
        discard_import(directory_import=found, at=timezone.now())
    except NotAwaitingDecision:
        messages.error(request, _("This import doesn't wait for a decision any more."))
        return redirect("directory_import", found.pk)
    messages.success(request, _("The import is discarded. Nothing was changed."))
    return redirect("directory_imports")


@for_directory_administrators
@require_safe
def bad_rows(request: ActingRequest, pk: int) -> HttpResponseBase:
    """The bad rows with their reasons, as a file to correct and upload again."""
    found = get_object_or_404(DirectoryImport, pk=pk)
    return csv_response(_bad_rows(found), "duzeltilecek-satirlar")


def _bad_rows(found: DirectoryImport) -> Iterator[list[Any]]:
    width = len(found.head)
    yield [*found.head, *REPORT_HEADINGS]
    for row in found.lines.filter(outcome=Outcome.BAD).order_by("number").iterator(chunk_size=CHUNK):
        cells = [*row.cells, *[""] * (width - len(row.cells))][:width]
        reasons = " / ".join(
            f"{problem['heading']}: {problem['reason']}" for problem in _described(row)["problems"]
        )
        yield [*cells, row.number, reasons, *row.cells[width:]]


def _first_shown(filled: list[Outcome]) -> Outcome | None:
    """The outcome shown by default: bad rows if there are any, else the first kind of change."""
    return Outcome.BAD if Outcome.BAD in filled else next(iter(filled), None)


def _described(row: ImportRow) -> dict[str, Any]:
    """The row for display: changes and problems with the column's heading."""
    return {
        "number": row.number,
        "code": row.code or row.detsis_no or "",
        "name": row.name or "",
        "kind": kind_words().get(row.kind or "", ""),
        "parent": row.parent_ref or "",
        "changes": [
            {"heading": BY_FIELD[field].heading, "old": old, "new": new}
            for field, (old, new) in row.changes.items()
        ],
        "problems": [_said(problem, problem_words(problem)) for problem in row.problems],
        "warnings": [_said(warning, warning_words(warning)) for warning in row.warnings],
    }


def _said(problem: Problem, words: str) -> dict[str, str]:
    """A problem or warning with its column's heading; one of the whole row has none."""
    column = problem["column"]
    return {
        "heading": BY_FIELD[column].heading if column else REPORT_HEADINGS[0],
        "value": problem["value"],
        "reason": words,
    }

"""Files that a worker prepares for the person: request, progress, download."""

from uuid import UUID

from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import HttpResponseClientRefresh

from agencies.views.acting import ActingRequest
from circulars.files.stored import stored_file
from circulars.models import Circular, Status
from distribution.models import PreparedFile, PreparedFileKind
from distribution.services.prepare_file import request_file
from distribution.visibility import prepared_files_of

MOST_SHOWN = 100


@require_POST
def letter_report(request: ActingRequest, letter: UUID) -> HttpResponse:
    """Request the status report of a sent letter."""
    sent = Circular.objects.visible_to(request.user).filter(status=Status.DISPATCHED)
    prepared = request_file(
        kind=PreparedFileKind.STATUS_REPORT,
        circular=get_object_or_404(sent, public_id=letter),
        by=request.user,
        language=get_language() or "",
        at=timezone.now(),
    )
    return redirect("prepared_file", prepared.public_id)


@require_safe
def prepared_files(request: ActingRequest) -> HttpResponse:
    """The person's files, the newest first."""
    found = prepared_files_of(request.user).select_related("circular")[:MOST_SHOWN]
    return render(request, "distribution/prepared_files.html", {"files": found})


@require_safe
def prepared_file(request: ActingRequest, file: UUID) -> HttpResponse:
    """One file: its progress, then the download. Polled while it is being prepared."""
    prepared = _found(request, file)
    if request.htmx and not prepared.is_unfinished:
        return HttpResponseClientRefresh()
    template = "_prepared_progress" if request.htmx else "prepared_file"
    context = {"prepared": prepared, "late": prepared.is_late(at=timezone.now())}
    return render(request, f"distribution/{template}.html", context)


@require_safe
def download_prepared_file(request: ActingRequest, file: UUID) -> FileResponse:
    """The file itself."""
    prepared = _found(request, file)
    if not prepared.is_ready:
        raise Http404
    return stored_file(prepared.file, prepared.file_name)


def _found(request: ActingRequest, file: UUID) -> PreparedFile:
    found = prepared_files_of(request.user).select_related("circular")
    return get_object_or_404(found, public_id=file)

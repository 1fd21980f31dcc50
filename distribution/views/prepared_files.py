"""Files that a worker prepares for the person: request, progress, download."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import HttpResponseClientRefresh

from agencies.views.acting import ActingRequest
from circulars.files.stored import stored_file
from circulars.models import Circular, Status
from distribution.models import PreparedFile, PreparedFileKind
from distribution.models.prepared_file import LONGEST_QUERY, OF_A_UNIT
from distribution.services.prepare_file import request_file
from distribution.tables.exported_lists import EXPORTED_LISTS
from distribution.views.board import managed_unit
from distribution.views.ticked import ticked_uuids
from distribution.visibility import prepared_files_of

MOST_SHOWN = 100
PAGES = {
    PreparedFileKind.OUTSTANDING: "board",
    PreparedFileKind.OUTSTANDING_LETTERS: "board_letters",
    PreparedFileKind.LETTER_OUTSTANDING: "letter",
    PreparedFileKind.READERSHIP: "readership",
    PreparedFileKind.STATUS_REPORT: "letter",
}
"""The page that shows what a file holds."""


@require_POST
def letter_report(request: ActingRequest, letter: UUID) -> HttpResponse:
    """Request the status report of a sent letter."""
    return _request(request, PreparedFileKind.STATUS_REPORT, circular=_sent(request, letter))


@require_http_methods(["GET", "HEAD", "POST"])
def prepare_list(request: ActingRequest, kind: str) -> HttpResponse:
    """Request a large list as a workbook. Its filter and order, and its letter, stand in the address."""
    if kind not in EXPORTED_LISTS:
        raise Http404
    query = request.GET.copy()
    letters = ticked_uuids(query, "letter")
    query.pop("letter", None)
    if bool(letters) == (kind in OF_A_UNIT):
        raise Http404
    about: dict[str, Any] = {"query": query.urlencode()}
    if letters:
        about["circular"] = _sent(request, letters[0])
    else:
        about["unit"] = managed_unit(request)
    wanted = PreparedFile(kind=PreparedFileKind(kind), **about)
    if len(wanted.query) > LONGEST_QUERY:
        messages.error(
            request, _("No file was prepared: the filter of the list is too long. Shorten its text.")
        )
        return redirect(_page_of(wanted))
    if request.method == "POST":
        return _request(request, PreparedFileKind(kind), **about)
    return render(request, "distribution/prepare_list.html", {"wanted": wanted, "back": _page_of(wanted)})


@require_safe
def prepared_files(request: ActingRequest) -> HttpResponse:
    """The person's files, the newest first."""
    found = prepared_files_of(request.user).select_related("circular", "unit")[:MOST_SHOWN]
    return render(request, "distribution/prepared_files.html", {"files": found})


@require_safe
def prepared_file(request: ActingRequest, file: UUID) -> HttpResponse:
    """One file: its progress, then the download. Polled while it is being prepared."""
    prepared = _found(request, file)
    if request.htmx and not prepared.is_unfinished:
        return HttpResponseClientRefresh()
    template = "_prepared_progress" if request.htmx else "prepared_file"
    context = {
        "prepared": prepared,
        "late": prepared.is_late(at=timezone.now()),
        "back": _page_of(prepared),
        "again": _address_of_request(prepared),
    }
    return render(request, f"distribution/{template}.html", context)


@require_safe
def download_prepared_file(request: ActingRequest, file: UUID) -> FileResponse:
    """The file itself."""
    prepared = _found(request, file)
    if not prepared.is_ready:
        raise Http404
    return stored_file(prepared.file, prepared.file_name)


def _request(request: ActingRequest, kind: PreparedFileKind, **about: Any) -> HttpResponse:
    prepared = request_file(
        kind=kind, by=request.user, language=get_language() or "", at=timezone.now(), **about
    )
    return redirect("prepared_file", prepared.public_id)


def _sent(request: ActingRequest, letter: UUID) -> Circular:
    sent = Circular.objects.visible_to(request.user).filter(status=Status.DISPATCHED)
    return get_object_or_404(sent, public_id=letter)


def _found(request: ActingRequest, file: UUID) -> PreparedFile:
    found = prepared_files_of(request.user).select_related("circular", "unit")
    return get_object_or_404(found, public_id=file)


def _page_of(prepared: PreparedFile) -> str:
    """The address of the page that shows what the file holds, filtered as the file."""
    name = PAGES[PreparedFileKind(prepared.kind)]
    page = reverse(name, args=[prepared.circular.public_id] if prepared.circular else [])
    return f"{page}?{prepared.query}" if prepared.query else page


def _address_of_request(prepared: PreparedFile) -> str:
    """The address that takes a request for the same file."""
    if prepared.kind == PreparedFileKind.STATUS_REPORT and prepared.circular:
        return reverse("letter_report", args=[prepared.circular.public_id])
    letter = f"letter={prepared.circular.public_id}" if prepared.circular else ""
    query = "&".join(filter(None, [prepared.query, letter]))
    return f"{reverse('prepare_list', args=[prepared.kind])}?{query}"

"""Files that a worker prepares for the person: request, progress, download."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import HttpResponseClientRefresh

from agencies.models import Agency, Role
from agencies.services.refusal import ActionRefused
from agencies.views.acting import ActingRequest
from circulars.files.stored import stored_file
from circulars.models import Circular, Status
from distribution.models import Delivery, FileFormat, PreparedFile, PreparedFileKind
from distribution.models.prepared_file import LONGEST_QUERY, OF_A_DELIVERY, OF_A_UNIT
from distribution.services.prepare_file import cancel_file, note_download, request_file
from distribution.tables.files.exported_lists import EXPORTED_LISTS
from distribution.tables.files.list_files import address_of_request
from distribution.views.outstanding import digest_of, ids_of, managed_unit
from distribution.views.several.choice import kept_rows
from distribution.views.ticked import ticked_uuids
from distribution.visibility import chain_seen_by, prepared_files_of

MOST_SHOWN = 100
REPORT_FORMATS = (FileFormat.PDF, FileFormat.XLSX, FileFormat.ODS)
ROLES = {
    PreparedFileKind.ARCHIVE: {Role.RECIPIENT},
    PreparedFileKind.SENT_LETTERS: {Role.SENDER, Role.MANAGER},
}
"""Who in a unit sees its list; of any other list its manager."""


@require_POST
def letter_report(request: ActingRequest, letter: UUID) -> HttpResponse:
    """Request the status report of a sent letter."""
    wanted = request.POST.get("file_format", FileFormat.PDF)
    if wanted not in REPORT_FORMATS:
        raise Http404
    asked = PreparedFile(
        kind=PreparedFileKind.STATUS_REPORT, file_format=wanted, circular=_sent(request, letter)
    )
    return _request(request, asked)


@require_http_methods(["GET", "HEAD", "POST"])
def prepare_list(request: ActingRequest, kind: str) -> HttpResponse:
    """Request a long list as a file. Its filter, order and format, and what it is about, stand in the address."""
    if kind not in EXPORTED_LISTS:
        raise Http404
    query = request.GET.copy()
    letters, deliveries = ticked_uuids(query, "of_letter"), ticked_uuids(query, "of_delivery")
    wanted, unit = (query.pop(name, [""])[-1] for name in ("_export", "of_unit"))
    for name in ("of_letter", "of_delivery"):
        query.pop(name, None)
    ticked = query.get("ticked", "") if kind == PreparedFileKind.OUTSTANDING else ""
    wanted = wanted or FileFormat.XLSX
    if wanted not in FileFormat.values:
        raise Http404
    if (bool(letters), bool(deliveries)) != (kind not in (*OF_A_UNIT, *OF_A_DELIVERY), kind in OF_A_DELIVERY):
        raise Http404
    asked = PreparedFile(
        kind=PreparedFileKind(kind),
        file_format=wanted,
        query=query.urlencode(),
        circular=_sent(request, letters[0]) if letters else None,
        delivery=_passed_on(request, deliveries[0]) if deliveries else None,
        unit=_unit(request, PreparedFileKind(kind), unit) if kind in OF_A_UNIT else None,
    )
    if ticked and asked.unit is not None:
        rows = kept_rows(request, asked.unit)
        if digest_of(rows) != ticked:
            messages.error(
                request,
                _("No file was prepared: the ticked rows are not the same any more. Tick them again."),
            )
            return redirect(_page_of(asked))
        asked.chosen = ids_of(request, rows)
    if len(asked.query) > LONGEST_QUERY:
        messages.error(
            request, _("No file was prepared: the filter of the list is too long. Shorten its text.")
        )
        return redirect(_page_of(asked))
    if request.method == "POST":
        return _request(request, asked)
    return render(request, "distribution/prepare_list.html", {"wanted": asked, "back": _page_of(asked)})


@require_safe
def prepared_files(request: ActingRequest) -> HttpResponse:
    """The person's files, or only those that are ready and weren't downloaded yet, the newest first."""
    found = _of_person(request)
    if request.GET.get("show") == "new":
        found = found.to_be_fetched()
    found = found[:MOST_SHOWN]
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
    if request.method == "GET":
        note_download(prepared=prepared, at=timezone.now())
    return stored_file(prepared.file, prepared.file_name)


@require_POST
def cancel_prepared_file(request: ActingRequest, file: UUID) -> HttpResponse:
    """Cancel the preparation."""
    prepared = _found(request, file)
    if cancel_file(prepared=prepared, at=timezone.now()):
        messages.success(request, _("The preparation of the file was cancelled."))
    else:
        messages.info(request, _("The preparation had ended before. Nothing is changed."))
    return redirect("prepared_file", prepared.public_id)


def _request(request: ActingRequest, asked: PreparedFile) -> HttpResponse:
    try:
        prepared = request_file(
            kind=PreparedFileKind(asked.kind),
            file_format=FileFormat(asked.file_format),
            circular=asked.circular,
            unit=asked.unit,
            delivery=asked.delivery,
            query=asked.query,
            chosen=asked.chosen,
            by=request.user,
            language=get_language() or "",
            at=timezone.now(),
        )
    except ActionRefused as refused:
        messages.error(request, str(refused))
        return redirect("prepared_files")
    return redirect("prepared_file", prepared.public_id)


def _sent(request: ActingRequest, letter: UUID) -> Circular:
    sent = Circular.objects.visible_to(request.user).filter(status=Status.DISPATCHED)
    return get_object_or_404(sent, public_id=letter)


def _passed_on(request: ActingRequest, delivery: UUID) -> Delivery:
    found = get_object_or_404(Delivery.objects.select_related("circular", "agency"), public_id=delivery)
    if not chain_seen_by(request.user, found):
        raise Http404
    return found


def _unit(request: ActingRequest, kind: PreparedFileKind, wanted: str) -> Agency:
    """The unit of the address, otherwise the one that the person manages. Raises Http404 without the role for it."""
    if not wanted:
        return managed_unit(request)
    roles = ROLES.get(kind, {Role.MANAGER})
    for unit, own in request.acting.units.items():
        if str(unit.pk) == wanted and roles & own:
            return unit
    raise Http404


def _of_person(request: ActingRequest) -> Any:
    return prepared_files_of(request.user).select_related(
        "circular", "unit", "delivery__circular", "delivery__agency"
    )


def _found(request: ActingRequest, file: UUID) -> PreparedFile:
    prepared: PreparedFile = get_object_or_404(_of_person(request), public_id=file)
    return prepared


def _page_of(prepared: PreparedFile) -> str:
    """The address of the page that shows what the file holds, filtered as the file."""
    kind, query = PreparedFileKind(prepared.kind), QueryDict(prepared.query, mutable=True)
    about = prepared.circular or prepared.delivery
    place: list[Any] = [about.public_id] if about else []
    match kind:
        case PreparedFileKind.STATUS_REPORT:
            name = "letter"
        case PreparedFileKind.ARCHIVE:
            name, place = "unit_inbox", [prepared.unit_id]
            query["show"] = "confirmed"
        case _:
            name = EXPORTED_LISTS[kind].page
            query.pop("ticked", None)
    page = reverse(name, args=place)
    return f"{page}?{query.urlencode()}" if query else page


def _address_of_request(prepared: PreparedFile) -> str:
    """The address that takes a request for the same file."""
    if prepared.kind == PreparedFileKind.STATUS_REPORT and prepared.circular:
        return reverse("letter_report", args=[prepared.circular.public_id])
    return address_of_request(prepared)

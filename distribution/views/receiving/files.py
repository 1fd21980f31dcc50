"""Files of a received letter: shown or downloaded one by one, all in one archive, the letter's pages as pictures.

Opening a file is recorded like a download; confirming is not done by any of these.
"""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from agencies.views.acting import ActingRequest
from circulars.files.stored import stored_archive, stored_file, stored_page_image
from distribution.models import Delivery
from distribution.queries.attachments import enclosed_attachment
from distribution.queries.letter_files import stored_files_for
from distribution.services.receiving.read import TakenFile, record_downloaded
from distribution.views.receiving.delivery import own_delivery


@require_safe
def letter_file(request: ActingRequest, delivery: UUID) -> HttpResponseBase:
    """The letter's own file; with `?open` shown by the browser. It is recorded."""
    found = own_delivery(request, delivery)
    circular = found.circular
    if found.withdrawn_at is not None:
        return _files_closed(request, delivery)
    response = stored_file(circular.source_file, circular.source_name, inline=asks_to_open(request))
    _record(request, found, [TakenFile(circular.source_name, circular.source_sha256)])
    return response


@require_safe
def letter_page(request: ActingRequest, delivery: UUID, page: int) -> HttpResponse:
    """One page of the letter's PDF as PNG, a part of the letter's page."""
    found = own_delivery(request, delivery)
    if found.withdrawn_at is not None:
        raise Http404
    return stored_page_image(found.circular, page)


@require_safe
def attachment_file(request: ActingRequest, delivery: UUID, pk: int) -> HttpResponseBase:
    """The file of an attachment; with `?open` shown by the browser. It is recorded."""
    found = own_delivery(request, delivery)
    attachment = enclosed_attachment(found, pk)
    if attachment is None:
        raise Http404
    if found.withdrawn_at is not None:
        return _files_closed(request, delivery)
    response = stored_file(attachment.file, attachment.file_name, inline=asks_to_open(request))
    _record(request, found, [TakenFile(attachment.file_name, attachment.sha256)])
    return response


@require_safe
def all_files(request: ActingRequest, delivery: UUID) -> HttpResponseBase:
    """The letter and its attachments in one archive. Each file in it is recorded."""
    found = own_delivery(request, delivery)
    if found.withdrawn_at is not None:
        return _files_closed(request, delivery)
    files = stored_files_for(found)
    response = stored_archive([(each.file, each.name) for each in files], found.circular.number)
    _record(request, found, [TakenFile(each.name, each.sha256) for each in files if each.is_stored])
    return response


def asks_to_open(request: HttpRequest) -> bool:
    """Whether the file is to be shown and not stored."""
    return "open" in request.GET


def _files_closed(request: ActingRequest, delivery: UUID) -> HttpResponse:
    messages.error(request, _("The sender took this letter back. Its files can't be downloaded any more."))
    return redirect("delivery", delivery)


def _record(request: ActingRequest, found: Delivery, files: list[TakenFile]) -> None:
    record_downloaded(delivery=found, files=files, by=request.user, at=timezone.now())

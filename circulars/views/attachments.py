"""Files of a letter, for its sender: upload, remove, download."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from agencies.views.acting import ActingRequest
from circulars.files.stored import stored_file, stored_page_image
from circulars.files.uploads import sort_attachments
from circulars.forms.review import CircularForm
from circulars.models import Attachment, Circular
from circulars.services.attachments import attach, detach
from circulars.services.draft import NotADraft
from circulars.views.review import attachments_context, find_draft, review_page


@require_safe
def letter_file(request: ActingRequest, letter: UUID) -> HttpResponseBase:
    """The letter's original file."""
    circular = get_object_or_404(Circular.objects.visible_to(request.user), public_id=letter)
    return stored_file(circular.source_file, circular.source_name)


@require_safe
def letter_page(request: ActingRequest, letter: UUID, page: int) -> HttpResponse:
    """One page of the letter's PDF as PNG."""
    circular = get_object_or_404(Circular.objects.visible_to(request.user), public_id=letter)
    return stored_page_image(circular, page)


@require_safe
def download(request: ActingRequest, letter: UUID, pk: int) -> HttpResponseBase:
    """An attachment's file."""
    circular = get_object_or_404(Circular.objects.visible_to(request.user), public_id=letter)
    attachment = get_object_or_404(circular.attachments, pk=pk)
    return stored_file(attachment.file, attachment.file_name)


@require_POST
def upload(request: ActingRequest, letter: UUID) -> HttpResponse:
    """Store the accepted files and report the refused ones: for one printed attachment, or as additional ones."""
    circular = find_draft(request, letter)
    if circular is None:
        return redirect("letter", letter)
    named = _named(request, circular)
    good, refused = sort_attachments(request.FILES.getlist("files"))
    if named is not None and len(good) > 1:
        good, refused = (
            [],
            [_("Choose one file for this attachment; further files have their own field below.")],
        )
    if not good and not refused:
        refused = [_("No file was chosen. Choose a file first.")]
    try:
        for file in good:
            attach(circular=circular, upload=file, attachment=named)
    except NotADraft as error:
        raise Http404 from error
    return _panel(request, circular, {named.pk if named else 0: refused} if refused else {})


@require_POST
def remove(request: ActingRequest, letter: UUID, pk: int) -> HttpResponse:
    """Remove a file; an attachment named in the letter keeps its row."""
    circular = find_draft(request, letter)
    if circular is None:
        return redirect("letter", letter)
    attachment = get_object_or_404(circular.attachments.select_related("circular"), pk=pk)
    try:
        detach(attachment=attachment)
    except NotADraft as error:
        raise Http404 from error
    return _panel(request, circular, {})


def _named(request: ActingRequest, circular: Circular) -> Attachment | None:
    """The printed attachment that the upload is for; None for additional files."""
    asked_for = request.POST.get("attachment", "")
    if not asked_for:
        return None
    if not asked_for.isdecimal():
        raise Http404
    return get_object_or_404(circular.attachments, pk=int(asked_for))


def _panel(request: ActingRequest, circular: Circular, refused: dict[int, list[str]]) -> HttpResponse:
    """The panel for htmx; else a redirect to the review page, or the page itself if a file was refused."""
    if getattr(request, "htmx", False):
        return render(request, "circulars/_attachments.html", attachments_context(circular, refused))
    if refused:
        return review_page(
            request, circular, CircularForm(instance=circular, issuers=request.acting.sends_for), refused
        )
    messages.success(request, _("The attachments are saved."))
    return redirect("review", circular.public_id)

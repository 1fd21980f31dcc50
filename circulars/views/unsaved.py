"""Text of a draft's form that is not saved: kept while it is typed, and discarded."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBadRequest, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from agencies.services.changed_meanwhile import ChangedMeanwhile
from agencies.views.acting import ActingRequest
from circulars.forms.review import CircularForm, saved_meanwhile
from circulars.forms.unsaved import typed_values
from circulars.models import Circular, DraftEditing
from circulars.services import unsaved
from circulars.services.draft import NotADraft
from circulars.views.review import find_draft, own_unsaved


@require_POST
def keep_unsaved(request: ActingRequest, letter: UUID) -> HttpResponse:
    """Asked by the script of the draft's page: keeps what is typed, and says who else has the draft open.

    Answers with two parts of the page. Status 409: it is no draft any more, and nothing is kept.
    """
    try:
        return _kept(request, letter)
    except ChangedMeanwhile:
        return _kept(request, letter)


def _kept(request: ActingRequest, letter: UUID) -> HttpResponse:
    """Keep what is typed. Raises ChangedMeanwhile if the draft is saved at the same moment."""
    circular = get_object_or_404(
        Circular.objects.visible_to(request.user).select_related("issuer", "saved_by"), public_id=letter
    )
    form = CircularForm(request.POST, instance=circular, issuers=request.acting.sends_for)
    read = request.POST.get("version_read", "")
    try:
        editing = UUID(request.POST.get("editing", ""))
        version_read = int(read) if read.isdecimal() and len(read) < 10 else circular.draft_version
    except ValueError:
        return HttpResponseBadRequest()
    at = timezone.now()
    context: dict[str, Any] = {
        "others": DraftEditing.objects.of_others(circular, request.user, at),
        "saved_meanwhile": "",
    }
    if version_read != circular.draft_version:
        context["saved_meanwhile"] = saved_meanwhile(circular.saved_by, circular.saved_at)
    try:
        context["editing"] = unsaved.keep_unsaved(
            circular=circular,
            editing=editing,
            values=typed_values(form),
            version_read=version_read,
            by=request.user,
            at=at,
        )
    except unsaved.NotKept:
        context["is_refused"] = True
    except NotADraft:
        return HttpResponse(status=409)
    return JsonResponse(
        {
            "is_kept": "editing" in context,
            "kept": render_to_string("circulars/_kept.html", context, request),
            "others": render_to_string("circulars/_others.html", context, request),
        }
    )


@require_POST
def discard_unsaved(request: ActingRequest, letter: UUID, editing: UUID) -> HttpResponse:
    """Delete one's own unsaved text of one page; the draft stays as it is saved."""
    circular = find_draft(request, letter)
    if circular is None:
        return redirect("letter", letter)
    found = get_object_or_404(own_unsaved(request, circular), public_id=editing)
    unsaved.discard_unsaved(editing=found)
    messages.success(request, _("The unsaved changes are discarded. The page shows the saved draft."))
    return redirect("review", letter)

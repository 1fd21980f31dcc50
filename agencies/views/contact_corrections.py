"""Corrections of contact details by the units' own people, for directory administrators."""

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from agencies.models import ContactCorrection, CorrectionEnd
from agencies.services.contact_details.contact_corrections import (
    accept_correction,
    refuse_correction,
    undo_correction,
)
from agencies.services.refusal import ActionRefused
from agencies.views.acting import ActingRequest
from agencies.views.directory import page_of
from agencies.views.guards import for_directory_administrators


@for_directory_administrators
@require_safe
def contact_corrections(request: ActingRequest) -> HttpResponse:
    """All corrections, those that wait for a decision marked, or only those, latest first."""
    found = ContactCorrection.objects.exclude(ended_as=CorrectionEnd.REPLACED)
    if request.GET.get("show") == "waiting":
        found = ContactCorrection.objects.to_accept()
    found = found.select_related("agency", "asked_by", "decided_by")
    context = {"section": "directory", "page": page_of(request, found)}
    return render(request, "agencies/contact_corrections.html", context)


@for_directory_administrators
@require_POST
def undo(request: ActingRequest, pk: int) -> HttpResponse:
    """Write the earlier value again."""
    return _decided(request, pk, undo_correction, _("The earlier value counts again: %(unit)s"))


@for_directory_administrators
@require_POST
def accept(request: ActingRequest, pk: int) -> HttpResponse:
    """Accept a KEP address that waits."""
    return _decided(request, pk, accept_correction, _("The new KEP address counts now: %(unit)s"))


@for_directory_administrators
@require_POST
def refuse(request: ActingRequest, pk: int) -> HttpResponse:
    """Refuse a KEP address that waits."""
    return _decided(request, pk, refuse_correction, _("The new KEP address was refused: %(unit)s"))


def _decided(
    request: ActingRequest, pk: int, decide: Callable[..., ContactCorrection], words: str
) -> HttpResponse:
    try:
        done = decide(correction=pk, by=request.user, at=timezone.now())
    except ContactCorrection.DoesNotExist:
        raise Http404 from None
    except ActionRefused as error:
        messages.error(request, str(error))
    else:
        messages.success(request, words % {"unit": done.agency})
    return redirect("contact_corrections")

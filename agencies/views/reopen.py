"""Reopen a closed agency."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from agencies.models import Agency
from agencies.services.refusal import ActionRefused
from agencies.services.reopen import reopen_agency
from agencies.views.acting import ActingRequest
from agencies.views.guards import for_directory_administrators


@for_directory_administrators
@require_http_methods(["GET", "HEAD", "POST"])
def reopen(request: ActingRequest, pk: int) -> HttpResponse:
    """Clear the closing day of an agency."""
    agency = get_object_or_404(Agency.objects.select_related("successor"), pk=pk)
    if request.method == "POST":
        try:
            reopen_agency(agency=agency, by=request.user, at=timezone.now())
        except ActionRefused as refused:
            messages.error(request, str(refused))
        else:
            messages.success(request, _("%(unit)s is in being again.") % {"unit": agency.name})
        return redirect("agency", agency.pk)
    if agency.active_to is None:
        messages.info(request, _("It is not closed."))
        return redirect("agency", agency.pk)
    return render(request, "agencies/reopen.html", {"section": "directory", "agency": agency})

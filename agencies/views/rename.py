"""Rename an agency."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from agencies.forms.rename import RenameForm
from agencies.models import Agency
from agencies.services.changed_meanwhile import ChangedMeanwhile
from agencies.services.refusal import ActionRefused
from agencies.services.rename import rename_agency
from agencies.views.acting import ActingRequest
from agencies.views.guards import for_directory_administrators


@for_directory_administrators
@require_http_methods(["GET", "HEAD", "POST"])
def rename(request: ActingRequest, pk: int) -> HttpResponse:
    """Rename an agency from a given day."""
    agency = get_object_or_404(Agency, pk=pk)
    given = request.POST if request.method == "POST" else None
    form = RenameForm(given, agency=agency, on=timezone.localdate())
    if form.is_bound and form.is_valid():
        try:
            renamed = rename_agency(
                agency=agency,
                name=form.cleaned_data["name"],
                on=form.cleaned_data["on"],
                by=request.user,
                at=timezone.now(),
                version_read=form.cleaned_data["version_read"],
            )
        except ChangedMeanwhile as conflict:
            agency = Agency.objects.get(pk=agency.pk)
            form.report_conflict(conflict, stored=RenameForm(agency=agency, on=form.cleaned_data["on"]))
        except ActionRefused as refused:
            form.add_error(refused.field, str(refused))
        else:
            messages.success(
                request,
                _("%(old)s is now %(new)s. Letters that print the old name still find it.")
                % {"old": agency.name, "new": renamed.name},
            )
            return redirect("agency", agency.pk)
    context = {"section": "directory", "agency": agency, "form": form}
    return render(request, "agencies/rename.html", context)

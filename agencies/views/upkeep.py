"""Export of the directory; renaming an agency and opening it again."""

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from agencies.acting import ActingRequest
from agencies.exporting import directory_rows
from agencies.forms import RenameForm
from agencies.keeping import for_keepers
from agencies.lifecycle import Refused, rename_agency, reopen_agency
from agencies.models import Agency
from agencies.spreadsheet import csv_response, xlsx_response

FILE_NAME = "kurum-dizini"


@require_safe
def export(request: ActingRequest) -> HttpResponseBase:
    """The directory, or what a search finds, as a file that an import takes back."""
    agencies = Agency.objects.search(request.GET.get("q", ""))
    match request.GET.get("_export"):
        case "csv":
            return csv_response(directory_rows(agencies), FILE_NAME)
        case "xlsx":
            return xlsx_response(directory_rows(agencies), FILE_NAME, _("Directory"))
    raise Http404


@for_keepers
@require_http_methods(["GET", "HEAD", "POST"])
def rename(request: ActingRequest, pk: int) -> HttpResponse:
    """Give an agency a new name from a day on."""
    agency = get_object_or_404(Agency, pk=pk)
    given = request.POST if request.method == "POST" else None
    form = RenameForm(given, initial={"name": agency.name, "on": timezone.localdate()})
    if form.is_bound and form.is_valid():
        try:
            renamed = rename_agency(
                agency=agency,
                name=form.cleaned_data["name"],
                on=form.cleaned_data["on"],
                by=request.user,
                at=timezone.now(),
            )
        except Refused as refused:
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


@for_keepers
@require_http_methods(["GET", "HEAD", "POST"])
def reopen(request: ActingRequest, pk: int) -> HttpResponse:
    """Take the end of an agency away."""
    agency = get_object_or_404(Agency.objects.select_related("successor"), pk=pk)
    if request.method == "POST":
        try:
            reopen_agency(agency=agency, by=request.user, at=timezone.now())
        except Refused as refused:
            messages.error(request, str(refused))
        else:
            messages.success(request, _("%(unit)s is in being again.") % {"unit": agency.name})
        return redirect("agency", agency.pk)
    if agency.active_to is None:
        messages.info(request, _("It is not closed."))
        return redirect("agency", agency.pk)
    return render(request, "agencies/reopen.html", {"section": "directory", "agency": agency})

"""Export of the directory as a file."""

from django.http import Http404, HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from agencies.directory.export import directory_rows
from agencies.directory.tabular.ods import ods_response
from agencies.directory.tabular.spreadsheet import csv_response
from agencies.directory.tabular.xlsx import xlsx_response
from agencies.views.acting import ActingRequest
from agencies.views.directory_search import read_search

FILE_NAME = "kurum-dizini"


@require_safe
def export(request: ActingRequest) -> HttpResponseBase:
    """The directory, or the search results, as a file that can be imported."""
    agencies = read_search(request).found()
    match request.GET.get("_export"):
        case "csv":
            return csv_response(directory_rows(agencies), FILE_NAME)
        case "xlsx":
            return xlsx_response(directory_rows(agencies), FILE_NAME, _("Directory"))
        case "ods":
            return ods_response(directory_rows(agencies), FILE_NAME, _("Directory"))
    raise Http404

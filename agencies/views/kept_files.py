"""Kept files come back into the request, so that a view doesn't tell them from newly chosen ones."""

from collections.abc import Callable
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.datastructures import MultiValueDict

from agencies.services.kept_files import FIELD, KeptFiles, is_kept_for

KEEPS_FILES_OF_ANYBODY = "keeps_files_of_anybody"
"""Attribute of a view whose forms are sent without signing in. The view answers 404 to whoever may not send them."""


def kept_before(request: HttpRequest) -> "MultiValueDict[str, UploadedFile[bytes]]":
    """`request.FILES` with what is kept of the form at this address, for a page that shows it again after a GET.

    The request closes them at its end.
    """
    kept = KeptFiles(request.session, request.path, at=timezone.now())
    for field, file in kept.of_form():
        file.kept_files = kept  # type: ignore[attr-defined]
        request.FILES.appendlist(field, file)
    return request.FILES


class KeptFilesMiddleware:
    """Adds the kept files that a form sends again to `request.FILES`; afterwards stores what the answer offers.

    Sets `request.kept_files` for a form with files of a signed-in person, and of anybody at a view with the attribute
    KEEPS_FILES_OF_ANYBODY. A failed request (404, 500, 503) changes nothing of what is kept.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        kept: KeptFiles | None = getattr(request, "kept_files", None)
        if kept is not None and response.status_code < 400:
            kept.finish()
        return response

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> None:
        if request.method != "POST":
            return
        if not request.user.is_authenticated and not getattr(view, KEEPS_FILES_OF_ANYBODY, False):
            return
        again = request.POST.getlist(FIELD)
        if not again and not request.FILES and not is_kept_for(request.session, request.path):
            return
        kept = KeptFiles(request.session, request.path, at=timezone.now())
        request.kept_files = kept  # type: ignore[attr-defined]
        for field, file in reversed(kept.sent_again(again)):
            request.FILES.setlist(field, [file, *request.FILES.getlist(field)])
        for _field, uploads in request.FILES.lists():
            for upload in uploads:
                upload.kept_files = kept  # type: ignore[attr-defined]

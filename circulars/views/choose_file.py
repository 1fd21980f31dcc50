"""Choose the letter file of a draft: of a correction, explicitly a new one or the unchanged one."""

from dataclasses import replace
from uuid import UUID

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from agencies.views.acting import ActingRequest
from circulars.files.page_and_file import check_file
from circulars.files.uploads import FileRefused
from circulars.forms.choose_file import ChooseFileForm
from circulars.models import Circular
from circulars.services.choose_file import (
    FileOfCorrectedLetter,
    NoEarlierFile,
    choose_new_file,
    keep_earlier_file,
)
from circulars.services.draft import NotADraft
from circulars.services.record import AlreadyRecorded, ClassifiedLetter
from circulars.views.review import find_draft
from circulars.views.uploaded_letter import (
    TakesLonger,
    classified_words,
    of_corrected_words,
    read_later,
    read_source,
    recorded_words,
    source_of,
    tell_other_name,
)


@require_http_methods(["GET", "HEAD", "POST"])
def choose_file(request: ActingRequest, letter: UUID) -> HttpResponse:
    """The file that recipients get, and where it differs from the page; a POST replaces or keeps it."""
    circular = find_draft(request, letter)
    if circular is None:
        return redirect("letter", letter)
    form = ChooseFileForm(circular=circular)
    if request.method == "POST":
        form = ChooseFileForm(request.POST, request.FILES, circular=circular)
        try:
            if form.is_valid() and (following := _chosen(request, form, circular)):
                return following
        except NotADraft as error:
            if find_draft(request, letter) is None:
                return redirect("letter", letter)
            raise Http404 from error
    context = {
        "section": "letters",
        "circular": circular,
        "form": form,
        "check": check_file(circular, circular.lines.all()),
    }
    return render(request, "circulars/choose_file.html", context)


def _chosen(request: ActingRequest, form: ChooseFileForm, circular: Circular) -> HttpResponse | None:
    """The next page if the choice was recorded; if not, the form has the error. Raises NotADraft."""
    upload: UploadedFile[bytes] | None = form.cleaned_data["file"]
    draft = redirect(f"{reverse('review', args=[circular.public_id])}#letter-file")
    try:
        if upload is not None:
            return _take(request, upload, circular) or draft
        keep_earlier_file(circular=circular)
    except FileRefused as error:
        form.add_error("file", str(error))
    except ClassifiedLetter as error:
        form.add_error("file", classified_words(error.secrecy))
    except AlreadyRecorded as error:
        form.add_error("file", recorded_words(error.existing))
    except FileOfCorrectedLetter:
        form.add_error("file", of_corrected_words())
    except (NoEarlierFile, FileNotFoundError):
        form.add_error(
            "choice", _("The file of the earlier revision can't be found. Upload the signed file.")
        )
    else:
        messages.success(request, _("The file of the earlier revision goes with this one."))
        return draft
    return None


def _take(request: ActingRequest, upload: UploadedFile[bytes], circular: Circular) -> HttpResponse | None:
    """Raises FileRefused, and as `choose_new_file` does. Gives the next page if that isn't the draft's."""
    source = source_of(upload)
    try:
        letter, sizes = read_source(request, source.content, source.name, text_instead=False)
    except TakesLonger as longer:
        return read_later(request, source, longer, draft=circular)
    choose_new_file(circular=circular, letter=letter, source=replace(source, page_sizes=sizes))
    tell_other_name(request, upload, source)
    messages.success(request, _("“%(name)s” is now the letter's file.") % {"name": source.name})
    return None

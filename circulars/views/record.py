"""Record an uploaded or pasted letter as a draft."""

import dataclasses
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from agencies.models import Agency
from agencies.views.acting import ActingRequest
from circulars.files.uploads import FileRefused
from circulars.forms.record import RecordForm
from circulars.models import NOT_SENT, Circular
from circulars.services.record import AlreadyRecorded, ClassifiedLetter, SourceFile, issuer_of, record
from circulars.views.recorded import tell_recorded
from circulars.views.uploaded_letter import (
    TakesLonger,
    classified_words,
    read_later,
    read_source,
    recorded_words,
    source_of,
    tell_other_name,
)


@require_http_methods(["GET", "HEAD", "POST"])
def record_letter(request: ActingRequest) -> HttpResponse:
    """Upload a letter or paste its text; redirects to the draft's review page."""
    units = request.acting.sends_for
    if not units:
        raise Http404
    return _page(request, units, replaces=None)


@require_http_methods(["GET", "HEAD", "POST"])
def record_replacement(request: ActingRequest, letter: UUID) -> HttpResponse:
    """Record the right letter in place of a withdrawn one. If that has been begun, its draft is opened."""
    withdrawn = get_object_or_404(
        Circular.objects.changeable_by(request.user).exclude(withdrawn_at=None), public_id=letter
    )
    if withdrawn.superseded_by_id is not None:
        messages.info(request, withdrawn.replaced_words)
        return redirect("letter", letter)
    if withdrawn.number_in_use:
        messages.info(
            request, _("Another revision of this letter is still in force. Withdraw that one as well.")
        )
        return redirect("letter", letter)
    if (begun := withdrawn.replacements.filter(status__in=NOT_SENT).first()) is not None:
        return redirect("review", begun.public_id)
    return _page(request, [withdrawn.issuer], replaces=withdrawn)


def _page(request: ActingRequest, units: list[Agency], replaces: Circular | None) -> HttpResponse:
    form = RecordForm()
    if request.method == "POST":
        form = RecordForm(request.POST, request.FILES)
        if form.is_valid() and (following := _record(request, form, units, replaces)):
            return following
    context = {"section": "letters", "form": form, "replaces": replaces}
    return render(request, "circulars/record.html", context)


def _record(
    request: ActingRequest, form: RecordForm, units: list[Agency], replaces: Circular | None
) -> HttpResponse | None:
    """The page of the new draft or of its reading, or None with the reason as the field's error."""
    upload = form.cleaned_data["file"]
    field = "file" if upload else "text"
    source = (
        source_of(upload) if upload else SourceFile(_("text") + ".txt", form.cleaned_data["text"].encode())
    )
    try:
        letter, sizes = read_source(request, source.content, source.name)
    except FileRefused as error:
        form.add_error(field, str(error))
        return None
    except TakesLonger as longer:
        try:
            return read_later(request, source, longer, is_text=not upload, replaces=replaces)
        except FileRefused as error:
            form.add_error(field, str(error))
            return None
    try:
        circular = record(
            letter=letter,
            issuer=issuer_of(letter, among=units, acting_for=request.acting.agency),
            by=request.user,
            at=timezone.now(),
            source=dataclasses.replace(source, page_sizes=sizes) if upload else None,
            replaces=replaces,
        )
    except ClassifiedLetter as error:
        form.add_error(field, classified_words(error.secrecy))
        return None
    except AlreadyRecorded as error:
        form.add_error(field, recorded_words(error.existing))
        return None
    if upload:
        tell_other_name(request, upload, source)
    tell_recorded(request, circular, units)
    return redirect("review", circular.public_id)

"""A letter that is read in the background: how far it is, what came of it, cancelling, recording by hand."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect

from agencies.views.acting import ActingRequest
from circulars.models import NOT_SENT, Circular, LetterReading, ReadingFailure, ReadingState
from circulars.reading import FileKind, UnreadableFile
from circulars.services.reading.background import (
    NotToBeRecorded,
    dismiss_reading,
    note_opened,
    record_by_hand,
)
from circulars.views.recorded import tell_recorded
from circulars.views.uploaded_letter import (
    classified_words,
    of_corrected_words,
    recorded_words,
    scan_words,
    unreadable_words,
)


@require_safe
def letter_reading(request: ActingRequest, reading: UUID) -> HttpResponse:
    """How far the reading is, or why it failed; leads to the draft as soon as there is one. Polled meanwhile."""
    found = _found(request, reading)
    if found.is_done and found.result is not None:
        if not request.htmx and request.method == "GET":
            _tell(request, found, found.result)
            return redirect(_page_of(found, found.result))
        return HttpResponseClientRedirect(reverse("letter_reading", args=[reading]))
    if request.htmx and found.state == ReadingState.CANCELLED:
        return HttpResponseClientRedirect(_page_before(found))  # where the press that cancelled it leads
    if request.htmx and not found.is_unfinished:
        return HttpResponseClientRedirect(reverse("letter_reading", args=[reading]))
    template = "_reading_progress" if request.htmx else "letter_reading"
    context = {
        "section": "letters",
        "reading": found,
        "late": found.is_late(timezone.now()),
        "why": _why(found) if found.has_failed else "",
        "again": _again(found),
    }
    return render(request, f"circulars/{template}.html", context)


@require_POST
def dismiss(request: ActingRequest, reading: UUID) -> HttpResponse:
    """Cancel the reading, or delete a failed one; its file is deleted too."""
    found = _found(request, reading)
    if not dismiss_reading(reading=found, at=timezone.now()):
        messages.info(request, _("The letter had been read before. Its draft can be deleted."))
        return redirect("letter_reading", reading)
    if found.is_unfinished:
        messages.success(request, _("The reading of “%(name)s” is cancelled.") % {"name": found.name})
    elif found.file:
        messages.success(request, _("“%(name)s” and its file are deleted.") % {"name": found.name})
    else:
        messages.success(request, _("“%(name)s” is put aside.") % {"name": found.name})
    return redirect(_page_before(found))


@require_POST
def by_hand(request: ActingRequest, reading: UUID) -> HttpResponse:
    """A draft with the file and empty fields, or the file of the draft that it was meant for."""
    found = _found(request, reading)
    try:
        circular = record_by_hand(reading=found, at=timezone.now())
    except NotToBeRecorded as error:
        found = _found(request, reading)
        if found.is_done and found.result is not None:  # by an earlier press
            return redirect(_page_of(found, found.result))
        if error.failure == ReadingFailure.CLASSIFIED:
            dismiss_reading(reading=found, at=timezone.now())  # its file isn't kept
            messages.error(request, classified_words(error.detail))
            return redirect("letters")
        words = _words_of(error.failure, error.detail, error.known, draft=found.draft)
        messages.error(request, words or _("Nothing was recorded: the reading has ended meanwhile."))
        return redirect("letter_reading", reading)
    if found.draft is None:
        messages.warning(
            request, _("The letter is kept as a draft with its file. Fill in the fields by hand and save.")
        )
    else:
        messages.success(request, _("“%(name)s” is now the letter's file.") % {"name": circular.source_name})
    return redirect(_page_of(found, circular))


def _found(request: ActingRequest, reading: UUID) -> LetterReading:
    """The person's own reading. Raises Http404."""
    own = LetterReading.objects.filter(asked_by=request.user)
    return get_object_or_404(own.select_related("draft", "replaces", "result", "known"), public_id=reading)


def _tell(request: ActingRequest, reading: LetterReading, circular: Circular) -> None:
    """Say what came of it, once."""
    if not note_opened(reading=reading, at=timezone.now()) or not circular.is_draft:
        return
    if reading.draft is not None:
        messages.success(request, _("“%(name)s” is now the letter's file.") % {"name": circular.source_name})
        return
    if not circular.reading["readable"] and circular.reading["pages"] and not circular.source_text:
        messages.warning(request, scan_words())
    tell_recorded(request, circular, request.acting.sends_for)


def _page_of(reading: LetterReading, circular: Circular) -> str:
    page = reverse("review", args=[circular.public_id])
    return f"{page}#letter-file" if reading.draft is not None else page


def _page_before(reading: LetterReading) -> str:
    """Where one goes once it is dismissed."""
    return reverse("review", args=[reading.draft.public_id]) if reading.draft else reverse("letters")


def _again(reading: LetterReading) -> str:
    """The page that takes another file for the same draft, or the same withdrawn letter."""
    if reading.draft is not None:
        return reverse("choose_file", args=[reading.draft.public_id])
    if reading.replaces is not None:
        return reverse("record_replacement", args=[reading.replaces.public_id])
    return reverse("record")


def _why(reading: LetterReading) -> str:
    """Why it has failed, and what to do."""
    words = _words_of(reading.failure, reading.failure_detail, reading.known, draft=reading.draft)
    return words or _("An error occurred. Your administrators find it in the log.")


def _words_of(failure: str, detail: str, known: Circular | None, *, draft: Circular | None) -> str:
    """What the failure means for a file that is meant for this draft, or for none; empty for an error, and for none."""
    match failure:
        case ReadingFailure.TIME:
            return _("Reading the file took too long and was stopped. Other letters are read as usual.")
        case ReadingFailure.MEMORY:
            return _("Reading the file takes more memory than it may. Other letters are read as usual.")
        case ReadingFailure.ENDED:
            return _("The program that reads letters ended at each attempt to read this file.")
        case ReadingFailure.WAITED:
            return _("No worker took the letter up within a day. Your administrators can say why.")
        case ReadingFailure.UNREADABLE:
            code, _colon, kind = detail.partition(":")
            error = UnreadableFile(code, "", kind=FileKind(kind))
            return unreadable_words(error, text_instead=draft is None)
        case ReadingFailure.CLASSIFIED:
            return classified_words(detail)
        case ReadingFailure.RECORDED if known is not None:
            return recorded_words(known)
        case ReadingFailure.RECORDED:
            return _("This letter was recorded already; that draft has been deleted since.")
        case ReadingFailure.OF_CORRECTED:
            return of_corrected_words()
        case ReadingFailure.NOT_A_DRAFT if draft is not None and draft.status in NOT_SENT:
            return _(
                "The letter was scheduled for its dispatch meanwhile, so the file was not taken. As long as the letter"
                " has not left, its dispatch can be cancelled and the file taken."
            )
        case ReadingFailure.NOT_A_DRAFT:
            return _("The draft was sent or deleted meanwhile.")
        case ReadingFailure.OTHER_FILE:
            return _("Another file was chosen for the draft meanwhile. The draft keeps that one.")
        case ReadingFailure.NOT_A_SENDER:
            return _("You don't send letters for this unit any more.")
    return ""

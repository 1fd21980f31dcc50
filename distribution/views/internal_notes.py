"""Internal notes of a unit: on its letter, on one recipient of it, on its own copy of another unit's letter."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from agencies.services.refusal import ActionRefused
from agencies.views.acting import ActingRequest
from circulars.models import Circular
from distribution.forms.internal_notes import NoteForm
from distribution.models import Delivery, InternalNote
from distribution.services.internal_notes import strike_note, write_note_on_letter, write_note_on_own_copy
from distribution.views.own_letters import own_sent_letter
from distribution.visibility import answerable_by


@require_http_methods(["GET", "HEAD", "POST"])
def note_on_letter(request: ActingRequest, letter: UUID) -> HttpResponse:
    """Write a note on a sent letter."""
    circular = own_sent_letter(request, letter)

    def write(text: str) -> None:
        write_note_on_letter(letter=letter, text=text, by=request.user, at=timezone.now())

    return _write(request, circular, None, _letter_page(letter), write)


@require_http_methods(["GET", "HEAD", "POST"])
def note_on_recipient(request: ActingRequest, letter: UUID, delivery: UUID) -> HttpResponse:
    """Write a note on one recipient of a sent letter."""
    circular = own_sent_letter(request, letter)
    about = get_object_or_404(circular.deliveries.select_related("agency"), public_id=delivery)

    def write(text: str) -> None:
        write_note_on_letter(letter=letter, delivery=delivery, text=text, by=request.user, at=timezone.now())

    return _write(request, circular, about, _recipient_page(letter, delivery), write)


@require_http_methods(["GET", "HEAD", "POST"])
def note_on_own_copy(request: ActingRequest, delivery: UUID) -> HttpResponse:
    """Write a note on the copy of one's own unit."""
    mine = answerable_by(request.user).select_related("circular", "agency")
    about = get_object_or_404(mine, public_id=delivery)

    def write(text: str) -> None:
        write_note_on_own_copy(delivery=delivery, text=text, by=request.user, at=timezone.now())

    return _write(request, about.circular, about, _own_page(delivery), write)


@require_POST
def strike(request: ActingRequest, pk: int) -> HttpResponse:
    """Strike out an own note."""
    try:
        note = strike_note(note=pk, by=request.user, at=timezone.now())
    except InternalNote.DoesNotExist:
        raise Http404 from None
    messages.success(request, _("The note is struck out. It stays readable."))
    return redirect(page_of_note(note))


def _write(
    request: ActingRequest,
    circular: Circular,
    about: Delivery | None,
    back: str,
    write: Callable[[str], None],
) -> HttpResponse:
    """The form on a page of its own, to which the forms on other pages post; it keeps what can't be recorded."""
    form = NoteForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            write(form.cleaned_data["text"])
        except ObjectDoesNotExist:
            raise Http404 from None
        except ActionRefused as refused:
            form.add_error(refused.field, str(refused))
        else:
            messages.success(request, _("The internal note is recorded."))
            return redirect(back)
    context = {"circular": circular, "delivery": about, "form": form, "back": back}
    return render(request, "distribution/write_note.html", context)


def page_of_note(note: InternalNote) -> str:
    letter = note.circular.public_id
    if note.delivery is None:
        return _letter_page(letter)
    if note.by_sender:
        return _recipient_page(letter, note.delivery.public_id)
    return _own_page(note.delivery.public_id)


def _letter_page(letter: UUID) -> str:
    return reverse("letter", args=[letter]) + "#changes"


def _recipient_page(letter: UUID, delivery: UUID) -> str:
    return reverse("recipient", args=[letter, delivery]) + "#events"


def _own_page(delivery: UUID) -> str:
    return reverse("delivery", args=[delivery]) + "#events"

"""What the pages of one letter have in common."""

from typing import Any
from uuid import UUID

from django.shortcuts import get_object_or_404
from django.utils import timezone

from agencies.views.acting import ActingRequest
from circulars.models import Circular, Status
from distribution.queries.letter.listed import Lists
from distribution.queries.sending.board import letter_figures
from distribution.views.reminders.tekit import tekits_context, with_tekits_named


def sent_letter(request: ActingRequest, letter: UUID) -> Circular:
    """A sent letter that the user sends or manages. Raises Http404."""
    sent = Circular.objects.visible_to(request.user).filter(status=Status.DISPATCHED)
    found = sent.select_related("issuer", "dispatched_by", "superseded_by", "withdrawn_by", "corrects")
    return get_object_or_404(with_tekits_named(found), public_id=letter)


def lists_of(request: ActingRequest, circular: Circular) -> Lists:
    """Where the letter's figures lead: to the list of the unit acted for if the user manages the letter there."""
    acting = request.acting
    managed = acting.agency is not None and acting.manages and acting.agency.pk in circular.issuer.path
    return Lists(circular, managed)


def head_context(request: ActingRequest, circular: Circular) -> dict[str, Any]:
    """Context of `_letter_head.html`."""
    return {
        "section": "letters" if request.acting.sends else "board",
        "circular": circular,
        "figures": letter_figures(circular),
        "at": timezone.now(),
        **tekits_context(request, circular),
    }

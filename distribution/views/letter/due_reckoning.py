"""How a due time was reckoned: of one copy, and of all recipients of a letter."""

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from agencies.models import User
from agencies.views.acting import ActingRequest
from distribution.models import Delivery
from distribution.queries.letter.due_reckoning import reckoning_of_copy, reckoning_of_letter
from distribution.views.letter.head import lists_of, sent_letter
from distribution.visibility import chain_seen_by, follows_letter, visible_to


@require_safe
def due_of_copy(request: ActingRequest, delivery: UUID) -> HttpResponse:
    """For the unit, its manager, units above it in the branch, and those who send or manage the letter."""
    found = get_object_or_404(
        Delivery.objects.select_related(
            "circular__issuer", "agency__province", "successor", "parent__agency", "parent__successor"
        ),
        public_id=delivery,
    )
    chain = chain_seen_by(request.user, found)
    if not chain:
        raise Http404
    context = {
        "section": "letters" if request.acting.sends else "",
        "delivery": found,
        "circular": found.circular,
        "reckoning": reckoning_of_copy(found),
        "above": found.parent if found.parent_id in chain else None,
        "back_url": _page_of(found, request.user),
        "at": timezone.now(),
    }
    return render(request, "distribution/due_reckoning.html", context)


def _page_of(delivery: Delivery, user: User) -> str:
    """The page of the copy that the user may open."""
    if follows_letter(user, delivery.circular_id):
        return reverse("recipient", args=[delivery.circular.public_id, delivery.public_id])
    if visible_to(user).filter(pk=delivery.pk).exists():
        return reverse("delivery", args=[delivery.public_id])
    return reverse("branch", args=[delivery.public_id])


@require_safe
def due_of_letter(request: ActingRequest, letter: UUID) -> HttpResponse:
    """The due times of all recipients, for those who send or manage the letter."""
    circular = sent_letter(request, letter)
    context = {
        "section": "letters" if request.acting.sends else "board",
        "circular": circular,
        "reckoning": reckoning_of_letter(circular, lists_of(request, circular)),
        "at": timezone.now(),
    }
    return render(request, "distribution/letter_due_reckoning.html", context)

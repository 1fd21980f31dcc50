"""The buttons that stop the sending of a letter's notices for a while, and let it go on."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from agencies.views.acting import ActingRequest
from distribution.services.sending import pause as pausing
from distribution.services.sending.withdraw import AlreadyWithdrawn
from distribution.views.sending.own_letters import own_sent_letter


@require_POST
def pause(request: ActingRequest, letter: UUID) -> HttpResponse:
    """Hold back what has not left."""
    circular = own_sent_letter(request, letter)
    try:
        held = pausing.pause(circular=circular, by=request.user, at=timezone.now())
    except AlreadyWithdrawn:
        messages.error(request, _("The letter was taken back; nothing of it leaves any more."))
        return redirect("letter", letter)
    words = ngettext(
        "The sending is paused. %(count)d notice waits.",
        "The sending is paused. %(count)d notices wait.",
        held,
    )
    messages.success(request, words % {"count": held})
    return redirect("letter", letter)


@require_POST
def resume(request: ActingRequest, letter: UUID) -> HttpResponse:
    """Let it go on."""
    circular = own_sent_letter(request, letter)
    try:
        freed = pausing.resume(circular=circular, by=request.user, at=timezone.now())
    except AlreadyWithdrawn:
        messages.error(request, _("The letter was taken back; nothing of it leaves any more."))
        return redirect("letter", letter)
    words = ngettext(
        "The sending goes on. %(count)d notice leaves.",
        "The sending goes on. %(count)d notices leave.",
        freed,
    )
    messages.success(request, words % {"count": freed})
    return redirect("letter", letter)

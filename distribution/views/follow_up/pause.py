"""Pause and resume the sending of a letter's notices."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from agencies.views.acting import ActingRequest
from distribution.services.follow_up import pause as pausing
from distribution.services.follow_up.withdraw import AlreadyWithdrawn
from distribution.views.lists.way_back import redirect_with_way_back
from distribution.views.own_letters import own_sent_letter


@require_POST
def pause(request: ActingRequest, letter: UUID) -> HttpResponse:
    """Pause the notices that aren't sent yet."""

    def words(paused: int) -> str:
        return ngettext(
            "The sending is paused. %(count)d notice waits.",
            "The sending is paused. %(count)d notices wait.",
            paused,
        )

    return _changed(request, letter, pausing.pause, words)


@require_POST
def resume(request: ActingRequest, letter: UUID) -> HttpResponse:
    """Resume sending."""

    def words(freed: int) -> str:
        return ngettext(
            "The sending goes on. %(count)d notice leaves.",
            "The sending goes on. %(count)d notices leave.",
            freed,
        )

    return _changed(request, letter, pausing.resume, words)


def _changed(
    request: ActingRequest, letter: UUID, change: Callable[..., int], words: Callable[[int], str]
) -> HttpResponse:
    """Call the service, and show how many notices it changed."""
    circular = own_sent_letter(request, letter)
    try:
        count = change(circular=circular, by=request.user, at=timezone.now())
    except AlreadyWithdrawn:
        messages.error(request, _("The letter was taken back; nothing of it leaves any more."))
    else:
        messages.success(request, words(count) % {"count": count})
    return redirect_with_way_back(request, "letter", letter)

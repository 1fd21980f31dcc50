"""Send now what waits: a letter's notices for its sender, a channel for an administrator."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from agencies.models.contact_details.channel import REGISTRY
from agencies.views.acting import ActingRequest
from agencies.views.guards import for_administrators
from distribution.outbox.outages.standstill import standstills
from distribution.queries.sending.waiting import waiting_by_channel
from distribution.services.sending import send_now as sending
from distribution.views.lists.way_back import redirect_with_way_back
from distribution.views.own_letters import own_sent_letter


@require_POST
def send_now(request: ActingRequest, letter: UUID) -> HttpResponse:
    """Let the letter's waiting notices leave now."""
    circular = own_sent_letter(request, letter)
    _tell(request, sending.send_now(circular=circular, at=timezone.now()))
    return redirect_with_way_back(request, "letter", letter)


@for_administrators
@require_safe
def sending_state(request: ActingRequest) -> HttpResponse:
    """The state of sending: what stands still, and how much waits for each channel."""
    at = timezone.now()
    context = {
        "section": "administration",
        "standing": standstills(at=at),
        "waiting": waiting_by_channel(at=at),
    }
    return render(request, "distribution/sending_state.html", context)


@for_administrators
@require_POST
def try_channel(request: ActingRequest, channel: str) -> HttpResponse:
    """Try a suspended channel again."""
    if channel not in REGISTRY:
        raise Http404
    _tell(request, sending.try_channel(channel=channel, at=timezone.now()))
    return redirect("sending_state")


def _tell(request: ActingRequest, outcome: sending.SentNow) -> None:
    if outcome.tried_just_now:
        messages.warning(request, _("It was tried only a moment ago. Try again in half a minute."))
        return
    if outcome.wake_up.failed:
        messages.warning(
            request,
            _(
                "Sending could not be started: Redis can't be reached. What waits is sent by itself when it is back."
            ),
        )
        return
    said = ngettext("%(count)d notice is tried now.", "%(count)d notices are tried now.", outcome.notices)
    messages.success(request, said % {"count": outcome.notices})

"""Have what waits for a channel that stands still sent by another one."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from agencies.views.acting import ActingRequest
from distribution.services.follow_up import send_another_way as sending
from distribution.views.own_letters import own_sent_letter


@require_POST
def send_another_way(request: ActingRequest, letter: UUID) -> HttpResponse:
    """Let the letter's waiting notices leave by the units' other channels."""
    circular = own_sent_letter(request, letter)
    count = sending.send_another_way(circular=circular, by=request.user, at=timezone.now())
    if count:
        said = ngettext(
            "%(count)d notice leaves by another channel.",
            "%(count)d notices leave by another channel.",
            count,
        )
        messages.success(request, said % {"count": count})
    else:
        messages.info(request, _("Nothing waits any more that could leave by another channel."))
    return redirect("letter", letter)

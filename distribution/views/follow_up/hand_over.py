"""Record a handover by hand or post, and download its proof."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from agencies.views.acting import ActingRequest
from circulars.files.stored import stored_file
from distribution.forms.follow_up.hand_over import HandOverForm
from distribution.services.follow_up import hand_over as service
from distribution.views.lists.way_back import redirect_with_way_back
from distribution.views.recipient import recipient_page, visible_recipient


@require_POST
def hand_over(request: ActingRequest, letter: UUID, delivery: UUID) -> HttpResponse:
    """Record a handover; errors are shown at the fields, with the input kept."""
    found = visible_recipient(request, letter, delivery)
    if found.circular.issuer not in request.acting.sends_for:
        raise Http404
    form = HandOverForm(request.POST, request.FILES, delivery=found)
    if not form.is_valid():
        return recipient_page(request, found, hand_over_form=form)
    try:
        service.hand_over(delivery=delivery, paper=form.paper(), by=request.user, at=timezone.now())
    except service.NotHandedOver as error:
        messages.error(
            request,
            _("Nothing is recorded: this copy is no longer to be brought (%(stage)s).") % {"stage": error},
        )
    else:
        messages.success(request, _("The handover is recorded with its proof."))
    return redirect_with_way_back(request, "recipient", letter, delivery)


@require_safe
def handover_proof(request: ActingRequest, letter: UUID, delivery: UUID, pk: int) -> HttpResponseBase:
    """The file that proves the handover, for users who may see the letter."""
    found = visible_recipient(request, letter, delivery)
    handover = get_object_or_404(found.handovers, pk=pk)
    return stored_file(handover.file, handover.file_name)

"""Extend the due time of a sent letter, for all recipients or for one."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from agencies.services.refusal import ActionRefused
from agencies.views.acting import ActingRequest
from circulars.models import Circular, Urgency
from distribution.forms.sending.change_due import ExtendForm
from distribution.models import Delivery
from distribution.services.sending.change_due import extend_due
from distribution.services.sending.withdraw import AlreadyWithdrawn
from distribution.views.own_letters import own_unwithdrawn_letter, tell_refused, withdrawn_meanwhile


@require_http_methods(["GET", "HEAD", "POST"])
def extend_all(request: ActingRequest, letter: UUID) -> HttpResponse:
    """Extend the due time for all recipients that haven't answered."""
    return _extend(request, own_unwithdrawn_letter(request, letter), None)


@require_http_methods(["GET", "HEAD", "POST"])
def extend_one(request: ActingRequest, letter: UUID, delivery: UUID) -> HttpResponse:
    """Extend the due time for one recipient."""
    circular = own_unwithdrawn_letter(request, letter)
    direct = circular.deliveries.direct().select_related("agency")
    return _extend(request, circular, get_object_or_404(direct, public_id=delivery))


def _extend(request: ActingRequest, circular: Circular, delivery: Delivery | None) -> HttpResponse:
    form = ExtendForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            concerned = extend_due(
                circular=circular, delivery=delivery, by=request.user, at=timezone.now(), **form.cleaned_data
            )
        except ActionRefused as refused:
            tell_refused(form, refused)
        except AlreadyWithdrawn:
            return withdrawn_meanwhile(request, circular.public_id)
        else:
            words = ngettext(
                "%(count)d unit has more time now.", "%(count)d units have more time now.", concerned
            )
            messages.success(request, words % {"count": concerned})
            if delivery is not None:
                return redirect("recipient", circular.public_id, delivery.public_id)
            return redirect("letter", circular.public_id)
    owing = circular.deliveries.direct().owing().filter(due_at__isnull=False)
    context = {
        "section": "letters",
        "circular": circular,
        "delivery": delivery,
        "form": form,
        "owing": owing.count(),
        "urgent": circular.urgency == Urgency.URGENT,
    }
    return render(request, "distribution/change_due.html", context)

"""Record what a unit confirmed or answered outside the product, take a record back, and download its file."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from agencies.services.refusal import ActionRefused
from agencies.views.acting import ActingRequest
from circulars.files.stored import stored_file
from distribution.forms.sending.record_on_behalf import RecordOnBehalfForm, TakeBackForm
from distribution.models import Delivery
from distribution.services.sending import record_on_behalf as service
from distribution.views.own_letters import tell_refused
from distribution.views.recipient import recipient_page, visible_recipient
from distribution.visibility import records_visible_to


@require_POST
def record_on_behalf(request: ActingRequest, letter: UUID, delivery: UUID) -> HttpResponse:
    """Record a confirmation or an answer; errors are shown at the fields, with the input kept."""
    found = _own_recipient(request, letter, delivery)
    form = RecordOnBehalfForm(request.POST, request.FILES, delivery=found)
    if not form.is_valid():
        return recipient_page(request, found, record_form=form)
    try:
        service.record_on_behalf(delivery=delivery, said=form.said(), by=request.user, at=timezone.now())
    except ActionRefused as refused:
        tell_refused(form, refused)
        return recipient_page(request, _own_recipient(request, letter, delivery), record_form=form)
    messages.success(
        request, _("Recorded on behalf of %(unit)s. The unit is told.") % {"unit": found.answering_unit}
    )
    return redirect("recipient", letter, delivery)


@require_POST
def take_back(request: ActingRequest, letter: UUID, delivery: UUID, pk: int) -> HttpResponse:
    """Take back a record that was wrong."""
    found = _own_recipient(request, letter, delivery)
    wanted = get_object_or_404(found.on_behalf_records, pk=pk)
    form = TakeBackForm(request.POST, record=wanted)
    if not form.is_valid():
        return recipient_page(request, found, take_back_form=form, taken_back=wanted)
    try:
        service.take_back_record(
            delivery=delivery, record=pk, by=request.user, at=timezone.now(), **form.cleaned_data
        )
    except ActionRefused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("The record was taken back. The letter is outstanding again."))
    return redirect("recipient", letter, delivery)


@require_safe
def on_behalf_file(request: ActingRequest, pk: int) -> HttpResponseBase:
    """The file of a record, for the unit and for users who may see the letter."""
    record = get_object_or_404(records_visible_to(request.user).exclude(file=""), pk=pk)
    return stored_file(record.file, record.file_name)


def _own_recipient(request: ActingRequest, letter: UUID, delivery: UUID) -> Delivery:
    """The recipient of a letter that the user sends. Raises Http404."""
    found = visible_recipient(request, letter, delivery)
    if found.circular.issuer not in request.acting.sends_for:
        raise Http404
    return found

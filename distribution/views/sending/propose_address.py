"""Set a missing address of a recipient from the check before dispatch."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from agencies.forms.propose_address import ProposeAddressForm
from agencies.models import Agency, ProposalState
from agencies.services.contact_details import propose_address as service
from agencies.views.acting import ActingRequest
from circulars.lines.distribution_list import expand
from circulars.models import Circular


@require_http_methods(["GET", "HEAD", "POST"])
def propose_address(request: ActingRequest, letter: UUID, pk: int) -> HttpResponse:
    """An address for this letter, which waits for the approval of whoever maintains the directory.

    For the letter's senders, and for its recipients that lack one. A pending address that another sender has set is
    shown, so that the same can be used.
    """
    drafts = Circular.objects.editable_by(request.user).select_related("issuer", "corrects")
    circular = get_object_or_404(drafts, public_id=letter)
    unit = _recipient(circular, pk)
    channels = service.settable_channels(unit)
    if not channels:
        messages.info(request, _("%(unit)s has an address by now.") % {"unit": unit.name})
        return redirect("dispatch", letter)
    form = ProposeAddressForm(request.POST or None, unit=unit, channels=channels)
    if request.method == "POST" and form.is_valid():
        address = form.cleaned_data["address"]
        try:
            service.propose_address(
                unit=unit,
                channel=form.cleaned_data["channel"],
                address=address,
                letter=circular.pk,
                issuer=circular.issuer,
                by=request.user,
                at=timezone.now(),
            )
        except (service.HasAnAddress, service.KnownAsDead):
            form.add_error("address", _("The unit's addresses have changed meanwhile. Look again."))
        except service.RefusedBefore:
            form.add_error("address", _("This address was refused for the unit before. Enter another one."))
        else:
            if form.doubt:
                messages.warning(request, form.doubt)
            words = _("This letter goes to %(address)s. The address waits for approval.")
            messages.success(request, words % {"address": address})
            return redirect("dispatch", letter)
    pending = unit.proposed_addresses.filter(state=ProposalState.PENDING, channel__in=channels)
    context = {
        "section": "letters",
        "circular": circular,
        "unit": unit,
        "form": form,
        "pending": pending.select_related("set_by", "set_for"),
    }
    return render(request, "distribution/propose_address.html", context)


def _recipient(circular: Circular, pk: int) -> Agency:
    """The unit if it is on the letter's list. Raises Http404."""
    for recipient in expand(circular, on=timezone.localdate()).recipients:
        if recipient.agency.pk == pk:
            return recipient.agency
    raise Http404

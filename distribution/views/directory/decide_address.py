"""Addresses that senders have set: the list of those that wait, and the decision on one."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from agencies.forms.propose_address import APPROVE, CORRECT, DecideAddressForm
from agencies.models import ProposalState, ProposedAddress
from agencies.services.contact_details.propose_address import AlreadyDecided, HasAnAddress
from agencies.views.acting import ActingRequest
from agencies.views.directory import page_of
from agencies.views.guards import for_directory_administrators
from distribution.services.decide_address import decide_address

STATES = {APPROVE: ProposalState.APPROVED, CORRECT: ProposalState.CORRECTED}


@for_directory_administrators
@require_safe
def proposed_addresses(request: ActingRequest) -> HttpResponse:
    """Addresses that wait for approval, the oldest first."""
    found = ProposedAddress.objects.filter(state=ProposalState.PENDING)
    page = page_of(request, found.select_related("agency", "set_by", "set_for"))
    return render(request, "distribution/proposed_addresses.html", {"section": "directory", "page": page})


@for_directory_administrators
@require_http_methods(["GET", "HEAD", "POST"])
def decide(request: ActingRequest, pk: int) -> HttpResponse:
    """Approve, correct or refuse one address. One that no letter uses any more is gone."""
    proposal = get_object_or_404(
        ProposedAddress.objects.select_related("agency", "set_by", "set_for", "decided_by"), pk=pk
    )
    form = DecideAddressForm(request.POST or None, proposal=proposal)
    if request.method == "POST" and form.is_valid():
        try:
            decided = decide_address(
                proposal=proposal,
                state=STATES.get(form.cleaned_data["decision"], ProposalState.REFUSED),
                by=request.user,
                at=timezone.now(),
                corrected_to=form.cleaned_data["corrected_to"],
                reason=form.cleaned_data["reason"],
            )
        except AlreadyDecided:
            messages.info(request, _("Somebody has decided on this address meanwhile."))
        except HasAnAddress:
            words = _(
                "The unit has another address by now, as shown above. If that is right, enter it here; otherwise enter"
                " the proposed one."
            )
            form.add_error("corrected_to", words)
            return _page(request, proposal, form)
        else:
            words = _("%(address)s: %(outcome)s.")
            messages.success(
                request, words % {"address": decided.address, "outcome": decided.get_state_display()}
            )
        return redirect("proposed_addresses")
    return _page(request, proposal, form)


def _page(request: ActingRequest, proposal: ProposedAddress, form: DecideAddressForm) -> HttpResponse:
    context = {"section": "directory", "proposal": proposal, "unit": proposal.agency, "form": form}
    return render(request, "distribution/decide_address.html", context)

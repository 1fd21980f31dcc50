"""Withdraw a letter: readers, reason, replacing letter."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from agencies.views.acting import ActingRequest
from circulars.models import Circular
from distribution.forms.follow_up.withdraw import WithdrawForm
from distribution.models import Delivery
from distribution.queries.sending.readership import seen_figures
from distribution.services.follow_up.withdraw import AlreadyWithdrawn, BadSuccessor, withdraw
from distribution.views.own_letters import own_sent_letter

MOST_FOUND = 20


@require_http_methods(["GET", "HEAD", "POST"])
def withdraw_letter(request: ActingRequest, letter: UUID) -> HttpResponse:
    """Effects and reason; a POST withdraws the letter. The button `find` only searches for a replacing letter."""
    circular = own_sent_letter(request, letter)
    if circular.is_withdrawn:
        messages.info(request, _("This letter was taken back already; that stands unchanged."))
        return redirect("letter", letter)
    successors = Circular.objects.could_replace(circular)
    if request.method != "POST":
        return _page(request, circular, WithdrawForm(successors=successors))
    form = WithdrawForm(request.POST, successors=successors)
    if "find" in request.POST:
        return _page(request, circular, WithdrawForm(initial=request.POST.dict(), successors=successors))
    if not form.is_valid():
        return _page(request, circular, form)
    try:
        outcome = withdraw(
            circular=circular,
            reason=form.reason(),
            by=request.user,
            at=timezone.now(),
            successor=form.cleaned_data["successor"],
        )
    except AlreadyWithdrawn:
        messages.info(request, _("This letter was taken back already; that stands unchanged."))
        return redirect("letter", letter)
    except BadSuccessor:
        form.add_error("successor", form.fields["successor"].error_messages["invalid_choice"])
        return _page(request, circular, form)
    message = ngettext(
        "The letter is taken back from %(count)d unit.",
        "The letter is taken back from %(count)d units.",
        outcome.deliveries,
    )
    told = ngettext(
        "%(count)d unit that knew of it is told at once.",
        "%(count)d units that knew of it are told at once.",
        outcome.told,
    )
    messages.success(request, f"{message % {'count': outcome.deliveries}} {told % {'count': outcome.told}}")
    return redirect("letter", letter)


def _page(request: ActingRequest, circular: Circular, form: WithdrawForm) -> HttpResponse:
    query = str(form.data.get("q") or form.initial.get("q") or "").strip()
    successors = Circular.objects.could_replace(circular)
    found = list(successors.search(query)[:MOST_FOUND]) if query else []
    chosen = str(form["successor"].value() or "")
    if chosen and chosen not in {str(each.public_id) for each in found}:
        found = form.chosen_successor() + found
    context = {
        "section": "letters",
        "circular": circular,
        "form": form,
        "query": query,
        "found": found,
        "chosen": chosen,
        "seen": seen_figures(circular),
        "live": Delivery.objects.filter(circular=circular).live().count(),
    }
    return render(request, "distribution/withdraw.html", context)

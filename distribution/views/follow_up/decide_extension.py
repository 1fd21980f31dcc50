"""Grant or refuse extension requests."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from agencies.services.refusal import ActionRefused
from agencies.views.acting import ActingRequest
from distribution.forms.follow_up.decide_extension import REFUSE, DecisionForm
from distribution.forms.follow_up.decide_take_back import TakeBackDecisionForm
from distribution.models import Delivery, ExtensionRequest
from distribution.outbox.messages import giver_path
from distribution.queries.sending.decisions import Decisions, with_reach
from distribution.queries.sending.returns import may_be_sent_on
from distribution.services.receiving.extension import decide_extension
from distribution.visibility import decidable_by


def decisions_context(found: Decisions, *, may_decide: bool) -> dict[str, Any]:
    """Context of the panel "Needs your decision": each open request with its form, each return with its steps."""
    return {
        "decisions": found,
        "may_decide": may_decide,
        "returns": [(each, may_be_sent_on(each)) for each in found.returned],
        "open_requests": [
            (each, DecisionForm(extension=each, passed_on=each.reaches_below)) for each in found.requests
        ],
        "open_take_backs": [(each, TakeBackDecisionForm(request=each)) for each in found.take_backs],
    }


@require_http_methods(["GET", "HEAD", "POST"])
def decide(request: ActingRequest, extension: UUID) -> HttpResponse:
    """One extension request on a page of its own, to which the panels submit their forms."""
    found = get_object_or_404(
        with_reach(decidable_by(request.user)).select_related(
            "asked_by",
            "decided_by",
            "delivery__circular__issuer",
            "delivery__agency",
            "delivery__successor",
            "delivery__parent__agency",
            "delivery__parent__successor",
        ),
        public_id=extension,
    )
    form = DecisionForm(request.POST or None, extension=found, passed_on=found.reaches_below)
    back = page_before(request, found.delivery)
    if request.method == "POST" and form.is_valid():
        refuses = request.POST.get("decision") == REFUSE
        until = None if refuses else form.cleaned_data["granted_until"]
        if not refuses and until is None:
            form.add_error("granted_until", _("Say until when more time is given."))
        else:
            try:
                decide_extension(
                    extension=extension,
                    by=request.user,
                    at=timezone.now(),
                    granted_until=until,
                    answer=form.cleaned_data["answer"],
                    below=form.cleaned_data.get("below", True),
                )
            except ExtensionRequest.DoesNotExist:
                raise Http404 from None
            except ActionRefused as error:
                form.add_error(error.field, str(error))
            else:
                words = _("Refused. %(unit)s is told.") if refuses else _("Granted. %(unit)s is told.")
                messages.success(request, words % {"unit": found.delivery.answering_unit})
                return redirect(back)
    context = {
        "section": "letters" if found.delivery.parent_id is None else "inbox",
        "asked": found,
        "asked_alone": [found],
        "delivery": found.delivery,
        "circular": found.delivery.circular,
        "form": form,
        "back": back,
        "at": timezone.now(),
    }
    return render(request, "distribution/decide_extension.html", context)


def page_before(request: ActingRequest, delivery: Delivery) -> str:
    """The page whose panel sent the form, otherwise the page that follows the letter."""
    wanted = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()}):
        return wanted
    return giver_path(delivery)

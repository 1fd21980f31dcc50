"""Grant or refuse requests to take an act back."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from agencies.services.refusal import ActionRefused
from agencies.views.acting import ActingRequest
from distribution.forms.follow_up.decide_take_back import TakeBackDecisionForm
from distribution.models import TakeBackRequest
from distribution.services.receiving.take_back_request import decide_take_back
from distribution.views.follow_up.decide_extension import page_before
from distribution.visibility import take_backs_decidable_by


@require_http_methods(["GET", "HEAD", "POST"])
def decide(request: ActingRequest, asked: UUID) -> HttpResponse:
    """One request on a page of its own, to which the panels submit their forms."""
    found = get_object_or_404(
        take_backs_decidable_by(request.user).select_related(
            "asked_by",
            "decided_by",
            "delivery__circular__issuer",
            "delivery__agency",
            "delivery__successor",
            "delivery__parent__agency",
            "delivery__parent__successor",
        ),
        public_id=asked,
    )
    form = TakeBackDecisionForm(request.POST or None, request=found)
    back = page_before(request, found.delivery)
    if request.method == "POST" and form.is_valid():
        refuses = request.POST.get("decision") == "refuse"
        try:
            decide_take_back(
                request=asked, by=request.user, at=timezone.now(), grant=not refuses, **form.cleaned_data
            )
        except TakeBackRequest.DoesNotExist:
            raise Http404 from None
        except ActionRefused as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
        else:
            words = _("Refused. %(unit)s is told.") if refuses else _("Taken back. %(unit)s is told.")
            messages.success(request, words % {"unit": found.delivery.answering_unit})
            return redirect(back)
    context = {
        "section": "letters" if found.delivery.parent_id is None else "inbox",
        "asked": found,
        "asked_alone": [found],
        "is_undecided": TakeBackRequest.objects.undecided().filter(pk=found.pk).exists(),
        "delivery": found.delivery,
        "circular": found.delivery.circular,
        "form": form,
        "back": back,
        "at": timezone.now(),
    }
    return render(request, "distribution/decide_take_back.html", context)

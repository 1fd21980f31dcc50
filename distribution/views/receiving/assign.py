"""Assign letters to a person of the unit, one on its page or several from the inbox; remove an assignment."""

from uuid import UUID

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from agencies.services.refusal import ActionRefused
from agencies.views.acting import ActingRequest
from distribution.forms.receiving.assign import AssignForm
from distribution.models import Delivery
from distribution.queries.receiving.assignments import assignable, with_assignments
from distribution.services.receiving import assign as assigning
from distribution.views.receiving.acts import acted
from distribution.views.receiving.delivery import letter_address, own_delivery, passed_or_404, typed_words
from distribution.views.receiving.inbox import list_address, own_unit
from distribution.views.several.choice import MOST, keep_choice
from distribution.views.several.choose_letters import keep_and_tell, place_of_post
from distribution.views.several.passed_meanwhile import tell_passed
from distribution.views.several.several import chosen_letters
from distribution.views.ticked import ticked_uuids


@require_POST
def assign(request: ActingRequest, delivery: UUID) -> HttpResponse:
    """Assign one letter."""
    unit = own_delivery(request, delivery).answering_unit
    form = AssignForm(request.POST, people=assignable(unit, on=timezone.localdate()))

    def act() -> str:
        chosen = form.cleaned_data
        assigning.assign(
            deliveries=[delivery],
            agency=unit,
            person=chosen["person"],
            note=chosen["note"],
            by=request.user,
            at=timezone.now(),
        )
        return _("Assigned to %(person)s.") % {"person": chosen["person"]}

    return acted(request, delivery, "assign", form, act)


@require_POST
def unassign(request: ActingRequest, delivery: UUID) -> HttpResponse:
    """Remove the assignment of one letter."""
    unit = own_delivery(request, delivery).answering_unit
    try:
        ended = assigning.unassign(delivery=delivery, agency=unit, by=request.user, at=timezone.now())
    except Delivery.DoesNotExist:
        return passed_or_404(request, delivery, Form())
    if ended is None:
        messages.info(request, _("The letter is assigned to nobody."))
    else:
        messages.success(request, _("The assignment is removed: %(person)s") % {"person": ended.person})
    return redirect(letter_address(request, delivery))


@require_http_methods(["GET", "HEAD", "POST"])
def assign_several(request: ActingRequest, agency: int) -> HttpResponse:
    """List the ticked letters with the form; with a person chosen, assign them."""
    unit = own_unit(request, agency)
    request.acting.choose(unit)
    back = list_address(unit, request.POST.get("query", ""))
    chosen = ticked_uuids(request.POST, "delivery")
    if not chosen:
        if request.method == "POST":
            messages.error(request, _("No letter was ticked. Tick the letters to assign."))
        return redirect(back)
    if "person" in request.POST:
        if len(chosen) > MOST:
            raise Http404
    else:
        chosen = keep_and_tell(request, unit, place_of_post(request), chosen)
    passed = tell_passed(request, unit, chosen)
    letters = chosen_letters(request, unit, [each for each in chosen if each not in passed])
    people = assignable(unit, on=timezone.localdate())
    form = AssignForm(request.POST if "person" in request.POST else None, people=people)
    if not letters:
        if words := typed_words(form):
            messages.info(request, words)
        return redirect(back)
    if form.is_valid() and not passed:
        try:
            assigning.assign(
                deliveries=chosen,
                agency=unit,
                person=form.cleaned_data["person"],
                note=form.cleaned_data["note"],
                by=request.user,
                at=timezone.now(),
            )
        except Delivery.DoesNotExist:
            passed = tell_passed(request, unit, chosen)
            if not passed:
                raise Http404 from None
            letters = [each for each in letters if each.public_id not in passed]
        except ActionRefused as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
        else:
            words = ngettext(
                "%(count)d letter was assigned to %(person)s.",
                "%(count)d letters were assigned to %(person)s.",
                len(letters),
            )
            person = form.cleaned_data["person"]
            messages.success(request, words % {"count": len(letters), "person": person})
            keep_choice(request, unit, place_of_post(request), [])
            return redirect(back)
    context = {
        "section": "inbox",
        "unit": unit,
        "form": form,
        "letters": with_assignments(letters, on=timezone.localdate()),
        "query": request.POST.get("query", ""),
        "back": back,
        "at": timezone.now(),
    }
    return render(request, "distribution/assign_several.html", context)

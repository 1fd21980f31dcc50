"""Correct a letter: create the new revision, and select the recipients concerned."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from agencies.views.acting import ActingRequest
from circulars.models import Circular
from circulars.services.correct import NotCorrectable
from circulars.services.draft import NotADraft
from distribution.forms.follow_up.correct import TouchedForm
from distribution.queries.sending.corrections import holders
from distribution.services.follow_up.correct import begin_correction, choose_touched
from distribution.views.own_letters import own_sent_letter


@require_POST
def correct(request: ActingRequest, letter: UUID) -> HttpResponse:
    """Open the letter's correction, creating it if there is none."""
    circular = own_sent_letter(request, letter)
    try:
        draft = begin_correction(circular=circular, by=request.user, at=timezone.now())
    except NotCorrectable:
        messages.error(request, _("The letter was taken back; it can't be corrected any more."))
        return redirect("letter", letter)
    if not draft.is_draft:
        messages.info(request, _("This letter has a newer revision already. Correct that one."))
        return redirect("letter", draft.public_id)
    return redirect("touched", draft.public_id)


@require_http_methods(["GET", "HEAD", "POST"])
def touched(request: ActingRequest, letter: UUID) -> HttpResponse:
    """Enter the change note and select the recipients that must confirm again."""
    drafts = Circular.objects.editable_by(request.user).filter(corrects__isnull=False)
    correction = get_object_or_404(drafts.select_related("corrects"), public_id=letter)
    copies = holders(correction)
    data = request.POST if request.method == "POST" else None
    form = TouchedForm(data, correction=correction, copies=copies)
    if form.is_bound and form.is_valid():
        try:
            choose_touched(
                correction=correction,
                note=form.cleaned_data["note"],
                agencies=[each.agency for each in form.touched()],
            )
        except NotADraft as error:
            raise Http404 from error
        if request.POST.get("next") == "dispatch":
            return redirect("dispatch", letter)
        return redirect("review", letter)
    context = {"section": "letters", "circular": correction, "form": form, "copies": copies}
    return render(request, "distribution/touched.html", context)

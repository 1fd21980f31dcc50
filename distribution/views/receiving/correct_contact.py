"""Correct the contact details of one's own unit, and confirm a new e-mail address by its code."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from agencies.models import Agency, ContactCorrection, ContactField
from agencies.services.changed_meanwhile import ChangedMeanwhile
from agencies.services.refusal import ActionRefused
from agencies.views.acting import ActingRequest
from distribution.forms.receiving.correct_contact import ConfirmContactForm, CorrectContactForm
from distribution.services.receiving import correct_contact as correcting
from distribution.views.receiving.inbox import own_unit

LATEST = 10


@require_http_methods(["GET", "HEAD", "POST"])
def correct_contact(request: ActingRequest, agency: int) -> HttpResponse:
    """The unit's details with what waits; a POST corrects them."""
    unit = own_unit(request, agency)
    request.acting.choose(unit)
    if request.method != "POST":
        return _page(request, unit, CorrectContactForm(instance=unit))
    form = CorrectContactForm(request.POST, instance=Agency.objects.get(pk=unit.pk))
    if not form.is_valid():
        return _page(request, unit, form)
    try:
        made = correcting.correct_contact(
            agency=unit,
            details=form.details(),
            by=request.user,
            at=timezone.now(),
            version_read=form.cleaned_data["version_read"],
        )
    except ChangedMeanwhile as conflict:
        stored = Agency.objects.get(pk=unit.pk)
        form.report_conflict(conflict, stored=CorrectContactForm(instance=stored))
        return _page(request, unit, form)
    except ActionRefused as error:
        form.add_error(error.field if error.field in form.fields else None, str(error))
        return _page(request, unit, form)
    for doubt in form.doubts:
        messages.warning(request, doubt)
    for each in made:
        messages.success(request, _said(each))
    if not made:
        messages.info(request, _("Nothing was changed."))
    return redirect("correct_contact", unit.pk)


@require_POST
def confirm_contact(request: ActingRequest, agency: int) -> HttpResponse:
    """Confirm the new e-mail address by its code."""
    unit = own_unit(request, agency)
    form = ConfirmContactForm(request.POST)
    if form.is_valid():
        try:
            outcome = correcting.confirm_contact(
                agency=unit, code=form.cleaned_data["code"], by=request.user, at=timezone.now()
            )
        except ActionRefused as error:
            messages.error(request, str(error))
            return redirect("correct_contact", unit.pk)
        match outcome.result:
            case correcting.Result.CONFIRMED:
                words = _("The new address counts now: %(address)s. The old one is told.")
                messages.success(request, words % {"address": outcome.address})
                return redirect("correct_contact", unit.pk)
            case correcting.Result.WRONG_CODE if outcome.tries_left:
                words = _("This is not the code of the newest e-mail. Tries left: %(tries)d.")
                form.add_error("code", words % {"tries": outcome.tries_left})
            case _:
                form.add_error("code", _("This code is no longer good. Have a new one sent."))
    return _page(request, unit, CorrectContactForm(instance=unit), form)


@require_POST
def send_contact_code_again(request: ActingRequest, agency: int) -> HttpResponse:
    """Send another code to the new address."""
    unit = own_unit(request, agency)
    try:
        again = correcting.send_contact_code_again(agency=unit, by=request.user, at=timezone.now())
    except ActionRefused as error:
        messages.error(request, str(error))
    else:
        if again is None:
            messages.info(request, _("No new address waits for a code."))
        else:
            messages.success(request, _said(again))
    return redirect("correct_contact", unit.pk)


def _said(correction: ContactCorrection) -> str:
    if correction.field == ContactField.EMAIL:
        words = _("A code was sent to %(address)s. Enter it below: only then the address counts.")
        return words % {"address": correction.after}
    if correction.field == ContactField.KEP:
        return _("The KEP address waits for the directory administrator. Until then the present one counts.")
    return _("The telephone number is saved.")


def _page(
    request: ActingRequest,
    unit: Agency,
    form: CorrectContactForm,
    code_form: ConfirmContactForm | None = None,
) -> HttpResponse:
    corrections = ContactCorrection.objects.filter(agency=unit).select_related(
        "agency", "asked_by", "decided_by"
    )
    waiting = corrections.waiting().filter(field=ContactField.EMAIL).first()
    context = {
        "section": "inbox",
        "unit": unit,
        "form": form,
        "code_form": code_form or ConfirmContactForm(),
        "waiting": waiting,
        "code_is_open": waiting is not None and waiting.code_is_open(timezone.now()),
        "corrections": corrections.exclude(ended_as="replaced")[:LATEST],
    }
    return render(request, "distribution/correct_contact.html", context)

"""Pass a letter on: select units, preview, confirm."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from agencies.calendar import free_due_days
from agencies.forms.moment import DayAndTimeInput
from agencies.models import Agency
from agencies.views.acting import ActingRequest
from circulars.models import Purpose
from distribution.forms.receiving.pass_on import PassOnForm
from distribution.models import Delivery
from distribution.queries.receiving.pass_on import Choice, expand, offer, read_choice, written
from distribution.queries.receiving.relatives import Recipient, seen_having
from distribution.services.receiving import pass_on as passing
from distribution.views.receiving.delivery import own_delivery, passed_or_404
from distribution.visibility import answerable_by

NAMED_AT_MOST = 10


@require_http_methods(["GET", "HEAD", "POST"])
def pass_on(request: ActingRequest, delivery: UUID) -> HttpResponse:
    """Checkboxes and a search; a POST searches, previews or passes on, depending on the button."""
    answerable = answerable_by(request.user)
    related = answerable.select_related("circular", "circular__issuer", "agency", "successor")
    found = related.filter(public_id=delivery).first()
    if found is None:
        if request.method != "POST":
            raise Http404
        passed = own_delivery(request, delivery)
        typed = PassOnForm(request.POST, delivery=passed, at=timezone.now())
        return passed_or_404(request, delivery, typed)
    if found.circular.is_withdrawn or not found.is_in_force:
        return _withdrawn_meanwhile(request, found)
    request.acting.choose(found.answering_unit)
    if request.method != "POST":
        return _form_page(request, found, {}, PassOnForm(delivery=found, at=timezone.now()))
    choice = read_choice(request.POST)
    match request.POST.get("step"):
        case "look" | "send" as step:
            form = PassOnForm(request.POST, delivery=found, at=timezone.now())
            if not form.is_valid():
                return _form_page(request, found, choice, form)
            recipients = expand(found, choice, at=timezone.now())
            if not recipients:
                error = _("Tick at least one unit or group.")
                return _form_page(request, found, choice, form, error)
            act = _send if step == "send" else _look
            return act(request, found, choice, recipients, form)
        case _:
            return _form_page(request, found, choice, _as_typed(request, found))


def _as_typed(request: ActingRequest, found: Delivery) -> PassOnForm:
    """The form with its input, not validated yet."""
    typed = {
        "note": request.POST.get("note", ""),
        "due_at": DayAndTimeInput().value_from_datadict(request.POST, request.FILES, "due_at") or "",
        "confirm": "confirm" in request.POST,
        "register_number": request.POST.get("register_number", ""),
    }
    return PassOnForm(initial=typed, delivery=found, at=timezone.now())


def _form_page(
    request: ActingRequest, found: Delivery, choice: Choice, form: PassOnForm, error: str = ""
) -> HttpResponse:
    query = request.POST.get("q", "").strip()
    context = {
        "section": "inbox",
        "delivery": found,
        "circular": found.circular,
        "unit": found.answering_unit,
        "form": form,
        "offer": offer(found, choice, query, user=request.user, at=timezone.now()),
        "below": choice.get("below"),
        "purposes": Purpose,
        "query": query,
        "error": error or " ".join(str(text) for texts in form.errors.values() for text in texts),
        "at": timezone.now(),
    }
    only_found = request.htmx and request.POST.get("step") == "find"
    template = "distribution/pass_on/_related.html" if only_found else "distribution/pass_on.html"
    return render(request, template, context)


def _look(
    request: ActingRequest,
    found: Delivery,
    choice: Choice,
    recipients: list[Recipient],
    form: PassOnForm,
) -> HttpResponse:
    """Preview: who will get it, and who has it already as far as the user may know. Changes nothing."""
    have_it = seen_having(request.user, found.circular, [agency.pk for agency, _purpose in recipients])
    heads = [
        (purpose, [agency for agency, wanted in recipients if wanted == purpose and agency.pk not in have_it])
        for purpose in Purpose
    ]
    context = {
        "section": "inbox",
        "delivery": found,
        "circular": found.circular,
        "unit": found.answering_unit,
        "form": form,
        "choice": written(choice),
        "heads": [(purpose, agencies) for purpose, agencies in heads if agencies],
        "had_it": [agency for agency, _purpose in recipients if agency.pk in have_it],
        "count": len(recipients) - len(have_it),
        "free_due_days": free_due_days(
            form.cleaned_data["due_at"], {agency.province_id for agency, _purpose in recipients}
        ),
        "without_address": [
            agency
            for agency, _purpose in recipients
            if agency.pk not in have_it and not agency.open_channels()
        ],
        "at": timezone.now(),
    }
    return render(request, "distribution/pass_on_preview.html", context)


def _send(
    request: ActingRequest,
    found: Delivery,
    choice: Choice,
    recipients: list[Recipient],
    form: PassOnForm,
) -> HttpResponse:
    try:
        outcome = passing.pass_on(
            delivery=found.public_id,
            recipients=recipients,
            note=form.cleaned_data["note"],
            due_at=form.cleaned_data["due_at"],
            confirm=form.cleaned_data.get("confirm", False),
            register_number=form.cleaned_data.get("register_number", ""),
            by=request.user,
            at=timezone.now(),
        )
    except Delivery.DoesNotExist:
        raise Http404 from None
    except passing.NoLongerLive:
        return _withdrawn_meanwhile(request, found)
    except passing.PassOnRefused:
        message = _("Nothing was passed on: something changed meanwhile. Look again at what you chose.")
        return _form_page(request, found, choice, form, message)
    _tell(request, outcome)
    return redirect("branch", found.public_id)


def _tell(request: ActingRequest, outcome: passing.PassedOn) -> None:
    if outcome.children:
        words = ngettext(
            "The letter is passed on to %(count)s unit.",
            "The letter is passed on to %(count)s units.",
            len(outcome.children),
        )
        messages.success(request, words % {"count": len(outcome.children)})
    had_it = [agency.pk for agency in outcome.had_it]
    known = seen_having(request.user, outcome.delivery.circular, had_it) if had_it else set()
    if seen := [agency for agency in outcome.had_it if agency.pk in known]:
        words = ngettext(
            "%(count)s unit has the letter already and doesn't get it twice: %(names)s",
            "%(count)s units have the letter already and don't get it twice: %(names)s",
            len(seen),
        )
        messages.info(request, words % {"count": len(seen), "names": _named(seen)})
    if unseen := [agency for agency in outcome.had_it if agency.pk not in known]:
        words = ngettext(
            "%(count)s unit gets no separate copy from your unit: %(names)s",
            "%(count)s units get no separate copy from your unit: %(names)s",
            len(unseen),
        )
        messages.info(request, words % {"count": len(unseen), "names": _named(unseen)})


def _named(agencies: list[Agency]) -> str:
    names = ", ".join(agency.name for agency in agencies[:NAMED_AT_MOST])
    more = len(agencies) - NAMED_AT_MOST
    if more <= 0:
        return names
    return f"{names} " + ngettext("and %(count)s more", "and %(count)s more", more) % {"count": more}


def _withdrawn_meanwhile(request: ActingRequest, found: Delivery) -> HttpResponse:
    messages.error(
        request,
        _("Nothing can be passed on: the letter was taken back, returned or is covered by another copy."),
    )
    return redirect("delivery", found.public_id)

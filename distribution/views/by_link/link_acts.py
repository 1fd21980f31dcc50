"""Pages of a link for acts other than confirming: return, answer, more time, request to take back.

Each asks for a one-time code first, then shows its form. A GET writes nothing.
"""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from agencies.services.refusal import ActionRefused
from agencies.views.kept_files import kept_before
from distribution.forms.by_link.link import (
    LinkAnswerForm,
    LinkAskTakeBackForm,
    LinkExtensionForm,
    LinkReturnForm,
)
from distribution.links import Link
from distribution.models import Channel, ChannelStatus, Delivery
from distribution.models.acts.take_back import last_act
from distribution.queries.receiving.acts import possible_acts
from distribution.reminders.plan import province_of
from distribution.services.by_link import acts_by_link, link_codes
from distribution.services.by_link.acknowledge_by_link import Answer, Result
from distribution.services.receiving.return_letter import last_day_to_refuse
from distribution.views.by_link.link import code_refused, for_link_holders, too_many_codes
from distribution.views.by_link.link_typed import forget_typed, keep_typed, typed_before

FormMaker = Callable[..., Form]


@for_link_holders
@require_http_methods(["GET", "HEAD", "POST"])
def return_by_link(request: HttpRequest, delivery: Delivery, link: Link, token: str) -> HttpResponse:
    """Return the letter."""

    def make(*data: Any) -> Form:
        return LinkReturnForm(*data, last_day=last_day_to_refuse(delivery))

    return _act(request, delivery, link, token, "return", make, acts_by_link.return_by_link)


@for_link_holders
@require_http_methods(["GET", "HEAD", "POST"])
def answer_by_link(request: HttpRequest, delivery: Delivery, link: Link, token: str) -> HttpResponse:
    """Answer the letter, with documents."""

    def make(*data: Any) -> Form:
        return LinkAnswerForm(*data, delivery=delivery)

    return _act(request, delivery, link, token, "answer", make, acts_by_link.answer_by_link)


@for_link_holders
@require_http_methods(["GET", "HEAD", "POST"])
def ask_extension_by_link(request: HttpRequest, delivery: Delivery, link: Link, token: str) -> HttpResponse:
    """Ask for more time."""

    def make(*data: Any) -> Form:
        return LinkExtensionForm(*data, province=province_of(delivery))

    return _act(request, delivery, link, token, "extension", make, acts_by_link.ask_extension_by_link)


@for_link_holders
@require_http_methods(["GET", "HEAD", "POST"])
def ask_take_back_by_link(request: HttpRequest, delivery: Delivery, link: Link, token: str) -> HttpResponse:
    """Ask to take the last act back."""
    service = acts_by_link.ask_take_back_by_link
    return _act(request, delivery, link, token, "ask_take_back", LinkAskTakeBackForm, service)


def _act(
    request: HttpRequest,
    delivery: Delivery,
    link: Link,
    token: str,
    name: str,
    make: FormMaker,
    service: Callable[..., Answer],
) -> HttpResponse:
    if delivery.circular.secrecy:
        raise Http404
    at = timezone.now()
    if name not in possible_acts(delivery, at):
        if request.method == "POST":
            messages.error(request, _("Nothing was recorded: look at what the letter's page says now."))
        return redirect("link", token)
    if request.method != "POST":
        typed, files = typed_before(request), kept_before(request)
        shown_again = typed is not None or files
        form = _unjudged(make(typed or QueryDict(), files)) if shown_again else make()
        return _page(request, delivery, token, name, form)
    if "ask" in request.POST:
        return _ask(request, delivery, link, token, name, make)
    form = make(request.POST, request.FILES)
    if form.is_valid():
        try:
            answer = service(link=link, at=at, **form.cleaned_data)
        except ActionRefused as error:
            shown = [field.name for field in form.visible_fields()]
            form.add_error(error.field if error.field in shown else None, str(error))
        else:
            if answer.result == Result.DONE:
                forget_typed(request.session)
                messages.success(request, _done(name, answer.delivery))
                return redirect("link", token)
            form.add_error("code", code_refused(answer))
    keep_typed(request)
    return _page(request, delivery, token, name, form)


def _ask(
    request: HttpRequest, delivery: Delivery, link: Link, token: str, name: str, make: FormMaker
) -> HttpResponse:
    """Send a new code; the form keeps its input."""
    keep_typed(request)
    refused, status = "", 200
    try:
        link_codes.request_code(link=link, at=timezone.now())
    except link_codes.TooManyCodes as error:
        refused, status = too_many_codes(error), 429
    except link_codes.NoAddress:
        refused = _("The unit has no registered e-mail address, so no code can be sent.")
    except link_codes.NothingToConfirm:
        return redirect("link", token)
    form = _unjudged(make(request.POST, request.FILES)) if "name" in request.POST else make()
    return _page(request, delivery, token, name, form, refused=refused, status=status)


def _unjudged(form: Form) -> Form:
    """The form with what was typed, without errors: nobody has sent it yet."""
    form.full_clean()
    form.errors.clear()
    return form


def _page(
    request: HttpRequest,
    delivery: Delivery,
    token: str,
    name: str,
    form: Form,
    *,
    refused: str = "",
    status: int = 200,
) -> HttpResponse:
    code = link_codes.newest_code(delivery)
    context = {
        "token": token,
        "delivery": delivery,
        "circular": delivery.circular,
        "unit": delivery.answering_unit,
        "act": name,
        "form": form,
        "code": code if code is not None and code.is_open(timezone.now()) else None,
        "mail_waits": ChannelStatus.objects.suspended().filter(channel=Channel.EMAIL).exists(),
        "refused": refused,
        "last_act": last_act(delivery),
    }
    return render(request, "distribution/link/act.html", context, status=status)


def _done(name: str, delivery: Delivery) -> str:
    if name == "return":
        return _("Returned. %(unit)s is told now.") % {"unit": delivery.giver}
    if name == "answer":
        return _("Answered for %(unit)s.") % {"unit": delivery.answering_unit}
    if name == "extension":
        return _("More time was asked for. %(unit)s decides and the answer appears here.") % {
            "unit": delivery.giver
        }
    return _("Asked to take back. %(unit)s decides and the answer appears here.") % {"unit": delivery.giver}

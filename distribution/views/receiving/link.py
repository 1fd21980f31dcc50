"""Pages of a link without an account. Anybody with the link may read; a GET writes nothing."""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.template.defaultfilters import date as format_date
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from circulars.files.uploads import stored_file
from circulars.models import Attachment
from distribution.forms.receiving.link import LinkConfirmForm, LinkForm, LinkObjectionForm
from distribution.links import DeadLink, Link, LinkExpired, LinkRevoked, delivery_of, read_link
from distribution.models import Channel, ChannelStatus, Delivery
from distribution.services.receiving import link_codes
from distribution.services.receiving.acknowledge_by_link import Answer, Result, acknowledge_by_link
from distribution.services.receiving.object_to_record import object_by_link

TYPED = ("name", "job_title", "register_number")
LinkView = Callable[..., HttpResponseBase]


def for_link_holders(view: LinkView) -> LinkView:
    """Decorator that passes the delivery of a valid link; an invalid link gets a page that explains what to do.

    The response must not be cached or indexed, and its address not be sent to other sites. The referrer policy
    is `same-origin`, because with `no-referrer` browsers send no origin and the CSRF check fails.
    """

    @wraps(view)
    @login_not_required
    def guarded(request: HttpRequest, token: str, **values: Any) -> HttpResponseBase:
        response: HttpResponseBase
        try:
            link = read_link(token, at=timezone.now())
            response = view(request, delivery_of(link), link, token, **values)
        except DeadLink as dead:
            why = "expired" if isinstance(dead, LinkExpired) else "revoked"
            context = {"why": why if isinstance(dead, LinkExpired | LinkRevoked) else ""}
            response = render(request, "distribution/link/dead.html", context, status=dead.status)
        add_never_cache_headers(response)
        response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
        response["Referrer-Policy"] = "same-origin"
        return response

    return guarded


@for_link_holders
@require_http_methods(["GET", "HEAD", "POST"])
def link(request: HttpRequest, delivery: Delivery, link: Link, token: str) -> HttpResponse:
    """The letter of the link; a POST requests a code, confirms with one, or objects with one."""
    at = timezone.now()
    if delivery.circular.secrecy:
        status = 403 if request.method == "POST" else 200
        context = {"delivery": delivery, "circular": delivery.circular}
        return render(request, "distribution/link/restricted.html", context, status=status)
    if request.method == "POST" and "ask" in request.POST:
        return _ask(request, delivery, link, token, at)
    if request.method == "POST" and "object" in request.POST:
        return _object(request, delivery, link, token, at)
    if request.method == "POST":
        return _confirm(request, delivery, link, token, at)
    return _page(request, delivery, token, at, LinkConfirmForm())


@for_link_holders
@require_safe
def letter_file(request: HttpRequest, delivery: Delivery, link: Link, token: str) -> HttpResponseBase:
    """The letter's own file."""
    circular = delivery.circular
    if not _is_readable(delivery):
        raise Http404
    return stored_file(circular.source_file, circular.source_name)


@for_link_holders
@require_safe
def attachment_file(
    request: HttpRequest, delivery: Delivery, link: Link, token: str, pk: int
) -> HttpResponseBase:
    """The file of an attachment."""
    if not _is_readable(delivery):
        raise Http404
    attachment = get_object_or_404(Attachment, pk=pk, circular=delivery.circular)
    return stored_file(attachment.file, attachment.file_name)


def _is_readable(delivery: Delivery) -> bool:
    return delivery.is_live and not delivery.circular.secrecy


def _ask(request: HttpRequest, delivery: Delivery, link: Link, token: str, at: datetime) -> HttpResponse:
    """Send a new code; the form keeps its input."""
    form = LinkConfirmForm(initial={name: request.POST.get(name, "") for name in TYPED})
    refused, status = "", 200
    try:
        link_codes.request_code(link=link, at=at)
    except link_codes.TooManyCodes as error:
        moment = format_date(timezone.localtime(error.until), "DATETIME_FORMAT")
        refused = _("Too many codes were asked for. A new one can be sent from %(moment)s on.") % {
            "moment": moment
        }
        status = 429
    except link_codes.NoAddress:
        refused = _("The unit has no registered e-mail address, so no code can be sent.")
    except link_codes.NothingToConfirm:
        return redirect("link", token)
    else:
        if not any(form.initial.values()):
            return redirect("link", token)
    return _page(request, delivery, token, at, form, status=status, refused=refused)


def _confirm(request: HttpRequest, delivery: Delivery, link: Link, token: str, at: datetime) -> HttpResponse:
    form = LinkConfirmForm(request.POST)
    if delivery.can_be_confirmed and not form.is_valid():
        return _page(request, delivery, token, at, form)
    typed = form.cleaned_data if form.is_valid() else dict.fromkeys(("code", *TYPED), "")
    answer = acknowledge_by_link(link=link, at=at, **typed)
    match answer.result:
        case Result.WRONG_CODE | Result.NO_CODE:
            form.add_error("code", _code_refused(answer))
            return _page(request, delivery, token, at, form)
        case Result.CONFIRMED:
            unit = answer.delivery.answering_unit
            messages.success(request, _("Confirmed for %(unit)s.") % {"unit": unit})
        case Result.KNOWN:
            messages.info(
                request,
                _("This letter was confirmed already on %(moment)s by %(person)s; that stands unchanged.")
                % {
                    "moment": format_date(
                        timezone.localtime(answer.delivery.acknowledged_at), "DATETIME_FORMAT"
                    ),
                    "person": answer.delivery.acknowledged_person,
                },
            )
        case Result.CLOSED:
            messages.error(
                request,
                _("Nothing was confirmed: the letter is %(stage)s.")
                % {"stage": answer.delivery.get_stage_display()},
            )
    return redirect("link", token)


def _object(request: HttpRequest, delivery: Delivery, link: Link, token: str, at: datetime) -> HttpResponse:
    form = LinkObjectionForm(request.POST)
    if delivery.can_be_objected_to and not form.is_valid():
        return _page(request, delivery, token, at, LinkConfirmForm(), objection_form=form)
    typed = (
        form.cleaned_data if form.is_valid() else dict.fromkeys(("code", "name", "job_title", "reason"), "")
    )
    answer = object_by_link(link=link, at=at, **typed)
    match answer.result:
        case Result.WRONG_CODE | Result.NO_CODE:
            form.add_error("code", _code_refused(answer))
            return _page(request, delivery, token, at, LinkConfirmForm(), objection_form=form)
        case Result.OBJECTED:
            issuer = answer.delivery.circular.issuer
            messages.success(
                request, _("The objection is recorded. %(unit)s is told now.") % {"unit": issuer}
            )
        case _:
            messages.error(request, _("No record of the sender holds for this letter any more."))
    return redirect("link", token)


def _code_refused(answer: Answer) -> str:
    if answer.result == Result.WRONG_CODE and answer.tries_left:
        return _("This is not the code of the newest e-mail. Tries left: %(tries)d.") % {
            "tries": answer.tries_left
        }
    return _("This code is no longer good. Have a new one sent; what you typed stays.")


def _page(
    request: HttpRequest,
    delivery: Delivery,
    token: str,
    at: datetime,
    form: LinkConfirmForm,
    *,
    status: int = 200,
    refused: str = "",
    objection_form: LinkForm | None = None,
) -> HttpResponse:
    circular = delivery.circular
    if not delivery.is_live:
        closed = {"delivery": delivery, "circular": circular}
        return render(request, "distribution/link/closed.html", closed)
    code = link_codes.newest_code(delivery)
    holding = delivery.on_behalf_records.holding()
    context: dict[str, Any] = {
        "token": token,
        "delivery": delivery,
        "circular": circular,
        "unit": delivery.answering_unit,
        "attachments": circular.attachments.all(),
        "references": circular.references.all(),
        "code": code if code is not None and code.is_open(at) else None,
        "form": form,
        "objection_form": objection_form or LinkObjectionForm(),
        "records": holding.select_related("recorded_by") if delivery.can_be_objected_to else [],
        "mail_waits": ChannelStatus.objects.suspended().filter(channel=Channel.EMAIL).exists(),
        "refused": refused,
        "at": at,
    }
    return render(request, "distribution/link/letter.html", context, status=status)

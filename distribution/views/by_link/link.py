"""Pages of a link without an account. Anybody with the link may read; a GET writes nothing."""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.template.defaultfilters import date as format_date
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from agencies.services.refusal import ActionRefused
from agencies.views.kept_files import KEEPS_FILES_OF_ANYBODY
from circulars.files.stored import stored_archive, stored_file, stored_page_image
from distribution.forms.by_link.link import LinkConfirmForm, LinkForm, LinkObjectionForm
from distribution.forms.receiving.take_back import TakeBackByLinkForm
from distribution.links import (
    DeadLink,
    Link,
    LinkExpired,
    LinkRevoked,
    delivery_of,
    following_token,
    read_link,
)
from distribution.models import AnswerDocument, Channel, ChannelStatus, Delivery
from distribution.models.acts.take_back import last_act
from distribution.queries.attachments import enclosed_attachment
from distribution.queries.letter.due_reckoning import reckoning_of_copy
from distribution.queries.letter_files import stored_files_for
from distribution.queries.receiving.acts import code_of_act, possible_acts
from distribution.queries.receiving.earlier_copies import newer_copy
from distribution.queries.sending.returns import word_of_giver
from distribution.services.by_link import link_codes
from distribution.services.by_link import take_back_by_link as taking_back
from distribution.services.by_link.acknowledge_by_link import Answer, Result, acknowledge_by_link
from distribution.services.receiving.object_to_record import object_by_link
from distribution.views.by_link.link_typed import forget_typed, keep_typed, typed_before
from distribution.views.receiving.delivery import files_context
from distribution.views.receiving.files import asks_to_open

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

    setattr(guarded, KEEPS_FILES_OF_ANYBODY, True)
    return guarded


@for_link_holders
@require_http_methods(["GET", "HEAD", "POST"])
def link(request: HttpRequest, delivery: Delivery, link: Link, token: str) -> HttpResponse:
    """The letter of the link; a POST requests a code, confirms, takes back or objects with one."""
    at = timezone.now()
    if delivery.circular.secrecy:
        status = 403 if request.method == "POST" else 200
        context = {"delivery": delivery, "circular": delivery.circular}
        return render(request, "distribution/link/restricted.html", context, status=status)
    if request.method == "POST" and "ask" in request.POST:
        return _ask(request, delivery, link, token, at)
    if request.method == "POST" and "take_back" in request.POST:
        return _take_back(request, delivery, link, token, at)
    if request.method == "POST" and "object" in request.POST:
        return _object(request, delivery, link, token, at)
    if request.method == "POST":
        return _confirm(request, delivery, link, token, at)
    typed = typed_before(request)
    initial = typed.dict() if typed is not None else {}
    form, objection_form = LinkConfirmForm(initial=initial), LinkObjectionForm(initial=initial)
    return _page(request, delivery, link, token, at, form, objection_form=objection_form)


@for_link_holders
@require_safe
def letter_file(request: HttpRequest, delivery: Delivery, link: Link, token: str) -> HttpResponseBase:
    """The letter's own file; with `?open` shown by the browser."""
    circular = delivery.circular
    if not _is_readable(delivery):
        raise Http404
    return stored_file(circular.source_file, circular.source_name, inline=asks_to_open(request))


@for_link_holders
@require_safe
def letter_page(
    request: HttpRequest, delivery: Delivery, link: Link, token: str, page: int
) -> HttpResponseBase:
    """One page of the letter's PDF as PNG."""
    if not _is_readable(delivery):
        raise Http404
    return stored_page_image(delivery.circular, page)


@for_link_holders
@require_safe
def attachment_file(
    request: HttpRequest, delivery: Delivery, link: Link, token: str, pk: int
) -> HttpResponseBase:
    """The file of an attachment; with `?open` shown by the browser."""
    if not _is_readable(delivery):
        raise Http404
    attachment = enclosed_attachment(delivery, pk)
    if attachment is None:
        raise Http404
    return stored_file(attachment.file, attachment.file_name, inline=asks_to_open(request))


@for_link_holders
@require_safe
def all_files(request: HttpRequest, delivery: Delivery, link: Link, token: str) -> HttpResponseBase:
    """The letter and its attachments in one archive."""
    if not _is_readable(delivery):
        raise Http404
    files = [(each.file, each.name) for each in stored_files_for(delivery)]
    return stored_archive(files, delivery.circular.number)


@for_link_holders
@require_safe
def due_by_link(request: HttpRequest, delivery: Delivery, link: Link, token: str) -> HttpResponse:
    """How the due time of the link's copy was reckoned."""
    if not _is_readable(delivery):
        raise Http404
    context = {
        "token": token,
        "delivery": delivery,
        "circular": delivery.circular,
        "reckoning": reckoning_of_copy(delivery),
        "at": timezone.now(),
    }
    return render(request, "distribution/link/due.html", context)


def _is_readable(delivery: Delivery) -> bool:
    return delivery.is_live and not delivery.circular.secrecy


def _ask(request: HttpRequest, delivery: Delivery, link: Link, token: str, at: datetime) -> HttpResponse:
    """Send a new code; the form keeps its input."""
    typed = {name: request.POST.get(name, "") for name in (*TYPED, "reason")}
    form, objection_form = LinkConfirmForm(initial=typed), LinkObjectionForm(initial=typed)
    keep_typed(request)
    refused, status = "", 200
    try:
        link_codes.request_code(link=link, at=at)
    except link_codes.TooManyCodes as error:
        refused, status = too_many_codes(error), 429
    except link_codes.NoAddress:
        refused = _("The unit has no registered e-mail address, so no code can be sent.")
    except link_codes.NothingToConfirm:
        return redirect("link", token)
    else:
        if not any(typed.values()):
            return redirect("link", token)
    return _page(
        request,
        delivery,
        link,
        token,
        at,
        form,
        status=status,
        refused=refused,
        objection_form=objection_form,
    )


def too_many_codes(error: link_codes.TooManyCodes) -> str:
    """From when on a new code can be sent."""
    moment = format_date(timezone.localtime(error.until), "DATETIME_FORMAT")
    return _("Too many codes were asked for. A new one can be sent from %(moment)s on.") % {"moment": moment}


def _confirm(request: HttpRequest, delivery: Delivery, link: Link, token: str, at: datetime) -> HttpResponse:
    form = LinkConfirmForm(request.POST)
    keep_typed(request)
    if delivery.can_be_confirmed and not form.is_valid():
        return _page(request, delivery, link, token, at, form)
    typed = form.cleaned_data if form.is_valid() else dict.fromkeys(("code", *TYPED), "")
    answer = acknowledge_by_link(link=link, at=at, **typed)
    match answer.result:
        case Result.WRONG_CODE | Result.NO_CODE:
            form.add_error("code", code_refused(answer))
            return _page(request, delivery, link, token, at, form)
        case Result.CONFIRMED:
            forget_typed(request.session)
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


def _take_back(
    request: HttpRequest, delivery: Delivery, link: Link, token: str, at: datetime
) -> HttpResponse:
    form = TakeBackByLinkForm(request.POST)
    if not form.is_valid():
        return _page(request, delivery, link, token, at, LinkConfirmForm(), take_back_form=form)
    try:
        outcome = taking_back.take_back_by_link(
            link=link, stamp=form.cleaned_data["stamp"], code=form.cleaned_data["used_code"], at=at
        )
    except ActionRefused as error:
        messages.error(request, str(error))
        return redirect("link", token)
    match outcome.result:
        case taking_back.Result.WRONG_CODE:
            form.add_error("used_code", _wrong_code(outcome.tries_left))
        case taking_back.Result.NO_CODE:
            form.add_error("used_code", _("The code was tried too often. Sign in to take it back."))
        case taking_back.Result.TAKEN_BACK:
            unit = outcome.delivery.answering_unit
            messages.success(request, _("Taken back for %(unit)s.") % {"unit": unit})
        case taking_back.Result.NOTHING:
            messages.error(
                request,
                _("Nothing was taken back: something else was recorded meanwhile. Look at the letter again."),
            )
    if form.errors:
        return _page(request, delivery, link, token, at, LinkConfirmForm(), take_back_form=form)
    return redirect("link", token)


def _wrong_code(tries_left: int) -> str:
    return _("This is not the code with which it was recorded. Tries left: %(tries)d.") % {
        "tries": tries_left
    }


def _object(request: HttpRequest, delivery: Delivery, link: Link, token: str, at: datetime) -> HttpResponse:
    form = LinkObjectionForm(request.POST)
    keep_typed(request)
    if delivery.can_be_objected_to and not form.is_valid():
        return _page(request, delivery, link, token, at, LinkConfirmForm(), objection_form=form)
    typed = (
        form.cleaned_data if form.is_valid() else dict.fromkeys(("code", "name", "job_title", "reason"), "")
    )
    answer = object_by_link(link=link, at=at, **typed)
    match answer.result:
        case Result.WRONG_CODE | Result.NO_CODE:
            form.add_error("code", code_refused(answer))
            return _page(request, delivery, link, token, at, LinkConfirmForm(), objection_form=form)
        case Result.OBJECTED:
            forget_typed(request.session)
            issuer = answer.delivery.circular.issuer
            messages.success(
                request, _("The objection is recorded. %(unit)s is told now.") % {"unit": issuer}
            )
        case _:
            messages.error(request, _("No record of the sender holds for this letter any more."))
    return redirect("link", token)


def code_refused(answer: Answer) -> str:
    """Why the code doesn't count, and what to do."""
    if answer.result == Result.WRONG_CODE and answer.tries_left:
        return _("This is not the code of the newest e-mail. Tries left: %(tries)d.") % {
            "tries": answer.tries_left
        }
    return _("This code is no longer good. Have a new one sent; what you typed stays.")


def _page(
    request: HttpRequest,
    delivery: Delivery,
    link: Link,
    token: str,
    at: datetime,
    form: LinkConfirmForm,
    *,
    status: int = 200,
    refused: str = "",
    take_back_form: TakeBackByLinkForm | None = None,
    objection_form: LinkForm | None = None,
) -> HttpResponse:
    circular = delivery.circular
    newer = newer_copy(delivery)
    following = following_token(link, newer.copy) if newer is not None else ""
    replaced = {"newer": newer, "newer_url": reverse("link", args=[following]) if following else ""}
    acts = possible_acts(delivery, at)
    done = last_act(delivery)
    may_take_back = done is not None and "take_back" in acts and code_of_act(delivery, done) is not None
    acting = {
        "token": token,
        "acts": acts,
        "last_act": done if may_take_back else None,
        "take_back_form": take_back_form or TakeBackByLinkForm(),
        "take_back_requests": delivery.take_back_requests.select_related("asked_by", "decided_by"),
    }
    if not delivery.is_live:
        closed = {"delivery": delivery, "circular": circular, **replaced, **acting}
        return render(request, "distribution/link/closed.html", closed)
    code = link_codes.newest_code(delivery)
    holding = delivery.on_behalf_records.holding()
    context: dict[str, Any] = {
        **acting,
        "delivery": delivery,
        "circular": circular,
        "unit": delivery.answering_unit,
        **files_context(delivery, lambda page: reverse("link_page", args=[token, page])),
        "references": circular.references.all(),
        "code": code if code is not None and code.is_open(at) else None,
        "form": form,
        "sent_again": word_of_giver(delivery),
        "answer_documents": _documents_by_link(delivery),
        "objection_form": objection_form or LinkObjectionForm(),
        "records": holding.select_related("recorded_by") if delivery.can_be_objected_to else [],
        "mail_waits": ChannelStatus.objects.suspended().filter(channel=Channel.EMAIL).exists(),
        "refused": refused,
        "requests": (requests := list(delivery.extension_requests.select_related("asked_by", "decided_by"))),
        "has_open_request": any(each.is_open for each in requests),
        "at": at,
        **replaced,
    }
    return render(request, "distribution/link/letter.html", context, status=status)


def _documents_by_link(delivery: Delivery) -> list[AnswerDocument]:
    """The documents of an answer given by link; those of signed-in people are not told to whoever has the link."""
    if not delivery.was_answered_by_link:
        return []
    return list(delivery.answer_documents.of_the_answer())

"""Which mails a manager wants, the link that stops them, and links from mails to the board of a unit."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from agencies.calendar import calendar_for
from agencies.models import Agency, Role
from agencies.views.acting import SESSION_KEY, ActingRequest
from distribution.forms.managing.board_mails import BoardMailsForm
from distribution.models import BoardSettings, NoticeKind
from distribution.outbox.managers import stop_of
from distribution.services.managing.board_settings import set_board_mails, stop_alerts, stop_digest
from distribution.services.managing.weekly_digests import WEEK, monday_of, next_slot
from distribution.views.outstanding import managed_unit

PAGES = {"board", "outstanding", "late", "call_list", "board_mails"}
"""Pages to which mails lead."""


@require_http_methods(["GET", "HEAD", "POST"])
def board_mails(request: ActingRequest) -> HttpResponse:
    """The weekly digest and the mails at once, about the letters of the unit managed."""
    unit, at = managed_unit(request), timezone.now()
    found = BoardSettings.objects.filter(person=request.user, unit=unit).first()
    own = found or BoardSettings(person=request.user, unit=unit)
    form = BoardMailsForm(request.POST if request.method == "POST" else None, own=own)
    if request.method == "POST" and form.is_valid():
        set_board_mails(
            person=request.user,
            unit=unit,
            digest=form.digest,
            wants_alerts=form.cleaned_data["wants_alerts"],
            at=at,
        )
        messages.success(request, _("Your choice was saved."))
        return redirect("board_mails")
    calendar = calendar_for(unit.province_id, monday_of(at) - 3 * WEEK) if own.wants_digest else None
    context = {
        "section": "board",
        "unit": unit,
        "form": form,
        "next_digest": next_slot(own, at, calendar) if calendar else None,
        "address": request.user.mail_address,
    }
    return render(request, "distribution/board_mails.html", context)


@csrf_exempt
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def stop_mails(request: HttpRequest, token: str) -> HttpResponse:
    """Stop mails to a manager by the link in them. A GET only asks; a mail program posts by itself (RFC 8058).

    The token is the right: no cookie counts, so that a form from elsewhere can do no more than the link.
    """
    stop = stop_of(token)
    if stop is None:
        raise Http404
    if request.method == "POST":
        if stop.kind == NoticeKind.WEEKLY_DIGEST:
            stop_digest(person=stop.person, unit=stop.unit)
        else:
            stop_alerts(person=stop.person, unit=stop.unit)
    context = {"stop": stop, "is_done": request.method == "POST"}
    return render(request, "distribution/stop_mails.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def board_of_unit(request: ActingRequest, agency: int, kind: str) -> HttpResponse:
    """Lead to a page of the board for this unit. If another unit's is open, a button chooses this one first."""
    unit = next((each for each in request.acting.units if each.pk == agency), None)
    if unit is None or kind not in PAGES or Role.MANAGER not in request.acting.units[unit]:
        raise Http404
    query = request.GET.urlencode()
    page = f"{reverse(kind)}?{query}" if query else reverse(kind)
    if request.method == "POST":
        request.session[SESSION_KEY] = unit.pk
        return redirect(page)
    open_now: Agency = managed_unit(request)
    if open_now == unit:
        return redirect(page)
    return render(request, "distribution/board_of_unit.html", {"unit": unit, "open_now": open_now})

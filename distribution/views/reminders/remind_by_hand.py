"""Manual reminders: a preview with reasons, then confirmation."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import F, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from agencies.models import Agency
from agencies.views.acting import ActingRequest
from circulars.models import Circular, Status
from distribution.models import Delivery
from distribution.models.deliveries.conditions import OWING, any_of
from distribution.queries.sending.owed import owed_to
from distribution.reminders.remind_by_hand import (
    MOST,
    ManualReminderPlan,
    plan_manual_reminders,
    remind_by_hand,
)
from distribution.tables.files.exported_lists import filtered_rows
from distribution.views.outstanding import filtered, filtered_letters, is_ticked, managed_unit
from distribution.views.several.choice import keep_rows
from distribution.views.ticked import ticked_uuids
from distribution.visibility import tracked_by

MOST_NAMED = 5
"""Units that were not reminded and that a message names."""

MESSAGES_SHOWN = 50
"""Messages that the preview lists by itself; all of them with `?all=1`."""


@require_http_methods(["GET", "HEAD", "POST"])
def remind_letter(request: ActingRequest, letter: UUID) -> HttpResponse:
    """All outstanding deliveries of the letter, or the ticked ones; a POST reminds those that were shown."""
    sent = Circular.objects.visible_to(request.user).filter(status=Status.DISPATCHED).select_related("issuer")
    circular = get_object_or_404(sent, public_id=letter)
    direct = tracked_by(request.user).filter(circular=circular)
    back = reverse("letter", args=[letter]) + "?show=outstanding"
    if request.method == "POST":
        return _remind(request, direct, back)
    ticked = ticked_uuids(request.GET, "delivery")
    chosen = direct.filter(public_id__in=ticked) if ticked else direct.outstanding()
    return _page(
        request,
        plan_manual_reminders(deliveries=chosen, at=timezone.now()),
        {"circular": circular, "back": back},
    )


@require_http_methods(["GET", "HEAD", "POST"])
def remind_board(request: ActingRequest) -> HttpResponse:
    """The board's rows under its current filter, or the ticked ones; a POST reminds those that were shown.

    Of the ticked ones, those that owe nothing any more are named.
    """
    rows = filtered_rows(filtered(request, unit := managed_unit(request)))
    ticked = is_ticked(request.GET)
    response = _remind_managed(request, unit, rows if ticked else rows.filter(OWING), "outstanding")
    if ticked and request.method == "POST":
        keep_rows(request, unit, [])
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def remind_board_letters(request: ActingRequest) -> HttpResponse:
    """The outstanding deliveries of the letters of the board by letter; a POST reminds those that were shown."""
    chosen = filtered_letters(request, unit := managed_unit(request))
    letters = list(chosen.qs.order_by().values_list("pk", flat=True)) if chosen.is_valid() else []
    rows = owed_to(request.user, unit, chosen.owes, at=timezone.now()).filter(
        any_of(F("circular_id"), letters)
    )
    return _remind_managed(request, unit, rows, "outstanding_letters")


def _remind_managed(
    request: ActingRequest, unit: Agency, rows: QuerySet[Delivery], board: str
) -> HttpResponse:
    query = request.GET.copy()
    for name in ("ticked", "all"):
        query.pop(name, None)
    back = reverse(board) + (f"?{query.urlencode()}" if query else "")
    if request.method == "POST":
        managed = tracked_by(request.user).filter(circular__issuer__path__contains=[unit.pk])
        return _remind(request, managed, back)
    return _page(
        request,
        plan_manual_reminders(deliveries=rows, at=timezone.now()),
        {"unit": unit, "back": back, "section": "board"},
    )


def _remind(request: ActingRequest, permitted: QuerySet[Delivery], back: str) -> HttpResponse:
    """Remind the deliveries of the preview that the user may still see."""
    shown_ids = _ids(request.POST.get("shown_ids", ""))
    outcome = remind_by_hand(
        deliveries=permitted.filter(pk__in=shown_ids), by=request.user, at=timezone.now()
    )
    if written := len(outcome.messages):
        now, later = outcome.leaving_now, written - outcome.leaving_now
        words = ngettext("%(count)s reminder is written.", "%(count)s reminders are written.", written)
        if now:
            words += " " + ngettext("%(now)s leaves now.", "%(now)s leave now.", now)
        if later:
            words += " " + ngettext(
                "%(later)s leaves in the next working time.",
                "%(later)s leave in the next working time.",
                later,
            )
        messages.success(request, words % {"count": written, "now": now, "later": later})
    for why, same in outcome.skipped_by_reason:
        words = ngettext(
            "%(count)s unit was not reminded: it %(why)s.",
            "%(count)s units were not reminded: %(why)s.",
            len(same),
        )
        names = ", ".join(each.delivery.agency.name for each in same[:MOST_NAMED])
        more = " …" if same[MOST_NAMED:] else ""
        messages.info(request, f"{words % {'count': len(same), 'why': why.label}} {names}{more}")
    if not outcome.looked_at:
        messages.error(request, _("Nobody was reminded: the list was empty."))
    return redirect(back)


def _page(request: ActingRequest, plan: ManualReminderPlan, more: dict[str, Any]) -> HttpResponse:
    shown = plan.messages if request.GET.get("all") == "1" else plan.messages[:MESSAGES_SHOWN]
    context = {
        "section": "letters" if request.acting.sends else "board",
        "plan": plan,
        "messages_planned": plan.messages,
        "messages_shown": shown,
        "shown_ids": ",".join(str(each.delivery.pk) for each in plan.reminded),
        "most": MOST,
        "at": plan.at,
    }
    return render(request, "distribution/remind_by_hand.html", {**context, **more})


def _ids(text: str) -> list[int]:
    numbers = [number for number in text.split(",") if number]
    if len(numbers) > MOST or not all(
        number.isascii() and number.isdecimal() and len(number) < 19 for number in numbers
    ):
        raise Http404
    return [int(number) for number in numbers]

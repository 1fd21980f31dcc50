"""Declared leave: list, declare, revoke. For administrators."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from agencies.calendar import free_days
from agencies.forms.leave import LeaveForm
from agencies.models import DeclaredLeave
from agencies.services.leave import declare_leave, take_back_leave
from agencies.services.refusal import ActionRefused
from agencies.views.acting import ActingRequest
from agencies.views.guards import for_administrators
from distribution.queries.leave import due_within

MOST_SHOWN = 100


@for_administrators
@require_http_methods(["GET", "HEAD", "POST"])
def leaves(request: ActingRequest) -> HttpResponse:
    """Declared leave, upcoming holidays, and the form for a new declaration."""
    form = LeaveForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        declared = declare_leave(**form.cleaned_data, by=request.user, at=timezone.now())
        messages.success(request, _("The leave is entered: %(leave)s.") % {"leave": declared})
        _say_what_is_due(request, declared)
        return redirect("leaves")
    return _page(request, form)


@for_administrators
@require_POST
def take_back(request: ActingRequest, pk: int) -> HttpResponse:
    """Revoke one declaration."""
    leave = get_object_or_404(DeclaredLeave, pk=pk)
    try:
        take_back_leave(
            leave=leave, reason=request.POST.get("reason", ""), by=request.user, at=timezone.now()
        )
    except ActionRefused as refused:
        return _page(request, LeaveForm(), refused={pk: str(refused)})
    messages.success(request, _("The leave is taken back: %(leave)s.") % {"leave": leave})
    messages.info(
        request,
        _("Due times in working days that it moved are moved back within a minute, if they lie ahead."),
    )
    return redirect("leaves")


def _say_what_is_due(request: ActingRequest, leave: DeclaredLeave) -> None:
    """How many due times lie in a leave just declared, and what becomes of them."""
    if due := due_within([leave])[leave.pk]:
        words = ngettext(
            "%(count)d open due time lies in it. Due times in working days move within a minute; of fixed ones the"
            " senders are warned on the letter's page.",
            "%(count)d open due times lie in it. Due times in working days move within a minute; of fixed ones the"
            " senders are warned on the letter's page.",
            due,
        )
        messages.info(request, words % {"count": due})


def _page(request: ActingRequest, form: LeaveForm, refused: dict[int, str] | None = None) -> HttpResponse:
    today = timezone.localdate()
    declared = DeclaredLeave.objects.select_related("province", "entered_by", "removed_by")[:MOST_SHOWN]
    coming = [leave for leave in declared if leave.removed_at is None and leave.last_day >= today]
    due = due_within(coming)
    context = {
        "section": "administration",
        "form": form,
        "leaves": [
            (leave, leave.has_begun(today), (refused or {}).get(leave.pk, ""), due.get(leave.pk, 0))
            for leave in declared
        ],
        "holidays": free_days(today, 365),
    }
    return render(request, "distribution/leaves.html", context)

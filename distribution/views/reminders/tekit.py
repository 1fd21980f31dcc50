"""Draft a tekit: who would be on it, who is skipped, and the button."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Exists, OuterRef, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from agencies.views.acting import ActingRequest
from circulars.models import Circular
from distribution.queries.sending.board import with_progress
from distribution.reminders.tekit import NotDrafted, NoTekit, TekitPlan, draft_tekit, plan_tekit
from distribution.views.ticked import ticked_uuids


@require_http_methods(["GET", "HEAD", "POST"])
def tekit(request: ActingRequest, letter: UUID) -> HttpResponse:
    """Recipients of the tekit; a POST drafts it to the ticked units and opens the draft."""
    circular = _own_letter(request, letter)
    if circular.is_draft or circular.is_scheduled:
        return redirect("review" if circular.is_draft else "letter", letter)
    if circular.reminds is not None:
        return redirect("tekit", circular.reminds.public_id)
    if request.method != "POST":
        return _page(request, plan_tekit(circular=circular, at=timezone.now()))
    ticked = ticked_uuids(request.POST, "delivery")
    if not ticked:
        messages.error(request, _("No unit was ticked. Tick the units that are to get the tekit."))
        return _page(request, plan_tekit(circular=circular, at=timezone.now()), ticked=ticked)
    try:
        draft = draft_tekit(circular=circular, by=request.user, at=timezone.now(), deliveries=ticked)
    except NotDrafted as error:
        if error.waiting is not None:
            messages.info(request, _("The tekit was drafted already. This is the draft."))
            return redirect("review", error.waiting.public_id)
        messages.error(request, _("Nothing was drafted. %(reason)s") % {"reason": error.reason.label})
        return redirect("tekit", letter)
    count = draft.lines.count()
    words = ngettext(
        "The tekit is drafted to %(count)s unit. Check it, then give it its number and date.",
        "The tekit is drafted to %(count)s units. Check it, then give it its number and date.",
        count,
    )
    messages.success(request, words % {"count": count})
    return redirect("review", draft.public_id)


def with_tekits_named(circulars: QuerySet[Circular]) -> QuerySet[Circular]:
    """Annotate `has_tekits`, which spares letters without tekits a query."""
    return circulars.annotate(has_tekits=Exists(Circular.objects.filter(reminds=OuterRef("pk"))))


def tekits_context(request: ActingRequest, circular: Circular) -> dict[str, Any]:
    """Context about the tekits of a letter from `with_tekits_named`; drafts are included for its senders only."""
    if circular.reminds_id is None and not getattr(circular, "has_tekits", True):
        return {}
    visible = Circular.objects.visible_to(request.user)
    return {
        "tekits": with_progress(visible.filter(reminds=circular)).order_by("date", "pk"),
        "reminded": visible.filter(pk=circular.reminds_id).first() if circular.reminds_id else None,
    }


def _page(request: ActingRequest, plan: TekitPlan, ticked: list[UUID] | None = None) -> HttpResponse:
    chosen = {each.delivery.public_id for each in plan.late} if ticked is None else set(ticked)
    context = {
        "section": "letters",
        "circular": plan.first,
        "plan": plan,
        "ticked": chosen,
        "all_ticked": len(chosen) == len(plan.owing),
        "WAITING": NoTekit.WAITING,
        "at": timezone.now(),
    }
    return render(request, "distribution/tekit.html", context)


def _own_letter(request: ActingRequest, letter: UUID) -> Circular:
    visible = Circular.objects.visible_to(request.user).select_related("issuer", "reminds", "dispatched_by")
    circular = get_object_or_404(visible, public_id=letter)
    if circular.issuer not in request.acting.sends_for:
        raise Http404
    return circular

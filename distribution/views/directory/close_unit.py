"""Close a unit or merge it into another, after a page with the effects."""

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from agencies.forms.close import CloseForm
from agencies.models import Agency
from agencies.services.refusal import ActionRefused
from agencies.views.acting import ActingRequest
from agencies.views.guards import for_directory_administrators
from distribution.services.succession import Followed, close_unit, what_closing_touches

MOST_FOUND = 20


@for_directory_administrators
@require_http_methods(["GET", "HEAD", "POST"])
def close(request: ActingRequest, pk: int) -> HttpResponseBase:
    """Close a unit on a day, with or without a successor."""
    return _page(request, pk, needs_successor=False)


@for_directory_administrators
@require_http_methods(["GET", "HEAD", "POST"])
def merge(request: ActingRequest, pk: int) -> HttpResponseBase:
    """Merge a unit into another on a day."""
    return _page(request, pk, needs_successor=True)


def _page(request: ActingRequest, pk: int, *, needs_successor: bool) -> HttpResponseBase:
    agency = get_object_or_404(Agency, pk=pk)
    if agency.active_to is not None:
        messages.info(request, _("It has a day of its end already. Open it again to choose anew."))
        return redirect("agency", agency.pk)
    successor = _chosen(request, agency)
    today = timezone.localdate()
    initial = {"on": today, "move_children": needs_successor}
    form = CloseForm(request.POST if request.method == "POST" else None, initial=initial)
    ready = successor is not None or not needs_successor
    refusal = ""
    if form.is_bound and ready and form.is_valid():
        try:
            followed = close_unit(
                agency=agency,
                on=form.cleaned_data["on"],
                successor=successor,
                by=request.user,
                at=timezone.now(),
                move_children=successor is not None and form.cleaned_data["move_children"],
            )
        except ActionRefused as refused:
            if refused.field in form.fields:
                form.add_error(refused.field, str(refused))
            else:
                refusal = str(refused)
        else:
            _tell(request, agency, successor, followed)
            return redirect("agency", agency.pk)
    query = request.GET.get("q", "").strip()
    context = {
        "section": "directory",
        "agency": agency,
        "successor": successor,
        "needs_successor": needs_successor,
        "ready": ready,
        "form": form,
        "refusal": refusal,
        "query": query,
        "found": _found(query, agency) if query else [],
        "touched": what_closing_touches(agency, successor, on=today) if ready else None,
    }
    return render(request, "distribution/close_unit.html", context)


def _chosen(request: ActingRequest, agency: Agency) -> Agency | None:
    chosen = request.POST.get("successor") or request.GET.get("successor", "")
    if not (chosen.isascii() and chosen.isdecimal()) or len(chosen) > 18:
        return None
    return Agency.objects.active(timezone.localdate()).exclude(pk=agency.pk).filter(pk=chosen).first()


def _found(query: str, agency: Agency) -> list[Agency]:
    found = Agency.objects.active(timezone.localdate()).search(query).exclude(pk=agency.pk)
    return list(found.select_related("province", "parent")[:MOST_FOUND])


def _tell(request: ActingRequest, agency: Agency, successor: Agency | None, followed: Followed) -> None:
    if successor is None:
        messages.success(request, _("%(unit)s is closed, without a successor.") % {"unit": agency.name})
        return
    messages.success(
        request, _("%(unit)s passes to %(successor)s.") % {"unit": agency.name, "successor": successor.name}
    )
    if followed.transferred:
        messages.success(
            request,
            ngettext(
                "%(count)d letter that it still owed now waits for %(successor)s.",
                "%(count)d letters that it still owed now wait for %(successor)s.",
                followed.transferred,
            )
            % {"count": followed.transferred, "successor": successor.name},
        )
    if followed.superseded:
        messages.info(
            request,
            ngettext(
                "%(count)d letter is closed: %(successor)s has it itself.",
                "%(count)d letters are closed: %(successor)s has them itself.",
                followed.superseded,
            )
            % {"count": followed.superseded, "successor": successor.name},
        )

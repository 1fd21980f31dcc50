"""Settle the meaning of a printed distribution line."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from agencies.matching.class_lines import printed_count
from agencies.matching.lines import Unresolved
from agencies.models import Agency, AgencyGroup
from agencies.services.wordings import remember_wording
from agencies.views.acting import ActingRequest
from circulars.lines.choices import Suggestions, chosen, find, similar, suggestions
from circulars.lines.plan_lines import plan_key
from circulars.models import Circular, DistributionLine
from circulars.models.plan import DistributionPlan, PlanVersion
from circulars.services.draft import NotADraft
from circulars.services.settle_line import settle_line
from circulars.views.review import find_draft

Meaning = Agency | AgencyGroup | PlanVersion


@require_http_methods(["GET", "HEAD", "POST"])
def settle(request: ActingRequest, letter: UUID, pk: int) -> HttpResponse:
    """Suggestions and a search for one printed line; choosing one settles it."""
    found = open_line(request, letter, pk)
    if isinstance(found, HttpResponse):
        return found
    circular, line = found
    error = ""
    if request.method == "POST":
        meaning, error = _chosen(circular, request.POST.get("choice", ""))
        if meaning is not None:
            return settled(request, line, meaning, remember="remember" in request.POST)
    query = request.GET.get("q", "").strip()
    listed: dict[str, Any] = {"query": query, "printed_count": printed_count(line.name)}
    if query:
        listed |= _found(circular, query)
    if query and request.htmx:
        return _page(request, "circulars/_choices.html", listed)
    on = timezone.localdate()
    offered = suggestions(line.name, issuer=circular.issuer, on=on, meaning=line.agency)
    first = offered.choices[0].agency if offered.choices else None
    context = {
        "section": "letters",
        "circular": circular,
        "line": line,
        "error": error,
        "unresolved_reason": _unresolved_reason(line, offered),
        "meaning": line.agency or line.group or line.plan_version,
        "closed": line.agency is not None and not line.agency.is_active(),
        "remember": "remember" in request.POST if request.method == "POST" else not offered.mistyped,
        "focus_first": offered.mistyped and first is not None and not query and not line.is_resolved,
        "choices": offered.choices,
        **listed,
    }
    return _page(
        request, "circulars/_choices.html" if request.htmx else "circulars/settle_line.html", context
    )


def _page(request: ActingRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    response = render(request, template, context)
    patch_vary_headers(response, ["HX-Request"])
    return response


def open_line(
    request: ActingRequest, letter: UUID, pk: int
) -> tuple[Circular, DistributionLine] | HttpResponse:
    """The draft and its line, or a redirect if the letter has been dispatched or the line no longer exists."""
    circular = find_draft(request, letter)
    if circular is None:
        return redirect("letter", letter)
    lines = circular.lines.select_related("agency__successor", "group", "plan_version__plan", "circular")
    line = lines.filter(pk=pk).first()
    return redirect_to_changed_list(request, letter) if line is None else (circular, line)


def redirect_to_changed_list(request: ActingRequest, letter: UUID) -> HttpResponse:
    """Redirect to the draft, with a message that its lines have changed."""
    messages.info(request, _("The distribution was saved anew meanwhile. Choose the line again."))
    return redirect("review", letter)


def _found(circular: Circular, query: str) -> dict[str, Any]:
    """What the search finds, or, if no name has all its words, what is similar."""
    plans = DistributionPlan.objects.usable_by(circular.issuer)
    on = timezone.localdate()
    found = find(query, on=on, plans=list(plans))
    return {"choices": found or similar(query, on=on), "nothing_found": not found}


def _unresolved_reason(line: DistributionLine, offered: Suggestions) -> str:
    """Why the line is unknown, by the current directory."""
    if line.is_resolved:
        return ""
    if plan_key(line.name) is not None:
        return str(Unresolved(line.unresolved_reason or Unresolved.NO_PLAN).label)
    return offered.unresolved_reason


def _chosen(circular: Circular, choice: str) -> tuple[Meaning | None, str]:
    """The chosen meaning, or the reason why it can't be chosen."""
    kind, _colon, number = choice.partition(":")
    if not (number.isascii() and number.isdecimal()) or len(number) > 18:
        return None, _("Choose one of the units or groups first.")
    if kind == "plan":
        versions = PlanVersion.objects.filter(plan__in=DistributionPlan.objects.usable_by(circular.issuer))
        version = versions.select_related("plan").filter(pk=number).first()
        return version, "" if version else _("This plan is no longer in use. Choose another one.")
    meaning = chosen(choice)
    if meaning is None:
        return None, _("This unit or group is no longer in the directory. Choose another one.")
    if isinstance(meaning, Agency) and not meaning.is_active():
        return None, _(
            "%(agency)s is closed and can't receive letters. Choose its successor or another unit."
        ) % {"agency": meaning}
    return meaning, ""


def settled(
    request: ActingRequest, line: DistributionLine, meaning: Meaning, *, remember: bool
) -> HttpResponse:
    """Settle the line, remember its wording if requested, and report both in messages."""
    agency = meaning if isinstance(meaning, Agency) else None
    group = meaning if isinstance(meaning, AgencyGroup) else None
    version = meaning if isinstance(meaning, PlanVersion) else None
    try:
        settle_line(line=line, agency=agency, group=group, plan_version=version)
    except NotADraft as error:
        raise Http404 from error
    except DistributionLine.DoesNotExist:
        return redirect_to_changed_list(request, line.circular.public_id)
    name = version.plan if version else meaning
    said = _("“%(line)s” now stands for %(choice)s.") % {"line": line.text, "choice": name}
    if remember and version is None and plan_key(line.name) is None:
        refused = remember_wording(
            text=line.name, agency=agency, group=group, by=request.user, at=timezone.now()
        )
        if refused is None:
            said += " " + _("It is remembered for the next letter.")
        else:
            said += " " + _("It isn't remembered: %(reason)s") % {"reason": refused.label}
    messages.success(request, said)
    return redirect(f"{reverse('review', args=[line.circular.public_id])}#line-{line.pk}")

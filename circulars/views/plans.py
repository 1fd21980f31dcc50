"""Distribution plans: list, edit, retire, use in a draft."""

from collections import Counter
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from agencies.models import Agency
from agencies.services.changed_meanwhile import ChangedMeanwhile
from agencies.views.acting import ActingRequest
from circulars.forms.plans import PlanForm
from circulars.lines.choices import find
from circulars.lines.plan_lines import newest_versions
from circulars.models import Purpose
from circulars.models.plan import DistributionPlan, DistributionPlanQuerySet, PlanLine, PlanVersion
from circulars.services.draft import NotADraft
from circulars.services.plans import retire_plan, save_plan, use_plan
from circulars.views.review import find_draft


@require_safe
def plans(request: ActingRequest) -> HttpResponse:
    """Active plans of the person's units and of the units above them."""
    visible = DistributionPlan.objects.visible_to(request.user).in_use()
    context = {
        "section": "letters",
        "plans": _with_lines(visible),
        "mine": request.acting.sends_for,
    }
    return render(request, "circulars/plans.html", context)


@require_safe
def plan(request: ActingRequest, pk: int) -> HttpResponse:
    """One plan: the lines of its newest or the requested version, and the author of each version."""
    found = _find(request, pk)
    versions = list(found.versions.select_related("made_by"))
    asked_for = request.GET.get("version", "")
    shown = next((version for version in versions if str(version.number) == asked_for), versions[0])
    lines = list(shown.settled_lines())
    heads = [(purpose, [line for line in lines if line.purpose == purpose]) for purpose in Purpose]
    context = {
        "section": "letters",
        "plan": found,
        "versions": versions,
        "shown": shown,
        "heads": [(purpose, under) for purpose, under in heads if under],
        "may_edit": _may_edit(request, found),
    }
    return render(request, "circulars/plan.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: ActingRequest) -> HttpResponse:
    """Create a plan for the current unit."""
    owner = request.acting.agency
    if owner is None or not request.acting.sends:
        owner = next(iter(request.acting.sends_for), None)
    if owner is None:
        raise Http404
    return _build(request, PlanForm(), owner=owner, plan=None)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: ActingRequest, pk: int) -> HttpResponse:
    """Create the next version of a plan."""
    editable = DistributionPlan.objects.editable_by(request.user).in_use().select_related("owner")
    found = get_object_or_404(editable, pk=pk)
    return _build(request, _stored_form(found), owner=found.owner, plan=found)


@require_safe
def choices(request: ActingRequest) -> HttpResponse:
    """Search results in the directory for the text typed so far."""
    if not request.acting.sends_for:
        raise Http404
    return render(request, "circulars/_plan_choices.html", _choices(request.GET.get("q", "")))


@require_http_methods(["GET", "HEAD", "POST"])
def retire(request: ActingRequest, pk: int) -> HttpResponse:
    """Retire a plan, after a confirmation."""
    found = get_object_or_404(DistributionPlan.objects.editable_by(request.user).in_use(), pk=pk)
    if request.method != "POST":
        return render(request, "circulars/retire_plan.html", {"section": "letters", "plan": found})
    retire_plan(plan=found, at=timezone.now())
    messages.success(request, _("The plan “%(name)s” is put away.") % {"name": found.name})
    return redirect("plans")


@require_http_methods(["GET", "HEAD", "POST"])
def use(request: ActingRequest, letter: UUID) -> HttpResponse:
    """Choose a plan and add its lines to the draft."""
    circular = find_draft(request, letter)
    if circular is None:
        return redirect("letter", letter)
    usable = DistributionPlan.objects.usable_by(circular.issuer)
    if request.method == "POST":
        wanted = request.POST.get("version", "")
        known = wanted if wanted.isascii() and wanted.isdecimal() and len(wanted) <= 18 else None
        version = PlanVersion.objects.select_related("plan").filter(plan__in=usable, pk=known).first()
        if version is not None:
            try:
                used = use_plan(circular=circular, version=version)
            except NotADraft as error:
                raise Http404 from error
            said = ngettext(
                "%(count)s line of “%(plan)s” is added to the distribution.",
                "%(count)s lines of “%(plan)s” are added to the distribution.",
                used.added,
            ) % {"count": used.added, "plan": version.plan}
            if used.known:
                said += " " + ngettext(
                    "%(count)s line stood there already.", "%(count)s lines stood there already.", used.known
                ) % {"count": used.known}
            messages.success(request, said)
            return redirect("review", letter)
        messages.error(request, _("This plan is no longer in use. Choose another one."))
    context = {
        "section": "letters",
        "circular": circular,
        "plans": _with_lines(usable),
    }
    return render(request, "circulars/use_plan.html", context)


def _build(
    request: ActingRequest, form: PlanForm, *, owner: Agency, plan: DistributionPlan | None
) -> HttpResponse:
    """The editing page. Every button but “Save” only changes the rows of the page."""
    if request.method == "POST":
        form = PlanForm.of_post(request.POST)
        if not form.act(request.POST) and form.is_valid(owner=owner, plan=plan):
            try:
                version = save_plan(
                    name=form.name,
                    lines=form.lines(),
                    by=request.user,
                    at=timezone.now(),
                    owner=owner,
                    plan=plan,
                    version_read=form.version_read,
                )
            except ChangedMeanwhile as conflict:
                assert plan is not None
                form.report_conflict(conflict, stored=_stored_form(plan))
            else:
                messages.success(
                    request,
                    _("Version %(number)s of “%(plan)s” is saved.")
                    % {"number": version.number, "plan": version.plan},
                )
                return redirect("plan", version.plan_id)
    context = {
        "section": "letters",
        "form": form,
        "owner": owner,
        "plan": plan,
        "purposes": Purpose,
        "add_purpose": request.POST.get("add_purpose", Purpose.ACTION),
        **_choices(request.POST.get("q", "")),
    }
    template = "circulars/_plan_rows.html" if request.htmx else "circulars/build_plan.html"
    return render(request, template, context)


def _stored_form(plan: DistributionPlan) -> PlanForm:
    """The form as loaded from the plan's newest version."""
    return PlanForm.of_version(plan.versions.select_related("plan").order_by("-number")[0])


def _choices(query: str) -> dict[str, object]:
    query = query.strip()
    return {"query": query, "choices": find(query, on=timezone.localdate())}


def _with_lines(plans: DistributionPlanQuerySet) -> list[tuple[PlanVersion, int]]:
    """The newest version of each plan with its number of lines, ordered by the plan's name."""
    versions = newest_versions(list(plans.values_list("pk", flat=True)))
    lines = PlanLine.objects.filter(version__in=versions).values_list("version_id", flat=True)
    counts = Counter(lines.order_by())
    ordered = sorted(versions, key=lambda version: (version.plan.owner.protocol_order, version.plan.name))
    return [(version, counts[version.pk]) for version in ordered]


def _find(request: ActingRequest, pk: int) -> DistributionPlan:
    visible = DistributionPlan.objects.visible_to(request.user).select_related("owner")
    return get_object_or_404(visible, pk=pk)


def _may_edit(request: ActingRequest, plan: DistributionPlan) -> bool:
    return plan.retired_at is None and plan.owner in request.acting.sends_for

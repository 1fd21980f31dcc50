"""The preflight page of a draft, its dispatch now or at a moment, and the page of one that is scheduled."""

from datetime import date, timedelta
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.db.models import Exists, OuterRef
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from agencies.calendar import free_due_days, known_leave
from agencies.services.refusal import ActionRefused
from agencies.views.acting import ActingRequest
from circulars.models import Circular, DraftEditing, LetterReading
from circulars.services.draft import NotADraft
from distribution.forms.sending.schedule_dispatch import ScheduleForm
from distribution.queries.receiving.earlier_copies import what_becomes
from distribution.reminders.due_times import due_times
from distribution.services.sending import schedule_dispatch as scheduling
from distribution.services.sending.dispatch import ChangedSincePreflight, NotReady, dispatch
from distribution.services.sending.preflight import Preflight, find_dropped_recipients, preflight
from distribution.views.own_letters import tell_refused


@require_http_methods(["GET", "HEAD", "POST"])
def dispatch_letter(request: ActingRequest, letter: UUID) -> HttpResponse:
    """Blocking findings, warnings and number of recipients; a POST dispatches the letter, or schedules it.

    Of a scheduled letter: when it leaves, with the buttons to cancel that and to send without waiting.
    """
    circular = _visible(request, letter)
    if circular.is_scheduled:
        return _scheduled_page(request, circular)
    if not circular.is_draft:
        return _dispatched_before(request, circular)
    at = timezone.now()
    if request.method != "POST":
        return _page(request, circular, preflight(circular=circular, at=at), ScheduleForm(at=at))
    form = ScheduleForm(request.POST, at=at)
    if not form.is_valid():
        return _page(request, circular, preflight(circular=circular, at=at), form)
    try:
        return _send(request, circular, form)
    except ActionRefused as refused:
        tell_refused(form, refused)
        return _page(request, circular, preflight(circular=circular, at=at), form)
    except ChangedSincePreflight as error:
        messages.error(
            request,
            _(
                "The letter or its distribution has changed since you saw it. Nothing is sent. Look again, then send."
            ),
        )
        circular.refresh_from_db()
        return _page(request, circular, error.preflight, form)
    except NotReady as error:
        messages.error(request, _("Nothing is sent. Mend what stands in the way first; it is listed below."))
        return _page(request, circular, error.preflight, form)
    except NotADraft:
        return redirect("dispatch", letter)
    except Circular.DoesNotExist as error:
        raise Http404 from error


@require_POST
def cancel_dispatch(request: ActingRequest, letter: UUID) -> HttpResponse:
    """Cancel a scheduled dispatch: the letter is a draft again."""
    circular = _visible(request, letter)
    try:
        scheduling.cancel_dispatch(circular=circular)
    except scheduling.NotScheduled:
        return _not_scheduled_any_more(request, circular)
    messages.success(request, _("The dispatch is cancelled. Nothing was sent; the letter is a draft again."))
    return redirect("dispatch", letter)


@require_POST
def dispatch_without_waiting(request: ActingRequest, letter: UUID) -> HttpResponse:
    """Send a scheduled letter at once."""
    circular = _visible(request, letter)
    try:
        failed = scheduling.dispatch_without_waiting(circular=circular, by=request.user, at=timezone.now())
    except scheduling.NotScheduled:
        return _not_scheduled_any_more(request, circular)
    if failed is not None:
        messages.error(request, _("Nothing was sent: %(reason)s") % {"reason": failed.get_reason_display()})
        return redirect("dispatch", letter)
    circular.refresh_from_db()
    _tell_dispatched(request, circular.recipient_count)
    return redirect("letter", letter)


def _visible(request: ActingRequest, letter: UUID) -> Circular:
    """The letter, marked by whether somebody has unsaved text for it, and readings. Raises Http404."""
    unsaved = DraftEditing.objects.unsaved().filter(circular=OuterRef("pk"))
    readings = LetterReading.objects.of_last_choice(OuterRef("pk")).order_by()
    return get_object_or_404(
        Circular.objects.visible_to(request.user)
        .select_related("issuer", "scheduled_dispatch__by")
        .annotate(has_unsaved=Exists(unsaved), has_readings=Exists(readings)),
        public_id=letter,
    )


def _send(request: ActingRequest, circular: Circular, form: ScheduleForm) -> HttpResponse:
    """Dispatch or schedule it. Raises as both services do."""
    digest = request.POST.get("content_digest", "")
    moment = form.moment()
    if moment is None and settings.UNDO_SECONDS:
        moment = form.at + timedelta(seconds=settings.UNDO_SECONDS)
    if moment is not None:
        scheduling.schedule_dispatch(
            circular=circular, leaves_at=moment, content_digest=digest, by=request.user, at=form.at
        )
        return redirect("dispatch", circular.public_id)
    outcome = dispatch(circular=circular, by=request.user, at=form.at, content_digest=digest)
    if not outcome.now:
        return _dispatched_before(request, outcome.circular)
    _tell_dispatched(request, outcome.recipients)
    return redirect("letter", circular.public_id)


def _tell_dispatched(request: ActingRequest, recipients: int) -> None:
    messages.success(
        request,
        ngettext(
            "The letter is dispatched to %(count)s recipient.",
            "The letter is dispatched to %(count)s recipients.",
            recipients,
        )
        % {"count": recipients},
    )


def _dispatched_before(request: ActingRequest, circular: Circular) -> HttpResponse:
    """The letter's page; after the polling of the scheduled page, by which htmx leaves it."""
    assert circular.dispatched_at is not None
    if request.htmx:
        answer = HttpResponse()
        answer["HX-Refresh"] = "true"
        return answer
    messages.info(
        request,
        _("This letter was dispatched on %(when)s already. Nothing is sent a second time.")
        % {"when": date_format(timezone.localtime(circular.dispatched_at), "DATETIME_FORMAT")},
    )
    return redirect("letter", circular.public_id)


def _not_scheduled_any_more(request: ActingRequest, circular: Circular) -> HttpResponse:
    circular.refresh_from_db()
    if circular.is_draft:
        messages.info(request, _("The dispatch had been cancelled already. The letter is a draft."))
        return redirect("dispatch", circular.public_id)
    messages.error(
        request,
        _("It is too late: the letter has been sent. It can be corrected or withdrawn from its page."),
    )
    return redirect("letter", circular.public_id)


def _scheduled_page(request: ActingRequest, circular: Circular) -> HttpResponse:
    at = timezone.now()
    scheduled = circular.scheduled_dispatch
    found = preflight(circular=circular, at=at)
    context = {
        "section": "letters",
        "circular": circular,
        "scheduled": scheduled,
        "seconds": max(0, round((scheduled.leaves_at - at).total_seconds())),
        "is_soon": scheduled.leaves_at - at < timedelta(minutes=11),
        "recipients": len(found.expansion.recipients),
        "blocks": found.blocks or found.content_digest(circular) != scheduled.content_digest,
    }
    template = "distribution/dispatch/_scheduled.html" if request.htmx else "distribution/scheduled.html"
    return render(request, template, context)


def _page(request: ActingRequest, circular: Circular, found: Preflight, form: ScheduleForm) -> HttpResponse:
    found.expansion.read_former_names()
    agencies = [recipient.agency for recipient in found.expansion.recipients]
    today = timezone.localdate()
    leaves = known_leave(today, date.max, today)
    due = due_times(circular=circular, recipients=agencies, at=timezone.now(), leaves=leaves)
    context = {
        "section": "letters",
        "circular": circular,
        "found": found,
        "form": form,
        "failed": getattr(circular, "scheduled_dispatch", None),
        "dropped": find_dropped_recipients(circular=circular, expansion=found.expansion, on=today),
        "expansion": found.expansion,
        "heads": found.expansion.heads,
        "missing": [Circular._meta.get_field(name) for name in found.missing],
        "closed": [
            (expanded.line, agency) for expanded in found.expansion.lines for agency in expanded.closed
        ],
        "recipients": len(agencies),
        "due": due,
        "free_due_days": free_due_days(circular.due_at, {agency.province_id for agency in agencies}),
        "becomes": what_becomes(correction=circular, copies=found.replaced, due=due.of)
        if circular.is_correction
        else [],
        "content_digest": found.content_digest(circular),
        "others": circular.editings.unsaved().select_related("person").order_by("opened_at")
        if getattr(circular, "has_unsaved", True)
        else [],
    }
    return render(request, "distribution/dispatch.html", context)

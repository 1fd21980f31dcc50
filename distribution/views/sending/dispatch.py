"""The preflight page of a draft, and its dispatch."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from agencies.views.acting import ActingRequest
from circulars.models import Circular
from distribution.queries.earlier_copies import what_becomes
from distribution.reminders.due_times import due_times
from distribution.services.sending.dispatch import ChangedSincePreflight, NotReady, dispatch
from distribution.services.sending.preflight import Preflight, find_dropped_recipients, preflight


@require_http_methods(["GET", "HEAD", "POST"])
def dispatch_letter(request: ActingRequest, letter: UUID) -> HttpResponse:
    """Blocking findings, warnings and number of recipients; a POST dispatches the letter."""
    visible = Circular.objects.visible_to(request.user).select_related("issuer")
    circular = get_object_or_404(visible, public_id=letter)
    if not circular.is_draft:
        return _dispatched_before(request, circular)
    if request.method != "POST":
        return _page(request, circular, preflight(circular=circular, at=timezone.now()))
    try:
        outcome = dispatch(
            circular=circular,
            by=request.user,
            at=timezone.now(),
            content_digest=request.POST.get("content_digest", ""),
        )
    except ChangedSincePreflight as error:
        messages.error(
            request,
            _(
                "The letter or its distribution has changed since you saw it. Nothing is sent. Look again, then send."
            ),
        )
        circular.refresh_from_db()
        return _page(request, circular, error.preflight)
    except NotReady as error:
        messages.error(request, _("Nothing is sent. Mend what stands in the way first; it is listed below."))
        return _page(request, circular, error.preflight)
    except Circular.DoesNotExist as error:
        raise Http404 from error
    if not outcome.now:
        return _dispatched_before(request, outcome.circular)
    messages.success(
        request,
        ngettext(
            "The letter is dispatched to %(count)s recipient.",
            "The letter is dispatched to %(count)s recipients.",
            outcome.recipients,
        )
        % {"count": outcome.recipients},
    )
    return redirect("letter", letter)


def _dispatched_before(request: ActingRequest, circular: Circular) -> HttpResponse:
    assert circular.dispatched_at is not None
    messages.info(
        request,
        _("This letter was dispatched on %(when)s already. Nothing is sent a second time.")
        % {"when": date_format(timezone.localtime(circular.dispatched_at), "DATETIME_FORMAT")},
    )
    return redirect("letter", circular.public_id)


def _page(request: ActingRequest, circular: Circular, found: Preflight) -> HttpResponse:
    found.expansion.read_former_names()
    agencies = [recipient.agency for recipient in found.expansion.recipients]
    due = due_times(circular=circular, recipients=agencies, at=timezone.now())
    context = {
        "section": "letters",
        "circular": circular,
        "found": found,
        "dropped": find_dropped_recipients(
            circular=circular, expansion=found.expansion, on=timezone.localdate()
        ),
        "expansion": found.expansion,
        "heads": found.expansion.heads,
        "missing": [Circular._meta.get_field(name) for name in found.missing],
        "closed": [
            (expanded.line, agency) for expanded in found.expansion.lines for agency in expanded.closed
        ],
        "recipients": len(found.expansion.recipients),
        "due": due,
        "becomes": what_becomes(correction=circular, copies=found.replaced, due=due.of)
        if circular.is_correction
        else [],
        "content_digest": found.content_digest(circular),
    }
    return render(request, "distribution/dispatch.html", context)

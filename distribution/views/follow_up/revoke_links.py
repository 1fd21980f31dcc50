"""The links of one delivery, for its sender and its unit: revoke them, send a new one."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from agencies.views.acting import ActingRequest
from distribution.event_log import shown
from distribution.forms.follow_up.revoke_links import RevokeLinksForm
from distribution.models import EventKind
from distribution.services.follow_up import revoke_links as links
from distribution.visibility import link_kept_by, sent_by

CODES_SHOWN = 20


@require_http_methods(["GET", "HEAD", "POST"])
def revoke_links(request: ActingRequest, delivery: UUID) -> HttpResponse:
    """Validity of the links, codes sent, and the form that revokes all links."""
    kept = link_kept_by(request.user)
    found = get_object_or_404(
        kept.select_related("circular__issuer", "agency", "successor"), public_id=delivery
    )
    sends = found.circular.issuer in request.acting.sends_for
    may_send = sends and (found.can_be_confirmed or found.is_unanswered)
    form = RevokeLinksForm(request.POST if request.method == "POST" else None, may_send=may_send)
    if form.is_bound and form.is_valid():
        links.revoke_links(
            delivery=delivery, reason=form.cleaned_data["reason"], by=request.user, at=timezone.now()
        )
        messages.success(request, _("Every link given so far for this copy is revoked."))
        if form.cleaned_data.get("send_new"):
            _send(request, delivery)
        return redirect("revoke_links", delivery)
    context = {
        "section": "letters" if sends else "inbox",
        "delivery": found,
        "circular": found.circular,
        "unit": found.answering_unit,
        "sends": sends,
        "may_send": may_send,
        "form": form,
        "revoked": shown(found.events.filter(kind=EventKind.LINK_REVOKED).order_by("-sequence")),
        "codes": found.link_codes.all()[:CODES_SHOWN],
        "at": timezone.now(),
    }
    return render(request, "distribution/revoke_links.html", context)


@require_POST
def send_link(request: ActingRequest, delivery: UUID) -> HttpResponse:
    """Send the unit the letter's notice with a new link."""
    if not sent_by(request.user).filter(public_id=delivery).exists():
        raise Http404
    _send(request, delivery)
    return redirect("revoke_links", delivery)


def _send(request: ActingRequest, delivery: UUID) -> None:
    try:
        notice = links.send_new_link(delivery=delivery, by=request.user, at=timezone.now())
    except links.NotOutstanding as error:
        messages.error(request, _("No new link was sent: the letter is %(stage)s.") % {"stage": error})
    except links.OnItsWay:
        messages.info(request, _("A notice with a new link is on its way to the unit already."))
    except links.Unreachable:
        messages.error(
            request, _("No new link was sent: the unit has no address. Enter one in the directory first.")
        )
    else:
        address = notice.address or notice.get_channel_display()
        messages.success(request, _("A new link is on its way to %(address)s.") % {"address": address})

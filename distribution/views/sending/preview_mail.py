"""The mail of a draft as a recipient will get it, and a trial of it to oneself."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from agencies.services.refusal import ActionRefused
from agencies.views.acting import ActingRequest
from circulars.lines.distribution_list import Recipient
from circulars.models import Circular
from distribution.outbox.channels import ChannelError
from distribution.services.sending import trial_mail
from distribution.services.sending.preflight import preflight


@require_http_methods(["GET", "HEAD", "POST"])
def preview_mail(request: ActingRequest, letter: UUID) -> HttpResponse:
    """Subject and text for one recipient, the first one without a choice; a POST sends it to the person."""
    visible = Circular.objects.visible_to(request.user).select_related("issuer", "corrects", "replaces")
    circular = get_object_or_404(visible, public_id=letter)
    if not circular.is_draft:
        return redirect("letter", letter)
    at = timezone.now()
    found = preflight(circular=circular, at=at)
    recipients = found.expansion.recipients
    if circular.missing_fields() or not recipients:
        messages.info(request, _("The mail can be shown once the letter has its fields and a recipient."))
        return redirect("dispatch", letter)
    chosen = _chosen(recipients, (request.POST or request.GET).get("unit", ""))
    if request.method == "POST":
        _send(request, circular, chosen)
        return redirect(f"{request.path}?unit={chosen.agency.pk}")
    context = {
        "section": "letters",
        "circular": circular,
        "recipients": recipients,
        "chosen": chosen,
        "message": trial_mail.preview_mail(circular=circular, recipient=chosen, at=at),
        "address": chosen.agency.email,
    }
    return render(request, "distribution/preview_mail.html", context)


def _chosen(recipients: list[Recipient], unit: str) -> Recipient:
    return next((each for each in recipients if str(each.agency.pk) == unit), recipients[0])


def _send(request: ActingRequest, circular: Circular, recipient: Recipient) -> None:
    try:
        trial_mail.send_trial_mail(circular=circular, recipient=recipient, to=request.user, at=timezone.now())
    except ActionRefused as refused:
        messages.error(request, str(refused))
    except ChannelError as error:
        messages.error(request, _("The mail server did not take the mail: %(answer)s") % {"answer": error})
    else:
        messages.success(
            request, _("The trial mail was sent to %(address)s.") % {"address": request.user.email}
        )

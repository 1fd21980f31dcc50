"""What recipients see: the inbox of a unit, one letter, its files, and the confirmation."""

from collections.abc import Iterable
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.defaultfilters import date as format_date
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from agencies.acting import ActingRequest
from agencies.models import Agency, Membership, Role
from circulars.files import stored_file
from circulars.models import Attachment
from distribution.board import owed_elsewhere
from distribution.forms.acknowledge import RegisterNumberForm
from distribution.models import Delivery
from distribution.services import acknowledge as acknowledging
from distribution.services import read
from distribution.tables import ConfirmedTable, configure

LETTERS_PER_PAGE = 100


@require_safe
def home(request: ActingRequest) -> HttpResponse:
    """The first page of a person: what their role asks of them, and what waits for their other units."""
    for unit, count in owed_elsewhere(request.user, request.acting.agency):
        words = ngettext(
            "%(count)d letter waits for %(unit)s.", "%(count)d letters wait for %(unit)s.", count
        )
        messages.info(request, words % {"count": count, "unit": unit})
    if request.acting.receives:
        return redirect("inbox")
    if request.acting.manages:
        return redirect("board")
    if request.acting.sends:
        return redirect("letters")
    return redirect("directory")


@require_safe
def inbox(request: ActingRequest) -> HttpResponse:
    """The inbox of the unit acted for, else of the first unit that the person receives for."""
    acting = request.acting
    if acting.agency is not None and acting.receives:
        return redirect("unit_inbox", acting.agency.pk)
    for unit, roles in acting.units.items():
        if Role.RECIPIENT in roles:
            return redirect("unit_inbox", unit.pk)
    raise Http404


@require_safe
def unit_inbox(request: ActingRequest, agency: int) -> HttpResponse:
    """What the unit owes, the most pressing first; or what it has confirmed."""
    unit = _own_unit(request, agency)
    request.acting.choose(unit)
    received = Delivery.objects.visible_to(request.user)
    at = timezone.now()
    context = {
        "section": "inbox",
        "unit": unit,
        "at": at,
        "owed_count": received.answered_by(unit).outstanding().count(),
    }
    if request.GET.get("show") == "confirmed":
        table = ConfirmedTable(received.for_archive(unit))
        configure(request, table, per_page=50)
        return render(request, "distribution/inbox_confirmed.html", {**context, "table": table})
    page = Paginator(received.for_inbox(unit, at), LETTERS_PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "distribution/inbox.html", {**context, "owed": page})


@require_safe
def delivery(request: ActingRequest, delivery: UUID) -> HttpResponse:
    """One letter as its recipient reads it. That it was opened is recorded."""
    found = _own_delivery(request, delivery)
    read.record_opened(delivery=found, by=request.user, at=timezone.now())
    found.refresh_from_db(fields=["opened_at", "stage"])
    return _delivery_page(request, found, RegisterNumberForm())


def _delivery_page(request: ActingRequest, found: Delivery, form: RegisterNumberForm) -> HttpResponse:
    unit = _unit_of(request, found)
    request.acting.choose(unit)
    context = {
        "section": "inbox",
        "form": form,
        "unit": unit,
        "delivery": found,
        "circular": found.circular,
        "attachments": found.circular.attachments.all(),
        "references": found.circular.references.linked_for(request.user),
        "events": found.events.select_related("by"),
        "at": timezone.now(),
    }
    return render(request, "distribution/delivery.html", context)


@require_POST
def acknowledge(request: ActingRequest, delivery: UUID) -> HttpResponse:
    """Confirm one letter for the unit."""
    form = RegisterNumberForm(request.POST)
    if not form.is_valid():
        return _delivery_page(request, _own_delivery(request, delivery), form)
    try:
        outcome = acknowledging.acknowledge(
            delivery=delivery, by=request.user, at=timezone.now(), **form.cleaned_data
        )
    except Delivery.DoesNotExist:
        raise Http404 from None
    except acknowledging.NotAcknowledgeable as error:
        messages.error(request, _("Nothing was confirmed: the letter is %(stage)s.") % {"stage": error})
        return redirect("delivery", delivery)
    if outcome.first:
        messages.success(request, _("Confirmed for %(unit)s.") % {"unit": outcome.delivery.answering_unit})
    else:
        messages.info(request, _already(outcome.delivery))
    if request.POST.get("next") == "inbox":
        return redirect("unit_inbox", outcome.delivery.answering_unit.pk)
    return redirect("delivery", delivery)


@require_POST
def acknowledge_several(request: ActingRequest, agency: int) -> HttpResponse:
    """Confirm the ticked letters of one inbox."""
    unit = _own_unit(request, agency)
    chosen = _uuids(request.POST.getlist("delivery"))
    if not chosen:
        messages.error(request, _("No letter was ticked. Tick the letters that the unit has, then confirm."))
        return redirect("unit_inbox", unit.pk)
    try:
        outcomes = acknowledging.acknowledge_several(
            deliveries=chosen, agency=unit, by=request.user, at=timezone.now()
        )
    except Delivery.DoesNotExist:
        raise Http404 from None
    except acknowledging.NotAcknowledgeable as error:
        messages.error(request, _("Nothing was confirmed: the letter is %(stage)s.") % {"stage": error})
        return redirect("unit_inbox", unit.pk)
    confirmed = [outcome.delivery for outcome in outcomes if outcome.first]
    if confirmed:
        message = ngettext(
            "%(count)d letter confirmed for %(unit)s: %(letters)s",
            "%(count)d letters confirmed for %(unit)s: %(letters)s",
            len(confirmed),
        )
        letters = "; ".join(str(each.circular) for each in confirmed)
        messages.success(request, message % {"count": len(confirmed), "unit": unit, "letters": letters})
    for outcome in outcomes:
        if not outcome.first:
            messages.info(request, f"{outcome.delivery.circular}: {_already(outcome.delivery)}")
    return redirect("unit_inbox", unit.pk)


@require_safe
def letter_file(request: ActingRequest, delivery: UUID) -> FileResponse:
    """The letter's own file. That it was taken is recorded."""
    found = _own_delivery(request, delivery)
    circular = found.circular
    if not circular.source_file:
        raise Http404
    response = stored_file(circular.source_file, circular.source_name)
    _record_download(request, found, circular.source_name, circular.source_sha256)
    return response


@require_safe
def attachment_file(request: ActingRequest, delivery: UUID, pk: int) -> FileResponse:
    """An attachment's file. That it was taken is recorded."""
    found = _own_delivery(request, delivery)
    attachment = get_object_or_404(Attachment, pk=pk, circular=found.circular)
    if not attachment.file:
        raise Http404
    response = stored_file(attachment.file, attachment.file_name)
    _record_download(request, found, attachment.file_name, attachment.sha256)
    return response


def _unit_of(request: ActingRequest, found: Delivery) -> Agency:
    """The unit for which the person reads it: the one that answers for it if the person receives for that."""
    answering = found.answering_unit
    return answering if Role.RECIPIENT in request.acting.units.get(answering, ()) else found.agency


def _record_download(request: ActingRequest, found: Delivery, file_name: str, sha256: str) -> None:
    read.record_downloaded(
        delivery=found, file_name=file_name, sha256=sha256, by=request.user, at=timezone.now()
    )


def _own_unit(request: ActingRequest, agency: int) -> Agency:
    held = Membership.objects.agencies_of(request.user, Role.RECIPIENT)
    return get_object_or_404(Agency, pk=agency, pk__in=held)


def _own_delivery(request: ActingRequest, delivery: UUID) -> Delivery:
    received = Delivery.objects.visible_to(request.user)
    return get_object_or_404(
        received.select_related("circular", "circular__issuer", "agency", "successor", "acknowledged_by"),
        public_id=delivery,
    )


def _already(delivery: Delivery) -> str:
    return _("This letter was confirmed already on %(moment)s by %(person)s; that stands unchanged.") % {
        "moment": format_date(timezone.localtime(delivery.acknowledged_at), "DATETIME_FORMAT"),
        "person": delivery.acknowledged_by,
    }


def _uuids(values: Iterable[str]) -> list[UUID]:
    found = []
    for value in values:
        try:
            found.append(UUID(value))
        except ValueError:
            raise Http404 from None
    return found

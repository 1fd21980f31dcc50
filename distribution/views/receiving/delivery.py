"""The recipient's page of one letter: its text, files and confirmation."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.template.defaultfilters import date as format_date
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from agencies.models import Agency, Role
from agencies.views.acting import ActingRequest
from circulars.files.uploads import stored_file
from circulars.models import Attachment
from distribution.event_log import shown
from distribution.forms.receiving.acknowledge import RegisterNumberForm
from distribution.forms.receiving.answer import AnswerForm, DocumentsForm
from distribution.forms.receiving.extension import ExtensionForm
from distribution.forms.receiving.object_to_record import ObjectionForm
from distribution.forms.receiving.return_letter import ReturnForm
from distribution.models import Delivery
from distribution.queries.branches import with_below
from distribution.queries.decisions import below
from distribution.queries.references import references_for_recipient
from distribution.queries.replacements import with_replacing
from distribution.services.receiving import acknowledge as acknowledging
from distribution.services.receiving import read
from distribution.services.receiving.return_letter import last_day_to_refuse
from distribution.tables.inbox_filter import narrowing
from distribution.views.sending.decide_extension import decisions_context
from distribution.visibility import visible_to


@require_safe
def delivery(request: ActingRequest, delivery: UUID) -> HttpResponse:
    """One letter as its recipient reads it. Opening it is recorded."""
    found = own_delivery(request, delivery)
    read.record_opened(delivery=found, by=request.user, at=timezone.now())
    found.refresh_from_db(fields=["opened_at", "stage"])
    return delivery_page(request, found)


def delivery_page(request: ActingRequest, found: Delivery, **forms: object) -> HttpResponse:
    """The letter's page; `forms` replaces forms by bound ones with errors."""
    unit = _unit_of(request, found)
    request.acting.choose(unit)
    with_below([found])
    acts = acts_on(request, found)
    requests = list(found.extension_requests.select_related("decided_by"))
    context = {
        "section": "inbox",
        "form": RegisterNumberForm(),
        "acts": acts,
        "answer_form": AnswerForm(delivery=found),
        "documents_form": DocumentsForm(),
        "objection_form": ObjectionForm(),
        "records": found.on_behalf_records.holding().select_related("recorded_by")
        if found.has_record
        else [],
        "extension_form": ExtensionForm(),
        "documents": found.answer_documents.all(),
        "requests": requests,
        **decisions_context(below(found), may_decide=unit == found.answering_unit),
        "has_open_request": any(each.is_open for each in requests),
        "unit": unit,
        "delivery": found,
        "circular": found.circular,
        "attachments": found.circular.attachments.all(),
        "references": references_for_recipient(found, request.user),
        "events": shown(found.events.all()),
        "has_branch": found.children.exists(),
        "may_pass_on": found.is_in_force and not found.circular.is_withdrawn and unit == found.answering_unit,
        "at": timezone.now(),
    }
    if "return" in acts and "return_form" not in forms:
        context["return_form"] = ReturnForm(last_day=last_day_to_refuse(found))
    return render(request, "distribution/delivery.html", {**context, **forms})


def acts_on(request: ActingRequest, found: Delivery) -> set[str]:
    """Names of the actions, other than confirming, that the user may take now."""
    if _unit_of(request, found) != found.answering_unit:
        return set()
    possible = {
        "answer": found.can_be_answered,
        "documents": found.is_in_force and found.completed_at is not None and not found.completed_on_behalf,
        "objection": found.can_be_objected_to,
        "return": found.can_be_returned,
        "extension": found.is_owing and found.due_at is not None,
    }
    return {name for name, is_possible in possible.items() if is_possible}


@require_POST
def acknowledge(request: ActingRequest, delivery: UUID) -> HttpResponse:
    """Confirm one letter for the unit."""
    form = RegisterNumberForm(request.POST)
    if not form.is_valid():
        return delivery_page(request, own_delivery(request, delivery), form=form)
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
        messages.info(request, already_confirmed(outcome.delivery))
    if request.POST.get("next") == "inbox":
        address = reverse("unit_inbox", args=[outcome.delivery.answering_unit.pk])
        return redirect(f"{address}?{narrowing(QueryDict(request.POST.get('query', '')))}".rstrip("?"))
    return redirect("delivery", delivery)


@require_safe
def letter_file(request: ActingRequest, delivery: UUID) -> HttpResponseBase:
    """The letter's own file. The download is recorded."""
    found = own_delivery(request, delivery)
    circular = found.circular
    if found.withdrawn_at is not None:
        return _files_closed(request, delivery)
    if not circular.source_file:
        raise Http404
    response = stored_file(circular.source_file, circular.source_name)
    _record_download(request, found, circular.source_name, circular.source_sha256)
    return response


@require_safe
def attachment_file(request: ActingRequest, delivery: UUID, pk: int) -> HttpResponseBase:
    """The file of an attachment. The download is recorded."""
    found = own_delivery(request, delivery)
    attachment = get_object_or_404(Attachment, pk=pk, circular=found.circular)
    if found.withdrawn_at is not None:
        return _files_closed(request, delivery)
    if not attachment.file:
        raise Http404
    response = stored_file(attachment.file, attachment.file_name)
    _record_download(request, found, attachment.file_name, attachment.sha256)
    return response


def _files_closed(request: ActingRequest, delivery: UUID) -> HttpResponse:
    messages.error(request, _("The sender took this letter back. Its files can't be downloaded any more."))
    return redirect("delivery", delivery)


def _unit_of(request: ActingRequest, found: Delivery) -> Agency:
    """The unit for which the user reads it: the answering one if they are its recipient."""
    answering = found.answering_unit
    return answering if Role.RECIPIENT in request.acting.units.get(answering, ()) else found.agency


def _record_download(request: ActingRequest, found: Delivery, file_name: str, sha256: str) -> None:
    read.record_downloaded(
        delivery=found, file_name=file_name, sha256=sha256, by=request.user, at=timezone.now()
    )


def own_delivery(request: ActingRequest, delivery: UUID) -> Delivery:
    """A delivery that one of the user's units received or took over. Raises Http404."""
    found = get_object_or_404(
        visible_to(request.user).select_related(
            "circular__issuer",
            "circular__superseded_by",
            "agency",
            "successor",
            "acknowledged_by",
            "acknowledged_for",
            "completed_by",
            "parent__agency",
            "parent__successor",
        ),
        public_id=delivery,
    )
    return with_replacing([found], request.user)[0]


def already_confirmed(delivery: Delivery) -> str:
    """Who confirmed it first, and when."""
    return _("This letter was confirmed already on %(moment)s by %(person)s; that stands unchanged.") % {
        "moment": format_date(timezone.localtime(delivery.acknowledged_at), "DATETIME_FORMAT"),
        "person": delivery.acknowledged_person,
    }

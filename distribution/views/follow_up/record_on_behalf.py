"""Record what a unit confirmed or answered outside the product, take a record back, and download its file."""

from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agencies.services.refusal import ActionRefused
from agencies.views.acting import ActingRequest
from circulars.files.stored import stored_file
from distribution.forms.follow_up.record_on_behalf import (
    RecordForSeveralForm,
    RecordOnBehalfForm,
    TakeBackForm,
    recordable,
)
from distribution.models import Delivery, OnBehalfRecord
from distribution.services.follow_up import record_on_behalf as service
from distribution.views.lists.way_back import redirect_with_way_back
from distribution.views.own_letters import own_unwithdrawn_letter, tell_refused
from distribution.views.recipient import recipient_page, visible_recipient
from distribution.views.ticked import ticked_uuids
from distribution.visibility import passed_on_by, records_visible_to

MOST = 500
"""Units for which the same is recorded together at most."""


@require_POST
def record_on_behalf(request: ActingRequest, letter: UUID, delivery: UUID) -> HttpResponse:
    """Record a confirmation or an answer; errors are shown at the fields, with the input kept."""
    found = _own_recipient(request, letter, delivery)
    form = RecordOnBehalfForm(request.POST, request.FILES, delivery=found)
    if not form.is_valid():
        return recipient_page(request, found, record_form=form)
    try:
        service.record_on_behalf(delivery=delivery, said=form.said(), by=request.user, at=timezone.now())
    except ActionRefused as refused:
        tell_refused(form, refused)
        return recipient_page(request, _own_recipient(request, letter, delivery), record_form=form)
    messages.success(
        request, _("Recorded on behalf of %(unit)s. The unit is told.") % {"unit": found.answering_unit}
    )
    return redirect_with_way_back(request, "recipient", letter, delivery)


@require_POST
def take_back(request: ActingRequest, letter: UUID, delivery: UUID, pk: int) -> HttpResponse:
    """Take back a record that was wrong."""
    found = _own_recipient(request, letter, delivery)
    wanted = get_object_or_404(found.on_behalf_records, pk=pk)
    form = TakeBackForm(request.POST, record=wanted)
    if not form.is_valid():
        return recipient_page(request, found, take_back_form=form, taken_back=wanted)
    try:
        service.take_back_record(
            delivery=delivery, record=pk, by=request.user, at=timezone.now(), **form.cleaned_data
        )
    except ActionRefused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("The record was taken back. The letter is outstanding again."))
    return redirect_with_way_back(request, "recipient", letter, delivery)


@require_http_methods(["GET", "HEAD", "POST"])
def record_on_behalf_of_several(request: ActingRequest, letter: UUID) -> HttpResponse:
    """The ticked recipients of a sent letter; a POST records what all of them said."""
    circular = own_unwithdrawn_letter(request, letter)
    back = reverse("letter", args=[letter]) + "?show=outstanding"
    sent = request.POST if request.method == "POST" else request.GET
    ticked = ticked_uuids(sent, "delivery")
    listed = ticked_uuids(sent, "listed") or ticked
    if len(listed) > MOST:
        raise Http404
    copies = circular.deliveries.filter(public_id__in=listed).select_related("agency", "successor")
    deliveries = list(copies.order_by("agency__protocol_order", "agency__sort_key", "pk"))
    if not deliveries:
        messages.error(request, _("No unit was ticked. Tick the units first."))
        return redirect(back)
    for each in deliveries:
        each.circular = circular
    possible = [each for each in deliveries if recordable(each)]
    if not possible:
        messages.error(request, _("Nothing was recorded: the units have confirmed meanwhile."))
        return redirect(back)
    at = timezone.now()
    form = RecordForSeveralForm(
        request.POST or None, request.FILES or None, deliveries=possible, ticked=ticked, at=at
    )
    impossible = [each for each in deliveries if each not in possible]
    if request.method == "POST":
        gone = [each for each in impossible if each.public_id in ticked]
        if gone:
            one = _("Nothing can be recorded for this unit any more.")
            words = one if len(gone) == 1 else _("Nothing can be recorded for these units any more.")
            messages.error(request, f"{', '.join(str(each.answering_unit) for each in gone)}: {words}")
        if not ticked:
            messages.error(request, _("No unit was ticked. Tick the units first."))
        elif not gone and form.is_valid() and _recorded(request, letter, form, at):
            return redirect(back)
    context = {
        "section": "letters",
        "circular": circular,
        "form": form,
        "rows": [(each, fields, each.public_id in ticked) for each, fields in form.rows()],
        "impossible": impossible,
        "back": back,
    }
    return render(request, "distribution/record_on_behalf_of_several.html", context)


def _recorded(request: ActingRequest, letter: UUID, form: RecordForSeveralForm, at: datetime) -> bool:
    """Record it for the ticked units. False, with the reason, if it wasn't."""
    try:
        records = service.record_on_behalf_of_several(
            letter=letter, said=form.said_by_unit(), by=request.user, at=at
        )
    except Delivery.DoesNotExist:
        raise Http404 from None
    except ActionRefused as refused:
        if words := tell_refused(form, refused):
            messages.error(request, words)
        return False
    words = ngettext(
        "Recorded on behalf of %(count)d unit. It is told.",
        "Recorded on behalf of %(count)d units. They are told.",
        len(records),
    )
    messages.success(request, words % {"count": len(records)})
    return True


@require_http_methods(["GET", "HEAD", "POST"])
def record_below(request: ActingRequest, delivery: UUID) -> HttpResponse:
    """What a unit said to which the user's unit passed the letter on; a POST records more."""
    found = _passed_on(request, delivery)
    form = RecordOnBehalfForm(request.POST or None, request.FILES or None, delivery=found)
    if request.method == "POST" and form.is_valid():
        try:
            service.record_on_behalf(
                delivery=delivery, said=form.said(), by=request.user, at=timezone.now(), below=True
            )
        except ActionRefused as refused:
            tell_refused(form, refused)
        else:
            words = _("Recorded on behalf of %(unit)s. The unit is told.")
            messages.success(request, words % {"unit": found.answering_unit})
            return redirect("record_below", delivery)
    return _page_below(request, found, form)


@require_POST
def take_back_below(request: ActingRequest, delivery: UUID, pk: int) -> HttpResponse:
    """Take back a record that the user's unit made of a unit below it."""
    found = _passed_on(request, delivery)
    wanted = get_object_or_404(found.on_behalf_records, pk=pk, by_giver=True)
    form = TakeBackForm(request.POST, record=wanted)
    if not form.is_valid():
        return _page_below(request, found, RecordOnBehalfForm(delivery=found), form, wanted)
    try:
        service.take_back_record(
            delivery=delivery, record=pk, by=request.user, at=timezone.now(), below=True, **form.cleaned_data
        )
    except ActionRefused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("The record was taken back. The letter is outstanding again."))
    return redirect("record_below", delivery)


def _page_below(
    request: ActingRequest,
    found: Delivery,
    form: RecordOnBehalfForm,
    take_back_form: TakeBackForm | None = None,
    taken_back: OnBehalfRecord | None = None,
) -> HttpResponse:
    records = found.on_behalf_records.filter(by_giver=True).select_related("recorded_by", "ended_by")
    forms = {each.pk: TakeBackForm(record=each) for each in records if each.is_holding and found.is_in_force}
    if taken_back is not None and take_back_form is not None:
        forms[taken_back.pk] = take_back_form
    context = {
        "section": "inbox",
        "circular": found.circular,
        "delivery": found,
        "records": [(each, forms.get(each.pk)) for each in records],
        "record_form": form if recordable(found) or form.is_bound else None,
        "record_url": reverse("record_below", args=[found.public_id]),
    }
    return render(request, "distribution/record_below.html", context)


@require_safe
def on_behalf_file(request: ActingRequest, pk: int) -> HttpResponseBase:
    """The file of a record, for the unit and for users who may see the letter."""
    record = get_object_or_404(records_visible_to(request.user).exclude(file=""), pk=pk)
    return stored_file(record.file, record.file_name)


def _own_recipient(request: ActingRequest, letter: UUID, delivery: UUID) -> Delivery:
    """The recipient of a letter that the user sends. Raises Http404."""
    found = visible_recipient(request, letter, delivery)
    if found.circular.issuer not in request.acting.sends_for:
        raise Http404
    return found


def _passed_on(request: ActingRequest, delivery: UUID) -> Delivery:
    """The copy of a unit to which the user's unit passed a letter on. Raises Http404."""
    found = passed_on_by(request.user).select_related(
        "circular__issuer", "agency", "successor", "parent__agency", "parent__successor"
    )
    return get_object_or_404(found, public_id=delivery)

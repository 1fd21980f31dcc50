"""The page of one recipient for senders and managers: milestones, notices, events."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from agencies.views.acting import ActingRequest
from distribution.event_log import shown
from distribution.forms.follow_up.hand_over import HandOverForm
from distribution.forms.follow_up.record_on_behalf import RecordOnBehalfForm, TakeBackForm, recordable
from distribution.models import Delivery, Notice, OnBehalfRecord, ReturnDecision
from distribution.models.notices.notice_kind import SEEN_BY_SENDERS
from distribution.queries.internal_notes import among, notes_on_recipient
from distribution.queries.managing.alerts import alerts_about
from distribution.queries.milestones import ending, milestones
from distribution.queries.receiving.branches import with_below
from distribution.queries.receiving.earlier_copies import earlier_copies
from distribution.queries.receiving.related_rows import related_rows
from distribution.queries.sending.calls import calls_about
from distribution.queries.sending.proposed_addresses import addresses_set_for
from distribution.queries.sending.returns import (
    decision_on,
    may_be_decided_on,
    may_be_sent_on,
    with_ways_of_return,
)
from distribution.queries.sending.without_notice import without_notice
from distribution.views.lists.way_back import way_back
from distribution.visibility import followed_by, private_questions


def visible_recipient(request: ActingRequest, letter: UUID, delivery: UUID) -> Delivery:
    """The delivery, direct or passed on, of a letter that the user sends or manages. Raises Http404."""
    found = with_ways_of_return(followed_by(request.user)).select_related(
        "circular__issuer",
        "agency",
        "successor",
        "acknowledged_by",
        "acknowledged_for",
        "completed_by",
        "parent__agency",
        "parent__successor",
        "superseded_by__agency",
        "superseded_by__successor",
    )
    return get_object_or_404(found, circular__public_id=letter, public_id=delivery)


@require_safe
def recipient(request: ActingRequest, letter: UUID, delivery: UUID) -> HttpResponse:
    """Milestones, answer, all notices with their outcome, and all events of one recipient."""
    return recipient_page(request, visible_recipient(request, letter, delivery))


def recipient_page(
    request: ActingRequest,
    delivery: Delivery,
    *,
    take_back_form: TakeBackForm | None = None,
    taken_back: OnBehalfRecord | None = None,
    **more: object,
) -> HttpResponse:
    """The page of one recipient; `more`, and `take_back_form` of one record, replace forms by those with errors."""
    there = related_rows(delivery)
    with_below([delivery] if "children" in there else [])
    events = list(delivery.events.all())
    may_send = delivery.circular.issuer in request.acting.sends_for
    notices = _notices(delivery)
    decided = decision_on(delivery)
    documents = list(delivery.answer_documents.all()) if "answer_documents" in there else []
    untold = without_notice(Delivery.objects.filter(pk=delivery.pk), delivery.circular, most=1)
    records = delivery.on_behalf_records.select_related("recorded_by", "ended_by")
    may_take_back = may_send and delivery.is_in_force
    context = {
        "section": "letters" if request.acting.sends else "board",
        "circular": delivery.circular,
        "way_back": way_back(request),
        "delivery": delivery,
        "unit": delivery.answering_unit,
        "proposed": addresses_set_for(delivery),
        "milestones": milestones(delivery, events),
        "ending": ending(delivery),
        "travelled": notices,
        "private": private_questions(request.user, notices),
        "untold": untold[0] if untold else None,
        "may_retry": may_send and delivery.parent_id is None and any(each.can_be_sent for each in untold),
        "events": among(
            among(shown(events), notes_on_recipient(delivery, request.user)),
            [*calls_about(delivery, request.user), *alerts_about(delivery)],
        ),
        "note_url": reverse("note_on_recipient", args=[delivery.circular.public_id, delivery.public_id])
        if may_send
        else "",
        "instead_of": ReturnDecision.objects.select_related("delivery__agency").get(instead=delivery)
        if "instead_of" in there
        else None,
        "decided": decided,
        "decides": may_send and delivery.parent is None and may_be_decided_on(delivery, decided),
        "sends_on": may_be_sent_on(delivery),
        "earlier": earlier_copies(delivery),
        "may_send": may_send,
        "handovers": delivery.handovers.select_related("recorded_by") if "handovers" in there else [],
        "hand_over_form": HandOverForm(delivery=delivery) if may_send and delivery.is_live else None,
        "records": [
            (each, take_back_form if each == taken_back else TakeBackForm(record=each))
            if may_take_back and each.is_holding and not each.by_giver
            else (each, None)
            for each in (records if "on_behalf_records" in there else ())
        ],
        "record_url": reverse("record_on_behalf", args=[delivery.circular.public_id, delivery.public_id]),
        "record_form": RecordOnBehalfForm(delivery=delivery) if may_send and recordable(delivery) else None,
        "documents": [each for each in documents if each.taken_back_at is None],
        "documents_taken_back": [each for each in documents if each.taken_back_at is not None],
        "take_back_requests": delivery.take_back_requests.select_related("asked_by", "decided_by")
        if "take_back_requests" in there
        else [],
        "requests": delivery.extension_requests.select_related("asked_by", "decided_by")
        if "extension_requests" in there
        else [],
        "at": timezone.now(),
    }
    return render(request, "distribution/recipient.html", {**context, **more})


def _notices(delivery: Delivery) -> list[Notice]:
    notices = (
        delivery.notices.filter(kind__in=SEEN_BY_SENDERS)
        .select_related(
            "agency", "person", "replaces", "bundle__replaces", "replacement", "bundle__replacement"
        )
        .order_by("pk")
    )
    return list(
        notices.prefetch_related("returned_mails", "evidence", "bundle__returned_mails", "bundle__evidence")
    )

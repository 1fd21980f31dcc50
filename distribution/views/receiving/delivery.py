"""The recipient's page of one letter: its text, files and confirmation."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.template.defaultfilters import date as format_date
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from agencies.models import Agency, Role
from agencies.views.acting import ActingRequest
from circulars.files.source_view import source_pages
from distribution.event_log import shown
from distribution.forms.receiving.answer import AnswerForm, DocumentsForm
from distribution.forms.receiving.assign import AssignForm
from distribution.forms.receiving.extension import ExtensionForm
from distribution.forms.receiving.object_to_record import ObjectionForm
from distribution.forms.receiving.register_number import ChangeRegisterNumberForm, RegisterNumberForm
from distribution.forms.receiving.return_letter import ReturnForm
from distribution.forms.receiving.take_back import AskTakeBackForm, TakeBackForm
from distribution.models import Act, Delivery, ExtensionRequest
from distribution.models.acts.take_back import LastAct, last_act
from distribution.queries.internal_notes import among, notes_on_own_copy
from distribution.queries.letter_files import files_for
from distribution.queries.receiving.acts import possible_acts
from distribution.queries.receiving.assignments import assignable, assignments_of, with_assignments
from distribution.queries.receiving.branches import with_below
from distribution.queries.receiving.earlier_copies import earlier_copies, newer_copy
from distribution.queries.receiving.related_rows import related_rows
from distribution.queries.references import references_for_recipient
from distribution.queries.replacements import with_replacing
from distribution.queries.sending.decisions import Decisions, below
from distribution.queries.sending.returns import word_of_giver
from distribution.reminders.plan import province_of
from distribution.services.receiving import acknowledge as acknowledging
from distribution.services.receiving import read
from distribution.services.receiving.return_letter import last_day_to_refuse
from distribution.tables.inbox_filter import letters_beside, place_in_list
from distribution.views.follow_up.decide_extension import decisions_context
from distribution.views.receiving.inbox import list_address
from distribution.views.several.choice import keep_choice
from distribution.views.several.passed_meanwhile import passed_words
from distribution.views.ticked import ticked_uuids
from distribution.visibility import visible_to


@require_safe
def delivery(request: ActingRequest, delivery: UUID) -> HttpResponse:
    """One letter as its recipient reads it. Opening it is recorded."""
    found = own_delivery(request, delivery)
    if read.record_opened(delivery=found, by=request.user, at=timezone.now()):
        found.refresh_from_db(fields=["opened_at", "stage"])
    return delivery_page(request, found)


def delivery_page(request: ActingRequest, found: Delivery, **forms: object) -> HttpResponse:
    """The letter's page; `forms` replaces forms by bound ones with errors."""
    unit = _unit_of(request, found)
    request.acting.choose(unit)
    there = related_rows(found)
    with_below([found] if "children" in there else [])
    if unit == found.answering_unit and "assignments" in there:
        with_assignments([found], on=timezone.localdate())
    acts = acts_on(request, found)
    requests: list[ExtensionRequest] = []
    if "extension_requests" in there:
        requests += found.extension_requests.select_related("asked_by", "decided_by")
    at = timezone.now()
    before, after = letters_beside(request, unit, found, at)
    done = last_act(found)
    documents = list(found.answer_documents.all()) if "answer_documents" in there else []
    context = {
        "section": "inbox",
        "place": place_in_list(request.GET),
        "before": before,
        "after": after,
        "form": RegisterNumberForm(),
        "acts": acts,
        "answer_form": AnswerForm(delivery=found),
        "documents_form": DocumentsForm(),
        "objection_form": ObjectionForm(),
        "records": found.on_behalf_records.holding().select_related("recorded_by")
        if found.has_record
        else [],
        "extension_form": ExtensionForm(province=province_of(found)),
        "documents": [each for each in documents if each.taken_back_at is None],
        "documents_taken_back": [each for each in documents if each.taken_back_at is not None],
        "register_form": ChangeRegisterNumberForm(delivery=found),
        "last_act": done,
        "take_back_form": TakeBackForm(),
        "ask_take_back_form": AskTakeBackForm(),
        "take_back_requests": found.take_back_requests.select_related("asked_by", "decided_by")
        if "take_back_requests" in there
        else [],
        "newer": newer_copy(found),
        "earlier": earlier_copies(found),
        "requests": requests,
        **decisions_context(
            below(found) if "children" in there else Decisions(), may_decide=unit == found.answering_unit
        ),
        "has_open_request": any(each.is_open for each in requests),
        "unit": unit,
        "delivery": found,
        "circular": found.circular,
        **files_context(found, lambda page: reverse("delivery_page", args=[found.public_id, page])),
        "references": references_for_recipient(found, request.user) if "references" in there else [],
        "events": among(
            among(shown(found.events.all()), notes_on_own_copy(found, request.user)),
            assignments_of(found, request.user) if "assignments" in there else [],
        ),
        "note_url": reverse("note_on_own_copy", args=[found.public_id])
        if unit == found.answering_unit
        else "",
        "sent_again": word_of_giver(found) if "return_decisions" in there else None,
        "has_branch": "children" in there,
        "may_pass_on": found.is_in_force and not found.circular.is_withdrawn and unit == found.answering_unit,
        "at": at,
    }
    if "return" in acts and "return_form" not in forms:
        context["return_form"] = ReturnForm(last_day=last_day_to_refuse(found))
    if "assign" in acts and "assign_form" not in forms:
        context["assign_form"] = AssignForm(people=assignable(unit, on=timezone.localdate(at)))
    return render(request, "distribution/delivery.html", {**context, **forms})


def files_context(found: Delivery, page_address: Callable[[int], str]) -> dict[str, Any]:
    """Template context of the letter's pages and files; none of its files are there after a withdrawal."""
    pages = [] if found.withdrawn_at is not None else source_pages(found.circular, page_address, marked=False)
    files = files_for(found)
    given = sum(bool(each.file) and not each.is_withheld for each in files)
    return {"pages": pages, "files": files, "has_several_files": given > 1}


def acts_on(request: ActingRequest, found: Delivery) -> set[str]:
    """Names of the actions, other than confirming, that the user may take now."""
    if _unit_of(request, found) != found.answering_unit:
        return set()
    possible = {
        "documents": found.is_in_force and found.completed_at is not None and not found.completed_on_behalf,
        "assign": found.is_in_force and not found.circular.is_withdrawn,
        "register": found.is_in_force and found.acknowledged_at is not None,
    }
    with_account = {name for name, is_possible in possible.items() if is_possible}
    return with_account | possible_acts(found, timezone.now())


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
        return passed_or_404(request, delivery, form)
    except acknowledging.NotAcknowledgeable as error:
        messages.error(request, _("Nothing was confirmed: the letter is %(stage)s.") % {"stage": error})
        return redirect(letter_address(request, delivery))
    if outcome.first:
        confirmed = outcome.delivery
        unit, at = confirmed.answering_unit, confirmed.acknowledged_at
        assert at is not None
        done = LastAct(Act.ACKNOWLEDGED, at)
        messages.success(request, with_way_back(_("Confirmed for %(unit)s.") % {"unit": unit}, unit, done))
    else:
        messages.info(request, already_confirmed(outcome.delivery))
    if request.POST.get("next") == "inbox":
        unit, place = outcome.delivery.answering_unit, request.POST.get("query", "")
        keep_choice(request, unit, QueryDict(place.removeprefix("?")), ticked_uuids(request.POST, "delivery"))
        return redirect(list_address(unit, place))
    return redirect(letter_address(request, delivery))


def letter_address(request: ActingRequest, delivery: UUID) -> str:
    """The letter's page, with the list that the person came from."""
    return reverse("delivery", args=[delivery]) + place_in_list(request.GET)


def _unit_of(request: ActingRequest, found: Delivery) -> Agency:
    """The unit for which the user reads it: the answering one if they are its recipient."""
    answering = found.answering_unit
    return answering if Role.RECIPIENT in request.acting.units.get(answering, ()) else found.agency


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
            "line",
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


def with_way_back(words: str, unit: Agency, done: LastAct) -> SafeString:
    """The message that something was done, with a link to take back the letters of the same act."""
    address = reverse("take_back_several", args=[unit.pk])
    query = urlencode({"done": done.stamp})
    return format_html('{} <a href="{}?{}">{}</a>', words, address, query, _("Was that wrong? Take it back"))


def typed_words(form: Form) -> str:
    """The note or reason of a form that isn't shown any more, so that the user can copy it; empty without one."""
    typed = form.data if form.is_bound else {}
    words = (typed.get("note") or typed.get("reason") or "").strip()
    return _("You had written: “%(words)s”") % {"words": words} if words else ""


def passed_or_404(request: ActingRequest, delivery: UUID, form: Form) -> HttpResponse:
    """The letter's page, with the message that another unit answers for it by now and what was written.

    Raises Http404 if the letter is not the user's, or has not passed to another unit.
    """
    found = own_delivery(request, delivery)
    if _unit_of(request, found) == found.answering_unit:
        raise Http404
    messages.error(request, f"{passed_words([found], found.answering_unit)} {typed_words(form)}".strip())
    return redirect(letter_address(request, delivery))

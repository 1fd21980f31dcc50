"""Review a draft: correct its fields, check its recipients, delete it."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.db.models import Prefetch, prefetch_related_objects
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from agencies.models import User
from agencies.services.changed_meanwhile import ChangedMeanwhile
from agencies.views.acting import ActingRequest
from circulars.files.page_and_file import check_file
from circulars.files.source_view import source_pages, source_text_lines
from circulars.forms.review import CircularForm
from circulars.forms.steps import unread_parts
from circulars.forms.unsaved import Difference, differences, typed_values
from circulars.lines.distribution_list import expand, lines_with_names
from circulars.models import (
    Circular,
    DraftEditing,
    DraftEditingQuerySet,
    LetterReading,
    Purpose,
    Reference,
)
from circulars.models.letter_fields import changed_fields
from circulars.services.draft import NotADraft, discard, revise
from circulars.services.reading.doubts import doubts_of
from circulars.services.revision_changes import field_label
from circulars.services.unsaved import NotKept, keep_unsaved
from circulars.views.steps import SHOW, Press, as_typed, pressed, reading_after, steps_context


def find_draft(request: ActingRequest, public_id: UUID) -> Circular | None:
    """The draft; None, with a message, if it has been dispatched. Raises Http404 if the user may not see it."""
    circular = get_object_or_404(
        Circular.objects.visible_to(request.user).select_related(
            "issuer", "recorded_by", "reminds", "corrects__issuer"
        ),
        public_id=public_id,
    )
    if circular.is_draft:
        return circular
    if circular.is_scheduled:
        messages.info(
            request, _("The letter is scheduled for its dispatch. To change it, cancel that first.")
        )
        return None
    messages.info(request, _("This letter has been dispatched. It can't be changed any more."))
    return None


@require_http_methods(["GET", "HEAD", "POST"])
def review(request: ActingRequest, letter: UUID) -> HttpResponse:
    """All fields of the draft beside its source, and the resolved distribution.

    Every button saves the form; `next` is the next page, `settle` the printed line to settle.
    """
    circular = find_draft(request, letter)
    if circular is None:
        return redirect("letter", letter)
    if request.method != "POST":
        used = (
            own_unsaved(request, circular)
            .filter(public_id__in=_uuids(request.GET.get("unsaved", "")))
            .first()
        )
        _load_parts(circular, request.user)
        form = CircularForm(instance=circular, issuers=request.acting.sends_for, unsaved=used)
        return review_page(request, circular, form)
    asked_for = circular.lines.filter(pk__in=_ids(request.POST.get("settle", ""))).first()
    press = pressed(request.POST, circular, list(circular.lines.all()))
    typed = as_typed(request.POST, press) if press else request.POST
    form = CircularForm(typed, instance=circular, issuers=request.acting.sends_for)
    if not form.is_valid():
        return review_page(request, circular, form)
    circular.reading = reading_after(circular.reading, press, form.changed_data)
    try:
        revise(
            circular=circular,
            lists=form.lists(),
            on=timezone.localdate(),
            version_read=form.cleaned_data["version_read"],
            by=request.user,
            at=timezone.now(),
            editing=form.cleaned_data["editing"],
        )
    except ChangedMeanwhile as error:
        return conflict_page(request, circular, form, error)
    except NotADraft as error:
        if find_draft(request, letter) is None:
            return redirect("letter", letter)
        raise Http404 from error
    if asked_for and (line := circular.lines.filter(purpose=asked_for.purpose, text=asked_for.text).first()):
        return redirect("settle_line", letter, line.pk)
    if request.POST.get("next") == "dispatch":
        return redirect("dispatch", letter)
    if request.POST.get("next") == "plan":
        return redirect("use_plan", letter)
    if request.POST.get("next") == "choose_file":
        return redirect("choose_file", letter)
    if press is not None:
        return redirect(_following_step(circular, press, request.POST.get(SHOW, "")))
    messages.success(request, _("The draft is saved."))
    return redirect("review", letter)


def review_page(
    request: ActingRequest,
    circular: Circular,
    form: CircularForm,
    refused: dict[int, list[str]] | None = None,
    conflict: Sequence[Difference] = (),
) -> HttpResponse:
    """The review page; `refused` are messages about files by attachment id (0: additional files)."""
    _load_parts(circular, request.user)
    expansion = expand(circular, on=timezone.localdate(), lines=list(circular.lines.all()))
    expansion.read_former_names()
    pages = source_pages(circular, lambda page: reverse("letter_page", args=[circular.public_id, page]))
    source_lines = source_text_lines(circular)
    context = {
        "section": "letters",
        "circular": circular,
        "form": form,
        "conflict": conflict,
        **unsaved_context(request, circular, form),
        "changed": changed_by_correction(circular),
        "check": check_file(circular, [expanded.line for expanded in expansion.lines]),
        "expansion": expansion,
        "heads": expansion.heads,
        "references": circular.references.all(),
        "pages": pages,
        "source_lines": source_lines,
        "unread": unread_parts(circular),
        "readings": LetterReading.objects.under_way_for(circular),
        "follows": SHOW in request.GET,
        **steps_context(
            form,
            request.GET.get(SHOW, ""),
            lines=[expanded.line for expanded in expansion.lines],
            pages=pages,
            source=source_lines,
        ),
        "keeps_corrections": settings.KEEP_READING_CORRECTIONS,
        **attachments_context(circular, refused or {}),
    }
    return render(request, "circulars/review.html", context)


def _load_parts(circular: Circular, user: User) -> None:
    """Load lines, references and attachments, which the page shows in several places. Three queries, or none.

    A request that changes the draft does so before it calls this.
    """
    prefetch_related_objects(
        [circular],
        Prefetch("lines", lines_with_names()),
        Prefetch("references", Reference.objects.linked_for(user)),
        "attachments",
    )


def _following_step(circular: Circular, press: Press, wanted: str) -> str:
    """The address of the step that was asked for, else of the same list's, else of the first one that is left."""
    left = [doubt.key for doubt in doubts_of(circular, circular.lines.all())]
    if press.line is not None and press.doubt is None and not wanted:
        name = "action_lines" if press.line.purpose == Purpose.ACTION else "information_lines"
        wanted = name if name in left else ""
    shown = wanted if wanted in left else next(iter(left), "none")
    return f"{reverse('review', args=[circular.public_id])}?{urlencode({SHOW: shown})}"


def conflict_page(
    request: ActingRequest, circular: Circular, form: CircularForm, error: ChangedMeanwhile
) -> HttpResponse:
    """The refused form beside what somebody else saved. What was typed is kept, so either version may be taken."""
    stored = CircularForm(instance=Circular.objects.get(pk=circular.pk), issuers=request.acting.sends_for)
    typed = {name: form[name].data for name in form.fields}
    found = differences(stored, typed)
    if (editing := form.cleaned_data["editing"]) is not None:
        with suppress(NotADraft, NotKept, ChangedMeanwhile):
            keep_unsaved(
                circular=circular,
                editing=editing,
                values=typed_values(form),
                version_read=form.cleaned_data["version_read"],
                by=request.user,
                at=timezone.now(),
            )
    form.report_conflict(error)
    return review_page(request, circular, form, conflict=found)


def own_unsaved(request: ActingRequest, circular: Circular) -> DraftEditingQuerySet:
    """What the person typed into the draft's form without saving it, the latest first."""
    return circular.editings.filter(person=request.user).unsaved().order_by("-kept_at")


def unsaved_context(request: ActingRequest, circular: Circular, form: CircularForm) -> dict[str, Any]:
    """Template context of unsaved text: what this page shows of it, what was typed on earlier pages, and others'."""
    shown = str(form["editing"].value())
    kept: list[DraftEditing] = []
    others: dict[int, DraftEditing] = {}
    for each in circular.editings.open_or_unsaved(timezone.now()):
        if each.person_id != request.user.pk:
            others.setdefault(each.person_id, each)
        elif each.kept_at is not None:
            kept.append(each)
    offered: list[tuple[DraftEditing, list[Difference]]] = []
    if kept:
        stored = Circular.objects.get(pk=circular.pk) if form.is_bound else circular
        saved = CircularForm(instance=stored, issuers=request.acting.sends_for)
        offered = [(each, differences(saved, each.values)) for each in kept]
    return {
        "used": next((each for each in offered if str(each[0].public_id) == shown), None),
        "offered": [each for each in offered if each[1] and str(each[0].public_id) != shown],
        "others": list(others.values()),
    }


def changed_by_correction(circular: Circular) -> list[str]:
    """Labels of the fields in which a correction differs from the corrected letter; empty for other drafts."""
    if circular.corrects is None:
        return []
    return [field_label(name) for name in changed_fields(circular.corrects, circular)]


def attachments_context(circular: Circular, refused: dict[int, list[str]]) -> dict[str, Any]:
    """Template context of the attachments panel."""
    attachments = list(circular.attachments.all())
    return {
        "circular": circular,
        "attachments": [(attachment, refused.get(attachment.pk, [])) for attachment in attachments],
        "attachments_without_file": sum(not attachment.file for attachment in attachments),
        "refused": refused.get(0, []),
    }


@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: ActingRequest, letter: UUID) -> HttpResponse:
    """Delete the draft with its files, after a confirmation."""
    circular = find_draft(request, letter)
    if circular is None:
        return redirect("letter", letter)
    if request.method != "POST":
        return render(request, "circulars/delete_draft.html", {"section": "letters", "circular": circular})
    name = str(circular)
    try:
        discard(circular=circular)
    except NotADraft as error:
        if find_draft(request, letter) is None:
            return redirect("letter", letter)
        raise Http404 from error
    messages.success(request, _("The draft “%(name)s” is deleted.") % {"name": name})
    return redirect("letters")


def _uuids(text: str) -> list[UUID]:
    try:
        return [UUID(text)]
    except ValueError:
        return []


def _ids(text: str) -> list[int]:
    return [int(text)] if text.isdecimal() and len(text) < 19 else []

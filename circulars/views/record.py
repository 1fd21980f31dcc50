"""Record an uploaded or pasted letter as a draft."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from agencies.models import Agency
from agencies.views.acting import ActingRequest
from circulars.files.uploads import FileRefused
from circulars.forms.record import RecordForm
from circulars.forms.review import link_to
from circulars.models import NOT_SENT, Circular, Urgency
from circulars.reading import ReadLetter
from circulars.services.record import AlreadyRecorded, ClassifiedLetter, issuer_named, record
from circulars.views.uploaded_letter import (
    classified_words,
    read_source,
    recorded_words,
    source_of,
    tell_other_name,
)


@require_http_methods(["GET", "HEAD", "POST"])
def record_letter(request: ActingRequest) -> HttpResponse:
    """Upload a letter or paste its text; redirects to the draft's review page."""
    units = request.acting.sends_for
    if not units:
        raise Http404
    return _page(request, units, replaces=None)


@require_http_methods(["GET", "HEAD", "POST"])
def record_replacement(request: ActingRequest, letter: UUID) -> HttpResponse:
    """Record the right letter in place of a withdrawn one. If that has been begun, its draft is opened."""
    withdrawn = get_object_or_404(
        Circular.objects.changeable_by(request.user).exclude(withdrawn_at=None), public_id=letter
    )
    if withdrawn.superseded_by_id is not None:
        messages.info(request, withdrawn.replaced_words)
        return redirect("letter", letter)
    if withdrawn.number_in_use:
        messages.info(
            request, _("Another revision of this letter is still in force. Withdraw that one as well.")
        )
        return redirect("letter", letter)
    if (begun := withdrawn.replacements.filter(status__in=NOT_SENT).first()) is not None:
        return redirect("review", begun.public_id)
    return _page(request, [withdrawn.issuer], replaces=withdrawn)


def _page(request: ActingRequest, units: list[Agency], replaces: Circular | None) -> HttpResponse:
    form = RecordForm()
    if request.method == "POST":
        form = RecordForm(request.POST, request.FILES)
        if form.is_valid() and (circular := _record(request, form, units, replaces)):
            return redirect("review", circular.public_id)
    context = {"section": "letters", "form": form, "replaces": replaces}
    return render(request, "circulars/record.html", context)


def _record(
    request: ActingRequest, form: RecordForm, units: list[Agency], replaces: Circular | None
) -> Circular | None:
    """The new draft, or None with the reason as the field's error."""
    upload = form.cleaned_data["file"]
    field = "file" if upload else "text"
    source = source_of(upload) if upload else None
    try:
        letter = (
            read_source(request, source.content, source.name)
            if source
            else read_source(request, form.cleaned_data["text"].encode())
        )
    except FileRefused as error:
        form.add_error(field, str(error))
        return None
    named = issuer_named(letter, among=units)
    issuer = named or (request.acting.agency if request.acting.agency in units else None) or units[0]
    try:
        circular = record(
            letter=letter,
            issuer=issuer,
            by=request.user,
            at=timezone.now(),
            source=source,
            replaces=replaces,
        )
    except ClassifiedLetter as error:
        form.add_error(field, classified_words(error))
        return None
    except AlreadyRecorded as error:
        form.add_error(field, recorded_words(error))
        return None
    if upload and source:
        tell_other_name(request, upload, source)
    _tell(request, circular, letter, named)
    return circular


def _tell_same_number(request: ActingRequest, circular: Circular) -> None:
    """Name a letter of the issuer that has the number already, without being a reason to refuse this one."""
    same = Circular.objects.filter(issuer=circular.issuer, number=circular.number)
    same = same.exclude(pk=circular.pk).exclude(number="")
    if withdrawn := same.withdrawn_without_successor().first():
        said = _(
            "A letter with this number was withdrawn. If this is the right one for it, say so at “In place of”."
        )
        messages.warning(request, format_html("{} {}", said, link_to(withdrawn)))
    elif circular.date is None and (known := same.filter(corrects=None, number_in_use=True).first()):
        said = _("A letter with this number is recorded. If it is of the same year, this is the same letter.")
        messages.warning(request, format_html("{} {}", said, link_to(known)))


def _tell(request: ActingRequest, circular: Circular, letter: ReadLetter, named: Agency | None) -> None:
    """Add messages about what needs attention on the review page."""
    if not letter.readable:
        messages.warning(
            request,
            _("No letter could be read in it. It is kept as a draft: fill in the fields by hand and save."),
        )
        return
    messages.success(
        request, _("The letter is kept as a draft. Compare the fields with the letter, then save.")
    )
    if circular.replaces is None:
        _tell_same_number(request, circular)
    else:
        messages.info(
            request,
            _("It is recorded in place of the withdrawn letter %(number)s; on dispatch it replaces that one.")
            % {"number": circular.replaces},
        )
        if circular.source_sha256 and circular.source_sha256 == circular.replaces.source_sha256:
            messages.warning(
                request, _("This is the file of the withdrawn letter. Check that it is the right one.")
            )
    if circular.is_sent_by_another_unit():
        messages.warning(
            request,
            _("A letter with this verification code was sent by another unit. Check that this one is yours."),
        )
    if named is None and not letter.issuer_lines:
        messages.warning(
            request,
            _("The letterhead could not be read. Issuer is now %(issuer)s.") % {"issuer": circular.issuer},
        )
    elif named is None:
        messages.warning(
            request,
            _("The letterhead reads “%(letterhead)s”; you don't send for it. Issuer is now %(issuer)s.")
            % {"letterhead": " / ".join(letter.issuer_lines), "issuer": circular.issuer},
        )
    if circular.urgency == Urgency.TIMED and letter.due_text and circular.due_at is None:
        messages.info(
            request,
            _("The letter gives its due time as “%(due)s”. Enter it below.") % {"due": letter.due_text},
        )
    if letter.forbidden_urgency:
        messages.warning(
            request,
            _(
                "The letter is marked %(mark)s. The regulation (article 26) knows only ACELE and GÜNLÜDÜR:"
                " choose the urgency that is meant."
            )
            % {"mark": letter.forbidden_urgency},
        )

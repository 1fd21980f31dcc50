"""Record an uploaded or pasted letter as a draft."""

from uuid import UUID

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from agencies.models import Agency
from agencies.views.acting import ActingRequest
from circulars.forms.record import RecordForm
from circulars.forms.review import link_to
from circulars.models import NOT_SENT, Circular, Urgency
from circulars.reading import FileKind, ReadLetter, UnreadableFile, fitting_name, kind_of, read_letter
from circulars.services.record import AlreadyRecorded, ClassifiedLetter, SourceFile, issuer_named, record


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
    source = _source_of(upload) if upload else None
    try:
        letter = (
            read_letter(source.content, source.name)
            if source
            else read_letter(form.cleaned_data["text"].encode())
        )
    except UnreadableFile as error:
        if error.code != "no_text_layer":
            form.add_error(field, _unreadable_words(error))
            return None
        letter = ReadLetter(readable=False)
        messages.warning(
            request,
            _("The PDF is a scan without a text layer, so nothing could be read from it."),
        )
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
        form.add_error(
            field,
            _(
                "The letter is marked %(secrecy)s. Such letters may not be held here: nothing of it was kept."
                " It travels on paper or through a channel that is cleared for it."
            )
            % {"secrecy": error.secrecy},
        )
        return None
    except AlreadyRecorded as error:
        known = format_html("{} {}", _("This letter is already recorded."), link_to(error.existing))
        form.add_error(field, known)
        return None
    if upload and source and source.name != upload.name:
        messages.warning(request, _named_otherwise(str(upload.name), source))
    _tell(request, circular, letter, named)
    return circular


def _source_of(upload: UploadedFile[bytes]) -> SourceFile:
    """The file under a name by which recipients can open it."""
    content = upload.read()
    return SourceFile(fitting_name(str(upload.name), kind_of(content)), content)


def _unreadable_words(error: UnreadableFile) -> str:
    what_it_is = _no_letter_words(error.kind)
    if what_it_is:
        return what_it_is
    return {
        "empty": _("There is no text in it. Choose the right file."),
        "too_large": _("It is too large once unpacked. Save the letter as PDF and try again."),
        "encrypted": _("The file is protected with a password. Remove the protection and upload it again."),
        "damaged": _("The file is damaged. Get it anew, or paste its text below."),
        "not_a_letter_file": _(
            "The file is neither a PDF, nor a DOCX, nor a text, whatever its name says."
            " Choose the letter itself, or paste its text below."
        ),
    }.get(error.code) or _("The file can't be read. Paste the letter's text below.")


def _no_letter_words(kind: FileKind) -> str | None:
    """What a file is that is no letter's file, and what to do."""
    return {
        FileKind.OLD_WORD: _(
            "The file is a Word document of the old form (.doc). Save it as DOCX or PDF, and upload that."
        ),
        FileKind.ODT: _("The file is an OpenDocument text (.odt). Save it as DOCX or PDF, and upload that."),
        FileKind.RTF: _("The file is a text in the form RTF. Save it as DOCX or PDF, and upload that."),
        FileKind.SHEET: _(
            "The file is a spreadsheet, not a letter. Choose the letter itself; the table can be attached to it."
        ),
        FileKind.SLIDES: _(
            "The file is a presentation, not a letter. Choose the letter itself; it can be attached to it."
        ),
        FileKind.MAIL: _(
            "The file is an e-mail of Outlook. Save the letter that is attached to it, and upload that."
        ),
        FileKind.PICTURE: _(
            "The file is a picture, neither a PDF, nor a DOCX, nor a text. Save the scan as PDF and upload that, or"
            " paste its text below."
        ),
        FileKind.ARCHIVE: _("The file is an archive. Unpack it, and upload the letter that is in it."),
    }.get(kind)


def _named_otherwise(name: str, source: SourceFile) -> str:
    words = {
        FileKind.PDF: _("The file “%(name)s” is a PDF, whatever its name says. It is kept as “%(kept)s”."),
        FileKind.DOCX: _(
            "The file “%(name)s” is a Word document, whatever its name says. It is kept as “%(kept)s”."
        ),
        FileKind.TEXT: _(
            "The file “%(name)s” is a plain text, whatever its name says. It is kept as “%(kept)s”. Check that it"
            " is the letter that you wanted to upload."
        ),
    }
    return words[kind_of(source.content)] % {"name": name, "kept": source.name}


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

"""An uploaded letter: read at once or in the background, or refused with words that say what it is and what to do."""

from django.conf import settings
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from agencies.services.refusal import ActionRefused
from agencies.views.acting import ActingRequest
from circulars.files.limited.pool import LimitReached, StillRunning
from circulars.files.limited.reading import result_of, start_reading
from circulars.files.uploads import FileRefused
from circulars.forms.review import link_to
from circulars.models import Circular
from circulars.reading import FileKind, ProgramNeeded, ReadLetter, UnreadableFile, fitting_name, kind_of
from circulars.services.reading.background import request_reading
from circulars.services.record import SourceFile


class TakesLonger(Exception):
    """The letter can't be read while one waits; `limit` says so if it passes a limit of memory or time."""

    def __init__(self, limit: str = "") -> None:
        super().__init__(limit)
        self.limit = limit


def read_source(
    request: HttpRequest, content: bytes, name: str = "", *, text_instead: bool = True
) -> tuple[ReadLetter, list[list[float]]]:
    """The letter in a file or text with its page sizes; an unreadable one for a scan, with a message.

    `text_instead`: whether the page takes the letter's text as well. Raises FileRefused and TakesLonger.
    """
    try:
        task = start_reading(content, name, with_programs=False)
        try:
            source = task.wait(settings.READING_AT_ONCE_MS / 1000)
        finally:
            task.close()
    except StillRunning as error:
        raise TakesLonger from error
    except LimitReached as error:
        raise TakesLonger(error.limit) from error
    try:
        return result_of(source).letter, source.page_sizes
    except ProgramNeeded as error:
        raise TakesLonger from error
    except UnreadableFile as error:
        if error.code != "no_text_layer":
            raise FileRefused(unreadable_words(error, text_instead=text_instead)) from error
    messages.warning(request, scan_words())
    return ReadLetter(readable=False), source.page_sizes


def read_later(
    request: ActingRequest,
    source: SourceFile,
    longer: TakesLonger,
    *,
    is_text: bool = False,
    draft: Circular | None = None,
    replaces: Circular | None = None,
) -> HttpResponse:
    """Have the letter read in the background, and go to the page that shows how far it is. Raises FileRefused."""
    try:
        reading = request_reading(
            source=source,
            by=request.user,
            acting_for=request.acting.agency,
            language=get_language() or "",
            at=timezone.now(),
            is_text=is_text,
            draft=draft,
            replaces=replaces,
            failure=longer.limit,
        )
    except ActionRefused as refused:
        raise FileRefused(str(refused)) from refused
    return redirect("letter_reading", reading.public_id)


def scan_words() -> str:
    """That a scan has no text."""
    return _("The PDF is a scan without a text layer, so nothing could be read from it.")


def unreadable_words(error: UnreadableFile, *, text_instead: bool) -> str:
    """Why the file is refused; without `text_instead` no field for the letter's text is named."""
    instead = "" if text_instead else _words_without_text(error)
    return instead or _unreadable_words(error)


def classified_words(secrecy: str) -> str:
    """Why a letter of this grade of secrecy is refused."""
    return _(
        "The letter is marked %(secrecy)s. Such letters may not be held here: nothing of it was kept."
        " It travels on paper or through a channel that is cleared for it."
    ) % {"secrecy": secrecy}


def recorded_words(existing: Circular) -> str:
    """That the letter is recorded already, with a link to it."""
    return format_html("{} {}", _("This letter is already recorded."), link_to(existing))


def of_corrected_words() -> str:
    """That the chosen file is that of the corrected letter."""
    return _("This is the file of the earlier revision. If it is right, tick that it is unchanged.")


def tell_other_name(request: HttpRequest, upload: UploadedFile[bytes], source: SourceFile) -> None:
    """Add a message if the file is stored under another name, because its content is of another kind."""
    if source.name != upload.name:
        messages.warning(request, _named_otherwise(str(upload.name), source))


def source_of(upload: UploadedFile[bytes]) -> SourceFile:
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


def _words_without_text(error: UnreadableFile) -> str:
    """The words that name no field for the letter's text; empty if the usual ones don't either."""
    if error.kind == FileKind.PICTURE:
        return _(
            "The file is a picture, neither a PDF, nor a DOCX, nor a text. Save the scan as PDF and upload that."
        )
    if _no_letter_words(error.kind) or error.code in {"empty", "too_large", "encrypted"}:
        return ""
    return {
        "damaged": _("The file is damaged. Get it anew and upload it again."),
        "not_a_letter_file": _(
            "The file is neither a PDF, nor a DOCX, nor a text, whatever its name says. Choose the letter itself."
        ),
    }.get(error.code) or _("The file can't be read. Save the letter as PDF and try again.")


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
        FileKind.PACKAGE: _(
            "The file “%(name)s” is an e-Yazışma package, whatever its name says. It is kept as “%(kept)s”."
        ),
        FileKind.TEXT: _(
            "The file “%(name)s” is a plain text, whatever its name says. It is kept as “%(kept)s”. Check that it"
            " is the letter that you wanted to upload."
        ),
    }
    return words[kind_of(source.content)] % {"name": name, "kept": source.name}

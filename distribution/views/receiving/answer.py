"""Answer a letter or several, add documents to the answer, and download them."""

from uuid import UUID

from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agencies.views.acting import ActingRequest
from circulars.files.stored import stored_file
from distribution.forms.receiving.answer import AnswerForm, DocumentsForm
from distribution.models import Act as Kind
from distribution.services.receiving import answer as service
from distribution.views.receiving.acts import acted
from distribution.views.receiving.delivery import own_delivery
from distribution.views.receiving.inbox import own_unit
from distribution.views.several.several import Act, act_on_several, confirmed_with_it, told
from distribution.visibility import documents_visible_to


@require_POST
def answer(request: ActingRequest, delivery: UUID) -> HttpResponse:
    """Answer one letter for the unit: done or not applicable."""
    form = AnswerForm(request.POST, request.FILES, delivery=own_delivery(request, delivery))

    def act() -> str:
        done = service.complete(delivery=delivery, by=request.user, at=timezone.now(), **form.cleaned_data)
        return _("Answered for %(unit)s.") % {"unit": done.answering_unit}

    return acted(request, delivery, "answer", form, act)


@require_http_methods(["GET", "HEAD", "POST"])
def answer_several(request: ActingRequest, agency: int) -> HttpResponse:
    """The chosen letters of the inbox; a POST answers the ticked ones with the same words and documents."""
    unit = own_unit(request, agency)
    form = AnswerForm(request.POST or None, request.FILES or None, delivery=None)

    def do(ticked: list[UUID]) -> str:
        done = service.answer_several(
            deliveries=ticked, agency=unit, by=request.user, at=timezone.now(), **form.cleaned_data
        )
        words = ngettext(
            "%(count)d letter answered for %(unit)s: %(letters)s",
            "%(count)d letters answered for %(unit)s: %(letters)s",
            len(done),
        )
        return told(words, done, unit, Kind.COMPLETED)

    refusing = lambda letters: service.refuse_answer_with_others  # noqa: E731
    return act_on_several(request, unit, Act("answer_several", form, refusing, do, notes=confirmed_with_it))


@require_POST
def add_documents(request: ActingRequest, delivery: UUID) -> HttpResponse:
    """Add documents to an existing answer."""
    own_delivery(request, delivery)
    form = DocumentsForm(request.POST, request.FILES)

    def act() -> str:
        service.attach_documents(delivery=delivery, by=request.user, at=timezone.now(), **form.cleaned_data)
        return _("The documents were added to the answer.")

    return acted(request, delivery, "documents", form, act)


@require_safe
def answer_document(request: ActingRequest, pk: int) -> FileResponse:
    """A document of an answer, for the recipient, the unit above it and those who may see the sent letter."""
    document = get_object_or_404(documents_visible_to(request.user), pk=pk)
    return stored_file(document.file, document.file_name)

"""What a recipient does with a letter beside confirming it: answer it, return it, ask for more time."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.forms import Form
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from agencies.services.refusal import ActionRefused
from agencies.views.acting import ActingRequest
from circulars.files.uploads import stored_file
from distribution.forms.answer import AnswerForm, DocumentsForm, ExtensionForm, ReturnForm
from distribution.models import Delivery
from distribution.services.receiving.answer import attach_documents, complete
from distribution.services.receiving.extension import ask_extension
from distribution.services.receiving.return_letter import last_day_to_refuse, return_letter
from distribution.views.receiving.delivery import acts_on, delivery_page, own_delivery
from distribution.visibility import documents_visible_to


@require_POST
def answer(request: ActingRequest, delivery: UUID) -> HttpResponse:
    """Answer one letter for the unit: done or not applicable."""
    form = AnswerForm(request.POST, request.FILES, delivery=own_delivery(request, delivery))

    def act() -> str:
        done = complete(delivery=delivery, by=request.user, at=timezone.now(), **form.cleaned_data)
        return _("Answered for %(unit)s.") % {"unit": done.answering_unit}

    return _acted(request, delivery, "answer", form, act)


@require_POST
def add_documents(request: ActingRequest, delivery: UUID) -> HttpResponse:
    """Add documents to an answer that was given."""
    own_delivery(request, delivery)
    form = DocumentsForm(request.POST, request.FILES)

    def act() -> str:
        attach_documents(delivery=delivery, by=request.user, at=timezone.now(), **form.cleaned_data)
        return _("The documents were added to the answer.")

    return _acted(request, delivery, "documents", form, act)


@require_POST
def give_back(request: ActingRequest, delivery: UUID) -> HttpResponse:
    """Return one letter to whoever gave it to the unit."""
    form = ReturnForm(request.POST, last_day=last_day_to_refuse(own_delivery(request, delivery)))

    def act() -> str:
        done = return_letter(delivery=delivery, by=request.user, at=timezone.now(), **form.cleaned_data)
        return _("Returned. %(unit)s is told now.") % {"unit": done.giver}

    return _acted(request, delivery, "return", form, act)


@require_POST
def more_time(request: ActingRequest, delivery: UUID) -> HttpResponse:
    """Ask whoever gave the letter to the unit for more time."""
    own_delivery(request, delivery)
    form = ExtensionForm(request.POST)

    def act() -> str:
        asked = ask_extension(delivery=delivery, by=request.user, at=timezone.now(), **form.cleaned_data)
        return _("Asked. %(unit)s decides and the answer appears here.") % {"unit": asked.delivery.giver}

    return _acted(request, delivery, "extension", form, act)


@require_safe
def answer_document(request: ActingRequest, pk: int) -> FileResponse:
    """A document of an answer, for the recipient, the unit above it and those who see the sent letter."""
    document = get_object_or_404(documents_visible_to(request.user), pk=pk)
    return stored_file(document.file, document.file_name)


def _acted(
    request: ActingRequest, delivery: UUID, name: str, form: Form, act: Callable[[], str]
) -> HttpResponse:
    """Do it and say so; or show the page again with what was typed and what is wrong with it."""
    if form.is_valid():
        try:
            messages.success(request, act())
        except Delivery.DoesNotExist:
            raise Http404 from None
        except ActionRefused as error:
            if name not in acts_on(request, own_delivery(request, delivery)):
                messages.error(request, f"{error} {_typed(form)}".strip())
                return redirect("delivery", delivery)
            form.add_error(error.field if error.field in form.fields else None, str(error))
        else:
            return redirect("delivery", delivery)
    return delivery_page(request, own_delivery(request, delivery), **{f"{name}_form": form})


def _typed(form: Form) -> str:
    """What was written in a form that can't be shown any more, so that it isn't lost."""
    words = form.cleaned_data.get("note") or form.cleaned_data.get("reason")
    return _("You had written: “%(words)s”") % {"words": words} if words else ""

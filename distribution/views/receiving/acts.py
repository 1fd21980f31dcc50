"""Common handling of the forms on the page of a received letter."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from agencies.services.refusal import ActionRefused
from agencies.views.acting import ActingRequest
from distribution.models import Delivery
from distribution.views.receiving.delivery import acts_on, delivery_page, letter_address, own_delivery


def acted(
    request: ActingRequest, delivery: UUID, name: str, form: Form, act: Callable[[], str]
) -> HttpResponse:
    """Run the action and redirect with a message, or show the page again with the errors of the form."""
    if form.is_valid():
        try:
            messages.success(request, act())
        except Delivery.DoesNotExist:
            raise Http404 from None
        except ActionRefused as error:
            if name not in acts_on(request, own_delivery(request, delivery)):
                messages.error(request, f"{error} {_typed(form)}".strip())
                return redirect(letter_address(request, delivery))
            form.add_error(error.field if error.field in form.fields else None, str(error))
        else:
            return redirect(letter_address(request, delivery))
    return delivery_page(request, own_delivery(request, delivery), **{f"{name}_form": form})


def _typed(form: Form) -> str:
    """The note or reason of a form that isn't shown any more, so that the user can copy it."""
    words = form.cleaned_data.get("note") or form.cleaned_data.get("reason")
    return _("You had written: “%(words)s”") % {"words": words} if words else ""

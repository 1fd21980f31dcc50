"""Common handling of the forms on the page of a received letter."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect

from agencies.services.refusal import ActionRefused
from agencies.views.acting import ActingRequest
from distribution.models import Delivery
from distribution.views.receiving.delivery import (
    acts_on,
    delivery_page,
    letter_address,
    own_delivery,
    passed_or_404,
    typed_words,
)


def acted(
    request: ActingRequest, delivery: UUID, name: str, form: Form, act: Callable[[], str]
) -> HttpResponse:
    """Run the action and redirect with a message, or show the page again with the errors of the form.

    If the letter has passed to another unit meanwhile, the message says so and repeats what was written.
    """
    if form.is_valid():
        try:
            messages.success(request, act())
        except Delivery.DoesNotExist:
            return passed_or_404(request, delivery, form)
        except ActionRefused as error:
            if name not in acts_on(request, own_delivery(request, delivery)):
                messages.error(request, f"{error} {typed_words(form)}".strip())
                return redirect(letter_address(request, delivery))
            form.add_error(error.field if error.field in form.fields else None, str(error))
        else:
            return redirect(letter_address(request, delivery))
    return delivery_page(request, own_delivery(request, delivery), **{f"{name}_form": form})

"""Add or correct the register number of a confirmed letter."""

from uuid import UUID

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from agencies.views.acting import ActingRequest
from distribution.forms.receiving.register_number import ChangeRegisterNumberForm
from distribution.services.receiving import register_number
from distribution.views.receiving.acts import acted
from distribution.views.receiving.delivery import own_delivery


@require_POST
def change_register_number(request: ActingRequest, delivery: UUID) -> HttpResponse:
    """Record the new number; the earlier one stays in the record."""
    form = ChangeRegisterNumberForm(request.POST, delivery=own_delivery(request, delivery))

    def act() -> str:
        changed = register_number.change_register_number(
            delivery=delivery, by=request.user, at=timezone.now(), **form.cleaned_data
        )
        if not changed.register_number:
            return _("The register number was removed.")
        return _("Register number recorded: %(number)s") % {"number": changed.register_number}

    return acted(request, delivery, "register", form, act)

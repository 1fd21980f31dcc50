"""Request an extension."""

from uuid import UUID

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from agencies.views.acting import ActingRequest
from distribution.forms.receiving.extension import ExtensionForm
from distribution.reminders.plan import province_of
from distribution.services.receiving.extension import ask_extension
from distribution.views.receiving.acts import acted
from distribution.views.receiving.delivery import own_delivery


@require_POST
def more_time(request: ActingRequest, delivery: UUID) -> HttpResponse:
    """Request an extension from the unit that gave the letter."""
    found = own_delivery(request, delivery)
    form = ExtensionForm(request.POST, province=province_of(found))

    def act() -> str:
        asked = ask_extension(delivery=delivery, by=request.user, at=timezone.now(), **form.cleaned_data)
        return _("Asked. %(unit)s decides and the answer appears here.") % {"unit": asked.delivery.giver}

    return acted(request, delivery, "extension", form, act)

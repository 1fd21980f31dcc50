"""Object to what the sender recorded on the unit's behalf."""

from uuid import UUID

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from agencies.views.acting import ActingRequest
from distribution.forms.receiving.object_to_record import ObjectionForm
from distribution.services.receiving import object_to_record as service
from distribution.views.receiving.acts import acted
from distribution.views.receiving.delivery import own_delivery


@require_POST
def object_to_record(request: ActingRequest, delivery: UUID) -> HttpResponse:
    """Object; the letter is outstanding again."""
    own_delivery(request, delivery)
    form = ObjectionForm(request.POST)

    def act() -> str:
        done = service.object_to_record(
            delivery=delivery, by=request.user, at=timezone.now(), **form.cleaned_data
        )
        return _("The objection is recorded. %(unit)s is told now.") % {"unit": done.circular.issuer}

    return acted(request, delivery, "objection", form, act)

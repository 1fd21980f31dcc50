"""Return a letter."""

from uuid import UUID

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from agencies.views.acting import ActingRequest
from distribution.forms.receiving.return_letter import ReturnForm
from distribution.services.receiving.return_letter import last_day_to_refuse, return_letter
from distribution.views.receiving.acts import acted
from distribution.views.receiving.delivery import own_delivery


@require_POST
def give_back(request: ActingRequest, delivery: UUID) -> HttpResponse:
    """Return one letter to the unit that gave it."""
    form = ReturnForm(request.POST, last_day=last_day_to_refuse(own_delivery(request, delivery)))

    def act() -> str:
        done = return_letter(delivery=delivery, by=request.user, at=timezone.now(), **form.cleaned_data)
        return _("Returned. %(unit)s is told now.") % {"unit": done.giver}

    return acted(request, delivery, "return", form, act)

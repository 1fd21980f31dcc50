"""Request an extension, for a letter or for several."""

from collections.abc import Callable, Sequence
from functools import partial
from uuid import UUID

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from agencies.views.acting import ActingRequest
from distribution.forms.receiving.extension import ExtensionForm
from distribution.models import Delivery
from distribution.reminders.plan import province_of
from distribution.services.receiving import extension as service
from distribution.views.receiving.acts import acted
from distribution.views.receiving.delivery import own_delivery
from distribution.views.receiving.inbox import own_unit
from distribution.views.several.several import Act, act_on_several, told


@require_POST
def more_time(request: ActingRequest, delivery: UUID) -> HttpResponse:
    """Request an extension from the unit that gave the letter."""
    found = own_delivery(request, delivery)
    form = ExtensionForm(request.POST, province=province_of(found))

    def act() -> str:
        asked = service.ask_extension(
            delivery=delivery, by=request.user, at=timezone.now(), **form.cleaned_data
        )
        return _("Asked. %(unit)s decides and the answer appears here.") % {"unit": asked.delivery.giver}

    return acted(request, delivery, "extension", form, act)


@require_http_methods(["GET", "HEAD", "POST"])
def more_time_for_several(request: ActingRequest, agency: int) -> HttpResponse:
    """The chosen letters of the inbox; a POST requests the same time for the ticked ones."""
    unit = own_unit(request, agency)
    form = ExtensionForm(request.POST or None, province=unit.province_id)

    def do(ticked: list[UUID]) -> str:
        asked = service.ask_extension_for_several(
            deliveries=ticked, agency=unit, by=request.user, at=timezone.now(), **form.cleaned_data
        )
        words = ngettext(
            "More time requested for %(count)d letter for %(unit)s: %(letters)s",
            "More time requested for %(count)d letters for %(unit)s: %(letters)s",
            len(asked),
        )
        return told(words, [each.delivery for each in asked], unit, None)

    return act_on_several(request, unit, Act("ask_extension_for_several", form, _refusing, do))


def _refusing(letters: Sequence[Delivery]) -> Callable[[Delivery], None]:
    return partial(service.refuse_request_with_others, requested=service.requested_for(letters))

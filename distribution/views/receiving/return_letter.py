"""Return a letter, or several."""

from collections.abc import Sequence
from uuid import UUID

from django.http import HttpResponse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from agencies.views.acting import ActingRequest
from distribution.forms.receiving.return_letter import ReturnForm
from distribution.models import Act as Kind
from distribution.models import Delivery, ReturnGround
from distribution.services.receiving import return_letter as service
from distribution.views.receiving.acts import acted
from distribution.views.receiving.delivery import own_delivery
from distribution.views.receiving.inbox import own_unit
from distribution.views.several.several import Act, act_on_several, told


@require_POST
def give_back(request: ActingRequest, delivery: UUID) -> HttpResponse:
    """Return one letter to the unit that gave it."""
    form = ReturnForm(request.POST, last_day=service.last_day_to_refuse(own_delivery(request, delivery)))

    def act() -> str:
        done = service.return_letter(
            delivery=delivery, by=request.user, at=timezone.now(), **form.cleaned_data
        )
        return _("Returned. %(unit)s is told now.") % {"unit": done.giver}

    return acted(request, delivery, "return", form, act)


@require_http_methods(["GET", "HEAD", "POST"])
def return_several(request: ActingRequest, agency: int) -> HttpResponse:
    """The chosen letters of the inbox; a POST returns the ticked ones with the same reason."""
    unit = own_unit(request, agency)
    form = ReturnForm(request.POST or None, last_day=None)

    def do(ticked: list[UUID]) -> str:
        done = service.return_several(
            deliveries=ticked, agency=unit, by=request.user, at=timezone.now(), **form.cleaned_data
        )
        words = ngettext(
            "%(count)d letter returned for %(unit)s: %(letters)s",
            "%(count)d letters returned for %(unit)s: %(letters)s",
            len(done),
        )
        return told(words, done, unit, Kind.RETURNED)

    refusing = lambda letters: service.refuse_return_with_others  # noqa: E731
    return act_on_several(request, unit, Act("return_several", form, refusing, do, notes=_too_late_to_refuse))


def _too_late_to_refuse(deliveries: Sequence[Delivery]) -> dict[int, str]:
    """A word on those that can't be returned as not fit for use any more."""
    if not deliveries:
        return {}
    words = _("“%(ground)s” was possible until the end of %(day)s, the second working day.")
    ground, today = ReturnGround.NOT_FIT.label, timezone.localdate()
    return {
        pk: words % {"ground": ground, "day": date_format(last, "SHORT_DATE_FORMAT")}
        for pk, last in service.last_days_to_refuse(deliveries).items()
        if last < today
    }

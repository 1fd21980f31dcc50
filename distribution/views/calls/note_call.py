"""Note a call to a unit about what it owes."""

from collections.abc import Sequence
from uuid import UUID

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from agencies.models import Agency
from agencies.services.refusal import ActionRefused
from agencies.views.acting import ActingRequest
from distribution.forms.follow_up.note_call import NoteCallForm
from distribution.models import Delivery
from distribution.models.deliveries.conditions import LONG_TEXTS, OWING, answered_by
from distribution.queries.sending.owed import most_pressing_first, sent_letters
from distribution.services.follow_up.note_call import NotedCall
from distribution.services.follow_up.note_call import note_call as note
from distribution.views.calls.call_list import calling_unit, section_of
from distribution.views.own_letters import tell_refused

MOST_LETTERS = 200


@require_http_methods(["GET", "HEAD", "POST"])
def note_call(request: ActingRequest, pk: int) -> HttpResponse:
    """The outcome of a call, a note, and when to ring again. Afterwards the list, at the unit `next` of the query."""
    unit = calling_unit(request)
    agency = get_object_or_404(Agency, pk=pk)
    posted = request.method == "POST"
    copies = _copies(request, unit, agency)
    if not copies and not posted:
        messages.info(request, _("%(unit)s owes nothing any more.") % {"unit": agency.name})
        return redirect(_list_at(request, pk))
    form = NoteCallForm(request.POST if posted else None, deliveries=copies, number=agency.phone)
    refusal = ""
    if form.is_bound and form.is_valid():
        try:
            noted = note(
                agency=agency,
                unit=unit,
                deliveries=[UUID(each) for each in form.cleaned_data["deliveries"]],
                outcome=form.noted(),
                by=request.user,
                at=timezone.now(),
            )
        except Delivery.DoesNotExist:
            raise Http404 from None
        except ActionRefused as refused:
            refusal = tell_refused(form, refused)
        else:
            _say_noted(request, noted)
            return redirect(_list_at(request, pk))
    context = {
        "section": section_of(request),
        "agency": agency,
        "form": form,
        "refusal": refusal,
        "back": f"{reverse('call_list')}?unit={pk}#unit-{pk}",
    }
    return render(request, "distribution/note_call.html", context)


def _copies(request: ActingRequest, unit: Agency, agency: Agency) -> Sequence[Delivery]:
    """What the agency owes to the unit's letters, the most pressing first, and what a posted form was about besides."""
    wanted = Q(OWING, answered_by([agency.pk]))
    if ticked := [each for each in map(_uuid, request.POST.getlist("deliveries")) if each is not None]:
        wanted |= Q(public_id__in=ticked)
    found = Delivery.objects.direct().filter(wanted, circular__in=sent_letters(request.user, unit))
    rows = found.select_related("circular", "agency").defer(*LONG_TEXTS)
    return list(rows.order_by(*most_pressing_first(timezone.now()))[:MOST_LETTERS])


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _say_noted(request: ActingRequest, noted: NotedCall) -> None:
    messages.success(request, _("The call to %(unit)s is noted.") % {"unit": noted.call.agency.name})
    if noted.settled:
        words = _("The call isn't noted for these letters, for which nothing is owed any more: %(letters)s")
        messages.info(request, words % {"letters": ", ".join(str(each.circular) for each in noted.settled)})


def _list_at(request: ActingRequest, pk: int) -> str:
    """The call list at the unit that followed this one when the form was opened, or at this one."""
    following = request.GET.get("next", "")
    unit = following if following.isascii() and following.isdecimal() else str(pk)
    return f"{reverse('call_list')}?unit={unit}#unit-{unit}"

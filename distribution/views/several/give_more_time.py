"""Give more time to several recipients that were chosen in the list of what is outstanding."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from agencies.models import Agency
from agencies.services.refusal import ActionRefused
from agencies.views.acting import ActingRequest
from distribution.forms.follow_up.give_more_time import GiveMoreTimeForm
from distribution.models import Delivery
from distribution.models.deliveries.conditions import LONG_TEXTS
from distribution.services.follow_up.give_more_time import MoreTime, why_no_more_time
from distribution.services.follow_up.give_more_time import give_more_time as give
from distribution.views.lists.way_back import place_of
from distribution.views.outstanding import managed_unit
from distribution.views.own_letters import tell_refused
from distribution.views.several.choice import MOST, keep_rows, kept_rows
from distribution.views.several.choose_rows import nothing_ticked
from distribution.views.ticked import ticked_uuids
from distribution.visibility import issuers_followed_by, tracked_by

MOST_NAMED = 5
"""Recipients that a message names."""


@require_http_methods(["GET", "HEAD", "POST"])
def give_more_time(request: ActingRequest) -> HttpResponse:
    """List the chosen rows with the form; a POST does it for the ticked ones. Who can't get more time is named.

    Only who sends a letter may give more time: rows that the person may only see are named, and left out.
    """
    unit = managed_unit(request)
    posted = request.method == "POST"
    ticked = ticked_uuids(request.POST, "delivery") if posted else kept_rows(request, unit)
    listed = (ticked_uuids(request.POST, "listed") or ticked) if posted else ticked
    if max(len(ticked), len(listed)) > MOST:
        raise Http404
    if not listed:
        messages.error(request, nothing_ticked())
        return redirect(_back(request))
    rows = _rows(request, unit, listed)
    possible, impossible = _sorted(request, rows)
    form = GiveMoreTimeForm(request.POST if posted else None)
    wanted = [each for each in possible if each.public_id in set(ticked)]
    if posted and not wanted:
        messages.error(request, nothing_ticked())
    elif form.is_bound and form.is_valid():
        try:
            done = give(
                deliveries=[each.public_id for each in wanted],
                by=request.user,
                at=timezone.now(),
                **form.cleaned_data,
            )
        except Delivery.DoesNotExist:
            raise Http404 from None
        except ActionRefused as refused:
            if words := tell_refused(form, refused):
                messages.error(request, words)
        else:
            _tell(request, done, [each for each in impossible if each[0].public_id in set(ticked)])
            keep_rows(request, unit, [])
            return redirect(_back(request))
    context = {
        "section": "board",
        "unit": unit,
        "form": form,
        "possible": [(each, each.public_id in set(ticked)) for each in possible],
        "impossible": impossible,
        "place": _place(request),
        "back": _back(request),
        "at": timezone.now(),
    }
    return render(request, "distribution/several/give_more_time.html", context)


def _rows(request: ActingRequest, unit: Agency, listed: Sequence[UUID]) -> list[Delivery]:
    """The rows of the unit's letters in the order in which they were chosen, as far as the user may see them."""
    issuers = issuers_followed_by(request.user, unit)
    seen = tracked_by(request.user).filter(public_id__in=listed, circular__issuer__in=issuers)
    related = seen.select_related("agency", "successor", "circular__issuer").defer(*LONG_TEXTS[:3])
    found = {each.public_id: each for each in related}
    return [found[each] for each in dict.fromkeys(listed) if each in found]


def _sorted(
    request: ActingRequest, rows: Iterable[Delivery]
) -> tuple[list[Delivery], list[tuple[Delivery, str]]]:
    """The rows that may be given more time by the user, and the others with the reason."""
    possible, impossible = [], []
    for each in rows:
        if each.circular.issuer not in request.acting.sends_for:
            impossible.append((each, _only_senders(each.circular.issuer)))
        elif why := why_no_more_time(each):
            impossible.append((each, why))
        else:
            possible.append(each)
    return possible, impossible


def _only_senders(issuer: Agency) -> str:
    return _("Only who sends letters for %(unit)s may give more time.") % {"unit": issuer.name}


def _tell(request: ActingRequest, done: MoreTime, impossible: Sequence[tuple[Delivery, str]]) -> None:
    words = ngettext(
        "%(count)d recipient has more time.", "%(count)d recipients have more time.", len(done.given)
    )
    messages.success(request, words % {"count": len(done.given)})
    if left_out := [*done.left_out, *impossible]:
        named = "; ".join(
            f"{each.agency.name} ({each.circular.number}): {why}" for each, why in left_out[:MOST_NAMED]
        )
        words = ngettext(
            "%(count)d recipient was left out: %(named)s",
            "%(count)d recipients were left out: %(named)s",
            len(left_out),
        )
        more = " …" if left_out[MOST_NAMED:] else ""
        messages.warning(request, words % {"count": len(left_out), "named": named + more})


def _place(request: ActingRequest) -> str:
    return place_of("outstanding", request.GET)


def _back(request: ActingRequest) -> str:
    """The place of the list from which the rows were chosen."""
    query = request.GET.copy()
    query.pop("ticked", None)
    return reverse("outstanding") + place_of("outstanding", query)

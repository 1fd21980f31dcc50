"""Deal with several chosen letters of one inbox at once: their list with a tick each, one form, all or none."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from agencies.models import Agency
from agencies.services.refusal import ActionRefused
from agencies.views.acting import ActingRequest
from distribution.models import Act as Kind
from distribution.models import Delivery
from distribution.models.acts.take_back import LastAct
from distribution.models.deliveries.conditions import LONG_TEXTS
from distribution.tables.inbox_filter import place_in_list
from distribution.views.own_letters import tell_refused
from distribution.views.receiving.delivery import typed_words, with_way_back
from distribution.views.receiving.inbox import list_address
from distribution.views.several.choice import MOST, keep_choice, kept_choice
from distribution.views.several.choose_letters import nothing_ticked
from distribution.views.several.passed_meanwhile import named, tell_passed
from distribution.views.ticked import ticked_uuids
from distribution.visibility import answerable_by

Refuse = Callable[[Delivery], object]


@dataclass(frozen=True)
class Act:
    """What is done with the chosen letters of a unit.

    `refusing` returns for the listed letters what raises ActionRefused for one that can't be among them; `notes`
    returns words on some of them by their ids. `do` carries it out for the ticked ones and returns what to say.
    """

    name: str
    form: Form
    refusing: Callable[[Sequence[Delivery]], Refuse]
    do: Callable[[list[UUID]], str | SafeString]
    notes: Callable[[Sequence[Delivery]], Mapping[int, str]] = field(default=lambda deliveries: {})


def act_on_several(request: ActingRequest, unit: Agency, act: Act) -> HttpResponse:
    """List the chosen letters with the form; a POST does it for the ticked ones, or shows what stands in the way.

    What has passed to another unit meanwhile is named and left out. Raises Http404 if another one isn't the unit's.
    """
    if request.method != "POST":
        listed = kept_choice(request, unit, request.GET)
        if not listed:
            messages.error(request, nothing_ticked())
            return redirect(list_address(unit, request.GET.urlencode()))
        return _page(request, unit, act, listed, listed)
    ticked = ticked_uuids(request.POST, "delivery")
    listed = ticked_uuids(request.POST, "listed") or ticked
    if len(ticked) > MOST or len(listed) > MOST:
        raise Http404
    passed = tell_passed(request, unit, listed)
    if not ticked:
        messages.error(request, nothing_ticked())
    elif act.form.is_valid() and passed.keys().isdisjoint(ticked):
        try:
            messages.success(request, act.do(ticked))
        except Delivery.DoesNotExist:
            passed = tell_passed(request, unit, ticked)
            if not passed:
                raise Http404 from None
        except ActionRefused as refused:
            if words := tell_refused(act.form, refused):
                messages.error(request, words)
        else:
            keep_choice(request, unit, request.GET, [])
            return redirect(list_address(unit, request.GET.urlencode()))
    return _page(request, unit, act, [each for each in listed if each not in passed], ticked)


def _page(
    request: ActingRequest, unit: Agency, act: Act, listed: Sequence[UUID], ticked: Sequence[UUID]
) -> HttpResponse:
    letters = chosen_letters(request, unit, listed, every=request.method == "POST")
    refuse, notes = act.refusing(letters), act.notes(letters)
    possible, impossible = [], []
    for each in letters:
        try:
            refuse(each)
        except ActionRefused as refused:
            impossible.append((each, str(refused)))
        else:
            possible.append((each, each.public_id in ticked, notes.get(each.pk, "")))
    place = place_in_list(request.GET)
    context = {
        "section": "inbox",
        "unit": unit,
        "form": act.form,
        "act": act.name,
        "possible": possible,
        "impossible": impossible,
        "place": place,
        "list_address": list_address(unit, place),
        "typed": "" if possible else typed_words(act.form),
        "at": timezone.now(),
    }
    return render(request, f"distribution/several/{act.name}.html", context)


def chosen_letters(
    request: ActingRequest, unit: Agency, chosen: Sequence[UUID], *, every: bool = True
) -> list[Delivery]:
    """The chosen letters in order. Raises Http404 if one isn't the unit's; without `every` such ones are left out."""
    found = {
        each.public_id: each
        for each in answerable_by(request.user)
        .answered_by(unit)
        .filter(public_id__in=chosen)
        .select_related("circular__issuer", "circular__superseded_by", "agency", "successor", "completed_by")
        .select_related("parent__agency", "parent__successor")
        .defer(*LONG_TEXTS)
    }
    if every and len(found) != len(set(chosen)):
        raise Http404
    return [found[each] for each in dict.fromkeys(chosen) if each in found]


def told(words: str, done: Sequence[Delivery], unit: Agency, kind: Kind | None) -> str | SafeString:
    """The message with the count, the unit and the first letters, and with the way to take it back if it has one."""
    text = words % {"count": len(done), "unit": unit, "letters": named(done)}
    if kind is None:
        return text
    return with_way_back(text, unit, LastAct(kind, getattr(done[0], f"{kind.value}_at")))


def confirmed_with_it(deliveries: Sequence[Delivery]) -> dict[int, str]:
    """A word on those that an answer confirms as well."""
    return {each.pk: _("Is confirmed as well.") for each in deliveries if each.can_be_confirmed}

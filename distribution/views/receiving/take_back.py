"""Take back a confirmation, answer or return, of one letter or several; later ask for it."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from agencies.models import Agency
from agencies.services.refusal import ActionRefused
from agencies.views.acting import ActingRequest
from distribution.forms.receiving.take_back import AskTakeBackForm, TakeBackForm
from distribution.models import Act, Delivery
from distribution.models.acts.take_back import TAKE_BACK_WITHIN, LastAct
from distribution.queries.receiving.inbox import just_done
from distribution.services.receiving import take_back as taking_back
from distribution.services.receiving.take_back_request import ask_take_back
from distribution.views.receiving.acts import acted
from distribution.views.receiving.delivery import own_delivery
from distribution.views.receiving.inbox import own_unit
from distribution.views.several.passed_meanwhile import named, tell_passed
from distribution.views.ticked import ticked_uuids
from distribution.visibility import answerable_by


@require_POST
def take_back(request: ActingRequest, delivery: UUID) -> HttpResponse:
    """Take back what the unit did last with one letter."""
    own_delivery(request, delivery)
    form = TakeBackForm(request.POST)

    def act() -> str:
        done = taking_back.take_back(
            delivery=delivery, by=request.user, at=timezone.now(), **form.cleaned_data
        )
        return _("Taken back for %(unit)s.") % {"unit": done.answering_unit}

    return acted(request, delivery, "take_back", form, act)


@require_POST
def ask(request: ActingRequest, delivery: UUID) -> HttpResponse:
    """Ask the unit that gave the letter to take it back."""
    own_delivery(request, delivery)
    form = AskTakeBackForm(request.POST)

    def act() -> str:
        asked = ask_take_back(delivery=delivery, by=request.user, at=timezone.now(), **form.cleaned_data)
        return _("Asked to take back. %(unit)s decides and the answer appears here.") % {
            "unit": asked.delivery.giver
        }

    return acted(request, delivery, "ask_take_back", form, act)


@require_http_methods(["GET", "HEAD", "POST"])
def take_back_several(request: ActingRequest, agency: int) -> HttpResponse:
    """The letters that the unit has just confirmed, answered or returned; a POST takes back what is ticked.

    `done` is the stamp of an act: its letters are ticked.
    """
    unit = own_unit(request, agency)
    if request.method == "POST":
        chosen = ticked_uuids(request.POST, "delivery")
        if not chosen:
            messages.error(request, _("No letter was ticked. Tick the letters of which something was wrong."))
            return redirect("take_back_several", unit.pk)
        stamps = {each: request.POST.get(f"stamp_{each}", "") for each in chosen}
        chosen_act = {each: stamp.partition("@")[0] for each, stamp in stamps.items()}
        try:
            found = taking_back.take_back_several(
                stamps=stamps,
                agency=unit,
                by=request.user,
                at=timezone.now(),
            )
        except Delivery.DoesNotExist:
            if not tell_passed(request, unit, chosen):
                raise Http404 from None
            return _recent(request, unit, lambda delivery, done: done.stamp == stamps.get(delivery.public_id))
        except ActionRefused as error:
            messages.error(request, str(error))
            return _recent(request, unit, lambda delivery, done: done.stamp == stamps.get(delivery.public_id))
        for act, letters in _by_act(found, chosen_act).items():
            words = _taken_back(act, len(letters))
            messages.success(
                request, words % {"count": len(letters), "unit": unit, "letters": named(letters)}
            )
        return redirect("unit_inbox", unit.pk)
    stamp = request.GET.get("done", "")
    return _recent(request, unit, lambda delivery, done: done.stamp == stamp, asked=bool(stamp))


def _recent(
    request: ActingRequest, unit: Agency, ticks: Callable[[Delivery, LastAct], bool], *, asked: bool = False
) -> HttpResponse:
    """The page; `asked` says that the ticks are those of one act."""
    at = timezone.now()
    recent = [
        (each, done, ticks(each, done)) for each, done in just_done(answerable_by(request.user), unit, at)
    ]
    context = {
        "section": "inbox",
        "unit": unit,
        "recent": recent,
        "asked": asked,
        "ticked": sum(is_ticked for *_row, is_ticked in recent),
        "minutes": TAKE_BACK_WITHIN.seconds // 60,
        "at": at,
    }
    return render(request, "distribution/take_back_several.html", context)


def _by_act(deliveries: list[Delivery], acts: dict[UUID, str]) -> dict[str, list[Delivery]]:
    found: dict[str, list[Delivery]] = {}
    for each in deliveries:
        found.setdefault(acts[each.public_id], []).append(each)
    return found


def _taken_back(act: str, count: int) -> str:
    """The message, with placeholders for the count, the unit and the letters."""
    if act == Act.COMPLETED:
        return ngettext(
            "The answer to %(count)d letter was taken back for %(unit)s: %(letters)s",
            "The answers to %(count)d letters were taken back for %(unit)s: %(letters)s",
            count,
        )
    if act == Act.RETURNED:
        return ngettext(
            "The return of %(count)d letter was taken back for %(unit)s: %(letters)s",
            "The returns of %(count)d letters were taken back for %(unit)s: %(letters)s",
            count,
        )
    return ngettext(
        "The confirmation of %(count)d letter was taken back for %(unit)s: %(letters)s",
        "The confirmations of %(count)d letters were taken back for %(unit)s: %(letters)s",
        count,
    )

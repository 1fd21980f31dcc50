"""How long units usually take: one unit's figures with the letters behind them, and the slow and quick recipients."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from agencies.models import Agency, Role
from agencies.views.acting import ActingRequest
from circulars.models import Purpose
from distribution.models import AnsweringAct, AnsweringTime, Delivery
from distribution.models.answering_time import working_time_words
from distribution.models.deliveries.conditions import LONG_TEXTS
from distribution.queries.paging import BoundedPaginator
from distribution.queries.sending.answering_times import (
    UsualTimes,
    last_run,
    times_of_recipients,
    usual_times,
)
from distribution.queries.speed.figures import FEWEST_LETTERS
from distribution.queries.speed.working_times import (
    LeftOut,
    Taken,
    UnitWorkingTimes,
    copies_within,
    period_before,
    period_of,
    working_times,
)
from distribution.views.outstanding import managed_unit
from distribution.visibility import may_follow

LETTERS_ON_A_PAGE = 25
UNITS_ON_A_PAGE = 50


@dataclass(frozen=True)
class LetterBehind:
    """A copy of the unit with the working time that it took, or why it doesn't count."""

    taken: Taken
    reason: str

    @property
    def copy(self) -> Delivery:
        return self.taken.copy

    @property
    def words(self) -> str:
        return working_time_words(self.taken.minutes)

    @property
    def for_sender_words(self) -> str:
        """What was subtracted since it waited for the sender; empty if nothing was."""
        return working_time_words(self.taken.for_sender) if self.taken.for_sender else ""


@require_safe
def answering_times(request: ActingRequest, agency: int) -> HttpResponse:
    """The figures of a unit, for those who may follow it, and one by one the letters of the period."""
    unit = get_object_or_404(Agency.objects.select_related("province"), pk=agency)
    if not may_follow(request.user, unit):
        raise Http404
    act, times = chosen_act(request), usual_times([unit.pk]).get(unit.pk, UsualTimes())
    run = times.any.run if times.any is not None else last_run()
    period = period_before(timezone.now()) if run is None else period_of(run)
    copies = copies_within([unit.pk], period)
    if act == AnsweringAct.ANSWER:
        copies = copies.filter(purpose=Purpose.ACTION)
    rows = copies.select_related("circular__issuer", "agency").defer(*LONG_TEXTS)
    rows = rows.order_by("-created_at", "-pk")
    page = BoundedPaginator(rows, LETTERS_ON_A_PAGE, join_late=True).get_page(request.GET.get("page"))
    taken = working_times(list(page.object_list), UnitWorkingTimes(period))
    receives = Role.RECIPIENT in request.acting.units.get(unit, ())
    context = {
        "section": "inbox" if receives else "board",
        "unit": unit,
        "receives": receives,
        "times": times,
        "figures": [(each, times.of(each)) for each in AnsweringAct],
        "act": act,
        "run": run,
        "period": period,
        "page": page,
        "rows": list(_behind(taken, unit, act, times.of(act))),
        "fewest": FEWEST_LETTERS,
    }
    return render(request, "distribution/answering_times.html", context)


def _behind(
    taken: Iterable[Taken], unit: Agency, act: AnsweringAct, figure: AnsweringTime | None
) -> Iterator[LetterBehind]:
    for each in taken:
        if each.act != act:
            continue
        reason = str(each.left_out.label) if each.left_out is not None else ""
        if each.unit != unit.pk:
            reason = str(LeftOut.ANOTHER_UNIT.label)
        elif not reason and each.is_open and figure is not None and each.minutes <= figure.answered_median:
            reason = _("It waits, but not longer than is usual so far.")
        yield LetterBehind(each, reason)


@require_safe
def slow_and_quick(request: ActingRequest) -> HttpResponse:
    """The recipients of the letters of the unit and of the units below it, ranked by how long they usually take."""
    unit = managed_unit(request)
    act, run = chosen_act(request), last_run()
    quick_first = request.GET.get("order") == "quick"
    ranked = AnsweringTime.objects.none()
    if run is not None:
        order = "drawn" if quick_first else "-drawn"
        ranked = (
            times_of_recipients(request.user, unit, run)
            .filter(act=act)
            .order_by(order, "unit__sort_key", "pk")
        )
    page = BoundedPaginator(ranked, UNITS_ON_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "section": "board",
        "unit": unit,
        "act": act,
        "acts": AnsweringAct,
        "run": run,
        "quick_first": quick_first,
        "page": page,
        "fewest": FEWEST_LETTERS,
    }
    return render(request, "distribution/slow_and_quick.html", context)


def chosen_act(request: ActingRequest) -> AnsweringAct:
    """The act that the address names, else the confirmation."""
    wanted = request.GET.get("act")
    return AnsweringAct(wanted) if wanted in AnsweringAct.values else AnsweringAct.CONFIRMATION

"""The manager's page of open copies that are likely to miss their due time."""

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from agencies.views.acting import ActingRequest
from distribution.models import Duty
from distribution.models.lateness import Compared, Lateness, Method
from distribution.queries.lateness import learning
from distribution.queries.lateness.likely_late import MOST_LOOKED_AT, SILENT, rows_of
from distribution.queries.lateness.likely_late import likely_late as warnings_of
from distribution.queries.paging import BoundedPaginator
from distribution.queries.sending.overview import per_cent
from distribution.views.outstanding import managed_unit

ROWS_ON_A_PAGE = 25


@require_safe
def likely_late(request: ActingRequest) -> HttpResponse:
    """One row a copy, most likely first. `owes` in the query says of which duty: confirmation or answer."""
    unit, at = managed_unit(request), timezone.now()
    wanted = request.GET.get("owes", "")
    duty = Duty(wanted) if wanted in Duty.values else Duty.CONFIRM
    found = warnings_of(request.user, unit, at)
    learned = found.learned[duty]
    page = BoundedPaginator(found.warnings[duty], ROWS_ON_A_PAGE).get_page(request.GET.get("page"))
    rules, said = measured(learned.figures)
    context = {
        "section": "board",
        "tab": "likely_late",
        "unit": unit,
        "at": at,
        "found": found,
        "duty": duty,
        "learned": learned,
        "needed": learning,
        "silent": learned.figures.method in SILENT,
        "most_looked_at": MOST_LOOKED_AT,
        "rules": rules,
        "own": own_of(learned.figures),
        "said": said,
        "page": page,
        "rows": rows_of(list(page.object_list), learned, at),
    }
    return render(request, "distribution/likely_late.html", context)


@dataclass(frozen=True)
class Measured:
    """One line of the measured figures: per cent of the warnings that came true, and of the late copies found."""

    rule: Method
    compared: Compared
    late: int

    @property
    def precision(self) -> int | None:
        return per_cent(self.compared.hits, self.compared.warned)

    @property
    def recall(self) -> int | None:
        return per_cent(self.compared.hits, self.late)

    @property
    def learned_precision(self) -> int | None:
        return per_cent(self.compared.learned_hits, self.compared.warned)

    @property
    def learned_recall(self) -> int | None:
        return per_cent(self.compared.learned_hits, self.late)


@dataclass(frozen=True)
class Own:
    """What was learned with its own warnings when half of the time was over, in per cent as in `Measured`."""

    warned: int
    precision: int | None
    recall: int | None


@dataclass(frozen=True)
class Said:
    """Warnings of one degree on copies not seen, and the share of them that came true."""

    is_very_likely: bool
    warned: int
    share: int | None


def measured(figures: Lateness) -> tuple[list[Measured], list[Said]]:
    """The comparison with each plain rule, and how often the words came true."""
    rules = [
        Measured(rule, figures.compared(rule), figures.unseen_late)
        for rule in (Method.SLOW_LAST, Method.UNOPENED)
    ]
    said = []
    for is_very_likely, numbers in ((True, figures.very_likely), (False, figures.likely)):
        warned, hits = numbers or (0, 0)
        said.append(Said(is_very_likely, warned, per_cent(hits, warned)))
    return rules, said


def own_of(figures: Lateness) -> Own:
    """How many warnings it gave itself, and how well they did."""
    warned, hits = figures.own or (0, 0)
    return Own(warned, per_cent(hits, warned), per_cent(hits, figures.unseen_late))

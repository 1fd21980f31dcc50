"""Choose one unit by its name, for a letter that was sent."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from agencies.models import Agency, AgencyQuerySet
from agencies.views.acting import ActingRequest
from circulars.models import Circular
from distribution.queries.receiving.relatives import seen_having
from distribution.reminders.due_times import due_moments, due_times

MOST_FOUND = 20


@dataclass(frozen=True)
class UnitChoice:
    """What was searched for and found, the ids of those whose copy the user sees, and the chosen unit."""

    query: str
    found: list[Agency]
    has_it: set[int]
    unit: Agency | None

    def context(self) -> dict[str, Any]:
        """For the template `agencies/_unit_search.html`."""
        return {"query": self.query, "found": self.found, "has_it": self.has_it, "unit": self.unit}


def choose_unit(request: ActingRequest, circular: Circular, *, among: AgencyQuerySet) -> UnitChoice:
    """Search by the parameter `q`; `unit` is the id of the chosen one, None if it isn't among these units."""
    query = request.GET.get("q", "").strip()
    found = list(among.search(query).select_related("parent")[:MOST_FOUND]) if query else []
    chosen = request.POST.get("unit") or request.GET.get("unit", "")
    has_it = seen_having(request.user, circular, [each.pk for each in found])
    return UnitChoice(query, found, has_it, _chosen(chosen, among))


def usual_due(circular: Circular, unit: Agency | None, at: datetime) -> datetime | None:
    """The due time of most recipients, or of the letter as if dispatched now if it is in days, unless it has passed."""
    if unit is None:
        return None
    due: datetime | None = due_times(circular=circular, recipients=[unit], at=at).of(unit)
    if circular.due_working_days is None and (
        moments := due_moments(circular.deliveries.direct().in_force())
    ):
        due = moments[0][0]
    return due if due is not None and due > at else None


def _chosen(chosen: str, among: AgencyQuerySet) -> Agency | None:
    if not (chosen.isascii() and chosen.isdecimal()) or len(chosen) > 18:
        return None
    return among.filter(pk=chosen).first()

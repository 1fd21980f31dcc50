"""The unit for which the signed-in person currently acts.

A person may hold several roles in several units. `request.acting` is the unit whose pages are shown; it only
narrows what is shown. `visible_to(user)` decides what may be seen.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject
from django_htmx.middleware import HtmxDetails

from agencies.models import Agency, Role, User
from agencies.models.once_a_request import one_request
from agencies.models.person import memberships_of

SESSION_KEY = "acting_agency"


@dataclass
class Acting:
    """A person's units with the roles in each, and the unit chosen for this session."""

    user: User
    chosen_id: int | None
    units: dict[Agency, set[str]] = field(default_factory=dict)
    absent: dict[Agency, list[User]] = field(default_factory=dict)
    """Absent people for whom the person is deputy, by unit."""

    @cached_property
    def agency(self) -> Agency | None:
        """The current unit: the chosen one if the person still has a role in it, else the first in protocol order."""
        for unit in self.units:
            if unit.pk == self.chosen_id:
                return unit
        return next(iter(self.units), None)

    @cached_property
    def roles(self) -> set[str]:
        """The person's roles in the current unit."""
        return self.units.get(self.agency, set()) if self.agency else set()

    @property
    def stands_in_for(self) -> list[User]:
        """Absent people for whom the person is deputy in the current unit."""
        return self.absent.get(self.agency, []) if self.agency else []

    @property
    def choices(self) -> list[tuple[Agency, list[User]]]:
        """Every unit with the absent people for whom the person is deputy there."""
        return [(unit, self.absent.get(unit, [])) for unit in self.units]

    def choose(self, agency: Agency) -> None:
        """Make this the current unit; the caller stores its id in the session."""
        self.chosen_id = agency.pk
        for name in ("agency", "roles"):
            self.__dict__.pop(name, None)

    @property
    def sends(self) -> bool:
        return Role.SENDER in self.roles

    @property
    def sends_for(self) -> list[Agency]:
        """Units in which the person is a sender, in protocol order."""
        return [unit for unit, roles in self.units.items() if Role.SENDER in roles]

    @property
    def receives(self) -> bool:
        return Role.RECIPIENT in self.roles

    def may_edit(self, unit: Agency) -> bool:
        """Whether the person may edit the unit's contact details: as its manager, or as one of a unit above it."""
        managed = [above.pk for above, roles in self.units.items() if Role.MANAGER in roles]
        return self.user.is_superuser or any(above in unit.path for above in managed)

    @property
    def manages(self) -> bool:
        return Role.MANAGER in self.roles


class ActingRequest(HttpRequest):
    """An authenticated request, as views that require a login receive it."""

    user: User
    acting: Acting
    htmx: HtmxDetails


def load_acting(user: User, chosen_id: int | None) -> Acting:
    """The person's units, in their own roles and as deputy. One query, none if the request has asked before."""
    units: dict[Agency, set[str]] = {}
    absent: dict[Agency, list[User]] = {}
    for membership in memberships_of(user):
        units.setdefault(membership.agency, set()).add(membership.role)
        if membership.user_id != user.pk:
            people = absent.setdefault(membership.agency, [])
            if membership.user not in people:
                people.append(membership.user)
    return Acting(user=user, chosen_id=chosen_id, units=units, absent=absent)


class ActingMiddleware:
    """Sets `request.acting` for signed-in users, evaluated lazily; begins what is asked once a request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        request.acting = (  # type: ignore[attr-defined]
            SimpleLazyObject(lambda: load_acting(user, request.session.get(SESSION_KEY)))
            if user.is_authenticated
            else None
        )
        with one_request():
            return self.get_response(request)


def acting(request: HttpRequest) -> dict[str, Any]:
    """Context processor: `acting`, and whether this is a demo."""
    return {"acting": getattr(request, "acting", None), "is_demo": settings.DEMO}

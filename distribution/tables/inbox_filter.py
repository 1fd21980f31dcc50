"""Filters of a unit's inbox."""

from datetime import datetime
from typing import Any

import django_filters
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency, User
from circulars.models import Purpose
from distribution.models import Delivery
from distribution.models.deliveries.conditions import inbox_rank
from distribution.models.deliveries.delivery import DeliveryQuerySet
from distribution.queries.paging import neighbours
from distribution.queries.receiving.assignments import assigned_to, assigned_to_nobody
from distribution.queries.receiving.inbox import to_answer
from distribution.tables.filters import UrgencyFilter
from distribution.tables.list_place import kept, place
from distribution.visibility import visible_to

KEPT = ("show", "q", "issuer", "urgency", "purpose", "assigned")
"""Query parameters stored in a saved filter."""


def narrowing(query: QueryDict) -> str:
    """The known filter parameters of a query string, encoded again."""
    return kept(query, KEPT).urlencode()


def place_in_list(query: QueryDict) -> str:
    """What leads back to that place of a list: `?` with the known filter parameters and the page, or nothing."""
    return place(query, KEPT)


def without_filter(query: QueryDict) -> str:
    """What leads to the same list of the inbox without a filter, encoded."""
    return kept(query, ("show",)).urlencode()


def letters_shown(request: Any, received: DeliveryQuerySet, unit: Agency, at: datetime) -> "InboxFilter":
    """The list of the unit's inbox that the request's parameters name, filtered by them and in its order."""
    rows = letters_of_tab(request.GET.get("show"), received, unit, at)
    return InboxFilter(request.GET, queryset=rows, request=request, unit=unit)


def letters_of_tab(
    show: str | None, received: DeliveryQuerySet, unit: Agency, at: datetime
) -> QuerySet[Delivery]:
    """That list of the unit's inbox in its order, without a filter."""
    match show:
        case "confirmed":
            return received.for_archive(unit)
        case "answer":
            return to_answer(received, unit)
        case _:
            return received.for_inbox(unit, at)


def letters_beside(
    request: Any, unit: Agency, delivery: Delivery, at: datetime
) -> tuple[Delivery | None, Delivery | None]:
    """The letters before and after this one in that list, with their subjects; this one may have left it."""
    found = letters_shown(request, visible_to(request.user), unit, at)
    rows = found.qs.select_related(None).select_related("circular").only("public_id", "circular__subject")
    return neighbours(rows, Delivery.objects.filter(pk=delivery.pk).annotate(rank=inbox_rank(at)))


def _issuers(request: Any) -> QuerySet[Agency]:
    """Issuers of letters to the user's units."""
    user: User = request.user
    sent = visible_to(user).values("circular__issuer")
    return Agency.objects.filter(pk__in=sent).order_by("sort_key")


class InboxFilter(django_filters.FilterSet):
    """Filter by text, issuer, urgency, purpose, and to whom the unit assigned the letter."""

    q = django_filters.CharFilter(method="search", label=_("Subject, number or text"))
    issuer = django_filters.ModelChoiceFilter(
        field_name="circular__issuer", queryset=_issuers, label=_("From"), empty_label=_("Every sender")
    )
    urgency = UrgencyFilter()
    purpose = django_filters.ChoiceFilter(
        choices=Purpose.choices, label=_("Purpose"), empty_label=_("Gereği and Bilgi")
    )

    assigned = django_filters.ChoiceFilter(
        method="assigned_as",
        choices=[("mine", _("Assigned to me")), ("nobody", _("Assigned to nobody"))],
        label=_("Assignment"),
        empty_label=_("Assigned or not"),
    )

    class Meta:
        model = Delivery
        fields: list[str] = []

    def __init__(self, *args: Any, unit: Agency, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.unit = unit

    def send_with(self, form: str) -> None:
        """Make the fields part of the form with that id, elsewhere on the page."""
        for field in self.form.fields.values():
            field.widget.attrs["form"] = form

    def assigned_as(self, queryset: DeliveryQuerySet, name: str, value: str) -> QuerySet[Delivery]:
        """To the user; or to nobody who still receives for the unit."""
        if value == "mine":
            return assigned_to(queryset, self.request.user)
        return assigned_to_nobody(queryset, self.unit, on=timezone.localdate())

    def search(self, queryset: DeliveryQuerySet, name: str, value: str) -> QuerySet[Delivery]:
        return queryset.search(value)

"""Filters of a unit's inbox."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency, User
from circulars.models import Purpose
from distribution.models import Delivery
from distribution.models.delivery import DeliveryQuerySet
from distribution.tables.filters import UrgencyFilter
from distribution.visibility import visible_to

KEPT = ("show", "q", "issuer", "urgency", "purpose")
"""Query parameters stored in a saved filter."""


def narrowing(query: QueryDict) -> str:
    """The known filter parameters of a query string, encoded again."""
    kept = QueryDict(mutable=True)
    for name in KEPT:
        if value := query.get(name, "").strip():
            kept[name] = value
    return kept.urlencode()


def _issuers(request: Any) -> QuerySet[Agency]:
    """Issuers of letters to the user's units."""
    user: User = request.user
    sent = visible_to(user).values("circular__issuer")
    return Agency.objects.filter(pk__in=sent).order_by("sort_key")


class InboxFilter(django_filters.FilterSet):
    """Filter by text, issuer, urgency and purpose."""

    q = django_filters.CharFilter(method="search", label=_("Subject or number"))
    issuer = django_filters.ModelChoiceFilter(
        field_name="circular__issuer", queryset=_issuers, label=_("From"), empty_label=_("Every sender")
    )
    urgency = UrgencyFilter()
    purpose = django_filters.ChoiceFilter(
        choices=Purpose.choices, label=_("Purpose"), empty_label=_("Gereği and Bilgi")
    )

    class Meta:
        model = Delivery
        fields: list[str] = []

    def search(self, queryset: DeliveryQuerySet, name: str, value: str) -> QuerySet[Delivery]:
        return queryset.search(value)

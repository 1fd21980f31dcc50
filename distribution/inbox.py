"""A unit's inbox: what it has to confirm, what it has to answer, how that is narrowed."""

from typing import Any

import django_filters
from django.db.models import Count, F, QuerySet
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency, User
from circulars.models import Purpose, Urgency
from distribution.filters import URGENCIES
from distribution.models import Delivery
from distribution.models.conditions import LONG_TEXTS, OUTSTANDING, UNANSWERED
from distribution.models.delivery import DeliveryQuerySet

KEPT = ("show", "q", "issuer", "urgency", "purpose")
"""The parts of an address that a saved filter keeps."""


def counts(received: DeliveryQuerySet, unit: Agency) -> dict[str, int]:
    """How many letters the unit has to confirm and how many to answer, in one query."""
    return (
        received.answered_by(unit)
        .owing()
        .aggregate(owed_count=Count("pk", filter=OUTSTANDING), answer_count=Count("pk", filter=UNANSWERED))
    )


def to_answer(received: DeliveryQuerySet, unit: Agency) -> DeliveryQuerySet:
    """What the unit confirmed for action and has not answered: the soonest due first, then the oldest."""
    return (
        received.answered_by(unit)
        .unanswered()
        .select_related("circular", "circular__issuer", "agency", "successor")
        .defer(*LONG_TEXTS)
        .order_by(F("due_at").asc(nulls_last=True), "acknowledged_at", "pk")
    )


def narrowing(query: QueryDict) -> str:
    """The part of an address that says how the list is narrowed, encoded anew from what is known."""
    kept = QueryDict(mutable=True)
    for name in KEPT:
        if value := query.get(name, "").strip():
            kept[name] = value
    return kept.urlencode()


def _issuers(request: Any) -> QuerySet[Agency]:
    """Whoever sent letters to the person's units."""
    user: User = request.user
    sent = Delivery.objects.visible_to(user).values("circular__issuer")
    return Agency.objects.filter(pk__in=sent).order_by("sort_key")


class InboxFilter(django_filters.FilterSet):
    """By words, issuer, urgency and purpose."""

    q = django_filters.CharFilter(method="search", label=_("Subject or number"))
    issuer = django_filters.ModelChoiceFilter(
        field_name="circular__issuer", queryset=_issuers, label=_("From"), empty_label=_("Every sender")
    )
    urgency = django_filters.ChoiceFilter(
        method="by_urgency", choices=URGENCIES, label=_("Urgency"), empty_label=_("Any urgency")
    )
    purpose = django_filters.ChoiceFilter(
        choices=Purpose.choices, label=_("Purpose"), empty_label=_("Gereği and Bilgi")
    )

    class Meta:
        model = Delivery
        fields: list[str] = []

    def search(self, queryset: DeliveryQuerySet, name: str, value: str) -> QuerySet[Delivery]:
        return queryset.search(value)

    def by_urgency(self, queryset: QuerySet[Delivery], name: str, value: str) -> QuerySet[Delivery]:
        if value == "overdue":
            return queryset.filter(due_at__lt=timezone.now())
        wanted = {"acele": Urgency.URGENT, "gunlu": Urgency.TIMED, "normal": Urgency.NORMAL}[value]
        return queryset.filter(circular__urgency=wanted)

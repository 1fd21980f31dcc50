"""Filters of the manager's list."""

from datetime import timedelta

import django_filters
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agencies.models import AgencyKind, Province
from circulars.models import Urgency
from distribution.models import Delivery, Stage
from distribution.queries.board import matching_words

AGES = [
    ("1", _("more than 1 day")),
    ("3", _("more than 3 days")),
    ("7", _("more than 1 week")),
    ("14", _("more than 2 weeks")),
    ("30", _("more than 30 days")),
]
URGENCIES = [("acele", "ACELE"), ("gunlu", "GÜNLÜDÜR"), ("normal", _("Normal")), ("overdue", _("Overdue"))]
STAGES = [
    (stage.value, stage.label) for stage in (Stage.WAITING, Stage.NOTIFIED, Stage.REACHED, Stage.OPENED)
]


class UrgencyFilter(django_filters.ChoiceFilter):
    """Deliveries of letters of one urgency, or overdue ones."""

    def __init__(self) -> None:
        super().__init__(choices=URGENCIES, label=_("Urgency"), empty_label=_("Any urgency"))

    def filter(self, qs: QuerySet[Delivery], value: str) -> QuerySet[Delivery]:
        """An empty value doesn't filter."""
        if not value:
            return qs
        if value == "overdue":
            return qs.filter(due_at__lt=timezone.now())
        wanted = {"acele": Urgency.URGENT, "gunlu": Urgency.TIMED, "normal": Urgency.NORMAL}[value]
        return qs.filter(circular__urgency=wanted)


class OutstandingFilter(django_filters.FilterSet):
    """Filter by kind and province of the recipient, urgency and age of the letter, stage, and text."""

    q = django_filters.CharFilter(method="search", label=_("Recipient, number or subject"))
    kind = django_filters.ChoiceFilter(
        field_name="agency__kind", choices=AgencyKind.choices, label=_("Kind"), empty_label=_("All kinds")
    )
    province = django_filters.ModelChoiceFilter(
        field_name="agency__province",
        queryset=Province.objects.all(),
        label=_("Province"),
        empty_label=_("All provinces"),
    )
    urgency = UrgencyFilter()
    stage = django_filters.ChoiceFilter(choices=STAGES, label=_("Stage"), empty_label=_("Any stage"))
    age = django_filters.ChoiceFilter(
        method="older_than", choices=AGES, label=_("Waiting"), empty_label=_("Any time")
    )

    class Meta:
        model = Delivery
        fields: list[str] = []

    def search(self, queryset: QuerySet[Delivery], name: str, value: str) -> QuerySet[Delivery]:
        return matching_words(queryset, value)

    def older_than(self, queryset: QuerySet[Delivery], name: str, value: str) -> QuerySet[Delivery]:
        return queryset.filter(created_at__lt=timezone.now() - timedelta(days=int(value)))

"""The recipients of one letter, narrowed to those that a figure of its pages counts."""

from datetime import date, datetime
from typing import Any

import django_filters
from django import forms
from django.db.models import Q
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from agencies.models import Province
from agencies.turkish import search_key
from circulars.models import Circular, Purpose
from distribution.models import Delivery
from distribution.models.deliveries.conditions import LONG_TEXTS
from distribution.models.deliveries.delivery import DeliveryQuerySet
from distribution.queries.letter.copies import (
    CONFIRMED,
    FunnelStep,
    Proof,
    Waits,
    owing,
    proven_by,
    reached_step,
    waiting_for,
)
from distribution.queries.sending.board import recipients_of
from distribution.queries.sending.owed import Due, Owes, due_when
from distribution.tables.base import MomentColumn, labelled
from distribution.tables.outstanding import OutstandingTable

OWES = [(each.value, each.label) for each in (Owes.CONFIRMATION, Owes.ANSWER, Owes.EITHER, Owes.DECISION)]


class LetterRecipientsFilter(django_filters.FilterSet):
    """Filter the recipients of a letter by what they owe, how far they have got, place and text.

    The moment at which they are due is narrowed by links only.
    """

    q = django_filters.CharFilter(method="search", label=_("Recipient"))
    owes = django_filters.ChoiceFilter(
        method="that_owe", choices=OWES, label=_("Owed"), empty_label=_("Whatever is owed")
    )
    due = django_filters.ChoiceFilter(
        method="due_then", choices=Due.choices, label=_("Due"), empty_label=_("Whenever due")
    )
    step = django_filters.ChoiceFilter(
        method="that_got_to", choices=FunnelStep.choices, label=_("Got as far as"), empty_label=_("Any stage")
    )
    proof = django_filters.ChoiceFilter(
        method="proven_so",
        choices=Proof.choices,
        label=_("By what proof"),
        empty_label=_("By whatever proof"),
    )
    waits = django_filters.ChoiceFilter(
        method="that_wait",
        choices=Waits.choices,
        label=_("Waits for"),
        empty_label=_("Whatever it waits for"),
    )
    purpose = django_filters.ChoiceFilter(
        choices=Purpose.choices, label=_("Purpose"), empty_label=_("Gereği and Bilgi")
    )
    province = django_filters.ModelChoiceFilter(
        field_name="agency__province",
        queryset=Province.objects.all(),
        label=_("Province"),
        empty_label=_("All provinces"),
        null_label=_("Without a province"),
    )
    confirmed_on = django_filters.DateFilter(
        method="confirmed_that_day", label=_("Confirmed on"), widget=forms.DateInput({"type": "date"})
    )
    due_at = django_filters.IsoDateTimeFilter(widget=forms.HiddenInput)

    class Meta:
        model = Delivery
        fields: list[str] = []

    def __init__(self, *args: Any, circular: Circular, at: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.circular, self.at = circular, at

    def search(self, queryset: DeliveryQuerySet, name: str, value: str) -> DeliveryQuerySet:
        words = search_key(value).split()
        return queryset.filter(*(Q(agency__search_key__contains=word) for word in words))

    def that_owe(self, queryset: DeliveryQuerySet, name: str, value: str) -> DeliveryQuerySet:
        return queryset.filter(owing(Owes(value)))

    def due_then(self, queryset: DeliveryQuerySet, name: str, value: str) -> DeliveryQuerySet:
        return queryset.filter(due_when(Due(value), self.at))

    def that_got_to(self, queryset: DeliveryQuerySet, name: str, value: str) -> DeliveryQuerySet:
        return queryset.filter(reached_step(FunnelStep(value)))

    def proven_so(self, queryset: DeliveryQuerySet, name: str, value: str) -> DeliveryQuerySet:
        step = self.form.cleaned_data.get("step") or FunnelStep.CONFIRMED
        return queryset.filter(proven_by(FunnelStep(step), Proof(value)))

    def that_wait(self, queryset: DeliveryQuerySet, name: str, value: str) -> DeliveryQuerySet:
        return queryset.filter(waiting_for(Waits(value), self.circular))

    def confirmed_that_day(self, queryset: DeliveryQuerySet, name: str, value: date) -> DeliveryQuerySet:
        return queryset.filter(CONFIRMED, acknowledged_at__date=value)


def letter_recipients_filter(circular: Circular, query: QueryDict, at: datetime) -> LetterRecipientsFilter:
    """The letter's recipients with the filter of an address, as the letter prints them."""
    rows = recipients_of(circular).select_related("agency__province", "successor", "circular__superseded_by")
    return LetterRecipientsFilter(query, queryset=rows.defer(*LONG_TEXTS), circular=circular, at=at)


class LetterRecipientsTable(OutstandingTable):
    """Recipients of a letter, whatever their stage."""

    confirmed = MomentColumn(
        accessor="acknowledged_at",
        verbose_name=pgettext_lazy("moment", "Confirmed"),
        attrs=labelled(pgettext_lazy("moment", "Confirmed"), "nowrap"),
    )

    class Meta(OutstandingTable.Meta):
        exclude = ("letter", "waiting")
        sequence = ("agency", "province", "purpose", "stage", "due_at", "confirmed")
        empty_text = _("The letter has no such recipient.")

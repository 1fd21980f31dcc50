"""Filters of the manager's list and of the list of sent letters."""

from datetime import datetime, timedelta
from decimal import Decimal
from itertools import islice
from typing import Any

import django_filters
from django import forms
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency, AgencyKind, Province, User
from circulars.models import Circular, Purpose, Urgency
from circulars.models.circular import CircularQuerySet, issuers_within
from circulars.models.letter_text import has_words
from circulars.services.index_letters import names_of
from distribution.models import Delivery, Stage
from distribution.models.deliveries.conditions import answered_by
from distribution.queries.sending.board import matching_words
from distribution.queries.sending.owed import Due, Owes, Timely, Waited, due_when, timely, waited_steps
from distribution.queries.sending.returns import undecided_return

MOST_IDS = 2**63

AGES = [
    ("1", _("more than 1 day")),
    ("3", _("more than 3 days")),
    ("7", _("more than 1 week")),
    ("14", _("more than 2 weeks")),
    ("30", _("more than 30 days")),
]
URGENCIES = [("acele", "ACELE"), ("gunlu", "GÜNLÜDÜR"), ("normal", _("Normal")), ("overdue", _("Overdue"))]
BY_URGENCY = {"acele": Urgency.URGENT, "gunlu": Urgency.TIMED, "normal": Urgency.NORMAL}
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
        return qs.filter(circular__urgency=BY_URGENCY[value])


class TickFilter(django_filters.BooleanFilter):
    """A box to tick: not ticked is its usual state, not a choice."""

    field_class = forms.BooleanField


class OutstandingFilter(django_filters.FilterSet):
    """Filter by what is owed, the recipient, the letter, the stage, and text.

    What is owed and the days of the dispatch are in the queryset already (`owed_to`); their fields show the choice.
    """

    q = django_filters.CharFilter(method="search", label=_("Recipient, number, subject or text"))
    owes = django_filters.ChoiceFilter(
        method="as_it_is",
        choices=Owes.choices[1:],
        label=_("Owed"),
        empty_label=Owes.CONFIRMATION.label,
    )
    due = django_filters.ChoiceFilter(
        method="due_then", choices=Due.choices, label=_("Due"), empty_label=_("Whenever due")
    )
    purpose = django_filters.ChoiceFilter(
        choices=Purpose.choices, label=_("Purpose"), empty_label=_("Gereği and Bilgi")
    )
    kind = django_filters.ChoiceFilter(
        field_name="agency__kind", choices=AgencyKind.choices, label=_("Kind"), empty_label=_("All kinds")
    )
    province = django_filters.ModelChoiceFilter(
        field_name="agency__province",
        queryset=Province.objects.all(),
        label=_("Province"),
        empty_label=_("All provinces"),
        null_label=_("Without a province"),
    )
    urgency = UrgencyFilter()
    stage = django_filters.ChoiceFilter(choices=STAGES, label=_("Stage"), empty_label=_("Any stage"))
    waited = django_filters.ChoiceFilter(
        method="sent_before", choices=Waited.choices, label=_("Waiting"), empty_label=_("Any time")
    )
    age = django_filters.ChoiceFilter(
        method="older_than", choices=AGES, label=_("Older"), empty_label=_("Any age")
    )
    issuer = django_filters.ModelChoiceFilter(
        field_name="circular__issuer",
        queryset=Agency.objects.none(),
        label=_("From"),
        empty_label=_("Every sender"),
    )
    timely = django_filters.ChoiceFilter(
        method="confirmed_then",
        choices=Timely.choices,
        label=_("Confirmed"),
        empty_label=_("In time or late"),
    )
    sent_from = django_filters.DateFilter(
        method="as_it_is", label=_("Sent from"), widget=forms.DateInput({"type": "date"})
    )
    sent_to = django_filters.DateFilter(
        method="as_it_is", label=_("Sent until"), widget=forms.DateInput({"type": "date"})
    )
    letter = django_filters.UUIDFilter(field_name="circular__public_id", widget=forms.HiddenInput)
    unit = django_filters.NumberFilter(method="answered_by_unit", widget=forms.HiddenInput)

    class Meta:
        model = Delivery
        fields: list[str] = []

    def __init__(self, *args: Any, unit: Agency, at: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.at = at
        self.filters["issuer"].queryset = Agency.objects.filter(pk__in=issuers_within([unit.pk])).order_by(
            "sort_key"
        )

    def narrowed_to(self, user: User) -> dict[str, str]:
        """The subject of the letter and the name of the unit to which a link has narrowed the list, by parameter."""
        chosen = self.form.cleaned_data if self.is_valid() else {}
        letter, unit = chosen.get("letter"), chosen.get("unit")
        found: dict[str, str | None] = {}
        if letter:
            seen = Circular.objects.visible_to(user).filter(public_id=letter)
            found["letter"] = seen.values_list("subject", flat=True).first()
        if unit and unit < MOST_IDS:
            found["unit"] = Agency.objects.filter(pk=int(unit)).values_list("name", flat=True).first()
        return {name: words for name, words in found.items() if words is not None}

    def search(self, queryset: QuerySet[Delivery], name: str, value: str) -> QuerySet[Delivery]:
        return matching_words(queryset, value)

    def as_it_is(self, queryset: QuerySet[Delivery], name: str, value: str) -> QuerySet[Delivery]:
        return queryset

    def due_then(self, queryset: QuerySet[Delivery], name: str, value: str) -> QuerySet[Delivery]:
        return queryset.filter(due_when(Due(value), self.at))

    def confirmed_then(self, queryset: QuerySet[Delivery], name: str, value: str) -> QuerySet[Delivery]:
        return queryset.filter(timely(Timely(value)))

    def answered_by_unit(self, queryset: QuerySet[Delivery], name: str, value: Decimal) -> QuerySet[Delivery]:
        return queryset.filter(answered_by([int(value)]) if 0 < value < MOST_IDS else Q(pk=None))

    def sent_before(self, queryset: QuerySet[Delivery], name: str, value: str) -> QuerySet[Delivery]:
        return queryset.filter(waited_steps(self.at)[Waited(value)])

    def older_than(self, queryset: QuerySet[Delivery], name: str, value: str) -> QuerySet[Delivery]:
        return queryset.filter(created_at__lt=timezone.now() - timedelta(days=int(value)))


class OutstandingLettersFilter(django_filters.FilterSet):
    """Filter letters with outstanding confirmations by text, urgency and age."""

    q = django_filters.CharFilter(method="search", label=_("Subject, number or text"))
    urgency = django_filters.ChoiceFilter(
        method="urgent", choices=URGENCIES, label=_("Urgency"), empty_label=_("Any urgency")
    )
    age = django_filters.ChoiceFilter(
        method="older_than", choices=AGES, label=_("Waiting"), empty_label=_("Any time")
    )

    class Meta:
        model = Circular
        fields: list[str] = []

    def search(self, queryset: CircularQuerySet, name: str, value: str) -> CircularQuerySet:
        return queryset.search(value)

    def urgent(self, queryset: CircularQuerySet, name: str, value: str) -> CircularQuerySet:
        if value == "overdue":
            late = Delivery.objects.direct().outstanding().filter(due_at__lt=timezone.now())
            return queryset.filter(Exists(late.filter(circular=OuterRef("pk"))))
        return queryset.filter(urgency=BY_URGENCY[value])

    def older_than(self, queryset: CircularQuerySet, name: str, value: str) -> CircularQuerySet:
        return queryset.filter(dispatched_at__lt=timezone.now() - timedelta(days=int(value)))


MOST_DRAFTS_SEARCHED = 1000

SENT_STATES = [
    ("open", _("With outstanding confirmations")),
    ("overdue", _("With overdue confirmations")),
    ("finished", _("No confirmation outstanding")),
    ("returned", _("With returned copies to decide on")),
    ("corrected", _("Corrected")),
    ("withdrawn", _("Withdrawn")),
]


class SentLettersFilter(django_filters.FilterSet):
    """Filter sent letters by text, by where they stand, and by who recorded or sent them.

    Needs the request, whose user `mine` means.
    """

    q = django_filters.CharFilter(method="search", label=_("Subject, number or text"))
    state = django_filters.ChoiceFilter(
        method="standing", choices=SENT_STATES, label=_("State"), empty_label=_("Any state")
    )
    mine = TickFilter(method="own", label=_("Only those that I recorded or sent"), widget=forms.CheckboxInput)

    class Meta:
        model = Circular
        fields: list[str] = []

    def search(self, queryset: CircularQuerySet, name: str, value: str) -> CircularQuerySet:
        return queryset.search(value)

    def standing(self, queryset: CircularQuerySet, name: str, value: str) -> CircularQuerySet:
        """A letter that was withdrawn is in no other state."""
        waiting = Delivery.objects.direct().outstanding().filter(circular=OuterRef("pk"))
        returned = Delivery.objects.direct().filter(undecided_return(), circular=OuterRef("pk"))
        in_force = queryset.filter(withdrawn_at=None)
        found = {
            "open": in_force.filter(Exists(waiting)),
            "overdue": in_force.filter(Exists(waiting.filter(due_at__lt=timezone.now()))),
            "returned": in_force.filter(Exists(returned)),
            "finished": in_force.filter(~Exists(waiting)),
            "corrected": in_force.filter(superseded_by__corrects=F("pk")),
            "withdrawn": queryset.exclude(withdrawn_at=None),
        }
        return found[value]

    def own(self, queryset: CircularQuerySet, name: str, value: bool) -> CircularQuerySet:
        person = self.request.user
        return queryset.filter(Q(recorded_by=person) | Q(dispatched_by=person)) if value else queryset

    def drafts(self, drafts: CircularQuerySet, most: int) -> list[Circular]:
        """The latest drafts that the filter leaves: a draft is in none of the states."""
        self.form.is_valid()
        wanted = self.form.cleaned_data
        if wanted.get("state"):
            return []
        drafts = drafts.filter(recorded_by=self.request.user) if wanted.get("mine") else drafts
        if not wanted.get("q"):
            return list(drafts[:most])
        searched = drafts.prefetch_related("attachments")[:MOST_DRAFTS_SEARCHED]
        found = (each for each in searched if has_words(each, names_of(each.attachments.all()), wanted["q"]))
        return list(islice(found, most))

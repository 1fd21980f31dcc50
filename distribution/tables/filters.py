"""Filters of the list of sent letters, and what several lists filter by."""

from itertools import islice

import django_filters
from django import forms
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from circulars.models import Circular, Urgency
from circulars.models.circular import CircularQuerySet
from circulars.models.letter_text import has_words
from circulars.services.index_letters import names_of
from distribution.models import Delivery, Stage
from distribution.queries.sending.returns import undecided_return

AGES = [
    ("1", _("more than 1 day")),
    ("3", _("more than 3 days")),
    ("7", _("more than 1 week")),
    ("14", _("more than 2 weeks")),
    ("30", _("more than 30 days")),
]
URGENCIES = [("acele", "ACELE"), ("gunlu", "GÜNLÜDÜR"), ("normal", _("Normal")), ("overdue", _("Overdue"))]
BY_URGENCY = {"acele": Urgency.URGENT, "gunlu": Urgency.TIMED, "normal": Urgency.NORMAL}
STAGES = [(stage.value, stage.label) for stage in Stage if stage not in (Stage.WITHDRAWN, Stage.SUPERSEDED)]


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


MOST_DRAFTS_SEARCHED = 1000

SENT_STATES = [
    ("open", _("With outstanding confirmations or answers")),
    ("overdue", _("With overdue confirmations or answers")),
    ("finished", _("No confirmation or answer outstanding")),
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
        """A withdrawn letter is in no other state. One of which a revision replaced all copies isn't finished."""
        direct = Delivery.objects.direct().filter(circular=OuterRef("pk"))
        confirmation, answer = direct.outstanding(), direct.unanswered()
        owing = Exists(confirmation) | Exists(answer)
        late = Q(due_at__lt=timezone.now())
        in_force = queryset.filter(withdrawn_at=None)
        replaced = Q(superseded_by__corrects=F("pk")) & ~Exists(direct.filter(superseded_at=None))
        found = {
            "open": in_force.filter(owing),
            "overdue": in_force.filter(Exists(confirmation.filter(late)) | Exists(answer.filter(late))),
            "returned": in_force.filter(Exists(direct.filter(undecided_return()))),
            "finished": in_force.exclude(owing).exclude(replaced),
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

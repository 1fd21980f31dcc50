"""Filters of the manager's lists: by recipient, and by letter."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Any

import django_filters
from django import forms
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.choices import CallableChoiceIterator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency, AgencyKind, Province
from circulars.models import Circular, Purpose
from circulars.models.circular import CircularQuerySet
from distribution.models import Delivery
from distribution.models.deliveries.conditions import answered_by
from distribution.queries.month_review.counted import Counted, counted_as
from distribution.queries.sending.board import matching_words
from distribution.queries.sending.owed import (
    LONG_OVERDUE,
    Due,
    Owes,
    Timely,
    Waited,
    copies_of_any,
    due_when,
    long_overdue,
    newest_owing,
    sent_by,
    timely,
    waited_steps,
)
from distribution.tables.filters import AGES, BY_URGENCY, STAGES, URGENCIES, UrgencyFilter
from distribution.tables.list_place import kept

MOST_IDS = 2**63
MOST_LETTERS = 100
"""Letters that the field for a letter offers: the newest."""

NARROWING = (
    *(
        "q",
        "letter",
        "owes",
        "due",
        "purpose",
        "kind",
        "province",
        "urgency",
        "stage",
        "waited",
        "age",
        "issuer",
    ),
    *("timely", "sent_from", "sent_to", "counted", "unit"),
)
"""Parameters by which the list by recipient is narrowed."""

LETTERS_NARROWING = ("q", "owes", "urgency", "age")
"""The same of the list by letter."""


@dataclass(frozen=True)
class Gone:
    """What a list is narrowed to and isn't there any more, in words; with what it may be replaced by, and how."""

    words: str
    parameter: str = ""
    value: str = ""
    link: str = ""


class OutstandingFilter(django_filters.FilterSet):
    """Filter by what is owed, the recipient, the letter, the stage, and text.

    What is owed and the days of the dispatch are in the queryset already (`owed_to`); their fields show the choice.
    """

    q = django_filters.CharFilter(method="search", label=_("Recipient, number, subject or text"))
    letter = django_filters.UUIDFilter(field_name="circular__public_id", label=_("Letter"))
    owes = django_filters.ChoiceFilter(
        method="as_it_is",
        choices=Owes.choices[1:],
        label=_("Owed"),
        empty_label=Owes.CONFIRMATION.label,
    )
    due = django_filters.ChoiceFilter(
        method="due_then",
        choices=[*Due.choices, (LONG_OVERDUE, _("Overdue by more than 10 working days"))],
        label=_("Due"),
        empty_label=_("Whenever due"),
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
    issuer = django_filters.ChoiceFilter(
        field_name="circular__issuer", choices=[], label=_("From"), empty_label=_("Every sender")
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
    counted = django_filters.ChoiceFilter(
        method="counted_so", choices=Counted.choices, widget=forms.HiddenInput
    )
    unit = django_filters.NumberFilter(method="answered_by_unit", widget=forms.HiddenInput)

    class Meta:
        model = Delivery
        fields: list[str] = []

    def __init__(
        self,
        *args: Any,
        issuers: Sequence[Agency],
        letters: CircularQuerySet,
        owes: Owes,
        at: datetime,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.issuers, self.letters, self.owes, self.at = issuers, letters, owes, at
        self.filters["issuer"].extra["choices"] = [(str(each.pk), each.name) for each in issuers]
        self.filters["letter"].extra["widget"] = forms.Select(
            choices=CallableChoiceIterator(lambda: self._letters_offered)
        )

    def send_with(self, form: str) -> None:
        """Make the fields part of the form with that id, elsewhere on the page."""
        for field in self.form.fields.values():
            field.widget.attrs["form"] = form

    def narrowed_to(self) -> dict[str, str]:
        """To which letter, unit and part of a month a link has narrowed the list, by parameter."""
        found = {}
        if self._letter is not None:
            found["letter"] = self._letter.subject
        if self._unit is not None:
            found["unit"] = self._unit.name
        if counted := self._chosen.get("counted"):
            found["counted"] = str(Counted(counted).label)
        return found

    def gone(self) -> list[Gone]:
        """What the list is narrowed to and isn't there any more: values, the letter, the unit."""
        found = []
        for name in self.form.errors:
            field = self.form.fields[name]
            words = gettext(
                "The filter “%(filter)s” names something that isn't there any more, so nothing is listed. Choose"
                " another value, or clear the filter."
            )
            found.append(Gone(words % {"filter": field.label or name}))
        chosen = self._chosen
        if chosen.get("letter"):
            found += self._gone_letter()
        if chosen.get("unit") is not None:
            found += self._gone_unit()
        return found

    def _gone_letter(self) -> list[Gone]:
        letter = self._letter
        if letter is None:
            words = gettext(
                "The letter to which this list is narrowed isn't among the letters of this unit any more."
            )
            return [Gone(words)]
        named = {"letter": letter.subject}
        if letter.is_withdrawn:
            return [
                Gone(gettext("“%(letter)s” was taken back: nobody owes anything for it any more.") % named)
            ]
        newer = letter.superseded_by
        if newer is not None and newer.corrects_id == letter.pk:
            words = gettext("“%(letter)s” was corrected: what is owed is listed with revision %(revision)d.")
            link = gettext("Show revision %(revision)d")
            revision = {"revision": newer.revision_number}
            return [Gone(words % (named | revision), "letter", str(newer.public_id), link % revision)]
        return []

    def _gone_unit(self) -> list[Gone]:
        unit = self._unit
        if unit is None:
            return [Gone(gettext("The unit to which this list is narrowed isn't in the directory any more."))]
        if unit.successor is not None and not unit.is_active(timezone.localdate(self.at)):
            named = {"unit": unit.name, "successor": unit.successor.name}
            words = gettext(
                "“%(unit)s” is closed: what it owed is listed with “%(successor)s”, which answers for it."
            )
            link = gettext("Show %(successor)s")
            return [Gone(words % named, "unit", str(unit.successor_id), link % named)]
        return []

    @cached_property
    def _chosen(self) -> dict[str, Any]:
        """The valid values, also if others are not."""
        self.form.is_valid()
        chosen: dict[str, Any] = self.form.cleaned_data
        return chosen

    @cached_property
    def _letter(self) -> Circular | None:
        """The letter to which the list is narrowed, among those of the unit."""
        if not (wanted := self._chosen.get("letter")):
            return None
        of_unit = sent_by(self.issuers).select_related("superseded_by")
        shown = of_unit.only(
            "subject", "withdrawn_at", "superseded_by__corrects", "superseded_by__revision_number"
        )
        return shown.filter(public_id=wanted).first()

    @cached_property
    def _unit(self) -> Agency | None:
        unit = self._chosen.get("unit")
        if unit is None or not 0 < unit < MOST_IDS:
            return None
        return Agency.objects.select_related("successor").filter(pk=int(unit)).first()

    @cached_property
    def _letters_offered(self) -> Sequence[tuple[str, Any]]:
        """The newest letters with rows in the list, and the one to which it is narrowed. One query."""
        newest = newest_owing(self.letters, self.owes).only("public_id", "number", "subject")[:MOST_LETTERS]
        offered = {str(each.public_id): f"{each.number} · {each.subject}" for each in newest}
        if self._letter is not None:
            offered.setdefault(str(self._chosen["letter"]), self._letter.subject)
        return [("", _("Every letter")), *offered.items()]

    def search(self, queryset: QuerySet[Delivery], name: str, value: str) -> QuerySet[Delivery]:
        return matching_words(queryset, value)

    def as_it_is(self, queryset: QuerySet[Delivery], name: str, value: str) -> QuerySet[Delivery]:
        return queryset

    def due_then(self, queryset: QuerySet[Delivery], name: str, value: str) -> QuerySet[Delivery]:
        return queryset.filter(
            long_overdue(self.at) if value == LONG_OVERDUE else due_when(Due(value), self.at)
        )

    def confirmed_then(self, queryset: QuerySet[Delivery], name: str, value: str) -> QuerySet[Delivery]:
        return queryset.filter(timely(Timely(value)))

    def counted_so(self, queryset: QuerySet[Delivery], name: str, value: str) -> QuerySet[Delivery]:
        return queryset.filter(counted_as(Counted(value), self.at))

    def answered_by_unit(self, queryset: QuerySet[Delivery], name: str, value: Decimal) -> QuerySet[Delivery]:
        return queryset.filter(answered_by([int(value)]) if 0 < value < MOST_IDS else Q(pk=None))

    def sent_before(self, queryset: QuerySet[Delivery], name: str, value: str) -> QuerySet[Delivery]:
        return queryset.filter(waited_steps(self.at)[Waited(value)])

    def older_than(self, queryset: QuerySet[Delivery], name: str, value: str) -> QuerySet[Delivery]:
        return queryset.filter(created_at__lt=timezone.now() - timedelta(days=int(value)))


class OutstandingLettersFilter(django_filters.FilterSet):
    """Filter letters with outstanding confirmations or answers by text, what is owed, urgency and age."""

    q = django_filters.CharFilter(method="search", label=_("Subject, number or text"))
    owes = django_filters.ChoiceFilter(
        method="as_it_is",
        choices=[(each.value, each.label) for each in (Owes.CONFIRMATION, Owes.ANSWER)],
        label=_("Owed"),
        empty_label=Owes.EITHER.label,
    )
    urgency = django_filters.ChoiceFilter(
        method="urgent", choices=URGENCIES, label=_("Urgency"), empty_label=_("Any urgency")
    )
    age = django_filters.ChoiceFilter(
        method="older_than", choices=AGES, label=_("Waiting"), empty_label=_("Any time")
    )

    class Meta:
        model = Circular
        fields: list[str] = []

    def __init__(self, *args: Any, owes: Owes, at: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.owes, self.at = owes, at

    def search(self, queryset: CircularQuerySet, name: str, value: str) -> CircularQuerySet:
        return queryset.search(value)

    def as_it_is(self, queryset: CircularQuerySet, name: str, value: str) -> CircularQuerySet:
        return queryset

    def urgent(self, queryset: CircularQuerySet, name: str, value: str) -> CircularQuerySet:
        if value == "overdue":
            late = copies_of_any(self.owes).filter(due_at__lt=self.at)
            return queryset.filter(Exists(late.filter(circular=OuterRef("pk"))))
        return queryset.filter(urgency=BY_URGENCY[value])

    def older_than(self, queryset: CircularQuerySet, name: str, value: str) -> CircularQuerySet:
        return queryset.filter(dispatched_at__lt=timezone.now() - timedelta(days=int(value)))


def narrowing(query: Any) -> str:
    """The filter and the order of a list by recipient, encoded: what a saved view keeps beside its columns."""
    return kept(query, (*NARROWING, "sort")).urlencode()

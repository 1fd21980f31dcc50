"""The open copies of a manager's letters that are likely to miss their due time, with the reason in words."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cached_property

from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.calendar import WorkingTimes, known_leave
from agencies.models import Agency, AgencyKind, User
from distribution.models import Delivery, Duty, LearnedLateness
from distribution.models.deliveries.conditions import LONG_TEXTS, answering, answering_province
from distribution.models.lateness import LONG, MEDIUM, SHORT, Lateness, Method
from distribution.queries.lateness.known import (
    HALF,
    NOTHING,
    SHARES,
    SHORTEST,
    Copy,
    Records,
    features,
    length,
)
from distribution.queries.lateness.learning import LIKELY, VERY_LIKELY
from distribution.queries.lateness.logistic import chance
from distribution.queries.sending.owed import copies_of, letters_owing, sent_letters

MOST_LOOKED_AT = 2_000
"""Open copies of a manager's letters that are looked at, those due first."""

FEWEST_TOLD = 5
"""A unit's own figure is told from this many finished copies on, else that of its kind."""


SILENT = (Method.TOO_SHORT, Method.NONE)
"""Methods that give no warnings."""


class Chance(StrEnum):
    """How likely a copy is to be late. The chance itself isn't shown: it would look more exact than it is."""

    VERY_LIKELY = "very_likely"
    LIKELY = "likely"
    BY_RULE = "by_rule"
    """A plain rule names it, which has no degrees."""

    @property
    def label(self) -> str:
        return {
            Chance.VERY_LIKELY: _("Very likely late"),
            Chance.LIKELY: _("Likely late"),
            Chance.BY_RULE: _("May be late"),
        }[self]


@dataclass(frozen=True)
class LateWarning:
    """An open copy that is likely to be late."""

    copy: Copy
    duty: Duty
    chance: Chance
    share: int
    """Index in SHARES of the share of its working time that is over."""

    length: int
    order: tuple[float, datetime, int]


@dataclass(frozen=True)
class Warned:
    """A row of the page: the copy with its letter and units, and why it is likely to be late."""

    delivery: Delivery
    chance: Chance
    reasons: Sequence[str]

    @property
    def unit(self) -> Agency:
        return self.delivery.answering_unit


@dataclass(frozen=True)
class Learned:
    """What is in use for one duty, and since when. Before the first run nothing is known."""

    duty: Duty
    learned_at: datetime | None
    figures: Lateness

    @cached_property
    def records(self) -> Records:
        return Records.of(self.figures.kinds, self.figures.units)


@dataclass(frozen=True)
class LikelyLate:
    """The warnings about the open copies of some letters, by duty, most likely first."""

    learned: Mapping[Duty, Learned]
    warnings: Mapping[Duty, Sequence[LateWarning]]
    is_cut: bool
    """More than MOST_LOOKED_AT copies are open; those due later weren't looked at."""

    @property
    def is_silent(self) -> bool:
        """Nothing can be said of either duty."""
        return all(each.figures.method in SILENT for each in self.learned.values())

    @property
    def confirmations(self) -> int:
        """How many confirmations are likely to be late."""
        return len(self.warnings[Duty.CONFIRM])

    @property
    def answers(self) -> int:
        """How many answers are likely to be late."""
        return len(self.warnings[Duty.ANSWER])


def likely_late(user: User, agency: Agency, at: datetime) -> LikelyLate:
    """The warnings about the letters of the unit and of all units below it. Four queries and those of rights."""
    return likely_late_of(letters_owing(sent_letters(user, agency)), at)


def likely_late_of(letters: Collection[int], at: datetime) -> LikelyLate:
    """The warnings about the letters with these ids. Three queries."""
    learned = learned_now()
    if all(each.figures.method in SILENT for each in learned.values()):
        return LikelyLate(learned, {duty: [] for duty in Duty}, is_cut=False)
    open_copies = _open_copies(letters, at)
    looked_at = open_copies[:MOST_LOOKED_AT]
    if not looked_at:
        return LikelyLate(learned, {duty: [] for duty in Duty}, is_cut=False)
    times = _working_times(looked_at, at)
    warnings = {
        duty: sorted(_warnings(looked_at, times, learned[duty], at), key=lambda each: each.order)
        for duty in Duty
    }
    return LikelyLate(learned, warnings, len(open_copies) > len(looked_at))


def learned_now() -> dict[Duty, Learned]:
    """What is in use for each duty. One query."""
    rows = {row.duty: row for row in LearnedLateness.objects.all()}
    return {
        duty: Learned(duty, rows[duty].learned_at, rows[duty].learned)
        if duty in rows
        else Learned(duty, None, Lateness())
        for duty in Duty
    }


def _open_copies(letters: Collection[int], at: datetime) -> list[Copy]:
    """Direct copies of the letters that owe something and are due later, those due first: one more than looked at."""
    owed = (
        copies_of(letters)
        .filter(due_at__gt=at)
        .annotate(
            unit=answering(),
            kind=Coalesce("successor__kind", "agency__kind"),
            plate=answering_province(),
        )
    )
    rows = owed.order_by("due_at", "pk").values_list(*FIELDS)[: MOST_LOOKED_AT + 1]
    return [Copy(*row) for row in rows]


FIELDS = (
    "pk", "unit", "kind", "plate", "purpose", "circular__urgency", "created_at", "due_at", "opened_at",
    "acknowledged_at", "completed_at",
)  # fmt: skip


def _working_times(copies: Collection[Copy], at: datetime) -> WorkingTimes:
    first = timezone.localdate(min(each.created_at for each in copies))
    last = timezone.localdate(max(each.due_at for each in copies))
    return WorkingTimes(first, last, known_leave(first, last, timezone.localdate(at)))


def _warnings(
    copies: Sequence[Copy], times: WorkingTimes, learned: Learned, at: datetime
) -> Iterator[LateWarning]:
    figures, records = learned.figures, learned.records
    if figures.method in SILENT:
        return
    for copy in copies:
        if not copy.owes(learned.duty, at):
            continue
        time = times.of(copy.province)
        given = time.between(copy.created_at, copy.due_at)
        share = _share(time.between(copy.created_at, at), given)
        if share is None:
            continue
        size = length(given)
        if figures.method == Method.LEARNED:
            likely = chance(figures.weights, features(copy, learned.duty, share, at, size, records))
            if likely >= LIKELY:
                degree = Chance.VERY_LIKELY if likely >= VERY_LIKELY else Chance.LIKELY
                yield LateWarning(copy, learned.duty, degree, share, size, (-likely, copy.due_at, copy.pk))
        elif share >= HALF and _named_by(figures.method, copy, records, at):
            yield LateWarning(copy, learned.duty, Chance.BY_RULE, share, size, (0, copy.due_at, copy.pk))


def _share(passed: timedelta, given: timedelta) -> int | None:
    """Index of the last of SHARES that is over; None before the first, or if too little time was given."""
    if given < SHORTEST:
        return None
    return max((index for index, share in enumerate(SHARES) if passed >= given * share), default=None)


def _named_by(rule: Method, copy: Copy, records: Records, at: datetime) -> bool:
    """Whether the plain rule names the copy, when half of its working time is over."""
    if rule == Method.SLOW_LAST:
        return records.unit(copy.unit).late_last
    return copy.state(at) == "unopened"


def rows_of(warnings: Sequence[LateWarning], learned: Learned, at: datetime) -> list[Warned]:
    """The rows of a page. One query."""
    related = ("agency", "successor", "circular")
    copies = (
        Delivery.objects.select_related(*related)
        .defer(*LONG_TEXTS)
        .in_bulk([each.copy.pk for each in warnings])
    )
    return [
        Warned(copies[each.copy.pk], each.chance, list(_reasons(each, learned, copies[each.copy.pk], at)))
        for each in warnings
        if each.copy.pk in copies
    ]


def _reasons(warning: LateWarning, learned: Learned, delivery: Delivery, at: datetime) -> Iterator[str]:
    yield _history(warning, learned.records)
    own = learned.records.unit(warning.copy.unit)
    if own.late_last and own.all_finished >= FEWEST_TOLD:
        yield str(_LATE_LAST[warning.duty])
    yield _("%(share)s; %(state)s.") % {
        "share": str(_SHARES[warning.share]),
        "state": str(_STATES[warning.copy.state(at)]),
    }
    if delivery.notified_at is None:
        yield _("No notice could be sent to it yet.")


def _history(warning: LateWarning, records: Records) -> str:
    """How many of its letters the unit was late with: of this length, of all, or the units of its kind."""
    copy, own, size = warning.copy, records.unit(warning.copy.unit), warning.length
    if own.finished[size] >= FEWEST_TOLD:
        late, every, which = own.late[size], own.finished[size], str(_LENGTHS[size])
    elif own.all_finished >= FEWEST_TOLD:
        late, every, which = own.all_late, own.all_finished, _("of all lengths")
    else:
        of_kind = records.kinds.get(copy.kind, NOTHING)
        if of_kind.all_finished < FEWEST_TOLD:
            return _("Little is known of it, and of units of its kind.")
        named = {"kind": AgencyKind(copy.kind).label} | _counts(of_kind.all_late, of_kind.all_finished)
        return str(_OF_KIND[warning.duty]) % named
    return str(_OF_UNIT[warning.duty]) % ({"which": which} | _counts(late, every))


def _counts(late: int, every: int) -> dict[str, str]:
    return {
        "late": number_format(late, force_grouping=True),
        "all": number_format(every, force_grouping=True),
    }


_OF_UNIT: dict[Duty, str | Promise] = {
    Duty.CONFIRM: gettext_lazy("Confirmed late: %(late)s of %(all)s letters (%(which)s)."),
    Duty.ANSWER: gettext_lazy("Answered late: %(late)s of %(all)s letters (%(which)s)."),
}
_OF_KIND: dict[Duty, str | Promise] = {
    Duty.CONFIRM: gettext_lazy(
        "Little is known of it; units of its kind (%(kind)s) confirmed late: %(late)s of %(all)s."
    ),
    Duty.ANSWER: gettext_lazy(
        "Little is known of it; units of its kind (%(kind)s) answered late: %(late)s of %(all)s."
    ),
}
_LATE_LAST: dict[Duty, str | Promise] = {
    Duty.CONFIRM: gettext_lazy("It confirmed its last letter late."),
    Duty.ANSWER: gettext_lazy("It answered its last letter late."),
}
_LENGTHS: dict[int, str | Promise] = {
    SHORT: gettext_lazy("due within 5 working days"),
    MEDIUM: gettext_lazy("due within 6 to 10 working days"),
    LONG: gettext_lazy("due after more than 10 working days"),
}
_SHARES: Sequence[str | Promise] = (
    gettext_lazy("A quarter of its time is over"),
    gettext_lazy("Half of its time is over"),
    gettext_lazy("Three quarters of its time are over"),
)
_STATES: dict[str, str | Promise] = {
    "unopened": gettext_lazy("not opened yet"),
    "opened": gettext_lazy("opened, not confirmed"),
    "confirmed": gettext_lazy("confirmed, not answered"),
}

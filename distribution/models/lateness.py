"""What was learned from finished copies about who misses due times, and how well that did on copies not seen."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from django.db import models
from django.utils.translation import gettext_lazy as _

from distribution.models.json_record import JsonRecord

SHORT, MEDIUM, LONG = range(3)
"""Lengths of the given time: at most 5 working days, at most 10, more."""


class Duty(models.TextChoices):
    """What a unit may miss: the confirmation of any copy with a due time, or the answer to one for action."""

    CONFIRM = "confirm", _("Confirmation")
    ANSWER = "answer", _("Answer")


class Method(StrEnum):
    """How the copies that are likely to be late are found."""

    LEARNED = "learned"
    SLOW_LAST = "slow_last"
    """The unit was late with the last of its copies whose due time has passed."""

    UNOPENED = "unopened"
    """Half of the working time is over, and the copy wasn't opened."""

    NONE = "none"
    """Neither did better than chance."""

    TOO_SHORT = "too_short"
    """The history is too short to compare them."""


@dataclass(frozen=True)
class Compared:
    """One plain rule beside what was learned, at the same number of warnings."""

    warned: int = 0
    hits: int = 0
    """Warnings of the rule that came true."""

    learned_hits: int = 0
    """Of as many warnings, those that came true of what was learned."""

    only_rule: int = 0
    only_learned: int = 0
    """Warnings that came true and that the other one didn't give."""


@dataclass(frozen=True)
class Lateness(JsonRecord):
    """The learned table of one duty, and how it did on copies sent later than those it was learned from.

    `finished` copies with a due time from `since` to `until` were read. The first part, up to `split_at`, taught what
    was compared on the others. `unseen` of those were open when half of their working time was over; `unseen_late` of
    them became late. A comparison is stored as the numbers of `Compared`.
    """

    method: Method = Method.TOO_SHORT
    finished: int = 0
    late: int = 0
    since: datetime | None = None
    split_at: datetime | None = None
    until: datetime | None = None
    unseen: int = 0
    unseen_late: int = 0
    slow_last: tuple[int, ...] = ()
    unopened: tuple[int, ...] = ()
    own: tuple[int, ...] = ()
    """Warnings of what was learned when half of the working time was over, and how many of them came true."""

    very_likely: tuple[int, ...] = ()
    """Warnings "very likely" on unseen copies, and how many of them came true."""

    likely: tuple[int, ...] = ()
    weights: dict[str, float] = field(default_factory=dict)
    kinds: dict[str, list[int]] = field(default_factory=dict)
    """By kind of unit: late and finished copies of each length."""

    units: dict[str, list[int]] = field(default_factory=dict)
    """By unit id: late and finished copies of each length, then 1 if it was late with the last one."""

    @property
    def unseen_in_time(self) -> int:
        return self.unseen - self.unseen_late

    def compared(self, rule: Method) -> Compared:
        """The comparison with a plain rule."""
        return Compared(*(self.slow_last if rule == Method.SLOW_LAST else self.unopened))


class LearnedLateness(models.Model):
    """The newest table of one duty. The row is replaced each time."""

    duty = models.CharField(_("duty"), max_length=10, choices=Duty, primary_key=True)
    learned_at = models.DateTimeField(_("learned at"))
    data = models.JSONField(_("what was learned"), default=dict)

    class Meta:
        verbose_name = _("what was learned of lateness")
        verbose_name_plural = _("what was learned of lateness")

    def __str__(self) -> str:
        return self.get_duty_display()

    @property
    def learned(self) -> Lateness:
        return Lateness.from_json(self.data)

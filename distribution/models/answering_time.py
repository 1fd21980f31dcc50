"""How long units usually take to confirm and to answer, as reckoned every night."""

from typing import Self

from django.db import models
from django.db.models import F, Q, Subquery
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.models import Agency


class AnsweringAct(models.TextChoices):
    """What the time was taken for. Each is counted from the notice of the letter."""

    CONFIRMATION = "confirm", gettext_lazy("Confirmation")
    ANSWER = "answer", gettext_lazy("Answer")


class AnsweringTimeRun(models.Model):
    """One reckoning of all units, as of the moment at which it began. A run that was stopped goes on after `after`."""

    at = models.DateTimeField(gettext_lazy("as of"))
    first_day = models.DateField(gettext_lazy("first day"))
    last_day = models.DateField(gettext_lazy("last day"))
    after = models.BigIntegerField(default=0, editable=False)
    """Id of the last unit that was reckoned; they are taken in the order of their ids."""
    finished_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = gettext_lazy("reckoning of answering times")
        verbose_name_plural = gettext_lazy("reckonings of answering times")
        constraints = [
            models.UniqueConstraint(
                fields=["last_day"],
                condition=Q(finished_at__isnull=True),
                name="one_unfinished_reckoning_a_day",
            )
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M}"


class AnsweringTimeQuerySet(models.QuerySet["AnsweringTime"]):
    """Sets of figures."""

    def of_last_run(self) -> Self:
        """Those of the last finished run. Pages show them, whatever the next run has done so far."""
        finished = AnsweringTimeRun.objects.filter(finished_at__isnull=False).order_by("-pk")
        return self.filter(run=Subquery(finished.values("pk")[:1])).select_related("run")


class AnsweringTime(models.Model):
    """The figure of one unit for one act, in minutes of working time. No row for less than five answered letters."""

    run = models.ForeignKey(AnsweringTimeRun, models.CASCADE, db_index=False, related_name="times")
    unit = models.ForeignKey(Agency, models.PROTECT, db_index=False, related_name="+")
    act = models.CharField(max_length=7, choices=AnsweringAct)
    letters = models.PositiveIntegerField()
    """Letters behind the figure: answered ones, and those that still wait and do so longer than is usual."""
    waiting = models.PositiveIntegerField()
    """Those of them that still wait; they count with the time so far."""
    answered_median = models.PositiveIntegerField()
    """Median of the answered ones alone: a letter that still waits counts once it waits longer."""
    median = models.PositiveIntegerField()
    ninetieth = models.PositiveIntegerField()
    """Within so many minutes nine of ten letters were answered."""
    kind_median = models.PositiveIntegerField(null=True)
    """Median of the units of its kind; None if they are too few to hide what each of them takes."""
    drawn = models.PositiveIntegerField(default=0)
    """The median drawn towards that of its kind, the more so the fewer letters are behind it. For ranking only."""

    objects = AnsweringTimeQuerySet.as_manager()

    class Meta:
        verbose_name = gettext_lazy("answering time")
        verbose_name_plural = gettext_lazy("answering times")
        constraints = [
            models.UniqueConstraint(fields=["run", "unit", "act"], name="one_answering_time_a_unit_and_act"),
            models.CheckConstraint(
                condition=Q(letters__gte=F("waiting") + 5), name="answering_time_of_five_answered_letters"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.act} {self.median}"

    @property
    def median_words(self) -> str:
        return working_time_words(self.median)

    @property
    def ninetieth_words(self) -> str:
        return working_time_words(self.ninetieth)

    @property
    def drawn_words(self) -> str:
        return working_time_words(self.drawn)

    @property
    def kind_median_words(self) -> str:
        """The median of its kind; empty if it isn't shown."""
        return "" if self.kind_median is None else working_time_words(self.kind_median)


def working_time_words(minutes: int) -> str:
    """Working time as shown: minutes below an hour, one decimal below ten hours, else whole hours."""
    if minutes < 60:
        return _("%(minutes)s working minutes") % {"minutes": minutes}
    hours = number_format(round(minutes / 60, 1 if minutes < 600 else 0), force_grouping=True)
    return _("%(hours)s working hours") % {"hours": hours.removesuffix(",0").removesuffix(".0")}

"""What recipients owe to the units that a manager looks after: confirmations and answers, kept apart.

A returned copy owes nothing: it waits for a decision of its sender, and is a list of its own.
"""

from collections.abc import Collection, Iterable
from datetime import date, datetime, time, timedelta

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agencies.calendar import WorkingCalendar, calendars_of, known_leave, moment_on
from agencies.models import Agency, User
from circulars.models import Circular, Purpose, Status
from circulars.models.circular import CircularQuerySet
from distribution.models import Delivery
from distribution.models.deliveries.conditions import (
    ACKNOWLEDGED,
    OUTSTANDING,
    OWING,
    UNANSWERED,
    any_of,
    in_force,
    inbox_rank,
)
from distribution.models.deliveries.delivery import DeliveryQuerySet
from distribution.queries.sending.decisions import open_requests
from distribution.queries.sending.returns import returned, undecided_return
from distribution.visibility import issuers_followed_by

WEEK = timedelta(days=7)
MOST_OF_ALL = timedelta(days=91)
LONG_OVERDUE = "long"
"""Value of the filter `due` for what is long overdue. It is part of what is overdue."""

LONG_OVERDUE_AFTER = 10
"""Working days after which an overdue copy is long overdue."""


class Owes(models.TextChoices):
    """What a row of the manager's list waits for."""

    CONFIRMATION = "confirm", _("Confirmation")
    ANSWER = "answer", _("Answer")
    EITHER = "either", _("Confirmation or answer")
    DECISION = "decision", _("Decision on the return")
    ASKED = "asked", _("Decision on a request")
    RETURNED = "returned", _("Nothing: returned")
    CONFIRMED = "confirmed", _("Nothing: confirmed in the last 7 days")
    ALL = "all", _("All copies of the chosen weeks")

    @property
    def is_owed(self) -> bool:
        """Whether recipients owe it, so that they can be reminded."""
        return self in (Owes.CONFIRMATION, Owes.ANSWER, Owes.EITHER)

    @property
    def heading(self) -> str:
        """The heading of the list of these rows."""
        return str(_HEADINGS[self])

    @property
    def counted(self) -> str:
        """What stands behind the number of rows."""
        return str(_COUNTED[self])


_HEADINGS = {
    Owes.CONFIRMATION: _("Outstanding"),
    Owes.ANSWER: _("Answers outstanding"),
    Owes.EITHER: _("Confirmations and answers outstanding"),
    Owes.DECISION: _("Returned copies to decide on"),
    Owes.ASKED: _("Requests to decide on"),
    Owes.RETURNED: _("Returned copies"),
    Owes.CONFIRMED: _("Confirmed in the last 7 days"),
    Owes.ALL: _("Copies of the chosen weeks"),
}
_COUNTED = {
    Owes.CONFIRMATION: _("confirmations are outstanding."),
    Owes.ANSWER: _("answers are outstanding."),
    Owes.EITHER: _("confirmations or answers are outstanding."),
    Owes.DECISION: _("returned copies wait for a decision."),
    Owes.ASKED: _("copies wait for a decision on a request."),
    Owes.RETURNED: _("copies are returned."),
    Owes.CONFIRMED: _("copies were confirmed."),
    Owes.ALL: _("copies are listed."),
}


class Timely(models.TextChoices):
    """Whether a copy was confirmed by its due time. One without a due time is in time."""

    IN_TIME = "in_time", _("Confirmed in time")
    LATE = "late", _("Confirmed late")


class Waited(models.TextChoices):
    """Working days since the letter was sent, in steps."""

    TWO = "2", _("0–2 working days")
    FIVE = "5", _("3–5 working days")
    TEN = "10", _("6–10 working days")
    MORE = "more", _("more than 10 working days")

    @property
    def short(self) -> str:
        """The step as the head of a column."""
        return {"2": "0–2", "5": "3–5", "10": "6–10", "more": "> 10"}[self.value]


class Due(models.TextChoices):
    """When a row is due."""

    OVERDUE = "overdue", _("Overdue")
    THIS_WEEK = "week", _("Due this week")
    LATER = "later", _("Due later")
    NONE = "none", _("Without a due time")


Sent = tuple[date | None, date | None]
"""First and last day of the dispatch of letters; None for an open end."""


def sent_letters(user: User, agency: Agency, sent: Sent = (None, None)) -> CircularQuerySet:
    """Letters of the unit and of all units below it that were sent on these days, as far as the user follows them."""
    return sent_by(issuers_followed_by(user, agency), sent)


def sent_by(issuers: Iterable[Agency], sent: Sent = (None, None)) -> CircularQuerySet:
    """Letters of these issuers that were sent on these days."""
    first, last = sent
    letters = Circular.objects.filter(status=Status.DISPATCHED, issuer__in=[each.pk for each in issuers])
    if first is not None:
        letters = letters.filter(dispatched_at__gte=moment_on(first, time.min))
    if last is not None and last < date.max:
        letters = letters.filter(dispatched_at__lt=moment_on(last + timedelta(days=1), time.min))
    return letters.order_by()


def owed_to(
    user: User, agency: Agency, what: Owes = Owes.EITHER, *, at: datetime, sent: Sent = (None, None)
) -> DeliveryQuerySet:
    """Direct copies that owe something to the letters of the unit and of all units below it, sent on these days.

    For all copies, the days are those of the last three months unless they are given.
    """
    return owed_of(sent_letters(user, agency, days_of(what, sent, at=at)), what, at=at)


def days_of(what: Owes, sent: Sent, *, at: datetime) -> Sent:
    """The days of the dispatch of letters that a list looks through: for all copies, three months unless given."""
    if what == Owes.ALL and sent[0] is None:
        return timezone.localdate(at) - MOST_OF_ALL, sent[1]
    return sent


def owed_of(letters: CircularQuerySet, what: Owes, *, at: datetime) -> DeliveryQuerySet:
    """Direct copies of these letters that owe something. One query, by which the letters are looked up first.

    With a join, PostgreSQL reads the deliveries of all issuers in the order of their age, for a ministry that has few
    as well.
    """
    if what == Owes.CONFIRMED:
        return confirmed_since(letters, at - WEEK).for_board()
    if what == Owes.ASKED:
        asked = Delivery.objects.direct().filter(pk__in=open_requests(), circular__in=letters)
        return asked.order_by().for_board()
    return copies_of(letters_owing(letters, what), what).for_board()


def letters_owing(letters: CircularQuerySet, what: Owes = Owes.EITHER) -> list[int]:
    """Ids of those of the letters of which a direct copy owes it."""
    return list(letters.filter(_conditions(what)[1]).values_list("pk", flat=True))


def copies_of(letters: Collection[int], what: Owes = Owes.EITHER) -> DeliveryQuerySet:
    """Direct copies of the letters with these ids that owe it, unordered."""
    return copies_of_any(what).filter(any_of(F("circular_id"), letters))


def copies_of_any(what: Owes = Owes.EITHER) -> DeliveryQuerySet:
    """Direct copies of any letter that owe it, unordered."""
    return Delivery.objects.direct().filter(_conditions(what)[0]).order_by()


def newest_owing(letters: CircularQuerySet, what: Owes) -> CircularQuerySet:
    """The letters of which a direct copy owes it, the newest first. Of what nobody owes, all the letters."""
    found = letters.filter(_conditions(what)[1]) if what.is_owed or what == Owes.DECISION else letters
    return found.order_by("-dispatched_at", "-pk")


def confirmed_since(letters: CircularQuerySet, moment: datetime) -> DeliveryQuerySet:
    """Direct copies of the letters confirmed after the moment, by the unit itself or on its behalf."""
    confirmed = Delivery.objects.direct().filter(ACKNOWLEDGED, acknowledged_at__gt=moment)
    return confirmed.filter(circular__in=letters)


def timely(when: Timely) -> Q:
    """Confirmed copies in time, or late."""
    late = Q(due_at__isnull=False, acknowledged_at__gt=F("due_at"))
    return ACKNOWLEDGED & (late if when == Timely.LATE else ~late)


def _conditions(what: Owes) -> tuple[Q, Q]:
    """The condition on deliveries, and that on letters with such deliveries."""
    direct = Delivery.objects.direct().order_by().filter(circular=OuterRef("pk"))
    confirm = Q(Exists(direct.filter(OUTSTANDING)))
    answer = Q(Exists(direct.filter(UNANSWERED)))
    match what:
        case Owes.CONFIRMATION:
            return OUTSTANDING, confirm
        case Owes.ANSWER:
            return UNANSWERED, answer
        case Owes.DECISION:
            return undecided_return(), Q(Exists(direct.filter(undecided_return())))
        case Owes.RETURNED:
            return returned(), Q(Exists(direct.filter(returned())))
        case Owes.ALL:
            return in_force(), Q()
        case _:
            return OWING, confirm | answer


def most_pressing_first(at: datetime) -> list[models.expressions.Combinable | str]:
    """Order: overdue, ACELE, with a due time, others; then Gereği before Bilgi, the earliest due, the oldest."""
    action_first = models.Case(
        models.When(purpose=Purpose.ACTION, then=0), default=1, output_field=models.SmallIntegerField()
    )
    return [inbox_rank(at), action_first, F("due_at").asc(nulls_last=True), "created_at", "pk"]


def end_of_week(at: datetime) -> datetime:
    """The end of the Sunday of that week, in Turkish time."""
    day = timezone.localdate(at)
    return moment_on(day + timedelta(days=7 - day.weekday()), time.min)


def due_when(due: Due, at: datetime) -> Q:
    """Deliveries due then. The four parts are disjoint and together all."""
    match due:
        case Due.OVERDUE:
            return Q(due_at__lt=at)
        case Due.THIS_WEEK:
            return Q(due_at__gte=at, due_at__lt=end_of_week(at))
        case Due.LATER:
            return Q(due_at__gte=end_of_week(at))
        case Due.NONE:
            return Q(due_at=None)


def long_overdue(at: datetime) -> Q:
    """Copies whose due time passed more than LONG_OVERDUE_AFTER working days ago.

    Days are counted by the calendar of the whole country, as for `waited_steps`.
    """
    return Q(due_at__lt=_first_moment(_calendar(at), at, LONG_OVERDUE_AFTER))


def waited_steps(at: datetime) -> dict[Waited, Q]:
    """The condition of each step. The four parts are disjoint and together all.

    Days are counted by the calendar of the whole country.
    """
    calendar = _calendar(at)
    two, five, ten = (_first_moment(calendar, at, days) for days in (2, 5, 10))
    return {
        Waited.TWO: Q(created_at__gte=two),
        Waited.FIVE: Q(created_at__gte=five, created_at__lt=two),
        Waited.TEN: Q(created_at__gte=ten, created_at__lt=five),
        Waited.MORE: Q(created_at__lt=ten),
    }


def _calendar(at: datetime) -> WorkingCalendar:
    """The whole country's calendar of the last 60 days. One query a request for declared leave."""
    today = timezone.localdate(at)
    return calendars_of(known_leave(today - timedelta(days=60), today, today), ())[None]


def _first_moment(calendar: WorkingCalendar, at: datetime, days: int) -> datetime:
    """The earliest moment after whose day at most so many working days have begun."""
    tomorrow = timezone.localdate(at) + timedelta(days=1)
    return moment_on(calendar.add_working_days(tomorrow, -days - 1), time.min)

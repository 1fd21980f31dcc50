"""The units to ring now, most pressing first, and the calls in the history of a recipient.

A copy about which somebody is to ring again later, or which was promised until a day, is put off until then. A unit
stands where its most pressing copy that isn't put off puts it; one whose copies are all put off stands at the end.
Of units that are equal in that, the one that usually takes longer comes first.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.db.models import (
    Case,
    Count,
    Exists,
    F,
    Max,
    Min,
    OuterRef,
    Q,
    SmallIntegerField,
    Value,
    When,
    Window,
)
from django.db.models.functions import Coalesce, RowNumber
from django.utils import timezone

from agencies.calendar import moment_on
from agencies.models import Agency, Membership, Role, User
from circulars.models import Purpose
from circulars.services.correct import revisions_before
from distribution.models import Call, Delivery, Notice, NoticeKind, NoticeState
from distribution.models.deliveries.conditions import LONG_TEXTS, answering, any_of, inbox_rank
from distribution.models.deliveries.delivery import DeliveryQuerySet
from distribution.models.notices.notice_kind import TELLS_THE_UNIT
from distribution.queries.sending.answering_times import UsualTimes, usual_times
from distribution.queries.sending.board import ids_where
from distribution.queries.sending.owed import (
    Due,
    copies_of,
    due_when,
    letters_owing,
    most_pressing_first,
    sent_letters,
)
from distribution.visibility import calls_about as calls_about_any
from distribution.visibility import calls_visible_to

NEVER = datetime.max.replace(tzinfo=UTC)
LETTERS_SHOWN = 5
"""Letters named in the row of a unit; the others are counted."""

PUT_OFF = 9
"""Rank of copies that are put off: after all ranks of `inbox_rank`."""

About = Call.deliveries.through
"""One row for each delivery that a call was about."""


@dataclass(frozen=True)
class Place:
    """A unit's place in the call list."""

    unit: int
    owed: int
    overdue: int
    opened: int
    """Those of the owed copies that were opened."""

    put_off_until: datetime | None
    """The moment from which its first copy is no longer put off, if all are."""


@dataclass(frozen=True)
class Tried:
    """The notices of what a unit owes: of the letters themselves, and reminders."""

    sent: int = 0
    failed: int = 0
    """Came back, or could not be sent."""

    reminders: int = 0
    last_reminder: datetime | None = None


@dataclass(frozen=True)
class UnitToRing:
    """A row of the call list: a unit, what it owes, and what was tried before."""

    place: Place
    unit: Agency
    letters: Sequence[Delivery]
    """The most pressing copies, at most LETTERS_SHOWN."""

    people: Sequence[Membership]
    tried: Tried
    last_call: Call | None
    calls: int
    following: int | None
    """Id of the unit after it in the whole list."""
    times: UsualTimes | None = None
    """How long it usually takes, if it has figures."""

    @property
    def further(self) -> int:
        """Copies that aren't among `letters`."""
        return self.place.owed - len(self.letters)


@dataclass(frozen=True)
class CallList:
    """What is owed to the letters of one unit and of all units below it, by the unit that answers."""

    owed: DeliveryQuerySet
    places: Sequence[Place]
    """In the order of the list."""
    times: Mapping[int, UsualTimes]
    """How long its units usually take."""

    def index_of(self, unit: int | None) -> int | None:
        """Index of the unit's place, if it is in the list."""
        return next((index for index, place in enumerate(self.places) if place.unit == unit), None)

    def after(self, index: int) -> int | None:
        """Id of the unit after the one at this place; None after the last one."""
        return self.places[index + 1].unit if index + 1 < len(self.places) else None


def call_list(user: User, agency: Agency, at: datetime) -> CallList:
    """The units to ring for the letters of the unit that the user sends or manages. Four queries and that of rights.

    The letters are looked up first, as in `owed_of`.
    """
    letters = letters_owing(sent_letters(user, agency))
    owed = copies_of(letters)
    later = _put_off(letters, at)
    waits = any_of(F("pk"), later)
    rank = Case(When(waits, then=Value(PUT_OFF)), default=inbox_rank(at), output_field=SmallIntegerField())
    action = Case(When(purpose=Purpose.ACTION, then=0), default=1, output_field=SmallIntegerField())
    by_unit = owed.values_list(answering()).annotate(
        owed=Count("pk"),
        overdue=Count("pk", filter=due_when(Due.OVERDUE, at)),
        opened=Count("pk", filter=Q(opened_at__isnull=False)),
        put_off=ids_where(waits),
        rank=Min(rank),
        due=Min("due_at", filter=~waits),
        action=Min(action, filter=~waits),
        oldest=Min("created_at"),
    )
    counted = list(by_unit)
    times = usual_times([unit for unit, *_numbers in counted])
    rows: list[tuple[tuple[Any, ...], Place]] = []
    for unit, owing, overdue, opened, put_off, rank_of, due, first_purpose, oldest in counted:
        moment = min(later[pk] for pk in put_off) if rank_of == PUT_OFF else None
        key = (
            rank_of, moment or due or NEVER, first_purpose or 0, -_usual_minutes(times.get(unit)), -owing, oldest, unit
        )  # fmt: skip
        rows.append((key, Place(unit, owing, overdue, opened, moment)))
    return CallList(owed, [place for _key, place in sorted(rows, key=lambda row: row[0])], times)


def _usual_minutes(times: UsualTimes | None) -> int:
    """By what a unit is ranked among its equals: the figure drawn towards its kind; 0 if it has none."""
    figure = times.any if times is not None else None
    return figure.drawn if figure is not None else 0


def _put_off(letters: Collection[int], at: datetime) -> dict[int, datetime]:
    """Direct copies of these letters that their latest call has put off, with the moment until which."""
    newer = About.objects.filter(delivery=OuterRef("delivery"), call__gt=OuterRef("call"))
    later = Q(call__ring_again_at__gt=at) | Q(
        call__ring_again_at=None, call__promised_for__gte=timezone.localdate(at)
    )
    found = About.objects.filter(later, any_of(F("delivery__circular_id"), letters)).exclude(Exists(newer))
    moments = found.values_list("delivery_id", "call__ring_again_at", "call__promised_for").order_by()
    return {pk: again or _end_of(promised) for pk, again, promised in moments}


def _end_of(promised: date | None) -> datetime:
    assert promised is not None
    return moment_on(promised + timedelta(days=1), time.min)


def rows_of(listed: CallList, places: Sequence[Place], at: datetime) -> list[UnitToRing]:
    """The rows of some places that follow each other. Seven queries, for any number of places."""
    units = [place.unit for place in places]
    owed = listed.owed.filter(any_of(answering(), units))
    copies = list(owed.values_list("pk", flat=True))
    agencies = Agency.objects.select_related("province").in_bulk(units)
    letters = _letters(owed, at)
    people = _people(units, at)
    tried = _tried(copies)
    calls = _calls(owed, copies)
    first = listed.index_of(units[0]) if units else None
    rows = []
    for index, place in enumerate(places, start=first or 0):
        made = calls.get(place.unit, [])
        rows.append(
            UnitToRing(
                place,
                agencies[place.unit],
                letters.get(place.unit, []),
                people.get(place.unit, []),
                tried.get(place.unit, Tried()),
                made[-1] if made else None,
                len(made),
                listed.after(index),
                listed.times.get(place.unit),
            )
        )
    return rows


def _letters(owed: DeliveryQuerySet, at: datetime) -> dict[int, list[Delivery]]:
    place = Window(RowNumber(), partition_by=answering(), order_by=_first_of_unit(at))
    first = owed.annotate(place=place).filter(place__lte=LETTERS_SHOWN)
    rows = first.select_related("circular", "agency", "successor").defer(*LONG_TEXTS).order_by("place")
    found: dict[int, list[Delivery]] = {}
    for each in rows:
        found.setdefault(each.answering_unit.pk, []).append(each)
    return found


def _first_of_unit(at: datetime) -> list[Any]:
    return [F(each) if isinstance(each, str) else each for each in most_pressing_first(at)]


def _people(units: Collection[int], at: datetime) -> dict[int, list[Membership]]:
    """Those who receive for the units in person, as the units' pages name them."""
    members = Membership.objects.active(timezone.localdate(at)).filter(
        agency__in=units, role=Role.RECIPIENT, user__is_active=True
    )
    found: dict[int, list[Membership]] = {}
    for each in members.select_related("user").order_by("user__last_name", "user__first_name", "pk"):
        found.setdefault(each.agency_id, []).append(each)
    return found


def _tried(copies: Collection[int]) -> dict[int, Tried]:
    """By answering unit, the notices of these copies."""
    sent = Q(state=NoticeState.SENT)
    reminder = Q(kind=NoticeKind.REMINDER) & sent
    counted = (
        Notice.objects.filter(any_of(F("delivery_id"), copies), kind__in=TELLS_THE_UNIT)
        .order_by()
        .values_list(answering("delivery__"))
        .annotate(
            letters=Count("pk", filter=sent & ~Q(kind=NoticeKind.REMINDER)),
            failed=Count("pk", filter=Q(state=NoticeState.FAILED)),
            reminders=Count("pk", filter=reminder),
            # What left in a digest has its moment from there.
            last=Max(Coalesce("sent_at", "bundle__sent_at"), filter=reminder),
        )
    )
    return {unit: Tried(*numbers) for unit, *numbers in counted}


def _calls(owed: DeliveryQuerySet, copies: Collection[int]) -> dict[int, list[Call]]:
    """By the unit that answers now, the calls about these copies, oldest first. `copies` are the ids of `owed`."""
    about = About.objects.filter(any_of(F("delivery_id"), copies)).order_by()
    units: dict[int, set[int]] = {}
    for call, unit in about.values_list("call_id", answering("delivery__")):
        units.setdefault(call, set()).add(unit)
    found: dict[int, list[Call]] = {}
    for call in calls_about_any(owed).filter(pk__in=list(units)).select_related("made_by", "unit"):
        for unit in units[call.pk]:
            found.setdefault(unit, []).append(call)
    return found


@dataclass(frozen=True)
class ShownCall:
    """One call in a history. `revision` is the number of the earlier revision that it was about."""

    at: datetime
    call: Call
    revision: int | None


def calls_about(delivery: Delivery, user: User) -> list[ShownCall]:
    """The calls about this recipient's copy and its copies of earlier revisions, oldest first."""
    letters = [delivery.circular, *revisions_before(delivery.circular)]
    numbers = {each.pk: each.revision_number for each in letters}
    about = About.objects.filter(
        delivery__agency=delivery.agency_id, delivery__parent=None, delivery__circular__in=list(numbers)
    )
    revisions = dict(about.order_by("call").values_list("call_id", "delivery__circular_id"))
    calls = (
        calls_visible_to(user).filter(pk__in=list(revisions)).select_related("made_by", "made_for", "unit")
    )
    return [
        ShownCall(
            call.made_at,
            call,
            numbers[revisions[call.pk]] if revisions[call.pk] != delivery.circular_id else None,
        )
        for call in calls
    ]

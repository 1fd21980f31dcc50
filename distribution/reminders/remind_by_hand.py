"""Manual reminders: a user selects deliveries, sees a preview of who would be reminded and why, and confirms it.

1. for each selected delivery: whether its unit is reminded, by which channel, when and why; or why it is
   skipped
2. on confirmation, lock the deliveries, check them again, and skip those that have changed
3. write one message per unit and moment; several letters for one unit are combined in a digest
"""

import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime, time
from functools import cached_property

from django.db import models, transaction
from django.db.models import Prefetch, Q, QuerySet
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _

from agencies.calendar import calendars_for
from agencies.models import Agency, User
from agencies.models.contact_details.channel import channel_label
from circulars.models import Circular, Urgency
from distribution.models import ChangeKind, CircularChange, Delivery, Notice, NoticeKind, NoticeState
from distribution.models.deliveries.conditions import LONG_TEXTS_OF_LETTER, OLDEST_FIRST
from distribution.models.notices.notice import PENDING
from distribution.models.notices.notice_details import DigestDetails, EndsWith, NoticeDetails, ReminderDetails
from distribution.models.notices.notice_kind import stored_details
from distribution.outbox.digest import bundle_at_once
from distribution.outbox.write import message_id, post, reads, to_person
from distribution.queries.paging import at_least, bounded_count
from distribution.queries.receiving.assignments import assignees_of

MOST = 1000
"""Maximum number of deliveries in one plan; those that have waited longest come first."""

MOST_COUNTED = 10 * MOST


class WhyNotReminded(models.TextChoices):
    """Why a unit isn't reminded."""

    ANSWERED = "answered", _("has confirmed or answered it")
    ENDED = "ended", _("the copy was returned, withdrawn or covered by another one")
    WITHDRAWN = "withdrawn", _("the letter is withdrawn")
    REPLACED = "replaced", _("the letter is replaced by another one")
    PAUSED = "paused", _("the sending of the letter is paused")
    WAITS = "waits", _("a reminder is on its way or waits for its moment")
    TODAY = "today", _("was reminded of it today already")
    NO_CHANNEL = "no_channel", _("has no address by which it could be reminded")


@dataclass(frozen=True)
class Reminded:
    """One delivery whose unit is reminded."""

    delivery: Delivery
    unit: Agency
    channel: str
    address: str
    leaves_at: datetime
    days: int
    """Calendar days since the dispatch, or since the confirmation if only the answer is missing."""

    overdue: bool

    @property
    def is_unanswered(self) -> bool:
        return self.delivery.is_unanswered


@dataclass(frozen=True)
class SkippedDelivery:
    """One delivery whose unit isn't reminded, with the reason."""

    delivery: Delivery
    why: WhyNotReminded


@dataclass(frozen=True)
class Message:
    """One message to a unit at one moment."""

    unit: Agency
    channel: str
    address: str
    leaves_at: datetime
    letters: list[Reminded]

    @property
    def channel_label(self) -> str:
        return channel_label(self.channel)


@dataclass
class ManualReminderPlan:
    """Deliveries to remind and to skip: at most MOST together, of `found` selected ones.

    `found` is counted up to MOST_COUNTED.
    """

    at: datetime
    found: int
    reminded: list[Reminded] = field(default_factory=list)
    skipped: list[SkippedDelivery] = field(default_factory=list)

    @property
    def looked_at(self) -> int:
        return len(self.reminded) + len(self.skipped)

    @property
    def found_in_words(self) -> str:
        return at_least(self.found) if self.found == MOST_COUNTED else number_format(self.found)

    @cached_property
    def messages(self) -> list[Message]:
        """One message for each unit, address and moment, in protocol order.

        A unit has several addresses if senders have set different ones for their letters.
        """
        groups: dict[tuple[int, str, str, datetime], list[Reminded]] = {}
        for each in self.reminded:
            groups.setdefault((each.unit.pk, each.channel, each.address, each.leaves_at), []).append(each)
        found = [
            Message(same[0].unit, same[0].channel, same[0].address, same[0].leaves_at, same)
            for same in groups.values()
        ]
        return sorted(found, key=lambda each: (each.unit.protocol_order, each.unit.sort_key, each.leaves_at))

    @property
    def leaving_now(self) -> int:
        """Number of messages sent at once; the others wait for working time."""
        return sum(message.leaves_at <= self.at for message in self.messages)

    @property
    def skipped_by_reason(self) -> list[tuple[WhyNotReminded, list[SkippedDelivery]]]:
        reasons = [(why, [each for each in self.skipped if each.why == why]) for why in WhyNotReminded]
        return [(why, same) for why, same in reasons if same]


def plan_manual_reminders(*, deliveries: QuerySet[Delivery], at: datetime) -> ManualReminderPlan:
    """Plan reminders for the selected deliveries, longest waiting first. Six queries for any number of them."""
    rows = list(_with_letters(deliveries).order_by(*OLDEST_FIRST, "pk")[:MOST])
    found = len(rows) if len(rows) < MOST else bounded_count(deliveries, MOST_COUNTED)
    return _look(rows, at=at, found=found)


@transaction.atomic
def remind_by_hand(*, deliveries: QuerySet[Delivery], by: User, at: datetime) -> ManualReminderPlan:
    """Send manual reminders for the selected deliveries, at most MOST. A second call reminds nobody again.

    Deliveries that were answered, paused or reminded since the preview are skipped, as the returned plan
    reports. The event is written after the message was sent.
    """
    ids = list(deliveries.order_by("created_at", "pk").values_list("pk", flat=True)[:MOST])
    rows = list(
        _with_letters(Delivery.objects.filter(pk__in=ids))
        .select_for_update(of=("self",), no_key=True)
        .order_by("pk")
    )
    plan = _look(rows, at=at, found=len(rows))
    together = {
        (message.unit.pk, message.leaves_at): _notice(message, NoticeKind.DIGEST, by)
        for message in plan.messages
        if len(message.letters) > 1
    }
    post(together.values())
    reminders: list[Notice] = []
    for message in plan.messages:
        digest = together.get((message.unit.pk, message.leaves_at))
        for letter in message.letters:
            reminder = _notice(message, NoticeKind.REMINDER, by, letter)
            if digest is not None:
                reminder.bundle, reminder.state = digest, NoticeState.BUNDLED
            reminders.append(reminder)
    post(reminders)
    _remind_assignees(plan, by=by, at=at)
    counts: dict[int, int] = {}
    for each in plan.reminded:
        counts[each.delivery.circular_id] = counts.get(each.delivery.circular_id, 0) + 1
    CircularChange.objects.bulk_create(
        CircularChange(
            circular_id=circular,
            kind=ChangeKind.REMINDED_BY_HAND,
            at=at,
            by=by,
            data={"name": str(by), "count": count},
        )
        for circular, count in counts.items()
    )
    return plan


def _remind_assignees(plan: ManualReminderPlan, *, by: User, at: datetime) -> None:
    """The people to whom the units have assigned these letters are reminded too, each by one message.

    Whoever reads the unit's own mailbox is reminded there.
    """
    assignees = assignees_of([each.delivery for each in plan.reminded], on=timezone.localdate(at))
    written = post(
        to_person(
            assignees[each.delivery.pk],
            delivery=each.delivery,
            kind=NoticeKind.ASSIGNED_REMINDER,
            at=each.leaves_at,
            details=_details(each, by),
        )
        for each in plan.reminded
        if each.delivery.pk in assignees
        and not reads(assignees[each.delivery.pk], channel=each.channel, address=each.address)
    )
    bundle_at_once(notices=written, at=at)


def _details(letter: Reminded, by: User) -> ReminderDetails:
    ends_with = EndsWith.ANSWER if letter.is_unanswered else EndsWith.ACKNOWLEDGEMENT
    return ReminderDetails(by_hand=True, by=str(by), ends_with=ends_with)


def _notice(message: Message, kind: NoticeKind, by: User, letter: Reminded | None = None) -> Notice:
    details: NoticeDetails = DigestDetails(by_hand=True, by=str(by))
    if letter is not None:
        details = _details(letter, by)
    return Notice(
        kind=kind,
        delivery=letter.delivery if letter else None,
        agency=message.unit,
        channel=message.channel,
        address=message.address,
        message_id=message_id(uuid.uuid4()),
        next_attempt_at=message.leaves_at,
        data=stored_details(kind, details),
    )


def _with_letters(deliveries: QuerySet[Delivery]) -> QuerySet[Delivery]:
    """With letters and units; each is read and built once, however many of the deliveries are of it."""
    letters = Circular.objects.select_related("superseded_by").defer(*LONG_TEXTS_OF_LETTER)
    return deliveries.select_related(None).prefetch_related(
        Prefetch("circular", letters), "agency", "successor"
    )


def _look(rows: Collection[Delivery], *, at: datetime, found: int) -> ManualReminderPlan:
    plan = ManualReminderPlan(at=at, found=found)
    today = timezone.localdate(at)
    reminders = _reminders(rows, at)
    calendars = calendars_for((row.answering_unit.province_id for row in rows), today)
    for row in rows:
        unit, circular = row.answering_unit, row.circular
        why = _why_not(row, circular) or reminders.get(row.pk)
        channels = unit.open_channels(letter=row.circular_id)
        if why is None and not channels:
            why = WhyNotReminded.NO_CHANNEL
        if why is not None:
            plan.skipped.append(SkippedDelivery(row, why))
            continue
        urgent = circular.urgency == Urgency.URGENT
        calendar = calendars[unit.province_id]
        since = row.acknowledged_at or row.created_at
        plan.reminded.append(
            Reminded(
                delivery=row,
                unit=unit,
                channel=channels[0].channel,
                address=channels[0].address,
                leaves_at=at if urgent else calendar.next_working_moment(at),
                days=(today - timezone.localdate(since)).days,
                overdue=row.due_at is not None and row.due_at < at,
            )
        )
    return plan


def _why_not(delivery: Delivery, circular: Circular) -> WhyNotReminded | None:
    if circular.is_withdrawn:
        return WhyNotReminded.WITHDRAWN
    if circular.is_replaced:
        return WhyNotReminded.REPLACED
    if not delivery.is_live:
        return WhyNotReminded.ENDED
    if not delivery.is_owing:
        return WhyNotReminded.ANSWERED
    return WhyNotReminded.PAUSED if circular.paused_at is not None else None


def _reminders(rows: Iterable[Delivery], at: datetime) -> dict[int, WhyNotReminded]:
    """Deliveries reminded today, and those with a pending reminder."""
    midnight = timezone.make_aware(datetime.combine(timezone.localdate(at), time.min))
    today = Q(state=NoticeState.SENT) & (Q(sent_at__gte=midnight) | Q(recorded_at__gte=midnight))
    written = Notice.objects.filter(
        today | Q(state__in=PENDING), kind=NoticeKind.REMINDER, delivery__in=[row.pk for row in rows]
    )
    return {
        delivery: WhyNotReminded.TODAY if state == NoticeState.SENT else WhyNotReminded.WAITS
        for delivery, state in written.order_by("pk").values_list("delivery_id", "state")
        if delivery is not None
    }

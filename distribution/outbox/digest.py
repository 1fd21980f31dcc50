"""The morning digest: everything that isn't urgent reaches a unit or a person in one mail each working morning.

1. from the working morning on, find the units and people for whom something is held
2. skip those who are off work now, and those who had their digest today
3. bundle what was held until this morning; what came later waits for the next one
4. just before it leaves, take out what has lost its cause, and what the sender paused
"""

import uuid
from collections.abc import Collection
from datetime import date, datetime
from functools import partial

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from agencies.calendar import WorkingCalendar, calendars_for
from agencies.models.channel import Channel, ChannelAddress
from distribution.models import Delivery, LinkCode, Notice, NoticeKind, NoticeState
from distribution.models.notice import NoticeQuerySet
from distribution.models.notice_kind import (
    NEVER_PAUSED,
    CodeDetails,
    EndsWith,
    OwedDetails,
)
from distribution.outbox.record import cancel, give_up
from distribution.outbox.wake_up import wake_workers
from distribution.outbox.write import message_id

BATCH_SIZE = 200
"""Units and people whose digests are written in one transaction."""

Key = tuple[int | None, int | None]
"""A unit, or a person."""


def form_digests(*, at: datetime) -> int:
    """Bundle what is held for whoever is at work now. Returns how many digests were formed."""
    day = timezone.localtime(at).date()
    morning = WorkingCalendar().morning_of(day)
    if at < morning:
        return 0
    held = _held(morning)
    waiting = held.order_by().values_list("agency_id", "person_id", "agency__province_id").distinct()
    provinces: dict[Key, str | None] = {(unit, person): province for unit, person, province in waiting}
    calendars = calendars_for(provinces.values(), day, day)
    had = set(
        Notice.objects.filter(digest_on=day, replaces=None)
        .filter(_of(list(provinces)))
        .values_list("agency_id", "person_id")
    )
    due = [
        key for key, province in provinces.items() if key not in had and calendars[province].is_working(at)
    ]
    return sum(
        _form_batch(due[begin : begin + BATCH_SIZE], day, morning, at)
        for begin in range(0, len(due), BATCH_SIZE)
    )


def _held(until: datetime) -> NoticeQuerySet:
    goes_on = Q(delivery__circular__paused_at=None) | Q(kind__in=NEVER_PAUSED)
    return Notice.objects.filter(goes_on, state=NoticeState.HELD, next_attempt_at__lte=until)


def _of(keys: Collection[Key]) -> Q:
    """Notices for these units and people."""
    units = Q(agency_id__in=[unit for unit, person in keys if person is None], person=None)
    return units | Q(person_id__in=[person for _unit, person in keys if person is not None])


def _form_batch(keys: Collection[Key], day: date, morning: datetime, at: datetime) -> int:
    """The digests of these units and people, all or none: another worker may have been quicker."""
    try:
        with transaction.atomic():
            members: dict[Key, list[Notice]] = {}
            for notice in (
                _held(morning)
                .filter(_of(keys))
                .select_for_update(of=("self",), skip_locked=True)
                .select_related("agency", "person")
                .order_by("pk")
            ):
                members.setdefault((notice.agency_id, notice.person_id), []).append(notice)
            return _bundle(members.values(), at=at, day=day)
    except IntegrityError:
        return 0


@transaction.atomic
def bundle_at_once(*, notices: Collection[Notice], at: datetime) -> int:
    """Let what leaves now for one unit or person leave in one mail. Returns how many digests that makes."""
    groups: dict[Key, list[Notice]] = {}
    for notice in notices:
        if notice.state == NoticeState.WAITING:
            groups.setdefault((notice.agency_id, notice.person_id), []).append(notice)
    return _bundle([members for members in groups.values() if len(members) > 1], at=at)


def _bundle(groups: Collection[list[Notice]], *, at: datetime, day: date | None = None) -> int:
    """One digest of each group, of a day or at once; what no channel leads to has failed. A few queries for all."""
    digests: list[Notice] = []
    stranded: list[Notice] = []
    bundled: list[Notice] = []
    for members in groups:
        digest = _digest_for(members[0], at=at, day=day)
        if digest is None:
            stranded += members
            continue
        digests.append(digest)
        for member in members:
            member.bundle, member.state = digest, NoticeState.BUNDLED
        bundled += members
    Notice.objects.bulk_create(digests)
    Notice.objects.bulk_update(bundled, ["bundle", "state"], batch_size=500)
    for notice in stranded:
        give_up(notice=notice, reason="There is no address any more.", at=at)
    if digests:
        transaction.on_commit(partial(wake_workers, len(digests)))
    return len(digests)


def _digest_for(member: Notice, *, at: datetime, day: date | None) -> Notice | None:
    """An unsaved digest to the unit or person of the notice."""
    unit, person = member.agency, member.person
    if unit is not None:
        reached = next(iter(unit.open_channels()), None)
    else:
        reached = ChannelAddress(Channel.EMAIL, person.email) if person and person.email else None
    if reached is None:
        return None
    return Notice(
        kind=NoticeKind.DIGEST,
        agency=unit,
        person=person,
        digest_on=day,
        channel=reached.channel,
        address=reached.address,
        message_id=message_id(uuid.uuid4()),
        next_attempt_at=at,
    )


def is_wanted(notice: Notice) -> bool:
    """Whether there still is a cause for it, looked up now: an answer between planning and sending stops a reminder,
    and so does more time.

    A digest loses the members that have none, and gives back those whose sending the sender paused.
    """
    if notice.kind == NoticeKind.DIGEST:
        return _settle(notice)
    delivery = notice.delivery
    if delivery is None:
        return True
    details = notice.details
    if isinstance(details, OwedDetails):
        current = Delivery.objects.filter(pk=delivery.pk)
        if details.due_at is not None:
            current = current.exclude(due_at__gt=details.due_at)
        only_confirming = details.ends_with == EndsWith.ACKNOWLEDGEMENT
        return (current.outstanding() if only_confirming else current.owing()).exists()
    if notice.kind == NoticeKind.LETTER:
        confirmed_meanwhile = notice.replaces_id is not None and delivery.acknowledged_at is not None
        return delivery.is_live and not confirmed_meanwhile
    if isinstance(details, CodeDetails):
        return LinkCode.objects.get(pk=details.code).is_open(timezone.now())
    return True


def _settle(digest: Notice) -> bool:
    """Leave in the digest only what shall leave with it. False if that is nothing."""
    left = False
    members = digest.members.exclude(state=NoticeState.CANCELLED).select_related("delivery__circular")
    for member in members:
        assert member.delivery is not None
        came_to_nothing = member.kind == NoticeKind.LETTER and not member.delivery.is_outstanding
        if came_to_nothing or not is_wanted(member):
            cancel(notice=member)
        elif member.delivery.circular.paused_at is not None and member.kind not in NEVER_PAUSED:
            later = NoticeState.HELD if digest.digest_on else NoticeState.PAUSED
            Notice.objects.filter(pk=member.pk).update(state=later, bundle=None)
        else:
            left = True
    return left

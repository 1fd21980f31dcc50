"""The morning digest: one mail per unit or user each working morning, with everything that isn't urgent.

1. from the start of the working day, find the units and users with held notices
2. skip those who are off work now and those who have had their digest today
3. bundle the notices held until this morning; later ones wait for the next digest
4. before sending, remove members that are no longer needed or whose letter is paused
"""

import uuid
from collections.abc import Collection
from datetime import date, datetime
from functools import partial

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from agencies.calendar import WorkingCalendar, calendars_for
from agencies.models import Agency, ContactCorrection
from agencies.models.contact_details.channel import Channel, ChannelAddress
from circulars.models import Status
from distribution.models import (
    ChannelStatus,
    Delivery,
    LinkCode,
    Notice,
    NoticeKind,
    NoticeState,
    ScheduledDispatch,
)
from distribution.models.notices.notice import NoticeQuerySet
from distribution.models.notices.notice_details import (
    AddressDetails,
    ChannelAwayDetails,
    CodeDetails,
    ContactCodeDetails,
    EndsWith,
    NotDispatchedDetails,
    OwedDetails,
)
from distribution.models.notices.notice_kind import NEVER_PAUSED, WITHIN_THE_UNIT
from distribution.outbox.managers import is_wanted_by_manager
from distribution.outbox.record import cancel, give_up
from distribution.outbox.wake_up import wake_workers
from distribution.outbox.write import message_id
from distribution.queries.receiving.assignments import assignees_of

BATCH_SIZE = 200
"""Number of units and users whose digests are written in one transaction."""

Key = tuple[int | None, int | None]
"""Ids of a unit and of a user, one of them None."""


def form_digests(*, at: datetime) -> int:
    """Bundle the held notices of units and users at work now. Returns the number of digests formed."""
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
    """Notices for these units and users."""
    units = Q(agency_id__in=[unit for unit, person in keys if person is None], person=None)
    return units | Q(person_id__in=[person for _unit, person in keys if person is not None])


def _form_batch(keys: Collection[Key], day: date, morning: datetime, at: datetime) -> int:
    """Write the digests of these units and users, all or none. Returns 0 if another worker has written one of them.

    Waits for locked notices: a digest formed without one would leave it to the next working morning.
    """
    try:
        with transaction.atomic():
            members: dict[Key, list[Notice]] = {}
            for notice in (
                _held(morning)
                .filter(_of(keys))
                .select_for_update(of=("self",))
                .select_related("agency", "person")
                .order_by("pk")
            ):
                members.setdefault((notice.agency_id, notice.person_id), []).append(notice)
            return _bundle(members.values(), at=at, day=day)
    except IntegrityError:
        return 0


@transaction.atomic
def bundle_at_once(*, notices: Collection[Notice], at: datetime) -> int:
    """Bundle waiting notices for the same unit or user in one mail. Returns the number of digests formed."""
    groups: dict[Key, list[Notice]] = {}
    for notice in notices:
        if notice.state == NoticeState.WAITING:
            groups.setdefault((notice.agency_id, notice.person_id), []).append(notice)
    return _bundle([members for members in groups.values() if len(members) > 1], at=at)


def _bundle(groups: Collection[list[Notice]], *, at: datetime, day: date | None = None) -> int:
    """Write one digest per group, for the day or at once. Members without any open channel fail. Constant queries."""
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
    """An unsaved digest to the unit or user of the notice; None without an address."""
    unit, person = member.agency, member.person
    if unit is not None:
        reached = next(iter(unit.open_channels()), None)
    else:
        reached = (
            ChannelAddress(Channel.EMAIL, person.mail_address) if person and person.mail_address else None
        )
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
    """Whether the notice is still needed, checked right before sending.

    An answer or a later due time cancels a reminder; a return is told only while it stands. Members that are no
    longer needed are removed from a digest; those of paused letters leave it and wait.
    """
    if notice.kind == NoticeKind.DIGEST:
        return _settle(notice)
    if isinstance(notice.details, NotDispatchedDetails):
        return _is_draft_still(notice.details)
    if isinstance(notice.details, ChannelAwayDetails):
        away = ChannelStatus.objects.filter(channel=notice.details.channel)
        return away.filter(suspended_at=notice.details.suspended_at).exists()
    if isinstance(notice.details, ContactCodeDetails):
        correction = ContactCorrection.objects.get(pk=notice.details.correction)
        return correction.code_is_open(timezone.now())
    if (wanted := is_wanted_by_manager(notice)) is not None:
        return wanted
    delivery = notice.delivery
    if delivery is None:
        return True
    if isinstance(notice.details, AddressDetails):
        unit = Agency.objects.get(pk=notice.details.unit)
        return notice.details.address in [each.address for each in unit.undeliverable_addresses]
    if delivery.withdrawn_at is not None and notice.kind != NoticeKind.WITHDRAWN:
        return False
    if delivery.superseded_at is not None and notice.kind not in NEVER_PAUSED:
        return False
    if notice.kind in WITHIN_THE_UNIT:
        assignee = assignees_of([delivery], on=timezone.localdate()).get(delivery.pk)
        if not delivery.is_live or assignee is None or assignee.pk != notice.person_id:
            return False
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
    if notice.kind == NoticeKind.SENT_AGAIN:
        return delivery.is_live
    if notice.kind == NoticeKind.RETURNED:
        return delivery.returned_at is not None
    if notice.kind == NoticeKind.TAKEN_BACK:
        return delivery.returned_at is None
    if notice.kind == NoticeKind.ON_BEHALF:
        return delivery.is_live and delivery.is_on_behalf
    if isinstance(details, CodeDetails):
        return LinkCode.objects.get(pk=details.code).is_open(timezone.now())
    return True


def _is_draft_still(details: NotDispatchedDetails) -> bool:
    failed = ScheduledDispatch.objects.filter(pk=details.circular, failed_at=details.failed_at)
    return failed.filter(circular__status=Status.DRAFT).exists()


def _settle(digest: Notice) -> bool:
    """Keep only the members that are still to be sent. Returns False if there are none."""
    left = False
    members = digest.members.exclude(state=NoticeState.CANCELLED).select_related("delivery__circular")
    for member in members:
        assert member.delivery is not None
        unneeded = member.kind == NoticeKind.LETTER and not member.delivery.is_outstanding
        if unneeded or not is_wanted(member):
            cancel(notice=member)
        elif member.delivery.circular.paused_at is not None and member.kind not in NEVER_PAUSED:
            later = NoticeState.HELD if digest.digest_on else NoticeState.PAUSED
            Notice.objects.filter(pk=member.pk).update(state=later, bundle=None)
        else:
            left = True
    return left

"""A person of the recipient unit opens the letter or takes one of its files: both are recorded."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from agencies.access import deputy_of
from agencies.models import Agency, Membership, Role, User
from distribution.event_log import append_event
from distribution.models import Delivery, EventKind


@transaction.atomic
def record_opened(*, delivery: Delivery, by: User, at: datetime) -> Delivery:
    """Record that the person opened the letter: once per person. The first one sets the rung."""
    return _record_once(delivery, EventKind.OPENED, by, at, {"name": str(by)})


@transaction.atomic
def record_downloaded(*, delivery: Delivery, file_name: str, sha256: str, by: User, at: datetime) -> Delivery:
    """Record that the person took this file: once per person and content."""
    data = {"name": str(by), "file": file_name, "sha256": sha256}
    return _record_once(delivery, EventKind.DOWNLOADED, by, at, data)


def _record_once(
    delivery: Delivery, kind: EventKind, by: User, at: datetime, data: dict[str, str]
) -> Delivery:
    locked = (
        Delivery.objects.select_for_update(of=("self",))
        .select_related("circular", "agency", "successor")
        .get(pk=delivery.pk)
    )
    known = locked.events.filter(kind=kind, by=by)
    if "sha256" in data:
        known = known.filter(data__sha256=data["sha256"], data__file=data["file"])
    if known.exists():
        return locked
    if kind == EventKind.OPENED and locked.opened_at is None:
        locked.opened_at = at
        locked.save(update_fields=["opened_at"])
    unit = _acted_for(locked, by)
    absent = deputy_of(by, unit, Role.RECIPIENT, timezone.localdate(at))
    if absent is not None:
        data["as_deputy_of"] = str(absent)
    append_event(delivery=locked, kind=kind, at=at, by=by, for_agency=unit, data=data)
    return locked


def _acted_for(delivery: Delivery, by: User) -> Agency:
    """The successor if the person receives for it, else the recipient itself."""
    if delivery.successor is None:
        return delivery.agency
    own = Membership.objects.agencies_of(by, Role.RECIPIENT)
    return delivery.successor if own.filter(agency=delivery.successor).exists() else delivery.agency

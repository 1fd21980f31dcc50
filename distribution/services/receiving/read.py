"""Record that a user of the recipient unit opened the letter or downloaded one of its files."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from agencies.access import deputy_of
from agencies.models import Agency, Role, User
from distribution.event_log import Actor, DownloadedData, OpenedData, append_event
from distribution.models import Delivery, EventKind
from distribution.visibility import receives_for


@dataclass(frozen=True)
class TakenFile:
    """A file of the letter as it was at that time: its original name and its SHA-256."""

    name: str
    sha256: str


def record_opened(*, delivery: Delivery, by: User, at: datetime) -> bool:
    """Record that the user opened the letter, once per user. The first one sets the milestone.

    False if the user had opened it before: then nothing is locked or written.
    """
    if _has_opened(delivery, by):
        return False
    with transaction.atomic():
        locked = _locked(delivery)
        if _has_opened(locked, by):
            return False
        if locked.opened_at is None:
            locked.opened_at = at
            locked.save(update_fields=["opened_at"])
        unit = _acted_for(locked, by)
        opened = OpenedData(actor=_reader(unit, by, at))
        append_event(delivery=locked, data=opened, at=at, by=by, for_agency=unit)
    return True


def _has_opened(delivery: Delivery, by: User) -> bool:
    return delivery.events.filter(kind=EventKind.OPENED, by=by).exists()


@transaction.atomic
def record_downloaded(*, delivery: Delivery, files: Sequence[TakenFile], by: User, at: datetime) -> Delivery:
    """Record that the user opened or downloaded these files, each once per user and content."""
    locked = _locked(delivery)
    taken = locked.events.filter(kind=EventKind.DOWNLOADED, by=by)
    known = set(taken.values_list("data__file", "data__sha256"))
    new = [each for each in dict.fromkeys(files) if (each.name, each.sha256) not in known]
    if not new:
        return locked
    unit = _acted_for(locked, by)
    reader = _reader(unit, by, at)
    for each in new:
        downloaded = DownloadedData(actor=reader, file=each.name, sha256=each.sha256)
        append_event(delivery=locked, data=downloaded, at=at, by=by, for_agency=unit)
    return locked


def _locked(delivery: Delivery) -> Delivery:
    rows = Delivery.objects.select_for_update(of=("self",))
    return rows.select_related("circular", "agency", "successor").get(pk=delivery.pk)


def _reader(unit: Agency, by: User, at: datetime) -> Actor:
    absent = deputy_of(by, unit, Role.RECIPIENT, timezone.localdate(at))
    return Actor(str(by), as_deputy_of=str(absent) if absent is not None else None)


def _acted_for(delivery: Delivery, by: User) -> Agency:
    """The successor if the user is its recipient, otherwise the recipient unit itself."""
    if delivery.successor is None:
        return delivery.agency
    return delivery.successor if receives_for(by, delivery.successor) else delivery.agency

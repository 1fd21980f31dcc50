"""Which events prove that a unit was notified."""

from collections.abc import Iterable
from datetime import datetime

from distribution.event_log.channel_kinds import (
    BouncedData,
    DeferredData,
    NotifiedData,
    ReachedData,
    RemindedData,
)
from distribution.event_log.kind import data_of
from distribution.event_log.sender_kinds import HandedOverData
from distribution.models import DeliveryEvent


def told_at(events: Iterable[DeliveryEvent]) -> list[datetime]:
    """Moments at which the unit was told of the letter, in the order of the events.

    What came back from an address is no proof for the notices that went there before. Events that can't be read are
    skipped.
    """
    proofs: list[tuple[datetime, str | None, str | None]] = []
    for event in events:
        try:
            data = data_of(event)
        except (AttributeError, KeyError, TypeError, ValueError):
            continue
        match data:
            case ReachedData() | HandedOverData():
                proofs.append((event.at, None, None))
            case NotifiedData(notice=None) | RemindedData():
                proofs.append((event.at, data.channel, data.address))
            case BouncedData() | DeferredData():
                proofs = [each for each in proofs if each[1:] != (data.channel, data.address)]
    return [at for at, _channel, _address in proofs]

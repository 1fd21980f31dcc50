"""Which events prove that a unit was notified."""

from collections.abc import Iterable
from datetime import datetime

from distribution.event_log.channel_kinds import (
    BouncedData,
    DeferredData,
    NotifiedData,
    ReachedData,
    ReadInMailboxData,
    RemindedData,
)
from distribution.event_log.kind import data_of
from distribution.event_log.sender_kinds import HandedOverData
from distribution.models import DeliveryEvent


def moments_of_notification(events: Iterable[DeliveryEvent]) -> list[datetime]:
    """Moments at which the unit was told of the letter, in the order of the events.

    A message that came back is no proof. An old event doesn't say which message came back; it takes away the latest
    one to that address. Events that can't be read are skipped.
    """
    proofs: list[tuple[datetime, NotifiedData | RemindedData | None]] = []
    for event in events:
        try:
            data = data_of(event)
        except (AttributeError, KeyError, TypeError, ValueError):
            continue
        match data:
            case ReachedData() | ReadInMailboxData() | HandedOverData():
                proofs.append((event.at, None))
            case NotifiedData(notice=None) | RemindedData():
                proofs.append((event.at, data))
            case BouncedData(message_id=None) | DeferredData(message_id=None):
                sent = [each for each in proofs if _went_to(each[1], data.channel, data.address)]
                proofs = [each for each in proofs if each not in sent[-1:]]
            case BouncedData() | DeferredData():
                proofs = [each for each in proofs if each[1] is None or each[1].message_id != data.message_id]
    return [at for at, _message in proofs]


def _went_to(message: NotifiedData | RemindedData | None, channel: str, address: str) -> bool:
    return message is not None and (message.channel, message.address) == (channel, address)

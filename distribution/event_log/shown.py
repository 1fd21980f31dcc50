"""Events prepared for display on a page."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from distribution.event_log.kind import data_of
from distribution.event_log.phrases import after_colon
from distribution.models import DeliveryEvent

MOST_INLINE = 5
"""Longer lists of units are collapsed."""


@dataclass(frozen=True)
class ShownEvent:
    """One row: `text`, `folded` units if there are many, `rest`, and the `error` of a server in English."""

    at: datetime
    icon: str
    text: str
    folded: tuple[str, ...]
    rest: str
    error: str


def shown(events: Iterable[DeliveryEvent]) -> list[ShownEvent]:
    """The events in their order, in the active language."""
    return [_shown(event) for event in events]


def _shown(event: DeliveryEvent) -> ShownEvent:
    data = data_of(event)
    wording = data.wording()
    many = len(wording.units) > MOST_INLINE
    text = wording.text if many else wording.text + after_colon(", ".join(wording.units))
    return ShownEvent(event.at, data.icon, text, wording.units if many else (), wording.rest, wording.error)

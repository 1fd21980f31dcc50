"""Registry of event kinds: each kind is one class with its data, icon and wording.

A new kind needs a member of `EventKind` and a class here or in another module imported by `event_log`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from django.utils.translation import gettext as _

from distribution.models import Delivery, DeliveryEvent, EventKind
from distribution.models.json_record import JsonRecord
from distribution.models.notices.channel import channel_of

REGISTRY: dict[EventKind, "type[EventData]"] = {}


@dataclass(frozen=True)
class Wording:
    """Wording of an event on a page: `text`, then the units, then `rest`; `error` is a server's message in English."""

    text: str
    units: tuple[str, ...] = ()
    rest: str = ""
    error: str = ""


@dataclass(frozen=True)
class EventData(JsonRecord):
    """Base of the data of one kind of event.

    A subclass declared with `kind` is registered for that kind; `icon` is the name of a Tabler icon. Raises
    ValueError if the kind is registered already.
    """

    kind: ClassVar[EventKind]
    icon: ClassVar[str]

    def __init_subclass__(cls, *, kind: EventKind | None = None, icon: str = "") -> None:
        super().__init_subclass__()
        if kind is None:
            return
        if kind in REGISTRY:
            raise ValueError(f"{kind} has an entry already: {REGISTRY[kind].__name__}")
        cls.kind, cls.icon = kind, icon
        REGISTRY[kind] = cls

    def wording(self) -> Wording:
        """The event's wording in the active language. Kinds that show data override it."""
        return self.words()

    def words(
        self, *parts: str, units: Iterable[str] = (), rest: Iterable[str] = (), error: str = ""
    ) -> Wording:
        """The name of the kind (or the channel's name for it), followed by the non-empty parts."""
        named = channel_of(getattr(self, "channel", None) or "").event_words.get(self.kind, self.kind.label)
        text = "".join([str(named), *parts])
        return Wording(text, tuple(units), "".join(rest), error)


@dataclass(frozen=True, kw_only=True)
class FirstData(EventData):
    """The event with which a copy begins, with the row as it was written then.

    Events from before December 2026 have none of the three; `due_at` and `successor_id` count only beside `unit_id`.
    """

    unit_id: int | None = None
    successor_id: int | None = None
    due_at: datetime | None = None


def row_of(delivery: Delivery) -> dict[str, Any]:
    """The fields of FirstData for this copy."""
    return {
        "unit_id": delivery.agency_id,
        "successor_id": delivery.successor_id,
        "due_at": delivery.due_at,
    }


@dataclass(frozen=True)
class UnknownData(EventData):
    """An event of a kind that this version doesn't know: a later version wrote it before it was taken back."""

    icon = "help-circle"
    name: str

    def wording(self) -> Wording:
        return Wording(_("Recorded by a later version of this software: %(kind)s") % {"kind": self.name})


def data_of(event: DeliveryEvent) -> EventData:
    """The event's data as an instance of its kind's class. Keys missing in older rows get their defaults."""
    if event.kind not in EventKind.values:
        return UnknownData(event.kind)
    return REGISTRY[EventKind(event.kind)].from_json(event.data)

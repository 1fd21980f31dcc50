"""The registry of event kinds: each kind is one class with its data, its icon and its wording.

A new kind is a member of `EventKind` and a class here or in a module beside this one that `event_log` imports.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from distribution.models import DeliveryEvent, EventKind
from distribution.models.channel import channel_of
from distribution.models.json_record import JsonRecord

REGISTRY: dict[EventKind, "type[EventData]"] = {}


@dataclass(frozen=True)
class Wording:
    """What a page says of an event: `text`, then the units, then `rest`; `error` is a server's own English words."""

    text: str
    units: tuple[str, ...] = ()
    rest: str = ""
    error: str = ""


@dataclass(frozen=True)
class EventData(JsonRecord):
    """Base of the data of one kind of event.

    A subclass with a `kind` is that kind's entry; `icon` is the name of a Tabler icon. Raises ValueError for a
    kind that has an entry already.
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
        """The event in the language of the moment. A kind whose data is shown overrides it."""
        return self.words()

    def words(
        self, *parts: str, units: Iterable[str] = (), rest: Iterable[str] = (), error: str = ""
    ) -> Wording:
        """The kind's name, or what the event's channel calls it, then the parts that are not empty."""
        named = channel_of(getattr(self, "channel", None) or "").event_words.get(self.kind, self.kind.label)
        text = "".join([str(named), *parts])
        return Wording(text, tuple(units), "".join(rest), error)


def data_of(event: DeliveryEvent) -> EventData:
    """The event's data as its kind has it, also of rows that were written with fewer keys."""
    return REGISTRY[EventKind(event.kind)].from_json(event.data)

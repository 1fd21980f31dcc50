"""Typed data of events and notices, converted to and from the JSON stored with them."""

from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, dataclass, field, fields
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple, Self, get_args, get_origin, get_type_hints

EMPTY: dict[Any, Any] = {str: "", int: 0, bool: False, tuple[str, ...]: ()}
"""Value of a field without a default whose key is missing in an older row."""


class _Shape(NamedTuple):
    """How one field is stored. `part` is the class of a nested record whose keys are merged into the object."""

    name: str
    key: str
    part: "type[JsonRecord] | None"
    optional: bool
    missing: Any
    read: Callable[[Any], Any] | None


SHAPES: "dict[type[JsonRecord], tuple[_Shape, ...]]" = {}
"""Cache of the shapes per class."""


@dataclass(frozen=True)
class JsonRecord:
    """Base of dataclasses that are stored as one flat JSON object.

    The key of a field is its name. A field that is None is omitted; a tuple is stored as a list, a datetime in
    ISO 8601, an enum member as its value; the keys of a nested JsonRecord are merged into the object.
    """

    def to_json(self) -> dict[str, Any]:
        """The object to store. Fields that are None are omitted."""
        stored: dict[str, Any] = {}
        for shape in _shapes(type(self)):
            value = getattr(self, shape.name)
            if value is None:
                continue
            if shape.part is not None:
                stored |= value.to_json()
            else:
                stored[shape.key] = _plain(value)
        return stored

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """The record read from a stored object. Unknown keys are ignored.

        Missing keys give the default, or an empty value if there is none.
        """
        values: dict[str, Any] = {}
        for shape in _shapes(cls):
            if shape.part is not None:
                there = not shape.optional or any(each.key in stored for each in _shapes(shape.part))
                values[shape.name] = shape.part.from_json(stored) if there else None
            else:
                value = stored.get(shape.key)
                if value is None:
                    value = shape.missing
                elif shape.read is not None:
                    value = shape.read(value)
                values[shape.name] = value
        return cls(**values)


def stored_as(key: str, **options: Any) -> Any:
    """Declare a field whose key differs from its name, because the key is a Python keyword or an older name."""
    return field(metadata={"key": key}, **options)


def _plain(value: Any) -> Any:
    match value:
        case tuple():
            return list(value)
        case datetime():
            return value.isoformat()
        case StrEnum():
            return value.value
    return value


def _reader(kind: Any) -> Callable[[Any], Any] | None:
    if kind is datetime:
        return datetime.fromisoformat
    if get_origin(kind) is tuple:
        return tuple
    return kind if isinstance(kind, type) and issubclass(kind, StrEnum) else None


def _shapes(record: type[JsonRecord]) -> tuple[_Shape, ...]:
    if record not in SHAPES:
        hints = get_type_hints(record)
        SHAPES[record] = tuple(_shape(each, hints[each.name]) for each in fields(record))
    return SHAPES[record]


def _shape(each: "Field[Any]", hint: Any) -> _Shape:
    optional = type(None) in get_args(hint)
    kind = next(part for part in get_args(hint) if part is not type(None)) if optional else hint
    part = kind if isinstance(kind, type) and issubclass(kind, JsonRecord) else None
    missing = each.default if each.default is not MISSING else EMPTY.get(kind)
    return _Shape(each.name, each.metadata.get("key", each.name), part, optional, missing, _reader(kind))

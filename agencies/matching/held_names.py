"""The names of the directory, held in memory between requests for as long as nothing in them changes.

With ten thousand agencies, reading all names for each unknown line would take longer than everything else about it. A
checksum, which PostgreSQL computes over the names, tells whether what is held is still what the database has.
"""

from collections.abc import Sequence
from datetime import date

from django.db.models import BigIntegerField, CharField, Count, F, Func, Sum, Value
from django.db.models.functions import Cast, Coalesce, Concat

from agencies.matching.likeness import DirectoryWords
from agencies.models import Agency

Row = tuple[int, str, int | None, int, str]
COLUMNS = ("pk", "search_key", "parent_id", "protocol_order", "sort_key")


class HeldNames:
    """The names of some agencies. A place is the number of an agency among them."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self.pks = [row[0] for row in rows]
        self.order = [(row[3], row[4]) for row in rows]
        self.words = DirectoryWords(row[1] for row in rows)
        self._places = {pk: place for place, pk in enumerate(self.pks)}
        self._parents = [row[2] for row in rows]
        self._holding: dict[str, list[int]] = {}
        for place, row in enumerate(rows):
            for word in set(row[1].split()):
                self._holding.setdefault(word, []).append(place)

    def with_word(self, part: str) -> set[int]:
        """Places of the agencies whose names hold a word of which `part` is a part."""
        return {place for word in self.words.with_part(part) for place in self._holding[word]}

    def place_of_parent(self, place: int) -> int:
        """The place of the agency above; -1 if it isn't among them."""
        return self._places.get(self._parents[place] or 0, -1)


_held: tuple[tuple[int, int], HeldNames] | None = None


def names_on(on: date) -> HeldNames:
    """The names of the agencies that exist on that day. One query, and one more after a change."""
    global _held
    active = Agency.objects.active(on).order_by()
    written = Concat(
        *(
            part
            for column in ("id", "search_key", "parent_id", "protocol_order")
            for part in (Coalesce(Cast(F(column), CharField()), Value("")), Value("|"))
        ),
        output_field=CharField(),
    )
    checksum = Func(written, function="HASHTEXT", output_field=BigIntegerField())
    found = active.aggregate(number=Count("pk"), checksum=Coalesce(Sum(checksum), 0))
    stamp = (found["number"], found["checksum"])
    held = _held
    if held is None or held[0] != stamp:
        _held = held = stamp, HeldNames(list(active.values_list(*COLUMNS)))
    return held[1]

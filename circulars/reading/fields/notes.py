"""Notes on attachments in the Dağıtım, each assigned to the recipient that it stands behind or below (Y 18)."""

from collections.abc import Sequence

from agencies.turkish import search_key
from circulars.reading.text.folding import segments
from circulars.reading.text.recipients import is_unit, split_bullet
from circulars.withheld import notes_in

_TOLERANCE = 5
_SAME_CELL = 2

Cells = list[tuple[int, str]]


class Notes:
    """Collects the notes of the lines in printed order, each with the words that stand before it."""

    def __init__(self) -> None:
        self._found: list[tuple[str, str]] = []
        self._above: list[Cells] = []

    def take(self, line: str) -> str:
        """Note the line's notes. Returns the line with blanks in their place, so that columns stay where they are."""
        blanked = line
        for start, end, note in notes_in(line):
            self._found.append((self._words_before(blanked[:start], start), note))
            blanked = f"{blanked[:start]}{' ' * (end - start)}{blanked[end:]}"
        self._above.append(segments(blanked))
        return blanked

    def assigned(self, names: Sequence[str]) -> tuple[dict[str, str], list[str]]:
        """By recipient the note that belongs to it; and the notes that belong to none or might to several."""
        withheld: dict[str, str] = {}
        unplaced = []
        for words, note in self._found:
            name = _named(words, names)
            if name is None or name in withheld:
                unplaced.append(note)
            else:
                withheld[name] = note
        return withheld, unplaced

    def _words_before(self, before: str, start: int) -> str:
        """The text in front of a note in its cell; for a note on a line of its own, the cell above it."""
        cells = segments(before)
        if cells and start - (cells[-1][0] + len(cells[-1][1])) <= _SAME_CELL:
            column, words = cells[-1]
            above = len(self._above)
        else:
            column, words, above = self._cell_above(start, len(self._above))
        if words and is_unit(words):
            words = f"{self._cell_above(column, above)[1]} {words}"
        return words

    def _cell_above(self, column: int, below: int) -> tuple[int, str, int]:
        """The nearest cell above that begins at the column or reaches over it, and the index of its line."""
        for index in range(below - 1, -1, -1):
            cells = self._above[index]
            for start, text in reversed(cells):
                if abs(start - column) <= _TOLERANCE or (
                    start < column < start + len(text) and len(cells) == 1
                ):
                    return start, text, index
        return 0, "", 0


def _named(words: str, names: Sequence[str]) -> str | None:
    """The only recipient that the words are, end with, or are the end of."""
    key = search_key(split_bullet(words)[2])
    if len(key) < _TOLERANCE:
        return None
    keys = {name: search_key(name) for name in names}
    for same in (
        [name for name, other in keys.items() if other == key],
        [name for name, other in keys.items() if key.endswith(f" {other}")],
        [name for name, other in keys.items() if other.endswith(f" {key}")],
    ):
        if same:
            return max(same, key=len) if len(same) == 1 or key.endswith(keys[max(same, key=len)]) else None
    return None

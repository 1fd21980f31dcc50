"""Attachments that one recipient doesn't get: `(Ek konulmadı)`, `(Ek-7 konulmadı)` behind its printed line (Y 18)."""

import re
from dataclasses import dataclass
from functools import lru_cache

from agencies.turkish import search_key

_IN_PARENTHESES = re.compile(r"[(\[]([^()\[\]]{2,80})[)\]]")
_AT_THE_END = re.compile(
    r"[\s,;:*–-]+(ek(?:ler|leri|i)?\b[^()]{0,40}?(?:konul|konma|g[öo]nderil|verilme|eklenme)[^\W\d_]*)\s*\.?\s*$",
    re.IGNORECASE,
)
_NOTE = re.compile(
    r"^(?:ek(?:ler|leri|li|siz|i)? )?(?:.{0,60} )?"
    r"(?:konul|konma|gonderil|verilme|eklenme|haric|yok)[a-z]*$|^eksiz[a-z]*$|^ekli$"
)
_ABOUT_ATTACHMENTS = re.compile(r"^\d*(?: \d+)* ?ek(?:ler|leri|li|siz|i|in|lerin)?\b")
_WITHHELD = re.compile(r"\b(?:konulma|konma|gonderilme|verilme|eklenme)[a-z]*$")
_EXCEPT = re.compile(r"\bharic[a-z]*\b")
_ALL = re.compile(
    r"^(?:ek(?:ler|leri|i)? (?:konulma|konma|gonderilme|verilme|eklenme)[a-z]*"
    r"|ek(?:ler|leri|i)? (?:haric|yok)|eksiz[a-z]*)$"
)
_RANGE = re.compile(r"(\d{1,2})\s*(?:[-–]|il[aâ]\b)\s*(\d{1,2})")
_NUMBER = re.compile(r"(?<!\d)(\d{1,2})(?!\d)(?:['’][^\W\d_]{1,3})?")
_WORD_EK = re.compile(r"\bek(?:ler|leri|in|i)?\b\.?\s*[-–:]?\s*", re.IGNORECASE)
_OTHER_WORDS = re.compile(
    r"\b(?:konul|konma|g[öo]nderil|verilme|eklenme|hari[çc]|ve\b|ile\b|no\b|nolu\b|numaral[ıi]\b|say[ıi]l[ıi]\b)[^\W\d_]*|[\s,;.&/-]",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Withheld:
    """What a note says: all attachments, or those with these printed numbers; neither if it isn't understood."""

    note: str
    everything: bool = False
    numbers: frozenset[int] = frozenset()

    @property
    def is_understood(self) -> bool:
        return self.everything or bool(self.numbers)

    def holds_back(self, number: int | None) -> bool:
        """Whether the attachment with this printed number (None: added here, not printed) isn't enclosed."""
        return self.everything or number in self.numbers


def notes_in(text: str) -> list[tuple[int, int, str]]:
    """The notes on attachments of a text: where each begins and ends, and its words without parentheses."""
    notes = [
        (found.start(), found.end(), found[1].strip())
        for found in _IN_PARENTHESES.finditer(text)
        if is_attachment_note(found[1])
    ]
    if not notes and (found := _AT_THE_END.search(text)):
        notes.append((found.start(), found.end(), found[1].strip()))
    return notes


@lru_cache(maxsize=4096)
def split_note(text: str) -> tuple[str, str]:
    """The printed line without its note on attachments, and the note without parentheses; empty if there is none."""
    for start, end, note in notes_in(text):
        return f"{text[:start].rstrip()} {text[end:].lstrip()}".strip(), note
    return text, ""


def with_note(name: str, note: str) -> str:
    """The line as letters print it."""
    return f"{name} ({note})" if note else name


@lru_cache(maxsize=4096)
def withheld_by(text: str) -> Withheld | None:
    """What the note of a printed line keeps from its recipients; None if the line has no note.

    A note that says what is enclosed (`Ek-1 konuldu`) or that can't be read exactly is not understood.
    """
    note = split_note(text)[1]
    return _read(note) if note else None


def is_attachment_note(text: str) -> bool:
    """Whether words behind a recipient speak of its attachments."""
    key = search_key(text)
    return bool(_NOTE.match(key)) and bool(_ABOUT_ATTACHMENTS.match(key))


def _read(note: str) -> Withheld:
    key = search_key(note)
    if _ALL.match(key):
        return Withheld(note, everything=True)
    if bool(_WITHHELD.search(key)) == bool(_EXCEPT.search(key)):
        return Withheld(note)
    return Withheld(note, numbers=_numbers(note))


def _numbers(note: str) -> frozenset[int]:
    """The numbers of a list such as `Ek-1, 3 ve 5-7`; empty if anything else stands among them."""
    listed = _WORD_EK.sub(" ", note)
    numbers: set[int] = set()
    for first, last in _RANGE.findall(listed):
        if int(first) >= int(last):
            return frozenset()
        numbers.update(range(int(first), int(last) + 1))
    listed = _RANGE.sub(" ", listed)
    numbers.update(int(each) for each in _NUMBER.findall(listed))
    remaining = _OTHER_WORDS.sub("", _NUMBER.sub(" ", listed))
    return frozenset() if remaining or 0 in numbers else frozenset(numbers)

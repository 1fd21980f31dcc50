"""References (İlgi, Y 15): one, or several marked `a) b) c) ç)` in the Turkish alphabet."""

import re

from agencies.turkish import ALPHABET
from circulars.reading.text.cleaning import PAGE_BREAK
from circulars.reading.text.folding import fold, join_lines, squeeze
from circulars.reading.text.labels import Label, label_of

_MARK = re.compile(r"^\s*\(?([a-zçğıöşü])\s?[).-]-?\s+|^\s*\(([a-zçğıöşü])\)\s*|^\s*(\d{1,2})\s?[).-]\s+")
_INNER_MARK = re.compile(r"(?<=[.;,]) +(?=\(?[b-zç]\)\s)")
_MAX_ITEM = 1000
_ORDINAL = re.compile(r"^\s*(\d{1,2}\.) +[A-ZÇĞİÖŞÜ]")
"""A number before the only item belongs to the name: `1. Hukuk Müşavirliğinin …`."""
_CITES = re.compile(
    r"\d|yazi|karar|kanun|yonetmeli|genelge|dilekce|tutanak|toplanti|basvuru|onay|mevzuat|talimat|emir|emri|mail"
    r"|e-posta|protokol|rapor|sozlesme|yonerge|teblig|ilke|gorus|muta"
)
_TEXT_OPENS = re.compile(r"^\s*(?:ilgi(?:de)?\b|ilgi \(|bilindigi|malumlari)")


def is_reference_label(line: str) -> bool:
    """Whether it is the label `İlgi :`, not a sentence that begins with `İlgi (a)`."""
    found = label_of(line)
    return found is not None and found[0] is Label.REFERENCE


def read_references(lines: list[str], index: int) -> tuple[list[str], int]:
    """The references from the label's line on, and the index of the line after them."""
    found = label_of(lines[index])
    items: list[str] = []
    marked = 0
    start = index
    rest = lines[index][found[1] :] if found else lines[index]
    index += 1
    if rest.strip():
        for piece in _INNER_MARK.split(rest) if _is_next_mark(rest, 0) else [rest]:
            marked = _add(items, piece, marked)
    while index < len(lines):
        line = lines[index]
        if not line.strip() or line == PAGE_BREAK:
            following = _next_inked(lines, index)
            if following is None or (items and not _is_next_mark(lines[following], marked)):
                break
            index = following
            continue
        if _is_next_mark(line, marked) or not items:
            marked = _add(items, line, marked)
        elif items[-1].endswith(".") or len(items[-1]) > _MAX_ITEM or _TEXT_OPENS.match(fold(line)):
            break
        else:
            items[-1] = _joined(items[-1], line)
        index += 1
    items = [squeeze(item) for item in items]
    if len(items) == 1 and (
        ordinal := _ORDINAL.match(rest or (lines[start + 1] if start + 1 < index else ""))
    ):
        items = [f"{ordinal[1]} {items[0]}"]
    if len(items) == 1 and not _CITES.search(fold(items[0])):
        return [], index
    return items, index


def _add(items: list[str], line: str, marked: int) -> int:
    """Append the line as an item or to the last one; returns the number of marks so far."""
    if _is_next_mark(line, marked):
        match = _MARK.match(line)
        items.append(line[match.end() :].strip() if match else line.strip())
        return marked + 1
    items.append(line.strip())
    return marked


def _is_next_mark(line: str, marked: int) -> bool:
    match = _MARK.match(line)
    if not match:
        return False
    if match[3]:
        return int(match[3]) == marked + 1
    place = ALPHABET.find(match[1] or match[2])
    plain = "abcdefghijklmnoprstuvyz".find(match[1] or match[2])
    return marked in (place, plain)


def _joined(text: str, line: str) -> str:
    if re.search(r"\w-$|/$", text[-2:]) and re.match(r"^\s*\S*\d", line):
        return text + line.strip()
    return join_lines(text, line)


def _next_inked(lines: list[str], index: int) -> int | None:
    return next((i for i in range(index, len(lines)) if lines[i].strip() and lines[i] != PAGE_BREAK), None)

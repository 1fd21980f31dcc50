"""Restore the line breaks of a letter that was copied as one long line."""

import itertools
import re

from circulars.reading.text.folding import fold, is_capitals
from circulars.reading.text.recipients import ends_in_dative, split_at_datives

_LONG = 200
_LONG_PIECE = 60
_NEW_LINE_BEFORE = re.compile(
    r"(?<!\S)(?=(?:t\.c\. |sayi ?:|tarih ?:|konu ?:|ilgi ?:|ek(?:ler)? ?:|dagitim ?:"
    r"|dagitim yerleri ?:|geregi ?:"
    r"|bilgi ?:|bu belge,? |guvenli elektronik imzali |(?:belge |evrak )?dogrulama |adres ?:"
    r"|tel[a-z]{0,5}(?: no)?\.? ?:|faks(?: no)? ?:|e-?posta ?:"
    r"|internet adresi ?:|elektronik ag ?:|kep adresi ?:|(?:ayrintili )?bilgi icin|dagitim listesi"
    r"|ek listesi"
    r"|genelge(?= ?(?:\(|no|\d))))"
)
_NEW_LINE_AFTER = re.compile(r"(?:ederim|ederiz|olunur|dilerim|saygilarimla)\.(?= )")
_DISTRIBUTION_IN_CAPITALS = re.compile(r"(?<!\S)DAĞITIM(?= (?!YERLER|LİSTESİ))")
_CIRCULAR_NUMBER = re.compile(r"^genelge[^.]{0,25}?\d{4} ?/ ?\d{1,3} ?\)?")
_REFERENCE_END = re.compile(r"(?<![ .]\w)(?<!\d)\. (?=[A-ZÇĞİÖŞÜ]|\d{3,4} sayılı)")
_REFERENCE_MARK = re.compile(r" (?=[a-zç]\) )")


def is_running(lines: list[str]) -> bool:
    """Whether header and labels of a letter are on one long line."""
    return any(len(line) > _LONG and _label_count(line) >= 2 for line in lines)


def unroll(lines: list[str]) -> list[str]:
    """The lines, broken before the headings of blocks and after the closing words."""
    result: list[str] = []
    for line in lines:
        if len(line) <= _LONG_PIECE or not _label_count(line):
            result.append(line)
            continue
        for piece in _pieces(line):
            result.extend(_finer(piece))
    return result


def _label_count(line: str) -> int:
    folded = fold(line)
    labels = (r"\bt\.c\. ", r"\bsayi ?:", r"\bkonu ?:", r"\bdagitim ?:", r"\bgeregi ?:", r"\bek(?:ler)? ?:")
    return sum(bool(re.search(label, folded)) for label in labels)


def _pieces(line: str) -> list[str]:
    folded = fold(line)
    cuts = {m.start() for m in _NEW_LINE_BEFORE.finditer(folded)}
    cuts |= {m.end() for m in _NEW_LINE_AFTER.finditer(folded)}
    cuts |= {m.start() for m in _DISTRIBUTION_IN_CAPITALS.finditer(line)}
    edges = [0, *sorted(cuts), len(line)]
    return [line[a:b].strip() for a, b in itertools.pairwise(edges) if line[a:b].strip()]


def _finer(piece: str) -> list[str]:
    folded = fold(piece)
    if folded.startswith("konu"):
        return _cut_at_addressee(piece)
    if folded.startswith("ilgi"):
        return _cut_references(piece)
    if folded.startswith(("dagitim", "geregi", "bilgi")):
        return _cut_after_recipients(piece)
    if folded.startswith("genelge"):
        number = _CIRCULAR_NUMBER.match(folded)
        if number:
            return [piece[: number.end()], *_cut_at_addressee(piece[number.end() :].strip())]
    return [piece]


def _cut_at_addressee(piece: str) -> list[str]:
    """Break around the addressee, a run of capitals in the dative (Y 14)."""
    words = piece.split()
    if "Sayın" in words:
        start = words.index("Sayın")
        end = next(
            (i for i in range(start, len(words)) if len(words[i]) > 2 and is_capitals(words[i])), start
        )
        parts = (words[:start], words[start : end + 1], words[end + 1 :])
        return [" ".join(part) for part in parts if part]
    for end, word in enumerate(words):
        if not (is_capitals(word) and ends_in_dative(word)):
            continue
        start = end
        while start > 1 and is_capitals(words[start - 1]) and len(words[start - 1]) > 1:
            start -= 1
        stop = end + 1
        if stop < len(words) and words[stop].startswith("("):
            while stop < len(words) and ")" not in words[stop]:
                stop += 1
            stop += 1
        parts = (words[:start], words[start:stop], words[stop:])
        return [" ".join(part) for part in parts if part]
    return [piece]


def _cut_after_recipients(piece: str) -> list[str]:
    """Break between the last recipient and the contact block."""
    pieces = split_at_datives(piece)
    if len(pieces) < 2 or ends_in_dative(pieces[-1]):
        return [piece]
    return [" ".join(pieces[:-1]), pieces[-1]]


def _cut_references(piece: str) -> list[str]:
    """Break before each `b)` and after the full stop of the last reference."""
    marked = _REFERENCE_MARK.sub("\n", piece).split("\n")
    end = _REFERENCE_END.search(marked[-1])
    if end:
        last, rest = marked[-1][: end.start() + 1], marked[-1][end.end() :]
        marked[-1:] = [last, rest]
    return marked

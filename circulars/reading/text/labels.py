"""The labels of a letter in one table: synonyms, other languages, letters lost by character recognition.

All patterns are for folded text (`fold`). `l` and `1` may stand for `i`.
"""

import re
from enum import Enum

from circulars.reading.text.folding import fold


class Label(Enum):
    """What a label announces."""

    NUMBER = "Sayı"
    DATE = "Tarih"
    SUBJECT = "Konu"
    REFERENCE = "İlgi"
    CIRCULAR = "Genelge No"


_END = r"(?:\s*[:;]+\s*|\s+-\s+)"
_NUMBER_WORDS = (
    r"(?:evrak |belge |yaz[i1l] )?say(?:.|[i1l]s[i1l]|[i1l]m[i1l]z)?(?: no)?"
    r"|(?:evrak|belge|dosya|ref(?:erans)?\.?) no"
)
_WORDS = {
    Label.NUMBER: _NUMBER_WORDS,
    Label.DATE: r"(?:ankara\W+)?(?:yaz[i1l] )?tar[i1l]h[i1l]?",
    Label.SUBJECT: r"konu(?:su)?|ozu",
    Label.REFERENCE: r"[i1l]{0,2}.?lg[i1l](?:ler)?|[i1l]lg[i1l](?:de)? kay[i1l]tlar",
    Label.CIRCULAR: r"(?:genelge|duyuru|teblig|sirkuler|tamim|genel yaz[i1l]) (?:no|numaras[i1l]|say[i1l]s[i1l])\.?",
}
_PATTERNS = {label: re.compile(rf"^\W*(?:{words}){_END}") for label, words in _WORDS.items()}
_ALONE = {label: re.compile(rf"^\W*(?:{words})\s*[:;]*\s*$") for label, words in _WORDS.items()}
_UNMARKED_NUMBER = re.compile(r"^\W*say[i1l]\s+(?=(?:[ezo]-\d|b\.|\d{5,}))")
_UNMARKED_REFERENCE = re.compile(r"^\W*ilgi\s+(?=\(?a\s?[).-]\s)")
_NOT_A_NUMBER = re.compile(r"^\W*evrak tarih ve say|^\W*say[i1l]n\b")
_FOREIGN = r"(?:[A-Za-z]+\.?(?: [A-Za-z.]+){0,3})"
_TURKISH = (
    r"say[ıi]|evrak no|belge no|tarih|konu|[iİ]lgi|ekler|eki|ek|da[ğg][ıi]t[ıi]m|gere[ğg]i|bilgi|adres|telefon"
    r"|faks|do[ğg]rulama kodu|do[ğg]rulama adresi|e-posta|imza"
)
_BILINGUAL = re.compile(rf"(?<![^\W\d_])({_TURKISH})\s*/\s*{_FOREIGN}(\s*:|\s*$|(?= {{2,}}))", re.IGNORECASE)
_INNER = re.compile(
    r"(?<=\S)\s+(?=(?:tar[i1l]h[i1l]?|konu(?:su)?|say[i1l])\s*:)|(?<=\S)\s{2,}(?=[i1l]lg[i1l]\s*:)"
)


def label_of(text: str) -> tuple[Label, int] | None:
    """The label at the beginning of the text and where its value begins."""
    folded = fold(text)
    if _NOT_A_NUMBER.match(folded):
        return None
    for label, pattern in _PATTERNS.items():
        match = pattern.match(folded)
        if match:
            return label, match.end()
    for label, unmarked in ((Label.NUMBER, _UNMARKED_NUMBER), (Label.REFERENCE, _UNMARKED_REFERENCE)):
        match = unmarked.match(folded)
        if match:
            return label, match.end()
    return None


def label_alone(text: str, colon: bool = True) -> Label | None:
    """The label that the text consists of, without a value; with `colon` only if one is printed."""
    folded = fold(text)
    if colon and not re.search(r"[:;]\s*$", folded):
        return None
    return next((label for label, pattern in _ALONE.items() if pattern.match(folded)), None)


def inner_labels(text: str) -> list[int]:
    """Where a further label begins inside the text."""
    return [match.end() for match in _INNER.finditer(fold(text))]


def without_second_language(line: str) -> str:
    """`Sayı / Ref. No :` as `Sayı :`."""
    if "/" not in line:
        return line
    return _BILINGUAL.sub(_in_turkish, line)


def _in_turkish(match: re.Match[str]) -> str:
    """The label in Turkish, as wide as printed if another column follows."""
    label = f"{match[1]}{match[2]}"
    return label.ljust(len(match[0])) if match.string[match.end() : match.end() + 2] == "  " else label

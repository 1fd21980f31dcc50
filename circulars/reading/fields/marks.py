"""Marks in capitals above a letter: urgency (Y 26), secrecy (Y 25), the heading of a circular."""

import re
from dataclasses import dataclass

from circulars.reading.text.folding import fold, squeeze

_URGENCY = {"acele": "ACELE", "gunludur": "GÜNLÜDÜR", "gunlu": "GÜNLÜDÜR"}
_FORBIDDEN = {"cok ivedi": "ÇOK İVEDİ", "cok acele": "ÇOK ACELE", "ivedi": "İVEDİ", "acil": "ACİL"}
"""Grades of urgency from older rules, forbidden by Y 26/1."""
_SECRECY = {"hizmete ozel": "HİZMETE ÖZEL", "cok gizli": "ÇOK GİZLİ", "gizli": "GİZLİ"}
_MAX_LINE = 400
_RANK = ["HİZMETE ÖZEL", "GİZLİ", "ÇOK GİZLİ"]
_MARK = r"(?:hizmete ozel|cok gizli|gizli|kisiye ozel|cok ivedi|cok acele|ivedi|acele|gunludur|gunlu|acil)"
_ONLY_MARKS = re.compile(
    r"^(?:gizlilik derecesi ?: ?"
    r"|ivedilik derecesi ?: ?)?" + _MARK + r"(?:[ /,-]{1,3}" + _MARK + r")*[ .!]*$"
)
_EACH = re.compile(_MARK)
_AT_END = re.compile(r"(?:^|\s)(" + _MARK + r")\s*$")
_CIRCULAR_WORD = r"(?:ic |dis |mulga )?(?:genelge(?:si)?|genel yazi|sirkuler|tamim|genel emir|genel tebligi?)"
_CIRCULAR_HEAD = re.compile(
    r"^[\"(]?(?:[^\W\d]+ ){0,3}"
    + _CIRCULAR_WORD
    + r"[ ,:.-]*(?:\(?[ ]*(?:sira|sayi)? ?(?:no|sayi|sayisi|numarasi)?[ :.]*"
    r"(\d{4} ?[/-] ?\d{1,4}|\d{1,4})?[ ]*\)?)?[\"]?$"
)
_NUMBER_FIRST = re.compile(r"^\(?(\d{4} ?/ ?\d{1,4}) (?:sayili|nolu|no.lu) " + _CIRCULAR_WORD + r"\)?$")
_LOOSE = re.compile(
    r"^\W*(?:(?:genelge|duyuru|teblig|sirkuler|tamim|genel yazi|sira|seri|no|sayisi?|numarasi)\b[\s.:]*){0,4}"
    r"(\d(?:[\d/ -]{0,12}\d)?(?: ek\b)?)"
)
_NUMBER_ALONE = re.compile(r"^\(?(?:(?:sira )?(?:no|sayi) ?: ?)?(\d{4} ?/ ?\d{1,4})\)?\.?$")


@dataclass
class Marks:
    """Urgency and secrecy found so far; KİŞİYE ÖZEL is neither (Y 26/4)."""

    urgency: str | None = None
    forbidden: str | None = None
    secrecy: str | None = None

    def is_only_marks(self, line: str) -> bool:
        """Whether the line consists of marks only."""
        return len(line) <= _MAX_LINE and bool(_ONLY_MARKS.match(fold(squeeze(line))))

    def take(self, line: str) -> str:
        """Record the marks of a line and return the line without them."""
        if self.is_only_marks(line):
            for mark in _EACH.findall(fold(squeeze(line))):
                self._record(mark)
            return ""
        while (
            len(line) <= _MAX_LINE
            and (match := _AT_END.search(fold(line)))
            and line[match.start(1) : match.end(1)].isupper()
        ):
            self._record(match[1])
            line = line[: match.start(1)].rstrip()
        return line

    def _record(self, word: str) -> None:
        self.urgency = self.urgency or _URGENCY.get(word)
        self.forbidden = self.forbidden or _FORBIDDEN.get(word)
        grade = _SECRECY.get(word)
        if grade and (self.secrecy is None or _RANK.index(grade) > _RANK.index(self.secrecy)):
            self.secrecy = grade


def is_circular_head(line: str) -> bool:
    """Whether it is `GENELGE`, `GENELGE 2012/17`, `GENELGE (Sıra No: 2009/4)`, `Genelge No: 2013 / 07`."""
    folded = fold(_without_footnote(line))
    return bool(_CIRCULAR_HEAD.match(folded) or _NUMBER_FIRST.match(folded))


def is_number_alone(line: str) -> bool:
    """Whether the line is nothing but the number of a circular."""
    return bool(_NUMBER_ALONE.match(fold(squeeze(line))))


def circular_number_of(line: str, *, loose: bool = False) -> str | None:
    """The number of the circular without spaces, such as 2022/18; `loose` takes any number, as below a heading."""
    text = _without_footnote(line)
    folded = fold(text)
    for pattern in (_CIRCULAR_HEAD, _NUMBER_FIRST, _NUMBER_ALONE):
        match = pattern.match(folded)
        if match and match[1]:
            return match[1].replace(" ", "")
    match = _LOOSE.match(folded) if loose else None
    return re.sub(r" ?([/-]) ?", r"\1", text[match.start(1) : match.end(1)]) if match else None


def _without_footnote(line: str) -> str:
    return re.sub(r" ?\(?\*+\)?$", "", squeeze(line))

"""The body of a letter as paragraphs (Y 16), and the time limit of a GÜNLÜDÜR letter (Y 26/2)."""

import re

from circulars.reading.text.cleaning import PAGE_BREAK
from circulars.reading.text.folding import fold, join_lines, squeeze

_INDENT = 3
_SHORT = 0.85
_DATE = r"\d{1,2} ?[./-] ?\d{1,2} ?[./-] ?\d{4}|\d{1,2} [^\W\d_]{3,10} \d{4}"
_DAY_OF_WEEK = r"(?:,? (?:pazartesi|sali|carsamba|persembe|cuma))?"
_BY_DATE = re.compile(
    r"(?:en gec )?(?:"
    + _DATE
    + r")"
    + _DAY_OF_WEEK
    + r"(?:'?[a-z]{1,4})?(?: tarihi?(?:ne|nde)?| gunu(?:ne)?)?"
    r"(?: ?,? ?saat:? ?\d{1,2}[.:]\d{2}'?[a-z]{0,3})?(?: mesai (?:bitimi|saati bitimi"
    r"|sonu)\w*)? (?:kadar|itibariyla)"
)
_LATEST = re.compile(
    r"en gec (?:"
    + _DATE
    + r")"
    + _DAY_OF_WEEK
    + r"(?: tarihi?(?:nde|ne)?| gunu(?:ne)?)?(?: mesai (?:bitimi|sonu)\w*)?(?: kadar)?"
)
_WITHIN = re.compile(
    r"(?:en gec )?(?:\d{1,3}|bir|iki|uc|dort|bes|alti|yedi|sekiz|dokuz|on|on bes|yirmi"
    r"|otuz)(?: ?\([^()]{1,20}\))?"
    r" (?:is gunu|gun|hafta|ay|saat) (?:icinde|icerisinde|zarfinda)"
)


def paragraphs(lines: list[str]) -> str:
    """Lines joined to paragraphs, separated by one empty line."""
    inked = [line for line in lines if line.strip() and line != PAGE_BREAK]
    width = max((len(line.rstrip()) for line in inked), default=0)
    margin = min((_indent(line) for line in inked), default=0)
    indented = any(_indent(line) >= margin + _INDENT for line in inked)
    result: list[list[str]] = []
    open_paragraph = False
    for line in lines:
        if line == PAGE_BREAK:
            open_paragraph = open_paragraph and not result[-1][-1].endswith((".", ":"))
            continue
        if not line.strip():
            open_paragraph = open_paragraph and not result[-1][-1].endswith((".", ":", ";"))
            continue
        if open_paragraph and not (indented and _indent(line) >= margin + _INDENT):
            result[-1][-1:] = join_lines(result[-1][-1], squeeze(line), "\n").split("\n")
        else:
            result.append([squeeze(line)])
        ends = line.rstrip().endswith((".", ":"))
        open_paragraph = not (ends and not indented and len(line.rstrip()) < _SHORT * width)
    return "\n\n".join(" ".join(parts) for parts in result)


def find_due_text(body: str) -> str | None:
    """The wording of the time limit: `en geç 14.03.2025 tarihine kadar`, `5 (beş) iş günü içinde`."""
    text = squeeze(body)
    folded = fold(text)
    for pattern in (_LATEST, _BY_DATE, _WITHIN):
        found = list(pattern.finditer(folded))
        if found:
            longer = _BY_DATE.search(folded, found[-1].start())
            match = longer if longer and longer.start() == found[-1].start() else found[-1]
            return text[match.start() : match.end()]
    return None


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())

"""What shows that a cell's text is not what somebody wrote: an error, a word for nothing, damaged letters."""

import re

ERROR_VALUES = frozenset(
    {
        "#n/a", "#n/a!", "#value!", "#ref!", "#div/0!", "#name?", "#num!", "#null!", "#spill!", "#calc!", "#field!",
        "#getting_data", "#yok", "#değer!", "#başv!", "#sayi/0!", "#sayı/0!", "#ad?", "#sayi!", "#sayı!", "#boş!",
        "#taşma!", "#hesapla!", "#alan!",
    }
)  # fmt: skip
_ERROR_FORMS = re.compile(r"(Err|Hata):\d{3}|#{3,}", re.IGNORECASE)
_WORDS_FOR_NOTHING = re.compile(
    r"[(<\[]?(null|none|nan|nat|na|n/a|undefined|blank|yok|boş|bos)[)>\]]?|\\n|[-–—_.…?]+", re.IGNORECASE
)
"""What databases, programs and people write for an empty cell."""

_IN_WORDS = "[§¤¥¢£¦¨©ª¬®¯±¶¸¹º¿¡†‡‰ˆ˜˝˛√≈∆◊■\u2500-\u25ff]"
_LETTER = r"[^\W\d_]"
_DAMAGED = re.compile(
    "[\ufffd\ue000-\uf8ffƒ]|[ðÐþÞýÝđĐţŢ]"  # Windows-1254 read as Windows-1252 or 1250
    "|[ÃÄÅ][\x80-\xbfŸžœ–—‘’“”•…§¶¼½¾±°€‡†‚„‹›]|â€"  # UTF-8 read as Windows-1254
    f"|{_IN_WORDS}{_LETTER}|{_LETTER}{_IN_WORDS}|[a-zçğıöşü][ÂÎÛİ]"  # code pages of DOS and of a Mac
    "|[A-Za-zçğıöşüÇĞİÖŞÜ][\u0370-\u052f]|[\u0370-\u052f][A-Za-zçğıöşüÇĞİÖŞÜ]"  # Greek and Cyrillic ones
    r"|(?i:&#x?[0-9a-f]+|&(?:[a-z](?:uml|cedil|circ|breve|dot)|inodot|imath|nbsp|amp|quot|apos|lt|gt)(?:;|$))"
    r"|(?i:</?[a-z][a-z0-9]*(?:\s[^<>@]*)?/?>|\\u[0-9a-f]{4}|%c[345]%[0-9a-f]{2}|=c[345]=[0-9a-f]{2}|\S%20\S)"
)
_LOST = re.compile(rf"{_LETTER}\?{_LETTER}|{_LETTER}\?{{2,}}")
"""Letters that an encoding lacks, written as question marks."""


def why_untrusted(cell: str, *, is_address: bool = False) -> str | None:
    """The reason, a key of REASONS, not to trust the cell's text; None for an ordinary text."""
    if cell[0] in "#EeHh" and (cell.lower() in ERROR_VALUES or _ERROR_FORMS.fullmatch(cell)):
        return "error_value"
    if _WORDS_FOR_NOTHING.fullmatch(cell):
        return "empty_word"
    if _DAMAGED.search(cell) or (not is_address and "?" in cell and _LOST.search(cell)):
        return "damaged"
    return None

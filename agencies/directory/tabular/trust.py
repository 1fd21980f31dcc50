"""What shows that a cell's text is not what somebody wrote: an error, a word for nothing, damaged letters.

What no name holds is refused; signs that a name may hold, but that damage leaves as well, are a doubt.
"""

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

_LETTER = r"[^\W\d_]"
_OTHER_SCRIPT = "\u0370-\u03ff\u0400-\u052f"
_SOFT_G = f"[ðđÛ§{_OTHER_SCRIPT}]"
"""What other code pages have in the place of ğ."""

_ENTITY = (
    r"&(?:#\d{2,6}|#x[0-9a-f]{2,5}|[a-z](?:uml|cedil|circ|breve|dot)|inodot|imath|nbsp)(?:;|$)"
    r"|&(?:amp|quot|apos|lt|gt);"
)
_TAG = (
    r"</(?:a|b|i|u|p|h[1-6]|em|strong|div|span|font|table|td|tr|li|ul)>|<(?:br|hr)\s*/?>"
    r"|<(?:strong|div|span|font|table|td|tr|li|ul)>|<(?:a|b|i|u|p|div|span|font|table|td|tr)\s[a-z]+=[^<>]*>"
)
_DAMAGED = re.compile(
    "[\ufffd\ue000-\uf8ff]"
    "|Ã[\xa1-\xbf\x80-\x9fŸŽžœƒ–…§¶¼½¾±°€‡†‚„‹›]|[ÄÅ][\x80-\xbfŸŽžœ…§¶¼½¾±°‡†„‹›]|â€"  # UTF-8 read as Windows-1254
    "|[├─┼][ÇüéâäàåçêëèïîıÄÅÉæÆôöòûùİÖÜø£ØŞşáíóúñÑĞğ¿®¬½¼¡«»░▒▓│┤ÁÂÀ©╣║╗╝¢¥┐]"  # and as DOS
    f"|l[iıuüýİ{_OTHER_SCRIPT}]{_SOFT_G}[iıuüýİ{_OTHER_SCRIPT}]"  # -lığı in another code page
    f"|L[IİUÜÝ{_OTHER_SCRIPT}][ÐĐ{_OTHER_SCRIPT}][IİUÜÝ{_OTHER_SCRIPT}]"
    rf"|(?i:{_ENTITY}|{_TAG})"
    r"|(?i:\\u[0-9a-f]{4}|%c[345]%[0-9a-f]{2}|=c[345]=[0-9a-f]{2})"
)
_LOST = re.compile(rf"{_LETTER}\?{_LETTER}|{_LETTER}\?{{2,}}")
"""Letters that an encoding lacks, written as question marks."""

_SIGN = "[§¤¥¢£¦¨©ª¬®¯±¶¸¹º¿¡†‡‰ˆ˜˝˛√≈∆◊■\u2500-\u25ff]"
_DOUBTFUL = re.compile(
    "[ƒðÐþÞýÝđĐţŢ]"  # Windows-1254 read as Windows-1252 or 1250; or Icelandic, Romanian, South Slavic
    f"|{_LETTER}{_SIGN}|{_SIGN}{_LETTER}|[a-zçğıöşü][ÂÎÛİ]"  # code pages of DOS and of a Mac; or a brand, a bullet
    f"|[A-Za-zçğıöşüÇĞİÖŞÜ][{_OTHER_SCRIPT}]|[{_OTHER_SCRIPT}][A-Za-zçğıöşüÇĞİÖŞÜ]"
    r"|(?i:&(?:amp|quot|apos|lt|gt)$|</?[a-z][a-z0-9]*(?:\s[^<>@]*)?/?>|\S%20\S)"
)


def why_untrusted(cell: str, *, is_address: bool = False) -> str | None:
    """The reason, a key of REASONS, not to trust the cell's text; None for an ordinary or only doubtful text."""
    if cell[0] in "#EeHh" and (cell.lower() in ERROR_VALUES or _ERROR_FORMS.fullmatch(cell)):
        return "error_value"
    if _WORDS_FOR_NOTHING.fullmatch(cell):
        return "empty_word"
    if _DAMAGED.search(cell) or (not is_address and "?" in cell and _LOST.search(cell)):
        return "damaged"
    return None


def doubtful_signs(cell: str) -> str | None:
    """The first signs of the text that a name may hold, but that damaged letters look like as well."""
    found = None if cell.isascii() and not {"<", "&", "%"} & set(cell) else _DOUBTFUL.search(cell)
    return found[0] if found else None

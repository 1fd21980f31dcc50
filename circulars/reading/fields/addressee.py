"""The addressee (muhatap, Y 14): capitals in the dative, unit in parentheses below; or `Sayın Ad SOYAD`."""

import re

from circulars.reading.text.folding import fold, is_capitals, squeeze
from circulars.reading.text.recipients import ends_in_dative

_DOTS = re.compile(r"[.…]{2,}|…")
_PROVINCES = frozenset(
    [
        "adana",
        "adiyaman",
        "afyonkarahisar",
        "agri",
        "amasya",
        "ankara",
        "antalya",
        "artvin",
        "aydin",
        "balikesir",
        "bilecik",
        "bingol",
        "bitlis",
        "bolu",
        "burdur",
        "bursa",
        "canakkale",
        "cankiri",
        "corum",
        "denizli",
        "diyarbakir",
        "edirne",
        "elazig",
        "erzincan",
        "erzurum",
        "eskisehir",
        "gaziantep",
        "giresun",
        "gumushane",
        "hakkari",
        "hatay",
        "isparta",
        "mersin",
        "istanbul",
        "izmir",
        "kars",
        "kastamonu",
        "kayseri",
        "kirklareli",
        "kirsehir",
        "kocaeli",
        "konya",
        "kutahya",
        "malatya",
        "manisa",
        "kahramanmaras",
        "mardin",
        "mugla",
        "mus",
        "nevsehir",
        "nigde",
        "ordu",
        "rize",
        "sakarya",
        "samsun",
        "siirt",
        "sinop",
        "sivas",
        "tekirdag",
        "tokat",
        "trabzon",
        "tunceli",
        "sanliurfa",
        "usak",
        "van",
        "yozgat",
        "zonguldak",
        "aksaray",
        "bayburt",
        "karaman",
        "kirikkale",
        "batman",
        "sirnak",
        "bartin",
        "ardahan",
        "igdir",
        "yalova",
        "karabuk",
        "kilis",
        "osmaniye",
        "duzce",
    ]
)
_POST_CODE = re.compile(r"^\d{5} ")
_PLACE_PAIR = re.compile(r"^[^\W\d_]+ ?[/-] ?[^\W\d_]+$")
_MAX_TITLE_WORDS = 8
_MAX_LENGTH = 160


def is_place(line: str) -> bool:
    """Whether the line is a province, or `District/PROVINCE`."""
    folded = _POST_CODE.sub("", fold(squeeze(line)).strip(" .-"))
    if folded in _PROVINCES:
        return True
    return bool(_PLACE_PAIR.match(folded)) and re.split(r" ?[/-] ?", folded)[-1] in _PROVINCES


def is_addressee(line: str) -> bool:
    """Whether the line can be an addressee by itself."""
    text = squeeze(_DOTS.sub(" ", line)).rstrip(",:")
    if len(text) > _MAX_LENGTH:
        return False
    folded = fold(text)
    if folded.startswith("sayin ") and len(text) < 80 and not text.endswith("."):
        return len(text.split()) <= 8
    if not text or not ends_in_dative(text) or text.endswith("."):
        return False
    return is_capitals(re.sub(r"\([^()]*\)?", "", text)) or _is_title_case(text)


def _is_title_case(text: str) -> bool:
    words = [word for word in text.split() if word[0].isalpha() and fold(word) not in {"ve", "ile"}]
    return 0 < len(words) <= _MAX_TITLE_WORDS and all(word[0].isupper() for word in words) and "," not in text

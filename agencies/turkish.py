"""Turkish as official letters use it: case, folding, alphabetical order, dative and plural.

Names of bodies are stored in the nominative singular ("Adalet Bakanlığı"); letters print them in the dative
("Adalet Bakanlığına") and whole classes in the dative plural ("81 İl Valiliklerine"). Written-out names of
institutions take no apostrophe, abbreviations and names of places do (TDK; Kılavuz 13.6.9.8). A unit in
parentheses takes no suffix (Kılavuz 11.4).
"""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

ALPHABET = "abcçdefgğhıijklmnoöprsştuüvyz"

APOSTROPHES = "'’‘‛`´ʼ′＇"
_DROP_APOSTROPHES = {ord(char): None for char in APOSTROPHES}
_UNIFY_APOSTROPHES = {ord(char): "'" for char in APOSTROPHES}
_LOWER_I = str.maketrans("İI", "iı")
_UPPER_I = str.maketrans("iı", "İI")
_HATS = str.maketrans("âîû", "aiu")
_LETTERS_AFTER_THEIR_BASE = str.maketrans(
    {"ç": "c{", "ğ": "g{", "ı": "h{", "ö": "o{", "ş": "s{", "ü": "u{"},
)
_UNSEEN = dict.fromkeys([0x034F, 0x115F, 0x1160, 0x2800, 0x3164, 0xFFA0, *range(0xFE00, 0xFE10)])
"""Signs without a shape that Unicode counts among marks, letters and symbols."""

_TO_MEND = re.compile("[\u0300-\u036f" + "".join(map(chr, _UNSEEN)) + "]")

_SMALL_WORDS = frozenset({"ve", "ile", "a."})

_BACK_VOWELS = "aıouâû"
_VOWELS = _BACK_VOWELS + "eiöüî"
_HIGH_VOWELS = "ıiuüî"
_HIGH_VOWEL_AFTER = {
    "a": "ı", "â": "ı", "ı": "ı", "e": "i", "i": "i", "î": "i",
    "o": "u", "u": "u", "û": "u", "ö": "ü", "ü": "ü",
}  # fmt: skip

_POSSESSIVE_HEADS = frozenset(
    {
        "adliyesi", "ağı", "ajansı", "akademisi", "amirliği", "arşivi", "bankası", "basımevi", "birimi",
        "birliği", "borsası", "bölgesi", "bölümü", "bürosu", "büyükelçiliği", "cemiyeti", "çiftliği",
        "daireleri", "dairesi", "dekanlığı", "derneği", "enstitüsü", "fabrikası", "fakültesi",
        "federasyonu", "fonu", "grubu", "hastanesi", "havalimanı", "heyeti", "idaresi", "işleri",
        "işletmesi", "kampüsü", "kolu", "komisyonu", "komitesi", "komutanlığı", "konfederasyonu", "konseyi",
        "konservatuvarı", "kooperatifi", "kulübü", "kurulu", "kurumu", "kuruluşu", "kütüphanesi",
        "laboratuvarı", "lisesi", "mahkemesi", "matbaası", "meclisi", "merkezi", "muhtarlığı",
        "mühendisliği", "müessesesi", "müzesi", "ocağı", "odası", "ofisi", "okulu", "ordusu", "ortaklığı",
        "örgütü", "partisi", "platformu", "rektörlüğü", "sandığı", "savcısı", "sekreterliği", "sendikası",
        "servisi", "şirketi", "şubesi", "tabipliği", "teşekkülü", "teşkilatı", "temsilciliği", "tesisi",
        "tugayı", "üniversitesi", "üssü", "vakfı", "valisi", "yüksekokulu",
    }
)  # fmt: skip
_BARE_HEADS_IN_A_HIGH_VOWEL = frozenset({"akademi", "enstitü", "köprü", "ordu", "vali", "yetkili"})
_BARE_HEADS_IN_AY = ("tay", "may", "köy", "saray", "alay", "tugay")
_STEMS_IN_S = ("meclis", "ofis", "servis", "kampüs", "tesis", "polis", "ihtisas", "adres", "esas")
_IRREGULAR_PLURALS = {
    "grubu": "grupları", "kulübü": "kulüpleri", "vakfı": "vakıfları", "kitabı": "kitapları",
    "şehri": "şehirleri", "üssü": "üsleri",
}  # fmt: skip
_IRREGULAR_SINGULARS = {plural: singular for singular, plural in _IRREGULAR_PLURALS.items()}

# Abbreviations that the rule of `_is_read_as_a_word` would read wrongly.
_READ_AS_WORDS = frozenset({"TOBB", "TESK", "TİSK", "DİSK", "KESK"})
_READ_AS_LETTERS = frozenset({"AB"})
_SUFFIX_OF_DOTTED = {"a.ş.": "ne", "şti.": "ne", "a.o.": "na"}

KEPT = 8192
"""Results kept of each function that is asked for the same names again and again."""

_WITH_UNIT = re.compile(r"^(?P<body>.*?\S)\s*(?P<unit>\([^()]*\))$", re.DOTALL)


def lower(text: str) -> str:
    """Lower case with I -> ı and İ -> i."""
    return unicodedata.normalize("NFC", text).translate(_LOWER_I).lower()


def upper(text: str) -> str:
    """Upper case with i -> İ and ı -> I."""
    return unicodedata.normalize("NFC", text).translate(_UPPER_I).upper()


def title(text: str) -> str:
    """Title case; `ve`, `ile` and `a.` stay in lower case except at the beginning."""
    words = re.split(r"(\s+)", lower(text))
    beginning = next((index for index, word in enumerate(words) if word.strip()), 0)
    return "".join(
        word if word in _SMALL_WORDS and index > beginning else _capitalise(word)
        for index, word in enumerate(words)
    )


def without_control_signs(text: str) -> str:
    """The text as one line, without invisible characters (bidirectional overrides, control characters)."""
    return "".join(char for char in text if unicodedata.category(char) not in {"Cc", "Cf"})


def one_line(text: str) -> str:
    """The text in NFC, with single blanks and without invisible signs; i with a separate dot above is i."""
    joined = " ".join(text.split())
    if joined.isprintable() and (joined.isascii() or not _TO_MEND.search(joined)):
        return joined
    visible = without_control_signs(joined).translate(_UNSEEN)
    composed = unicodedata.normalize("NFC", visible).replace("i\u0307", "i").replace("\u0131\u0307", "i")
    return " ".join(composed.split())


@lru_cache(maxsize=KEPT)
def search_key(text: str) -> str:
    """Key for searching, equal for any keyboard ("cumhurbaskanligi", "CUMHURBAŞKANLIĞI")."""
    return uncached_search_key(text)


def uncached_search_key(text: str) -> str:
    """`search_key` of a long text, which is asked for once."""
    without_apostrophes = text.translate(_DROP_APOSTROPHES)
    letters = _without_marks(without_apostrophes).lower().replace("ı", "i")
    return _words_only(_without_marks(letters))


@lru_cache(maxsize=KEPT)
def match_key(text: str) -> str:
    """Key for comparing recipient lines: case, circumflexes and punctuation folded, ş and s distinct."""
    letters = lower(unicodedata.normalize("NFKC", text.translate(_DROP_APOSTROPHES)))
    return _words_only(letters.translate(_HATS))


@lru_cache(maxsize=KEPT)
def sort_key(text: str) -> str:
    """A string whose byte-wise order (COLLATE "C") is the Turkish alphabetical order of `text`.

    A letter that Turkish adds after c, g, h, o, s or u becomes that letter and "{", which sorts after "z".
    """
    return _without_marks(match_key(text).translate(_LETTERS_AFTER_THEIR_BASE))


@lru_cache(maxsize=KEPT)
def dative(name: str, proper: bool = False) -> str:
    """The name with "-a/-e", as letters print it; a `proper` name (a place) takes an apostrophe."""
    name = _tidy(name)
    if not name:
        return name
    with_unit = _WITH_UNIT.match(name)
    if with_unit:
        return f"{dative(with_unit['body'], proper)} {with_unit['unit']}"
    head = lower(_last_word(name))
    if head in _SUFFIX_OF_DOTTED:
        return name + _SUFFIX_OF_DOTTED[head]
    if proper:
        return f"{name}'{_in_case_of(name, _buffered('y', head))}"
    if _is_abbreviation(name):
        return f"{name}'{_dative_of_abbreviation(_last_word(name))}"
    if _is_possessive(name):
        return name + _in_case_of(name, "n" + _low_vowel(head))
    if re.search(r"l[ıiuü]k$", head):
        return name[:-1] + _in_case_of(name, "ğ" + _low_vowel(head))
    return name + _in_case_of(name, _buffered("y", head))


def nominative_candidates(dative: str) -> list[str]:
    """Names of which the text may be the dative, the likeliest first; a person confirms them.

    Text without a dative ending is its own only candidate.
    """
    text = _tidy(dative).translate(_UNIFY_APOSTROPHES)
    with_unit = _WITH_UNIT.match(text)
    if with_unit:
        return [f"{body} {with_unit['unit']}" for body in nominative_candidates(with_unit["body"])]
    folded = lower(text)
    apostrophe = re.search(r"'[yn]?[ae]$", folded)
    if apostrophe:
        return [text[: apostrophe.start()]]
    if re.search(r"\.n[ae]$", folded):
        return [text[:-2]]
    if not re.search(r"..[ae]$", folded):
        return [text] if text else []
    without_one, without_two = text[:-1], text[:-2]
    hard_k = text[:-2] + _in_case_of(text, "k")
    if re.search(rf"[{_HIGH_VOWELS}]n[ae]$", folded):
        return [without_two, without_one]
    if folded.endswith(("ğa", "ğe")):
        return [hard_k, without_one]
    if re.search(rf"[{_VOWELS}]y[ae]$", folded):
        pair = [without_two, without_one]
        return pair[::-1] if folded[:-1].endswith(_BARE_HEADS_IN_AY) else pair
    return [without_one]


def plural(name: str) -> str:
    """The name of a class: "Valiliği" -> "Valilikleri", "Bakanlık" -> "Bakanlıklar"."""
    name = _tidy(name)
    if not name:
        return name
    head = lower(_last_word(name))
    if head in _IRREGULAR_PLURALS:
        return _with_last_word(name, _IRREGULAR_PLURALS[head])
    if _is_abbreviation(name):
        return f"{name}'l{_dative_of_abbreviation(_last_word(name))[-1]}r"
    if not _is_possessive(name):
        return name + _in_case_of(name, f"l{_low_vowel(head)}r")
    if re.search(r"l[ae]r[ıi]$", head):
        return name
    stem = name[:-1]
    if re.search(rf"[{_VOWELS}]s[{_HIGH_VOWELS}]$", head) and not head[:-1].endswith(_STEMS_IN_S):
        stem = name[:-2]
    elif head[-2:-1] == "ğ" and _syllables(head) > 2:
        stem = name[:-2] + _in_case_of(name, "k")
    vowel = _low_vowel(lower(stem))
    return stem + _in_case_of(name, f"l{vowel}r{_high_vowel(vowel)}")


def singular_candidates(plural: str) -> list[str]:
    """Names of which the text may be the plural, the likeliest first; empty if it is not a plural."""
    text = _tidy(plural).translate(_UNIFY_APOSTROPHES)
    head = lower(_last_word(text)) if text else ""
    if head in _IRREGULAR_SINGULARS:
        return [_with_last_word(text, _IRREGULAR_SINGULARS[head])]
    ending = re.search(r"l([ae])r[ıi]?$", head)
    if not ending or ending.start() < 2:
        return []
    stem = text[: len(text) - len(ending.group())]
    if stem.endswith("'"):
        return [stem[:-1]]
    if _low_vowel(lower(stem)) != ending.group(1):
        return []
    possessives = [_cased(stem, text, form) for form in _possessives(lower(stem))]
    is_bare = head.endswith("r")
    return _distinct([stem, *possessives] if is_bare else [*possessives, stem])


def _capitalise(word: str) -> str:
    letters = rf"[^\W\d_]+(?:[{APOSTROPHES}][^\W\d_]+)*"
    return re.sub(letters, lambda found: upper(found.group()[0]) + found.group()[1:], word)


def _without_marks(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text)
    letters = "".join(char for char in decomposed if not unicodedata.combining(char))
    return unicodedata.normalize("NFC", letters)


def _words_only(text: str) -> str:
    visible = "".join(char for char in text if unicodedata.category(char) != "Cf")
    return " ".join(re.sub(r"[\W_]+", " ", visible.translate(_DROP_APOSTROPHES)).split())


def _tidy(name: str) -> str:
    return unicodedata.normalize("NFC", name).strip()


def _last_word(name: str) -> str:
    return name.split()[-1]


def _is_capitals(word: str) -> bool:
    return len(word) > 1 and word == upper(word) and word != lower(word)


def _in_case_of(name: str, suffix: str) -> str:
    return upper(suffix) if _is_capitals(_last_word(name)) else suffix


def _with_last_word(name: str, word: str) -> str:
    last = _last_word(name)
    in_case = upper(word[0]) + word[1:] if last[0] == upper(last[0]) else word
    return name[: -len(last)] + _in_case_of(name, in_case)


def _cased(stem: str, whole: str, folded_form: str) -> str:
    """`folded_form` (derived from the lower-cased `stem`) with the original case of `stem` restored."""
    common = len(stem) if folded_form.startswith(lower(stem)) else len(stem) - 1
    return stem[:common] + _in_case_of(whole, folded_form[common:])


def _last_vowel(folded: str) -> str:
    return next((char for char in reversed(folded) if char in _VOWELS), "e")


def _low_vowel(folded: str) -> str:
    return "a" if _last_vowel(folded) in _BACK_VOWELS else "e"


def _high_vowel(folded: str) -> str:
    return _HIGH_VOWEL_AFTER[_last_vowel(folded)]


def _buffered(buffer: str, folded: str) -> str:
    return (buffer if folded[-1] in _VOWELS else "") + _low_vowel(folded)


def _syllables(folded: str) -> int:
    return sum(char in _VOWELS for char in folded)


def _possessives(stem: str) -> list[str]:
    """Possible possessive forms of a folded stem, the likeliest first."""
    vowel = _high_vowel(stem)
    plain = stem + vowel
    if stem[-1] in _VOWELS:
        return [f"{stem}s{vowel}"]
    if re.search(r"l[ıiuü]k$", stem):
        return [f"{stem[:-1]}ğ{vowel}"]
    if stem[-1] == "k" and _syllables(stem) > 1:
        return [f"{stem[:-1]}ğ{vowel}", plain]
    return [plain]


def _is_possessive(name: str) -> bool:
    """Whether the head noun has the possessive -(s)ı; a lexical question ("Kurulu" has it, "Ordu" has not)."""
    words = [lower(word) for word in name.split()]
    head = words[-1]
    if head[-1] not in _HIGH_VOWELS or head in _BARE_HEADS_IN_A_HIGH_VOWEL:
        return False
    if head in _POSSESSIVE_HEADS or len(words) > 1:
        return True
    return bool(re.search(r"(l[ıiuü]ğ[ıiuü]|l[ae]r[ıi])$", head))


def _is_abbreviation(name: str) -> bool:
    *before, head = name.split()
    if not _is_capitals(head) or any(_is_capitals(word) for word in before):
        return False
    folded = lower(head)
    is_word = folded.endswith(("lar", "ler", "lık", "lik", "luk", "lük", "tay")) or _is_possessive(folded)
    return not is_word


def _is_read_as_a_word(abbreviation: str) -> bool:
    """Whether it is pronounced as a word (TÜBİTAK, YÖK) rather than spelt out (TRT)."""
    if abbreviation in _READ_AS_WORDS or abbreviation in _READ_AS_LETTERS:
        return abbreviation in _READ_AS_WORDS
    return lower(abbreviation)[-2] in _VOWELS


def _dative_of_abbreviation(abbreviation: str) -> str:
    folded = lower(abbreviation)
    if folded[-1] in _VOWELS:
        return "y" + _low_vowel(folded)
    return _low_vowel(folded) if _is_read_as_a_word(abbreviation) else "ye"


def _distinct(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(names))

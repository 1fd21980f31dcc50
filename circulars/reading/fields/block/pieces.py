"""What a piece of text is worth as one recipient."""

import itertools
import re
from functools import lru_cache

from circulars.reading.fields.block import weights
from circulars.reading.text.folding import fold, squeeze
from circulars.reading.text.recipients import ends_in_dative, is_own_unit, is_plan, split_bullet
from circulars.reading.text.vocabulary import is_known

_HEADS = (
    r"bakanlik|bakanlig|baskanlik|baskanlig|mudurluk|mudurlug|valilik|valilig|kaymakamlik"
    r"|kaymakamlig|rektorluk|rektorlug|dekanlik|dekanlig|komutanlik|komutanlig|muhtarlik|muhtarlig"
    r"|savcilik|savcilig|barosu|barolar|odasi|odalar|borsa|birlig|birlik|kurumu|kurumlar|kurulu"
    r"|kurullar|kurulus|enstitu|sekreterlik|sekreterlig|makam|mahkeme|muftuluk|muftulug"
    r"|defterdarlik|defterdarlig|elcilig|elcilik|konsolosluk|konsoloslug|temsilcilik|temsilcilig"
    r"|koordinatorluk|koordinatorlug|musavirlik|musavirlig|uzmanlik|uzmanlig|uzmanlar|sube|teskilat"
    r"|tesis|birim|dernek|dernegi|sendika|vakf|vakif|federasyon|kooperatif|merkez|buro|ofis|okul"
    r"|lise|hastane|firma|sirket|banka|emniyet|akademi|fakulte|yuksekokul|konservatuvar|saymanlik"
    r"|saymanlig|genelkurmay|meclis|encumen|daire|danistay|yargitay|sayistay|idare|ajans|universite"
    r"|belediye|bakimevi|laboratuvar|isletme|fabrika|amirlik|amirlig|seflik|seflig|sorumlulug|noter"
    r"|icra|unite|cumhurbaskan|klig|nlig"
)
_HEAD = re.compile("^(?:" + _HEADS + ")|^k\\.?ligin?a$|^\\S+(?:lig|lug)[iu]n[ae]$")
_BARE = re.compile(
    r"^(?:(?:genel|daire|daireleri|dairesi|il|ilce|bolge|sube|isleri|kurulu|kurumu|merkezi|fakultesi|universitesi"
    r"|belediye|ve)\s+)*(?:baskanlig|mudurlug|rektorlug|dekanlig|komutanlig|sekreterlig|muhtarlig|kurumu|birimleri"
    r"|musavirlig|baskanlik|mudurluk|bakanlig|valilig|kaymakamlig|koordinatorlug|temsilcilig)[a-z]*$"
)
_ALONE = re.compile(
    r"^(?:genel sekreterlig[a-z]*|genel mudurlug[a-z]*|bakanlik[a-z]*|valilik[a-z]*|kaymakamlik[a-z]*|valilig[a-z]*"
    r"|(?:tum |butun )?(?:baskanlik|mudurluk|rektorluk|dekanlik|muhtarlik|komutanlik|birim)lar[a-z]*"
    r"|(?:tum |butun )?(?:rektorluk|mudurluk)ler[a-z]*|il mudurlukler[a-z]*|bolge mudurlukler[a-z]*"
    r"|ilce mudurlukler[a-z]*|sube mudurlukler[a-z]*|daire baskanliklar[a-z]*|belediye baskanliklar[a-z]*"
    r"|belediye baskanlig[a-z]*|merkez birimlerine|ilce belediye baskanliklar[a-z]*)$"
)
ORDINAL = re.compile(
    r"^(?:bolge|sube|ilce secim"
    r"|ordu|kolordu|hukuk|asliye|sulh|agir|icra|noter|idare|vergi|is mahkeme|aile|tuketici|ceza"
    r"|organize|ana|sinif|etap|kademe|hudut|piyade|mekanize|komando|zirhli|tugay|tumen|daire|grup|murakip|derece|hava|deniz"
    r"|istihbarat)"
)
"""What an ordinal stands before: `1. Hukuk Müşavirliğine`, `13. Bölge Müdürlüğüne`; folded."""
_POSSESSED = re.compile(
    r"^(?!\S*\.|cumhurbaskanl|defterdarl|muftulug|basbakanl|belediyesi).*(?:l[iu]g|kurum|kurul|merkez|birlig|oda?s|mahkemes|barosu?)[iu]n[ae]$"
)
_INNER_NUMBER = re.compile(r"(?<=\S) (?=\d{1,3} ?[-)] ?[A-ZÇĞİÖŞÜ]|\d{1,3}\. [A-ZÇĞİÖŞÜ])")
_OPEN_UNIT = re.compile(r"^[^(]*\)")
_MEMBERS = re.compile(r"^([^:]{4,80}?) ?: ?([^:]+)$")
_PLURAL = re.compile(r"l[ae]r[ae]$")
_MAX_WORDS = 16
_MOST_UNIT_WORDS = 22
_CLASS = re.compile(r"^(?:81 |tum |butun |30 |51 |922 )|^(?:valiliklere|bakanliklara|kaymakamliklara)")

_UNITS_OF = (
    (
        r"valili",
        r"^(?:il |yatirim izleme|defterdarlik|afet|.*\bil (?:mudur|muftu|afet|jandarma)|idare ve denetim"
        r"|.*il mudurlugu)",
        r"genel mudurlug|^ilce|zabita|ulasim hizmet|fen isleri",
    ),
    (
        r"kaymakaml",
        r"^(?:ilce |malmudur|mal mudur|.*\bilce |gelir mudur|tapu mudur)",
        r"genel mudurlug|^il |zabita|ulasim hizmet|sube mudurlug|fen isleri",
    ),
    (
        r"belediye",
        r"zabita|ulasim|itfaiye|imar|fen isleri|park|temizlik|mali hizmet|yazi isleri|cevre|sosyal|kultur|daire"
        r"|mudurlugu|hal ",
        r"^il (?!ozel)|^ilce|genel mudurlug|sube mudurlug|bakanlig",
    ),
    (r"emniyet|jandarma", r"sube|trafik|asayis|koruma|kacakcilik|.*amirlig", r"genel mudurlug|^il |^ilce"),
    (
        r"bakanlig|bakanlik",
        r"genel mudurlug|baskanlig|kurumu|kurulu|mustesarlig|daire|ozel kalem|emniyet|sekreterlik|sekreterligi",
        r"^il |^ilce|zabita|sube mudurlug|ulasim hizmet",
    ),
    (
        r"universite|rektor",
        r"fakulte|enstitu|daire|hastane|genel sekreter|yuksekokul|merkez|bolum|koordinator|ogrenci|.*muduriug",
        r"^il |^ilce|zabita|genel mudurlug",
    ),
    (r"meclis", r"sekreter|komisyon|baskanlik", r"^il |^ilce|zabita"),
    (r"cumhurbaskan", r"ofis|baskanlig|sekreter|genel mudurlug|idari isler|kurulu", r"^il |^ilce|zabita"),
    (
        r"bolge mudurlug|bolge baskan|mudurlug",
        r"^\w+$|sube|sefli|mudurlug|^[a-z]+ - [a-z]+$",
        r"^il \w+ mudur|^ilce",
    ),
    (r"baskanlig|kurumu", r"genel mudurlug|daire|baskanlig|sube|sekreter|mudurlug|^\w+$", r"^il \w|^ilce"),
)


@lru_cache(maxsize=65536)
def worth(text: str) -> float:
    """The worth of the text as one recipient with its unit and exception in parentheses; see `weights`."""
    text = squeeze(text)
    _, number, rest = split_bullet(text)
    rest = rest or text
    opened, closed = rest.count("("), rest.count(")")
    score = 0.0
    if rest.startswith("(") or _OPEN_UNIT.match(rest):
        return weights.UNIT_ALONE
    if opened > closed:
        score += weights.OPEN_PARENTHESIS
    members = _MEMBERS.match(rest)
    if members and worth(members[1]) > 0:
        return worth(members[1]) + (weights.INNER_DATIVE if _has_dative(members[2]) else weights.JOIN)
    body, unit = _parted(rest)
    words = body.split()
    if not words:
        return weights.UNIT_ALONE
    if len(words) > _MAX_WORDS or len(unit.split()) > _MOST_UNIT_WORDS or _ends_like_sentence(body):
        return weights.SENTENCE
    folded = fold(body)
    if words[0][0].islower() and not re.match(r"^[a-z]-", words[0]):
        score += weights.SMALL_START
    if words[-1] in ("ve", "ile") or rest.endswith((",", " ve", "/")):
        score += weights.OPEN_END
    if any(not ORDINAL.match(fold(split_bullet(each)[2])) for each in _INNER_NUMBER.split(body)[1:]):
        score += weights.INNER_NUMBER
    inner = sum(_is_inner_end(word, following) for word, following in itertools.pairwise(words))
    score += inner * weights.INNER_DATIVE
    ordinal = number is not None and bool(ORDINAL.match(folded))
    score += (
        _worth_of_body(f"{number}. {body}", f"{number}. {folded}")
        if ordinal
        else _worth_of_body(body, folded)
    )
    if unit:
        score += unit_fits(folded, fold(unit))
    return score


def _worth_of_body(body: str, folded: str) -> float:
    if is_known(body):
        return weights.KNOWN if ends_in_dative(body) else weights.KNOWN_NOMINATIVE
    if is_plan(body):
        return weights.PLAN
    if folded.startswith("sayin "):
        return weights.PERSON
    if " " not in folded and _POSSESSED.search(folded):
        return weights.BARE_HEAD
    if _BARE.match(folded):
        return weights.ALONE if _ALONE.match(folded) else weights.BARE_HEAD
    last = folded.split()[-1].strip(".,;:*'")
    named = bool(_HEAD.search(last))
    if ends_in_dative(body):
        return weights.BODY if named else weights.DATIVE
    if body.endswith(":"):
        return weights.COLON_END
    return weights.HEAD_NOUN if named and len(folded.split()) > 1 else weights.NO_BODY


def _parted(text: str) -> tuple[str, str]:
    """The body, and what stands in parentheses behind it."""
    at = text.find("(")
    if at < 0:
        return text, ""
    end = text.find(")", at)
    behind = text[end + 1 :].strip() if end >= 0 else ""
    if behind and not behind.startswith("("):
        return f"{text[:at].strip()} {behind}", text[at + 1 : end]
    return text[:at].strip(), text[at + 1 :].rstrip(")")


def _ends_like_sentence(body: str) -> bool:
    if not body.endswith(".") or re.search(r"(?:\b\w{1,3}|[A-ZÇĞİÖŞÜ])\.$", body):
        return False
    return len(body.split()) > 4 and not ends_in_dative(body)


def _is_inner_end(word: str, following: str) -> bool:
    """Whether a name ends with this word, which stands inside the text; `Odalara ve Borsalara` is one class."""
    folded = fold(word).strip(".,;")
    if following == "ve" and _PLURAL.search(folded):
        return False
    return ends_in_dative(word) and bool(_HEAD.search(folded))


@lru_cache(maxsize=16384)
def is_end_of_body(word: str) -> bool:
    """Whether the word is the last of a body's name in the dative."""
    return ends_in_dative(word) and bool(_HEAD.search(fold(word).strip(".,;()")))


def _has_dative(text: str) -> bool:
    return any(map(ends_in_dative, text.split()))


@lru_cache(maxsize=16384)
def unit_fits(body: str, unit: str) -> float:
    """How well a unit suits its body, both folded; an exception (`Ankara hariç`) suits any."""
    if re.search(r"\bharic\b|\bdahil\b|konul|gonder", unit):
        return 0.3
    for bodies, fits, unfit in _UNITS_OF:
        if re.search(bodies, body):
            if re.search(unfit, unit):
                return weights.UNIT_UNFIT
            return weights.UNIT_FITS if re.search(fits, unit) else 0.0
    return weights.UNIT_OF_NONE


@lru_cache(maxsize=32768)
def likeness(one: str, other: str) -> float:
    """How like two recipients are: by their last words."""
    a, b = _body_words(one), _body_words(other)
    if not a or not b or a[-1] != b[-1]:
        return 0.0
    if len(a) > 1 and len(b) > 1 and a[-2] == b[-2]:
        return weights.LIKE_WORDS
    return weights.LIKE_WORD


def _body_words(text: str) -> list[str]:
    return fold(_parted(split_bullet(text)[2])[0]).split()


@lru_cache(maxsize=16384)
def leaning(text: str, info: bool) -> float:
    """How much a recipient leans to its group by its kind alone."""
    if _CLASS.match(fold(split_bullet(text)[2])):
        return 0.0 if info else weights.CLASS_ACTION
    if is_own_unit(text):
        return weights.OWN_UNIT_INFO if info else weights.OWN_UNIT_ACTION
    return 0.0

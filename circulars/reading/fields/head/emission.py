"""What a segment of the head is worth under each tag, by the shape of its text."""

import re
from enum import Enum

from circulars.reading.fields.addressee import is_addressee, is_place
from circulars.reading.fields.head import weights
from circulars.reading.fields.head.segments import Segment
from circulars.reading.fields.marks import Marks, is_circular_head, is_number_alone
from circulars.reading.text.dates import date_alone, dates_in
from circulars.reading.text.folding import fold, is_capitals
from circulars.reading.text.labels import Label
from circulars.reading.text.recipients import ends_in_dative


class Tag(Enum):
    """What a segment of the head is."""

    STATE = "T.C."
    ISSUER = "letterhead"
    NUMBER = "Sayı"
    SUBJECT = "Konu"
    MORE = "next line of the Konu"
    CIRCULAR = "Genelge"
    ADDRESSEE = "muhatap"
    UNIT = "next line of the muhatap"
    REFERENCE = "İlgi"
    DATE = "Tarih"
    PLACE = "place"
    MARK = "ACELE, HİZMETE ÖZEL"
    NOISE = "anything else"


TRANSPARENT = {Tag.DATE, Tag.PLACE, Tag.MARK, Tag.NOISE}
"""Tags that may stand anywhere in the order."""

_STATE = re.compile(r"^\W*t\s?\.\s?c\s?\.?(?=\W|$)\s*|^republic of [^/]{3,20}/ ?t\.? ?c\.?$|^\d{1,2} t\.c\. ")
_CHROME = re.compile(
    r"»| > |\ba\+|\byazd[i1]r\b|\bpaylas\b|\bana ?sayfa\b|\bdownload\b|\bokundu\b|\bebat\b|transkript|sayfadan"
    r"|https?://|www\.|arkadasina gonder|benzer belge|son guncelleme|^\W*evrak tarih ve say|etiketler|\bcopyright\b"
)
_BODY = re.compile(
    r"(?:bakanl[i1]g[i1]|baskanl[i1]g[i1]|mudurlugu|valil[i1]g[i1]|kaymakaml[i1]g[i1l]|rektorlugu|dekanl[i1]g[i1]|komutanl[i1]g[i1]"
    r"|odas[i1]|b[i1]rl[i1]g[i1]|send[i1]kas[i1]|kurumu|kurulu|merkez[i1]|subes[i1]|savc[i1]l[i1]g[i1]|adl[i1]yes[i1]|sekreterl[i1]g[i1]"
    r"|sekreterl[i1]k|belediyesi|universitesi|fakultesi|ofisi|koordinatorlugu|enstitusu|dernegi|vakf[i1]|mahkemesi"
    r"|komisyonu|mustesarl[i1]g[i1]|musavirl[i1]g[i1]|defterdarl[i1]g[i1]|muftulugu|bankas[i1]|a\.s\."
    r"|konfederasyonu|federasyonu"
    r"|cumhurbaskanl[i1]g[i1]|mudurlukleri|idaresi|birimi|burosu|borsas[i1]|okulu|yuksekokulu|lisesi|hastanesi|ajans[i1]"
    r"|cumhurbaskanl[i1]g[i1]ndan|bassavc[i1]l[i1]g[i1]|meclisi|laboratuvar[i1]|akademisi"
    r"|kooperatifi|baskanl[i1]k|genel merkezi)\W*$"
)
_ENGLISH = frozenset(
    {
        "republic", "of", "university", "ministry", "directorate", "office", "department",
        "rectorate", "faculty", "general", "international", "presidency", "the", "and", "to",
        "technical", "institute", "school", "affairs", "coordination", "places", "distribution",
        "for", "information", "action", "governorship", "municipality", "relations",
    }
)  # fmt: skip
_IN_PARENTHESES_AT_END = re.compile(r"\s*\([^()]*\)\s*$")
_NUMBER_OF_NAME = re.compile(r"^\d{1,3}\.? (?=[A-ZÇĞİÖŞÜ])")
_ENOUGH_ENGLISH = 0.3
_MOST_ENGLISH = 0.6
_NUMBER_SHAPE = re.compile(r"^[EZO]-\d{5,}[-.\d\[\]]*-\d+|^\d{5,}-\d[\d.]*-\S*\d|^B\.?\d{2}\S*\d")
_DIGITS = re.compile(r"^\d{3,7}$")
_REMARK = re.compile(r"^(?:\W*|dosya|[*\s.]+)$")
_TEXT_WORDS = 13
_LONG = 80
_SHORT_NUMBER = re.compile(
    r"^\(?(?:(?:sira|seri|genelge)? ?(?:no|say[i1]|nu)? ?[:.]* ?)?\d[\d/ .-]{0,12}(?: ?ek| ?no\.?lu)?\)?\W*$"
)
_NO_SURE_ADDRESSEE = re.compile(r"[!,;]\s*$")
_TWO_DIGIT_YEAR = re.compile(r"^\d{1,2}[./]\d{1,2}[./]\d{2}$")


def names_body(text: str) -> bool:
    """Whether the text ends like the name of a body or a unit; a place in parentheses may follow."""
    return bool(_BODY.search(_IN_PARENTHESES_AT_END.sub("", fold(text))))


def is_state_line(line: str) -> bool:
    """Whether it is the first line of a letterhead, `T.C.` (Y 10)."""
    return bool(_STATE.match(fold(line)))


def behind_state(text: str) -> str:
    """What stands behind `T.C.` on its line."""
    match = _STATE.match(fold(text))
    return text[match.end() :].strip() if match else text


def is_second_language(text: str) -> bool:
    """Whether the text is English, as letters of universities repeat their letterhead."""
    words = [word.strip("/.,()") for word in fold(text).split()]
    share = sum(word in _ENGLISH for word in words) / len(words) if words else 0.0
    turkish = any(c in "çğışöüÇĞİŞÖ" for c in " ".join(text.split()[1:]))
    return share >= (_MOST_ENGLISH if turkish else _ENOUGH_ENGLISH)


def without_second_language(text: str) -> str:
    """`Dış İlişkiler Ofisi / International Office` without the English half."""
    first, slash, second = text.partition(" / ")
    if slash and is_second_language(second):
        return first
    return second if slash and is_second_language(first) else text


def is_text(segment: Segment) -> bool:
    """Whether the segment looks like a line of the letter's text."""
    text = segment.text
    words = len(text.split())
    if segment.label is not None:
        return False
    return len(text) > _LONG * 1.5 or words > _TEXT_WORDS or (words > 5 and text.endswith((".", ":", ";")))


def emissions(segment: Segment, following: Segment | None) -> dict[Tag, float]:
    """The worth of each tag that the segment may have by itself."""
    text = segment.text
    folded = fold(text)
    worth: dict[Tag, float] = {Tag.NOISE: _noise(segment, folded)}
    if _STATE.match(folded):
        worth[Tag.STATE] = weights.STATE
    if segment.label is not None:
        worth |= _of_label(segment)
    elif _NUMBER_SHAPE.match(text):
        worth[Tag.NUMBER] = weights.NUMBER_SHAPE
    elif _DIGITS.match(text):
        worth[Tag.NUMBER] = weights.NUMBER_PLAIN
    if date_alone(text) is not None or _TWO_DIGIT_YEAR.match(folded):
        worth[Tag.DATE] = weights.DATE_ALONE
    if Marks().is_only_marks(text):
        worth[Tag.MARK] = weights.MARK
    if is_circular_head(text):
        worth[Tag.CIRCULAR] = weights.CIRCULAR
    elif is_number_alone(text):
        worth[Tag.CIRCULAR] = weights.CIRCULAR_NUMBER - 1
    elif _SHORT_NUMBER.match(folded) and Tag.DATE not in worth:
        worth[Tag.CIRCULAR] = weights.CIRCULAR_NUMBER - 2
    if is_place(_closed_up(text)):
        worth[Tag.PLACE] = weights.PLACE
    if segment.label is None and not is_text(segment) and Tag.MARK not in worth and Tag.DATE not in worth:
        if not _is_dotted(following) and Tag.CIRCULAR not in worth:
            worth[Tag.ISSUER] = _issuer(text, folded)
        addressee = _addressee(segment, following)
        if addressee is not None:
            worth[Tag.ADDRESSEE] = addressee
    return worth


def _closed_up(text: str) -> str:
    """`A n k a r a` as `Ankara`."""
    return text.replace(" ", "") if re.fullmatch(r"(?:[^\W\d_] ){2,}[^\W\d_]", text) else text


def _of_label(segment: Segment) -> dict[Tag, float]:
    empty = not segment.value and not segment.items
    worth = weights.LABEL_EMPTY if empty else weights.LABEL
    match segment.label:
        case Label.NUMBER:
            return {Tag.NUMBER: worth if any(map(str.isdigit, segment.value)) else weights.LABEL_EMPTY}
        case Label.SUBJECT:
            return {Tag.SUBJECT: 1.0 if empty else worth}
        case Label.REFERENCE:
            return {Tag.REFERENCE: worth}
        case Label.CIRCULAR:
            return {Tag.CIRCULAR: worth}
        case Label.DATE:
            return {Tag.DATE: worth if next(dates_in(segment.value), None) else weights.LABEL_EMPTY}
    return {}


def _noise(segment: Segment, folded: str) -> float:
    if _CHROME.search(folded):
        return weights.NOISE_CHROME
    if is_text(segment):
        return weights.TEXT
    if _REMARK.match(folded):
        return weights.REMARK
    return weights.LABEL_EMPTY if segment.label in (Label.NUMBER, Label.SUBJECT) else weights.NOISE


def _issuer(text: str, folded: str) -> float:
    if is_second_language(text):
        return weights.ISSUER_SECOND_LANGUAGE
    turkish = without_second_language(text)
    if turkish.startswith("(") and turkish.endswith(")") and names_body(turkish[1:-1]):
        turkish = turkish[1:-1]
    score = 0.0
    if len(turkish) > _LONG:
        score += weights.ISSUER_LONG
    numbered = _NUMBER_OF_NAME.match(turkish)
    body = names_body(turkish)
    turkish = turkish[numbered.end() :] if numbered and body else turkish
    if is_capitals(turkish):
        score += weights.ISSUER_CAPITALS
    elif turkish[0].isupper() and body:
        score += weights.ISSUER_UNIT - weights.ISSUER_BODY
    else:
        score -= 1.0
    if body:
        score += weights.ISSUER_BODY
    if ends_in_dative(turkish) and not body:
        score += weights.ISSUER_DATIVE
    if re.search(r"\d(?!\.)|[;!?»]|\.\.", turkish) or turkish.startswith("("):
        score += weights.ISSUER_DIGIT
    if _CHROME.search(folded):
        score += weights.ISSUER_LONG
    return score


def _addressee(segment: Segment, following: Segment | None) -> float | None:
    text = without_second_language(segment.text).rstrip(" .…")
    folded = fold(text)
    if re.match(r"^da.?[i1l]t[i1l]m(?: yer|$)", folded):
        return weights.ADDRESSEE_TO_LIST
    if is_addressee(text):
        if _NO_SURE_ADDRESSEE.search(segment.text):
            return -1.0
        if folded.startswith("sayin "):
            return weights.ADDRESSEE_PERSON
        if is_capitals(re.sub(r"\([^()]*\)?", "", text)):
            return weights.ADDRESSEE_CAPITALS
        return weights.ADDRESSEE_TITLE if segment.alone else 0.0
    if (
        following is not None
        and is_capitals(text)
        and is_capitals(following.text)
        and is_addressee(following.text)
    ):
        return weights.ADDRESSEE_WRAPPED
    if is_capitals(text) and _BODY.search(folded):
        if _is_dotted(following):
            return weights.ADDRESSEE_DOTTED
        return weights.ADDRESSEE_NOMINATIVE if segment.gap else None
    return None


def _is_dotted(segment: Segment | None) -> bool:
    return segment is not None and bool(re.fullmatch(r"[.…\s]{4,}|…{2,}[.…\s]*", segment.text))

"""Page footers: verification (Y 23), contact block (Y 24), page number (Y 27).

Extracted text contains them in the middle of the letter, and their small print often loses Turkish letters.
"""

import re

from circulars.reading.fields.block.pieces import is_end_of_body
from circulars.reading.text.cleaning import PAGE_BREAK
from circulars.reading.text.folding import fold, squeeze
from circulars.reading.text.recipients import ends_in_dative

_DOGRULAMA = r"do.{0,2}rulama"
_BILGI_ICIN = r"bilgi i.{0,3}n(?: irtibat)?\s*:"
_LABEL = re.compile(
    r"^\W*(?:(?:yazisma )?adres(?:i)?|tel|telf|telefon|faks|fax|belgegecer|santral|e-?posta|e-?mail"
    r"|mail|.?nternet"
    r"|.?nternet (?:adresi|sitesi)|elektronik ag|web|web (?:adresi|sitesi)|kep|kep adresi|ayr.?nt.?l. bilgi"
    r"|irtibat|bilgi i.{0,3}n|iletisim|evrak (?:pin|sorgu)\w*|pin(?: kodu)?)\.?(?: ?no|nu| ?numarasi"
    r"| adresi| irtibat)?\.?\s*:"
)
_VERIFICATION = re.compile(
    r"^\W*(?:evraki dogrulamak icin|bu (?:belge|evrak)\b.{0,80}(?:elektronik imza|imzalan)|(?:belge |evrak |e-?belge )?"
    + _DOGRULAMA
    + r"|evrak(?:i|in)? (?:sorgu|teyi)|belge takip|5070 say)|kodu (?:ile|girilerek) .{0,60}(?:teyit|"
    + _DOGRULAMA
    + r"|eris)"
)
_ANYWHERE = re.compile(
    _BILGI_ICIN
    + r"|\b(?:tel|faks|fax|telf|telefon|santral)\.?(?: ?no)?\.? ?: ?\(?0?[ (]{0,3}\d{3}|@[\w.]{0,40}kep\.tr"
)
_BARE = re.compile(
    r"^\W*(?:(?:https?://|www\.)\S+|\S+@\S+)\W*$|^\s*\*[a-z0-9-]{5,40}\*\s*$|^\W*:?\s*\S+@\S+$"
)
_PAGE_NUMBER = re.compile(r"^\s*(?:sayfa\s*:?\s*)?[-–]?\s*\d{1,3}\s*(?:[-–]|(?:/|\|)\s*\d{1,3})?\s*$")
_STREET = re.compile(
    r"\b(?:mah|mahallesi|cad|caddesi|sok|sokak|sokagi|sk|cd|bulv|bulvari|blv|kat|hukumet konagi)\b"
)
_HOUSE = re.compile(r"no ?: ?\d|\b\d{5}\b|kat ?: ?\d")
_PLACE = re.compile(r"[^\W\d_]{2,} ?/ ?[A-ZÇĞİÖŞÜ]{3,}\s*$|\b\d{5}\b [^\W\d_]{2,}")
_CONTENT_HEAD = re.compile(
    r"^\W*(?:t\.? ?c\.?$|ek(?:ler|leri|i)?\s*:|ek listesi|da.?itim|gere.?i|bilgi\s*:?$|sayi\s*:"
    r"|konu\s*:|ilgi\s*:|olur$)"
)
_ACTION_FOR = re.compile(r"^\W*gere.?i icin\s*:")
_INFO_FOR = re.compile(r"^\W*bilgi icin\s*:\s*$")
_MAX_BRIDGE = 3
_MAX_CONTACT = 12
_MAX_FOOT_LINE = 600
_MAX_TAIL = 2
_CODE = re.compile(_DOGRULAMA + r"\s+(?:kodu|no)\s*:?\s*\*?\s*([0-9A-Za-z][0-9A-Za-z-]{3,60})")
_CODE_IN_PARTS = re.compile(r"(?<!\S)([0-9a-z+/=]{5,20}(?: - [0-9a-z+/=]{5,20}){1,3}) kodu ile")
_BARE_CODE = re.compile(r"(?:^|[\s.])(?:kod|kodu|belge kodu)\s*:\s*\*?([0-9a-z][0-9a-z-]{5,60})\b")
_CODE_AT_END = re.compile(r"(?:" + _DOGRULAMA + r"\s+(?:kodu|no)|pin kodu)\s*:?\s*$")
_LABEL_OF_CELL = re.compile(r"^\W*(?:belge |evrak )?" + _DOGRULAMA + r"\s+kodu\s*:\s{3,}(?=[^\W\d_]+ )")
"""The label in a cell of its own, with words in the next cell: the code stands below."""
_CODE_IN_SENTENCE = re.compile(
    r"(?<![\w-])\(?\*?([0-9A-Za-z][0-9A-Za-z-]{4,60})\*?\)? kodu(?: (?:ile|girilerek)|nu (?:yaz|gir))"
)
_PIN = re.compile(r"(?:evrak )?pin(?: kodu)?\s*:\s*([0-9A-Za-z-]{4,60})")
_ADDRESS_LABEL = re.compile(_DOGRULAMA + r"\s+adresi\s*:?|belge takip adresi\s*:?")
_LEADING_CODE = re.compile(r"^\s*\*?([0-9A-Za-z][0-9A-Za-z-]{3,60})")
_WEB = re.compile(r"https?://[^\s<>()\"',;]{3,300}|(?<![\w@.])www\.[^\s<>()\"',;]{3,300}")


def find_verification(lines: list[str]) -> tuple[str | None, str | None]:
    """The verification code and its address (Y 23), from the first footer that has them."""
    code = address = None
    for index, line in enumerate(lines):
        folded = fold(line)
        if code is None:
            code = _code_of(lines, index, folded)
        if address is None:
            address = _address_of(lines, index, folded)
    return code, address


def _code_of(lines: list[str], index: int, folded: str) -> str | None:
    line = lines[index]
    below_label = _LABEL_OF_CELL.search(folded)
    match = (
        _CODE_IN_PARTS.search(folded)
        or (None if below_label else _CODE.search(folded))
        or _CODE_IN_SENTENCE.search(folded)
        or _PIN.search(folded)
    )
    if match is None and not below_label and (_VERIFICATION.search(folded) or _WEB.search(line)):
        match = _BARE_CODE.search(folded)
    following = next((rest.strip() for rest in lines[index + 1 : index + 3] if rest.strip()), "")
    if match:
        code = line[match.start(1) : match.end(1)]
        at_end = match.end(1) == len(line.rstrip())
    elif (_CODE_AT_END.search(folded) or below_label) and _LEADING_CODE.match(following):
        code, at_end, following = _code_text(following), False, ""
    else:
        return None
    if at_end and code.endswith("-") and _LEADING_CODE.match(following):
        code += _code_text(following)
    return code if any(c.isdigit() for c in code) or code.isupper() else None


def _address_of(lines: list[str], index: int, folded: str) -> str | None:
    label = _ADDRESS_LABEL.search(folded)
    if label:
        found = _WEB.search(lines[index], label.end()) or _WEB.search(" ".join(lines[index + 1 : index + 3]))
    elif _VERIFICATION.search(folded):
        found = _WEB.search(lines[index])
    else:
        return None
    return found[0].rstrip(".") if found else None


def _code_text(line: str) -> str:
    match = _LEADING_CODE.match(line)
    return match[1] if match else ""


def find_contact(lines: list[str]) -> list[str]:
    """The contact block of the first footer (Y 24): address, telephone, contact person."""
    foot = sorted(_foot_lines(lines))
    block: list[str] = []
    last: int | None = None
    for index in foot:
        folded = fold(lines[index])
        if last is not None and index - last > _MAX_BRIDGE and block:
            break
        last = index
        if (
            _VERIFICATION.search(folded)
            or _PAGE_NUMBER.match(lines[index])
            or _CODE_IN_SENTENCE.search(folded)
        ):
            continue
        if len(block) >= _MAX_CONTACT:
            break
        block.append(squeeze(lines[index]))
    return block


def without_footers(lines: list[str]) -> list[str]:
    """The lines with every footer replaced by one page break."""
    foot = _foot_lines(lines)
    result: list[str] = []
    for index, line in enumerate(lines):
        if index not in foot:
            result.append(line)
        elif not result or result[-1] != PAGE_BREAK:
            result.append(PAGE_BREAK)
    return result


def _foot_lines(lines: list[str]) -> set[int]:
    has_action_for = any(_ACTION_FOR.match(fold(line)) for line in lines)
    strong = {i for i, line in enumerate(lines) if _is_strong(line, has_action_for)}
    foot = set(strong)
    inked = [i for i, line in enumerate(lines) if line.strip()]
    _add_addresses(lines, inked, foot)
    _add_bridges(lines, inked, foot)
    _add_tails(lines, inked, foot)
    return foot


def _is_strong(line: str, has_action_for: bool) -> bool:
    if len(line) > _MAX_FOOT_LINE:
        return False
    folded = fold(line)
    if has_action_for and _INFO_FOR.match(folded):
        return False
    return bool(
        _LABEL.match(folded)
        or _VERIFICATION.search(folded)
        or _ANYWHERE.search(folded)
        or _BARE.match(folded)
        or _PAGE_NUMBER.match(folded)
    )


def is_address(line: str) -> bool:
    """Whether the line is a postal address: street with house number, or postcode with place."""
    folded = fold(line)
    return len(line) <= _MAX_FOOT_LINE and bool(
        _STREET.search(folded) and (_HOUSE.search(folded) or _PLACE.search(line))
    )


def _add_addresses(lines: list[str], inked: list[int], foot: set[int]) -> None:
    """Add postal addresses beside the footer; one with a body in the dative is a recipient's."""
    for position in range(len(inked) - 1, -1, -1):
        index = inked[position]
        near = inked[max(0, position - 1) : position + 3]
        if index in foot or not is_address(lines[index]) or any(map(is_end_of_body, lines[index].split())):
            continue
        if any(other in foot for other in near):
            foot.add(index)


def _add_bridges(lines: list[str], inked: list[int], foot: set[int]) -> None:
    """Add names and titles between the lines of a contact block."""
    waiting: list[int] = []
    last: int | None = None
    for index in inked:
        line = lines[index]
        if index in foot:
            starts_anew = bool(_VERIFICATION.search(fold(line))) or bool(_PAGE_NUMBER.match(line))
            if last is not None and not starts_anew and len(waiting) <= _MAX_BRIDGE:
                foot.update(waiting)
            last, waiting = index, []
        elif line == PAGE_BREAK or not _may_belong(line):
            last, waiting = None, []
        elif last is not None:
            waiting.append(index)


def _add_tails(lines: list[str], inked: list[int], foot: set[int]) -> None:
    """Add the contact person's name and title after a final `Bilgi için:`."""
    for position, index in enumerate(inked):
        if not re.search(_BILGI_ICIN, fold(lines[index])) or index not in foot:
            continue
        for following in inked[position + 1 : position + 1 + _MAX_TAIL]:
            line = lines[following]
            if (
                following in foot
                or not _may_belong(line)
                or len(line.split()) > 5
                or not line.strip()[:1].isupper()
            ):
                break
            foot.add(following)


def _may_belong(line: str) -> bool:
    return (
        line != PAGE_BREAK
        and len(squeeze(line)) <= 60
        and not _CONTENT_HEAD.match(fold(line))
        and not ends_in_dative(line)
        and not line.rstrip().endswith(".")
    )

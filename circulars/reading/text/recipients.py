"""One printed recipient: its dative, its unit in parentheses, its bullet and its notes (Y 19)."""

import re

from circulars.reading.text.folding import fold, squeeze

_DATIVE = re.compile(
    r"(?:[iu]n[ae]|l[ae]r[ae]|l[iu]g[ae]|'[yns]?[ai]?n?[ae]|(?:danis|yargi|sayis)taya|genelkurmaya"
    r"|enstituye|[iu]m[iu]z[ae]|personele"
    r"|akademiye|fakulteye|bankaya|makama|a\.s\.'?[yn]?[ae]|sti\.?'?[yn]?[ae])$"
)
_NOT_DATIVE = {"hazine", "makine", "bina", "medine", "sine", "cine", "sinema", "kabine"}
_NOTE = re.compile(
    r"^(?:ek(?:ler|leri|li|siz|i)?\b(?:[-\s\d.,/'a-z]{0,40}?(?:konul|konma|gonderil|verilme|eklen"
    r"|haric|yok)[a-z]*)?\.?"
    r"|elden|faks(?: ile)?|e-?posta(?: ile)?|kep(?: ile)?|posta(?: ile)?|geregi|bilgi)$"
)
_OPEN_NOTE = re.compile(
    r"(?<![\s,;:*–-])[\s,;:*–-]+ek(?:ler|leri|i)?\b[^()]{0,30}?(?:konul|konma|gonderil)[a-z]*\.?$"
)
_IS_PLAN = re.compile(r"^plani(?:na)?[,;]?$")
_PLURAL = re.compile(r"l[ae]r[ae]$")
_PARENTHESES = re.compile(r"\(([^()]*)\)")
_BULLET = re.compile(r"^\s*(?:[-–—•·▪►●○■□*➢✓→]+|o(?= [A-ZÇĞİÖŞÜ]))\s+|^\s*[•·▪►●○■□➢✓→]")
_NUMBER = re.compile(
    r"^\s*(?!\d{1,3}\.? ?(?:[/,]|ve |ile ) ?\d{1,3}\.|\d{1,3}\.-\d{1,3}\.)"
    r"(?:\(?(\d{1,3}) ?[.)]-?|(\d{1,3}) ?-)\s*(?=\S)"
)
"""`1.`, `1)`, `1-`, but not the ordinals of one name: `1./2. Ordu Komutanlığına`."""
_LETTER = re.compile(r"^\s*\(?[a-zçğıöşü]\s?[).-]\s+")
_OWN_UNIT = re.compile(
    r"(?:daire|dairesi) baskanli|birim|hukuk musavir|hukuk hizmetleri|teftis (?:kurulu )?baskanli"
    r"|strateji gelistirme"
    r"|ozel kalem|ic denetim|basin ve halkla|hizmetleri baskanli|genel mudurlu|personel|sube mudurlu"
    r"|destek hizmet"
    r"|bilgi (?:islem|teknoloji)|danisma|musavirli|dis iliskiler"
)
_OTHER_BODY = re.compile(
    r"bakanlig[a-z]*$|valili|kaymakam|belediye|universite|rektor|cumhurbaskan|buyukelci|komutan"
    r"|il mudurl|muftul"
    r"|banka|odasi|borsa|birlig|emniyet|kurumu|sendika|vakf|mahkeme|savcilig|meclis"
)
_PLAN = re.compile(r"^[a-zçğıöşü0-9]{1,3}[- ]plani(?:na)?$|dagitim plani(?:na)?$")


def without_unit(name: str) -> str:
    """The body without exception and unit: `X Bakanlığına` of `X Bakanlığına (Z hariç) (Y)`."""
    while name.endswith(")") and "(" in name:
        name = name[: name.rfind("(")].rstrip()
    return name


def ends_in_dative(name: str) -> bool:
    """Whether the last word is in the dative (Bakanlığına, Valiliklere, TÜBİTAK'a)."""
    words = fold(without_unit(name.rstrip(" .,;*"))).split()
    return (
        bool(words)
        and len(words[-1]) > 3
        and words[-1] not in _NOT_DATIVE
        and bool(_DATIVE.search(words[-1]))
    )


def is_complete(name: str) -> bool:
    """Whether the text is a complete recipient, so that the next line starts another."""
    if name.count("(") > name.count(")"):
        return False
    folded = fold(name).strip(" .,;")
    return ends_in_dative(name) or bool(_PLAN.search(folded)) or folded.startswith("sayin ")


def is_plan(name: str) -> bool:
    """Whether it names a distribution plan: `A Planı`, `Dağıtım Planına`."""
    return bool(_PLAN.search(fold(name).strip(" .,;")))


def is_unit(text: str) -> bool:
    """Whether it is `(Unit)`, the second line of a recipient, possibly wrapped."""
    return text.lstrip().startswith("(")


def is_own_unit(name: str) -> bool:
    """Whether the name is that of a unit of the issuer rather than of a body."""
    folded = fold(name).strip(" .,;")
    return bool(_OWN_UNIT.search(folded)) and not _OTHER_BODY.search(folded)


def without_notes(text: str) -> str:
    """The line without remarks such as `(Ek konulmadı)` (Y 18)."""
    text = _PARENTHESES.sub(lambda m: "" if _NOTE.match(fold(squeeze(m[1]))) else m[0], text)
    note = _OPEN_NOTE.search(fold(text))
    return (text[: note.start()] if note else text).rstrip()


def split_bullet(text: str) -> tuple[bool, int | None, str]:
    """Whether the line begins with a bullet, its number if it is one, and the rest."""
    match = _BULLET.match(text)
    if match:
        return True, None, text[match.end() :]
    match = _NUMBER.match(text)
    if match:
        return False, int(match[1] or match[2]), text[match.end() :]
    match = _LETTER.match(text)
    if match:
        return True, None, text[match.end() :]
    return False, None, text


def tidy(name: str) -> str:
    """Normalise a recipient: single spaces, a space before the unit, no trailing comma."""
    name = re.sub(r"(?<=\S)\(", " (", squeeze(name))
    name = re.sub(r"\( +", "(", squeeze(name)).replace(" )", ")")
    return name.strip(" ,;:*").removesuffix(".") if not name.endswith("A.Ş.") else name


def split_at_datives(text: str) -> list[str]:
    """Split a run of recipients after each dative and its unit; a rest without dative is the last piece."""
    pieces: list[str] = []
    current: list[str] = []
    depth = 0
    words = text.split()
    for index, word in enumerate(words):
        depth = max(0, depth + word.count("(") - word.count(")"))
        current.append(word)
        following = words[index + 1] if index + 1 < len(words) else ""
        ended = depth == 0 and (
            word.rstrip(",;").endswith(")") or ends_in_dative(word) or _IS_PLAN.match(fold(word))
        )
        if (
            ended
            and not following.startswith(("(", ":"))
            and not (following == "ve" and _PLURAL.search(fold(word)))
        ):
            pieces.append(" ".join(current))
            current = []
    if current:
        pieces.append(" ".join(current))
    return pieces

"""Repair of text from character recognition (OCR): letters and digits that look alike, blanks inside words.

A change is made only where what is printed can't be right: an l among capitals, a digit inside a word, a letter inside
a number, a suffix apart from its word. Everything that was read from repaired text is doubted.
"""

import re
from collections.abc import Sequence

_BACK = "AIOUaıouÂâÛû"
_FRONT = "EİÖÜeiöüÎî"
_CAPITAL_L = re.compile(
    r"(?<=[A-ZÇĞİÖŞÜ]{2})[l1|](?=[A-ZÇĞİÖŞÜl1|]|\b)|(?<=[A-ZÇĞİÖŞÜ])[l1|](?=[A-ZÇĞİÖŞÜ])|\b[l1|](?=[A-ZÇĞİÖŞÜ]{2})"
)
_DOUBLE_L = re.compile(r"\bl(?=[lgçksşnmr][a-zçğıöşü])")
_ONE_IN_WORD = re.compile(
    r"(?<=[a-zçğıöşü])[1|](?=[a-zçğıöşü])|\b1(?=[a-zçğıöşü]{3})|(?<=[a-zçğıöşü]{3})[1|]\b"
)
_ZERO_IN_WORD = re.compile(
    r"\b0(?=[a-zçğıöşü]{3})|(?<=[a-zçğıöşü])0(?=[a-zçğıöşü])|(?<=[A-ZÇĞİÖŞÜ]{2})0(?=[A-ZÇĞİÖŞÜ])"
)
_FIVE_IN_WORD = re.compile(r"\b5(?=[a-zçğıöşü]{3})|(?<=[a-zçğıöşü]{2})5(?=[a-zçğıöşü])")
_FIGURE = re.compile(r"\b[\dlIOoS]+(?:[./-]+[\dlIOoS]+)*\b")
_CODE = re.compile(
    r"(?<!\S)\S{0,80}(?:://|@|www\.)\S{0,200}"
    r"|(?<![\w-])(?=[\w-]{0,60}\d)(?=[\w-]{0,60}[A-Za-z])\w{4,40}(?:-\w{3,40}){1,8}(?![\w-])"
    r"|(?<![\w-])(?=\w{0,40}\d)(?=\w{0,40}[A-Z])[0-9A-Z]{8,40}(?![\w-])"
)
_DATE_LIKE = re.compile(r"(?<![\w.])[\dlIO]{1,2} ?\. ?[\dlIO]{1,2} ?\. ?[12l][\dlIO]{3}(?!\w)")
_AS_DIGIT = str.maketrans("lIOoS", "11005")
_SPLIT_DATE = re.compile(r"(?<![\d.])(\d{1,2}) ?\. ?(\d{1,2}) ?\. ?(\d{4})(?!\d)")
_SPLIT_NUMBER = re.compile(r"(?<=\d) (?=\d+ (?:say[ıi]l[ıi]|nolu))")
_NUMBER_LINE = re.compile(r"^(\W*[Ss]ay[ıi]\s*:\s*)(.*)$")
_DATE_AT_END = re.compile(r"\s+(?=\d{1,2}\.\d{1,2}\.\d{4}\s*$)")
_SPLIT_SUFFIX = re.compile(
    r"\b((?:[Bb]a[şs]kan|[Kk]aymakam|[Mm]üdür|[Vv]ali|[Bb]akan|[Rr]ektör|[Dd]ekan|[Kk]omutan|[Mm]uhtar|[Ss]avc[ıi]"
    r"|[Mm]ü[şs]avir|[Tt]emsilci|[Kk]oordinatör|[Ss]ekreter|[Uu]zman|[Mm]üftü|[Dd]efterdar)) (?=l[ıiuüae][ğgkr])"
)
_CAPITAL_SUFFIX = re.compile(
    r"\b(BA[ŞS]KAN|KAYMAKAM|MÜDÜR|VALİ|BAKAN|REKTÖR|DEKAN|KOMUTAN|MUHTAR|SEKRETER) (?=L[Iİl1UÜ][ĞGK])"
)
_NUMBERED_IL = re.compile(r"(?<=\d )[TIl1]l(?= [A-ZÇĞİÖŞÜ])")
_GLUED_DELEGATION = re.compile(
    r"^(\s*(?:[A-ZÇĞİÖŞÜ]\w{1,20} ){0,2}(?:Bakan|Başkan|Vali|Kaymakam|Müdür|Rektör|Dekan))a\.(?=\s*$)"
)
"""`Bakana.` on a line of its own is `Bakan a.`; no sentence ends with so few words."""
_SIGNS = (
    _CAPITAL_L,
    re.compile(r"\bl(?=l[a-zçğıöşü]|lgi\b)"),
    re.compile(r"(?<=[a-zçğıöşü]{2})1(?=[a-zçğıöşü])"),
    re.compile(r"\b0(?=[a-zçğıöşü]{3})"),
    re.compile(r"\b\d[\dlO]*[lO][\dlO.]*\d\b"),
    re.compile(r"(?<=[A-ZÇĞİÖŞÜ]{2})[l1](?=[A-ZÇĞİÖŞÜ])"),
)
_ENOUGH = 4
_MOST_LINES = 400
_LONGEST = 5000


def is_recognised(lines: Sequence[str]) -> bool:
    """Whether the text shows several faults of character recognition."""
    found = 0
    for line in lines[:_MOST_LINES]:
        if len(line) > _LONGEST:
            continue
        found += sum(len(sign.findall(_CODE.sub(" ", line))) for sign in _SIGNS)
        if found >= _ENOUGH:
            return True
    return False


def repaired(line: str) -> str:
    """The line with what can't be right put right; codes and addresses stay as they are."""
    if len(line) > _LONGEST:
        return line
    if not _CODE.search(line):
        return _repaired(line)
    parts, at = [], 0
    for code in _CODE.finditer(line):
        parts += [_repaired(line[at : code.start()]), code[0]]
        at = code.end()
    return "".join([*parts, _repaired(line[at:])])


def _repaired(line: str) -> str:
    line = _DATE_LIKE.sub(lambda m: m[0].translate(_AS_DIGIT), line)
    line = _CAPITAL_L.sub(_capital_i, _CAPITAL_L.sub(_capital_i, line))
    line = re.sub(r"\b(\w*)\b", lambda m: _word(m[0]), line)
    line = _FIGURE.sub(_figure, line)
    line = _SPLIT_DATE.sub(r"\1.\2.\3", line)
    line = _CAPITAL_SUFFIX.sub(r"\1", _SPLIT_SUFFIX.sub(r"\1", line))
    line = _SPLIT_NUMBER.sub("", line)
    line = _GLUED_DELEGATION.sub(r"\1 a.", _NUMBERED_IL.sub("İl", line))
    return _closed_number(line)


def _word(word: str) -> str:
    """A word with letters in place of the digits inside it."""
    letters = sum(map(str.isalpha, word))
    if letters < 3:
        return word
    word = _ONE_IN_WORD.sub("l", word)
    word = _FIVE_IN_WORD.sub("s", word)
    word = _ZERO_IN_WORD.sub(lambda m: "O" if m.start() == 0 or word.isupper() else "o", word)
    if _DOUBLE_L.match(word) and word[:1] == "l":
        return "İ" + word[1:]
    return word


def _capital_i(match: re.Match[str]) -> str:
    """I or İ for an l among capitals, by vowel harmony."""
    text, at = match.string, match.start()
    for before in reversed(text[max(0, at - 8) : at]):
        if before in _BACK:
            return "I"
        if before in _FRONT:
            return "İ"
        if not before.isalpha() and before not in "l1|":
            break
    following = next((c for c in text[at + 1 : at + 8] if c in _BACK + _FRONT), "İ")
    return "I" if following in _BACK and at and text[at - 1].isalpha() else "İ"


def _figure(match: re.Match[str]) -> str:
    """A number with digits in place of the letters that look like them."""
    text = match[0]
    digits = sum(map(str.isdigit, text))
    letters = sum(map(str.isalpha, text))
    return text.translate(_AS_DIGIT) if digits >= 2 and digits > letters else text


def _closed_number(line: str) -> str:
    """The Sayı without the blanks that recognition put into it."""
    match = _NUMBER_LINE.match(line)
    if match is None or ("  " not in match[2].strip() and not re.search(r"\d \d", match[2])):
        return line
    date = _DATE_AT_END.search(match[2])
    number = match[2][: date.start()] if date else match[2]
    if re.search(r"[^\W\d_]{3,}", number):
        return line
    rest = match[2][date.start() :] if date else ""
    gap = rest if rest.startswith("   ") else "   " + rest.strip()
    return match[1] + re.sub(r"(?<=[\d.-]) (?=[\d.-])", "", number.rstrip()) + gap

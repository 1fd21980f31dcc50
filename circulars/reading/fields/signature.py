"""The signatory: name, `Bakan a.` or `V.`, title (Y 17)."""

import dataclasses
import datetime
import re
from dataclasses import dataclass

from circulars.reading.fields.block.pieces import ORDINAL
from circulars.reading.text.cleaning import PAGE_BREAK
from circulars.reading.text.dates import date_alone
from circulars.reading.text.folding import fold, segments, squeeze

_STAMP = re.compile(
    r"^\W*(?:e-? ?imza(?:li(?:dir)?)?|imza(?:li(?:dir)?|si)?|\(?e?-?imza\)?"
    r"|(?:guvenli )?elektronik (?:olarak )?imza.*"
    r"|guvenli elektronik.*|asli (?:ile|gibi).*|aslinin ayni.*|muhur|muhurludur|olur|uygundur|paraf.*"
    r"|hizmete ozel|gizli|cok gizli|kisiye ozel|bu belge.*)\W*$"
)
_APPROVAL = re.compile(r"^\W*o ?l ?u ?r\W*$")
_RANK = re.compile(
    r"^(?:prof|doc|dr|yrd|uzm|op|av|ecz|dt|vet|hek|muh|mak|ins|ogr|gor|uyesi|ars|tug|tum|kor|org|alb"
    r"|yb|bnb|yzb|mim|sn)"
    r"[a-z]*\.?$"
)
_TITLE_WORD = re.compile(
    r"(?:mudur|baskan|bakan|vali|kaymakam|rektor|dekan|sekreter|mustesar|uzman|yardimci|komutan"
    r"|sefi?$|mufettis"
    r"|hukuk|musavir|koordinator|genel|daire|hekim|muftu|savci|hakim|v\.|vekili?$|a\.$|memur|muhendis"
    r"|uye|amiri?$)"
)
_DELEGATED = re.compile(r"^(.{2,60}? a\.|.{2,60}? adına)\s+(\S.*)$")
_TITLE_END = re.compile(
    r"^(?:baskani|muduru|mudur|yardimcisi|uzmani|sekreteri?|mustesari|dekani|rektoru|vali|amiri|v\.|a\.)$"
)
_NOT_ALONE = re.compile(r"^(?:yardimcisi|v\.|vekili|a\.)$")
_STOP = re.compile(r"^\W*(?:ek\W|ekler\W|dagitim|not\s*:|adres|tel|\(?\*|www|http)|:")
_STAMP_WORDS = re.compile(
    r"(?i)g[üu]venli elektronik(?: imzal[ıi])?|(?:imzal[ıi] )?asl[ıi] ile ayn[ıi]d[ıi]r|e-imzal[ıi]d[ıi]r"
)
_REGISTER = re.compile(r"(?<=[^\W\d_]) +\d{4,7}$|^\W*\d{4,7}\W*$")
"""A judge's or officer's register number, behind the title or on a line of its own."""
_RANKS = (
    (9, ("bakan", "cumhurbaskan")),
    (8, ("vali", "rektor", "genel baskan")),
    (7, ("genel mudur", "kaymakam", "baskan yardimci")),
    (6, ("dekan", "genel sekreter", "defterdar")),
    (5, ("daire baskani", "baskan")),
    (4, ("mudur",)),
)
_LINES_OF_DATE = 8
_APART = 20
_ORDINAL = re.compile(r"^\d{1,2}\. ?")
_MAX_NAME_WORDS = 8
_MAX_ROWS = 40
_MAX_ROW = 400
_MAX_TITLE_LINES = 4


def looks_like_name(line: str) -> bool:
    """Whether the line consists of one or more names `Ad SOYAD`, with or without an academic title."""
    pieces = [text for _, text in segments(line)]
    if not pieces or len(pieces) > 4 or len(line) > _MAX_ROW or _is_stamp(line):
        return False
    names, _ = _split_names(pieces[0])
    return bool(names) and all(_is_name(name) for name in names)


@dataclass(frozen=True)
class Signer:
    """A name with the lines of its title; `plain` if only its position identifies it as a name."""

    name: str
    titles: list[str]
    plain: bool = False
    doubtful: bool = False
    """Nothing on the page tells which titles are this signer's, or another's office is higher."""


@dataclass(frozen=True)
class Signature:
    """The signers, the senior first. The approver dates an approval (Y 20)."""

    signers: list[Signer]
    date: datetime.date | None = None
    printed: datetime.date | None = None
    """A date beside the signature, which counts where the head has none."""


def read_signature(lines: list[str]) -> Signature:
    """The signers; the senior is the right one of two, the left one of three (Y 17/11), or under OLUR (Y 20)."""
    approval = next((i for i, line in enumerate(lines) if _APPROVAL.match(fold(line))), None)
    if approval is None:
        above = (found for line in lines[:_LINES_OF_DATE] if (found := date_alone(line)))
        return Signature(_signers(lines), printed=next(above, None))
    below = lines[approval + 1 :]
    date = next((found for line in below[:_MAX_ROWS] if (found := date_alone(line))), None)
    return Signature([*_signers(below), *_signers(lines[:approval])], date)


def _signers(lines: list[str]) -> list[Signer]:
    rows = _rows(lines)
    start, plain = next((i for i, row in enumerate(rows) if looks_like_name(row)), None), False
    if start is None:
        plain = True
        start = next((i for i, row in enumerate(rows) if _may_be_plain_name(row, rows[i + 1 :])), None)
    if start is None:
        return []
    clusters = _clusters(rows[start:])
    if clusters:
        return clusters
    first = _read_block(rows[start:], plain)
    later = next((i for i in range(start + 1, len(rows)) if _is_second_name(rows[i])), None)
    if later is not None and later - start <= _MAX_TITLE_LINES + 1:
        return [*_read_block(rows[later:]), *first]
    return first


def _clusters(rows: list[str]) -> list[Signer]:
    """Signers on lines of their own, each title under or beside its name; empty if there are not two names.

    Columns tell the name of each title; without them titles alternate as the lines of two columns do.
    """
    if len(rows) < 4 or not (looks_like_name(rows[0]) and looks_like_name(rows[1])):
        return []
    if len(segments(rows[0])) > 1 or len(segments(rows[1])) > 1 or _split_names(rows[0])[1]:
        return []
    if _split_names(rows[1])[1] or len(_split_names(rows[0])[0]) > 1 or len(_split_names(rows[1])[0]) > 1:
        return []
    centres = [_centre(rows[0]), _centre(rows[1])]
    placed = abs(centres[0] - centres[1]) > _APART
    titles: list[list[str]] = [[], []]
    for number, row in enumerate(rows[2 : 2 + 2 * _MAX_TITLE_LINES]):
        if not _may_be_title(row) or looks_like_name(row):
            break
        nearest = min((0, 1), key=lambda i: abs(centres[i] - _centre(row))) if placed else number % 2
        titles[nearest].append(squeeze(row))
    if not all(titles):
        return []
    signers = [
        Signer(squeeze(row), _split_delegation(lines), doubtful=not placed)
        for row, lines in zip(rows, titles, strict=False)
    ]
    return sorted(signers, key=lambda signer: -_rank(signer.titles))


def _centre(row: str) -> float:
    return (len(row) + len(row) - len(row.lstrip())) / 2


def _rank(titles: list[str]) -> int:
    """The rank of an office, only to find the senior of two."""
    folded = " ".join(fold(title) for title in titles)
    return next((rank for rank, words in _RANKS if any(word in folded for word in words)), 0)


def _without_stamps(row: str) -> str:
    """The row with blanks in place of the words of a stamp, so that columns stay where they are."""
    return _STAMP_WORDS.sub(lambda m: " " * len(m[0]), row) if _STAMP_WORDS.search(fold(row)) else row


def _is_stamp(line: str) -> bool:
    return len(line) <= _MAX_ROW and bool(_STAMP.match(fold(line)))


def _rows(lines: list[str]) -> list[str]:
    """The non-empty lines up to the page break after the signature, without stamps and dates."""
    rows: list[str] = []
    blanks = 0
    for line in lines:
        if line == PAGE_BREAK:
            if rows:
                break
            continue
        blanks = blanks + 1 if not line.strip() else 0
        if blanks >= 6 and len(rows) > 1:
            break
        if len(rows) >= _MAX_ROWS:
            break
        line = _REGISTER.sub("", _without_stamps(line))
        if any(map(str.isalnum, line)) and not _is_stamp(line) and not date_alone(line):
            rows.append(line)
    return rows


def _read_block(rows: list[str], plain: bool = False) -> list[Signer]:
    """The signers named in the first row, the senior first."""
    pieces = segments(rows[0])
    if len(pieces) > 1:
        return _read_columns(rows, pieces)
    names, title = _split_names(pieces[0][1])
    titles = [title] if names and title else []
    names = names or [pieces[0][1]]
    for row in rows[1:]:
        if len(titles) >= _MAX_TITLE_LINES or not _may_be_title(row) or _is_second_name(row):
            break
        titles.append(squeeze(row))
    if len(names) == 2:
        titles = [_right_title(title) for title in titles]
    senior = names.pop() if len(names) < 3 else names.pop(0)
    return [
        Signer(squeeze(senior), _split_delegation(titles), plain),
        *(Signer(squeeze(name), []) for name in names),
    ]


def _read_columns(rows: list[str], pieces: list[tuple[int, str]]) -> list[Signer]:
    """Signers side by side: each segment of the lines below belongs to the nearest name.

    The place decides who is the senior; an office that contradicts it makes the reading doubtful.
    """
    centres = [start + len(text) / 2 for start, text in pieces]
    titles: list[list[str]] = [[] for _ in pieces]
    for row in rows[1:]:
        if max(map(len, titles)) >= _MAX_TITLE_LINES or _STOP.search(fold(row)):
            break
        for start, text in segments(row):
            middle = start + len(text) / 2
            nearest = min(range(len(centres)), key=lambda i: abs(centres[i] - middle))
            if _may_be_title(text):
                titles[nearest].append(squeeze(text))
    signers = [
        Signer(squeeze(text), _split_delegation(lines))
        for (_, text), lines in zip(pieces, titles, strict=True)
    ]
    ordered = signers[::-1] if len(signers) == 2 else signers
    ranks = [_rank(signer.titles) for signer in ordered]
    return [dataclasses.replace(ordered[0], doubtful=ranks[0] < max(ranks)), *ordered[1:]]


def _split_names(text: str) -> tuple[list[str], str]:
    """Split `Ali VELİ Ayşe FATMA Genel Müdür` into the names and the rest after the last surname."""
    names: list[str] = []
    current: list[str] = []
    surname_seen = False
    for word in text.split():
        if _is_surname(word):
            surname_seen = True
        elif surname_seen:
            names.append(" ".join(current))
            current, surname_seen = [], False
        current.append(word)
    if surname_seen:
        names.append(" ".join(current))
        current = []
    return names, " ".join(current)


def _is_surname(word: str) -> bool:
    letters = [c for c in word if c.isalpha()]
    return len(letters) >= 2 and all(c.isupper() for c in letters) and not word.endswith("V.")


def _is_name(text: str) -> bool:
    words = text.split()
    if not 2 <= len(words) <= _MAX_NAME_WORDS and not re.match(r"^[^\W\d_]\.[^\W\d_]{2,}$", text):
        return False
    if any(c.isdigit() or c in ":;/()" for c in text) or text.rstrip().endswith("."):
        return False
    given = [word for word in words if not _RANK.match(fold(word))]
    return all(word[0].isupper() for word in words) and not any(
        _TITLE_WORD.match(fold(word)) for word in given[:-1]
    )


def _may_be_plain_name(row: str, following: list[str]) -> bool:
    """Whether it may be a name without a surname in capitals: no word of office in it, a title below."""
    text = segments(row)[-1][1]
    words = text.split()
    plain = [word for word in words if not _RANK.match(fold(word))]
    if not 2 <= len(plain) <= 4 or any(not word[0].isupper() or word[-1] in ",:;" for word in words):
        return False
    if any(_TITLE_WORD.match(fold(word)) for word in plain) or any(c.isdigit() for c in text):
        return False
    return bool(following) and any(_TITLE_WORD.match(word) for word in fold(following[0]).split())


def _may_be_title(text: str) -> bool:
    """Whether it may be a line of a title: no figures but an ordinal (`1. Sınıf Emniyet Müdürü`)."""
    folded = fold(squeeze(text))
    ordinal = _ORDINAL.match(folded)
    if ordinal and ORDINAL.match(folded[ordinal.end() :]):
        folded = folded[ordinal.end() :]
    return len(folded) <= 90 and not any(c.isdigit() for c in folded) and not _STOP.search(folded)


def _is_second_name(row: str) -> bool:
    """Whether it is a further name below a title: two columns were extracted one after the other."""
    pieces = segments(row)
    if len(pieces) != 1 or not looks_like_name(row):
        return False
    names, title = _split_names(pieces[0][1])
    given = names[0].split()
    return (
        not title and not _is_surname(given[0]) and not any(_TITLE_WORD.match(fold(word)) for word in given)
    )


def _right_title(title: str) -> str:
    words = title.split()
    for index, word in enumerate(words[:-1]):
        if _TITLE_END.match(fold(word)) and not _NOT_ALONE.match(fold(words[index + 1])):
            return " ".join(words[index + 1 :])
    return title


def _split_delegation(titles: list[str]) -> list[str]:
    """Split `Bakan a. Müsteşar Yardımcısı` into two lines (Y 17/9)."""
    result: list[str] = []
    for title in titles:
        match = _DELEGATED.match(title)
        result += [match[1], match[2]] if match else [title]
    return result

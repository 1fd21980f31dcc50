"""The account of a letter's end: each line below the closing words belongs to a part, or makes parts doubtful."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from circulars.reading.fields.block.pieces import is_end_of_body
from circulars.reading.fields.block.rows import head_of_cell
from circulars.reading.fields.head.emission import is_second_language
from circulars.reading.fields.marks import Marks
from circulars.reading.fields.sections import Kind, Tail
from circulars.reading.letter import ReadLetter
from circulars.reading.text.cleaning import PAGE_BREAK
from circulars.reading.text.dates import date_alone
from circulars.reading.text.folding import fold, segments, squeeze
from circulars.reading.text.recipients import ends_in_dative

RECIPIENTS = ("action_recipients", "info_recipients")

_WORD = re.compile(r"[^\W\d_]{3,}")
_PLAIN = re.compile(r"\w+")
_HEADING = re.compile(
    r"(?:ek|ekler|ekleri|eki|ekli|ekteki|ilisik|ilisikler|da.?itim)?(?: ?(?:yapilacak )?(?:yerler|liste)\w*)?"
    r"(?: ?\d+(?: adet| sayfa| \d+)?)?(?: devami)?|(?:gere.?i|bilgi)(?: icin| edilmek uzere)?(?: bilgi(?: icin)?)?"
)
_NO_PART = re.compile(
    r"e ?imza\w*|(?:.* )?elektronik (?:olarak )?imza.*|asli (?:ile|gibi)\b.*|aslinin ayni.*|muhur\w*|imza\w*|uygundur"
    r"|hizmete ozel|gizli|cok gizli|kisiye ozel|o ?l ?u ?r|uygun gorusle.*|arz ederim|t ?c"
    r"|sayfa.*|yok|yoktur|bu belge.*"
    r"|(?:en derin )?saygi\w*|.*son guncelleme.*|etiketler .*"
)
"""Both for folded words with one blank between them."""
_LONGEST_HEADING = 120
_MOST_WORDS = 12
_ENDS = re.compile(
    r"(?:not\w?\s?:|\(?\s?\*|ek ?[-/]? ?(?:\d{1,2}|[a-z])$|sayi\s?:|(?:koordinasyon|paraf[a-z]{0,3}|hazirlayan|kontrol)"
    r"\b|[\d.]{1,4}[./]\d{1,2}[./]\d{4} \S|lahika)"
)
"""Below it stand footnotes, initials and annexes, which are no part of the letter."""
_TITLE_OF_ANNEX = re.compile(r"ek ?[-/]? ?(\d{1,2})\b")
_LIKE_ATTACHMENT = re.compile(
    r"^(?:ek(?:ler|i|leri)?\b|ilisik)|\(\d+ (?:sayfa|adet|sf|takim)[a-z ]*\)|\b\d+ (?:sayfa|adet)\W*$"
)


_BEGIN = r"(?:^|[^\w\s] *|  )"
_LABELS = {
    "references": re.compile(rf"{_BEGIN}ilgi ?:(?: *$|.{{0,200}}\d)"),
    "attachments": re.compile(rf"{_BEGIN}ek(?:ler|leri|i)? ?[:;](?! *(?:yok|-))"),
    "action_recipients": re.compile(rf"{_BEGIN}gere.?i ?:"),
    "info_recipients": re.compile(rf"{_BEGIN}bilgi ?:"),
}
"""The labels of the lists, at the beginning of a line, of a cell or behind a sign."""


def unclaimed_fields(letter: ReadLetter, tail: Tail) -> set[str]:
    """The fields to which a line below the closing words may belong that was read as no part of the letter.

    A cell is claimed if at least half of its words occur in what was read, each word counted once. Behind the end of
    a page only lines count that are like the entries above them, because annexes stand there.
    """
    claims = {
        Kind.ATTACHMENTS: _words(letter.attachments),
        Kind.DISTRIBUTION: _words(
            [*letter.action_recipients, *letter.info_recipients, *letter.withheld.values()]
        ),
        None: _words(
            [letter.signatory_name or "", *letter.signatory_title_lines]
            + [text for signer in letter.other_signers for text in (signer.name, *signer.titles)]
        ),
    }
    known = set(_words(letter.issuer_lines))
    found: set[str] = set()
    parts: list[tuple[Kind | None, list[str]]] = [(None, tail.signature)]
    parts += [(_part(section.kind), section.lines) for section in tail.sections]
    for part, lines in parts:
        order = [claims[part], *(claims[other] for other in claims if other is not part)]
        for cell in _unclaimed(lines, order, known, len(letter.attachments)):
            found.update(_where(part, cell))
    return found


def named_and_empty(letter: ReadLetter, lines: Iterable[str]) -> set[str]:
    """The lists of which a line has the label while nothing was read below it; `Ek: Yok` says that there is none."""
    empty = {name: pattern for name, pattern in _LABELS.items() if not getattr(letter, name)}
    if not empty:
        return set()
    folded = [fold(line) for line in lines]
    return {name for name, pattern in empty.items() if any(map(pattern.search, folded))}


def _part(kind: Kind) -> Kind:
    listed = {Kind.ATTACHMENT_LIST: Kind.ATTACHMENTS, Kind.DISTRIBUTION_LIST: Kind.DISTRIBUTION}
    return listed.get(kind, kind)


def _words(texts: Iterable[str]) -> Counter[str]:
    return Counter(word for text in texts for word in _WORD.findall(fold(text)))


def _unclaimed(
    lines: list[str], claims: list[Counter[str]], known: set[str], attachments: int
) -> Iterator[str]:
    """The cells of the lines that no claim covers, up to the first annex or footnote."""
    turned = False
    for line in lines:
        turned = turned or line == PAGE_BREAK
        folded = squeeze(fold(line))
        title = _TITLE_OF_ANNEX.match(folded)
        if _ENDS.match(folded) or (turned and title and int(title[1]) <= attachments):
            return
        if _is_no_part(folded) or Marks().is_only_marks(line):
            continue
        for _, cell in segments(line):
            rest = cell.partition(" ")[2] if cell[0].islower() else cell  # the end of a word that was cut
            words = [word for word in _WORD.findall(fold(rest)) if word not in known]
            left = sum(not _taken(word, claims) for word in words)
            if left * 2 <= len(words) or _is_no_part(fold(cell)) or _is_remark(cell):
                continue
            if turned and not _is_entry(cell):
                return
            yield cell


def _is_no_part(folded: str) -> bool:
    """Whether it is a heading, or words of a stamp or of an approval."""
    if len(folded) > _LONGEST_HEADING:
        return False
    plain = " ".join(_PLAIN.findall(folded))
    return bool(_HEADING.fullmatch(plain) or _NO_PART.fullmatch(plain))


def _is_remark(cell: str) -> bool:
    """Whether it is a text, a date, a heading of a group or in another language."""
    words = len(cell.split())
    if not ends_in_dative(cell) and (words > _MOST_WORDS or (words > 3 and cell.endswith((".", "!")))):
        return True
    return date_alone(cell) is not None or head_of_cell(cell) is not None or is_second_language(cell)


def _taken(word: str, claims: list[Counter[str]]) -> bool:
    for claim in claims:
        if claim[word] > 0:
            claim[word] -= 1
            return True
    return False


def _is_entry(cell: str) -> bool:
    return is_end_of_body(cell.split()[-1]) or bool(_LIKE_ATTACHMENT.search(fold(cell)))


def _where(part: Kind | None, cell: str) -> Iterable[str]:
    """The fields to which the cell may belong."""
    if _LIKE_ATTACHMENT.search(fold(cell)):
        return ("attachments",)
    if part is Kind.DISTRIBUTION or is_end_of_body(cell.split()[-1]):
        return RECIPIENTS
    if part is Kind.ATTACHMENTS:
        return ("attachments",)
    return ("signatory_title_lines", "attachments")

"""Split the letter below its header: body, signature, Ek, Dağıtım and their list pages (Y 16 to Y 19)."""

import re
from dataclasses import dataclass
from enum import Enum
from itertools import islice

from circulars.reading.fields.block.pieces import is_end_of_body, worth
from circulars.reading.fields.signature import looks_like_name
from circulars.reading.text.cleaning import PAGE_BREAK
from circulars.reading.text.folding import fold, segments, squeeze
from circulars.reading.text.recipients import ends_in_dative, without_notes, without_unit

_CLOSING = re.compile(
    r"(?:\bederi[mz]|\bolunur|\bdilerim|\bdileriz|\bsaygilarimla|\bsaygilarimizla|\bsunulur|\bsunarim"
    r"|\bsunariz)[ .,…!]*(?:\d{1,2}[./]\d{1,2}[./]\d{4})?\W*$"
)
_ATTACHMENT_HEAD = re.compile(
    r"^\W*(?:ek|ekler|eki|ekleri|ek ?\(ler\)|ilisik|ilisikler)\s*"
    r"(?:\(\s*(?P<count>\d+)[^()]{0,12}\)\s*)?(?:[:;]\s*|[-–.]?\s*$)"
)
_NUMBERED_ATTACHMENT = re.compile(r"^\W*ek ?(?:[-/]? ?1|[-/] ?a)\b(?!') ?[-:.)]* ?(?=\S)")
_SECOND_ATTACHMENT = re.compile(r"^\W*ek ?(?:[-/]? ?2|[-/] ?b)\b(?!') ?[-:.)]* ?(?=\S)")
_ATTACHMENT_LIST = re.compile(
    r"^\W*ek(?:ler|lerin)? (?:liste|dizin)(?:si|i)\W*(?:\W*\d+/\d+\W*|\(?devami\)?)?$"
)
_LIST = re.compile(r"^\W*(?:(?:ek|ekli|ekteki|ilisik) )?liste(?:si)?\W*$")
"""A page of recipients or of attachments: what stands below tells which."""
_LIKE_ATTACHMENT = re.compile(r"^\W*(?:ek(?:ler)? ?[-/:(]? ?\d|ilisik)")
_DISTRIBUTION_HEAD = re.compile(
    r"^\W*da.?itim(?: yerleri| listesi| yapilacak yerler)?\s*:\s*|^\W*da.?itim(?: yerleri| yapilacak yerler)?\s*$"
)
_DISTRIBUTION_WITH_GROUPS = re.compile(r"^\W*da.?itim\s+(?=gere.?i\b)")
_DISTRIBUTION_LIST = re.compile(
    r"^\W*(?:ek ?[-/]? ?\d* ?[-:]? ?)?da.?itim (?:yerleri )?listesi\W*(?:\W*\d+/\d+\W*|\(?devami\)?)?$"
)
_GROUP_HEAD = re.compile(
    r"^\W*(?:gere.?i|bilgi)(?: icin)?\s*:?\s*(?:bilgi(?: icin)?\s*:?)?\s*$|^\W*gere.?i(?: icin)?\s*:"
)
_GROUPS_ALONE = re.compile(r"^\W*gere.?i(?: icin)?\s*:\s*(?:bilgi(?: icin)?\s*:?)?\s*$")
_INFO_ALONE = re.compile(r"^\W*bilgi\s*:\s*")
"""`Bilgi:` below a letter to one addressee."""
_GROUP_WITH_CONTENT = re.compile(r"^\W*gere.?i(?: icin)?\s*:\s*(?=\S)")
_STATE_LINE = re.compile(r"^\W*t\s?\.\s?c\W*$")
"""Alone on its line, because `T.C. Merkez Bankası` is a recipient."""
_ONLY_REFERRING = re.compile(r"^(?:da.?itim listesi|ek(?:li|teki|'teki) liste\w*|listede\w*|a planina)\W*$")
_PLAN = re.compile(r"^[^\W\d_]{1,3} plani\b")
_REACH_OF_SIGNATURE = 7
_REACH_OF_LETTERHEAD = 12
_REACH_OF_LIST = 4
_LIST_ITEM = re.compile(r"^\s*(?:(?:[Ee][Kk] ?[-/]? ?)?\d{1,2} ?[-–.):]* +\S|[-–•]\s+\S)")


class Kind(Enum):
    """The blocks that follow the signature."""

    ATTACHMENTS = "Ek"
    ATTACHMENT_LIST = "EK LİSTESİ"
    DISTRIBUTION = "Dağıtım"
    DISTRIBUTION_LIST = "DAĞITIM LİSTESİ"


_RECIPIENTS = {Kind.DISTRIBUTION, Kind.DISTRIBUTION_LIST}
_ATTACHMENTS = {Kind.ATTACHMENTS, Kind.ATTACHMENT_LIST}
_LIST_PAGES = {Kind.ATTACHMENT_LIST, Kind.DISTRIBUTION_LIST}


@dataclass(frozen=True)
class Section:
    """One block: its kind and its lines, without the heading. `stated` is the count that the heading prints."""

    kind: Kind
    lines: list[str]
    stated: int | None = None


@dataclass(frozen=True)
class Tail:
    """The letter below its header: body, signature, blocks."""

    body: list[str]
    signature: list[str]
    sections: list[Section]


def names_attachments(lines: list[str]) -> bool:
    """Whether a line below the signature begins like an attachment (`EK-1 Rapor`, `İlişik`) without being a heading."""
    return any(_LIKE_ATTACHMENT.match(fold(line)) for line in lines)


def is_closing(line: str) -> bool:
    """Whether the line has the closing words of a letter (Y 16/12)."""
    return bool(_CLOSING.search(fold(line.rstrip())))


def divide(lines: list[str]) -> Tail:
    """Divide the lines below the header into body, signature and blocks."""
    closing = _closing_line(lines)
    after = closing + 1 if closing is not None else 0
    heads = _heads(lines, after, closing is not None)
    first = heads[0][0] if heads else len(lines)
    sections = []
    for position, (index, (kind, start)) in enumerate(heads):
        end = heads[position + 1][0] if position + 1 < len(heads) else len(lines)
        if position + 1 < len(heads) and heads[position + 1][1][0] in _LIST_PAGES:
            end = _above_letterhead(lines, index + 1, end)
        content = [" " * start + lines[index][start:], *lines[index + 1 : end]]
        sections.append(Section(kind, content, _stated(lines[index])))
    if closing is None:
        return Tail(lines[:first], [], _side_by_side(sections))
    return Tail(lines[:after], lines[after:first], _side_by_side(sections))


def _above_letterhead(lines: list[str], start: int, end: int) -> int:
    """Where the block ends above a list page: at the letterhead that the page may have above its heading."""
    reach = range(max(start, end - _REACH_OF_LETTERHEAD), end)
    return next((i for i in reach if _STATE_LINE.match(fold(lines[i]))), end)


def _heads(lines: list[str], start: int, after_closing: bool) -> list[tuple[int, tuple[Kind, int]]]:
    """Headings of the blocks; `Gereği:` begins the Dağıtım if that word is not printed, `EK-1 …` the Ek."""
    heads = [(i, head) for i in range(start, len(lines)) if (head := _head(lines[i], after_closing))]
    if not after_closing:
        return heads
    if not any(kind in _RECIPIENTS for _, (kind, _) in heads):
        alone = next((i for i in range(start, len(lines)) if _begins_groups(lines, i)), None)
        if alone is not None:
            heads = sorted([*heads, (alone, (Kind.DISTRIBUTION, 0))])
    taken = {index for index, _ in heads}
    heads += [
        (i, (kind, len(lines[i])))
        for i in range(start, len(lines))
        if i not in taken and _LIST.match(fold(lines[i])) and (kind := _kind_of_list(lines, i, heads))
    ]
    if not any(kind in _ATTACHMENTS for _, (kind, _) in heads):
        numbered = next((i for i in range(start, len(lines)) if _numbers_attachments(lines, start, i)), None)
        heads += [(numbered, (Kind.ATTACHMENTS, 0))] if numbered is not None else []
    return sorted(heads, key=lambda head: head[0])


def _kind_of_list(lines: list[str], index: int, heads: list[tuple[int, tuple[Kind, int]]]) -> Kind | None:
    """What a heading such as `EKLİ LİSTE` stands above; None if neither bodies nor attachments follow."""
    following = next_inked(lines, index + 1, _REACH_OF_LIST)
    if following and _LIST.match(fold(following[0])):
        return None
    if sum(map(_names_body, following)) * 2 > len(following):
        return Kind.DISTRIBUTION_LIST
    above = [kind for at, (kind, _) in heads if at < index]
    listed = all(_LIST_ITEM.match(line) for line in following[:2])
    return Kind.ATTACHMENT_LIST if following and listed and above[-1:] != [Kind.DISTRIBUTION] else None


def _names_body(line: str) -> bool:
    return any(worth(text) > 0 for _, text in segments(line))


def _numbers_attachments(lines: list[str], start: int, index: int) -> bool:
    """Whether it is the first line of attachments without a heading: `EK-1 Rapor`, not the title of an annex page."""
    folded = fold(lines[index])
    match = _NUMBERED_ATTACHMENT.match(folded)
    if match is None:
        return False
    if folded.rstrip().endswith(")") or ":" in match[0] or PAGE_BREAK not in lines[start:index]:
        return True
    return any(_SECOND_ATTACHMENT.match(fold(line)) for line in next_inked(lines, index + 1, 2))


def _stated(heading: str) -> int | None:
    """The number of attachments in `Ekler (3 adet):`."""
    match = _ATTACHMENT_HEAD.match(fold(heading))
    return int(match["count"]) if match and match["count"] else None


def _begins_groups(lines: list[str], index: int) -> bool:
    """Whether it is `Gereği:`, alone or with recipients behind it, or `Bilgi:` above or before recipients."""
    line = lines[index]
    folded = fold(line)
    if _GROUPS_ALONE.match(folded):
        return True
    if match := _INFO_ALONE.match(folded):
        following = [line[match.end() :]] if match.end() < len(folded) else next_inked(lines, index + 1, 1)
        return any(is_end_of_body(without_unit(text).split()[-1]) for text in following)
    match = _GROUP_WITH_CONTENT.match(folded)
    return match is not None and any(map(ends_in_dative, re.split(r"[,;:]|\s{2,}", line[match.end() :])))


def next_inked(lines: list[str], start: int, count: int) -> list[str]:
    """The next non-empty lines."""
    inked = (lines[i] for i in range(start, len(lines)) if lines[i].strip() and lines[i] != PAGE_BREAK)
    return list(islice(inked, count))


def _closing_line(lines: list[str]) -> int | None:
    """Index of the first closing words followed by a name, a block or the end of the letter."""
    candidates = [i for i, line in enumerate(lines) if is_closing(line)]
    for index in candidates:
        following = next_inked(lines, index + 1, _REACH_OF_SIGNATURE)
        if not following:
            return index
        for line in following:
            if _head(line, True) or looks_like_name(line):
                return index
            if len(squeeze(line)) > 75 and len(segments(line)) == 1:
                break
    return candidates[-1] if candidates else None


def _head(line: str, after_closing: bool) -> tuple[Kind, int] | None:
    """The kind of the block that begins with this line, and the column of its content."""
    folded = fold(line)
    if _ATTACHMENT_LIST.match(folded):
        return Kind.ATTACHMENT_LIST, len(line)
    if _DISTRIBUTION_LIST.match(folded):
        return Kind.DISTRIBUTION_LIST, len(line)
    match = _DISTRIBUTION_HEAD.match(folded) or _DISTRIBUTION_WITH_GROUPS.match(folded)
    if match and _may_be_distribution(line[match.end() :], after_closing):
        return Kind.DISTRIBUTION, match.end()
    match = _ATTACHMENT_HEAD.match(folded)
    if match and after_closing:
        return Kind.ATTACHMENTS, match.end()
    return None


def _may_be_distribution(rest: str, after_closing: bool) -> bool:
    """Whether `Dağıtım:` is a heading (followed by recipients or nothing) and not the start of a sentence."""
    text = without_notes(rest).strip()
    if not text:
        return True
    folded = fold(text)
    if _GROUP_HEAD.match(folded) or _ONLY_REFERRING.match(folded) or _PLAN.match(folded):
        return True
    if text[0].islower() or text.rstrip().endswith((".", ";")):
        return False
    return after_closing or ends_in_dative(text)


def _side_by_side(sections: list[Section]) -> list[Section]:
    """Split `Ek:` and `Dağıtım:` printed side by side into two blocks."""
    result: list[Section] = []
    for section in sections:
        edge = _inner_distribution(section)
        if edge is None:
            result.append(section)
            continue
        column, content = edge
        left = [section.lines[0][:column], *(_left_of(line, column) for line in section.lines[1:])]
        right = [section.lines[0][content:], *(_right_of(line, column) for line in section.lines[1:])]
        result += [Section(section.kind, left, section.stated), Section(Kind.DISTRIBUTION, right)]
    return result


def _inner_distribution(section: Section) -> tuple[int, int] | None:
    if section.kind is not Kind.ATTACHMENTS or not section.lines:
        return None
    for column, text in segments(section.lines[0]):
        match = re.match(r"^da.?itim(?: yerleri)?\s*:\s*", fold(text)) or re.match(r"^da.?itim$", fold(text))
        if match:
            return column, column + match.end()
    return None


def _left_of(line: str, column: int) -> str:
    return (
        "" if line == PAGE_BREAK else "  ".join(text for start, text in segments(line) if start < column - 3)
    )


def _right_of(line: str, column: int) -> str:
    if line == PAGE_BREAK:
        return line
    pieces = [(start, text) for start, text in segments(line) if start >= column - 3]
    if not pieces:
        return ""
    return " " * (pieces[0][0] - column if pieces[0][0] > column else 0) + line[pieces[0][0] :]

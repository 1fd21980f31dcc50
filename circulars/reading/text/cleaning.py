"""Clean extracted text: one alphabet, no invisible characters, no markup."""

import re
import unicodedata
from html import unescape

PAGE_BREAK = "\f"

_INVISIBLE = dict.fromkeys(
    [
        *map(ord, "\u00ad\ufeff\u061c\u034f\u180e"),
        *range(0x200B, 0x2010),
        *range(0x202A, 0x202F),
        *range(0x2060, 0x2070),
    ]
)
_BLANKS = {code: " " for code in (0xA0, 0x1680, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000)}
_HYPHENS = dict.fromkeys((0x2010, 0x2011, 0x2012, 0x2212, 0xFE58, 0xFE63, 0xFF0D, 0x02D7), "-")
_INNER_DASH = re.compile("(?<=[^\\W_])[–—―](?=[^\\W_])")
_DOTTED = re.compile("[iı]\u0307")
_LIGATURES = {0xFB00: "ff", 0xFB01: "fi", 0xFB02: "fl", 0xFB03: "ffi", 0xFB04: "ffl"}
_SIGNS: dict[int, str | None] = {**_INVISIBLE, **_BLANKS, **_HYPHENS, **_LIGATURES}
_MISREAD_LATIN = str.maketrans("ÐÝÞðýþ", "ĞİŞğış")
_MISREAD_CEDILLA = re.compile("[ĠġĢģ]")
_SOFT_END = re.compile("\u00ad[ \t]*$")
_LINE_END = re.compile("\r\n|[\r\x0b\x85\u2028\u2029]")
_LINK = re.compile(r"\[([^\[\]]{0,300})\]\([^()\s]{0,500}\)")
_AUTOLINK = re.compile(r"<([^<>\s]{3,500})>")
_ESCAPE = re.compile(r"\\([-\\`*_{}\[\]()#+.!<>])")
_HEADING = re.compile(r"^ {0,3}#{1,6} +")
_RULE = re.compile(r"[_=\u2500\u2501]{3,}|^[ ]*-{4,}[ ]*$|^[ ]*\*{3,}[ ]*$")
_SPACED_WORD = re.compile(r"(?<!\S)(?:[^\W\d_] ){3,}[^\W\d_](?!\S)")
_SPACED_LINE = re.compile(r"(?:[^\W\d_] {1,3}){5,}[^\W\d_]")
_TABLE_RULE = re.compile(r"^[|:\- ]+$")
_CELL_WIDTH = 80
_LEAST_QUOTED = 3
"""Lines of a quotation; fewer may be a sign of the text itself."""
_QUOTE = re.compile(r"^(?:>[ \t]?)+")
_TAG = re.compile(
    r"</?(?:br|p|div|span|b|i|u|strong|em|font|center|table|tbody|thead|tr|td|th|ul|ol|li|h[1-6]|hr|sup|sub)\b[^<>]{0,500}/?>",
    re.IGNORECASE,
)
_LINE_TAG = re.compile(r"<br\b[^<>]{0,100}/?>|</(?:p|div|tr|li|h[1-6])>", re.IGNORECASE)
_CELL_TAG = re.compile(r"</t[dh]>(?=.)", re.IGNORECASE)


def source_lines(text: str) -> list[str]:
    """The lines of the raw text; positions number them from 1."""
    return _LINE_END.sub("\n", text).split("\n")


def clean_lines(text: str) -> list[str]:
    """The cleaned lines; leading spaces are kept, since they show the columns."""
    return [line for _, line in numbered_lines(text)]


def numbered_lines(text: str) -> list[tuple[int, str]]:
    """The cleaned lines, each with the number of its source line; a line may come from several, or be a part of one."""
    raw = source_lines(text)
    quoted = _quoted_lines(raw)
    tagged = _TAG.search(text) is not None
    found: list[tuple[int, str]] = []
    number, pending = 1, ""
    for at, line in enumerate(raw, start=1):
        line = _QUOTE.sub("", line) if at in quoted else line
        line, number = (pending + line.lstrip(), number) if pending else (line, at)
        soft = _SOFT_END.search(line)
        if soft and at < len(raw):
            pending = line[: soft.start()]
            continue
        pending = ""
        for part in _parts(line, tagged):
            found.append((number, _clean_line(part)))
    return found


def _parts(line: str, tagged: bool) -> list[str]:
    """The line, parted at form feeds and at the line ends of HTML."""
    parts = line.replace("\f", "\n\f\n").split("\n") if "\f" in line else [line]
    if tagged and "<" in line:
        parts = [piece for part in parts for piece in _html_lines(part)]
    return parts


def _html_lines(part: str) -> list[str]:
    """The lines of a line of HTML; line ends in the cells of a markdown row make several rows of it."""
    row = part.strip()
    if not (len(row) > 2 and row.startswith("|") and row.endswith("|")):
        return without_tags(part).split("\n")
    cells = [without_tags(cell).split("\n") for cell in row.strip("|").split("|")]
    deepest = max(map(len, cells))
    return [
        "|" + "|".join(cell[depth].strip() if depth < len(cell) else " " for cell in cells) + "|"
        for depth in range(deepest)
    ]


def without_tags(line: str) -> str:
    """A line of HTML as text; the ends of paragraphs, rows and items are line ends, cells are parted by blanks."""
    line = _CELL_TAG.sub("    ", _LINE_TAG.sub("\n", line))
    return unescape(_TAG.sub("", line)).rstrip("\n")


def _quoted_lines(lines: list[str]) -> set[int]:
    """The numbers of the lines that stand in a run of lines with the quote mark of a mail."""
    found: set[int] = set()
    run: list[int] = []
    for at, line in enumerate([*lines, "end"], start=1):
        if line.startswith(">"):
            run.append(at)
        elif line.strip() or at > len(lines):
            if len(run) >= _LEAST_QUOTED:
                found.update(run)
            run = []
    return found


def clean_text(text: str) -> str:
    """The text of one cell, cleaned as a line is."""
    return _clean_line(text.replace("\t", " ").replace("\f", " ")).strip()


def _clean_line(line: str) -> str:
    if line == PAGE_BREAK:
        return line
    line = unicodedata.normalize("NFC", line)
    line = _DOTTED.sub("i", line).translate(_SIGNS)
    line = _INNER_DASH.sub("-", _MISREAD_CEDILLA.sub(_right_letter, line.translate(_MISREAD_LATIN)))
    line = line.replace("\t", "  \t").expandtabs(8)
    if not line.isprintable():
        line = "".join(_visible(c) for c in line)
    line = _ESCAPE.sub(r"\1", _AUTOLINK.sub(_inner_link, _LINK.sub(r"\1", line))).replace("**", "")
    line = _HEADING.sub("", _RULE.sub("", line))
    stripped = line.strip()
    if len(stripped) > 2 and stripped.startswith("|") and stripped.endswith("|"):
        line = _table_row(stripped)
    if _SPACED_LINE.fullmatch(stripped):
        return line[: len(line) - len(line.lstrip())] + _close_up(stripped)
    return _SPACED_WORD.sub(lambda m: m[0].replace(" ", ""), line).rstrip()


def _close_up(line: str) -> str:
    """Join spaced-out words such as `T A R I M  V E`: one space within a word, more between words."""
    return " ".join(word.replace(" ", "") for word in re.split(" {2,}", line))


def _visible(character: str) -> str:
    """Remove control characters; private-use characters of symbol fonts become bullets."""
    category = unicodedata.category(character)
    return "" if category in {"Cc", "Cn"} else "•" if category == "Co" else character


def _inner_link(match: re.Match[str]) -> str:
    inner = match[1]
    return inner if "://" in inner or "@" in inner else match[0]


def _table_row(row: str) -> str:
    if _TABLE_RULE.match(row):
        return ""
    return "".join(cell.strip().ljust(_CELL_WIDTH) + "  " for cell in row.strip("|").split("|")).rstrip()


def _right_letter(match: re.Match[str]) -> str:
    """Undo wrong font mappings (Ġ for İ; ġ, Ģ or ģ for Ş or ş); adjacent letters decide the case."""
    if match[0] == "Ġ":
        return "İ"
    before = match.string[match.start() - 1 : match.start()] if match.start() else ""
    after = match.string[match.end() : match.end() + 1]
    small = before.islower() or after.islower() if before.isalpha() else match[0] == "ģ"
    return "ş" if small else "Ş"

"""Clean extracted text: one alphabet, no invisible characters, no markup."""

import re
import unicodedata

PAGE_BREAK = "\f"

_INVISIBLE = dict.fromkeys(map(ord, "\u00ad\ufeff\u200b\u200c\u200d\u200e\u200f\u2060\u061c"))
_BLANKS = {code: " " for code in (0xA0, 0x1680, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000)}
_LIGATURES = {0xFB00: "ff", 0xFB01: "fi", 0xFB02: "fl", 0xFB03: "ffi", 0xFB04: "ffl"}
_MISREAD_LATIN = str.maketrans("ÐÝÞðýþ", "ĞİŞğış")
_MISREAD_CEDILLA = re.compile("[ĠġĢģ]")
_SOFT_BREAK = re.compile("\u00ad[ \t]*\r?\n[ \t]*")
_LINE_END = re.compile("\r\n|[\r\x0b\x85\u2028\u2029]")
_LINK = re.compile(r"\[([^\[\]]{0,300})\]\([^()\s]{0,500}\)")
_AUTOLINK = re.compile(r"<([^<>\s]{3,500})>")
_ESCAPE = re.compile(r"\\([-\\`*_{}\[\]()#+.!<>])")
_HEADING = re.compile(r"^ {0,3}#{1,6} +")
_RULE = re.compile(r"[_=\u2500\u2501]{3,}|^[ ]*-{4,}[ ]*$|^[ ]*\*{3,}[ ]*$")
_SPACED_WORD = re.compile(r"(?<!\S)(?:[^\W\d_] ){3,}[^\W\d_](?!\S)")
_SPACED_LINE = re.compile(r"(?:[^\W\d_] {1,3}){5,}[^\W\d_]")
_TABLE_RULE = re.compile(r"^[|:\- ]+$")
_QUOTE = re.compile(r"^\s*(?:> ?)+")
_MOST_QUOTED = 0.6
_BREAK = re.compile(r"[ \t]*<br ?/?>[ \t]*", re.IGNORECASE)
_BREAK_OUTSIDE_TABLE = re.compile(r"^.*<br ?/?>.*$", re.IGNORECASE | re.MULTILINE)
_CELL_WIDTH = 80


def source_lines(text: str) -> list[str]:
    """The lines of the raw text; positions number them from 1."""
    return _LINE_END.sub("\n", text).split("\n")


def clean_lines(text: str) -> list[str]:
    """The cleaned lines; leading spaces are kept, since they show the columns."""
    text = _SOFT_BREAK.sub("", _without_quotes(text))
    text = unicodedata.normalize("NFC", text).translate(_INVISIBLE).translate(_BLANKS).translate(_LIGATURES)
    text = _LINE_END.sub("\n", text).replace("\f", "\n\f\n")
    text = _BREAK_OUTSIDE_TABLE.sub(_broken, text.replace("\u0131\u0307", "i").replace("i\u0307", "i"))
    text = _MISREAD_CEDILLA.sub(_right_letter, text.translate(_MISREAD_LATIN))
    return [_clean_line(line) for each in text.split("\n") for line in _rows_of_table(each)]


def _without_quotes(text: str) -> str:
    """Without the marks `> ` of a quoted mail, if most lines have them."""
    if "\n>" not in text:
        return text
    lines = _LINE_END.sub("\n", text).split("\n")
    inked = [line for line in lines if line.strip()]
    if sum(line.lstrip().startswith(">") for line in inked) < _MOST_QUOTED * len(inked):
        return text
    return "\n".join(_QUOTE.sub("", line) for line in lines)


def _broken(match: re.Match[str]) -> str:
    """The text with line ends in place of the page's `<br>`; a row of a table is left for `_rows_of_table`."""
    line = match[0]
    return line if line.lstrip().startswith("|") else _BREAK.sub("\n", line).removesuffix("\n")


def _rows_of_table(line: str) -> list[str]:
    """A row of a table whose cells have several lines (`<br>`) as several rows."""
    if not line.lstrip().startswith("|") or not _BREAK.search(line):
        return [line]
    cells = [_BREAK.split(cell) for cell in line.strip().strip("|").split("|")]
    height = max(map(len, cells))
    return [
        "| " + " | ".join(cell[row] if row < len(cell) else "" for cell in cells) + " |"
        for row in range(height)
    ]


def _clean_line(line: str) -> str:
    if line == PAGE_BREAK:
        return line
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

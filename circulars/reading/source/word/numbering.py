"""Automatic numbers of paragraphs, as Word prints them: a) b), 1.1, IV., bullets."""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element

from circulars.reading.source.word.styles import Styles, child, value

_PLACE = re.compile(r"%([1-9])")
_LEVELS = 9
_ROMAN = (
    *((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl")),
    *((10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i")),
)
_MOST = 100_000


class Numbering:
    """The lists of a document; `mark` is to be asked once for each paragraph, in their order."""

    def __init__(self, root: Element | None, styles: Styles) -> None:
        found = root if root is not None else Element("numbering")
        self._styles = styles
        self._lists = {each.get("numId", ""): each for each in found.findall("num")}
        self._kinds = {each.get("abstractNumId", ""): each for each in found.findall("abstractNum")}
        self._counts: dict[str, list[int | None]] = {}
        self._begun: set[str] = set()

    def mark(self, properties: Element | None, paragraph_style: str) -> str:
        """The number or bullet before a paragraph, with the blank after it; empty without one."""
        number, level = self._styles.numbering(properties, paragraph_style)
        kind = self._kind_of(number)
        if kind is None:
            return ""
        if level is None:
            level = self._level_of_style(kind, paragraph_style)
        if level >= _LEVELS:
            return ""
        counts = self._counts.setdefault(kind.get("abstractNumId", ""), [None] * _LEVELS)
        self._begin(number, counts)
        form = self._form(number, kind, level)
        before = counts[level]
        counts[level] = _start(form) if before is None else before + 1
        counts[level + 1 :] = [None] * (_LEVELS - level - 1)
        text = self._printed(number, kind, form, counts)
        suffix = value(child(form, "suff"))
        return text if suffix == "nothing" or not text else f"{text} "

    def _kind_of(self, number: str, depth: int = 0) -> Element | None:
        named = self._lists.get(number)
        kind = self._kinds.get(value(child(named, "abstractNumId"))) if named is not None else None
        linked = value(child(kind, "numStyleLink"))
        if linked and depth < 5:
            return self._kind_of(self._styles.list_of(linked), depth + 1) or kind
        return kind

    def _level_of_style(self, kind: Element, paragraph_style: str) -> int:
        chain = self._styles.chain_ids(paragraph_style)
        for level in kind.findall("lvl"):
            text = level.get("ilvl", "")
            if value(level.find("pStyle")) in chain and text.isdecimal():
                return int(text)
        return 0

    def _begin(self, number: str, counts: list[int | None]) -> None:
        """A list that names its own start begins there when it is first used, else it goes on."""
        if number in self._begun:
            return
        self._begun.add(number)
        for override in self._lists[number].findall("lvlOverride"):
            start, level = value(override.find("startOverride")), override.get("ilvl", "")
            if start.isdecimal() and level.isdecimal() and int(level) < _LEVELS:
                counts[int(level)] = int(start) - 1

    def _form(self, number: str, kind: Element, level: int) -> Element | None:
        for override in self._lists[number].findall("lvlOverride"):
            if override.get("ilvl") == str(level) and override.find("lvl") is not None:
                return override.find("lvl")
        return next((each for each in kind.findall("lvl") if each.get("ilvl") == str(level)), None)

    def _printed(self, number: str, kind: Element, form: Element | None, counts: list[int | None]) -> str:
        text, style = value(child(form, "lvlText")), value(child(form, "numFmt"))
        if style == "bullet":
            return "•" if not text or any(c > "\ue000" for c in text) or _is_symbol(form) else text
        if style == "none":
            return _PLACE.sub("", text)
        plain = child(form, "isLgl") is not None

        def counted(match: re.Match[str]) -> str:
            level = int(match[1]) - 1
            other = self._form(number, kind, level)
            count = counts[level]
            return _number(
                _start(other) if count is None else count,
                "decimal" if plain else value(child(other, "numFmt")),
            )

        return _PLACE.sub(counted, text)


def _is_symbol(form: Element | None) -> bool:
    fonts = child(form, "rPr", "rFonts")
    named = " ".join(fonts.attrib.values()) if fonts is not None else ""
    return any(each in named for each in ("Symbol", "Wingdings", "Webdings", "Courier New"))


def _start(form: Element | None) -> int:
    text = value(child(form, "start"))
    return int(text) if text.isdecimal() and len(text) < 7 else 1


def _number(count: int, style: str) -> str:
    if style in {"lowerLetter", "upperLetter"} and 0 < count < _MOST:
        letters = chr(ord("a") + (count - 1) % 26) * ((count - 1) // 26 + 1)
        return letters[:40] if style == "lowerLetter" else letters[:40].upper()
    if style in {"lowerRoman", "upperRoman"} and 0 < count < 4000:
        text = ""
        for worth, sign in _ROMAN:
            text += sign * (count // worth)
            count %= worth
        return text if style == "lowerRoman" else text.upper()
    if style == "decimalZero":
        return f"{count:02d}"
    if style == "ordinal":
        return f"{count}."
    return str(count)

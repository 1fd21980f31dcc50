"""The text of one paragraph as Word shows it.

Tracked insertions are in, deletions and moved-away text out; hidden text, comments and the instructions of fields are
out, their results in; text boxes are handed over once, though a file holds them twice for older versions.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from circulars.reading.source.word.styles import Styles, child, is_on, value

PAGE = "\f"

_THROUGH = {
    "ins", "moveTo", "smartTag", "sdt", "sdtContent", "hyperlink", "fldSimple", "customXml", "dir", "bdo",
    "oMath", "oMathPara", "r", "ruby", "rubyBase", "f", "num", "den", "e", "d", "sSup", "sSub", "sup", "sub",
}  # fmt: skip
_SIGNS = {"tab": "\t", "ptab": "\t", "cr": "\n", "noBreakHyphen": "-", "softHyphen": "\u00ad"}
_SYMBOL_FONTS = ("Symbol", "Wingdings", "Webdings")
_EMU_PER_POINT = 12700
_LARGE_PICTURE = 595 * 842 * 0.2 * _EMU_PER_POINT * _EMU_PER_POINT
_BY_OTHER_PROGRAMS = ("/chart", "/diagram", "/chartex")


@dataclass
class Inline:
    """A paragraph's text (lines parted by `\\n`, pages by `\\f`), its text boxes, and what can't be read in it."""

    text: str = ""
    boxes_before: list[Element] = field(default_factory=list)
    boxes_after: list[Element] = field(default_factory=list)
    notes: list[tuple[str, str]] = field(default_factory=list)
    unread: list[tuple[str, str]] = field(default_factory=list)
    breaks_page: bool = False


class InlineReader:
    """Reads paragraphs one after the other; a field may begin in one and end in another."""

    def __init__(self, styles: Styles) -> None:
        self._styles = styles
        self._fields: list[bool] = []
        """For each open field whether its result has begun."""

    def read(self, paragraph: Element) -> Inline:
        """The text of a paragraph, without its automatic number."""
        found = Inline()
        style = value(child(paragraph, "pPr", "pStyle"))
        parts: list[str] = []
        self._walk(paragraph, style, parts, found)
        found.text = "".join(parts)
        return found

    def _walk(self, parent: Iterable[Element], style: str, parts: list[str], found: Inline) -> None:
        for each in parent:
            tag = each.tag
            if tag == "r":
                self._run(each, style, parts, found)
            elif tag == "AlternateContent":
                chosen = _chosen(each)
                if chosen is not None:
                    self._walk(chosen, style, parts, found)
            elif tag in {"drawing", "pict", "object"}:
                _graphic(each, parts, found)
            elif tag in _THROUGH:
                self._walk(each, style, parts, found)

    def _run(self, run: Element, style: str, parts: list[str], found: Inline) -> None:
        properties = run.find("rPr")
        hidden = self._styles.has("vanish", properties, style)
        capitals = self._styles.has("caps", properties, style)
        for each in run:
            tag = each.tag
            if tag == "fldChar":
                self._field(each)
            elif tag == "lastRenderedPageBreak":
                found.breaks_page = found.breaks_page or bool("".join(parts).strip())
                if not "".join(parts).strip():
                    parts.append(PAGE)
            elif hidden or not all(self._fields) or tag in {"rPr", "instrText", "delText", "rt"}:
                continue
            elif tag == "t":
                parts.append(_upper(each.text or "") if capitals else each.text or "")
            elif tag in _SIGNS:
                parts.append(_SIGNS[tag])
            elif tag == "br":
                parts.append(PAGE if each.get("type") == "page" else "\n")
            elif tag == "sym":
                parts.append(_symbol(each))
            elif tag in {"footnoteReference", "endnoteReference"}:
                found.notes.append((tag.removesuffix("Reference"), each.get("id", "")))
            else:
                self._walk([each], style, parts, found)

    def _field(self, mark: Element) -> None:
        kind = mark.get("fldCharType")
        if kind == "begin":
            self._fields.append(False)
        elif kind == "separate" and self._fields:
            self._fields[-1] = True
        elif kind == "end" and self._fields:
            self._fields.pop()


def is_removed(properties: Element | None) -> bool:
    """Whether a tracked change takes away a paragraph's mark or a row."""
    return properties is not None and any(properties.find(tag) is not None for tag in ("del", "moveFrom"))


def is_hidden(properties: Element | None) -> bool:
    """Whether a paragraph's mark or a row is hidden."""
    found = [child(properties, tag) for tag in ("vanish", "hidden")]
    return any(each is not None and is_on(each) for each in found)


def _chosen(alternatives: Element) -> Element | None:
    """The one branch that is read: the first with text boxes, else the first that is there."""
    branches = [each for each in alternatives if each.tag in {"Choice", "Fallback"}]
    with_text = [each for each in branches if next(each.iter("txbxContent"), None) is not None]
    return next(iter(with_text or branches), None)


def _graphic(graphic: Element, parts: list[str], found: Inline) -> None:
    boxes = _outermost_boxes(graphic)
    if "".join(parts).strip():
        found.boxes_after += boxes
    else:
        found.boxes_before += boxes
    for path in graphic.iter("textpath"):
        if path.get("string"):
            found.unread.append(("angle", path.get("string", "")))
    for data in graphic.iter("graphicData"):
        if data.get("uri", "").endswith(_BY_OTHER_PROGRAMS):
            found.unread.append(("embedded", ""))
    if graphic.tag == "object" or next(graphic.iter("OLEObject"), None) is not None:
        found.unread.append(("embedded", ""))
    elif not boxes and next(graphic.iter("pic"), None) is not None and _area(graphic) >= _LARGE_PICTURE:
        found.unread.append(("picture", ""))


def _outermost_boxes(graphic: Element) -> list[Element]:
    """The contents of its text boxes, without those inside another and without their doubles for older versions."""
    boxes: list[Element] = []
    for each in graphic:
        if each.tag == "AlternateContent":
            chosen = _chosen(each)
            boxes += _outermost_boxes(chosen) if chosen is not None else []
        elif each.tag == "txbxContent":
            boxes.append(each)
        else:
            boxes += _outermost_boxes(each)
    return boxes


def _area(graphic: Element) -> float:
    extents = [(each.get("cx", ""), each.get("cy", "")) for each in graphic.iter("extent")]
    return max(
        (float(cx) * float(cy) for cx, cy in extents if cx.isdecimal() and cy.isdecimal()), default=0.0
    )


def _symbol(element: Element) -> str:
    code = element.get("char", "")
    try:
        number = int(code, 16)
    except ValueError:
        return ""
    if element.get("font", "").startswith(_SYMBOL_FONTS) or 0xE000 <= number <= 0xF8FF:
        return "•"
    return chr(number) if number < 0x110000 else ""


def _upper(text: str) -> str:
    return text.replace("i", "İ").replace("ı", "I").upper()

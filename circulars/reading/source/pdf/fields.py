"""Text that a viewer shows over a page: values of form fields and text annotations."""

from __future__ import annotations

from typing import Any

from pdfminer.pdftypes import resolve1
from pdfminer.psparser import PSLiteral
from pdfminer.utils import decode_text

from circulars.reading.source.pdf.glyphs import Drawn, Glyph

_HIDDEN = 0b10 | 0b100000
_DEEPEST = 8
_MOST = 2000
_LARGEST_TYPE = 11.0
_WIDTH = 0.5
"""Width of a letter as a share of its size: no font is known here."""


def field_glyphs(page: Any, drawn: Drawn) -> list[Glyph]:
    """The letters of all visible fields and text annotations of a pdfplumber page, evenly spaced in their boxes."""
    glyphs: list[Glyph] = []
    listed = resolve1(page.page_obj.annots)
    for reference in listed[:_MOST] if isinstance(listed, list) else []:
        annotation = resolve1(reference)
        if not isinstance(annotation, dict) or _number(annotation.get("F")) & _HIDDEN:
            continue
        text = _shown_text(annotation)
        corners = [resolve1(part) for part in resolve1(annotation.get("Rect")) or []]
        if text.strip() and len(corners) == 4 and all(isinstance(c, int | float) for c in corners):
            glyphs += _set(text, corners, page, drawn)
    return glyphs


def _shown_text(annotation: dict[str, Any]) -> str:
    kind = _name(annotation.get("Subtype"))
    if kind == "FreeText":
        return _text(annotation.get("Contents"))
    if kind == "Widget" and _name(_inherited(annotation, "FT")) in {"Tx", "Ch"}:
        return _text(_inherited(annotation, "V"))
    return ""


def _inherited(field: dict[str, Any], key: str) -> Any:
    for _ in range(_DEEPEST):
        if key in field:
            return resolve1(field[key])
        above = resolve1(field.get("Parent"))
        if not isinstance(above, dict):
            return None
        field = above
    return None


def _text(value: Any) -> str:
    value = resolve1(value)
    if isinstance(value, list):
        return "\n".join(_text(each) for each in value)
    if isinstance(value, bytes):
        return decode_text(value)
    return value if isinstance(value, str) else ""


def _name(value: Any) -> str:
    value = resolve1(value)
    return str(value.name) if isinstance(value, PSLiteral) else ""


def _number(value: Any) -> int:
    value = resolve1(value)
    return value if isinstance(value, int) else 0


def _set(text: str, corners: list[float], page: Any, drawn: Drawn) -> list[Glyph]:
    left, top, right, bottom = _on_shown_page(corners, page, drawn)
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    height = (bottom - top) / len(lines)
    size = min(_LARGEST_TYPE, max(height, 4.0))
    longest = max(len(line) for line in lines)
    step = min(_WIDTH * size, max(right - left, 1.0) / max(longest, 1))
    glyphs = []
    for number, line in enumerate(lines):
        base = top + number * height + (height + size) / 2
        for place, letter in enumerate(line):
            x = left + place * step
            box = (x, base - size, x + step, base)
            glyphs.append(Glyph(letter, x, x + step, base - size, base, size, box))
    return glyphs


def _on_shown_page(corners: list[float], page: Any, drawn: Drawn) -> tuple[float, float, float, float]:
    """Left, top, right, bottom on the page as it is shown, turned as the page says."""
    x0, y0, x1, y1 = page.mediabox if len(page.mediabox) == 4 else (0, 0, drawn.width, drawn.height)
    points = []
    for x, y in ((corners[0], corners[1]), (corners[2], corners[3])):
        points.append(
            {
                90: (y - y0, x - x0),
                180: (x1 - x, y - y0),
                270: (y1 - y, x1 - x),
            }.get(page.rotation or 0, (x - x0, y1 - y))
        )
    (a, b), (c, d) = points
    return min(a, c), min(b, d), max(a, c), max(b, d)

"""What is drawn on a page: glyphs with their direction, pictures, rules.

Glyphs are sorted into the four directions of a page; those drawn at any other angle (watermarks) are kept apart.
Glyphs that nobody sees are left out: white ones on white, and those of render mode 3 unless they are the text layer
of a scanned picture.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from math import hypot
from typing import Any

from pdfminer.converter import PDFPageAggregator
from pdfminer.layout import LTChar, LTContainer, LTCurve, LTImage, LTItem, LTPage
from pdfminer.pdfinterp import PDFPageInterpreter
from pdfminer.pdftypes import LITERALS_FLATE_DECODE, PDFStream, resolve1

from circulars.reading.source.places import Box

MAX_GLYPHS = 40_000
"""A page of the smallest type holds fewer."""

MAX_PATHS = 20_000
MAX_FIGURES = 5_000
MAX_PAGE_CODE = 2 * 1024 * 1024
"""Largest size in bytes of the drawing instructions of one page, unpacked."""

UNMAPPED = "(cid:"

_INVISIBLE_MODES = {3, 7}
_SLANT = 0.05
_NAMED_INKS = {"Separation", "DeviceN", "Indexed", "Pattern"}
_PAGE_OF_PICTURE = 0.5
_MOST_INSIDE = 0.75


@dataclass(slots=True)
class Glyph:
    """One letter. `left`, `right`, `top`, `bottom` and `size` are in points as seen when the text is held upright;
    `box` is its place on the page as the page is shown."""

    text: str
    left: float
    right: float
    top: float
    bottom: float
    size: float
    box: Box


@dataclass(slots=True)
class Drawn:
    """A page's content. `upright` holds the glyphs by direction in degrees; `curves` counts drawn outlines."""

    width: float
    height: float
    upright: dict[int, list[Glyph]] = field(default_factory=dict)
    slanted: str = ""
    pictures: list[Box] = field(default_factory=list)
    rules: list[Box] = field(default_factory=list)
    curves: int = 0
    text_layer: bool = False

    def covered(self) -> float:
        """The share of the page that its largest picture covers, from 0 to 1."""
        area = self.width * self.height
        return (
            max((_overlap(box, (0, 0, self.width, self.height)) for box in self.pictures), default=0) / area
        )


class TooMuch(Exception):
    """The page draws more than any page of text."""


class _Device(PDFPageAggregator):
    """Collects a page's items and the ids of letters in an invisible render mode; stops at the limits."""

    def __init__(self, resources: Any, page_number: int) -> None:
        super().__init__(resources, pageno=page_number, laparams=None)
        self.glyphs = self.paths = self.figures = 0
        self.unseen: set[int] = set()
        self._mode = 0

    def render_string(self, textstate: Any, *args: Any) -> None:
        self._mode = textstate.render
        super().render_string(textstate, *args)

    def render_char(self, *args: Any, **kwargs: Any) -> float:
        self.glyphs += 1
        if self.glyphs > MAX_GLYPHS:
            raise TooMuch
        advance = super().render_char(*args, **kwargs)
        if self._mode in _INVISIBLE_MODES:
            self.unseen.add(id(self.cur_item._objs[-1]))
        return advance

    def paint_path(self, *args: Any, **kwargs: Any) -> None:
        self.paths += 1
        if self.paths > MAX_PATHS:
            raise TooMuch
        super().paint_path(*args, **kwargs)

    def begin_figure(self, *args: Any, **kwargs: Any) -> None:
        self.figures += 1
        if self.figures > MAX_FIGURES:
            raise TooMuch
        super().begin_figure(*args, **kwargs)


def drawn_on(page: Any) -> Drawn:
    """The content of a pdfplumber page. Raises TooMuch if it draws more than any page of text."""
    _check_code(page.page_obj)
    device = _Device(page.pdf.rsrcmgr, page.page_number)
    PDFPageInterpreter(page.pdf.rsrcmgr, device).process_page(page.page_obj)
    return _sorted_out(device.get_result(), page, device.unseen)


def _check_code(page: Any) -> None:
    size = 0
    for reference in page.contents:
        stream = resolve1(reference)
        if isinstance(stream, PDFStream):
            size += _size_of(stream)
        if size > MAX_PAGE_CODE:
            raise TooMuch


def _size_of(stream: PDFStream) -> int:
    """The unpacked size of a stream in bytes, or a number above the limit: it is unpacked no further than that."""
    filters = [name for name, _ in stream.get_filters()]
    if len(filters) == 1 and filters[0] in LITERALS_FLATE_DECODE and stream.decipher is None:
        with suppress(zlib.error):
            return len(zlib.decompressobj().decompress(stream.get_rawdata() or b"", MAX_PAGE_CODE + 1))
    return len(stream.get_data())


def _items(container: LTContainer[Any]) -> Iterator[LTItem]:
    for item in container:
        if isinstance(item, LTContainer):
            yield from _items(item)
        else:
            yield item


def _sorted_out(layout: LTPage, page: Any, hidden: set[int]) -> Drawn:
    drawn = Drawn(max(float(page.width), 1.0), max(float(page.height), 1.0))
    chars: list[LTChar] = []
    fills: list[Box] = []
    shift = float(page.mediabox[0]), float(page.mediabox[1])
    for item in _items(layout):
        if isinstance(item, LTChar):
            chars.append(item)
        elif isinstance(item, LTImage):
            drawn.pictures.append(_box(item, drawn, shift))
        elif isinstance(item, LTCurve):
            box = _box(item, drawn, shift)
            if len(item.pts) > 5:
                drawn.curves += 1
            else:
                drawn.rules.append(box)
            if item.fill and not _is_white(item.non_stroking_color):
                fills.append(box)
    layer = drawn.covered() >= _PAGE_OF_PICTURE
    slanted: list[str] = []
    for char, box in _without_those_outside([(char, _box(char, drawn, shift)) for char in chars], drawn):
        unseen = id(char) in hidden
        if unseen or _is_white_ink(char):
            if not layer and (unseen or (not _on_any(box, fills) and not _on_any(box, drawn.pictures))):
                continue
            drawn.text_layer = drawn.text_layer or (layer and unseen)
        direction = _direction(char.matrix)
        if direction is None:
            slanted.append(char.get_text())
        else:
            drawn.upright.setdefault(direction, []).append(_glyph(char, direction, box, drawn))
    drawn.slanted = "".join(slanted).strip()
    return drawn


def _box(item: Any, drawn: Drawn, shift: tuple[float, float]) -> Box:
    """Left, top, right, bottom in points from the page's upper left corner."""
    return (
        item.x0 + shift[0],
        drawn.height - item.y1 + shift[1],
        item.x1 + shift[0],
        drawn.height - item.y0 + shift[1],
    )


def _outside(box: Box, drawn: Drawn) -> bool:
    return box[2] < 0 or box[0] > drawn.width or box[3] < 0 or box[1] > drawn.height


def _without_those_outside(chars: list[tuple[LTChar, Box]], drawn: Drawn) -> list[tuple[LTChar, Box]]:
    """Letters beyond the page's edge are not seen, and left out; but a program that turned its page wrongly draws much
    of the letter there, and then they are read."""
    inside = [each for each in chars if not _outside(each[1], drawn)]
    return inside if len(inside) >= _MOST_INSIDE * len(chars) else chars


def _direction(matrix: Any) -> int | None:
    """Degrees counter-clockwise from upright; None at an angle."""
    across, up = matrix[0], matrix[1]
    length = hypot(across, up)
    if length == 0 or abs(up) <= _SLANT * length:
        return 180 if across < 0 else 0
    if abs(across) <= _SLANT * length:
        return 90 if up > 0 else 270
    return None


def _glyph(char: LTChar, direction: int, box: Box, drawn: Drawn) -> Glyph:
    left, top, right, bottom = box
    if direction == 90:
        left, top, right, bottom = drawn.height - box[3], box[0], drawn.height - box[1], box[2]
    elif direction == 180:
        left, top, right, bottom = (
            drawn.width - box[2],
            drawn.height - box[3],
            drawn.width - box[0],
            drawn.height - box[1],
        )
    elif direction == 270:
        left, top, right, bottom = box[1], drawn.width - box[2], box[3], drawn.width - box[0]
    return Glyph(char.get_text(), left, right, top, bottom, bottom - top, box)


def _is_white_ink(char: LTChar) -> bool:
    if getattr(char.ncs, "name", "") in _NAMED_INKS:
        return False
    return _is_white(char.graphicstate.ncolor)


def _is_white(color: Any) -> bool:
    """Whether a colour in grey, RGB or CMYK is white or nearly so."""
    parts = color if isinstance(color, tuple | list) else (color,)
    if not all(isinstance(part, int | float) for part in parts) or len(parts) not in {1, 3, 4}:
        return False
    return bool(max(parts) <= 0.02 if len(parts) == 4 else min(parts) >= 0.98)


def _on_any(box: Box, boxes: list[Box]) -> bool:
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    return any(each[0] <= x <= each[2] and each[1] <= y <= each[3] for each in boxes)


def _overlap(one: Box, other: Box) -> float:
    width = min(one[2], other[2]) - max(one[0], other[0])
    height = min(one[3], other[3]) - max(one[1], other[1])
    return max(width, 0.0) * max(height, 0.0)

"""Cells of tables that are drawn with rules."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pdfplumber.table import edges_to_intersections, intersections_to_cells, merge_edges

from circulars.reading.source.pdf.words import Word
from circulars.reading.source.places import Box

_THIN = 2.5
_SHORTEST = 8.0
_MOST_RULES = 1500
_TOLERANCE = 3


def ruled_cells(rules: list[Box]) -> list[Box]:
    """The boxes of all cells, from the page's straight rules and rectangles; none on a page full of drawings."""
    if len(rules) > _MOST_RULES:
        return []
    edges = [edge for rule in rules for edge in _edges(rule)]
    if len({edge["orientation"] for edge in edges}) < 2:
        return []
    merged = merge_edges(edges, _TOLERANCE, _TOLERANCE, _TOLERANCE, _TOLERANCE)
    if len(merged) < 4 or len(merged) > _MOST_RULES // 5:
        return []
    cells: list[Box] = intersections_to_cells(edges_to_intersections(merged, _TOLERANCE, _TOLERANCE))
    return cells if len(cells) > 1 else []


def numbering(cells: list[Box], first: int) -> Callable[[Word], int | None]:
    """A function that gives the number of the cell in which a word's middle lies; numbers begin with `first`."""
    ordered = sorted(cells, key=lambda box: (box[2] - box[0]) * (box[3] - box[1]))

    def number(word: Word) -> int | None:
        x, y = (word.box[0] + word.box[2]) / 2, (word.box[1] + word.box[3]) / 2
        for index, box in enumerate(ordered):
            if box[0] <= x <= box[2] and box[1] <= y <= box[3]:
                return first + index
        return None

    return number


def _edges(rule: Box) -> list[dict[str, Any]]:
    left, top, right, bottom = rule
    wide, high = right - left >= _SHORTEST, bottom - top >= _SHORTEST
    if high and right - left <= _THIN:
        return [_edge(left, top, left, bottom, "v")]
    if wide and bottom - top <= _THIN:
        return [_edge(left, top, right, top, "h")]
    if not (wide and high):
        return []
    return [
        _edge(left, top, right, top, "h"),
        _edge(left, bottom, right, bottom, "h"),
        _edge(left, top, left, bottom, "v"),
        _edge(right, top, right, bottom, "v"),
    ]


def _edge(left: float, top: float, right: float, bottom: float, orientation: str) -> dict[str, Any]:
    return {
        "x0": left,
        "x1": right,
        "top": top,
        "bottom": bottom,
        "width": right - left,
        "height": bottom - top,
        "orientation": orientation,
        "object_type": "line",
    }

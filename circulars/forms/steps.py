"""The steps of the review page: what isn't sure, one by one, each with its reason in words and its place."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext, ngettext

from circulars.files.source_view import SourceLine, SourcePage
from circulars.forms.review import CircularForm
from circulars.forms.warnings import reason_words
from circulars.models import Circular, DistributionLine, Purpose
from circulars.services.reading.doubts import COLUMNS, LISTS, Doubt

_MARGIN = 24
_BEFORE = 60  # room for the label
_NARROWEST = 300
_TALLEST = 240
_MOST_LINES = 12


@dataclass(frozen=True)
class Cutout:
    """A part of a page: its picture, and in points formatted for SVG the part that is shown and the marked places."""

    page: SourcePage
    view: str
    boxes: list[tuple[str, str, str, str]]


@dataclass(frozen=True)
class Step:
    """One question. `lines` are the distribution lines that a press moves to the other group."""

    doubt: Doubt
    label: str
    why: str
    value: str
    second: str
    cutout: Cutout | None = None
    source: list[SourceLine] = field(default_factory=list)
    lines: Sequence[DistributionLine] = ()

    @property
    def key(self) -> str:
        return self.doubt.key

    @property
    def other_group(self) -> str:
        """The group that the line in question does not stand in."""
        line = self.doubt.line
        return "" if line is None else str(Purpose(_other(line.purpose)).label)


def steps_of(
    form: CircularForm,
    doubts: Sequence[Doubt],
    *,
    lines: Sequence[DistributionLine],
    pages: Sequence[SourcePage],
    source: Sequence[SourceLine],
) -> list[Step]:
    """A step for each doubt."""
    return [
        Step(
            doubt,
            str(form.fields[doubt.field].label) if doubt.line is None else doubt.line.text,
            _why(form.instance, doubt),
            _value(form, doubt, lines),
            second_value(doubt),
            _cutout(doubt, pages),
            _source_lines(doubt, source) if not pages else [],
            _lines_to_move(doubt, lines),
        )
        for doubt in doubts
    ]


def second_value(doubt: Doubt) -> str:
    """The second-best reading as it is typed into the form."""
    try:
        return date.fromisoformat(doubt.second).strftime("%d.%m.%Y")
    except ValueError:
        return doubt.second


def unread_parts(circular: Circular) -> list[str]:
    """Sentences about parts of the file that could not be read."""
    pages: dict[str, list[int]] = {}
    for part in circular.reading.get("unread", []):
        pages.setdefault(part["reason"], []).append(part["page"])
    return [
        ngettext("Page %(pages)s: %(what)s", "Pages %(pages)s: %(what)s", len(set(numbers)))
        % {"pages": ", ".join(map(str, sorted(set(numbers)))), "what": _unread_words(reason)}
        for reason, numbers in pages.items()
    ]


def _unread_words(reason: str) -> str:
    return {
        "picture": gettext("a picture was not read. Text in it, such as a stamp, is not known."),
        "sideways": gettext("text that stands sideways was not read."),
        "angle": gettext("text that stands at an angle, such as a watermark, was not read."),
        "text_box": gettext("a text box was not read."),
        "too_many_pages": gettext("this page and those behind it were not read; the file has too many."),
        "too_long": gettext("the text is too long; its end was not read."),
        "unknown_letters": gettext("the file doesn't say which letters its signs stand for."),
        "embedded": gettext("a file that is embedded in it was not read."),
    }.get(reason) or gettext("a part was not read.")


def _why(circular: Circular, doubt: Doubt) -> str:
    if doubt.line is not None:
        return gettext("The page does not tell whether this line is Gereği or Bilgi.")
    if doubt.reason == "not_found":
        return gettext("Not found in the letter.")
    words = reason_words(circular, doubt.reason)
    return words[:1].upper() + words[1:]


def _value(form: CircularForm, doubt: Doubt, lines: Sequence[DistributionLine]) -> str:
    if doubt.line is not None:
        return doubt.line.get_purpose_display()
    if doubt.field in LISTS:
        return "\n".join(line.text for line in lines if line.purpose == LISTS[doubt.field])
    bound: Any = form[doubt.field]
    value = bound.value()
    if isinstance(value, datetime):
        return value.strftime("%d.%m.%Y %H:%M")
    if isinstance(value, date):
        return value.strftime("%d.%m.%Y")
    choices = dict(getattr(bound.field, "choices", ()))
    return str(choices.get(value, value) if value is not None else "")


def _lines_to_move(doubt: Doubt, lines: Sequence[DistributionLine]) -> list[DistributionLine]:
    """For a whole list: every line if the page didn't tell the groups apart, none otherwise."""
    if doubt.line is not None or doubt.reason != COLUMNS or doubt.field not in LISTS:
        return []
    return [line for line in lines if line.purpose == LISTS[doubt.field]]


def _source_lines(doubt: Doubt, source: Sequence[SourceLine]) -> list[SourceLine]:
    wanted = {span["line"] for span in doubt.spans}
    return [line for line in source if line.number in wanted][:_MOST_LINES]


def _cutout(doubt: Doubt, pages: Sequence[SourcePage]) -> Cutout | None:
    """The first page with a place of the field, cut to its places."""
    placed = [span for span in doubt.spans if 1 <= span.get("page", 0) <= len(pages)]
    if not placed:
        return None
    page = pages[placed[0]["page"] - 1]
    boxes = [span["box"] for span in placed if span["page"] == page.number]
    width, height = float(page.width), float(page.height)
    left, top = min(box[0] for box in boxes) - _BEFORE, min(box[1] for box in boxes) - _MARGIN
    right, bottom = max(box[2] for box in boxes) + _MARGIN, max(box[3] for box in boxes) + _MARGIN
    shown = min(width, max(right - left, _NARROWEST))
    left = max(0.0, min(left, width - shown))
    top = max(0.0, top)
    return Cutout(
        page,
        f"{left:.0f} {top:.0f} {shown:.0f} {min(height - top, bottom - top, _TALLEST):.0f}",
        [
            (
                f"{box[0] - 2:.1f}",
                f"{box[1] - 1:.1f}",
                f"{box[2] - box[0] + 4:.1f}",
                f"{box[3] - box[1] + 2:.1f}",
            )
            for box in boxes
        ],
    )


def _other(purpose: str) -> Purpose:
    return Purpose.INFORMATION if purpose == Purpose.ACTION else Purpose.ACTION

"""The source of a draft for the review page: numbered lines, or page images with the position of each field."""

from collections.abc import Callable
from dataclasses import dataclass, field

from circulars.models import Circular
from circulars.reading.text.cleaning import source_lines

_MOST_LINES = 5000


@dataclass(frozen=True)
class SourceLine:
    """One line of the text and the fields found in it."""

    number: int
    text: str
    fields: str


@dataclass(frozen=True)
class PlaceMark:
    """The box of a field on a page: points, formatted for SVG."""

    field: str
    x: str
    y: str
    width: str
    height: str


@dataclass
class SourcePage:
    """A page of the PDF: the address of its picture, and its size in points."""

    number: int
    address: str
    width: str
    height: str
    marks: list[PlaceMark] = field(default_factory=list)


def source_text_lines(circular: Circular) -> list[SourceLine]:
    """The lines as read, each with the names of the fields found in it."""
    fields: dict[int, list[str]] = {}
    for name, found in circular.reading.get("fields", {}).items():
        for span in found["spans"]:
            fields.setdefault(span["line"], []).append(name)
    lines = source_lines(circular.source_text)[:_MOST_LINES] if circular.source_text else []
    return [
        SourceLine(number, line.replace("\f", ""), " ".join(fields.get(number, ())))
        for number, line in enumerate(lines, start=1)
    ]


def source_pages(
    circular: Circular, address: Callable[[int], str], *, marked: bool = True
) -> list[SourcePage]:
    """The pages of the PDF, if `marked` with one mark for each line of a field. `address` gives that of a page.

    The addresses differ for another file, so that no browser shows the pages of the one before.
    """
    version = circular.source_sha256[:12]
    pages = [
        SourcePage(number, f"{address(number)}?{version}", f"{width:.0f}", f"{height:.0f}")
        for number, (width, height) in enumerate(circular.reading.get("pages", []), start=1)
    ]
    fields = circular.reading.get("fields", {}) if marked else {}
    for name, found in fields.items():
        for span in found["spans"]:
            if 1 <= span.get("page", 0) <= len(pages):
                left, top, right, bottom = span["box"]
                pages[span["page"] - 1].marks.append(
                    PlaceMark(
                        name,
                        f"{left - 2:.1f}",
                        f"{top - 1:.1f}",
                        f"{right - left + 4:.1f}",
                        f"{bottom - top + 2:.1f}",
                    )
                )
    return pages

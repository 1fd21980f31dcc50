"""Text of scanned pages by Tesseract, called as a program with a time limit for each page.

Words come with their boxes, so that a recognised page has columns like any other. Without Tesseract or its Turkish
language data nothing is recognised, and the page counts as a picture.
"""

from __future__ import annotations

import csv
import io
import os
import re
import shutil
import subprocess
from dataclasses import replace
from functools import lru_cache
from statistics import mean, median

import pypdfium2
from PIL import Image

from circulars.reading.source.pdf.pdfium import PDFIUM
from circulars.reading.source.pdf.words import Word
from circulars.reading.source.places import Box
from circulars.reading.source.programs import bare_environment, run_program

SECONDS_PER_PAGE = 60
MEMORY_MB = 1024
SECONDS_IN_ALL = 120
"""After this time no further page of a file is begun; the others are named as unread."""

_LANGUAGE = "tur"
_DOTS_PER_INCH = 300
_MOST_DOTS = 30_000_000
_POOR = 60.0
_FEW_WORDS = 10
_WORD_LEVEL = "5"
_ROTATE = re.compile(r"^Rotate: (\d+)", re.MULTILINE)
_SAME_ROW = 0.5
_TYPE = 1.3
"""Size of the type as a multiple of the height of its letters."""


@lru_cache
def can_recognise() -> bool:
    """Whether Tesseract with its Turkish data is installed."""
    program = shutil.which("tesseract")
    if program is None:
        return False
    listed = subprocess.run(
        [program, "--list-langs"],
        capture_output=True,
        text=True,
        check=False,
        timeout=20,
        env=bare_environment() | _settings(),
    )
    return _LANGUAGE in listed.stdout.split() + listed.stderr.split()


def recognised_rows(content: bytes, page: int) -> list[list[Word]] | None:
    """The rows of a page of the PDF (numbered from 1); None if it couldn't be recognised in time."""
    try:
        picture, scale = _drawn(content, page)
        words, confidence = _words(picture, scale)
        if confidence < _POOR or len(words) < _FEW_WORDS:
            turn = _turn(picture)
            if turn:
                words, _ = _words(picture.rotate(-turn, expand=True), scale)
                size = picture.width / scale, picture.height / scale
                words = [replace(word, box=_turned_back(word.box, turn, *size)) for word in words]
    except (subprocess.SubprocessError, OSError, pypdfium2.PdfiumError):
        return None
    return _rows(words)


def _drawn(content: bytes, page: int) -> tuple[Image.Image, float]:
    """The page in grey and its dots per point."""
    with PDFIUM:
        document = pypdfium2.PdfDocument(content)
        try:
            width, height = document.get_page_size(page - 1)
            scale = _DOTS_PER_INCH / 72
            if width * height * scale * scale > _MOST_DOTS:
                scale = (_MOST_DOTS / (width * height)) ** 0.5
            return document[page - 1].render(scale=scale, grayscale=True).to_pil(), scale
        finally:
            document.close()


def _words(picture: Image.Image, scale: float) -> tuple[list[Word], float]:
    """The words, places in points, and the mean confidence from 0 to 100. A slope of the lines is taken out."""
    table = _tesseract(picture, "--psm", "3", "-l", _LANGUAGE, "tsv")
    lines: dict[tuple[str, ...], list[Word]] = {}
    confidences = []
    for row in csv.DictReader(io.StringIO(table), delimiter="\t", quoting=csv.QUOTE_NONE):
        text = (row["text"] or "").strip()
        if row["level"] != _WORD_LEVEL or not text:
            continue
        left, top = float(row["left"]) / scale, float(row["top"]) / scale
        right, bottom = left + float(row["width"]) / scale, top + float(row["height"]) / scale
        confidences.append(float(row["conf"]))
        line = lines.setdefault((row["block_num"], row["par_num"], row["line_num"]), [])
        line.append(Word(text, left, right, top, bottom, bottom - top, (left, top, right, bottom)))
    slope = _slope(list(lines.values()))
    words = [_levelled(word, slope) for line in lines.values() for word in line]
    return words, mean(confidences) if confidences else 0.0


def _slope(lines: list[list[Word]]) -> float:
    """How far the lines fall for each point to the right."""
    slopes = [
        (line[-1].bottom - line[0].bottom) / (line[-1].left - line[0].left)
        for line in lines
        if len(line) > 3 and line[-1].left > line[0].left
    ]
    return median(slopes) if len(slopes) > 2 else 0.0


def _levelled(word: Word, slope: float) -> Word:
    fall = slope * word.left
    return replace(word, top=word.top - fall, bottom=word.bottom - fall)


def _turned_back(box: Box, turn: int, width: float, height: float) -> Box:
    """The box on the page as it is shown, of one on the page turned clockwise; the sizes are those of the page."""
    left, top, right, bottom = box
    return {
        90: (top, height - right, bottom, height - left),
        180: (width - right, height - bottom, width - left, height - top),
        270: (width - bottom, left, width - top, right),
    }[turn]


def _turn(picture: Image.Image) -> int:
    """By how many degrees clockwise the picture has to be turned to stand upright."""
    try:
        found = _ROTATE.search(_tesseract(picture, "--psm", "0", "-l", "osd"))
    except subprocess.CalledProcessError:  # too few letters to tell
        return 0
    return int(found[1]) if found else 0


def _tesseract(picture: Image.Image, *options: str) -> str:
    file = io.BytesIO()
    picture.save(file, "PNG", dpi=(_DOTS_PER_INCH, _DOTS_PER_INCH))
    output = run_program(
        ["tesseract", "stdin", "stdout", "--dpi", str(_DOTS_PER_INCH), *options],
        megabytes=MEMORY_MB,
        seconds=SECONDS_PER_PAGE,
        content=file.getvalue(),
        environment=_settings() | {"OMP_THREAD_LIMIT": "1"},
    )
    return output.decode("utf-8", errors="replace")


def _settings() -> dict[str, str]:
    """Where Tesseract looks for its data, if an operator has said so."""
    return {name: os.environ[name] for name in ("TESSDATA_PREFIX",) if name in os.environ}


def _rows(words: list[Word]) -> list[list[Word]]:
    """Rows of words whose middles lie within half a line; the heights of recognised words differ much."""
    rows: list[list[Word]] = []
    for word in sorted(words, key=lambda w: w.top + w.bottom):
        middle = (word.top + word.bottom) / 2
        if rows:
            last = rows[-1]
            usual = max(each.size for each in last)
            centre = mean((each.top + each.bottom) / 2 for each in last)
            if abs(middle - centre) <= _SAME_ROW * min(usual, 14.0):
                last.append(word)
                continue
        rows.append([word])
    return [_level(sorted(row, key=lambda w: w.left)) for row in rows]


def _level(row: list[Word]) -> list[Word]:
    """The words with the row's baseline and type size, so that gaps are judged as on other pages."""
    size = _TYPE * median(word.size for word in row)
    bottom = median(word.bottom for word in row)
    return [replace(word, top=bottom - size, bottom=bottom, size=size) for word in row]

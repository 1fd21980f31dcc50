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
from functools import lru_cache
from statistics import mean

import pypdfium2
from PIL import Image

from circulars.reading.source.pdf.words import Word
from circulars.reading.source.pdfium import PDFIUM

SECONDS_PER_PAGE = 60
MAX_RECOGNISED = 40
"""Pages of one file that are recognised; the others are named as unread."""

_LANGUAGE = "tur"
_DOTS_PER_INCH = 300
_MOST_DOTS = 30_000_000
_POOR = 60.0
_FEW_WORDS = 10
_WORD_LEVEL = "5"
_ROTATE = re.compile(r"^Rotate: (\d+)", re.MULTILINE)
_SAME_ROW = 0.5


@lru_cache
def can_recognise() -> bool:
    """Whether Tesseract with its Turkish data is installed."""
    program = shutil.which("tesseract")
    if program is None:
        return False
    listed = subprocess.run([program, "--list-langs"], capture_output=True, text=True, check=False, timeout=20)
    return _LANGUAGE in listed.stdout.split() + listed.stderr.split()


def recognised_rows(content: bytes, page: int) -> list[list[Word]] | None:
    """The rows of a page of the PDF (numbered from 1); None if it couldn't be recognised in time."""
    try:
        picture, scale = _drawn(content, page)
        words, confidence = _words(picture, scale)
        if confidence < _POOR or len(words) < _FEW_WORDS:
            turn = _turn(picture)
            if turn:
                words, confidence = _words(picture.rotate(-turn, expand=True), scale)
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
    """The words, places in points, and the mean confidence from 0 to 100."""
    table = _tesseract(picture, "--psm", "3", "-l", _LANGUAGE, "tsv")
    words, confidences = [], []
    for row in csv.DictReader(io.StringIO(table), delimiter="\t", quoting=csv.QUOTE_NONE):
        text = (row["text"] or "").strip()
        if row["level"] != _WORD_LEVEL or not text:
            continue
        left, top = float(row["left"]) / scale, float(row["top"]) / scale
        right, bottom = left + float(row["width"]) / scale, top + float(row["height"]) / scale
        confidences.append(float(row["conf"]))
        words.append(Word(text, left, right, top, bottom, bottom - top, (left, top, right, bottom)))
    return words, mean(confidences) if confidences else 0.0


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
    done = subprocess.run(
        ["tesseract", "stdin", "stdout", "--dpi", str(_DOTS_PER_INCH), *options],
        input=file.getvalue(),
        capture_output=True,
        check=True,
        timeout=SECONDS_PER_PAGE,
        env={**os.environ, "OMP_THREAD_LIMIT": "1"},
    )
    return done.stdout.decode("utf-8", errors="replace")


def _rows(words: list[Word]) -> list[list[Word]]:
    """Rows of words whose middles lie within half a line; the heights of recognised words differ much."""
    rows: list[list[Word]] = []
    for word in sorted(words, key=lambda w: (w.top + w.bottom)):
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
    """The words with the row's height as their size, so that gaps are judged alike."""
    size = sorted(word.size for word in row)[len(row) // 2]
    bottom = max(word.bottom for word in row)
    return [Word(w.text, w.left, w.right, w.top, bottom, size, w.box) for w in row]

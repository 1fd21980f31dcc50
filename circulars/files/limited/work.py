"""What the processes for strangers' files run. Uses neither Django nor the database.

Each function takes and returns plain values. Nothing but MemoryError goes through `run`: what is wrong with a file is a
value, and an error of the reader itself is logged and becomes `Failed`.
"""

import ctypes
import gc
import io
import logging
import os
import resource
import signal
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pypdfium2

from circulars.files.limited.folders import take_folder
from circulars.reading import ReadLetter, UnreadableFile, cover_letter, package_data, read_letter
from circulars.reading.progress import listening
from circulars.reading.source.extract import extract_lines
from circulars.reading.source.kind import FileKind
from circulars.reading.source.pdf_text import MAX_PAGES

logger = logging.getLogger(__name__)

LONGEST_TEXT = 10_000_000
"""Characters of a letter that is kept whole; a file of more is refused as too large."""

WORN_OUT = 77
"""Exit code of a process that still holds much memory of an earlier file and wants to be replaced."""

_WIDTH = 1240
_TALLEST = 2600
_DIES_WITH_PARENT = 1  # PR_SET_PDEATHSIG
_limit = 0
_progress: Any = None


@dataclass(frozen=True)
class Unreadable:
    """Why no text can be extracted: the code, message and kind of `UnreadableFile`."""

    code: str
    message: str
    kind: FileKind = FileKind.UNKNOWN


@dataclass(frozen=True)
class Failed:
    """The function has raised an exception, which is logged."""


@dataclass(frozen=True)
class ReadSource:
    """A file as read: the letter or why there is none, and width and height of a PDF's pages in points."""

    letter: ReadLetter | Unreadable
    page_sizes: list[list[float]] = field(default_factory=list)


@dataclass(frozen=True)
class Package:
    """The grade of secrecy of an e-Yazışma package, empty if it has none, and the parts that were changed."""

    secrecy: str
    changed_parts: list[str]


def begin(memory: int, progress: Any) -> None:
    """Limit this process: `memory` in bytes of address space. It ends with the process that started it.

    Its temporary files are in a folder of its own (see `folders`).

    `progress` is an array of integers that both processes see, four for each task (see `pool`).
    """
    global _limit, _progress
    _limit, _progress = memory, progress
    # The programs that it calls have limits of their own, which may be higher.
    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    soft = memory if hard == resource.RLIM_INFINITY else min(memory, hard)
    resource.setrlimit(resource.RLIMIT_AS, (soft, hard))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    ctypes.CDLL(None).prctl(_DIES_WITH_PARENT, signal.SIGKILL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    take_folder()


def run(place: int, owner: int, function: Callable[..., Any], *args: Any) -> Any:
    """Call the function; what it reads is told in the progress from `place` on, as long as `owner` stands there.

    Raises MemoryError past the limit. Any other exception is logged and becomes `Failed`: one that can't be unpickled
    would end the whole pool.
    """
    if _resident() > _limit // 2:
        os._exit(WORN_OUT)

    def tell(page: int, pages: int, recognised: bool) -> None:
        if _progress[place] == owner:
            _progress[place + 1 : place + 4] = [page, pages, int(recognised)]

    try:
        with listening(tell):
            return function(*args)
    except Exception as error:
        if _is_out_of_memory(error):
            raise MemoryError from None
        logger.exception("%s has failed.", function.__name__)
        return Failed()
    finally:
        if _resident() > _limit // 4:
            gc.collect()
            ctypes.CDLL(None).malloc_trim(0)


def read_source(content: bytes, name: str, with_programs: bool = True) -> ReadSource:
    """The letter in the file, and the sizes of its pages.

    Without `with_programs` a file that only Tesseract or LibreOffice could read whole is unreadable: program_needed.
    """
    try:
        letter: ReadLetter | Unreadable = read_letter(content, name, with_programs=with_programs)
    except UnreadableFile as error:
        letter = _unreadable(error)
    if isinstance(letter, ReadLetter) and len(letter.source_text) > LONGEST_TEXT:
        letter = Unreadable("too_large", f"The file has more than {LONGEST_TEXT} characters.")
    return ReadSource(letter, page_sizes(content))


def package_of(content: bytes) -> Package | None:
    """What an e-Yazışma package says of its letter, readable or not; None for any other file and a broken package."""
    try:
        data = package_data(content)
    except UnreadableFile as error:
        _unreadable(error)
        return None
    return Package(data.secrecy, data.differing) if data else None


def text_of(content: bytes, name: str, longest: int) -> str | Unreadable:
    """The beginning of the text in a file."""
    try:
        return extract_lines(content, name, with_programs=False).text.replace("\0", "")[:longest]
    except UnreadableFile as error:
        return _unreadable(error)


def page_sizes(content: bytes) -> list[list[float]]:
    """Width and height of each page in points; empty if neither the file nor its cover letter is a readable PDF."""
    document = _pdf(content)
    if document is None:
        return []
    try:
        sizes = [document.get_page_size(index) for index in range(min(len(document), MAX_PAGES))]
    except pypdfium2.PdfiumError:
        return []
    finally:
        document.close()
    return [[round(width, 1), round(height, 1)] for width, height in sizes]


def draw_page(content: bytes, page: int) -> bytes | None:
    """The page (numbered from 1) as PNG, its size bounded; None if there is no such page or it can't be drawn."""
    document = _pdf(content)
    if document is None:
        return None
    file = io.BytesIO()
    try:
        if not 1 <= page <= min(len(document), MAX_PAGES):
            return None
        width, height = document.get_page_size(page - 1)
        if min(width, height) <= 0:
            return None
        scale = min(_WIDTH / width, _TALLEST / height)
        document[page - 1].render(scale=scale, grayscale=True).to_pil().save(file, "PNG")
    except pypdfium2.PdfiumError:
        return None
    finally:
        document.close()
    return file.getvalue()


def _pdf(content: bytes) -> pypdfium2.PdfDocument | None:
    """The PDF, or the one that is the cover letter of an e-Yazışma package."""
    try:
        letter = cover_letter(content)
        return pypdfium2.PdfDocument(letter) if b"%PDF-" in letter[:1024] else None
    except (UnreadableFile, pypdfium2.PdfiumError):
        return None


def _unreadable(error: UnreadableFile) -> Unreadable:
    """Raises MemoryError if that is why the file could not be read."""
    if _is_out_of_memory(error):
        raise MemoryError from error
    return Unreadable(error.code, error.message, error.kind)


def _is_out_of_memory(error: BaseException) -> bool:
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, MemoryError):
            return True
        cause = cause.__cause__ or cause.__context__
    return False


def _resident() -> int:
    """Bytes of memory that this process holds now."""
    with open("/proc/self/statm", "rb") as file:
        return int(file.read().split()[1]) * resource.getpagesize()

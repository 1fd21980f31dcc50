"""Reading of strangers' files within limits: letters, texts, pictures of pages."""

from dataclasses import dataclass, field

from circulars.files.limited import work
from circulars.files.limited.pool import LimitReached, Task, limited_pool
from circulars.reading import ProgramNeeded, ReadLetter, UnreadableFile

SECONDS_FOR_SIZES = 10
SECONDS_WHILE_WAITING = 5


@dataclass(frozen=True)
class Read:
    """A letter, and width and height in points of the pages of its PDF."""

    letter: ReadLetter
    page_sizes: list[list[float]] = field(default_factory=list)


def start_reading(content: bytes, name: str, *, with_programs: bool = True) -> Task[work.ReadSource]:
    """Begin to read a letter's file; the result is for `result_of`.

    Without `with_programs`, for a web request, neither Tesseract nor LibreOffice is called.
    """
    return limited_pool().start(work.read_source, content, name, with_programs)


def result_of(source: work.ReadSource) -> Read:
    """The letter that was read.

    Raises UnreadableFile, for a scan without text too, and ProgramNeeded where a program wasn't called.
    """
    if isinstance(source.letter, work.Unreadable):
        found = source.letter
        error = ProgramNeeded if found.code == "program_needed" else UnreadableFile
        raise error(found.code, found.message, kind=found.kind)
    return Read(source.letter, source.page_sizes)


def read_while_waiting(content: bytes, name: str, seconds: float | None = None) -> Read:
    """Read a letter's file in a web request, for so many seconds, or for SECONDS_WHILE_WAITING.

    Raises as `result_of`, and LimitReached.
    """
    longest = SECONDS_WHILE_WAITING if seconds is None else seconds
    return result_of(limited_pool().call(work.read_source, content, name, False, seconds=longest))


def package_of(content: bytes) -> work.Package | None:
    """What an e-Yazışma package says of its letter; None for any other file, for a broken one and past the limits."""
    if not content.startswith(b"PK"):
        return None
    try:
        return limited_pool().call(work.package_of, content, seconds=SECONDS_FOR_SIZES)
    except LimitReached:
        return None


def text_within_limits(content: bytes, name: str, *, longest: int, seconds: float) -> str:
    """The beginning of the text of a file; empty if it has none. Raises LimitReached."""
    text = limited_pool().call(work.text_of, content, name, longest, seconds=seconds)
    return text if isinstance(text, str) else ""


def page_sizes(content: bytes) -> list[list[float]]:
    """Width and height of each page in points; empty past the limits, and if it holds no PDF."""
    if b"%PDF-" not in content[:1024] and not content.startswith(b"PK"):
        return []
    try:
        return limited_pool().call(work.page_sizes, content, seconds=SECONDS_FOR_SIZES)
    except LimitReached:
        return []

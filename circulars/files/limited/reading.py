"""Reading of strangers' files within limits: letters, texts, pictures of pages."""

from dataclasses import dataclass, field

from circulars.files.limited import work
from circulars.files.limited.pool import LimitReached, Task, limited_pool
from circulars.reading import ReadLetter, UnreadableFile

SECONDS_FOR_SIZES = 10


@dataclass(frozen=True)
class Read:
    """A letter, and width and height in points of the pages of its PDF."""

    letter: ReadLetter
    page_sizes: list[list[float]] = field(default_factory=list)


def start_reading(content: bytes, name: str) -> Task[work.ReadSource]:
    """Begin to read a letter's file; the result is for `result_of`."""
    return limited_pool().start(work.read_source, content, name)


def result_of(source: work.ReadSource) -> Read:
    """The letter that was read. Raises UnreadableFile, for a scan without text too."""
    if isinstance(source.letter, work.Unreadable):
        found = source.letter
        raise UnreadableFile(found.code, found.message, kind=found.kind)
    return Read(source.letter, source.page_sizes)


def read_within_limits(content: bytes, name: str) -> Read:
    """Read a letter's file, however long that takes within the limits. Raises UnreadableFile and LimitReached."""
    return result_of(limited_pool().call(work.read_source, content, name))


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

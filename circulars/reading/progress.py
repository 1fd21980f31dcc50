"""How far a reading is: the reader tells each page that it begins, and whoever started it may listen."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar

Page = TypeVar("Page")

Listener = Callable[[int, int, bool], None]
"""Takes the page that is begun (from 1), the number of pages, and whether its text is recognised from a picture."""

_listener: ContextVar[Listener | None] = ContextVar("listener", default=None)


def tell_page(page: int, pages: int, *, recognised: bool = False) -> None:
    """Say that this page is begun. Costs nothing if nobody listens."""
    if (listener := _listener.get()) is not None:
        listener(page, pages, recognised)


def told_pages(pages: Sequence[Page]) -> Iterator[Page]:
    """The pages, each told when it is taken."""
    for number, page in enumerate(pages, start=1):
        tell_page(number, len(pages))
        yield page


@contextmanager
def listening(listener: Listener) -> Iterator[None]:
    """What is read within is told to this listener."""
    token = _listener.set(listener)
    try:
        yield
    finally:
        _listener.reset(token)

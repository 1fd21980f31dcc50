"""What tests have the processes with limits do. They import this module."""

import os
import signal
import time
from pathlib import Path

from circulars.reading.progress import tell_page


def answer(value: str) -> str:
    return value


def own_id() -> int:
    return os.getpid()


def take_memory(size: int) -> int:
    return len(bytearray(size))


def raise_what_cannot_be_unpickled() -> None:
    class Peculiar(Exception):
        def __init__(self, one: str, other: str) -> None:
            super().__init__(one)

    raise Peculiar("one", "other")


def tell_late(seconds: float) -> None:
    """Tell a page after so many seconds, deaf to being ended."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        tell_page(7, 7, recognised=True)
        time.sleep(0.01)


def read_with_much_memory(_content: bytes, _name: str, _with_programs: bool = True) -> int:
    """As a file is read that takes more memory than any limit of the tests."""
    return take_memory(2**40)


def read_slowly(_content: bytes, _name: str, _with_programs: bool = True) -> None:
    """As a file is read that takes long."""
    time.sleep(600)


def draw_slowly(_content: bytes, _page: int) -> bytes:
    """As a page is drawn that takes long."""
    time.sleep(600)
    return b""


def sleep(seconds: float) -> None:
    time.sleep(seconds)


def recognise(seconds: float) -> str:
    """As a scan is read: says that text is recognised, and takes its time."""
    tell_page(1, 1, recognised=True)
    time.sleep(seconds)
    return "recognised"


def die_until(marker: str, times: int) -> int:
    """End this process by force the first `times` times; gives the number of tries."""
    tries = Path(marker)
    tries.write_text(f"{tries.read_text() if tries.exists() else ''}.")
    count = len(tries.read_text())
    if count <= times:
        os.kill(os.getpid(), signal.SIGKILL)
    return count


def read_pages(go_on: str) -> str:
    """Tell the third of twelve pages, and wait until that file is there."""
    tell_page(3, 12)
    while not Path(go_on).exists():
        time.sleep(0.02)
    return "read"

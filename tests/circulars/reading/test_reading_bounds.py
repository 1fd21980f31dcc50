"""Reading is bounded: work proportional to the text, memory below a limit."""

import sys
import tracemalloc
import zlib
from types import FrameType

import pytest

from circulars.reading import UnreadableFile, read_letter
from tests.circulars.own_letters import FOLDER, printed

MEGABYTE = 1024 * 1024


def letter_with(lines: int) -> bytes:
    text = (FOLDER / "due_date.txt").read_text(encoding="utf-8")
    line = next(line for line in text.splitlines() if line.startswith("Nisan"))
    at = text.index(line)
    more = "".join(f"{line} {number}\n" for number in range(lines))
    recipients = "".join(f"- {number}. Bölge Müdürlüğüne\n" for number in range(lines // 10))
    return (text[:at] + more + text[at:].replace("DAĞITIM:\n", "DAĞITIM:\n" + recipients, 1)).encode()


def calls_to_read(content: bytes) -> int:
    """Number of function calls, a measure of work that does not depend on the machine's load."""
    calls = 0

    def count(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal calls
        calls += event in {"call", "c_call"}

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        assert read_letter(content).readable
    finally:
        sys.setprofile(before)
    return calls


def test_twenty_times_the_text_costs_at_most_twenty_five_times_the_work() -> None:
    short, long = letter_with(150), letter_with(3000)
    assert len(long) >= 15 * len(short)
    assert calls_to_read(long) <= 25 * calls_to_read(short)


def test_a_letter_of_a_megabyte_is_read_to_its_end() -> None:
    content = letter_with(10_000)
    assert len(content) > MEGABYTE
    assert len(read_letter(content).action_recipients) > 1000


def test_a_large_text_stays_below_the_memory_limit() -> None:
    content = letter_with(3000)
    tracemalloc.start()
    try:
        read_letter(content)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 100 * len(content) < 50 * MEGABYTE


def test_a_pdf_that_decompresses_beyond_the_limit_is_refused_beforehand() -> None:
    packed = zlib.compress(b"0" * (200 * MEGABYTE), 9)
    bomb = printed("<p>x</p>").replace(
        b"endobj", b"endobj\n9 0 obj << /Filter /FlateDecode >> stream\n" + packed, 1
    )
    tracemalloc.start()
    try:
        with pytest.raises(UnreadableFile) as caught:
            read_letter(bomb, "letter.pdf")
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert caught.value.code == "too_large"
    assert peak < 20 * MEGABYTE

"""Cost of reading, against the minimum any reader must do: decode a text, extract the words of a PDF."""

import io
from time import perf_counter

import pdfplumber
from weasyprint import HTML

from benchmarks.measure import compare
from benchmarks.workload import SAMPLE
from circulars.reading import read_letter

_COPIES = 20
_SHORT = 50_000
_LONG = 1_000_000
_ROUNDS = 3


def read_text() -> None:
    """Ours: reading text files. Limit: decoding them."""
    text = SAMPLE.read_text(encoding="utf-8")
    files = [text.encode(encoding) for encoding in ("utf-8", "cp1254", "utf-16", "iso-8859-9")] * (
        _COPIES // 4
    )
    compare(
        "read_text",
        lambda: [read_letter(content) for content in files],
        lambda: [_decode(content) for content in files],
    )


def read_pdf() -> None:
    """Ours: reading a PDF. Limit: pdfplumber's word extraction of the same file."""
    lines = SAMPLE.read_text(encoding="utf-8").replace("&", "&amp;").replace("<", "&lt;")
    style = "@page { size: A4; margin: 1.5cm } pre { font: 9pt monospace; white-space: pre-wrap }"
    content = HTML(string=f"<style>{style}</style><pre>{lines}</pre>").write_pdf()
    assert isinstance(content, bytes)
    compare("read_pdf", lambda: read_letter(content, "letter.pdf"), lambda: _words(content), rounds=5)


def read_linear() -> None:
    """A letter with a body of 1 MB against the same with 50 KB: at most 25 times the time."""
    short, long = (_letter_of(size) for size in (_SHORT, _LONG))
    quick, slow = _least(short), _least(long)
    print(f"bench read_linear ours {slow:.4f} limit {quick:.4f} ratio {slow / quick:.2f}", flush=True)


def _decode(content: bytes) -> str:
    for encoding in ("utf-8", "utf-16", "cp1254"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return ""


def _words(content: bytes) -> int:
    with pdfplumber.open(io.BytesIO(content)) as pdf:
        return sum(len(page.extract_words()) for page in pdf.pages)


def _letter_of(size: int) -> bytes:
    """The sample letter with its body repeated until the file has this size in bytes."""
    text = SAMPLE.read_text(encoding="utf-8")
    line = next(line for line in text.splitlines() if len(line) > 60)
    at = text.index(line)
    filling = (line + "\n") * ((size - len(text.encode())) // len((line + "\n").encode()))
    return (text[:at] + filling + text[at:]).encode()


def _least(content: bytes) -> float:
    took = []
    for _ in range(_ROUNDS):
        begin = perf_counter()
        read_letter(content)
        took.append(perf_counter() - begin)
    return min(took)

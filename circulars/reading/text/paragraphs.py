"""The body of a letter as paragraphs (Y 16)."""

from circulars.reading.text.cleaning import PAGE_BREAK
from circulars.reading.text.folding import join_lines, squeeze

_INDENT = 3
_SHORT = 0.85


def paragraphs(lines: list[str]) -> str:
    """Lines joined to paragraphs, separated by one empty line."""
    inked = [line for line in lines if line.strip() and line != PAGE_BREAK]
    width = max((len(line.rstrip()) for line in inked), default=0)
    margin = min((_indent(line) for line in inked), default=0)
    indented = any(_indent(line) >= margin + _INDENT for line in inked)
    result: list[list[str]] = []
    open_paragraph = False
    for line in lines:
        if line == PAGE_BREAK:
            open_paragraph = open_paragraph and not result[-1][-1].endswith((".", ":"))
            continue
        if not line.strip():
            open_paragraph = open_paragraph and not result[-1][-1].endswith((".", ":", ";"))
            continue
        if open_paragraph and not (indented and _indent(line) >= margin + _INDENT):
            result[-1][-1:] = join_lines(result[-1][-1], squeeze(line), "\n").split("\n")
        else:
            result.append([squeeze(line)])
        ends = line.rstrip().endswith((".", ":"))
        open_paragraph = not (ends and not indented and len(line.rstrip()) < _SHORT * width)
    return "\n\n".join(" ".join(parts) for parts in result)


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())

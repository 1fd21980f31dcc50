"""Reading official letters: a file goes in, the blocks of the letter come out.

No database and no Django here: what is read is a proposal that a person reviews.
"""

from circulars.reading.letter import ReadLetter
from circulars.reading.parser import parse_lines
from circulars.reading.source.extract import UnreadableFile, extract_lines

__all__ = ["ReadLetter", "UnreadableFile", "read_letter"]


def read_letter(content: bytes, filename: str = "") -> ReadLetter:
    """Read the first letter in a TXT, PDF or DOCX file.

    Raises `UnreadableFile` where the file gives no text at all. A text that is not a letter, or that
    character recognition has spoilt, comes back with `readable=False` and nothing else filled but a
    grade of secrecy, so that such a text can be refused.
    """
    extracted = extract_lines(content, filename)
    return parse_lines(extracted.lines, placed=extracted.placed, source_text=extracted.text)

"""ZIP packages (Word files, e-Yazışma packages), refused where they unpack to more than a letter can hold.

What is checked is true of the file itself: a small file that claims, or turns out, to be huge is never unpacked.
"""

from __future__ import annotations

import io
import zipfile
import zlib

from circulars.reading.source.errors import UnreadableFile
from circulars.reading.source.kind import KNOWN_METHODS
from circulars.reading.source.opc.directory import MAX_PARTS, is_too_long

MAX_UNPACKED = 200 * 1024 * 1024
MAX_XML = 32 * 1024 * 1024

_SMALL = 4 * 1024 * 1024
_DENSEST = 250
"""How many times smaller than its content a large part may be; the XML of long tables reaches about 60."""


def open_archive(content: bytes) -> zipfile.ZipFile:
    """The package, after checks of the sizes and methods that its directory names. Raises UnreadableFile."""
    try:
        if is_too_long(content):
            raise UnreadableFile("too_large", "The file is too large once unpacked.")
        archive = zipfile.ZipFile(io.BytesIO(content))
    except UnreadableFile:
        raise
    except Exception as error:
        raise UnreadableFile("damaged", "The package is damaged and cannot be read.") from error
    entries = archive.infolist()
    if any(entry.flag_bits & 0x1 for entry in entries):
        raise UnreadableFile("encrypted", "The file is protected with a password.")
    if any(entry.compress_type not in KNOWN_METHODS for entry in entries):
        raise UnreadableFile("damaged", "The package is packed in a way that office programs don't open.")
    texts = sum(entry.file_size for entry in entries if entry.filename.endswith((".xml", ".rels")))
    whole = sum(entry.file_size for entry in entries)
    if (
        len(entries) > MAX_PARTS
        or texts > MAX_XML
        or whole > MAX_UNPACKED
        or any(map(_is_too_dense, entries))
    ):
        raise UnreadableFile("too_large", "The file is too large once unpacked.")
    return archive


def _is_too_dense(entry: zipfile.ZipInfo) -> bool:
    return entry.file_size > _SMALL and entry.file_size > _DENSEST * max(entry.compress_size, 1)


def part(archive: zipfile.ZipFile, name: str) -> bytes | None:
    """A part's bytes; None without such a part or if it is damaged. Reads at most the size that is named."""
    try:
        entry = archive.getinfo(name)
        with archive.open(entry) as file:
            return file.read(entry.file_size)
    except (KeyError, zipfile.BadZipFile, EOFError, OSError, ValueError, NotImplementedError, zlib.error):
        return None

"""What a file is, by its first bytes; its name says nothing."""

import io
import zipfile
from enum import StrEnum
from pathlib import PurePath

from circulars.reading.source.opc.directory import is_too_long

PDF_WINDOW = 1024
COMPOUND_FILE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ENCRYPTED_OFFICE = "EncryptedPackage".encode("utf-16-le")


class FileKind(StrEnum):
    """Kinds that are told apart, because each is mended in another way."""

    PDF = "pdf"
    DOCX = "docx"
    TEXT = "text"
    OLD_WORD = "old_word"
    ENCRYPTED = "encrypted"
    ODT = "odt"
    RTF = "rtf"
    SHEET = "sheet"
    SLIDES = "slides"
    MAIL = "mail"
    PICTURE = "picture"
    ARCHIVE = "archive"
    PACKAGE = "package"
    """An e-Yazışma package (.eyp)."""
    UNKNOWN = "unknown"


SIGNATURES = (
    (b"\x89PNG", FileKind.PICTURE),
    (b"\xff\xd8\xff", FileKind.PICTURE),
    (b"GIF8", FileKind.PICTURE),
    (b"II*\x00", FileKind.PICTURE),
    (b"MM\x00*", FileKind.PICTURE),
    (b"RIFF", FileKind.PICTURE),
    (b"\x00\x00\x00\x0cjP", FileKind.PICTURE),
    (b"\x00\x00\x00\x18ftyp", FileKind.PICTURE),
    (b"\x00\x00\x00 ftyp", FileKind.PICTURE),
    (b"{\\rtf", FileKind.RTF),
    (b"\x1f\x8b", FileKind.ARCHIVE),
    (b"7z\xbc\xaf", FileKind.ARCHIVE),
    (b"Rar!", FileKind.ARCHIVE),
    (b"BZh9", FileKind.ARCHIVE),
    (b"\x7fELF", FileKind.UNKNOWN),
    (b"%!PS", FileKind.UNKNOWN),
)
IN_COMPOUND_FILE = (
    ("WordDocument", FileKind.OLD_WORD),
    ("Workbook", FileKind.SHEET),
    ("PowerPoint Document", FileKind.SLIDES),
    ("__substg1.0_", FileKind.MAIL),
)
"""Names of streams in files of Office before 2007 and of Outlook."""

KNOWN_METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
"""How office programs pack; these are unpacked step by step."""

CONTENT_TYPES = "[Content_Types].xml"
LARGEST_TYPES = 256 * 1024
WORD_TYPE = b"wordprocessingml"
IN_PACKAGE = (("word/", FileKind.DOCX), ("xl/", FileKind.SHEET), ("ppt/", FileKind.SLIDES))

ENDINGS = {
    FileKind.PDF: (".pdf",),
    FileKind.DOCX: (".docx", ".docm", ".dotx", ".dotm"),
    FileKind.TEXT: (".txt",),
    FileKind.PACKAGE: (".eyp",),
}
"""Endings by which a file of this kind is opened; the first one is the usual one."""


def kind_of(content: bytes) -> FileKind:
    """The kind of a file. TEXT stands for everything without a known signature, readable or not."""
    if b"%PDF-" in content[:PDF_WINDOW]:
        return FileKind.PDF
    if content.startswith(b"PK\x03\x04"):
        return _in_package(content)
    if content.startswith(COMPOUND_FILE):
        if ENCRYPTED_OFFICE in content:
            return FileKind.ENCRYPTED
        named = (kind for name, kind in IN_COMPOUND_FILE if name.encode("utf-16-le") in content)
        return next(named, FileKind.UNKNOWN)
    return next((kind for mark, kind in SIGNATURES if content.startswith(mark)), FileKind.TEXT)


def _in_package(content: bytes) -> FileKind:
    """A package with a longer directory than any letter's counts as an archive."""
    try:
        if is_too_long(content):
            return FileKind.ARCHIVE
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            names = [name.lstrip("/") for name in package.namelist()]
            if _beginning(package, names, "mimetype", PDF_WINDOW).endswith(b"opendocument.text"):
                return FileKind.ODT
            listed = _beginning(package, names, CONTENT_TYPES, LARGEST_TYPES)
    except Exception:
        return FileKind.DOCX if b"word/" in content else FileKind.ARCHIVE
    if any(name.lower().startswith("ustveri/") or name.lower().startswith("sifreliicerik") for name in names):
        return FileKind.PACKAGE
    for folder, kind in IN_PACKAGE:
        if any(name.startswith(folder) for name in names):
            return kind
    return FileKind.DOCX if WORD_TYPE in listed else FileKind.ARCHIVE


def _beginning(package: zipfile.ZipFile, names: list[str], name: str, longest: int) -> bytes:
    """At most so many bytes of a part, whatever size it claims; empty without it, or if it is packed unusually."""
    if name not in names or package.getinfo(name).compress_type not in KNOWN_METHODS:
        return b""
    with package.open(name) as part:
        return part.read(longest)


def fitting_name(name: str, kind: FileKind) -> str:
    """The name with an ending by which the file is opened: a text that is called .pdf becomes .txt."""
    known = {ending for endings in ENDINGS.values() for ending in endings}
    ending = PurePath(name).suffix.lower()
    if kind not in ENDINGS or ending in ENDINGS[kind] or ending not in known:
        return name
    return name[: -len(ending)] + ENDINGS[kind][0]

"""What a file is, by its first bytes; its name says nothing."""

import io
import zipfile
from enum import StrEnum
from pathlib import PurePath

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
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            names = [name.lstrip("/") for name in package.namelist()]
            declared = package.getinfo("mimetype") if "mimetype" in names else None
            small = declared is not None and declared.file_size < PDF_WINDOW
            if small and package.read("mimetype").endswith(b"opendocument.text"):
                return FileKind.ODT
            types = package.getinfo(CONTENT_TYPES) if CONTENT_TYPES in names else None
            listed = package.read(CONTENT_TYPES) if types and types.file_size <= LARGEST_TYPES else b""
    except Exception:
        return FileKind.DOCX if b"word/" in content else FileKind.ARCHIVE
    if any(name.lower().startswith("ustveri/") or name.lower().startswith("sifreliicerik") for name in names):
        return FileKind.PACKAGE
    for folder, kind in IN_PACKAGE:
        if any(name.startswith(folder) for name in names):
            return kind
    return FileKind.DOCX if WORD_TYPE in listed else FileKind.ARCHIVE


def fitting_name(name: str, kind: FileKind) -> str:
    """The name with an ending by which the file is opened: a text that is called .pdf becomes .txt."""
    known = {ending for endings in ENDINGS.values() for ending in endings}
    ending = PurePath(name).suffix.lower()
    if kind not in ENDINGS or ending in ENDINGS[kind] or ending not in known:
        return name
    return name[: -len(ending)] + ENDINGS[kind][0]

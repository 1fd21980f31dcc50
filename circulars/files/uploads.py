"""Checks on uploaded files."""

import hashlib
import unicodedata
from collections.abc import Iterable
from pathlib import PurePath

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.template.defaultfilters import filesizeformat
from django.utils.formats import number_format
from django.utils.translation import gettext as _

MEGABYTE = 1024 * 1024
PROGRAMS = {
    ".apk",
    ".app",
    ".appimage",
    ".bat",
    ".bin",
    ".chm",
    ".cmd",
    ".com",
    ".cpl",
    ".deb",
    ".dll",
    ".dmg",
    ".exe",
    ".gadget",
    ".hta",
    ".inf",
    ".jar",
    ".js",
    ".jse",
    ".ksh",
    ".lnk",
    ".msc",
    ".msi",
    ".msp",
    ".mst",
    ".pif",
    ".ps1",
    ".psm1",
    ".reg",
    ".rpm",
    ".run",
    ".scf",
    ".scr",
    ".sct",
    ".sh",
    ".sys",
    ".url",
    ".vb",
    ".vbe",
    ".vbs",
    ".ws",
    ".wsc",
    ".wsf",
    ".wsh",
    ".xll",
}


class FileRefused(Exception):
    """The upload is refused; the message says what, why and how to fix it."""


def check_size(upload: "UploadedFile[bytes]") -> None:
    """Raise FileRefused for an empty or too large file, without reading it."""
    size = upload.size or 0
    if not size:
        raise FileRefused(_("The file “%(name)s” is empty. Choose the right file.") % {"name": upload.name})
    if size > settings.UPLOAD_LIMIT:
        raise FileRefused(
            _(
                "The file “%(name)s” has %(size)s; at most %(limit)s can be taken."
                " Make it smaller, or split it."
            )
            % {"name": upload.name, "size": in_megabytes(size), "limit": in_megabytes(settings.UPLOAD_LIMIT)}
        )


def check_attachment(upload: "UploadedFile[bytes]") -> None:
    """Raise FileRefused for a file that is empty, too large or executable."""
    check_size(upload)
    suffix = file_suffix(upload.name or "")
    if suffix in PROGRAMS:
        raise FileRefused(
            _("The file “%(name)s” is a program (%(suffix)s). Programs aren't sent. Choose a document.")
            % {"name": upload.name, "suffix": suffix}
        )


def upload_sha256(upload: "UploadedFile[bytes]") -> str:
    """SHA-256 (hex) of the content. The upload is at its beginning afterwards."""
    digest = hashlib.sha256()
    upload.seek(0)
    for chunk in upload.chunks():
        digest.update(chunk)
    upload.seek(0)
    return digest.hexdigest()


def sort_attachments(
    uploads: Iterable["UploadedFile[bytes]"],
) -> tuple[list["UploadedFile[bytes]"], list[str]]:
    """The accepted uploads, and a message for each refused one."""
    good: list[UploadedFile[bytes]] = []
    refused: list[str] = []
    for upload in uploads:
        try:
            check_attachment(upload)
        except FileRefused as error:
            refused.append(str(error))
        else:
            good.append(upload)
    return good, refused


def file_suffix(name: str) -> str:
    """The suffix as an operating system sees it: invisible characters and trailing dots removed."""
    visible = "".join(letter for letter in name if unicodedata.category(letter) not in {"Cc", "Cf"})
    return PurePath(visible.rstrip(". ")).suffix.casefold()


def in_megabytes(size: int) -> str:
    """The size in MB with one decimal; below 0.1 MB in a smaller unit."""
    if size < MEGABYTE // 10:
        return filesizeformat(size)
    return _("%(size)s MB") % {"size": number_format(size / MEGABYTE, decimal_pos=1)}

"""Types of files: the name that people read, and which of them a browser may show instead of storing."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from circulars.files.uploads import file_suffix

HEAD = 16
"""Bytes read from the beginning of a file to recognise its type."""

_SHOWN = {
    ".pdf": ((b"%PDF-", "application/pdf"),),
    ".png": ((b"\x89PNG\r\n\x1a\n", "image/png"),),
    ".jpg": ((b"\xff\xd8\xff", "image/jpeg"),),
    ".jpeg": ((b"\xff\xd8\xff", "image/jpeg"),),
    ".gif": ((b"GIF87a", "image/gif"), (b"GIF89a", "image/gif")),
}
"""First bytes and content type by suffix. Nothing in these types runs in the page's origin; SVG and HTML do."""

_NAMES: dict[str, str | Promise] = {
    ".pdf": _("PDF document"),
    **dict.fromkeys((".doc", ".docx", ".odt", ".rtf"), _("Text document")),
    **dict.fromkeys((".xls", ".xlsx", ".ods", ".csv"), _("Table")),
    **dict.fromkeys((".ppt", ".pptx", ".odp"), _("Presentation")),
    **dict.fromkeys((".png", ".jpg", ".jpeg", ".gif", ".tif", ".tiff", ".bmp", ".webp"), _("Picture")),
    **dict.fromkeys((".zip", ".rar", ".7z"), _("Archive")),
    **dict.fromkeys((".mp3", ".wav"), _("Sound recording")),
    **dict.fromkeys((".mp4", ".avi", ".mov"), _("Film")),
    ".txt": _("Plain text"),
    ".eyp": _("E-Yazışma package"),
    ".udf": _("UYAP document"),
}


def type_name(name: str) -> str:
    """The type as people call it, e.g. “PDF document”; for an unknown one its suffix in capitals, or nothing."""
    suffix = file_suffix(name)
    return str(_NAMES.get(suffix) or suffix[1:].upper())


def opens_in_browser(name: str) -> bool:
    """Whether the file is offered for opening; whether it is what its name says is checked when it is read."""
    return file_suffix(name) in _SHOWN


def shown_type(name: str, head: bytes) -> str | None:
    """The content type under which a browser may show a file with this name and these first bytes."""
    kinds = _SHOWN.get(file_suffix(name), ())
    return next((kind for start, kind in kinds if head.startswith(start)), None)

"""Stored files as responses: one to keep or to show, one page as a picture, several in one archive."""

import unicodedata
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import PurePath

from django.db.models.fields.files import FieldFile
from django.http import FileResponse, Http404, HttpResponse, StreamingHttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext

from circulars.files.page_images import PageMissing, page_image
from circulars.files.types import HEAD, shown_type
from circulars.models import Circular

StoredFile = tuple[FieldFile, str]
"""A stored file and its original name."""

_PIECE = 64 * 1024
_LONGEST = 120
_FORBIDDEN = set('<>:"/\\|?*')
_DEVICES = {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))}
"""Names that Windows keeps for devices, whatever their suffix."""

_SHOWN_POLICY = "default-src 'none'; style-src 'unsafe-inline'; object-src 'self'; frame-ancestors 'none'"
"""Policy for a file that a browser shows: its own viewer works, nothing in the file does."""


def stored_file(file: FieldFile, name: str, *, inline: bool = False) -> FileResponse:
    """A stored file as a download under its original name. Raises Http404 if it is missing.

    With `inline` the browser shows it instead, if name and first bytes agree on a type that is safe to show.
    """
    if not file:
        raise Http404
    try:
        content = file.open("rb")
    except FileNotFoundError as error:
        raise Http404 from error
    kind = None
    if inline:
        kind = shown_type(name, content.read(HEAD))
        content.seek(0)
    response = FileResponse(content, as_attachment=kind is None, filename=name)
    if kind is not None:
        response["Content-Type"] = kind
        response["Content-Security-Policy"] = _SHOWN_POLICY
    response["X-Content-Type-Options"] = "nosniff"
    return response


def stored_page_image(circular: Circular, page: int) -> HttpResponse:
    """One page of the letter's PDF as PNG. Raises Http404 if there is no such page."""
    if not 1 <= page <= len(circular.reading.get("pages", [])):
        raise Http404

    def content() -> bytes:
        with circular.source_file.open("rb") as file:
            return bytes(file.read())

    try:
        image = page_image(content, page, key=circular.source_sha256)
    except (FileNotFoundError, ValueError, PageMissing) as error:
        raise Http404 from error
    return HttpResponse(
        image,
        content_type="image/png",
        headers={"Cache-Control": "private, max-age=3600", "X-Content-Type-Options": "nosniff"},
    )


def stored_archive(files: Sequence[StoredFile], name: str) -> StreamingHttpResponse:
    """The files as one ZIP archive, written while it is sent. Raises Http404 if there are none.

    Files that are missing from the storage are named in a text file of the archive.
    """
    if not files:
        raise Http404
    response = StreamingHttpResponse(_archive(files), content_type="application/zip")
    response["Content-Disposition"] = content_disposition_header(True, f"{_plain(name, '')}.zip") or ""
    response["X-Content-Type-Options"] = "nosniff"
    return response


def is_stored(file: FieldFile) -> bool:
    """Whether the file is in the storage."""
    return bool(file) and file.storage.exists(file.name or "")


def entry_names(names: Iterable[str]) -> list[str]:
    """Names under which the files can be unpacked on any system, each different from the others.

    Letters of every alphabet stay. Folders, control characters, and what Windows forbids are replaced or removed.
    """
    taken: set[str] = set()
    found = []
    for number, name in enumerate(names, start=1):
        suffix = _plain(PurePath(name).suffix, "")[:10]
        stem = _plain(name[: len(name) - len(PurePath(name).suffix)], f"dosya-{number}")
        entry, again = f"{stem}{suffix}", 1
        while entry.casefold() in taken:
            again += 1
            entry = f"{stem} ({again}){suffix}"
        taken.add(entry.casefold())
        found.append(entry)
    return found


def _plain(text: str, otherwise: str) -> str:
    visible = (char for char in unicodedata.normalize("NFC", text) if unicodedata.category(char)[0] != "C")
    plain = "".join("-" if char in _FORBIDDEN else char for char in visible).strip()
    plain = plain[:_LONGEST].rstrip(". ") or otherwise
    return f"_{plain}" if plain.split(".")[0].casefold() in _DEVICES else plain


class _Sink:
    """What the archive is written to: takes bytes and gives them away; can't be read or rewound."""

    def __init__(self) -> None:
        self._written: list[bytes] = []

    def write(self, data: bytes) -> int:
        self._written.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """There is nothing to flush; `zipfile` calls it."""

    def taken(self) -> bytes:
        """What was written since the last call."""
        data = b"".join(self._written)
        self._written.clear()
        return data


def _archive(files: Sequence[StoredFile]) -> Iterator[bytes]:
    """The bytes of the archive in pieces; one piece of one file is in memory at a time."""
    sink = _Sink()
    day = timezone.localtime().timetuple()[:6]
    missing: list[str] = []
    note = gettext("missing files") + ".txt"
    entries = entry_names([*(name for _file, name in files), note])
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:  # type: ignore[call-overload]
        for (file, name), entry in zip(files, entries[:-1], strict=True):
            try:
                content = file.open("rb")
            except FileNotFoundError:
                missing.append(name)
                continue
            with content, archive.open(_entry(entry, day, file.size), "w") as target:
                while piece := content.read(_PIECE):
                    target.write(piece)
                    if data := sink.taken():
                        yield data
        if missing:
            archive.writestr(_entry(entries[-1], day), _words_on_missing(missing))
    yield sink.taken()


def _entry(name: str, day: tuple[int, ...], size: int = 0) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, date_time=day)  # type: ignore[arg-type]
    info.compress_type = zipfile.ZIP_DEFLATED
    info.file_size = size
    return info


def _words_on_missing(names: Iterable[str]) -> str:
    """Text that names the missing files, with a mark of its encoding and line ends for every system."""
    words = gettext("These files of the letter are missing from the server. Ask the administrator.")
    return "\ufeff" + "\r\n".join([words, "", *names, ""])

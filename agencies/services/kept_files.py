"""Files of a form that was refused for another field, kept for the session of the person who sent them.

A refused form comes back with its fields, but a browser never fills in a file. So the files are kept in the storage
under FOLDER, and the form names them; sent again, it has them without a new choice. They belong to one session and one
address, no page serves them, and they are checked like newly chosen ones. They are kept for KEPT_FOR seconds, at most
MOST_FILES and twice the upload limit in a session, and deleted as soon as the form is accepted or sent without them.
"""

import secrets
from collections.abc import Iterable
from datetime import datetime
from io import BytesIO
from typing import Any, TypedDict

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile

FIELD = "kept_file"
"""Name of the inputs that send kept files again; their values are made by `value_of`."""

FOLDER = "kept"
SESSION_KEY = "kept_files"
KEPT_FOR = 3600
MOST_FILES = 20


class KeptEntry(TypedDict):
    """What a session remembers of one file; `at` in seconds since 1970."""

    token: str
    path: str
    field: str
    name: str
    content_type: str
    size: int
    at: int


class KeptFile(UploadedFile):  # type: ignore[type-arg]
    """A kept file as a form gets it. `entry` is None for one that is no longer there."""

    def __init__(self, file: Any, name: str, entry: KeptEntry | None) -> None:
        content_type, size = (entry["content_type"], entry["size"]) if entry else (None, 0)
        super().__init__(file, name, content_type, size)
        self.entry = entry

    @property
    def is_lost(self) -> bool:
        return self.entry is None


class KeptFiles:
    """The kept files of one session and the form of one address, during one request."""

    def __init__(self, session: SessionBase, path: str, *, at: datetime) -> None:
        self._session, self._path, self._at = session, path, int(at.timestamp())
        known: list[KeptEntry] = session.get(SESSION_KEY, [])
        self._entries = {each["token"]: each for each in known if each["at"] > self._at - KEPT_FOR}
        self._offered: dict[str, UploadedFile[bytes]] = {}
        self._dropped: list[KeptEntry] = []

    def sent_again(self, values: Iterable[str]) -> list[tuple[str, KeptFile]]:
        """The files that the form sends again with their fields; lost ones too, so that their absence is noticed.

        Those of the form that it doesn't send again are dropped.
        """
        found = []
        values = list(values)
        sent = {parts_of(value)[1] for value in values}
        for token, known in list(self._entries.items()):
            if known["path"] == self._path and token not in sent:
                self._dropped.append(self._entries.pop(token))
        for value in values:
            field, token, name = parts_of(value)
            entry = self._entries.get(token)
            if entry is not None and (entry["path"], entry["field"]) == (self._path, field):
                try:
                    file = default_storage.open(_stored_name(entry))
                    found.append((field, KeptFile(file, entry["name"], entry)))
                    continue
                except FileNotFoundError:
                    del self._entries[token]
            found.append((field, KeptFile(BytesIO(), name, None)))
        return found

    def of_form(self) -> list[tuple[str, KeptFile]]:
        """All kept files of the form, with their fields."""
        return self.sent_again(
            [value_of(each) for each in self._entries.values() if each["path"] == self._path]
        )

    def offer(self, field: str, upload: "UploadedFile[bytes]") -> KeptEntry | None:
        """The entry under which the file is kept if the form that shows it is the answer; None beyond the limits."""
        for token, offered in self._offered.items():
            if offered is upload:
                return self._entries[token]
        if isinstance(upload, KeptFile):
            if upload.entry is not None:
                self._offered[upload.entry["token"]] = upload
            return upload.entry
        size = upload.size or 0
        held = sum(each["size"] for each in self._entries.values())
        if len(self._entries) >= MOST_FILES or held + size > 2 * settings.UPLOAD_LIMIT:
            return None
        entry: KeptEntry = {
            "token": secrets.token_hex(16),
            "path": self._path,
            "field": field,
            "name": upload.name or "",
            "content_type": upload.content_type or "",
            "size": size,
            "at": self._at,
        }
        self._entries[entry["token"]], self._offered[entry["token"]] = entry, upload
        return entry

    def offered(self) -> list[str]:
        """The values that send the files again which the answer shows."""
        return [value_of(self._entries[token]) for token in self._offered if token in self._entries]

    def is_offered(self, upload: "UploadedFile[bytes]") -> bool:
        """Whether the answer shows the file as kept."""
        return any(offered is upload for offered in self._offered.values())

    def finish(self) -> None:
        """Store the newly offered files, and delete those of the form that its answer doesn't show any more."""
        for token, entry in list(self._entries.items()):
            upload = self._offered.get(token)
            if upload is None and entry["path"] == self._path:
                self._dropped.append(self._entries.pop(token))
            elif upload is not None and not isinstance(upload, KeptFile):
                try:
                    default_storage.save(_stored_name(entry), File(upload, upload.name))
                except OSError:  # moved away or unreadable: the form then asks for the file
                    del self._entries[token]
        for entry in self._dropped:
            default_storage.delete(_stored_name(entry))
        kept = list(self._entries.values())
        if kept != self._session.get(SESSION_KEY, []):
            self._session[SESSION_KEY] = kept


def value_of(entry: KeptEntry) -> str:
    """The value of the input that sends the file again."""
    return f"{entry['field']}:{entry['token']}:{entry['name']}"


def parts_of(value: str) -> tuple[str, str, str]:
    """Field, token and file name in such a value."""
    field, _colon, rest = value.partition(":")
    token, _colon, name = rest.partition(":")
    return field, token, name


def kept_in(session: SessionBase, *, at: datetime) -> set[str]:
    """The values that still send a file again in this session."""
    known: list[KeptEntry] = session.get(SESSION_KEY, [])
    return {value_of(each) for each in known if each["at"] > at.timestamp() - KEPT_FOR}


def is_kept_for(session: SessionBase, path: str) -> bool:
    """Whether the session has files of the form of this address."""
    known: list[KeptEntry] = session.get(SESSION_KEY, [])
    return any(each["path"] == path for each in known)


def clear_kept_files(*, at: datetime) -> int:
    """Delete the files whose time is over. Returns their number."""
    try:
        _folders, names = default_storage.listdir(FOLDER)
    except FileNotFoundError:
        return 0
    over = [name for name in names if _moment_in(name) <= at.timestamp() - KEPT_FOR]
    for name in over:
        default_storage.delete(f"{FOLDER}/{name}")
    return len(over)


def _stored_name(entry: KeptEntry) -> str:
    return f"{FOLDER}/{entry['at']}-{entry['token']}"


def _moment_in(name: str) -> int:
    """The moment in a stored name, in seconds; 0 for a file that this module didn't store."""
    moment = name.partition("-")[0]
    return int(moment) if moment.isdecimal() else 0

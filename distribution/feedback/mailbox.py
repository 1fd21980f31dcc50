"""The mailbox for returned mail: a folder on an IMAP server, or a local Maildir.

A mail is returned until it is marked as read, which the reader does after storing its content.
"""

import bz2
import gzip
import imaplib
import lzma
import ssl
import zlib
from collections.abc import Callable, Generator, Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from imap_tools import BaseMailBox, ImapToolsError, MailBox, MailBoxUnencrypted, MailMessage, MailMessageFlags

TIMEOUT = 30
"""Time-out of the server, in seconds."""

MOST_AT_ONCE = 200
LARGEST = 25 * 1024 * 1024
"""Of larger mails only the headers are read."""

PACKED: dict[bytes, Callable[[Path], Any]] = {
    b"\x1f\x8b": gzip.open,
    b"BZh": bz2.open,
    b"\xfd7zXZ\0": lzma.open,
}
"""How a packed file begins, and what unpacks it."""

DAMAGED = (EOFError, OSError, zlib.error, lzma.LZMAError)
"""What the content of a packed file may raise once the file was read."""


class MailboxFailed(Exception):
    """The mailbox can't be reached or read; its mails stay unread."""


class MailboxAddress(Protocol):
    """Address of the mailbox, parsed from the setting."""

    @property
    def scheme(self) -> str: ...

    @property
    def host(self) -> str: ...

    @property
    def port(self) -> int: ...

    @property
    def user(self) -> str: ...

    @property
    def password(self) -> str: ...

    @property
    def folder(self) -> str: ...


Unread = Generator[tuple[bytes, Callable[[], object]]]
"""An unread mail with the function that marks it as read."""


@contextmanager
def unread_mails(address: MailboxAddress) -> Iterator[Unread]:
    """Up to MOST_AT_ONCE unread mails, oldest first. Raises MailboxFailed."""
    try:
        if address.scheme == "maildir":
            yield _in_maildir(Path(address.folder))
            return
        with closing(_in_imap(address)) as mails:
            yield mails
    except (ImapToolsError, imaplib.IMAP4.error, OSError) as error:
        raise MailboxFailed(f"{address.host or address.folder}: {error or type(error).__name__}") from error


class RawMail(MailMessage):
    """A mail as raw bytes."""

    def __init__(self, fetch_data: list[Any]) -> None:
        super().__init__(fetch_data)
        self.raw: bytes = next((part[1] for part in fetch_data if isinstance(part, tuple)), b"")


def _in_imap(address: MailboxAddress) -> Unread:
    server: BaseMailBox
    if address.scheme == "imaps":
        checked = ssl.create_default_context()
        server = MailBox(address.host, address.port, timeout=TIMEOUT, ssl_context=checked)
    else:
        server = MailBoxUnencrypted(address.host, address.port, timeout=TIMEOUT)
    server.email_message_class = RawMail
    try:
        server.login(address.user, address.password, address.folder)
    except Exception:
        server.client.shutdown()
        raise
    with server as box:
        for uid in box.uids("UNSEEN", charset=None)[:MOST_AT_ONCE]:
            for head in box.fetch(uid_list=[uid], headers_only=True, mark_seen=False):
                whole = box.fetch(uid_list=[uid], mark_seen=False) if head.size_rfc822 <= LARGEST else [head]
                for mail in whole:
                    assert isinstance(mail, RawMail)
                    yield mail.raw, partial(box.flag, [uid], MailMessageFlags.SEEN, True)


def _in_maildir(folder: Path) -> Unread:
    """The mails in `new`, and those in `cur` without the flag S. One of the two folders may be missing."""
    places = [folder / name for name in ("new", "cur") if (folder / name).is_dir()]
    if not places:
        raise NotADirectoryError(f"{folder} has neither the folder new nor cur")
    waiting = [
        path
        for place in places
        for path in sorted(place.iterdir())
        if not path.name.startswith(".") and "S" not in path.name.partition(":2,")[2]
    ]
    (folder / "cur").mkdir(exist_ok=True)
    for path in waiting[:MOST_AT_ONCE]:
        yield read_mail(path), partial(path.rename, folder / "cur" / _seen(path.name))


def read_mail(path: Path) -> bytes:
    """The first LARGEST bytes of a mail's file, unpacked if the mail server keeps its mails packed (gzip, bzip2, xz).

    A packed file that is damaged is returned as it is. Raises OSError if the file can't be read.
    """
    with path.open("rb") as file:
        raw = file.read(LARGEST)
    unpack = next((opened for begin, opened in PACKED.items() if raw.startswith(begin)), None)
    if unpack is None:
        return raw
    try:
        with unpack(path) as unpacked:
            content: bytes = unpacked.read(LARGEST)
            return content
    except DAMAGED:
        return raw


def _seen(name: str) -> str:
    base, _separator, flags = name.partition(":2,")
    return f"{base}:2,{''.join(sorted({*flags, 'S'}))}"

"""A letter's mail is written once and filled in for each recipient (docs/decisions/0027-mail-merge.md).

Most of a mail is the same for all the recipients of a letter, and to write one from its templates costs more than
to hand it over. So a form of it is written with placeholders for what differs, and these are filled in the finished
bytes. A placeholder is a word made up for this process, so that no letter can hold one.
"""

import secrets
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from datetime import datetime
from email.utils import formatdate
from html import escape
from types import SimpleNamespace
from typing import Any

from django.conf import settings
from django.urls import reverse

from distribution.links import link_url
from distribution.models import Notice, NoticeKind

MARK = f"qx{secrets.token_hex(8)}"
TRANSFER = b"Content-Transfer-Encoding: 8bit"
PARTS = 2
"""Plain text and HTML; a part in another encoding can't be filled in."""


def placeholder(name: str) -> str:
    """The word that stands for a value."""
    return f"{MARK}{name}qx"


ADDRESS = f"{placeholder('address')}@{MARK}.example"


@dataclass(frozen=True)
class Form:
    """A mail with placeholders, and the moment from which its links count."""

    content: bytes
    at: datetime

    def filled(self, notice: Notice) -> bytes:
        """The mail of this notice."""
        content = self.content
        for word, value in values_for(notice, self.at).items():
            content = content.replace(word.encode(), value.encode())
        return content


def shared_by(notice: Notice) -> Hashable | None:
    """What decides the words of the mail beside the placeholders; None for a mail that has to be written by itself."""
    delivery = notice.delivery
    if notice.kind != NoticeKind.LETTER or delivery is None or notice.data:
        return None
    if not all(word.isascii() and word.isprintable() for word in (notice.address, notice.message_id)):
        return None
    if delivery.successor_id or delivery.parent_id or not delivery.is_outstanding:
        return None
    if notice.agency_id != delivery.agency_id:
        return None
    return (delivery.circular_id, delivery.purpose, delivery.due_at)


def placeholders(notice: Notice, *, part: str) -> dict[str, Any]:
    """What a template finds instead of the recipient's own values. Of the delivery only what is shared is there.

    `part` is "text" or "html": a name is escaped in one of them.
    """
    delivery = notice.delivery
    assert delivery is not None
    return {
        "notice": None,
        "unit": None,
        "delivery": SimpleNamespace(
            get_purpose_display=delivery.get_purpose_display(), due_at=delivery.due_at
        ),
        "agency": SimpleNamespace(name=placeholder(f"{part}name")),
        "letter_url": placeholder("letter"),
        "inbox_url": placeholder("inbox"),
        "link_url": "" if delivery.circular.secrecy else placeholder("link"),
    }


def values_for(notice: Notice, at: datetime) -> dict[str, str]:
    """The value of each placeholder for this notice. A name is escaped where it stands in HTML."""
    delivery = notice.delivery
    assert delivery is not None
    name = delivery.agency.name
    return {
        ADDRESS: notice.address,
        placeholder("id"): notice.message_id,
        placeholder("date"): formatdate(localtime=settings.EMAIL_USE_LOCALTIME),
        placeholder("textname"): name,
        placeholder("htmlname"): escape(name),
        placeholder("letter"): settings.SITE_URL + reverse("delivery", args=[delivery.public_id]),
        placeholder("inbox"): settings.SITE_URL + reverse("unit_inbox", args=[delivery.agency_id]),
        placeholder("link"): link_url(delivery, at=at),
    }


def form_of(content: bytes, at: datetime) -> Form | None:
    """The form, if all its parts can be filled in as they are."""
    return Form(content, at) if content.count(TRANSFER) == PARTS else None


class MailMerge:
    """The forms of one worker's task: gone with it, so that no form grows old."""

    def __init__(self, write: Callable[[Notice, datetime], bytes]) -> None:
        self._write = write
        self._forms: dict[Hashable, Form | None] = {}

    def content(self, notice: Notice, at: datetime) -> bytes | None:
        """The mail of this notice from the form that it shares; None if it has to be written by itself."""
        shared = shared_by(notice)
        if shared is None:
            return None
        if shared not in self._forms:
            self._forms[shared] = form_of(self._write(notice, at), at)
        form = self._forms[shared]
        return form.filled(notice) if form else None

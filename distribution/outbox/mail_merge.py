"""Mail merge: render a letter's mail once and fill it in for each recipient (docs/decisions/0027-mail-merge.md).

Most of a mail is the same for all recipients of a letter, and rendering the templates takes longer than
sending. So one mail with placeholders is rendered, and the values are filled in the encoded bytes. Placeholders
contain a random token of the process, so that no letter can contain one.
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

from agencies.notation.addresses import ascii_address
from distribution.links import link_url
from distribution.models import Notice, NoticeKind

MARK = f"qx{secrets.token_hex(8)}"
TRANSFER = b"Content-Transfer-Encoding: 8bit"
PARTS = 2
"""Plain text and HTML are filled in; a part with another encoding can't be."""


def placeholder(name: str) -> str:
    """The placeholder of a value."""
    return f"{MARK}{name}qx"


ADDRESS = f"{placeholder('address')}@{MARK}.example"


@dataclass(frozen=True)
class Form:
    """A mail with placeholders, and the moment from which its links are valid."""

    content: bytes
    at: datetime

    def filled(self, notice: Notice) -> bytes:
        """The mail of this notice."""
        content = self.content
        for word, value in values_for(notice, self.at).items():
            content = content.replace(word.encode(), value.encode())
        return content


def shared_by(notice: Notice) -> Hashable | None:
    """Key of everything other than the placeholders that decides the mail's text; None if it can't be merged."""
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
    """Template context with placeholders for the recipient's own values. Of the delivery only shared values are set.

    `part` is "text" or "html"; names are escaped in HTML.
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
    """The value of each placeholder for this notice. Names are escaped in HTML."""
    delivery = notice.delivery
    assert delivery is not None
    name = delivery.agency.name
    return {
        ADDRESS: ascii_address(notice.address),
        placeholder("id"): notice.message_id,
        placeholder("date"): formatdate(localtime=settings.EMAIL_USE_LOCALTIME),
        placeholder("textname"): name,
        placeholder("htmlname"): escape(name),
        placeholder("letter"): settings.SITE_URL + reverse("delivery", args=[delivery.public_id]),
        placeholder("inbox"): settings.SITE_URL + reverse("unit_inbox", args=[delivery.agency_id]),
        placeholder("link"): link_url(delivery, at=at),
    }


def form_of(content: bytes, at: datetime) -> Form | None:
    """The form, or None if one of its parts can't be filled in."""
    return Form(content, at) if content.count(TRANSFER) == PARTS else None


class MailMerge:
    """Cache of the forms of one task. It lives no longer than the task, so that forms don't become outdated."""

    def __init__(self, write: Callable[[Notice, datetime], bytes]) -> None:
        self._write = write
        self._forms: dict[Hashable, Form | None] = {}

    def content(self, notice: Notice, at: datetime) -> bytes | None:
        """The mail of this notice from its shared form; None if it has to be rendered by itself."""
        shared = shared_by(notice)
        if shared is None:
            return None
        if shared not in self._forms:
            self._forms[shared] = form_of(self._write(notice, at), at)
        form = self._forms[shared]
        return form.filled(notice) if form else None

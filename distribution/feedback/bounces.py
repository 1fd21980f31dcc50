"""Parse a returned mail: delivery report (RFC 3464), automatic reply (RFC 3834), or something else.

Doesn't access the database. Servers vary, so every part may be missing. Anybody may write to the address, so
the amount parsed is bounded.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, message_from_string
from email.header import decode_header, make_header
from email.message import Message
from email.utils import parseaddr
from itertools import islice

from distribution.models import MailVerdict

MESSAGE_ID = re.compile(r"<[^<>\s@]+@[^<>\s@]+>")
STATUS_TYPES = ("message/delivery-status", "message/global-delivery-status")
ORIGINAL_TYPES = ("message/rfc822", "message/global", "text/rfc822-headers", "message/global-headers")
AUTOMATIC_PRECEDENCE = ("auto_reply", "auto-reply", "bulk", "junk", "list")

LONGEST_HEADER = 2000
"""Characters of a header that are decoded; decoding takes quadratic time."""

MOST_PARTS = 100
"""Parts of a mail, and recipients in its report, that are parsed. A notice has one recipient."""

VERDICT_OF = {
    "failed": MailVerdict.BOUNCED,
    "delayed": MailVerdict.DELAYED,
    "delivered": MailVerdict.DELIVERED,
    "relayed": MailVerdict.RELAYED,
    "expanded": MailVerdict.RELAYED,
}


@dataclass(frozen=True)
class Outcome:
    """The report about one recipient; `recipients` are its final and original addresses in lower case."""

    verdict: MailVerdict
    recipients: tuple[str, ...] = ()
    status: str = ""
    diagnosis: str = ""


@dataclass(frozen=True)
class ReadMail:
    """A parsed mail. `message_ids` are the ids that it contains, most reliable first."""

    sender: str = ""
    subject: str = ""
    message_ids: tuple[str, ...] = ()
    outcomes: list[Outcome] = field(default_factory=list)


def read_mail(raw: bytes) -> ReadMail:
    """Parse one raw mail. May raise any exception of the parser for a malformed mail."""
    mail = message_from_bytes(raw)
    parts = list(islice(_own_parts(mail), MOST_PARTS))
    outcomes = _reported(mail, parts)
    if not outcomes and _is_automatic(mail, parts):
        outcomes = [Outcome(MailVerdict.AUTO_REPLY)]
    return ReadMail(
        sender=parseaddr(_raw(mail, "From"))[1] or _raw(mail, "From"),
        subject=_raw(mail, "Subject"),
        message_ids=_named_ids(mail, parts),
        outcomes=outcomes or [Outcome(MailVerdict.OTHER)],
    )


def _own_parts(mail: Message) -> Iterator[Message]:
    """The mail's parts without those of an enclosed mail."""
    payload = mail.get_payload()
    if mail.get_content_maintype() == "multipart" and isinstance(payload, list):
        for part in payload:
            if isinstance(part, Message):
                yield from _own_parts(part)
    else:
        yield mail


def _reported(mail: Message, parts: list[Message]) -> list[Outcome]:
    outcomes = [
        outcome
        for part in parts
        if part.get_content_type() in STATUS_TYPES
        for block in _blocks(part)[:MOST_PARTS]
        if (outcome := _outcome(block)) is not None
    ]
    if not outcomes and mail["X-Failed-Recipients"]:
        named = _words(mail["X-Failed-Recipients"]).lower()
        failed = tuple(address.strip() for address in named.split(",") if address.strip())
        return [Outcome(MailVerdict.BOUNCED, failed)]
    return sorted(outcomes, key=lambda outcome: list(VERDICT_OF.values()).index(outcome.verdict))


def _blocks(part: Message) -> list[Message]:
    """The field groups of a delivery status: one for the mail, then one per recipient."""
    payload = part.get_payload()
    if not isinstance(payload, list):
        return []
    blocks = [block for block in payload if isinstance(block, Message)]
    if part.get_content_type() == STATUS_TYPES[0]:
        return blocks
    further = [str(block.get_payload()) for block in blocks]
    return blocks + [message_from_string(text) for each in further for text in re.split(r"\r?\n\r?\n", each)]


def _outcome(block: Message) -> Outcome | None:
    verdict = VERDICT_OF.get(_words(block["Action"]).strip().lower().split(" ")[0])
    if verdict is None:
        return None
    addresses = (_typed(block["Final-Recipient"]), _typed(block["Original-Recipient"]))
    return Outcome(
        verdict,
        recipients=tuple(dict.fromkeys(address.strip("<>").lower() for address in addresses if address)),
        status=_words(block["Status"]).strip(),
        diagnosis=_typed(block["Diagnostic-Code"]),
    )


def _typed(value: object) -> str:
    """The value of a field written as "type; value"."""
    kind, separator, text = _words(value).partition(";")
    return " ".join((text if separator else kind).split())


def _is_automatic(mail: Message, parts: list[Message]) -> bool:
    submitted = _words(mail["Auto-Submitted"]).strip().lower()
    return (
        bool(submitted and not submitted.startswith("no"))
        or any(mail[name] for name in ("X-Autoreply", "X-Autorespond", "X-Auto-Reply"))
        or _words(mail["Precedence"]).strip().lower() in AUTOMATIC_PRECEDENCE
        or any(part.get_content_type() == "message/disposition-notification" for part in parts)
    )


def _named_ids(mail: Message, parts: list[Message]) -> tuple[str, ...]:
    """Message-ID of the enclosed mail, then In-Reply-To and References."""
    enclosed = [_enclosed_headers(part) for part in parts if part.get_content_type() in ORIGINAL_TYPES]
    fields = [headers["Message-ID"] for headers in enclosed]
    fields += [mail[name] for name in ("X-Original-Message-ID", "In-Reply-To", "References")]
    return tuple(dict.fromkeys(found for each in fields for found in MESSAGE_ID.findall(_words(each))))


def _enclosed_headers(part: Message) -> Message:
    payload = part.get_payload()
    if isinstance(payload, list):
        return payload[0] if payload and isinstance(payload[0], Message) else Message()
    content = part.get_payload(decode=True)
    return message_from_bytes(content if isinstance(content, bytes) else b"")


def _raw(mail: Message, name: str) -> str:
    """A header written by a person: encoded words, or raw UTF-8, which older standards don't allow."""
    for field_name, value in mail.raw_items():
        if field_name.lower() == name.lower():
            return _words(str(value).encode("utf-8", "surrogateescape").decode("utf-8", "replace"))
    return ""


def _words(value: object) -> str:
    """A header value with its encoded words decoded; unchanged if that fails."""
    text = "" if value is None else str(value)[:LONGEST_HEADER]
    try:
        return str(make_header(decode_header(text)))
    except (LookupError, ValueError):
        return text

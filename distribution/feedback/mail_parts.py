"""Take a mail apart: decoded text, delivery status, enclosed mails.

Doesn't access the database. Anybody may write to the address, so the amount that is parsed is bounded.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, message_from_string
from email.header import decode_header, make_header
from email.message import Message
from email.utils import parseaddr
from html import unescape
from itertools import islice

from django.core.exceptions import SuspiciousOperation
from django.utils.html import strip_tags

from distribution.feedback.text import fit, storable

LONGEST_HEADER = 2000
"""Characters of a header that are decoded; decoding takes quadratic time."""

LONGEST_TEXT = 50_000
"""Characters of a part's text that are read."""

MOST_PARTS = 100
"""Parts of a mail, and recipients in its report, that are parsed. A notice has one recipient."""

DEEPEST = 3
"""Mails within mails that are opened."""

STATUS = "text/x-delivery-status"
RECEIPT = "text/x-disposition-notification"
ENCLOSED = "text/x-enclosed-mail"
PARSED_BY_US = {
    b"delivery-status": STATUS,
    b"global-delivery-status": STATUS,
    b"disposition-notification": RECEIPT,
    b"global-disposition-notification": RECEIPT,
    b"rfc822": ENCLOSED,
    b"rfc822-headers": ENCLOSED,
    b"global": ENCLOSED,
    b"global-headers": ENCLOSED,
}
ENCLOSED_TYPES = (ENCLOSED, "text/rfc822-headers")
OWN_TYPE = re.compile(
    rb'(?im)^(content-type:[ \t]*(?:\r?\n[ \t]+)?)"?message/(' + rb"|".join(PARSED_BY_US) + rb')(?=["\s;]|$)'
)
CODE_PAGES = ("utf-8", "cp1254")
BEFORE_THE_HEADERS = b"\xef\xbb\xbf\r\n"
HIDDEN = re.compile(r"<(?:style|script|title)\b", re.I)
HIDDEN_UNTIL = re.compile(r"</(?:style|script|title)\s*>", re.I)
TAG = re.compile(r"<[^<>]*>")
FIELDS_OF_A_REPORT = re.compile(r"^(Reporting-MTA|Final-Recipient|Original-Recipient)[ \t]*:", re.I | re.M)
NO_DOCUMENT = re.compile(r"application/(x-)?(pkcs7|pgp)-signature$", re.I)
DOCUMENT = re.compile(r"(application|audio|video|model)/", re.I)
NEW_LINE = re.compile(r"<(?:br|p|div|tr|td|li|h[1-6])\b", re.I)


@dataclass
class MailParts:
    """The parts of one mail. `text` is what a person reads; `enclosed` are the mails attached to it.

    `raw_text` has the attached text files too, in which some servers return the headers of our mail.
    """

    mail: Message
    text: str = ""
    statuses: list[list[Message]] = field(default_factory=list)
    receipts: list[Message] = field(default_factory=list)
    enclosed: list["MailParts"] = field(default_factory=list)
    raw_text: str = ""

    def all_enclosed(self) -> Iterator["MailParts"]:
        """The enclosed mails, and those enclosed in them."""
        for each in self.enclosed:
            yield each
            yield from each.all_enclosed()


def take_apart(raw: bytes, depth: int = 0) -> MailParts:
    """Parse one raw mail. May raise any exception of the parser for a malformed mail.

    The standard library parses reports and enclosed mails before it decodes their transfer encoding. Servers do
    encode them, so these parts are declared as text, decoded, and then parsed.
    """
    raw = raw.lstrip(BEFORE_THE_HEADERS)
    if b"\n" not in raw:
        raw = raw.replace(b"\r", b"\n")
    declared = OWN_TYPE.sub(lambda found: found[1] + PARSED_BY_US[found[2].lower()].encode(), raw)
    parts = MailParts(message_from_bytes(declared))
    plain: list[str] = []
    pages: list[str] = []
    files: list[str] = []
    for part in islice(_leaves(parts.mail), MOST_PARTS):
        kind = part.get_content_type()
        if kind == STATUS:
            parts.statuses.append(header_blocks(_text(part)))
        elif kind == RECEIPT:
            parts.receipts += header_blocks(_text(part))[:1]
        elif _is_status_file(part, parts.mail):
            parts.statuses.append(header_blocks(_text(part)))
        elif kind in ENCLOSED_TYPES or _is_mail_file(part):
            if depth < DEEPEST:
                parts.enclosed.append(take_apart(_content(part).lstrip(), depth + 1))
        elif kind == "text/html":
            pages.append(_visible(_text(part)))
        elif part.get_content_maintype() in ("text", "multipart"):  # "multipart" if its boundary is missing
            (files if part.get_filename() else plain).append(_text(part))
    parts.raw_text = "\n\n".join([*plain, *pages, *files])
    parts.text = ("\n".join(plain).strip() or "\n".join(pages)).strip()
    return parts


def _leaves(mail: Message) -> Iterator[Message]:
    payload = mail.get_payload()
    if isinstance(payload, list):
        for part in payload:
            if isinstance(part, Message):
                yield from _leaves(part)
    else:
        yield mail


def _is_mail_file(part: Message) -> bool:
    return words(part.get_filename()).lower().endswith(".eml")


def _is_status_file(part: Message, mail: Message) -> bool:
    """Whether a gateway made a file of the fields of a report (RFC 3464)."""
    if part.get_content_type() != "application/octet-stream":
        return False
    named = words(part.get_filename()).lower()
    of_report = mail.get_content_type() == "multipart/report" or "delivery-status" in named
    return of_report and bool(FIELDS_OF_A_REPORT.search(_text(part)))


def carries_a_document(parts: MailParts) -> bool:
    """Whether a file is attached that a person may have to read: no signature, no picture within the text."""
    return any(_is_document(part) for part in islice(_leaves(parts.mail), MOST_PARTS))


def _is_document(part: Message) -> bool:
    kind = part.get_content_type()
    if NO_DOCUMENT.match(kind) or kind in (STATUS, RECEIPT, *ENCLOSED_TYPES):
        return False
    return bool(DOCUMENT.match(kind)) or part.get_content_disposition() == "attachment"


def _content(part: Message) -> bytes:
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


def _text(part: Message) -> str:
    """The part's text in its code page; a wrong or missing one is replaced by UTF-8 or Windows-1254."""
    content = _content(part)[: 4 * LONGEST_TEXT]
    declared = words(part.get_content_charset() or "")
    for code_page in (declared, *CODE_PAGES):
        try:
            return fit(content.decode(code_page or "ascii"), LONGEST_TEXT)
        except (LookupError, ValueError):
            continue
    return fit(content.decode("utf-8", "replace"), LONGEST_TEXT)


def _visible(page: str) -> str:
    """The words of an HTML page as they are shown. A page of too many open brackets is stripped in one pass."""
    shown, *rest = HIDDEN.split(page)
    shown += " ".join(HIDDEN_UNTIL.split(each, maxsplit=1)[1] for each in rest if HIDDEN_UNTIL.search(each))
    shown = NEW_LINE.sub(r" \g<0>", shown)
    try:
        text = strip_tags(shown)
    except SuspiciousOperation:
        text = TAG.sub(" ", shown)
    return storable(" ".join(unescape(text).split()))


def header_blocks(text: str) -> list[Message]:
    """The groups of fields in a report: one for the mail, then one for each recipient."""
    blocks = re.split(r"\n[ \t]*\n", text.replace("\r\n", "\n").replace("\r", "\n").strip())
    return [message_from_string(block.lstrip("\n")) for block in blocks[: MOST_PARTS + 2] if block.strip()]


def header(mail: Message, name: str) -> str:
    """A header written by a person: encoded words, or raw UTF-8, which older standards don't allow."""
    return words(_as_written(mail, name))


def sender(mail: Message) -> str:
    """The address in From, or the header if it has none. The name before it may contain a comma when decoded."""
    return storable(parseaddr(_as_written(mail, "From")[:LONGEST_HEADER])[1]) or header(mail, "From")


def _as_written(mail: Message, name: str) -> str:
    for field_name, value in mail.raw_items():
        if field_name.lower() == name.lower():
            return str(value).encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return ""


def words(value: object) -> str:
    """A header value with its encoded words decoded, unchanged if that fails; storable in either case."""
    text = "" if value is None else storable(str(value)[:LONGEST_HEADER])
    try:
        return storable(str(make_header(decode_header(text))))
    except (LookupError, ValueError):
        return text

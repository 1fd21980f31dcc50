"""Parse a returned mail: delivery report (RFC 3464), read receipt (RFC 8098), automatic reply (RFC 3834), or a reply.

Doesn't access the database. Servers vary, so every part may be missing. What isn't understood is OTHER: a person
looks at it.
"""

import logging
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from email.message import Message

from flufl.bounce import all_failures

from agencies.notation.addresses import reported_address
from distribution.feedback.absence import says_only_an_absence
from distribution.feedback.automatic import (
    is_automatic,
    is_by_a_mail_system,
    is_by_no_person,
    is_called_a_warning,
    must_not_be_answered,
    says_automatic,
    says_still_trying,
)
from distribution.feedback.mail_parts import (
    LONGEST_TEXT,
    MOST_PARTS,
    MailParts,
    header,
    header_blocks,
    sender,
    take_apart,
    words,
)
from distribution.feedback.own_words import said_by_a_server
from distribution.feedback.receipts import is_rejection, says_only_a_receipt
from distribution.feedback.text import fit
from distribution.feedback.worded_reports import (
    ADDRESS,
    named_addresses,
    says_given_up,
    says_held,
    says_passing,
    undelivered_addresses,
)
from distribution.models import MailVerdict
from distribution.outbox.channels.no_mailbox import ENHANCED

# It reports each of its detectors.
logging.getLogger("flufl.bounce").setLevel(logging.CRITICAL)

MESSAGE_ID = re.compile(r"<[^<>\s@\x00-\x1f]+@[^<>\s@\x00-\x1f]+>")
BARE_ID = re.compile(r"(?<![^\s<;\"'(\[])[^<>\s@;,()\"'\x00-\x1f]+@[^<>\s@;,()\"'\x00-\x1f]+")
"""An id without its angle brackets, as some servers copy it."""

NAMED_ID = re.compile(r"\bmessage[- ]?id\s*[:=]?\s+([^\n]{3,300})", re.I)
REPLY_CODE = re.compile(r"(?<![\d.])([45])\d\d(?![\d.])")
UNCERTAIN_STATUS = re.compile(r"[245]\.0\.0$|$")
NO_LONGER_TRIED = re.compile(
    r"4\.4\.|.*(expired|delivery time|too long in queue|retry time|given up|gave up|giving up)", re.I
)
"""A failure of class 4 that is final: the server tried for days and ended it. A full mailbox is tried again by us."""

ENCODED_SIGN = re.compile(r"\+([0-9A-F]{2})|\\x\{([0-9A-Fa-f]{1,5})\}")
ORIGINAL_ID = ("Original-Message-ID", "X-Original-Message-ID", "Original-Envelope-Id")

VERDICT_OF = {
    "failed": MailVerdict.BOUNCED,
    "failure": MailVerdict.BOUNCED,
    "delayed": MailVerdict.DELAYED,
    "delivered": MailVerdict.DELIVERED,
    "relayed": MailVerdict.RELAYED,
    "expanded": MailVerdict.RELAYED,
}
WORST_FIRST = [
    MailVerdict.BOUNCED,
    MailVerdict.TEMPORARY,
    MailVerdict.DELAYED,
    MailVerdict.DELIVERED,
    MailVerdict.RELAYED,
]


@dataclass(frozen=True)
class Outcome:
    """The report about one recipient; `recipients` are its final and original addresses in normal form.

    `final` are those that failed themselves, without the address from which a mail was forwarded there.
    """

    verdict: MailVerdict
    recipients: tuple[str, ...] = ()
    final: tuple[str, ...] = ()
    status: str = ""
    diagnosis: str = ""


@dataclass(frozen=True)
class ReadMail:
    """A parsed mail.

    `message_ids` are the ids that it contains, most reliable first; `original_to` has the recipients of those mails
    that are enclosed. `mentioned` are the addresses in a server's text. `text` is what a person reads.
    """

    sender: str = ""
    subject: str = ""
    text: str = ""
    message_ids: tuple[str, ...] = ()
    original_to: dict[str, tuple[str, ...]] = field(default_factory=dict)
    mentioned: tuple[str, ...] = ()
    outcomes: list[Outcome] = field(default_factory=list)


def read_mail(raw: bytes) -> ReadMail:
    """Parse one raw mail. May raise any exception of the parser for a malformed mail."""
    parts = take_apart(raw)
    originals = _originals(parts)
    return ReadMail(
        sender=sender(parts.mail),
        subject=header(parts.mail, "Subject"),
        text=parts.text,
        message_ids=_named_ids(parts, originals),
        original_to={
            message_id: _addresses(each[name] for name in ("To", "X-Original-To"))
            for each in originals
            for message_id in _ids(each["Message-ID"])
        },
        mentioned=_mentioned(parts),
        outcomes=_outcomes(parts) or [Outcome(MailVerdict.OTHER)],
    )


def unread_mail(raw: bytes, outcome: Outcome) -> ReadMail:
    """A mail that the parser doesn't understand: what it contains as it came, and the ids in it."""
    text = fit(raw[: 4 * LONGEST_TEXT].decode("utf-8", "replace"), LONGEST_TEXT)
    ids = tuple(dict.fromkeys(MESSAGE_ID.findall(text)))[:MOST_PARTS]
    return ReadMail(text=text.strip(), message_ids=ids, outcomes=[outcome])


def _outcomes(parts: MailParts) -> list[Outcome]:
    reported = [
        outcome
        for blocks in parts.statuses
        for block in blocks[:MOST_PARTS]
        if (outcome := _outcome(block)) is not None
    ]
    if reported and {each.verdict for each in reported} == {MailVerdict.RELAYED} and says_held(parts):
        return []
    if reported:
        return sorted(reported[:MOST_PARTS], key=lambda outcome: WORST_FIRST.index(outcome.verdict))
    if parts.receipts:
        return [_of_receipt(parts)]
    if is_by_a_mail_system(parts):
        return _found_in_text(parts)
    by_a_program = is_automatic(parts) or says_automatic(parts)
    if by_a_program and says_only_an_absence(parts):
        return [Outcome(MailVerdict.AUTO_REPLY)]
    if by_a_program or is_by_no_person(parts) or must_not_be_answered(parts.mail):
        return []
    if _ids(parts.mail["In-Reply-To"]) or _ids(parts.mail["References"]):
        return [Outcome(MailVerdict.REPLY)]
    return []


def _outcome(block: Message) -> Outcome | None:
    """What a group of fields says of its recipient. Without an action the status decides, if nothing is tried still."""
    diagnosis = _typed(block["Diagnostic-Code"]) or _typed(block["X-Supplementary-Info"]).rstrip("> ")
    status = _status(words(block["Status"]).strip(), diagnosis)
    verdict = VERDICT_OF.get(re.split(r"[\s(;]", words(block["Action"]).strip().lower(), maxsplit=1)[0])
    if verdict is None and not block["Action"]:
        verdict = {"5": MailVerdict.BOUNCED, "4": MailVerdict.DELAYED}.get(status[:1])
        if verdict is not None and block["Will-Retry-Until"]:
            verdict = MailVerdict.DELAYED
    if verdict is None:
        return None
    if verdict == MailVerdict.BOUNCED and status.startswith("4") and not _is_final(status, diagnosis):
        verdict = MailVerdict.TEMPORARY
    return Outcome(
        verdict,
        recipients=_recipients(block),
        final=_recipients(block, whose=["Final"]),
        status=status,
        diagnosis=diagnosis,
    )


def _status(written: str, diagnosis: str) -> str:
    """The status, or the code in the server's answer where the report has none or a general one (RFC 3463)."""
    if not UNCERTAIN_STATUS.match(written):
        return written
    if found := ENHANCED.search(diagnosis):
        return ".".join(found.groups())
    code = REPLY_CODE.match(diagnosis)
    return written or (f"{code[1]}.0.0" if code else "")


def _is_final(status: str, diagnosis: str) -> bool:
    """Whether a server ended its attempts although the cause may pass. What concerns the mailbox (4.2) we try again."""
    return not status.startswith("4.2.") and bool(NO_LONGER_TRIED.match(f"{status} {diagnosis}"))


def _recipients(block: Message, *, whose: Iterable[str] = ("Final", "Original")) -> tuple[str, ...]:
    """The recipients of a group, also as they read if a server left them encoded (RFC 3461, RFC 6533)."""
    named = [words(block[f"{each}-Recipient"]) for each in whose]
    return _addresses([*named, *(ENCODED_SIGN.sub(_decoded, each) for each in named)])


def _decoded(sign: re.Match[str]) -> str:
    """The sign meant; as written if no address has it (a control character, half of a surrogate pair)."""
    meant = chr(int(sign[1] or sign[2], 16))
    return meant if meant.isprintable() else sign[0]


def _of_receipt(parts: MailParts) -> Outcome:
    receipt = parts.receipts[0]
    if is_rejection(parts):
        named = _recipients(receipt)
        return Outcome(MailVerdict.BOUNCED, named, named, diagnosis=_first_words(parts))
    verdict = MailVerdict.RECEIPT if says_only_a_receipt(parts) else MailVerdict.OTHER
    return Outcome(verdict, diagnosis=_typed(receipt["Disposition"]))


def _found_in_text(parts: MailParts) -> list[Outcome]:
    """What a mail system says in words, as qmail, Exim and Exchange do: the addresses that flufl.bounce finds.

    The fields of a report are read there too: a gateway may have made text of it, or its boundary is missing.
    """
    fields = [block for block in header_blocks(parts.raw_text) if block["Final-Recipient"]]
    reported = [outcome for block in fields if (outcome := _outcome(block)) is not None]
    if reported:
        return sorted(reported, key=lambda outcome: WORST_FIRST.index(outcome.verdict))
    try:
        temporary, permanent = all_failures(parts.mail)
    except Exception:
        # A detector stumbled over the form of this mail: a person reads it.
        return []
    if says_still_trying(parts):
        if says_given_up(parts):
            return []
        temporary, permanent = temporary | permanent or _bytes(named_addresses(parts)), frozenset()
    elif permanent and (is_called_a_warning(parts) or says_passing(parts)):
        return []
    elif not permanent and not temporary and not is_called_a_warning(parts):
        permanent = _bytes(undelivered_addresses(parts))
    outcomes = []
    for verdict, found in ((MailVerdict.BOUNCED, permanent), (MailVerdict.DELAYED, temporary)):
        if found:
            named = _addresses(sorted(each.decode("utf-8", "replace") for each in found))
            outcomes.append(Outcome(verdict, named, named, diagnosis=_first_words(parts)))
    return outcomes


def _bytes(addresses: Iterable[str]) -> frozenset[bytes]:
    """The addresses as flufl.bounce returns them."""
    return frozenset(each.encode() for each in addresses)


def _addresses(values: Iterable[object]) -> tuple[str, ...]:
    """The addresses named in these values, each once; missing values are left out."""
    named = (words(value).strip() for value in values)
    return tuple(dict.fromkeys(reported_address(each) for each in named if each))


def _mentioned(parts: MailParts) -> tuple[str, ...]:
    if not is_by_a_mail_system(parts):
        return ()
    return tuple(dict.fromkeys(ADDRESS.findall(parts.raw_text)))[:MOST_PARTS]


def _first_words(parts: MailParts) -> str:
    return said_by_a_server(parts)[:500]


def _typed(value: object) -> str:
    """The value of a field written as "type; value"."""
    kind, separator, text = words(value).partition(";")
    return " ".join((text if separator else kind).split())


def _originals(parts: MailParts) -> list[Message]:
    """Headers of our mail wherever servers put them: enclosed, or copied into the text."""
    copied = [
        block
        for block in header_blocks(parts.raw_text)
        if block["Message-ID"] and (block["To"] or block["Subject"])
    ]
    return [each.mail for each in parts.all_enclosed()] + copied


def _named_ids(parts: MailParts, originals: list[Message]) -> tuple[str, ...]:
    """Ids of enclosed mails, then of the report's and receipt's fields, then of the mail's, then those in text."""
    mail = parts.mail
    fields = [each[name] for each in originals for name in ("Message-ID", *ORIGINAL_ID)]
    groups = [*parts.receipts, *(block for blocks in parts.statuses for block in blocks)]
    fields += [group[name] for group in groups for name in ORIGINAL_ID]
    fields += [mail[name] for name in (*ORIGINAL_ID, "In-Reply-To", "References")]
    fields += [each.mail[name] for each in parts.all_enclosed() for name in ("In-Reply-To", "References")]
    found = [message_id for each in fields for message_id in _ids(each)]
    found += MESSAGE_ID.findall(parts.raw_text)
    found += [message_id for each in NAMED_ID.findall(parts.raw_text) for message_id in _ids(each)]
    return tuple(dict.fromkeys(found))[:MOST_PARTS]


def _ids(value: object) -> list[str]:
    """The ids in a field. A server may encode them (RFC 3461) or leave their angle brackets out."""
    text = words(value)
    for each in (text, ENCODED_SIGN.sub(_decoded, text)):
        if found := MESSAGE_ID.findall(each):
            return found
    return [f"<{each.rstrip('.')}>" for each in BARE_ID.findall(text)]

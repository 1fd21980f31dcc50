"""What a mail says itself: its text without what it quotes of ours, neither our text nor our subject.

Doesn't access the database.
"""

import re

from distribution.feedback.mail_parts import MailParts, header, header_blocks, words

AUTOMATIC_SUBJECT = re.compile(
    r"(otomatik (yanıt|cevap|mesaj|ileti)"
    r"|(ofis|büro|iş ?yeri|görev yeri) dışında( otomatik (yanıt|cevap)ı?)?"
    r"|automatic reply|auto-?reply|auto(matic)?[ -]?response|out of (the )?office( auto-?reply)?"
    r"|abwesenheitsnotiz|abwesenheit|automatische antwort|réponse automatique|vacation( reply)?)\b.{0,3}:"
    r"|auto: .{0,100}\b(out of (the )?office|(ofis|büro|iş ?yeri|görev yeri) dışında|nicht im büro|absent)",
    re.I,
)
"""What Exchange, Outlook, Gmail and Notes put before the subject of an absence message."""

REPLY_SUBJECT = re.compile(r"\s*(re|aw|ynt|cvp|yanıt|cevap|fw|fwd|wg|ilt|auto|otomatik)\s*:", re.I)
"""What a program puts before the subject to which it replies."""

_QUOTED_LINE = re.compile(r"^[ \t]*>.*$", re.M)
_QUOTE = re.compile(
    r"^[ \t*]*(kimden|gönderen|from|von)[ \t*]*:|^[ \t]*-{3,}[ \t]*\w|^.{0,200}\b(wrote|yazdı|schrieb.{0,80})\s*:\s*$",
    re.I | re.M,
)
_COPY = re.compile(
    r"^[ \t]*-{2,}.{0,40}\b(copy of|original message|özgün ileti|kopyası|ursprüngliche|message headers)"
    r"|^(return-path|received|message-id)[ \t]*:",
    re.I | re.M,
)
"""Begin of a copy of our mail in a report."""

_COPY_ON_A_PAGE = re.compile(
    r"(özgün ileti|original message|ursprüngliche nachricht).{0,20}:|\bmessage-id\s*:", re.I
)
"""The same in the text of an HTML page, which is one line."""

_NAMED_SUBJECT = re.compile(r"^[ \t]*(subject|konu|betreff|objet)[ \t]*:.*(\n[ \t]+\S.*)*$", re.I | re.M)
_LONGEST_SUBJECT = 300


def said_by_a_server(parts: MailParts) -> str:
    """The words of a report before the copy of our mail, on one line and without our subject."""
    text = parts.text.replace("\r\n", "\n")
    copy = _COPY.search(text) if "\n" in text else _COPY_ON_A_PAGE.search(text)
    if copy:
        begin = text.rfind("\n\n", 0, copy.start())
        is_header = copy.re is _COPY and copy[2]
        text = text[: begin if is_header and begin >= 0 else copy.start()]
    text = _NAMED_SUBJECT.sub("", text)
    return " ".join(without_our_subject(text, parts).split())


def said_by_the_writer(parts: MailParts) -> str:
    """The text without what is quoted below, and without the subject to which the mail replies."""
    text = _QUOTED_LINE.sub("", parts.text)
    quote = _QUOTE.search(text)
    return without_our_subject(text[: quote.start()] if quote else text, parts, shortest=2)


def own_subject(parts: MailParts) -> str:
    """What the program itself put into the subject: nothing if it only repeats ours."""
    subject = header(parts.mail, "Subject")
    before = AUTOMATIC_SUBJECT.match(subject)
    if before:
        return before.group()
    is_ours = REPLY_SUBJECT.match(subject) or subject.strip() in _our_subjects(parts)
    return "" if is_ours else subject


def without_our_subject(text: str, parts: MailParts, *, shortest: int = 1) -> str:
    """The text without our subjects of at least so many words."""
    for subject in _our_subjects(parts):
        named = subject.split()
        if len(named) >= shortest:
            pattern = r"(?<!\w)" + r"\s+".join(re.escape(word) for word in named) + r"(?!\w)"
            text = re.sub(pattern, " ", text, flags=re.IGNORECASE)
    return text


def _our_subjects(parts: MailParts) -> list[str]:
    """Subjects of the mails enclosed or copied, and what follows each prefix of the mail's own; the longest first."""
    own = header(parts.mail, "Subject")
    found = {own[at + 1 :] for at, sign in enumerate(own[:_LONGEST_SUBJECT]) if sign == ":"}
    found |= {header(each.mail, "Subject") for each in parts.all_enclosed()}
    found |= {words(each["Subject"]) for each in header_blocks(parts.raw_text) if each["Message-ID"]}
    shown = {" ".join(each[:_LONGEST_SUBJECT].split()) for each in found}
    return sorted((each for each in shown if each), key=len, reverse=True)

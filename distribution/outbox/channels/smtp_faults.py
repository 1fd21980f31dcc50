"""What a failure of an SMTP server means: a fault of the channel as a whole, or of one message or recipient.

| when | what | concerns |
|---|---|---|
| connection, greeting, STARTTLS, sign-in | anything | the channel |
| MAIL | anything but the size of the message | the channel |
| RCPT | a permanent "no such mailbox" | the recipient |
| RCPT, DATA | 421, 503, 530, 534, 535, 538 | perhaps the channel: ask others |
| RCPT, DATA | 5.7.x and other refusals for policy, sending limits, full disk | perhaps the channel: ask others |
| RCPT, DATA | 5.5.x, 500 and the like, 3.x, 4xx without a reason of the recipient | perhaps the channel: ask others |
| RCPT, DATA | anything else | the message |

The enhanced codes are those of RFC 3463.
"""

import re
import smtplib
import ssl

from distribution.models.notices.channel_status import Fault
from distribution.outbox.channels import ChannelError, ChannelUnavailable, PermanentFailure, TemporaryFailure
from distribution.outbox.channels.no_mailbox import ENHANCED, says_no_mailbox

TOO_LARGE = {"5.3.4", "5.2.3", "4.3.4", "4.2.3"}
CONCERNS_ALL = {421, 503, 530, 534, 535, 538}
OVERLOADED = {"4.5", "3.1", "3.2"}
"""Subject and detail of: system congested, disk full, system not accepting messages."""

LIMIT = re.compile(
    r"(sending|daily|hourly|outgoing|outbound|submission|relay|sender)\b.{0,40}(quota|limit|exceed)"
    r"|(quota|limit|exceed).{0,60}(per (second|minute|hour|day)|daily|hourly|sending|outgoing)"
    r"|submissionquota|max(imum)? (e-?)?mails|too (many|much) (e-?)?(mails?|messages?|connections?)"
    r"|rate.?limit|throttl|quota exceeded|quota aşıl"
    r"|(gönder|gonder|günlük|gunluk|saatlik)\w*\b.{0,40}(limit|kota|sınır|sinir)\w*.{0,30}(aş|as|dol|tüken|tuken)",
    re.IGNORECASE,
)
NO_SPACE = re.compile(
    r"insufficient (system |disk )?(storage|resources?|space)|queue file write|disk (is )?full|no space left"
    r"|(out of|not enough|low on|no free) (disk|free|spool|queue)? ?(space|memory|storage)",
    re.IGNORECASE,
)
OF_THE_DIALOGUE = {500, 502, 504}
"""Command not recognised, not implemented, or its parameter not: no answer about a recipient."""

MAILBOX_FULL = re.compile(r"mailbox|inbox|posta kutusu|over.?quota", re.IGNORECASE)
POLICY = re.compile(
    r"\brelay|rcpthosts|authenticat|\bauth\b|authori[sz]|not permitted|not allowed to send|\bspf\b|\bdkim\b|dmarc"
    r"|blocked|blacklist|blocklist|block list|spamhaus|access denied|sender (is )?(not|denied|rejected|verify)",
    re.IGNORECASE,
)
GREYLISTED = re.compile(r"gr[ae]y.?list|try again later|temporarily deferred", re.IGNORECASE)


def fault_of_connection(error: Exception) -> ChannelUnavailable:
    """The failure of connecting, greeting, STARTTLS or sign-in."""
    return ChannelUnavailable(words_of(error), fault=_connection_fault(error))


def _connection_fault(error: Exception) -> Fault:
    if isinstance(error, ssl.SSLError):
        return Fault.INSECURE
    if isinstance(error, smtplib.SMTPAuthenticationError | UnicodeError):
        return Fault.SIGN_IN
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return Fault.INSECURE if "STARTTLS" in str(error) else Fault.SIGN_IN
    if isinstance(error, smtplib.SMTPResponseException):
        if fault := _passing_fault(words_of(error)):
            return fault
        return Fault.SIGN_IN if error.smtp_code in (530, 534, 535, 538) else Fault.REFUSED
    if isinstance(error, smtplib.SMTPException) and "authentication" in str(error):
        return Fault.SIGN_IN  # the server offers no method that we know
    return Fault.UNREACHABLE


def failure_of(error: Exception, *, is_first: bool) -> ChannelError:
    """The failure of a message on an open connection. `is_first`: the connection has carried no message before."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, answer = next(iter(error.recipients.values()))
        words = f"{code} {_readable(answer)}"
        if code >= 500 and says_no_mailbox(words):
            return PermanentFailure(words, nobody_there=True)
        return _refused(code, words)
    if isinstance(error, smtplib.SMTPSenderRefused):
        return _sender_refused(error.smtp_code, words_of(error))
    if isinstance(error, smtplib.SMTPResponseException):
        return _refused(error.smtp_code, words_of(error))
    return TemporaryFailure(words_of(error), suspected=Fault.UNREACHABLE if is_first else None)


def _sender_refused(code: int, words: str) -> ChannelError:
    if _enhanced(words) in TOO_LARGE or (code == 552 and not _passing_fault(words)):
        return PermanentFailure(words)
    if fault := _passing_fault(words):
        return ChannelUnavailable(words, fault=fault)
    if _enhanced(words)[2:] in OVERLOADED or code == 452:
        return ChannelUnavailable(words, fault=Fault.OVERLOADED)
    if code in CONCERNS_ALL:
        return ChannelUnavailable(words, fault=_fault_of_all(code))
    return ChannelUnavailable(words, fault=Fault.SIGN_IN if "uthenticat" in words else Fault.SENDER)


def _refused(code: int, words: str) -> ChannelError:
    """A refused recipient or content. Codes that should concern all are given to single recipients, too."""
    if code in CONCERNS_ALL:
        return TemporaryFailure(words, suspected=_passing_fault(words) or _fault_of_all(code))
    kind = PermanentFailure if code >= 500 else TemporaryFailure
    return kind(words, suspected=_suspected(code, words))


def _passing_fault(words: str) -> Fault | None:
    """The sending limit or the server's lack of space, if the words say one of them."""
    if LIMIT.search(words):
        return Fault.QUOTA
    return Fault.OVERLOADED if NO_SPACE.search(words) else None


def _fault_of_all(code: int) -> Fault:
    return Fault.REFUSED if code in (421, 503) else Fault.SIGN_IN


def _suspected(code: int, words: str) -> Fault | None:
    """The fault of the channel that may lie behind a refused recipient or content."""
    detail = _enhanced(words)[2:]
    if detail.startswith("2.") and not re.search("submission", words, re.IGNORECASE):
        return None  # the recipient's mailbox
    if (fault := _passing_fault(words)) and not MAILBOX_FULL.search(words):
        return fault
    if detail in OVERLOADED:
        return Fault.OVERLOADED
    if code < 500 and GREYLISTED.search(words):
        return None
    if detail.startswith("1."):
        return Fault.SENDER if detail in ("1.7", "1.8") else None
    if detail.startswith("7.") or POLICY.search(words):
        return Fault.RELAYING
    return Fault.REFUSED if _may_concern_all(code, detail, words) else None


def _may_concern_all(code: int, detail: str, words: str) -> bool:
    """Whether the server may give this answer to everybody: a fault of its own, or of our talk with it."""
    if f"{code // 100}.{detail}" in TOO_LARGE or MAILBOX_FULL.search(words):
        return False
    if code in OF_THE_DIALOGUE or detail.startswith(("3.", "5.")) or detail == "4.3":
        return True
    return code < 500 and not detail


def _enhanced(words: str) -> str:
    """The enhanced status code, such as 5.7.1; empty without one."""
    found = ENHANCED.search(words)
    return ".".join(found.groups()) if found else ""


def words_of(error: Exception) -> str:
    """The error in words, with the server's answer if there is one."""
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{error.smtp_code} {_readable(error.smtp_error)}"
    return str(error) or type(error).__name__


def _readable(answer: bytes | str) -> str:
    return answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer

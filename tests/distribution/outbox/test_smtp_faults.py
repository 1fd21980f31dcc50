"""What the answers of real SMTP servers mean: a fault of the channel, of one recipient, or perhaps of the channel."""

import smtplib
import ssl

import pytest

from distribution.models.notices.channel_status import Fault
from distribution.outbox.channels import ChannelUnavailable, PermanentFailure, TemporaryFailure
from distribution.outbox.channels.smtp_faults import failure_of, fault_of_connection

REFUSED_AT_RCPT = [
    ("550 5.1.1 User unknown", PermanentFailure, None),
    ("550 5.5.0 Requested action not taken: mailbox unavailable", PermanentFailure, None),
    ("552 5.2.2 Over quota", PermanentFailure, None),
    ("452 4.2.2 The email account that you tried to reach is over quota", TemporaryFailure, None),
    ("550 5.4.1 Recipient address rejected: Access denied", PermanentFailure, None),
    ("550 5.7.1 No such user!", PermanentFailure, None),
    ("550 5.7.1 Unable to relay for a@b.example", PermanentFailure, Fault.RELAYING),
    (
        "553 sorry, that domain isn't in my list of allowed rcpthosts (#5.7.1)",
        PermanentFailure,
        Fault.RELAYING,
    ),
    ("550 SMTP auth required", PermanentFailure, Fault.RELAYING),
    ("451 4.7.1 Greylisting in action, please come back later", TemporaryFailure, None),
    ("450 4.2.0 Recipient address rejected: Greylisted", TemporaryFailure, None),
    ("554 5.2.0 STOREDRV; SubmissionQuotaExceededException", PermanentFailure, Fault.QUOTA),
    ("421 4.7.0 Too many connections", TemporaryFailure, Fault.QUOTA),
    ("452 4.3.1 Insufficient system storage", TemporaryFailure, Fault.OVERLOADED),
    ("452 Insufficient disk space; try again later", TemporaryFailure, Fault.OVERLOADED),
    ("451 4.3.0 Error: queue file write error", TemporaryFailure, Fault.OVERLOADED),
    ("451 4.4.5 System congested", TemporaryFailure, Fault.OVERLOADED),
    ("554 5.3.1 No space left on device", PermanentFailure, Fault.OVERLOADED),
    ("552 5.2.2 Mailbox full, insufficient storage", PermanentFailure, None),
    ("452 4.3.1 Daily message quota exceeded", TemporaryFailure, Fault.QUOTA),
    ("503 5.5.1 RCPT first", TemporaryFailure, Fault.REFUSED),
    ("500 5.5.1 Command unrecognized", PermanentFailure, Fault.REFUSED),
    ("501 5.5.4 Invalid arguments", PermanentFailure, Fault.REFUSED),
    ("554 5.5.1 Error: command not allowed here", PermanentFailure, Fault.REFUSED),
    ("550 5.5.0 Command rejected", PermanentFailure, Fault.REFUSED),
    ("451 4.3.0 Temporary lookup failure", TemporaryFailure, Fault.REFUSED),
    ("451 4.3.5 Server configuration error", TemporaryFailure, Fault.REFUSED),
    ("451 Temporary local problem - please try later", TemporaryFailure, Fault.REFUSED),
    ("450 Requested mail action not taken: mailbox busy", TemporaryFailure, None),
    ("450 4.1.2 Domain not found", TemporaryFailure, None),
    ("552 5.3.4 Message too large", PermanentFailure, None),
    ("554 5.6.0 Content rejected", PermanentFailure, None),
    ("550 Günlük gönderim limiti aşıldı", PermanentFailure, Fault.QUOTA),
    ("452 Saatlik e-posta kotanız doldu", TemporaryFailure, Fault.QUOTA),
    ("530 5.5.1 Authentication Required.", TemporaryFailure, Fault.SIGN_IN),
]


@pytest.mark.parametrize(("answer", "kind", "suspected"), REFUSED_AT_RCPT, ids=lambda each: str(each)[:30])
def test_answers_of_real_servers(answer: str, kind: type[Exception], suspected: Fault | None) -> None:
    code, _blank, words = answer.partition(" ")
    error = smtplib.SMTPRecipientsRefused({"a@b.example": (int(code), words.encode())})

    failure = failure_of(error, is_first=False)

    assert (type(failure), failure.suspected) == (kind, suspected)


@pytest.mark.parametrize(
    ("code", "words", "kind"),
    [
        (552, "5.3.4 Message size exceeds fixed limit", PermanentFailure),
        (552, "Message size exceeds maximum permitted", PermanentFailure),
        (530, "5.7.0 Must issue a STARTTLS command first", ChannelUnavailable),
        (452, "4.3.1 Out of memory", ChannelUnavailable),
        (553, "5.7.1 Sender address rejected: not owned by user", ChannelUnavailable),
    ],
)
def test_a_refused_sender_concerns_everything_but_a_message_that_is_too_large_does_not(
    code: int, words: str, kind: type[Exception]
) -> None:
    failure = failure_of(smtplib.SMTPSenderRefused(code, words.encode(), "biz@b.example"), is_first=False)

    assert type(failure) is kind


@pytest.mark.parametrize(
    ("code", "words", "fault"),
    [
        (452, "4.3.1 Insufficient system storage", Fault.OVERLOADED),
        (452, "4.3.1 Insufficient system resources", Fault.OVERLOADED),
        (451, "4.3.0 Error: queue file write error", Fault.OVERLOADED),
        (452, "4.3.1 Out of memory", Fault.OVERLOADED),
        (452, "Try again later", Fault.OVERLOADED),
        (552, "No free disk space", Fault.OVERLOADED),
        (452, "4.3.1 Hourly sending limit exceeded", Fault.QUOTA),
        (450, "4.7.1 Rate limit of the account", Fault.QUOTA),
    ],
)
def test_a_full_disk_is_no_sending_limit(code: int, words: str, fault: Fault) -> None:
    failure = failure_of(smtplib.SMTPSenderRefused(code, words.encode(), "biz@b.example"), is_first=False)

    assert isinstance(failure, ChannelUnavailable)
    assert failure.fault == fault


@pytest.mark.parametrize(
    ("error", "fault"),
    [
        (ssl.SSLCertVerificationError("certificate has expired"), Fault.INSECURE),
        (smtplib.SMTPNotSupportedError("STARTTLS extension not supported by server."), Fault.INSECURE),
        (smtplib.SMTPNotSupportedError("SMTP AUTH extension not supported by server."), Fault.SIGN_IN),
        (smtplib.SMTPAuthenticationError(535, b"5.7.8 Error: authentication failed"), Fault.SIGN_IN),
        (smtplib.SMTPAuthenticationError(454, b"4.7.0 Temporary authentication failure"), Fault.SIGN_IN),
        (smtplib.SMTPException("No suitable authentication method found."), Fault.SIGN_IN),
        (smtplib.SMTPConnectError(421, b"4.7.0 Too many connections from 10.0.0.1"), Fault.QUOTA),
        (smtplib.SMTPConnectError(421, b"4.3.1 Insufficient system storage"), Fault.OVERLOADED),
        (smtplib.SMTPConnectError(554, b"No SMTP service here"), Fault.REFUSED),
        (smtplib.SMTPHeloError(501, b"5.5.4 Invalid domain name"), Fault.REFUSED),
        (smtplib.SMTPServerDisconnected("Connection unexpectedly closed"), Fault.UNREACHABLE),
        (ConnectionRefusedError(111, "Connection refused"), Fault.UNREACHABLE),
        (TimeoutError("timed out"), Fault.UNREACHABLE),
    ],
    ids=lambda each: str(each)[:40],
)
def test_every_failure_of_the_connection_is_the_channels(error: Exception, fault: Fault) -> None:
    assert fault_of_connection(error).fault == fault

"""Returned mails as written by mail servers."""


def lines(text: str) -> bytes:
    return text.strip().replace("\n", "\r\n").encode() + b"\r\n"


def dsn(
    message_id: str,
    recipient: str,
    *,
    action: str = "failed",
    status: str = "5.1.1",
    diagnosis: str = "smtp; 550 5.1.1 <birim>: Recipient address rejected: User unknown",
    enclosed: str = "message/rfc822",
    original_recipient: str = "",
    extra: str = "",
) -> bytes:
    """A delivery report in Postfix's format."""
    original = f"Original-Recipient: rfc822;{original_recipient}\n" if original_recipient else ""
    return lines(f"""
Return-Path: <>
From: MAILER-DAEMON@relay.example (Mail Delivery System)
Subject: Undelivered Mail Returned to Sender
To: bildirim@localhost
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status;
	boundary="B1"
{extra}
--B1
Content-Description: Notification
Content-Type: text/plain; charset=us-ascii

This is the mail system at host relay.example.

--B1
Content-Type: message/delivery-status

Reporting-MTA: dns; relay.example
Arrival-Date: Mon,  2 Mar 2026 12:30:01 +0300 (+03)

Final-Recipient: rfc822; {recipient}
{original}Action: {action}
Status: {status}
Diagnostic-Code: {diagnosis}

--B1
Content-Type: {enclosed}

From: bildirim@localhost
To: {recipient}
Subject: =?utf-8?q?Yaz=C4=B1?=
Message-ID: {message_id}

--B1--
""")


def exim_report(message_id: str, recipient: str) -> bytes:
    """A report of an old Exim, without a delivery status."""
    return lines(f"""
From: Mail Delivery System <Mailer-Daemon@eski.example>
X-Failed-Recipients: {recipient}
Auto-Submitted: auto-replied
References: {message_id}
Subject: Mail delivery failed: returning message to sender

This message was created automatically by mail delivery software.
""")


def away(message_id: str, sender: str, header: str = "Auto-Submitted: auto-replied") -> bytes:
    """An automatic reply about an absence."""
    return lines(f"""
From: {sender}
To: bildirim@localhost
{header}
In-Reply-To: {message_id}
Subject: =?utf-8?b?xLB6aW5kZXlpbQ==?=
Content-Type: text/plain; charset=utf-8

15 Mart'a kadar izindeyim.
""")


def person(sender: str, message_id: str = "") -> bytes:
    """A reply written by a person."""
    reply = f"In-Reply-To: {message_id}\n" if message_id else ""
    return lines(f"""
From: {sender}
To: bildirim@localhost
{reply}Subject: Re: Yazınız hk.
Content-Type: text/plain; charset=utf-8

Yazıyı aldık, teşekkür ederiz.
""")

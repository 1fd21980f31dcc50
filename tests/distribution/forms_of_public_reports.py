"""Forms of returned mail that users of other programs reported as not understood, and what must come of each here."""

from tests.distribution.forms_of_mail import FAILED, FINAL, LISTED, NOTED, QUOTED, RETRIED, mail, report

FIELDS = "Final-Recipient: rfc822; {address}\n"
COPY = "\nReturn-Path: <bildirim@localhost>\n" + QUOTED

PUBLIC: dict[str, tuple[str, str]] = {
    "Office 365 in words only": (
        mail(
            'From: "Microsoft Outlook" <MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@kurum.gov.tr>\n'
            "Subject: Undeliverable: Genelge\nIn-Reply-To: {id}",
            """
            Your message to {address} couldn't be delivered.

            evrak wasn't found at kurum.gov.tr.

            Action Required         Recipient       Unknown To address

            More Info for Email Admins
            Status code: 550 5.1.10

            Error Details
            Reported error:    550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient {address} not found by SMTP
            address lookup
            """,
        ),
        FAILED,
    ),
    "the reason in a field of Cisco's": (
        report(
            FIELDS + "Action: failed\nStatus: 5.0.0\nRemote-MTA: dns; 10.0.0.1\n"
            'X-Supplementary-Info: <10.0.0.1 #5.0.0 smtp; 550 "Unknown User">'
        ),
        FAILED,
    ),
    "a failed recipient and the reason of a remote host": (
        mail(
            "From: System Administrator <postmaster@gateway.example>\nSubject: Delivery Failure\nIn-Reply-To: {id}",
            """
            Could not deliver message to the following recipient(s):

            Failed Recipient: {address}
            Reason: Remote host said: 550 5.1.1 The email account that you tried to reach does not exist.

               -- The header and top 20 lines of the message follows --
            """,
        ),
        FAILED,
    ),
    "Postfix without its own record of the delivery": (
        mail(
            "From: MAILER-DAEMON@relay.example (Mail Delivery System)\n"
            "Subject: Undelivered Mail Returned to Sender\nIn-Reply-To: {id}",
            """
            This is the mail system at host relay.example.

            I'm sorry to have to inform you that your message could not
            be delivered to one or more recipients. It's attached below.

            --- Delivery report unavailable ---
            """
            + COPY,
        ),
        LISTED,
    ),
    "Yahoo, where the address names no account": (
        report(
            FIELDS + "Original-Recipient: rfc822;{address}\nAction: failed\nStatus: 5.0.0\n"
            "Diagnostic-Code: smtp; 554 delivery error: dd This user doesn't have a yahoo.co.uk account"
        ),
        FAILED,
    ),
    "a status with a remark": (
        report(FIELDS + "Action: failed\nStatus: 5.1.1 (bad destination mailbox address)"),
        FAILED,
    ),
    "an action with a remark in brackets": (
        report(FIELDS + "Action: delayed (will be retried)\nStatus: 4.4.1"),
        NOTED,
    ),
    "a complaint about unwanted mail": (
        report(
            "Feedback-Type: abuse\nUser-Agent: SomeGenerator/1.0\nVersion: 1\nOriginal-Mail-From: <bildirim@localhost>",
            kind="message/feedback-report",
        ),
        LISTED,
    ),
    "Exim without its header, an address that leads nowhere": (
        mail(
            "From: Mail Delivery System <Mailer-Daemon@eski.example>\n"
            "Subject: Mail delivery failed: returning message to sender\nIn-Reply-To: {id}",
            """
            This message was created automatically by mail delivery software.

            A message that you sent could not be delivered to one or more of its
            recipients. This is a permanent error. The following address(es) failed:

              {address}
                Unrouteable address
            """,
        ),
        FAILED,
    ),
    "Exim in Spanish": (
        report(
            FIELDS + "Action: failed\nStatus: 5.0.0\n"
            "Diagnostic-Code: smtp; 550 <{address}>: Destinatario desconocido"
        ),
        FAILED,
    ),
    "Domino": (
        report(
            "Reporting-MTA: dns;sunucu01.kurum.gov.tr\n\nFinal-Recipient: rfc822;{address}\nAction: failed\n"
            "Status: 5.1.1\nDiagnostic-Code: X-Notes; User evrak ({address}) not listed in Domino Directory"
        ),
        FAILED,
    ),
    "Courier": (
        mail(
            'From: "Courier mail server at mx.example" <@>\nSubject: NOTICE: mail delivery status.\n'
            "In-Reply-To: {id}\nReturn-Path: <>",
            """
            This is a delivery status notification from mx.example,
            running the Courier mail server, version 0.65.

            UNDELIVERABLE MAIL

            Your message to the following recipients cannot be delivered:

            <{address}>:
                mail.kurum.gov.tr [10.0.0.2]:
            >>> RCPT TO:<{address}>
            <<< 550 User unknown.
            """,
        ),
        FAILED,
    ),
    "a challenge that a person has to answer": (
        mail(
            "From: evrak@kurum.gov.tr\nSubject: Your email requires verification verify#abc123\nIn-Reply-To: {id}\n"
            "Auto-Submitted: auto-replied",
            "The message you sent requires that you verify that you are a real live human being.\n"
            "To complete this verification, simply reply to this message.\n",
        ),
        LISTED,
    ),
    "a mailbox over quota by Gmail": (
        report(
            FIELDS
            + "Action: failed\nStatus: 4.2.2\nDiagnostic-Code: smtp; 452-4.2.2 The email account that you tried"
            " to reach is over quota."
        ),
        RETRIED,
    ),
    "two groups, the failure second": (
        report(FIELDS + "Action: relayed\nStatus: 2.0.0\n\n" + FIELDS + "Action: failed\nStatus: 5.1.1"),
        FAILED,
    ),
    "fields after a blank line too many": (report("\n\n" + FINAL), FAILED),
    "Zimbra in Turkish": (
        mail(
            "From: MAILER-DAEMON@posta.kurum.gov.tr\nSubject: Teslim Edilemeyen Posta Gönderene İade Edildi\n"
            "In-Reply-To: {id}\nContent-Type: text/plain; charset=utf-8",
            "Bu, posta.kurum.gov.tr posta sistemidir.\n\nİletiniz aşağıdaki alıcılara teslim edilemedi:\n\n"
            "<{address}>: posta kutusu bulunamadı\n",
        ),
        FAILED,
    ),
    "a gateway's report of a blocked attachment": (
        mail(
            "From: postmaster@gecit.example\nSubject: Message blocked\nIn-Reply-To: {id}\nReturn-Path: <>",
            "The attachment of your message to {address} was removed because of its type. The message was delivered.\n",
        ),
        LISTED,
    ),
}

TICKETS: dict[str, str] = {
    "OTRS by its header": "X-OTRS-FollowUp: yes\nSubject: YNT: Genelge",
    "Request Tracker": "RT-Ticket: kurum.gov.tr #4711\nSubject: [kurum.gov.tr #4711] Genelge",
    "Zendesk": "X-Zendesk-From-Account-Id: 1a2b\nSubject: [Talep] Genelge",
    "ServiceNow": "X-ServiceNow-Generated: true\nSubject: Genelge",
    "Jira": "X-JIRA-FingerPrint: 9f\nSubject: [JIRA] (DES-12) Genelge",
    "GLPI by its program": "X-Mailer: GLPI 10.0\nSubject: [GLPI #0000123] Genelge",
    "Freshdesk": "X-Freshdesk-Ticket-Id: 12\nSubject: Genelge",
}
"""Headers of ticket systems, which a person's answer through them has as well."""

TICKET_WORDS = (
    "Talebiniz alınmıştır. Talep numaranız: 12345",
    "Talebiniz 2026-4711 numarası ile kayıt altına alınmıştır.",
    "Başvurunuz sistemimize kaydedilmiştir. Takip numarası: 99887",
    "Çağrınız açılmıştır. Çağrı No: INC0012345",
    "Your request has been received. Ticket number: 4711",
    "A ticket has been created with the ID #4711.",
)
"""What ticket systems say without calling themselves automatic."""

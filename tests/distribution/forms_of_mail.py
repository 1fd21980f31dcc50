"""The table of forms: returned mail as real servers and programs write it, and what must come of each."""

import base64
from textwrap import dedent

FAILED, RETRIED, NOTED, LISTED = "failed", "retried", "noted", "listed"


def report(
    fields: str, *, kind: str = "message/delivery-status", encoding: str = "", original: str = ""
) -> str:
    """A delivery report with these fields about the recipient, whose part may be transfer-encoded."""
    status = f"Reporting-MTA: dns; mx.kurum.gov.tr\n\n{dedent(fields).strip()}\n"
    header = f"\nContent-Transfer-Encoding: {encoding}" if encoding else ""
    if encoding == "base64":
        status = base64.encodebytes(status.encode()).decode()
    enclosed = original or "From: bildirim@localhost\nTo: {address}\nSubject: x\nMessage-ID: {id}\n"
    parts = [
        "Content-Type: text/plain; charset=utf-8\n\nTeslim edilemedi.",
        f"Content-Type: {kind}{header}\n\n{status}",
        f"Content-Type: message/rfc822\n\n{enclosed}",
    ]
    body = "".join(f"--b1\n{part}\n" for part in parts)
    return (
        "From: MAILER-DAEMON@mx.kurum.gov.tr\nTo: bildirim@localhost\nSubject: Undelivered\n"
        'MIME-Version: 1.0\nContent-Type: multipart/report; report-type=delivery-status; boundary="b1"\n\n'
        f"{body}--b1--\n"
    )


def mail(headers: str, body: str = "") -> str:
    return f"To: bildirim@localhost\n{dedent(headers).strip()}\n\n{dedent(body).lstrip()}"


FINAL = "Final-Recipient: rfc822; {address}\nAction: failed\nStatus: 5.1.1"
QUOTED = "Subject: x\nTo: {address}\nMessage-ID: {id}\n"
OUTLOOK_TEXT = """
    Aşağıdaki alıcılara teslimat başarısız oldu:

    {address}
    Girdiğiniz e-posta adresi bulunamadı.

    Özgün ileti üst bilgileri:
    """

FORMS: dict[str, tuple[str, str]] = {
    "a status and no action": (report("Final-Recipient: rfc822; {address}\nStatus: 5.1.1"), FAILED),
    "a status of class 4 and no action": (report("Final-Recipient: rfc822; {address}\nStatus: 4.4.1"), NOTED),
    "base64": (report(FINAL, encoding="base64"), FAILED),
    "base64 and utf-8": (report(FINAL, kind="message/global-delivery-status", encoding="base64"), FAILED),
    "a folded content type": (
        report(FINAL).replace(
            "Content-Type: message/delivery-status", "Content-Type:\n\tmessage/delivery-status"
        ),
        FAILED,
    ),
    "the type in capitals": (report(FINAL, kind="MESSAGE/DELIVERY-STATUS; charset=us-ascii"), FAILED),
    "no address type": (report("Final-Recipient: {address}\nAction: failed\nStatus: 5.0.0"), FAILED),
    "the address encapsulated by Exchange": (
        report(
            "Final-Recipient: rfc822; IMCEASMTP-evrak+40kurum+2Egov+2Etr@kurum.gov.tr\n"
            "Action: failed\nStatus: 5.1.1"
        ),
        FAILED,
    ),
    "a directory name of Exchange, and our original": (
        report(
            "Final-Recipient: rfc822; IMCEAEX-_O=KURUM_OU=ILK_CN=EVRAK@kurum.gov.tr\nAction: failed\nStatus: 5.1.1"
        ),
        FAILED,
    ),
    "the server's own subdomain": (
        report("Final-Recipient: rfc822; evrak@posta.kurum.gov.tr\nAction: failed\nStatus: 5.1.1"),
        FAILED,
    ),
    "the original recipient beside a forwarding target": (
        report(
            "Original-Recipient: rfc822;{address}\nFinal-Recipient: rfc822; biri@baska.example\n"
            "Action: failed\nStatus: 5.2.1"
        ),
        FAILED,
    ),
    "X-Original-Message-ID in the report": (
        report("X-Original-Message-ID: {id}\n" + FINAL, original="From: x@y.example\nSubject: x\n"),
        FAILED,
    ),
    "a mailbox over its quota": (
        report("Final-Recipient: rfc822; {address}\nAction: failed\nStatus: 4.2.2"),
        RETRIED,
    ),
    "relayed to a server that reports nothing": (
        report("Final-Recipient: rfc822; {address}\nAction: relayed\nStatus: 2.1.9"),
        NOTED,
    ),
    "expired after days": (
        report("Final-Recipient: rfc822; {address}\nAction: failed\nStatus: 5.4.7"),
        FAILED,
    ),
    "an action that is no action": (
        report("Final-Recipient: rfc822; {address}\nAction: bilinmiyor\nStatus: 5.1.1"),
        LISTED,
    ),
    "text of Exchange in Turkish, with our headers below": (
        mail(
            """
            From: postmaster@kurum.gov.tr
            Subject: Teslim edilemedi: Genelge
            In-Reply-To: {id}
            Content-Type: text/plain; charset=utf-8
            """,
            OUTLOOK_TEXT + QUOTED,
        ),
        FAILED,
    ),
    "a daemon that calls its report an automatic reply": (
        mail(
            "From: MAILER-DAEMON@kurum.gov.tr\nAuto-Submitted: auto-replied\nSubject: Hata\nIn-Reply-To: {id}",
            "Kutu yok.\n",
        ),
        LISTED,
    ),
    "X-Failed-Recipients of Exim": (
        mail(
            "From: Mail Delivery System <Mailer-Daemon@mx.kurum.gov.tr>\nX-Failed-Recipients: {address}\n"
            "Auto-Submitted: auto-replied\nSubject: Mail delivery failed\nReferences: {id}",
            "This message was created automatically by mail delivery software.\n",
        ),
        FAILED,
    ),
    "an absence by Outlook without the standard's header": (
        mail("From: {address}\nSubject: Otomatik yanıt: Genelge\nIn-Reply-To: {id}", "İzindeyim.\n"),
        NOTED,
    ),
    "an automatic reply that says that nobody reads the mailbox": (
        mail(
            "From: {address}\nAuto-Submitted: auto-replied\nSubject: Bilgi\nIn-Reply-To: {id}\n"
            "Content-Type: text/plain; charset=utf-8",
            "Bu e-posta adresi artık kullanılmamaktadır.\n",
        ),
        LISTED,
    ),
    "a read receipt": (
        mail(
            "From: {address}\nSubject: Okundu\nContent-Type: multipart/report;"
            ' report-type=disposition-notification; boundary="m"',
            "--m\nContent-Type: text/plain\n\nOkundu\n--m\nContent-Type: message/disposition-notification\n"
            "Content-Transfer-Encoding: 7bit\n\nFinal-Recipient: rfc822;{address}\nOriginal-Message-ID: {id}\n"
            "Disposition: manual-action/MDN-sent-manually; displayed\n\n--m--\n",
        ),
        NOTED,
    ),
    "a person's reply in HTML": (
        mail(
            "From: {address}\nSubject: YNT: Genelge\nReferences: {id}\nContent-Type: text/html; charset=utf-8",
            "<p>Ek açılmıyor.</p>\n",
        ),
        LISTED,
    ),
    "a person's reply in Windows-1254": (
        mail(
            "From: {address}\nSubject: YNT: Genelge\nIn-Reply-To: {id}\n"
            "Content-Type: text/plain; charset=windows-1254\nContent-Transfer-Encoding: quoted-printable",
            "Yaz=FDy=FD a=E7am=FDyoruz.\n",
        ),
        LISTED,
    ),
    "a person forwards the mail as text": (
        mail("From: biri@kurum.gov.tr\nSubject: İLT: Genelge", "Bize ait değil.\n\nMessage-ID: {id}\n"),
        LISTED,
    ),
    "a reply of a ticket system": (
        mail(
            "From: {address}\nPrecedence: bulk\nSubject: [#4711] Talebiniz alındı\nIn-Reply-To: {id}",
            "Alındı.\n",
        ),
        LISTED,
    ),
    "an absence by a program with a precedence only": (
        mail(
            "From: {address}\nPrecedence: bulk\nSubject: YNT: Genelge\nIn-Reply-To: {id}\n"
            "Content-Type: text/plain; charset=utf-8",
            "15 Mart Pazartesi gününe kadar yıllık izindeyim.\n",
        ),
        NOTED,
    ),
    "a person's reply that only its subject calls an absence": (
        mail(
            "From: {address}\nSubject: İşyeri dışında: Genelge\nIn-Reply-To: {id}\n"
            "Content-Type: text/plain; charset=utf-8",
            "Yazının eki açılmıyor, yeniden gönderir misiniz?\n",
        ),
        LISTED,
    ),
    "the same in English": (
        mail("From: {address}\nSubject: Out of Office: Genelge\nIn-Reply-To: {id}", "Ek bozuk.\n"),
        LISTED,
    ),
    "a person's reply with the precedence of a gateway": (
        mail(
            "From: {address}\nPrecedence: bulk\nSubject: YNT: Genelge\nIn-Reply-To: {id}",
            "Ek bozuk.\n\nKimden: Bildirim\nKonu: Genelge\n\nBen izindeyim.\n",
        ),
        LISTED,
    ),
    "an automatic reply that repeats the subject, and the subject is of holidays": (
        mail(
            "From: {address}\nAuto-Submitted: auto-replied\nIn-Reply-To: {id}\n"
            "Subject: YNT: Bayram tatili nedeniyle tedbirler\nContent-Type: text/plain; charset=utf-8",
            "“Bayram tatili nedeniyle tedbirler” konulu iletiniz bize ulaştı.\n",
        ),
        LISTED,
    ),
    "an absence message with an answer attached": (
        mail(
            "From: {address}\nAuto-Submitted: auto-replied\nSubject: YNT: Genelge\nIn-Reply-To: {id}\n"
            'Content-Type: multipart/mixed; boundary="x"',
            "--x\nContent-Type: text/plain; charset=utf-8\n\nİzindeyim.\n"
            "--x\nContent-Type: application/pdf\n"
            "Content-Disposition: attachment; filename=cevap.pdf\n\n%PDF-1.7\n--x--\n",
        ),
        LISTED,
    ),
    "an absence that its program says in the subject only": (
        mail(
            "From: {address}\nAuto-Submitted: auto-replied\nSubject: İşyeri Dışında Otomatik Yanıt: Genelge\n"
            "In-Reply-To: {id}",
            "",
        ),
        NOTED,
    ),
    "a page of nothing but open brackets, and a word": (
        mail(
            "From: {address}\nSubject: YNT\nIn-Reply-To: {id}\nContent-Type: text/html; charset=utf-8",
            "<p>Ek bozuk.</p>" + "<a" * 1500 + "\n",
        ),
        LISTED,
    ),
    "an address with an encoded surrogate and a NUL": (
        report(
            "Original-Recipient: utf-8; \\x{D800}evrak@kurum.gov.tr\n"
            "Final-Recipient: rfc822; +00evrak@kurum.gov.tr\nAction: failed\nStatus: 5.1.1"
        ),
        FAILED,
    ),
    "a diagnosis with a NUL and a surrogate": (
        report(FINAL + "\nDiagnostic-Code: smtp; =?utf-7?q?a+2AA-b?= 550 \x00yok"),
        FAILED,
    ),
    "text in a code page that leaves surrogates": (
        mail(
            "From: {address}\nSubject: YNT\nIn-Reply-To: {id}\nContent-Type: text/plain; charset=unicode_escape",
            "Ek \\ud800 bozuk \\x00.\n",
        ),
        LISTED,
    ),
    "a person's reply through a mailing list": (
        mail(
            "From: {address}\nPrecedence: list\nSubject: YNT: Genelge\nIn-Reply-To: {id}", "Ek açılmıyor.\n"
        ),
        LISTED,
    ),
    "a code page that no program knows": (
        mail(
            "From: {address}\nSubject: YNT\nIn-Reply-To: {id}\nContent-Type: text/plain; charset=undefined",
            "Ek yok.\n",
        ),
        LISTED,
    ),
    "a delivery report signed by the server": (
        mail(
            'From: MAILER-DAEMON@mx.kurum.gov.tr\nSubject: x\nContent-Type: multipart/signed; boundary="s"',
            "--s\n" + report(FINAL).split("MIME-Version: 1.0\n")[1] + "\n--s--\n",
        ),
        FAILED,
    ),
    "a report whose boundary is missing": (report(FINAL).replace('; boundary="b1"', ""), FAILED),
    "a report that a gateway made text of": (
        mail(
            "From: MAILER-DAEMON@kurum.gov.tr\nSubject: Hata",
            "Teslim edilemedi.\n\nReporting-MTA: dns; mx.kurum.gov.tr\n\n" + FINAL + "\n\n" + QUOTED,
        ),
        FAILED,
    ),
    "an original recipient left encoded": (
        report(
            "Original-Recipient: rfc822;{address}\nFinal-Recipient: rfc822; biri@baska.example\nAction: failed",
            original="Subject: x\nMessage-ID: {id}\n",
        ).replace("rfc822;{address}", "rfc822;+65vrak@kurum.gov.tr"),
        FAILED,
    ),
    "a report after a byte order mark": ("\ufeff" + report(FINAL), FAILED),
    "an action that is nearly one": (
        report("Final-Recipient: rfc822; {address}\nAction: failure\nStatus: 553 too large"),
        FAILED,
    ),
    "a report without our mail about where it was forwarded": (
        report(
            "Final-Recipient: rfc822; biri@baska.example\nAction: failed\nStatus: 5.1.1", original="x: y\n"
        ).replace("Subject: Undelivered", "Subject: Undelivered\nIn-Reply-To: {id}"),
        LISTED,
    ),
    "a report in words without an id of ours": (
        mail(
            "From: postmaster@kurum.gov.tr\nSubject: Mail System Error - Returned Mail",
            "Each of the following recipients was rejected by a remote\nmail server.\n\n"
            "    Recipient: <{address}>\n    <<< 550 <{address}>: User unknown\n",
        ),
        LISTED,
    ),
    "our headers returned as an attached text file": (
        mail(
            "From: mailer-daemon\nAuto-Submitted: auto-replied\nSubject: There was an error sending your mail\n"
            'Content-Type: multipart/mixed; boundary="x"',
            "--x\nContent-Type: text/plain\n\nWe had trouble delivering your message.\n"
            "--x\nContent-Type: text/plain; name=headers.txt\n"
            "Content-Disposition: attachment; filename=headers.txt\n\n" + QUOTED + "\n--x--\n",
        ),
        LISTED,
    ),
    "a warning of Exim in words": (
        mail(
            "From: Mail Delivery System <Mailer-Daemon@mx.kurum.gov.tr>\nAuto-Submitted: auto-replied\n"
            "Subject: Warning: message delayed 24 hours\nReferences: {id}",
            """
            This message was created automatically by mail delivery software.
            A message that you sent has not yet been delivered to one or more of its
            recipients after more than 24 hours on the queue.

            The address to which the message has not yet been delivered is:

              {address}
                Delay reason: SMTP error from remote mail server after RCPT TO:<{address}>:
                451 4.7.1 Greylisting in action

            No action is required on your part. Delivery attempts will continue for
            some time.
            """,
        ),
        NOTED,
    ),
    "a filter that refuses the mail with a receipt": (
        mail(
            "From: Mail Delivery Subsystem <postmaster@kurum.gov.tr>\nSubject: Automatically rejected mail\n"
            "Auto-Submitted: auto-replied (rejected)\nPrecedence: bulk\n"
            'Content-Type: multipart/report; report-type=disposition-notification; boundary="m"',
            "--m\nContent-Type: text/plain\n\nYour message to <{address}> was automatically rejected.\n"
            "--m\nContent-Type: message/disposition-notification\n\nFinal-Recipient: rfc822; {address}\n"
            "Original-Message-ID: {id}\nDisposition: automatic-action/MDN-sent-automatically; deleted\n\n"
            "--m\nContent-Type: message/rfc822\n\n" + QUOTED + "\n--m--\n",
        ),
        FAILED,
    ),
    "a receipt for a mail deleted unread": (
        mail(
            "From: {address}\nSubject: Okunmadı: Genelge\nReturn-Path: <>\n"
            'Content-Type: multipart/report; report-type=disposition-notification; boundary="m"',
            "--m\nContent-Type: text/plain\n\nOkunmadan silindi\n"
            "--m\nContent-Type: message/disposition-notification\n\nFinal-Recipient: rfc822; {address}\n"
            "Original-Message-ID: {id}\nDisposition: automatic-action/MDN-sent-automatically; deleted\n\n--m--\n",
        ),
        NOTED,
    ),
}

"""The table of reports in the words of servers, of warnings, and of codes that a server writes in its own way."""

from tests.distribution.forms_of_mail import FAILED, LISTED, NOTED, QUOTED, RETRIED, mail, report

DAEMON = "From: MAILER-DAEMON@mx.kurum.gov.tr (Mail Delivery System)\n"
UTF8 = "\nContent-Type: text/plain; charset=utf-8"
PAGE = "\nContent-Type: text/html; charset=utf-8"
COPY = "\nReturn-Path: <bildirim@localhost>\n" + QUOTED


def fields(more: str, *, original: str = "") -> str:
    return report(f"Final-Recipient: rfc822; {{address}}\n{more}", original=original)


WARNINGS: dict[str, str] = {
    "Postfix": mail(
        f"{DAEMON}Subject: Delayed Mail (still being retried)\nAuto-Submitted: auto-replied",
        """
        ####################################################################
        # THIS IS A WARNING ONLY.  YOU DO NOT NEED TO RESEND YOUR MESSAGE. #
        ####################################################################

        Your message could not be delivered for more than 4 hour(s).
        It will be retried until it is 5 day(s) old.

        <{address}>: connect to mx[10.0.0.1]:25: Connection timed out
        """
        + COPY,
    ),
    "Sendmail": mail(
        f"{DAEMON}Subject: Warning: could not send message for past 4 hours",
        """
            **********************************************
            **      THIS IS A WARNING MESSAGE ONLY      **
            **  YOU DO NOT NEED TO RESEND YOUR MESSAGE  **
            **********************************************

           ----- The following addresses had transient non-fatal errors -----
        <{address}>

        Warning: message still undelivered after 4 hours
        Will keep trying until message is 5 days old
        """
        + COPY,
    ),
    "Exchange in words": mail(
        "From: postmaster@kurum.gov.tr\nSubject: Delivery Status Notification (Delay)\nIn-Reply-To: {id}",
        "THIS IS A WARNING MESSAGE ONLY.\n\nDelivery to the following recipients has been delayed.\n\n  {address}\n",
    ),
    "Exchange in Turkish": mail(
        f"From: postmaster@kurum.gov.tr\nSubject: Gecikti: Genelge\nIn-Reply-To: {{id}}{UTF8}",
        "Şu alıcılara teslim gecikti:\n\n{address}\n\nİletiniz henüz teslim edilemedi. Yeniden denenecektir.\n"
        "Bu iletiyi yeniden göndermeniz gerekmez.\n",
    ),
    "Exchange in German": mail(
        f"From: postmaster@amt.example\nSubject: Verzögert: Genelge\nIn-Reply-To: {{id}}{UTF8}",
        "Die Nachricht an {address} wurde noch nicht zugestellt. Es wird weiterhin versucht, sie zuzustellen.\n",
    ),
    "Gmail": mail(
        "From: Mail Delivery Subsystem <mailer-daemon@googlemail.com>\nX-Failed-Recipients: {address}\n"
        "Subject: Delivery Status Notification (Delay)\nIn-Reply-To: {id}",
        "There was a temporary problem delivering your message to {address}. Gmail will retry for 46 more hours."
        " You'll be notified if the delivery fails permanently.\n",
    ),
}
"""A server still tries: never a failure."""

SERVERS: dict[str, tuple[str, str]] = {
    "a warning of class 5 that is tried still": (
        fields("Status: 5.0.0\nWill-Retry-Until: Thu, 3 Dec 2026 10:00:00 +0300"),
        NOTED,
    ),
    "a warning in its subject, a failure in its words": (
        mail(
            "From: MAILER-DAEMON@yahoo.com\nSubject: Delivery delayed\nIn-Reply-To: {id}",
            "Message from yahoo.com.\nUnable to deliver message to the following address(es).\n\n<{address}>:\n"
            "This user doesn't have a yahoo.com account ({address}) [-5]\n",
        ),
        LISTED,
    ),
    "a server that tries one address on and gives another up": (
        mail(
            f"{DAEMON}Subject: Returned mail",
            "   ----- The following addresses had permanent fatal errors -----\n<{address}>\n\n"
            "Warning: message still undelivered after 4 hours\nWill keep trying until message is 5 days old\n"
            + COPY,
        ),
        LISTED,
    ),
    "a failure of a letter about warnings": (
        mail(
            f"{DAEMON}Subject: Undeliverable: This is a warning only\nIn-Reply-To: {{id}}",
            "Your message\n\n  To:      {address}\n  Subject: This is a warning only\n\n"
            "did not reach the following recipient(s):\n\n{address} on Sat, 28 Nov 2026\n"
            "    The recipient name is not recognized\n",
        ),
        FAILED,
    ),
    "MDaemon": (
        mail(
            'From: "MDaemon at kurum.gov.tr" <MDaemon@kurum.gov.tr>\nSubject: Permanent Delivery Failure\n'
            "In-Reply-To: {id}",
            """
            The attached message had PERMANENT fatal delivery errors!

            After one or more unsuccessful delivery attempts the attached message has
            been removed from the mail queue on this server.

            YOUR MESSAGE WAS NOT DELIVERED TO ONE OR MORE RECIPIENTS!

            Failed address: {address}

            --- Session Transcript ---
             Sat 2026-11-28 10:00:00: <-- 550 5.1.1 <{address}>: user unknown
            --- End Transcript ---
            """,
        ),
        FAILED,
    ),
    "Exchange in Turkish as a page": (
        mail(
            f"From: Microsoft Outlook <postmaster@outlook.com>\nSubject: Teslim edilemedi: Genelge\n"
            f"In-Reply-To: {{id}}{PAGE}",
            "<p>{address} adresine iletiniz teslim edilemedi.</p><p>evrak kurum.gov.tr konumunda bulunamadı.</p>\n",
        ),
        FAILED,
    ),
    "Exchange in Turkish, a group": (
        mail(
            f"From: postmaster@kurum.gov.tr\nSubject: Teslim edilemedi: Genelge\nIn-Reply-To: {{id}}{UTF8}",
            "İletiniz şu alıcılara teslim edilemedi:\n\n{address}\n\nGrubunuzdaki evrak bulunamadı.\n",
        ),
        FAILED,
    ),
    "qmail in Turkish": (
        mail(
            f"{DAEMON}Subject: teslim hatası{UTF8}",
            "Maalesef iletiniz aşağıdaki adreslere teslim edilemedi.\nBu kalıcı bir hatadır; vazgeçtim.\n\n"
            "<{address}>:\nBu isimde bir posta kutusu yok. (#5.1.1)\n\n"
            "--- Bu satırın altında iletinin bir kopyası var.\n" + COPY,
        ),
        FAILED,
    ),
    "Exchange in German": (
        mail(
            f"From: postmaster@amt.example\nSubject: Unzustellbar: Genelge\nIn-Reply-To: {{id}}{UTF8}",
            "Ihre Nachricht an {address} konnte nicht zugestellt werden. Der Empfänger wurde nicht gefunden.\n",
        ),
        FAILED,
    ),
    "a failure in words with a passing code": (
        mail(
            f"{DAEMON}Subject: Teslim edilemedi{UTF8}\nIn-Reply-To: {{id}}",
            "İletiniz teslim edilemedi: {address}\n451 4.7.1 Greylisting in action\n",
        ),
        LISTED,
    ),
    "a failure for now, in Turkish": (
        mail(
            f"{DAEMON}Subject: Teslim edilemedi{UTF8}\nIn-Reply-To: {{id}}",
            "İletiniz şimdilik teslim edilemedi, bir süre daha denenecek: {address}\n",
        ),
        LISTED,
    ),
    "a failure for now, by Gmail in Turkish": (
        mail(
            f"From: Mail Delivery Subsystem <mailer-daemon@googlemail.com>\nSubject: x{UTF8}\nIn-Reply-To: {{id}}",
            "{address} adresine teslim edilemedi: geçici bir sorun oluştu. Gmail 46 saat daha yeniden deneyecek.\n",
        ),
        LISTED,
    ),
    "failed recipients in a header, and a passing failure in words": (
        mail(
            f"{DAEMON}X-Failed-Recipients: {{address}}\nSubject: Bilgi{UTF8}\nIn-Reply-To: {{id}}",
            "{address} adresine teslim edilemedi: geçici bir sorun oluştu.\n",
        ),
        LISTED,
    ),
    "failed recipients in a header, and a passing code until it expired": (
        mail(
            f"{DAEMON}X-Failed-Recipients: {{address}}\nSubject: Mail delivery failed\nIn-Reply-To: {{id}}",
            "451 Greylisted: retry timeout exceeded\n",
        ),
        FAILED,
    ),
    "a failure that only our own text names": (
        mail(
            f"{DAEMON}Subject: Bilgi{UTF8}\nIn-Reply-To: {{id}}",
            "İletiniz inceleniyor.\n\n" + QUOTED + "\nTeslim edilemedi: {address}\n",
        ),
        LISTED,
    ),
    "a mail held in quarantine": (
        mail(
            "From: postmaster@kurum.gov.tr\nSubject: Quarantine\nIn-Reply-To: {id}",
            "Your message to {address} was not delivered. It is held in quarantine until an administrator acts.\n",
        ),
        LISTED,
    ),
    "a mail that a moderator of Exchange has to approve": (
        fields("Action: relayed\nStatus: 2.0.0").replace(
            "Teslim edilemedi.", "İletiniz onay için aracıya gönderildi."
        ),
        LISTED,
    ),
    "fields as a file of a gateway": (
        fields("Action: failed\nStatus: 5.1.1").replace(
            "message/delivery-status", 'application/octet-stream; name="delivery-status"'
        ),
        FAILED,
    ),
    "an id without brackets in the report": (
        fields("Action: failed\nStatus: 5.1.1\nX-Original-Message-ID: {bare}", original="From: x\n"),
        FAILED,
    ),
    "an id without brackets in our headers": (
        fields("Action: failed\nStatus: 5.1.1", original="To: {address}\nSubject: x\nMessage-ID: {bare}\n"),
        FAILED,
    ),
    "an id without brackets in text": (
        mail(
            f"{DAEMON}X-Failed-Recipients: {{address}}\nSubject: Undelivered",
            "Not delivered. Message-Id: {bare}, see below.\n",
        ),
        FAILED,
    ),
    "our id as the envelope's": (
        fields("Action: failed\nStatus: 5.1.1\n\nOriginal-Envelope-Id: {id}", original="From: x\n"),
        FAILED,
    ),
    "our id as the envelope's, encoded": (
        fields("Action: failed\nStatus: 5.1.1\n\nOriginal-Envelope-Id: +3C{bare}+3E", original="From: x\n"),
        FAILED,
    ),
    "Postfix after days of trying": (
        fields("Action: failed\nStatus: 4.4.1\nDiagnostic-Code: X-Postfix; connect: Connection timed out"),
        FAILED,
    ),
    "Exchange after days of trying": (
        fields(
            "Action: failed\nStatus: 4.4.7\nDiagnostic-Code: smtp;550 4.4.7 QUEUE.Expired; message expired"
        ),
        FAILED,
    ),
    "greylisted until it expired": (
        fields("Action: failed\nStatus: 4.7.1\nDiagnostic-Code: smtp; 451 4.7.1 retry time exceeded"),
        FAILED,
    ),
    "a full mailbox until it expired": (
        fields("Action: failed\nStatus: 4.2.2\nDiagnostic-Code: smtp; 452 4.2.2 delivery time expired"),
        RETRIED,
    ),
    "a full mailbox without a status": (
        fields("Action: failed\nDiagnostic-Code: smtp; 452 4.2.2 Mailbox full"),
        RETRIED,
    ),
    "a full mailbox under a general status": (
        fields("Action: failed\nStatus: 4.0.0\nDiagnostic-Code: smtp; 452 4.2.2 Mailbox full"),
        RETRIED,
    ),
    "an answer of class 5 under a general status of class 4": (
        fields("Action: failed\nStatus: 4.0.0\nDiagnostic-Code: smtp; 550 5.1.1 User unknown"),
        FAILED,
    ),
    "neither action nor status": (fields("Diagnostic-Code: smtp; 550 5.1.1 User unknown"), FAILED),
    "neither, and a bare reply code": (fields("Diagnostic-Code: smtp; 550 User unknown"), FAILED),
    "neither, and a passing reply code": (fields("Diagnostic-Code: smtp; 450 try later"), NOTED),
}

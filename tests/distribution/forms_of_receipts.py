"""The table of read receipts (RFC 8098) and of refusals in their form, and what must come of each."""

from tests.distribution.forms_of_mail import FAILED, LISTED, NOTED


def receipt(
    disposition: str, said: str, *, subject: str = "Okundu: Genelge", headers: str = "", more: str = ""
) -> str:
    """A receipt with this text; `more` are further parts."""
    return (
        f"From: Evrak <{{address}}>\nTo: bildirim@localhost\nSubject: {subject}\n{headers}"
        'Content-Type: multipart/report; report-type=disposition-notification; boundary="m"\n\n'
        f"--m\nContent-Type: text/plain; charset=utf-8\n\n{said}\n"
        "--m\nContent-Type: message/disposition-notification\n\nFinal-Recipient: rfc822; {address}\n"
        f"Original-Message-ID: {{id}}\nDisposition: {disposition}\n\n{more}--m--\n"
    )


BY_HAND, BY_ITSELF = "manual-action/MDN-sent-manually", "automatic-action/MDN-sent-automatically"
SHOWN = f"{BY_HAND}; displayed"
DELETED = f"{BY_ITSELF}; deleted"
PDF = "--m\nContent-Type: application/pdf; name=cevap.pdf\n{}\n%PDF-1.7\n"
ATTACHED = "Content-Disposition: attachment; filename=cevap.pdf\n"

RECEIPTS: dict[str, tuple[str, str]] = {
    "by Outlook in Turkish": (
        receipt(
            SHOWN,
            "İletiniz\n\n   Kime: Evrak\n   Konu: Genelge\n"
            "   Gönderildi: 28 Kasım 2026 Cumartesi 10:00:00 (UTC+03:00) İstanbul\n\n"
            " 28 Kasım 2026 Cumartesi 10:05:00 (UTC+03:00) İstanbul tarihinde okundu.",
        ),
        NOTED,
    ),
    "by Outlook in English": (
        receipt(
            SHOWN,
            "Your message\n\n   To: Evrak\n   Subject: Genelge\n   Sent: Saturday, November 28, 2026 10:00 AM\n\n"
            "was read on Saturday, November 28, 2026 10:05 AM.",
            subject="Read: Genelge",
        ),
        NOTED,
    ),
    "by Thunderbird": (
        receipt(
            SHOWN,
            "This is a Return Receipt for the mail that you sent to {address}.\n\n"
            "Note: This Return Receipt only acknowledges that the message was displayed on the recipient's computer."
            " There is no guarantee that the recipient has read or understood the message contents.",
            subject="Return Receipt (displayed) - Genelge",
        ),
        NOTED,
    ),
    "by Zimbra": (
        receipt(
            SHOWN,
            'The message sent on November 28, 2026 to {address} with subject "Genelge" has been displayed.'
            " This is no guarantee that the message has been read or understood.",
            subject="Read-Receipt: Genelge",
        ),
        NOTED,
    ),
    "in German": (
        receipt(
            SHOWN,
            "Ihre Nachricht wurde am 28. November 2026 um 10:05 Uhr gelesen.",
            subject="Gelesen: Genelge",
        ),
        NOTED,
    ),
    "without words": (receipt(SHOWN, ""), NOTED),
    "for a mail deleted unread, whose subject is of refusals": (
        receipt(DELETED, "Okunmadan silindi.", subject="Okunmadı: Reddedilen başvurular hakkında"),
        NOTED,
    ),
    "for a mail deleted unread, whose subject is of rejections": (
        receipt(
            DELETED, "Your message was deleted without being read.", subject="Not read: Rejected: papers"
        ),
        NOTED,
    ),
    "deleted by hand under the subject of a refusal": (
        receipt(f"{BY_HAND}; deleted", "Okunmadan silindi.", subject="Rejected: Genelge"),
        NOTED,
    ),
    "with the signature of its sender": (
        receipt(
            SHOWN,
            "İletiniz okundu.",
            more="--m\nContent-Type: application/pkcs7-signature; name=smime.p7s\n"
            "Content-Disposition: attachment; filename=smime.p7s\n\nx\n",
        ),
        NOTED,
    ),
    "that failed": (receipt(f"{BY_ITSELF}; failed", "İletiniz okundu."), LISTED),
    "with an error": (receipt(f"{BY_ITSELF}; processed/error", "İletiniz okundu."), LISTED),
    "with a warning": (receipt(f"{BY_ITSELF}; displayed/warning", "İletiniz okundu."), LISTED),
    "of a kind that no standard has": (receipt(f"{BY_ITSELF}; eaten", "İletiniz okundu."), LISTED),
    "with an objection": (receipt(SHOWN, "Yazınız bize ait değildir. Tekrar gönderiniz."), LISTED),
    "with an objection behind the program's words": (
        receipt(SHOWN, "İletiniz okundu. Muhatabı biz değiliz."),
        LISTED,
    ),
    "with an objection in the line of the subject": (
        receipt(SHOWN, "Konu: bize ait değildir."),
        LISTED,
    ),
    "with an objection in English": (receipt(SHOWN, "Read, but we are not responsible."), LISTED),
    "with a document": (receipt(SHOWN, "İletiniz okundu.", more=PDF.format(ATTACHED)), LISTED),
    "with a document that isn't declared as attached": (
        receipt(SHOWN, "İletiniz okundu.", more=PDF.format("")),
        LISTED,
    ),
    "with a scan": (
        receipt(
            SHOWN, "İletiniz okundu.", more=PDF.format(ATTACHED).replace("application/pdf", "image/jpeg")
        ),
        LISTED,
    ),
    "with a note in a file": (
        receipt(
            SHOWN, "İletiniz okundu.", more=PDF.format(ATTACHED).replace("application/pdf", "text/plain")
        ),
        LISTED,
    ),
    "that a filter of Dovecot wrote": (
        receipt(DELETED, "Your message was rejected.", subject="Rejected: Genelge"),
        FAILED,
    ),
}

"""Mail that comes back to the letters of the history: bounces, absences and replies, the latest not settled yet."""

from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from hashlib import sha256

from django.core.files.base import ContentFile

from distribution.demo.history.exits import UNDECIDED_FOR
from distribution.demo.history.letters import Letter
from distribution.demo.history.rows import Copy, SentNotice
from distribution.demo.history.texts import AWAY, MAILBOX_FULL, REPLIES, REPORT
from distribution.demo.history.world import World
from distribution.models import EventKind, MailVerdict, ReturnedMail, Settlement

BOUNCES, REPLIES_SENT, ABSENCES, REPORTS = 0.006, 0.01, 0.003, 0.004
"""Shares of the notices of letters that bounce, are replied to, meet an absent reader, or lead to a report without
our Message-ID."""

WAITS = 0.9
"""Share of the last days' mails that nobody has settled."""

POSTMASTER = "mailer-daemon@ornek.example"


class ReturnedMails:
    """Returns mail to the letters' own notices."""

    def __init__(self, world: World) -> None:
        self.world = world

    def bounce(self, copy: Copy, sent: SentNotice) -> datetime:
        """The notice comes back. Returns when; the unit isn't notified any more."""
        moment = min(sent.at + timedelta(seconds=self.world.rng.randint(5, 900)), self.world.at)
        copy.notified_at = None
        copy.add(moment, EventKind.BOUNCED, sent.data | {"error": MAILBOX_FULL})
        status, _, diagnosis = MAILBOX_FULL.partition(" ")[2].partition(" ")
        self._add(
            copy, sent, moment, MailVerdict.BOUNCED, POSTMASTER, "Teslim Edilemedi", REPORT,
            status=status, diagnosis=diagnosis, settled_as=Settlement.APPLIED,
        )  # fmt: skip
        return moment

    def answer(self, copy: Copy, sent: SentNotice, letter: Letter) -> None:
        """Perhaps somebody or something replies to the notice."""
        rng, days = self.world.rng, self.world.days
        drawn = rng.random()
        if drawn >= REPLIES_SENT + ABSENCES + REPORTS:
            return
        subject = f"Re: {letter.circular.subject}"
        moment = days.later(sent.at, 0.6, rng)
        if moment >= self.world.at:
            return
        if drawn < ABSENCES:
            self._add(
                copy, sent, min(sent.at + timedelta(seconds=30), self.world.at), MailVerdict.AUTO_REPLY,
                copy.unit.email, f"Otomatik yanıt: {letter.circular.subject}", AWAY, settled_as=Settlement.NOTED,
            )  # fmt: skip
            return
        lately = self.world.at - moment < UNDECIDED_FOR
        if drawn < ABSENCES + REPORTS:
            if lately:  # an older one was settled by marking the notice as failed
                self._add(
                    copy, sent, moment, MailVerdict.BOUNCED, POSTMASTER, "Teslim Durumu Bildirimi", REPORT,
                    status="5.4.1", diagnosis="Alıcı adresi reddedildi: erişim engellendi", presumed=True,
                )  # fmt: skip
            return
        waits = lately and rng.random() < WAITS
        settled_at = days.later(moment, 0.8, rng)
        open_still = waits or settled_at >= self.world.at
        self._add(
            copy, sent, moment, MailVerdict.REPLY, copy.unit.email, subject, rng.choice(REPLIES),
            settled_as=None if open_still else Settlement.NOTHING,
            settled_by=None if open_still else letter.sender.pk,
            settled_at=None if open_still else settled_at,
        )  # fmt: skip

    def _add(
        self, copy: Copy, sent: SentNotice, at: datetime, verdict: MailVerdict, sender: str, subject: str, text: str,
        *, status: str = "", diagnosis: str = "", presumed: bool = False, settled_as: Settlement | None = None,
        settled_by: int | None = None, settled_at: datetime | None = None,
    ) -> None:  # fmt: skip
        message_id = "" if presumed else sent.data["message_id"]
        digest = sha256(f"{sent.data['message_id']} {verdict} {at.isoformat()}".encode()).hexdigest()
        settled = str(settled_as) if settled_as is not None else ""
        self.world.rows.mails.rows.append(
            (
                digest, at, str(verdict), sender, subject[:300], text, message_id,
                copy.unit.email if verdict == MailVerdict.BOUNCED else "", status, diagnosis,
                None if presumed else sent.id, sent.id if presumed else None, settled, settled_by,
                settled_at or (at if settled else None),
            )
        )  # fmt: skip


def keep_files() -> None:
    """Give the mails that wait for a person their files: the mail as it came."""
    for mail in ReturnedMail.objects.unsettled().filter(file="").order_by("pk"):
        message = EmailMessage()
        message["From"], message["To"] = mail.sender, "bildirim@ornek.example"
        message["Subject"], message["Date"] = mail.subject, format_datetime(mail.received_at)
        if mail.original_message_id:
            message["In-Reply-To"] = mail.original_message_id
        message.set_content(mail.text)
        mail.file.save("mail.eml", ContentFile(message.as_bytes()))

"""Whether a server or a program wrote a mail, and no person.

Doesn't access the database.
"""

import re
from email.message import Message

from distribution.feedback.mail_parts import MailParts, header, sender, words
from distribution.feedback.own_words import AUTOMATIC_SUBJECT, said_by_a_server, said_by_the_writer

MAIL_SYSTEM = re.compile(
    r"(mailer-?daemon|mail-?daemon|postmaster|mdaemon|microsoftexchange\w*|mail[._-]delivery[._-](sub)?system)"
    r"(@|\s*<>|$)",
    re.I,
)
NO_RETURN_PATH = re.compile(r"\s*<\s*(mailer-daemon(@[^>]*)?)?\s*>", re.I)
"""What the last server writes of a mail that must not be answered: a report, a receipt or an automatic reply."""

AUTOMATIC_PRECEDENCE = ("auto_reply", "auto-reply", "bulk", "junk")
AUTOMATIC_HEADERS = (
    "X-Autoreply",
    "X-Auto-Reply",
    "X-Autoreply-From",
    "X-Mail-Autoreply",
    "X-Autorespond",
    "X-Autoresponder",
    "X-Autoresponse",
    "X-List-Administrivia",
)
MAILING_LIST_HEADERS = ("List-Id", "List-Post", "Mailing-List")
STILL_TRYING = re.compile(
    r"not yet been delivered|(hasn.?t|not) been delivered yet|could not be delivered for more than"
    r"|(delivery|attempts?|trying|try) .{0,40}will (continue|be (re)?(tried|attempted))|warning (message )?only"
    r"|\bwill (be retried|(keep|continue) (on )?(trying|to try|retrying|to retry|attempting)|retry|try again)"
    r"|retried (until|for)|still being (re)?tried|delivery .{0,60}(has been|is|was) (delayed|postponed|deferred)"
    r"|(do|does) ?n.?t need to (re-?send|send)|not need to (re-?send|send)|still undelivered after"
    r"|transient non-?fatal errors|temporary (problem|failure|error)s? (delivering|in delivering)"
    r"|no action is required on your part|delivery warning|continue to be attempted"
    r"|yeniden göndermeniz gerekm|tekrar göndermeniz gerekm|henüz teslim edil(e)?me|(yeniden|tekrar) denenecek"
    r"|denemeye devam|denemeler(i|e|imiz)? (devam|sür)|teslim(at)?.{0,60}(gecik(ti|me)|ertelen)|yalnızca (bir )?uyarı"
    r"|noch nicht zugestellt|wird weiter(hin)? versucht|(weitere|erneute) (zustell)?versuche|zustellung.{0,60}verzögert"
    r"|nicht erneut (zu )?senden|nur eine warnung|pas encore (pu )?être|nouvelles? tentatives?|retardée?"
    r"|повторн|задерж",
    re.I,
)
"""A report in words about a mail that is still on its way, as Postfix, Sendmail, Exim, Exchange and others write."""

OPENING = 2000
"""Characters of a report in words in which a server says what it does."""

WARNING_SUBJECT = re.compile(
    r"\s*(delayed mail|warning\b|delivery (delayed|warning|is delayed)|mail (delivery )?(delayed|warning)|delayed\b"
    r"|delivery status notification \(delay|message delayed|gecikti|gecikme|teslim(at)? (gecik|ertelen)|uyarı\b"
    r"|verzögert|zustellung verzögert|warnung\b|retardé|temporary)",
    re.I,
)
"""What servers write as the subject of a warning, or before ours."""

WRITTEN_BY_NOBODY = re.compile(
    r"(no|do[._-]?not)[._-]?(reply|respond|antwort)|yanitlama|cevaplama"
    r"|(otomatik|automatic|auto|robot|bot)[._-]?(mail|posta|e-?posta|ileti|bildirim|yanit|cevap)?@",
    re.I,
)
"""Begin of an address that takes no replies."""

KEP_SERVER = re.compile(r"@([\w-]+\.)*kep\.tr$", re.I)
KEP_EVIDENCE = re.compile(r"\bkep\b.{0,40}\bdelil|\bdelil\w*\b.{0,40}\bkep\b|^\s*(kep )?delili?\b", re.I)
SAYS_AUTOMATIC = re.compile(
    r"otomatik (olarak )?(gönderil|oluşturul|üretil|yanıt|cevap|ileti|bilgilendirme|mesaj|e-?posta)"
    r"|(yanıtlama|cevaplama|yanıt verme|cevap verme|cevap yazma|yanıt yazma)(yınız|yiniz|yın|yin)"
    r"|(yanıtla|cevapla)mayınız|(do not|don.?t) (reply|respond)|auto(matically)?[ -](generated|created|sent)"
    r"|this is an automat|automatisch (erzeugt|generiert|erstellt|versendet)|nicht (auf diese|antworten sie)"
    r"|généré automatiquement|ne pas répondre",
    re.I,
)
"""A program says so of its own mail."""

SAYS_TICKET = re.compile(
    r"\b(talebiniz|başvurunuz|çağrınız|bildiriminiz|iş emriniz)\b.{0,80}?\b(alın(dı|mış)|kay(de|ı)t|kayd(ol|edil)"
    r"|açıl(dı|mış)|oluşturul|ulaş(tı|mış)|iletil(di|miş))"
    r"|\byour (support )?(request|ticket|case|enquiry|inquiry) .{0,60}(received|created|opened|registered|logged)"
    r"|\b(ticket|case|incident) .{0,40}(has been|was) (created|opened|logged|registered)"
    r"|ihre (anfrage|meldung) .{0,60}(eingegangen|erfasst|aufgenommen)",
    re.I | re.DOTALL,
)
"""A ticket system confirms that it took our mail in; it calls that neither automatic nor an absence."""

QUOTED_ON_A_PAGE = re.compile(
    r"\b(wrote|yazdı|schrieb|a écrit)\b[^:\n]{0,80}:|\b(kimden|gönderen|from|von)\s*:|-{3,}", re.I
)


def is_by_a_mail_system(parts: MailParts) -> bool:
    """Whether a server wrote it, and no person or vacation program."""
    mail = parts.mail
    return (
        bool(MAIL_SYSTEM.match(sender(mail)))
        or mail["X-Failed-Recipients"] is not None
        or bool(parts.statuses)
        or (mail.get_content_type() == "multipart/report" and not parts.receipts)
        or (must_not_be_answered(mail) and not is_automatic(parts))
    )


def must_not_be_answered(mail: Message) -> bool:
    """Whether its return path is empty, which no person's mail has."""
    return bool(NO_RETURN_PATH.match(words(mail["Return-Path"])))


def is_automatic(parts: MailParts) -> bool:
    """Whether a program answered, by its headers or by what it put before the subject."""
    return is_marked_automatic(parts) or bool(AUTOMATIC_SUBJECT.match(header(parts.mail, "Subject")))


def says_automatic(parts: MailParts) -> bool:
    """Whether the mail calls itself automatic, or is a ticket system's. A reply to our mail quotes words of it."""
    said = QUOTED_ON_A_PAGE.split(said_by_the_writer(parts), maxsplit=1)[0]
    return bool(SAYS_AUTOMATIC.search(said) or SAYS_TICKET.search(said))


def is_by_no_person(parts: MailParts) -> bool:
    """Whether an account that takes no replies wrote it, or a server of registered mail (KEP)."""
    address = sender(parts.mail)
    is_kep = KEP_SERVER.search(address) or any("kep" in name.lower() for name in parts.mail)
    evidence = is_kep and KEP_EVIDENCE.search(header(parts.mail, "Subject"))
    files = (words(part.get_filename()).lower() for part in parts.mail.walk() if part.get_filename())
    return (
        bool(WRITTEN_BY_NOBODY.match(address))
        or bool(evidence)
        or any(name.startswith("delil") and name.endswith((".xml", ".p7s", ".eyp")) for name in files)
    )


def is_marked_automatic(parts: MailParts) -> bool:
    """Whether headers say so. A person's mail through a mailing list may have the same precedence."""
    mail = parts.mail
    submitted = words(mail["Auto-Submitted"]).strip().lower()
    through_a_list = any(mail[name] for name in MAILING_LIST_HEADERS)
    return (
        bool(submitted and not submitted.startswith("no"))
        or any(mail[name] for name in AUTOMATIC_HEADERS)
        or words(mail["X-Autogenerated"]).strip().lower() == "reply"
        or (_has_automatic_precedence(mail) and not through_a_list)
    )


def _has_automatic_precedence(mail: Message) -> bool:
    return any(
        words(mail[name]).strip().lower() in AUTOMATIC_PRECEDENCE
        for name in ("Precedence", "X-Precedence", "Preference")
    )


def says_still_trying(parts: MailParts) -> bool:
    """Whether a report in words is only a warning. What it copies of our mail doesn't count."""
    return bool(STILL_TRYING.search(said_by_a_server(parts)[:OPENING]))


def is_called_a_warning(parts: MailParts) -> bool:
    """Whether the server begins the subject of its report as that of a warning."""
    return bool(WARNING_SUBJECT.match(header(parts.mail, "Subject")))

"""What a read receipt (RFC 8098) says: that the mail was shown or deleted, or something that a person has to read.

Doesn't access the database.
"""

import re

from agencies.turkish import uncached_search_key
from distribution.feedback.mail_parts import MailParts, carries_a_document, header, sender, words
from distribution.feedback.own_words import without_our_subject

NOTHING_TO_DO = ("displayed", "deleted", "dispatched", "processed", "denied")
"""What became of the mail. Everything else is a fault, and so is a modifier: "processed/error"."""

REJECTED = re.compile(r"\brejected\b", re.I)
REJECTION_SUBJECT = re.compile(r"\s*(automatically rejected mail\s*$|rejected( mail)?\s*:)", re.I)
"""What Sieve and Dovecot write as the subject of a refusal, or before ours (RFC 5429)."""

TO_LINE = re.compile(r"^\W*(kime|to|an|à)[ \t]*:.*$", re.I | re.M)
SUBJECT_LINE = re.compile(r"^\W*(konu|subject|betreff|objet)[ \t]*:.*$", re.I | re.M)
"""Lines about the mail that was read. That of the subject counts only beside that of the recipient."""

PLACE_OF_A_ZONE = re.compile(
    r"\((utc|gmt)[^)]*\)( [^\W\d]+(, [^\W\d]+)*(?=[.\n]|$)| (i̇?stanbul|istanbul))?", re.I
)
QUOTED_SUBJECT = re.compile(
    r"\bsubject[ \t]+(\"[^\"\n]*\"|“[^”\n]*”)|(\"[^\"\n]*\"|“[^”\n]*”)[ \t]+konulu\b", re.I
)
ADDRESS = re.compile(r"\S+@\S+")

_WORDS = """
    gonderildi gonderilme tarih tarihi alinma okunma sent date received gesendet datum empfangen
    ocak subat mart nisan mayis haziran temmuz agustos eylul ekim kasim aralik
    pazartesi sali carsamba persembe cuma cumartesi pazar pzt car per cmt paz oca sub nis haz tem agu eyl kas ara
    bu bir iletiniz ileti iletinin iletisi iletisinin iletinizin iletiyi e posta postaniz postanin mesaj mesajiniz
    mesajin mesajinin gonderdiginiz adresine adresi adresinden icin tarihinde tarihli saat saatinde konulu konu
    okundu okunmadi okunmadan silindi silinmis goruntulendi goruntulenmistir goruntulendigini okunmustur acildi
    okundugunu anlasildigini okudugu okudugunu anladigi anladigini garanti garantisi etmez
    alindi bildirimidir bildirimi bilgisi bilgisidir okuma onayi onaylar dogrular yalnizca sadece
    alicinin alici bilgisayarinda ekraninda icerigini icerigin anlamina gelmez veya ya da ve tarafindan
    istanbul minsk ankara utc gmt kuveyt riyad moskova atina bukres turkiye saati
    your this is a an message mail email was were has been read displayed deleted without being opened on at the of
    for that you sent to from with subject in return receipt note only acknowledges recipient
    recipients computer there
    guarantee or understood contents content it be and machine by mean means
    january february march april may june july august september october november december
    jan feb mar apr jun jul aug sep oct nov dec am pm
    monday tuesday wednesday thursday friday saturday sunday mon tue wed thu fri sat sun
    athens bucharest moscow kuwait riyadh baghdad helsinki kyiv time standard
    ihre ihr eine ein nachricht wurde gelesen angezeigt geloscht ungelesen ohne zu werden am um uhr dies diese ist
    empfangsbestatigung lesebestatigung fur die sie an gesendet haben achtung bestatigung besagt nur dass auf dem
    des empfangers angezeigt es gibt garantie der empfanger hat verstanden wurde inhalt nachrichteninhalt
    januar februar marz mai juni juli oktober dezember
    montag dienstag mittwoch donnerstag freitag samstag sonntag
    votre le a ete lu supprime sans avoir
"""
VOCABULARY = frozenset(_WORDS.split())
"""Words of the receipts that mail programs write, in their search key."""


PHRASES = re.compile(
    r"^not (?=bu )|\bnot bu\b|\bgaranti edil(mez|emez)\b|\bgarantisi yok(tur)?\b"
    r"|\bno guarantee\b|\b(does|do) not (necessarily )?mean\b|\bnot (been )?(read|displayed|opened)\b"
    r"|\b(keine garantie|nicht gelesen)\b|\bcomputer of the user\b|\busers? (screen|computer)\b"
)
"""Negations and persons are known only in such phrases, lest words of a person pass."""


def is_rejection(parts: MailParts) -> bool:
    """Whether a receipt says that a filter refused the mail (RFC 5429), and not that a person deleted it unread.

    What follows the prefix of the subject is ours and says nothing.
    """
    mail = parts.mail
    disposition = words(parts.receipts[0]["Disposition"]).lower()
    if "deleted" not in disposition or disposition.lstrip().startswith("manual-action"):
        return False
    return bool(
        REJECTED.search(words(mail["Auto-Submitted"])) or REJECTION_SUBJECT.match(header(mail, "Subject"))
    )


def says_only_a_receipt(parts: MailParts) -> bool:
    """Whether nothing went wrong, no document is attached, and all words are those of a program."""
    kind = words(parts.receipts[0]["Disposition"]).rpartition(";")[2].strip().lower()
    if kind not in NOTHING_TO_DO or parts.receipts[0]["Failure"] or parts.receipts[0]["Error"]:
        return False
    return not carries_a_document(parts) and _is_of_a_program(parts)


def _is_of_a_program(parts: MailParts) -> bool:
    text = without_our_subject(parts.raw_text, parts)
    fields = (TO_LINE, SUBJECT_LINE) if TO_LINE.search(text) else ()
    for pattern in (*fields, PLACE_OF_A_ZONE, QUOTED_SUBJECT, ADDRESS):
        text = pattern.sub(" ", text)
    name = f"{words(parts.mail['From'])} {sender(parts.mail)}"
    known = VOCABULARY | set(uncached_search_key(name).split())
    said = PHRASES.sub(" ", uncached_search_key(text))
    return all(word in known or not word.isalpha() for word in said.split())

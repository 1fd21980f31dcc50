"""What an automatic reply says: an absence and nothing else, or something that a person has to read.

Doesn't access the database. The patterns are for text in its search key: lower case, without marks, apostrophes and
punctuation, since half of the Turkish mails are written without Turkish letters.
"""

import re

from agencies.turkish import uncached_search_key
from distribution.feedback.mail_parts import MailParts, header

_DAY = (
    r"\b(\d{1,2} (ocak|subat|mart|nisan|mayis|haziran|temmuz|agustos|eylul|ekim|kasim|aralik)\w*( \d{4}\w*)?"
    r"|\d{1,2} \d{1,2} \d{2,4}\w*|(pazartesi|sali|carsamba|persembe|cuma|cumartesi|pazar)\w*"
    r"|(gelecek|onumuzdeki) hafta|yarin)"
)
_WORKPLACE = r"(ofis|buro|is ?yeri|gorev|kurum|makam|yer|masa)\w{0,7}"

ABSENT = re.compile(
    r"\bizin(de|li)\b|\bizin(dey|liy|lid|ded)\w+|\bizn(im|imi|imde|imden|inde([dy]\w+)?)\b|\bizne (ayril|cik)"
    r"|\bizin (kullan|nedeni|dolayi|sebebi|sure|donem)"
    r"|\byok(um|uz)\b|\braporlu(yum|yuz|dur)?\b|\bistirahatli"
    r"|\btatil(de|deyi[mz]|imde|imi[zn]de|e cik\w+)\b|\btatili? (nedeni|dolayi|sebebi|sure|boyunca)"
    rf"|\b{_WORKPLACE} (degili[mz]|olmayaca|bulunm[au]|olmadig)"
    r"|\b(ofis|buro|is ?yeri|gorev|kurum|yurt|il|ilce|sehir)( yeri)? disinda"
    r"(yi[mz]|yken| olaca| oldug| bulun| gorevli)"
    r"|(?<!dijital )(?<!geri )(?<!kentsel )(?<!yesil )\bdonusum(de| \d+)\b|\bdonuste\b|\bdondugum(de|uzde)\b"
    r"|\bdonene kadar|\bdonunce\b"
    r"|\bdonus(um|umuz)? (tarih|gun)|\bdonus \d|\b(ise|ofise|goreve|gorevime|izinden|tatilden) don\w+"
    rf"|{_DAY}( tarihinde| gunu| itibariyla| itibariyle)?( geri| ise| ofise| goreve)? don(us|ecegi[mz]|uyoru[mz])"
    r"|(?<!size )(?<!sizlere )(?<!tarafiniza )(?<!icinde )(?<!surede )(?<!zamanda )\bdonecegim\b"
    r"|\byerime (\w+ ){0,5}(bak|vekal)"
    r"|^(ofis|buro|is ?yeri|gorev yeri) disinda( otomatik \w+)?$|\bout of (the )?office\b"
    r"|\b(left|leaving|not in|away from|not at) (the|my) (office|desk)\b"
    r"|\bon (my |an? )?(annual |sick |maternity |paternity |parental |study |official |business |extended )?"
    r"(leave|vacation|holidays?|sabbatical|trip)\b"
    r"|\b(im|i am|i will be|ill be|is|currently) (currently )?(away|absent)\b|\bi (will|shall) return\b"
    r"|\b(be|am) back (on|in|at|by)\b|\bwhen i (return|get back|am back)\b|\b(up)?on my return\b"
    r"|\breturning (on|to)\b"
    r"|\b(nicht im buro|abwesend|im urlaub|absente? du bureau|en conges?)\b"
)
"""Somebody is away, or says when they return. A promise to get back to the writer is no such phrase."""

ADDRESS_IS_CLOSED = re.compile(
    r"kullanilm(amakta|iyor|ayacak)|kullanm(amakta|iyor)|kullanim(da degil| disi|dan (kaldir|cek|cik))"
    r"|aktif degil|devre disi|\biptal (edil|ol)|gecer(li(ligi\w*)?|lik)? (degil|(ni |ini )?yitir)|gecersiz"
    r"|kapa(n|til)(mis|di|acak|mak)|kapali(dir)? adres|lagv|kaldiril(mis|di)|feshedil|mulga"
    r"|(birlestiril|devredil|birles|tasin)(mis|di|ti)"
    r"|\bartik\b.{0,80}\b(calism|bulunm|yok|degil|hizmet|kullan|bakm|gorev yapm)|bulunmayan (bir )?adres"
    r"|(izlenm|okunm|bakilm|(kontrol|takip) edilm|cevaplanm|yanitlanm|islenm)(emekte|amakta|iyor|uyor|ayacak|eyecek)"
    r"|(isleme|dikkate) (alinm|konulm|konm)|\bkep\b|kayitli elektronik"
    r"|gorev\w{0,20} (ayril|son)|(kurum|birim|is)\w{0,20}[dt][ae]n\b.{0,15}\bayril(di|mis)|emekli|\btayin"
    r"|baska (bir )?(kurum|birim|gorev|yer)\w{0,20} (atan|gec|nakl)"
    r"|adres\w{0,20} degis(ti|mis)|\byeni (e ?posta |mail )?adres"
    r"|\bnot (currently )?(in use|in service|valid|active|monitored)\b|\bout of (use|service)\b"
    r"|no longer (in (use|service)|used|monitored|checked|employed|with|at|active|valid|available|work|exist)"
    r"|unmonitored|has been (deactivated|discontinued|closed|disabled|removed)|\bretired\b|does ?nt? (not )?exist"
    r"|left (the|our|this) (company|organi[sz]ation|institution|ministry|university|department)"
    r"|address (has|was)( been)? changed|changed (my|our) e ?mail|new e ?mail address"
)
"""Nobody reads this mailbox, mail to it doesn't count, or it has another address now."""

NOT_ARRIVED = re.compile(
    r"karantina|iletilme(di|mis)|teslim edilme(di|mis)|engellen(di|mis)|reddedil(di|mis)|\bonay\w{0,20} bekl"
    r"|\b(not|\w+nt) (yet )?(been |be )?delivered|quarantine"
    r"|\b(await|wait|held|pending)\w{0,20}( for)?( \w+)? (approval|review|moderat|confirmation)"
    r"|is being held|(confirm|verify|prove) that you"
)
"""A filter holds the mail back, often until its sender does something."""

REGISTERED = re.compile(
    r"\b(evrak|basvuru|talep|taleb|bildirim|sikayet|dilekce|belge|yazi)\w*\b.{0,40}"
    r"\b(alin(mis|di)|kayd|kayit|kayda|olusturul|ulas(mis|ti)|islem)|\b(talep|takip|basvuru|kayit) (no|num)"
    r"|\bebys\b|\bticket\b|\b(case|request|reference) (id|number|no)\b|\bhas been (received|registered|logged)\b"
)
"""A ticket system or a registry has taken the mail in: its number belongs to the letter."""

ANSWERS = re.compile(r"\bek(te|tedir|teki)\b|\bcevab(im|imiz)\b|\bgorus(umuz|lerimiz)\b|\b(find )?attached\b")
"""Words of an answer to the letter itself."""

MORE_THAN_AN_ABSENCE = (ADDRESS_IS_CLOSED, NOT_ARRIVED, REGISTERED, ANSWERS)

AUTOMATIC_SUBJECT = re.compile(
    r"(otomatik (yanıt|cevap|mesaj|ileti)"
    r"|(ofis|büro|iş ?yeri|görev yeri) dışında( otomatik (yanıt|cevap)ı?)?"
    r"|automatic reply|auto-?reply|auto(matic)?[ -]?response|out of (the )?office( auto-?reply)?"
    r"|abwesenheitsnotiz|automatische antwort|réponse automatique)\b.{0,3}:"
    r"|auto: .{0,100}\bout of (the )?office",
    re.I,
)
"""What Exchange, Outlook, Gmail and Notes put before the subject of an absence message."""

_QUOTED_LINE = re.compile(r"^[ \t]*>.*$", re.M)
_QUOTE = re.compile(
    r"\b(kimden|gönderen|from|von)\s*:|^[ \t]*-{3,}[ \t]*\w|^.{0,200}\b(wrote|yazdı)\s*:\s*$", re.I | re.M
)
_REPLY = re.compile(r"\s*(re|aw|ynt|cvp|yanıt|cevap|fw|fwd|ilt)\s*:", re.I)
_DOCUMENT = re.compile(r"application/(?!pkcs7|x-pkcs7|pgp)")


def says_only_an_absence(parts: MailParts) -> bool:
    """Whether the reply says that somebody is away, and nothing that a person has to read.

    The words of our own mail don't count: neither what is quoted below nor its subject. A reply without any text is
    judged by its own subject; one with a document is no absence message.
    """
    if any(_DOCUMENT.match(part.get_content_type()) and part.get_filename() for part in parts.mail.walk()):
        return False
    subject = header(parts.mail, "Subject")
    said = _own_text(parts.text, subject) if parts.text else _own_subject(subject)
    return bool(ABSENT.search(said)) and not any(each.search(said) for each in MORE_THAN_AN_ABSENCE)


def _own_text(text: str, subject: str) -> str:
    """Search key of the text without what is quoted, and without the subject to which the mail replies."""
    text = _QUOTED_LINE.sub("", text)
    quote = _QUOTE.search(text)
    said = uncached_search_key(text[: quote.start()] if quote else text)
    prefix = AUTOMATIC_SUBJECT.match(subject) or _REPLY.match(subject)
    answered = uncached_search_key(subject[prefix.end() :]) if prefix else ""
    return said.replace(answered, " ") if " " in answered else said


def _own_subject(subject: str) -> str:
    """Search key of the subject, or of what the program put before it."""
    before = AUTOMATIC_SUBJECT.match(subject)
    return uncached_search_key(before.group() if before else subject)

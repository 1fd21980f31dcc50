"""What an automatic reply says: an absence and nothing else, or something that a person has to read.

Doesn't access the database. The patterns are for text in its search key: lower case, without marks, apostrophes and
punctuation, since half of the Turkish mails are written without Turkish letters.
"""

import re

from agencies.turkish import uncached_search_key
from distribution.feedback.mail_parts import MailParts, carries_a_document, words
from distribution.feedback.own_words import own_subject, said_by_the_writer

_DAY = (
    r"\b(\d{1,2} (ocak|subat|mart|nisan|mayis|haziran|temmuz|agustos|eylul|ekim|kasim|aralik)\w*( \d{4}\w*)?"
    r"|\d{1,2} \d{1,2} \d{2,4}\w*|(pazartesi|sali|carsamba|persembe|cuma|cumartesi|pazar)\w*"
    r"|(gelecek|onumuzdeki) hafta|yarin)"
)
_WORKPLACE = r"(ofis|buro|is ?yeri|gorev|kurum|makam|yer|masa|is bas|mesai)\w{0,7}"
_OCCASION = (
    r"(seminer|toplanti|egitim|kurs|kongre|konferans|calistay|fuar|sempozyum|hastane|ameliyat|umre|hac|yol|seyahat"
    r"|cenaze|dogum|askerlik|denetim|teftis|arazi)"
)

ABSENT = re.compile(
    r"\bizin(de|li)\b|\bizin(dey|liy|lid|ded)\w+|\bizn(im|imi|imde|imden|imde[dy]\w+|inde([dy]\w+)?)\b"
    r"|\bizne (ayril|cik)|\b(izin|izni)\w{0,4} (kullan|nedeni|dolayi|sebebi|sure|donem|donus|bitim|sonras)"
    r"|\byok(um|uz)\b|\b(asker|hac|umre)d[ae]yi[mz]\b"
    r"|\b(hastalik|saglik)\w* (nedeni|dolayi|sebebi)|\braporlu(yum|yuz|dur)?\b|\bistirahatli"
    r"|\btatil(de|deyi[mz]|imde|imi[zn]de|e cik\w+)\b|\btatili? (nedeni|dolayi|sebebi|sure|boyunca)"
    r"|\b(bayrami?|yilbasi|yil basi|resmi tatil|idari izin)( tatili)? (nedeni|dolayi|sebebi|sure|boyunca|munasebet)"
    rf"|\b{_WORKPLACE} (degili[mz]|olmayaca|olamayaca|bulunm[au]|bulunamayaca|olmadig|olamadig)"
    r"|(?<!saatleri )(?<!saati )(?<!saatlerinin )(?<!mesai )(?<!konu )(?<!bilgim )"
    r"disinda"
    r"(yi[mz]|dir|yken| olaca| oldug| bulun| gorev| calis| (kongre|seminer|toplanti|egitim)\w*)"
    rf"|\b{_OCCASION}\w{{0,4}}[dt][ae](yi[mz]|yken| olaca| oldug| bulun)"
    r"|\b(evden|uzaktan) calis(iyor|makta|acag)"
    r"|\b(e ?posta|posta|mail|ileti|mesaj)\w* .{0,40}(erisim\w* (sinirli|kisitli|olmayac|yok|bulunm)|erisemeyec)"
    r"|\bgec (yanit|cevap|donus)"
    r"|(?<!dijital )(?<!geri )(?<!kentsel )(?<!yesil )\bdonusum(de| \d+)\b|\bdonuste\b|\bdondugum(de|uzde)\b"
    r"|\bdonene kadar|\bdonunce\b"
    r"|\bdonus(um|umuz)? (tarih|gun)|\bdonus \d|\b(ise|ofise|goreve|gorevime|izinden|tatilden) don\w+"
    rf"|{_DAY}( tarihinde| gunu| itibariyla| itibariyle)?( geri| ise| ofise| goreve)? don(us|ecegi[mz]|uyoru[mz])"
    r"|(?<!size )(?<!sizlere )(?<!tarafiniza )(?<!icinde )(?<!surede )(?<!zamanda )\bdonecegim\b"
    r"|\byerime (\w+ ){0,5}(bak|vekal)"
    r"|^(ofis|buro|is ?yeri|gorev yeri) disinda( otomatik \w+)?$|\bout of (the )?office\b"
    r"|\b(left|leaving|not in|away from|not at|out of) (the |my )?(office|desk|town|country)\b"
    r"|\bon (my |an? )?(annual |sick |maternity |paternity |parental |study |official |business |extended |public )?"
    r"(leave|vacation|holidays?|sabbatical|trip)\b|\bclosed (for|due to) .{0,40}holidays?\b"
    r"|\b(im|i am|i will be|ill be|is|currently|be) (currently |now )?"
    r"(away|absent|abroad|travell?ing|unavailable|working from home|(in|at) an? (meeting|training|conference|seminar))"
    r"\b"
    r"|\bi (will|shall) return\b|\b(away|abroad|unavailable|absent) (until|till|from)\b"
    r"|\b(limited|no) access to (my )?(e ?mails?|mailbox|messages)\b"
    r"|\b(be|am) back (on|in|at|by)\b|\bwhen i (return|get back|am back)\b|\b(up)?on my return\b"
    r"|\breturning (on|to)\b"
    r"|\b(nicht (im|am) (buro|haus|arbeitsplatz)|abwesend|im urlaub|ausser haus|auf (dienst)?reise|in elternzeit"
    r"|nicht erreichbar|wieder (erreichbar|im buro|fur sie da)|krankgeschrieben|im krankenstand|im homeoffice"
    r"|absente? du bureau|en conges?)\b"
)
"""Somebody is away, or says when they return. A promise to get back to the writer is no such phrase."""

PERHAPS_ABSENT = re.compile(
    rf"{_DAY}.{{0,40}}\b(kadar|arasi\w*|tarihlerinde|boyunca|olacag\w+|bulunacag\w+|bakabil\w+)\b"
    r"|\b(until|till|bis|jusqu)\b"
)
"""Words that say an absence if a vacation program wrote them."""

_NAMES_OUR_LETTER = re.compile(r"\b(genelge|evrak|belge|talimat|tebligat|yazi|dosya|eki|ekler)\w{0,8}\b")
SUBSTANCE = re.compile(
    r"\b(yeniden|tekrar|tekraren|bir daha) .{0,30}(gonder|ilet|yolla|ulastir|bildir)"
    r"|\b(gonder|yolla|yonlendir|bildir|havale ed|ulastir|degistir|duzelt|guncelle|tamamla|onayla|tikla|dogrula|basvur"
    r"|teslim ed|iade ed|geri al|sil|kullan)(y?[iu]n|y?[iu]n[iu]z|mel[iı]s[iı]n\w*|meniz|maniz|ilmesi|ulmesi|ilmali\w*"
    r"|ilmeli\w*|ulmeli\w*|er misin\w*|ar misin\w*)\b"
    r"|\b(rica|talep|arz) ed(er|il|iyor)|\brica olunur|\bgerek(ir|mektedir|iyor)\b|\blazim\b"
    r"|\bmuhata[bp]\w* (\w+ )?degil|\b(ait|ilgili|ilgimiz|yetkili|gorevli|sorumlu) (olmad|degil)|\bilgi(si|miz) yok"
    r"|\b(gorev|yetki|sorumluluk|calisma) alan\w+|\byanlis|\bhatali\b|\beksik\b|\bbozuk\b|\bmukerrer"
    r"|\bac(il|a)m(iyor|iyoruz|adi\w*)\b|\bek sure\b|\bsure(nin|si)? uzat"
    r"|\bsil(in|un)(ecek|ir|mek|di|mis)|\b(iletil|yonlendiril|gonderil|aktaril)m(eyecek|ayacak|emekte|amakta|iyor|uyor|ez)"
    r"|\b(please|kindly|you (must|should|need to|have to)) .{0,40}"
    r"\b(re ?send|send|forward|re ?submit|submit|redirect|address|route|confirm|click|verify|change|correct|remove)\b"
    r"|\bre ?send\b|\bwill (not )?be (deleted|forwarded|read|processed|answered)\b|\b(is|be|being|get) deleted\b"
    r"|\b(an)?other (e ?mail )?address\b"
    r"|\bnot (the (right|correct)|responsible|in charge|concerned|ours|addressed|our)\b|\bwrong\b|\bmistake"
    r"|\b(erneut|nochmals?)\b.{0,30}\b(send|schick|zu)|\b(senden|schicken|leiten|richten) sie\b"
    r"|\bnicht (weitergeleitet|gelesen|bearbeitet|zustandig|richtig)\b|\bgeloscht\b|\bfalsche?[rsn]?\b"
)
"""A request, an objection, or that the mail is lost: a person has to read it."""

_URGENT = re.compile(r"\b(acil|ivedi|onemli|urgent|emergency|dringend\w*|immediate)\b")
_CONTACT = re.compile(
    r"\b(ulas|ara|yaz|gorus|danis|irtibat|iletisim|temas)\w*|\b(contact|call|phone|telefon|reach|kontakt\w*|wenden)\b"
)
_LATER = re.compile(
    r"\b(cevap|yanit|donus|bak|incele|ilgilen|degerlendir|oku)\w*.{0,20}(ecek|acak|eceg|acag|ilir|labil|lebil)"
)
_AUTOMATIC = re.compile(
    r"\botomatik (olarak )?(yanit|cevap|gonderil|olusturul|uretil)|\bautomatic (reply|response)\b"
)
_FORWARD_IT = re.compile(r"(?<!merhaba )(?<!gonderdiginiz )\b\w+[aeiu] iletin(iz)?$")
"""“Pass it to …”; the same word before a verb is “your mail”."""

_ADDRESS = re.compile(r"\S+@\S+")
_CLAUSE_END = re.compile(
    r"[.!;:\n](?=\s|$)|,(?=\s)|\n|\s(?:ama|fakat|lakin|ancak|ve|but|and|however|aber|und|mais|et)\s", re.I
)
_VERB = re.compile(
    r"(yor\w{0,4}|(?<!mu)[dt][iu](m|k|niz|nuz|r)?|m[iu]s(t[iu]r)?|[ea]ca[kg]\w{0,4}|ece[kg]\w{0,4}|m[ae]kt[ae]\w*"
    r"|\byok(tur)?|\bvar|degil\w*|[ea]m[ae](z|m|yiz)|sin(lar|ler)?|[ie]y[iu][mz])$"
    r"|\b(is|are|was|were|will|would|could|should|can|cannot|must|shall|has|have|had|do|does|did|please|needs?"
    r"|\w+nt|ist|sind|war|wird|werden|kann|konnte|muss|soll|bitte|hat|haben|est|sont|sera|peut|doit|veuillez)\b"
)
"""A sentence, and not a name, a title or an address below it."""

_COURTESY = re.compile(
    r"\b(merhaba|sayin|degerli|saygi\w*|iyi (gunler|calismalar|tatiller|bayramlar|yillar)|tesekkur\w*|selam\w*"
    r"|kutlar\w*|diler(im|iz)|thank(s| you)|regards|dear|hello|dank\w*|grusse?n?|geehrte\w*|guten tag|merci|bonjour)\b"
)
_OF_AN_ABSENCE = re.compile(
    r"\b(e ?posta|posta|mail|mesaj|ileti)\w* .{0,40}(cevap|yanit|donus|bak|eris|okuy)\w*|\bulasama\w+|\bulasilama\w+"
    r"|\b(cevap|yanit|donus) (ver|yap|yaz)\w*|\bhizmet veril\w*|\bkapali\w*|\bgeleme(yor|yece)\w*|\bmusait degil"
    r"|\b(yonlendiril|iletil|aktaril)(di|mis|ecek|mekte|iyor|ir)\w*|\b(vekalet|bak)\w* (ed|et|ecek)\w*|\bbakacak"
    r"|\b(reply|respond|answer|get back|check|access|available|reachable|back|return|returning|forwarded to"
    r"|redirected to|office|leave|vacation|holiday)\b"
    r"|\b(erreichbar|zuruck\w*|antwort\w*|beantwort\w*|melden|vertret\w*|weitergeleitet an|urlaub|buro|retour)\b"
)
"""What an absence message says besides: who can be asked, when it will be answered, where it was forwarded."""

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

VACATION = re.compile(r"\b(vacation|out of (the )?office|izin)\b", re.I)


_HARMLESS = (_LATER, ABSENT, PERHAPS_ABSENT, _AUTOMATIC, _COURTESY, _OF_AN_ABSENCE)


def says_only_an_absence(parts: MailParts) -> bool:
    """Whether the reply says that somebody is away, and nothing that a person has to read.

    The words of our own mail don't count: neither what is quoted below nor its subject. A reply without any text is
    judged by its own subject; one with a document is no absence message.
    """
    if carries_a_document(parts):
        return False
    text = said_by_the_writer(parts) if parts.text else own_subject(parts)
    said = uncached_search_key(text)
    by_a_vacation_program = bool(VACATION.search(words(parts.mail["Auto-Submitted"])))
    is_absent = ABSENT.search(said) or (by_a_vacation_program and PERHAPS_ABSENT.search(said))
    if not is_absent or any(each.search(said) for each in MORE_THAN_AN_ABSENCE):
        return False
    return not _has_substance(text)


def _has_substance(text: str) -> bool:
    """Whether a clause asks for something, objects, or speaks of our letter without saying when it will be read."""
    if "?" in text:
        return True
    return any(_is_substance(each) for each in _CLAUSE_END.split(text))


def _is_substance(written: str) -> bool:
    clause = uncached_search_key(_ADDRESS.sub(" ", written))
    names_our_letter = bool(_NAMES_OUR_LETTER.search(clause))
    is_contact = bool(_CONTACT.search(clause)) or "@" in written
    if _URGENT.search(clause) and is_contact and not names_our_letter:
        return False
    if SUBSTANCE.search(clause) or _FORWARD_IT.search(clause):
        return True
    if is_contact or not (names_our_letter or _VERB.search(clause)):
        return False
    return not any(each.search(clause) for each in _HARMLESS)

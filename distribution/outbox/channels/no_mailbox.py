"""Whether a permanent failure says that the address doesn't exist (any more), for servers and reports alike.

A full mailbox, refused content, a policy or the sender's own fault say nothing about the address. The codes are
those of RFC 3463 and of the register that it began; servers without them say it in words.
"""

import re

NO_MAILBOX = {"1.1", "1.2", "1.3", "1.6", "1.10", "4.4", "4.310"}
"""Bad mailbox, domain or form; moved; no mail host; no route, which is 5.4.310 in Exchange Online."""

IN_WORDS = {"", "0.0", "1.0", "2.0", "2.1", "3.0", "4.0", "4.1", "5.0", "7.1"}
"""Codes that say nothing certain by themselves. Exchange Online says 5.4.1 and others 5.7.1 of unknown recipients."""

WORDS = re.compile(
    r"(user|recipient|mailbox|account|address|alias|domain|addressee)\b.{0,60}"
    r"\b(unknown|not (be )?(found|known)|n't exist|not exist|disabled|deactivated|inactive|expired|closed|not local"
    r"|suspended|terminated|(been )?(removed|deleted)|no longer (exists?|active|valid|available|in use|used|works?)"
    r"|not (listed|a valid|valid|active|in use|registered))"
    r"|(unknown|no such|invalid|non-?existent|no valid|inactive|unrouteable) (local )?"
    r"(user|recipient|mailbox|address|account|person|domain|host|alias)"
    r"|(does not|doesn't) have an? .{0,40}account|no mailbox (here )?by that name|not our customer"
    r"|not listed in (the )?(domino|public|address|directory)|no longer (with|employed|works)"
    r"|host or domain name not found|#5\.1\.0 address rejected|recipient address rejected: access denied"
    r"|(kullanıcı|alıcı|posta kutusu|adres|hesa[pb]|kutu)\w*\b.{0,40}"
    r"(bulunamadı|bulunmamaktadır|bulunmuyor|mevcut değil|\byok(tur)?\b|tanınmıyor|tanımlı değil|tanımsız|kapalı"
    r"|kapatıl(dı|mış)|kullanım ?dışı|kullanılm(ıyor|amakta)|askıya (alın|alınmış)|devre dışı|pasif|etkin değil"
    r"|aktif değil|geçersiz|geçerli değil|iptal (edil|olmuş)|silin(di|miş)|kaldırıl(dı|mış)|donduru)"
    r"|(geçersiz|bilinmeyen|tanımsız|olmayan) (e-?posta )?(kullanıcı|alıcı|posta kutusu|adres|hesap)"
    r"|(benutzer|empfänger|postfach|adresse|konto)\w*\b.{0,40}"
    r"\b(unbekannt|existiert nicht|nicht (gefunden|bekannt|vorhanden|mehr aktiv)|deaktiviert|gesperrt|gelöscht)"
    r"|(unbekannte[rs]?|kein(en)?) (benutzer|empfänger|postfach)",
    re.IGNORECASE | re.DOTALL,
)
NOT_THE_RECIPIENT = re.compile(
    r"\bsender\b|\bfrom address\b|sending domain|unable to relay|relay access|relaying (denied|not)|\bhelo\b"
    r"|client host|\brate\b|quota|\bfull\b|external (mail|sender)|\byer(i|imiz)?\b|kota|yetki"
    r"|\bgönderen|\bgönderici|\babsender|\bkontingent",
    re.IGNORECASE,
)
"""Our own side, a limit, or a rule of the recipient."""

ENHANCED = re.compile(r"(?<![\d.])#?([245])\.(\d{1,3}\.\d{1,3})(?![\d.])")


def says_no_mailbox(words: str, *, status: str = "") -> bool:
    """Whether the answer of a server, or a report's status and diagnosis, say that nobody is reached there."""
    detail = _permanent(status) or _permanent(words)
    if detail in NO_MAILBOX:
        return True
    return detail in IN_WORDS and bool(WORDS.search(words)) and not NOT_THE_RECIPIENT.search(words)


def _permanent(words: str) -> str:
    """Subject and detail of the first permanent code, such as 1.1 of 5.1.1; empty without one."""
    return next((found[2] for found in ENHANCED.finditer(words) if found[1] == "5"), "")

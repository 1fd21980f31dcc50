"""A server's report in words in which flufl.bounce finds nothing: MDaemon, Exchange in Turkish or German, and others.

Doesn't access the database.
"""

import re

from distribution.feedback.mail_parts import MailParts, sender, words
from distribution.feedback.own_words import said_by_a_server

ADDRESS = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){0,8}")

FAILED = re.compile(
    r"teslim (edilemedi|edilememiş|edilemeyen|işlemi başarısız|başarısız)|teslimat(ı|ınız)? (başarısız|yapılamadı)"
    r"|(iletilemedi|ulaştırılamadı|ulaştırılamamış|gönderilemedi)\b"
    r"|permanent (fatal )?(delivery )?errors?|(was|were|be|has been|have been) undeliverable|permanently undeliverable"
    r"|(was|were|has|have|could|can) ?(not|n.t) (been |be )?delivered|did not reach|wasn.?t found at|couldn.?t be found"
    r"|delivery .{0,60}\bfailed\b|(unable|failed) to deliver|undeliverable to"
    r"|(nicht|konnte nicht) zugestellt|unzustellbar|zustellung .{0,60}fehlgeschlagen|n.a pas pu être (remis|distribué)",
    re.I,
)
"""The server says that the mail was not delivered."""

GIVEN_UP = re.compile(
    r"permanent (fatal )?(delivery )?(error|failure)|(given|gave|giving) up|has been removed from the .{0,20}queue"
    r"|kalıcı (bir )?hata|vazgeç(tim|ildi)|endgültig|dauerhafte?r? fehler|erreur permanente",
    re.I,
)
HELD = re.compile(
    r"quarantin|karantina|\bonay\w*\b.{0,30}(bekl|gönderil|sunul)|\bheld\b|moderat|\bapprov|awaiting"
    r"|(confirm|verify|prove) (that|your)|doğrula|tıkla|arabulucu|aracıya gönder|genehmig|freigabe",
    re.I,
)
"""A filter or a moderator holds the mail back: neither delivered nor failed."""

TRANSIENT = re.compile(
    r"(?<![\d.])4\.\d{1,3}\.\d{1,3}(?![\d.])|(?<![\d.:])4[25]\d[ -]"
    r"|denen(ecek|mekte|iyor)|denemey[ei] (devam|sürdür)|şimdilik|geçici|henüz|ertelen|gecik|uyarı\b|bekle(mede|tili)"
    r"|temporar|will (be )?(re-?)?tr(y|ied)|keep trying|\bdelay|\bdefer|\bwarning\b|\bnot yet\b"
    r"|vorübergehend|verzöger|noch nicht|warnung|temporaire|pas encore",
    re.I,
)
"""A code or a word of something that may pass."""


PERMANENT = re.compile(
    r"(?<![\d.])5\.\d{1,3}\.\d{1,3}(?![\d.])|(?<![\d.:])55\d\b|time-?out exceeded|expired|süresi doldu|abgelaufen",
    re.I,
)


def says_passing(parts: MailParts) -> bool:
    """Whether the server calls the failure one that may pass, and neither names a final code nor has given up."""
    said = said_by_a_server(parts)
    return bool(TRANSIENT.search(said)) and not (PERMANENT.search(said) or GIVEN_UP.search(said))


def says_given_up(parts: MailParts) -> bool:
    """Whether the server says that it won't try again."""
    return bool(GIVEN_UP.search(said_by_a_server(parts)))


def undelivered_addresses(parts: MailParts) -> tuple[str, ...]:
    """The addresses that the server names beside a failure; none if it may pass or the mail is held."""
    said = said_by_a_server(parts)
    is_final = FAILED.search(said) and not TRANSIENT.search(said) and not HELD.search(said)
    return named_addresses(parts) if is_final else ()


def says_held(parts: MailParts) -> bool:
    """Whether the mail waits for a moderator, or for its sender to do something."""
    return bool(HELD.search(said_by_a_server(parts)))


def named_addresses(parts: MailParts) -> tuple[str, ...]:
    """The addresses in the server's words, without its own and ours."""
    own = {sender(parts.mail).lower(), *(each.lower() for each in ADDRESS.findall(words(parts.mail["To"])))}
    named = dict.fromkeys(each.rstrip(".") for each in ADDRESS.findall(said_by_a_server(parts)))
    return tuple(each for each in named if each.lower() not in own)

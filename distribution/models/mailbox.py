"""Compare the address in a report with the address to which a notice went."""

import re
import unicodedata
from email.utils import getaddresses

ENCAPSULATED = re.compile(r"^IMCEA(?:EX|SMTP)-(.+)@[^@]+$", re.IGNORECASE)
ENCODED_SIGN = re.compile(r"\+([0-9A-Fa-f]{2})")
INVISIBLE = re.compile(r"[\u200b-\u200f\u2060\ufeff\xad]")


def normal_form(address: str) -> str:
    """The address in one form: no display name, brackets, quotes or type; lower case; the domain in ASCII.

    An address that Exchange encapsulated (IMCEAEX-…, IMCEASMTP-…) is decoded. "" if there is no address.
    """
    text = unicodedata.normalize("NFC", INVISIBLE.sub("", address)).strip()
    text = re.sub(r"^(?:rfc822|utf-8|smtp|mailto)\s*[;:]\s*", "", text, flags=re.IGNORECASE)
    if encapsulated := ENCAPSULATED.match(text):
        decoded = ENCODED_SIGN.sub(lambda sign: chr(int(sign[1], 16)), encapsulated[1])
        text = decoded.replace("_", "/") if "@" not in decoded else decoded
    found = [each for _name, each in getaddresses([text]) if "@" in each]
    bare = (found[0] if found else text).strip("<>\"' ").rstrip(".")
    local, at, domain = bare.rpartition("@")
    if not at:
        return ""
    name = local.strip('"').lower()
    return f"{name}@{_ascii(domain)}"


def _ascii(domain: str) -> str:
    lowered = domain.replace("İ", "i").lower().rstrip(".")
    try:
        return lowered.encode("idna").decode()
    except UnicodeError:
        return lowered


def is_same(one: str, other: str) -> bool:
    """Whether both are one mailbox. A server may name itself: evrak@mail.kurum.example is evrak@kurum.example."""
    first, second = normal_form(one), normal_form(other)
    if not first or not second:
        return False
    (name, _, domain), (other_name, _, other_domain) = first.rpartition("@"), second.rpartition("@")
    return name == other_name and (
        domain == other_domain or domain.endswith(f".{other_domain}") or other_domain.endswith(f".{domain}")
    )

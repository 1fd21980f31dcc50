"""E-mail addresses in one normal form, for forms, imports and sending.

The normal form is one bare address in lower case: NFC, no invisible signs, the domain in letters (not in its ASCII
form). What a Turkish keyboard types for i is i: servers take only ASCII before the @. Whatever has only one reading
is cleaned (mailto:, a display name, a full stop at the end); everything else is refused with the reason.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache

import email_validator
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from agencies.turkish import lower, one_line

for _inside in ("local", "localhost", "test"):
    # Closed networks use these names for their own mail servers.
    if _inside in email_validator.SPECIAL_USE_DOMAIN_NAMES:
        email_validator.SPECIAL_USE_DOMAIN_NAMES.remove(_inside)

REFUSALS: dict[str, str | Promise] = {
    "email": _("This is no valid e-mail address. Write one address such as birim@kurum.gov.tr."),
    "email_several": _("There is more than one address here. Write one; a second one can't be stored."),
    "email_letters": _(
        "Before the @ stands “%(signs)s”, which no mail server takes. Write the address with the letters a–z."
    ),
    "email_dotless": _(
        "The domain has an ı; it can be meant or be an i. Write the domain with i, or in its form “xn--…”."
    ),
}
"""Message for each reason to refuse an address."""

WARNINGS: dict[str, str | Promise] = {
    "email_no_dot": _("The domain “%(domain)s” has no dot. Such an address works only inside a network."),
    "email_typo": _("The domain “%(domain)s” looks like a typing error. Perhaps “%(meant)s” is meant."),
}
"""Message for each doubt about a valid address."""

_TYPE = re.compile(r"^\s*(?:rfc822|utf-8|smtp)\s*[;:]", re.IGNORECASE)
_ENCAPSULATED = re.compile(r"IMCEA(?:EX|SMTP)-(.+)@[^@]+", re.IGNORECASE)
_ENCODED_SIGN = re.compile(r"\+([0-9A-Fa-f]{2})")
_LONGEST_REPORTED = 500

LONGEST = 254
_I = str.maketrans("İı", "ii")
_QUOTES = "\"'“”‘’«»`´ "
_AFTER = ".,;:" + _QUOTES
_BRACKETED = re.compile(r"(?P<name>[^<>]*)<(?P<inner>[^<>]*)>[\s.,;]*")
_MAILTO = re.compile(r"ma[iİı]lto:\s*(?P<inner>[^?]*)(\?.*)?", re.IGNORECASE)
_LABEL = r"(?!xn--)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_NORMAL = re.compile(
    rf"[a-z0-9_+-]+(?:\.[a-z0-9_+-]+)*@(?:{_LABEL}\.)+(?!(?:invalid|onion|arpa)$)[a-z]{{2,24}}"
)
"""An ordinary address that is in its normal form already; others are looked at closer."""

_COMMENT = re.compile(r"\s*\([^()@]*\)\s*$")
_SEPARATORS = re.compile(r"[\s,;/|<>()]+")
_OF_INSTITUTIONS = re.compile(r"(^|\.)(gov|edu|bel|k12|pol|tsk|mil|kep)\.tr$")

_TYPOS = (
    (re.compile(r"^www\."), ""),
    (re.compile(r"\.(gov|edu|bel|k12|pol|tsk|kep|com|org|mil)\.(t|r|rt|te|ty|tt|tr\.tr)$"), r".\1.tr"),
    (re.compile(r"\.(gow|gob|goc|giv|gpv|gv|gav|go|govv|gvo|ogv|gıv|gov\.com|com\.gov)\.tr$"), ".gov.tr"),
    (re.compile(r"(?<=[^.])(gov|edu|bel)\.tr$"), r".\1.tr"),
    (re.compile(r"\.?(gov|edu|bel|com)tr$"), r".\1.tr"),
    (re.compile(r"\.gov$"), ".gov.tr"),
    (re.compile(r"\.(con|cmo|ocm|vom|xom|comm|cim|cpm)(?=(\.tr)?$)"), ".com"),
    (re.compile(r"^(gmial|gmai|gamil|gnail|gmal|gmaill|gmil)\.com$"), "gmail.com"),
    (re.compile(r"^gmail\.co$"), "gmail.com"),
    (re.compile(r"^(hotmial|hotnail|hotmai|hotmal|hormail|hotmil)\.com$"), "hotmail.com"),
    (re.compile(r"^(outlok|outloook|oulook)\.com$"), "outlook.com"),
    (re.compile(r"^(yaho|yahho|yhaoo)\.com$"), "yahoo.com"),
)
"""Typing errors seen in domains, and what is meant."""


class AddressRefused(ValueError):
    """The text is not exactly one usable address. `reason` is a key of REFUSALS."""

    def __init__(self, reason: str, **named: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.named = named

    @property
    def message(self) -> str:
        return str(REFUSALS[self.reason]) % self.named


@dataclass(frozen=True)
class AddressDoubt:
    """A doubt about a valid address. `reason` is a key of WARNINGS."""

    reason: str
    named: dict[str, str] = field(default_factory=dict)

    @property
    def message(self) -> str:
        return str(WARNINGS[self.reason]) % self.named


def normal_address(typed: str) -> str:
    """The one address that the text means, in its normal form. Raises AddressRefused."""
    if len(typed) <= LONGEST and _NORMAL.fullmatch(typed):
        return typed
    text = unicodedata.normalize("NFKC", one_line(typed)).strip()
    bracketed = _BRACKETED.fullmatch(text)
    if bracketed:
        found = normal_address(bracketed["inner"])
        if "@" in bracketed["name"] and _only_one(bracketed["name"]) != found:
            raise AddressRefused("email_several")
        return found
    text = text.strip(_QUOTES).lstrip(",;:").rstrip(_AFTER)
    mailto = _MAILTO.fullmatch(text)
    if mailto:
        text = mailto["inner"]
    text = re.sub(r"\s*@\s*", "@", _COMMENT.sub("", text)).rstrip(_AFTER)
    return _only_one(text) if text.count("@") > 1 else _validated(text)


def ascii_address(address: str) -> str:
    """The address for an SMTP server, its domain in ASCII. Raises AddressRefused."""
    address = normal_address(address)
    if address.isascii():
        return address
    return f"{address.rpartition('@')[0]}@{_checked(address).ascii_domain}"


def address_doubt(address: str) -> AddressDoubt | None:
    """What is doubtful about an address in normal form: a domain without a dot, or a known typing error."""
    return _doubt_about(address.rpartition("@")[2])


def doubts_of(addresses: Iterable[str]) -> list[str]:
    """What is doubtful about these addresses in normal form, in sentences that name them. Empty ones are left out."""
    found = ((address, address_doubt(address)) for address in addresses if address)
    return [f"{address}: {doubt.message}" for address, doubt in found if doubt]


@lru_cache(maxsize=4096)
def _doubt_about(domain: str) -> AddressDoubt | None:
    if "." not in domain:
        return AddressDoubt("email_no_dot", {"domain": domain})
    for pattern, meant in _TYPOS:
        mended, changes = pattern.subn(meant, domain)
        if changes and mended != domain:
            return AddressDoubt("email_typo", {"domain": domain, "meant": mended})
    return None


def reported_address(text: str) -> str:
    """The address that a mail server names, as `ascii_address` writes it; lower-case text if it can't be read so.

    A type ("rfc822;") is dropped, and an address that Exchange encapsulated (IMCEASMTP-…) is decoded.
    """
    bare = _TYPE.sub("", text[:_LONGEST_REPORTED]).strip()
    if encapsulated := _ENCAPSULATED.fullmatch(bare.strip("<>")):
        decoded = _ENCODED_SIGN.sub(lambda sign: chr(int(sign[1], 16)), encapsulated[1])
        bare = decoded if "@" in decoded else bare
    try:
        return ascii_address(bare)
    except AddressRefused:
        return bare.lower()


def is_same_mailbox(one: str, other: str) -> bool:
    """Whether both mean one mailbox. A server may name itself: evrak@mail.kurum.gov.tr is evrak@kurum.gov.tr."""
    (name, _, domain), (other_name, _, other_domain) = (
        reported_address(each).rpartition("@") for each in (one, other)
    )
    return name == other_name and (
        domain == other_domain or domain.endswith(f".{other_domain}") or other_domain.endswith(f".{domain}")
    )


def _only_one(text: str) -> str:
    """The address that stands in the text, also several times. Raises AddressRefused."""
    pieces = [piece for piece in _SEPARATORS.split(text) if "@" in piece]
    if any(piece.count("@") > 1 for piece in pieces):
        raise AddressRefused("email")
    found = {normal_address(piece) for piece in pieces}
    if len(found) != 1:
        raise AddressRefused("email_several")
    return found.pop()


def _validated(text: str) -> str:
    local, at, domain = text.rpartition("@")
    if not at:
        raise AddressRefused("email")
    local = local.translate(_I).lower()
    foreign = "".join(dict.fromkeys(sign for sign in local if not sign.isascii()))
    if foreign:
        raise AddressRefused("email_letters", signs=foreign)
    found = _checked(f"{local}@{_domain(domain)}")
    return found.normalized if _is_stable(found.domain) else f"{local}@{found.ascii_domain}"


def _is_stable(domain: str) -> bool:
    """Whether the domain in letters means the same when it is read again; else it is kept in ASCII ("xn--…")."""
    try:
        return _domain(domain) == domain
    except AddressRefused:
        return False


def _domain(typed: str) -> str:
    """The domain in lower case. I becomes ı only in a name with further letters that ASCII lacks."""
    labels = [label.replace("İ", "i") for label in typed.split(".")]
    folded = [label.lower() if label.replace("ı", "i").isascii() else lower(label) for label in labels]
    dotless = [label for label in folded if "ı" in label and label.replace("ı", "i").isascii()]
    if not dotless:
        return ".".join(folded)
    read_as_i = ".".join(label.translate(_I) if label in dotless else label for label in folded)
    if not _OF_INSTITUTIONS.search(read_as_i):
        raise AddressRefused("email_dotless")
    return read_as_i


def _checked(address: str) -> email_validator.ValidatedEmail:
    try:
        return email_validator.validate_email(
            address, allow_smtputf8=False, check_deliverability=False, globally_deliverable=False
        )
    except email_validator.EmailNotValidError as error:
        raise AddressRefused("email") from error

"""Text of a tekit letter (Y 34, K 30): Konu, İlgi, addressee, body and closing, editable by the sender.

It is Turkish whatever the interface language.
"""

from collections.abc import Collection, Sequence

from django.utils import timezone

from agencies.matching.rank import Standing
from agencies.models import Agency
from agencies.turkish import ALPHABET, dative, upper
from circulars.lines.choices import Choice
from circulars.models import Circular, DistributionLine, Purpose

SEVERAL = "DAĞITIM YERLERİNE"
LONGEST_SUBJECT = 480


def subject_of(first: Circular, *, ordinal: int) -> str:
    """The Konu: that of the first letter, with the ordinal of the tekit."""
    mark = "Tekit" if ordinal == 1 else f"{ordinal}. Tekit"
    return f"{first.subject[:LONGEST_SUBJECT]} ({mark})"


def citations(letters: Sequence[Circular]) -> list[str]:
    """Lines of İlgi for our own letters, oldest first: date and full number (Y 15; K 12.3)."""
    cited = [f"{letter.date:%d.%m.%Y} tarihli ve {letter.number} sayılı yazımız." for letter in letters]
    return (
        cited if len(cited) == 1 else [f"{mark}) {text}" for mark, text in zip(ALPHABET, cited, strict=False)]
    )


def line_of(agency: Agency, *, issuer: Agency) -> str:
    """The unit's printed line: in the dative; without the institution's name within the issuer's own."""
    own_house = agency.path[:1] == issuer.path[:1]
    words = dative(agency.name) if own_house else Choice(agency=agency).wording
    longest = DistributionLine._meta.get_field("text").max_length
    return words[:longest]


def addressee_of(lines: Sequence[str]) -> str:
    """The addressee (Y 14): DAĞITIM YERLERİNE, or the only recipient in capitals, its unit unchanged."""
    if len(lines) != 1:
        return SEVERAL
    body, bracket, unit = lines[0].partition(" (")
    return f"{upper(body)}{bracket}{unit}"[: Circular._meta.get_field("addressee").max_length]


def closing(standings: Collection[Standing]) -> str:
    """The closing words by rank (Y 16/12). Recipients never include superiors, who get no tekit."""
    if not set(standings) - {Standing.BELOW}:
        return "rica ederim."
    return "arz ve rica ederim." if Standing.BELOW in standings else "arz ederim."


def body_of(cited: Sequence[Circular], *, purposes: Collection[str], standings: Collection[Standing]) -> str:
    """The body, with the İlgi cited in its first paragraph (K 12); `cited` is the first letter and its tekits."""
    first, *tekits = cited
    acts, informed = Purpose.ACTION in purposes, Purpose.INFORMATION in purposes
    letter = f"{_mark(0, tekits)} kayıtlı “{first.subject}” konulu yazımız"
    due = f"en geç {timezone.localtime(first.due_at):%d.%m.%Y} tarihine kadar " if first.due_at else ""
    what = f"ile {due}gereğinin yapılması istenilmiş" if acts else "bilgi için gönderilmiş"
    asked = f"{letter} {what}"
    if tekits:
        marks = " ve ".join(_mark(number, tekits) for number in range(1, len(cited)))
        reminded = "yazımız" if len(tekits) == 1 else "yazılarımız"
        asked = f"{asked}, {marks} kayıtlı {reminded} ile de tekit edilmiş"
    also = (
        " Yazımız, dağıtımın bilgi bölümünde yer alanlara bilgi için gönderilmişti."
        if acts and informed
        else ""
    )
    end = closing(standings)
    if acts and informed:
        silence = "Ancak, bugüne kadar cevap veya yazımızın alındığına ilişkin teyit alınamamıştır."
        wish = (
            "Bu itibarla, söz konusu yazımızın gereğinin en kısa sürede yapılarak sonucunun bildirilmesini, "
            f"bilgi için gönderilen yerlerce yazımızın alındığının teyit edilmesini {end}"
        )
    elif acts:
        silence = "Ancak, bugüne kadar yazımıza cevap alınamamıştır."
        wish = (
            "Bu itibarla, söz konusu yazımızın gereğinin en kısa sürede yapılarak sonucunun bildirilmesini "
            f"{end}"
        )
    else:
        silence = "Ancak, yazımızın alındığı bugüne kadar teyit edilmemiştir."
        wish = f"Bu itibarla, yazımızın alındığının en kısa sürede teyit edilmesini {end}"
    return "\n".join([f"{asked}ti.{also}", silence, wish])


def _mark(number: int, tekits: Sequence[Circular]) -> str:
    """The citation of a reference: "İlgi'de", or "İlgi (a)'da" if there are several."""
    if not tekits:
        return "İlgi'de"
    mark = ALPHABET[number]
    return f"İlgi ({mark})'{'da' if mark in 'aıou' else 'de'}"

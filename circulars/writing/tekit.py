"""The words of a tekit letter (Y 34, K 30): Konu, İlgi, addressee, text and closing, for the sender to correct.

They are Turkish whatever language the pages are in: they are the letter's own.
"""

from collections.abc import Collection, Sequence

from django.utils import timezone

from agencies.matching.rank import Standing
from agencies.models import Agency
from agencies.turkish import dative, upper
from circulars.lines.choices import Choice
from circulars.models import Circular, DistributionLine, Purpose

SEVERAL = "DAĞITIM YERLERİNE"
MARKS = "abcçdefgğhıijklmnoöprsştuüvyz"
"""Several references are marked with all Turkish small letters (Y 15)."""

LONGEST_SUBJECT = 480


def subject_of(first: Circular, *, ordinal: int) -> str:
    """The Konu: that of the first letter, and which tekit it is."""
    mark = "Tekit" if ordinal == 1 else f"{ordinal}. Tekit"
    return f"{first.subject[:LONGEST_SUBJECT]} ({mark})"


def citations(letters: Sequence[Circular]) -> list[str]:
    """The lines of İlgi for our own letters, given oldest first: date and the whole number (Y 15; K 12.3)."""
    cited = [f"{letter.date:%d.%m.%Y} tarihli ve {letter.number} sayılı yazımız." for letter in letters]
    return cited if len(cited) == 1 else [f"{mark}) {text}" for mark, text in zip(MARKS, cited, strict=False)]


def line_of(agency: Agency, *, issuer: Agency) -> str:
    """How the distribution prints the unit: in the dative; within the issuer's own institution without its name."""
    own_house = agency.path[:1] == issuer.path[:1]
    words = dative(agency.name) if own_house else Choice(agency=agency).wording
    longest = DistributionLine._meta.get_field("text").max_length
    return words[:longest]


def addressee_of(lines: Sequence[str]) -> str:
    """The addressee (Y 14): DAĞITIM YERLERİNE, or the only one in capitals with its unit as it is."""
    if len(lines) != 1:
        return SEVERAL
    body, bracket, unit = lines[0].partition(" (")
    return f"{upper(body)}{bracket}{unit}"[: Circular._meta.get_field("addressee").max_length]


def closing(standings: Collection[Standing]) -> str:
    """The last words by rank (Y 16/12): nobody above us is among them, for no tekit goes upward."""
    if not set(standings) - {Standing.BELOW}:
        return "rica ederim."
    return "arz ve rica ederim." if Standing.BELOW in standings else "arz ederim."


def body_of(cited: Sequence[Circular], *, purposes: Collection[str], standings: Collection[Standing]) -> str:
    """The text, tied to the İlgi in its first paragraph (K 12); `cited` is the first letter and its tekits."""
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
    """ "İlgi'de", or "İlgi (a)'da" if there are several."""
    if not tekits:
        return "İlgi'de"
    mark = MARKS[number]
    return f"İlgi ({mark})'{'da' if mark in 'aıou' else 'de'}"

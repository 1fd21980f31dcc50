"""How sure the reader is of each field: near second readings, and checks of the values themselves."""

import datetime
import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from agencies.turkish import ALPHABET
from circulars.number import number_parts
from circulars.reading.fields.block.pieces import is_end_of_body, worth
from circulars.reading.letter import ReadLetter
from circulars.reading.text.folding import fold
from circulars.reading.text.recipients import is_complete

_RULES_OF_2020 = datetime.date(2020, 6, 10)
_MENTIONS_ATTACHMENT = re.compile(r"\b(?:ekte|ekli|ekteki|ekinde|ilisikte)\b")
_ELSEWHERE = re.compile(r"^ek listesi$")
_ALONE_ELSEWHERE = re.compile(r"^liste$")
"""The only attachment: the list of the others, or a list. Among others it is one of them."""
_TO_A_LIST = re.compile(r"^da.?itim\b")
_CITED_ATTACHMENT = re.compile(r"(?<![iu]n )\bek ?[-/] ?(\d{1,2})\b(?!\.?\d| sayili|/)")
"""`Ek-4'te yer alan`; behind a genitive it is an annex of something else: `Yönetmeliğin Ek-1'i`."""
_CITED_LETTER = re.compile(r"\b[İi]lgi'?(?:de|deki|nin)? \(([a-zçğıöşü])\)")
_CITES_ONE = re.compile(
    r"(?:^|[.\n] ?)İlgi (?:yazı|karar|genelge|kanun|tutanak|yönetmelik|dilekçe)", re.IGNORECASE
)
_OPEN = re.compile(r"(?:\b(?:ve|ile|tarihli|sayili|say[i1]l[i1])|,|-)$")
_LONGEST_SUBJECT = 220
_LIKE_SENTENCE = re.compile(r"(?:mektedir|maktadir|mistir|ederim|olunur)\b")
_NEXT_BLOCK = re.compile(
    r"DAĞITIM|Dağıtım|(?<!\d)\. [A-ZÇĞİÖŞÜ]| / |\||#|\bDOSYA\b|Sayın "
    r"|(?<!\d)\d{2}[./]\d{2}[./]\d{4} (?!tarih|gün)[a-zçğıöşü]"
)
_LEAST_NOMINATIVE = 3
_LONGEST_REFERENCE = 350
_ITEM_INSIDE = re.compile(r"\S +ek ?[-/] ?\d{1,2}\b(?!')|\bda.?itim(?: yerleri)? ?:|\b(?:gere.?i|bilgi) ?:")
_SIGN_INSIDE = re.compile(r"[#|*]|[^\W\d_]- [^\W\d_]|\d{2}[./]\d{2}[./]\d{4}|\b\d{4}/\d")
_IN_PARENTHESES = re.compile(r"\([^()]*\)?")
_USUAL_SUBJECT = 70
_USUAL_ITEM = 190
_USUAL_NAME = 5
_USUAL_TITLE = 5
_TWO_RECORDS = re.compile(
    r"^[EZO]-\d{8}-(?:\d{3}(?:\.\d{2}){0,3}|\[\d{3}(?:\.\d{2}){0,3}\])-\d{1,6}/\d{1,8}(?:-\d{1,12})?$"
)
_OF_AN_ARMY = re.compile(r"^[EZO]-\d{8}-\d{4}(?:\.\d{2}){0,3}-\d{4,12}$")
_YEAR_AND_RECORD = re.compile(r"^(?:[A-ZÇĞİÖŞÜ]{2,5}[-/.])?(20\d{2})[/-]\d{1,6}(?:-\d{1,6})?$")
_LISTS = ("attachments", "action_recipients", "info_recipients", "references")
_MARKS = ("urgency", "secrecy")
_SINGLE = ("circular_number", "verification_code", "addressee", "number", "date", "subject")


@dataclass(frozen=True)
class Hints:
    """Facts about the reading that only the parser knows."""

    date_from_stamp: bool = False
    short_year: bool = False
    plain_name: bool = False
    doubtful_titles: bool = False
    columns: bool = False
    unplaced_notes: bool = False
    unread_attachments: bool = False
    """A line below the signature begins like an attachment and was read as none."""
    private: bool = False
    """The letterhead has no T.C.: a chamber, a union, a bar, which number as they like."""
    running: bool = False
    """The letter was one long line, whose blocks were guessed."""
    recognised: frozenset[int] = frozenset()
    """The pages whose text comes from character recognition."""
    unread: bool = False
    """A part of the source could not be read."""
    several_addressees: bool = False
    """Bodies below each other stand where the addressee does."""
    miscounted: frozenset[str] = frozenset()
    """Lists whose numbers, or whose stated count, don't agree with their entries."""
    unclaimed: frozenset[str] = frozenset()
    """Fields to which a line may belong that was read as no part of the letter."""
    doubted: frozenset[str] = frozenset()
    """Fields that the second-best reading reads otherwise."""
    seconds: dict[str, str] = field(default_factory=dict)
    """By field, its value in the second-best reading."""


def warnings_of(letter: ReadLetter, hints: Hints) -> dict[str, str]:
    """The reason for each field that the reader is not certain of."""
    expected = ["issuer_lines", "number", "date", "subject", "body", "signatory_name"]
    warnings = {name: "not_found" for name in expected if not getattr(letter, name)}
    if not letter.addressee and not letter.circular_number:
        warnings["addressee"] = "not_found"
    if not letter.verification_code and (letter.number or "").startswith("E-"):
        warnings["verification_code"] = "not_found"
    warnings |= _of_number_and_date(letter, hints)
    if letter.forbidden_urgency:
        warnings["urgency"] = "forbidden_urgency"
    warnings |= _of_signature(letter, hints)
    if letter.subject and (
        len(letter.subject) > _LONGEST_SUBJECT
        or _OPEN.search(fold(letter.subject))
        or _LIKE_SENTENCE.search(fold(letter.subject))
    ):
        warnings["subject"] = "second_reading"
    warnings |= _of_lists(letter, hints)
    if letter.urgency == "GÜNLÜDÜR":
        warnings |= _of_due(letter)
    if hints.several_addressees:
        warnings["addressee"] = "several_addressees"
        if not letter.action_recipients:
            warnings["action_recipients"] = "several_addressees"
    for name in hints.miscounted | _cited_beyond(letter):
        warnings.setdefault(name, "miscounted")
    for name in _of_several(letter):
        warnings.setdefault(name, "second_reading")
    for name in hints.unclaimed:
        warnings.setdefault(name, "unclaimed")
    for name in hints.doubted:
        warnings.setdefault(name, "second_reading")
    if hints.running:
        for name in _of_running_text(letter):
            warnings.setdefault(name, "running")
    if hints.unread:
        for name in (*_MARKS, *_LISTS, *_SINGLE):
            if name in _MARKS or name in _LISTS or not getattr(letter, name):
                warnings.setdefault(name, "unread_part")
    return warnings


def _of_running_text(letter: ReadLetter) -> Iterator[str]:
    """The fields that may have taken words of the next block: longer than usual, or with signs of one."""
    if letter.subject and (len(letter.subject) > _USUAL_SUBJECT or _NEXT_BLOCK.search(letter.subject)):
        yield "subject"
    for name in ("references", "attachments"):
        if any(len(item) > _USUAL_ITEM or _NEXT_BLOCK.search(item) for item in getattr(letter, name)):
            yield name
    words = len((letter.signatory_name or "").split())
    titles = letter.signatory_title_lines
    if (
        not 2 <= words <= _USUAL_NAME
        or any(len(title.split()) > _USUAL_TITLE for title in titles)
        or letter.other_signers
    ):
        yield "signatory_name"
        yield "signatory_title_lines"


def _of_number_and_date(letter: ReadLetter, hints: Hints) -> dict[str, str]:
    warnings: dict[str, str] = {}
    new = letter.date is None or letter.date >= _RULES_OF_2020
    if letter.number and new and number_parts(letter.number) is None and not _has_known_shape(letter, hints):
        warnings["number"] = "old_number"
    if letter.date and hints.date_from_stamp:
        warnings["date"] = "stamp_date"
    elif letter.date and hints.short_year:
        warnings["date"] = "short_year"
    return warnings


def _has_known_shape(letter: ReadLetter, hints: Hints) -> bool:
    """Whether a number that is not of today's shape is whole in another one that is known.

    Courts and bodies with a register of their own print two numbers behind the code, the armed forces a code of four
    digits. A chamber's number has the year of the letter in it, which a number that lost its beginning has not.
    """
    number = letter.number or ""
    if _TWO_RECORDS.match(number) or _OF_AN_ARMY.match(number):
        return True
    year = _YEAR_AND_RECORD.match(number)
    return hints.private and year is not None and letter.date is not None and int(year[1]) == letter.date.year


def _of_signature(letter: ReadLetter, hints: Hints) -> dict[str, str]:
    warnings: dict[str, str] = {}
    if letter.signatory_name and hints.plain_name:
        warnings["signatory_name"] = "plain_name"
    if hints.doubtful_titles:
        warnings["signatory_name"] = warnings["signatory_title_lines"] = "second_reading"
    if letter.signatory_name and not letter.signatory_title_lines:
        warnings["signatory_title_lines"] = "not_found"
    return warnings


def _of_lists(letter: ReadLetter, hints: Hints) -> dict[str, str]:
    warnings: dict[str, str] = {}
    for name in ("action_recipients", "info_recipients"):
        recipients = getattr(letter, name)
        if hints.columns:
            warnings[name] = "columns"
        elif not _all_complete(recipients):
            warnings[name] = "no_dative"
    to_a_list = bool(_TO_A_LIST.match(fold(letter.addressee or "")))
    if not letter.action_recipients and not letter.info_recipients and (to_a_list or not letter.addressee):
        warnings["action_recipients"] = "not_found"
        if to_a_list:
            warnings["info_recipients"] = "not_found"
    if hints.unplaced_notes:
        warnings["attachments"] = "unplaced_note"
    elif any(_ELSEWHERE.match(fold(item)) for item in letter.attachments) or (
        len(letter.attachments) == 1 and _ALONE_ELSEWHERE.match(fold(letter.attachments[0]))
    ):
        warnings["attachments"] = "list_elsewhere"
    elif not letter.attachments and (
        hints.unread_attachments or _MENTIONS_ATTACHMENT.search(fold(letter.body))
    ):
        warnings["attachments"] = "text_names_attachment"
    cited = [ALPHABET.index(match) for match in _CITED_LETTER.findall(letter.body)]
    if (cited and max(cited) >= max(1, len(letter.references))) or (
        not letter.references and _CITES_ONE.search(letter.body)
    ):
        warnings["references"] = "cites_more"
    elif any(_OPEN.search(fold(item).rstrip(",")) for item in letter.references[:-1]) or any(
        _OPEN.search(fold(item)) for item in letter.references[-1:]
    ):
        warnings["references"] = "second_reading"
    return warnings


def _of_several(letter: ReadLetter) -> Iterator[str]:
    """The lists of which an item has words of another one, or of the next block, in it."""
    if any(_ITEM_INSIDE.search(fold(item)) for item in letter.attachments):
        yield "attachments"
    for name in ("action_recipients", "info_recipients"):
        if any(_SIGN_INSIDE.search(item) or _holds_two(item) for item in getattr(letter, name)):
            yield name
    if any(len(item) > _LONGEST_REFERENCE for item in letter.references):
        yield "references"
    if any(_SIGN_INSIDE.search(line) for line in letter.issuer_lines):
        yield "issuer_lines"


def _holds_two(recipient: str) -> bool:
    """Whether a body ends inside the name; a plural may be one class with what follows: `Odalara ve Borsalara`."""
    words = _IN_PARENTHESES.sub("", recipient).split(" : ")[0].split()
    return any(is_end_of_body(word) and following != "ve" for word, following in itertools.pairwise(words))


def _all_complete(recipients: list[str]) -> bool:
    """Whether each name is whole: it has the dative, or is one of a list in which all end as bodies do without it."""
    complete = [is_complete(name.split(" : ")[0]) for name in recipients]
    return all(complete) or (
        not any(complete)
        and len(recipients) >= _LEAST_NOMINATIVE
        and all(worth(name) > 0 for name in recipients)
    )


def _cited_beyond(letter: ReadLetter) -> set[str]:
    """The attachments, if text or Dağıtım cite one by a number that the list doesn't reach."""
    texts = [letter.body, *letter.withheld.values()]
    cited = [int(number) for text in texts for number in _CITED_ATTACHMENT.findall(fold(text))]
    return {"attachments"} if cited and max(cited) > len(letter.attachments) else set()


def _of_due(letter: ReadLetter) -> dict[str, str]:
    due = letter.due
    if due is None:
        return {"due_text": "not_found"}
    if due.working_days or due.calendar_days or due.months:
        return {"due_text": "due_in_days"}
    if due.day is None:
        return {"due_text": "due_without_day"}
    if due.closes:
        return {"due_text": "due_close_of_business"}
    return {} if due.hour else {"due_text": "due_without_hour"}

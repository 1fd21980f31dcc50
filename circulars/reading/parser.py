"""Parse lines into a `ReadLetter`.

1. Restore the lines of unbroken text, keep the first letter of the file.
2. Read verification code and address from the footers, then remove the footers.
3. Read the header, divide the rest into body, signature and blocks.
4. Read each block; text that is garbled or not a letter is marked unreadable.
5. Record the certainty and the position of each field.
"""

import dataclasses
import re

from circulars.reading.accounting import RECIPIENTS, named_and_empty, unclaimed_fields
from circulars.reading.fields.attachments import Attachments, read_attachments
from circulars.reading.fields.distribution import Distribution, read_distribution
from circulars.reading.fields.due import find_due_text
from circulars.reading.fields.footer import find_contact, find_verification, without_footers
from circulars.reading.fields.header import Header, is_number_line, is_state_line, read_header
from circulars.reading.fields.marks import Marks
from circulars.reading.fields.normal import normalised
from circulars.reading.fields.sections import Tail, divide, is_closing, names_attachments, next_inked
from circulars.reading.fields.signature import Signature, read_signature
from circulars.reading.found import find_all
from circulars.reading.letter import ReadLetter
from circulars.reading.source.page import Pages
from circulars.reading.source.places import Placed, Places
from circulars.reading.sureness import Hints
from circulars.reading.text.cells import drawn
from circulars.reading.text.cleaning import PAGE_BREAK
from circulars.reading.text.folding import fold, is_capitals
from circulars.reading.text.labels import Label, label_of
from circulars.reading.text.legibility import is_legible
from circulars.reading.text.paragraphs import paragraphs
from circulars.reading.text.repair import is_recognised, repaired
from circulars.reading.text.unroll import is_running, unroll

_REACH_OF_HEAD = 14
_INDENT = " " * 8
_ENOUGH = 3.5
_GROUPS_IN_TABLE = re.compile(r"^ *\|[ *]*gere.?i[ :*]*\|[ *]*bilgi[ :*]*\|[ \r]*$", re.MULTILINE)
"""A markdown table of both groups: an empty cell tells where its row's only text stands."""


def parse_pages(pages: Pages, *, placed: list[Placed], source_text: str = "") -> ReadLetter:
    """Read the first letter in the pages; `placed` holds the words of the same source with their positions.

    Text from character recognition, marked as such or plainly full of its faults, is repaired first; nothing that
    was read from it is sure.
    """
    lines = drawn(pages)
    running = is_running(lines)
    repair = bool(pages.recognised) or is_recognised(lines)
    legible = is_legible(lines)
    raw = placed
    if repair:
        lines = [repaired(line) for line in lines]
        placed = [dataclasses.replace(each, text=repaired(each.text)) for each in placed]
    lines = _first_letter(normalised(unroll(lines) if running else lines))
    content = without_footers(lines)
    header = read_header(content)
    tail = divide(content[header.body_start :])
    slanted = [part.text for part in pages.unread if part.text]
    _take_marks_outside_head([*content, *slanted], header.marks)
    signature = read_signature(tail.signature)
    if not _is_letter(header, tail, signature) or not legible:
        return ReadLetter(
            readable=False, secrecy=header.marks.secrecy, source_text=source_text, unread=pages.unread
        )
    code, address = find_verification(lines)
    body = paragraphs(tail.body)
    senior = signature.signers[0] if signature.signers else None
    indented = (
        _has_places(pages)
        or any(map(_is_indented, content))
        or bool(_GROUPS_IN_TABLE.search(fold(source_text)))
    )
    distribution = read_distribution(tail.sections, running=running, indented=indented)
    attachments = read_attachments(tail.sections)
    letter = ReadLetter(
        readable=True,
        issuer_lines=header.issuer_lines,
        urgency=header.marks.urgency,
        secrecy=header.marks.secrecy,
        number=header.number,
        circular_number=header.circular_number,
        date=signature.date or header.date or signature.printed or header.registered,
        subject=header.subject,
        addressee=header.addressee,
        references=header.references,
        body=body,
        signatory_name=senior.name if senior else None,
        signatory_title_lines=senior.titles if senior else [],
        attachments=attachments.items,
        action_recipients=distribution.action,
        info_recipients=distribution.info,
        withheld=distribution.withheld,
        verification_code=code,
        verification_address=address,
        due_text=find_due_text(body) if header.marks.urgency == "GÜNLÜDÜR" else None,
        forbidden_urgency=header.marks.forbidden,
        other_signers=signature.signers[1:],
        contact_lines=find_contact(lines),
        source_text=source_text,
        unread=pages.unread,
    )
    hints = Hints(
        date_from_stamp=not (signature.date or header.date or signature.printed),
        short_year=header.short_year and not signature.date,
        plain_name=senior is not None and senior.plain,
        doubtful_titles=senior is not None and senior.doubtful,
        columns=distribution.uncertain,
        unplaced_notes=bool(distribution.unplaced_notes),
        unread_attachments=names_attachments(tail.signature),
        private=not header.has_state_line,
        running=running,
        recognised=pages.recognised,
        unread=any(not part.text for part in pages.unread),
        several_addressees=len(header.addressees) > 1,
        miscounted=frozenset(_miscounted(attachments, distribution)),
        unclaimed=frozenset(unclaimed_fields(letter, tail) | named_and_empty(letter, content)),
        doubted=frozenset(header.doubts),
        seconds=_seconds(header, distribution),
    )
    unrepaired = Places(raw) if repair and not pages.recognised else None
    return dataclasses.replace(letter, found=find_all(letter, Places(placed), lines, hints, unrepaired))


def _has_places(pages: Pages) -> bool:
    """Whether the source itself says where its cells stand: a table or the boxes of a page."""
    return any(cell.table is not None or cell.box is not None for line in pages.lines for cell in line.cells)


def _is_indented(line: str) -> bool:
    return line.startswith(_INDENT)


def _miscounted(attachments: Attachments, distribution: Distribution) -> set[str]:
    """The lists whose numbers or stated count don't agree with their entries."""
    names = {"attachments"} if attachments.miscounted else set()
    return names | set(RECIPIENTS) if distribution.miscounted else names


def _seconds(header: Header, distribution: Distribution) -> dict[str, str]:
    """The second-best reading of each field that has one."""
    seconds = {name: value for name, value in header.doubts.items() if value}
    if distribution.second is not None:
        action, info = distribution.second
        seconds |= {"action_recipients": "\n".join(action), "info_recipients": "\n".join(info)}
    if len(header.addressees) > 1 and not distribution.action:
        seconds.setdefault("action_recipients", "\n".join(header.addressees))
    return seconds


def _first_letter(lines: list[str]) -> list[str]:
    """The lines up to the next letterhead that begins another letter or a form."""
    number_seen = closing_seen = False
    for index, line in enumerate(lines):
        is_number = is_number_line(line)
        if is_number and number_seen and closing_seen and _has_subject(lines, index):
            return lines[: _letterhead_above(lines, index)]
        number_seen = number_seen or is_number
        closing_seen = closing_seen or is_closing(line)
        if number_seen and is_state_line(line) and _opens_another(lines, index, closing_seen):
            return lines[:index]
    return lines


def _has_subject(lines: list[str], index: int) -> bool:
    """Whether a Konu stands below, so that a Sayı is that of a letter and not a cell of a form."""
    return any(
        (found := label_of(line)) is not None and found[0] is Label.SUBJECT
        for line in next_inked(lines, index + 1, 3)
    )


def _letterhead_above(lines: list[str], index: int) -> int:
    """The first line of the letterhead above a Sayı: names without a full stop, contact lines left out."""
    start = index
    for at in range(index - 1, max(-1, index - _REACH_OF_HEAD), -1):
        text = lines[at].strip()
        if not text:
            if start < index and at and not is_capitals(lines[at - 1]):
                break
            continue
        if text.endswith((".", ":")) or any(map(str.isdigit, text)) or text == PAGE_BREAK:
            break
        start = at
    return start


def _opens_another(lines: list[str], index: int, closing_seen: bool) -> bool:
    """Whether a new letter begins: a letterhead with a Sayı, or, after the closing, one not above a list page."""
    head = next_inked(lines, index + 1, _REACH_OF_HEAD)
    if any(is_number_line(line) for line in head):
        return True
    listed = any("listesi" in fold(line) or fold(line).strip().startswith("dagitim") for line in head[:6])
    alone = not fold(lines[index]).strip(" .*").removeprefix("t.c").strip(" .")
    return closing_seen and alone and not listed


def _is_letter(header: Header, tail: Tail, signature: Signature) -> bool:
    """Whether the sum of what was found makes a letter; no single sign is needed (a chamber prints no T.C.)."""
    has_number = bool(header.number) and any(c.isdigit() for c in header.number or "")
    evidence = sum(
        worth
        for worth, found in (
            (2.0, has_number),
            (1.5, header.subject),
            (1.5, header.addressee),
            (1.5, header.circular_number),
            (1.0, header.has_state_line),
            (0.5, header.date),
            (1.0, header.references),
            (1.5, signature.signers),
            (1.0, tail.sections),
        )
        if found
    )
    return evidence >= _ENOUGH


def _take_marks_outside_head(lines: list[str], marks: Marks) -> None:
    """Read the grade of secrecy from footers and watermarks too (Y 25); urgency stands in the header only (Y 26/3)."""
    for line in lines:
        if marks.is_only_marks(line):
            urgency = marks.urgency
            marks.take(line)
            marks.urgency = urgency

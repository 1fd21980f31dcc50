"""Record a letter from its file or text."""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property

from django.core.files.base import ContentFile
from django.db import IntegrityError, models, transaction
from django.utils import timezone

from agencies.matching.lines import match_letterhead
from agencies.models import Agency, User
from circulars.files.limited.reading import package_of, page_sizes
from circulars.files.limited.work import Package
from circulars.models import (
    NOT_SENT,
    Attachment,
    Circular,
    DistributionLine,
    Reference,
    Secrecy,
    Urgency,
)
from circulars.reading import ReadLetter
from circulars.services.draft import DraftLists, _delete_files, replace_lists
from circulars.services.reading.stored import due_moment, reading_of
from circulars.withheld import with_note

CLASSIFIED = {"GİZLİ", "ÇOK GİZLİ"}


class RecordError(Exception):
    """The letter can't be recorded.

    RecordError
    ├── AlreadyRecorded   same verification code, or same issuer with the same number or file
    └── ClassifiedLetter  graded Gizli or Çok Gizli
    """


class AlreadyRecorded(RecordError):
    """The letter is already recorded as `existing`."""

    def __init__(self, existing: Circular) -> None:
        super().__init__(f"already recorded as circular {existing.pk}")
        self.existing = existing


class ClassifiedLetter(RecordError):
    """Letters of this grade of secrecy may not be stored in this product."""

    def __init__(self, secrecy: str) -> None:
        super().__init__(f"the letter is marked {secrecy}")
        self.secrecy = secrecy


@dataclass(frozen=True)
class SourceFile:
    """The letter's original file. `page_sizes` are those of a PDF if they are known (see `reading_of`)."""

    name: str
    content: bytes
    page_sizes: list[list[float]] | None = None

    @cached_property
    def sizes(self) -> list[list[float]]:
        """Width and height of each page in points, looked up if they aren't known; empty if it is no PDF."""
        return page_sizes(self.content) if self.page_sizes is None else self.page_sizes

    @cached_property
    def package(self) -> Package | None:
        """What an e-Yazışma package says of its letter; None for any other file."""
        return package_of(self.content)

    def look_up(self, letter: ReadLetter) -> None:
        """Look up what is kept of the file with this letter. A transaction that locks rows does not wait for that."""
        _known = self.sizes, letter.readable or self.package


def issuer_named(letter: ReadLetter, *, among: Collection[Agency]) -> Agency | None:
    """The unit in the letterhead, if it is among these."""
    named = match_letterhead(letter.issuer_lines)
    return named if named in among else None


def issuer_of(letter: ReadLetter, *, among: Sequence[Agency], acting_for: Agency | None) -> Agency:
    """The unit in the letterhead if it is among these; otherwise the one acted for, or the first."""
    return issuer_named(letter, among=among) or (acting_for if acting_for in among else None) or among[0]


def with_package(letter: ReadLetter, source: SourceFile | None) -> ReadLetter:
    """The letter; if it is unreadable, with what the e-Yazışma package says of it, such as its grade of secrecy."""
    package = source.package if source is not None and not letter.readable else None
    if package is None:
        return letter
    secrecy = letter.secrecy or package.secrecy or None
    return replace(letter, secrecy=secrecy, changed_parts=package.changed_parts)


@transaction.atomic
def record(
    *,
    letter: ReadLetter,
    issuer: Agency,
    by: User,
    at: datetime,
    source: SourceFile | None = None,
    letter_date: date | None = None,
    replaces: Circular | None = None,
) -> Circular:
    """Save a read letter as a draft with its file, lines, references and attachments.

    `letter_date` is used if the letter prints no date (S0: the signed file need not print it). `replaces` is the
    withdrawn letter of the issuer in whose place this one is recorded. Values longer than their column are
    truncated; the stored source text is complete. Raises ClassifiedLetter, and AlreadyRecorded also if the withdrawn
    letter has its right one by now.
    """
    letter = with_package(letter, source)
    day = letter.date or letter_date
    if letter.secrecy in CLASSIFIED:
        raise ClassifiedLetter(letter.secrecy or "")
    if replaces is not None:
        _refuse_second(replaces)
    sha256 = hashlib.sha256(source.content).hexdigest() if source else ""
    refuse_known(
        issuer=issuer,
        number=letter.number or "",
        day=day,
        verification_code=letter.verification_code or "",
        sha256=sha256,
    )
    circular = Circular(
        issuer=issuer,
        issuer_lines="\n".join(letter.issuer_lines),
        number=_fit(Circular, "number", letter.number or ""),
        circular_number=_fit(Circular, "circular_number", letter.circular_number or ""),
        date=day,
        subject=_fit(Circular, "subject", letter.subject or ""),
        urgency=letter.urgency or "",
        secrecy=letter.secrecy if letter.secrecy in Secrecy.values else "",
        addressee=_fit(Circular, "addressee", letter.addressee or ""),
        body=letter.body,
        signatory_name=_fit(Circular, "signatory_name", letter.signatory_name or ""),
        signatory_titles="\n".join(letter.signatory_title_lines),
        verification_code=_fit(Circular, "verification_code", letter.verification_code or ""),
        verification_address=_fit(Circular, "verification_address", letter.verification_address or ""),
        due_at=due_moment(letter) if letter.urgency == Urgency.TIMED else None,
        reading=reading_of(letter, source.sizes if source else []),
        source_text=letter.source_text.replace("\x00", ""),
        recorded_by=by,
        recorded_at=at,
        replaces=replaces,
    )
    if source is not None:
        circular.source_name = source.name[-255:]
        circular.source_sha256 = sha256
        circular.source_file.save(source.name, ContentFile(source.content), save=False)
    try:
        with transaction.atomic():
            circular.save()
    except IntegrityError:
        _delete_files([circular.source_file.name])
        refuse_known(
            issuer=issuer, number=circular.number, day=day, verification_code=circular.verification_code
        )
        raise
    replace_lists(
        circular=circular,
        lists=DraftLists(
            [_printed(letter, name) for name in letter.action_recipients],
            [_printed(letter, name) for name in letter.info_recipients],
            [_fit(Reference, "text", text) for text in letter.references],
            [_fit(Attachment, "title", text) for text in letter.attachments],
        ),
        on=timezone.localdate(at),
    )
    return circular


def _refuse_second(withdrawn: Circular) -> None:
    """Lock the withdrawn letter. Raises AlreadyRecorded if its right one is begun or sent, or it is in force again."""
    locked = Circular.objects.select_for_update(no_key=True).get(pk=withdrawn.pk)
    right = locked.superseded_by or locked.replacements.filter(status__in=NOT_SENT).first()
    if right is not None or locked.number_in_use:
        raise AlreadyRecorded(right or locked)


def _printed(letter: ReadLetter, name: str) -> str:
    """The printed line: a long name is cut, never the note on attachments behind it."""
    note = with_note("", letter.withheld.get(name, ""))
    longest = DistributionLine._meta.get_field("text").max_length or 0
    return _fit(DistributionLine, "text", name)[: longest - len(note)] + note.replace("\x00", "")


def _fit(model: type[models.Model], name: str, value: str) -> str:
    longest: int | None = getattr(model._meta.get_field(name), "max_length", None)
    return value.replace("\x00", "")[:longest]


def refuse_known(
    *, issuer: Agency, number: str, day: date | None, verification_code: str, sha256: str = ""
) -> None:
    """Raise AlreadyRecorded if the issuer has recorded a letter with this verification code, number or file.

    Letters that are withdrawn don't count: the right one is recorded under the same number.
    """
    in_use = Circular.objects.filter(issuer=issuer, corrects=None, number_in_use=True)
    known = in_use.none()
    if verification_code:
        known = in_use.filter(verification_code=verification_code.strip().upper())
    if number and not known:
        known = Circular.objects.blocking(issuer=issuer, number=number, day=day)
    if sha256 and not known:
        known = in_use.filter(source_sha256=sha256)
    if existing := known.first():
        raise AlreadyRecorded(existing)

"""Use cases of a letter before it leaves: record it, revise the draft, attach files, settle a line."""

import hashlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, models, transaction
from django.db.models import Max
from django.utils import timezone

from agencies.matching import match_letterhead
from agencies.models import Agency, AgencyGroup, User
from circulars.distribution_list import replace_lines
from circulars.models import Attachment, Circular, DistributionLine, Reference, Secrecy, Status, Urgency
from circulars.plan_models import PlanVersion
from circulars.reading import ReadLetter
from circulars.readings import cite, due_moment, measured, reading_of

CLASSIFIED = {"GİZLİ", "ÇOK GİZLİ"}


class RecordError(Exception):
    """A letter that may not be recorded.

    RecordError
    ├── AlreadyRecorded   the same verification code, or the same number of the same issuer
    └── ClassifiedLetter  Gizli and Çok Gizli may not be held here
    """


class AlreadyRecorded(RecordError):
    """The letter is known; `existing` is the circular that has it."""

    def __init__(self, existing: Circular) -> None:
        super().__init__(f"already recorded as circular {existing.pk}")
        self.existing = existing


class ClassifiedLetter(RecordError):
    """The letter's grade of secrecy is too high for this product."""

    def __init__(self, secrecy: str) -> None:
        super().__init__(f"the letter is marked {secrecy}")
        self.secrecy = secrecy


class NotADraft(Exception):
    """The draft was dispatched or deleted meanwhile; nothing of it may change any more."""


class ChangedMeanwhile(Exception):
    """Somebody saved the draft after the person began to type; `revision` is the one of now."""

    def __init__(self, revision: int) -> None:
        super().__init__("the draft was saved meanwhile")
        self.revision = revision


@dataclass(frozen=True)
class SourceFile:
    """The letter's file as it came."""

    name: str
    content: bytes


@dataclass
class DraftLists:
    """The parts of a draft that are lists of lines as printed."""

    action: Sequence[str] = ()
    information: Sequence[str] = ()
    references: Sequence[str] = ()
    attachments: Sequence[str] = field(default_factory=list)


def issuer_named(letter: ReadLetter, *, among: Collection[Agency]) -> Agency | None:
    """The unit of the letterhead, if it is among these."""
    named = match_letterhead(letter.issuer_lines)
    return named if named in among else None


@transaction.atomic
def record(
    *,
    letter: ReadLetter,
    issuer: Agency,
    by: User,
    at: datetime,
    source: SourceFile | None = None,
    letter_date: date | None = None,
) -> Circular:
    """Keep a letter that was read as a draft with its file, lines, references and attachments.

    `letter_date` is used where the letter prints no date (S0: the signed file need not print it).
    What is longer than its column is cut there: the text as read keeps the whole.
    Raises AlreadyRecorded and ClassifiedLetter.
    """
    if letter.secrecy in CLASSIFIED:
        raise ClassifiedLetter(letter.secrecy or "")
    sha256 = hashlib.sha256(source.content).hexdigest() if source else ""
    refuse_known(
        issuer=issuer,
        number=letter.number or "",
        verification_code=letter.verification_code or "",
        sha256=sha256,
    )
    circular = Circular(
        issuer=issuer,
        issuer_lines="\n".join(letter.issuer_lines),
        number=_fit(Circular, "number", letter.number or ""),
        circular_number=_fit(Circular, "circular_number", letter.circular_number or ""),
        date=letter.date or letter_date,
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
        reading=reading_of(letter, source.content if source else None),
        source_text=letter.source_text.replace("\x00", ""),
        recorded_by=by,
        recorded_at=at,
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
        refuse_known(issuer=issuer, number=circular.number, verification_code=circular.verification_code)
        raise
    replace_lists(
        circular=circular,
        lists=DraftLists(
            [_fit(DistributionLine, "text", text) for text in letter.action_recipients],
            [_fit(DistributionLine, "text", text) for text in letter.info_recipients],
            [_fit(Reference, "text", text) for text in letter.references],
            [_fit(Attachment, "title", text) for text in letter.attachments],
        ),
        on=timezone.localdate(at),
    )
    return circular


def _fit(model: type[models.Model], name: str, value: str) -> str:
    longest: int | None = getattr(model._meta.get_field(name), "max_length", None)
    return value.replace("\x00", "")[:longest]


def _delete_files(names: Iterable[str | None]) -> None:
    for name in names:
        if name:
            default_storage.delete(name)


def lock_draft(circular: Circular) -> Circular:
    """The draft's row, locked until the transaction ends. Raises NotADraft."""
    locked = Circular.objects.select_for_update().filter(pk=circular.pk, status=Status.DRAFT).first()
    if locked is None:
        raise NotADraft
    return locked


@transaction.atomic
def revise(*, circular: Circular, lists: DraftLists, on: date, seen: int | None = None) -> None:
    """Keep the draft with the values that it has now, and make these its lists.

    `seen` is the revision that the person worked on. Raises NotADraft, and ChangedMeanwhile if another one
    has been saved since.
    """
    locked = lock_draft(circular)
    if seen is not None and seen != locked.revision:
        raise ChangedMeanwhile(locked.revision)
    circular.revision = locked.revision + 1
    circular.save()
    replace_lists(circular=circular, lists=lists, on=on, anew=circular.issuer_id != locked.issuer_id)


@transaction.atomic
def discard(*, circular: Circular) -> None:
    """Delete a draft with everything that belongs to it, its files as well. Raises NotADraft."""
    locked = lock_draft(circular)
    files = [locked.source_file.name, *(attachment.file.name for attachment in locked.attachments.all())]
    locked.delete()
    transaction.on_commit(lambda: _delete_files(files))


def refuse_known(*, issuer: Agency, number: str, verification_code: str, sha256: str = "") -> None:
    """Raise AlreadyRecorded if the verification code, or the issuer with the number or the file, is recorded."""
    known = Circular.objects.none()
    if verification_code:
        known = Circular.objects.filter(verification_code=verification_code.strip().upper())
    if number and not known:
        known = Circular.objects.filter(issuer=issuer, number=number)
    if sha256 and not known:
        known = Circular.objects.filter(issuer=issuer, source_sha256=sha256)
    if existing := known.first():
        raise AlreadyRecorded(existing)


@transaction.atomic
def replace_lists(*, circular: Circular, lists: DraftLists, on: date, anew: bool = False) -> None:
    """Make these the draft's printed lines, references and attachments; `anew` resolves every line afresh.

    Settled lines and uploaded attachment files stay with the lines and titles that stay.
    """
    replace_lines(circular, action=lists.action, information=lists.information, on=on, anew=anew)
    circular.references.all().delete()
    Reference.objects.bulk_create(cite(circular=circular, lines=lists.references))
    kept: dict[str, list[Attachment]] = {}
    for attachment in circular.attachments.filter(printed=True):
        kept.setdefault(attachment.title, []).append(attachment)
    for position, title in enumerate(lists.attachments):
        if kept.get(title):
            Attachment.objects.filter(pk=kept[title].pop(0).pk).update(position=position)
        else:
            measured(Attachment(circular=circular, position=position, title=title, printed=True)).save()
    for attachment in (attachment for same_title in kept.values() for attachment in same_title):
        if attachment.file:
            Attachment.objects.filter(pk=attachment.pk).update(printed=False)
        else:
            attachment.delete()


@transaction.atomic
def attach(
    *, circular: Circular, upload: "UploadedFile[bytes]", attachment: Attachment | None = None
) -> Attachment:
    """Keep an uploaded file: for an attachment that the letter names, or as a further one.

    A further one is named after its file. Raises NotADraft.
    """
    lock_draft(circular)
    name = str(upload.name or "ek")
    replaced = attachment.file.name if attachment else None
    if attachment is None:
        last = circular.attachments.aggregate(last=Max("position"))["last"]
        attachment = Attachment(circular=circular, title=name[:300], position=(last or 0) + 1)
    digest = hashlib.sha256()
    for chunk in upload.chunks():
        digest.update(chunk)
    upload.seek(0)
    attachment.file_name = name[-255:]
    attachment.size = upload.size or 0
    attachment.sha256 = digest.hexdigest()
    attachment.file.save(name, upload, save=False)
    attachment.save()
    transaction.on_commit(lambda: _delete_files([replaced]))
    return attachment


@transaction.atomic
def detach(*, attachment: Attachment) -> None:
    """Remove an attachment's file; the title stays if the letter names it. Raises NotADraft."""
    lock_draft(attachment.circular)
    removed = attachment.file.name
    if attachment.printed:
        attachment.file, attachment.file_name, attachment.size, attachment.sha256 = "", "", 0, ""
        attachment.save()
    else:
        attachment.delete()
    transaction.on_commit(lambda: _delete_files([removed]))


@transaction.atomic
def settle_line(
    *,
    line: DistributionLine,
    agency: Agency | None = None,
    group: AgencyGroup | None = None,
    plan_version: PlanVersion | None = None,
) -> DistributionLine:
    """A person says what a printed line stands for: one agency, one group or one plan.

    Raises NotADraft, and DistributionLine.DoesNotExist if the list was saved anew meanwhile.
    """
    lock_draft(line.circular)
    line = DistributionLine.objects.select_related("circular").get(pk=line.pk)
    if sum(meaning is not None for meaning in (agency, group, plan_version)) != 1:
        raise ValueError("a line stands for one agency, one group or one plan")
    line.agency, line.group, line.plan_version, line.doubt = agency, group, plan_version, ""
    line.save(update_fields=["agency", "group", "plan_version", "doubt"])
    return line

"""What the addresses of the table are about beside letters: one row of each kind, of the people of the world."""

from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO
from uuid import UUID

from django.core import signing
from django.core.files.base import ContentFile

from agencies.models import AgencyWording, ContactCorrection, DeclaredLeave, GroupWording, ProposedAddress
from agencies.models.maintenance import DirectoryImport
from agencies.services.contact_details.propose_address import propose_address
from agencies.services.leave import declare_leave
from circulars.models import DistributionLine, DraftEditing, LetterReading, Purpose
from circulars.models.plan import DistributionPlan
from circulars.services.plans import PlannedLine, save_plan
from circulars.services.reading.background import request_reading
from circulars.services.record import SourceFile
from circulars.services.unsaved import keep_unsaved
from distribution.feedback.kep_evidence import import_evidence
from distribution.feedback.returned_mail import read_returned_mail
from distribution.models import (
    FileFormat,
    Handover,
    HandoverMethod,
    KepEvidence,
    Notice,
    NoticeKind,
    PreparedFile,
    PreparedFileKind,
    ReturnedMail,
    SavedFilter,
)
from distribution.outbox.managers import SALT
from distribution.services.prepare_file import FileMaker, prepare_file, request_file
from distribution.services.receiving.correct_contact import correct_contact
from tests.access.world import World
from tests.agencies.importing import as_csv, checked
from tests.distribution import kep, reports
from tests.factories import AgencyGroupFactory
from tests.use_cases.of_agencies import ROW
from tests.use_cases.of_circulars import LETTER
from tests.use_cases.table import NOW, SENT

PLAN = "Sumbul Plani"
READING = "Feslegen.txt"
REPORT = "Akasya.pdf"
VIEW = "Yasemin gorunumu"
MAIL = "Sardunya iletisi"
EDITING = UUID(int=7)


@dataclass(frozen=True)
class Things:
    """One row of each kind."""

    plan: DistributionPlan
    reading: LetterReading
    editing: DraftEditing
    report: PreparedFile
    view: SavedFilter
    filter: SavedFilter
    group_wording: GroupWording
    agency_wording: AgencyWording
    directory_import: DirectoryImport
    correction: ContactCorrection
    address: ProposedAddress
    leave: DeclaredLeave
    handover: Handover
    evidence: KepEvidence
    unmatched: KepEvidence
    mail: ReturnedMail
    stop_token: str


def make_things(world: World) -> Things:
    """All of them. The letters must be there."""
    sender, issuer, draft = world.sender, world.issuer, world.letters["draft"]
    line = PlannedLine(Purpose.ACTION, "Herkese", agency=world.recipient)
    plan = save_plan(name=PLAN, lines=[line], owner=issuer, by=sender, at=SENT).plan
    source = SourceFile(READING, LETTER.encode())
    reading = request_reading(
        source=source, by=sender, acting_for=issuer, language="tr", at=SENT, failure="time"
    )
    editing = keep_unsaved(
        circular=draft, editing=EDITING, values={"subject": "Yarım"}, version_read=0, by=sender, at=NOW
    )
    board, inbox = SavedFilter.Page.BOARD, SavedFilter.Page.INBOX
    manager = next(
        person for party, person in world.people.items() if str(party) == "manager of the issuing unit"
    )
    view = SavedFilter.objects.create(person=manager, page=board, unit=issuer, is_shared=True, name=VIEW)
    own = SavedFilter.objects.create(person=world.receiver, page=inbox, name="Süzgeç")
    group = AgencyGroupFactory()
    wording = GroupWording.objects.create(group=group, text="Sınama valiliklerine", added_by=sender)
    name = AgencyWording.objects.create(agency=world.recipient, text="Bambaşka söyleyişe", added_by=sender)
    correct_contact(agency=world.recipient, details=_new_details(world), by=world.receiver, at=NOW)
    without = DistributionLine.objects.get(circular=draft, agency__email="").agency
    assert without is not None
    propose_address(
        unit=without,
        channel="email",
        address="sube@kurum.gov.tr",
        letter=draft.pk,
        issuer=issuer,
        by=sender,
        at=NOW,
    )
    day = NOW.date() + timedelta(days=9)
    leave = declare_leave(
        first_day=day, last_day=day, afternoon_only=False, province=None, reason="Kar", by=sender, at=NOW
    )
    return Things(
        plan=plan,
        reading=reading,
        editing=editing,
        report=_report(world),
        view=view,
        filter=own,
        group_wording=wording,
        agency_wording=name,
        directory_import=checked(as_csv(ROW, (*ROW[:4], "yok", *ROW[5:]))),
        correction=ContactCorrection.objects.get(field="kep_address"),
        address=ProposedAddress.objects.get(),
        leave=leave,
        handover=_handover(world),
        evidence=_evidence(world),
        unmatched=_unmatched(world),
        mail=_mail(world),
        stop_token=signing.dumps([NoticeKind.WEEKLY_DIGEST, manager.pk, issuer.pk], salt=SALT),
    )


def _new_details(world: World) -> dict[str, str]:
    return {"email": world.recipient.email, "phone": "0312 555 00 00", "kep_address": "birim@hs01.kep.tr"}


def _report(world: World) -> PreparedFile:
    """The status report of a letter, ready for its sender."""
    report = request_file(
        kind=PreparedFileKind.STATUS_REPORT,
        file_format=FileFormat.PDF,
        circular=world.letters["sent"],
        by=world.sender,
        language="tr",
        at=NOW,
    )
    maker = FileMaker(
        name=lambda prepared: REPORT, content=lambda prepared, *, at, progress: BytesIO(b"%PDF-1.7")
    )
    prepare_file(prepared_id=report.pk, makers={PreparedFileKind.STATUS_REPORT: maker}, at=NOW)
    report.refresh_from_db()
    return report


def notice_of(world: World, name: str = "sent") -> Notice:
    """The recipient's first notice of the letter."""
    return Notice.objects.filter(delivery=world.copy(name)).earliest("pk")


def _handover(world: World) -> Handover:
    handover = Handover(
        notice=notice_of(world),
        delivery=world.copy("sent"),
        method=HandoverMethod.HAND,
        handed_on=NOW.date(),
        received_by="Ayşe KAYA",
        file_name="zimmet.pdf",
        size=4,
        sha256="c" * 64,
        recorded_by=world.sender,
        recorded_at=NOW,
    )
    handover.file.save("zimmet.pdf", ContentFile(b"imza"))
    return handover


def _evidence(world: World) -> KepEvidence:
    return KepEvidence.objects.create(
        evidence_id="D-1", code=40, at=NOW, file_name="delil.xml", content=b"<delil/>",
        imported_by=world.sender, issuer=world.issuer, imported_at=NOW, notice=notice_of(world),
    )  # fmt: skip


def _unmatched(world: World) -> KepEvidence:
    content = kep.answer({"delilId": "D-2", "delilTurId": "40", "tarih": kep.AT}, message_id="<x@y.example>")
    imported = import_evidence(files=[("delil.xml", content)], by=world.sender, issuer=world.issuer, at=NOW)
    (kept,) = imported.unmatched
    return kept


def _mail(world: World) -> ReturnedMail:
    """What a person of the recipient unit has written back."""
    notice = notice_of(world, "plain")
    notice.message_id = "<bildirim-1@localhost>"
    notice.save()
    raw = reports.person(notice.address, notice.message_id)
    return read_returned_mail(raw=raw.replace("Yazınız hk.".encode(), MAIL.encode()), at=NOW)

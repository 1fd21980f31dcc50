"""Use cases of a letter before it leaves."""

from uuid import UUID

from django.core.files.uploadedfile import SimpleUploadedFile

from agencies.models import Agency, User
from circulars.models import Attachment, Circular, DraftEditing, LetterText, Purpose
from circulars.models.draft_editing import KEPT_FOR
from circulars.models.plan import DistributionPlan, PlanVersion
from circulars.reading import read_letter
from circulars.services.attachments import attach, detach
from circulars.services.choose_file import choose_new_file, keep_earlier_file
from circulars.services.correct import start_correction
from circulars.services.draft import DraftLists, discard, replace_lists, revise
from circulars.services.index_attachments import index_attachment
from circulars.services.index_letters import index_letter, index_missing
from circulars.services.plans import PlannedLine, retire_plan, save_plan, use_plan
from circulars.services.record import SourceFile
from circulars.services.record import record as record_letter
from circulars.services.settle_line import settle_line
from circulars.services.unsaved import clear_editings, discard_unsaved, keep_unsaved
from distribution.services.sending.dispatch import dispatch
from tests.conftest import OWN_SAMPLE
from tests.factories import AgencyFactory, UserFactory, dispatched_to, draft_to
from tests.use_cases.table import NOW, SENT, Action, use_case

LISTS = DraftLists(
    action=["Bilinmeyen Kurula", "Öteki Kurula"],
    information=["Bilgi Kuruluna"],
    references=["a) 01.02.2026 tarihli ve 12 sayılı yazı."],
    attachments=["Kılavuz (2 Sayfa)", "Çizelge"],
)
LETTER = OWN_SAMPLE.read_text(encoding="utf-8")
EDITING = UUID(int=1)
OTHER = LETTER.replace("604318", "604319").encode()


def upload(name: str = "Kılavuz.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, b"%PDF-1.7 ek")


def with_files() -> Circular:
    """A draft with its letter's file and two attachments: one that the letter names, one added."""
    draft = draft_to(AgencyFactory())
    draft.source_file.save("yazi.pdf", upload())
    named = Attachment.objects.create(circular=draft, title="Kılavuz (2 Sayfa)", printed=True)
    attach(circular=draft, upload=upload(), attachment=named)
    attach(circular=draft, upload=upload("Ek.pdf"))
    return draft


@use_case()
def record() -> Action:
    issuer, by, letter = AgencyFactory(), UserFactory(), read_letter(LETTER.encode(), "yazi.txt")
    source = SourceFile("yazi.txt", LETTER.encode())
    return lambda: record_letter(letter=letter, issuer=issuer, by=by, at=NOW, source=source)


@use_case()
def revise_draft() -> Action:
    draft = with_files()

    def save() -> None:
        current = Circular.objects.get(pk=draft.pk)
        current.subject = "Yeni konu"
        revise(circular=current, lists=LISTS, on=NOW.date(), version_read=draft.draft_version)

    return save


def _keep(draft: Circular, by: User) -> DraftEditing:
    values = {"subject": "Yarım"}
    return keep_unsaved(circular=draft, editing=EDITING, values=values, version_read=0, by=by, at=NOW)


@use_case()
def keep_unsaved_text() -> Action:
    draft, by = draft_to(AgencyFactory()), UserFactory()
    return lambda: _keep(draft, by)


@use_case()
def discard_unsaved_text() -> Action:
    kept = _keep(draft_to(AgencyFactory()), UserFactory())
    return lambda: discard_unsaved(editing=kept)


@use_case()
def clear_old_editings() -> Action:
    _keep(draft_to(AgencyFactory()), UserFactory())
    return lambda: clear_editings(at=NOW + KEPT_FOR)


def _without_words() -> Circular:
    sent = dispatched_to(AgencyFactory(), at=SENT)
    LetterText.objects.all().delete()
    return sent


@use_case()
def index_a_letter() -> Action:
    sent = _without_words()
    return lambda: index_letter(circular=sent, attachments=[])


@use_case()
def index_missing_letters() -> Action:
    _without_words()
    return index_missing


@use_case(one_transaction=False)
def index_an_attachment() -> Action:
    draft = with_files()
    sent = dispatch(circular=draft, by=draft.recorded_by, at=SENT).circular
    return lambda: index_attachment(attachment=sent.attachments.latest("pk").pk, at=NOW)


@use_case(locked_by_caller=True)
def replace_the_lists() -> Action:
    draft = with_files()
    return lambda: replace_lists(circular=Circular.objects.get(pk=draft.pk), lists=LISTS, on=NOW.date())


@use_case(drops_file=True)
def discard_draft() -> Action:
    draft = with_files()
    return lambda: discard(circular=Circular(pk=draft.pk))


@use_case(drops_file=True)
def attach_anew() -> Action:
    draft = with_files()
    return lambda: attach(
        circular=draft, upload=upload("Yeni.pdf"), attachment=draft.attachments.get(printed=True)
    )


@use_case()
def attach_more() -> Action:
    draft = with_files()
    return lambda: attach(circular=draft, upload=upload("Yeni.pdf"))


@use_case(drops_file=True)
def detach_named() -> Action:
    draft = with_files()
    return lambda: detach(attachment=draft.attachments.get(printed=True))


@use_case(drops_file=True)
def detach_added() -> Action:
    draft = with_files()
    added = draft.attachments.get(printed=False)
    return lambda: detach(attachment=Attachment.objects.filter(pk=added.pk).first() or added)


@use_case()
def settle() -> Action:
    draft, agency = draft_to(AgencyFactory()), AgencyFactory()
    return lambda: settle_line(line=draft.lines.get(), agency=agency)


def lines(*agencies: Agency) -> list[PlannedLine]:
    return [PlannedLine(Purpose.ACTION, f"{agency.name}na", agency=agency) for agency in agencies]


@use_case()
def save_a_plan() -> Action:
    owner, agency, by = AgencyFactory(), AgencyFactory(), UserFactory()
    return lambda: save_plan(name="A Planı", lines=lines(agency), owner=owner, by=by, at=NOW)


@use_case()
def save_a_version() -> Action:
    save_a_plan()()
    plan, agency, by = DistributionPlan.objects.get(), AgencyFactory(), UserFactory()
    return lambda: save_plan(name="B Planı", lines=lines(agency), plan=plan, by=by, at=NOW)


@use_case()
def retire_a_plan() -> Action:
    save_a_plan()()
    return lambda: retire_plan(plan=DistributionPlan.objects.get(), at=NOW)


@use_case()
def use_a_plan() -> Action:
    save_a_plan()()
    draft = draft_to(AgencyFactory())
    return lambda: use_plan(circular=draft, version=PlanVersion.objects.get())


@use_case()
def start_a_correction() -> Action:
    sent, by = dispatched_to(AgencyFactory(), at=SENT), UserFactory()
    return lambda: start_correction(circular=sent, by=by, at=NOW)


def with_a_new_file() -> Circular:
    """A draft of a correction for which another file was uploaded."""
    sent = draft_to(AgencyFactory())
    sent.source_file.save("yazi.txt", SimpleUploadedFile("yazi.txt", LETTER.encode()))
    sent = dispatch(circular=sent, by=sent.recorded_by, at=SENT).circular
    draft, _begun = start_correction(circular=sent, by=sent.recorded_by, at=NOW)
    return choose_new_file(circular=draft, letter=read_letter(OTHER), source=SourceFile("yeni.txt", OTHER))


@use_case(drops_file=True)
def choose_the_new_file() -> Action:
    draft, content = with_a_new_file(), OTHER + b"\n"
    letter, source = read_letter(content), SourceFile("daha-yeni.txt", content)
    return lambda: choose_new_file(circular=draft, letter=letter, source=source)


@use_case(drops_file=True)
def keep_the_earlier_file() -> Action:
    draft = with_a_new_file()
    return lambda: keep_earlier_file(circular=draft)

"""Walks through the forms of a letter before its dispatch."""

from datetime import timedelta
from uuid import uuid4

from django.utils import timezone
from playwright.sync_api import Page

from agencies.models import Agency, ProposedAddress
from circulars.models import (
    Attachment,
    Circular,
    DistributionLine,
    DraftEditing,
    LetterReading,
    Purpose,
    ReadingState,
    Status,
)
from circulars.models.plan import DistributionPlan, PlanVersion
from circulars.services.attachments import attach as store
from circulars.services.plans import PlannedLine, save_plan
from circulars.services.reading.background import request_reading
from circulars.services.record import SourceFile
from circulars.services.unsaved import keep_unsaved
from distribution.services.follow_up.correct import begin_correction
from distribution.services.follow_up.withdraw import withdraw
from distribution.services.sending.preflight import preflight
from distribution.services.sending.schedule_dispatch import schedule_dispatch
from tests.browser.walk import FILE, Walk, World, pdf, to


def record(world: World) -> Walk:
    return Walk(to("record"), Circular.objects.count, files={"file": FILE})


def record_replacement(world: World) -> Walk:
    letter = world.sent()
    withdraw(circular=letter, reason="Yanlış liste", by=world.person, at=timezone.now())
    return Walk(
        to("record_replacement", letter),
        Circular.objects.filter(replaces=letter).count,
        {"text": FILE.read_text(encoding="utf-8")},
    )


def _reading(world: World) -> LetterReading:
    """A letter that took too long to read."""
    return request_reading(
        source=SourceFile(FILE.name, FILE.read_bytes()),
        by=world.person,
        acting_for=world.home,
        language="tr",
        at=timezone.now(),
        failure="time",
    )


def dismiss_reading(world: World) -> Walk:
    reading = _reading(world)
    own = to("letter_reading", reading)
    done = LetterReading.objects.filter(state=ReadingState.CANCELLED).count
    return Walk(own, done, form=to("dismiss_reading", reading))


def record_by_hand(world: World) -> Walk:
    reading = _reading(world)
    return Walk(to("letter_reading", reading), Circular.objects.count, form=to("record_by_hand", reading))


def review(world: World) -> Walk:
    draft = world.draft()
    return Walk(
        to("review", draft),
        Circular.objects.filter(subject="Kar Mücadelesi").count,
        {"subject": "Kar Mücadelesi"},
        form=to("review", draft),
        button="button:not([name])",
    )


def discard_unsaved(world: World) -> Walk:
    draft = world.draft()
    kept = keep_unsaved(
        circular=draft,
        editing=uuid4(),
        values={"subject": "Yarım"},
        version_read=0,
        by=world.person,
        at=timezone.now(),
    )
    done = lambda: 1 - DraftEditing.objects.unsaved().count()  # noqa: E731
    return Walk(to("review", draft), done, form=to("discard_unsaved", draft, kept))


def delete_draft(world: World) -> Walk:
    draft = world.draft()
    return Walk(to("delete_draft", draft), lambda: 1 - Circular.objects.count())


def attach(world: World) -> Walk:
    draft = world.draft()
    file = world.folder / "ek.pdf"
    file.write_bytes(b"%PDF-1.7 ek")
    stored = Attachment.objects.exclude(file="")
    return Walk(to("review", draft), stored.count, files={"files": file}, form=to("attach", draft))


def detach(world: World) -> Walk:
    draft = world.draft()
    attachment = store(circular=draft, upload=pdf())
    done = lambda: 1 - Attachment.objects.count()  # noqa: E731
    return Walk(to("review", draft), done, form=to("detach", draft, attachment))


def settle_line(world: World) -> Walk:
    line = world.unknown_line()
    own = to("settle_line", line.circular, line)
    done = DistributionLine.objects.filter(pk=line.pk, agency=world.other).count
    return Walk(f"{own}?q=Bart%C4%B1n", done, form=own, button="button[name=choice]")


def add_agency(world: World) -> Walk:
    line = world.unknown_line()
    line.text = "Yeni Sınama Kurumuna"
    line.save()
    done = Agency.objects.filter(name__startswith="Yeni Sınama").count
    return Walk(to("add_agency", line.circular, line), done)


def _plan(world: World) -> PlanVersion:
    line = PlannedLine(Purpose.ACTION, "Bartın Valiliğine", agency=world.other)
    return save_plan(name="A Planı", lines=[line], owner=world.home, by=world.person, at=timezone.now())


def use_plan(world: World) -> Walk:
    _plan(world)
    draft = world.draft()
    done = draft.lines.filter(agency=world.other).count
    return Walk(to("use_plan", draft), done, button="button[name=version]")


def new_plan(world: World) -> Walk:
    def add_a_line(page: Page) -> None:
        page.fill("#plan-query", "Bartın")
        page.locator("#choices button[name=add]").first.click()
        page.locator("#plan-rows input[name=text]").wait_for()

    return Walk(
        to("new_plan"),
        DistributionPlan.objects.filter(name="Kış planı").count,
        {"name": "Kış planı"},
        button="button[name=save]",
        steps=add_a_line,
    )


def edit_plan(world: World) -> Walk:
    plan = _plan(world).plan
    done = DistributionPlan.objects.filter(name="B Planı").count
    return Walk(to("edit_plan", plan), done, {"name": "B Planı"}, button="button[name=save]")


def retire_plan(world: World) -> Walk:
    plan = _plan(world).plan
    return Walk(to("retire_plan", plan), DistributionPlan.objects.exclude(retired_at=None).count)


def touched(world: World) -> Walk:
    draft = begin_correction(circular=world.sent(), by=world.person, at=timezone.now())
    done = Circular.objects.filter(change_note="Tarih düzeltildi").count
    fills = {"note": "Tarih düzeltildi", "scope": "all"}
    return Walk(to("touched", draft), done, fills, button="button:not([name])")


def dispatch(world: World) -> Walk:
    draft = world.draft()
    return Walk(to("dispatch", draft), Circular.objects.exclude(dispatched_at=None).count)


def choose_file(world: World) -> Walk:
    chosen = Circular.objects.exclude(source_file="")
    return Walk(to("choose_file", world.draft()), chosen.count, files={"file": FILE})


def propose_address(world: World) -> Walk:
    Agency.objects.filter(pk=world.office.pk).update(email="")
    page = to("propose_address", world.draft(), world.office)
    fills = {"channel": "email", "address": "ardahan@kurum.example"}
    return Walk(page, ProposedAddress.objects.count, fills)


def _scheduled(world: World) -> Circular:
    """A draft that leaves the day after tomorrow."""
    draft, now = world.draft(), timezone.now()
    digest = preflight(circular=draft, at=now).content_digest(draft)
    leaves_at = now + timedelta(days=2)
    schedule_dispatch(circular=draft, leaves_at=leaves_at, content_digest=digest, by=world.person, at=now)
    return draft


def cancel_dispatch(world: World) -> Walk:
    letter = _scheduled(world)
    drafts = Circular.objects.filter(status=Status.DRAFT)
    return Walk(to("dispatch", letter), drafts.count, form=to("cancel_dispatch", letter))


def dispatch_without_waiting(world: World) -> Walk:
    letter = _scheduled(world)
    sent = Circular.objects.exclude(dispatched_at=None)
    return Walk(to("dispatch", letter), sent.count, form=to("dispatch_without_waiting", letter))


def preview_mail(world: World) -> Walk:
    return Walk(to("preview_mail", world.draft()), shows=".app-messages .alert-success")


WALKS = [
    record,
    record_replacement,
    dismiss_reading,
    record_by_hand,
    review,
    discard_unsaved,
    delete_draft,
    attach,
    detach,
    settle_line,
    add_agency,
    use_plan,
    new_plan,
    edit_plan,
    retire_plan,
    touched,
    dispatch,
    choose_file,
    propose_address,
    cancel_dispatch,
    dispatch_without_waiting,
    preview_mail,
]

"""Walks through the forms of a received letter."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from django.utils import timezone
from playwright.sync_api import Page

from agencies.models import Agency
from circulars.models import Purpose
from distribution.models import (
    AnswerDocument,
    Assignment,
    Delivery,
    DeliveryEvent,
    Disposition,
    EventKind,
    ExtensionRequest,
    Notice,
    OnBehalfRecord,
    SaidThrough,
    SavedFilter,
)
from distribution.services.follow_up.record_on_behalf import Said, record_on_behalf
from distribution.services.receiving.answer import complete
from distribution.services.receiving.assign import assign as assign_to
from distribution.services.receiving.pass_on import pass_on as pass_it_on
from tests.browser.walk import Walk, World, full_day, none_failed, pdf, to
from tests.factories import AgencyFactory


def confirm_several(world: World) -> Walk:
    delivery = world.received()
    return Walk(
        to("unit_inbox", world.office),
        fills={"delivery": True},
        form=to("confirm_several", world.office),
        button="[data-confirm-ticked]",
        shows=f'input[name=delivery][value="{delivery.public_id}"]',
    )


def acknowledge_several(world: World) -> Walk:
    delivery = world.received()

    def tick(page: Page) -> None:
        page.locator("input[name=delivery]").check()
        page.locator("[data-confirm-ticked]").click()
        page.locator("[data-enter-next]").wait_for()

    return Walk(
        to("unit_inbox", world.office),
        Delivery.objects.filter(pk=delivery.pk, register_number="2026/77 B").count,
        {"[data-enter-next]": "2026/77 B"},
        form=to("acknowledge_several", world.office),
        button="[data-enter-end]",
        steps=tick,
    )


def choose_letters(world: World) -> Walk:
    delivery = world.received()
    return Walk(
        to("unit_inbox", world.office),
        fills={"delivery": True},
        form=to("confirm_several", world.office),
        button='[value="return_several"]',
        shows=f'input[name=delivery][value="{delivery.public_id}"]:checked',
    )


def _chosen(act: str) -> Callable[[Page], None]:
    """Tick the letter of the inbox and go to what is done with it."""

    def choose(page: Page) -> None:
        page.locator("#inbox input[name=delivery]").check()
        page.locator(f'[value="{act}"]').click()
        page.locator("input[name=listed]").first.wait_for(state="attached")

    return choose


def answer_several(world: World) -> Walk:
    world.received()
    return Walk(
        to("unit_inbox", world.office),
        AnswerDocument.objects.filter(delivery__completed_at__isnull=False).count,
        {"disposition": "done", "note": "Ölçüm yapıldı"},
        {"documents": _document(world)},
        to("answer_several", world.office),
        steps=_chosen("answer_several"),
    )


def return_several(world: World) -> Walk:
    world.received()
    return Walk(
        to("unit_inbox", world.office),
        Delivery.objects.exclude(returned_at=None).count,
        {"ground": "not_addressee", "reason": "Muhatabı başka birim"},
        form=to("return_several", world.office),
        steps=_chosen("return_several"),
    )


def ask_extension_for_several(world: World) -> Walk:
    world.timed()
    return Walk(
        to("unit_inbox", world.office),
        ExtensionRequest.objects.count,
        {"wanted_0": f"{full_day(9)}", "reason": "Ölçüm sürüyor"},
        form=to("ask_extension_for_several", world.office),
        steps=_chosen("ask_extension_for_several"),
    )


def save_filter(world: World) -> Walk:
    world.received()
    return Walk(
        to("unit_inbox", world.office) + "?q=ulasim",
        SavedFilter.objects.filter(name="Ulaşım yazıları").count,
        {"name": "Ulaşım yazıları"},
        form=to("save_filter", world.office),
    )


def delete_filter(world: World) -> Walk:
    world.received()
    kept = SavedFilter.objects.create(
        person=world.person, page=SavedFilter.Page.INBOX, name="Ulaşım", query="q=x"
    )
    done = lambda: 1 - SavedFilter.objects.count()  # noqa: E731
    return Walk(to("unit_inbox", world.office), done, form=to("delete_filter", world.office, kept))


def acknowledge(world: World) -> Walk:
    delivery = world.received()
    done = Delivery.objects.filter(pk=delivery.pk, register_number="2026/77 B").count
    return Walk(
        to("delivery", delivery), done, {"register_number": "2026/77 B"}, form=to("acknowledge", delivery)
    )


def assign(world: World) -> Walk:
    delivery = world.received()
    return Walk(
        to("delivery", delivery),
        Assignment.objects.filter(note="Cuma").count,
        {"person": str(world.person.pk), "note": "Cuma"},
        form=to("assign", delivery),
    )


def unassign(world: World) -> Walk:
    delivery = world.received()
    assign_to(
        deliveries=[delivery.public_id],
        agency=world.office,
        person=world.person,
        note="",
        by=world.person,
        at=timezone.now(),
    )
    ended = Assignment.objects.exclude(ended_at=None)
    return Walk(to("delivery", delivery), ended.count, form=to("unassign", delivery))


def assign_several(world: World) -> Walk:
    world.received()

    def tick(page: Page) -> None:
        page.locator("input[name=delivery]").check()
        page.locator("[formaction$='/assign/']").click()
        page.locator("select[name=person]").wait_for()

    return Walk(
        to("unit_inbox", world.office),
        Assignment.objects.count,
        {"person": str(world.person.pk), "note": "Cuma"},
        form=to("assign_several", world.office),
        button=".btn-primary",
        steps=tick,
    )


def _document(world: World) -> Path:
    file = world.folder / "cevap.pdf"
    file.write_bytes(pdf().read())
    return file


def answer(world: World) -> Walk:
    delivery = world.received()
    return Walk(
        to("delivery", delivery),
        AnswerDocument.objects.filter(delivery__completed_at__isnull=False).count,
        {"disposition": "done", "note": "Ölçüm yapıldı"},
        {"documents": _document(world)},
        to("answer", delivery),
    )


def add_documents(world: World) -> Walk:
    delivery = world.received()
    complete(
        delivery=delivery.public_id,
        by=world.person,
        at=timezone.now(),
        disposition=Disposition.DONE,
        note="",
        documents=[],
    )
    return Walk(
        to("delivery", delivery),
        AnswerDocument.objects.count,
        files={"documents": _document(world)},
        form=to("add_documents", delivery),
    )


def return_letter(world: World) -> Walk:
    delivery = world.received()
    return Walk(
        to("delivery", delivery),
        Delivery.objects.exclude(returned_at=None).count,
        {"ground": "not_addressee", "reason": "Muhatabı başka birim"},
        form=to("return_letter", delivery),
    )


def ask_extension(world: World) -> Walk:
    delivery = world.timed().deliveries.get(agency=world.office)
    return Walk(
        to("delivery", delivery),
        ExtensionRequest.objects.count,
        {"wanted_0": f"{full_day(9)}", "reason": "Ölçüm sürüyor"},
        form=to("ask_extension", delivery),
    )


def _below(world: World) -> Agency:
    unit: Agency = AgencyFactory(name="Ardahan İl Müdürlüğü", parent=world.office)
    return unit


def pass_on(world: World) -> Walk:
    delivery, unit = world.received(), _below(world)

    def choose(page: Page) -> None:
        page.locator('input[name=to][value="below"]').check()
        page.locator("button[name=step][value=look]").click()
        page.locator("button[name=step][value=send]").wait_for()

    done = Delivery.objects.filter(parent=delivery, agency=unit).count
    return Walk(to("pass_on", delivery), done, button="[value=send]", steps=choose)


def _passed_on(world: World) -> Delivery:
    """The copy of a unit to which the office passed its letter on."""
    unit, delivery = _below(world), world.received()
    pass_it_on(
        delivery=delivery.public_id,
        recipients=[(unit, Purpose.ACTION)],
        note="",
        due_at=None,
        by=world.person,
        at=timezone.now() - timedelta(hours=2),
    )
    return Delivery.objects.get(parent=delivery)


def record_below(world: World) -> Walk:
    said_at = timezone.localtime() - timedelta(minutes=30)
    return Walk(
        to("record_below", _passed_on(world)),
        OnBehalfRecord.objects.count,
        {
            "disposition": "confirmed",
            "said_by": "Can SU",
            "said_by_title": "Şef",
            "said_at_0": f"{said_at:%Y-%m-%d}",
            "said_at_1": f"{said_at:%H:%M}",
        },
    )


def take_back_record_below(world: World) -> Walk:
    copy = _passed_on(world)
    now = timezone.now()
    said = Said(SaidThrough.TELEPHONE, "Can SU", "Şef", now - timedelta(minutes=30))
    record = record_on_behalf(delivery=copy.public_id, said=said, by=world.person, at=now, below=True)
    return Walk(
        to("record_below", copy),
        OnBehalfRecord.objects.exclude(ended_at=None).count,
        {"reason": "Yanlış birim"},
        form=to("take_back_record_below", copy, record),
    )


def retry_below(world: World) -> Walk:
    delivery = world.received()
    pass_it_on(
        delivery=delivery.public_id,
        recipients=[(_below(world), Purpose.ACTION)],
        note="",
        due_at=None,
        by=world.person,
        at=timezone.now(),
    )
    Notice.objects.filter(delivery__parent=None).delete()
    world.fail_notices()
    return Walk(to("branch", delivery), none_failed, form=to("retry_below", delivery))


def revoke_links(world: World) -> Walk:
    revoked = DeliveryEvent.objects.filter(kind=EventKind.LINK_REVOKED)
    return Walk(
        to("revoke_links", world.received()),
        revoked.count,
        {"reason": "Yanlış kişiye iletildi"},
        button=".btn-danger",
    )


def send_link(world: World) -> Walk:
    delivery = world.received()
    Notice.objects.all().delete()
    sent = Notice.objects.filter(delivery=delivery)
    return Walk(to("revoke_links", delivery), sent.count, form=to("send_link", delivery))


WALKS = [
    confirm_several,
    acknowledge_several,
    choose_letters,
    answer_several,
    return_several,
    ask_extension_for_several,
    save_filter,
    delete_filter,
    acknowledge,
    answer,
    add_documents,
    assign,
    unassign,
    assign_several,
    return_letter,
    ask_extension,
    pass_on,
    record_below,
    take_back_record_below,
    retry_below,
    revoke_links,
    send_link,
]

"""Walks through the forms that take an act back, follow a return, record on a unit's behalf, and keep a note."""

from datetime import datetime, timedelta

from django.utils import timezone
from playwright.sync_api import Page

from distribution.models import (
    Call,
    CallOutcome,
    Delivery,
    InternalNote,
    OnBehalfRecord,
    ReturnDecision,
    ReturnGround,
    TakeBackRequest,
)
from distribution.models.acts.take_back import last_act
from distribution.services.internal_notes import write_note_on_letter
from distribution.services.receiving import take_back_request
from distribution.services.receiving.acknowledge import acknowledge
from distribution.services.receiving.return_letter import return_letter
from tests.browser.walk import FILE, Walk, World, to
from tests.distribution.follow_up.on_behalf import recorded
from tests.factories import MOMENT, AgencyFactory


def _confirmed(world: World, at: datetime) -> Delivery:
    delivery = world.received()
    acknowledge(delivery=delivery.public_id, by=world.person, at=at, register_number="2026/77")
    return Delivery.objects.select_related("circular").get(pk=delivery.pk)


def take_back(world: World) -> Walk:
    delivery = _confirmed(world, timezone.now())
    taken_back = Delivery.objects.exclude(taken_back_at=None)
    return Walk(to("delivery", delivery), taken_back.count, form=to("take_back", delivery))


def take_back_several(world: World) -> Walk:
    _confirmed(world, timezone.now())
    taken_back = Delivery.objects.exclude(taken_back_at=None)
    return Walk(to("take_back_several", world.office), taken_back.count, {"delivery": True})


def ask_take_back(world: World) -> Walk:
    delivery = _confirmed(world, MOMENT)
    return Walk(
        to("delivery", delivery),
        TakeBackRequest.objects.count,
        {"reason": "Yanlış yazı onaylandı"},
        form=to("ask_take_back", delivery),
    )


def decide_take_back(world: World) -> Walk:
    delivery = _confirmed(world, MOMENT)
    done = last_act(delivery)
    assert done is not None
    asked = take_back_request.ask_take_back(
        delivery=delivery.public_id,
        stamp=done.stamp,
        by=world.person,
        at=timezone.now(),
        reason="Yanlış yazı onaylandı",
    )
    granted = TakeBackRequest.objects.filter(granted=True)
    return Walk(to("decide_take_back", asked), granted.count, button="[value=grant]")


def change_register_number(world: World) -> Walk:
    delivery = _confirmed(world, MOMENT)
    return Walk(
        to("delivery", delivery),
        Delivery.objects.filter(register_number="2026/78").count,
        {"register_number": "2026/78"},
        form=to("change_register_number", delivery),
    )


def _returned(world: World) -> Delivery:
    delivery = world.received()
    return return_letter(
        delivery=delivery.public_id,
        by=world.person,
        at=timezone.now(),
        ground=ReturnGround.NOT_ADDRESSEE,
        reason="Muhatabı başka birim",
    )


def send_again(world: World) -> Walk:
    fills = {"reason": "Konu görev alanınızdadır"}
    return Walk(to("send_again", _returned(world)), ReturnDecision.objects.count, fills)


def send_instead(world: World) -> Walk:
    delivery, unit = _returned(world), AgencyFactory()
    own = to("send_instead", delivery)
    return Walk(f"{own}?unit={unit.pk}", Delivery.objects.filter(agency=unit).count, form=own)


def accept_return(world: World) -> Walk:
    return Walk(to("accept_return", _returned(world)), ReturnDecision.objects.count)


def record_on_behalf(world: World) -> Walk:
    delivery = world.received()
    recipient = (delivery.circular, delivery)
    fills = {
        "disposition": "done",
        "answer": "Tamamı bildirildi",
        "channel": "telephone",
        "said_by": "Can SU",
        "said_by_title": "Yazı İşleri Şefi",
        "said_at_0": f"{timezone.localdate(MOMENT) + timedelta(days=1):%Y-%m-%d}",
        "said_at_1": "10:30",
    }
    return Walk(
        to("recipient", *recipient),
        OnBehalfRecord.objects.count,
        fills,
        {"file": FILE},
        to("record_on_behalf", *recipient),
    )


def record_on_behalf_of_several(world: World) -> Walk:
    sent = world.sent(at=timezone.now() - timedelta(days=1))

    def tick(page: Page) -> None:
        page.locator("input[name=delivery]").first.check()
        page.locator('[formaction*="on-behalf"]').click()
        page.locator("input[name=listed]").first.wait_for(state="attached")

    said_at = timezone.localtime() - timedelta(hours=1)
    return Walk(
        to("letter", sent) + "?show=outstanding",
        OnBehalfRecord.objects.count,
        {
            "disposition": "confirmed",
            "said_by": "Can SU",
            "said_by_title": "Şef",
            "said_at_0": f"{said_at:%Y-%m-%d}",
            "said_at_1": f"{said_at:%H:%M}",
        },
        form=to("record_on_behalf_of_several", sent),
        steps=tick,
    )


def take_back_record(world: World) -> Walk:
    delivery = world.received()
    record = recorded(delivery, by=world.person)
    recipient = (delivery.circular, delivery)
    return Walk(
        to("recipient", *recipient),
        OnBehalfRecord.objects.exclude(ended_at=None).count,
        {"reason": "Başka birim aradı"},
        form=to("take_back_record", *recipient, record),
    )


def object_to_record(world: World) -> Walk:
    delivery = world.received()
    recorded(delivery, by=world.person)
    return Walk(
        to("delivery", delivery),
        OnBehalfRecord.objects.exclude(ended_at=None).count,
        {"reason": "Kimse aranmadı"},
        form=to("object_to_record", delivery),
    )


NOTE = {"text": "Telefonla soruldu"}


def note_on_letter(world: World) -> Walk:
    letter = world.sent()
    return Walk(to("letter", letter), InternalNote.objects.count, NOTE, form=to("note_on_letter", letter))


def note_on_recipient(world: World) -> Walk:
    delivery = world.received()
    recipient = (delivery.circular, delivery)
    return Walk(
        to("recipient", *recipient),
        InternalNote.objects.count,
        NOTE,
        form=to("note_on_recipient", *recipient),
    )


def note_on_own_copy(world: World) -> Walk:
    delivery = world.received()
    return Walk(
        to("delivery", delivery), InternalNote.objects.count, NOTE, form=to("note_on_own_copy", delivery)
    )


def note_call(world: World) -> Walk:
    world.sent()
    return Walk(
        to("note_call", world.office),
        Call.objects.count,
        {"outcome": CallOutcome.REACHED, "note": "Cuma günü cevaplayacaklar"},
    )


def strike_note(world: World) -> Walk:
    letter = world.sent()
    note = write_note_on_letter(
        letter=letter.public_id, text="Telefonla soruldu", by=world.person, at=timezone.now()
    )
    struck = InternalNote.objects.exclude(struck_at=None)
    return Walk(to("letter", letter), struck.count, form=to("strike_note", note))


WALKS = [
    take_back,
    take_back_several,
    ask_take_back,
    decide_take_back,
    change_register_number,
    send_again,
    send_instead,
    accept_return,
    record_on_behalf,
    record_on_behalf_of_several,
    take_back_record,
    object_to_record,
    note_on_letter,
    note_on_recipient,
    note_on_own_copy,
    note_call,
    strike_note,
]

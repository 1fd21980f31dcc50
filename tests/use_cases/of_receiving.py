"""Use cases of the units that have a letter."""

from datetime import datetime, timedelta
from uuid import UUID

from django.core.files.uploadedfile import SimpleUploadedFile

from agencies.models import Agency, User
from circulars.models import Circular, Purpose
from distribution.links import Link, expiry
from distribution.models import (
    Delivery,
    Disposition,
    ExtensionRequest,
    LinkCode,
    Notice,
    ReturnGround,
    TakeBackRequest,
)
from distribution.models.acts.take_back import last_act
from distribution.services.by_link import acknowledge_by_link as by_link
from distribution.services.by_link import take_back_by_link as back_by_link
from distribution.services.by_link.link_codes import request_code
from distribution.services.follow_up.record_on_behalf import record_on_behalf
from distribution.services.receiving import acknowledge as confirming
from distribution.services.receiving import object_to_record as objecting
from distribution.services.receiving import pass_on as passing
from distribution.services.receiving import take_back as taking_back
from distribution.services.receiving.answer import answer_several as answer_them
from distribution.services.receiving.answer import attach_documents, complete
from distribution.services.receiving.extension import ask_extension, decide_extension
from distribution.services.receiving.extension import ask_extension_for_several as ask_for_several
from distribution.services.receiving.read import TakenFile, record_downloaded, record_opened
from distribution.services.receiving.register_number import change_register_number
from distribution.services.receiving.return_letter import return_letter as send_back
from distribution.services.receiving.return_letter import return_several as send_them_back
from distribution.services.receiving.take_back_request import ask_take_back, decide_take_back
from tests.factories import AgencyFactory, claimed, left, recipient_of, sender_of
from tests.use_cases.of_sending import DUE, letter, told
from tests.use_cases.table import NOW, SENT, Action, use_case


def received() -> tuple[Circular, Delivery, User]:
    """A letter to one unit, and its recipient."""
    circular = letter(AgencyFactory())
    delivery = circular.deliveries.get()
    return circular, delivery, recipient_of(delivery.agency)


def documents() -> list[SimpleUploadedFile]:
    return [SimpleUploadedFile(name, b"%PDF-1.7 cevap") for name in ("cevap.pdf", "ek.pdf")]


@use_case()
def acknowledge() -> Action:
    _circular, delivery, by = received()
    return lambda: confirming.acknowledge(delivery=delivery.public_id, by=by, at=NOW, register_number="12")


@use_case()
def acknowledge_several() -> Action:
    unit = AgencyFactory()
    by = recipient_of(unit)
    several = [letter(unit).deliveries.get().public_id for _ in range(3)]
    return lambda: confirming.acknowledge_several(deliveries=several, agency=unit, by=by, at=NOW)


@use_case()
def answer() -> Action:
    _circular, delivery, by = received()
    return lambda: complete(
        delivery=delivery.public_id, by=by, at=NOW, disposition=Disposition.DONE, documents=documents()
    )


def several_received() -> tuple[Agency, User, list[UUID]]:
    """A unit, its recipient and three letters to it."""
    unit = AgencyFactory()
    return unit, recipient_of(unit), [letter(unit).deliveries.get().public_id for _ in range(3)]


@use_case()
def answer_several() -> Action:
    unit, by, several = several_received()
    return lambda: answer_them(
        deliveries=several, agency=unit, by=by, at=NOW, disposition=Disposition.DONE, documents=documents()
    )


@use_case()
def attach_to_answer() -> Action:
    _circular, delivery, by = received()
    complete(delivery=delivery.public_id, by=by, at=SENT, disposition=Disposition.DONE)
    return lambda: attach_documents(delivery=delivery.public_id, by=by, at=NOW, documents=documents())


@use_case(wakes=True)
def pass_on() -> Action:
    _circular, delivery, by = received()
    below = [(AgencyFactory(parent=delivery.agency), Purpose.ACTION) for _ in range(2)]
    return lambda: passing.pass_on(
        delivery=delivery.public_id, recipients=below, note="İvedi", due_at=None, by=by, at=NOW, confirm=True
    )


@use_case(wakes=True)
def return_letter() -> Action:
    _circular, delivery, by = received()
    return lambda: send_back(
        delivery=delivery.public_id, by=by, at=NOW, ground=ReturnGround.NOT_ADDRESSEE, reason="Bizim değil"
    )


@use_case(wakes=True)
def return_several() -> Action:
    unit, by, several = several_received()
    return lambda: send_them_back(
        deliveries=several,
        agency=unit,
        by=by,
        at=NOW,
        ground=ReturnGround.NOT_ADDRESSEE,
        reason="Bizim değil",
    )


def recorded() -> tuple[Delivery, User]:
    """A letter whose answer the sender recorded on the unit's behalf, and the unit's recipient."""
    circular, delivery, by = received()
    record_on_behalf(
        delivery=delivery.public_id,
        said=told(disposition=Disposition.DONE),
        by=sender_of(circular.issuer),
        at=NOW,
    )
    return delivery, by


@use_case(wakes=True)
def object_to_record() -> Action:
    delivery, by = recorded()
    return lambda: objecting.object_to_record(
        delivery=delivery.public_id, by=by, at=NOW, reason="Kimse aranmadı"
    )


@use_case(wakes=True)
def object_by_link() -> Action:
    delivery, _by = recorded()
    link = Link(delivery.public_id, 0, expiry(at=SENT))
    request_code(link=link, at=NOW)
    return lambda: objecting.object_by_link(
        link=link, code=LinkCode.objects.get().digits, name="Ayşe KAYA", job_title="Memur",
        reason="Kimse aranmadı", at=NOW,
    )  # fmt: skip


@use_case()
def answer_what_was_recorded() -> Action:
    delivery, by = recorded()
    return lambda: complete(delivery=delivery.public_id, by=by, at=NOW, disposition=Disposition.DONE)


@use_case()
def ask_for_time() -> Action:
    _circular, delivery, by = received()
    wanted = DUE + timedelta(days=5)
    return lambda: ask_extension(
        delivery=delivery.public_id, by=by, at=NOW, wanted=wanted, reason="Veri bekleniyor"
    )


@use_case()
def ask_for_time_for_several() -> Action:
    unit, by, several = several_received()
    wanted = DUE + timedelta(days=5)
    return lambda: ask_for_several(
        deliveries=several, agency=unit, by=by, at=NOW, wanted=wanted, reason="Veri bekleniyor"
    )


@use_case()
def grant_time_to_what_was_passed_on() -> Action:
    circular, delivery, by = received()
    passing.pass_on(
        delivery=delivery.public_id, recipients=[(AgencyFactory(parent=delivery.agency), Purpose.ACTION)],
        note="", due_at=None, by=by, at=SENT,
    )  # fmt: skip
    wanted = DUE + timedelta(days=5)
    asked = ask_extension(
        delivery=delivery.public_id, by=by, at=SENT, wanted=wanted, reason="Veri bekleniyor"
    )
    sender = sender_of(circular.issuer)
    return lambda: decide_extension(extension=asked.public_id, by=sender, at=NOW, granted_until=wanted)


@use_case()
def grant_time() -> Action:
    circular, delivery, by = received()
    wanted = DUE + timedelta(days=5)
    ask_extension(delivery=delivery.public_id, by=by, at=SENT, wanted=wanted, reason="Veri bekleniyor")
    sender = sender_of(circular.issuer)
    return lambda: decide_extension(
        extension=ExtensionRequest.objects.get().public_id, by=sender, at=NOW, granted_until=wanted
    )


@use_case()
def open_letter() -> Action:
    _circular, delivery, by = received()
    return lambda: record_opened(delivery=delivery, by=by, at=NOW)


@use_case()
def download_file() -> Action:
    _circular, delivery, by = received()
    return lambda: record_downloaded(delivery=delivery, files=[TakenFile("ek.pdf", "a" * 64)], by=by, at=NOW)


@use_case(wakes=True)
def request_link_code() -> Action:
    _circular, delivery, _by = received()
    link = Link(delivery.public_id, 0, expiry(at=SENT))
    return lambda: request_code(link=link, at=NOW)


@use_case()
def acknowledge_by_link() -> Action:
    _circular, delivery, _by = received()
    link = Link(delivery.public_id, 0, expiry(at=SENT))
    request_code(link=link, at=NOW)
    return lambda: by_link.acknowledge_by_link(
        link=link, code=LinkCode.objects.get().digits, name="Ayşe KAYA", job_title="Memur",
        register_number="1", at=NOW,
    )  # fmt: skip


JUST_BEFORE = NOW - timedelta(minutes=5)


def stamp_of(delivery: Delivery) -> str:
    """Names what the unit did last with the copy."""
    done = last_act(Delivery.objects.select_related("circular").get(pk=delivery.pk))
    assert done is not None
    return done.stamp


def sent_back() -> tuple[Circular, Delivery, User]:
    """A letter that its unit has just returned."""
    circular, delivery, by = received()
    send_back(
        delivery=delivery.public_id, by=by, at=JUST_BEFORE, ground=ReturnGround.NOT_ADDRESSEE, reason="Yanlış"
    )
    return circular, delivery, by


def answered(at: datetime = JUST_BEFORE) -> tuple[Circular, Delivery, User]:
    """A letter that its unit has answered with documents."""
    circular, delivery, by = received()
    complete(
        delivery=delivery.public_id, by=by, at=at, disposition=Disposition.DONE, documents=documents(),
        register_number="2026/7",
    )  # fmt: skip
    return circular, delivery, by


def asked_back() -> tuple[User, TakeBackRequest]:
    """A sender whom a unit asks to take its answer back, and the request."""
    circular, delivery, by = answered(at=SENT)
    stamp = stamp_of(delivery)
    request = ask_take_back(delivery=delivery.public_id, stamp=stamp, by=by, at=JUST_BEFORE, reason="Yanlış")
    return sender_of(circular.issuer), request


@use_case(wakes=True)
def take_back_a_return() -> Action:
    _circular, delivery, by = sent_back()
    while Notice.objects.due(JUST_BEFORE).exists():
        left(claimed(JUST_BEFORE), JUST_BEFORE)
    stamp = stamp_of(delivery)
    return lambda: taking_back.take_back(delivery=delivery.public_id, stamp=stamp, by=by, at=NOW)


@use_case()
def take_back_an_answer() -> Action:
    _circular, delivery, by = answered()
    stamp = stamp_of(delivery)
    return lambda: taking_back.take_back(delivery=delivery.public_id, stamp=stamp, by=by, at=NOW)


@use_case()
def take_back_several() -> Action:
    unit = AgencyFactory()
    by = recipient_of(unit)
    several = [letter(unit).deliveries.get() for _ in range(3)]
    ids = [each.public_id for each in several]
    confirming.acknowledge_several(deliveries=ids, agency=unit, by=by, at=JUST_BEFORE)
    stamps = {each.public_id: stamp_of(each) for each in several}
    return lambda: taking_back.take_back_several(stamps=stamps, agency=unit, by=by, at=NOW)


@use_case(wakes=True)
def take_back_several_returns() -> Action:
    unit, by, several = several_received()
    send_them_back(
        deliveries=several,
        agency=unit,
        by=by,
        at=JUST_BEFORE,
        ground=ReturnGround.NOT_ADDRESSEE,
        reason="Yanlış",
    )
    while Notice.objects.due(JUST_BEFORE).exists():
        left(claimed(JUST_BEFORE), JUST_BEFORE)
    stamps = {each.public_id: stamp_of(each) for each in Delivery.objects.filter(public_id__in=several)}
    return lambda: taking_back.take_back_several(stamps=stamps, agency=unit, by=by, at=NOW)


@use_case()
def take_back_by_link() -> Action:
    link = acknowledged_by_link()
    digits, stamp = LinkCode.objects.get().digits, stamp_of(Delivery.objects.get(public_id=link.delivery))
    return lambda: back_by_link.take_back_by_link(link=link, stamp=stamp, code=digits, at=NOW)


def acknowledged_by_link() -> Link:
    """The link by which a letter was just confirmed."""
    _circular, delivery, _by = received()
    link = Link(delivery.public_id, 0, expiry(at=SENT))
    request_code(link=link, at=JUST_BEFORE)
    by_link.acknowledge_by_link(
        link=link, code=LinkCode.objects.get().digits, name="Ayşe KAYA", job_title="Memur",
        register_number="1", at=JUST_BEFORE,
    )  # fmt: skip
    return link


@use_case()
def ask_to_take_back() -> Action:
    _circular, delivery, by = answered(at=SENT)
    stamp = stamp_of(delivery)
    return lambda: ask_take_back(delivery=delivery.public_id, stamp=stamp, by=by, at=NOW, reason="Yanlış")


@use_case()
def grant_to_take_back() -> Action:
    sender, request = asked_back()
    return lambda: decide_take_back(request=request.public_id, by=sender, at=NOW, grant=True)


@use_case()
def refuse_to_take_back() -> Action:
    sender, request = asked_back()
    return lambda: decide_take_back(
        request=request.public_id, by=sender, at=NOW, grant=False, answer="Cevap uygun."
    )


@use_case()
def change_a_register_number() -> Action:
    _circular, delivery, by = answered()
    return lambda: change_register_number(
        delivery=delivery.public_id, by=by, at=NOW, register_number="2026/8", number_seen="2026/7"
    )

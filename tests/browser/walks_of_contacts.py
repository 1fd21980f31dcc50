"""Walks through the forms that correct the contact details of one's own unit."""

from django.utils import timezone

from agencies.models import ContactCorrection
from distribution.services.receiving.correct_contact import correct_contact as correct
from tests.browser.walk import Walk, World, to

KEP = "birim@hs01.kep.tr"


def _corrected(world: World, **details: str) -> None:
    unit = world.office
    kept = {"email": unit.email, "phone": unit.phone, "kep_address": unit.kep_address}
    correct(agency=unit, details=kept | details, by=world.person, at=timezone.now())


def correct_contact(world: World) -> Walk:
    world.received()
    done = ContactCorrection.objects.filter(field="phone", after="0478 1").count
    form = to("correct_contact", world.office)
    return Walk(form, done, {"phone": "0478 1"}, form=form, button=".btn-primary")


def confirm_contact(world: World) -> Walk:
    _corrected(world, email="yeni@kurum.example")
    waiting = ContactCorrection.objects.get()
    return Walk(
        to("correct_contact", world.office),
        ContactCorrection.objects.exclude(applied_at=None).count,
        {"code": waiting.digits},
        form=to("confirm_contact", world.office),
    )


def send_contact_code_again(world: World) -> Walk:
    _corrected(world, email="yeni@kurum.example")
    return Walk(
        to("correct_contact", world.office),
        ContactCorrection.objects.exclude(ended_at=None).count,
        form=to("send_contact_code_again", world.office),
    )


def undo_correction(world: World) -> Walk:
    _corrected(world, phone="0478 1")
    undone = ContactCorrection.objects.filter(ended_as="undone")
    form = to("undo_correction", ContactCorrection.objects.get())
    return Walk(to("contact_corrections"), undone.count, form=form)


def accept_correction(world: World) -> Walk:
    _corrected(world, kep_address=KEP)
    accepted = ContactCorrection.objects.exclude(applied_at=None)
    form = to("accept_correction", ContactCorrection.objects.get())
    return Walk(to("contact_corrections"), accepted.count, form=form)


def refuse_correction(world: World) -> Walk:
    _corrected(world, kep_address=KEP)
    refused = ContactCorrection.objects.filter(ended_as="refused")
    form = to("refuse_correction", ContactCorrection.objects.get())
    return Walk(to("contact_corrections"), refused.count, form=form)


WALKS = [
    correct_contact,
    confirm_contact,
    send_contact_code_again,
    undo_correction,
    accept_correction,
    refuse_correction,
]

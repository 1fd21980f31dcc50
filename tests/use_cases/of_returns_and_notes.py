"""Use cases after a return, of notes, calls, assignments, and records on behalf of several units or of one below."""

from datetime import datetime, timedelta

from django.core.files.uploadedfile import SimpleUploadedFile

from agencies.models import User
from distribution.models import CallOutcome, Delivery, Disposition, ReturnGround
from distribution.services.follow_up import decide_return
from distribution.services.follow_up import record_on_behalf as on_behalf
from distribution.services.follow_up.note_call import Outcome
from distribution.services.follow_up.note_call import note_call as note
from distribution.services.internal_notes import (
    strike_note,
    write_note_on_letter,
    write_note_on_own_copy,
)
from distribution.services.receiving.assign import assign, unassign
from distribution.services.receiving.return_letter import return_letter
from tests.factories import AgencyFactory, recipient_of, sender_of
from tests.use_cases.of_receiving import received
from tests.use_cases.of_sending import DUE, letter, told, well_known
from tests.use_cases.table import NOW, SENT, Action, use_case

RETURNED = SENT + timedelta(hours=3)


def given_back(copy: Delivery, at: datetime = RETURNED) -> Delivery:
    return return_letter(
        delivery=copy.public_id,
        by=recipient_of(copy.agency),
        at=at,
        ground=ReturnGround.NOT_ADDRESSEE,
        reason="Bizim değil",
    )


def returned_copy() -> tuple[Delivery, User]:
    """A direct copy that was returned, of a letter that others have passed on, and its sender."""
    copy = given_back(well_known().deliveries.direct().latest("pk"))
    return copy, sender_of(copy.circular.issuer)


@use_case(wakes=True)
def send_again() -> Action:
    copy, by = returned_copy()
    return lambda: decide_return.send_again(
        delivery=copy.public_id, returned_at=RETURNED, reason="Göreviniz", by=by, at=NOW
    )


@use_case(wakes=True)
def send_instead() -> Action:
    copy, by = returned_copy()
    other = AgencyFactory()
    return lambda: decide_return.send_instead(
        delivery=copy.public_id, returned_at=RETURNED, agency=other, due_at=DUE, by=by, at=NOW
    )


@use_case(wakes=True)
def send_instead_below() -> Action:
    copy = given_back(well_known().deliveries.get(parent__isnull=False))
    assert copy.parent is not None
    by, other = recipient_of(copy.parent.agency), AgencyFactory(parent=copy.parent.agency)
    return lambda: decide_return.send_instead(
        delivery=copy.public_id, returned_at=RETURNED, agency=other, due_at=None, by=by, at=NOW
    )


@use_case()
def accept_return() -> Action:
    copy, by = returned_copy()
    return lambda: decide_return.accept_return(delivery=copy.public_id, returned_at=RETURNED, by=by, at=NOW)


@use_case()
def note_on_letter() -> Action:
    sent = letter()
    by = sender_of(sent.issuer)
    return lambda: write_note_on_letter(letter=sent.public_id, text="Arandı", by=by, at=NOW)


@use_case()
def note_on_own_copy() -> Action:
    _circular, delivery, by = received()
    return lambda: write_note_on_own_copy(delivery=delivery.public_id, text="Müdürde", by=by, at=NOW)


@use_case()
def strike_a_note() -> Action:
    sent = letter()
    by = sender_of(sent.issuer)
    note = write_note_on_letter(letter=sent.public_id, text="Arandı", by=by, at=SENT)
    return lambda: strike_note(note=note.pk, by=by, at=NOW)


def _called(outcome: CallOutcome) -> Action:
    unit = AgencyFactory(phone="0312 555 00 00")
    sent = letter(unit)
    by, copies = sender_of(sent.issuer), list(sent.deliveries.values_list("public_id", flat=True))
    said = Outcome(outcome=outcome, number=unit.phone, note="Arandı")
    return lambda: note(agency=unit, unit=sent.issuer, deliveries=copies, outcome=said, by=by, at=NOW)


@use_case()
def note_call() -> Action:
    return _called(CallOutcome.REACHED)


@use_case()
def note_a_wrong_number() -> Action:
    return _called(CallOutcome.WRONG_NUMBER)


@use_case(wakes=True)
def record_on_behalf_of_several() -> Action:
    sent = letter(AgencyFactory(), AgencyFactory())
    by = sender_of(sent.issuer)

    def record() -> object:
        file = SimpleUploadedFile("not.pdf", b"%PDF-1.7 not")
        answer = told(disposition=Disposition.DONE, answer="Yapıldı.", file=file)
        said = dict.fromkeys(sent.deliveries.values_list("public_id", flat=True), answer)
        return on_behalf.record_on_behalf_of_several(letter=sent.public_id, said=said, by=by, at=NOW)

    return record


@use_case(wakes=True)
def record_below() -> Action:
    copy = well_known().deliveries.get(parent__isnull=False)
    assert copy.parent is not None
    by = recipient_of(copy.parent.agency)
    return lambda: on_behalf.record_on_behalf(delivery=copy.public_id, said=told(), by=by, at=NOW, below=True)


@use_case(wakes=True)
def assign_several() -> Action:
    _circular, delivery, by = received()
    other, person = letter(delivery.agency).deliveries.get(), recipient_of(delivery.agency)
    return lambda: assign(
        deliveries=[delivery.public_id, other.public_id],
        agency=delivery.agency,
        person=person,
        note="Cuma",
        by=by,
        at=NOW,
    )


@use_case(wakes=True)
def reassign() -> Action:
    delivery, by = _assigned()
    person = recipient_of(delivery.agency)
    return lambda: assign(
        deliveries=[delivery.public_id], agency=delivery.agency, person=person, note="", by=by, at=NOW
    )


@use_case()
def remove_assignment() -> Action:
    delivery, by = _assigned()
    return lambda: unassign(delivery=delivery.public_id, agency=delivery.agency, by=by, at=NOW)


def _assigned() -> tuple[Delivery, User]:
    _circular, delivery, by = received()
    assign(
        deliveries=[delivery.public_id],
        agency=delivery.agency,
        person=recipient_of(delivery.agency),
        note="",
        by=by,
        at=SENT,
    )
    return delivery, by

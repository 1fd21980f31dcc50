"""Use cases of a unit's own people who correct its contact details, and of the directory administrator."""

from datetime import timedelta

from agencies.models import ContactCorrection, User
from agencies.services.contact_details.contact_corrections import (
    accept_correction,
    refuse_correction,
    undo_correction,
)
from distribution.services.receiving import correct_contact as correcting
from tests.factories import AgencyFactory, UserFactory, recipient_of
from tests.use_cases.table import NOW, Action, use_case

NEW = {"email": "yeni@kurum.example", "phone": "0312 000 00 00", "kep_address": "birim@hs01.kep.tr"}
LATER = NOW + timedelta(minutes=1)


def corrected() -> tuple[User, ContactCorrection]:
    """A person of a unit whose new address waits for its code, and the correction of the telephone number."""
    unit = AgencyFactory()
    by = recipient_of(unit)
    correcting.correct_contact(agency=unit, details=NEW, by=by, at=NOW)
    return by, ContactCorrection.objects.get(field="phone")


@use_case(wakes=True)
def correct_contact() -> Action:
    unit = AgencyFactory()
    by = recipient_of(unit)
    return lambda: correcting.correct_contact(agency=unit, details=NEW, by=by, at=NOW)


@use_case(wakes=True)
def send_contact_code_again() -> Action:
    by, correction = corrected()
    return lambda: correcting.send_contact_code_again(agency=correction.agency, by=by, at=LATER)


@use_case(wakes=True)
def confirm_contact() -> Action:
    by, correction = corrected()
    code = ContactCorrection.objects.get(field="email").digits
    return lambda: correcting.confirm_contact(agency=correction.agency, code=code, by=by, at=LATER)


@use_case()
def undo_contact_correction() -> Action:
    _by, correction = corrected()
    administrator = UserFactory(is_directory_administrator=True)
    return lambda: undo_correction(correction=correction.pk, by=administrator, at=LATER)


@use_case()
def accept_contact_correction() -> Action:
    kep, administrator = _waiting()
    return lambda: accept_correction(correction=kep, by=administrator, at=LATER)


@use_case()
def refuse_contact_correction() -> Action:
    kep, administrator = _waiting()
    return lambda: refuse_correction(correction=kep, by=administrator, at=LATER)


def _waiting() -> tuple[int, User]:
    corrected()
    return ContactCorrection.objects.get(field="kep_address").pk, UserFactory(is_directory_administrator=True)

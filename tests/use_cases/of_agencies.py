"""Use cases of the directory."""

from contextlib import suppress
from dataclasses import replace
from datetime import date

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client

from agencies.directory.run import begin_import, confirm_import, discard_import, run_import
from agencies.models import (
    Agency,
    AgencyWording,
    DeclaredLeave,
    Deputyship,
    ProposalState,
    ProposedAddress,
)
from agencies.models.maintenance import DirectoryImport
from agencies.services.add_agency import add_agency as add
from agencies.services.close import close_agency as close
from agencies.services.contact_details.contact import ContactDetails
from agencies.services.contact_details.contact import change_contact as change
from agencies.services.contact_details.propose_address import AlreadyDecided
from agencies.services.contact_details.propose_address import propose_address as propose
from agencies.services.contact_details.undeliverable import (
    forget_all_undeliverable,
    remember_undeliverable,
    remember_undeliverable_people,
    use_address_again,
)
from agencies.services.contact_details.undeliverable import use_person_address_again as use_person_again
from agencies.services.deputies import end_deputyship, enter_deputyship
from agencies.services.leave import declare_leave as declare
from agencies.services.leave import take_back_leave
from agencies.services.rename import rename_agency as rename
from agencies.services.reopen import reopen_agency as reopen
from agencies.services.wordings import forget_wording, remember_wording
from circulars.services.draft import discard
from distribution.services import end_unused_addresses as unused_addresses
from distribution.services.decide_address import decide_address
from tests.administration import loaded_form, page_of
from tests.agencies.importing import as_csv, checked
from tests.factories import AgencyFactory, UserFactory, dispatched_to, draft_to, manager_of, recipient_of
from tests.use_cases.table import NOW, SENT, Action, use_case

ROW = ("sinama", "Iğdır Sınama Dairesi", "ministry", "", "", "igdir@ornek.example", "", "", "", "")


@use_case()
def rename_agency() -> Action:
    agency, by = AgencyFactory(), UserFactory()
    return lambda: rename(agency=agency, name="Yeni Ad Başkanlığı", on=NOW.date(), by=by, at=NOW)


@use_case()
def close_agency() -> Action:
    agency, successor, by = AgencyFactory(), AgencyFactory(), UserFactory()
    AgencyFactory(parent=agency)
    return lambda: close(agency=agency, on=NOW.date(), successor=successor, by=by, at=NOW, move_children=True)


@use_case()
def reopen_agency() -> Action:
    agency, by = AgencyFactory(active_to=date(2026, 3, 1), successor=AgencyFactory()), UserFactory()
    return lambda: reopen(agency=agency, by=by, at=NOW)


@use_case()
def add_agency() -> Action:
    parent, by = AgencyFactory(), UserFactory()
    return lambda: add(name="Yeni Birim", kind="other", parent=parent, province=None, by=by, at=NOW)


@use_case()
def change_contact() -> Action:
    agency, by = AgencyFactory(), UserFactory()
    with transaction.atomic():
        remember_undeliverable(channel="email", address=agency.email, answer="550", at=NOW)
    agency.refresh_from_db()
    details = ContactDetails.of(agency)
    changed = replace(details, phone="0312 000 00 00")
    return lambda: change(
        agency=agency, details=changed, by=by, at=NOW, works_again=True, version_read=details.version
    )


@use_case()
def edit_agency_in_the_administration() -> Action:
    agency = AgencyFactory()
    client = Client()
    client.force_login(UserFactory(is_superuser=True, is_staff=True))
    page, typed = page_of(agency), loaded_form(client, agency)

    def save() -> None:
        assert client.post(page, typed).status_code == 302

    return save


@use_case()
def move_agency() -> Action:
    moved, above = AgencyFactory(parent=AgencyFactory()), AgencyFactory()
    AgencyFactory(parent=moved)

    def move() -> None:
        agency = Agency.objects.get(pk=moved.pk)
        agency.parent = above
        agency.save()

    return move


@use_case()
def remember_a_wording() -> Action:
    agency, by = AgencyFactory(), UserFactory()
    return lambda: remember_wording(text="Bambaşka Bir Söyleyişe", agency=agency, by=by, at=NOW)


@use_case()
def forget_a_wording() -> Action:
    remember_a_wording()()
    wording = AgencyWording.objects.get().pk
    return lambda: forget_wording(wording=AgencyWording(pk=wording))


@use_case()
def use_addresses_again() -> Action:
    with transaction.atomic():
        for agency in AgencyFactory.create_batch(2):
            remember_undeliverable(channel="email", address=agency.email, answer="550", at=NOW)
    return forget_all_undeliverable


@use_case()
def use_one_address_again() -> Action:
    unit = AgencyFactory()
    with transaction.atomic():
        remember_undeliverable(channel="email", address=unit.email, answer="550", at=NOW)
    return lambda: use_address_again(unit=unit, channel="email", address=unit.email)


@use_case()
def use_person_address_again() -> Action:
    person = UserFactory()
    with transaction.atomic():
        remember_undeliverable_people(address=person.email, answer="550", at=NOW)
    return lambda: use_person_again(person=person)


@use_case()
def declare_leave() -> Action:
    by = UserFactory()
    day = date(2026, 3, 5)
    return lambda: declare(
        first_day=day, last_day=day, afternoon_only=False, province=None, reason="Kar", by=by, at=NOW
    )


@use_case()
def take_leave_back() -> Action:
    declare_leave()()
    by = UserFactory()
    return lambda: take_back_leave(leave=DeclaredLeave.objects.get(), reason="Yanlış gün", by=by, at=NOW)


@use_case()
def appoint_deputy() -> Action:
    agency = AgencyFactory()
    absent, deputy, by = recipient_of(agency), recipient_of(agency), manager_of(agency)
    return lambda: enter_deputyship(
        agency=agency, absent=absent, deputy=deputy, first_day=NOW.date(), last_day=NOW.date(),
        reason="İzin", by=by, at=NOW,
    )  # fmt: skip


@use_case()
def end_the_deputyship() -> Action:
    appoint_deputy()()
    absent = Deputyship.objects.get().absent
    return lambda: end_deputyship(deputyship=Deputyship.objects.get(), by=absent, at=NOW)


@use_case(wakes=True)
def upload_directory() -> Action:
    by = UserFactory()
    return lambda: begin_import(file=SimpleUploadedFile("dizin.csv", as_csv(ROW)), by=by, at=NOW)


@use_case(wakes=True)
def confirm_directory() -> Action:
    found = checked(as_csv(ROW))
    return lambda: confirm_import(directory_import=found, skip_bad_rows=True, by=found.created_by, at=NOW)


@use_case()
def discard_directory() -> Action:
    found = checked(as_csv(ROW))
    return lambda: discard_import(directory_import=found, at=NOW)


@use_case(wakes=True, one_transaction=False)
def write_directory() -> Action:
    """From the upload to the written rows, which each batch commits by itself."""
    by = UserFactory()

    def run() -> None:
        begun = begin_import(file=SimpleUploadedFile("dizin.csv", as_csv(ROW)), by=by, at=NOW)
        run_import(import_id=begun.pk, at=NOW)
        begun.refresh_from_db()
        confirm_import(directory_import=begun, skip_bad_rows=False, by=by, at=NOW)
        assert run_import(import_id=begun.pk, at=NOW)
        assert DirectoryImport.objects.get(pk=begun.pk).state == "done"

    return run


def _proposed(address: str = "sinama@kurum.gov.tr") -> Action:
    """A letter's address of a unit without one, set by a sender."""
    unit, by = AgencyFactory(email=""), UserFactory()
    letter = dispatched_to(unit, at=SENT)
    return lambda: propose(
        unit=unit, channel="email", address=address, letter=letter.pk, issuer=letter.issuer, by=by, at=NOW
    )


@use_case()
def propose_an_address() -> Action:
    return _proposed()


@use_case(one_transaction=False)
def end_unused_addresses() -> Action:
    """A draft that is deleted, and one whose list doesn't name the unit any more."""
    for letter in (draft_to(AgencyFactory()), draft_to(AgencyFactory())):
        propose(
            unit=AgencyFactory(email=""),
            channel="email",
            address="sinama@kurum.gov.tr",
            letter=letter.pk,
            issuer=letter.issuer,
            by=UserFactory(),
            at=NOW,
        )
    discard(circular=letter)
    return lambda: unused_addresses.end_unused_addresses(at=NOW)


@use_case(wakes=True)
def decide_on_an_address() -> Action:
    _proposed()()
    proposal, by = ProposedAddress.objects.get(), UserFactory()

    def decide() -> None:
        with suppress(AlreadyDecided):
            decide_address(
                proposal=proposal, state=ProposalState.REFUSED, reason="Başka birimin", by=by, at=NOW
            )

    return decide

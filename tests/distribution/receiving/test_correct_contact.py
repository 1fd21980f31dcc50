"""A unit's own people correct its contact details; the directory administrator sees, accepts and undoes it."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from agencies.models import Agency, ChangeKind, ContactCorrection, DirectoryChange, User
from agencies.services.contact_details.undeliverable import remember_undeliverable
from distribution.models import Notice, NoticeKind
from distribution.models.notices.notice_kind import WITHIN_THE_UNIT
from distribution.outbox.send import send_due
from tests.conftest import SignIn
from tests.consistency import findings
from tests.factories import AgencyFactory, UserFactory, manager_of, recipient_of, sender_of
from tests.query_count import query_count
from tests.smtp import Postbox

pytestmark = pytest.mark.django_db
OLD, NEW = "eski@kurum.example", "yeni@kurum.example"
KEP = "birim@hs01.kep.tr"


@pytest.fixture
def unit() -> Agency:
    return AgencyFactory(name="Ardahan Valiliği", email=OLD, phone="0478 1")


@pytest.fixture
def person(unit: Agency) -> User:
    return recipient_of(unit)


@pytest.fixture
def save(signed_in: SignIn, unit: Agency, person: User) -> Callable[..., Any]:
    """Send the form of the unit's details with these changes, as a person of the unit."""

    def send(**changes: str) -> Any:
        typed = {"email": unit.email, "phone": unit.phone, "kep_address": unit.kep_address, **changes}
        return signed_in(person).post(reverse("correct_contact", args=[unit.pk]), typed)

    return send


@pytest.fixture
def administrator() -> User:
    return UserFactory(is_directory_administrator=True)


def give(client: Client, unit: Agency, code: str) -> str:
    address = reverse("confirm_contact", args=[unit.pk])
    return client.post(address, {"code": code}, follow=True).content.decode()


def waiting() -> ContactCorrection:
    return ContactCorrection.objects.waiting().get(field="email")


def test_a_new_address_counts_only_with_the_code_and_the_old_one_is_told(
    save: Callable[..., Any], client: Client, unit: Agency, person: User, postbox: Postbox, at_work: datetime
) -> None:
    save(email=f" {NEW.upper()} ")
    unit.refresh_from_db()
    assert unit.email == OLD
    send_due()
    digits = waiting().digits
    assert digits in postbox.to(NEW).get_body(("plain",)).get_content()

    give(client, unit, f"{digits[:3]} {digits[3:]}")
    send_due()

    unit.refresh_from_db()
    assert unit.email == NEW
    assert NEW in postbox.to(OLD).get_body(("plain",)).get_content()
    change = DirectoryChange.objects.get(agency=unit, kind=ChangeKind.CONTACT)
    assert (change.by, change.data["changes"]) == (person, {"email": [OLD, NEW]})
    assert findings() == []


def test_a_wrong_code_is_counted_in_the_database_and_five_end_it(
    save: Callable[..., Any], client: Client, unit: Agency
) -> None:
    save(email=NEW)
    digits = waiting().digits
    for _ in range(5):
        give(client, unit, f"{(int(digits) + 1) % 10**6:06d}")

    give(client, unit, digits)

    unit.refresh_from_db()
    assert (unit.email, waiting().tries) == (OLD, 5)


def test_a_code_expires_and_only_the_newest_counts(
    save: Callable[..., Any], client: Client, unit: Agency
) -> None:
    save(email=NEW)
    first = waiting().digits
    client.post(reverse("send_contact_code_again", args=[unit.pk]))
    second = waiting().digits
    give(client, unit, first)
    assert Agency.objects.get(pk=unit.pk).email == OLD

    with time_machine.travel(timezone.now() + timedelta(minutes=16)):
        give(client, unit, second)

    assert Agency.objects.get(pk=unit.pk).email == OLD


def test_codes_are_limited(save: Callable[..., Any], client: Client, english: Client, unit: Agency) -> None:
    for _ in range(3):
        save(email=NEW)
    refused = save(email=NEW).content.decode()
    client.post(reverse("send_contact_code_again", args=[unit.pk]))

    assert "Too many codes" in refused
    assert Notice.objects.filter(kind=NoticeKind.CONTACT_CODE).count() == 3


def test_an_address_is_checked_like_everywhere_and_a_doubtful_domain_is_named(
    save: Callable[..., Any], client: Client, unit: Agency
) -> None:
    assert "is-invalid" in save(email="iki@kurum.example, uc@kurum.example").content.decode()
    assert "is-invalid" in save(email="").content.decode()
    assert not ContactCorrection.objects.exists()

    save(email="birim@gmial.com")
    shown = client.get(reverse("correct_contact", args=[unit.pk])).content.decode()
    assert "gmail.com" in shown


def test_a_telephone_number_counts_at_once_and_a_kep_address_once_it_is_accepted(
    save: Callable[..., Any], signed_in: SignIn, unit: Agency, administrator: User
) -> None:
    save(phone="0478 2", kep_address=KEP)
    unit.refresh_from_db()
    assert (unit.phone, unit.kep_address) == ("0478 2", "")
    client = signed_in(administrator)
    kep = ContactCorrection.objects.get(field="kep_address")
    assert KEP in client.get(reverse("contact_corrections")).content.decode()

    client.post(reverse("accept_correction", args=[kep.pk]))

    unit.refresh_from_db()
    assert unit.kep_address == KEP
    client.post(reverse("refuse_correction", args=[kep.pk]))
    kep.refresh_from_db()
    assert (kep.is_applied, kep.decided_by) == (True, administrator)


def test_the_administrator_refuses_and_undoes(
    save: Callable[..., Any], signed_in: SignIn, unit: Agency, administrator: User
) -> None:
    save(phone="0478 2", kep_address=KEP)
    kep, phone = (ContactCorrection.objects.get(field=each) for each in ("kep_address", "phone"))
    client = signed_in(administrator)

    client.post(reverse("refuse_correction", args=[kep.pk]))
    client.post(reverse("undo_correction", args=[phone.pk]))

    unit.refresh_from_db()
    assert (unit.phone, unit.kep_address) == ("0478 1", "")
    assert DirectoryChange.objects.filter(agency=unit).count() == 2
    Agency.objects.update(phone="0478 3")
    client.post(reverse("undo_correction", args=[phone.pk]))
    unit.refresh_from_db()
    assert unit.phone == "0478 3"


def test_a_correction_whose_value_was_replaced_says_so_and_can_not_be_undone(
    save: Callable[..., Any], signed_in: SignIn, unit: Agency, administrator: User
) -> None:
    save(phone="0478 2")
    save(phone="0478 3")
    earlier, latest = ContactCorrection.objects.order_by("pk")

    page = signed_in(administrator).get(reverse("contact_corrections")).content.decode()

    assert page.count("yerine yenisi geçti") == 1
    assert page.count("tarihinden beri geçerli") == 1
    assert reverse("undo_correction", args=[earlier.pk]) not in page
    assert reverse("undo_correction", args=[latest.pk]) in page


def test_an_address_that_came_back_is_not_used_again_because_a_correction_is_undone(
    save: Callable[..., Any], client: Client, signed_in: SignIn, unit: Agency, administrator: User
) -> None:
    remember_undeliverable(channel="email", address=OLD, answer="550 5.1.1", at=timezone.now())
    save(email=NEW)
    give(client, unit, waiting().digits)
    correction = ContactCorrection.objects.get(field="email")

    signed_in(administrator).post(reverse("undo_correction", args=[correction.pk]))

    unit.refresh_from_db()
    assert unit.email == OLD
    assert unit.open_channels() == []


def test_what_was_changed_meanwhile_is_shown_beside_what_was_typed(
    signed_in: SignIn, english: Client, unit: Agency, person: User
) -> None:
    address = reverse("correct_contact", args=[unit.pk])
    form = signed_in(person).get(address).context["form"]
    typed = {name: form[name].value() for name in form.fields}
    Agency.objects.filter(pk=unit.pk).update(phone="0478 9")

    refused = signed_in(person).post(address, {**typed, "phone": "0478 5"}).content.decode()

    assert "0478 9" in refused
    assert "0478 5" in refused
    assert Agency.objects.get(pk=unit.pk).phone == "0478 9"


def test_a_confirmed_address_is_no_longer_undeliverable(
    save: Callable[..., Any], client: Client, unit: Agency
) -> None:
    remember_undeliverable(channel="email", address=NEW, answer="550", at=timezone.now(), wrote_to=unit)
    save(email=NEW)

    give(client, unit, waiting().digits)

    unit.refresh_from_db()
    assert (unit.email, unit.undeliverable_addresses) == (NEW, [])


def test_strangers_find_nothing_and_a_get_changes_nothing(
    signed_in: SignIn, save: Callable[..., Any], unit: Agency
) -> None:
    save(phone="0478 2", kep_address=KEP)
    kep = ContactCorrection.objects.get(field="kep_address")
    for stranger in (recipient_of(AgencyFactory()), sender_of(unit)):
        client = signed_in(stranger)
        for name in ("correct_contact", "confirm_contact", "send_contact_code_again"):
            assert client.post(reverse(name, args=[unit.pk]), {"code": "000000"}).status_code == 404
    for nobody in (manager_of(unit), recipient_of(unit)):
        client = signed_in(nobody)
        assert client.get(reverse("contact_corrections")).status_code == 404
        for name in ("undo_correction", "accept_correction", "refuse_correction"):
            assert client.post(reverse(name, args=[kep.pk])).status_code == 404
    kep.refresh_from_db()
    assert kep.is_waiting


def test_the_list_asks_as_often_for_twenty_corrections_as_for_two(
    signed_in: SignIn, administrator: User
) -> None:
    client = signed_in(administrator)

    def asked(count: int) -> int:
        for _ in range(count):
            ContactCorrection.objects.create(
                agency=AgencyFactory(),
                field="phone",
                after="1",
                asked_by=UserFactory(),
                asked_at=timezone.now(),
                applied_at=timezone.now(),
            )
        return query_count(lambda: client.get(reverse("contact_corrections")))

    asked(1)
    assert asked(2) == asked(18)


def test_mails_about_an_address_belong_to_no_letter() -> None:
    assert {NoticeKind.CONTACT_CODE, NoticeKind.CONTACT_CHANGED} <= set(WITHIN_THE_UNIT)

"""A person's own address that nothing reaches: no mail goes there until it is changed or said to work."""

from datetime import timedelta

import pytest
from django.core import mail
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from agencies.models import Agency, User
from agencies.services.contact_details.undeliverable import remember_undeliverable_people
from distribution.feedback.returned_mail import read_returned_mail
from distribution.feedback.settle_mail import settle_mail
from distribution.models import Notice, NoticeKind, NoticeState, Settlement
from distribution.outbox.digest import form_digests
from distribution.outbox.outages.retry import retry_failed
from distribution.outbox.send import send_due
from distribution.outbox.write import post, to_person
from tests.conftest import SignIn
from tests.consistency import findings
from tests.distribution.reports import dsn
from tests.factories import (
    MOMENT,
    AgencyFactory,
    UserFactory,
    dispatched_to,
    left,
    manager_of,
    recipient_of,
)
from tests.query_count import query_count
from tests.smtp import Postbox

pytestmark = pytest.mark.django_db
LATER = MOMENT + timedelta(hours=1)
GONE = "550 5.1.1 User unknown"


@pytest.fixture
def unit() -> Agency:
    return AgencyFactory(name="Ardahan Valiliği", email="ardahan@kurum.example")


@pytest.fixture
def person(unit: Agency) -> User:
    return recipient_of(unit)


def notice_to(person: User, unit: Agency, *, in_digest: bool = False) -> Notice | None:
    delivery = dispatched_to(unit).deliveries.get()
    unsaved = to_person(person, delivery=delivery, kind=NoticeKind.REMINDER, at=MOMENT, in_digest=in_digest)
    return unsaved and post([unsaved])[0]


def bounced(person: User, unit: Agency, status: str = "5.1.1", diagnosis: str = f"smtp; {GONE}") -> Notice:
    """A reminder to the person came back. Returns its notice."""
    notice = notice_to(person, unit)
    assert notice is not None
    left(notice)
    report = dsn(notice.message_id, person.email, status=status, diagnosis=diagnosis)
    read_returned_mail(raw=report, at=LATER)
    person.refresh_from_db()
    return notice


def close(*people: User) -> None:
    with transaction.atomic():
        for each in people:
            remember_undeliverable_people(address=each.email, answer=GONE, at=LATER)
            each.refresh_from_db()


def test_a_mail_to_a_person_that_came_back_closes_the_persons_address(person: User, unit: Agency) -> None:
    twin = UserFactory(email=person.email)
    bounced(person, unit)
    known = person.undeliverable_address
    assert known is not None
    assert (known.address, known.since) == (person.email, LATER)
    assert "User unknown" in known.answer
    twin.refresh_from_db()
    assert twin.undeliverable_address
    assert notice_to(person, unit) is None
    unit.refresh_from_db()
    assert unit.open_channels()
    assert findings(LATER) == []


def test_a_full_mailbox_closes_nobodys_address(person: User, unit: Agency) -> None:
    bounced(person, unit, status="5.2.2", diagnosis="smtp; 552 5.2.2 Mailbox full")
    assert person.mail_address == person.email


def test_what_waits_already_is_not_sent_there(person: User, unit: Agency, postbox: Postbox) -> None:
    waiting = notice_to(person, unit)
    assert waiting is not None
    close(person)
    Notice.objects.exclude(pk=waiting.pk).delete()
    send_due()
    waiting.refresh_from_db()
    assert waiting.state == NoticeState.FAILED
    assert not postbox.mails
    assert GONE in waiting.last_error


def test_no_digest_is_formed_for_the_person(person: User, unit: Agency) -> None:
    held = notice_to(person, unit, in_digest=True)
    assert held is not None
    close(person)
    form_digests(at=MOMENT + timedelta(days=1))
    held.refresh_from_db()
    assert held.state == NoticeState.FAILED
    assert not Notice.objects.filter(kind=NoticeKind.DIGEST).exists()


def test_another_address_is_used_at_once(person: User, unit: Agency) -> None:
    close(person)
    person.email = "yeni@kurum.example"
    person.save(update_fields=["email"])
    assert person.mail_address == "yeni@kurum.example"
    assert notice_to(person, unit) is not None


def test_a_sender_who_settles_it_closes_it_by_a_tick(person: User, unit: Agency) -> None:
    notice = notice_to(person, unit)
    assert notice is not None
    left(notice)
    raw = b"From: postmaster@kurum.example\r\nSubject: hata\r\nIn-Reply-To: " + notice.message_id.encode()
    returned = read_returned_mail(raw=raw + b"\r\n\r\nKutu.\r\n", at=LATER)
    admin = UserFactory(is_superuser=True)
    settled = settle_mail(pk=returned.pk, settled_as=Settlement.FAILED, by=admin, at=LATER, nobody_there=True)
    assert settled is not None
    person.refresh_from_db()
    known = person.undeliverable_address
    assert known is not None
    assert known.decided_by == str(admin)


def test_the_person_is_told_on_every_page_and_may_say_that_it_works(
    english: Client, signed_in: SignIn, person: User
) -> None:
    close(person)
    client = signed_in(person)
    words = f"Nothing reaches your e-mail address {person.email}."
    assert words in client.get(reverse("directory")).content.decode()
    client.post(reverse("use_person_address_again", args=[person.pk]))
    person.refresh_from_db()
    assert person.mail_address == person.email
    assert words not in client.get(reverse("directory")).content.decode()


def test_the_units_manager_is_told_on_its_page_and_may_say_that_it_works(
    english: Client, signed_in: SignIn, person: User, unit: Agency
) -> None:
    close(person)
    page = reverse("agency", args=[unit.pk])
    words = f"No mail reaches this person at {person.email}."
    assert words in signed_in(manager_of(unit)).get(page).content.decode()
    assert words not in signed_in(recipient_of(unit)).get(page).content.decode()
    client = signed_in(manager_of(unit))
    answer = client.post(reverse("use_person_address_again", args=[person.pk]), {"unit": unit.pk})
    assert answer["Location"] == page
    person.refresh_from_db()
    assert person.mail_address


def test_nobody_else_may_say_so(signed_in: SignIn, person: User) -> None:
    close(person)
    url = reverse("use_person_address_again", args=[person.pk])
    assert signed_in(manager_of(AgencyFactory())).post(url).status_code == 404
    signed_in(person).get(url)
    person.refresh_from_db()
    assert person.undeliverable_address


def test_maintainers_of_the_directory_have_a_list_with_a_constant_number_of_queries(
    english: Client, signed_in: SignIn, person: User
) -> None:
    client = signed_in(UserFactory(is_directory_administrator=True))
    assert "There is none." in client.get(reverse("undeliverable_addresses")).content.decode()
    counts = []
    for number in (1, 20):
        close(*UserFactory.create_batch(number))
        counts.append(query_count(client.get, reverse("undeliverable_addresses")))
    assert counts[0] == counts[1]
    close(person)
    page = client.get(reverse("undeliverable_addresses")).content.decode()
    assert person.email in page
    assert GONE in page
    client.post(reverse("use_person_address_again", args=[person.pk]))
    person.refresh_from_db()
    assert person.mail_address


def test_a_mail_for_a_new_password_that_came_back_closes_the_address_too(
    client: Client, person: User
) -> None:
    client.post(reverse("account_reset_password"), {"email": person.email})
    (sent,) = mail.outbox
    message_id = sent.message()["Message-ID"]
    forged = message_id.replace("account.", "account.1")

    read_returned_mail(raw=dsn(forged, person.email), at=LATER)
    person.refresh_from_db()
    assert person.mail_address
    first = read_returned_mail(raw=dsn(message_id, "baskasi@kurum.example"), at=LATER)
    assert not first.settled_as
    returned = read_returned_mail(raw=dsn(message_id, person.email), at=LATER)

    assert returned.settled_as == Settlement.APPLIED
    person.refresh_from_db()
    assert person.undeliverable_address


def test_such_a_mail_about_a_former_address_closes_nothing(client: Client, person: User) -> None:
    client.post(reverse("account_reset_password"), {"email": person.email})
    message_id = mail.outbox[0].message()["Message-ID"]
    former, person.email = person.email, "yeni@kurum.example"
    person.save(update_fields=["email"])
    read_returned_mail(raw=dsn(message_id, former), at=timezone.now())
    person.refresh_from_db()
    assert person.mail_address == "yeni@kurum.example"


def test_sending_again_by_hand_opens_it(person: User, unit: Agency) -> None:
    notice = bounced(person, unit)
    assert notice.delivery is not None
    retry_failed(circular=notice.delivery.circular, at=LATER)
    person.refresh_from_db()
    notice.refresh_from_db()
    assert person.mail_address
    assert notice.state == NoticeState.WAITING

"""An address that nothing reaches is not used again until somebody corrects it or says that it works."""

from datetime import timedelta

import pytest
from django.urls import reverse

from agencies.models import Agency, User
from agencies.services.contact_details.undeliverable import (
    MOST_IN_AN_HOUR,
    forget_all_undeliverable,
    remember_undeliverable,
)
from distribution.feedback.returned_mail import read_returned_mail
from distribution.models import Delivery, Notice, NoticeKind, NoticeState
from distribution.outbox.channels import PermanentFailure
from distribution.outbox.messages import compose
from distribution.outbox.outages.retry import retry_failed
from distribution.outbox.record import record_failure
from distribution.outbox.send import send_due
from distribution.reminders.remind_by_hand import WhyNotReminded, plan_manual_reminders
from distribution.services.sending.preflight import preflight
from tests.conftest import SignIn
from tests.consistency import findings
from tests.distribution.reports import dsn
from tests.factories import (
    MOMENT,
    AgencyFactory,
    claimed,
    dispatched_to,
    draft_to,
    left,
    manager_of,
    recipient_of,
    sender_of,
)
from tests.smtp import Postbox

pytestmark = pytest.mark.django_db
LATER = MOMENT + timedelta(hours=1)


@pytest.fixture
def unit() -> Agency:
    return AgencyFactory(name="Iğdır İl Müdürlüğü", email="igdir@kurum.example")


def bounced(unit: Agency, **report: str) -> Notice:
    """A letter left to the unit's address, and this report came back. Returns its notice."""
    dispatched_to(unit)
    notice = claimed()
    left(notice)
    read_returned_mail(raw=dsn(notice.message_id, notice.address, **report), at=LATER)
    unit.refresh_from_db()
    return notice


def test_a_mail_that_came_back_from_a_missing_mailbox_closes_the_address(unit: Agency) -> None:
    bounced(unit)
    assert unit.open_channels() == []
    (address,) = unit.undeliverable_addresses
    assert (address.channel, address.address, address.since) == ("email", "igdir@kurum.example", LATER)
    assert "User unknown" in address.answer
    assert findings(LATER) == []


def test_so_does_a_server_that_refuses_the_recipient(unit: Agency) -> None:
    dispatched_to(unit)
    record_failure(notice=claimed(), error=PermanentFailure("550", nobody_there=True), at=LATER)
    unit.refresh_from_db()
    assert unit.open_channels() == []


@pytest.mark.parametrize(
    "report",
    [
        {"status": "5.7.1", "diagnosis": "smtp; 550 5.7.1 Message rejected as spam"},
        {"status": "5.3.4", "diagnosis": "smtp; 552 5.3.4 Message too big"},
        {"status": "5.2.2", "diagnosis": "smtp; 552 5.2.2 Mailbox full"},
    ],
)
def test_any_other_failure_leaves_the_address_open(unit: Agency, report: dict[str, str]) -> None:
    bounced(unit, **report)
    assert unit.open_channels()


def test_a_forwarding_target_that_does_not_exist_leaves_the_address_open(unit: Agency) -> None:
    dispatched_to(unit)
    notice = claimed()
    left(notice)
    report = dsn(notice.message_id, "eski@baska.example").replace(
        b"To: eski@baska.example", b"To: igdir@kurum.example"
    )
    read_returned_mail(raw=report, at=LATER)
    unit.refresh_from_db()
    notice.refresh_from_db()
    assert notice.state == NoticeState.FAILED
    assert unit.open_channels()


def test_so_does_one_that_says_where_the_mail_was_forwarded_from(unit: Agency) -> None:
    dispatched_to(unit)
    notice = claimed()
    left(notice)
    report = dsn(notice.message_id, "eski@baska.example", original_recipient="igdir@kurum.example")
    read_returned_mail(raw=report, at=LATER)
    unit.refresh_from_db()
    notice.refresh_from_db()
    assert notice.state == NoticeState.FAILED
    assert unit.open_channels()


def test_reports_about_very_many_addresses_are_no_proof_against_each(unit: Agency) -> None:
    AgencyFactory.create_batch(MOST_IN_AN_HOUR)
    for each in Agency.objects.exclude(pk=unit.pk):
        remember_undeliverable(channel="email", address=each.email, answer="550", at=MOMENT)
    assert Agency.objects.with_undeliverable_address().count() == MOST_IN_AN_HOUR

    dispatched_to(unit)
    record_failure(notice=claimed(), error=PermanentFailure("550", nobody_there=True), at=MOMENT)
    unit.refresh_from_db()
    assert unit.open_channels()

    assert forget_all_undeliverable() == MOST_IN_AN_HOUR
    assert not Agency.objects.with_undeliverable_address().exists()


def test_every_unit_with_the_address_is_concerned(unit: Agency) -> None:
    other = AgencyFactory(email=unit.email)
    bounced(unit)
    other.refresh_from_db()
    assert other.open_channels() == []


def test_the_next_letter_goes_by_the_next_channel(unit: Agency, kep_account: None) -> None:
    Agency.objects.filter(pk=unit.pk).update(kep_address="igdir@hs01.kep.tr")
    bounced(Agency.objects.get(pk=unit.pk))
    dispatched_to(Agency.objects.get(pk=unit.pk), at=LATER)
    latest = Notice.objects.filter(kind=NoticeKind.LETTER).latest("pk")
    assert latest.channel == "kep"


def test_the_next_letter_and_its_reminders_do_not_go_there(unit: Agency) -> None:
    bounced(unit)
    before = Notice.objects.filter(agency=unit).count()
    circular = dispatched_to(unit, at=LATER)
    assert Notice.objects.filter(agency=unit).count() == before
    plan = plan_manual_reminders(deliveries=Delivery.objects.filter(circular=circular), at=LATER)
    assert [each.why for each in plan.skipped] == [WhyNotReminded.NO_CHANNEL]


def test_what_was_written_before_is_not_sent_there(unit: Agency, postbox: Postbox) -> None:
    dispatched_to(unit)
    dispatched_to(unit)
    _first, second = Notice.objects.order_by("pk")
    record_failure(notice=claimed(), error=PermanentFailure("550 gone", nobody_there=True), at=LATER)
    send_due()
    second.refresh_from_db()
    assert (second.state, second.last_error) == (NoticeState.FAILED, "550 gone")
    assert postbox.mails == []


def test_the_managers_are_asked_once_for_another_address(unit: Agency) -> None:
    dispatched_to(unit)
    dispatched_to(unit)
    manager = manager_of(unit)
    manager.email = "mudur@kurum.example"
    manager.save()
    for _ in range(2):
        record_failure(notice=claimed(), error=PermanentFailure("550 gone", nobody_there=True), at=LATER)
    (asked,) = Notice.objects.filter(kind=NoticeKind.ADDRESS_ASKED)
    assert (asked.person, asked.address) == (manager, "mudur@kurum.example")
    message = compose(asked)
    assert message.subject == "Iğdır İl Müdürlüğü: kayıtlı adrese ulaşılamıyor"
    assert "550 gone" in message.text
    assert reverse("agency_contact", args=[unit.pk]) in message.text
    assert "igdir@kurum.example" in message.html


def test_whoever_said_a_moment_ago_that_it_works_is_not_asked_again(unit: Agency) -> None:
    manager_of(unit)
    notice = bounced(unit)
    assert notice.delivery is not None
    retry_failed(circular=notice.delivery.circular, at=LATER)
    again = claimed(LATER)
    assert again.kind == NoticeKind.LETTER
    record_failure(notice=again, error=PermanentFailure("550", nobody_there=True), at=LATER)
    unit.refresh_from_db()
    assert unit.open_channels() == []
    assert Notice.objects.filter(kind=NoticeKind.ADDRESS_ASKED).count() == 1


def test_without_a_manager_of_its_own_the_nearest_above_is_asked(unit: Agency) -> None:
    above = AgencyFactory()
    unit.parent = above
    unit.save()
    manager = manager_of(above)
    manager_of(unit)  # has only the address that nothing reaches
    User.objects.filter(memberships__agency=unit).update(email=unit.email)
    bounced(unit)
    assert Notice.objects.get(kind=NoticeKind.ADDRESS_ASKED).person == manager


def test_a_question_that_was_answered_meanwhile_is_not_sent(unit: Agency, postbox: Postbox) -> None:
    manager_of(unit)
    bounced(unit)
    Agency.objects.filter(pk=unit.pk).update(email="yeni@kurum.example")
    Notice.objects.filter(kind=NoticeKind.ADDRESS_ASKED).update(next_attempt_at=MOMENT)
    send_due()
    assert Notice.objects.get(kind=NoticeKind.ADDRESS_ASKED).state == NoticeState.CANCELLED


def test_another_address_opens_the_channel_again(unit: Agency) -> None:
    bounced(unit)
    unit.email = "yeni@kurum.example"
    unit.save()
    assert [each.address for each in unit.open_channels()] == ["yeni@kurum.example"]
    assert unit.undeliverable_addresses == []
    assert not Agency.objects.with_undeliverable_address().exists()


def test_sending_again_by_hand_tries_the_address_again(unit: Agency) -> None:
    notice = bounced(unit)
    assert notice.delivery is not None
    assert retry_failed(circular=notice.delivery.circular, at=LATER) == 1
    unit.refresh_from_db()
    assert unit.open_channels()


def test_the_preflight_names_the_unit(unit: Agency) -> None:
    bounced(unit)
    found = preflight(circular=draft_to(unit), at=LATER)
    assert (found.undeliverable, found.without_address) == ([unit], [])
    assert found.tells


def test_the_page_before_dispatch_says_so(unit: Agency, signed_in: SignIn) -> None:
    bounced(unit)
    draft = draft_to(unit)
    page = signed_in(sender_of(draft.issuer)).get(reverse("dispatch", args=[draft.public_id]))
    assert "adresine ulaşılamıyor" in page.content.decode()


def test_the_unit_sees_it_in_its_inbox_and_on_its_page(unit: Agency, signed_in: SignIn) -> None:
    bounced(unit)
    client = signed_in(recipient_of(unit))
    for page in (reverse("unit_inbox", args=[unit.pk]), reverse("agency", args=[unit.pk])):
        text = client.get(page).content.decode()
        assert "igdir@kurum.example" in text
        assert reverse("agency_contact", args=[unit.pk]) not in text


def test_a_manager_says_that_it_works_again(unit: Agency, signed_in: SignIn) -> None:
    bounced(unit)
    client = signed_in(manager_of(unit))
    contact = reverse("agency_contact", args=[unit.pk])
    assert contact in client.get(reverse("agency", args=[unit.pk])).content.decode()
    typed = {"email": unit.email, "phone": "", "kep_address": "", "channel_1": "", "channel_2": ""}

    client.post(contact, typed)
    unit.refresh_from_db()
    assert unit.open_channels() == []

    client.post(contact, typed | {"works_again": "on"})
    unit.refresh_from_db()
    assert [each.address for each in unit.open_channels()] == [unit.email]


def test_a_mail_that_comes_back_after_the_address_was_changed_is_remembered(unit: Agency) -> None:
    """Entered again, the old address is known; nobody is asked for another one meanwhile."""
    manager_of(unit)
    dispatched_to(unit)
    notice = claimed()
    left(notice)
    Agency.objects.filter(pk=unit.pk).update(email="yeni@kurum.example")
    read_returned_mail(raw=dsn(notice.message_id, notice.address), at=LATER)
    unit.refresh_from_db()
    assert unit.open_channels()
    assert not unit.undeliverable_addresses
    assert not Notice.objects.filter(kind=NoticeKind.ADDRESS_ASKED).exists()

    Agency.objects.filter(pk=unit.pk).update(email="igdir@kurum.example")
    unit.refresh_from_db()
    assert [each.address for each in unit.undeliverable_addresses] == ["igdir@kurum.example"]


def test_whoever_maintains_the_directory_has_a_list(unit: Agency, signed_in: SignIn) -> None:
    bounced(unit)
    maintainer = recipient_of(AgencyFactory())
    page = reverse("undeliverable_addresses")
    assert signed_in(maintainer).get(page).status_code == 404
    maintainer.is_directory_administrator = True
    maintainer.save()
    text = signed_in(maintainer).get(page).content.decode()
    assert unit.name in text
    assert "igdir@kurum.example" in text
    asked = signed_in(maintainer).get(reverse("use_addresses_again"))
    again = signed_in(maintainer).post(
        reverse("use_addresses_again"), {"version_read": asked.context["version"]}, follow=True
    )
    assert "Kayıt yok." in again.content.decode()
    assert page in signed_in(maintainer).get(reverse("directory")).content.decode()

"""The pages that show addresses that nothing reaches: what they say, and using one or all of them again."""

import re
from datetime import timedelta

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from agencies.models import Agency
from agencies.models.contact_details.channel import is_undeliverable
from agencies.services.contact_details.undeliverable import remember_undeliverable
from distribution.feedback.returned_mail import read_returned_mail
from distribution.feedback.settle_mail import settle_mail
from distribution.models import Notice, NoticeKind, NoticeState, ReturnedMail, Settlement
from distribution.outbox.messages import compose
from distribution.outbox.send import send_due
from tests.conftest import SignIn
from tests.distribution import reports
from tests.factories import (
    MOMENT,
    AgencyFactory,
    UserFactory,
    claimed,
    dispatched_to,
    left,
    manager_of,
    sender_of,
)
from tests.query_count import query_count

pytestmark = pytest.mark.django_db
LIST = reverse("undeliverable_addresses")
ALL_AGAIN = reverse("use_addresses_again")
LATER = MOMENT + timedelta(hours=1)
DAY = date_format(timezone.localtime(LATER), "SHORT_DATE_FORMAT")


@pytest.fixture
def unit() -> Agency:
    return AgencyFactory(name="Iğdır İl Müdürlüğü", email="igdir@kurum.example")


@pytest.fixture
def maintainer(english: Client, signed_in: SignIn) -> Client:
    return signed_in(UserFactory(is_directory_administrator=True))


def close(*units: Agency, answer: str = "550 gone") -> None:
    with transaction.atomic():
        for each in units:
            remember_undeliverable(channel="email", address=each.email, answer=answer, at=LATER)
            each.refresh_from_db()


def words(client: Client, address: str) -> str:
    """The text of the page, without tags."""
    return " ".join(re.sub(r"<[^>]+>", " ", client.get(address).content.decode()).split())


class TestUseAgain:
    def test_all_is_asked_on_a_page_that_names_the_units(self, maintainer: Client, unit: Agency) -> None:
        other = AgencyFactory()
        close(unit, other)
        AgencyFactory(name="Ulaşılan Birim")
        assert 'class="btn btn-outline-secondary" href="' + ALL_AGAIN in maintainer.get(LIST).content.decode()
        text = words(maintainer, ALL_AGAIN)
        assert "the addresses of 2 units" in text
        assert unit.name in text
        assert other.name in text
        assert "Ulaşılan Birim" not in text
        assert unit.email in text
        assert f"Mail came back on {DAY}. 550 gone" in text
        unit.refresh_from_db()
        assert unit.undeliverable_addresses

    def test_one_press_does_nothing(self, maintainer: Client, unit: Agency) -> None:
        close(unit)
        maintainer.post(ALL_AGAIN)
        unit.refresh_from_db()
        assert unit.undeliverable_addresses

    def test_a_list_that_changed_meanwhile_is_asked_again(self, maintainer: Client, unit: Agency) -> None:
        close(unit)
        version = maintainer.get(ALL_AGAIN).context["version"]
        close(AgencyFactory())
        response = maintainer.post(ALL_AGAIN, {"version_read": version}, follow=True)
        assert response.redirect_chain == [(ALL_AGAIN, 302)]
        assert "has changed meanwhile" in response.content.decode()
        assert Agency.objects.with_undeliverable_address().count() == 2

    def test_all_keeps_what_the_servers_said(self, maintainer: Client, unit: Agency) -> None:
        close(unit)
        version = maintainer.get(ALL_AGAIN).context["version"]
        response = maintainer.post(ALL_AGAIN, {"version_read": version}, follow=True)
        assert "The address of 1 unit is used again." in response.content.decode()
        unit.refresh_from_db()
        assert unit.undeliverable["email"][0]["answer"] == "550 gone"
        assert unit.open_channels()
        assert maintainer.get(ALL_AGAIN).status_code == 302

    def test_a_single_address_is_used_again_at_one_press(self, maintainer: Client, unit: Agency) -> None:
        other = AgencyFactory()
        close(unit, other)
        single = reverse("use_address_again", args=[unit.pk])
        assert f'action="{single}"' in maintainer.get(LIST).content.decode()
        response = maintainer.post(single, {"channel": "email", "address": unit.email}, follow=True)
        assert "igdir@kurum.example is used again" in response.content.decode()
        assert list(Agency.objects.with_undeliverable_address()) == [other]
        again = maintainer.post(single, {"channel": "email", "address": unit.email}, follow=True)
        assert "is used again" not in again.content.decode()
        assert "Nothing was changed: igdir@kurum.example" in again.content.decode()
        assert maintainer.get(single).status_code == 302

    def test_strangers_get_404(self, signed_in: SignIn, unit: Agency) -> None:
        close(unit)
        client = signed_in(manager_of(unit))
        assert client.get(ALL_AGAIN).status_code == 404
        assert client.post(ALL_AGAIN).status_code == 404
        posted = client.post(
            reverse("use_address_again", args=[unit.pk]), {"channel": "email", "address": unit.email}
        )
        assert posted.status_code == 404
        unit.refresh_from_db()
        assert unit.undeliverable_addresses

    def test_the_question_takes_the_same_queries_for_any_number_of_units(
        self, maintainer: Client, unit: Agency
    ) -> None:
        close(unit)
        few = query_count(maintainer.get, ALL_AGAIN)
        close(*AgencyFactory.create_batch(20))
        assert query_count(maintainer.get, ALL_AGAIN) == few


class TestDecidedByAPerson:
    """A sender reads a reply and records that nobody is reached at the address."""

    @pytest.fixture
    def decided(self, unit: Agency) -> Agency:
        issuer = AgencyFactory()
        boss = manager_of(unit)
        boss.email = "mudur@kurum.example"
        boss.save()
        dispatched_to(unit, issuer=issuer)
        notice = claimed()
        left(notice)
        read_returned_mail(raw=reports.person(notice.address, notice.message_id), at=MOMENT)
        by = sender_of(issuer)
        by.first_name, by.last_name = "Ayşe", "Demir"
        by.save()
        mail = ReturnedMail.objects.get(settled_as="")
        assert mail.text
        settle_mail(pk=mail.pk, settled_as=Settlement.FAILED, by=by, at=LATER, nobody_there=True)
        unit.refresh_from_db()
        return unit

    def test_every_page_says_who_and_when_without_the_text_of_the_reply(
        self, maintainer: Client, signed_in: SignIn, decided: Agency
    ) -> None:
        private = ReturnedMail.objects.get().text.strip()[:30]
        said = f"Ayşe Demir recorded on {DAY} that nobody is reached at this address."
        pages = [
            (maintainer, LIST),
            (maintainer, ALL_AGAIN),
            (maintainer, reverse("agency", args=[decided.pk])),
        ]
        for client, page in pages:
            text = words(client, page)
            assert said in text
            assert private not in text
        contact = words(signed_in(manager_of(decided)), reverse("agency_contact", args=[decided.pk]))
        assert said in contact
        assert private not in contact

    def test_the_mail_to_the_managers_says_so(self, decided: Agency) -> None:
        message = compose(Notice.objects.get(kind=NoticeKind.ADDRESS_ASKED))
        for text in (message.text, message.html):
            assert "Ayşe Demir" in text
            assert "Sunucunun cevabı" not in text

    def test_a_notice_that_is_not_sent_for_it_has_a_reason(self, unit: Agency, decided: Agency) -> None:
        Agency.objects.filter(pk=unit.pk).update(undeliverable={})
        dispatched_to(Agency.objects.get(pk=unit.pk), at=LATER)
        Agency.objects.filter(pk=unit.pk).update(undeliverable=decided.undeliverable)
        Notice.objects.filter(state=NoticeState.WAITING).exclude(kind=NoticeKind.LETTER).delete()
        send_due()
        assert "nobody is reached" in Notice.objects.filter(kind=NoticeKind.LETTER).latest("pk").last_error


def test_the_unit_s_page_does_not_repeat_its_name(english: Client, signed_in: SignIn, unit: Agency) -> None:
    close(unit)
    text = words(signed_in(manager_of(unit)), reverse("agency", args=[unit.pk]))
    assert f"Mail came back on {DAY}." in text
    assert f"Mail to {unit.name}" not in text


def test_the_channel_beside_an_address_is_not_broken(maintainer: Client, unit: Agency) -> None:
    close(unit)
    for page in (LIST, ALL_AGAIN, reverse("agency", args=[unit.pk])):
        assert '<span class="text-nowrap">(E-mail)</span>' in maintainer.get(page).content.decode()


def test_an_address_without_an_answer_or_a_person_still_has_a_reason(
    maintainer: Client, unit: Agency
) -> None:
    close(unit, answer="")
    assert f"Mail came back on {DAY}." in words(maintainer, LIST)


def test_an_address_that_was_replaced_meanwhile_is_not_listed_but_remembered(unit: Agency) -> None:
    close(unit)
    Agency.objects.filter(pk=unit.pk).update(email="yeni@kurum.example")
    unit.refresh_from_db()
    assert is_undeliverable(unit, "email", "igdir@kurum.example")
    assert not Agency.objects.with_undeliverable_address().exists()

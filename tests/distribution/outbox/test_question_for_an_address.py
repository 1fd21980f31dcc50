"""A question for a unit's address is no notice of the letter, and goes to a person."""

import pytest
from django.urls import reverse

from agencies.models import Agency, Role, User
from distribution.models import Delivery, Notice, NoticeKind
from distribution.outbox.channels import PermanentFailure
from distribution.outbox.outages.retry import retry_failed
from distribution.outbox.record import record_failure
from distribution.visibility import private_questions
from tests.conftest import SignIn
from tests.distribution.outbox.test_undeliverable import LATER, unit
from tests.factories import (
    AgencyFactory,
    UserFactory,
    claimed,
    dispatched_to,
    left,
    manager_of,
    recipient_of,
    sender_of,
)
from tests.query_count import query_count

__all__ = ["unit"]

pytestmark = pytest.mark.django_db


def recipient_page(delivery: Delivery) -> str:
    return reverse("recipient", args=[delivery.circular.public_id, delivery.public_id])


def failed_question(unit: Agency) -> Notice:
    """The letter's notice failed, and so did the question for another address, to the unit's manager."""
    manager = manager_of(unit)
    User.objects.filter(pk=manager.pk).update(email="mudur@kisi.example")
    dispatched_to(unit)
    record_failure(notice=claimed(), error=PermanentFailure("550 gone", nobody_there=True), at=LATER)
    asked = claimed(LATER)
    assert asked.kind == NoticeKind.ADDRESS_ASKED
    record_failure(notice=asked, error=PermanentFailure("550 <mudur@kisi.example> unknown"), at=LATER)
    return asked


def test_a_question_for_an_address_that_failed_is_no_failure_of_the_letter(
    unit: Agency, signed_in: SignIn
) -> None:
    asked = failed_question(unit)
    assert asked.delivery is not None
    circular = asked.delivery.circular
    client = signed_in(sender_of(circular.issuer))

    response = client.get(reverse("letter", args=[circular.public_id]))
    assert response.context["sending"].failed == 1
    assert len(response.context["without_notice"]) == 1
    assert not response.context["failed"]
    page = client.get(recipient_page(asked.delivery)).content.decode()
    for shown in (response.content.decode(), page):
        assert "mudur@kisi.example" not in shown
    assert page.count("Bildirim gönderilemedi") == 1
    assert "Yeni adres isteyen bildirim gönderilemedi" in page
    assert retry_failed(circular=circular, at=LATER) == 1


def test_whoever_manages_the_unit_sees_where_the_question_went(unit: Agency, signed_in: SignIn) -> None:
    asked = failed_question(unit)
    assert asked.delivery is not None
    manager = manager_of(unit)
    sender_here = sender_of(asked.delivery.circular.issuer)
    sender_here.memberships.create(agency=unit, role=Role.MANAGER)
    assert manager != sender_here
    page = signed_in(sender_here).get(recipient_page(asked.delivery)).content.decode()
    assert "mudur@kisi.example" in page


def test_where_a_question_went_is_private_to_all_but_those_who_edit_the_unit_and_the_person_asked(
    unit: Agency,
) -> None:
    asked = failed_question(unit)
    assert asked.person is not None
    unit.parent = AgencyFactory()
    unit.save()
    above, root = manager_of(unit.parent), UserFactory(is_superuser=True)
    notices = list(Notice.objects.all())

    for user in (sender_of(unit), recipient_of(unit), manager_of(AgencyFactory())):
        assert private_questions(user, notices) == {asked.pk}
    for user in (asked.person, manager_of(unit), above, root):
        assert private_questions(user, notices) == set()
    others = [each for each in notices if each.kind != NoticeKind.ADDRESS_ASKED]
    assert query_count(private_questions, above, others) == 0


def test_a_question_for_an_address_proves_no_notification(unit: Agency, signed_in: SignIn) -> None:
    manager = manager_of(unit)
    User.objects.filter(pk=manager.pk).update(email="mudur@kisi.example")
    dispatched_to(unit)
    record_failure(notice=claimed(), error=PermanentFailure("550 gone", nobody_there=True), at=LATER)
    left(claimed(LATER), LATER)
    Delivery.objects.update(notified_at=LATER, reached_at=LATER)
    delivery = Delivery.objects.get()
    page = signed_in(sender_of(delivery.circular.issuer)).get(recipient_page(delivery))
    assert [each.proof for each in page.context["milestones"]][:2] == ["", ""]
    assert "mudur@kisi.example" not in page.content.decode()


def test_the_history_says_which_other_notice_failed(unit: Agency, signed_in: SignIn) -> None:
    delivery = dispatched_to(unit).deliveries.get()
    Notice.objects.update(kind=NoticeKind.DUE_CHANGED, data={"due": "01.01.2027"})
    record_failure(notice=claimed(), error=PermanentFailure("550 no"), at=LATER)
    page = signed_in(sender_of(delivery.circular.issuer)).get(recipient_page(delivery)).content.decode()
    assert "Bildirim gönderilemedi (Süre sonu değiştirildi)" in page

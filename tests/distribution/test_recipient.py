"""The sender's page of one recipient: milestones, answer, notices."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, override

from agencies.models import Agency, User
from agencies.models.contact_details.channel import channel_label
from circulars.models import Circular, Purpose
from distribution.models import Channel, Delivery, Disposition, Notice, NoticeState, ReturnGround
from distribution.outbox.channels import PermanentFailure
from distribution.outbox.record import give_up, record_failure
from distribution.queries.milestones import Milestone
from distribution.services.receiving.acknowledge import acknowledge
from tests.conftest import SignIn
from tests.factories import (
    MOMENT,
    AgencyFactory,
    claimed,
    dispatched_to,
    left,
    manager_of,
    recipient_of,
    sender_of,
)
from tests.query_count import query_count

pytestmark = pytest.mark.django_db


@pytest.fixture
def issuer() -> Agency:
    return AgencyFactory(name="Uluslararası İşgücü Genel Müdürlüğü")


@pytest.fixture
def circular(issuer: Agency) -> Circular:
    return dispatched_to(AgencyFactory(name="Ardahan Valiliği", phone="0478 211 00 00"), issuer=issuer)


def url_of(delivery: Delivery) -> str:
    return reverse("recipient", args=[delivery.circular.public_id, delivery.public_id])


def page_of(client: Client) -> str:
    response = client.get(url_of(Delivery.objects.get()))
    assert response.status_code == 200
    return response.content.decode()


def test_it_shows_whom_to_ring_and_that_nothing_has_reached_the_unit_yet(
    signed_in: SignIn, issuer: Agency, circular: Circular
) -> None:
    response = signed_in(sender_of(issuer)).get(url_of(Delivery.objects.get()))

    page = response.content.decode()
    assert "Ardahan Valiliği" in page
    assert "0478 211 00 00" in page
    assert [milestone.at for milestone in response.context["milestones"]] == [None] * 5


def test_the_manager_above_sees_it_too(signed_in: SignIn, issuer: Agency, circular: Circular) -> None:
    assert "Ardahan Valiliği" in page_of(signed_in(manager_of(issuer)))


@pytest.mark.parametrize("role_of", [sender_of, manager_of, recipient_of])
def test_a_stranger_does_not_find_it(
    signed_in: SignIn, circular: Circular, role_of: Callable[..., User]
) -> None:
    assert signed_in(role_of(AgencyFactory())).get(url_of(Delivery.objects.get())).status_code == 404


def test_the_recipient_itself_does_not_find_the_senders_page(signed_in: SignIn, circular: Circular) -> None:
    delivery = Delivery.objects.get()

    assert signed_in(recipient_of(delivery.agency)).get(url_of(delivery)).status_code == 404


def test_a_recipient_of_another_letter_is_not_found_under_this_one(
    signed_in: SignIn, issuer: Agency, circular: Circular
) -> None:
    other = dispatched_to(AgencyFactory(), issuer=issuer)
    foreign = other.deliveries.get()
    client = signed_in(sender_of(issuer))

    assert client.get(reverse("recipient", args=[circular.public_id, foreign.public_id])).status_code == 404


def test_looking_changes_nothing(signed_in: SignIn, issuer: Agency, circular: Circular) -> None:
    delivery = Delivery.objects.get()
    client = signed_in(sender_of(issuer))

    client.get(url_of(delivery))

    assert client.post(url_of(delivery)).status_code == 405
    assert delivery.events.count() == 1
    delivery.refresh_from_db()
    assert delivery.opened_at is None


def test_a_confirmation_is_named_with_how_it_was_given(
    signed_in: SignIn, issuer: Agency, circular: Circular
) -> None:
    delivery = Delivery.objects.get()
    person = recipient_of(delivery.agency)
    acknowledge(delivery=delivery.public_id, by=person, at=timezone.now(), register_number="2026/77")

    response = signed_in(sender_of(issuer)).get(url_of(delivery))

    confirmed = response.context["milestones"][3]
    assert str(person) in confirmed.proof
    assert not confirmed.weaker
    assert "2026/77" in response.content.decode()


def test_a_confirmation_by_link_is_shown_as_weaker_proof(
    signed_in: SignIn, issuer: Agency, circular: Circular
) -> None:
    Delivery.objects.update(
        acknowledged_at=timezone.now(),
        acknowledged_name="Gülten ÖZ",
        acknowledged_title="Şube Müdürü",
        acknowledged_sha256=circular.content_sha256,
    )

    response = signed_in(sender_of(issuer)).get(url_of(Delivery.objects.get()))

    confirmed = response.context["milestones"][3]
    assert confirmed.proof == "Gülten ÖZ, Şube Müdürü"
    assert confirmed.weaker


def test_the_answer_is_read_where_it_was_given(signed_in: SignIn, issuer: Agency, circular: Circular) -> None:
    delivery = Delivery.objects.get()
    person = recipient_of(delivery.agency)
    acknowledge(delivery=delivery.public_id, by=person, at=timezone.now())
    Delivery.objects.update(
        completed_at=timezone.now(),
        completed_by=person,
        disposition=Disposition.NOT_APPLICABLE,
        answer_note="İlimizde böyle bir işyeri yoktur.",
    )

    assert "İlimizde böyle bir işyeri yoktur." in page_of(signed_in(sender_of(issuer)))


def test_a_letter_for_information_is_never_shown_as_to_be_completed(
    signed_in: SignIn, issuer: Agency
) -> None:
    dispatched_to(AgencyFactory(), issuer=issuer, purpose=Purpose.INFORMATION)

    response = signed_in(sender_of(issuer)).get(url_of(Delivery.objects.get()))

    assert len(response.context["milestones"]) == 4


def test_a_return_is_shown_with_its_ground_and_reason(
    signed_in: SignIn, issuer: Agency, circular: Circular
) -> None:
    Delivery.objects.update(
        returned_at=timezone.now(),
        return_ground=ReturnGround.NOT_ADDRESSEE,
        return_reason="Görev alanımızda değildir.",
    )

    response = signed_in(sender_of(issuer)).get(url_of(Delivery.objects.get()))

    assert "Görev alanımızda değildir." in response.context["ending"].reason
    assert "Görev alanımızda değildir." in response.content.decode()


def test_a_failed_notice_is_shown_with_its_reason_and_without_a_replacement(
    signed_in: SignIn, issuer: Agency, circular: Circular
) -> None:
    notice = claimed()
    record_failure(notice=notice, error=PermanentFailure("550 No such user"), at=timezone.now())

    page = page_of(signed_in(sender_of(issuer)))

    assert "550 No such user" in page
    assert notice.address in page


def test_a_channel_that_failed_and_the_one_that_went_instead_are_both_shown(
    signed_in: SignIn, issuer: Agency
) -> None:
    agency = AgencyFactory(channels=["email", "inbox"])
    recipient_of(agency)
    dispatched_to(agency, issuer=issuer)
    notice = claimed()
    left(notice)
    give_up(notice=notice, reason="5.1.1 unknown", at=timezone.now() + timedelta(hours=1))
    instead = claimed(at=timezone.now() + timedelta(hours=2))
    left(instead)

    response = signed_in(sender_of(issuer)).get(url_of(Delivery.objects.get()))

    first, second = response.context["travelled"]
    assert second.replaces == first
    assert response.context["milestones"][1].at is not None


def test_a_further_channel_that_was_not_needed_any_more_is_not_said_to_have_gone(
    signed_in: SignIn, issuer: Agency
) -> None:
    dispatched_to(AgencyFactory(channels=["email", "inbox"]), issuer=issuer)
    notice = claimed()
    left(notice)
    give_up(notice=notice, reason="5.1.1 unknown", at=timezone.now())
    with override("tr"):
        went = gettext("%(channel)s went instead.") % {"channel": channel_label(Channel.INBOX)}
    assert went in page_of(signed_in(sender_of(issuer)))

    Notice.objects.filter(replaces=notice).update(state=NoticeState.CANCELLED)

    assert went not in page_of(signed_in(sender_of(issuer)))


def test_it_asks_as_many_questions_for_20_notices_as_for_2(
    signed_in: SignIn, issuer: Agency, circular: Circular
) -> None:
    delivery, counts = Delivery.objects.get(), []
    client = signed_in(sender_of(issuer))
    for more in (1, 18):
        Notice.objects.bulk_create(
            Notice(
                delivery=delivery,
                agency=delivery.agency,
                channel="email",
                address="birim@ornek.example",
                message_id=f"<{more}-{number}@ornek.example>",
                next_attempt_at=timezone.now(),
            )
            for number in range(more)
        )
        client.get(url_of(delivery))
        counts.append(query_count(client.get, url_of(delivery)))
    assert counts[0] == counts[1]


def test_the_letter_and_the_lists_lead_to_it(signed_in: SignIn, issuer: Agency, circular: Circular) -> None:
    url = url_of(Delivery.objects.get())
    letter = reverse("letter", args=[circular.public_id])
    client = signed_in(sender_of(issuer))

    assert url in client.get(letter).content.decode()
    assert url in client.get(letter, {"show": "outstanding"}).content.decode()
    assert url in signed_in(manager_of(issuer)).get(reverse("outstanding")).content.decode()


@pytest.mark.parametrize(
    ("at", "weaker", "icon"),
    [(None, True, "circle"), (MOMENT, True, "circle-half-2"), (MOMENT, False, "circle-check")],
)
def test_the_sign_of_a_milestone_says_whether_it_is_reached_and_how_well_proved(
    at: datetime | None, weaker: bool, icon: str
) -> None:
    assert Milestone("Teyit", at, weaker=weaker).icon == icon

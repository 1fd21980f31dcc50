"""The inbox channel, which requires a recipient for the unit."""

from datetime import timedelta

import pytest
from django.utils import timezone

from agencies.models import Agency, Role
from distribution.models import Channel, Delivery, EventKind, Notice, NoticeState, Stage
from distribution.outbox.send import send_due
from tests.factories import AgencyFactory, MembershipFactory, dispatched_to, recipient_of
from tests.smtp import Postbox

pytestmark = pytest.mark.django_db


@pytest.fixture
def agency() -> Agency:
    return AgencyFactory(channels=["inbox", "email"])


def test_a_unit_that_somebody_receives_for_is_reached_at_once(agency: Agency, postbox: Postbox) -> None:
    recipient_of(agency)
    dispatched_to(agency)

    send_due()

    delivery = Delivery.objects.get()
    assert delivery.stage == Stage.REACHED
    assert delivery.notified_at == delivery.reached_at == Notice.objects.get().sent_at
    assert delivery.events.get(kind=EventKind.NOTIFIED).data["channel"] == Channel.INBOX
    assert not postbox.mails


def test_a_unit_without_recipients_is_notified_by_its_next_channel(agency: Agency, postbox: Postbox) -> None:
    MembershipFactory(agency=agency, role=Role.SENDER)
    MembershipFactory(agency=agency, active_to=timezone.localdate() - timedelta(days=1))
    MembershipFactory(agency=agency, user__is_active=False)
    dispatched_to(agency)

    while send_due():
        pass

    first, second = Notice.objects.order_by("pk")
    assert (first.channel, first.state) == (Channel.INBOX, NoticeState.FAILED)
    assert (second.channel, second.state) == (Channel.EMAIL, NoticeState.SENT)
    assert Delivery.objects.get().reached_at is None
    assert postbox.to(agency.email)


def test_in_the_product_is_never_chosen_for_a_unit_that_did_not_choose_it(postbox: Postbox) -> None:
    agency = AgencyFactory(email="")
    recipient_of(agency)

    dispatched_to(agency)

    assert not Notice.objects.exists()

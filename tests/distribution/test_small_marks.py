"""Small marks on pages and in the terminal that people rely on."""

from io import StringIO

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from agencies.directory.shipped import load_shipped_directory
from circulars.models import Circular, Purpose
from distribution.models import Delivery, Notice, NoticeKind, NoticeState
from distribution.outbox.write import post, to_unit
from distribution.queries.milestones import milestones
from distribution.queries.receiving.branches import children_of
from distribution.services.receiving.acknowledge import acknowledge
from distribution.services.receiving.pass_on import pass_on
from tests.conftest import SignIn
from tests.factories import AgencyFactory, UserFactory, dispatched_to, recipient_of, sender_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def delivery() -> Delivery:
    return dispatched_to(AgencyFactory()).deliveries.get()


def confirmed(delivery: Delivery) -> list[str]:
    """The remarks at the milestone of the confirmation."""
    delivery.refresh_from_db()
    with translation.override("en"):
        found = milestones(delivery, list(delivery.events.order_by("sequence")))
        return list(next(each for each in found if each.label == "Confirmed").remarks)


def test_a_confirmation_names_the_absent_person_if_a_deputy_gave_it_and_nobody_else(
    english: Client, delivery: Delivery, signed_in: SignIn
) -> None:
    person, absent = recipient_of(delivery.agency), UserFactory(first_name="Çağrı", last_name="IŞIK")
    acknowledge(delivery=delivery.public_id, by=person, at=timezone.now())
    assert not any("as deputy of" in each for each in confirmed(delivery))

    Delivery.objects.filter(pk=delivery.pk).update(acknowledged_for=absent)

    assert "as deputy of Çağrı IŞIK" in confirmed(delivery)
    client = signed_in(sender_of(delivery.circular.issuer))
    page = client.get(reverse("recipient", args=[delivery.circular.public_id, delivery.public_id]))
    assert "as deputy of Çağrı IŞIK" in page.content.decode()


def test_a_copy_below_whose_unit_got_reminders_but_never_the_letters_notice_is_marked(
    delivery: Delivery,
) -> None:
    """A reminder that waits says nothing about the notice that brings the letter."""
    told, untold = (AgencyFactory(parent=delivery.agency, email=email) for email in ("a@b.example", ""))
    pass_on(
        delivery=delivery.public_id,
        recipients=[(told, Purpose.ACTION), (untold, Purpose.ACTION)],
        note="",
        due_at=None,
        by=recipient_of(delivery.agency),
        at=timezone.now(),
    )
    copy = Delivery.objects.get(agency=untold)
    untold.email = "sonradan@b.example"
    untold.save(update_fields=["email"])
    post([to_unit(untold, delivery=copy, kind=NoticeKind.REMINDER, at=timezone.now())])
    assert Notice.objects.filter(delivery=copy, state=NoticeState.WAITING).exists()

    marked = {each.agency_id: each.notice_failed for each in children_of(delivery)}

    assert marked == {told.pk: False, untold.pk: True}


def test_loading_the_demo_says_what_was_added_and_then_that_it_is_there() -> None:
    load_shipped_directory(whole=False)
    first, second = StringIO(), StringIO()
    call_command("load_demo", "--months", "0", stdout=first)
    call_command("load_demo", "--months", "0", stdout=second)
    assert f"{Circular.objects.count()} letters." in first.getvalue()
    assert "Demo loaded:" not in second.getvalue()
    assert "The demo is there already" in second.getvalue()

"""`check_consistency` finds every kind of damage, and nothing in what the services wrote."""

import json
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from agencies.models import Agency, User
from circulars.models import Purpose
from distribution.event_log import data_of
from distribution.models import Channel, Delivery, DeliveryEvent, Notice
from distribution.outbox.send import send_due
from distribution.services.check_consistency import check_consistency
from distribution.services.receiving.acknowledge import acknowledge
from distribution.services.receiving.pass_on import pass_on
from distribution.services.receiving.read import record_opened
from tests.factories import AgencyFactory, dispatched_to, recipient_of
from tests.smtp import Postbox

SET = "UPDATE distribution_{table} SET {change} WHERE id = {row}"
DAMAGE = [
    ("chain-broken", "deliveryevent", 'data = \'{{"email": "baska@ornek.example"}}\''),
    ("chain-broken", "deliveryevent", "sequence = 7"),
    ("chain-beginning", "deliveryevent", "kind = 'downloaded'"),
    ("milestone-without-event", "delivery", "opened_at = now()"),
    ("milestone-without-event", "delivery", "reached_at = now()"),
    ("event-without-milestone", "confirmed", "opened_at = NULL"),
    ("event-without-milestone", "confirmed", "notified_at = NULL"),
    ("hash-of-another-content", "confirmed", "acknowledged_sha256 = 'baska'"),
    ("hash-not-in-event", "confirmed", "acknowledged_sha256 = 'baska'"),
    ("path-of-another-place", "child", "path = '{{}}'"),
    ("path-of-another-place", "delivery", "path = '{{1}}'"),
    ("due-after-parent", "child", "due_at = '2030-01-01'"),
    ("due-after-parent", "child", "due_at = NULL"),
    ("sent-without-event", "notice", "message_id = '<baska@ornek.example>'"),
    ("failed-unseen", "notice", "state = 'failed'"),
    ("stuck", "notice", "state = 'sending', claimed_at = now() - interval '1 hour'"),
    ("claimed-by-nobody", "notice", "state = 'sending'"),
    ("claimed-and-not-sending", "notice", "claimed_at = now()"),
    ("sent-without-moment", "notice", "sent_at = NULL"),
    ("sent-not-recorded", "notice", "recorded_at = NULL, sent_at = now() - interval '1 hour'"),
    ("bundled-in-nothing", "notice", "state = 'bundled'"),
    ("bundled-in-an-ended-digest", "notice", "state = 'bundled', bundle_id = id"),
    ("too-many-attempts", "notice", "state = 'waiting', attempts = 7"),
    ("too-many-attempts", "notice", "attempts = 8"),
    ("paused-alone", "notice", "state = 'paused'"),
    ("paused-and-never-may", "notice", "state = 'paused', kind = 'code'"),
]


@pytest.fixture
def world(postbox: Postbox) -> dict[str, int]:
    """A letter that was sent, opened, confirmed and passed on, told by mail and in the inbox. Ids by name."""
    plain, in_product, below = AgencyFactory(), AgencyFactory(channels=[Channel.INBOX]), AgencyFactory()
    Agency.objects.filter(pk=below.pk).update(parent=plain)
    Agency.objects.rebuild_paths()
    person: User = recipient_of(plain)
    recipient_of(in_product)
    now = timezone.now()
    dispatched_to(plain, in_product, AgencyFactory(), at=now, urgency="GÜNLÜDÜR", due_at=now + timedelta(30))
    send_due()
    confirmed = Delivery.objects.get(agency=plain)
    record_opened(delivery=confirmed, by=person, at=timezone.now())
    acknowledge(delivery=confirmed.public_id, by=person, at=timezone.now())
    below.refresh_from_db()
    pass_on(
        delivery=confirmed.public_id,
        recipients=[(below, Purpose.ACTION)],
        note="",
        due_at=None,
        by=person,
        at=timezone.now(),
    )
    send_due()
    untouched = Delivery.objects.filter(parent=None, agency__channels=[]).latest("pk")
    return {
        "confirmed": confirmed.pk,
        "child": Delivery.objects.get(parent=confirmed).pk,
        "delivery": untouched.pk,
        "notice": untouched.notices.get().pk,
        "deliveryevent": untouched.events.earliest("sequence").pk,
    }


def damage(world: dict[str, int], what: str, change: str) -> None:
    table = "delivery" if what in ("confirmed", "child") else what
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE distribution_deliveryevent DISABLE TRIGGER USER")
        cursor.execute(SET.format(table=table, change=change.format(), row=world[what]))
        assert cursor.rowcount == 1


@pytest.mark.django_db
def test_what_the_services_wrote_agrees(world: dict[str, int]) -> None:
    assert list(check_consistency(at=timezone.now())) == []
    assert not [event for event in DeliveryEvent.objects.all() if data_of(event).to_json() != event.data]


@pytest.mark.django_db
@pytest.mark.parametrize(("kind", "what", "change"), DAMAGE)
def test_damage_is_found(world: dict[str, int], kind: str, what: str, change: str) -> None:
    damage(world, what, change)

    found = list(check_consistency(at=timezone.now()))

    assert kind in {finding.what for finding in found}
    assert all(finding.problem and finding.mend for finding in found)


@pytest.mark.django_db
def test_a_live_copy_of_a_withdrawn_letter_is_found(world: dict[str, int]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE circulars_circular SET withdrawn_at = now(), withdrawn_by_id = recorded_by_id,"
            " withdrawal_reason = 'yanlış liste'"
        )

    found = [finding.what for finding in check_consistency(at=timezone.now())]

    assert found == ["live-though-withdrawn"] * Delivery.objects.count()


@pytest.mark.django_db
def test_a_copy_that_another_letter_covers_is_found(world: dict[str, int]) -> None:
    dispatched_to(AgencyFactory(), at=timezone.now())
    other = Delivery.objects.latest("pk")
    damage(world, "delivery", f"superseded_at = now(), superseded_by_id = {other.pk}")

    assert "covered-by-another-letter" in {finding.what for finding in check_consistency(at=timezone.now())}


@pytest.mark.django_db
def test_a_stuck_digest_is_found(world: dict[str, int]) -> None:
    long_ago = timezone.now() - timedelta(hours=1)
    Notice.objects.create(
        kind="digest", channel="email", message_id="<x@y>", next_attempt_at=long_ago,
        state="sending", claimed_at=long_ago,
    )  # fmt: skip

    assert [finding.what for finding in check_consistency(at=timezone.now())] == ["stuck"]


@pytest.mark.django_db(transaction=True)
def test_the_command_says_what_it_found_and_fails(world: dict[str, int]) -> None:
    quiet = StringIO()
    call_command("check_consistency", stdout=quiet)
    assert quiet.getvalue() == "Everything agrees.\n"
    Notice.objects.filter(pk=world["notice"]).update(claimed_at=timezone.now())

    plain, as_json = StringIO(), StringIO()
    with pytest.raises(CommandError):
        call_command("check_consistency", stdout=plain)
    with pytest.raises(CommandError):
        call_command("check_consistency", "--json", stdout=as_json)

    assert plain.getvalue().startswith(f"claimed-and-not-sending notice {world['notice']}: ")
    assert json.loads(as_json.getvalue())["where"] == f"notice {world['notice']}"

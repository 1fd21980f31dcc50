"""`make_history` fills an empty database with the same rows as the services write."""

from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import Max

from agencies.directory.shipped import load_shipped_directory
from agencies.models import Agency, Membership, Role
from circulars.models import Circular, Purpose, Status, Urgency
from distribution.demo.history.make import NotEmptyError, make_history
from distribution.event_log import data_of
from distribution.models import (
    Call,
    ChangeKind,
    CircularChange,
    Delivery,
    DeliveryEvent,
    Disposition,
    EventKind,
    ExtensionRequest,
    Notice,
    NoticeKind,
    ReturnDecision,
    ReturnedMail,
    ReturnOutcome,
    Stage,
)
from tests.consistency import findings

TABLES = ("distribution_delivery", "distribution_deliveryevent", "distribution_notice")
STRUCTURE = """
    SELECT pg_get_indexdef(indexrelid) FROM pg_index WHERE indrelid = ANY (%s::regclass[])
    UNION ALL
    SELECT conname || pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = ANY (%s::regclass[])
"""


def structure() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(STRUCTURE, [list(TABLES), list(TABLES)])
        return sorted(row[0] for row in cursor.fetchall())


@pytest.fixture
def at(db: None) -> datetime:
    """The moment at which the history ends, with the shipped directory loaded."""
    load_shipped_directory(whole=False)
    return datetime(2026, 3, 12, 13, 0, tzinfo=UTC)


def test_two_thousand_deliveries_agree_and_show_everything_that_happens(at: datetime) -> None:
    before = structure()

    made = make_history(deliveries=2000, at=at)

    assert structure() == before
    assert Delivery.objects.count() == made.deliveries == 2000
    assert Circular.objects.filter(status=Status.DISPATCHED).count() == made.letters
    assert findings(at) == []
    assert set(Delivery.objects.values_list("stage", flat=True)) == set(Stage.values)
    assert set(Circular.objects.values_list("urgency", flat=True)) == set(Urgency.values)
    assert not Circular.objects.filter(urgency=Urgency.TIMED, due_at=None).exists()
    assert set(Delivery.objects.values_list("purpose", flat=True)) == set(Purpose.values)
    assert set(Delivery.objects.exclude(disposition="").values_list("disposition", flat=True)) == set(
        Disposition.values
    )
    assert set(Delivery.objects.values_list("path__len", flat=True)) == {0, 1, 2}
    assert ExtensionRequest.objects.exclude(granted_until=None).exists()
    assert set(Notice.objects.values_list("kind", flat=True)) >= {
        NoticeKind.LETTER,
        NoticeKind.REMINDER,
        NoticeKind.ESCALATION,
        NoticeKind.DIGEST,
        NoticeKind.RETURNED,
        NoticeKind.WITHDRAWN,
    }
    assert set(DeliveryEvent.objects.values_list("kind", flat=True)) >= {
        EventKind.DISPATCHED,
        EventKind.RECEIVED_BELOW,
        EventKind.NOTIFIED,
        EventKind.NOTICE_FAILED,
        EventKind.REACHED,
        EventKind.OPENED,
        EventKind.ACKNOWLEDGED,
        EventKind.COMPLETED,
        EventKind.RETURNED,
        EventKind.PASSED_ON,
        EventKind.EXTENSION_ASKED,
        EventKind.EXTENSION_GRANTED,
        EventKind.EXTENSION_REFUSED,
        EventKind.REMINDED,
        EventKind.ESCALATED,
        EventKind.WITHDRAWN,
        EventKind.SUPERSEDED,
        EventKind.PASSED_TO_SUCCESSOR,
    }
    assert not DeliveryEvent.objects.filter(at__gt=at).exists()
    assert Call.objects.filter(deliveries__isnull=False).exists()
    assert not Call.objects.filter(made_at__gt=at).exists()
    assert set(ReturnDecision.objects.values_list("outcome", flat=True)) >= {ReturnOutcome.ACCEPTED}
    assert ReturnedMail.objects.exclude(settled_as="").exists()
    assert CircularChange.objects.filter(kind=ChangeKind.WITHDRAWN).exists()
    for event in DeliveryEvent.objects.all():
        assert data_of(event).to_json() == event.data, event.kind
    first = Delivery.objects.order_by("created_at").values_list("created_at", flat=True)[0]
    assert at - first > timedelta(days=5 * 365)


def test_what_is_written_afterwards_gets_the_next_ids(at: datetime) -> None:
    make_history(deliveries=60, at=at, days=30)
    last = Delivery.objects.aggregate(last=Max("pk"))["last"]

    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('distribution_delivery', 'id'))")
        assert cursor.fetchone()[0] > last


def test_the_same_seed_makes_the_same_history_and_another_seed_another(at: datetime) -> None:
    def numbers(seed: int) -> list[object]:
        make_history(deliveries=40, at=at, days=20, seed=seed, add=True)
        newest = Delivery.objects.order_by("-pk")[:40]
        made = [(each.public_id, each.stage) for each in newest]
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")  # triggers refuse it otherwise
            cursor.execute("TRUNCATE circulars_circular, distribution_delivery CASCADE")
            cursor.execute("SET LOCAL session_replication_role = origin")
        return list(made)

    assert numbers(7) == numbers(7) != numbers(8)


def test_everybody_who_acts_is_named_and_cannot_sign_in_without_a_password(at: datetime) -> None:
    make_history(deliveries=10, at=at, days=10)

    issuers = Agency.objects.filter(circulars__isnull=False)
    for role, agencies in ((Role.RECIPIENT, Agency.objects.exclude(code=None)), (Role.SENDER, issuers)):
        assert not agencies.exclude(memberships__in=Membership.objects.filter(role=role)).exists()
    assert not any(member.user.has_usable_password() for member in Membership.objects.select_related("user"))


def test_a_second_history_is_refused_unless_it_shall_stand_beside_the_first(at: datetime) -> None:
    call_command("make_history", "--deliveries", "30", "--days", "20", stdout=StringIO())
    with pytest.raises(CommandError, match="--add"):
        call_command("make_history", "--deliveries", "30", "--days", "20", stdout=StringIO())
    assert Delivery.objects.count() == 30

    out = StringIO()
    call_command("make_history", "--deliveries", "30", "--days", "20", "--add", stdout=out)

    assert out.getvalue().startswith("30 deliveries of ")
    assert Delivery.objects.count() == 60
    assert findings() == []


def test_a_directory_with_real_addresses_is_not_changed(at: datetime) -> None:
    Agency.objects.filter(code="valilik-06").update(email="sahici@ankara.example")

    with pytest.raises(NotEmptyError):
        make_history(deliveries=10, at=at)

    assert not Membership.objects.exists()


@pytest.mark.django_db
def test_without_the_directory_it_says_what_to_do() -> None:
    with pytest.raises(CommandError, match="load_directory"):
        call_command("make_history", "--deliveries", "10")


@pytest.mark.django_db
def test_a_history_of_nothing_is_refused() -> None:
    with pytest.raises(CommandError):
        call_command("make_history", "--deliveries", "0")

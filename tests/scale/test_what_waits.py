"""With 200,000 deliveries and notices, what waits is found without reading what was sent or done long ago."""

from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import F
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from circulars.models import Circular, Urgency
from distribution.models import Delivery, Notice, NoticeKind, NoticeState
from distribution.models.deliveries.conditions import OWING
from distribution.models.notices.channel_status import Fault
from distribution.outbox.outages.suspension import suspend
from distribution.queries.managing.alerts import OLDEST_LETTER, overdue_to_tell
from distribution.queries.sending.standing_channels import waiting_for
from distribution.services.tell_of_standing import tell_of_standing
from tests.conftest import AUTHENTICATION
from tests.scale.history import History, write_history
from tests.scale.plans import caught, explain
from tests.scale.test_scale import LETTERS, RECIPIENTS, UNITS

DELIVERIES = "distribution_delivery"
WAITING, PAST = 40, 20_000
MOST_READ = 500
"""Rows of one query: a few times what waits, or what one unit has, and far from what was sent."""


@pytest.fixture
def history(db: None) -> History:
    return write_history(letters=LETTERS, recipients=RECIPIENTS, units=UNITS)


def test_what_waits_is_found_without_what_is_done(history: History) -> None:
    """A channel that stands still, also with a digest; and a person to whom much was assigned in the past."""
    _let_some_wait(history)
    sql, params = waiting_for(["kep"]).query.sql_with_params()
    assert explain(sql, params).read <= MOST_READ
    suspend(channel="kep", fault=Fault.UNREACHABLE, answer="", at=timezone.now() - timedelta(days=2))
    with caught() as queries:
        assert [tell_of_standing(at=timezone.now()) > 0, tell_of_standing(at=timezone.now())] == [True, 0]
    assert not [(each.read, each.sql) for each in queries.statements() if each.read > MOST_READ]

    _assign(history, PAST)
    client = Client()
    client.force_login(history.recipient, backend=AUTHENTICATION)
    for show in ("outstanding", "answer", "confirmed"):
        with caught() as queries:
            client.get(reverse("unit_inbox", args=[history.unit.pk]), {"show": show, "assigned": "mine"})
        nodes = [node for each in queries.statements() for node in each.nodes]
        assert [node for node in nodes if node.table == "distribution_delivery"]
        assert sum(node.read for node in nodes if node.table == "distribution_assignment") <= MOST_READ


def test_what_went_overdue_is_found_without_the_copies_that_owe_nothing(history: History) -> None:
    """Every third letter is GÜNLÜDÜR, and its copies were due ten days after it was sent."""
    timed = list(Circular.objects.exclude(urgency=Urgency.URGENT).values_list("pk", flat=True))[::3]
    due_at = {"due_at": F("dispatched_at") + timedelta(days=10)}
    Circular.objects.filter(pk__in=timed).update(urgency=Urgency.TIMED, **due_at)
    Delivery.objects.filter(circular__in=timed).update(due_at=F("created_at") + timedelta(days=10))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE circulars_circular, distribution_delivery")

    with caught() as queries:
        found = overdue_to_tell(timezone.now())

    copies = [node for each in queries.statements() for node in each.nodes if node.table == DELIVERIES]
    sent = Delivery.objects.direct().filter(
        circular__in=timed, circular__dispatched_at__gte=timezone.now() - OLDEST_LETTER
    )
    assert found and copies
    assert sum(node.read for node in copies) <= 2 * sent.filter(OWING).count()


def _let_some_wait(history: History) -> None:
    """Notices that wait for KEP by themselves, and as many in a digest."""
    rows = list(
        Notice.objects.filter(delivery__parent=None, delivery__circular__issuer=history.issuer)
        .order_by("-pk")
        .values_list("pk", flat=True)[: 2 * WAITING]
    )
    digest = Notice.objects.create(
        kind=NoticeKind.DIGEST,
        channel="kep",
        message_id="<ozet@yer>",
        next_attempt_at="2026-01-01T00:00Z",
    )
    Notice.objects.filter(pk__in=rows[:WAITING]).update(state=NoticeState.WAITING, channel="kep")
    Notice.objects.filter(pk__in=rows[WAITING:]).update(state=NoticeState.BUNDLED, bundle=digest)


def _assign(history: History, number: int) -> None:
    """Assign so many of all copies to the person, whoever got them: the oldest, and never ended."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(
            """
            INSERT INTO distribution_assignment (delivery_id, unit_id, person_id, note, assigned_at, assigned_by_id)
            SELECT id, agency_id, %s, '', created_at, %s FROM distribution_delivery
            WHERE acknowledged_at IS NOT NULL ORDER BY id LIMIT %s
            ON CONFLICT DO NOTHING
            """,
            [history.recipient.pk, history.recipient.pk, number],
        )
        cursor.execute("SET session_replication_role = origin")
        cursor.execute("ANALYZE distribution_assignment, distribution_notice")

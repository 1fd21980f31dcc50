"""Recording of sent notices when the connection to the database is lost, and of notices that have ended."""

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.utils import timezone

from agencies.models import Agency
from distribution.models import Channel, Delivery, EventKind, Notice, NoticeKind, NoticeState
from distribution.models.bulk import insert_many, update_many
from distribution.models.notices.notice_details import ReminderDetails
from distribution.outbox.channels import TemporaryFailure
from distribution.outbox.outages.retry import retry_failed
from distribution.outbox.record import cancel, give_up, mark_sent, record_failure, record_sent
from distribution.outbox.write import message_id, to_unit
from tests.factories import AgencyFactory, claimed, dispatched_to


def break_off() -> None:
    """Terminate our connection from the server, as a restart does."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone()
    other = connection.copy()
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
    other.close()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("step", "state"),
    [
        (lambda notice: mark_sent(notice=notice, at=timezone.now()), NoticeState.SENT),
        (
            lambda notice: record_failure(notice=notice, error=TemporaryFailure("451"), at=timezone.now()),
            NoticeState.WAITING,
        ),
    ],
    ids=["sent", "failed"],
)
def test_what_happened_is_written_on_a_fresh_connection(
    step: Callable[[Notice], object], state: NoticeState
) -> None:
    dispatched_to(AgencyFactory(), at=timezone.now())
    notice = claimed()
    break_off()

    step(notice)

    assert Notice.objects.get().state == state


@pytest.mark.django_db(transaction=True)
def test_the_milestones_are_written_on_a_fresh_connection() -> None:
    dispatched_to(AgencyFactory(), at=timezone.now())
    notice = claimed()
    mark_sent(notice=notice, at=timezone.now())
    break_off()

    assert record_sent(notices=[notice], at=timezone.now()) == 1

    assert Delivery.objects.get().notified_at is not None


def digest_of(*members: Notice, agency: Agency) -> Notice:
    digest = Notice.objects.create(
        kind=NoticeKind.DIGEST, agency=agency, channel=Channel.EMAIL, address=agency.email,
        message_id=message_id(uuid4()), next_attempt_at=timezone.now(),
    )  # fmt: skip
    for member in members:
        Notice.objects.filter(pk=member.pk).update(state=NoticeState.BUNDLED, bundle=digest)
    return digest


@pytest.mark.django_db
def test_a_member_removed_from_a_digest_is_not_sent_with_its_next_channel() -> None:
    agency = AgencyFactory(channels=[Channel.EMAIL, Channel.INBOX])
    dispatched_to(agency, at=timezone.now())
    dispatched_to(agency, at=timezone.now())
    gone, kept = Notice.objects.order_by("pk")
    digest = digest_of(gone, kept, agency=agency)
    cancel(notice=gone)

    further = give_up(notice=digest, reason="550", at=timezone.now())

    assert further is not None
    assert list(further.members.all()) == [kept]
    gone.refresh_from_db()
    assert gone.state == NoticeState.CANCELLED
    failed = Delivery.objects.filter(events__kind=EventKind.NOTICE_FAILED)
    assert list(failed) == [kept.delivery]


@pytest.mark.django_db
def test_a_code_that_failed_is_not_sent_again() -> None:
    circular = dispatched_to(AgencyFactory(), at=timezone.now())
    code = Notice.objects.get()
    code.pk, code.message_id = None, "<kod@localhost>"
    code.kind, code.state = NoticeKind.CODE, NoticeState.FAILED
    code.save()

    assert retry_failed(circular=circular, at=timezone.now()) == 0


@pytest.mark.django_db
def test_what_has_left_can_not_be_cancelled() -> None:
    dispatched_to(AgencyFactory(), at=timezone.now())
    notice = claimed()
    mark_sent(notice=notice, at=timezone.now())

    cancel(notice=notice)

    assert Notice.objects.get().state == NoticeState.SENT


@pytest.mark.django_db
def test_rows_written_together_are_those_that_were_given() -> None:
    dispatched_to(AgencyFactory(), at=timezone.now())
    delivery = Delivery.objects.get()
    later = timezone.now() + timedelta(days=1)
    notices = [
        to_unit(
            delivery.agency,
            delivery=delivery,
            kind=NoticeKind.REMINDER,
            at=later,
            details=ReminderDetails(by=str(number)),
        )
        for number in range(3)
    ]
    written = insert_many(notice for notice in notices if notice is not None)
    assert [Notice.objects.get(pk=notice.pk).data["by"] for notice in written] == ["0", "1", "2"]

    for number, notice in enumerate(written):
        notice.attempts, notice.state = number, NoticeState.PAUSED
    update_many(written, ["attempts", "state"])

    again = Notice.objects.filter(pk__in=[notice.pk for notice in written]).order_by("pk")
    assert [(notice.attempts, notice.state) for notice in again] == [(n, "paused") for n in range(3)]
    assert insert_many([]) == []


@pytest.mark.django_db
def test_a_row_that_names_an_unsaved_one_is_refused() -> None:
    dispatched_to(AgencyFactory(), at=timezone.now())
    delivery = Delivery.objects.get()
    lost = Notice(kind=NoticeKind.DIGEST, channel=Channel.EMAIL, next_attempt_at=timezone.now())
    member = to_unit(delivery.agency, delivery=delivery, kind=NoticeKind.LETTER, at=timezone.now())
    assert member is not None
    member.bundle = lost

    with pytest.raises(ValueError, match="isn't saved"):
        insert_many([member])

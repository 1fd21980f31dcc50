"""The demo with its six months of history: every page has something to say, and nothing contradicts itself."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from agencies.calendar import WorkingCalendar
from agencies.directory.shipped import load_shipped_directory
from agencies.models import Agency, User
from circulars.models import Circular, Purpose, Status, Urgency
from distribution.demo.history.make import make_demo_history
from distribution.demo.load import load_demo
from distribution.demo.ministries import LETTERS
from distribution.models import (
    Call,
    CallOutcome,
    Delivery,
    DeliveryEvent,
    EventKind,
    ExtensionRequest,
    MailVerdict,
    Notice,
    NoticeState,
    ReturnDecision,
    ReturnedMail,
    Stage,
)
from distribution.queries.managing import provinces
from distribution.queries.sending import overview
from distribution.queries.sending.calls import call_list
from distribution.queries.sending.owed import copies_of, letters_owing, sent_letters
from distribution.queries.sending.returns import undecided_return
from tests.consistency import findings

AT = datetime(2026, 3, 12, 11, 0, tzinfo=UTC)
"""A Thursday afternoon."""

BY_PEOPLE = (
    EventKind.OPENED,
    EventKind.ACKNOWLEDGED,
    EventKind.COMPLETED,
    EventKind.RETURNED,
    EventKind.PASSED_ON,
)


@pytest.fixture(scope="class")
def whole(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[datetime]:
    """The moment as of which the whole demo was loaded."""
    with django_db_blocker.unblock(), transaction.atomic():
        load_shipped_directory(whole=False)
        load_demo(at=AT)
        yield AT
        transaction.set_rollback(True)


@pytest.mark.django_db
class TestTheWholeDemo:
    def test_nothing_in_it_contradicts_itself(self, whole: datetime) -> None:
        assert findings(whole) == []

    def test_five_ministries_sent_some_forty_letters_to_many(self, whole: datetime) -> None:
        sent = Circular.objects.filter(subject__in=[each.subject for each in LETTERS])
        assert 40 <= len(LETTERS) <= 50
        assert sent.count() == len(LETTERS) + len([each for each in LETTERS if each.corrected])
        ministries = {
            letter.issuer.parent or letter.issuer for letter in sent.select_related("issuer__parent")
        }
        assert len(ministries) == 5
        counts = list(sent.values_list("recipient_count", flat=True))
        assert min(counts) == 26
        assert 200 < max(counts) <= 300
        first = sent.order_by("dispatched_at")[0].dispatched_at
        assert first is not None
        assert timedelta(days=165) < whole - first < timedelta(days=200)
        assert set(sent.values_list("urgency", flat=True)) == set(Urgency.values)
        assert not sent.filter(urgency=Urgency.TIMED, due_at=None).exists()

    def test_everything_that_may_become_of_a_copy_has_happened(self, whole: datetime) -> None:
        assert set(Delivery.objects.values_list("stage", flat=True)) == set(Stage.values)
        assert {1, 2} <= set(Delivery.objects.values_list("path__len", flat=True))
        assert set(DeliveryEvent.objects.values_list("kind", flat=True)) >= {
            EventKind.NOTICE_FAILED,
            EventKind.BOUNCED,
            EventKind.REACHED,
            EventKind.PASSED_ON,
            EventKind.EXTENSION_GRANTED,
            EventKind.EXTENSION_REFUSED,
            EventKind.REMINDED,
            EventKind.ESCALATED,
            EventKind.WITHDRAWN,
            EventKind.CORRECTED,
            EventKind.SENT_AGAIN,
            EventKind.RETURN_ACCEPTED,
        }
        assert set(Call.objects.values_list("outcome", flat=True)) == set(CallOutcome.values)
        assert Call.objects.filter(ring_again_at__gt=whole).exists()
        assert Call.objects.filter(promised_for__gt=timezone.localdate(whole)).exists()
        assert Call.objects.filter(deliveries__isnull=True).count() == 0
        assert ReturnDecision.objects.exists()

    def test_something_waits_for_each_decision_of_a_sender(self, whole: datetime) -> None:
        assert Delivery.objects.direct().filter(undecided_return()).exists()
        assert ExtensionRequest.objects.undecided().exists()
        waiting = ReturnedMail.objects.unsettled()
        assert waiting.filter(verdict=MailVerdict.REPLY).exists()
        for mail in waiting:
            with mail.file.open() as content:
                assert content.read().startswith(b"From: ")

    def test_no_worker_has_anything_to_send_and_nothing_lies_ahead(self, whole: datetime) -> None:
        assert set(Notice.objects.values_list("state", flat=True)) == {NoticeState.SENT, NoticeState.FAILED}
        assert not DeliveryEvent.objects.filter(at__gt=whole).exists()
        assert not Call.objects.filter(made_at__gt=whole).exists()
        assert not ReturnedMail.objects.filter(received_at__gt=whole).exists()
        assert not Agency.objects.exclude(email="").exclude(email__endswith="@ornek.example").exists()

    def test_people_act_on_working_days_within_working_time(self, whole: datetime) -> None:
        calendar = WorkingCalendar()
        acts = DeliveryEvent.objects.filter(kind__in=BY_PEOPLE).values_list("at", flat=True)
        calls = Call.objects.values_list("made_at", flat=True)
        assert not [moment for moment in (*acts, *calls) if not calendar.is_working(moment)]

    def test_the_board_of_its_manager_says_something_everywhere(self, whole: datetime) -> None:
        manager, unit = (
            User.objects.get(username="csgb.yonetici"),
            Agency.objects.get(code="ministry-calisma"),
        )
        letters = sent_letters(manager, unit)
        owing = letters_owing(letters)
        owed = copies_of(owing)
        by_letter = overview.owed_by_letter(owed, whole)
        head = overview.headline(letters, by_letter, whole)
        figures = {name: figure.count for name, figure in vars(head).items()}
        assert all(figures.values()), figures
        assert [step.count for step in overview.ageing(by_letter)[-1].cells if not step.count] == []
        assert len(overview.letters_behind(by_letter)) == overview.MOST_BEHIND
        weeks = overview.trend(letters, whole)
        assert len([week for week in weeks if week.sent.count]) >= 10
        assert any(week.late.count for week in weeks)
        assert len(provinces.by_place(owing).rows) > 80
        ringing = call_list(manager, unit, whole).places
        assert any(place.overdue for place in ringing)

    def test_old_letters_are_mostly_confirmed_and_some_are_overdue_since_long(self, whole: datetime) -> None:
        old = Delivery.objects.direct().filter(created_at__lt=whole - timedelta(days=60))
        assert 0 < old.outstanding().count() < 0.1 * old.count()
        overdue = Delivery.objects.direct().outstanding().filter(due_at__lt=whole)
        days = {(whole - due).days for due in overdue.values_list("due_at", flat=True) if due is not None}
        assert min(days) <= 3
        assert max(days) > 25
        answers = Delivery.objects.direct().filter(
            purpose=Purpose.ACTION, completed_at=None, acknowledged_at__isnull=False, due_at__lt=whole
        )
        assert answers.exists()

    def test_the_inbox_of_its_registrar_is_readable(self, whole: datetime, client: Client) -> None:
        adana = Agency.objects.get(code="valilik-01")
        assert 6 <= Delivery.objects.for_inbox(adana, whole).count() <= 15
        assert Delivery.objects.for_archive(adana).count() > 10
        client.force_login(User.objects.get(username="adana.evrak"))
        assert client.get(reverse("unit_inbox", args=[adana.pk])).status_code == 200

    def test_a_wrong_number_is_noted_in_the_directory(self, whole: datetime) -> None:
        assert Agency.objects.with_wrong_number().exists()


def test_the_same_moment_makes_the_same_history(db: None) -> None:
    load_shipped_directory(whole=False)
    load_demo(at=AT, months=0)

    def made() -> list[tuple[object, ...]]:
        with transaction.atomic():
            make_demo_history(at=AT, months=1)
            planned = Delivery.objects.filter(circular__subject__in=[each.subject for each in LETTERS])
            rows = list(planned.order_by("pk").values_list("public_id", "stage", "acknowledged_at"))
            transaction.set_rollback(True)
        return rows

    assert made() == made() != []


def test_months_beyond_the_history_are_refused(db: None) -> None:
    with pytest.raises(CommandError, match="--months"):
        call_command("load_demo", "--months", "7")
    assert not Circular.objects.filter(status=Status.DISPATCHED).exists()

"""Taking back a confirmation, an answer or a return: what is cleared, what stays, and when it is refused."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection

from agencies.models import Agency
from agencies.services.refusal import ActionRefused
from circulars.models import Circular, Purpose
from distribution.event_log import first_broken_event
from distribution.models import (
    AnswerDocument,
    Delivery,
    DeliveryEvent,
    EventKind,
    Notice,
    NoticeKind,
    NoticeState,
    Stage,
)
from distribution.outbox.send import send_due
from distribution.queries.receiving.branches import with_below
from distribution.reminders.send import remind_due
from distribution.services.follow_up.correct import begin_correction, choose_touched
from distribution.services.follow_up.recipients import add_recipient
from distribution.services.follow_up.withdraw import withdraw
from distribution.services.receiving.acknowledge import acknowledge_several
from distribution.services.receiving.pass_on import pass_on
from distribution.services.receiving.take_back import take_back, take_back_several
from distribution.services.sending.dispatch import dispatch
from tests.consistency import findings
from tests.distribution.receiving.taking_back import LATE, SOON, Received
from tests.factories import MOMENT, AgencyFactory, UserFactory, dispatched_to, recipient_of
from tests.query_count import query_count
from tests.smtp import Postbox

pytestmark = pytest.mark.django_db
ACTS = ["acknowledged", "completed", "returned"]
BEFORE = {"acknowledged": Stage.WAITING, "completed": Stage.ACKNOWLEDGED, "returned": Stage.WAITING}


@pytest.fixture
def got() -> Received:
    return Received.new()


@pytest.mark.parametrize("act", ACTS)
def test_the_last_act_is_taken_back_and_the_record_keeps_both(got: Received, act: str) -> None:
    got.do(act)
    recorded = got.delivery.events.get(kind=act)

    got.take_back()

    assert got.delivery.stage == BEFORE[act]
    assert (getattr(got.delivery, f"{act}_at"), got.delivery.taken_back_at) == (None, SOON)
    event = got.delivery.events.latest("sequence")
    assert (event.kind, event.by, event.for_agency) == (EventKind.TAKEN_BACK, got.by, got.delivery.agency)
    assert (event.data["act"], event.data["event"]) == (act, recorded.sequence)
    assert DeliveryEvent.objects.filter(pk=recorded.pk).exists()
    assert first_broken_event(got.delivery, got.delivery.events.all()) is None
    assert findings(SOON) == []


@pytest.mark.parametrize("act", ACTS)
def test_what_was_done_anew_after_taking_back_counts(got: Received, act: str) -> None:
    got.do(act)
    got.take_back()

    got.do(act, at=SOON)

    got.delivery.refresh_from_db()
    assert getattr(got.delivery, f"{act}_at") == SOON
    assert findings(SOON) == []


@pytest.mark.parametrize("act", ACTS)
def test_after_the_period_it_is_refused(got: Received, act: str) -> None:
    got.do(act)
    events = got.delivery.events.count()

    with pytest.raises(ActionRefused):
        got.take_back(at=LATE)

    assert got.delivery.events.count() == events


def test_an_answer_goes_before_the_confirmation_that_came_with_it(got: Received) -> None:
    got.answer()

    got.take_back()
    assert (got.delivery.stage, got.delivery.answer_note) == (Stage.ACKNOWLEDGED, "")
    got.take_back()

    assert got.delivery.is_outstanding
    assert findings(SOON) == []


def test_a_return_taken_back_leaves_the_confirmation(got: Received) -> None:
    got.confirm("2026/7")
    got.send_back()

    got.take_back()

    assert (got.delivery.stage, got.delivery.register_number) == (Stage.ACKNOWLEDGED, "2026/7")
    assert (got.delivery.return_ground, got.delivery.return_reason) == ("", "")


def test_the_register_number_and_the_person_stay_only_in_the_events(got: Received) -> None:
    got.confirm("2026/7")

    got.take_back()

    delivery = got.delivery
    assert (delivery.register_number, delivery.acknowledged_by, delivery.acknowledged_sha256) == (
        "",
        None,
        "",
    )
    assert delivery.events.get(kind=EventKind.TAKEN_BACK).data["register_number"] == "2026/7"


def test_the_documents_of_the_answer_are_kept_and_marked(got: Received) -> None:
    got.answer()
    AnswerDocument.objects.create(  # the sender kept a reply by e-mail: not the unit's act
        delivery=got.delivery, file="x.eml", file_name="x.eml", size=1, sha256="e" * 64,
        attached_by=got.circular.recorded_by, attached_at=MOMENT,
    )  # fmt: skip

    got.take_back()

    mine = AnswerDocument.objects.get(file_name="cevap.pdf")
    assert mine.taken_back_at == SOON
    assert got.delivery.events.get(kind=EventKind.TAKEN_BACK).data["documents"] == [mine.sha256]
    assert [each.file_name for each in got.delivery.answer_documents.of_the_answer()] == ["x.eml"]


def test_reminders_go_on_without_those_whose_time_has_passed(got: Received) -> None:
    got.confirm()
    Delivery.objects.update(next_reminder_at=None)

    got.take_back()

    assert got.delivery.next_reminder_at is not None
    assert got.delivery.next_reminder_at > SOON
    remind_due(at=got.delivery.next_reminder_at + timedelta(hours=1))
    assert Notice.objects.filter(kind=NoticeKind.REMINDER).exists()


def test_a_stranger_takes_nothing_back(got: Received) -> None:
    got.confirm()

    for stranger in (UserFactory(), recipient_of(AgencyFactory())):
        with pytest.raises(Delivery.DoesNotExist):
            take_back(delivery=got.delivery.public_id, stamp=got.stamp(), by=stranger, at=SOON)


def test_a_colleague_takes_it_back_and_twice_changes_nothing(got: Received) -> None:
    got.confirm()
    stamp = got.stamp()
    got.by = recipient_of(got.delivery.agency)

    got.take_back()
    with pytest.raises(ActionRefused):
        got.take_back(stamp=stamp)

    assert got.delivery.events.filter(kind=EventKind.TAKEN_BACK).count() == 1


def test_a_page_that_is_out_of_date_does_not_take_back_the_next_confirmation(got: Received) -> None:
    got.confirm()
    old = got.stamp()
    got.take_back(at=MOMENT + timedelta(minutes=1))
    got.confirm("2026/7", at=MOMENT + timedelta(minutes=2))

    with pytest.raises(ActionRefused):
        got.take_back(stamp=old)

    got.delivery.refresh_from_db()
    assert got.delivery.register_number == "2026/7"


def withdrawn(got: Received) -> None:
    withdraw(circular=got.circular, reason="Yanlış", by=got.circular.recorded_by, at=MOMENT)


def sent_on(got: Received) -> None:
    add_recipient(
        circular=got.circular, agency=AgencyFactory(), purpose=Purpose.ACTION,
        due_at=MOMENT + timedelta(days=9), by=got.circular.recorded_by, at=MOMENT,
    )  # fmt: skip


def revised(got: Received) -> None:
    by, unit = got.circular.recorded_by, got.delivery.agency
    draft = begin_correction(circular=got.circular, by=by, at=MOMENT)
    choose_touched(correction=draft, note="Tarih düzeltildi.", agencies=[unit])
    Circular.objects.filter(pk=draft.pk).update(number="E-12345678-010.06.02-9", date=MOMENT.date())
    dispatch(circular=Circular.objects.get(pk=draft.pk), by=by, at=MOMENT)


@pytest.mark.parametrize(
    ("act", "meanwhile"),
    [
        ("acknowledged", withdrawn),
        ("acknowledged", revised),
        ("completed", withdrawn),
        ("completed", revised),
        ("returned", withdrawn),
        ("returned", sent_on),
    ],
)
def test_what_the_sender_has_acted_on_stays(
    got: Received, act: str, meanwhile: Callable[[Received], None]
) -> None:
    got.do(act)
    stamp = got.stamp()
    meanwhile(got)

    with pytest.raises(ActionRefused, match=r"Geri al|taken back"):
        got.take_back(stamp=stamp)

    got.delivery.refresh_from_db()
    assert getattr(got.delivery, f"{act}_at") == MOMENT


def test_a_return_that_the_sender_was_mailed_is_told_again_and_one_that_waits_is_dropped(
    got: Received, postbox: Postbox
) -> None:
    got.send_back()
    send_due()
    got.take_back()
    send_due()
    assert [mail["Subject"] for mail in postbox.mails if "geri alındı" in mail["Subject"]]
    mails = len(postbox.mails)

    got.send_back(at=SOON)
    got.take_back(at=SOON)
    send_due()

    assert len(postbox.mails) == mails
    waited = Notice.objects.filter(kind=NoticeKind.RETURNED).latest("pk")
    assert waited.state == NoticeState.CANCELLED


def test_the_figures_of_what_was_passed_on_follow(got: Received) -> None:
    top = got.delivery.agency
    below: Agency = AgencyFactory(parent=top)
    Agency.objects.rebuild_paths()
    pass_on(
        delivery=got.delivery.public_id, recipients=[(below, Purpose.ACTION)], note="", due_at=None,
        by=got.by, at=MOMENT, confirm=True,
    )  # fmt: skip
    child = Received(got.circular, Delivery.objects.get(agency=below), recipient_of(below))
    child.confirm()

    def confirmed_below() -> int:
        (found,) = with_below([Delivery.objects.get(pk=got.delivery.pk)])
        assert found.below is not None
        return found.below.acknowledged

    assert confirmed_below() == 1
    child.take_back()
    assert confirmed_below() == 0
    got.take_back()
    assert got.delivery.is_outstanding
    assert findings(SOON) == []


def confirmed_letters(count: int) -> tuple[Agency, list[Received]]:
    unit: Agency = AgencyFactory()
    by = recipient_of(unit)
    letters = [dispatched_to(unit) for _ in range(count)]
    several = [Received(each, each.deliveries.get(), by) for each in letters]
    ids = [each.delivery.public_id for each in several]
    acknowledge_several(deliveries=ids, agency=unit, by=by, at=MOMENT)
    return unit, several


def test_several_are_taken_back_together_in_as_many_queries_as_one() -> None:
    def taken_back(count: int) -> int:
        unit, several = confirmed_letters(count)
        stamps = {each.delivery.public_id: each.stamp() for each in several}
        return query_count(lambda: take_back_several(stamps=stamps, agency=unit, by=several[0].by, at=SOON))

    assert taken_back(2) == taken_back(20)
    assert not Delivery.objects.exclude(acknowledged_at=None).exists()
    assert findings(SOON) == []


def test_several_are_taken_back_all_or_none() -> None:
    unit, several = confirmed_letters(3)
    stamps = {each.delivery.public_id: each.stamp() for each in several}
    several[1].answer()

    with pytest.raises(ActionRefused, match=several[1].circular.number):
        take_back_several(stamps=stamps, agency=unit, by=several[0].by, at=SOON)

    assert Delivery.objects.filter(acknowledged_at=MOMENT).count() == 3


def test_an_event_that_takes_back_another_than_its_act_is_found(got: Received) -> None:
    got.confirm()
    got.take_back()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE distribution_deliveryevent DISABLE TRIGGER USER")
        cursor.execute(
            "UPDATE distribution_deliveryevent SET data = data || '{\"event\": 1}' WHERE kind = 'taken_back'"
        )

    assert "taken-back-without-act" in {each.what for each in findings(SOON)}

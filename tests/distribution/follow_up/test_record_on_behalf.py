"""The sender records what a unit confirmed or answered elsewhere; it counts, marked as recorded by the sender."""

from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction

from agencies.models import Agency
from agencies.services.refusal import ActionRefused
from circulars.models import Circular, Purpose
from distribution.models import (
    Delivery,
    Disposition,
    EventKind,
    Notice,
    NoticeKind,
    OnBehalfRecord,
    RecordEnd,
    ReturnGround,
    Stage,
)
from distribution.models.notices.notice_details import RecordTakenBackDetails
from distribution.outbox.digest import is_wanted
from distribution.outbox.messages import compose
from distribution.queries.receiving.branches import with_below
from distribution.queries.sending.board import letter_figures, line_figures, with_progress
from distribution.queries.sending.readership import seen_figures
from distribution.reminders.send import remind_due
from distribution.services.follow_up.correct import begin_correction, choose_touched
from distribution.services.follow_up.record_on_behalf import record_on_behalf, take_back_record
from distribution.services.follow_up.withdraw import withdraw
from distribution.services.receiving.acknowledge import acknowledge
from distribution.services.receiving.answer import complete
from distribution.services.receiving.pass_on import pass_on
from distribution.services.receiving.return_letter import return_letter
from distribution.services.sending.dispatch import dispatch
from tests.consistency import findings
from tests.distribution.follow_up.on_behalf import LATER, SAID_AT, answered, recorded, said
from tests.factories import MOMENT, AgencyFactory, dispatched_to, manager_of, recipient_of, sender_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def circular() -> Circular:
    return dispatched_to(AgencyFactory(name="Ardahan Valiliği"), AgencyFactory(name="Iğdır Valiliği"))


@pytest.fixture
def delivery(circular: Circular) -> Delivery:
    return Delivery.objects.get(agency__name="Ardahan Valiliği")


def test_a_confirmation_by_telephone_counts_and_is_marked_as_recorded_by_the_sender(
    delivery: Delivery,
) -> None:
    by = sender_of(delivery.circular.issuer)

    record = recorded(delivery, said(register_number=" 2026/7 ", note="Dâhilî 112"), by)

    delivery.refresh_from_db()
    assert delivery.stage == Stage.ACKNOWLEDGED
    assert delivery.stage_is_on_behalf
    assert not delivery.was_confirmed_by_link
    assert (delivery.acknowledged_at, delivery.acknowledged_sha256) == (SAID_AT, "")
    assert (delivery.acknowledged_person, delivery.acknowledged_job_title) == ("Can SU", "Yazı İşleri Şefi")
    assert delivery.register_number == "2026/7"
    assert delivery.reached_at is delivery.opened_at is None
    assert (record.recorded_by, record.recorded_at) == (by, LATER)
    event = delivery.events.get(kind=EventKind.RECORDED_ON_BEHALF)
    assert (event.at, event.by) == (LATER, by)
    assert event.data["said_at"] == SAID_AT.isoformat()
    assert "sha256" not in event.data
    assert findings() == []


def test_an_answer_confirms_too_and_keeps_its_file_apart_from_the_unit_s_documents(
    delivery: Delivery,
) -> None:
    file = SimpleUploadedFile("tutanak.pdf", b"%PDF-1.7 tutanak")

    record = recorded(delivery, answered(file=file))

    delivery.refresh_from_db()
    assert (delivery.acknowledged_at, delivery.completed_at) == (SAID_AT, SAID_AT)
    assert (delivery.disposition, delivery.answer_note) == (Disposition.DONE, "Tamamı bildirildi.")
    assert delivery.completed_person == "Can SU, Yazı İşleri Şefi"
    assert record.sha256 == sha256(b"%PDF-1.7 tutanak").hexdigest()
    assert not delivery.answer_documents.exists()
    assert findings() == []


def test_an_answer_to_a_letter_that_the_unit_confirmed_itself_leaves_its_confirmation(
    delivery: Delivery,
) -> None:
    acknowledge(delivery=delivery.public_id, by=recipient_of(delivery.agency), at=SAID_AT)

    recorded(delivery, answered())

    delivery.refresh_from_db()
    assert (delivery.acknowledged_on_behalf, delivery.completed_on_behalf) == (False, True)
    assert delivery.acknowledged_sha256 == delivery.circular.content_sha256
    assert findings() == []


def test_the_unit_is_told_by_a_mail_that_names_who_said_it_when(delivery: Delivery) -> None:
    recorded(delivery)

    notice = Notice.objects.get(kind=NoticeKind.ON_BEHALF)
    message = compose(notice)
    assert notice.agency == delivery.agency
    for words in ("Can SU, Yazı İşleri Şefi", "03.03.2026 11:15", "Telefon", "/link/"):
        assert words in message.text
        assert words in message.html


def test_it_stops_the_reminders_and_a_record_taken_back_starts_them_again(delivery: Delivery) -> None:
    record = recorded(delivery)
    remind_due(at=LATER + timedelta(days=60))
    assert not Notice.objects.filter(kind=NoticeKind.REMINDER, delivery=delivery).exists()

    by = sender_of(delivery.circular.issuer)
    taken = LATER + timedelta(hours=1)
    take_back_record(delivery=delivery.public_id, record=record.pk, reason="Yanlış birim", by=by, at=taken)

    delivery.refresh_from_db()
    assert delivery.is_outstanding
    told = Notice.objects.get(kind=NoticeKind.RECORD_TAKEN_BACK)
    assert (told.agency, told.details) == (
        delivery.agency,
        RecordTakenBackDetails(name=str(by), reason="Yanlış birim"),
    )
    assert (delivery.acknowledged_name, delivery.register_number) == ("", "")
    assert delivery.next_reminder_at is not None
    record.refresh_from_db()
    assert (record.ended_as, record.end_reason) == (RecordEnd.TAKEN_BACK, "Yanlış birim")
    assert delivery.events.filter(kind=EventKind.RECORD_TAKEN_BACK, by=by).count() == 1
    assert not is_wanted(Notice.objects.get(kind=NoticeKind.ON_BEHALF))
    assert findings() == []


def test_the_answer_alone_is_taken_back_or_with_the_confirmation_everything(delivery: Delivery) -> None:
    confirmation, answer = recorded(delivery), recorded(delivery, answered())
    by = sender_of(delivery.circular.issuer)

    take_back_record(delivery=delivery.public_id, record=answer.pk, reason="Yanlış", by=by, at=LATER)
    delivery.refresh_from_db()
    assert (delivery.acknowledged_at, delivery.completed_at) == (SAID_AT, None)
    with pytest.raises(ActionRefused):
        take_back_record(delivery=delivery.public_id, record=answer.pk, reason="Yanlış", by=by, at=LATER)

    recorded(delivery, answered())
    take_back_record(delivery=delivery.public_id, record=confirmation.pk, reason="Yanlış", by=by, at=LATER)
    delivery.refresh_from_db()
    assert (delivery.acknowledged_at, delivery.completed_at) == (None, None)
    assert not OnBehalfRecord.objects.holding().exists()
    assert findings() == []


def test_the_figures_say_how_many_confirmations_are_only_recorded(
    circular: Circular, delivery: Delivery
) -> None:
    own = Delivery.objects.exclude(pk=delivery.pk).get()
    below = AgencyFactory(parent=own.agency)
    person = recipient_of(own.agency)
    pass_on(
        delivery=own.public_id, recipients=[(below, Purpose.ACTION)], note="", due_at=None, by=person, at=MOMENT,
        confirm=True,
    )  # fmt: skip
    recorded(delivery, answered())
    recorded(Delivery.objects.get(agency=below))

    figures, (progress,) = letter_figures(circular), with_progress(Circular.objects.filter(pk=circular.pk))
    assert (figures.acknowledged, figures.acknowledged_on_behalf) == (2, 1)
    assert (figures.completed, figures.completed_on_behalf) == (1, 1)
    assert (progress.acknowledged_count, progress.on_behalf_count) == (2, 1)  # type: ignore[attr-defined]
    assert [(each.acknowledged, each.on_behalf) for each in line_figures(circular)] == [(1, 1), (1, 0)]
    (with_figures,) = with_below([own])
    assert with_figures.below is not None
    assert (with_figures.below.acknowledged, with_figures.below.on_behalf) == (1, 1)
    assert (seen_figures(circular).confirmed, seen_figures(circular).on_behalf) == (3, 2)

    withdraw(circular=circular, reason="Yanlış liste", by=circular.recorded_by, at=LATER)
    circular.refresh_from_db()
    figures = letter_figures(circular)
    assert (figures.acknowledged, figures.acknowledged_on_behalf, figures.completed_on_behalf) == (2, 1, 1)
    assert findings() == []


def confirmed_itself(delivery: Delivery) -> None:
    acknowledge(delivery=delivery.public_id, by=recipient_of(delivery.agency), at=SAID_AT)


def confirmed_by_telephone(delivery: Delivery) -> None:
    recorded(delivery)


def answered_itself(delivery: Delivery) -> None:
    by = recipient_of(delivery.agency)
    complete(delivery=delivery.public_id, by=by, at=SAID_AT, disposition=Disposition.DONE)


def returned(delivery: Delivery) -> None:
    by, ground = recipient_of(delivery.agency), ReturnGround.NOT_ADDRESSEE
    return_letter(delivery=delivery.public_id, by=by, at=SAID_AT, ground=ground, reason="Bizim değil")


def withdrawn(delivery: Delivery) -> None:
    withdraw(circular=delivery.circular, reason="Yanlış", by=delivery.circular.recorded_by, at=SAID_AT)


def corrected_after(delivery: Delivery) -> None:
    recorded(delivery)
    sent = delivery.circular
    draft = begin_correction(circular=sent, by=sent.recorded_by, at=LATER)
    choose_touched(correction=draft, note="Tarih düzeltildi.", agencies=[delivery.agency])
    Circular.objects.filter(pk=draft.pk).update(number=f"{sent.number}-2", date=sent.date)
    draft.refresh_from_db()
    dispatch(circular=draft, by=sent.recorded_by, at=LATER)


@pytest.mark.parametrize(
    ("before", "what"),
    [
        (confirmed_itself, {}),
        (confirmed_by_telephone, {}),
        (answered_itself, {"disposition": Disposition.DONE}),
        (returned, {}),
        (withdrawn, {}),
        (corrected_after, {"disposition": Disposition.DONE}),
        (None, {"said_at": LATER + timedelta(minutes=1)}),
        (None, {"said_at": MOMENT - timedelta(minutes=1)}),
        (None, {"disposition": Disposition.NOT_APPLICABLE, "answer": " "}),
    ],
)
def test_what_can_not_be_is_refused_and_leaves_nothing(
    delivery: Delivery, before: Callable[[Delivery], None] | None, what: dict[str, object]
) -> None:
    if before is not None:
        before(delivery)
    there = OnBehalfRecord.objects.count()

    with pytest.raises(ActionRefused):
        recorded(delivery, said(**what))

    assert OnBehalfRecord.objects.count() == there
    assert findings(LATER) == []


def test_a_letter_for_information_asks_for_no_answer() -> None:
    sent = dispatched_to(AgencyFactory(), purpose=Purpose.INFORMATION)

    with pytest.raises(ActionRefused):
        recorded(sent.deliveries.get(), answered())


@pytest.mark.parametrize("role", [manager_of, recipient_of, lambda _issuer: sender_of(AgencyFactory())])
def test_nobody_but_the_letter_s_senders_records(
    delivery: Delivery, role: Callable[[Agency], object]
) -> None:
    with pytest.raises(Delivery.DoesNotExist):
        record_on_behalf(
            delivery=delivery.public_id,
            said=said(),
            by=role(delivery.circular.issuer),
            at=LATER,  # type: ignore[arg-type]
        )


@pytest.mark.parametrize(
    "columns",
    [
        {"acknowledged_on_behalf": True},
        {"completed_on_behalf": True, "completed_name": "Can SU"},
        {"acknowledged_at": MOMENT, "acknowledged_name": "Can SU"},
    ],
)
def test_the_database_takes_no_mark_without_what_it_marks(
    delivery: Delivery, columns: dict[str, object]
) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Delivery.objects.filter(pk=delivery.pk).update(**columns)


@pytest.mark.parametrize(
    ("kind", "columns"),
    [
        ("on-behalf-at-another-time", {"acknowledged_at": LATER}),
        ("on-behalf-unlike-events", {"acknowledged_on_behalf": False, "acknowledged_sha256": "ab" * 32}),
    ],
)
def test_a_mark_unlike_the_events_is_found(delivery: Delivery, kind: str, columns: dict[str, object]) -> None:
    recorded(delivery)
    Delivery.objects.filter(pk=delivery.pk).update(**columns)

    assert kind in {each.what for each in findings()}


def test_a_mark_whose_record_ended_is_found(delivery: Delivery) -> None:
    recorded(delivery)
    OnBehalfRecord.objects.update(ended_as=RecordEnd.REPLACED, ended_at=LATER)

    assert [each.what for each in findings()] == ["on-behalf-without-record"]

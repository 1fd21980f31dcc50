"""Use cases of the sender with a letter that leaves or has left."""

from collections.abc import Sequence
from datetime import date, timedelta

from django.core.files.uploadedfile import SimpleUploadedFile

from agencies.models import Agency
from agencies.services.leave import declare_leave
from circulars.models import Attachment, Circular, Purpose, Urgency
from distribution.models import (
    Anchor,
    Delivery,
    Disposition,
    HandoverMethod,
    Notice,
    NoticeState,
    ReminderStep,
    SaidThrough,
    StepAction,
    StepUnit,
)
from distribution.models.notices.channel_status import Fault
from distribution.outbox.outages import suspension
from distribution.outbox.outages.retry import retry_failed as retry
from distribution.reminders.plan import plan_dispatched
from distribution.reminders.remind_by_hand import remind_by_hand as remind
from distribution.reminders.tekit import draft_tekit as tekit
from distribution.services import succession
from distribution.services.follow_leaves import follow_leaves as follow
from distribution.services.follow_up import pause as pausing
from distribution.services.follow_up import record_on_behalf as on_behalf
from distribution.services.follow_up.change_due import change_due as change_due_time
from distribution.services.follow_up.correct import begin_correction, choose_touched
from distribution.services.follow_up.hand_over import Paper
from distribution.services.follow_up.hand_over import hand_over as hand
from distribution.services.follow_up.recipients import add_recipient, remove_recipient
from distribution.services.follow_up.record_on_behalf import Said
from distribution.services.follow_up.revoke_links import revoke_links as revoke
from distribution.services.follow_up.revoke_links import send_new_link
from distribution.services.follow_up.withdraw import withdraw as take_back
from distribution.services.receiving.acknowledge import acknowledge
from distribution.services.receiving.pass_on import pass_on
from distribution.services.sending import schedule_dispatch as scheduling
from distribution.services.sending.change_schedule import set_default_schedule, set_letter_schedule
from distribution.services.sending.dispatch import dispatch as send
from distribution.services.sending.preflight import preflight
from distribution.services.sending.send_now import send_now, try_channel
from tests.factories import (
    AgencyFactory,
    UserFactory,
    claimed,
    dispatched_to,
    draft_to,
    left,
    recipient_of,
    sender_of,
)
from tests.use_cases.table import NOW, SENT, Action, use_case

DUE = SENT + timedelta(days=20)


def letter(*units: Agency, **fields: object) -> Circular:
    """A letter with a due time that left yesterday to these units, by default to three."""
    given = {"urgency": Urgency.TIMED, "due_at": DUE} | fields
    return dispatched_to(*(units or AgencyFactory.create_batch(3)), at=SENT, **given)


def well_known(*attachments: Attachment) -> Circular:
    """A letter whose first copy is confirmed and passed on; the notices of the first two copies were sent."""
    first, second, third = AgencyFactory.create_batch(3)
    below = AgencyFactory(parent=first)
    draft = draft_to(first, second, third, urgency=Urgency.TIMED, due_at=DUE)
    draft.attachments.set(attachments, bulk=False)
    circular = send(circular=draft, by=draft.recorded_by, at=SENT).circular
    for _ in range(2):
        left(claimed(SENT), SENT)
    person = recipient_of(first)
    mine = Delivery.objects.get(agency=first).public_id
    pass_on(
        delivery=mine, recipients=[(below, Purpose.ACTION)], note="", due_at=None, by=person,
        at=SENT + timedelta(hours=1),
    )  # fmt: skip
    acknowledge(delivery=mine, by=person, at=SENT + timedelta(hours=2))
    return circular


def step(amount: int) -> ReminderStep:
    return ReminderStep(
        anchor=Anchor.SENT, amount=amount, unit=StepUnit.WORKING_DAYS, action=StepAction.REMIND
    )


@use_case(wakes=True)
def dispatch() -> Action:
    draft = draft_to(*AgencyFactory.create_batch(3), urgency=Urgency.TIMED, due_at=DUE)
    return lambda: send(circular=draft, by=draft.recorded_by, at=NOW)


def scheduled_letter() -> Circular:
    draft = draft_to(*AgencyFactory.create_batch(3))
    digest = preflight(circular=draft, at=SENT).content_digest(draft)
    by = sender_of(draft.issuer)
    scheduling.schedule_dispatch(circular=draft, leaves_at=NOW, content_digest=digest, by=by, at=SENT)
    return draft


@use_case()
def schedule_dispatch() -> Action:
    draft = draft_to(*AgencyFactory.create_batch(3))
    digest = preflight(circular=draft, at=NOW).content_digest(draft)
    later = NOW + timedelta(hours=1)
    return lambda: scheduling.schedule_dispatch(
        circular=draft, leaves_at=later, content_digest=digest, by=draft.recorded_by, at=NOW
    )


@use_case()
def cancel_dispatch() -> Action:
    circular = scheduled_letter()
    return lambda: scheduling.cancel_dispatch(circular=circular)


@use_case(wakes=True)
def dispatch_without_waiting() -> Action:
    circular = scheduled_letter()
    by = sender_of(circular.issuer)
    return lambda: scheduling.dispatch_without_waiting(circular=circular, by=by, at=NOW)


@use_case(wakes=True)
def dispatch_scheduled() -> Action:
    scheduled_letter()
    return lambda: scheduling.dispatch_scheduled(at=NOW)


def a_correction() -> Circular:
    sent = well_known()
    draft = begin_correction(circular=sent, by=sent.recorded_by, at=NOW)
    choose_touched(
        correction=draft,
        note="Tarih düzeltildi.",
        agencies=Agency.objects.filter(deliveries__in=sent.deliveries.direct()),
    )
    Circular.objects.filter(pk=draft.pk).update(number="E-12345678-010.06.02-9", date=date(2026, 3, 3))
    draft.refresh_from_db()
    return draft


@use_case(wakes=True)
def dispatch_a_correction() -> Action:
    draft = a_correction()
    return lambda: send(circular=Circular.objects.get(pk=draft.pk), by=draft.recorded_by, at=NOW)


@use_case()
def begin_a_correction() -> Action:
    sent = well_known(Attachment(title="Ek"))
    set_letter_schedule(circular=sent, steps=[step(3), step(9)], by=sent.recorded_by, at=SENT)
    return lambda: begin_correction(circular=sent, by=sent.recorded_by, at=NOW)


@use_case()
def choose_the_touched() -> Action:
    draft, other = a_correction(), AgencyFactory.create_batch(2)
    return lambda: choose_touched(correction=draft, note="Başka.", agencies=other)


@use_case(wakes=True)
def dispatch_in_place_of_a_withdrawn_letter() -> Action:
    withdrawn = well_known()
    take_back(circular=withdrawn, reason="yanlış dosya", by=sender_of(withdrawn.issuer), at=NOW)
    draft = draft_to(*AgencyFactory.create_batch(2), issuer=withdrawn.issuer, replaces=withdrawn)
    return lambda: send(circular=Circular.objects.get(pk=draft.pk), by=draft.recorded_by, at=NOW)


@use_case(wakes=True)
def withdraw() -> Action:
    sent, successor = well_known(), None
    successor = dispatched_to(AgencyFactory(), at=SENT, issuer=sent.issuer)
    by = sender_of(sent.issuer)
    return lambda: take_back(circular=sent, reason="yanlış liste", by=by, at=NOW, successor=successor)


@use_case()
def pause() -> Action:
    sent = well_known()
    return lambda: pausing.pause(circular=sent, by=sent.recorded_by, at=NOW)


@use_case(wakes=True)
def resume() -> Action:
    sent = well_known()
    pausing.pause(circular=sent, by=sent.recorded_by, at=SENT)
    return lambda: pausing.resume(circular=sent, by=sent.recorded_by, at=NOW)


@use_case(wakes=True)
def add_a_recipient() -> Action:
    sent, more = well_known(), AgencyFactory()
    return lambda: add_recipient(
        circular=sent, agency=more, purpose=Purpose.ACTION, due_at=DUE, by=sent.recorded_by, at=NOW
    )


@use_case(wakes=True)
def remove_a_recipient() -> Action:
    sent = well_known()
    delivery = sent.deliveries.direct().earliest("pk")
    return lambda: remove_recipient(delivery=delivery, reason="yanlış", by=sent.recorded_by, at=NOW)


@use_case()
def change_due() -> Action:
    sent = well_known()
    until = DUE + timedelta(days=5)
    return lambda: change_due_time(circular=sent, until=until, reason="Kar", by=sent.recorded_by, at=NOW)


@use_case(wakes=True)
def shorten_due() -> Action:
    sent = well_known()
    until = DUE - timedelta(days=5)
    return lambda: change_due_time(
        circular=sent, until=until, reason="Öne alındı", by=sent.recorded_by, at=NOW
    )


@use_case(one_transaction=False)
def follow_leaves() -> Action:
    agencies = AgencyFactory.create_batch(2)
    letter(*agencies, due_at=None, due_working_days=5)
    letter(*agencies, due_at=None, due_working_days=9)
    day = SENT.date() + timedelta(days=3)
    declare_leave(
        first_day=day,
        last_day=day,
        afternoon_only=False,
        province=None,
        reason="Kar",
        by=UserFactory(),
        at=NOW,
    )
    return lambda: follow(at=NOW)


@use_case()
def schedule_of_a_letter() -> Action:
    sent = well_known()
    steps: Sequence[ReminderStep] = [step(3), step(9)]
    set_letter_schedule(circular=sent, steps=[step(2)], by=sent.recorded_by, at=SENT)
    return lambda: set_letter_schedule(circular=sent, steps=steps, by=sent.recorded_by, at=NOW)


@use_case()
def schedule_of_an_urgency() -> Action:
    by = UserFactory()
    dispatched_to(*AgencyFactory.create_batch(2), at=SENT)
    plan_dispatched(at=SENT)
    set_default_schedule(urgency=Urgency.NORMAL, steps=[step(2)], by=by, at=SENT)
    return lambda: set_default_schedule(urgency=Urgency.NORMAL, steps=[step(3), step(9)], by=by, at=NOW)


@use_case()
def hand_over() -> Action:
    sent = letter(AgencyFactory(email=""))
    by, delivery = sender_of(sent.issuer), sent.deliveries.get().public_id

    def record() -> object:
        proof = SimpleUploadedFile("zimmet.pdf", b"imza")
        paper = Paper(HandoverMethod.POST, NOW.date(), "Ayşe KAYA", proof)
        return hand(delivery=delivery, paper=paper, by=by, at=NOW)

    return record


def told(**changes: object) -> Said:
    """What a unit said by telephone an hour after the letter of the table left."""
    usual = {"channel": SaidThrough.TELEPHONE, "said_by": "Can SU", "said_by_title": "Şef"}
    return Said(**{**usual, "said_at": SENT + timedelta(hours=1), **changes})  # type: ignore[arg-type]


@use_case(wakes=True)
def record_on_behalf() -> Action:
    sent = letter(AgencyFactory())
    by, delivery = sender_of(sent.issuer), sent.deliveries.get().public_id

    def record() -> object:
        note = SimpleUploadedFile("not.pdf", b"%PDF-1.7 not")
        answer = told(disposition=Disposition.DONE, answer="Yapıldı.", file=note)
        return on_behalf.record_on_behalf(delivery=delivery, said=answer, by=by, at=NOW)

    return record


@use_case(wakes=True)
def take_back_record() -> Action:
    sent = letter(AgencyFactory())
    by, delivery = sender_of(sent.issuer), sent.deliveries.get().public_id
    record = on_behalf.record_on_behalf(delivery=delivery, said=told(), by=by, at=SENT + timedelta(hours=2))
    return lambda: on_behalf.take_back_record(
        delivery=delivery, record=record.pk, reason="Yanlış birim", by=by, at=NOW
    )


@use_case()
def revoke_links() -> Action:
    sent = letter(AgencyFactory())
    by, delivery = sender_of(sent.issuer), sent.deliveries.get().public_id
    return lambda: revoke(delivery=delivery, reason="Yanlış kişiye gitti", by=by, at=NOW)


@use_case(wakes=True)
def send_a_new_link() -> Action:
    sent = letter(AgencyFactory())
    left(claimed(SENT), SENT)
    by, delivery = sender_of(sent.issuer), sent.deliveries.get().public_id
    return lambda: send_new_link(delivery=delivery, by=by, at=NOW)


@use_case(wakes=True)
def retry_failed() -> Action:
    sent = letter()
    from distribution.outbox.record import give_up

    for notice in Notice.objects.order_by("pk"):
        give_up(notice=notice, reason="550", at=SENT)
    assert Notice.objects.filter(state=NoticeState.FAILED).count() == 3
    return lambda: retry(circular=sent, at=NOW)


def standing() -> Circular:
    """A letter whose notices wait because the channel is suspended."""
    sent = letter()
    suspension.suspend(channel="email", fault=Fault.SIGN_IN, answer="535", at=SENT)
    Notice.objects.update(next_attempt_at=NOW + timedelta(hours=1), last_error="535")
    return sent


@use_case(wakes=True)
def send_waiting_now() -> Action:
    sent = standing()
    return lambda: send_now(circular=sent, at=NOW)


@use_case(wakes=True)
def try_channel_again() -> Action:
    standing()
    return lambda: try_channel(channel="email", at=NOW)


@use_case()
def suspend_channel() -> Action:
    letter()
    return lambda: suspension.suspend(channel="email", fault=Fault.SIGN_IN, answer="535", at=NOW)


@use_case(wakes=True)
def resume_channel() -> Action:
    standing()
    Notice.objects.update(next_attempt_at=SENT)
    return lambda: suspension.resume(channel="email", at=NOW)


@use_case(wakes=True)
def remind_by_hand() -> Action:
    unit = AgencyFactory()
    letter(unit, AgencyFactory())
    letter(unit)
    while Notice.objects.due(SENT).exists():
        left(claimed(SENT), SENT)
    by = UserFactory()
    return lambda: remind(deliveries=Delivery.objects.all(), by=by, at=NOW)


@use_case()
def draft_tekit() -> Action:
    sent = dispatched_to(AgencyFactory(), AgencyFactory(), at=SENT)
    late = NOW + timedelta(days=40)
    return lambda: tekit(circular=sent, by=sent.recorded_by, at=late)


@use_case(wakes=True)
def close_unit() -> Action:
    sent = well_known()
    closing, successor, by = sent.deliveries.latest("pk").agency, AgencyFactory(), UserFactory()
    letter(closing, successor)
    return lambda: succession.close_unit(agency=closing, on=NOW.date(), successor=successor, by=by, at=NOW)


@use_case(wakes=True)
def transfer_obligations() -> Action:
    closing, successor = AgencyFactory(), AgencyFactory()
    letter(closing)
    letter(closing, successor)
    Agency.objects.filter(pk=closing.pk).update(active_to=NOW.date(), successor=successor)
    return lambda: succession.transfer_obligations(unit=Agency.objects.get(pk=closing.pk), by=None, at=NOW)

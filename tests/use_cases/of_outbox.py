"""Use cases of what leaves, of reminders and of what comes back."""

from datetime import timedelta

from agencies.models import User
from circulars.models import Circular, Urgency
from distribution.feedback import kep_evidence
from distribution.feedback.returned_mail import read_returned_mail
from distribution.feedback.settle_mail import settle_mail
from distribution.models import (
    Delivery,
    KepEvidence,
    Notice,
    NoticeKind,
    NoticeState,
    ReturnedMail,
    Settlement,
)
from distribution.models.notices.channel_status import Fault
from distribution.models.notices.notice import BACKOFF, STUCK_AFTER
from distribution.outbox import digest, record, send
from distribution.outbox.channels import PermanentFailure, TemporaryFailure
from distribution.outbox.outages import suspension
from distribution.outbox.write import post, to_person
from distribution.reminders import plan
from distribution.reminders import send as reminding
from distribution.reminders.schedule import Schedules
from distribution.services import clear_settled_mails as clearing
from distribution.services import learn_likely_late as learning
from distribution.services import reckon_answering_times as reckoning
from distribution.services import tell_of_standing as telling
from distribution.services.follow_up import send_another_way as another_way
from distribution.services.sending.schedule_dispatch import dispatch_scheduled
from tests.distribution import kep, reports
from tests.factories import AgencyFactory, claimed, left, recipient_of, sender_of
from tests.use_cases.of_sending import letter, scheduled_letter
from tests.use_cases.table import NOW, SENT, Action, use_case


@use_case()
def claim() -> Action:
    letter()
    return lambda: send.claim_batch(at=NOW, most=5)


def batch() -> list[Notice]:
    letter()
    return send.claim_batch(at=SENT, most=5)


@use_case()
def record_sent() -> Action:
    sent = batch()
    for notice in sent:
        record.mark_sent(notice=notice, at=SENT)
    return lambda: record.record_sent(notices=sent, at=NOW)


@use_case()
def record_a_digest() -> Action:
    form_digests()()
    sent = send.claim_batch(at=NOW, most=5)
    for notice in sent:
        record.mark_sent(notice=notice, at=NOW)
    return lambda: record.record_sent(notices=sent, at=NOW)


def batch_of_one() -> Notice:
    letter(AgencyFactory())
    (notice,) = send.claim_batch(at=SENT, most=1)
    return notice


@use_case()
def record_a_refusal() -> Action:
    notice = batch_of_one()
    refusal = PermanentFailure("550 5.1.1 unknown", nobody_there=True)
    return lambda: record.record_failure(notice=notice, error=refusal, at=NOW)


@use_case()
def record_a_temporary_failure() -> Action:
    notice = batch_of_one()
    return lambda: record.record_failure(notice=notice, error=TemporaryFailure("450"), at=NOW)


@use_case(wakes=True)
def give_up() -> Action:
    letter(AgencyFactory(kep_address="birim@hs01.kep.tr", channels=["email", "kep"]))
    (notice,) = send.claim_batch(at=SENT, most=1)
    return lambda: record.give_up(notice=notice, reason="550", at=NOW)


@use_case(one_transaction=False)
def release_stuck() -> Action:
    """Released in one transaction, given up in one of its own each."""
    batch()
    Notice.objects.filter(pk=Notice.objects.earliest("pk").pk).update(attempts=len(BACKOFF) + 1)
    return lambda: send.release_stuck(at=SENT + STUCK_AFTER * 2)


@use_case()
def release_untried() -> Action:
    batch()
    return lambda: send.release_stuck(at=SENT + STUCK_AFTER * 2)


@use_case(wakes=True)
def form_digests() -> Action:
    unit = AgencyFactory(digests_letters=True)
    letter(unit)
    letter(unit)
    morning = SENT + timedelta(days=1)
    assert Notice.objects.filter(state=NoticeState.HELD).count() == 2
    return lambda: digest.form_digests(at=morning)


@use_case(wakes=True, locked_by_caller=True)
def bundle_at_once() -> Action:
    unit = AgencyFactory()
    letter(unit)
    letter(unit)
    return lambda: digest.bundle_at_once(
        notices=list(Notice.objects.select_related("agency", "person").order_by("pk")), at=NOW
    )


@use_case()
def plan_dispatched() -> Action:
    letter()
    return lambda: plan.plan_dispatched(at=NOW)


@use_case(locked_by_caller=True)
def plan_reminders() -> Action:
    sent = letter()
    return lambda: plan.plan_reminders(deliveries=sent.deliveries.all(), at=NOW)


@use_case(locked_by_caller=True)
def replan_letter() -> Action:
    sent = letter()
    return lambda: plan.replan_letter(circular=sent, before=Schedules.of([sent]), at=NOW)


@use_case()
def replan_default() -> Action:
    letter(urgency=Urgency.NORMAL, due_at=None)
    plan.plan_dispatched(at=SENT)
    Delivery.objects.update(next_reminder_at=None)
    return lambda: plan.replan_default(kind=Urgency.NORMAL, before=Schedules.of([]), at=NOW)


@use_case(wakes=True)
def remind_due() -> Action:
    letter(urgency=Urgency.URGENT, due_at=None)
    while Notice.objects.due(SENT).exists():
        left(claimed(SENT), SENT)
    plan.plan_dispatched(at=SENT)
    late = SENT + timedelta(days=25)
    return lambda: reminding.remind_due(at=late)


def sent_notice() -> Notice:
    letter(AgencyFactory(email="birim@ornek.example"))
    notice = claimed(SENT)
    left(notice, SENT)
    return notice


@use_case()
def take_a_bounce() -> Action:
    notice = sent_notice()
    raw = reports.dsn(notice.message_id, notice.address)
    return lambda: read_returned_mail(raw=raw, at=NOW)


def listed_mail() -> tuple[ReturnedMail, User]:
    """A person's reply to a notice, which waits for the sender."""
    notice = sent_notice()
    read_returned_mail(raw=reports.person(notice.address, notice.message_id), at=SENT)
    assert notice.delivery is not None
    return ReturnedMail.objects.get(settled_as=""), sender_of(notice.delivery.circular.issuer)


@use_case()
def settle_as_failed() -> Action:
    mail, by = listed_mail()
    return lambda: settle_mail(pk=mail.pk, settled_as=Settlement.FAILED, by=by, at=NOW, nobody_there=True)


@use_case()
def settle_as_answer() -> Action:
    mail, by = listed_mail()
    return lambda: settle_mail(pk=mail.pk, settled_as=Settlement.ANSWER, by=by, at=NOW)


@use_case()
def take_a_temporary_failure() -> Action:
    notice = sent_notice()
    raw = reports.dsn(
        notice.message_id, notice.address, status="4.2.2", diagnosis="smtp; 452 4.2.2 Mailbox full"
    )
    return lambda: read_returned_mail(raw=raw, at=NOW)


def kep_notice() -> tuple[Notice, User]:
    sent = letter(AgencyFactory(email="", kep_address="birim@hs01.kep.tr"))
    notice = claimed(SENT)
    left(notice, SENT)
    return notice, sender_of(sent.issuer)


@use_case()
def import_evidence() -> Action:
    notice, by = kep_notice()
    row = {"delilId": "D-1", "delilTurId": "40", "tarih": kep.AT}
    files = [("delil.xml", kep.answer(row, message_id=notice.message_id))]
    return lambda: kep_evidence.import_evidence(files=files, by=by, at=NOW)


def unmatched(by: User) -> KepEvidence:
    content = kep.answer({"delilId": "D-2", "delilTurId": "40", "tarih": kep.AT}, message_id="<x@y.example>")
    (kept,) = kep_evidence.import_evidence(files=[("delil.xml", content)], by=by, at=NOW).unmatched
    return kept


@use_case()
def match_evidence() -> Action:
    notice, by = kep_notice()
    kept = unmatched(by)
    return lambda: kep_evidence.match_evidence(evidence=kept.pk, notice=notice.pk, by=by, at=NOW)


@use_case()
def dismiss_evidence() -> Action:
    by = sender_of(AgencyFactory())
    kept = unmatched(by)
    return lambda: kep_evidence.dismiss_evidence(pk=kept.pk, by=by)


@use_case(drops_file=True)
def clear_settled_mails() -> Action:
    notice = sent_notice()
    mail = read_returned_mail(raw=reports.person(notice.address, notice.message_id), at=SENT)
    assert notice.delivery is not None
    by = sender_of(notice.delivery.circular.issuer)
    settle_mail(pk=mail.pk, settled_as=Settlement.NOTHING, by=by, at=SENT)
    return lambda: clearing.clear_settled_mails(at=NOW + timedelta(days=400))


@use_case()
def learn_likely_late() -> Action:
    letter(urgency=Urgency.TIMED, due_at=SENT + timedelta(days=5))
    return lambda: learning.learn_likely_late(at=SENT + timedelta(days=9))


def waiting_for_kep() -> Circular:
    unit = AgencyFactory(kep_address="birim@hs01.kep.tr", channels=["kep", "email"])
    sent = letter(unit)
    two_days_ago = NOW - timedelta(days=2)
    suspension.suspend(channel="kep", fault=Fault.UNREACHABLE, answer="", at=two_days_ago)
    return sent


@use_case(wakes=True)
def send_another_way() -> Action:
    sent = waiting_for_kep()
    by = sender_of(sent.issuer)
    return lambda: another_way.send_another_way(circular=sent, by=by, at=NOW)


@use_case(wakes=True)
def tell_of_standing() -> Action:
    sender_of(waiting_for_kep().issuer)
    return lambda: telling.tell_of_standing(at=NOW)


@use_case()
def record_a_refusal_of_a_person() -> Action:
    delivery = letter(AgencyFactory()).deliveries.get()
    Notice.objects.all().delete()
    notice = to_person(recipient_of(delivery.agency), delivery=delivery, kind=NoticeKind.REMINDER, at=SENT)
    post([notice])
    (claim,) = send.claim_batch(at=SENT, most=1)
    refusal = PermanentFailure("550 5.1.1 unknown", nobody_there=True)
    return lambda: record.record_failure(notice=claim, error=refusal, at=NOW)


@use_case(wakes=True)
def scheduled_dispatch_that_fails() -> Action:
    circular = scheduled_letter()
    Circular.objects.filter(pk=circular.pk).update(subject="Başka konu")
    return lambda: dispatch_scheduled(at=NOW)


@use_case(one_transaction=False)
def reckon_answering_times() -> Action:
    letter(AgencyFactory())
    return lambda: reckoning.reckon_answering_times(at=NOW)

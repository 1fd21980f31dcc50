"""Walks through the forms of a sent letter."""

from collections.abc import Callable
from datetime import timedelta

from django.utils import timezone
from playwright.sync_api import Page

from agencies.calendar import WorkingCalendar
from agencies.models import Role
from circulars.models import Circular
from distribution.feedback.kep_evidence import import_evidence as take_evidence
from distribution.feedback.returned_mail import read_returned_mail
from distribution.models import (
    Channel,
    Delivery,
    ExtensionRequest,
    FileFormat,
    Handover,
    KepEvidence,
    Notice,
    NoticeKind,
    NoticeState,
    PreparedFile,
    PreparedFileKind,
    PreparedFileState,
    ReminderStep,
    ReturnedMail,
    Settlement,
)
from distribution.models.notices.channel_status import Fault
from distribution.outbox.outages.suspension import suspend
from distribution.services.follow_up.pause import pause
from distribution.services.prepare_file import request_file
from distribution.services.receiving.extension import ask_extension
from tests.browser.walk import Walk, World, full_day, none_failed, pdf, to
from tests.distribution import kep, reports
from tests.factories import AgencyFactory, claimed, dispatched_to, left


def letter_report(world: World) -> Walk:
    letter = world.sent()
    return Walk(to("letter", letter), PreparedFile.objects.count, form=to("letter_report", letter))


def prepare_list(world: World) -> Walk:
    return Walk(to("prepare_list", "outstanding"), PreparedFile.objects.count)


def cancel_prepared_file(world: World) -> Walk:
    letter = world.sent()
    prepared = request_file(
        kind=PreparedFileKind.STATUS_REPORT,
        file_format=FileFormat.PDF,
        circular=letter,
        by=world.person,
        language="tr",
        at=timezone.now(),
    )
    cancelled = PreparedFile.objects.filter(state=PreparedFileState.CANCELLED)
    address = to("cancel_prepared_file", prepared.public_id)
    return Walk(to("prepared_file", prepared.public_id), cancelled.count, form=address)


def retry_notices(world: World) -> Walk:
    letter = world.sent()
    world.fail_notices()
    return Walk(to("letter", letter), none_failed, form=to("retry_notices", letter))


def retry_notices_of_one(world: World) -> Walk:
    delivery = world.received()
    world.fail_notices()
    Notice.objects.exclude(delivery=delivery).delete()
    recipient = (delivery.circular, delivery)
    return Walk(to("recipient", *recipient), none_failed, form=to("retry_notices_of_one", *recipient))


def _delayed(world: World) -> Callable[[], int]:
    later = timezone.now() + timedelta(hours=2)
    Notice.objects.update(next_attempt_at=later, attempts=1, last_error="451 try later")
    return lambda: int(not Notice.objects.filter(next_attempt_at__gt=timezone.now()).exists())


def send_now(world: World) -> Walk:
    letter = world.sent()
    return Walk(to("letter", letter), _delayed(world), form=to("send_now", letter))


def send_another_way(world: World) -> Walk:
    letter = world.sent()
    two_days_ago = timezone.now() - timedelta(days=2)
    suspend(channel=Channel.KEP, fault=Fault.UNREACHABLE, answer="", at=two_days_ago)
    Notice.objects.update(channel=Channel.KEP, state=NoticeState.WAITING, next_attempt_at=timezone.now())
    moved = Notice.objects.filter(channel=Channel.EMAIL).exists
    return Walk(to("letter", letter), lambda: int(moved()), form=to("send_another_way", letter))


def try_channel(world: World) -> Walk:
    world.sent()
    return Walk(to("sending_state"), _delayed(world), form=to("try_channel", "email"))


def hand_over(world: World) -> Walk:
    delivery = world.received()
    proof = world.folder / "zimmet.pdf"
    proof.write_bytes(pdf().read())
    recipient = (delivery.circular, delivery)
    return Walk(
        to("recipient", *recipient),
        Handover.objects.count,
        {"method": "hand", "handed_on": "2026-03-03", "received_by": "Ayşe KAYA"},
        {"proof": proof},
        to("hand_over", *recipient),
    )


def _reminders(world: World) -> Callable[[], int]:
    return Notice.objects.filter(kind=NoticeKind.REMINDER, delivery__agency=world.office).count


def remind_by_hand(world: World) -> Walk:
    return Walk(to("remind_by_hand", world.sent()), _reminders(world))


def remind_by_hand_outstanding(world: World) -> Walk:
    world.sent()
    return Walk(to("remind_by_hand_outstanding"), _reminders(world))


def remind_by_hand_outstanding_letters(world: World) -> Walk:
    world.sent()
    return Walk(to("remind_by_hand_outstanding_letters"), _reminders(world))


def tekit(world: World) -> Walk:
    letter = world.sent()
    return Walk(to("tekit", letter), Circular.objects.filter(reminds=letter).count)


def letter_reminders(world: World) -> Walk:
    letter = world.sent(at=timezone.now())
    done = lambda: int(ReminderStep.objects.filter(circular=letter, amount=9).count())  # noqa: E731
    return Walk(to("letter_reminders", letter), done, {"amount": "9"}, button="[name=act][value=add]")


def default_reminders(world: World) -> Walk:
    done = lambda: ReminderStep.objects.filter(circular=None, amount=9).count()  # noqa: E731
    return Walk(to("default_reminders"), done, {"amount": "9"}, button="[name=act][value=add]")


def add_recipient(world: World) -> Walk:
    letter, unit = world.sent(), AgencyFactory()
    page = f"{to('add_recipient', letter)}?unit={unit.pk}"
    return Walk(page, Delivery.objects.filter(agency=unit).count, form=to("add_recipient", letter))


def remove_recipient(world: World) -> Walk:
    delivery = world.received()
    gone = Delivery.objects.exclude(withdrawn_at=None)
    return Walk(to("remove_recipient", delivery.circular, delivery), gone.count, {"reason": "Yanlış birim"})


def _given_more_time(page: str) -> Walk:
    """The walk from the preview of the new time."""

    def look(browser: Page) -> None:
        browser.fill("[name=until_0]", f"{full_day(20)}")
        browser.fill("[name=reason]", "Ölçüm sürüyor")
        browser.locator("[name=step][value=look]").click()
        browser.locator("[name=step][value=send]").wait_for()

    later = Delivery.objects.filter(due_at__gt=timezone.now() + timedelta(days=10))
    return Walk(page, lambda: int(later.exists()), button="[value=send]", steps=look)


def change_due(world: World) -> Walk:
    return _given_more_time(to("change_due", world.timed()))


def change_due_of_one(world: World) -> Walk:
    letter = world.timed()
    return _given_more_time(to("change_due_of_one", letter, letter.deliveries.get(agency=world.office)))


def decide_extension(world: World) -> Walk:
    asked = ask_extension(
        delivery=world.timed().deliveries.get(agency=world.office).public_id,
        by=world.person,
        at=timezone.now(),
        wanted=WorkingCalendar().end_of_day(full_day(9)),
        reason="Ölçümler sürüyor.",
    )
    decided = ExtensionRequest.objects.exclude(decided_at=None)
    return Walk(to("decide_extension", asked), decided.count, button="[value=grant]")


def correct(world: World) -> Walk:
    letter = world.sent()
    return Walk(
        to("letter", letter), Circular.objects.filter(corrects=letter).count, form=to("correct", letter)
    )


def withdraw(world: World) -> Walk:
    fills = {"ground": "other", "text": "Yanlış ek gönderildi"}
    withdrawn = Circular.objects.exclude(withdrawn_at=None)
    return Walk(to("withdraw", world.sent()), withdrawn.count, fills, button="button:not([name])")


def pause_sending(world: World) -> Walk:
    letter = world.sent()
    paused = Circular.objects.exclude(paused_at=None)
    return Walk(to("letter", letter), paused.count, form=to("pause_sending", letter))


def resume_sending(world: World) -> Walk:
    letter = world.sent()
    pause(circular=letter, by=world.person, at=timezone.now())
    going_on = Circular.objects.filter(paused_at=None)
    return Walk(to("letter", letter), going_on.count, form=to("resume_sending", letter))


def _evidence(world: World) -> KepEvidence:
    content = kep.answer({"delilId": "1"}, recipient="takma-ad@hs01.kep.example")
    (kept,) = take_evidence(files=[("delil.xml", content)], by=world.person, at=timezone.now()).unmatched
    return kept


def import_evidence(world: World) -> Walk:
    file = world.folder / "delil.xml"
    file.write_bytes(kep.answer({"delilId": "1"}))
    several = world.person.memberships.filter(role=Role.SENDER).count() > 1
    return Walk(
        to("returned"),
        KepEvidence.objects.count,
        fills={"issuer": str(world.home.pk)} if several else {},
        files={"evidence": file},
        form=to("import_evidence"),
    )


def match_evidence(world: World) -> Walk:
    unit = AgencyFactory(email="", kep_address="birim@hs01.kep.tr")
    dispatched_to(unit, issuer=world.home, recorded_by=world.person)
    notice = claimed()
    left(notice)
    found = _evidence(world)
    done = KepEvidence.objects.exclude(notice=None).count
    return Walk(to("match_evidence", found), done, {"notice": str(notice.pk)})


def dismiss_evidence(world: World) -> Walk:
    found = _evidence(world)
    dismissed = KepEvidence.objects.exclude(dismissed_by=None)
    return Walk(to("returned"), dismissed.count, form=to("dismiss_evidence", found))


def settle_mail(world: World) -> Walk:
    world.sent()
    notice = claimed()
    left(notice)
    read_returned_mail(raw=reports.person(notice.address, notice.message_id), at=timezone.now())
    mail = ReturnedMail.objects.get()
    return Walk(
        to("returned"),
        ReturnedMail.objects.filter(settled_as=Settlement.AWAY).count,
        form=to("settle_mail", mail),
        button="[value=away]",
    )


WALKS = [
    retry_notices,
    retry_notices_of_one,
    send_now,
    send_another_way,
    try_channel,
    hand_over,
    remind_by_hand,
    remind_by_hand_outstanding,
    remind_by_hand_outstanding_letters,
    tekit,
    letter_reminders,
    default_reminders,
    add_recipient,
    remove_recipient,
    change_due,
    change_due_of_one,
    decide_extension,
    correct,
    withdraw,
    pause_sending,
    resume_sending,
    import_evidence,
    match_evidence,
    dismiss_evidence,
    settle_mail,
    letter_report,
    prepare_list,
    cancel_prepared_file,
]

"""Texts of each kind of mail: subjects and the names of the people involved."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from agencies.models import Agency, ProposalState, Role, User
from agencies.services.contact_details.propose_address import propose_address
from circulars.models import Circular, Urgency
from distribution.models import (
    Act,
    Delivery,
    ExtensionRequest,
    LinkCode,
    Notice,
    NoticeKind,
    ReturnGround,
    TakeBackRequest,
)
from distribution.models.acts.take_back import LastAct, last_act
from distribution.outbox.messages import Message, compose
from distribution.outbox.write import post, to_person
from distribution.services.decide_address import decide_address
from distribution.services.follow_up.change_due import change_due
from distribution.services.follow_up.decide_return import send_again
from distribution.services.follow_up.record_on_behalf import take_back_record
from distribution.services.follow_up.withdraw import withdraw
from distribution.services.receiving.acknowledge import acknowledge
from distribution.services.receiving.assign import assign
from distribution.services.receiving.extension import ask_extension, decide_extension
from distribution.services.receiving.object_to_record import object_to_record
from distribution.services.receiving.return_letter import return_letter
from distribution.services.receiving.take_back import take_back
from distribution.services.receiving.take_back_request import ask_take_back, decide_take_back
from tests.distribution.follow_up.on_behalf import recorded_now
from tests.factories import (
    AgencyFactory,
    MembershipFactory,
    UserFactory,
    claimed,
    dispatched_to,
    left,
    sender_of,
)

pytestmark = pytest.mark.django_db

NUMBER = "E-27423741-510-4817"
SUBJECT = "Çalışma İzni Belgeleri"


@pytest.fixture
def delivery() -> Delivery:
    """A letter with a due time, notified and not confirmed."""
    circular = dispatched_to(
        AgencyFactory(name="Ankara Valiliği", phone="0312 000 00 00"),
        at=timezone.now() - timedelta(hours=1),
        issuer=AgencyFactory(name="Çalışma Genel Müdürlüğü"),
        number=NUMBER,
        subject=SUBJECT,
        urgency=Urgency.TIMED,
        due_at=timezone.now() + timedelta(days=5),
    )
    return Delivery.objects.get(circular=circular)


def newest(kind: NoticeKind) -> Message:
    return compose(Notice.objects.filter(kind=kind).latest("pk"))


def written(delivery: Delivery, kind: NoticeKind, **data: object) -> Message:
    """A notice of that kind to the unit itself, created without its service."""
    notice = Notice.objects.filter(delivery=delivery).latest("pk")
    notice.kind, notice.data = kind, data
    return compose(notice)


def clerk(delivery: Delivery) -> User:
    person = UserFactory(first_name="Şükrü", last_name="IĞDIRLI", job_title="Şef")
    MembershipFactory(user=person, agency=delivery.agency, role=Role.RECIPIENT)
    return person


def letter(delivery: Delivery) -> Message:
    return newest(NoticeKind.LETTER)


def letter_to_answer(delivery: Delivery) -> Message:
    acknowledge(delivery=delivery.public_id, by=clerk(delivery), at=timezone.now())
    return newest(NoticeKind.LETTER)


def reminder(delivery: Delivery) -> Message:
    return written(delivery, NoticeKind.REMINDER)


def assigned(delivery: Delivery) -> Message:
    by, person = clerk(delivery), clerk(delivery)
    assign(
        deliveries=[delivery.public_id],
        agency=delivery.agency,
        person=person,
        note="Cuma gününe kadar",
        by=by,
        at=timezone.now(),
    )
    return newest(NoticeKind.ASSIGNED)


def assigned_reminder(delivery: Delivery) -> Message:
    person = clerk(delivery)
    post([to_person(person, delivery=delivery, kind=NoticeKind.ASSIGNED_REMINDER, at=timezone.now())])
    return newest(NoticeKind.ASSIGNED_REMINDER)


def escalation(delivery: Delivery) -> Message:
    return written(delivery, NoticeKind.ESCALATION, told_as="above")


def escalation_to_the_sender(delivery: Delivery) -> Message:
    acknowledge(delivery=delivery.public_id, by=clerk(delivery), at=timezone.now())
    return written(delivery, NoticeKind.ESCALATION, told_as="issuer")


def code(delivery: Delivery) -> Message:
    now = timezone.now()
    given = LinkCode.objects.create(
        delivery=delivery, address="x@ornek.example", created_at=now, expires_at=now + timedelta(minutes=15)
    )
    return written(delivery, NoticeKind.CODE, code=given.pk)


def returned(delivery: Delivery) -> Message:
    return_letter(
        delivery=delivery.public_id,
        by=clerk(delivery),
        at=timezone.now(),
        ground=ReturnGround.NOT_ADDRESSEE,
        reason="Bize yazılmamış.",
    )
    return newest(NoticeKind.RETURNED)


def sent_again(delivery: Delivery) -> Message:
    returned(delivery)
    delivery.refresh_from_db()
    assert delivery.returned_at is not None
    send_again(
        delivery=delivery.public_id,
        returned_at=delivery.returned_at,
        reason="Konu birimin görevindedir.",
        by=sender_of(delivery.circular.issuer),
        at=timezone.now(),
    )
    return newest(NoticeKind.SENT_AGAIN)


def extension_asked(delivery: Delivery) -> Message:
    ask_extension(
        delivery=delivery.public_id,
        by=clerk(delivery),
        at=timezone.now(),
        wanted=timezone.now() + timedelta(days=9),
        reason="Ölçümler sürüyor.",
    )
    return newest(NoticeKind.EXTENSION_ASKED)


def extension_granted(delivery: Delivery) -> Message:
    return decided(delivery, granted=True)


def extension_refused(delivery: Delivery) -> Message:
    return decided(delivery, granted=False)


def decided(delivery: Delivery, *, granted: bool) -> Message:
    extension_asked(delivery)
    request = ExtensionRequest.objects.get()
    decide_extension(
        extension=request.public_id,
        by=sender_of(delivery.circular.issuer),
        at=timezone.now(),
        granted_until=request.wanted if granted else None,
        answer="" if granted else "Süre yeterli.",
    )
    return newest(NoticeKind.EXTENSION_DECIDED)


def due_changed(delivery: Delivery) -> Message:
    change_due(
        circular=Circular.objects.get(),
        until=timezone.now() + timedelta(days=12),
        reason="Bayram tatili.",
        by=delivery.circular.recorded_by,
        at=timezone.now(),
    )
    return newest(NoticeKind.DUE_CHANGED)


def withdrawn(delivery: Delivery) -> Message:
    acknowledge(delivery=delivery.public_id, by=clerk(delivery), at=timezone.now())
    withdraw(
        circular=Circular.objects.get(),
        reason="Yanlış liste",
        by=delivery.circular.recorded_by,
        at=timezone.now(),
    )
    return newest(NoticeKind.WITHDRAWN)


def taken_back(delivery: Delivery) -> Message:
    returned(delivery)
    while Notice.objects.due(timezone.now()).exists():
        left(claimed(), timezone.now())
    delivery.refresh_from_db()
    done = last_act(delivery)
    assert done is not None
    take_back(delivery=delivery.public_id, stamp=done.stamp, by=clerk(delivery), at=timezone.now())
    return newest(NoticeKind.TAKEN_BACK)


def take_back_asked(delivery: Delivery) -> Message:
    confirmed_at, by = timezone.now() - timedelta(minutes=30), clerk(delivery)
    acknowledge(delivery=delivery.public_id, by=by, at=confirmed_at)
    stamp = LastAct(Act.ACKNOWLEDGED, confirmed_at).stamp
    ask_take_back(
        delivery=delivery.public_id, stamp=stamp, by=by, at=timezone.now(), reason="Yanlış yazı seçildi."
    )
    return newest(NoticeKind.TAKE_BACK_ASKED)


def take_back_granted(delivery: Delivery) -> Message:
    return take_back_decided(delivery, grant=True)


def take_back_refused(delivery: Delivery) -> Message:
    return take_back_decided(delivery, grant=False)


def take_back_decided(delivery: Delivery, *, grant: bool) -> Message:
    take_back_asked(delivery)
    decide_take_back(
        request=TakeBackRequest.objects.get().public_id,
        by=sender_of(delivery.circular.issuer),
        at=timezone.now(),
        grant=grant,
        answer="" if grant else "Teyit doğru.",
    )
    return newest(NoticeKind.TAKE_BACK_DECIDED)


def on_behalf(delivery: Delivery) -> Message:
    recorded_now(delivery)
    return newest(NoticeKind.ON_BEHALF)


def objected(delivery: Delivery) -> Message:
    recorded_now(delivery)
    by = clerk(delivery)
    object_to_record(delivery=delivery.public_id, by=by, at=timezone.now(), reason="Kimse aranmadı.")
    return newest(NoticeKind.OBJECTED)


def record_taken_back(delivery: Delivery) -> Message:
    record = recorded_now(delivery)
    by = record.recorded_by
    take_back_record(
        delivery=delivery.public_id, record=record.pk, reason="Yanlış birim.", by=by, at=timezone.now()
    )
    return newest(NoticeKind.RECORD_TAKEN_BACK)


def address_decided(delivery: Delivery) -> Message:
    Agency.objects.filter(pk=delivery.agency_id).update(email="")
    by = sender_of(delivery.circular.issuer)
    proposal = propose_address(
        unit=delivery.agency,
        channel="email",
        address="ankara@kurum.example",
        letter=delivery.circular_id,
        issuer=delivery.circular.issuer,
        by=by,
        at=timezone.now(),
    )
    refused = {"state": ProposalState.REFUSED, "reason": "Başka birimin adresi."}
    decide_address(proposal=proposal, by=by, at=timezone.now(), **refused)  # type: ignore[arg-type]
    return newest(NoticeKind.ADDRESS_DECIDED)


SUBJECTS: dict[Callable[[Delivery], Message], str] = {
    letter: f"GÜNLÜDÜR: {SUBJECT} ({NUMBER})",
    letter_to_answer: f"GÜNLÜDÜR: {SUBJECT} ({NUMBER})",
    reminder: f"Hatırlatma: GÜNLÜDÜR: {SUBJECT} ({NUMBER})",
    escalation: f"Teyit bekleniyor: Ankara Valiliği – {SUBJECT} ({NUMBER})",
    escalation_to_the_sender: f"Cevap bekleniyor: Ankara Valiliği – {SUBJECT} ({NUMBER})",
    code: f"Tek kullanımlık kod ({NUMBER})",
    returned: f"GÜNLÜDÜR: İade: Ankara Valiliği ({NUMBER})",
    sent_again: f"GÜNLÜDÜR: Yeniden gönderildi: {SUBJECT} ({NUMBER})",
    extension_asked: f"GÜNLÜDÜR: Ek süre talebi: Ankara Valiliği ({NUMBER})",
    extension_granted: f"GÜNLÜDÜR: Ek süre verildi ({NUMBER})",
    extension_refused: f"GÜNLÜDÜR: Ek süre verilmedi ({NUMBER})",
    assigned: f"GÜNLÜDÜR: Size havale edildi: {SUBJECT} ({NUMBER})",
    assigned_reminder: f"Hatırlatma: GÜNLÜDÜR: {SUBJECT} ({NUMBER})",
    due_changed: f"Ek süre: {SUBJECT} ({NUMBER})",
    on_behalf: f"GÜNLÜDÜR: Biriminiz adına kayıt: Çalışma Genel Müdürlüğü ({NUMBER})",
    record_taken_back: f"GÜNLÜDÜR: Kayıt geri alındı: Çalışma Genel Müdürlüğü ({NUMBER})",
    address_decided: f"GÜNLÜDÜR: Adres kararı: Ankara Valiliği ({NUMBER})",
    objected: f"GÜNLÜDÜR: İtiraz: Ankara Valiliği ({NUMBER})",
    withdrawn: f"Geri çekildi: {SUBJECT} ({NUMBER})",
    taken_back: f"GÜNLÜDÜR: İade geri alındı: Ankara Valiliği ({NUMBER})",
    take_back_asked: f"GÜNLÜDÜR: Geri alma talebi: Ankara Valiliği ({NUMBER})",
    take_back_granted: f"GÜNLÜDÜR: Geri alındı: Teyit ({NUMBER})",
    take_back_refused: f"GÜNLÜDÜR: Geri alınmadı: Teyit ({NUMBER})",
}
DONE_BY_SOMEBODY = [
    returned, sent_again, extension_asked, extension_granted, extension_refused, taken_back, take_back_asked,
    take_back_granted, take_back_refused, objected, record_taken_back, address_decided,
]  # fmt: skip


def plain(html: str) -> str:
    return re.sub(r"<[^>]+>", "\n", html)


@pytest.mark.parametrize(
    ("write", "subject"), SUBJECTS.items(), ids=lambda each: getattr(each, "__name__", "")
)
def test_a_subject_says_what_then_who_then_the_number(
    delivery: Delivery, write: Callable[[Delivery], Message], subject: str
) -> None:
    message = write(delivery)

    assert message.subject == subject
    for text in (message.text, plain(message.html)):
        assert NUMBER in text
        assert not re.search(r"%\(|None|::|\.\.|\n\n\n", re.sub(r"\n\s*\n", "\n\n", text))
        assert "Bu e-posta Dağıtım Takip tarafından gönderilmiştir." in text


@pytest.mark.parametrize("write", DONE_BY_SOMEBODY, ids=lambda each: each.__name__)
def test_who_returned_or_asked_or_decided_is_not_said_to_have_confirmed(
    delivery: Delivery, write: Callable[[Delivery], Message]
) -> None:
    message = write(delivery)

    for text in (message.text, plain(message.html)):
        assert "İşlemi yapan" in text
        assert "Teyit eden" not in text


def test_every_kind_of_mail_about_one_letter_is_read_here() -> None:
    written_kinds = {
        "letter", "reminder", "escalation", "code", "returned", "extension_asked", "extension_decided",
        "due_changed", "withdrawn", "sent_again", "taken_back", "take_back_asked", "take_back_decided",
        "on_behalf", "objected", "assigned", "assigned_reminder", "record_taken_back", "address_decided",
    }  # fmt: skip
    about_no_letter = {
        NoticeKind.DIGEST.value, NoticeKind.ADDRESS_ASKED.value,  # test_undeliverable.py
        NoticeKind.CONTACT_CODE.value, NoticeKind.CONTACT_CHANGED.value,  # test_correct_contact.py
        NoticeKind.NOT_DISPATCHED.value,  # test_not_dispatched.py
        NoticeKind.CHANNEL_AWAY.value,  # test_send_another_way.py
        NoticeKind.WEEKLY_DIGEST.value, NoticeKind.LATE_ALERT.value,  # tests/distribution/managing
    }  # fmt: skip
    assert {kind.value for kind in NoticeKind} == written_kinds | about_no_letter

"""The morning digest, over a real SMTP server."""

from datetime import date, datetime
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from agencies.models import Agency, DeclaredLeave
from circulars.models import Circular, Secrecy, Urgency
from distribution.models import Delivery, EventKind, Notice, NoticeKind, NoticeState
from distribution.models.notices.notice_details import (
    DueChangedDetails,
    ExtensionAskedDetails,
    NoticeDetails,
    TakeBackAskedDetails,
)
from distribution.outbox.digest import form_digests
from distribution.outbox.outages.retry import retry_failed
from distribution.outbox.send import claim_batch, send_due
from distribution.outbox.write import post, to_unit
from distribution.queries.digests import entries_of
from distribution.services.follow_up.correct import choose_touched
from distribution.services.receiving.acknowledge import acknowledge
from distribution.services.sending.dispatch import dispatch
from tests.distribution.follow_up.correcting import begin
from tests.factories import AgencyFactory, UserFactory, dispatched_to, recipient_of
from tests.smtp import Postbox

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_work")]
ISTANBUL = ZoneInfo("Europe/Istanbul")
EVENING = datetime(2026, 11, 2, 19, 0, tzinfo=ISTANBUL)
MORNING = datetime(2026, 11, 3, 8, 31, tzinfo=ISTANBUL)
NEXT_MORNING = datetime(2026, 11, 4, 8, 31, tzinfo=ISTANBUL)


def digests() -> list[Notice]:
    return list(Notice.objects.filter(kind=NoticeKind.DIGEST).order_by("pk"))


def states() -> list[str]:
    return list(Notice.objects.exclude(kind=NoticeKind.DIGEST).order_by("pk").values_list("state", flat=True))


def test_79_letters_are_one_mail_with_a_link_for_each(postbox: Postbox) -> None:
    agency = AgencyFactory(digests_letters=True)
    for number in range(79):
        dispatched_to(agency, at=EVENING, subject=f"Genelge {number}")

    assert form_digests(at=MORNING) == 1
    send_due()

    [mail] = postbox.mails
    assert "79" in mail["Subject"]
    for part in ("plain", "html"):
        text = mail.get_body((part,)).get_content()
        for delivery in Delivery.objects.all():
            assert f"/deliveries/{delivery.public_id}/" in text
    assert set(states()) == {NoticeState.SENT}
    for delivery in Delivery.objects.all():
        assert delivery.notified_at is not None
        assert delivery.events.get(kind=EventKind.NOTIFIED).data["message_id"] == mail["Message-ID"]


def test_the_most_pressing_letter_comes_first(postbox: Postbox) -> None:
    agency = AgencyFactory(digests_letters=True)
    dispatched_to(agency, at=EVENING, subject="Olağan")
    far, past = datetime(2036, 1, 4, tzinfo=ISTANBUL), datetime(2026, 11, 2, 20, 0, tzinfo=ISTANBUL)
    dispatched_to(agency, at=EVENING, subject="Süreli", urgency=Urgency.TIMED, due_at=far)
    dispatched_to(agency, at=EVENING, subject="Geçmiş", urgency=Urgency.TIMED, due_at=past)
    form_digests(at=MORNING)
    send_due()

    text = postbox.to(agency.email).get_body(("plain",)).get_content()

    assert text.index("Geçmiş") < text.index("Süreli") < text.index("Olağan")


def test_an_urgent_letter_never_waits_for_the_morning() -> None:
    dispatched_to(AgencyFactory(digests_letters=True), at=EVENING, urgency=Urgency.URGENT)

    assert states() == [NoticeState.WAITING]


def test_nothing_is_bundled_before_the_morning_nor_after_hours_nor_on_leave() -> None:
    dispatched_to(AgencyFactory(digests_letters=True), at=EVENING)

    assert form_digests(at=MORNING.replace(hour=8, minute=29)) == 0
    assert form_digests(at=MORNING.replace(hour=18)) == 0
    DeclaredLeave.objects.create(
        first_day=date(2026, 11, 3),
        last_day=date(2026, 11, 3),
        reason="İdari izin",
        entered_by=UserFactory(),
        entered_at=EVENING,
    )
    assert form_digests(at=MORNING) == 0
    assert form_digests(at=NEXT_MORNING) == 1


def test_what_comes_later_the_same_day_waits_for_the_next_morning() -> None:
    agency = AgencyFactory(digests_letters=True)
    dispatched_to(agency, at=EVENING)
    form_digests(at=MORNING)
    dispatched_to(agency, at=MORNING.replace(hour=10))

    assert form_digests(at=MORNING.replace(hour=11)) == 0
    assert form_digests(at=NEXT_MORNING) == 1
    assert [digest.digest_on for digest in digests()] == [date(2026, 11, 3), date(2026, 11, 4)]


def test_a_unit_has_one_digest_a_day_even_if_something_remains() -> None:
    agency = AgencyFactory(digests_letters=True)
    dispatched_to(agency, at=EVENING)
    form_digests(at=MORNING)
    dispatched_to(agency, at=EVENING)

    assert form_digests(at=MORNING.replace(minute=40)) == 0


def test_an_answer_before_the_digest_leaves_takes_the_letter_out(postbox: Postbox) -> None:
    agency = AgencyFactory(digests_letters=True)
    person = recipient_of(agency)
    answered = dispatched_to(agency, at=EVENING, subject="Yanıtlanan")
    dispatched_to(agency, at=EVENING, subject="Bekleyen")
    Notice.objects.update(kind=NoticeKind.REMINDER, data={"ends_with": "acknowledgement"})
    form_digests(at=MORNING)

    acknowledge(delivery=answered.deliveries.get().public_id, by=person, at=MORNING)
    send_due()

    text = postbox.to(agency.email).get_body(("plain",)).get_content()
    assert "Bekleyen" in text
    assert "Yanıtlanan" not in text
    assert states() == [NoticeState.CANCELLED, NoticeState.SENT]
    assert not answered.deliveries.get().events.filter(kind=EventKind.REMINDED).exists()


def test_a_digest_from_which_everything_was_answered_does_not_leave(postbox: Postbox) -> None:
    agency = AgencyFactory(digests_letters=True)
    circular = dispatched_to(agency, at=EVENING)
    form_digests(at=MORNING)

    acknowledge(delivery=circular.deliveries.get().public_id, by=recipient_of(agency), at=MORNING)
    send_due()

    assert not postbox.mails
    assert [digest.state for digest in digests()] == [NoticeState.CANCELLED]
    assert states() == [NoticeState.CANCELLED]


def test_letters_whose_sending_is_paused_stay_out(postbox: Postbox) -> None:
    agency = AgencyFactory(digests_letters=True)
    first = dispatched_to(agency, at=EVENING, subject="Birinci")
    second = dispatched_to(agency, at=EVENING, subject="İkinci")
    dispatched_to(agency, at=EVENING, subject="Üçüncü")
    Circular.objects.filter(pk=first.pk).update(paused_at=EVENING)
    form_digests(at=MORNING)
    Circular.objects.filter(pk=second.pk).update(paused_at=MORNING)

    send_due()

    text = postbox.to(agency.email).get_body(("plain",)).get_content()
    assert "Üçüncü" in text
    assert "Birinci" not in text
    assert "İkinci" not in text
    assert states() == [NoticeState.HELD, NoticeState.HELD, NoticeState.SENT]


def test_a_digest_does_not_tell_the_subject_of_a_restricted_letter(postbox: Postbox) -> None:
    agency = AgencyFactory(digests_letters=True)
    circular = dispatched_to(agency, at=EVENING, subject="Gizli Kalsın", secrecy=Secrecy.OFFICIAL_USE)
    form_digests(at=MORNING)
    send_due()

    mail = postbox.to(agency.email)
    for part in ("plain", "html"):
        text = mail.get_body((part,)).get_content()
        assert "Gizli Kalsın" not in text
        assert circular.number in text


def test_what_failed_in_a_digest_can_be_sent_again_by_its_sender(postbox: Postbox) -> None:
    postbox.answer = "550 No such user"
    circular = dispatched_to(AgencyFactory(digests_letters=True), at=EVENING)
    form_digests(at=MORNING)
    send_due()
    assert states() == [NoticeState.FAILED]
    postbox.answer = None

    assert retry_failed(circular=circular, at=MORNING) == 1
    send_due()

    assert states() == [NoticeState.SENT]


def test_what_waited_for_a_unit_that_lost_its_address_has_failed_and_can_be_sent_again(
    postbox: Postbox,
) -> None:
    agency = AgencyFactory(digests_letters=True)
    circular = dispatched_to(agency, at=EVENING)
    Agency.objects.update(email="")

    assert form_digests(at=MORNING) == 0
    assert states() == [NoticeState.FAILED]
    assert claim_batch(at=MORNING, most=1) == []
    assert circular.deliveries.get().events.filter(kind=EventKind.NOTICE_FAILED).exists()

    Agency.objects.update(email="yeni@ornek.example")
    retry_failed(circular=circular, at=MORNING)
    send_due()
    assert [mail["To"] for mail in postbox.mails] == ["yeni@ornek.example"]


def test_a_request_for_more_time_reaches_the_sender_who_paused_the_letter(postbox: Postbox) -> None:
    issuer = AgencyFactory()
    circular = dispatched_to(AgencyFactory(), at=EVENING, issuer=issuer)
    delivery = circular.deliveries.get()
    due = "09.11.2026 17:00"
    told = {
        NoticeKind.EXTENSION_ASKED: ExtensionAskedDetails(name="Çağrı IŞIK", due=due, request=str(uuid4())),
        NoticeKind.DUE_CHANGED: DueChangedDetails(due=due),
    }
    post(
        to_unit(issuer, delivery=delivery, kind=kind, at=EVENING, details=details, in_digest=True)
        for kind, details in told.items()
    )
    Circular.objects.update(paused_at=EVENING)

    assert form_digests(at=MORNING) == 1
    send_due()

    assert [mail["To"] for mail in postbox.mails] == [issuer.email]
    assert states() == [NoticeState.PAUSED, NoticeState.SENT, NoticeState.HELD]


@pytest.mark.parametrize(("units", "letters"), [((2, 20), (1, 1)), ((1, 1), (2, 20))])
def test_forming_asks_as_many_questions_for_20_as_for_2(
    units: tuple[int, int], letters: tuple[int, int]
) -> None:
    counts = []
    for how_many, each in zip(units, letters, strict=True):
        agencies = AgencyFactory.create_batch(how_many, digests_letters=True)
        for _ in range(each):
            dispatched_to(*agencies, at=EVENING)
        with CaptureQueriesContext(connection) as queries:
            assert form_digests(at=MORNING) == how_many
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_the_digest_says_for_whom_its_links_are_and_only_if_it_has_some(postbox: Postbox) -> None:
    agency, other = AgencyFactory.create_batch(2, digests_letters=True)
    dispatched_to(agency, at=EVENING)
    dispatched_to(other, at=EVENING, secrecy=Secrecy.OFFICIAL_USE)
    form_digests(at=MORNING)
    send_due()

    for part in ("plain", "html"):
        assert "yalnızca biriminiz içindir" in postbox.to(agency.email).get_body((part,)).get_content()
        assert "yalnızca biriminiz içindir" not in postbox.to(other.email).get_body((part,)).get_content()


def test_a_correction_in_the_digest_is_named_as_one_and_not_as_a_new_letter(postbox: Postbox) -> None:
    agency = AgencyFactory(digests_letters=True)
    dispatched_to(agency, at=EVENING)
    correction = begin(dispatched_to(agency, at=EVENING))
    choose_touched(correction=correction, note="Tarih düzeltildi", agencies=[agency])
    dispatch(circular=correction, by=correction.recorded_by, at=EVENING)

    form_digests(at=MORNING)
    send_due()

    [mail] = postbox.mails
    for part in ("plain", "html"):
        text = mail.get_body((part,)).get_content()
        assert (text.count("Düzeltme (2. sürüm)"), text.count("Yeni yazı")) == (1, 1)


def test_a_request_in_the_digest_leads_to_where_it_is_decided() -> None:
    issuer = AgencyFactory()
    delivery = dispatched_to(AgencyFactory(), at=EVENING, issuer=issuer).deliveries.get()
    asked, undo = str(uuid4()), str(uuid4())
    told: dict[NoticeKind, NoticeDetails] = {
        NoticeKind.EXTENSION_ASKED: ExtensionAskedDetails(
            name="Çağrı IŞIK", due="09.11.2026 17:00", request=asked
        ),
        NoticeKind.TAKE_BACK_ASKED: TakeBackAskedDetails(name="Çağrı IŞIK", act="completed", request=undo),
    }
    for (kind, details), name, request in zip(
        told.items(), ("decide_extension", "decide_take_back"), (asked, undo), strict=True
    ):
        digest = Notice.objects.create(
            kind=NoticeKind.DIGEST,
            agency=issuer,
            channel="email",
            next_attempt_at=MORNING,
            message_id=request,
        )
        Notice.objects.create(
            kind=kind,
            delivery=delivery,
            agency=issuer,
            channel="email",
            bundle=digest,
            state=NoticeState.BUNDLED,
            next_attempt_at=MORNING,
            message_id=f"{request}.",
            data=details.to_json(),
        )
        (entry,) = entries_of(digest)
        assert entry.url.endswith(reverse(name, args=[request]))

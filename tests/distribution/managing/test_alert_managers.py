"""E-mails at once: a GÜNLÜDÜR letter that went overdue, an ACELE letter that nobody opens."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from agencies.models import Agency, DeclaredLeave, Membership, User
from circulars.models import Circular, Urgency
from distribution import tasks
from distribution.models import (
    AlertReason,
    BoardSettings,
    Delivery,
    LateAlert,
    LateAlertCopy,
    Notice,
    NoticeKind,
    NoticeState,
)
from distribution.outbox.send import send_due
from distribution.services.follow_up.pause import pause
from distribution.services.managing.alert_managers import alert_managers
from distribution.services.managing.board_settings import stop_alerts
from distribution.services.receiving.acknowledge import acknowledge
from distribution.services.receiving.answer import complete
from distribution.services.receiving.read import record_opened
from tests.conftest import SignIn
from tests.factories import AgencyFactory, dispatched_to, manager_of, recipient_of, sender_of
from tests.query_count import query_count
from tests.smtp import Postbox

pytestmark = pytest.mark.django_db
ISTANBUL = timezone.get_default_timezone()
DUE = datetime(2026, 3, 10, 12, tzinfo=ISTANBUL)
"""A Tuesday at noon."""

NOW = DUE + timedelta(minutes=2)


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def issuer() -> Agency:
    return AgencyFactory(name="Uluslararası İşgücü Genel Müdürlüğü")


@pytest.fixture
def manager(issuer: Agency) -> User:
    return manager_of(issuer)


def timed(issuer: Agency, *units: Agency, due_at: datetime = DUE) -> Circular:
    letter = dispatched_to(
        *units,
        issuer=issuer,
        at=DUE - timedelta(days=6),
        urgency=Urgency.TIMED,
        due_at=DUE + timedelta(days=9),
    )
    letter.deliveries.update(due_at=due_at)
    return letter


def urgent(issuer: Agency, *units: Agency, at: datetime) -> Circular:
    return dispatched_to(*units, issuer=issuer, at=at, urgency=Urgency.URGENT)


def alerts() -> list[Notice]:
    return list(Notice.objects.filter(kind=NoticeKind.LATE_ALERT).order_by("pk"))


def test_one_mail_a_letter_names_all_units_with_their_numbers(
    issuer: Agency, manager: User, postbox: Postbox
) -> None:
    units = [
        AgencyFactory(name=f"{name} Valiliği", phone=f"0312 000 00 0{n}") for n, name in enumerate("ABC")
    ]
    letter = timed(issuer, *units)
    answered = letter.deliveries.get(agency=units[2])
    complete(
        delivery=answered.public_id,
        disposition="done",
        by=recipient_of(units[2]),
        at=DUE - timedelta(hours=1),
    )

    assert alert_managers(at=NOW) == 1
    while send_due():
        pass

    mail = postbox.to(manager.email)
    assert letter.number in mail["Subject"]
    assert "2" in mail["Subject"]
    for kind in ("plain", "html"):
        part = mail.get_body((kind,))
        assert part is not None
        words = str(part.get_content())
        assert "A Valiliği" in words and "0312 000 00 01" in words
        assert "C Valiliği" not in words
        assert reverse("letter", args=[letter.public_id]) in words
        assert reverse("board_of_unit", args=[issuer.pk, "call_list"]) in words
    assert mail["List-Unsubscribe"]
    assert LateAlert.objects.get().people == 1


def test_the_task_tells_once_however_often_it_runs(issuer: Agency, manager: User) -> None:
    timed(issuer, AgencyFactory())
    for _time in range(3):
        tasks.alert_managers()
    assert alert_managers(at=NOW + timedelta(days=1)) == 0
    assert len(alerts()) == 1


def test_units_that_join_are_told_of_on_the_next_working_morning(issuer: Agency, manager: User) -> None:
    first, second = AgencyFactory(), AgencyFactory()
    letter = timed(issuer, first, second)
    letter.deliveries.filter(agency=second).update(due_at=DUE + timedelta(hours=1))

    assert alert_managers(at=NOW) == 1
    assert alert_managers(at=NOW + timedelta(hours=2)) == 0
    assert alert_managers(at=datetime(2026, 3, 11, 8, 29, tzinfo=ISTANBUL)) == 0
    assert alert_managers(at=datetime(2026, 3, 11, 8, 30, tzinfo=ISTANBUL)) == 1
    newer = LateAlert.objects.latest("pk")
    assert [each.delivery.agency for each in newer.copies.all()] == [second]


def test_what_got_more_time_and_goes_overdue_again_is_told_again(issuer: Agency, manager: User) -> None:
    letter = timed(issuer, AgencyFactory())
    alert_managers(at=NOW)
    letter.deliveries.update(due_at=DUE + timedelta(days=2))
    assert alert_managers(at=NOW + timedelta(days=1)) == 0
    assert alert_managers(at=NOW + timedelta(days=2)) == 1


@pytest.mark.parametrize("urgency", [Urgency.NORMAL, Urgency.URGENT])
def test_only_letters_marked_as_timed_go_overdue_at_once(
    issuer: Agency, manager: User, urgency: Urgency
) -> None:
    letter = timed(issuer, AgencyFactory())
    letter.deliveries.update(opened_at=DUE)
    Circular.objects.filter(pk=letter.pk).update(
        urgency=urgency, due_at=None if urgency == Urgency.URGENT else letter.due_at
    )
    assert alert_managers(at=NOW) == 0


def test_after_hours_it_waits_until_somebody_is_at_work(issuer: Agency, manager: User) -> None:
    timed(issuer, AgencyFactory(), due_at=datetime(2026, 3, 6, 18, tzinfo=ISTANBUL))  # Friday
    for moment in (datetime(2026, 3, 6, 18, 5), datetime(2026, 3, 7, 11), datetime(2026, 3, 9, 8, 29)):
        assert alert_managers(at=moment.replace(tzinfo=ISTANBUL)) == 0
    assert alert_managers(at=datetime(2026, 3, 9, 8, 30, tzinfo=ISTANBUL)) == 1


def test_what_was_late_long_before_is_not_told_of_at_once(issuer: Agency, manager: User) -> None:
    """The product is set up with years of letters, or stood still for long."""
    timed(issuer, AgencyFactory(), due_at=DUE - timedelta(days=8))
    urgent(issuer, AgencyFactory(), at=DUE - timedelta(days=15))
    assert alert_managers(at=NOW) == 0


@pytest.mark.parametrize(
    ("sent", "at", "told"),
    [
        (datetime(2026, 3, 10, 9), datetime(2026, 3, 10, 10, 59), 0),
        (datetime(2026, 3, 10, 9), datetime(2026, 3, 10, 11, 0), 1),
        (datetime(2026, 3, 9, 17), datetime(2026, 3, 9, 19, 30), 0),  # half an hour of working time
        (datetime(2026, 3, 9, 17), datetime(2026, 3, 10, 9, 59), 0),
        (datetime(2026, 3, 9, 17), datetime(2026, 3, 10, 10, 0), 1),
        (datetime(2026, 3, 6, 16), datetime(2026, 3, 8, 12), 0),  # a weekend
        (datetime(2026, 3, 6, 16), datetime(2026, 3, 9, 9), 1),
    ],
)
def test_an_urgent_letter_is_unopened_for_two_hours_of_working_time(
    issuer: Agency, manager: User, sent: datetime, at: datetime, told: int
) -> None:
    urgent(issuer, AgencyFactory(), at=sent.replace(tzinfo=ISTANBUL))
    assert alert_managers(at=at.replace(tzinfo=ISTANBUL)) == told


def test_the_time_is_a_setting(issuer: Agency, manager: User, settings: Settings) -> None:
    settings.URGENT_UNOPENED_AFTER = timedelta(minutes=30)
    urgent(issuer, AgencyFactory(), at=datetime(2026, 3, 10, 9, tzinfo=ISTANBUL))
    assert alert_managers(at=datetime(2026, 3, 10, 9, 31, tzinfo=ISTANBUL)) == 1


def test_opened_confirmed_and_returned_ones_are_no_news(issuer: Agency, manager: User) -> None:
    opened, confirmed, silent = (AgencyFactory() for _number in range(3))
    letter = urgent(issuer, opened, confirmed, silent, at=DUE - timedelta(hours=3))
    copies = {each.agency_id: each for each in letter.deliveries.all()}
    acknowledge(delivery=copies[confirmed.pk].public_id, by=recipient_of(confirmed), at=DUE)
    record_opened(delivery=copies[opened.pk], by=recipient_of(opened), at=DUE)

    assert alert_managers(at=NOW) == 1
    assert [each.delivery for each in LateAlertCopy.objects.all()] == [copies[silent.pk]]


def test_paused_letters_and_those_passed_on_are_no_news(issuer: Agency, manager: User) -> None:
    letter = timed(issuer, AgencyFactory())
    pause(circular=letter, by=sender_of(issuer), at=NOW)
    assert alert_managers(at=NOW) == 0


def test_managers_of_the_nearest_unit_above_are_told_if_the_issuer_has_none(postbox: Postbox) -> None:
    ministry = AgencyFactory()
    issuer = AgencyFactory(parent=AgencyFactory(parent=ministry))
    above = manager_of(ministry)
    timed(issuer, AgencyFactory())
    alert_managers(at=NOW)
    assert [each.person for each in alerts()] == [above]
    assert BoardSettings.objects.count() == 0


def test_nobody_to_tell_is_no_error_and_is_recorded(issuer: Agency) -> None:
    timed(issuer, AgencyFactory())
    assert alert_managers(at=NOW) == 1
    assert LateAlert.objects.get().people == 0
    assert alert_managers(at=NOW) == 0


@pytest.mark.parametrize("why", ["switched off", "no role", "inactive", "answered", "paused", "more time"])
def test_nobody_is_told_who_need_not_know_any_more(
    issuer: Agency, manager: User, postbox: Postbox, why: str
) -> None:
    letter = timed(issuer, AgencyFactory())
    alert_managers(at=NOW)
    copy = letter.deliveries.get()
    match why:
        case "switched off":
            stop_alerts(person=manager, unit=issuer)
        case "no role":
            Membership.objects.filter(user=manager).update(active_to=date(2026, 3, 10))
        case "inactive":
            User.objects.filter(pk=manager.pk).update(is_active=False)
        case "answered":
            complete(delivery=copy.public_id, disposition="done", by=recipient_of(copy.agency), at=NOW)
        case "paused":
            pause(circular=letter, by=sender_of(issuer), at=NOW)
        case _:
            Delivery.objects.update(due_at=NOW + timedelta(days=1))
    while send_due():
        pass

    assert manager.email not in [mail["To"] for mail in postbox.mails]
    assert alerts()[0].state == NoticeState.CANCELLED


def test_who_has_switched_it_off_is_not_written_to(issuer: Agency, manager: User) -> None:
    other = manager_of(issuer)
    stop_alerts(person=manager, unit=issuer)
    timed(issuer, AgencyFactory())
    alert_managers(at=NOW)
    assert [each.person for each in alerts()] == [other]


def test_a_copy_is_told_of_once_for_each_due_time(issuer: Agency, manager: User) -> None:
    letter = timed(issuer, AgencyFactory())
    alert_managers(at=NOW)
    (told,) = LateAlertCopy.objects.all()
    again = LateAlert.objects.create(circular=letter, reason=AlertReason.OVERDUE, at=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        LateAlertCopy.objects.create(
            alert=again, delivery=told.delivery, reason=told.reason, due_at=told.due_at
        )


def test_the_subject_of_a_restricted_letter_is_not_mailed(
    issuer: Agency, manager: User, postbox: Postbox
) -> None:
    letter = timed(issuer, AgencyFactory())
    Circular.objects.filter(pk=letter.pk).update(secrecy="HİZMETE ÖZEL", subject="Örtülü Konu")
    alert_managers(at=NOW)
    while send_due():
        pass
    assert "Örtülü" not in postbox.to(manager.email).as_string()


def test_many_copies_take_as_many_queries_as_few(issuer: Agency, manager: User) -> None:
    timed(issuer, *(AgencyFactory() for _number in range(2)))
    few = query_count(alert_managers, at=NOW)
    timed(issuer, *(AgencyFactory() for _number in range(20)))
    assert query_count(alert_managers, at=NOW) == few
    assert query_count(alert_managers, at=NOW) == 2


def test_a_letter_that_goes_overdue_before_nine_days_of_bayram_is_told_of_after_them(
    issuer: Agency, manager: User, clock: time_machine.Traveller
) -> None:
    """Kurban Bayramı 2026 with two days of leave: from Saturday, 23 May, to Sunday, 31 May."""
    DeclaredLeave.objects.create(
        first_day=date(2026, 5, 25),
        last_day=date(2026, 5, 26),
        reason="İdari izin",
        entered_by=manager,
        entered_at=DUE,
    )
    eve = datetime(2026, 5, 22, 17, 25, tzinfo=ISTANBUL)
    clock.move_to(eve - timedelta(days=3))
    letter = dispatched_to(
        AgencyFactory(), issuer=issuer, at=timezone.now(), urgency=Urgency.TIMED, due_at=eve
    )
    for moment, told in ((eve + timedelta(hours=1), 0), (datetime(2026, 6, 1, 8, 31, tzinfo=ISTANBUL), 1)):
        clock.move_to(moment)
        assert alert_managers(at=moment) == told
    assert LateAlert.objects.get().circular == letter


def test_who_sends_or_manages_the_letter_sees_what_managers_were_told_and_no_recipient_does(
    issuer: Agency, manager: User, signed_in: SignIn
) -> None:
    late, in_time = AgencyFactory(), AgencyFactory()
    letter = timed(issuer, late, in_time)
    letter.deliveries.filter(agency=in_time).update(due_at=DUE + timedelta(days=9))
    assert alert_managers(at=NOW) == 1
    told = "Birim yöneticilerine e-postayla bildirildi: süresi geçti"
    of_letter = reverse("letter", args=[letter.public_id])

    def of_recipient(unit: Agency) -> str:
        return reverse("recipient", args=[letter.public_id, letter.deliveries.get(agency=unit).public_id])

    for person in (sender_of(issuer), manager):
        client = signed_in(person)
        page = client.get(of_letter).content.decode()
        assert told in page and "1 yönetici" in page
        assert told in client.get(of_recipient(late)).content.decode()
        assert told not in client.get(of_recipient(in_time)).content.decode()
    copy = letter.deliveries.get(agency=late).public_id
    for person, name in ((recipient_of(late), "delivery"), (manager_of(late), "branch")):
        response = signed_in(person).get(reverse(name, args=[copy]))
        assert response.status_code == 200
        assert told not in response.content.decode()


def test_an_alert_that_nobody_got_is_not_shown(issuer: Agency, signed_in: SignIn) -> None:
    letter = timed(issuer, AgencyFactory())
    assert alert_managers(at=NOW) == 1

    page = signed_in(sender_of(issuer)).get(reverse("letter", args=[letter.public_id])).content.decode()

    assert "Birim yöneticilerine e-postayla bildirildi" not in page

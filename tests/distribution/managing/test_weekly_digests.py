"""Weekly digests: to whom, when, once; what the mail says and takes along."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from email.message import EmailMessage
from io import BytesIO

import pytest
import time_machine
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from agencies.calendar import WorkingCalendar, calendar_for
from agencies.models import Agency, DeclaredLeave, Deputyship, Membership, Role, User
from agencies.models.maintenance import STUCK_AFTER
from distribution import tasks
from distribution.models import BoardSettings, Notice, NoticeKind, NoticeState, Weekday, WeeklyDigest
from distribution.models.managing.weekly_digest import MOST_ATTEMPTS
from distribution.outbox.send import send_due
from distribution.queries.managing.weekly import LABELS, WeeklyFigures, figures_from
from distribution.services.managing import weekly_digests
from distribution.services.managing.board_settings import set_board_mails
from distribution.services.managing.weekly_digests import next_slot, slot
from distribution.tables.files.digest_pdf import digest_pdf
from tests.conftest import SignIn
from tests.factories import AgencyFactory, MembershipFactory, UserFactory, dispatched_to, manager_of
from tests.query_count import query_count
from tests.smtp import Postbox

pytestmark = pytest.mark.django_db
ISTANBUL = timezone.get_default_timezone()
MONDAY = datetime(2026, 3, 9, 10, tzinfo=ISTANBUL)
CHOSEN = datetime(2026, 3, 3, 10, tzinfo=ISTANBUL)
"""The Tuesday before."""


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(MONDAY, tick=False) as traveller:
        yield traveller


@pytest.fixture
def unit() -> Agency:
    return AgencyFactory(name="Uluslararası İşgücü Genel Müdürlüğü")


@pytest.fixture
def manager(unit: Agency) -> User:
    return wanted_by(manager_of(unit), unit)


def wanted_by(person: User, unit: Agency, day: Weekday = Weekday.MONDAY, hour: time = time(9)) -> User:
    set_board_mails(person=person, unit=unit, digest=(day, hour), wants_alerts=True, at=CHOSEN)
    return person


def no_pdf(digest: WeeklyDigest, figures: WeeklyFigures) -> bytes:
    return b"%PDF-1.7"


def sweep(at: datetime = MONDAY) -> int:
    """As beat and the worker of the queue `exports` do at that moment."""
    begun = weekly_digests.sweep_weekly_digests(at=at)
    for digest in WeeklyDigest.objects.to_be_prepared(at):
        weekly_digests.prepare_digest(digest=digest.pk, make_pdf=no_pdf, at=at)
    return begun


def mails() -> list[Notice]:
    return list(Notice.objects.filter(kind=NoticeKind.WEEKLY_DIGEST).order_by("pk"))


def body(mail: EmailMessage, kind: str) -> str:
    part = mail.get_body((kind,))
    assert part is not None
    return str(part.get_content())


def test_nobody_gets_one_without_having_asked(unit: Agency) -> None:
    manager_of(unit)
    assert sweep() == 0
    assert not WeeklyDigest.objects.exists()


@pytest.mark.parametrize(
    ("at", "begun"),
    [
        (datetime(2026, 3, 9, 8, 59, tzinfo=ISTANBUL), 0),
        (datetime(2026, 3, 9, 9, 0, tzinfo=ISTANBUL), 1),
        (datetime(2026, 3, 9, 17, 29, tzinfo=ISTANBUL), 1),  # beat was dead for hours
        (datetime(2026, 3, 9, 20, 0, tzinfo=ISTANBUL), 0),  # until nobody is at work any more
        (datetime(2026, 3, 11, 9, 0, tzinfo=ISTANBUL), 1),  # or for days
    ],
)
def test_it_begins_at_the_chosen_hour_and_only_in_working_time(
    manager: User, at: datetime, begun: int
) -> None:
    assert sweep(at) == begun


def test_one_a_week_however_often_beat_runs(manager: User) -> None:
    for minutes in range(3):
        sweep(MONDAY + timedelta(minutes=minutes))
    sweep(MONDAY + timedelta(days=3))
    assert len(mails()) == 1
    sweep(MONDAY + timedelta(days=7))
    assert len(mails()) == 2
    assert [each.week for each in WeeklyDigest.objects.order_by("week")] == [
        date(2026, 3, 9),
        date(2026, 3, 16),
    ]


def test_another_day_chosen_in_the_same_week_brings_no_second_one(manager: User, unit: Agency) -> None:
    sweep()
    set_board_mails(
        person=manager, unit=unit, digest=(Weekday.THURSDAY, time(9)), wants_alerts=True, at=MONDAY
    )
    sweep(MONDAY + timedelta(days=4))
    assert len(mails()) == 1
    promised = next_slot(BoardSettings.objects.get(), MONDAY, calendar_for(None, MONDAY.date()))
    assert promised is not None
    assert promised.date() == MONDAY.date() + timedelta(days=10)


def test_what_was_due_before_it_was_chosen_is_not_sent(unit: Agency) -> None:
    set_board_mails(
        person=manager_of(unit), unit=unit, digest=(Weekday.MONDAY, time(9)), wants_alerts=True,
        at=MONDAY + timedelta(minutes=30),
    )  # fmt: skip
    assert sweep(MONDAY + timedelta(hours=1)) == 0
    assert sweep(MONDAY + timedelta(days=7)) == 1


@pytest.mark.parametrize(
    ("day", "hour", "week", "due"),
    [
        (Weekday.MONDAY, time(9), date(2026, 3, 9), datetime(2026, 3, 9, 9)),
        (Weekday.THURSDAY, time(9), date(2026, 4, 20), datetime(2026, 4, 24, 8, 30)),  # 23 April
        (Weekday.FRIDAY, time(9), date(2026, 4, 27), datetime(2026, 5, 4, 8, 30)),  # 1 May
        (
            Weekday.THURSDAY,
            time(16),
            date(2026, 3, 16),
            datetime(2026, 3, 23, 8, 30),
        ),  # the eve closes at 13.00
        (Weekday.TUESDAY, time(8, 30), date(2026, 5, 25), datetime(2026, 5, 26, 8, 30)),  # another eve
        (Weekday.WEDNESDAY, time(9), date(2026, 5, 25), datetime(2026, 6, 1, 8, 30)),  # Kurban Bayramı
    ],
)
def test_on_a_holiday_it_comes_on_the_next_working_morning(
    day: Weekday, hour: time, week: date, due: datetime
) -> None:
    assert slot(day, hour, week, WorkingCalendar()) == due.replace(tzinfo=ISTANBUL)


def test_declared_leave_moves_it_as_well(manager: User, unit: Agency) -> None:
    DeclaredLeave.objects.create(
        first_day=MONDAY.date(), last_day=MONDAY.date(), reason="Kar", entered_by=manager, entered_at=CHOSEN
    )
    assert sweep() == 0
    assert sweep(datetime(2026, 3, 10, 8, 30, tzinfo=ISTANBUL)) == 1


def test_of_two_that_fall_on_one_morning_only_the_newer_is_sent(unit: Agency) -> None:
    person = wanted_by(manager_of(unit), unit, Weekday.THURSDAY)
    for first, last in [(date(2026, 3, 9), date(2026, 3, 20))]:
        DeclaredLeave.objects.create(
            first_day=first, last_day=last, reason="Deprem", entered_by=person, entered_at=CHOSEN
        )
    monday = datetime(2026, 3, 23, 9, tzinfo=ISTANBUL)
    assert [sweep(monday), sweep(monday + timedelta(minutes=1))] == [1, 0]
    assert WeeklyDigest.objects.get().week == date(2026, 3, 16)


@pytest.mark.parametrize("why", ["role", "inactive", "address", "switched off", "closed unit"])
def test_whoever_may_not_have_it_any_more_gets_none(manager: User, unit: Agency, why: str) -> None:
    lose(why, manager, unit)
    assert sweep() == 0
    assert not mails()


def lose(why: str, manager: User, unit: Agency) -> None:
    match why:
        case "role":
            Membership.objects.filter(user=manager).update(active_to=date(2026, 3, 4))
        case "inactive":
            User.objects.filter(pk=manager.pk).update(is_active=False)
        case "address":
            User.objects.filter(pk=manager.pk).update(email="")
        case "closed unit":
            Agency.objects.filter(pk=unit.pk).update(active_to=date(2026, 3, 4))
        case _:
            set_board_mails(person=manager, unit=unit, digest=None, wants_alerts=True, at=CHOSEN)


@pytest.mark.parametrize("why", ["role", "inactive", "switched off"])
@pytest.mark.parametrize("when", ["before it is prepared", "before it leaves"])
def test_nor_if_that_happened_meanwhile(
    manager: User, unit: Agency, why: str, when: str, postbox: Postbox
) -> None:
    weekly_digests.begin_digests(at=MONDAY)
    if when == "before it leaves":
        sweep()
    lose(why, manager, unit)
    sweep()
    send_due()

    assert postbox.mails == []
    digest = WeeklyDigest.objects.get()
    if when == "before it leaves":
        assert digest.notice is not None and digest.notice.state == NoticeState.CANCELLED
    else:
        assert digest.dropped_at is not None


def test_a_unit_that_is_closed_on_a_later_day_has_them_until_then(manager: User, unit: Agency) -> None:
    Agency.objects.filter(pk=unit.pk).update(active_to=timezone.localdate(MONDAY) + timedelta(days=1))
    assert weekly_digests.begin_digests(at=MONDAY) == 1


def test_a_digest_that_hangs_is_ended_before_another_worker_takes_it_up() -> None:
    assert tasks.prepare_weekly_digest.time_limit < STUCK_AFTER.total_seconds()


def test_a_deputy_of_the_manager_may_have_one(unit: Agency) -> None:
    absent, deputy = manager_of(unit), UserFactory()
    Deputyship.objects.create(
        absent=absent, deputy=deputy, agency=unit, active_from=date(2026, 3, 1), active_to=date(2026, 4, 1),
        entered_by=absent, entered_at=CHOSEN,
    )  # fmt: skip
    wanted_by(deputy, unit)
    assert sweep() == 1
    assert [each.person for each in mails()] == [deputy]


def test_each_unit_has_its_own(manager: User, unit: Agency) -> None:
    other = MembershipFactory(user=manager, role=Role.MANAGER).agency
    wanted_by(manager, other)
    assert sweep() == 2
    assert {each.unit for each in WeeklyDigest.objects.all()} == {unit, other}
    assert len(mails()) == 2


def test_two_workers_write_one_mail(manager: User) -> None:
    weekly_digests.begin_digests(at=MONDAY)
    (digest,) = WeeklyDigest.objects.all()

    def make_pdf(digest: WeeklyDigest, figures: WeeklyFigures) -> bytes:
        assert not weekly_digests.prepare_digest(digest=digest.pk, make_pdf=no_pdf, at=MONDAY)
        return b"%PDF"

    assert weekly_digests.prepare_digest(digest=digest.pk, make_pdf=make_pdf, at=MONDAY)
    assert len(mails()) == 1


def test_after_a_worker_has_died_another_one_begins_anew_and_one_mail_is_written(manager: User) -> None:
    weekly_digests.begin_digests(at=MONDAY)
    (digest,) = WeeklyDigest.objects.all()

    def dying(digest: WeeklyDigest, figures: WeeklyFigures) -> bytes:
        raise KeyboardInterrupt

    later = MONDAY
    for _attempt in range(MOST_ATTEMPTS):
        with pytest.raises(KeyboardInterrupt):
            weekly_digests.prepare_digest(digest=digest.pk, make_pdf=dying, at=later)
        assert not WeeklyDigest.objects.to_be_prepared(later + timedelta(minutes=4)).exists()
        later += timedelta(minutes=6)
    assert weekly_digests.prepare_digest(digest=digest.pk, make_pdf=dying, at=later)  # without its PDF

    assert len(mails()) == 1
    assert WeeklyDigest.objects.get().pdf is None


def test_one_that_died_before_it_committed_leaves_nothing(manager: User) -> None:
    weekly_digests.begin_digests(at=MONDAY)
    (digest,) = WeeklyDigest.objects.all()
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        weekly_digests.prepare_digest(digest=digest.pk, make_pdf=no_pdf, at=MONDAY)
        raise ZeroDivisionError
    assert not mails()
    sweep()
    assert len(mails()) == 1


def test_the_task_prepares_it_with_its_pdf(manager: User) -> None:
    weekly_digests.begin_digests(at=MONDAY)
    tasks.prepare_weekly_digest(WeeklyDigest.objects.get().pk)
    assert bytes(WeeklyDigest.objects.get().pdf or b"").startswith(b"%PDF")


def test_the_mail_leaves_with_its_figures_its_pdf_and_a_way_to_stop_it(
    manager: User, unit: Agency, postbox: Postbox
) -> None:
    slow, other = AgencyFactory(name="Ağrı Valiliği", phone="0472 000 00 00"), AgencyFactory()
    letter = dispatched_to(slow, other, issuer=unit, at=MONDAY - timedelta(days=40))
    letter.deliveries.filter(agency=slow).update(due_at=MONDAY - timedelta(days=20))
    letter.deliveries.filter(agency=other).update(due_at=MONDAY - timedelta(days=2))
    weekly_digests.begin_digests(at=MONDAY)
    (digest,) = WeeklyDigest.objects.all()
    weekly_digests.prepare_digest(digest=digest.pk, make_pdf=digest_pdf, at=MONDAY)

    while send_due():
        pass
    mail = postbox.to(manager.email)

    assert unit.name in mail["Subject"]
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail["Message-ID"] == mails()[0].message_id
    stop = str(mail["List-Unsubscribe"]).strip(" <>")
    figures = figures_from(WeeklyDigest.objects.get().figures)
    counts = {each.name: each.count for each in figures.lines}
    assert counts == {
        "to_confirm": 2, "to_answer": 0, "overdue": 2, "became_late": 1, "long_overdue": 1, "due_this_week": 0,
        "to_decide": 0,
    }  # fmt: skip
    for kind in ("plain", "html"):
        words = body(mail, kind)
        assert "Ağrı Valiliği" in words and "0472 000 00 00" in words
        assert stop in words
        assert reverse("board_of_unit", args=[unit.pk, "outstanding"]) in words
    (report,) = mail.iter_attachments()
    assert report.get_content_type() == "application/pdf"
    text = "".join(page.extract_text() for page in PdfReader(BytesIO(report.get_content())).pages)
    assert "Ağrı Valiliği" in text and unit.name in text
    assert Notice.objects.get(kind=NoticeKind.WEEKLY_DIGEST).state == NoticeState.SENT


def test_each_figure_of_the_mail_counts_the_rows_behind_its_link(
    signed_in: SignIn, manager: User, unit: Agency
) -> None:
    for days in (1, 3, 6, 20, 30, -1, -9):
        letter = dispatched_to(AgencyFactory(), AgencyFactory(), issuer=unit, at=MONDAY - timedelta(days=40))
        letter.deliveries.update(due_at=MONDAY - timedelta(days=days))
    sweep()
    figures = figures_from(WeeklyDigest.objects.get().figures)
    client = signed_in(manager)

    for line in figures.lines:
        page = client.get(f"{reverse('board_of_unit', args=[unit.pk, line.page])}?{line.query}", follow=True)
        assert page.context["table"].page.paginator.count == line.count, line.name
    assert {each.name for each in figures.lines} == set(LABELS)
    assert sum(each.count > 0 for each in figures.lines) >= 5


def test_mail_of_another_person_is_theirs_alone(manager: User, unit: Agency) -> None:
    """The figures are those of letters that the person manages: a unit below has fewer."""
    below = AgencyFactory(parent=unit)
    dispatched_to(AgencyFactory(), issuer=unit, at=MONDAY - timedelta(days=3))
    dispatched_to(AgencyFactory(), issuer=below, at=MONDAY - timedelta(days=3))
    lower = wanted_by(manager_of(below), below)
    sweep()

    found = {each.person_id: figures_from(each.figures).lines[0].count for each in WeeklyDigest.objects.all()}
    assert found == {manager.pk: 2, lower.pk: 1}


def test_the_pdf_is_kept_for_a_month(manager: User) -> None:
    sweep()
    sweep(MONDAY + timedelta(days=29))
    assert WeeklyDigest.objects.earliest("pk").pdf is not None
    sweep(MONDAY + timedelta(days=31))
    assert WeeklyDigest.objects.earliest("pk").pdf is None


def test_many_settings_take_as_many_queries_as_few(unit: Agency) -> None:
    for _number in range(2):
        wanted_by(manager_of(unit), unit)
    few = query_count(weekly_digests.begin_digests, at=MONDAY)
    WeeklyDigest.objects.all().delete()
    for _number in range(18):
        wanted_by(manager_of(unit), unit)
    assert query_count(weekly_digests.begin_digests, at=MONDAY) == few
    assert WeeklyDigest.objects.count() == 20
    assert BoardSettings.objects.count() == 20


def test_monday_in_istanbul_begins_before_that_of_utc() -> None:
    assert weekly_digests.monday_of(datetime(2026, 3, 8, 21, 30, tzinfo=UTC)) == date(2026, 3, 9)

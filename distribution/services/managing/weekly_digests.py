"""Weekly digests: one mail a week to each manager who asked for one about a unit, with a short report as PDF.

1. each minute, find those whose day and hour have come; on a day off, the next working morning
2. write a row for the person, the unit and the week: a second one is refused by the database
3. wake a worker of the queue `exports`, which counts and draws the PDF outside any transaction
4. store both and write the mail in one transaction; after a worker has died, another one begins with step 3
"""

import logging
from collections.abc import Callable
from datetime import date, datetime, time, timedelta

from celery import current_app
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from kombu.exceptions import OperationalError

from agencies.access import holder, people_of
from agencies.calendar import WorkingCalendar, calendars_for, moment_on
from agencies.models import Agency, Role, User
from distribution.models import BoardSettings, NoticeKind, WeeklyDigest
from distribution.models.managing.weekly_digest import MOST_ATTEMPTS, PDF_KEPT_FOR
from distribution.models.notices.notice_details import WeeklyDigestDetails
from distribution.outbox.write import post, to_person
from distribution.queries.managing.weekly import WeeklyFigures, weekly_figures

logger = logging.getLogger(__name__)

PREPARE_DIGEST = "distribution.tasks.prepare_weekly_digest"
WAKE_EXPIRES = 55
"""Seconds. The sweep of the next minute wakes again."""

WEEK = timedelta(days=7)
WEEKS_LOOKED_BACK = 3
"""A digest of a week of holidays is due two weeks later at most. Of several that are due only the newest is sent."""

MakePdf = Callable[[WeeklyDigest, WeeklyFigures], bytes]


def slot(day: int, hour: time, week: date, calendar: WorkingCalendar) -> datetime:
    """When the digest of the week that begins on this Monday is due: the chosen hour, or the next working morning."""
    chosen = moment_on(week + timedelta(days=day - 1), hour)
    return chosen if calendar.is_working(chosen) else calendar.next_working_morning(chosen)


def next_slot(settings: BoardSettings, at: datetime, calendar: WorkingCalendar) -> datetime | None:
    """The next moment at which a digest is due; None if the person wants none. One query.

    A week brings one at most: after another day was chosen, none is due in a week that has brought one.
    """
    if settings.digest_day is None or settings.digest_hour is None:
        return None
    weeks = [monday_of(at) + number * WEEK for number in range(-WEEKS_LOOKED_BACK, WEEKS_LOOKED_BACK)]
    digests = WeeklyDigest.objects.filter(person=settings.person_id, unit=settings.unit_id, week__in=weeks)
    had = set(digests.values_list("week", flat=True))
    coming = (
        slot(settings.digest_day, settings.digest_hour, week, calendar) for week in weeks if week not in had
    )
    return next((moment for moment in coming if moment > at), None)


def monday_of(at: datetime) -> date:
    """The Monday of the moment's week, in Turkish time."""
    day = timezone.localdate(at)
    return day - timedelta(days=day.weekday())


def sweep_weekly_digests(*, at: datetime) -> int:
    """Every minute: begin the digests that are due, and wake workers for those that none prepares.

    Returns how many were begun. Outside working time none is.
    """
    begun = begin_digests(at=at)
    for digest in WeeklyDigest.objects.to_be_prepared(at).order_by("created_at").values_list("pk", flat=True):
        _wake_worker(digest)
    WeeklyDigest.objects.filter(created_at__lt=at - PDF_KEPT_FOR, pdf__isnull=False).update(pdf=None)
    return begun


@transaction.atomic
def begin_digests(*, at: datetime) -> int:
    """Write a row for each digest that is due. Two that run at once write one row for each all the same."""
    wanted = BoardSettings.objects.filter(digest_day__isnull=False, person__is_active=True)
    today = timezone.localdate(at)
    found = [
        each for each in wanted.select_related("person", "unit").order_by("pk") if each.unit.is_active(today)
    ]
    if not found:
        return 0
    first = monday_of(at) - WEEKS_LOOKED_BACK * WEEK
    calendars = calendars_for({each.unit.province_id for each in found}, first)
    had = set(WeeklyDigest.objects.filter(week__gte=first).values_list("person_id", "unit_id", "week"))
    managers = people_of({each.unit_id for each in found}, Role.MANAGER, timezone.localdate(at))
    due = []
    for each in found:
        calendar = calendars[each.unit.province_id]
        week = _due_week(each, at, calendar) if calendar.is_working(at) else None
        may_have = each.person in managers[each.unit_id] and each.person.mail_address
        if may_have and week is not None and (each.person_id, each.unit_id, week) not in had:
            due.append(WeeklyDigest(person=each.person, unit=each.unit, week=week, created_at=at))
    WeeklyDigest.objects.bulk_create(due, ignore_conflicts=True)
    return len(due)


def _due_week(settings: BoardSettings, at: datetime, calendar: WorkingCalendar) -> date | None:
    """The newest week whose digest is due by now and was wanted when it became due."""
    assert settings.digest_day and settings.digest_hour and settings.digest_chosen_at
    for number in range(WEEKS_LOOKED_BACK + 1):
        week = monday_of(at) - number * WEEK
        due = slot(settings.digest_day, settings.digest_hour, week, calendar)
        if due <= at:
            return week if due >= settings.digest_chosen_at else None
    return None


def prepare_digest(*, digest: int, make_pdf: MakePdf, at: datetime) -> bool:
    """Count, draw the PDF, and write the mail. Returns False if another worker has it, or nobody wants it any more."""
    free = WeeklyDigest.objects.to_be_prepared(at).filter(pk=digest)
    if not free.update(claimed_at=at, attempts=F("attempts") + 1):
        return False
    taken = WeeklyDigest.objects.select_related("person", "unit").get(pk=digest)
    wanted = BoardSettings.objects.filter(person=taken.person, unit=taken.unit, digest_day__isnull=False)
    if not wanted.exists() or not _may_have(taken.person, taken.unit, at):
        WeeklyDigest.objects.unprepared().filter(pk=digest).update(dropped_at=at)
        return False
    figures = weekly_figures(taken.person, taken.unit, at)
    pdf = None
    if taken.attempts <= MOST_ATTEMPTS:
        pdf = make_pdf(taken, figures)
    else:
        logger.error("The PDF of weekly digest %s can't be drawn: it goes without.", digest)
    return _write(taken, figures, pdf, at)


@transaction.atomic
def _write(taken: WeeklyDigest, figures: WeeklyFigures, pdf: bytes | None, at: datetime) -> bool:
    current = WeeklyDigest.objects.unprepared().select_for_update(no_key=True).filter(pk=taken.pk).first()
    if current is None:
        return False
    mail = to_person(
        taken.person,
        delivery=None,
        kind=NoticeKind.WEEKLY_DIGEST,
        at=at,
        details=WeeklyDigestDetails(digest=taken.pk),
    )
    written = post([mail])
    current.figures, current.pdf = figures.to_json(), pdf
    current.notice = written[0] if written else None
    current.dropped_at = None if written else at
    current.save(update_fields=["figures", "pdf", "notice", "dropped_at"])
    return bool(written)


def _may_have(person: User, unit: Agency, at: datetime) -> bool:
    """Whether the person manages the unit today, also as a deputy, and mail reaches them."""
    on = timezone.localdate(at)
    reached = person.is_active and person.mail_address
    return bool(reached) and holder(person, unit, Role.MANAGER, on) is not None


def _wake_worker(digest: int) -> None:
    """Queue the digest for a worker. If the broker is unreachable, the sweep of the next minute does it."""
    try:
        current_app.send_task(PREPARE_DIGEST, [digest], expires=WAKE_EXPIRES)
    except OperationalError as error:
        logger.warning("The broker can't be reached (%s); the next sweep wakes a worker.", error)

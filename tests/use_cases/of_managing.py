"""Use cases of managers: what reaches them by itself."""

from datetime import datetime, time, timedelta

from agencies.models import Agency, User
from circulars.models import Urgency
from distribution.models import AlertReason, Delivery, Weekday, WeeklyDigest
from distribution.queries.managing.weekly import WeeklyFigures
from distribution.services.choose_columns import choose_columns as keep_columns
from distribution.services.follow_up.give_more_time import give_more_time as give
from distribution.services.managing import board_settings, weekly_digests
from distribution.services.managing.alert_managers import alert_managers, tell_of_letter
from distribution.services.prepare_file import note_download
from tests.factories import AgencyFactory, dispatched_to, manager_of, sender_of
from tests.use_cases.of_files import requested_file
from tests.use_cases.table import NOW, SENT, Action, use_case


def managed(*, since: datetime = SENT) -> tuple[User, Agency]:
    """A manager who wants a digest each Tuesday at nine."""
    unit = AgencyFactory()
    person = manager_of(unit)
    board_settings.set_board_mails(
        person=person, unit=unit, digest=(Weekday.TUESDAY, time(9)), wants_alerts=True, at=since
    )
    return person, unit


@use_case()
def look_at_late() -> Action:
    person, unit = managed()
    return lambda: board_settings.look_at_late(person=person, unit=unit, until=NOW, at=NOW)


@use_case()
def set_board_mails() -> Action:
    person, unit = managed()
    return lambda: board_settings.set_board_mails(
        person=person, unit=unit, digest=(Weekday.FRIDAY, time(10)), wants_alerts=False, at=NOW
    )


@use_case()
def stop_digest() -> Action:
    person, unit = managed()
    return lambda: board_settings.stop_digest(person=person, unit=unit)


@use_case()
def stop_alerts() -> Action:
    person, unit = managed()
    return lambda: board_settings.stop_alerts(person=person, unit=unit)


@use_case()
def begin_digests() -> Action:
    managed()
    return lambda: weekly_digests.begin_digests(at=NOW)


def no_pdf(digest: WeeklyDigest, figures: WeeklyFigures) -> bytes:
    return b"%PDF-1.7"


@use_case(wakes=True, one_transaction=False)
def prepare_digest() -> Action:
    begin_digests()()
    digest = WeeklyDigest.objects.get()
    return lambda: weekly_digests.prepare_digest(digest=digest.pk, make_pdf=no_pdf, at=NOW)


def overdue_copy() -> Delivery:
    _person, unit = managed()
    letter = dispatched_to(
        AgencyFactory(), issuer=unit, at=SENT, urgency=Urgency.TIMED, due_at=NOW - timedelta(hours=1)
    )
    copy: Delivery = letter.deliveries.get()
    return copy


@use_case(wakes=True)
def tell_managers_of_a_letter() -> Action:
    copy = overdue_copy()
    return lambda: tell_of_letter(
        letter=copy.circular_id, copies=[copy.pk], reason=AlertReason.OVERDUE, at=NOW
    )


@use_case(wakes=True, one_transaction=False)
def tell_managers() -> Action:
    overdue_copy()
    return lambda: alert_managers(at=NOW)


@use_case()
def note_a_download() -> Action:
    prepared = requested_file()
    return lambda: note_download(prepared=prepared, at=NOW)


@use_case()
def choose_columns() -> Action:
    person, _unit = managed()
    return lambda: keep_columns(person=person, list_name="outstanding", columns=["agency", "letter"])


@use_case()
def give_more_time() -> Action:
    sent = dispatched_to(
        *AgencyFactory.create_batch(2),
        at=SENT,
        urgency=Urgency.TIMED,
        due_at=NOW + timedelta(days=2),
    )
    copies = list(sent.deliveries.order_by("pk").values_list("public_id", flat=True))
    until, by = NOW + timedelta(days=9), sender_of(sent.issuer)
    return lambda: give(deliveries=copies, until=until, reason="Kar", by=by, at=NOW)

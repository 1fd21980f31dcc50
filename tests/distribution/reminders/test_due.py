"""Due times in working days, computed on dispatch by each recipient's calendar."""

from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from agencies.calendar import WorkingCalendar
from agencies.models import DeclaredLeave, Province
from circulars.models import Circular, Status, Urgency
from distribution.services.sending.dispatch import dispatch
from tests.conftest import ROOT, SignIn
from tests.factories import AgencyFactory, UserFactory, dispatched_to, draft_to, sender_of

pytestmark = pytest.mark.django_db
ISTANBUL = ZoneInfo("Europe/Istanbul")
DISPATCH = datetime(2026, 11, 2, 10, 0, tzinfo=ISTANBUL)


def leave_in_erzurum(first: date, last: date) -> Province:
    province = Province.objects.create(plate="25", name="Erzurum", sort_key="e")
    DeclaredLeave.objects.create(
        first_day=first,
        last_day=last,
        province=province,
        reason="Kar",
        entered_by=UserFactory(),
        entered_at=DISPATCH,
    )
    return province


def test_every_copy_is_due_by_the_calendar_of_its_province() -> None:
    there = AgencyFactory(province=leave_in_erzurum(date(2026, 11, 5), date(2026, 11, 6)))
    elsewhere = AgencyFactory()

    circular = dispatched_to(there, elsewhere, at=DISPATCH, urgency=Urgency.TIMED, due_working_days=5)

    assert circular.due_at == datetime(2026, 11, 9, 17, 30, tzinfo=ISTANBUL)
    assert circular.deliveries.get(agency=elsewhere).due_at == circular.due_at
    assert circular.deliveries.get(agency=there).due_at == datetime(2026, 11, 11, 17, 30, tzinfo=ISTANBUL)


def test_a_moment_is_the_same_for_all_and_no_due_time_is_none() -> None:
    moment = datetime(2026, 11, 20, 12, 0, tzinfo=ISTANBUL)

    timed = dispatched_to(AgencyFactory(), at=DISPATCH, urgency=Urgency.TIMED, due_at=moment)
    plain = dispatched_to(AgencyFactory(), at=DISPATCH)

    assert timed.deliveries.get().due_at == moment
    assert plain.deliveries.get().due_at is None


def test_working_days_cost_one_query_for_any_number_of_recipients() -> None:
    counts = []
    for size in (2, 20):
        circular = draft_to(*AgencyFactory.create_batch(size), urgency=Urgency.TIMED, due_working_days=15)
        with CaptureQueriesContext(connection) as queries:
            dispatch(circular=circular, by=circular.recorded_by, at=DISPATCH)
        counts.append(len([query for query in queries if "SAVEPOINT" not in query["sql"]]))
    assert counts == [14, 14]


def test_the_page_before_the_dispatch_tells_the_due_time_that_the_letter_would_get(
    signed_in: SignIn,
) -> None:
    today = timezone.localdate()
    tomorrow = WorkingCalendar().add_working_days(today, 1)
    agency = AgencyFactory(province=leave_in_erzurum(tomorrow, tomorrow))
    circular = draft_to(agency, urgency=Urgency.TIMED, due_working_days=5)
    url = reverse("dispatch", args=[circular.public_id])

    page = signed_in(sender_of(circular.issuer)).get(url).content.decode()

    due = WorkingCalendar().due_after(timezone.now(), 5)
    assert due.strftime("%d.%m.%Y %H:%M") in page
    assert "preflight-due" in page
    circular.refresh_from_db()
    assert circular.due_at is None


def test_the_command_gives_a_term_too_and_refuses_it_for_acele(sample_letter: Path) -> None:
    timed = ROOT / "tests" / "letters" / "is_gunu_icinde.txt"
    sender = sender_of(AgencyFactory())

    call_command("record_letter", timed, "--as", sender.username, "--due-days", "5", "--json")
    assert Circular.objects.get().due_working_days == 5

    with pytest.raises(CommandError, match="without a due time"):
        call_command("record_letter", sample_letter, "--as", sender.username, "--due-days", "5")
    assert Circular.objects.filter(due_working_days=None, status=Status.DRAFT).count() == 1

"""How a due time was reckoned: the days that counted, the free ones, and what changed it later."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from agencies.calendar import moment_on
from agencies.models import Agency, DeclaredLeave, Province
from circulars.models import Circular, Purpose, Secrecy, Urgency
from distribution.links import link_token
from distribution.models import Delivery
from distribution.queries.letter.due_reckoning import Rule, reckoning_of_copy, reckoning_of_letter
from distribution.queries.letter.listed import Lists
from distribution.services.follow_up.change_due import change_due
from distribution.services.follow_up.recipients import add_recipient
from distribution.services.follow_up.withdraw import withdraw
from distribution.services.receiving.extension import ask_extension, decide_extension
from distribution.services.receiving.pass_on import pass_on
from tests.conftest import SignIn
from tests.factories import AgencyFactory, UserFactory, dispatched_to, manager_of, recipient_of, sender_of

pytestmark = pytest.mark.django_db

SENT = datetime(2026, 3, 16, 7, tzinfo=UTC)
"""A Monday. The feast of Ramazan is from 20 to 22 March, its eve on the 19th."""


@pytest.fixture
def issuer() -> Agency:
    return AgencyFactory()


@pytest.fixture
def trabzon() -> Province:
    return Province.objects.create(plate="61", name="Trabzon")


def copy_of(unit: Agency) -> Delivery:
    return Delivery.objects.select_related("circular", "agency__province").get(agency=unit)


def leave(day: date, province: Province | None, at: datetime) -> DeclaredLeave:
    return DeclaredLeave.objects.create(
        first_day=day, last_day=day, province=province, reason="Kar", entered_by=UserFactory(), entered_at=at
    )


def test_working_days_are_listed_with_holidays_half_days_and_the_leave_of_the_province(
    issuer: Agency, trabzon: Province
) -> None:
    here, elsewhere = AgencyFactory(province=trabzon), AgencyFactory()
    leave(date(2026, 3, 17), trabzon, SENT - timedelta(days=1))
    dispatched_to(here, elsewhere, issuer=issuer, at=SENT, due_working_days=4)

    span = reckoning_of_copy(copy_of(here)).span

    assert span is not None
    assert span.due_at == copy_of(here).due_at == moment_on(date(2026, 3, 24), time(17, 30))
    numbers = {each.day.day: each.number for each in span.days}
    assert numbers == {17: None, 18: 1, 19: 2, 20: None, 21: None, 22: None, 23: 3, 24: 4}
    named = {each.day.day: each.name for each in span.free}
    assert named[17] == "İdari izin: Kar (Trabzon)"
    assert set(named) == {17, 19, 20, 21, 22}
    other = reckoning_of_copy(copy_of(elsewhere)).span
    assert other is not None and other.due_at == copy_of(elsewhere).due_at
    assert other.days[0].number == 1


def test_a_leave_declared_after_the_due_time_does_not_explain_it_away(
    issuer: Agency, trabzon: Province
) -> None:
    unit = AgencyFactory(province=trabzon)
    dispatched_to(unit, issuer=issuer, at=SENT, due_working_days=2)
    leave(date(2026, 3, 17), trabzon, SENT + timedelta(days=30))

    span = reckoning_of_copy(copy_of(unit)).span

    assert span is not None
    assert span.due_at == copy_of(unit).due_at
    assert [each.number for each in span.days] == [1, 2]


def test_the_rule_says_where_a_due_time_comes_from(issuer: Agency) -> None:
    units = urgent, without, fixed, added = AgencyFactory.create_batch(4)
    at = timezone.now()
    dispatched_to(urgent, issuer=issuer, urgency=Urgency.URGENT)
    dispatched_to(without, issuer=issuer)
    letter = dispatched_to(fixed, issuer=issuer, at=at, due_at=at + timedelta(days=9))
    add_recipient(
        circular=letter, agency=added, purpose=Purpose.ACTION, due_at=at + timedelta(days=3),
        by=sender_of(issuer), at=at,
    )  # fmt: skip
    below = AgencyFactory(parent=fixed)
    pass_on(
        delivery=copy_of(fixed).public_id, recipients=[(below, Purpose.ACTION)], note="", due_at=None,
        by=recipient_of(fixed), at=at,
    )  # fmt: skip

    rules = [reckoning_of_copy(copy_of(unit)).rule for unit in (*units, below)]

    assert rules == [Rule.URGENT, Rule.NONE, Rule.MOMENT, Rule.ADDED, Rule.PASSED_ON]


def test_later_changes_are_told_in_their_order_on_both_pages(issuer: Agency, signed_in: SignIn) -> None:
    unit, at, sender = AgencyFactory(), timezone.now(), sender_of(issuer)
    letter = dispatched_to(unit, AgencyFactory(), issuer=issuer, at=at, due_at=at + timedelta(days=9))
    change_due(circular=letter, until=at + timedelta(days=12), reason="Bayram nedeniyle", by=sender, at=at)
    asked = ask_extension(
        delivery=copy_of(unit).public_id, by=recipient_of(unit), at=at, wanted=at + timedelta(days=20),
        reason="Veri yok",
    )  # fmt: skip
    decide_extension(
        extension=asked.public_id, by=sender, at=at, granted_until=at + timedelta(days=20), answer="Uygundur"
    )

    found = reckoning_of_letter(letter, Lists(letter, managed=False))
    page = signed_in(sender).get(reverse("due_reckoning", args=[copy_of(unit).public_id])).content.decode()
    of_letter = signed_in(sender).get(reverse("letter_due_reckoning", args=[letter.public_id]))

    assert [each.recipients.count for each in found.groups] == [1, 1]
    assert [each.data["reason"] for each in found.changes] == ["Bayram nedeniyle"]
    assert page.index("Bayram nedeniyle") < page.index("Uygundur")
    assert "Bayram nedeniyle" in of_letter.content.decode()
    assert "Uygundur" not in of_letter.content.decode()


def test_the_unit_its_manager_the_sender_and_the_manager_see_it_and_nobody_else(
    issuer: Agency, signed_in: SignIn
) -> None:
    unit, other, at = AgencyFactory(), AgencyFactory(), timezone.now()
    dispatched_to(unit, other, issuer=issuer, at=at, due_at=at + timedelta(days=9))
    below = AgencyFactory(parent=unit)
    passed = pass_on(
        delivery=copy_of(unit).public_id, recipients=[(below, Purpose.ACTION)], note="", due_at=None,
        by=recipient_of(unit), at=at,
    ).children[0]  # fmt: skip
    address = reverse("due_reckoning", args=[copy_of(unit).public_id])
    of_below = reverse("due_reckoning", args=[passed.public_id])

    for person in (recipient_of(unit), manager_of(unit), sender_of(issuer), manager_of(issuer)):
        assert signed_in(person).get(address).status_code == 200
        assert address in signed_in(person).get(of_below).content.decode()
    for person in (recipient_of(other), sender_of(other), recipient_of(below), manager_of(AgencyFactory())):
        assert signed_in(person).get(address).status_code == 404
    own = signed_in(recipient_of(below)).get(of_below)
    assert own.status_code == 200
    assert address not in own.content.decode()


def test_it_is_one_click_away_from_the_pages_that_show_a_due_time(issuer: Agency, signed_in: SignIn) -> None:
    unit, at = AgencyFactory(), timezone.now()
    letter = dispatched_to(unit, issuer=issuer, at=at, due_at=at + timedelta(days=9))
    copy = copy_of(unit)
    address = reverse("due_reckoning", args=[copy.public_id])
    sender, recipient = sender_of(issuer), recipient_of(unit)
    pages = [
        (manager_of(issuer), reverse("outstanding")),
        (sender, reverse("recipient", args=[letter.public_id, copy.public_id])),
        (sender, reverse("letter_recipients", args=[letter.public_id])),
        (recipient, reverse("unit_inbox", args=[unit.pk])),
        (recipient, reverse("delivery", args=[copy.public_id])),
    ]

    without = [page for person, page in pages if address not in signed_in(person).get(page).content.decode()]

    assert not without
    shown = signed_in(sender_of(issuer)).get(reverse("letter", args=[letter.public_id])).content.decode()
    assert reverse("letter_due_reckoning", args=[letter.public_id]) in shown


def test_the_holder_of_a_link_sees_it_for_that_copy_without_an_account(
    issuer: Agency, client: Client, trabzon: Province
) -> None:
    unit = AgencyFactory(province=trabzon)
    leave(date(2026, 3, 17), trabzon, SENT - timedelta(days=1))
    dispatched_to(unit, AgencyFactory(), issuer=issuer, at=SENT, due_working_days=4)
    token = link_token(copy_of(unit), at=timezone.now())

    letter = client.get(reverse("link", args=[token])).content.decode()
    shown = client.get(reverse("link_due", args=[token]))

    assert reverse("link_due", args=[token]) in letter
    assert reverse("due_reckoning", args=[copy_of(unit).public_id]) not in letter
    assert shown.status_code == 200
    assert "İdari izin: Kar (Trabzon)" in shown.content.decode()
    assert client.post(reverse("link_due", args=[token])).status_code == 405


def test_no_link_shows_it_for_a_restricted_a_withdrawn_or_a_revoked_one(
    issuer: Agency, client: Client
) -> None:
    unit, at = AgencyFactory(), timezone.now()
    letter = dispatched_to(unit, issuer=issuer, at=at, due_at=at + timedelta(days=9))
    copy = copy_of(unit)
    address = reverse("link_due", args=[link_token(copy, at=at)])
    assert client.get(address).status_code == 200

    Circular.objects.filter(pk=letter.pk).update(secrecy=Secrecy.OFFICIAL_USE)
    restricted = client.get(address).status_code
    Circular.objects.filter(pk=letter.pk).update(secrecy=Secrecy.NONE)
    withdraw(circular=letter, reason="Yanlış", by=sender_of(issuer), at=at)
    withdrawn = client.get(address).status_code
    Delivery.objects.filter(pk=copy.pk).update(link_serial=1)

    assert (restricted, withdrawn, client.get(address).status_code) == (404, 404, 410)

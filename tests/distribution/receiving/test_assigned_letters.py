"""Assigned letters: from the tab of those to answer, in reminders, and with the successor of a closed unit."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from django.utils import timezone

from agencies.models import Agency, User
from distribution.models import (
    Assignment,
    Delivery,
    MailVerdict,
    Notice,
    NoticeKind,
    NoticeState,
    ReturnedMail,
)
from distribution.models.notices.notice import NoticeQuerySet
from distribution.outbox.digest import bundle_at_once
from distribution.outbox.write import post, to_person
from distribution.reminders.plan import plan_dispatched
from distribution.reminders.remind_by_hand import remind_by_hand
from distribution.reminders.send import sweep_reminders
from distribution.services.receiving.acknowledge import acknowledge
from distribution.services.receiving.assign import assign
from distribution.services.succession import close_unit
from distribution.visibility import returned_mails_of
from tests.conftest import SignIn
from tests.consistency import findings
from tests.factories import AgencyFactory, UserFactory, dispatched_to, recipient_of, sender_of

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 11, 2, 10, 0, tzinfo=ZoneInfo("Europe/Istanbul"))


@pytest.fixture
def unit() -> Agency:
    return AgencyFactory(name="Ardahan Valiliği", email="kayit@ardahan.gov.tr")


@pytest.fixture
def chief(unit: Agency) -> User:
    return recipient_of(unit)


@pytest.fixture
def clerk(unit: Agency) -> User:
    return recipient_of(unit)


def given(copy: Delivery, to: User, by: User, at: datetime | None = None, note: str = "") -> None:
    assign(
        deliveries=[copy.public_id],
        agency=copy.answering_unit,
        person=to,
        note=note,
        by=by,
        at=at or timezone.now(),
    )


def reminders() -> NoticeQuerySet:
    kinds = [NoticeKind.REMINDER, NoticeKind.ASSIGNED_REMINDER]
    return Notice.objects.filter(kind__in=kinds).order_by("pk")


def test_letters_to_answer_are_assigned_from_their_tab_and_the_way_leads_back_there(
    signed_in: SignIn, unit: Agency, chief: User, clerk: User
) -> None:
    letters = [dispatched_to(unit, at=timezone.now()).deliveries.get() for _ in range(2)]
    for each in letters:
        acknowledge(delivery=each.public_id, by=chief, at=timezone.now())
    client, tab = signed_in(chief), reverse("unit_inbox", args=[unit.pk]) + "?show=answer"
    shown, address = client.get(tab).content.decode(), reverse("assign_several", args=[unit.pk])
    assert f'formaction="{address}"' in shown
    assert 'name="query" value="?show=answer"' in shown
    ticked = {"query": "?show=answer", "delivery": [each.public_id for each in letters]}

    client.post(address, ticked)
    assert client.get(tab).context["chosen"] == {each.public_id for each in letters}
    done = client.post(address, {**ticked, "person": clerk.pk, "note": ""})

    assert done.url == tab
    assert Assignment.objects.filter(person=clerk).count() == 2
    shown = client.get(tab)
    assert not shown.context["chosen"]
    assert str(clerk) in shown.content.decode()


@pytest.mark.parametrize("address", ["kayit@ardahan.gov.tr", "Kayit@Ardahan.gov.tr"])
def test_a_person_who_reads_the_mailbox_of_the_unit_is_reminded_once(
    unit: Agency, chief: User, clerk: User, address: str
) -> None:
    User.objects.filter(pk=clerk.pk).update(email=address)
    copy = dispatched_to(unit, at=MONDAY).deliveries.get()
    given(copy, clerk, chief, at=MONDAY)
    plan_dispatched(at=MONDAY)

    sweep_reminders(at=MONDAY + timedelta(days=8))
    assert list(reminders().values_list("kind", "person")) == [("reminder", None)]
    reminders().update(state=NoticeState.CANCELLED)
    remind_by_hand(
        deliveries=Delivery.objects.filter(pk=copy.pk),
        by=sender_of(copy.circular.issuer),
        at=MONDAY + timedelta(days=9),
    )

    assert list(reminders().values_list("kind", "person")) == [("reminder", None)] * 2


def test_what_a_successor_assigned_before_it_was_closed_itself_is_no_fault(
    unit: Agency, chief: User, clerk: User
) -> None:
    second, third = AgencyFactory(), AgencyFactory()
    at, today = timezone.now(), timezone.localdate()
    copy = dispatched_to(unit, at=at).deliveries.get()
    given(copy, clerk, chief)
    close_unit(agency=unit, on=today, successor=second, by=chief, at=at, move_children=False)
    copy = Delivery.objects.get()
    people = recipient_of(second), recipient_of(second)
    given(copy, people[0], people[1])

    close_unit(agency=second, on=today, successor=third, by=chief, at=at, move_children=False)

    assert Delivery.objects.get().successor == third
    assert findings() == []


def test_the_people_of_a_closed_unit_do_not_see_to_whom_its_successor_assigned_the_letter(
    signed_in: SignIn, unit: Agency, chief: User
) -> None:
    successor, at = AgencyFactory(), timezone.now()
    copy = dispatched_to(unit, at=at).deliveries.get()
    close_unit(
        agency=unit, on=timezone.localdate(), successor=successor, by=chief, at=at, move_children=False
    )
    people = recipient_of(successor), recipient_of(successor)
    given(Delivery.objects.get(), people[0], people[1], note="Cuma gününe kadar")
    address = reverse("delivery", args=[copy.public_id])

    assert "Cuma gününe kadar" in signed_in(people[1]).get(address).content.decode()
    shown = signed_in(chief).get(address)

    assert shown.status_code == 200
    assert "Cuma gününe kadar" not in shown.content.decode()
    assert str(people[0]) not in shown.content.decode()


def test_a_returned_message_that_tells_of_an_assignment_too_is_seen_by_administrators_only(
    unit: Agency, chief: User, clerk: User
) -> None:
    copy = dispatched_to(unit, at=timezone.now()).deliveries.get()
    given(copy, clerk, chief)
    own = Notice.objects.get(kind=NoticeKind.ASSIGNED)
    told = [
        to_person(person, delivery=copy, kind=NoticeKind.ESCALATION, at=timezone.now())
        for person in (clerk, chief, chief)
    ]
    bundle_at_once(notices=[own, *post(told)], at=timezone.now())
    mixed, other = Notice.objects.filter(kind=NoticeKind.DIGEST).order_by("-person")
    assert (mixed.person, other.person) == (clerk, chief)
    for number, column in enumerate(["notice", "presumed"]):
        for digest in (mixed, other):
            ReturnedMail.objects.create(
                digest=f"{digest.pk} {number}",
                received_at=timezone.now(),
                verdict=MailVerdict.OTHER,
                **{column: digest},
            )

    seen, all_of_them = (
        {each.digest.split()[0] for each in returned_mails_of(person)}
        for person in (sender_of(copy.circular.issuer), UserFactory(is_superuser=True))
    )

    assert seen == {str(other.pk)}
    assert str(mixed.pk) in all_of_them

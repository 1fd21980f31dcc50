"""Assigning a letter to a person of the unit: who may, who is told, who sees it, and that it confirms nothing."""

from datetime import date, datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from agencies.models import Agency, Deputyship, Membership, Role, User
from agencies.services.refusal import ActionRefused
from distribution.models import (
    Assignment,
    Delivery,
    DeliveryEvent,
    MailVerdict,
    Notice,
    NoticeKind,
    NoticeState,
    ReturnedMail,
)
from distribution.outbox.send import send_due
from distribution.queries.receiving.assignments import assignable
from distribution.reminders.plan import plan_dispatched
from distribution.reminders.remind_by_hand import remind_by_hand
from distribution.reminders.send import sweep_reminders
from distribution.services.receiving.assign import assign, unassign
from distribution.services.receiving.return_letter import return_letter
from distribution.visibility import returned_mails_of
from tests.conftest import SignIn
from tests.consistency import findings
from tests.distribution.follow_up.correcting import begin, send
from tests.factories import (
    AgencyFactory,
    MembershipFactory,
    UserFactory,
    dispatched_to,
    manager_of,
    recipient_of,
    sender_of,
)
from tests.query_count import query_count
from tests.smtp import Postbox

pytestmark = pytest.mark.django_db
NOTE = "Cuma gününe kadar bakılsın."


@pytest.fixture
def unit() -> Agency:
    return AgencyFactory(name="Ardahan Valiliği")


@pytest.fixture
def copy(unit: Agency) -> Delivery:
    return dispatched_to(unit, AgencyFactory(), at=timezone.now()).deliveries.get(agency=unit)


@pytest.fixture
def chief(unit: Agency) -> User:
    return recipient_of(unit)


@pytest.fixture
def clerk(unit: Agency) -> User:
    return recipient_of(unit)


def given(copy: Delivery, to: User, by: User, note: str = "", at: datetime | None = None) -> list[Assignment]:
    return assign(
        deliveries=[copy.public_id],
        agency=copy.answering_unit,
        person=to,
        note=note,
        by=by,
        at=at or timezone.now(),
    )


def url(name: str, *parts: object) -> str:
    return reverse(name, args=[getattr(part, "public_id", getattr(part, "pk", part)) for part in parts])


def page(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def leave(person: User, unit: Agency) -> None:
    Membership.objects.filter(user=person, agency=unit).update(active_to=date(2021, 1, 1))


def test_a_letter_is_assigned_on_its_page_and_stays_outstanding(
    signed_in: SignIn, copy: Delivery, chief: User, clerk: User
) -> None:
    client = signed_in(chief)
    events = DeliveryEvent.objects.count()

    client.post(url("assign", copy), {"person": clerk.pk, "note": NOTE})

    assignment = Assignment.objects.get()
    assert (assignment.person, assignment.assigned_by, assignment.note) == (clerk, chief, NOTE)
    copy.refresh_from_db()
    assert copy.is_outstanding
    assert DeliveryEvent.objects.count() == events
    shown = page(client, url("delivery", copy))
    assert shown.count(NOTE) == 2
    assert f"{clerk}" in page(client, url("unit_inbox", copy.agency))


def test_a_stranger_can_neither_assign_nor_remove_and_a_get_changes_nothing(
    signed_in: SignIn, copy: Delivery, clerk: User, chief: User
) -> None:
    given(copy, clerk, chief)
    for stranger in (recipient_of(AgencyFactory()), sender_of(copy.circular.issuer), manager_of(copy.agency)):
        client = signed_in(stranger)
        assert client.post(url("assign", copy), {"person": clerk.pk}).status_code == 404
        assert client.post(url("unassign", copy)).status_code == 404
        ticked = {"delivery": copy.public_id, "person": clerk.pk}
        assert client.post(url("assign_several", copy.agency), ticked).status_code == 404
    client = signed_in(chief)
    client.get(url("assign_several", copy.agency))
    assert Assignment.objects.standing().get().assigned_by == chief


def test_only_people_who_receive_for_the_unit_are_offered_deputies_among_them(
    copy: Delivery, unit: Agency, chief: User, clerk: User
) -> None:
    deputy, today = UserFactory(), timezone.localdate()
    Deputyship.objects.create(
        absent=clerk,
        deputy=deputy,
        agency=unit,
        active_from=today,
        active_to=today + timedelta(days=3),
        entered_by=chief,
        entered_at=timezone.now(),
    )
    manager_of(unit)
    MembershipFactory(agency=unit, user__is_active=False)

    assert assignable(unit, on=today) == [chief, clerk, deputy]
    given(copy, deputy, chief)
    for other in (manager_of(unit), recipient_of(AgencyFactory())):
        with pytest.raises(ActionRefused, match=str(other)):
            given(copy, other, chief)


def test_a_person_without_an_address_is_offered_with_a_word_about_it(
    signed_in: SignIn, copy: Delivery, chief: User, clerk: User
) -> None:
    User.objects.filter(pk=clerk.pk).update(email="")
    User.objects.filter(pk=chief.pk).update(email="amir@kurum.example")

    page = signed_in(chief).get(reverse("delivery", args=[copy.public_id])).content.decode()

    assert (
        page.count("e-posta adresi yok, bildirim almaz") + page.count("(no e-mail address: gets no message)")
        == 1
    )


def test_another_person_takes_its_place_and_the_history_keeps_all(
    signed_in: SignIn, copy: Delivery, chief: User, clerk: User
) -> None:
    third, moment = recipient_of(copy.agency), timezone.now()
    given(copy, clerk, chief, NOTE, moment)
    assert given(copy, clerk, chief, NOTE, moment + timedelta(minutes=1)) == []
    given(copy, third, clerk, "Sende kalsın", moment + timedelta(minutes=2))

    unassign(delivery=copy.public_id, agency=copy.agency, by=chief, at=moment + timedelta(minutes=3))

    assert not Assignment.objects.standing().exists()
    history = page(signed_in(chief), url("delivery", copy)).split('id="events"')[1]
    assert [history.index(text) for text in (NOTE, "Sende kalsın")] == sorted(
        [history.index(text) for text in (NOTE, "Sende kalsın")]
    )
    assert history.count('app-note"') == 3
    assert findings() == []


def test_neither_the_sender_nor_the_evidence_learns_of_an_assignment(
    signed_in: SignIn, copy: Delivery, chief: User, clerk: User, postbox: Postbox, at_work: datetime
) -> None:
    given(copy, clerk, chief, NOTE)
    send_due()

    assert NOTE in postbox.to(clerk.email).get_body(("plain",)).get_content()
    client = signed_in(sender_of(copy.circular.issuer))
    for address in (url("recipient", copy.circular, copy), url("letter", copy.circular)):
        shown = page(client, address)
        assert NOTE not in shown
        assert clerk.email not in shown
        assert str(clerk) not in shown
    assert clerk.email not in str(list(copy.events.values_list("data", flat=True)))
    assert findings() == []


def test_several_letters_are_assigned_from_the_inbox_with_one_mail(
    signed_in: SignIn, unit: Agency, chief: User, clerk: User
) -> None:
    letters = [dispatched_to(unit, at=timezone.now()).deliveries.get() for _ in range(3)]
    client, ticked = signed_in(chief), [each.public_id for each in letters]

    listed = client.post(url("assign_several", unit), {"delivery": ticked})
    assert all(each.circular.number in listed.content.decode() for each in letters)
    assert not Assignment.objects.exists()
    client.post(url("assign_several", unit), {"delivery": ticked, "person": clerk.pk, "note": NOTE})

    assert Assignment.objects.filter(person=clerk, note=NOTE).count() == 3
    [mail] = Notice.objects.filter(person=clerk, state=NoticeState.WAITING)
    assert mail.kind == NoticeKind.DIGEST
    assert mail.members.count() == 3


def test_a_letter_that_is_not_in_force_is_not_assigned_and_nothing_is_left(
    signed_in: SignIn, copy: Delivery, chief: User, clerk: User
) -> None:
    return_letter(
        delivery=copy.public_id, by=chief, at=timezone.now(), ground="not_addressee", reason="Bizim değil"
    )
    client = signed_in(chief)

    client.post(url("assign", copy), {"person": clerk.pk})
    listed = client.post(url("assign_several", copy.agency), {"delivery": copy.public_id, "person": clerk.pk})

    assert listed.status_code == 200
    assert not Assignment.objects.exists()
    with pytest.raises(Delivery.DoesNotExist):
        assign(deliveries=[uuid4()], agency=copy.agency, person=clerk, note="", by=chief, at=timezone.now())


def test_the_inbox_shows_what_is_mine_and_what_nobody_has(
    signed_in: SignIn, unit: Agency, chief: User, clerk: User
) -> None:
    mine, theirs, free = (dispatched_to(unit, at=timezone.now()).deliveries.get() for _ in range(3))
    given(mine, clerk, chief)
    given(theirs, chief, chief)
    client = signed_in(clerk)

    def numbers(query: str) -> list[bool]:
        shown = page(client, url("unit_inbox", unit) + query)
        return [each.circular.number in shown for each in (mine, theirs, free)]

    assert numbers("?assigned=mine") == [True, False, False]
    assert numbers("?assigned=nobody") == [False, False, True]
    assert numbers("") == [True, True, True]


def test_the_assignment_of_a_person_who_left_is_open_and_the_unit_is_told(
    signed_in: SignIn, english: Client, copy: Delivery, chief: User, clerk: User
) -> None:
    given(copy, clerk, chief)
    client = signed_in(chief)
    assert "receives for your unit no more" not in page(client, url("unit_inbox", copy.agency))

    leave(clerk, copy.agency)

    shown = page(client, url("unit_inbox", copy.agency) + "?assigned=nobody")
    assert "receives for your unit no more" in shown
    assert copy.circular.number in shown
    assert "receives for the unit no more" in page(client, url("delivery", copy))


def test_the_inbox_asks_as_often_for_twenty_assigned_letters_as_for_two(
    signed_in: SignIn, unit: Agency, chief: User, clerk: User
) -> None:
    client = signed_in(chief)

    def asked(letters: int) -> int:
        for _ in range(letters):
            given(dispatched_to(unit, at=timezone.now()).deliveries.get(), clerk, chief)
        return query_count(lambda: client.get(url("unit_inbox", unit) + "?assigned=nobody")) + query_count(
            lambda: client.get(url("unit_inbox", unit))
        )

    asked(0)
    assert asked(2) == asked(18)


MONDAY = datetime(2026, 11, 2, 10, 0, tzinfo=ZoneInfo("Europe/Istanbul"))


def test_the_assigned_person_is_reminded_with_the_unit_and_nobody_who_left(
    unit: Agency, chief: User, clerk: User
) -> None:
    first, second = (dispatched_to(unit, at=MONDAY).deliveries.get() for _ in range(2))
    gone = recipient_of(unit)
    given(first, clerk, chief, at=MONDAY)
    given(second, gone, chief, at=MONDAY)
    leave(gone, unit)
    plan_dispatched(at=MONDAY)

    sweep_reminders(at=MONDAY + timedelta(days=8))

    told = Notice.objects.filter(kind__in=[NoticeKind.REMINDER, NoticeKind.ASSIGNED_REMINDER])
    assert sorted(told.values_list("kind", "delivery", "person")) == sorted(
        [
            ("assigned_reminder", first.pk, clerk.pk),
            ("reminder", first.pk, None),
            ("reminder", second.pk, None),
        ],
        key=str,
    )


def test_a_manual_reminder_reaches_the_assigned_person_but_not_after_the_removal(
    copy: Delivery, chief: User, clerk: User, postbox: Postbox, at_work: datetime
) -> None:
    given(copy, clerk, chief)
    sender = sender_of(copy.circular.issuer)

    remind_by_hand(deliveries=Delivery.objects.filter(pk=copy.pk), by=sender, at=timezone.now())
    unassign(delivery=copy.public_id, agency=copy.agency, by=chief, at=timezone.now())
    send_due()

    written = Notice.objects.filter(person=clerk).order_by("pk")
    assert list(written.values_list("kind", "state")) == [
        ("assigned", "cancelled"),
        ("assigned_reminder", "cancelled"),
    ]
    assert clerk.email not in [each["To"] for each in postbox.mails]


def test_a_new_revision_is_assigned_like_the_earlier_one(unit: Agency, chief: User, clerk: User) -> None:
    circular = dispatched_to(unit, at=timezone.now())
    given(circular.deliveries.get(), clerk, chief, NOTE)

    corrected = send(begin(circular), unit)

    assert Assignment.objects.get(delivery__circular=corrected).person == clerk
    assert findings() == []


def test_the_database_refuses_to_change_or_delete_an_assignment(
    copy: Delivery, chief: User, clerk: User
) -> None:
    given(copy, clerk, chief)
    for change in (lambda rows: rows.delete(), lambda rows: rows.update(note="x")):
        with pytest.raises(DatabaseError), transaction.atomic():
            change(Assignment.objects.all())


def test_an_assignment_of_another_unit_is_found(copy: Delivery, chief: User, clerk: User) -> None:
    [assignment] = given(copy, clerk, chief)
    Assignment.objects.bulk_create(
        [
            Assignment(
                delivery=copy,
                unit=AgencyFactory(),
                person=clerk,
                assigned_at=assignment.assigned_at,
                assigned_by=chief,
                ended_at=assignment.assigned_at - timedelta(days=1),
                ended_by=chief,
            )
        ]
    )

    assert {each.what for each in findings()} == {"assigned-by-another-unit", "assignment-ended-before"}


def test_mail_that_comes_back_from_the_assigned_person_is_not_shown_to_the_sender(
    copy: Delivery, chief: User, clerk: User
) -> None:
    given(copy, clerk, chief)
    for kind in (NoticeKind.LETTER, NoticeKind.ASSIGNED):
        notice = Notice.objects.get(kind=kind, delivery=copy)
        ReturnedMail.objects.create(
            digest=kind.value, received_at=timezone.now(), verdict=MailVerdict.OTHER, notice=notice
        )

    seen = returned_mails_of(sender_of(copy.circular.issuer))
    assert list(seen.values_list("digest", flat=True)) == ["letter"]


def test_roles_other_than_the_recipient_do_not_count(unit: Agency) -> None:
    MembershipFactory(agency=unit, role=Role.SENDER)
    assert assignable(unit, on=timezone.localdate()) == []

"""What a closed unit owes passes to its successor; the original recipient stays recorded."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from agencies.models import Agency, DeclaredLeave, Province
from circulars.models import Purpose, Urgency
from distribution.event_log import first_broken_event
from distribution.models import Delivery, Disposition, EventKind, Notice, NoticeState, Stage
from distribution.outbox.channels.email import EmailChannel
from distribution.outbox.messages import compose
from distribution.reminders.plan import plan_dispatched
from distribution.services.receiving.acknowledge import acknowledge
from distribution.services.receiving.answer import complete
from distribution.services.receiving.pass_on import pass_on
from distribution.services.receiving.read import record_opened
from distribution.services.succession import Followed, close_unit, follow_successors
from distribution.visibility import visible_to
from tests.conftest import SignIn
from tests.factories import (
    MOMENT,
    AgencyFactory,
    AgencyGroupFactory,
    UserFactory,
    dispatched_to,
    recipient_of,
    sender_of,
)
from tests.smtp import Postbox

pytestmark = pytest.mark.django_db
LATER = MOMENT + timedelta(days=1)
ON = LATER.date()


def close(agency: Agency, successor: Agency | None, on: date = ON) -> Followed:
    return close_unit(agency=agency, on=on, successor=successor, by=UserFactory(), at=LATER)


def test_the_successor_answers_and_the_delivery_stays_the_closed_unit_s() -> None:
    closed, successor = AgencyFactory(), AgencyFactory()
    person = recipient_of(successor)
    circular = dispatched_to(closed)
    assert close(closed, successor) == Followed(transferred=1)

    delivery = Delivery.objects.get()
    assert (delivery.agency, delivery.successor, delivery.created_at) == (closed, successor, MOMENT)
    event = delivery.events.get(kind=EventKind.PASSED_TO_SUCCESSOR)
    assert (event.data["from"], event.data["to"], event.for_agency) == (
        closed.name,
        successor.name,
        successor,
    )

    record_opened(delivery=delivery, by=person, at=LATER)
    outcome = acknowledge(delivery=delivery.public_id, by=person, at=LATER)
    assert outcome.first
    event = delivery.events.get(kind=EventKind.ACKNOWLEDGED)
    assert event.for_agency == successor
    assert (event.data["agency"], event.data["in_place_of"]) == (successor.name, closed.name)
    assert first_broken_event(delivery, delivery.events.order_by("sequence")) is None
    assert circular.deliveries.count() == 1


def test_the_closed_unit_s_people_still_read_it_and_no_longer_confirm_it() -> None:
    closed, successor = AgencyFactory(), AgencyFactory()
    before = recipient_of(closed)
    dispatched_to(closed)
    close(closed, successor)
    delivery = Delivery.objects.get()
    assert delivery in visible_to(before)
    with pytest.raises(Delivery.DoesNotExist):
        acknowledge(delivery=delivery.public_id, by=before, at=LATER)


def test_a_letter_that_the_successor_has_itself_is_closed_with_that_reason() -> None:
    closed, successor = AgencyFactory(), AgencyFactory()
    dispatched_to(closed, successor)
    assert close(closed, successor) == Followed(superseded=1)
    old, own = Delivery.objects.get(agency=closed), Delivery.objects.get(agency=successor)
    assert (old.stage, old.superseded_by, old.successor) == (Stage.SUPERSEDED, own, None)
    assert not old.is_outstanding and own.is_outstanding
    assert old.events.get(kind=EventKind.SUPERSEDED).data["covered_by"] == str(own.public_id)
    assert list(Delivery.objects.outstanding()) == [own]


def test_a_copy_for_information_does_not_cover_one_for_action() -> None:
    closed, successor = AgencyFactory(), AgencyFactory()
    dispatched_to(closed, successor)
    Delivery.objects.filter(agency=successor).update(purpose=Purpose.INFORMATION)
    assert close(closed, successor) == Followed(transferred=1)


def test_two_units_with_the_same_successor_leave_one_outstanding_delivery() -> None:
    first, second, successor = AgencyFactory(), AgencyFactory(), AgencyFactory()
    dispatched_to(first, second)
    assert close(first, successor) == Followed(transferred=1)
    assert close(second, successor) == Followed(superseded=1)


def test_it_passes_on_again_when_the_successor_is_closed_too() -> None:
    first, second, third = AgencyFactory(), AgencyFactory(), AgencyFactory()
    dispatched_to(first)
    close(first, second)
    close(second, third)
    delivery = Delivery.objects.get()
    assert (delivery.agency, delivery.successor) == (first, third)
    assert delivery.events.filter(kind=EventKind.PASSED_TO_SUCCESSOR).count() == 2


def test_what_was_confirmed_stays_and_without_a_successor_nothing_moves() -> None:
    closed, successor, lonely = AgencyFactory(), AgencyFactory(), AgencyFactory()
    dispatched_to(closed, lonely, purpose=Purpose.INFORMATION)
    mine = Delivery.objects.get(agency=closed)
    acknowledge(delivery=mine.public_id, by=recipient_of(closed), at=MOMENT)
    assert close(closed, successor) == Followed()
    assert close(lonely, None) == Followed()
    assert list(Delivery.objects.outstanding().values_list("agency", flat=True)) == [lonely.pk]


def test_what_was_confirmed_for_action_and_not_answered_is_answered_by_the_successor() -> None:
    closed, successor = AgencyFactory(), AgencyFactory(digests_letters=True)
    dispatched_to(closed)
    delivery = Delivery.objects.get()
    first = recipient_of(closed)
    acknowledge(delivery=delivery.public_id, by=first, at=MOMENT)
    assert close(closed, successor) == Followed(transferred=1)

    notice = Notice.objects.get(address=successor.email)
    assert notice.state == NoticeState.WAITING
    assert "cevabı bekleniyor" in compose(notice).text
    complete(delivery=delivery.public_id, by=recipient_of(successor), at=LATER, disposition=Disposition.DONE)
    delivery.refresh_from_db()
    assert (delivery.acknowledged_by, delivery.stage) == (first, Stage.COMPLETED)


def test_the_sweep_finds_what_is_confirmed_and_not_answered() -> None:
    closed, successor = AgencyFactory(), AgencyFactory()
    dispatched_to(closed)
    acknowledge(delivery=Delivery.objects.get().public_id, by=recipient_of(closed), at=MOMENT)
    close(closed, successor, on=ON + timedelta(days=10))
    assert follow_successors(at=LATER + timedelta(days=11)) == Followed(transferred=1)


def test_what_the_issuer_sent_is_not_covered_by_what_was_passed_on_below() -> None:
    closed, successor = AgencyFactory(), AgencyFactory()
    Agency.objects.filter(pk=successor.pk).update(parent=closed)
    Agency.objects.rebuild_paths()
    circular = dispatched_to(closed)
    direct = Delivery.objects.get()
    pass_on(
        delivery=direct.public_id,
        recipients=[(Agency.objects.get(pk=successor.pk), Purpose.ACTION)],
        note="",
        due_at=None,
        by=recipient_of(closed),
        at=MOMENT,
    )
    Agency.objects.filter(pk=closed.pk).update(active_to=ON, successor=successor)

    assert follow_successors(at=LATER) == Followed(transferred=1)

    assert list(circular.deliveries.direct().outstanding()) == [direct]


def test_the_successor_that_wants_letters_in_its_digest_gets_this_one_there() -> None:
    closed, successor = AgencyFactory(), AgencyFactory(digests_letters=True)
    dispatched_to(closed)
    dispatched_to(closed, urgency=Urgency.URGENT)
    close(closed, successor)
    states = Notice.objects.filter(agency=successor).order_by("pk").values_list("state", flat=True)
    assert list(states) == [NoticeState.HELD, NoticeState.WAITING]


def test_reminders_run_by_the_calendar_of_the_successor() -> None:
    closed = AgencyFactory(province=Province.objects.create(plate="25", name="Erzurum", sort_key="e"))
    successor = AgencyFactory(province=Province.objects.create(plate="26", name="Eskişehir", sort_key="es"))
    dispatched_to(closed)
    plan_dispatched(at=MOMENT)
    before = Delivery.objects.get().next_reminder_at
    assert before is not None
    DeclaredLeave.objects.create(
        first_day=before.date(),
        last_day=before.date(),
        province=successor.province,
        reason="İzin",
        entered_by=UserFactory(),
        entered_at=MOMENT,
    )
    close(closed, successor)
    after = Delivery.objects.get().next_reminder_at
    assert after is not None and after > before


def test_a_future_closing_is_processed_by_the_sweep_on_its_day() -> None:
    closed, successor = AgencyFactory(), AgencyFactory()
    dispatched_to(closed)
    assert close(closed, successor, on=ON + timedelta(days=10)) == Followed()
    assert follow_successors(at=LATER + timedelta(days=5)) == Followed()
    assert follow_successors(at=LATER + timedelta(days=11)) == Followed(transferred=1)
    assert follow_successors(at=LATER + timedelta(days=12)) == Followed()


def test_the_successor_gets_a_mail_that_says_why(postbox: Postbox) -> None:
    closed, successor = AgencyFactory(), AgencyFactory()
    dispatched_to(closed)
    close(closed, successor)
    notice = Notice.objects.get(address=successor.email)
    with EmailChannel() as channel:
        channel.send(notice)
    text = postbox.to(successor.email).get_body(("plain",)).get_content()
    assert closed.name in text and successor.name in text and f"/inbox/{successor.pk}/" in text


def test_the_queries_do_not_grow_with_the_letters() -> None:
    asked = []
    for number in (2, 20):
        closed, successor = AgencyFactory(), AgencyFactory()
        for _ in range(number):
            dispatched_to(closed)
        with CaptureQueriesContext(connection) as queries:
            assert close(closed, successor).transferred == number
        asked.append(len(queries))
    assert asked[0] == asked[1]


class TestPages:
    def test_the_successor_sees_and_confirms_it_in_its_inbox(self, signed_in: SignIn) -> None:
        closed, successor = AgencyFactory(name="Kapanan Birim Başkanlığı"), AgencyFactory()
        dispatched_to(closed)
        close(closed, successor)
        client = signed_in(recipient_of(successor))
        delivery = Delivery.objects.get()
        assert "Kapanan Birim" in client.get(f"/inbox/{successor.pk}/").content.decode()
        assert "Kapanan Birim" in client.get(f"/deliveries/{delivery.public_id}/").content.decode()
        response = client.post(f"/deliveries/{delivery.public_id}/acknowledge/", {"next": "inbox"})
        assert response["Location"] == f"/inbox/{successor.pk}/"
        assert not Delivery.objects.outstanding().exists()

    def test_the_sender_sees_who_answers_now(self, signed_in: SignIn) -> None:
        closed, successor = AgencyFactory(), AgencyFactory(name="Devralan Başkanlık")
        circular = dispatched_to(closed)
        close(closed, successor)
        client = signed_in(sender_of(circular.issuer))
        for show in ("", "?show=outstanding"):
            page = client.get(f"/letters/{circular.public_id}/{show}").content.decode()
            assert "Devralan Başkanlık" in page and closed.name in page

    def test_the_page_says_what_it_touches_and_a_post_does_it(self, signed_in: SignIn) -> None:
        closed, successor = AgencyFactory(), AgencyFactory(name="Devralan Başkanlık")
        AgencyFactory(parent=closed)
        group = AgencyGroupFactory(name="Dokunulan grup")
        group.members.add(closed)
        recipient_of(closed)
        dispatched_to(closed, successor)
        dispatched_to(closed)
        client = signed_in(UserFactory(is_directory_administrator=True))
        client.cookies["django_language"] = "en"
        found = client.get(f"/directory/{closed.pk}/merge/", {"q": "devralan"}).content.decode()
        assert f"?successor={successor.pk}" in found and 'name="on"' not in found
        page = client.get(f"/directory/{closed.pk}/merge/", {"successor": successor.pk}).content.decode()
        for words in (
            "2 letters that it has not",
            "1 of them is closed",
            "1 unit directly",
            "Dokunulan grup",
        ):
            assert words in page
        closed.refresh_from_db()
        assert closed.active_to is None

        data = {"successor": successor.pk, "on": timezone.localdate().isoformat(), "move_children": "on"}
        response = client.post(f"/directory/{closed.pk}/merge/", data)
        assert response["Location"] == f"/directory/{closed.pk}/"
        closed.refresh_from_db()
        assert closed.successor == successor and closed.children.count() == 0
        assert Delivery.objects.filter(stage=Stage.SUPERSEDED).count() == 1

    def test_a_day_that_can_not_be_is_said_beside_the_field(self, signed_in: SignIn) -> None:
        closed = AgencyFactory(active_from=date(2026, 1, 1))
        client = signed_in(UserFactory(is_superuser=True))
        response = client.post(f"/directory/{closed.pk}/close/", {"on": "2025-01-01"})
        assert "error_1_id_on" in response.content.decode()
        closed.refresh_from_db()
        assert closed.active_to is None
